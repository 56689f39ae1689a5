"""Training from Python: functions that the library calls back, jobs, asyncio."""

import copy
import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
from conftest import PLAIN, needs_training

import ppo_risk
from ppo_risk import Agent, Config, ControlVariate, HostEnvironment, HostStep, JobState, Random, Trainer

STATE = 7


TWO_ASSETS = {"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": False, "columns": []},
              "action": {"distribution": "gaussian", "cash": True},
              "network": {"mlp": {"hidden": [8], "activation": "tanh", "shared_trunk": True}}}


class Lean(HostEnvironment):
    """Pays the weight of the first asset: the best policy holds it alone. Episodes end after 10 steps."""

    def __init__(self):
        self.ages, self.resets, self.steps = {}, [], 0

    def reset(self, env, seed):
        self.ages[env] = 0
        self.resets.append((env, seed))
        return np.zeros(STATE, np.float32), None

    def step(self, env, weights):
        assert weights.shape == (3,) and abs(weights.sum() - 1) < 1e-9
        self.steps += 1
        self.ages[env] += 1
        return HostStep(np.full(STATE, 0.01 * self.ages[env]), weights[0], truncated=self.ages[env] == 10)


class Noisy(Lean):
    """The same in a market whose noise is ten times what there is to learn, with what other weights would have earned."""

    def __init__(self):
        super().__init__()
        self.noise, self.returns, self.asked = np.random.default_rng(1), {}, 0

    def step(self, env, weights):
        follows = super().step(env, weights)
        self.returns[env] = self.noise.normal(0, 1) + np.array([0.1, 0, 0])
        return follows._replace(reward=float(self.returns[env] @ weights))

    def counterfactual(self, env, weights):
        self.asked += 1
        return float(self.returns[env] @ weights)


def test_a_hosts_counterfactual_takes_the_noise_out():
    if not ppo_risk.can_train():
        pytest.skip("a library without libtorch")
    learnt = {}
    for variate in (ControlVariate.NONE, ControlVariate.SELF_CRITICAL):
        agent, world = Agent(TWO_ASSETS), Noisy()
        Trainer(agent, world, config(total_steps=16384, gamma=0.0, control_variate=variate)).train()
        assert world.asked == (0 if variate == ControlVariate.NONE else world.steps)
        learnt[variate] = agent.select_action(np.zeros(STATE, np.float32))[0]
    assert learnt[ControlVariate.SELF_CRITICAL] > 0.6 > learnt[ControlVariate.NONE], learnt
    with pytest.raises(ppo_risk.Error, match="counterfactual"):
        Trainer(Agent(TWO_ASSETS), Lean(), config(control_variate=ControlVariate.SELF_CRITICAL))


class Returning(Noisy):
    """The same without a counterfactual; it can go back to where it was."""

    counterfactual = HostEnvironment.counterfactual

    def __init__(self):
        super().__init__()
        self.draws, self.kept, self.back = {}, {}, 0

    def reset(self, env, seed):
        self.draws[env] = np.random.default_rng(seed)
        return super().reset(env, seed)

    def step(self, env, weights):
        self.noise = self.draws[env]
        return super().step(env, weights)

    def remember(self, env):
        self.kept[env] = self.ages[env], copy.deepcopy(self.draws[env])

    def go_back(self, env):
        self.back += 1
        self.ages[env], self.draws[env] = self.kept[env][0], copy.deepcopy(self.kept[env][1])


def test_a_host_goes_back_to_follow_the_policy_without_noise():
    if not ppo_risk.can_train():
        pytest.skip("a library without libtorch")
    learnt = {}
    for variate in (ControlVariate.NONE, ControlVariate.POLICY_PATH):
        agent, world = Agent(TWO_ASSETS), Returning()
        Trainer(agent, world, config(total_steps=16384, gamma=0.0, control_variate=variate)).train()
        assert (world.back, world.steps) == ((0, 16384) if variate == ControlVariate.NONE else (512, 2 * 16384))
        learnt[variate] = agent.select_action(np.zeros(STATE, np.float32))[0]
    assert learnt[ControlVariate.POLICY_PATH] > 0.6 > learnt[ControlVariate.NONE], learnt
    with pytest.raises(ppo_risk.Error, match="go back"):
        Trainer(Agent(TWO_ASSETS), Lean(), config(control_variate=ControlVariate.POLICY_PATH))


def config(**changed) -> Config:
    usual = {"n_envs": 4, "n_steps": 32, "batch_size": 64, "total_steps": 512, "learning_rate": 0.01}
    return Config(**{**usual, **changed})


@pytest.mark.skipif(ppo_risk.can_train(), reason="a library with libtorch")
def test_without_libtorch_nothing_trains():
    for source in (None, Lean()):
        with pytest.raises(ppo_risk.NotBuiltError, match="built without libtorch"):
            Trainer(Agent(PLAIN), source, config())
    with pytest.raises(ppo_risk.NotBuiltError):
        ppo_risk.torch_threads()


@needs_training
def test_an_environment_in_python_is_learnt():
    agent = Agent(PLAIN)
    before = agent.select_action(np.zeros(STATE))[0]
    with Trainer(agent, Lean(), config(total_steps=8192)) as trainer:
        metrics = trainer.train()
        assert trainer.standing().done and metrics.update == 64 and metrics.env_steps == 8192
        assert trainer.config()["ppo"]["n_envs"] == 4
        same(trainer.agent(), agent)
    after = agent.select_action(np.zeros(STATE))[0]
    assert before < 0.35 and after > 0.8, (before, after)
    assert metrics.episode_reward > 6


def same(one: Agent, other: Agent) -> None:
    assert one.to_bytes() == other.to_bytes()


@needs_training
def test_the_same_seed_gives_the_same_policy_in_the_foreground_in_a_job_and_in_an_event_loop():
    def trained(run) -> "tuple[Agent, list[int]]":
        agent, updates = Agent(PLAIN), []
        environment = Lean()
        run(Trainer(agent, environment, config()), lambda metrics: updates.append(metrics.update))
        assert environment.resets[0][0] == 0 and len({seed for _, seed in environment.resets}) > 4
        return agent, updates

    foreground, updates = trained(lambda trainer, progress: trainer.train(progress))
    job, heard = trained(lambda trainer, progress: trainer.start(progress).wait())
    loop, told = trained(lambda trainer, progress: asyncio.run(trainer.train_async(progress)))
    same(foreground, job), same(foreground, loop)
    assert updates == heard == told == [1, 2, 3, 4]


class Broken(Lean):
    def __init__(self, where):
        super().__init__()
        self.where = where

    def reset(self, env, seed):
        if self.where == "reset":
            raise LookupError("nothing to start from")
        return super().reset(env, seed)

    def step(self, env, weights):
        if self.steps >= 40:
            if self.where == "step":
                raise LookupError("nothing more to see")
            if self.where == "length":
                return HostStep(np.zeros(3), 0.0)
            if self.where == "reward":
                return HostStep(np.zeros(STATE), float("nan"))
            if self.where == "both":
                return HostStep(np.zeros(STATE), 0.0, terminated=True, truncated=True)
        return super().step(env, weights)


@needs_training
def test_what_an_environment_raises_is_raised():
    with pytest.raises(LookupError, match="nothing to start from"):
        Trainer(Agent(PLAIN), Broken("reset"), config())
    for where, kind, words in [("step", LookupError, "nothing more to see"),
                               ("length", ValueError, "`state` of the environment has 3 values, expected 7"),
                               ("reward", ppo_risk.NotFiniteError, "reward"),
                               ("both", ppo_risk.InvalidArgumentError, "truncated")]:
        agent = Agent(PLAIN)
        trainer = Trainer(agent, Broken(where), config())
        with pytest.raises(kind, match=words):
            trainer.train()
        job = Trainer(Agent(PLAIN), Broken(where), config()).start()
        for _ in range(2):
            with pytest.raises(kind, match=words):
                job.wait()
        assert job.state is JobState.FAILED
        with pytest.raises(kind, match=words):
            asyncio.run(Trainer(Agent(PLAIN), Broken(where), config()).train_async())


@needs_training
def test_progress_stops_and_what_it_raises_is_raised(tmp_path):
    trainer = Trainer(Agent(PLAIN), Lean(), config())
    with pytest.raises(ppo_risk.CancelledError):
        trainer.train(lambda metrics: metrics.update == 2, checkpoint_path=tmp_path / "run")
    assert trainer.standing().metrics.update == 2
    trainer.close()
    # The checkpoint goes on.
    resumed = Trainer.resume(tmp_path / "run", Lean())
    assert resumed.standing().metrics.update == 2 and resumed.agent().assets == ("A", "B")
    assert resumed.train(most_updates=1).update == 3

    def fall(metrics):
        raise LookupError(f"at {metrics.update}")

    with pytest.raises(LookupError, match="at 4"):
        resumed.train(fall)

    async def awaited():
        await Trainer(Agent(PLAIN), Lean(), config()).train_async(fall)

    with pytest.raises(LookupError, match="at 1"):
        asyncio.run(awaited())


@needs_training
def test_ctrl_c_ends_training():
    # Not so long that a signal that is lost holds up the tests.
    trainer = Trainer(Agent(PLAIN), Lean(), config(total_steps=10**6))
    # A shell has what it starts in the background ignore the signal, and Python leaves it at that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            trainer.train()
    finally:
        signal.signal(signal.SIGINT, before)
    assert trainer.standing().metrics.update > 0


@needs_training
def test_jobs():
    agent = Agent(PLAIN)
    environment = Lean()
    trainer = Trainer(agent, environment, config(total_steps=10**9))
    with trainer.start() as job:
        with pytest.raises(ppo_risk.WaitTimeoutError) as raised:
            job.wait(0.01)
        assert isinstance(raised.value, TimeoutError) and job.state is JobState.RUNNING
        with pytest.raises(ppo_risk.BusyError):
            trainer.update()
        with pytest.raises(ppo_risk.BusyError):
            Trainer(agent, Lean(), config())
        trainer.close()  # the job goes on
        while job.poll()[1].update < 3:
            agent.select_action(np.zeros(STATE))
            time.sleep(0.001)
        job.cancel()
        with pytest.raises(ppo_risk.CancelledError):
            job.wait()
        assert job.state is JobState.CANCELLED
    assert job.closed
    with pytest.raises(ppo_risk.WrongHandleError, match="this Job is closed"):
        job.wait()


@needs_training
def test_a_cancelled_task_stops_its_training():
    async def run():
        agent = Agent(PLAIN)
        trainer = Trainer(agent, Lean(), config(total_steps=10**9))
        task = asyncio.create_task(trainer.train_async())
        ticks = 0
        for _ in range(20):  # the loop goes on meanwhile
            await asyncio.sleep(0.01)
            ticks += 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ticks == 20
        return trainer.standing().metrics.update  # and the trainer is free again

    assert asyncio.run(run()) > 0


@needs_training
def test_eight_threads_decide_while_another_trains():
    agent = Agent(PLAIN)
    state = np.zeros(STATE, np.float32)
    stop, sums, failures = threading.Event(), [0] * 8, []

    def decide(index):
        out = np.empty(3)
        try:
            while not stop.is_set():
                agent.select_action(state, out=out)
                assert abs(out.sum() - 1) < 1e-9 and (out >= 0).all()
                sums[index] += 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=decide, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    Trainer(agent, Lean(), config(total_steps=2048)).train()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and min(sums) > 0


@needs_training
def test_the_collector_runs_while_functions_are_called_back():
    """Nothing but the library knows of the environment, the trainer and the functions given to it."""
    collected = []

    class Collecting(Lean):
        def step(self, env, weights):
            if self.steps % 64 == 0:
                gc.collect()
            return super().step(env, weights)

        def __del__(self):
            collected.append(True)

    agent = Agent(PLAIN)
    heard = []

    def progress(metrics):
        gc.collect()
        heard.append(metrics.update)

    job = Trainer(agent, Collecting(), config()).start(progress)
    del progress
    gc.collect()
    assert job.wait().update == 4 and heard == [1, 2, 3, 4]
    assert not collected
    del job
    gc.collect()
    assert collected == [True]


@needs_training
def test_closing_what_is_in_use_is_refused():
    class Closing(Lean):
        trainer = None

        def step(self, env, weights):
            follows = super().step(env, weights)
            if self.steps == 50:
                self.trainer.close()
            return follows

    environment = Closing()
    environment.trainer = trainer = Trainer(Agent(PLAIN), environment, config())
    with pytest.raises(ppo_risk.BusyError, match="this Trainer is in use"):
        trainer.train()
    assert not trainer.closed and trainer.train().update == 4
    trainer.close()
    trainer.close()
    with pytest.raises(ppo_risk.WrongHandleError, match="this Trainer is closed"):
        trainer.train()

    # From another thread.
    trainer = Trainer(Agent(PLAIN), Lean(), config(total_steps=10**9))
    heard = threading.Event()

    def train():
        with pytest.raises(ppo_risk.CancelledError):
            trainer.train(lambda metrics: heard.set() or stopped.is_set())

    stopped = threading.Event()
    thread = threading.Thread(target=train)
    thread.start()
    heard.wait(10)
    with pytest.raises(ppo_risk.BusyError):
        trainer.close()
    stopped.set()
    thread.join()
    trainer.close()


@needs_training
def test_transitions_of_a_live_agent():
    agent, stream = Agent(PLAIN), Random(1)
    trainer = Trainer(agent, None, config(n_envs=1, n_steps=64, batch_size=32))
    before = agent.to_bytes()
    state = np.zeros(STATE, np.float32)
    updated = []
    for step in range(1, 129):
        action, weights, log_prob = agent.sample_action(stream, state)
        follows = np.full(STATE, 0.001 * step, np.float32)
        updated.append(trainer.observe(0, state, action, weights[0], follows, log_prob=log_prob,
                                       truncated=step % 10 == 0))
        state = follows
    assert [step for step, done in enumerate(updated, 1) if done] == [64, 128]
    assert agent.to_bytes() != before
    with pytest.raises(ppo_risk.NullPointerError, match="next_state"):
        trainer.observe(0, state, action, 0.0, None)
    with pytest.raises(ppo_risk.NotFiniteError, match="reward"):
        trainer.observe(0, state, action, float("nan"), state)
    with pytest.raises(ppo_risk.LengthError, match="action"):
        trainer.observe(0, state, action[:2], 0.0, state)


@needs_training
def test_what_a_trainer_cannot_be_made_of():
    with pytest.raises(TypeError, match="`source` is a list"):
        Trainer(Agent(PLAIN), [])
    with pytest.raises(ppo_risk.InvalidArgumentError, match="ppo.batch_size"):
        Trainer(Agent(PLAIN), Lean(), config(batch_size=999))
    with pytest.raises(ppo_risk.NotFiniteError, match="ppo.learning_rate"):
        Trainer(Agent(PLAIN), None, config(learning_rate=float("inf")))
    with pytest.raises(ppo_risk.IoError, match="no/such/file"):
        Trainer.resume("no/such/file")
    with pytest.raises(ppo_risk.InvalidArgumentError, match="checkpoint_interval"):
        Trainer(Agent(PLAIN), Lean(), config()).train(checkpoint_interval=1)


@needs_training
def test_a_job_that_still_runs_does_not_keep_the_process_from_ending():
    program = textwrap.dedent("""
        import sys
        sys.path[:0] = [TESTS]
        from test_training import *
        ppo_risk.set_log(lambda level, words: None, ppo_risk.LogLevel.DEBUG)
        job = Trainer(Agent(PLAIN), Lean(), config(total_steps=10**9)).start(lambda metrics: None)
        while job.poll()[1].update < 1:
            time.sleep(0.001)
        print("ended")
    """).replace("TESTS", repr(os.path.dirname(__file__)))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "ended\n", "")


def test_the_log_goes_to_a_function_or_a_logger(caplog, monkeypatch):
    lines, lost = [], []
    agent = Agent(PLAIN)
    try:
        ppo_risk.set_log(lambda level, words: lines.append((level, words)), ppo_risk.LogLevel.DEBUG)
        with pytest.raises(ppo_risk.LengthError):
            agent.value([1.0])
        assert lines == [(ppo_risk.LogLevel.DEBUG, "ppo_value: `state` has 1 values, expected 7")]
        monkeypatch.setattr(sys, "unraisablehook", lost.append)
        ppo_risk.set_log(lambda level, words: 1 / 0, ppo_risk.LogLevel.DEBUG)
        with pytest.raises(ppo_risk.LengthError):
            agent.value([1.0])
        assert [note.exc_type for note in lost] == [ZeroDivisionError]
        with caplog.at_level(logging.DEBUG):
            ppo_risk.set_log(logging.getLogger("ppo_risk"), ppo_risk.LogLevel.DEBUG)
            with pytest.raises(ppo_risk.LengthError):
                agent.value([1.0])
        assert [(record.name, record.levelname) for record in caplog.records] == [("ppo_risk", "DEBUG")]
        with pytest.raises(ppo_risk.InvalidArgumentError):
            ppo_risk.set_log(print, 5)
    finally:
        ppo_risk.set_log(None)
    with pytest.raises(ppo_risk.LengthError):
        agent.value([1.0])
    assert len(lines) == 1


@needs_training
def test_threads_of_libtorch():
    before = ppo_risk.torch_threads()
    ppo_risk.set_torch_threads(1)
    assert ppo_risk.torch_threads() == 1
    ppo_risk.set_torch_threads(before)
    for bad in (0, 1025, -1, 2**40):
        with pytest.raises(ppo_risk.InvalidArgumentError, match="threads"):
            ppo_risk.set_torch_threads(bad)
