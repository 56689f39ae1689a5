"""Golden values for tests/tear_sheet.rs: pandas' calendar, scipy, and empyrical-reloaded.

Run: pip install empyrical-reloaded pandas scipy && python tear_sheet.py > tear_sheet.json
(empyrical-reloaded 0.5, pandas 2.x)
"""
import json

import empyrical as ep
import numpy as np
import pandas as pd
import scipy.stats

random = np.random.default_rng(11)
BARS, WINDOW = 700, 126
times = pd.bdate_range("2019-03-13", periods=BARS)
other = pd.Series((0.0004 + 0.009 * random.standard_t(4, BARS)).round(6), index=times)
returns = pd.Series((0.8 * other + 0.0001 + 0.004 * random.standard_normal(BARS)).round(6), index=times)
cash = pd.Series(np.full(BARS, 0.00008), index=times)

monthly = (1 + returns).groupby([times.year, times.month]).prod() - 1
yearly = (1 + returns).groupby(times.year).prod() - 1
# The same by empyrical.
assert np.allclose(monthly.values, ep.aggregate_returns(returns, "monthly").values, atol=1e-12)
assert np.allclose(yearly.values, ep.aggregate_returns(returns, "yearly").values, atol=1e-12)

# Drawdowns the plain way: each run of closes below the running peak, the start included.
equity = np.concatenate([[1.0], np.cumprod(1 + returns.values)])
peak = np.maximum.accumulate(equity)
runs, start = [], None
for point in range(len(equity) + 1):
    below = point < len(equity) and equity[point] < peak[point]
    if below and start is None:
        start = point
    if not below and start is not None:
        inside = slice(start, point)
        valley = start + int(np.argmin(equity[inside] / peak[inside]))
        runs.append((1 - equity[valley] / peak[valley], start - 1, valley, point if point < len(equity) else None))
        start = None
runs.sort(key=lambda run: -run[0])


def day(point):
    return None if point is None or point == 0 else str(times[point - 1].date())


above, other_above = returns - cash, other - cash
rises, falls = other > 0, other < 0
growth = lambda r: (1 + r).prod() ** (252 / len(r)) - 1
active = returns - other
print(json.dumps({
    "times": [str(time.date()) for time in times],
    "returns": returns.tolist(),
    "other": other.tolist(),
    "cash": cash.tolist(),
    "months": [[int(year), int(month), float(value)] for (year, month), value in monthly.items()],
    "years": [[int(year), float(value)] for year, value in yearly.items()],
    "shape": {
        "skewness": float(scipy.stats.skew(returns)),
        "kurtosis": float(scipy.stats.kurtosis(returns)),
        "tail_ratio": float(ep.tail_ratio(returns)),
        "bars_won": float((returns > 0).mean()),
        "months_won": float((monthly > 0).mean()),
        "years_won": float((yearly > 0).mean()),
        "best_bar": float(returns.max()), "worst_bar": float(returns.min()),
        "best_month": float(monthly.max()), "worst_month": float(monthly.min()),
        "best_year": float(yearly.max()), "worst_year": float(yearly.min()),
    },
    "drawdowns": [
        {"depth": float(depth), "peak": day(at), "valley": day(valley), "recovery": day(recovery),
         "bars_down": valley - at, "bars_under_water": (recovery if recovery is not None else BARS) - at}
        for depth, at, valley, recovery in runs[:10]
    ],
    "relation": {
        "alpha": float(ep.alpha(above, other_above)),
        "beta": float(ep.beta(above, other_above)),
        "correlation": float(np.corrcoef(above, other_above)[0, 1]),
        "up_capture": float(growth(returns[rises]) / growth(other[rises])),
        "down_capture": float(growth(returns[falls]) / growth(other[falls])),
        "information_ratio": float(active.mean() / active.std(ddof=1) * np.sqrt(252)),
        "tracking_error": float(active.std(ddof=1) * np.sqrt(252)),
        "bars_ahead": float((active > 0).mean()),
    },
    "rolling_correlation": above.rolling(WINDOW).corr(other_above).dropna().tolist(),
    "rolling_beta": (above.rolling(WINDOW).cov(other_above) / other_above.rolling(WINDOW).var()).dropna().tolist(),
}))
