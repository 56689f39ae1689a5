"""Objects made and given back, and the memory that stays."""

import gc
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
from conftest import PLAIN, inputs

import ppo_risk
from ppo_risk import Agent, Market, Portfolio, Random, RiskManager

CYCLES = 100_000


def resident_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize("make", [
    lambda agent: agent.clone().close(),      # closed by hand
    lambda agent: agent.clone(),              # left to the collector
    lambda agent: Random(1),
], ids=["closed", "collected", "random"])
def test_a_hundred_thousand_objects_leave_nothing(make):
    agent = Agent(PLAIN)
    for _ in range(CYCLES // 10):  # the library keeps what a thousand handles need
        make(agent)
    gc.collect()
    before = resident_kb()
    for _ in range(CYCLES):
        make(agent)
    gc.collect()
    # A handle that leaked would be 100 bytes and its value: 10 MB and more.
    assert resident_kb() - before < 2_000


def test_failed_calls_leave_nothing():
    agent = Agent(PLAIN)

    def fail(times):
        for _ in range(times):
            with pytest.raises(ppo_risk.LengthError):
                agent.value([1.0])

    fail(1000)
    gc.collect()
    before = resident_kb()
    fail(20_000)
    gc.collect()
    assert resident_kb() - before < 2_000


def test_closed_objects_answer_an_error(agent):
    state, prior = inputs(1)
    decide = agent.decider()
    agent.close()
    assert agent.closed
    agent.close()
    for call in (lambda: agent.select_action(state, prior), lambda: agent.clone(), lambda: agent.assets,
                 lambda: agent.save("nowhere"), lambda: agent.last_error(), decide,
                 lambda: Portfolio(agent), lambda: ppo_risk.Trainer(agent)):
        with pytest.raises(ppo_risk.WrongHandleError, match="this Agent is closed"):
            call()
    for kind in (Random(1), RiskManager(2), Market(np.ones((3, 1)))):
        with kind as entered:
            assert entered is kind
        with pytest.raises(ppo_risk.WrongHandleError, match=f"this {type(kind).__name__} is closed"):
            kind.last_error()


def test_an_agent_is_not_closed_under_a_deciding_thread():
    """Either the call finds it closed, or closing is refused: the library never sees a freed handle."""
    lines, refused = [], 0
    states = np.zeros((2000, 7), np.float32)  # so that calls are long enough to be met
    ppo_risk.set_log(lambda level, words: lines.append(words), ppo_risk.LogLevel.DEBUG)
    try:
        for _ in range(100):
            agent = Agent(PLAIN)
            begun = threading.Barrier(2)

            def decide():
                begun.wait()
                for _ in range(5):
                    try:
                        agent.select_actions(states)
                    except ppo_risk.WrongHandleError as error:
                        assert error.message == "this Agent is closed"
                        return

            thread = threading.Thread(target=decide)
            thread.start()
            begun.wait()
            time.sleep(0.0005)
            while not agent.closed:
                try:
                    agent.close()
                except ppo_risk.BusyError:
                    refused += 1
            thread.join()
    finally:
        ppo_risk.set_log(None)
    assert lines == [] and refused > 0


def test_nothing_keeps_an_object_but_its_users():
    agent = Agent(PLAIN)
    gone = weakref.ref(agent)
    decide = agent.decider()
    del agent
    gc.collect()
    assert gone() is not None and decide().sum() == pytest.approx(1)  # the decider holds it
    del decide
    gc.collect()
    assert gone() is None


def test_a_process_ends_with_objects_open():
    program = ("import ppo_risk, numpy\n"
               "kept = [ppo_risk.Random(1), ppo_risk.RiskManager(2), ppo_risk.Market(numpy.ones((3, 1)))]\n"
               "ppo_risk.set_log(print)\n")
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_python_goes_on_while_the_library_works(agent):
    """The GIL is released for the length of a call: a thread that decides in bulk does not stop this one."""
    states = np.zeros((50_000, agent.state_len), np.float32)
    priors = np.full((50_000, agent.prior_len), 1 / agent.prior_len)
    ended = threading.Event()

    def decide():
        agent.select_actions(states, priors)
        ended.set()

    thread = threading.Thread(target=decide)
    thread.start()
    turns = 0
    while not ended.wait(0.001):
        turns += 1
    thread.join()
    assert turns > 20
