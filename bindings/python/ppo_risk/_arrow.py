"""Tables by the Arrow C stream interface: of pandas, polars, pyarrow, DuckDB, of whatever has `__arrow_c_stream__`.

Columns are read where they lie, and no package of Arrow is needed here. What a table of pandas has in its index goes in as
columns; numbers of rows, which say nothing, stay out.
"""

from __future__ import annotations

import ctypes
import datetime
from typing import Any

import numpy as np

from ._frames import is_frame, labels_of

#: Names of columns of dates and of symbols, in lower case: those that the library knows.
KNOWN_NAMES = ("date", "datetime", "timestamp", "time", "symbol", "ticker", "tic")

# An own prototype: ctypes.pythonapi's functions are shared with whatever else is in the process.
_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi))


def stream_of(frame: Any) -> Any:
    """The capsule of a table's stream, which has to live until the stream was taken."""
    if is_frame(frame):
        frame = _with_index(frame)
    make = getattr(frame, "__arrow_c_stream__", None)
    if make is None:
        kind = f"{type(frame).__module__.partition('.')[0]} {type(frame).__name__}"
        raise TypeError(f"`frame` is a {kind}, expected a table with `__arrow_c_stream__`, such as a DataFrame of pandas or "
                        "polars, a pyarrow Table or a DuckDB relation")
    return make()


def address_of(capsule: Any) -> int:
    """Where a capsule's stream lies."""
    pointer: int = _pointer_of(capsule, b"arrow_array_stream")
    return pointer


def _with_index(frame: Any) -> Any:
    """A pandas frame whose index has names that say what it is, or is left out."""
    import pandas

    labels = labels_of(frame, "frame")
    index = frame.index
    if isinstance(index, pandas.MultiIndex):
        if None in index.names:
            raise ValueError(f"the index of `frame` has levels called {list(index.names)}, expected a name each "
                             "(`.rename_axis`)")
        return frame
    if isinstance(index, pandas.PeriodIndex):
        raise ValueError(f"the index of `frame` is of periods ({index.dtype}), expected times (`.to_timestamp()`)")
    if isinstance(index, pandas.DatetimeIndex) or (
            len(index) > 0 and all(isinstance(at, datetime.date) for at in index)):
        dated = [label for label in labels if label.strip().lower() == "date"]
        if dated:
            raise ValueError(f"`frame` has times in its index and a column {dated[0]!r}, expected one of them "
                             "(`.reset_index(drop=True)`, or `.drop(columns=...)`)")
        return frame if index.name is not None else frame.rename_axis("date")
    known = index.name is not None and str(index.name).strip().lower() in KNOWN_NAMES
    counts = isinstance(index, pandas.RangeIndex) or index.name is None and index.dtype.kind in "iu"
    if known or index.name is not None and index.dtype.kind not in "iuf":
        return frame.reset_index()
    if not counts:
        first = f", {index.tolist()[0]!r} first" if len(index) else ""
        raise ValueError(f"the index of `frame` is of {index.dtype}{first}, expected dates or times (`pandas.to_datetime`); "
                         "`.reset_index(drop=True)` leaves it out")
    if all(_is_number(dtype) for dtype in frame.dtypes) and not any(label.strip().lower() in KNOWN_NAMES for label in labels):
        raise ValueError("`frame` has an index that counts rows and no column of dates, expected dates in the index "
                         "(`.set_index`) or in a column called `date`")
    return frame.reset_index(drop=True)


def _is_number(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "iuf"
