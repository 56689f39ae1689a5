"""Tables and vectors with labels, which are pandas'. Labels are compared, never guessed at and never ignored: what does
not say what it is, is refused, with what to do about it."""

from __future__ import annotations

import datetime
import numbers
import re
import sys
from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]

#: The end of a text with a time zone.
ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")

#: Columns that are the dates rather than numbers of them.
DATE_NAMES = ("date", "dates", "datetime", "timestamp", "unnamed: 0")


def is_frame(values: Any) -> bool:
    """Whether it is a pandas DataFrame."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(values, pandas.DataFrame)


def is_series(values: Any) -> bool:
    """Whether it is a pandas Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(values, pandas.Series)


def numbers_of(values: Any, name: str = "an argument") -> Any:
    """Values without their labels, for NumPy; tables of other packages and columns that are no numbers are refused."""
    if is_frame(values):
        for column, dtype in zip(values.columns, values.dtypes):
            _check_column(values[column] if values.columns.is_unique else None, column, dtype, name)
        return values.to_numpy(np.float64, na_value=np.nan)
    if is_series(values):
        _check_column(values, values.name, values.dtype, name)
        return values.to_numpy(np.float64, na_value=np.nan)
    if bool(isinstance(values, np.ma.MaskedArray)):
        return np.ma.filled(values.astype(np.float64), np.nan)  # what is masked is not known
    if _is_table(values):
        kind = f"{type(values).__module__.partition('.')[0]} {type(values).__name__}"
        raise TypeError(f"`{name}` is a {kind}, expected a NumPy array or a pandas DataFrame: `Market.from_frame` takes "
                        "tables of other packages, `.to_pandas()` makes one whose index then has to be the dates "
                        "(`.set_index(\"date\")`)")
    return values


def _is_table(values: Any) -> bool:
    """Whether it is a table of another package than pandas."""
    if type(values).__name__ in ("LazyFrame", "RecordBatch"):
        return True
    return hasattr(values, "__dataframe__") or hasattr(values, "__arrow_c_stream__") and hasattr(values, "columns")


def marks_of(values: Any) -> Any:
    """Marks, as numbers where a frame or series has them as True and False."""
    if (is_frame(values) or is_series(values)) and np.all(values.dtypes == bool):
        return values.astype(np.float64)
    return values


def _check_column(column: Any, label: Any, dtype: Any, name: str) -> None:
    if getattr(dtype, "kind", "O") in "iuf":
        return
    if dtype == object and column is not None and all(
            isinstance(value, numbers.Number) and not isinstance(value, (bool, complex)) for value in column):
        return
    raise ValueError(f"column {label!r} of `{name}` holds {dtype}, expected numbers; dates belong into the index "
                     f"(`.set_index({label!r})`)")


def names_of(frame: Any, name: str) -> "list[str]":
    """The names of a frame's columns, none of which holds its dates."""
    for label in (labels := labels_of(frame, name)):
        if label.strip().lower() in DATE_NAMES:
            raise ValueError(f"`{name}` has a column {label!r}, expected the dates in the index (`.set_index({label!r})`)")
    for place, label in enumerate(labels):
        if _looks_like_dates(frame.iloc[:, place]):
            raise ValueError(f"column {label!r} of `{name}` holds dates as numbers ({frame.iloc[0, place]} first), expected them in "
                             f"the index (`.set_index({label!r})`, `pandas.to_datetime`)")
    return labels


def _looks_like_dates(column: Any) -> bool:
    """Whether whole numbers are dates in order: 20201231, or seconds to nanoseconds since 1970 in whole minutes."""
    if getattr(column.dtype, "kind", "O") not in "iu" or len(column) < 2:
        return False
    numbers = column.to_numpy()
    if not np.all(np.diff(numbers.astype(np.float64)) > 0):
        return False
    days, months = numbers % 100, numbers // 100 % 100
    if numbers[0] >= 19000101 and numbers[-1] <= 21001231:
        return bool(np.all((days >= 1) & (days <= 31) & (months >= 1) & (months <= 12)))
    # From 1990 on; a volume that only ever grows, by whole minutes at that, is none.
    return any(numbers[0] >= 631_152_000 * unit and numbers[-1] < 4_102_444_800 * unit and not np.any(numbers % (60 * unit))
               for unit in (1, 1_000, 1_000_000, 1_000_000_000))


def labels_of(frame: Any, name: str) -> "list[str]":
    """The names of a frame's columns, one text each."""
    if getattr(frame.columns, "nlevels", 1) > 1:
        raise ValueError(f"`{name}` has columns of {frame.columns.nlevels} levels, {frame.columns[0]!r} for one, expected "
                         f"one name each: choose a part, such as `{name}[\"Close\"]`")
    for label in frame.columns:
        if not isinstance(label, (str, int, np.integer)) or isinstance(label, bool):
            raise ValueError(f"a column of `{name}` is called {label!r}, expected a name")
    return [str(label) for label in frame.columns]


def times_of(index: Any, name: str, said: bool = False) -> Times:
    """Times in order, in UTC, to the nanosecond: of a pandas index or series, an array, or a list; a date is its midnight.
    `name` is what errors say.

    `said`: these are the times, by the caller's own word, so that text is read as times.
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(index, (pandas.Series, pandas.Index)):
        index = pandas.Index(index)
        if isinstance(index, pandas.PeriodIndex):
            raise ValueError(f"{name} is of periods ({index.dtype}), expected times (`.to_timestamp()`)")
        if isinstance(index, pandas.DatetimeIndex):
            plain = index if index.tz is None else index.tz_convert("UTC").tz_localize(None)
            values: Any = plain.to_numpy()
        elif not said and not all(isinstance(value, datetime.date) for value in index):
            first = f", {index.tolist()[0]!r} first" if len(index) else ""
            raise ValueError(f"{name} is of {index.dtype}{first}, expected dates or times (`pandas.to_datetime`), or those "
                             "as `times=`")
        else:
            values = list(index)
    else:
        values = index
    times = _moments(values, name)
    falls = np.flatnonzero(np.diff(times.astype(np.int64)) <= 0)
    if len(falls):
        bar = int(falls[0]) + 1
        raise ValueError(f"{name} has {in_words(times[bar])} after {in_words(times[bar - 1])} (bar {bar}), expected every "
                         "time once, in order (`.sort_index()`, `.drop_duplicates()`)")
    return times


def time_of(value: Any, name: str, end_of_day: bool = False) -> int:
    """A time as nanoseconds since 1970-01-01 UTC; a date is its midnight, or with `end_of_day` its last nanosecond."""
    moment = _moment(value, f"`{name}`")
    found = int(_moments(np.array([moment]), f"`{name}`").astype(np.int64)[0])
    if end_of_day and np.datetime_data(moment.dtype)[0] == "D":
        found += int(np.timedelta64(1, "D") / np.timedelta64(1, "ns")) - 1
    return found


def in_words(time: np.datetime64) -> str:
    """A time without the zeros that it ends with: midnight is the date."""
    return str(np.datetime_as_string(time, unit="auto"))


def _moments(values: Any, name: str) -> Times:
    """Times in nanoseconds: nothing is cut off, and no number is taken for a time."""
    is_array = bool(isinstance(values, np.ndarray))
    array: "NDArray[Any]" = values if is_array else np.array([_moment(value, name) for value in values])
    if array.ndim != 1:
        raise ValueError(f"{name} has {array.ndim} dimensions, expected 1")
    if array.dtype.kind in "OU":
        array = np.array([_moment(value, name) for value in array.tolist()])
    if array.dtype.kind != "M":
        raise ValueError(f"{name} is of {array.dtype}, expected times, such as \"2020-12-31\" or datetime64")
    times: Times = array.astype("datetime64[ns]")
    odd = np.flatnonzero((times.astype(array.dtype) != array) | np.isnat(array))
    if len(odd):
        raise ValueError(f"{name} has {array[odd[0]]} (bar {odd[0]}), expected a time from the year 1678 to 2262, to the "
                         "nanosecond")
    return times


def _moment(value: Any, name: str) -> np.datetime64:
    """A time in UTC; one without a time zone is taken as UTC."""
    if isinstance(value, str):
        try:
            if ":" in value and ZONE.search(value):
                return _moment(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")), name)
            found = np.datetime64(value)
        except ValueError:
            raise ValueError(f"{name} has {value!r}, expected a date or a time such as \"2020-12-31T14:30\"") from None
        if np.datetime_data(found.dtype)[0] in ("Y", "M", "W"):
            raise ValueError(f"{name} has {value!r}, expected a day, such as \"2020-12-31\"")
        return found
    if hasattr(value, "asm8"):  # pandas' Timestamp, whose nanoseconds NumPy would cut off
        return np.datetime64(value.asm8)
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return np.datetime64(value.astimezone(datetime.timezone.utc).replace(tzinfo=None))
    if isinstance(value, (datetime.date, np.datetime64)):
        return np.datetime64(value)
    raise ValueError(f"{name} has {value!r}, expected a date or a time such as \"2020-12-31T14:30\"")


def same_names(found: "Sequence[str]", expected: "Sequence[str] | None", name: str, of: str) -> None:
    """Refuses names that are not those expected, in their order; `of` says whose those are."""
    if expected is None or list(found) != list(expected):
        known = "none" if expected is None else ", ".join(expected)
        raise ValueError(f"`{name}` has the names {', '.join(map(str, found))}, expected those of {of} in their order: "
                         f"{known} (`.to_numpy()` leaves names and times out)")


def same_times(labelled: Any, times: "Times | None", reference: Any, name: str) -> None:
    """Refuses a frame or series whose rows are not those of the closes."""
    index = labelled.index
    if reference is not None and len(index) == len(reference) and index.equals(reference):
        return
    if times is None:
        raise ValueError(f"`{name}` has an index, and `closes` neither index nor `times`: expected both or none "
                         "(`.to_numpy()` leaves names and times out)")
    found = times_of(index, f"the index of `{name}`")
    if len(found) != len(times):
        raise ValueError(f"`{name}` has {len(found)} times, expected the {len(times)} of `closes`")
    other = np.flatnonzero(found != times)
    if len(other):
        bar = int(other[0])
        raise ValueError(f"`{name}` has {in_words(found[bar])} where `closes` has {in_words(times[bar])} (bar "
                         f"{bar}), expected the same times (`.reindex` says how gaps are filled)")


def alike(**labelled: Any) -> None:
    """Refuses series of one call that are about other things, or about the same in another order."""
    if sys.modules.get("pandas") is None:
        return
    known: "tuple[str, Any] | None" = None
    for name, values in labelled.items():
        if values.__class__ is np.ndarray or not is_series(values):
            continue
        if known is None:
            known = (name, values.index)
        elif len(values.index) != len(known[1]) or not values.index.equals(known[1]):
            raise ValueError(f"`{name}` has the index {_shown(values.index)}, expected that of `{known[0]}`: "
                             f"{_shown(known[1])} (`.reindex`, or `.to_numpy()` for values in the right order)")


def vector(values: Any, names: "Sequence[str]", name: str) -> Any:
    """A series has to be labelled with these names in their order; anything else is as it is."""
    if is_series(values):
        same_names([str(label) for label in values.index], names, name, "the assets")
    return values


def _shown(index: Any) -> str:
    words = [str(label) for label in index[:6]]
    return ", ".join(words + ["..."] * (len(index) > 6))
