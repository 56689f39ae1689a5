"""What a decision costs from Python, beside the same call from C: one figure a line.

    PYTHONPATH=. PPO_RISK_LIBRARY=... python3 bench.py [POLICY]

py_select_action_p50_ns   Agent.select_action with arrays of the caller's for state, prior and answer
py_decider_p50_ns         the same decision through Agent.decider
c_select_action_p50_ns    ppo_select_action from C, where there is a compiler
py_overhead_ns            the first less the third: at most 6000 is promised
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ppo_risk import Agent
from ppo_risk._library import library

ROOT = Path(__file__).resolve().parents[2]
CALLS, RUNS = 5_000, 5

PROGRAM = r"""
#include <ppo_risk.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long nanoseconds[%(calls)d];
static float state[65536];
static double prior[65536], weights[65536];

static int ascending(const void *a, const void *b) {
    return *(const long *)a < *(const long *)b ? -1 : *(const long *)a > *(const long *)b;
}

int main(int argc, char **argv) {
    ppo_agent *agent;
    size_t s, p, a;
    long best = 0;
    if (argc < 2 || ppo_load(argv[1], &agent) != PPO_OK) return 1;
    ppo_agent_state_len(agent, &s);
    ppo_agent_prior_len(agent, &p);
    ppo_agent_action_len(agent, &a);
    for (size_t i = 0; i < p; i++) prior[i] = 1.0 / (double)p;
    for (int run = 0; run < %(runs)d; run++) {
        for (int k = 0; k < %(calls)d; k++) {
            struct timespec start, end;
            clock_gettime(CLOCK_MONOTONIC, &start);
            if (ppo_select_action(agent, state, s, p ? prior : NULL, p, weights, a) != PPO_OK) return 1;
            clock_gettime(CLOCK_MONOTONIC, &end);
            nanoseconds[k] = (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec;
        }
        qsort(nanoseconds, %(calls)d, sizeof *nanoseconds, ascending);
        if (run == 0 || nanoseconds[%(calls)d / 2] < best) best = nanoseconds[%(calls)d / 2];
    }
    printf("%%ld\n", best);
    return 0;
}
"""


def median_ns(call) -> int:
    """Median time of a call; the best of the runs."""
    best = None
    for _ in range(RUNS):
        times = []
        for _ in range(CALLS):
            start = time.perf_counter_ns()
            call()
            times.append(time.perf_counter_ns() - start)
        median = sorted(times)[CALLS // 2]
        best = median if best is None else min(best, median)
    return best


def c_ns(policy: str) -> "int | None":
    """The same of the C call."""
    if shutil.which("cc") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "select.c", Path(folder) / "select"
        source.write_text(PROGRAM % {"calls": CALLS, "runs": RUNS})
        file = Path(library._name)
        soname = Path(folder) / "libppo_risk.so.0.1"
        soname.symlink_to(file.resolve())
        subprocess.run(["cc", "-std=gnu99", "-O2", f"-I{ROOT / 'include'}", source, "-o", program, soname,
                        f"-Wl,-rpath,{folder}"], check=True)
        return int(subprocess.run([program, policy], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    policy = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "models" / "sp500-20-stocks.safetensors")
    agent = Agent.load(policy)
    state, out = np.zeros(agent.state_len, np.float32), np.empty(agent.action_len)
    prior = np.full(agent.prior_len, 1 / agent.prior_len) if agent.prior_len else None
    decide = agent.decider()
    if prior is not None:
        decide.prior[:] = prior
    python = median_ns(lambda: agent.select_action(state, prior, out))
    print(f"py_select_action_p50_ns {python}")
    print(f"py_decider_p50_ns {median_ns(decide)}")
    c = c_ns(policy)
    if c is not None:
        print(f"c_select_action_p50_ns {c}")
        print(f"py_overhead_ns {python - c}")


if __name__ == "__main__":
    main()
