"""Trains one seed a process of this machine with joblib (`pip install joblib`), and judges each policy on later dates.

    python3 joblib_seeds.py prices.csv 2012-12-31 8 300000

The last two numbers are the seeds and the decisions of each. What goes to a process and comes back from it, goes by value: the
market, the spec and the configuration there, the trained agent back. It needs a library that has the trainer.
"""

# joblib does not say its types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
import sys
from typing import Any

from joblib import Parallel, delayed  # type: ignore[import-untyped]

from ppo_risk import Agent, Backtest, Baseline, Config, Market, Reward, Trainer


def spec_of(market: Market) -> "dict[str, Any]":
    """A policy that departs from equal weight."""
    return {
        "assets": market.assets,
        "state": {"window": 20, "account": False},
        "action": {"distribution": "gaussian", "cash": True, "prior": "equal_weight"},
        "network": {"scorer": {"hidden": [32, 32]}},
    }


def train(market: Market, spec: "dict[str, Any]", config: Config) -> Agent:
    """What a process does: the trained agent."""
    agent = Agent(spec, config)
    with Trainer(agent, market, config) as trainer:
        trainer.train()
    return agent


def main() -> None:
    path, last, seeds, decisions = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    market = Market.from_csv(path)
    past, later = market.select(last=last), market.select(first=last)
    # One thread each: the processes share the machine.
    configs = [Config(seed=seed, total_steps=decisions, threads=1, gamma=0.9, reward=Reward.LOG_RETURN) for seed in range(seeds)]
    agents: Any = Parallel(n_jobs=-1)(delayed(train)(past, spec_of(market), config) for config in configs)
    equal = Backtest.baseline(later, Baseline.EQUAL_WEIGHT)
    for config, agent in zip(configs, agents):
        found = Backtest.run(agent, later)
        print(f"seed {config.seed}: Sharpe ratio {found.summary().sharpe:.3f}, over equal weight's {found.compare(equal).median:.3f}")


if __name__ == "__main__":
    main()
