"""Text and bytes that the library copies out."""

import ctypes
from typing import Any, Callable

from . import _declarations as c
from .errors import error


def text(call: "Callable[..., int]", *arguments: Any) -> str:
    """What `call(*arguments, buffer, capacity, needed)` copies out, without its zero byte."""
    return copied(call, *arguments)[:-1].decode("utf-8")


def copied(call: "Callable[..., int]", *arguments: Any) -> bytes:
    """The bytes that `call(*arguments, buffer, capacity, needed)` copies out."""
    needed = ctypes.c_size_t()
    status = call(*arguments, None, 0, ctypes.byref(needed))
    while True:
        if status < 0 and status != c.PPO_ERR_BUFFER_TOO_SMALL:
            raise error(status)
        buffer = (ctypes.c_uint8 * needed.value)()
        status = call(*arguments, buffer, len(buffer), ctypes.byref(needed))
        if status == c.PPO_OK:
            return bytes(buffer)[: needed.value]


def count_of(count: int, what: str) -> str:
    """Such as "1 asset" and "20 assets"."""
    return f"{count} {what}{'' if count == 1 else 's'}"
