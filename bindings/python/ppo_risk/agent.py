"""Agents: policies that turn states into portfolio weights."""

import json
import os
from ctypes import byref, c_double, c_uint32
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _paths
from ._arrays import FLOAT32, FLOAT64, address, float32, float64, optional, output
from ._frames import is_series, vector
from ._handle import Handle
from ._library import library
from ._record import record
from ._text import count_of
from .config import Config
from .constants import Precision
from .decider import Decider
from .errors import error
from .random import Random, unsigned

_select_action = library.ppo_select_action
_ndarray = np.ndarray
_empty = np.empty


@record
class Sample(NamedTuple):
    """An action that was drawn.

    action: The action as the policy is trained on it (gaussian: scores; dirichlet: shares).
    weights: Its target weights.
    log_prob: Log-probability density of the action.
    """

    action: "NDArray[np.float32]"
    weights: "NDArray[np.float64]"
    log_prob: float


@record
class Evaluation(NamedTuple):
    """What a policy says of an action.

    log_prob: Log-probability density of the action.
    entropy: Entropy of the distribution over actions, in nats.
    value: The critic's value of the state.
    """

    log_prob: float
    entropy: float
    value: float


class Agent(Handle):
    """A policy that turns states into portfolio weights. Any number of threads may use one agent at the same time.

    `spec` says what the policy is (docs/c_api.md, "An agent from scratch"), `config` how it starts.
    """

    __slots__ = ("asset_count", "action_len", "score_len", "state_len", "prior_len")
    _prefix = "ppo_agent"

    #: Number of assets, N.
    asset_count: int
    #: Number of weights that a decision has, A: one for each asset, then one for cash where the policy may hold it.
    action_len: int
    #: Number of scores and of values in a sampled action, L: A, and where the policy may be short one more an asset.
    score_len: int
    #: Number of values in a state, S.
    state_len: int
    #: Number of prior weights that every decision needs: A where the policy corrects a prior, else 0.
    prior_len: int

    def __init__(self, spec: "dict[str, Any] | str", config: "Config | None" = None) -> None:
        spec = spec if isinstance(spec, str) else json.dumps(spec)
        self._adopt(self._new(library.ppo_agent_new, spec.encode(), config))

    def _adopt(self, handle: Any, *kept: Any) -> None:
        super()._adopt(handle, *kept)
        self.asset_count = self._number(library.ppo_agent_asset_count)
        self.action_len = self._number(library.ppo_agent_action_len)
        self.score_len = self._number(library.ppo_agent_score_len)
        self.state_len = self._number(library.ppo_agent_state_len)
        self.prior_len = self._number(library.ppo_agent_prior_len)

    @classmethod
    def load(cls, path: "str | os.PathLike[str] | bytes") -> "Agent":
        """Reads a policy file or a checkpoint (of which the policy alone is taken)."""
        with _paths.read(path) as name:
            return cls._of(cls._new(library.ppo_load, name))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Agent":
        """Reads the bytes of a policy file."""
        return cls._of(cls._new(library.ppo_load_bytes, bytes(data), len(data)))

    def save(self, path: "str | os.PathLike[str] | bytes") -> None:
        """Writes the policy to a file, which is there whole afterwards or, on an error, as it was before."""
        with _paths.written(path) as name:
            self._call(library.ppo_save, name)

    def export_onnx(self, path: "str | os.PathLike[str] | bytes") -> None:
        """Writes the deterministic policy as an ONNX model: `state` (and `prior`) to `weights`."""
        with _paths.written(path) as name:
            self._call(library.ppo_export_onnx, name)

    def to_bytes(self) -> bytes:
        """The bytes that `save` writes."""
        return self._bytes(library.ppo_save_bytes)

    def clone(self) -> "Agent":
        """A second agent with the policy of now, which it shares in memory; training one does not change the other."""
        with self._lent() as pointer:
            return self._of(self._new(library.ppo_agent_clone, pointer))

    def set_precision(self, precision: Precision) -> None:
        """Chooses how exactly the network's weights are kept from now on, here and in later clones; files have them all.

        With `Precision.BF16` decisions are faster, and target weights move a little.
        """
        self._call(library.ppo_agent_set_precision, unsigned(precision, "precision", 32))

    @property
    def precision(self) -> Precision:
        """How exactly the network's weights are kept."""
        return Precision(self._number(library.ppo_agent_precision, kind=c_uint32))

    def _value(self) -> "tuple[bytes, int]":
        return self.to_bytes(), int(self.precision)

    @classmethod
    def _of_value(cls, *value: Any) -> "Agent":
        data, precision = value
        made = cls.from_bytes(data)
        if precision != made.precision:
            made.set_precision(precision)
        return made

    def _words(self) -> str:
        return f"{count_of(self.asset_count, 'asset')}, state of {self._number(library.ppo_agent_state_len)}"

    def _twin(self) -> "Agent":
        return self.clone()

    @property
    def assets(self) -> "tuple[str, ...]":
        """Names of the assets, in the order of the weights."""
        return tuple(self._text(library.ppo_agent_asset_name, index) for index in range(self.asset_count))

    @property
    def spec(self) -> "dict[str, Any]":
        """What the policy is; `Agent(spec)` takes it back."""
        return self._object(library.ppo_agent_spec_json)

    @property
    def provenance(self) -> "dict[str, Any]":
        """How the policy came to be: whatever its trainer wrote."""
        return self._object(library.ppo_agent_provenance_json)

    def select_action(self, state: ArrayLike, prior: "ArrayLike | None" = None,
                      out: "NDArray[np.float64] | None" = None) -> "NDArray[np.float64]":
        """Decides: the deterministic target weights in a state, in `out` where it is given.

        `state` [S] is read where it lies if it is a contiguous float32 array, `prior` [A] if it is one of float64. The
        same input gives the same bits on every call. For a loop that fills the same arrays again and again, `decider`
        is faster still.
        """
        seen: Any = state
        if seen.__class__ is not _ndarray or seen.dtype is not FLOAT32 or not seen.flags.carray:
            seen = float32(state)
        if out is None:
            out = _empty(self.action_len)
        elif out.__class__ is not _ndarray or out.dtype is not FLOAT64 or not out.flags.carray:
            out = output(out)
        if prior is None:
            prior_at, prior_len = None, 0
        else:
            rule: Any = prior
            if rule.__class__ is not _ndarray or rule.dtype is not FLOAT64 or not rule.flags.carray:
                rule = float64(vector(prior, self._weight_names(prior), "prior"), "prior")
            prior_at, prior_len = address(rule), rule.size
        pointer = self._begin()
        try:
            status = _select_action(pointer, address(seen), seen.size, prior_at, prior_len,
                                    address(out), out.size)
        finally:
            self._uses.pop()
        if status:
            raise error(status)
        return out

    def explain_action(self, state: ArrayLike, prior: "ArrayLike | None" = None) -> "dict[str, Any]":
        """Why `select_action` decides as it does in a state. Not for the order path.

        `weights` [A]; `at_mean` [A], the weights at the mean of the states that the policy was trained on, with the same
        prior; `parts`, for each block of the state (each bar of its history is one) its name `block` and the change `moves`
        [A] that it makes on the way from the mean state (integrated gradients). `at_mean` and all `moves` add up to
        `weights`, to 1e-4.
        """
        state, prior = float32(state), self._prior(prior)
        text = self._text(library.ppo_explain_action_json, address(state), state.size, *optional(prior))
        found: "dict[str, Any]" = json.loads(text)
        return found

    def select_action_or(self, fallback: ArrayLike, state: ArrayLike, prior: "ArrayLike | None" = None,
                         out: "NDArray[np.float64] | None" = None) -> "tuple[NDArray[np.float64], bool]":
        """As `select_action`, with an answer when a feed breaks.

        Where the state or the prior holds NaN or infinity, or the network's scores overflow, the weights are `fallback`
        [A], such as all cash or what is held now, and the second answer is True.
        """
        state, held = float32(state), float64(vector(fallback, self._weight_names(fallback), "fallback"))
        prior = self._prior(prior)
        out = np.empty(self.action_len) if out is None else output(out)
        fell_back = c_uint32()
        self._call(library.ppo_select_action_or, address(state), state.size, *optional(prior), address(held), held.size,
                   address(out), out.size, byref(fell_back))
        return out, bool(fell_back.value)

    def select_actions(self, states: ArrayLike, priors: "ArrayLike | None" = None,
                       out: "NDArray[np.float64] | None" = None, threads: int = 1) -> "NDArray[np.float64]":
        """Decides in many states at once: row by row what `select_action` gives, bit for bit.

        `states` [rows, S], `priors` and the answer [rows, A]. More `threads` than one are worth it for large batches.
        """
        states = float32(states)
        if states.ndim != 2:
            raise ValueError(f"`states` has {states.ndim} dimensions, expected 2: rows and S")
        rows = len(states)
        out = np.empty((rows, self.action_len)) if out is None else output(out)
        priors = None if priors is None else float64(priors)
        arrays = (rows, address(states), states.size, *optional(priors), address(out), out.size)
        if threads == 1:
            self._call(library.ppo_select_actions, *arrays)
        else:
            self._call(library.ppo_select_actions_threads, unsigned(threads, "threads", 32), *arrays)
        return out

    def sample_action(self, random: Random, state: ArrayLike, prior: "ArrayLike | None" = None) -> Sample:
        """Draws an action, as in training, from a stream of random numbers."""
        state = float32(state)
        prior = self._prior(prior)
        action, weights, log_prob = np.empty(self.score_len, FLOAT32), np.empty(self.action_len), c_double()
        with random._lent() as stream:
            self._call(library.ppo_sample_action, stream, address(state), state.size, *optional(prior),
                       address(action), action.size, address(weights), weights.size, byref(log_prob))
        return Sample(action, weights, log_prob.value)

    def evaluate_action(self, state: ArrayLike, action: ArrayLike, prior: "ArrayLike | None" = None) -> Evaluation:
        """What the policy says of an action, such as one drawn before."""
        state, action = float32(state), float32(action)
        prior = self._prior(prior)
        log_prob, entropy, value = c_double(), c_double(), c_double()
        self._call(library.ppo_evaluate_action, address(state), state.size, *optional(prior), address(action),
                   action.size, byref(log_prob), byref(entropy), byref(value))
        return Evaluation(log_prob.value, entropy.value, value.value)

    def _weight_names(self, values: Any) -> "list[str]":
        """What a decision's weights are called; only looked up for a series."""
        return [*self.assets, "cash"][:self.action_len] if is_series(values) else []

    def _prior(self, prior: "ArrayLike | None") -> "NDArray[np.float64] | None":
        return None if prior is None else float64(vector(prior, self._weight_names(prior), "prior"), "prior")

    def value(self, state: ArrayLike) -> float:
        """The critic's value of a state: expected discounted reward as the trainer scaled it."""
        state = float32(state)
        return self._real(library.ppo_value, address(state), state.size)

    def with_member(self, member: "Agent") -> "Agent":
        """An agent that decides by the mean of this one's weights and another's, as one more member.

        Both stay as they are. An ensemble is not sampled from, nor trained on.
        """
        with self._lent() as pointer, member._lent() as other:
            return self._of(self._new(library.ppo_agent_with_member, pointer, other))

    @property
    def member_count(self) -> int:
        """How many policies decide together; 1 of one that is no ensemble."""
        return self._number(library.ppo_agent_member_count)

    def disagreement(self, state: ArrayLike, prior: "ArrayLike | None" = None) -> float:
        """How far the members of an ensemble disagree: the mean one-way turnover from their weights to the mean."""
        state, prior = float32(state), self._prior(prior)
        return self._real(library.ppo_disagreement, address(state), state.size, *optional(prior))

    def decider(self) -> Decider:
        """Arrays of its own for one decision after another: the fastest way to decide from Python."""
        return Decider(self)
