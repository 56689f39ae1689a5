# What begins with _ is the package's own.
# pyright: reportPrivateUsage=false
"""Trainers: what moves an agent's weights."""

import asyncio
import ctypes
import os
from contextlib import contextmanager
from typing import Any, Callable, Generator, NamedTuple, Optional

from numpy.typing import ArrayLike

from . import _declarations as c
from . import _paths
from ._arrays import address, float32, float64
from ._callbacks import STOP, WENT_ON, Registration, forget, guarded, interrupts, raised_by
from ._handle import Handle
from ._library import library
from ._record import record
from ._results import Metrics
from .agent import Agent
from .collectives import Collectives
from .collectives import table as collectives_table
from .config import Config
from .errors import check
from .host import HostEnvironment, table
from .job import Job
from .market import Market
from .metrics import room, written

#: Called after every update; a true answer stops the training call, which then raises CancelledError.
Progress = Callable[[Metrics], Optional[bool]]


@record
class Standing(NamedTuple):
    """How far a trainer has come.

    metrics: Counters (update, env_steps, episodes); the other figures are 0.
    done: Whether all of the configuration's steps have been taken.
    """

    metrics: Metrics
    done: bool


class Trainer(Handle):
    """Trains an agent by PPO; after every update the agent decides with the new policy.

    `source` is where experience comes from: a Market (the library's own environments over it), a HostEnvironment
    (environments written in Python, or Gymnasium's: ppo_risk.gymnasium), or None (transitions that `observe` hands in).
    Takes the library with libtorch (`ppo_risk.can_train`).
    """

    __slots__ = ("_host",)
    _prefix = "ppo_trainer"
    _instead = ("`agent()` gives its policy, which can be; `save(path)` writes a checkpoint, which `Trainer.resume(path, "
                "source)` goes on from in any process")

    #: Whose functions the library calls: an environment's, or the ranks' of a trainer over a market.
    _host: "Registration | None"

    def __init__(self, agent: Agent, source: "Market | HostEnvironment | None" = None,
                 config: "Config | None" = None) -> None:
        with agent._lent() as pointer, _given(source) as (ending, given, host):
            make = getattr(library, f"ppo_trainer_new{ending}")
            self._join(host, make, pointer, *given, config)

    @classmethod
    def resume(cls, path: "str | os.PathLike[str] | bytes",
               source: "Market | HostEnvironment | None" = None) -> "Trainer":
        """Goes on from a checkpoint; `source` as the run had it. The agent is `trainer.agent()`.

        Over a market the numbers are those of a run that never stopped. Environments written in Python begin new
        episodes, and transitions that no update had used are gone.
        """
        made, agent = cls.__new__(cls), ctypes.c_void_p()
        with _given(source) as (ending, given, host), _paths.read(path) as name:
            resume = getattr(library, f"ppo_trainer_resume{ending}")
            made._join(host, resume, name, *given, ctypes.byref(agent))
        library.ppo_agent_free(agent)  # the trainer hands out as many handles on it as are wanted
        return made

    def _join(self, host: "Registration | None", call: "Callable[..., int]", *arguments: Any) -> None:
        handle = ctypes.c_void_p()
        status = call(*arguments, ctypes.byref(handle))
        if status < 0:
            raise raised_by(status, host)
        self._host = host
        self._adopt(handle, host)

    def join(self, ranks: Collectives) -> None:
        """Trains from now on as one of several ranks, each a process with a trainer over a market like this one.

        The numbers, and the policy that every rank comes to, are those of one trainer alone. Every rank has to make the same
        calls in the same order; checkpoints are written by rank 0, and any number of ranks resumes them.
        """
        given, registration = collectives_table(ranks)
        self._call(library.ppo_trainer_join, given)
        self._host = registration

    def train(self, progress: "Progress | None" = None, checkpoint_path: "str | os.PathLike[str] | None" = None,
              checkpoint_interval: int = 0, most_updates: int = 0) -> Metrics:
        """Trains until the configuration's steps are taken, `most_updates` were done, or `progress` stops it.

        The answer has the figures of the last update. A checkpoint is written to `checkpoint_path` at the end, also
        where training was stopped, and every `checkpoint_interval` updates besides. What `progress` or an environment
        raises ends the call, which raises it; so does Ctrl-C, after the update that it falls into.
        """
        options, registration = _options(progress, checkpoint_path, checkpoint_interval, most_updates)
        with _paths.written(checkpoint_path):
            return self._train(registration, library.ppo_train, options)

    def update(self) -> Metrics:
        """One update: a rollout in the environments and the epochs on it, or the epochs on all that `observe` kept."""
        return self._train(Registration(None), library.ppo_update)

    def _train(self, registration: Registration, call: "Callable[..., int]", *arguments: Any) -> Metrics:
        metrics = room()
        forget(self._host)
        with self._lent() as pointer:
            with interrupts(registration):
                status = call(pointer, *arguments, metrics)
            if status < 0:
                raise raised_by(status, registration, self._host)
        if registration.raised is not None:  # Ctrl-C, when no function was to be called any more
            raise registration.raised
        return written(metrics)

    def start(self, progress: "Progress | None" = None, checkpoint_path: "str | os.PathLike[str] | None" = None,
              checkpoint_interval: int = 0, most_updates: int = 0) -> Job:
        """Begins to train in the background, as `train` does in the foreground; `progress` is called on its thread.

        Until it has ended, other calls on the trainer answer BusyError. The trainer may be closed meanwhile.
        """
        options, registration = _options(progress, checkpoint_path, checkpoint_interval, most_updates)
        forget(self._host)
        with self._lent() as pointer:
            job = Job._of(self._new(library.ppo_job_start, pointer, options), registration, self._host)
        job._checkpoint = checkpoint_path
        return job

    async def train_async(self, progress: "Progress | None" = None,
                          checkpoint_path: "str | os.PathLike[str] | None" = None, checkpoint_interval: int = 0,
                          most_updates: int = 0) -> Metrics:
        """As `train`, for an event loop, which it never blocks; `progress` is called by the loop.

        Where the task is cancelled, training stops after the update that it is at, and the task ends then.
        """
        loop = asyncio.get_running_loop()
        raised: "list[BaseException]" = []

        def hear(metrics: Metrics) -> None:
            try:
                if not raised and not job.closed and progress(metrics):  # type: ignore[misc]
                    job.cancel()
            except BaseException as error:
                raised.append(error)
                job.cancel()

        def tell(metrics: Metrics) -> None:
            loop.call_soon_threadsafe(hear, metrics)

        with self.start(tell if progress else None, checkpoint_path, checkpoint_interval, most_updates) as job:
            try:
                return await job
            finally:
                await asyncio.sleep(0)  # what the loop was still to hear of
                if raised:
                    raise raised[0]

    def observe(self, env: int, state: ArrayLike, action: ArrayLike, reward: float, next_state: "ArrayLike | None",
                prior: "ArrayLike | None" = None, terminated: bool = False, truncated: bool = False,
                log_prob: "float | None" = None, update: bool = True) -> bool:
        """Keeps a transition for the next update, and, where `update` is true, updates once a rollout is complete.

        `env` is the sequence that it continues; state, prior, action and log_prob are as `Agent.sample_action` was
        given them and answered; `next_state` may be None where `terminated`. Whether an update was done.
        """
        state, action = float32(state), float32(action)
        after = None if next_state is None else float32(next_state)
        weights = None if prior is None else float64(prior)
        given = c.ppo_transition()
        check(library.ppo_transition_init(given, ctypes.sizeof(given)))
        given.env = env
        given.state, given.state_len = address(state), state.size
        given.action, given.action_len = address(action), action.size
        if after is not None:
            given.next_state, given.next_state_len = address(after), after.size
        if weights is not None:
            given.prior, given.prior_len = address(weights), weights.size
        if log_prob is not None:
            given.log_prob = log_prob
        given.reward, given.terminated, given.truncated = reward, bool(terminated), bool(truncated)
        updated = ctypes.c_uint32()
        self._call(library.ppo_observe, given, bool(update), ctypes.byref(updated))
        return bool(updated.value)

    def save(self, path: "str | os.PathLike[str] | bytes") -> None:
        """Writes a checkpoint: a policy file with all that training needs to go on."""
        with _paths.written(path) as name:
            self._call(library.ppo_trainer_save, name)

    def standing(self) -> Standing:
        """How far it has come."""
        metrics, done = room(), ctypes.c_uint32()
        self._call(library.ppo_trainer_progress, metrics, ctypes.byref(done))
        return Standing(written(metrics), bool(done.value))

    def config(self) -> "dict[str, Any]":
        """The configuration, as `Config.to_json` writes it; `Config.from_json` takes it back."""
        return self._object(library.ppo_trainer_config_json)

    def agent(self) -> Agent:
        """Another object for the agent that it trains; it gets every new policy too."""
        with self._lent() as pointer:
            return Agent._of(self._new(library.ppo_trainer_agent, pointer))


@contextmanager
def _given(source: Any) -> "Generator[tuple[str, tuple[Any, ...], Registration | None], None, None]":
    """What the library is given of a source: the ending of its functions' names, an argument, whom it calls back."""
    if source is None:
        yield "_online", (), None
    elif isinstance(source, Market):
        with source._lent() as market:
            yield "", (market,), None
    elif isinstance(source, HostEnvironment):
        functions, registration = table(source)
        yield "_host", (functions,), registration
    else:
        raise TypeError(f"`source` is a {type(source).__name__}, expected a Market, a HostEnvironment or None")


def _options(progress: "Progress | None", checkpoint_path: "str | os.PathLike[str] | None", checkpoint_interval: int,
             most_updates: int) -> "tuple[c.ppo_train_options, Registration]":
    # Always with a progress function, for Python notices Ctrl-C only where it runs.
    registration = Registration(progress or _silent)
    made = c.ppo_train_options()
    check(library.ppo_train_options_init(made, ctypes.sizeof(made)))
    made.progress, made.user = _progress, registration.number
    made.checkpoint_path = None if checkpoint_path is None else _paths.path_bytes(checkpoint_path)
    made.checkpoint_interval, made.most_updates = checkpoint_interval, most_updates
    return made, registration


def _silent(_: Metrics) -> None:
    """Progress that nobody is to hear of."""


@c.ppo_progress_callback  # type: ignore[untyped-decorator]
def _progress(metrics: Any, user: int) -> int:
    def tell(progress: Progress) -> int:
        return STOP if progress(written(metrics[0])) else WENT_ON

    return guarded(tell, user)
