"""Costs of each asset and bar: in prices, files, environments, and fed live."""

import numpy as np
import pandas as pd
import pytest

from ppo_risk import Agent, Book, Config, Environments, InvalidArgumentError, LengthError, Market, Portfolio

N, T = 2, 300
DRAWS = np.random.default_rng(6)
CLOSES = 100 * np.exp(np.cumsum(DRAWS.normal(0, 0.01, (T, N)), axis=0))
VOLUMES = DRAWS.uniform(1e3, 2e3, (T, N))
SPEC = {"assets": ["A", "B"], "state": {"assets": N, "window": 5}, "action": {"cash": True},
        "network": {"scorer": {"hidden": [8]}}}


def cost_of_halves(market, **settings):
    made = Environments(SPEC, market, Config(**settings), count=1)
    return made.step_weights(np.array([[0.5, 0.5, 0.0]])).costs[0]


def market(**given):
    return Market(CLOSES, assets=["A", "B"], **given)


def test_rates_and_half_spreads_of_each_asset_add_up():
    for half_spreads in ([0.006] * N, np.full((T, N), 0.006), pd.DataFrame(np.full((T, N), 0.006), columns=["A", "B"])):
        closes = pd.DataFrame(CLOSES, columns=["A", "B"]) if isinstance(half_spreads, pd.DataFrame) else CLOSES
        if isinstance(half_spreads, pd.DataFrame):
            closes.index = half_spreads.index = pd.date_range("2020-01-01", periods=T)
        made = Market(closes, half_spreads=half_spreads, assets=None if closes is not CLOSES else ["A", "B"])
        assert cost_of_halves(made, cost_rate=0.004) == pytest.approx(1 - 1 / 1.01, abs=1e-15)
    assert cost_of_halves(market(cost_rates=[0.01, 0.01])) == pytest.approx(1 - 1 / 1.01, abs=1e-15)
    assert cost_of_halves(market(), minimum_fee=1000.0) == pytest.approx(0.02, abs=1e-15)
    with_volumes = market(volumes=VOLUMES)
    assert cost_of_halves(with_volumes, impact=1.0) > cost_of_halves(with_volumes) + 1e-6
    assert cost_of_halves(with_volumes, lot=1e6) == 0


def test_what_costs_cannot_be_is_refused_by_name():
    for match, given in [("`prices.half_spreads of B", {"half_spreads": [0.1, 1.0]}),
                         ("borrow_rates of A", {"borrow_rates": np.full((T, N), -1.0)})]:
        with pytest.raises(InvalidArgumentError, match=match):
            market(**given)
    with pytest.raises(ValueError, match="`cost_rates` has the shape"):
        market(cost_rates=np.zeros((T, 3)))
    with pytest.raises(InvalidArgumentError, match="volumes"):
        cost_of_halves(market(), impact=1.0)


def test_costs_are_read_from_files(tmp_path):
    path = tmp_path / "long.csv"
    dates = pd.date_range("2020-01-01", periods=T)
    rows = [pd.DataFrame({"date": dates, "symbol": name, "close": CLOSES[:, i], "half": 0.006}) for i, name in enumerate("AB")]
    pd.concat(rows).to_csv(path, index=False)
    made = Market.from_csv(path, half_spread_column="half")
    assert cost_of_halves(made, cost_rate=0.004) == pytest.approx(1 - 1 / 1.01, abs=1e-15)


def test_costs_are_fed_live():
    agent = Agent(SPEC)
    portfolio = Portfolio(agent, {"impact": 1.0})
    portfolio.push_prices(CLOSES[0])
    with pytest.raises(LengthError, match="volumes"):
        portfolio.push_prices(CLOSES[1])
    for t in range(1, 20):
        portfolio.push_prices(CLOSES[t], volumes=VOLUMES[t], half_spreads=[0.001, 0.002])
    portfolio.rebalance()
    portfolio.push_prices(CLOSES[20], volumes=pd.Series(VOLUMES[20], index=["A", "B"]))
    with pytest.raises(TypeError, match="`spreads` is no argument"):
        portfolio.push_prices(CLOSES[21], spreads=[0.1, 0.1])
    book = Book(agent, {"cost_rate": 0.0}, {"positions": None, "limits": {"min_cash": 0.0}})
    t = 0
    while not book.ready:
        book.observe(CLOSES[t], half_spreads=[0.01, 0.01])
        t += 1
    book.decide(CLOSES[t], half_spreads=[0.01, 0.01])
    traded = book.traded()
    bought = 0.01 * traded.weights[:N].sum()
    assert traded.cost == pytest.approx(bought / (1 + bought), abs=1e-12)
