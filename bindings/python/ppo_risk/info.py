"""The library itself: version, what was built into it, threads of libtorch."""

import ctypes

from . import _declarations as c
from ._library import library
from .errors import check


def version() -> str:
    """The library's version, such as "0.2.0"."""
    found: bytes = library.ppo_version()
    return found.decode()


def can_train() -> bool:
    """Whether the library was built with the trainer, and with it libtorch."""
    return bool(library.ppo_features() & c.PPO_FEATURE_TRAIN)


def torch_threads() -> int:
    """How many threads libtorch uses for one operation of this process."""
    threads = ctypes.c_uint32()
    check(library.ppo_torch_threads(ctypes.byref(threads)))
    return threads.value


def set_torch_threads(threads: int) -> None:
    """Sets it, for every user of libtorch in this process; 1 to 1024. Not while a call trains."""
    check(library.ppo_torch_set_threads(max(0, min(threads, 0xFFFFFFFF))))
