"""Golden values for tests/position_size.rs: TA-Lib's average true range (ta-lib 0.8.2, numpy 2.4.6).

python atr.py > atr.json
Prices are rounded to 4 decimals so that the file holds the very inputs; rows without a value are null. Without highs
and lows the true range is that of bars whose high and low are their close.
"""

import json

import numpy as np
import talib

rng = np.random.default_rng(11)
BARS, ASSETS = 120, 3

close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.02, (BARS, ASSETS)), axis=0)), 4)
# Gaps and shadows of different sizes, so that each of the three differences is the true range somewhere.
high = np.round(close * (1 + np.abs(rng.normal(0, 0.01, close.shape))), 4)
low = np.round(close * (1 - np.abs(rng.normal(0, 0.01, close.shape))), 4)


def words(values):
    return [None if np.isnan(value) else value for value in values.tolist()]


def averages(high, low, period):
    columns = range(ASSETS)
    return [words(talib.ATR(high[:, i].copy(), low[:, i].copy(), close[:, i].copy(), period)) for i in columns]


periods = [1, 2, 5, 14, 30]
print(
    json.dumps(
        {
            "high": high.tolist(),
            "low": low.tolist(),
            "close": close.tolist(),
            "cases": [
                {"period": period, "atr": averages(high, low, period), "closes_only": averages(close, close, period)}
                for period in periods
            ],
        }
    )
)
