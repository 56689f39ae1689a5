"""The library's log."""

import atexit
import logging
import sys
from typing import Any, Callable

from . import _declarations as c
from ._library import library
from .constants import LogLevel
from .errors import check

#: Takes a line of the log: its level and its text.
LogFunction = Callable[[LogLevel, str], Any]

_LOGGING = {LogLevel.ERROR: logging.ERROR, LogLevel.WARN: logging.WARNING, LogLevel.INFO: logging.INFO,
            LogLevel.DEBUG: logging.DEBUG}

_function: "LogFunction | None" = None


def set_log(function: "LogFunction | logging.Logger | None", level: int = LogLevel.INFO) -> None:
    """Sends the library's log, up to `level`, to a function or a logger; None switches it off, as it is at the start.

    The function is called on whichever thread the library works on, on several at the same time. No call of the
    library ends for what it raises: that goes to sys.unraisablehook.
    """
    global _function
    if function is None:
        check(library.ppo_set_log(c.PPO_LOG_OFF, c.ppo_log_callback(), None))
        _function = None
        return
    if isinstance(function, logging.Logger):
        logger = function
        function = lambda found, words: logger.log(_LOGGING[found], "%s", words)  # noqa: E731
    former, _function = _function, function
    try:
        check(library.ppo_set_log(level, _log, None))
    except BaseException:
        _function = former
        raise
    atexit.unregister(_switch_off)
    atexit.register(_switch_off)


def _switch_off() -> None:
    # The library's threads must not call Python once that is gone.
    library.ppo_set_log(c.PPO_LOG_OFF, c.ppo_log_callback(), None)


@c.ppo_log_callback  # type: ignore[untyped-decorator]
def _log(level: int, message: bytes, user: int) -> None:
    function = _function
    if function is None:
        return
    try:
        function(LogLevel(level), message.decode("utf-8", "replace"))
    except BaseException as raised:
        sys.unraisablehook(_Unraisable(raised, function))  # type: ignore[arg-type]


class _Unraisable:
    """What sys.unraisablehook takes."""

    def __init__(self, raised: BaseException, function: Any) -> None:
        self.exc_type, self.exc_value, self.exc_traceback = type(raised), raised, raised.__traceback__
        self.err_msg, self.object = "Exception ignored in a log function", function
