"""Holds a portfolio to its limits through a made-up fall in prices: bar by bar what is decided, and why.

    python3 risk.py

It runs as examples/python/infer.py says. The wish never changes: 75% stocks, 25% gold. The same program in C is
examples/c/risk.c.
"""

import numpy as np

from ppo_risk import Decision, HedgeSide, RiskManager

NAMES = ["STOCKS", "GOLD"]

# Any settings may be left out; RiskManager.config has them all.
SETTINGS = {
    "limits": {"max_weights": [0.6, 0.4], "min_cash": 0.05},
    "drawdown": {"reduce_at": 0.06, "stop_at": 0.1},
    "stops": {"stop": 0.16, "cooldown": 5},
    "hedge": {"threshold": 0.05, "band": 0.02},
    "leverage": None, "positions": None, "trade_band": 0.02,
}

# Returns of each bar.
RETURNS = np.array([
    [0.000, 0.000],  [0.010, 0.004],  [0.012, 0.001],  [-0.008, 0.006], [0.015, -0.002],
    [-0.040, 0.003], [-0.035, 0.005], [-0.030, 0.004], [0.022, -0.006], [0.024, 0.010],
    [0.018, 0.006],  [-0.045, 0.002], [-0.060, 0.001], [-0.050, 0.004], [0.012, 0.003],
    [0.030, -0.004], [0.010, 0.002],  [0.020, 0.002],  [0.015, 0.008],  [0.010, 0.004],
])


def show(bar: int, equity: float, decision: Decision) -> None:
    """One line of numbers, then what shaped the decision. Codes from 100 on only say what was not looked at."""
    stocks, gold = 100.0 * decision.weights
    print(f"{bar:3}  equity {equity:6.0f}  drawdown {100.0 * decision.drawdown:4.1f}%  {decision.state.name:8}  "
          f"stocks {stocks:4.1f}%  gold {gold:4.1f}%")
    if decision.hedge_side is HedgeSide.SELL:
        print(f"       hedge: short {decision.hedge_notional:.0f} of the index")
    for reason in decision.reasons:
        if reason.code < 100:
            print(f"       {reason.describe(NAMES)}")


def main() -> None:
    closes, wish, held, equity = np.array([100.0, 40.0]), np.array([0.75, 0.25]), np.zeros(2), 100_000.0
    with RiskManager(len(NAMES), SETTINGS) as manager:
        for bar, returns in enumerate(RETURNS):
            # What the bar makes of the portfolio: equity grows with what was held, and each weight with its asset.
            growth = 1.0 + held[0] * returns[0] + held[1] * returns[1]
            closes *= 1.0 + returns
            held *= (1.0 + returns) / growth
            equity *= growth
            if bar == 15:
                # HALTED stays until a person has looked at it.
                print("     risk_manager_reset: trading goes on")
                manager.reset()
            decision = manager.manage(closes, wish, held, equity)
            show(bar, equity, decision)
            # The host trades here; this one gets what was decided, at the close and without costs or the hedge.
            held = decision.weights.copy()


if __name__ == "__main__":
    main()
