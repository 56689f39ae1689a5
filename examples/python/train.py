"""Trains a policy on prices and judges it on later ones.

    python3 train.py data/sp500_20_stocks.csv policy.safetensors 300000

The prices are a CSV file of daily closes (`make prices` fetches this one: 20 US stocks, chosen with hindsight, which
flatters every figure alike), the policy is written to the second argument, the third is how many decisions to learn
from. Learning ends with 2012; what is said of the policy is about the years after. The settings are those of
`make train`: small corrections to an equal weight that is scaled to a volatility of 15%.

It runs as examples/python/infer.py says, with a library that has the trainer. The same program in C is
examples/c/train.c.
"""

import math
import sys

import ppo_risk
from ppo_risk import Agent, Backtest, Baseline, Config, ControlVariate, Device, Market, Metrics, Reward, Trainer


def untrained(market: Market, config: Config) -> Agent:
    """What the policy is: it sees weights, last returns, volatility and cash, and scores every asset with one small
    network. Nothing is traded below a turnover of 10%."""
    return Agent({
        "assets": market.assets,
        "state": {"window": 20, "account": False, "columns": []},
        "action": {"distribution": "gaussian", "cash": True, "trade_band": 0.1,
                   "prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}}},
        "network": {"scorer": {"hidden": [32, 32]}},
    }, config)


def train(agent: Agent, market: Market, config: Config, path: str) -> Metrics:
    """Trains, with a line for about every tenth of the updates."""
    updates = math.ceil(config.total_steps / (config.n_envs * config.n_steps))
    every = (updates + 9) // 10

    def progress(metrics: Metrics) -> None:
        if metrics.update % every == 0 or metrics.update == updates:
            # Of the episodes in this update.
            reward = "none ended" if math.isnan(metrics.episode_reward) else f"{metrics.episode_reward:.5f}"
            print(f"{metrics.update:6}  {metrics.env_steps:9}  {reward:>14}  {metrics.approx_kl:9.5f}  "
                  f"{metrics.std:6.4f}", flush=True)

    print("update  decisions  episode reward  approx_kl     std")
    with Trainer(agent, market, config) as trainer:
        # Agent.load reads the checkpoint, and Trainer.resume goes on from it.
        return trainer.train(progress, checkpoint_path=path)


def judge(agent: Agent, market: Market) -> None:
    """Annual figures after costs, and how sure the differences are."""
    tests = {"policy": Backtest.run(agent, market),
             "equal weight": Backtest.baseline(market, Baseline.EQUAL_WEIGHT),
             "volatility target": Backtest.baseline(market, Baseline.VOL_TARGET_EQUAL_WEIGHT)}
    print(f"{'':18}  {'return':>7}  {'volatility':>10}  {'Sharpe':>7}  {'drawdown':>8}  {'turnover':>8}")
    for name, test in tests.items():
        sums = test.summary()
        print(f"{name:18}  {100.0 * sums.annual_return:6.1f}%  {100.0 * sums.volatility:9.1f}%  {sums.sharpe:7.3f}  "
              f"{100.0 * sums.max_drawdown:7.1f}%  {sums.turnover:8.2f}")
    policy = tests.pop("policy")
    for name, test in tests.items():
        median, low, high = policy.compare(test)
        if math.isnan(low):
            print(f"\nSharpe ratio, policy less {name}: {median:.2f}, too few bars for an interval")
            continue
        print(f"\nSharpe ratio, policy less {name}: {median:.2f}, 90% interval {low:.2f} to {high:.2f}")
        if low > 0.0 or high < 0.0:
            print("The interval does not include 0, for this seed on these prices.")
        else:
            print("The interval includes 0: no difference can be claimed.")


def main() -> int:
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 300_000
    if len(sys.argv) < 3 or steps == 0:
        print("usage: train PRICES POLICY [DECISIONS]", file=sys.stderr)
        return 2
    if not ppo_risk.can_train():
        print("this library was built without the trainer", file=sys.stderr)
        return 1
    # A share of the example's file fell to a third in a bar of 1990, which was no split.
    market = Market.from_csv(sys.argv[1], splits="keep")
    early, late = market.select(last="2012-12-31"), market.select(first="2013-01-01")
    dates = market.times.astype("datetime64[D]")
    print(f"ppo_risk {ppo_risk.version()}, {len(market.assets)} assets\n")

    # Rewarded is logarithmic growth less that of the prior on the same bars; the rest is as Config() has it. On the
    # processor, for the same numbers whether there is CUDA or not.
    config = Config(total_steps=steps, reward=Reward.LOG_RETURN, control_variate=ControlVariate.PRIOR_PATH, gamma=0.9,
                    device=Device.CPU)
    agent = untrained(market, config)
    print(f"learns from {dates[0]} to {dates[early.range[1]]}")
    last = train(agent, early, config, sys.argv[2])
    print(f"speed: {last.env_steps_per_s:.0f} decisions a second")
    print(f"written to {sys.argv[2]}\n")

    print(f"judged from {dates[late.range[0]]} to {dates[-1]}, at costs of 0.1%")
    judge(agent, late)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ppo_risk.Error as error:
        sys.exit(f"{error.name}: {error.message}")
