"""NumPy arrays in and out.

An input of the right type (float32 or float64, C-contiguous, native byte order) is read where it lies; anything else
that NumPy understands is copied first. An output is never copied: one that cannot be written to where it lies is
refused.
"""

from ctypes import addressof, c_char
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._frames import numbers_of

FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)

_from_buffer = c_char.from_buffer


def address(array: "NDArray[Any]") -> int:
    """Where an array's first value lies."""
    try:
        return addressof(_from_buffer(array))  # type: ignore[arg-type]  # a sixth of the time of the line below
    except (TypeError, ValueError):
        return array.ctypes.data  # read-only, or empty


def float32(values: ArrayLike) -> "NDArray[np.float32]":
    """An input as the library reads it; itself, where it can be."""
    array: Any = values
    if array.__class__ is np.ndarray and array.dtype is FLOAT32 and array.flags.carray:
        return cast("NDArray[np.float32]", array)
    return np.require(numbers_of(values), FLOAT32, ["C", "A"])


def float64(values: ArrayLike, name: str = "an argument") -> "NDArray[np.float64]":
    """An input as the library reads it; itself, where it can be. `name` is for the text of a refusal."""
    array: Any = values
    if array.__class__ is np.ndarray and array.dtype is FLOAT64 and array.flags.carray:
        return cast("NDArray[np.float64]", array)
    return np.require(numbers_of(values, name), FLOAT64, ["C", "A"])


def given(values: "ArrayLike | None") -> "NDArray[np.float64] | None":
    """An input that may be missing, as the library reads it."""
    return None if values is None else float64(values)


def optional(array: "NDArray[Any] | None") -> "tuple[int | None, int]":
    """Address and length of an input that may be missing."""
    return (None, 0) if array is None else (address(array), array.size)


def output(array: Any, name: str = "out") -> "NDArray[np.float64]":
    """An array to write float64 to, as it is."""
    if array.__class__ is np.ndarray and array.dtype is FLOAT64 and array.flags.carray:
        return cast("NDArray[np.float64]", array)
    is_array = bool(isinstance(array, np.ndarray))
    if not is_array or array.dtype != FLOAT64:
        found = f"an array of {array.dtype}" if is_array else f"a {type(array).__name__}"
        raise TypeError(f"`{name}` is {found}, expected a NumPy array of float64")
    if not array.flags.carray:
        raise ValueError(f"`{name}` cannot be written to where it lies: expected a writable C-contiguous array")
    return cast("NDArray[np.float64]", array)
