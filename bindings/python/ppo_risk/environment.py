"""The library's own environments over a market, many at a time."""

import copy
import ctypes
import json
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from ._arrays import FLOAT32, address, float32, float64, optional
from ._handle import Handle, made_by
from ._library import library
from ._record import record
from ._results import Episode
from ._text import count_of
from .agent import Agent
from .config import Config
from .errors import check
from .market import Market
from .random import unsigned


@record
class Step(NamedTuple):
    """What a step in each environment came to, in arrays of its own.

    rewards: The rewards to learn from: raw, less the prior's portfolio's with ControlVariate.PRIOR_PATH. [E]
    raw_rewards: The rewards of the mode as they are. [E]
    baseline_rewards: With ControlVariate.SELF_CRITICAL the raw rewards of the deterministic actions; else 0. [E]
    net_returns: Net simple returns of the portfolios. [E]
    turnovers: One-way turnovers of the trades. [E]
    costs: Costs of the trades as fractions of the values before them. [E]
    terminated: Where a portfolio is ruined and nothing follows. [E]
    truncated: Where an episode ended but would have gone on. [E]
    states: What an agent sees next: after the end of an episode the first state of the next one. [E, S]
    final_states: The states in which episodes ended; other rows have no meaning. [E, S]
    prior: The prior's weights beside `states`. [E, A]
    """

    rewards: "NDArray[np.float64]"
    raw_rewards: "NDArray[np.float64]"
    baseline_rewards: "NDArray[np.float64]"
    net_returns: "NDArray[np.float64]"
    turnovers: "NDArray[np.float64]"
    costs: "NDArray[np.float64]"
    terminated: "NDArray[np.bool_]"
    truncated: "NDArray[np.bool_]"
    states: "NDArray[np.float32]"
    final_states: "NDArray[np.float32]"
    prior: "NDArray[np.float64]"


@record
class Portfolios(NamedTuple):
    """The portfolios at a close.

    values: In the money of the configuration's balance. [E]
    drawdowns: Falls from their peaks, positive fractions of these in [0, 1]. [E]
    weights: Weights held: assets, then cash. [E, N + 1]
    """

    values: "NDArray[np.float64]"
    drawdowns: "NDArray[np.float64]"
    weights: "NDArray[np.float64]"


class Environments(Handle):
    """E environments over a market that step together and start the next episode by themselves.

    `policy` is an agent or a spec: what is seen and what an action means. Of `config`, the seed and the environment's
    settings are used. Environment `first_index + i` sees the same bars however a run is split. One thread at a time.
    """

    __slots__ = ("count", "asset_count", "action_len", "score_len", "state_len", "_made_of")
    _prefix = "ppo_env"

    #: Number of environments, E.
    count: int

    def __init__(self, policy: "Agent | dict[str, Any] | str", market: Market, config: "Config | None" = None,
                 count: int = 1, first_index: int = 0) -> None:
        numbers = (unsigned(first_index, "first_index"), unsigned(count, "count"))
        spec: "dict[str, Any] | str"
        with market._lent() as prices:
            if isinstance(policy, Agent):
                spec = policy.spec
                with policy._lent() as agent:
                    self._adopt(self._new(library.ppo_env_new, agent, prices, config, *numbers))
            else:
                spec = policy if isinstance(policy, str) else json.dumps(policy)
                self._adopt(self._new(library.ppo_env_new_from_spec, spec.encode(), prices, config, *numbers))
        # For copies. A market never changes and is shared; the others are copied, since the caller may change them.
        self._made_of = (copy.deepcopy(spec), market.clone(), copy.copy(config), count, first_index)
        self.count = self._number(library.ppo_env_count)
        self.asset_count = self._number(library.ppo_env_asset_count)
        self.action_len = self._number(library.ppo_env_action_len)
        self.score_len = self._number(library.ppo_env_score_len)
        self.state_len = self._number(library.ppo_env_state_len)

    def _words(self) -> str:
        return f"{self.count} of {count_of(self.asset_count, 'asset')}"

    def _value(self) -> "tuple[Any, ...]":
        return (*self._made_of, self.snapshot())

    @classmethod
    def _of_value(cls, *value: Any) -> "Environments":
        *made_of, snapshot = value
        made = made_by(Environments.__init__, cls, *made_of)
        made.restore(snapshot)
        return made

    def step(self, actions: ArrayLike, deterministic: "ArrayLike | None" = None) -> Step:
        """Takes one sampled action in each: scores (gaussian) or shares (dirichlet) [E, A].

        `deterministic` [E, A] are the scores that ControlVariate.SELF_CRITICAL needs.
        """
        actions = float32(actions)
        scores = None if deterministic is None else float32(deterministic)
        outputs, made = self._outputs()
        self._call(library.ppo_env_step, address(actions), actions.size, *optional(scores), outputs)
        return made

    def step_weights(self, weights: ArrayLike) -> Step:
        """Takes target weights [E, A] as they are, but for the spec's caps and floors."""
        weights = float64(weights)
        outputs, made = self._outputs()
        self._call(library.ppo_env_step_weights, address(weights), weights.size, outputs)
        return made

    def _outputs(self) -> "tuple[c.ppo_env_outputs, Step]":
        count = self.count
        numbers, flags = np.empty((6, count)), np.empty((2, count), np.bool_)
        states = np.empty((2, count, self.state_len), FLOAT32)
        made = Step._make([*numbers, *flags, *states, np.empty((count, self.action_len))])
        outputs = c.ppo_env_outputs()
        check(library.ppo_env_outputs_init(outputs, ctypes.sizeof(outputs)))
        outputs.len, outputs.states_len, outputs.prior_len = count, states[0].size, made.prior.size
        for name in Step._fields:
            setattr(outputs, name, address(getattr(made, name)))
        return outputs, made

    def reset(self) -> None:
        """Starts a new episode in every environment; what was unfinished is forgotten."""
        self._call(library.ppo_env_reset)

    def states(self) -> "NDArray[np.float32]":
        """What an agent sees at this close, not normalised: [E, S]."""
        found = np.empty((self.count, self.state_len), FLOAT32)
        self._call(library.ppo_env_states, address(found), found.size)
        return found

    def prior_weights(self) -> "NDArray[np.float64]":
        """The prior's weights at this close: [E, A]; 1/A each without a prior."""
        found = np.empty((self.count, self.action_len))
        self._call(library.ppo_env_prior_weights, address(found), found.size)
        return found

    def portfolios(self) -> Portfolios:
        """The portfolios at this close."""
        found = Portfolios._make([*np.empty((2, self.count)), np.empty((self.count, self.asset_count + 1))])
        self._call(library.ppo_env_portfolios, address(found.values), address(found.drawdowns), self.count,
                   address(found.weights), found.weights.size)
        return found

    def take_episodes(self) -> "list[Episode]":
        """The episodes that have ended since the last call, in the order in which they ended; the last 1024 (or E)."""
        room, taken = (c.ppo_episode * max(1024, self.count))(), ctypes.c_size_t()
        self._call(library.ppo_env_take_episodes, room, len(room), ctypes.byref(taken))
        return [Episode(*(getattr(found, name) for name in Episode._fields)) for found in room[:taken.value]]

    def snapshot(self) -> bytes:
        """Everything that moves, for `restore`."""
        return self._bytes(library.ppo_env_snapshot)

    def restore(self, snapshot: bytes) -> None:
        """Goes back to where a snapshot was taken; what follows is the same to the last bit."""
        snapshot = bytes(snapshot)
        self._call(library.ppo_env_restore, snapshot, len(snapshot))
