"""Gymnasium, both ways: the library's environments for anybody's learner, and anybody's environments for ours.

    env = ppo_risk.gymnasium.Env(spec, market)                       # a gymnasium.Env
    envs = ppo_risk.gymnasium.VectorEnv(spec, market, num_envs=64)   # a gymnasium.vector.VectorEnv

    host = ppo_risk.gymnasium.HostEnvironment(lambda: gymnasium.make("Pendulum-v1"))
    agent = ppo_risk.Agent(host.spec())
    ppo_risk.Trainer(agent, host, config).train()
    action = host.act(agent, observation)
"""

from __future__ import annotations

import copy
import math
from typing import Any, Callable, SupportsIndex

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from . import host
from .agent import Agent
from .config import Config
from .environment import Environments, Step
from .market import Market

__all__ = ["Env", "VectorEnv", "HostEnvironment", "SCORE_SCALE", "MODEL", "spec_of"]

#: Scores are the actions times this: e^3 is 20 times the weight of a score of 0, and 403 times that of the least.
SCORE_SCALE = 3.0

#: The simulation of an environment that is given no market: annual drifts and covariances.
MODEL = {"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.08, 0.06, 0.04],
         "covariance": [[0.04, 0.01, 0.01], [0.01, 0.03, 0.01], [0.01, 0.01, 0.02]]}


def spec_of(market: Market) -> "dict[str, Any]":
    """What is seen and done of a market's assets where nothing else is said: weights, last returns, volatilities and cash, and
    the market's columns; weights of the assets and of cash."""
    assets, columns = list(market.assets), list(market.columns)
    return {"assets": assets, "state": {"window": 20, "account": False, "columns": columns},
            "action": {"distribution": "gaussian", "cash": True},
            "network": {"mlp": {"hidden": [64, 64], "activation": "tanh", "shared_trunk": True}}}


class Env(gymnasium.Env[Any, Any]):
    """One environment of the library's over a market.

    Observations are states as an agent sees them, not normalised (Agent.state_len has the layout). What an action is,
    `action` says: "scores" in [-1, 1] [A], of which, times 3, weights are the softmax (around the policy's prior, if it
    has one), or "weights" in [0, 1] [A], which are divided by their sum. Rewards, costs and episodes are `config`'s.

    Without a market, prices of three assets are simulated without end; without a policy, the spec is `spec_of(market)`. So is what
    `gymnasium.make("ppo_risk/Portfolio-v0")` makes, which takes the same arguments.

    `reset(seed=...)` begins the library's episodes of that seed; further resets begin the next episodes. The infos have
    the portfolio's `value` and, where the policy has a prior, the prior's weights.
    """

    metadata = {"render_modes": []}
    render_mode = None

    def __init__(self, policy: "Agent | dict[str, Any] | str | None" = None, market: "Market | None" = None,
                 config: "Config | None" = None, action: str = "scores") -> None:
        self._made = Maker(policy, market, config, action)
        self.observation_space, self.action_space = self._made.spaces()
        self._environments: "Environments | None" = None
        self._at_start = False

    def reset(self, *, seed: "int | None" = None,
              options: "dict[str, Any] | None" = None) -> "tuple[NDArray[np.float32], dict[str, Any]]":
        super().reset(seed=seed)
        if seed is not None or self._environments is None:
            self._environments = self._made.environments(1, seed)
        elif not self._at_start:  # else the library has begun the episode already
            self._environments.reset()
        self._at_start = True
        return self._environments.states()[0], self._info()

    def step(self, action: Any) -> "tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]":
        if self._environments is None:
            raise gymnasium.error.ResetNeeded("step before the first reset")
        step = self._made.step(self._environments, np.asarray(action)[np.newaxis])
        terminated, truncated = bool(step.terminated[0]), bool(step.truncated[0])
        self._at_start = terminated or truncated
        state = step.final_states[0] if self._at_start else step.states[0]
        info = {"net_return": step.net_returns[0], "turnover": step.turnovers[0], "cost": step.costs[0]}
        return state, float(step.rewards[0]), terminated, truncated, {**info, **self._info()}

    def _info(self) -> "dict[str, Any]":
        environments = self._environments
        assert environments is not None
        info: "dict[str, Any]" = {"value": environments.portfolios().values[0]}
        if self._made.has_prior:
            info["prior"] = environments.prior_weights()[0]
        return info

    def __copy__(self) -> Env:
        return copy.deepcopy(self)  # the environment behind it moves: sharing it would be no copy

    def close(self) -> None:
        if self._environments is not None:
            self._environments.close()
            self._environments = None


class VectorEnv(gymnasium.vector.VectorEnv[Any, Any, Any]):
    """`num_envs` environments of the library's, stepped by one call; observations and actions as Env's.

    autoreset_mode    SAME_STEP: an environment whose episode ends begins the next one in the same step: its observation is the
                      first of the next episode, and infos["final_obs"] has the last of the one that ended.
                      NEXT_STEP: its observation is the last of the episode; the next step takes no action in it, and answers the
                      first observation of the next episode, with a reward of 0. Some wrappers of Gymnasium's ask for this; it is
                      a call of the library's for each environment, and so slower.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(self, policy: "Agent | dict[str, Any] | str | None" = None, market: "Market | None" = None,
                 config: "Config | None" = None, num_envs: int = 1, action: str = "scores",
                 autoreset_mode: AutoresetMode = AutoresetMode.SAME_STEP) -> None:
        if autoreset_mode not in (AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP):
            raise ValueError(f"`autoreset_mode` is {autoreset_mode}, expected SAME_STEP or NEXT_STEP")
        self.metadata = {**type(self).metadata, "autoreset_mode": autoreset_mode}
        self._made = Maker(policy, market, config, action)
        self.num_envs = num_envs
        self.single_observation_space, self.single_action_space = self._made.spaces()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._apart = autoreset_mode == AutoresetMode.NEXT_STEP
        #: All of them, or where they are apart one each.
        self._environments: "list[Environments]" = []
        self._ended = np.zeros(num_envs, np.bool_)

    def reset(self, *, seed: "int | None" = None,
              options: "dict[str, Any] | None" = None) -> "tuple[NDArray[np.float32], dict[str, Any]]":
        super().reset(seed=seed)
        if seed is None and self._environments:
            for environments in self._environments:
                environments.reset()
        else:
            parts = [(index, 1) for index in range(self.num_envs)] if self._apart else [(0, self.num_envs)]
            self._environments = [self._made.environments(count, seed, index) for index, count in parts]
        self._ended[:] = False
        return np.concatenate([environments.states() for environments in self._environments]), self._prior()

    def step(self, actions: Any) -> "tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]":
        if not self._environments:
            raise gymnasium.error.ResetNeeded("step before the first reset")
        taken = np.asarray(actions)
        if self._apart:
            return self._step_apart(taken)
        step = self._made.step(self._environments[0], taken)
        infos: "dict[str, Any]" = {"net_return": step.net_returns, "turnover": step.turnovers, "cost": step.costs,
                                   **self._prior()}
        ended = step.terminated | step.truncated
        if ended.any():
            final = np.full(self.num_envs, None, dtype=object)
            for index in np.flatnonzero(ended):
                final[index] = step.final_states[index]
            infos["final_obs"], infos["_final_obs"] = final, ended
        return step.states, step.rewards, step.terminated, step.truncated, infos

    def _step_apart(self, actions: "NDArray[Any]",
                    ) -> "tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]":
        states = np.empty((self.num_envs, self._environments[0].state_len), np.float32)
        numbers, flags = np.zeros((4, self.num_envs)), np.zeros((2, self.num_envs), np.bool_)
        for index, environment in enumerate(self._environments):
            if self._ended[index]:
                states[index] = environment.states()[0]  # of the episode that the library has begun already
                continue
            step = self._made.step(environment, actions[index:index + 1])
            numbers[:, index] = step.rewards[0], step.net_returns[0], step.turnovers[0], step.costs[0]
            flags[:, index] = step.terminated[0], step.truncated[0]
            states[index] = step.final_states[0] if flags[:, index].any() else step.states[0]
        self._ended[:] = flags.any(axis=0)
        infos = {"net_return": numbers[1], "turnover": numbers[2], "cost": numbers[3], **self._prior()}
        return states, numbers[0], flags[0], flags[1], infos

    def _prior(self) -> "dict[str, Any]":
        if not self._made.has_prior:
            return {}
        return {"prior": np.concatenate([environments.prior_weights() for environments in self._environments])}

    def __copy__(self) -> VectorEnv:
        return copy.deepcopy(self)

    def close_extras(self, **kwargs: Any) -> None:
        while self._environments:
            self._environments.pop().close()


class Maker:
    """What environments are made of."""

    def __init__(self, policy: "Agent | dict[str, Any] | str | None", market: "Market | None", config: "Config | None",
                 action: str) -> None:
        market = Market.simulated(MODEL) if market is None else market
        policy = spec_of(market) if policy is None else policy
        if action not in ("scores", "weights"):
            raise ValueError(f'`action` is {action!r}, expected "scores" or "weights"')
        spec = policy.spec if isinstance(policy, Agent) else Agent(policy).spec
        if action == "scores" and spec["action"]["distribution"] != "gaussian":
            raise ValueError('`action` is "scores", which a dirichlet policy has none of: expected "weights"')
        self.spec, self.market, self.action = spec, market, action
        self.config = Config() if config is None else config
        self.has_prior = spec["action"]["prior"] != "none"

    def spaces(self) -> "tuple[spaces.Box, spaces.Box]":
        """Of observations and actions."""
        agent = Agent(self.spec)
        low = -1.0 if self.action == "scores" else 0.0
        return (spaces.Box(-np.inf, np.inf, (agent.state_len,), np.float32),
                spaces.Box(low, 1.0, (agent.score_len,), np.float32))

    def environments(self, count: int, seed: "int | None", first_index: int = 0) -> Environments:
        """Environments of a seed, or of the configuration's; which, from `first_index` on."""
        config = Config(**self.config.settings())
        if seed is not None:
            config.seed = seed
        return Environments(self.spec, self.market, config, count, first_index)

    def step(self, environments: Environments, actions: "NDArray[Any]") -> Step:
        """Takes actions as the action space has them: [E, L]."""
        if self.action == "scores":
            return environments.step(SCORE_SCALE * actions)
        # A little for each, so that an action of zeros has a meaning: equal parts.
        shares = np.maximum(actions.astype(np.float64), 0.0) + 1e-9
        shares /= shares.sum(axis=-1, keepdims=True)
        means = self.spec["action"]
        if not means["short"] and means["max_gross"] == 1.0:
            return environments.step_weights(shares)
        # Long positions, short ones, and what is not used.
        n = environments.asset_count
        net = means["max_gross"] * (shares[..., :n] - (shares[..., n:2 * n] if means["short"] else 0.0))
        return environments.step_weights(np.concatenate([net, 1.0 - net.sum(axis=-1, keepdims=True)], axis=-1))


class HostEnvironment(host.HostEnvironment):
    """Any Gymnasium environment with a simplex or a bounded box of actions, for the library's PPO.

    `make` makes one environment; each of the trainer's has its own. An agent for it is `Agent(host.spec())`, what it
    does in an observation `host.act(agent, observation)`.

    The library's actions are portfolio weights. action="simplex": an action of n shares is the weights of n assets.
    action="box": the weights of d assets and cash; component i is low + (high - low) * min(1, d * weight of i), so that
    every point of the box has its weights. An untrained agent acts near the middle. Observations are flattened and
    become the state's columns; its other values are 0.
    """

    def __init__(self, make: "Callable[[], gymnasium.Env[Any, Any]]", action: str = "box") -> None:
        self._make = make
        self._environments: "dict[int, gymnasium.Env[Any, Any]]" = {}
        sample: Any = self._environment(0)
        seen, space = sample.observation_space, sample.action_space
        if action not in ("box", "simplex"):
            raise ValueError(f'`action` is {action!r}, expected "box" or "simplex"')
        is_box = bool(isinstance(space, spaces.Box))
        if not is_box or space.dtype.kind != "f":
            raise TypeError(f"the environment's actions are {space}, expected a Box of floating-point numbers")
        box: "spaces.Box[Any]" = space
        if action == "box" and not box.is_bounded():
            raise ValueError(f"the environment's actions are {box}, expected bounds on each")
        size = math.prod(box.shape)
        if action == "simplex" and size < 2:
            raise ValueError(f"the environment's actions are {box}, expected at least two shares")
        self.action, self.observation_space = action, seen
        self.action_space = box
        self.observation_len = int(spaces.flatdim(seen))
        self._size = size
        #: What the state begins with: weights, returns and volatilities of assets, and cash, none of which there is.
        self._blank = 3 * size + 1

    def spec(self, hidden: "tuple[int, ...]" = (64, 64), distribution: str = "gaussian") -> "dict[str, Any]":
        """The spec of an agent for the environment."""
        return {
            "assets": [f"action {i}" for i in range(self._size)],
            "state": {"window": 2, "account": False,
                      "columns": [f"observation {i}" for i in range(self.observation_len)]},
            "action": {"distribution": distribution, "cash": self.action == "box"},
            "network": {"mlp": {"hidden": list(hidden), "activation": "tanh", "shared_trunk": False}},
        }

    def act(self, agent: Agent, observation: Any) -> "NDArray[Any]":
        """The agent's deterministic action in an observation."""
        return self.to_action(agent.select_action(self.to_state(observation)))

    def to_state(self, observation: Any) -> "NDArray[np.float32]":
        """The agent's state for an observation."""
        state = np.zeros(self._blank + self.observation_len, np.float32)
        state[self._blank:] = spaces.flatten(self.observation_space, observation)  # type: ignore[assignment]
        return state

    def to_action(self, weights: "NDArray[np.float64]") -> "NDArray[Any]":
        """The environment's action for an agent's weights."""
        box = self.action_space
        shares: "NDArray[Any]" = weights[:self._size]
        if self.action == "box":
            shares = np.minimum(1.0, self._size * shares)
            low, high = box.low.ravel(), box.high.ravel()
            shares = low + (high - low) * shares
        return np.asarray(shares, box.dtype).reshape(box.shape)

    def __reduce_ex__(self, protocol: SupportsIndex) -> "tuple[Any, ...]":
        raise TypeError("a HostEnvironment can be neither copied nor pickled, for its environments are live objects of this "
                        "process: make another one where it is wanted, HostEnvironment(make)")

    def reset(self, env: int, seed: int) -> "tuple[NDArray[np.float32], None]":
        observation, _ = self._environment(env).reset(seed=seed)
        return self.to_state(observation), None

    def step(self, env: int, weights: "NDArray[np.float64]") -> host.HostStep:
        observation, reward, terminated, truncated, _ = self._environment(env).step(self.to_action(weights))
        # Gymnasium lets both be so; then nothing follows.
        return host.HostStep(self.to_state(observation), float(reward), bool(terminated),
                             bool(truncated) and not terminated)

    def _environment(self, env: int) -> "gymnasium.Env[Any, Any]":
        if env not in self._environments:
            self._environments[env] = self._make()
        return self._environments[env]

    def close(self) -> None:
        """Closes the environments that were made."""
        for environment in self._environments.values():
            environment.close()
        self._environments.clear()
