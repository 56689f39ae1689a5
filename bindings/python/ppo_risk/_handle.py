# What begins with _ is the package's own.
# pyright: reportPrivateUsage=false
"""What every object of the library has in common: a handle that is freed once, and never while a call uses it.

An object is freed by `close()`, at the end of its `with` block, or when nothing refers to it any more.

A handle is an address of this process. So objects are copied and pickled by value: what one is, is read out of the
library (`_value`), and another one is made of it (`_of_value`), here or in another process. A kind that has no value,
such as a thread that trains, refuses, and says what to do (`_instead`).
"""

import copy
import ctypes
import json
import threading
import weakref
from contextlib import contextmanager
from typing import Any, Callable, ClassVar, Generator, SupportsIndex, TypeVar

from . import _declarations as c
from ._library import library
from ._record import same
from ._text import copied
from .errors import BusyError, HandleError, WrongHandleError, check, error

Self = TypeVar("Self", bound="Handle")

# Held while an object is closed. Reentrant: the collector may close another object meanwhile, on the same thread.
_closing = threading.RLock()


class Handle:
    """An object of the library. Its functions may be called from any thread; closing it while one runs is refused."""

    __slots__ = ("_pointer", "_uses", "_finalizer", "__weakref__")

    #: What the library's functions for this kind start with, such as "ppo_agent".
    _prefix: ClassVar[str]
    #: Whether it has to be freed before the process ends.
    _free_at_exit: ClassVar[bool] = False
    #: What to do in place of a copy, for a kind that has none.
    _instead: ClassVar[str] = "make another one"

    @staticmethod
    def _new(call: "Callable[..., int]", *arguments: Any) -> ctypes.c_void_p:
        """The handle that `call(*arguments, &handle)` makes."""
        handle = ctypes.c_void_p()
        check(call(*arguments, ctypes.byref(handle)))
        return handle

    @classmethod
    def _of(cls: "type[Self]", handle: ctypes.c_void_p, *kept: Any) -> Self:
        """An object that owns a handle."""
        made = cls.__new__(cls)
        made._adopt(handle, *kept)
        return made

    def _adopt(self, handle: ctypes.c_void_p, *kept: Any) -> None:
        """Owns a handle from now on. What it calls back is kept until it is freed."""
        pointer: int = handle.value  # type: ignore[assignment]
        self._pointer: "int | None" = pointer
        self._uses: "list[None]" = []
        self._finalizer = weakref.finalize(self, _free, getattr(library, f"{self._prefix}_free"), pointer, kept)
        self._finalizer.atexit = self._free_at_exit

    def close(self) -> None:
        """Frees it; the second time nothing happens. BusyError while a call uses it, on this thread or another."""
        with _closing:
            pointer = self._pointer
            if pointer is None:
                return
            # In this order, a call that begins now either is counted here or finds the object closed.
            self._pointer = None
            if self._uses:
                self._pointer = pointer
                raise BusyError(f"this {type(self).__name__} is in use: close it when no call uses it", c.PPO_ERR_BUSY)
            self._finalizer()

    @property
    def closed(self) -> bool:
        """Whether it was freed."""
        return self._pointer is None

    def last_error(self) -> str:
        """the error message of the last failed call on this object, whichever thread made it."""
        with self._lent() as pointer:
            needed = ctypes.c_size_t()
            words = getattr(library, f"{self._prefix}_last_error")
            words(pointer, None, 0, ctypes.byref(needed))
            buffer = ctypes.create_string_buffer(max(needed.value, 1))
            words(pointer, buffer, len(buffer), None)
            return buffer.value.decode("utf-8", "replace")

    def _value(self) -> "tuple[Any, ...]":
        """What it is, for `_of_value` in this process or another; nothing in it is shared."""
        raise TypeError(f"a {type(self).__name__} can be neither copied nor pickled: {self._instead}")

    @classmethod
    def _of_value(cls: "type[Self]", *value: Any) -> Self:
        """An object that is what `_value` said, and goes on as that one would have."""
        raise NotImplementedError

    def _twin(self: Self) -> Self:
        """A copy, in the cheapest way."""
        return type(self)._of_value(*self._value())

    def __reduce_ex__(self, protocol: SupportsIndex) -> "tuple[Any, ...]":
        return _of_value, (type(self), *self._value()), self._attributes() or None

    def __setstate__(self, attributes: "dict[str, Any]") -> None:
        for name, value in attributes.items():
            setattr(self, name, value)

    def __copy__(self: Self) -> Self:
        made = self._twin()
        made.__setstate__(self._attributes())
        return made

    def __deepcopy__(self: Self, memo: "dict[int, Any]") -> Self:
        made = memo[id(self)] = self._twin()
        made.__setstate__(copy.deepcopy(self._attributes(), memo))
        return made

    def _attributes(self) -> "dict[str, Any]":
        """What a program's own subclass has put into the object."""
        found = dict(getattr(self, "__dict__", {}))
        for kind in type(self).__mro__:
            if kind.__module__.partition(".")[0] != __name__.partition(".")[0]:
                slots = vars(kind).get("__slots__", ())
                names = [slots] if isinstance(slots, str) else slots
                found.update((name, getattr(self, name)) for name in names if hasattr(self, name))
        return found

    def __eq__(self, other: object) -> bool:
        """Whether both are the same in all that copies have, and so would go on alike. A kind that has no copy is itself alone."""
        if self is other or not isinstance(other, Handle) or type(self) is not type(other) or self.closed or other.closed:
            return self is other
        try:
            return same(self._value(), other._value())
        except TypeError:
            return False

    #: What an object is may change, and its equals with it: it is no key of a dictionary. A Market, which never changes, is.
    __hash__: Any = None

    def __repr__(self) -> str:
        try:
            words = "closed" if self.closed else self._words()
        except HandleError:  # at work, or closed since
            words = "in use"
        return f"<{type(self).__name__}: {words}>" if words else f"<{type(self).__name__}>"

    def _words(self) -> str:
        """What it is, in short."""
        return ""

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self) -> int:
        """The handle, in use until `self._uses.pop()`."""
        self._uses.append(None)
        pointer = self._pointer
        if pointer is None:
            with _closing:  # an attempt to close it, which this use has made fail, may not be over
                pointer = self._pointer
        if pointer is None:
            self._uses.pop()
            raise WrongHandleError(f"this {type(self).__name__} is closed", c.PPO_ERR_WRONG_HANDLE)
        return pointer

    @contextmanager
    def _lent(self) -> "Generator[int, None, None]":
        """The handle, for calls within the block."""
        pointer = self._begin()
        try:
            yield pointer
        finally:
            self._uses.pop()

    def _call(self, call: "Callable[..., int]", *arguments: Any) -> int:
        """`call(handle, *arguments)`; raises where it fails."""
        pointer = self._begin()
        try:
            status = call(pointer, *arguments)
            if status < 0:
                raise error(status)
            return status
        finally:
            self._uses.pop()

    def _number(self, call: "Callable[..., int]", *arguments: Any, kind: Any = ctypes.c_size_t) -> int:
        """The whole number that `call(handle, *arguments, &number)` writes."""
        found = kind()
        self._call(call, *arguments, ctypes.byref(found))
        return int(found.value)

    def _real(self, call: "Callable[..., int]", *arguments: Any) -> float:
        """The number that `call(handle, *arguments, &number)` writes."""
        found = ctypes.c_double()
        self._call(call, *arguments, ctypes.byref(found))
        return found.value

    def _text(self, call: "Callable[..., int]", *arguments: Any) -> str:
        """The text that `call(handle, *arguments, buffer, capacity, &needed)` copies out."""
        return self._bytes(call, *arguments)[:-1].decode("utf-8")

    def _object(self, call: "Callable[..., int]") -> "dict[str, Any]":
        """The JSON object that `call(handle, buffer, capacity, &needed)` copies out."""
        found: "dict[str, Any]" = json.loads(self._text(call))
        return found

    def _bytes(self, call: "Callable[..., int]", *arguments: Any) -> bytes:
        with self._lent() as pointer:
            return copied(call, pointer, *arguments)


def made_by(initialise: "Callable[..., None]", kind: "type[Self]", *arguments: Any) -> Self:
    """An object of `kind` that one of this package's `__init__` has made: a program's subclass may have another one."""
    made = kind.__new__(kind)
    initialise(made, *arguments)
    return made


def _of_value(kind: "type[Handle]", *value: Any) -> Handle:
    """What a pickle calls."""
    return kind._of_value(*value)


def _free(free: "Callable[[int], None]", pointer: int, kept: object) -> None:
    # `kept` is dropped after the library has let go of it.
    free(pointer)
    del kept
