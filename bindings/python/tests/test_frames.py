"""Tables with labels. What does not say what it is, is refused, in words that name it and say what to do: nothing is made
up, nothing is matched by position."""

import datetime
import re

import numpy as np
import pandas as pd
import pytest
from conftest import PLAIN, ROOT
from test_portfolio import prices

import ppo_risk
from ppo_risk import Agent, Hedge, Limits, Book, Market, Portfolio, PositionSizer, RiskManager, Atr

T = 12
DAYS = pd.date_range("2020-01-01", periods=T, name="date")
FRAME = pd.DataFrame(prices(T), DAYS, ["A", "B"])
PRIOR = pd.DataFrame(np.full((T, 3), 1 / 3), DAYS, ["A", "B", "cash"])
SIGNALS = pd.DataFrame(np.arange(2.0 * T).reshape(T, 2), DAYS, ["X", "Y"])
SHUFFLED = FRAME.iloc[[0, 2, 1, *range(3, T)]]


def indexed(index):
    return FRAME.set_axis(index, axis=0)


def with_column(name, values):
    return FRAME.assign(**{name: values})


def vendor(names):
    return pd.DataFrame({name: FRAME["A"] for name in names})


@pytest.mark.parametrize("frame, given", [
    (FRAME, {}),
    (FRAME.astype("float32"), {}),
    (FRAME.astype("Float64"), {}),
    (FRAME.astype(object), {}),
    (FRAME.round(2).map(lambda value: __import__("decimal").Decimal(str(value))), {}),
    (indexed([day.date() for day in DAYS]), {}),                            # datetime.date, as databases give them
    (indexed(DAYS.astype("datetime64[s]")), {}),
    (indexed(range(T)), {"times": DAYS}),                                   # said beside the frame
    (FRAME, {"times": list(DAYS.strftime("%Y-%m-%d"))}),                    # said twice, alike
    (FRAME, {"assets": ["A", "B"]}),
    (FRAME, {"opens": FRAME, "highs": FRAME * 1.01, "lows": FRAME * 0.99, "volumes": FRAME, "prior": PRIOR,
             "signals": SIGNALS, "cash_rate": pd.Series(0.01, DAYS)}),
    (FRAME, {"opens": FRAME.to_numpy(), "prior": PRIOR.to_numpy(), "signals": SIGNALS.to_numpy(), "columns": ["X", "Y"]}),
    (FRAME.to_numpy(), {"assets": ["A", "B"], "times": DAYS, "opens": FRAME, "signals": SIGNALS}),
    (indexed(range(T)), {"times": DAYS, "opens": indexed(range(T))}),       # the index of the closes themselves
])
def test_what_says_what_it_is_is_taken(frame, given):
    market = Market(frame, **given)
    assert market.assets == ("A", "B") and len(market) == T
    assert (market.times == DAYS.to_numpy()).all()
    np.testing.assert_allclose(market.closes(), FRAME.to_numpy(), rtol=1e-3)


HOURS = pd.date_range("2020-03-29", periods=T, freq="h")


@pytest.mark.parametrize("index, given", [
    (HOURS, {}),
    (HOURS.astype("datetime64[s]"), {}),
    (HOURS.tz_localize("UTC"), {}),
    (HOURS.tz_localize("UTC").tz_convert("Europe/Berlin"), {}),              # over the change to summer time
    (range(T), {"times": HOURS}),
    (range(T), {"times": HOURS.to_numpy()}),
    (range(T), {"times": list(HOURS.to_pydatetime())}),
    (range(T), {"times": list(HOURS.tz_localize("UTC").tz_convert("America/New_York"))}),
    (range(T), {"times": [f"{time:%Y-%m-%dT%H:%M}" for time in HOURS]}),
    (range(T), {"times": [f"{time:%Y-%m-%dT%H:%M}:00Z" for time in HOURS]}),
    (range(T), {"times": [f"{time + pd.Timedelta('2h'):%Y-%m-%d %H:%M}+02:00" for time in HOURS]}),
])
def test_times_are_read_in_utc(index, given):
    market = Market(indexed(index), **given)
    assert (market.times == HOURS.to_numpy()).all()


def test_times_are_exact_and_a_last_date_is_all_of_its_day():
    odd = HOURS + pd.Timedelta(7, "ns")
    for times in (odd, odd.to_numpy(), list(odd)):
        assert (Market(FRAME.to_numpy(), times=times).times == odd.to_numpy()).all()
    market = Market(FRAME.set_axis(pd.date_range("2020-03-28T18:00", periods=T, freq="h"), axis=0))
    assert market.select(last="2020-03-28").range == (0, 5)
    assert market.select(last=datetime.date(2020, 3, 28)).range == (0, 5)
    assert market.select(last=datetime.datetime(2020, 3, 28, 20)).range == (0, 2)
    assert market.select(first="2020-03-29").range == (6, T - 1)
    assert market.select(first="2020-03-28T19:30", last=pd.Timestamp("2020-03-29", tz="UTC")).range == (2, 6)


def test_without_labels_days_and_names_are_numbered():
    market = Market(FRAME.to_numpy())
    assert market.assets == ("A0", "A1") and market.times[0] == np.datetime64("2000-01-03")


@pytest.mark.parametrize("make, words", [
    # An index that is no times.
    (lambda: Market(indexed(pd.period_range("2020-01", periods=T, freq="M"))), "periods.*to_timestamp"),
    (lambda: Market(indexed(range(T))), "the index of `closes` is of int64, 0 first, expected dates or times"),
    (lambda: Market(indexed(np.arange(20200101, 20200101 + T))), "of int64, 20200101 first"),
    (lambda: Market(indexed(DAYS.strftime("%Y-%m-%d"))), "'2020-01-01' first.*to_datetime"),
    (lambda: Market(indexed([*DAYS[:-1], pd.NaT])), "NaT"),
    (lambda: Market(indexed(pd.MultiIndex.from_product([["x"], DAYS]))), "index of `closes`"),
    # Out of order, or twice.
    (lambda: Market(SHUFFLED), r"2020-01-02 after 2020-01-03 \(bar 2\)"),
    (lambda: Market(FRAME.iloc[::-1]), "after"),
    (lambda: Market(pd.concat([FRAME, FRAME.tail(1)])), "2020-01-12 after 2020-01-12.*drop_duplicates"),
    (lambda: Market(FRAME.to_numpy(), times=DAYS[::-1]), "`times` has"),
    (lambda: Market(indexed([day.date() for day in DAYS[::-1]])), "after"),
    # Times that are none.
    (lambda: Market(FRAME.to_numpy(), times=np.arange(T)), "`times` is of int64, expected times"),
    (lambda: Market(FRAME.to_numpy(), times=list(range(T))), "`times` has 0, expected a date"),
    (lambda: Market(FRAME.to_numpy(), times=[f"2020-01-{n:02}T25:00" for n in range(1, T + 1)]), "T25:00', expected a date or a time"),
    (lambda: Market(FRAME.to_numpy(), times=np.arange("3020-01-01", T, dtype="datetime64[D]")), "1678 to 2262"),
    (lambda: Market(FRAME.to_numpy(), times=["2020-01", "2020-02"]), "'2020-01', expected a day"),
    (lambda: Market(FRAME, times=DAYS + pd.Timedelta(days=1)), "`times` are other times than the index"),
    (lambda: Market(FRAME).select(first="2020"), "'2020', expected a day"),
    # A column of dates left in the frame.
    (lambda: Market(FRAME.reset_index()), "'date'.*set_index"),
    (lambda: Market(FRAME.reset_index(), times=DAYS), "'date'.*set_index"),
    (lambda: Market(with_column("Date", np.arange(20200101, 20200101 + T))), "'Date'.*set_index"),
    # Dates as numbers, whatever the column is called.
    (lambda: Market(with_column("settled", np.arange(20200101, 20200101 + T))), r"'settled'.*dates as numbers \(20200101 first\).*set_index"),
    *((lambda unit=unit: Market(with_column("bar", DAYS.to_numpy().astype(f"datetime64[{unit}]").astype(np.int64))),
       "'bar' of `closes` holds dates as numbers") for unit in ("s", "ms", "us", "ns")),
    (lambda: Market(with_column("C", DAYS)), "column 'C' of `closes` holds datetime64"),
    (lambda: Market(with_column("C", ["1.5"] * T)), "column 'C' of `closes` holds"),
    (lambda: Market(with_column("C", [True] * T)), "column 'C' of `closes` holds bool"),
    (lambda: Market(with_column("C", pd.Categorical(["x"] * T))), "column 'C' of `closes` holds category"),
    (lambda: Market(FRAME, signals=SIGNALS.reset_index()), "`signals`.*'date'"),
    # Names that are none, or those of one asset's fields.
    (lambda: Market(pd.concat({"Close": FRAME, "Open": FRAME}, axis=1)), r"2 levels.*\[\"Close\"\]"),
    (lambda: Market(FRAME.set_axis(["A", "A"], axis=1)), "A"),
    (lambda: Market(FRAME.set_axis(["A", None], axis=1)), "called (None|nan), expected a name"),
    (lambda: Market(FRAME, assets=["B", "A"]), "`assets` has the names B, A, expected those of `closes`"),
    (lambda: Market(vendor(["Open", "High", "Low", "Close", "Adj Close", "Volume"])),
     "Open, High, Low, Close, Adj Close, Volume"),
    (lambda: Market(vendor(["open", "close"])), "open, close"),
    # Tables beside the closes with other rows or other names.
    *((lambda name=name: Market(FRAME, **{name: FRAME.iloc[:, ::-1]}), f"`{name}` has the names B, A, expected those of")
      for name in ("opens", "highs", "lows", "volumes")),
    *((lambda name=name: Market(FRAME, **{name: SHUFFLED}), "2020-01-02 after 2020-01-03")
      for name in ("opens", "highs", "lows", "volumes")),
    (lambda: Market(FRAME, opens=FRAME.shift(freq="D")), r"`opens` has 2020-01-02 where `closes` has 2020-01-01"),
    (lambda: Market(FRAME, opens=FRAME.head(5)), "`opens` has 5 times, expected the 12"),
    (lambda: Market(FRAME, signals=SIGNALS.shift(freq="D")), "`signals` has 2020-01-02 where `closes` has 2020-01-01"),
    (lambda: Market(FRAME, signals=SIGNALS.set_axis(range(T), axis=0)), "the index of `signals` is of int64"),
    (lambda: Market(FRAME, signals=SIGNALS, columns=["Y", "X"]), "`columns` has the names Y, X, expected those of `signals`"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME.shift(freq="D")}),
     r"`asset_signals\['S'\]` has 2020-01-02 where `closes` has 2020-01-01"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME.set_axis(DAYS + pd.Timedelta("1h"), axis=0)}), "has 2020-01-01T01"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME.head(5)}), "has 5 times, expected the 12"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME[["B", "A"]]}), r"`asset_signals\['S'\]` has the names B, A"),
    (lambda: Market(FRAME.to_numpy(), asset_signals={"S": FRAME}), "`asset_signals.*expected those of `closes`.*none"),
    (lambda: Market(FRAME, asset_signals=FRAME), "`asset_signals` is one DataFrame"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME}, asset_columns=["R"]), "`asset_columns` has the names R"),
    (lambda: Market(FRAME, asset_signals={"S": FRAME, "R": FRAME.to_numpy()[:5]}), "tables of the shapes"),
    (lambda: Market(FRAME, asset_signals=FRAME.to_numpy()), r"`asset_signals` has the shape \(12, 2\)"),
    (lambda: Market(FRAME, prior=PRIOR.shift(freq="D")), "`prior` has 2020-01-02"),
    (lambda: Market(FRAME, prior=PRIOR[["B", "A", "cash"]]), "`prior` has the names B, A, cash, expected those of"),
    (lambda: Market(FRAME, prior=PRIOR[["cash", "A", "B"]]), "`prior` has the names cash, A, B"),
    (lambda: Market(FRAME, cash_rate=pd.Series(0.01, DAYS + pd.Timedelta(days=1))), "`cash_rate` has 2020-01-02"),
    (lambda: Market(FRAME, cash_rate=pd.Series(0.01, range(T))), "the index of `cash_rate` is of int64"),
    (lambda: Market(FRAME.to_numpy(), opens=FRAME), "`opens` has the names A, B, expected those of `closes`.*none"),
    (lambda: Market(FRAME.to_numpy(), signals=SIGNALS), "`signals` has an index, and `closes` neither"),
])
def test_what_would_have_to_be_guessed_is_refused(make, words):
    with pytest.raises(ValueError) as raised:
        make()
    assert re.search(words, str(raised.value)), str(raised.value)


def tables():
    """Tables of other packages, with their dates in a column as they have them."""
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    found = FRAME.reset_index()
    return [polars.from_pandas(found), polars.from_pandas(FRAME), pyarrow.Table.from_pandas(found),
            pyarrow.Table.from_pandas(FRAME), pyarrow.RecordBatch.from_pandas(FRAME), polars.from_pandas(found).lazy()]


@pytest.mark.parametrize("call", [
    lambda table: Market(table),
    lambda table: Market(FRAME, signals=table),
    lambda table: Market(FRAME, prior=table),
    lambda table: Market(FRAME, opens=table),
    lambda table: ppo_risk.covariance(table),
    lambda table: ppo_risk.kelly_from_returns(table, 252),
    lambda table: ppo_risk.tail_risk(table, [0.5, 0.5]),
    lambda table: ppo_risk.average_true_range(table),
    lambda table: Agent(PLAIN).select_actions(table),
], ids=range(9))
def test_tables_of_other_packages_say_how_they_are_converted(call):
    for table in tables():
        with pytest.raises(TypeError, match=r"is a (polars|pyarrow) \w+, expected .*\.to_pandas\(\)"):
            call(table)


CLOSES, SWAPPED = FRAME.iloc[-1], FRAME.iloc[-1][["B", "A"]]
HELD = pd.Series([0.5, 0.3, 0.2], ["A", "B", "cash"])


@pytest.mark.parametrize("call", [
    lambda a, b: Portfolio(Agent(PLAIN)).push_prices(b),
    lambda a, b: Portfolio(Agent(PLAIN)).push_returns(b * 0),
    lambda a, b: Book(Agent(PLAIN)).observe(b),
    lambda a, b: Book(Agent(PLAIN)).observe(a, highs=b * 2),
    lambda a, b: RiskManager(2).manage(a, b * 0, a * 0, 100.0),
    lambda a, b: RiskManager(2).observe(a, highs=b * 2),
    lambda a, b: Limits(2).apply(a * 0, b * 0),
    lambda a, b: Hedge().decide(0.1, a * 0, 100.0, betas=b),
    lambda a, b: Atr(2).update(a, b, b * 0.5),
    lambda a, b: PositionSizer(2).size(100.0, a * 0, b, a),
    lambda a, b: ppo_risk.tail_risk(FRAME, b * 0 + 0.5),
    lambda a, b: ppo_risk.kelly_weights(b * 0 + 0.1, pd.DataFrame(np.eye(2), ["A", "B"], ["A", "B"])),
    lambda a, b: ppo_risk.kelly_unconstrained(b * 0, pd.DataFrame(np.eye(2), ["A", "B"], ["A", "B"])),
], ids=range(13))
def test_a_series_of_assets_in_another_order_is_refused(call):
    """A swap of two assets is the costliest thing that a position can mean."""
    with pytest.raises(ValueError, match="B, A"):
        call(CLOSES, SWAPPED)
    try:
        call(CLOSES, CLOSES)  # in order it is taken, as is what has no labels
        call(CLOSES.to_numpy(), SWAPPED.to_numpy())
    except ppo_risk.Error as error:
        assert "B, A" not in str(error)


def test_weights_have_cash_last():
    held = Portfolio(Agent(PLAIN))
    held.set_position(HELD, 100.0)
    with pytest.raises(ValueError, match="`weights` has the names cash, A, B"):
        held.set_position(HELD[["cash", "A", "B"]], 100.0)
    with Agent.load(ROOT / "models" / "sp500-20-stocks.safetensors") as agent:
        names = [*agent.assets, "cash"]
        prior, state = pd.Series(1 / 21, names), np.zeros(agent.state_len)
        assert (agent.select_action(state, prior) == agent.select_action(state, prior.to_numpy())).all()
        for call in (lambda given: agent.select_action(state, given), lambda given: agent.evaluate_action(state, prior, given),
                     lambda given: agent.select_action_or(given, state, prior)):
            with pytest.raises(ValueError, match="`(prior|fallback)` has the names cash"):
                call(prior[::-1])


def test_a_benchmark_of_other_days_is_refused():
    returns = FRAME["A"].pct_change().dropna()
    ppo_risk.measure_against(returns, returns)
    with pytest.raises(ValueError, match="`benchmark` has the index"):
        ppo_risk.measure_against(returns, returns.shift(freq="D"))


def test_a_vendors_file_of_one_asset_is_one_asset(tmp_path):
    """One asset's open, high, low, close and volume are not five assets."""
    path = tmp_path / "one.csv"
    path.write_text("Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,2,1,1.5,1.5,100\n2020-01-03,1,2,1,1.6,1.6,90\n")
    assert Market.from_csv(path).assets == ("one",)
    assert Market.from_csv(path, asset_name="ACME").assets == ("ACME",)


def test_whole_numbers_are_prices_and_volumes():
    assert Market(with_column("C", np.arange(100, 100 + T))).assets == ("A", "B", "C")
    assert Market(FRAME, volumes=(FRAME * 0 + 20_210_101).astype(int)).assets == ("A", "B")
    grown = pd.DataFrame({"A": np.arange(1, T + 1) * 10_000_007, "B": range(1, T + 1)}, DAYS)
    assert Market(FRAME, volumes=grown).assets == ("A", "B")


def test_what_is_masked_is_no_price():
    masked = np.ma.masked_array(FRAME.to_numpy(), np.arange(2 * T).reshape(T, 2) == 5)
    with pytest.raises(ppo_risk.NotFiniteError, match="closes"):
        Market(masked)
    assert np.isnan(Market(masked, gaps=True).closes()[2, 1]) and masked.mask.sum() == 1
