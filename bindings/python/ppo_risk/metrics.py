"""Room for the figures of an update, and what the library has written there."""

import ctypes

from . import _declarations as c
from ._library import library
from ._results import Metrics
from .errors import check


def room() -> c.ppo_metrics:
    """A struct for the library to write figures to."""
    made = c.ppo_metrics()
    check(library.ppo_metrics_init(made, ctypes.sizeof(made)))
    return made


def written(struct: c.ppo_metrics) -> Metrics:
    """The figures of a struct."""
    return Metrics(*(getattr(struct, name) for name in Metrics._fields))
