"""Files that the library reads and writes: their names as it takes them, and what is said where one is not there."""

import os
from contextlib import contextmanager
from typing import Generator, Union

from .errors import IoError, MissingFileError

Path = Union[str, "os.PathLike[str]", bytes]


def path_bytes(path: Path) -> bytes:
    """A path as the library takes it: the bytes that the file system knows it by."""
    found = os.fsencode(path)
    if b"\0" in found:
        raise ValueError(f"`path` has a zero byte: {found!r}")
    return found


@contextmanager
def read(path: Path) -> "Generator[bytes, None, None]":
    """Within the block, the library reads a file; MissingFileError where there is none."""
    with _explained(path, path_bytes(path)) as name:
        yield name


@contextmanager
def written(path: "Path | None") -> "Generator[bytes | None, None, None]":
    """Within the block, the library may write a file; MissingFileError where there is no folder for it."""
    if path is None:
        yield None
        return
    name = path_bytes(path)
    with _explained(path, os.path.dirname(name) or b"."):
        yield name


@contextmanager
def _explained(path: Path, needed: bytes) -> "Generator[bytes, None, None]":
    try:
        yield needed
    except IoError as error:
        if os.path.exists(needed):
            raise
        raise MissingFileError(error.message, error.code, path) from None
