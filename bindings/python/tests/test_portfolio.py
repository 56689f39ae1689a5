"""Markets, portfolios, back-tests and risk managers from Python."""

import asyncio
import datetime
import math

import numpy as np
import pandas
import pytest
from conftest import PLAIN, needs_training

import ppo_risk
from ppo_risk import (Agent, Backtest, Baseline, Config, Book, Market, Portfolio, RiskManager, RiskState,
                      Trainer)

BARS, NAMES = 400, ["A", "B"]


def prices(bars: int = BARS, seed: int = 1) -> np.ndarray:
    returns = np.random.default_rng(seed).normal(0.0004, 0.01, (bars, 2))
    return 100 * np.exp(np.cumsum(returns, axis=0))


def frame() -> pandas.DataFrame:
    return pandas.DataFrame(prices(), pandas.bdate_range("2015-01-01", periods=BARS, name="date"), NAMES)


def test_a_price_table_goes_in_and_comes_out():
    table = frame()
    market = Market(table, cash_rate=0.02)
    assert (len(market), market.assets, market.columns, market.range) == (BARS, ("A", "B"), (), (0, BARS - 1))
    pandas.testing.assert_frame_equal(market.to_frame(), table.rename_axis("time"), check_freq=False, check_index_type=False,
                                  check_exact=True)
    assert market.closes(3, 2).tobytes() == table.to_numpy()[3:5].tobytes()
    # As arrays, by dates of several kinds, in the other memory order.
    for dates in (table.index, list(table.index.date), table.index.strftime("%Y-%m-%d")):
        again = Market(np.asfortranarray(table.to_numpy()), assets=NAMES, times=dates, cash_rate=[0.02] * BARS)
        assert (again.times == market.times).all() and again.digest == market.digest
    nameless = Market(prices())
    assert nameless.assets == ("A0", "A1") and nameless.times[0] == np.datetime64("2000-01-03")
    signals = pandas.DataFrame({"momentum": np.arange(BARS, dtype=float)}, table.index)
    assert Market(table, signals=signals).columns == ("momentum",)


def test_ranges_by_bar_and_by_day(tmp_path):
    market = Market(frame())
    assert market.select(10, 20).range == (10, 20)
    for day in ("2015-06-06", datetime.date(2015, 6, 6), np.datetime64("2015-06-06")):  # a Saturday
        cut = int(np.searchsorted(market.times, np.datetime64("2015-06-06")))
        assert market.select(first=day).range == (cut, BARS - 1)
        assert market.select(last=day).range == (0, cut - 1)
    market.to_csv(tmp_path / "prices.csv")
    assert Market.from_csv(tmp_path / "prices.csv").digest == market.digest
    assert market.clone().digest == market.digest != market.select(0, 100).digest


def test_simulations():
    fitted = Market(frame()).fit_gbm()
    assert len(fitted) == 0 and fitted.parameters["model"] == "gbm"
    assert Market.simulated(fitted.parameters).parameters == fitted.parameters
    drawn = Market.simulate_prices(fitted.parameters, 50, "2020-01-01", seed=3)
    assert len(drawn) == 50 and (drawn.closes()[0] == 100).all() and drawn.times[0] == np.datetime64("2020-01-01")
    again = Market.simulate_prices(fitted.parameters, 50, "2020-01-01", seed=3)
    assert again.digest == drawn.digest


@pytest.mark.parametrize("call, kind, words", [
    (lambda: Market(np.ones(5)), ValueError, "`closes` has 1 dimensions"),
    (lambda: Market(np.ones((5, 2)), assets=["A"]), ValueError, "`assets` has 1 names, expected 2"),
    (lambda: Market(np.ones((5, 2)), highs=np.ones((4, 2))), ValueError, "`highs` has the shape"),
    (lambda: Market(np.ones((5, 2)), times=["2020-01-01"]), ValueError, "`times` has the shape"),
    (lambda: Market(np.zeros((5, 2))), ppo_risk.InvalidArgumentError, "closes of A0 on 2000-01-03"),
    (lambda: Market([[1, 1], [1, math.nan]]), ppo_risk.NotFiniteError, "closes of A1 on 2000-01-04"),
    (lambda: Market(np.ones((5, 2)), assets=["A", "A"]), ppo_risk.InvalidArgumentError, "A"),
    (lambda: Market(frame()).select(0, BARS), ppo_risk.InvalidArgumentError, "first_bar and last_bar"),
    (lambda: Market(frame()).select("2030-01-01"), ppo_risk.InvalidArgumentError, "`time` is 2030-01-01"),
    (lambda: Market(frame()).closes(0, BARS + 1), ppo_risk.InvalidArgumentError, "bars"),
    (lambda: Market(frame()).parameters, ppo_risk.InvalidArgumentError, "`market` is prices"),
    (lambda: Market.from_csv("no/such.csv"), ppo_risk.IoError, "no/such.csv"),
    (lambda: Market.from_csv("no/such.csv", colour=1), ppo_risk.InvalidArgumentError, "colour"),
    (lambda: Market.simulated({"model": "none"}), ppo_risk.InvalidArgumentError, "model"),
])
def test_markets_that_cannot_be(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_a_cell_that_is_no_number_is_named(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("date,A,B\n2020-01-01,1,2\n2020-01-02,1,x\n")
    with pytest.raises(ppo_risk.TableError, match="line 3"):
        Market.from_csv(path)


@needs_training
def test_training_over_a_market_and_going_on_from_a_checkpoint(tmp_path):
    market = Market(frame())
    settings = Config(n_envs=4, n_steps=32, batch_size=64, total_steps=512, reward=ppo_risk.Reward.LOG_RETURN)

    def trained(most_updates: int) -> Trainer:
        trainer = Trainer(Agent(PLAIN), market, settings)
        trainer.train(most_updates=most_updates)
        return trainer

    whole = trained(0)
    trained(2).save(tmp_path / "run")
    resumed = Trainer.resume(tmp_path / "run", market)
    metrics = resumed.train()
    assert metrics.update == 4 and math.isfinite(metrics.policy_gradient_loss)
    assert resumed.agent().to_bytes() == whole.agent().to_bytes()
    with pytest.raises(ppo_risk.InvalidArgumentError, match="market"):
        Trainer.resume(tmp_path / "run", market.select(0, 300))


def test_a_portfolio_decides_bar_by_bar_what_the_backtest_decides():
    market, agent = Market(frame()), Agent(PLAIN)
    backtest = Backtest.run(agent, market)
    first = BARS - 1 - len(backtest)
    portfolio = Portfolio(agent, {"balance": 1.0})
    equity, weights = [], []
    for bar, closes in enumerate(market.closes()):
        assert portfolio.push_prices(closes) == (bar > 0)
        if bar > first:
            equity.append(portfolio.account().value)
        if first <= bar < BARS - 1:
            assert portfolio.ready
            weights.append(portfolio.rebalance())
    np.testing.assert_allclose(equity, backtest.equity, rtol=1e-12)
    np.testing.assert_allclose(weights, backtest.weights, rtol=1e-12)
    state, prior = portfolio.seen()
    assert agent.select_action(state).tobytes() == weights[-1].tobytes()
    # A saved state goes on, bit for bit.
    other = Portfolio(agent, portfolio.config)
    other.restore(portfolio.state_json())
    for one in (portfolio, other):
        one.push_returns([0.01, -0.02])
    assert other.account().value == portfolio.account().value
    assert other.rebalance().tobytes() == portfolio.rebalance().tobytes()
    assert portfolio.kelly().shape == (2,) and portfolio.leverage() > 0
    portfolio.record_trade([0.5, 0.25, 0.25], 0.0)
    portfolio.set_position([0.0, 0.0, 1.0], 5.0)
    account = portfolio.account()
    assert (account.value, account.cash) == (5.0, 1.0) and account.weights.tolist() == [0, 0, 1]


@pytest.mark.parametrize("call, kind, words", [
    (lambda p: p.rebalance(), ppo_risk.NotReadyError, "20 bars"),
    (lambda p: p.push_prices([1.0]), ppo_risk.LengthError, "closes"),
    (lambda p: p.push_prices([1.0, 0.0]), ppo_risk.InvalidArgumentError, "closes"),
    (lambda p: p.push_prices([1.0, math.nan]), ppo_risk.NotFiniteError, "closes"),
    (lambda p: p.push_returns([0.0, 0.0], columns=[1.0]), ppo_risk.InputError, "columns"),
    (lambda p: p.push_returns([0.0, -2.0]), ppo_risk.InvalidArgumentError, "returns"),
    (lambda p: p.record_trade([0.5, 0.5], 0.0), ppo_risk.LengthError, "weights"),
    (lambda p: p.set_position([0.5, 0.5, 0.5], 1.0), ppo_risk.InvalidArgumentError, "weights"),
    (lambda p: p.kelly(), ppo_risk.NotReadyError, "20"),
    (lambda p: p.restore("{}"), ppo_risk.InvalidArgumentError, "state"),
    (lambda p: Portfolio(Agent(PLAIN), {"colour": 1}), ppo_risk.InvalidArgumentError, "colour"),
])
def test_what_a_portfolio_cannot_use(call, kind, words):
    with pytest.raises(kind, match=words):
        call(Portfolio(Agent(PLAIN)))


def test_backtests_as_data_frames():
    market, agent = Market(frame()), Agent(PLAIN)
    backtest = Backtest.run(agent, market, cost_rate=0.0)
    table, weights = backtest.to_frame(), backtest.weights_frame()
    assert list(table.columns) == ["equity", "return", "turnover", "cost"]
    assert list(weights.columns) == ["A", "B", "cash"] and weights.index.equals(table.index)
    assert table.index[-1] == frame().index[-1] and len(table) == len(backtest) == backtest.summary().bars
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_allclose((1 + table["return"]).cumprod(), table["equity"], rtol=1e-12)
    assert (table["cost"] == 0).all()
    # An untrained policy without a prior is all but equal weights.
    equal = Backtest.baseline(market, Baseline.EQUAL_WEIGHT)
    assert (equal.times == backtest.times).all() and math.isfinite(equal.summary().sharpe)
    comparison = backtest.compare(equal, draws=200)
    # Below 252 bars there is a median and no interval.
    assert len(backtest) < 252 and math.isfinite(comparison.median)
    assert math.isnan(comparison.low) and math.isnan(comparison.high)
    book = Backtest.run(agent, market, managed=True)
    leverage, hedge = book.risk()
    assert len(leverage) == len(hedge) == len(book) and book.reasons()
    with pytest.raises(ppo_risk.InvalidArgumentError):
        backtest.reasons()
    with pytest.raises(ppo_risk.InvalidArgumentError, match="baseline"):
        Backtest.baseline(market, 99)
    with pytest.raises(ppo_risk.InvalidArgumentError, match="colour"):
        Backtest.run(agent, market, colour=1)


def test_a_risk_manager_gives_reasons_and_goes_on_from_its_state():
    settings = {"limits": {"max_gross": 0.5}, "drawdown": {"reduce_at": 0.1, "stop_at": 0.2}}
    manager = RiskManager(2, settings)
    assert (manager.asset_count, manager.observation_len, manager.regime_count) == (2, 0, 0)
    for closes in prices(40):
        manager.observe(closes)
    decision = manager.manage([100.0, 100.0], [0.6, 0.3], [0.0, 0.0], 1000.0)
    assert decision.state is RiskState.ACTIVE
    assert decision.gross == pytest.approx(np.abs(decision.weights).sum()) and decision.gross <= 0.5 + 1e-12
    assert decision.cash == pytest.approx(1 - decision.weights.sum())
    names = [reason.name for reason in decision.reasons]
    assert "GROSS_EXPOSURE" in names
    reason = decision.reasons[names.index("GROSS_EXPOSURE")]
    assert reason.index is None and reason.allowed == 0.5 and "GROSS_EXPOSURE" in reason.describe()
    twin = RiskManager(2, manager.config, manager.state_json())
    arguments = ([99.0, 98.0], [0.6, 0.3], [0.3, 0.2], 700.0)
    expected = manager.manage(*arguments)
    assert expected.state is RiskState.HALTED and (expected.weights == 0).all()
    same(twin.manage(*arguments), expected)
    manager.reset()
    manager.reset_stop(0)
    assert manager.manage([99.0, 98.0], [0.1, 0.1], [0.0, 0.0], 700.0).state is RiskState.ACTIVE


def test_an_asset_is_named_in_a_reason():
    manager = RiskManager(2, {"limits": {"max_weights": [0.2, 1.0]}})
    decision = manager.manage([100.0, 100.0], [0.9, 0.0], [0.0, 0.0], 1000.0)
    assert decision.weights[0] == pytest.approx(0.2)
    reason = next(reason for reason in decision.reasons if reason.name == "ASSET_MAXIMUM")
    assert (reason.index, reason.found, reason.allowed) == (0, pytest.approx(0.9), 0.2)
    assert "Gold" in reason.describe(["Gold", "Oil"]) and "Gold" not in reason.describe()


def test_managing_in_an_event_loop():
    async def run(manager: RiskManager):
        return await manager.manage_async([100.0, 100.0], [0.6, 0.3], [0.0, 0.0], 1000.0)

    same(asyncio.run(run(RiskManager(2))), RiskManager(2).manage([100.0, 100.0], [0.6, 0.3], [0.0, 0.0], 1000.0))


def same(one: ppo_risk.Decision, other: ppo_risk.Decision) -> None:
    """To the bit: repr writes numbers so that they can be read back, and NaN as nan."""
    assert [repr(getattr(value, "tolist", lambda: value)()) for value in one] == \
        [repr(getattr(value, "tolist", lambda: value)()) for value in other]


@pytest.mark.parametrize("call, kind, words", [
    (lambda m: m.manage([1.0], [0, 0], [0, 0], 1.0), ppo_risk.LengthError, "closes"),
    (lambda m: m.manage([1.0, 0.0], [0, 0], [0, 0], 1.0), ppo_risk.InvalidArgumentError, "closes"),
    (lambda m: m.manage([1.0, math.inf], [0, 0], [0, 0], 1.0), ppo_risk.NotFiniteError, "closes"),
    (lambda m: m.manage([1.0, 1.0], [0], [0, 0], 1.0), ppo_risk.LengthError, "target"),
    (lambda m: m.manage([1.0, 1.0], [0, 0], [0, 0], 0.0), ppo_risk.InvalidArgumentError, "equity"),
    (lambda m: m.manage([1.0, 1.0], [0, 0], [0, 0], 1.0, drawdown=2.0), ppo_risk.InvalidArgumentError, "drawdown"),
    (lambda m: m.manage([1.0, 1.0], [0, 0], [0, 0], 1.0, highs=[1, 1]), ppo_risk.InputError, "lows"),
    (lambda m: m.manage([1.0, 1.0], [0, 0], [0, 0], 1.0, colour=1), TypeError, "`colour` is nothing that a bar has"),
    (lambda m: m.observe([1.0, -1.0]), ppo_risk.InvalidArgumentError, "closes"),
    (lambda m: m.reset_stop(2), ppo_risk.InvalidArgumentError, "asset"),
    (lambda m: m.regimes(), ppo_risk.InvalidArgumentError, "regime"),
    (lambda m: RiskManager(2, {"colour": 1}), ppo_risk.InvalidArgumentError, "colour"),
    (lambda m: RiskManager(0), ppo_risk.InvalidArgumentError, "assets"),
    (lambda m: RiskManager(2, None, "{}"), ppo_risk.InvalidArgumentError, "state"),
])
def test_what_a_risk_manager_cannot_use(call, kind, words):
    with pytest.raises(kind, match=words):
        call(RiskManager(2))


def test_a_book_is_its_parts():
    """The policy's wish through a manager of the same settings, bar by bar."""
    risk = {"limits": {"min_cash": 0.3}, "leverage": None, "hedge": None}
    agent, closes = Agent(PLAIN), prices(60)
    book = Book(agent, {"balance": 1000.0}, risk)
    decided = 0
    for bar in closes:
        if not book.ready:
            book.observe(bar)
            continue
        decision = book.decide(bar)
        decided += 1
        assert decision.cash >= 0.3 - 1e-9 and decision.weights.sum() == pytest.approx(1 - decision.cash)
        trade, account = book.traded(), book.account()
        assert trade.weights.sum() == pytest.approx(1) and trade.turnover >= 0 and account.value > 0
    assert decided > 20
    twin = Book(agent, {"balance": 1000.0}, risk, book.state_json())
    state = book.save_state()
    assert twin.save_state() == state and len(state) < len(book.state_json()) / 2
    third = Book.restore_state(agent, state, {"balance": 1000.0}, risk)
    assert third.state_json() == book.state_json()
    decision = book.decide(closes[-1] * 1.01)
    same(twin.decide(closes[-1] * 1.01), decision)
    same(third.decide(closes[-1] * 1.01), decision)
    with pytest.raises(ppo_risk.InvalidArgumentError, match="`state` is cut or altered"):
        Book.restore_state(agent, state[:-1], {"balance": 1000.0}, risk)
    book.record_trade([0.25, 0.25, 0.5], 0.0)
    book.set_position([0.0, 0.0, 1.0], 7.0)
    assert book.account().value == 7.0
    book.deposit(3.0)
    assert book.account().value == 10.0
    book.record_trade([0.5, 0.5, 0.0], 0.0005)
    orders = book.orders([0.0, 0.0], 1e6, lots=[1.0, 3.0], min_units=[2.0, 2.0], min_value=100.0)
    assert [order.asset for order in orders] == [0, 1] and all(order.units > 2 for order in orders)
    assert orders[0].units % 1 == 0 and orders[1].units % 3 == 0
    sold = book.orders([1e3, 0.0], 0.0)
    assert [order.units < 0 for order in sold] == [True, False]
    book.pin(0)
    assert [order.asset for order in book.orders([1e3, 0.0], 1e6)] == [1]
    book.pin(0, False)
    assert [order.asset for order in book.orders([1e3, 0.0], 1e6)] == [0, 1]
    book.set_agent(agent)
    book.reset()
    book.reset_stop(1)
    book.set_position([0.5, 0.2, 0.3], 1000.0)
    book.halt()
    held = book.decide(closes[-1] * 1.01, time=1_700_000_000_000_000_000)
    assert held.state == ppo_risk.RiskState.REDUCING and "OPERATOR_HALT" in [reason.name for reason in held.reasons]
    book.flatten()
    sold = book.decide(closes[-1], time=1_700_000_000_000_000_001)
    assert sold.state == ppo_risk.RiskState.HALTED and sold.cash == 1.0 and not sold.weights.any()
    book.resume()
    for call, kind, words in [
        (lambda: book.decide(closes[-1], time=1_700_000_000_000_000_001), ppo_risk.InvalidArgumentError, "bar.time"),
        (lambda: book.decide(closes[-1], time=1.7e18), TypeError, "time"),
        (lambda: book.decide(closes[-1], time=2**64), ValueError, "time"),
        (lambda: book.set_position([0.5, 0.5, 0.0], 1e150), ppo_risk.InvalidArgumentError, "equity"),
        (lambda: book.pin(2), ppo_risk.InvalidArgumentError, "asset"),
        (lambda: book.deposit(-1e6), ppo_risk.InvalidArgumentError, "amount"),
        (lambda: book.deposit(float("nan")), ppo_risk.NotFiniteError, "amount"),
        (lambda: book.orders([1.0], 1.0), ppo_risk.LengthError, "units"),
        (lambda: book.orders([1.0, 1.0], 1.0, lots=[-1.0, 0.0]), ppo_risk.InvalidArgumentError, "lots"),
        (lambda: Book(agent).orders([1.0, 1.0], 1.0), ppo_risk.InvalidArgumentError, "book"),
        (lambda: Book(agent).decide(closes[0]), ppo_risk.NotReadyError, ""),
        (lambda: book.decide([1.0]), ppo_risk.LengthError, "closes"),
        (lambda: book.reset_stop(2), ppo_risk.InvalidArgumentError, "asset"),
        (lambda: book.record_trade([1.0, 1.0, 1.0], 0.0), ppo_risk.InvalidArgumentError, "weights"),
        (lambda: Book(agent, None, {"limits": {"min_cash": -1}}), ppo_risk.InvalidArgumentError,
         "min_cash"),
        (lambda: Book(agent, None, None, "{}"), ppo_risk.InvalidArgumentError, "state"),
    ]:
        with pytest.raises(kind) as raised:
            call()
        assert words in str(raised.value)
