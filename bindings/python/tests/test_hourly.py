"""Bars of an hour and of a week, columns of each asset, and an asset that comes late, is halted and ends: into a market,
through training and a file, and fed live."""

import numpy as np
import pandas as pd
import pytest

import ppo_risk
from ppo_risk import (Agent, Backtest, Book, Config, Device, InvalidArgumentError, LengthError, Market, NotFiniteError,
                      Portfolio, ReasonCode, Trainer)

T, NAMES = 400, ["A", "B"]
HOURS = pd.date_range("2024-01-02", periods=T, freq="h") + pd.Timedelta(7, "ns")
SIGNALS = np.random.default_rng(9).uniform(-0.5, 0.5, (T, 2))
CLOSES = 100 * np.cumprod(1 + 0.01 * np.vstack([np.zeros((1, 2)), SIGNALS[:-1]]), axis=0)
# B has its first price at bar 25, so that it takes part from bar 45 on, when it has 20 returns; it has none at bars 48 to
# 50, and ends at the last bar that is fed live.
TAKES_PART, HALTED, FED = 45, range(48, 51), 60
CLOSES[:25, 1] = CLOSES[HALTED, 1] = np.nan
ENDS = np.zeros((T, 2), bool)
ENDS[FED - 1, 1] = True
SPEC = {"assets": NAMES, "state": {"assets": 2, "window": 20, "account": False, "listed": True, "columns": [],
                                  "asset_columns": ["signal"]},
        "action": {"short": True, "max_gross": 1.5}, "network": {"scorer": {"hidden": [8]}}}


def market(times=None, **given):
    return Market(CLOSES, **{"assets": NAMES, "times": times, "asset_signals": {"signal": SIGNALS}, "gaps": True, "ends": ENDS,
                             **given})


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """One that was trained on the hourly bars for a few hundred decisions, out of its file."""
    if not ppo_risk.can_train():
        pytest.skip("a library without libtorch")
    path = tmp_path_factory.mktemp("hourly") / "hourly.safetensors"
    config = Config(n_envs=2, n_steps=64, batch_size=64, total_steps=384, device=Device.CPU)
    with Agent(SPEC) as untrained:
        with Trainer(untrained, market(HOURS), config) as trainer:
            trainer.train()
        untrained.save(path)
    return Agent.load(path)


@pytest.mark.parametrize("times, bars_per_year", [
    (HOURS, 8766), (pd.date_range("2000-01-07", periods=T, freq="7D"), 52), (None, 252)])
def test_times_say_how_many_bars_a_year_has(times, bars_per_year):
    made = market(times)
    assert made.bars_per_year == pytest.approx(bars_per_year, abs=1)
    if times is not None:
        assert (made.times == times.to_numpy()).all()
    assert market(times, bars_per_year=1234.5).bars_per_year == 1234.5


def test_a_rate_above_one_has_to_be_meant():
    with pytest.raises(InvalidArgumentError, match="confirm_cash_rate"):
        market(cash_rate=5.0)
    market(cash_rate=5.0, confirm_cash_rate=True)


def test_columns_of_each_asset_come_in_several_forms():
    frame = pd.DataFrame(SIGNALS, HOURS, NAMES)
    one = Market(pd.DataFrame(CLOSES, HOURS, NAMES), asset_signals={"signal": frame}, gaps=True,
                 ends=pd.DataFrame(ENDS, HOURS, NAMES))
    same = Market(CLOSES, assets=NAMES, times=HOURS, asset_signals=SIGNALS[:, :, None], asset_columns=["signal"], gaps=True,
                  ends=ENDS.astype(int))
    assert one.asset_columns == same.asset_columns == ("signal",) and one.digest == same.digest == market(HOURS).digest
    assert Market(CLOSES, asset_signals=np.ones((T, 2, 3)), gaps=True).asset_columns == ("F0", "F1", "F2")


def test_gaps_have_to_be_meant():
    made = market(HOURS)
    assert np.array_equal(made.closes(), CLOSES, equal_nan=True)
    assert market(HOURS, max_halted_bars=2).digest != made.digest != market(HOURS, delisting_return=-0.5).digest
    for error, words, given in [
            (NotFiniteError, r"`prices.closes of B on 2024-01-02T00:00:00.000000007Z \(bar 0\)` is NaN.*with `gaps`",
             {"gaps": False, "ends": None}),
            (InvalidArgumentError, "`prices.ends` is given, expected NULL, or `prices.gaps` of 1", {"gaps": False}),
            (ValueError, r"`ends` has the shape \(400, 1\), expected \(400, 2\)", {"ends": ENDS[:, :1]}),
            (ValueError, "`ends` has the names B, A", {"ends": pd.DataFrame(ENDS, HOURS, ["B", "A"])}),
            (NotFiniteError, r"`prices.ends\[0\]\[0\]` is NaN", {"ends": np.full((T, 2), np.nan)}),
            (InvalidArgumentError, "`prices.max_halted_bars` is 0", {"max_halted_bars": 0}),
            (InvalidArgumentError, "`prices.delisting_return` is -2", {"delisting_return": -2.0})]:
        with pytest.raises(error, match=words):
            market(HOURS, **given)


def test_a_trained_agent_is_fed_bar_by_bar(agent):
    assert agent.spec["state"]["bars_per_year"] == pytest.approx(8766, abs=1)
    forms = [lambda row: row, lambda row: row[:, None], lambda row: {"signal": row},
             lambda row: pd.DataFrame({"signal": row}, NAMES)]
    portfolios, book = [Portfolio(agent) for _ in forms], Book(agent)
    decided = []
    for time, closes, row, ends in zip(HOURS[:FED], CLOSES, SIGNALS, ENDS):
        for portfolio, form in zip(portfolios, forms):
            portfolio.push_prices(closes, asset_columns=form(row), ends=pd.Series(ends, NAMES))
        if portfolios[0].ready:
            weights = [portfolio.rebalance() for portfolio in portfolios]
            assert all((one == weights[0]).all() for one in weights) and weights[0].sum() == pytest.approx(1)
            decided.append(weights[0])
        take = book.decide if book.ready else book.observe
        take(closes, asset_columns={"signal": row}, ends=ends, time=time)
    assert len(decided) > 30 and book.ready


def test_who_does_not_take_part_is_not_held_and_who_is_halted_stays(agent):
    portfolio, goes_on, book = Portfolio(agent), Portfolio(agent), Book(agent)
    for bar, (closes, row, ends) in enumerate(zip(CLOSES[:FED], SIGNALS, ENDS)):
        portfolio.push_prices(closes, asset_columns=row, ends=ends)
        goes_on.push_prices(closes, asset_columns=row)
        if not book.ready:
            book.observe(closes, asset_columns=row, ends=ends)
            continue
        held, other = portfolio.account(), goes_on.account()
        weight = portfolio.rebalance()[1]
        goes_on.rebalance()
        decision = book.decide(closes, asset_columns=row, ends=ends)
        of_book, traded = book.account().weights[1], book.traded()
        if bar < TAKES_PART or bar == FED - 1:
            assert weight == held.weights[1] == decision.weights[1] == 0
        elif bar in HALTED:
            # The policy knows what is held to 32 bits.
            assert held.weights[1] != 0 and weight == pytest.approx(held.weights[1], abs=1e-6)
            assert traded.weights[1] * (1 - traded.cost) == pytest.approx(of_book, abs=1e-12)
            said = [reason.index for reason in decision.reasons if reason.code == ReasonCode.ASSET_HALTED]
            assert said == [1] * int(of_book != 0)
        else:
            assert weight != 0
    # What was held of B is cash at its last close: as much as it is worth to one who goes on.
    assert other.weights[1] != 0 and held.value == pytest.approx(other.value, rel=1e-12)
    assert held.cash == pytest.approx(other.cash + other.weights[1], abs=1e-12)


def test_marks_of_another_shape_or_other_names_leave_the_portfolio_as_it_was(agent):
    portfolio, book = Portfolio(agent), Book(agent)
    portfolio.push_prices(CLOSES[0], asset_columns=SIGNALS[0])
    book.observe(CLOSES[0], asset_columns=SIGNALS[0])
    before = portfolio.state_json(), book.state_json()
    for error, words, ends in [
            (LengthError, "`bar.ends` has 3 values, expected 2", np.zeros(3)),
            (NotFiniteError, r"`bar.ends\[1\] \(B\)` is NaN", [0, np.nan]),
            (ValueError, "the names B, A", pd.Series([0, 1], ["B", "A"]))]:
        for push in (portfolio.push_prices, book.observe):
            with pytest.raises(error, match=words):
                push(CLOSES[1], asset_columns=SIGNALS[1], ends=ends)
    assert (portfolio.state_json(), book.state_json()) == before


def test_what_has_another_shape_or_other_names_leaves_the_portfolio_as_it_was(agent):
    portfolio, book = Portfolio(agent), Book(agent)
    portfolio.push_prices(CLOSES[0], asset_columns=SIGNALS[0])
    book.observe(CLOSES[0], asset_columns=SIGNALS[0])
    before = portfolio.state_json(), book.state_json()
    for error, words, columns in [
            (LengthError, "`bar.asset_columns` has 3 values, expected 2", np.zeros(3)),
            (ValueError, r"shape \(1, 2\)", np.zeros((1, 2))),
            (ValueError, "the names other", {"other": SIGNALS[1]}),
            (ValueError, "the names B, A", {"signal": pd.Series(SIGNALS[1], ["B", "A"])}),
            (ValueError, "the names B, A", pd.DataFrame({"signal": SIGNALS[1]}, ["B", "A"])),
            (Exception, "asset_columns", None)]:
        for push in (portfolio.push_prices, portfolio.push_returns, book.observe, book.decide):
            with pytest.raises(error, match=words):
                push(CLOSES[1], asset_columns=columns)
    assert (portfolio.state_json(), book.state_json()) == before


def test_a_policy_of_hourly_bars_is_none_of_daily_ones(agent):
    for call in (lambda: Backtest.run(agent, market()), lambda: Trainer(agent, market())):
        with pytest.raises(InvalidArgumentError, match="market.bars_per_year.*about 8766"):
            call()
    backtest = Backtest.run(agent, market(HOURS))
    assert (backtest.times == HOURS.to_numpy()[-len(backtest):]).all()
