"""Bars of an hour and of a week, and columns of each asset: into a market, through training and a file, and fed live."""

import numpy as np
import pandas as pd
import pytest

from ppo_risk import Agent, Backtest, Book, Config, Device, InvalidArgumentError, LengthError, Market, Portfolio, Trainer

T, NAMES = 400, ["A", "B"]
HOURS = pd.date_range("2024-01-02", periods=T, freq="h") + pd.Timedelta(7, "ns")
SIGNALS = np.random.default_rng(9).uniform(-0.5, 0.5, (T, 2))
CLOSES = 100 * np.cumprod(1 + 0.01 * np.vstack([np.zeros((1, 2)), SIGNALS[:-1]]), axis=0)
SPEC = {"assets": NAMES, "state": {"assets": 2, "window": 20, "account": False, "columns": [], "asset_columns": ["signal"]},
        "action": {"short": True, "max_gross": 1.5}, "network": {"scorer": {"hidden": [8]}}}


def market(times=None, **given):
    return Market(CLOSES, assets=NAMES, times=times, asset_signals={"signal": SIGNALS}, **given)


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """One that was trained on the hourly bars for a few hundred decisions, out of its file."""
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
    one = Market(pd.DataFrame(CLOSES, HOURS, NAMES), asset_signals={"signal": frame})
    same = Market(CLOSES, assets=NAMES, times=HOURS, asset_signals=SIGNALS[:, :, None], asset_columns=["signal"])
    assert one.asset_columns == same.asset_columns == ("signal",) and one.digest == same.digest == market(HOURS).digest
    assert Market(CLOSES, asset_signals=np.ones((T, 2, 3))).asset_columns == ("F0", "F1", "F2")


def test_a_trained_agent_is_fed_bar_by_bar(agent):
    assert agent.spec["state"]["bars_per_year"] == pytest.approx(8766, abs=1)
    forms = [lambda row: row, lambda row: row[:, None], lambda row: {"signal": row},
             lambda row: pd.DataFrame({"signal": row}, NAMES)]
    portfolios, book = [Portfolio(agent) for _ in forms], Book(agent)
    decided = []
    for time, closes, row in zip(HOURS[:60], CLOSES, SIGNALS):
        for portfolio, form in zip(portfolios, forms):
            portfolio.push_prices(closes, asset_columns=form(row))
        if portfolios[0].ready:
            weights = [portfolio.rebalance() for portfolio in portfolios]
            assert all((one == weights[0]).all() for one in weights) and weights[0].sum() == pytest.approx(1)
            decided.append(weights[0])
        take = book.decide if book.ready else book.observe
        take(closes, asset_columns={"signal": row}, time=time)
    assert len(decided) > 30 and book.ready


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
