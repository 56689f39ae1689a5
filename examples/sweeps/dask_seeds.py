"""Trains one seed a task of a Dask cluster (`pip install distributed`), and judges each policy on later dates.

    python3 dask_seeds.py prices.csv 2012-12-31 8 300000

DASK_SCHEDULER, such as tcp://10.0.0.1:8786, names a cluster, every worker of which needs this package with a library that has the
trainer; without it, this machine is one. The market goes to each worker once, and the policies come back, all by value. The
last two numbers are the seeds and the decisions of each.
"""

import os
import sys
from typing import Any

from distributed import Client, as_completed

from ppo_risk import Agent, Backtest, Baseline, Config, Market, Reward, Trainer


def train(seed: int, market: Market, decisions: int) -> Agent:
    """What a task does: the trained agent."""
    spec: "dict[str, Any]" = {
        "assets": market.assets,
        "state": {"window": 20, "account": False},
        "action": {"distribution": "gaussian", "cash": True, "prior": "equal_weight"},
        "network": {"scorer": {"hidden": [32, 32]}},
    }
    config = Config(seed=seed, total_steps=decisions, threads=1, gamma=0.9, reward=Reward.LOG_RETURN)
    agent = Agent(spec, config)
    with Trainer(agent, market, config) as trainer:
        trainer.train()
    return agent


def main() -> None:
    path, last, seeds, decisions = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    market = Market.from_csv(path)
    later = market.select(first=last)
    equal = Backtest.baseline(later, Baseline.EQUAL_WEIGHT)
    # A task keeps a core busy: one at a time in each process.
    here: "dict[str, Any]" = {"threads_per_worker": 1, "dashboard_address": None}
    there = os.environ.get("DASK_SCHEDULER")
    client: Any = Client(there) if there else Client(**here)  # type: ignore[no-untyped-call]
    with client:
        past = client.scatter(market.select(last=last), broadcast=True)
        tasks = {client.submit(train, seed, past, decisions, pure=False): seed for seed in range(seeds)}
        done: Any = as_completed(list(tasks))  # type: ignore[no-untyped-call]
        for task in done:
            found = Backtest.run(task.result(), later)
            print(f"seed {tasks[task]}: Sharpe ratio {found.summary().sharpe:.3f}, over equal weight's "
                  f"{found.compare(equal).median:.3f}")


if __name__ == "__main__":
    main()
