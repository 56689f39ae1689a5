"""The parts of a risk manager from Python, beside the whole."""

import math

import numpy as np
import pytest
from test_portfolio import prices

import ppo_risk
from ppo_risk import DrawdownMonitor, Hedge, HedgeSide, Limits, PositionSizer, RiskManager, RiskState, Atr


def test_limits_are_a_managers():
    settings = {"max_gross": 0.5, "max_weights": [0.2, 1.0]}
    limits = Limits(2, settings)
    weights, reasons = limits.apply([0.6, 0.6], [0.0, 0.0])
    assert weights[0] <= 0.2 + 1e-12 and weights.sum() == pytest.approx(0.5)
    assert {"ASSET_MAXIMUM", "GROSS_EXPOSURE"} == {reason.name for reason in reasons}
    manager = RiskManager(2, {"limits": settings, "leverage": None, "trade_band": 0.0})
    assert manager.manage([1.0, 1.0], [0.6, 0.6], [0.0, 0.0], 1.0).weights.tobytes() == weights.tobytes()
    assert limits.apply([0.1, 0.1], [0.0, 0.0])[1] == ()
    assert limits.apply([0.1, 0.1], [0.0, 0.0], low=[-math.inf, 0], high=[0.05, 1])[0].tolist() == [0.05, 0.1]
    assert limits.apply([0.6, 0.6], [0.0, 0.0], factor=0.5)[0].sum() == pytest.approx(0.25)
    limits.push_returns([0.01, -0.02])
    assert Limits(2, limits.config, limits.state_json()).state_json() == limits.state_json()


def test_drawdown_states():
    monitor = DrawdownMonitor({"reduce_at": 0.1, "stop_at": 0.2})
    assert monitor.update(100.0) == (RiskState.ACTIVE, 0.0, ())
    state, drawdown, reasons = monitor.update(85.0)
    assert (state, drawdown) == (RiskState.REDUCING, pytest.approx(0.15))
    assert reasons[0].name == "DRAWDOWN_REDUCE" and reasons[0].allowed == 0.1
    twin = DrawdownMonitor(monitor.config, monitor.state_json())
    assert twin.update(79.0)[0] is monitor.update(79.0)[0] is RiskState.HALTED
    monitor.reset()
    assert monitor.update(79.0)[:2] == (RiskState.ACTIVE, 0.0)
    assert monitor.update(79.0, drawdown=0.3)[0] is RiskState.HALTED


def test_a_hedge_opens_and_closes():
    hedge = Hedge({"threshold": 0.1, "band": 0.05})
    assert hedge.decide(0.05, [0.5, 0.3], 1000.0)[0].active is False
    position, reasons = hedge.decide(0.12, [0.5, 0.3], 1000.0)
    assert position.active and position.side is HedgeSide.SELL and position.net == pytest.approx(0.8)
    assert position.notional == pytest.approx(position.ratio * 800) and reasons[0].name == "HEDGE_OPENED"
    assert hedge.decide(0.12, [0.5, 0.3], 1000.0, betas=[2.0, 0.0])[0].net == pytest.approx(1.0)
    twin = Hedge(hedge.config, hedge.state_json())
    assert twin.decide(0.07, [0.5, 0.3], 1000.0)[0].active  # within the band
    assert not hedge.decide(0.04, [0.5, 0.3], 1000.0)[0].active


def test_true_ranges_bar_by_bar_are_those_of_the_table():
    closes = prices(40)
    highs, lows = closes * 1.01, closes * 0.99
    for extra in ((), (highs, lows)):
        table = ppo_risk.average_true_range(closes, *extra, bars=5)
        ranges = Atr(2, 5)
        for bar in range(40):
            ranges.update(closes[bar], *(array[bar] for array in extra))
            assert ranges.values().tobytes() == table[bar].tobytes()
        assert ranges.seen == 40 and np.isnan(table[:5]).all() and not np.isnan(table[5:]).any()
        twin = Atr(2, 5, ranges.state_json())
        assert twin.values().tobytes() == ranges.values().tobytes()


def test_position_sizes():
    assert ppo_risk.position_units(10_000.0, 0.01, 2.0, 2.5) == 20.0
    assert ppo_risk.position_units(10_000.0, 0.01, 2.1, 2.5, lot=5.0) == 15.0
    sizer = PositionSizer(2, {"risk_per_position": 0.01, "multiple": 2.0})
    units, stops, reasons = sizer.size(10_000.0, [0.5, 0.0], [100.0, 50.0], [2.0, math.nan], atr_seen=3)
    assert units.tolist() == [25.0, 0.0] and stops[0] == 96.0 and math.isnan(stops[1])
    assert [(reason.name, reason.index, reason.found, reason.allowed) for reason in reasons] == \
        [("POSITION_RISK", 0, 50.0, 25.0)]


@pytest.mark.parametrize("call, kind, words", [
    (lambda: Limits(2, {"max_gross": -1}), ppo_risk.InvalidArgumentError, "max_gross"),
    (lambda: Limits(2).apply([0.1], [0, 0]), ppo_risk.LengthError, "target"),
    (lambda: Limits(2).apply([0.1, math.nan], [0, 0]), ppo_risk.NotFiniteError, "target"),
    (lambda: Limits(2).push_returns([-2, 0]), ppo_risk.InvalidArgumentError, "returns"),
    (lambda: DrawdownMonitor().update(0.0), ppo_risk.InvalidArgumentError, "equity"),
    (lambda: DrawdownMonitor({"colour": 1}), ppo_risk.InvalidArgumentError, "colour"),
    (lambda: Hedge().decide(2.0, [1.0], 1.0), ppo_risk.InvalidArgumentError, "drawdown"),
    (lambda: Hedge(None, "{}"), ppo_risk.InvalidArgumentError, "state"),
    (lambda: Atr(2, 0), ppo_risk.InvalidArgumentError, "bars"),
    (lambda: Atr(2).update([1.0, 0.0]), ppo_risk.InvalidArgumentError, "close"),
    (lambda: ppo_risk.average_true_range([1.0]), ValueError, "`closes` has 1 dimensions"),
    (lambda: PositionSizer(2).size(1.0, [0.5], [1, 1], [1, 1]), ppo_risk.LengthError, "weights"),
    (lambda: ppo_risk.position_units(1.0, 2.0, 1.0, 1.0), ppo_risk.InvalidArgumentError, "risk"),
])
def test_what_the_parts_cannot_use(call, kind, words):
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)
