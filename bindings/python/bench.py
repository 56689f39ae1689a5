"""What decisions cost from Python, beside the same calls from C in the same process, in turn: one figure a line, the median
over nine copies of the policy, for where one lies in memory is worth a few percent.

    PYTHONPATH=. PPO_RISK_LIBRARY=... python3 bench.py OVERHEAD_LIBRARY [POLICY]

OVERHEAD_LIBRARY is tests/c/overhead.c, compiled; `make bench ARGS=bindings` in the repository does so.

py_select_action_p50_ns           Agent.select_action with arrays of the caller's for state, prior and answer
py_select_action_overhead_ns      that less ppo_select_action from C
py_decider_overhead_ns            the same through Agent.decider
py_select_actions_1024_over_c     Agent.select_actions on 1,024 states over ppo_select_actions from C, as a ratio
"""

import ctypes
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from ppo_risk import Agent

ROOT = Path(__file__).resolve().parents[2]
COPIES, ROUNDS, DECISIONS, BATCHES, ROWS = 9, 40, 100, 41, 1024


def nanoseconds(call) -> int:
    """Time of one call."""
    start = time.perf_counter_ns()
    call()
    return time.perf_counter_ns() - start


def measure(in_c: ctypes.CDLL, policy: str) -> "tuple[float, float, float, float]":
    """The figures with one copy of the policy for each language, in the order of their names."""
    agent = Agent.load(policy)
    assert in_c.load_in_c(policy.encode()) == 0, "C does not load the policy"
    states = np.linspace(-0.05, 0.05, ROWS * agent.state_len, dtype=np.float32).reshape(ROWS, agent.state_len)
    priors, out = np.full((ROWS, agent.prior_len), 1 / agent.prior_len), np.empty((ROWS, agent.action_len))
    state, prior, weights = states[0].copy(), priors[0].copy(), out[0].copy()
    decide = agent.decider()
    decide.prior[:] = prior
    single, decider, c = [], [], []
    for _ in range(ROUNDS):
        single += [nanoseconds(lambda: agent.select_action(state, prior, weights)) for _ in range(DECISIONS)]
        decider += [nanoseconds(decide) for _ in range(DECISIONS)]
        c.append(in_c.decide_in_c(DECISIONS))
    batches, c_batches = [], []
    places = [ctypes.c_void_p(array.ctypes.data) for array in (states, priors, out)]
    for _ in range(BATCHES):
        batches.append(nanoseconds(lambda: agent.select_actions(states, priors, out)))
        c_batches.append(in_c.decide_all_in_c(ROWS, *places))
    assert min(c) > 0 and min(c_batches) > 0, "decisions in C fail"
    alone = median(c)
    return median(single), median(single) - alone, median(decider) - alone, median(batches) / median(c_batches)


def main() -> None:
    in_c = ctypes.CDLL(sys.argv[1])
    in_c.decide_in_c.restype = in_c.decide_all_in_c.restype = ctypes.c_double
    policy = sys.argv[2] if len(sys.argv) > 2 else str(ROOT / "models" / "sp500-20-stocks.safetensors")
    figures = [measure(in_c, policy) for _ in range(COPIES)]
    p50, overhead, decider, ratio = (median(column) for column in zip(*figures))
    print(f"py_select_action_p50_ns {p50:.0f}")
    print(f"py_select_action_overhead_ns {overhead:.0f}")
    print(f"py_decider_overhead_ns {decider:.0f}")
    print(f"py_select_actions_1024_over_c {ratio:.3f}")


if __name__ == "__main__":
    main()
