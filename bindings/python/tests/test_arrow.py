"""Tables of every package that hands them out by the Arrow C stream interface, against the same rows as arrays or CSV."""

import datetime
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_portfolio import prices

import ppo_risk
from ppo_risk import Market

T = 12
DAYS = pd.date_range("2020-01-01", periods=T, name="date")
FRAME = pd.DataFrame(prices(T), DAYS, ["A", "B"])
#: A row for each date and asset.
LONG = FRAME.reset_index().melt("date", var_name="symbol", value_name="close").assign(volume=lambda rows: rows.index + 1.0)


def of_pandas(frame):
    return frame


def of_pyarrow(frame):
    return pa.Table.from_pandas(frame, preserve_index=False)


def of_polars(frame):
    return pytest.importorskip("polars").from_pandas(frame)


def of_duckdb(frame):
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(of_pyarrow(frame))


PRODUCERS = [of_pandas, of_pyarrow, of_polars, of_duckdb]


def test_enough_producers_are_here():
    """One that is missing is left out above; without any, nothing would be tested."""
    found = [make for make in PRODUCERS if _is_here(make)]
    assert len(found) >= 3, found


def _is_here(make):
    try:
        make(FRAME.reset_index())
    except pytest.skip.Exception:
        return False
    return True


def csv(frame, tmp_path, **options):
    path = tmp_path / "rows.csv"
    frame.to_csv(path, index=False)
    return Market.from_csv(path, **options)


@pytest.mark.parametrize("make", PRODUCERS)
def test_every_producer_gives_the_market_of_the_same_rows(make, tmp_path):
    rows = FRAME.reset_index()
    market = Market.from_frame(make(rows))
    assert market.to_bytes() == csv(rows, tmp_path).to_bytes()
    assert (market.closes() == Market(FRAME).closes()).all() and (market.times == Market(FRAME).times).all()
    assert market.digest == Market(FRAME).digest
    assert Market.from_frame(make(LONG)).to_bytes() == csv(LONG, tmp_path).to_bytes()
    mood = rows.assign(mood=np.arange(1.0 * T))
    assert Market.from_frame(make(mood), signals=["mood"]).to_bytes() == csv(mood, tmp_path, signals=["mood"]).to_bytes()


@pytest.mark.parametrize("make", PRODUCERS)
def test_every_producer_is_refused_alike(make):
    gap = FRAME.reset_index()
    gap.loc[4, "B"] = None
    gap = of_pyarrow(gap)  # polars keeps a NaN of pandas as a number, unless it is a null
    given = {of_pandas: lambda: gap.to_pandas(), of_polars: lambda: pytest.importorskip("polars").from_arrow(gap),
             of_pyarrow: lambda: gap, of_duckdb: lambda: pytest.importorskip("duckdb").connect().from_arrow(gap)}[make]
    with pytest.raises(ppo_risk.TableError, match="stream, row 5, column B: found a gap"):
        Market.from_frame(given(), fill="refuse")
    assert np.isnan(Market.from_frame(given()).closes()[4]).tolist() == [False, True]
    assert (Market.from_frame(given(), fill="forward").closes()[4] == [FRAME["A"].iloc[4], FRAME["B"].iloc[3]]).all()
    with pytest.raises(ppo_risk.TableError, match="column date: found no such column among: A, B"):
        Market.from_frame(make(FRAME.reset_index(drop=True).assign(A=lambda rows: rows["A"].astype(str))))
    one = FRAME.reset_index().rename(columns={"A": "close", "B": "open"})
    with pytest.raises(ppo_risk.TableError, match="asset_name"):
        Market.from_frame(make(one))
    assert Market.from_frame(make(one), asset_name="ACME").assets == ("ACME",)


def test_slices_and_chunks_are_read_from_where_they_begin():
    table = of_pyarrow(FRAME.reset_index())
    whole = Market.from_frame(table).to_bytes()
    parts = [table.slice(0, 3), table.slice(3, 0), table.slice(3, 1), table.slice(4)]
    assert Market.from_frame(pa.concat_tables(parts)).to_bytes() == whole
    assert Market.from_frame(table.slice(5)).to_bytes() == Market.from_frame(of_pyarrow(FRAME.reset_index()[5:])).to_bytes()
    # Bits of nulls and offsets of texts begin within a byte, too.
    texts = pa.table({"date": pa.array([None, None, None, *DAYS.strftime("%Y-%m-%d")]),
                      "A": pa.array([None, 1.0, None, *FRAME["A"]]), "B": pa.array([0.0, 0.0, 0.0, *FRAME["B"]])})
    assert Market.from_frame(texts.slice(3)).to_bytes() == whole
    structs = pa.StructArray.from_arrays([pa.array(FRAME["A"]), pa.array(DAYS), pa.array(FRAME["B"])], ["A", "date", "B"])
    structs = pa.chunked_array([structs.slice(2, 4), structs.slice(6)])
    assert (Market.from_frame(structs).closes() == FRAME.to_numpy()[2:]).all()


COUNTS = pa.array(range(1, T + 1))


@pytest.mark.parametrize("kind", [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double",
])
def test_numbers_of_every_width_are_prices(kind):
    table = pa.table({"date": DAYS, "A": COUNTS.cast(kind)})
    assert (Market.from_frame(table, splits="keep").closes()[:, 0] == np.arange(1, T + 1)).all()


@pytest.mark.parametrize("kind", [
    pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"),
    pa.timestamp("us", "UTC"), pa.timestamp("ns", "America/New_York"), pa.string(), pa.large_string(), pa.string_view(),
])
def test_dates_of_every_type_are_times(kind):
    days = pa.array(DAYS.strftime("%Y-%m-%d")) if "string" in str(kind) else pa.array(DAYS)
    if getattr(kind, "tz", None):
        days = days.cast(pa.timestamp("ns", "UTC"))
    table = pa.table({"date": days.cast(kind), "A": FRAME["A"].to_numpy()})
    assert (Market.from_frame(table).times == DAYS.to_numpy()).all()


@pytest.mark.parametrize("column, words", [
    (COUNTS.cast(pa.decimal128(21, 2)), "Decimal"),
    (pa.array([True] * T), "Boolean"),
    (pa.array(["1.5"] * T).dictionary_encode(), r"Dictionary\(Int32, Utf8\)"),
    (pa.array([[1.0]] * T), "List"),
    (pa.array([{"x": 1.0}] * T), "Struct"),
    (pa.array([1.5] * T).cast(pa.float16()), "Float16"),
    (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16] * T, pa.binary(16))), "arrow.uuid, an extension of Binary"),
])
def test_other_types_are_refused_by_the_columns_name(column, words):
    table = pa.table({"date": DAYS, "A": FRAME["A"].to_numpy(), "B": column})
    with pytest.raises(ppo_risk.TableError, match=f"row 1, column B: found a value of the type {words}.*, expected a finite price"):
        Market.from_frame(table)
    assert Market.from_frame(table, ignore=["B"]).assets == ("A",)


@pytest.mark.parametrize("frame", [
    FRAME,                                                                  # an index of times is the dates
    FRAME.rename_axis(None),
    FRAME.rename_axis("When"),
    FRAME.set_axis(pd.Index([day.date() for day in DAYS]), axis=0),
    FRAME.set_axis(DAYS.tz_localize("UTC").tz_convert("Asia/Tokyo"), axis=0),
    FRAME.set_axis(pd.Index(DAYS.strftime("%Y%m%d").astype(int), name="date"), axis=0),
    FRAME.set_axis(pd.Index(DAYS.strftime("%Y-%m-%d"), name="date"), axis=0),
    FRAME.reset_index(),                                                    # one that counts rows says nothing
    pd.concat([FRAME.reset_index().iloc[:1], FRAME.reset_index()]).iloc[1:],
    LONG, LONG.set_index(["date", "symbol"]), LONG.set_index("symbol"), LONG.set_index("date"),
])
def test_the_index_of_pandas_goes_in_as_what_it_is(frame):
    market = Market.from_frame(frame)
    assert market.assets == ("A", "B") and (market.times == DAYS.to_numpy()).all()
    assert (market.closes() == FRAME.to_numpy()).all()


@pytest.mark.parametrize("frame, words", [
    (FRAME.reset_index(drop=True), "an index that counts rows and no column of dates.*set_index"),
    (FRAME.set_axis(range(5, T + 5), axis=0), "an index that counts rows"),
    (FRAME.set_axis(pd.Index([*range(5, T + 4), 1]), axis=0), "an index that counts rows"),
    (FRAME.reset_index().set_axis(pd.Index([*range(5, T + 4), 1], name="row"), axis=0), "of int64, 5 first.*drop=True"),
    (FRAME.set_axis(DAYS.strftime("%Y-%m-%d").rename(None), axis=0), "'2020-01-01' first, expected dates.*to_datetime"),
    (FRAME.set_axis(pd.period_range("2020-01", periods=T, freq="M"), axis=0), "periods.*to_timestamp"),
    (FRAME.set_axis(pd.MultiIndex.from_product([["x"], DAYS]), axis=0), r"levels called \[None, 'date'\]"),
    (pd.concat({"Close": FRAME}, axis=1), r"2 levels.*\[\"Close\"\]"),
    (FRAME.set_axis(["A", None], axis=1), "expected a name"),
    (FRAME.iloc[[0, 2, 1, *range(3, T)]], "2020-01-02, expected a date after 2020-01-03"),
    (FRAME.set_axis([*DAYS[:-1], pd.NaT], axis=0), "row 12, column date: found a gap"),
    (FRAME.assign(date=DAYS), "times in its index and a column 'date'"),
    (FRAME.reset_index().assign(date=pd.period_range("2020-01", periods=T, freq="M")), "pandas.period, an extension of Int64"),
])
def test_frames_that_do_not_say_when_are_refused(frame, words):
    with pytest.raises(ValueError, match=words):
        Market.from_frame(frame)


def test_an_index_that_pyarrow_kept_is_no_asset():
    """A table of pyarrow has the numbers of the rows that are left as one more column."""
    kept = pd.concat([FRAME.reset_index().iloc[:1], FRAME.reset_index()]).iloc[1:]
    kept = kept.set_axis(kept.index + 5, axis=0)
    table = pa.Table.from_pandas(kept)
    assert "__index_level_0__" in table.column_names
    with pytest.raises(ppo_risk.TableError, match="__index_level_0__: found the index of a data frame"):
        Market.from_frame(table)
    assert Market.from_frame(table, ignore=["__index_level_0__"]).assets == ("A", "B")


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="`frame` is a numpy ndarray, expected a table"):
        Market.from_frame(FRAME.to_numpy())
    with pytest.raises(TypeError, match="`frame` is a builtins dict"):
        Market.from_frame({"date": list(DAYS)})
    with pytest.raises(ppo_risk.InvalidArgumentError, match="values of the format"):
        Market.from_frame(pa.chunked_array([[1.0, 2.0]]))
    with pytest.raises(ppo_risk.InvalidArgumentError, match="options_json: colour"):
        Market.from_frame(FRAME, colour=1)
    with pytest.raises(TypeError, match="Market.from_frame"):
        Market(of_polars(FRAME))


def test_a_reader_that_fails_says_why():
    table = of_pyarrow(FRAME.reset_index())

    def batches():
        yield from table.slice(0, 4).to_batches()
        raise RuntimeError("the line is down")

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    with pytest.raises(ppo_risk.CallbackError, match="stream.get_next.*the line is down"):
        Market.from_frame(reader)


def test_a_stream_is_taken_once():
    """A capsule whose stream was taken holds nothing: its end releases nothing again."""

    class Once:
        capsule = of_pyarrow(FRAME.reset_index()).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return self.capsule

    assert Market.from_frame(Once()).assets == ("A", "B")
    with pytest.raises(ppo_risk.InvalidArgumentError, match="`stream` is one that was released"):
        Market.from_frame(Once())


def test_options_are_those_of_csv(tmp_path):
    rows = FRAME.reset_index().assign(rate=0.02, mood=1.0, note="x", when=datetime.date(2020, 1, 1))
    options = {"signals": ["mood"], "ignore": ["note", "when"], "bars_per_year": 365.0}
    market = Market.from_frame(rows, cash_rate="rate", **options)
    path = tmp_path / "rows.csv"
    rows.to_csv(path, index=False)
    text = json.dumps({**options, "cash_rate": "rate"}).encode()
    from ppo_risk._library import library
    from ppo_risk._paths import path_bytes
    same = Market._of(Market._new(library.ppo_market_from_csv, path_bytes(path), text, float("nan")))
    assert market.to_bytes() == same.to_bytes()
