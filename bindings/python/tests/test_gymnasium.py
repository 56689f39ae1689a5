"""Gymnasium's learners on our environments, our learner on Gymnasium's environments."""

import os
import warnings

import gymnasium
import numpy as np
import pytest
from conftest import PLAIN, needs_training
from gymnasium.utils.env_checker import check_env
from test_portfolio import frame

import ppo_risk
import ppo_risk.gymnasium
from ppo_risk import Agent, Config, Environments, Market, Reward, Trainer

PRIOR = {**PLAIN, "action": {**PLAIN["action"], "prior": "equal_weight"}}
SETTINGS = Config(seed=5, reward=Reward.LOG_RETURN, episode_len=30)


@pytest.mark.parametrize("spec", [PLAIN, PRIOR])
@pytest.mark.parametrize("action", ["scores", "weights"])
def test_gymnasiums_own_checks_pass(spec, action):
    env = ppo_risk.gymnasium.Env(spec, Market(frame()), SETTINGS, action)
    with warnings.catch_warnings():
        # What it has to say of any environment with unbounded observations that is not in its registry.
        warnings.filterwarnings("ignore", message=".*(observation space m|Not able to test alternative).*")
        check_env(env)
    env.close()
    env.close()


def test_an_environment_is_the_librarys():
    market = Market(frame())
    env = ppo_risk.gymnasium.Env(PRIOR, market, SETTINGS)
    library = Environments(PRIOR, market, SETTINGS)
    state, info = env.reset()
    assert state.tobytes() == library.states().tobytes()
    assert info["value"] == SETTINGS.balance and info["prior"].tolist() == [0.5, 0.5, 0.0]
    rng = np.random.default_rng(0)
    ends = []
    for index in range(100):
        action = rng.uniform(-1, 1, 3).astype(np.float32)
        state, reward, terminated, truncated, info = env.step(action)
        step = library.step(3 * action)
        assert reward == step.rewards[0] and not terminated
        assert info["net_return"] == step.net_returns[0] and info["cost"] == step.costs[0]
        if truncated:
            ends.append(index)
            assert state.tobytes() == step.final_states.tobytes()
            state, _ = env.reset()
        assert state.tobytes() == step.states.tobytes()
    assert ends == [29, 59, 89]
    episodes = library.take_episodes()
    assert [episode.steps for episode in episodes] == [30] * 3 and library.take_episodes() == []
    # Another seed has other episodes; the configuration's own is the default's.
    assert (env.reset(seed=6)[0] != env.reset(seed=5)[0]).any()
    assert env.reset(seed=5)[0].tobytes() == Environments(PRIOR, market, SETTINGS).states().tobytes()


def test_weights_are_traded_to_as_shares():
    env = ppo_risk.gymnasium.Env(PLAIN, Market(frame()), SETTINGS, "weights")
    env.reset(seed=1)
    env.step(np.array([0.5, 0.0, 0.5], np.float32))
    held = env._environments.portfolios().weights[0]
    assert held == pytest.approx([0.5, 0.0, 0.5], abs=0.05) and held[1] < 1e-6
    env.step(np.zeros(3, np.float32))
    assert env._environments.portfolios().weights[0] == pytest.approx([1 / 3] * 3, abs=0.05)


def test_a_vector_is_the_same_environments():
    market = Market(frame())
    envs = ppo_risk.gymnasium.VectorEnv(PRIOR, market, SETTINGS, num_envs=5)
    assert envs.observation_space.shape == (5, 7) and envs.single_action_space.shape == (3,)
    library = Environments(PRIOR, market, SETTINGS, 5)
    states, infos = envs.reset()
    assert states.tobytes() == library.states().tobytes() and infos["prior"].shape == (5, 3)
    envs.action_space.seed(1)
    for index in range(61):
        actions = envs.action_space.sample()
        states, rewards, terminated, truncated, infos = envs.step(actions)
        step = library.step(3 * actions)
        assert states in envs.observation_space and rewards.tobytes() == step.rewards.tobytes()
        assert states.tobytes() == step.states.tobytes()
        assert truncated.all() == (index in (29, 59)) and not terminated.any()
        if truncated.any():
            assert np.stack(infos["final_obs"]).tobytes() == step.final_states.tobytes()
            assert infos["_final_obs"].all()
        else:
            assert "final_obs" not in infos
    # One environment alone, by its number.
    third = Environments(PRIOR, market, SETTINGS, 1, first_index=2)
    assert third.states()[0].tobytes() == Environments(PRIOR, market, SETTINGS, 5).states()[2].tobytes()
    envs.close()


def test_environments_go_back_to_a_snapshot_and_refuse_what_they_cannot_use():
    environments = Environments(PLAIN, Market(frame()), SETTINGS, 3)
    actions = np.zeros((3, 3), np.float32)
    environments.step(actions)
    kept = environments.snapshot()
    first = environments.step(actions)
    environments.restore(kept)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(first, environments.step(actions)))
    environments.reset()
    assert (environments.portfolios().values == SETTINGS.balance).all()
    for call, kind, words in [
        (lambda: environments.step(actions[:2]), ppo_risk.LengthError, "actions"),
        (lambda: environments.step(np.full((3, 3), np.nan)), ppo_risk.NotFiniteError, "actions"),
        (lambda: environments.step_weights(np.ones((3, 3))), ppo_risk.InvalidArgumentError, "weights"),
        (lambda: environments.restore(kept[:-1]), ppo_risk.InvalidArgumentError, ""),
        (lambda: Environments(PLAIN, Market(frame()), SETTINGS, 0), ppo_risk.InvalidArgumentError, "count"),
        (lambda: Environments({}, Market(frame())), ppo_risk.InvalidArgumentError, "assets"),
        (lambda: ppo_risk.gymnasium.Env(PLAIN, Market(frame()), action="lots"), ValueError, "`action` is 'lots'"),
    ]:
        with pytest.raises(kind) as raised:
            call()
        assert words in str(raised.value)


class Target(gymnasium.Env):
    """The action should be the observation: two numbers in [-1, 3]."""

    observation_space = gymnasium.spaces.Box(-1, 3, (2,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 3, (2,), np.float64)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._target = self.np_random.uniform(-1, 3, 2).astype(np.float32)
        return self._target, {}

    def step(self, action):
        assert action in self.action_space
        reward = -float(np.square(action - self._target).sum())
        self._target = self.np_random.uniform(-1, 3, 2).astype(np.float32)
        return self._target, reward, False, True, {}


class Shares(Target):
    """Shares of three, of which the one that is observed should be all."""

    observation_space = gymnasium.spaces.Discrete(3)
    action_space = gymnasium.spaces.Box(0, 1, (3,), np.float32)

    def reset(self, *, seed=None, options=None):
        gymnasium.Env.reset(self, seed=seed)
        self._target = int(self.np_random.integers(3))
        return self._target, {}

    def step(self, action):
        assert abs(action.sum() - 1) < 1e-6
        reward = float(action[self._target])
        self._target = int(self.np_random.integers(3))
        return self._target, reward, True, True, {}


LEARNING = Config(seed=1, n_envs=8, n_steps=64, batch_size=128, n_epochs=8, total_steps=10_240, learning_rate=3e-3,
                  gamma=0.0, log_std_init=-1.0)


@needs_training
def test_a_box_of_actions_is_learnt():
    host = ppo_risk.gymnasium.HostEnvironment(Target)
    agent = Agent(host.spec(hidden=(32,)))
    observations = np.random.default_rng(0).uniform(-1, 3, (200, 2)).astype(np.float32)

    def error() -> float:
        return float(np.mean([np.abs(host.act(agent, seen) - seen) for seen in observations]))

    before = error()
    Trainer(agent, host, LEARNING).train()
    assert error() < 0.4 < 0.9 < before, (before, error())
    # Every corner has its weights.
    assert host.to_action(np.array([0.5, 0.5, 0.0])).tolist() == [3, 3]
    assert host.to_action(np.array([0.0, 0.0, 1.0])).tolist() == [-1, -1]
    assert host.to_action(np.array([0.5, 0.0, 0.5])).tolist() == [3, -1]
    assert host.to_action(np.array([1.0, 0.0, 0.0])).tolist() == [3, -1]


@needs_training
def test_a_simplex_of_actions_is_learnt():
    host = ppo_risk.gymnasium.HostEnvironment(Shares, action="simplex")
    agent = Agent(host.spec(hidden=(32,)))
    Trainer(agent, host, LEARNING).train()
    for target in range(3):
        assert host.act(agent, target)[target] > 0.9


def test_what_cannot_be_a_host():
    with pytest.raises(TypeError, match="expected a Box"):
        ppo_risk.gymnasium.HostEnvironment(lambda: gymnasium.make("CartPole-v1"))
    unbounded = type("Unbounded", (Target,), {"action_space": gymnasium.spaces.Box(-np.inf, np.inf, (2,))})
    with pytest.raises(ValueError, match="expected bounds"):
        ppo_risk.gymnasium.HostEnvironment(unbounded)
    with pytest.raises(ValueError, match="`action` is 'all'"):
        ppo_risk.gymnasium.HostEnvironment(Target, action="all")


@needs_training
@pytest.mark.skipif(not os.environ.get("PPO_RISK_SB3"), reason="PPO_RISK_SB3 does not ask for Stable-Baselines3")
def test_stable_baselines3_trains_on_our_environment():
    import sb3

    returns = sb3.compare(seed=0, steps=40_960)
    assert returns["sb3"] > returns["untrained"] and returns["ours"] > returns["untrained"]
