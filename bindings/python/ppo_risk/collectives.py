"""Several processes that train one policy: how they reach each other."""

import ctypes
from abc import ABC, abstractmethod
from typing import Any

from . import _declarations as c
from ._callbacks import WENT_ON, Registration, guarded
from ._library import library
from .errors import check


class Collectives(ABC):
    """The ranks that train together, each a process with a trainer like the others'. `rank` is this process's, from 0, `size` how
    many there are: a power of two.

    `allgather` is called on the thread that trains. What it raises ends the training call, which raises it.
    """

    rank: int
    size: int

    @abstractmethod
    def allgather(self, send: memoryview, received: memoryview) -> None:
        """Writes the bytes that every rank sends, in the order of the ranks, to `received`: `size` times as many as `send` has.

        Every rank calls it in the same order with as many bytes: `MPI.COMM_WORLD.Allgather(send, received)`, or
        `torch.distributed.all_gather_into_tensor`.
        """


def table(ranks: Collectives) -> "tuple[c.ppo_collectives, Registration]":
    """The library's table of functions for the ranks, and what keeps it alive."""
    registration = Registration(ranks)
    made = c.ppo_collectives()
    check(library.ppo_collectives_init(made, ctypes.sizeof(made)))
    made.rank, made.size = ranks.rank, ranks.size
    made.user, made.allgather = registration.number, _allgather
    return made, registration


@c.ppo_allgather  # type: ignore[untyped-decorator]
def _allgather(user: int, send: int, length: int, received: int) -> int:
    def call(ranks: Collectives) -> int:
        ranks.allgather(_bytes(send, length).toreadonly(), _bytes(received, length * ranks.size))
        return WENT_ON

    return guarded(call, user)


def _bytes(address: int, length: int) -> memoryview:
    """The library's memory, for the length of the call."""
    array: Any = (ctypes.c_ubyte * length).from_address(address)
    return memoryview(array).cast("B")
