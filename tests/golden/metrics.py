"""Golden values for tests/metrics.rs from empyrical-reloaded 0.7.1 (numpy 2.4.6, scipy 1.17.1).

python metrics.py > metrics.json
Series are rounded to 6 decimals so that the file holds the very inputs. NaN and infinities are written as null,
"inf" and "-inf".
"""
import json
import warnings

import empyrical as ep
import numpy as np

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def series():
    yield "reference", np.array([0.01, -0.02, 0.03, -0.015, 0.005, 0.0, -0.01, 0.02, 0.012, -0.03])
    yield "empty", np.array([])
    yield "one gain", np.array([0.02])
    yield "one loss", np.array([-0.02])
    yield "one unknown", np.array([np.nan])
    yield "two", np.array([0.01, -0.02])
    yield "all unknown", np.full(5, np.nan)
    yield "constant gain", np.full(30, 0.001)
    yield "constant loss", np.full(30, -0.001)
    yield "constant zero", np.zeros(10)
    yield "rising", np.array([0.01, 0.02, 0.005, 0.001])
    yield "total loss", np.array([0.01, -1.0, 0.02])
    for length in (3, 20, 21, 40, 41, 252, 777):
        yield f"normal {length}", np.round(rng.normal(0.0004, 0.012, length), 6)
        fat = np.round(0.008 * rng.standard_t(3, length), 6)
        yield f"fat tails {length}", fat
        holed = fat.copy()
        holed[rng.random(length) < 0.1] = np.nan
        holed[1] = np.nan
        yield f"with unknown {length}", holed


def word(value):
    value = float(value)
    if np.isnan(value):
        return None
    return value if np.isfinite(value) else str(value)


def attempt(measure, returns):
    try:
        return word(measure(returns))
    except (ValueError, IndexError):
        return None  # refused there; NaN here


MEASURES = {
    "annual_return": ep.annual_return,
    "annual_volatility": ep.annual_volatility,
    "sharpe": ep.sharpe_ratio,
    "sortino": ep.sortino_ratio,
    "downside_risk": ep.downside_risk,
    "max_drawdown": lambda r: -ep.max_drawdown(r),
    "calmar": ep.calmar_ratio,
    "value_at_risk": lambda r: -ep.value_at_risk(r),
    "conditional_value_at_risk": lambda r: -ep.conditional_value_at_risk(r),
    "omega": ep.omega_ratio,
    "stability": ep.stability_of_timeseries,
    "tail_ratio": ep.tail_ratio,
}

cases = []
for name, returns in series():
    case = {"name": name, "returns": [word(r) for r in returns]}
    case |= {measure: attempt(function, returns) for measure, function in MEASURES.items()}
    cases.append(case)

rolling = next(np.array(c["returns"], float) for c in cases if c["name"] == "normal 252")
print(
    json.dumps(
        {
            "cases": cases,
            "rolling": {
                "series": "normal 252",
                "window": 63,
                "volatility": [word(v) for v in ep.roll_annual_volatility(rolling, 63)],
                "sharpe": [word(v) for v in ep.roll_sharpe_ratio(rolling, 63)],
            },
        },
        allow_nan=False,
    )
)
