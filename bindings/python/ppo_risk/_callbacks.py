"""Python functions that the library calls back.

The library is given one C function of each type, made once here, and the number of a Registration as its user pointer.
A C function that lives as long as the process cannot be collected while the library may still call it, and a number
whose Registration is gone is answered with an error.

What a Python function raises is kept on its Registration, the library is answered an error, and the call that the
function was called from raises it.
"""

import itertools
import signal
import threading
import weakref
from contextlib import contextmanager
from types import FrameType
from typing import Any, Callable, Generator

from .errors import CallbackError, CollectiveError, error

_live: "weakref.WeakValueDictionary[int, Registration]" = weakref.WeakValueDictionary()
_numbers = itertools.count(1)

#: What the library is answered: anything but 0 (and above 0 for progress) is an error.
WENT_ON, STOP, FAILED = 0, 1, -1


class Registration:
    """An object whose methods the library calls, as long as something refers to this."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.raised: "BaseException | None" = None
        self.number = next(_numbers)
        _live[self.number] = self


def guarded(call: "Callable[..., int]", number: "int | None", *arguments: Any) -> int:
    """`call(target, *arguments)` for the registered target; what it raises is kept."""
    found = _live.get(number or 0)
    if found is None:
        return FAILED
    try:
        answer = call(found.target, *arguments)
    except BaseException as raised:
        found.raised = raised
        return FAILED
    return FAILED if found.raised is not None else answer


def raised_by(status: int, *registrations: "Registration | None") -> BaseException:
    """The exception for a failed call: what one of the registered functions raised, or else the status's."""
    failure = error(status)
    for registration in registrations:
        if registration is not None and registration.raised is not None:
            raised, registration.raised = registration.raised, None
            if isinstance(failure, (CallbackError, CollectiveError)):
                return raised
    return failure


def forget(*registrations: "Registration | None") -> None:
    """Before a call: what was raised in an earlier one is no longer of interest."""
    for registration in registrations:
        if registration is not None:
            registration.raised = None


@contextmanager
def interrupts(registration: Registration) -> "Generator[None, None, None]":
    """Within the block, what Ctrl-C raises is kept on the registration rather than raised.

    Python would raise it at the first step of a function that the library calls back, where nothing can catch it.
    """
    former = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(former):
        yield
        return

    def keep(number: int, frame: "FrameType | None") -> None:
        try:
            former(number, frame)
        except BaseException as raised:
            registration.raised = raised

    signal.signal(signal.SIGINT, keep)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
