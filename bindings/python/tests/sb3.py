"""Stable-Baselines3's PPO, unchanged, on our Gymnasium environment, beside ours on the same environment, seeds, steps.

    python sb3.py [STEPS [SEEDS]]

The market is one whose best portfolio is known: of two assets with the same volatility one grows, the other shrinks,
so all belongs into the first. Printed is the mean growth of an episode, ln(final value / initial value), over 64
episodes that training never saw.
"""

import math
import sys
import warnings

import numpy as np
import stable_baselines3
from stable_baselines3.common.vec_env import DummyVecEnv

import ppo_risk
import ppo_risk.gymnasium
from ppo_risk import Agent, Config, Environments, Market, Reward, Schedule, Trainer

SPEC = {"assets": ["UP", "DOWN"], "state": {"assets": 2, "window": 20, "account": False, "columns": []},
        "action": {"distribution": "gaussian", "cash": True},
        "network": {"mlp": {"hidden": [64, 64], "activation": "tanh", "shared_trunk": False}}}
MARKET = {"model": "gbm", "assets": ["UP", "DOWN"], "drift": [0.6, -0.4],
          "covariance": [[0.04, 0.0], [0.0, 0.04]], "cash_rate": 0.0, "bars_per_year": 252.0}
EPISODE, ENVS, STEPS, EPISODES = 63, 8, 256, 64


def config(seed: int, total_steps: int) -> Config:
    """Stable-Baselines3's defaults, where they differ from ours: a constant step size, and its starting standard
    deviation of 1, which is SCORE_SCALE in scores."""
    return Config(seed=seed, total_steps=total_steps, n_envs=ENVS, n_steps=STEPS, batch_size=256, n_epochs=10,
                  learning_rate=3e-4, reward=Reward.LOG_RETURN, episode_len=EPISODE, cost_rate=0.0, gamma=0.9,
                  learning_rate_schedule=Schedule.CONSTANT, log_std_init=math.log(ppo_risk.gymnasium.SCORE_SCALE))


def growth(decide) -> float:
    """Mean growth over episodes of a seed that no training has."""
    environments = Environments(SPEC, Market.simulated(MARKET), config(10**6, 1), EPISODES)
    states = environments.states()
    for _ in range(EPISODE):
        states = decide(environments, states).states
    return float(np.mean([episode.log_growth for episode in environments.take_episodes()]))


def ours(seed: int, steps: int) -> "tuple[float, float]":
    """Growth before and after training."""
    agent = Agent(SPEC, config(seed, steps))

    def decide(environments, states):
        return environments.step_weights(agent.select_actions(states))

    before = growth(decide)
    Trainer(agent, Market.simulated(MARKET), config(seed, steps)).train()
    return before, growth(decide)


def theirs(seed: int, steps: int) -> float:
    """The same with Stable-Baselines3's learner."""
    market = Market.simulated(MARKET)

    def make(index):
        def one():
            env = ppo_risk.gymnasium.Env(SPEC, market, config(seed * ENVS + index, steps))
            return stable_baselines3.common.monitor.Monitor(env)
        return one

    # Rewards of a day are thousandths: both learners divide them by their standard deviation.
    envs = stable_baselines3.common.vec_env.VecNormalize(DummyVecEnv([make(index) for index in range(ENVS)]), gamma=0.9)
    settings = config(seed, steps)
    model = stable_baselines3.PPO("MlpPolicy", envs, n_steps=STEPS, batch_size=settings.batch_size, seed=seed,
                                  n_epochs=settings.n_epochs, gamma=settings.gamma, device="cpu")
    model.learn(steps)

    def decide(environments, states):
        actions, _ = model.predict(envs.normalize_obs(states), deterministic=True)
        return environments.step(ppo_risk.gymnasium.SCORE_SCALE * actions)

    return growth(decide)


def compare(seed: int, steps: int) -> "dict[str, float]":
    """Growth of the untrained policy, ours and theirs."""
    before, after = ours(seed, steps)
    return {"untrained": before, "ours": after, "sb3": theirs(seed, steps)}


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 61_440
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"Stable-Baselines3 {stable_baselines3.__version__} and ppo_risk {ppo_risk.version()}, {steps} steps: mean "
          f"growth of {EPISODE}-day episodes (all in UP: {EPISODE * (0.6 - 0.02) / 252:.4f})")
    print("seed  untrained    ours     sb3")
    for seed in range(seeds):
        found = compare(seed, steps)
        print(f"{seed:4}  {found['untrained']:9.4f} {found['ours']:7.4f} {found['sb3']:7.4f}", flush=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main()
