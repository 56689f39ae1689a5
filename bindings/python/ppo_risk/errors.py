"""What goes wrong: one exception class for each status of the library, under a few bases.

    Error
      InputError (a ValueError)      what was given cannot be used
      HandleError                    the object cannot be used now
      and one class for each other status
      IoError has MissingFileError (a FileNotFoundError) below it

Every exception has `code` (the status), `name` ("PPO_ERR_LENGTH") and the library's words.
"""

import ctypes
import errno
import os
from typing import Any

from . import _declarations as c
from ._library import library


class Error(Exception):
    """A call of the library failed."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.name = library.ppo_status_name(code).decode()

    def __str__(self) -> str:
        return f"{self.message} ({self.name})"

    def __reduce__(self) -> "tuple[Any, ...]":
        return type(self), (self.message, self.code)


class InputError(Error, ValueError):
    """What was given cannot be used; the message names it and says what was expected."""


class NullPointerError(InputError):
    """Something is missing."""


class InvalidArgumentError(InputError):
    """A value, a configuration or a text cannot be used."""


class LengthError(InputError):
    """An array has another length than the one that the call needs."""


class NotFiniteError(InputError):
    """A number is NaN or infinite."""


class FileError(InputError):
    """A policy file cannot be used."""


class TableError(InputError):
    """A cell of a table file cannot be used."""


class BufferTooSmallError(Error):
    """A buffer is too small; this package asks for sizes, so that only text that grew meanwhile answers it."""


class HandleError(Error):
    """The object cannot be used, or not now."""


class WrongHandleError(HandleError):
    """The object is closed, or of another kind than the call needs."""


class PoisonedError(HandleError):
    """An earlier call hit a defect of the library: the object can only be closed."""


class BusyError(HandleError):
    """The object is in use by another call."""


class PanicError(Error):
    """A defect of the library; please report the message."""


class IoError(Error, OSError):
    """The operating system refused to read or write."""


class MissingFileError(IoError, FileNotFoundError):
    """There is no such file, or no folder to write it to; `filename` has its name, as of any OSError."""

    def __init__(self, message: str, code: int = c.PPO_ERR_IO, filename: "str | os.PathLike[str] | bytes | None" = None) -> None:
        super().__init__(message, code)
        self.errno, self.filename = errno.ENOENT, filename

    def __reduce__(self) -> "tuple[Any, ...]":
        return type(self), (self.message, self.code, self.filename)


class TorchError(Error):
    """libtorch refused an operation."""


class TrainingError(Error):
    """Training reached a state that it cannot continue from."""


class NotBuiltError(Error):
    """This library was built without the part that the call needs."""


class ForkedError(Error):
    """The call needs libtorch, in a process that was forked from one that had used it."""


class CancelledError(Error):
    """The call was asked to stop."""


class VersionError(Error):
    """A struct has content that this library is too old to know."""


class WaitTimeoutError(Error, TimeoutError):
    """The time to wait ran out; nothing was lost, and waiting can go on."""


class CallbackError(Error):
    """A function of the host answered an error. What it raised is raised instead, where it raised something."""


class CollectiveError(Error):
    """Ranks that train together cannot go on: a gather failed, or one of them is at something else. What `allgather` raised is
    raised instead, where it raised something."""


class NotReadyError(Error):
    """The object has not been given what the call needs yet, such as enough bars."""


class OutOfMemoryError(Error, MemoryError):
    """There is not as much memory as the sizes that were given ask for; nothing was changed."""


#: The class of each status. A status that a newer library may add is an Error.
CLASSES: "dict[int, type[Error]]" = {
    c.PPO_ERR_NULL_POINTER: NullPointerError,
    c.PPO_ERR_INVALID_ARGUMENT: InvalidArgumentError,
    c.PPO_ERR_LENGTH: LengthError,
    c.PPO_ERR_NOT_FINITE: NotFiniteError,
    c.PPO_ERR_BUFFER_TOO_SMALL: BufferTooSmallError,
    c.PPO_ERR_WRONG_HANDLE: WrongHandleError,
    c.PPO_ERR_POISONED: PoisonedError,
    c.PPO_ERR_PANIC: PanicError,
    c.PPO_ERR_BUSY: BusyError,
    c.PPO_ERR_IO: IoError,
    c.PPO_ERR_FILE: FileError,
    c.PPO_ERR_TABLE: TableError,
    c.PPO_ERR_TORCH: TorchError,
    c.PPO_ERR_TRAINING: TrainingError,
    c.PPO_ERR_NOT_BUILT: NotBuiltError,
    c.PPO_ERR_FORKED: ForkedError,
    c.PPO_ERR_CANCELLED: CancelledError,
    c.PPO_ERR_VERSION: VersionError,
    c.PPO_ERR_TIMEOUT: WaitTimeoutError,
    c.PPO_ERR_CALLBACK: CallbackError,
    c.PPO_ERR_NOT_READY: NotReadyError,
    c.PPO_ERR_OUT_OF_MEMORY: OutOfMemoryError,
    c.PPO_ERR_COLLECTIVE: CollectiveError,
}


def error(status: int) -> Error:
    """The exception for a status, with the error message of the thread's last failed call.

    A Python thread is one thread of the system, so the thread's words are those of the call that it just made,
    whatever other threads do with the same handle meanwhile.
    """
    needed = ctypes.c_size_t()
    library.ppo_last_error(None, 0, ctypes.byref(needed))
    buffer = ctypes.create_string_buffer(max(needed.value, 1))
    library.ppo_last_error(buffer, len(buffer), None)
    return CLASSES.get(status, Error)(buffer.value.decode("utf-8", "replace"), status)


def check(status: int) -> None:
    """Raises the exception of a status that is a failure."""
    if status < 0:
        raise error(status)
