"""Streams of random numbers."""

from typing import Any

from ._handle import Handle
from ._library import library


class Random(Handle):
    """A stream of random numbers (xoshiro256++): the same seed and index give the same numbers on every machine.

    One thread at a time; `index` tells apart the streams of one seed, such as those of several threads.
    """

    __slots__ = ()
    _prefix = "ppo_random"

    def __init__(self, seed: int, index: int = 0) -> None:
        self._adopt(self._new(library.ppo_random_new, unsigned(seed, "seed"), unsigned(index, "index")))

    @classmethod
    def restore(cls, state_json: str) -> "Random":
        """A stream that goes on from a saved state."""
        return cls._of(cls._new(library.ppo_random_restore, state_json.encode()))

    def state_json(self) -> str:
        """Where the stream stands, for `restore`."""
        return self._text(library.ppo_random_state_json)

    def _value(self) -> "tuple[str]":
        return (self.state_json(),)

    @classmethod
    def _of_value(cls, *value: Any) -> "Random":
        return cls.restore(*value)

    def _twin(self) -> "Random":
        return self.clone()

    def clone(self) -> "Random":
        """A stream that goes on where this one stands."""
        with self._lent() as pointer:
            return self._of(self._new(library.ppo_random_clone, pointer))


def unsigned(value: int, name: str, bits: int = 64) -> int:
    """A number that fits the library's uint64_t (or uint32_t), which ctypes would otherwise cut without a word."""
    if not 0 <= value < 1 << bits:
        raise ValueError(f"`{name}` is {value}, expected 0 to 2^{bits} - 1")
    return value
