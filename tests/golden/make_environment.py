"""Writes environment.json: portfolios stepped by hand with numpy float64, by the definitions and nothing quicker.

The value left after a trade is found by bisection, standard deviations by numpy.std, the differential Sharpe ratio by
its recursion. Run: python make_environment.py (needs numpy).
"""

import json
import math
import pathlib

import numpy as np

ASSETS, BARS, WINDOW, LOOKBACK, HALF_LIFE, TARGET = 3, 48, 5, 12, 4.0, 0.15
BALANCE, COST_RATE, ETA = 100_000.0, 0.004, 1.0 / 60.0


def value_left(current, target):
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle + COST_RATE * np.abs(middle * target - current).sum() > 1.0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def rewards(r, cost, volatility, drawdown, moments):
    mean, square = moments
    variance = square - mean**2
    sharpe = 0.0
    if variance > 0:
        sharpe = (square * (r - mean) - 0.5 * mean * (r**2 - square)) / variance**1.5
    return {
        "shaped": r - 0.1 * volatility - 2.0 * drawdown * (drawdown > 0.05) - 10.0 * cost,
        "log_return": math.log(1 + r),
        "crra": ((1 + r) ** (1 - 3.0) - 1) / (1 - 3.0),
        "mean_variance": r - 5.0 / 2 * r**2,
        "differential_sharpe": sharpe,
    }, (mean + ETA * (r - mean), square + ETA * (r**2 - square))


def priors(past):
    deviations = past[-LOOKBACK:].std(axis=0)
    inverse = (1 / deviations) / (1 / deviations).sum()
    equal = past[-LOOKBACK:].mean(axis=1)[::-1]
    weight = 0.5 ** (np.arange(LOOKBACK) / HALF_LIFE)
    forecast = math.sqrt(252 * (weight / weight.sum() * equal**2).sum())
    exposure = min(1.0, TARGET / forecast)
    return {
        "inverse_volatility": [*inverse, 0.0],
        "vol_target": [exposure / ASSETS] * ASSETS + [1 - exposure],
    }


def episode(returns, cash_returns, targets, band):
    value, peak, weights, cash = BALANCE, BALANCE, np.zeros(ASSETS), 1.0
    history, moments, steps = [], (0.0, 0.0), []
    for t in range(LOOKBACK, BARS):
        past = returns[:t]
        volatility = float(np.std(history[-20:])) if len(history) > 1 else 0.0
        state = [*weights, *past[-1], *past[-WINDOW:].std(axis=0), cash, 1 - value / peak, volatility]
        target, target_cash = targets[t, :ASSETS], targets[t, ASSETS]
        turnover = (np.abs(target - weights).sum() + abs(target_cash - cash)) / 2
        left = 1.0
        if turnover >= band:
            left = value_left(weights, target)
            weights, cash = target, target_cash
        else:
            turnover = 0.0
        after = value * left * (weights @ (1 + returns[t]) + cash * (1 + cash_returns[t]))
        growth = after / (value * left)
        weights, cash = weights * (1 + returns[t]) / growth, cash * (1 + cash_returns[t]) / growth
        r = after / value - 1
        value, peak = after, max(peak, after)
        history.append(r)
        volatility = float(np.std(history[-20:])) if len(history) > 1 else 0.0
        reward, moments = rewards(r, 1 - left, volatility, 1 - value / peak, moments)
        steps.append(
            {
                "state": state,
                "priors": priors(past),
                "turnover": turnover,
                "cost": 1 - left,
                "net_return": r,
                "value": value,
                "rewards": reward,
            }
        )
    return {"band": band, "steps": steps}


def main():
    random = np.random.default_rng(20240607)
    returns = random.normal(0.0005, [0.01, 0.02, 0.03], (BARS, ASSETS))
    cash_returns = random.uniform(0.0, 0.0004, BARS)
    # Every third target is close to the one before, so that the band has something to hold back.
    targets = random.dirichlet([2.0] * ASSETS + [1.0], BARS)
    targets[1::3] = 0.95 * targets[0::3] + 0.05 / (ASSETS + 1)
    document = {
        "returns": returns.tolist(),
        "cash_returns": cash_returns.tolist(),
        "targets": targets.tolist(),
        "episodes": [episode(returns, cash_returns, targets, band) for band in (0.0, 0.2)],
    }
    path = pathlib.Path(__file__).with_name("environment.json")
    path.write_text(json.dumps(document, default=float) + "\n")


if __name__ == "__main__":
    main()
