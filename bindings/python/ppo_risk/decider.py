# What begins with _ is the package's own.
# pyright: reportPrivateUsage=false
"""Decisions without a look at the arrays: for the order path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import FLOAT32, address
from ._library import library
from .errors import error

if TYPE_CHECKING:
    from .agent import Agent

_select_action = library.ppo_select_action


class Decider:
    """Arrays that an agent decides with, again and again, made and looked up once.

        decide = agent.decider()
        decide.state[:] = ...
        decide.prior[:] = ...        # None where the policy has no prior
        weights = decide()           # decide.weights, written anew by the next call

    One thread at a time; any number of deciders on one agent.
    """

    __slots__ = ("_agent", "_arguments", "_state", "_prior", "_weights")

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._state = np.zeros(agent.state_len, FLOAT32)
        self._prior = np.zeros(agent.prior_len) if agent.prior_len else None
        self._weights = np.zeros(agent.action_len)
        prior_at = None if self._prior is None else address(self._prior)
        self._arguments = (address(self._state), agent.state_len, prior_at, agent.prior_len, address(self._weights),
                           agent.action_len)

    # By value: what the library is told are addresses of this object's arrays.
    def __reduce__(self) -> "tuple[Any, ...]":
        return _like, (self._agent, self._state, self._prior, self._weights)

    # Read-only: the library writes to these arrays, not to others under their names.
    @property
    def state(self) -> "NDArray[np.float32]":
        """The state to decide in [S]."""
        return self._state

    @property
    def prior(self) -> "NDArray[np.float64] | None":
        """The prior's weights there [A]; None where the policy has no prior."""
        return self._prior

    @property
    def weights(self) -> "NDArray[np.float64]":
        """The last decision's target weights [A]."""
        return self._weights

    def __call__(self) -> "NDArray[np.float64]":
        """Decides on what `state` and `prior` hold; the answer is `weights`."""
        agent = self._agent
        pointer = agent._begin()
        try:
            status = _select_action(pointer, *self._arguments)
        finally:
            agent._uses.pop()
        if status:
            raise error(status)
        return self._weights


def _like(agent: "Agent", state: "NDArray[np.float32]", prior: "NDArray[np.float64] | None",
          weights: "NDArray[np.float64]") -> Decider:
    made = Decider(agent)
    made.state[:], made.weights[:] = state, weights
    if made.prior is not None:
        made.prior[:] = prior
    return made
