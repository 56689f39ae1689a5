"""Environments written in Python, for the library to train in."""

import ctypes
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import FLOAT32, FLOAT64, float32, float64
from ._callbacks import WENT_ON, Registration, guarded
from ._library import library
from ._record import record
from .errors import check


@record
class HostStep(NamedTuple):
    """What a step of an environment came to.

    state: State that follows, at the end of an episode its final one: [S], not normalised.
    reward: The reward to learn from.
    terminated: Whether nothing follows: the future is worth nothing.
    truncated: Whether the episode is cut off here and would have gone on.
    prior: Weights of the policy's prior at `state` [A]; None where the policy has no prior.
    prior_reward: With ControlVariate.PRIOR_PATH, the reward that the prior's own portfolio, followed since the start of the
        episode, had on the same returns; otherwise not looked at.
    """

    state: ArrayLike
    reward: float
    terminated: bool = False
    truncated: bool = False
    prior: "ArrayLike | None" = None
    prior_reward: float = 0.0


class HostEnvironment(ABC):
    """Environments for Trainer, `n_envs` of them, numbered from 0.

    Its methods are called on the thread that trains, one at a time. What they raise ends the training call, which
    raises it. `counterfactual` is needed for ControlVariate.SELF_CRITICAL alone, `remember` and `go_back` for
    ControlVariate.POLICY_PATH.
    """

    @abstractmethod
    def reset(self, env: int, seed: int) -> "tuple[ArrayLike, ArrayLike | None]":
        """Starts an episode: its first state [S], and the prior's weights there [A] or None without a prior.

        `seed` differs from episode to episode and is the same whenever a run is repeated.
        """

    @abstractmethod
    def step(self, env: int, weights: "NDArray[np.float64]") -> HostStep:
        """Takes a step with target weights [A]: assets, then cash where the policy may hold it."""

    def counterfactual(self, env: int, weights: "NDArray[np.float64]") -> float:
        """The reward that other target weights [A] would have had on the step just taken: from the same holdings, on the same
        returns. Nothing may change by it. Called after every step, the last of an episode too."""
        raise NotImplementedError

    def remember(self, env: int) -> None:
        """Keeps where an environment is: all that what follows depends on besides the weights, its random numbers to come too.
        Called at the start of every rollout."""
        raise NotImplementedError

    def go_back(self, env: int) -> None:
        """Puts an environment where it was at the last `remember`: from there the same weights have to lead to the same states
        and rewards again. Called once after each."""
        raise NotImplementedError


def table(environment: HostEnvironment) -> "tuple[c.ppo_host_environment, Registration]":
    """The library's table of functions for an environment, and what keeps it alive."""
    registration = Registration(environment)
    made = c.ppo_host_environment()
    check(library.ppo_host_environment_init(made, ctypes.sizeof(made)))
    made.user, made.reset, made.step = registration.number, _reset, _step
    if type(environment).counterfactual is not HostEnvironment.counterfactual:
        made.counterfactual = _counterfactual
    if type(environment).go_back is not HostEnvironment.go_back:
        made.remember, made.go_back = _remember, _go_back
    return made, registration


@c.ppo_host_reset  # type: ignore[untyped-decorator]
def _reset(user: int, env: int, seed: int, state: int, state_len: int, prior: int, prior_len: int) -> int:
    def call(environment: HostEnvironment) -> int:
        first, weights = environment.reset(env, seed)
        _put(first, state, state_len, FLOAT32, "state")
        _put_prior(weights, prior, prior_len)
        return WENT_ON

    return guarded(call, user)


@c.ppo_host_step  # type: ignore[untyped-decorator]
def _step(user: int, env: int, weights: int, weights_len: int, state: int, state_len: int, prior: int,
          prior_len: int, result: Any) -> int:
    def call(environment: HostEnvironment) -> int:
        # A copy: the library's array ends with this call.
        target = np.empty(weights_len)
        ctypes.memmove(target.ctypes.data, weights, target.nbytes)
        follows = environment.step(env, target)
        _put(follows.state, state, state_len, FLOAT32, "state")
        _put_prior(follows.prior, prior, prior_len)
        answer = result[0]
        answer.reward, answer.prior_reward = follows.reward, follows.prior_reward
        answer.terminated, answer.truncated = bool(follows.terminated), bool(follows.truncated)
        return WENT_ON

    return guarded(call, user)


@c.ppo_host_counterfactual  # type: ignore[untyped-decorator]
def _counterfactual(user: int, env: int, weights: int, weights_len: int, reward: int) -> int:
    def call(environment: HostEnvironment) -> int:
        target = np.empty(weights_len)
        ctypes.memmove(target.ctypes.data, weights, target.nbytes)
        ctypes.c_double.from_address(reward).value = environment.counterfactual(env, target)
        return WENT_ON

    return guarded(call, user)


@c.ppo_host_remember  # type: ignore[untyped-decorator]
def _remember(user: int, env: int) -> int:
    def call(environment: HostEnvironment) -> int:
        environment.remember(env)
        return WENT_ON

    return guarded(call, user)


@c.ppo_host_go_back  # type: ignore[untyped-decorator]
def _go_back(user: int, env: int) -> int:
    def call(environment: HostEnvironment) -> int:
        environment.go_back(env)
        return WENT_ON

    return guarded(call, user)


def _put_prior(values: "ArrayLike | None", place: int, length: int) -> None:
    if values is None and length > 0:
        raise ValueError("`prior` is missing: the policy departs from a prior, whose weights are the environment's to give")
    if values is not None:
        _put(values, place, length, FLOAT64, "prior")


def _put(values: ArrayLike, place: int, length: int, kind: "np.dtype[Any]", name: str) -> None:
    """Writes an environment's array to the library's memory."""
    array = float32(values) if kind is FLOAT32 else float64(values)
    if array.size != length:
        raise ValueError(f"`{name}` of the environment has {array.size} values, expected {length}")
    ctypes.memmove(place, array.ctypes.data, array.nbytes)
