"""Markets: prices, or simulations without end."""

from __future__ import annotations

import ctypes
import datetime
import json
import math
import os
from typing import TYPE_CHECKING, Any, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _declarations as c
from . import _paths
from ._arrays import address, float64
from ._arrow import address_of, stream_of
from ._frames import in_words, is_frame, is_series, marks_of, names_of, same_names, same_times, time_of, times_of
from ._handle import Handle
from ._library import library
from ._text import count_of
from .errors import check
from .random import unsigned

if TYPE_CHECKING:
    import pandas

#: A time, in UTC where no zone is given: a datetime, a date (its midnight), "2020-12-31T14:30", or a NumPy datetime64.
Time = Union[str, datetime.date, np.datetime64]


class Market(Handle):
    """Prices, of which decisions may use a range of bars, or a simulation without end. It never changes.

    Any number of threads may use one market.
    """

    __slots__ = ()
    _prefix = "ppo_market"

    def __init__(self, closes: "ArrayLike | pandas.DataFrame", *, assets: "Sequence[str] | None" = None,
                 times: "ArrayLike | None" = None, opens: "ArrayLike | None" = None, highs: "ArrayLike | None" = None,
                 lows: "ArrayLike | None" = None, volumes: "ArrayLike | None" = None,
                 cash_rate: "float | ArrayLike | None" = None, signals: "ArrayLike | pandas.DataFrame | None" = None,
                 columns: "Sequence[str] | None" = None,
                 asset_signals: "ArrayLike | dict[str, ArrayLike | pandas.DataFrame] | None" = None,
                 asset_columns: "Sequence[str] | None" = None, prior: "ArrayLike | None" = None,
                 bars_per_year: "float | None" = None, confirm_cash_rate: bool = False, gaps: bool = False,
                 ends: "ArrayLike | pandas.DataFrame | None" = None, max_halted_bars: int = 21,
                 delisting_return: float = 0.0, cost_rates: "ArrayLike | pandas.DataFrame | None" = None,
                 half_spreads: "ArrayLike | pandas.DataFrame | None" = None,
                 borrow_rates: "ArrayLike | pandas.DataFrame | None" = None) -> None:
        """Prices of T bars and N assets, copied.

        closes    [T, N], or a pandas DataFrame: its columns name the assets, its index is the times
        assets    [N] names, where `closes` has none
        times     [T] when the bars close: datetime64, datetime, date (its midnight), "2020-12-31T14:30"; a time with a zone
                  is converted to UTC, one without is taken as UTC; without them, days that are no weekend, or as far apart
                  as `bars_per_year` says
        opens, highs, lows, volumes    [T, N]
        cash_rate    annual rate of cash: a number, or one for each bar [T]; without it, cash earns nothing
        confirm_cash_rate    that rates above 1 (100% a year) are meant, which as a rule are percentages and refused
        bars_per_year    by which everything annual is made; without it, as the times say
        signals   [T, K] columns that a policy sees at each close, or a DataFrame; `columns` are their names
        asset_signals    columns that a policy sees at each close for each asset: {name: [T, N] array or DataFrame}, or
                  [T, N, F]; `asset_columns` are their names
        prior     [T, N + 1] weights for a policy with the prior `supplied`, assets then cash
        gaps      that assets may be missing: a close of NaN is then none. The asset is absent before its first, halted without
                  one, and ends after `max_halted_bars` of them, at least 1; without `gaps`, closes of NaN are refused
        ends      [T, N], not 0 (True) where an asset ends at a bar, and what is held of it is paid out; needs `gaps`
        delisting_return    simple return over its last price with which an asset that ends is paid out, at least -1

        cost_rates    commission per traded notional of each asset, in [0, 1), in the place of the environment's `cost_rate`:
                  [N] for every bar, or [T, N]; so the next two
        half_spreads    half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission
        borrow_rates    annual fee on what is sold short, over the bar that begins, in [0, 10], in the place of `borrow_rate`

        Frames and series have to have the times and the names of `closes`, in their order: nothing is matched by
        position, reordered or filled. An index that is no times, a column of dates, and tables of other packages are
        refused, with what to do.
        """
        given = {"opens": opens, "highs": highs, "lows": lows, "volumes": volumes}
        labels = Labels(closes, assets, times)
        for name, values in given.items():
            labels.check(name, values, labels.names, "`closes`")
        costs: "dict[str, Any]" = {"cost_rates": cost_rates, "half_spreads": half_spreads, "borrow_rates": borrow_rates}
        for name, values in costs.items():
            if np.ndim(values) > 1:
                labels.check(name, values, labels.names, "`closes`")
        labels.check("ends", ends, labels.names, "`closes`")
        labels.check("prior", prior, None if labels.names is None else [*labels.names, "cash"], "`closes`, then cash")
        labels.check("cash_rate", cash_rate)
        columns = labels.columns(signals, columns)
        of_assets, asset_columns = labels.asset_columns(asset_signals, asset_columns)
        prices = c.ppo_prices()
        check(library.ppo_prices_init(prices, ctypes.sizeof(prices)))
        kept: "list[Any]" = []  # what the library reads has to live until it is done

        def place(values: "ArrayLike | None", shape: "tuple[int, ...]", name: str) -> "int | None":
            if values is None:
                return None
            array = float64(values, name)
            if array.shape != shape:
                raise ValueError(f"`{name}` has the shape {array.shape}, expected {shape}")
            kept.append(array)
            return address(array)

        def texts(words: "Sequence[str] | None", count: int, name: str) -> "int | None":
            if words is None:
                return None
            encoded = [word.encode() for word in words]
            if len(encoded) != count:
                raise ValueError(f"`{name}` has {len(encoded)} names, expected {count}")
            array = (ctypes.c_char_p * count)(*encoded)
            kept.append(array)
            return ctypes.addressof(array)

        table = float64(closes, "closes")
        if table.ndim != 2:
            raise ValueError(f"`closes` has {table.ndim} dimensions, expected 2: bars and assets")
        bars, count = table.shape
        prices.bars, prices.assets = bars, count
        prices.closes = place(table, (bars, count), "closes")
        prices.asset_names = texts(labels.names, count, "assets")
        for name, values in given.items():
            setattr(prices, name, place(values, (bars, count), name))
        if labels.times is not None:
            closed = np.ascontiguousarray(labels.times.astype(np.int64))
            if closed.shape != (bars,):
                raise ValueError(f"`times` has the shape {closed.shape}, expected {(bars,)}")
            kept.append(closed)
            prices.times = closed.ctypes.data
        if bars_per_year is not None:
            prices.bars_per_year = bars_per_year
        prices.confirm_cash_rate = int(bool(confirm_cash_rate))
        if cash_rate is not None:
            if np.ndim(cash_rate) == 0:
                prices.cash_rate = cash_rate
            else:
                prices.cash_rates = place(cash_rate, (bars,), "cash_rate")
        if signals is not None:
            seen = float64(signals, "signals")
            prices.columns = seen.shape[1] if seen.ndim == 2 else 0
            prices.signals = place(seen, (bars, prices.columns), "signals")
            prices.column_names = texts(columns, prices.columns, "columns")
        if of_assets is not None:
            seen = float64(of_assets, "asset_signals")
            prices.asset_columns = seen.shape[2] if seen.ndim == 3 else 0
            prices.asset_signals = place(seen, (bars, count, prices.asset_columns), "asset_signals")
            prices.asset_column_names = texts(asset_columns, prices.asset_columns, "asset_columns")
        prices.prior = place(prior, (bars, count + 1), "prior")
        prices.gaps = int(bool(gaps))
        prices.ends = place(marks_of(ends), (bars, count), "ends")
        prices.max_halted_bars = unsigned(max_halted_bars, "max_halted_bars", 32)
        prices.delisting_return = delisting_return
        for name, values in costs.items():
            if values is not None:
                shape = (count,) if np.ndim(values) == 1 else (bars, count)
                setattr(prices, name, place(values, shape, name))
                setattr(prices, f"{name}_len", math.prod(shape))
        self._adopt(self._new(library.ppo_market_from_prices, prices))

    @classmethod
    def from_csv(cls, path: "str | os.PathLike[str] | bytes", *, cash_rate: "float | None" = None,
                 **options: Any) -> Market:
        """The prices of a CSV file; `options` are the keys that ppo_market_from_csv takes, such as layout="wide"."""
        text = json.dumps(options).encode() if options else None
        rate = math.nan if cash_rate is None else cash_rate
        with _paths.read(path) as name:
            return cls._of(cls._new(library.ppo_market_from_csv, name, text, rate))

    @classmethod
    def from_frame(cls, frame: Any, **options: Any) -> Market:
        """The prices of a table: a DataFrame of pandas or polars, a pyarrow Table, a DuckDB relation, anything that has
        `__arrow_c_stream__`. Columns go by their names, read where they lie, by the rules of `from_csv`.

        A column of dates or times, and a close for each asset; or the columns date, symbol, close and maybe open, high, low,
        volume, in rows for each date and asset; or those of one asset, whose name is then `asset_name`. The index of a
        pandas frame is a column of that; one that only counts rows is left out.

        `options` are the keys that ppo_market_from_csv takes, but `separator` and `encoding`: layout, fill, signals,
        asset_signals, cash_rate (the column with the annual rates), prior, ignore, asset_name, bars_per_year, ...

        Nulls, and NaN in pandas, are gaps: what `gaps` says of Market; fill="refuse" refuses them. Decimals, categories and nested columns are
        refused where they are needed, by name.
        """
        capsule = stream_of(frame)
        text = json.dumps(options).encode() if options else None
        return cls._of(cls._new(library.ppo_market_from_arrow, address_of(capsule), text))

    @classmethod
    def simulated(cls, parameters: "dict[str, Any] | str") -> Market:
        """A simulation without end, for training: `model` "gbm" or "regime_switching", and its parameters."""
        return cls._of(cls._new(library.ppo_market_simulated, _json(parameters)))

    @classmethod
    def simulate_prices(cls, parameters: "dict[str, Any] | str", bars: int, first_time: Time = "2000-01-03",
                        seed: int = 0) -> Market:
        """Prices drawn once, from the day of `first_time` on: the first closes are 100. The same seed gives the same prices."""
        return cls._of(cls._new(library.ppo_market_simulate_prices, _json(parameters), unsigned(bars, "bars"),
                                time_of(first_time, "first_time"), unsigned(seed, "seed")))

    def fit_gbm(self) -> Market:
        """The geometric Brownian motion with the moments of these prices (of the selected range), without end."""
        return self._another(library.ppo_market_fit_gbm)

    def fit_regimes(self, regimes: int, seed: int = 0) -> Market:
        """The regime-switching market of a hidden Markov model of these prices (of the selected range), without end."""
        return self._another(library.ppo_market_fit_regimes, unsigned(regimes, "regimes"), unsigned(seed, "seed"))

    def select(self, first: "int | Time | None" = None, last: "int | Time | None" = None) -> Market:
        """The same prices with decisions within a range alone: training up to a date and testing after it, say.

        `first` and `last` are bars, or times: the first bar at the time or after it, the last one at it or before; a date
        is all of its day.
        Without one, the range begins or ends with the prices. The bars before it stay visible as the past.
        """
        low = 0 if first is None else self._bar(first, c.PPO_BAR_AT_OR_AFTER)
        high = len(self) - 1 if last is None else self._bar(last, c.PPO_BAR_AT_OR_BEFORE)
        return self._another(library.ppo_market_select, low, high)

    def clone(self) -> Market:
        """A second object for the same market; both share the prices in memory."""
        return self._another(library.ppo_market_clone)

    @classmethod
    def from_bytes(cls, data: bytes) -> Market:
        """A market of what another one's `to_bytes` was, also in another process."""
        data = bytes(data)
        return cls._of(cls._new(library.ppo_market_load_bytes, data, len(data)))

    def to_bytes(self) -> bytes:
        """All that the market is, exact: for `from_bytes`."""
        return self._bytes(library.ppo_market_save_bytes)

    def _value(self) -> "tuple[bytes]":
        return (self.to_bytes(),)

    @classmethod
    def _of_value(cls, *value: Any) -> Market:
        return cls.from_bytes(*value)

    def __hash__(self) -> int:
        return self.digest

    def _words(self) -> str:
        assets = count_of(self._number(library.ppo_market_asset_count), "asset")
        bars = len(self)
        if bars == 0:
            return f"{assets}, simulated without end"
        first, last = (in_words(np.datetime64(self._time(bar), "ns")) for bar in (0, bars - 1))
        return f"{count_of(bars, 'bar')} of {assets}, {first} to {last}"

    def _twin(self) -> Market:
        return self.clone()

    def _another(self, call: Any, *arguments: Any) -> Market:
        with self._lent() as pointer:
            return self._of(self._new(call, pointer, *arguments))

    def _bar(self, given: "int | Time", side: int) -> int:
        if isinstance(given, (int, np.integer)):
            return unsigned(int(given), "bar")
        return self._number(library.ppo_market_bar_at, time_of(given, "time", side == c.PPO_BAR_AT_OR_BEFORE),
                            side)

    def __len__(self) -> int:
        """Number of bars of prices, whatever the range; 0 for a simulation without end."""
        return self._number(library.ppo_market_bar_count)

    @property
    def range(self) -> "tuple[int, int]":
        """The first bar at which decisions may be taken, and the bar at whose close the last return ends."""
        first, last = ctypes.c_size_t(), ctypes.c_size_t()
        self._call(library.ppo_market_range, ctypes.byref(first), ctypes.byref(last))
        return first.value, last.value

    @property
    def assets(self) -> "tuple[str, ...]":
        """Names of the assets."""
        count = self._number(library.ppo_market_asset_count)
        return tuple(self._text(library.ppo_market_asset_name, index) for index in range(count))

    @property
    def columns(self) -> "tuple[str, ...]":
        """Names of the columns that a policy sees."""
        count = self._number(library.ppo_market_column_count)
        return tuple(self._text(library.ppo_market_column_name, index) for index in range(count))

    @property
    def asset_columns(self) -> "tuple[str, ...]":
        """Names of the columns that a policy sees of each asset."""
        count = self._number(library.ppo_market_asset_column_count)
        return tuple(self._text(library.ppo_market_asset_column_name, index) for index in range(count))

    @property
    def times(self) -> "NDArray[np.datetime64]":
        """When each bar closes, in UTC, as datetime64[ns]; a date is its midnight: [T]."""
        return np.array([self._time(bar) for bar in range(len(self))], np.int64).astype("datetime64[ns]")

    def time(self, bar: int) -> datetime.datetime:
        """When a bar closes, in UTC; a datetime says microseconds, and what the library has beyond is left out."""
        seconds, nanoseconds = divmod(self._time(bar), 1_000_000_000)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return epoch + datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)

    def _time(self, bar: int) -> int:
        return self._number(library.ppo_market_time, unsigned(bar, "bar"), kind=ctypes.c_int64)

    @property
    def bars_per_year(self) -> float:
        """How many bars a year has, by which everything annual is made."""
        return self._real(library.ppo_market_bars_per_year)

    @property
    def digest(self) -> int:
        """A number that differs between markets with other data, range or parameters."""
        return self._number(library.ppo_market_digest, kind=ctypes.c_uint64)

    @property
    def parameters(self) -> "dict[str, Any]":
        """The parameters of a simulation without end; `Market.simulated` takes them back."""
        return self._object(library.ppo_market_parameters_json)

    def closes(self, first_bar: int = 0, bars: "int | None" = None) -> "NDArray[np.float64]":
        """A copy of the closes: [bars, N]."""
        bars = len(self) - first_bar if bars is None else bars
        closes = np.empty((max(bars, 0), self._number(library.ppo_market_asset_count)))
        self._call(library.ppo_market_closes, unsigned(first_bar, "first_bar"), len(closes), address(closes),
                   closes.size)
        return closes

    def to_frame(self) -> "pandas.DataFrame":
        """The closes as pandas has them: times down, assets across."""
        import pandas

        return pandas.DataFrame(self.closes(), pandas.DatetimeIndex(self.times, name="time"), list(self.assets))

    def to_csv(self, path: "str | os.PathLike[str] | bytes") -> None:
        """Writes all prices to a wide CSV file, which `from_csv` reads back to the bit."""
        with _paths.written(path) as name:
            self._call(library.ppo_market_write_csv, name)


class Labels:
    """What a market's closes are labelled with, and what the other tables of the call have to be labelled with then."""

    def __init__(self, closes: Any, assets: "Sequence[str] | None", times: Any) -> None:
        self.names = None if assets is None else [str(name) for name in assets]
        self.times = None if times is None else times_of(times, "`times`", said=True)
        self._index = closes.index if is_frame(closes) else None
        if self._index is None:
            return
        named = names_of(closes, "closes")
        if self.names is not None and self.names != named:
            same_names(self.names, named, "assets", "`closes`")
        self.names = named
        # An index that is no times gives way to `times`; one that is has to agree.
        if self.times is None or hasattr(self._index, "tz"):
            same = times_of(self._index, "the index of `closes`")
            if self.times is not None and not np.array_equal(same, self.times):
                raise ValueError("`times` are other times than the index of `closes`: expected one of them")
            self.times = same

    def check(self, name: str, values: Any, names: "Sequence[str] | None" = None, of: str = "") -> None:
        """Refuses a frame or series that is labelled otherwise."""
        if is_frame(values):
            same_names(names_of(values, name), names, name, of)
        if is_frame(values) or is_series(values):
            same_times(values, self.times, self._index, name)

    def columns(self, signals: Any, columns: "Sequence[str] | None") -> "list[str] | None":
        """Names of the columns that a policy sees."""
        given = None if columns is None else [str(name) for name in columns]
        if not is_frame(signals):
            self.check("signals", signals)
            return given
        named = names_of(signals, "signals")
        if given is not None:
            same_names(given, named, "columns", "`signals`")
        same_times(signals, self.times, self._index, "signals")
        return named

    def asset_columns(self, signals: Any, columns: "Sequence[str] | None") -> "tuple[Any, list[str] | None]":
        """The columns that a policy sees of each asset, as one array [T, N, F], and their names."""
        given = None if columns is None else [str(name) for name in columns]
        if signals.__class__ is not dict:
            if is_frame(signals):
                raise ValueError("`asset_signals` is one DataFrame, expected {name: DataFrame}, or an array [T, N, F]")
            return signals, given
        named = [str(name) for name in signals]
        if given is not None:
            same_names(given, named, "asset_columns", "`asset_signals`")
        for name, values in signals.items():
            self.check(f"asset_signals[{name!r}]", values, self.names, "`closes`")
        tables = [float64(values, f"asset_signals[{name!r}]") for name, values in signals.items()]
        shapes = {table.shape for table in tables}
        if len(shapes) > 1 or any(table.ndim != 2 for table in tables):
            raise ValueError(f"`asset_signals` has tables of the shapes {sorted(shapes)}, expected [T, N] each")
        return (np.stack(tables, axis=2), named) if tables else (None, None)


def _json(value: "dict[str, Any] | str") -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode()
