"""Records: named tuples whose fields say what they are, and which compare by value though fields are arrays."""

import inspect
import re
from typing import Any, TypeVar

import numpy as np

ARRAY: Any = np.ndarray
Kind = TypeVar("Kind", bound="type[Any]")

#: A field in the text of a class: its name, then its words, further lines of which are indented.
FIELD = re.compile(r"^(\w+): (.+(?:\n +.+)*)", re.MULTILINE)


def record(kind: Kind) -> Kind:
    """Gives the fields of a named tuple the words that the class's text has for them, and the tuple an equality."""
    words = dict(FIELD.findall(inspect.cleandoc(kind.__doc__ or "")))
    for name in words:  # none where Python was told to leave texts out
        getattr(kind, name).__doc__ = " ".join(words[name].split())
    for name, method in (("__eq__", _equal), ("__ne__", _different), ("__hash__", _hash)):
        setattr(kind, name, method)
    return kind


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: arrays number by number, and what is unknown (NaN) is the same as itself."""
    if ARRAY in (one.__class__, other.__class__):
        first, second = np.asarray(one), np.asarray(other)
        return first.shape == second.shape and np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if one.__class__ is tuple and other.__class__ is tuple:
        return _equal(one, other)
    return bool(one == other or (one != one and other != other))


def _equal(self: Any, other: Any) -> bool:
    is_tuple = bool(isinstance(other, tuple))
    return is_tuple and len(self) == len(other) and all(map(same, self, other))


def _different(self: Any, other: Any) -> bool:
    return not _equal(self, other)


def _hash(self: Any) -> int:
    return hash(tuple(value.tobytes() if value.__class__ is ARRAY else value for value in self))
