"""Golden values for tests/bootstrap.rs: block lengths by the package `arch`, the rest written out in numpy.

Run: pip install arch numpy && python make_bootstrap.py > bootstrap.json   (arch 8.0, numpy 2.x)
"""
import json

import numpy as np
from arch.bootstrap import optimal_block_length

random = np.random.default_rng(7)


def autoregressive(bars, slope):
    values = np.zeros(bars)
    for t in range(1, bars):
        values[t] = slope * values[t - 1] + random.normal()
    return values


# Standard error of a mean: prewhitened (Andrews and Monahan 1992), Parzen's kernel.
def slope_of(values):
    return np.clip(values[:-1] @ values[1:] / (values[:-1] @ values[:-1]), -0.97, 0.97)


def standard_error(values):
    whitener = slope_of(values)
    rest = values[1:] - whitener * values[:-1]
    rho = slope_of(rest)
    bandwidth = 2.6614 * (4 * rho**2 / (1 - rho) ** 4 * len(rest)) ** 0.2
    lags = np.arange(len(rest))
    x = lags / bandwidth if bandwidth > 0 else np.where(lags == 0, 0.0, 2.0)
    weights = np.where(x <= 0.5, 1 - 6 * x**2 * (1 - x), np.where(x < 1, 2 * (1 - x) ** 3, 0.0))
    covariances = np.correlate(rest, rest, "full")[len(rest) - 1:] / len(rest)
    long_run = weights[0] * covariances[0] + 2 * weights[1:] @ covariances[1:]
    return np.sqrt(long_run / (1 - whitener) ** 2 / len(values))


series = []
for bars in (30, 252, 1301):
    for slope in (0.0, 0.3, 0.9, -0.6):
        values = (0.01 + 0.1 * autoregressive(bars, slope)).round(6)
        length = optimal_block_length(values)["circular"].iloc[0]
        series.append({
            "values": values.tolist(),
            "length": float(length),
            "error": standard_error(values - values.mean()),
        })

# One comparison with two others, its blocks given.
BARS, BLOCK, DRAWS = 60, 7, 40
market = random.normal(0.0005, 0.01, BARS)
first = market + random.normal(0.0002, 0.003, BARS)
seconds = [market + random.normal(0.0, 0.002, BARS), random.normal(0.0004, 0.012, BARS)]
starts = random.integers(0, BARS, (DRAWS, -(-BARS // BLOCK)))


def sharpe(returns):
    return np.sqrt(252) * returns.mean() / returns.std(ddof=1)


def sharpe_influence(returns):
    away, deviation = returns - returns.mean(), returns.std(ddof=1)
    return np.sqrt(252) * (away / deviation - returns.mean() / (2 * deviation**3) * (away**2 - (away**2).mean()))


def mean_influence(returns):
    return returns - returns.mean()


def comparison(statistic, influence, first, seconds):
    found = []
    for second in seconds:
        moved = influence(first) - influence(second)
        differences, draw_errors = [], []
        for row in starts:
            index = (row[:, None] + np.arange(BLOCK)).ravel()[:BARS] % BARS
            one, other = first[index], second[index]
            differences.append(statistic(one) - statistic(other))
            sums = np.array([block.sum() for block in np.split(influence(one) - influence(other), range(BLOCK, BARS, BLOCK))])
            draw_errors.append(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / BARS)
        found.append({
            "estimate": statistic(first) - statistic(second),
            "influence": moved.tolist(),
            "error": standard_error(moved),
            "differences": differences,
            "draw_errors": draw_errors,
        })
    return found


print(json.dumps({
    "series": series,
    "block": BLOCK,
    "first": first.tolist(),
    "seconds": [second.tolist() for second in seconds],
    "starts": starts.tolist(),
    "sharpe": comparison(sharpe, sharpe_influence, first, seconds),
    "mean": comparison(np.mean, mean_influence, first, seconds),
}))
