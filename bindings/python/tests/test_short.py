"""Policies that may be short or levered: weights, sampled actions, environments, portfolios, training."""

import numpy as np
import pytest
from conftest import needs_training

import ppo_risk.gymnasium
from ppo_risk import (Agent, Backtest, Book, Config, Device, Environments, InvalidArgumentError, Market, Portfolio,
                      Random, Reward, Trainer)

N, T = 3, 400
CLOSES = 100 * np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.02, (T, N)), axis=0))


def spec(prior="none", **action):
    return {"assets": list("ABC"), "state": {"assets": N, "window": 5},
            "action": {"short": True, "max_gross": 2.0, "weight_cap": 2.0, "prior": prior, **action},
            "network": {"scorer": {"hidden": [8]}}}


@pytest.mark.parametrize("distribution", ["gaussian", "dirichlet"])
def test_an_action_has_a_share_for_each_side(distribution):
    agent = Agent(spec(distribution=distribution))
    assert (agent.action_len, agent.score_len) == (N + 1, 2 * N + 1)
    state, drawn = np.zeros(agent.state_len, np.float32), []
    for _ in range(50):
        sample = agent.sample_action(Random(len(drawn)), state)
        assert sample.action.shape == (2 * N + 1,)
        shares = np.exp(sample.action) if distribution == "gaussian" else sample.action
        shares = shares.astype(float) / shares.sum()
        net = 2 * (shares[:N] - shares[N:2 * N])
        np.testing.assert_allclose(sample.weights, [*net, 1 - net.sum()], atol=1e-6)
        assert agent.evaluate_action(state, sample.action).log_prob == sample.log_prob
        drawn.append(sample.weights)
    assert (np.array(drawn) < 0).any()


def test_environments_take_scores_of_both_sides_and_weights_of_both_signs():
    market = Market(CLOSES, assets=list("ABC"))
    config = Config(episode_len=30, reward=Reward.LOG_RETURN, cost_rate=0.001, borrow_rate=0.05, margin_rate=0.02)
    made = Environments(spec(), market, config, count=2)
    assert (made.action_len, made.score_len) == (N + 1, 2 * N + 1)
    made.step(np.ones((2, 2 * N + 1), np.float32))
    made.step_weights(np.array([[1.0, -0.5, 0.5, 0.0], [1.5, 0.5, 0.0, -1.0]]))
    with pytest.raises(InvalidArgumentError, match="gross exposure of 2.5"):
        made.step_weights(np.array([[1.5, -1.0, 0.0, 0.5], [0.0, 0.0, 0.0, 1.0]]))
    with pytest.raises(InvalidArgumentError, match="maintenance"):
        Environments(spec(), market, Config(maintenance=0.6), count=1)
    for action in ("scores", "weights"):
        env = ppo_risk.gymnasium.Env(spec(), market, config, action=action)
        env.reset(seed=1)
        assert env.action_space.shape == (2 * N + 1,)
        env.step(env.action_space.sample())


@needs_training
def test_what_is_trained_decides_in_a_portfolio_a_book_and_a_back_test():
    """One asset falls for certain: it is learnt to be sold short, from a prior that is fully invested."""
    noise = 0.001 * np.random.default_rng(5).normal(size=(T, N))
    closes = CLOSES[0] * np.exp(np.arange(T)[:, None] * [0.0, 0.0, -0.004] + noise)
    market = Market(closes, assets=list("ABC"))
    agent = Agent(spec("equal_weight"))
    config = Config(n_envs=16, n_steps=16, batch_size=256, total_steps=65536, learning_rate=1e-2, log_std_init=-0.3,
                    reward=Reward.LOG_RETURN, gamma=0.0, cost_rate=0.0, device=Device.CPU)
    with Trainer(agent, market, config) as trainer:
        trainer.train()
    track = Backtest.run(agent, market, cost_rate=0.001, borrow_rate=0.02)
    assert track.weights[-1][2] < -0.5
    managed = Backtest.run(agent, market, managed=True)
    assert managed.weights[-1][2] < -0.2
    portfolio, book = Portfolio(agent, {"borrow_rate": 0.02}), Book(agent)
    for row in closes[:40]:
        portfolio.push_prices(row)
        weights = portfolio.rebalance() if portfolio.ready else None
        (book.decide if book.ready else book.observe)(row)
    assert weights[2] < -0.5 and weights.sum() == pytest.approx(1)
    again = Portfolio(agent)
    again.restore(portfolio.state_json())
    assert (again.rebalance() == weights).all()
