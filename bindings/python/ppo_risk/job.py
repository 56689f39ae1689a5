# What begins with _ is the package's own.
# pyright: reportPrivateUsage=false
"""Training in the background."""

import asyncio
import ctypes
import math
from typing import Any, Generator

from . import _declarations as c
from . import _paths
from ._callbacks import Registration, raised_by
from ._handle import Handle
from ._library import library
from ._results import Metrics
from .constants import JobState
from .metrics import room, written


class Job(Handle):
    """A training call in the background, on a thread of the library's. `Trainer.start` makes it.

    Closing one that still runs asks it to stop and waits for the update that it is at; so does the end of the process.
    `await job` waits for it in an event loop.
    """

    __slots__ = ("_registrations", "_raised", "_checkpoint")
    _prefix = "ppo_job"
    _free_at_exit = True  # its thread must not call Python once that is gone
    _instead = ("it is a thread of this process; wait for it and hand on the trainer's `agent()`, or start one where the "
                "result is wanted, from a checkpoint (`Trainer.resume`)")

    _registrations: "tuple[Registration | None, ...]"
    _raised: "BaseException | None"
    #: Where its checkpoint goes.
    _checkpoint: "_paths.Path | None"

    def _adopt(self, handle: Any, *kept: Any) -> None:
        super()._adopt(handle, *kept)
        self._registrations = kept
        self._raised = None
        self._checkpoint = None

    def poll(self) -> "tuple[JobState, Metrics]":
        """State, and the figures of the last update (zeros before the first). Does not wait."""
        state, metrics = ctypes.c_uint32(), room()
        self._call(library.ppo_job_poll, ctypes.byref(state), metrics)
        return JobState(state.value), written(metrics)

    @property
    def state(self) -> JobState:
        """What it is doing."""
        return self.poll()[0]

    def wait(self, timeout: "float | None" = None) -> Metrics:
        """Waits for the end, `timeout` seconds at most, and answers as `Trainer.train`: the last update's figures.

        WaitTimeoutError where it still runs. Ctrl-C is heard within a fifth of a second; the job goes on.
        """
        remaining = math.inf if timeout is None else max(0.0, 1000.0 * timeout)
        while True:
            # In slices, between which Python's own signal handlers run.
            slice_ms = math.ceil(min(200.0, remaining))
            remaining -= slice_ms
            with self._lent() as pointer:
                status = library.ppo_job_wait(pointer, slice_ms)
                if status == c.PPO_ERR_TIMEOUT and remaining > 0:
                    continue
                if status < 0:
                    failure = raised_by(status, *self._registrations)
                    if status in (c.PPO_ERR_CALLBACK, c.PPO_ERR_COLLECTIVE):  # every wait raises the same
                        failure = self._raised = self._raised or failure
                    with _paths.written(self._checkpoint):
                        raise failure
            return self.poll()[1]

    def cancel(self) -> None:
        """Asks it to stop, and returns at once: it ends after the update that it is at, its checkpoint written."""
        self._call(library.ppo_job_cancel)

    async def wait_async(self, interval: float = 0.02) -> Metrics:
        """As `wait`, for an event loop, which it never blocks: it looks every `interval` seconds.

        Where the task is cancelled, the job is asked to stop, and the task ends once it has.
        """
        try:
            while self.state is JobState.RUNNING:
                await asyncio.sleep(interval)
        except asyncio.CancelledError:
            self.cancel()
            while self.state is JobState.RUNNING:
                await asyncio.sleep(interval)
            raise
        return self.wait(0)

    def __await__(self) -> "Generator[Any, None, Metrics]":
        return self.wait_async().__await__()
