"""Figures and estimates from Python, beside what NumPy makes of their definitions."""

import math

import numpy as np
import pytest
from test_portfolio import prices

import ppo_risk
from ppo_risk import Conventions, Performance, RegimeTracker

RETURNS = np.diff(prices(300), axis=0) / prices(300)[:-1]
SERIES = RETURNS[:, 0]


def test_measures():
    found = ppo_risk.measure(SERIES)
    assert found.total_return == pytest.approx(np.prod(1 + SERIES) - 1)
    assert found.sharpe == pytest.approx(SERIES.mean() / SERIES.std(ddof=1) * math.sqrt(252))
    assert found.annual_volatility == pytest.approx(SERIES.std(ddof=1) * math.sqrt(252))
    assert found.value_at_risk == pytest.approx(-np.percentile(SERIES, 5))
    weekly = ppo_risk.measure(SERIES, Conventions(bars_per_year=52, risk_free=0.001))
    assert weekly.sharpe == pytest.approx((SERIES - 0.001).mean() / SERIES.std(ddof=1) * math.sqrt(52))
    against = ppo_risk.measure_against(2 * SERIES, SERIES)
    assert against.beta == pytest.approx(2) and against.batting == pytest.approx((SERIES > 0).mean())


def test_drawdowns():
    deepest, second = ppo_risk.worst_drawdowns([1, 2, 1, 2, 3, 2.7, 2.8])
    assert deepest == (0.5, 1, 2, 3) and second == (pytest.approx(0.1), 4, 5, 0)
    assert len(ppo_risk.worst_drawdowns([1, 2, 1, 2, 3, 2.7, 2.8], most=1)) == 1


def test_a_running_performance_goes_on_from_its_state():
    running = Performance()
    for value in SERIES[:200]:
        running.push(value)
    twin = Performance(None, running.state_json())
    for value in SERIES[200:]:
        running.push(value)
        twin.push(value)
    found, whole = running.read(), ppo_risk.measure(SERIES)
    assert found == twin.read() and found.bars == len(SERIES)
    assert found.sharpe == pytest.approx(whole.sharpe) and found.max_drawdown == pytest.approx(whole.max_drawdown)
    assert found.equity == pytest.approx(1 + whole.total_return)


def test_tail_risk():
    weights = np.array([0.5, 0.25])
    losses = -(RETURNS @ weights)
    found = ppo_risk.tail_risk(RETURNS, weights, 0.9)
    assert found.mean == pytest.approx(-losses.mean()) and found.gaussian_value_at_risk > 0
    assert np.mean(losses > found.historical_value_at_risk) == pytest.approx(0.1, abs=0.01)
    assert found.historical_conditional_value_at_risk > found.historical_value_at_risk


def test_volatility_and_covariance():
    rolling = ppo_risk.volatility(SERIES, 252, {"rolling": {"bars": 60}})
    assert rolling == pytest.approx(SERIES[-60:].std(ddof=1) * math.sqrt(252), rel=0.01)
    assert ppo_risk.volatility(SERIES, 252) == pytest.approx(0.16, abs=0.05)
    fit = ppo_risk.fit_garch(SERIES)
    assert 0 <= fit.alpha + fit.beta < 1 and fit.next_variance == pytest.approx(SERIES.var(), rel=0.5)
    matrix, shrinkage = ppo_risk.covariance(RETURNS)
    assert 0 <= shrinkage <= 1 and (matrix == matrix.T).all()
    sample = np.cov(RETURNS.T, ddof=0)
    target = np.trace(sample) / 2 * np.eye(2)
    np.testing.assert_allclose(matrix, shrinkage * target + (1 - shrinkage) * sample, rtol=1e-9)


def test_kelly():
    assert ppo_risk.kelly_binary(0.6, 1.0, 1.0) == pytest.approx(0.2)
    assert ppo_risk.kelly_continuous(0.02, 0.04) == pytest.approx(0.5)
    excess, matrix = np.array([0.02, 0.01]), np.array([[0.04, 0.01], [0.01, 0.09]])
    free = ppo_risk.kelly_unconstrained(excess, matrix)
    np.testing.assert_allclose(free, np.linalg.solve(matrix, excess), rtol=1e-12)
    np.testing.assert_allclose(ppo_risk.kelly_weights(excess, matrix, {"fraction": 0.5, "max_gross": 5}), free / 2,
                               rtol=1e-6)
    found = ppo_risk.kelly_from_returns(RETURNS, 252)
    assert np.abs(found.weights).sum() <= 1 + 1e-9 and (found.unconstrained_standard_errors > 0).all()
    assert 0 < found.mean_shrinkage <= 1


def test_leverage():
    factor, reasons = ppo_risk.leverage(0.3, 0.0)
    assert factor == pytest.approx(0.5) and [reason.name for reason in reasons] == ["VOLATILITY_TARGET"]
    assert ppo_risk.leverage(0.01, 0.0)[0] == 1.5
    assert ppo_risk.leverage(0.3, 0.1, config={"drawdown_stop": 0.2})[0] == pytest.approx(0.25)
    assert ppo_risk.leverage(0.3, 0.0, trend=-0.1)[0] == 0


def test_regimes():
    rng = np.random.default_rng(0)
    calm = np.repeat(rng.integers(0, 2, 20), 50)
    observations = rng.normal(0, np.where(calm, 0.005, 0.03))[:, np.newaxis]
    tracker = RegimeTracker.fit(observations, 2, seed=1, starts=2)
    assert (tracker.observation_len, tracker.regime_count) == (1, 2)
    right = 0
    for seen, is_calm in zip(observations, calm):
        tracker.update(seen)
        right += (tracker.probabilities()[0] > 0.5) == is_calm
    assert right > 0.9 * len(calm) and tracker.probabilities().sum() == pytest.approx(1)
    assert tracker.factors() == (1.0, 1.0)
    twin = RegimeTracker(tracker.config, tracker.state_json())
    for one in (tracker, twin):
        one.update(None)
    assert twin.probabilities().tobytes() == tracker.probabilities().tobytes()


@pytest.mark.parametrize("call, kind, words", [
    (lambda: ppo_risk.measure([0.1, math.inf]), ppo_risk.NotFiniteError, "returns"),
    (lambda: ppo_risk.measure([0.1], Conventions(bars_per_year=0)), ppo_risk.InvalidArgumentError, "bars_per_year"),
    (lambda: ppo_risk.measure_against([0.1], [0.1, 0.2]), ppo_risk.LengthError, "benchmark"),
    (lambda: ppo_risk.worst_drawdowns([1, 0]), ppo_risk.InvalidArgumentError, "equity"),
    (lambda: Performance().push(math.inf), ppo_risk.NotFiniteError, "return"),
    (lambda: Performance(None, "{}"), ppo_risk.InvalidArgumentError, "state"),
    (lambda: ppo_risk.tail_risk([[0.1], [0.2]], [1.0, 1.0]), ppo_risk.LengthError, "scenarios"),
    (lambda: ppo_risk.volatility([0.1], 252, {"colour": 1}), ppo_risk.InvalidArgumentError, "colour"),
    (lambda: ppo_risk.fit_garch([0.1] * 10), ppo_risk.LengthError, "returns"),
    (lambda: ppo_risk.covariance([0.1]), ValueError, "expected 2"),
    (lambda: ppo_risk.kelly_binary(2.0, 1.0, 1.0), ppo_risk.InvalidArgumentError, "probability"),
    (lambda: ppo_risk.kelly_weights([0.1], [[0.1, 0.2]]), ppo_risk.LengthError, "covariance"),
    (lambda: ppo_risk.leverage(0.0, 0.0), ppo_risk.InvalidArgumentError, "volatility"),
    (lambda: RegimeTracker({}), ppo_risk.InvalidArgumentError, "model"),
])
def test_what_figures_cannot_be_made_of(call, kind, words):
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)
