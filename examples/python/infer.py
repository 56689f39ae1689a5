"""Decides with a trained policy, bar by bar: prints what it wants in the end, how the account stands, and how long a
bar took.

    python3 infer.py models/sp500-20-stocks.safetensors data/sp500_20_stocks.csv

Without a price file the closes are made up. Install the package first (docs/python.md), or, in the checkout:

    cargo build --release --no-default-features
    PYTHONPATH=bindings/python python3 examples/python/infer.py models/sp500-20-stocks.safetensors

The same program in C is examples/c/infer.c.
"""

import sys
import time

import numpy as np

import ppo_risk
from ppo_risk import Agent, Market, Portfolio

MADE_UP_BARS = 20_000


def read_closes(path: str, agent: Agent) -> np.ndarray:
    """The closes of a price file of the policy's assets: [bars, assets]."""
    # A share of the example's file fell to a third in a bar of 1990, which was no split.
    with Market.from_csv(path, splits="keep") as market:
        if market.assets != agent.assets:
            raise SystemExit(f"{path}: not the policy's assets in their order ({', '.join(agent.assets)})")
        return market.closes()


def make_up_closes(assets: int, bars: int) -> np.ndarray:
    """Closes that every machine and language makes up alike: moves of up to 2%, a whole number of 2^-20 each."""
    closes, row, seed = np.empty((bars, assets)), [100.0] * assets, 5
    for bar in range(bars):
        for asset in range(assets):
            seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
            row[asset] *= (1027910 + (seed >> 8) % 41944) / 1048576.0
        closes[bar] = row
    return closes


def main() -> int:
    if len(sys.argv) < 2:
        print("usage: infer POLICY [PRICES]", file=sys.stderr)
        return 2
    agent = Agent.load(sys.argv[1])
    closes = read_closes(sys.argv[2], agent) if len(sys.argv) > 2 else make_up_closes(agent.asset_count, MADE_UP_BARS)
    target = np.empty(agent.action_len)
    latency: "list[int]" = []

    portfolio = Portfolio(agent)  # 100,000 in cash, costs of 0.1%
    warm_up = portfolio.warm_up_bars
    for bar, row in enumerate(closes):
        start = time.perf_counter_ns()
        portfolio.push_prices(row)
        if bar >= warm_up:
            portfolio.rebalance(out=target)
            latency.append(time.perf_counter_ns() - start)
    if not latency:
        print(f"{len(closes)} bars, but the first decision needs {warm_up + 1}", file=sys.stderr)
        return 1

    account = portfolio.account()
    print(f"ppo_risk {ppo_risk.version()}: {len(closes)} bars, {len(latency)} decisions\n")
    print(f"{'':8}  {'held':>8}  {'wanted':>8}")
    wanted = [*target, 0.0][:agent.asset_count + 1]
    for name, held, want in zip((*agent.assets, "cash"), account.weights, wanted):
        print(f"{name:8}  {100.0 * held:7.3f}%  {100.0 * want:7.3f}%")
    # What is wanted is traded where the turnover to it is not below the policy's trade band.
    print(f"\naccount: value {account.value:.2f}, {100.0 * account.drawdown:.2f}% below its peak, volatility "
          f"{100.0 * account.volatility:.3f}% a bar")
    latency.sort()
    p50, p99, p999 = (latency[len(latency) * part // 1000] for part in (500, 990, 999))
    print(f"latency of a bar in ns: p50 {p50}, p99 {p99}, p99.9 {p999}, max {latency[-1]}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ppo_risk.Error as error:
        sys.exit(f"{error.name}: {error.message}")
