"""Golden values for tests/bootstrap.rs: the block-bootstrap statistic and its quantiles in numpy.

Run: python make_bootstrap.py > bootstrap.json   (numpy 2.x)
"""
import json

import numpy as np

BARS, BLOCK, DRAWS = 60, 7, 40
random = np.random.default_rng(7)
market = random.normal(0.0005, 0.01, BARS)
first = market + random.normal(0.0002, 0.003, BARS)
second = market + random.normal(0.0, 0.002, BARS)
starts = random.integers(0, BARS, (DRAWS, -(-BARS // BLOCK)))


def sharpe(returns):
    return np.sqrt(252) * returns.mean() / returns.std(ddof=1)


differences = []
for row in starts:
    index = (row[:, None] + np.arange(BLOCK)).ravel()[:BARS] % BARS
    differences.append(sharpe(first[index]) - sharpe(second[index]))
low, median, high = np.quantile(differences, [0.05, 0.5, 0.95])

print(json.dumps({
    "block": BLOCK,
    "first": first.tolist(),
    "second": second.tolist(),
    "starts": starts.tolist(),
    "differences": differences,
    "low": low, "median": median, "high": high,
}))
