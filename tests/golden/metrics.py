"""Golden values for tests/metrics.rs from empyrical-reloaded 0.7.1 (numpy 2.4.6, scipy 1.17.1).

python metrics.py > metrics.json
Series are rounded to 6 decimals so that the file holds the very inputs. NaN and infinities are written as null,
"inf" and "-inf".
"""
import json
import warnings

import empyrical as ep
import numpy as np
import scipy.stats

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
    except (ValueError, IndexError, ZeroDivisionError):
        return None  # refused there; NaN here


# Per bar: omega is told so by annualization=1.
RISK_FREE, REQUIRED, TAIL, WEEKS = 0.0003, 0.0005, 0.1, 52

CONVENTIONS = {
    "annual_return": lambda r: ep.annual_return(r, annualization=WEEKS),
    "annual_volatility": lambda r: ep.annual_volatility(r, annualization=WEEKS),
    "sharpe": lambda r: ep.sharpe_ratio(r, RISK_FREE, annualization=WEEKS),
    "sortino": lambda r: ep.sortino_ratio(r, REQUIRED, annualization=WEEKS),
    "downside_risk": lambda r: ep.downside_risk(r, REQUIRED, annualization=WEEKS),
    "calmar": lambda r: ep.calmar_ratio(r, annualization=WEEKS),
    "value_at_risk": lambda r: -ep.value_at_risk(r, TAIL),
    "conditional_value_at_risk": lambda r: -ep.conditional_value_at_risk(r, TAIL),
    "omega": lambda r: ep.omega_ratio(r, RISK_FREE, REQUIRED, annualization=1),
}

MEASURES = {
    "total_return": ep.cum_returns_final,
    "cagr": ep.cagr,
    "skewness": scipy.stats.skew,
    "kurtosis": scipy.stats.kurtosis,
    "omega_annual_5%": lambda r: ep.omega_ratio(r, 0.0, 0.05),
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


def worst_drawdowns(returns):
    """Depth, peak, valley and recovery of every drawdown, deepest first, by looking at every peak afresh."""
    equity = np.append(1.0, np.cumprod(1 + np.nan_to_num(returns)))
    peaks = np.maximum.accumulate(equity)
    table = []
    for start in range(len(equity) - 1):
        if equity[start] == peaks[start] and equity[start + 1] < peaks[start + 1]:
            later = np.nonzero(equity[start + 1 :] >= equity[start])[0]
            end = start + 1 + later[0] if len(later) else None
            spell = equity[start:end]
            valley = int(np.argmin(spell))
            depth = 1 - spell[valley] / equity[start]
            table.append([depth, start, start + valley, None if end is None else int(end)])
    return sorted(table, key=lambda row: -row[0])[:5]


def batting(part):
    return lambda r, b: ep.batting_average(r, b)[part]


BENCHMARK = {
    "beta": lambda r, b: ep.beta(r, b, RISK_FREE),
    "alpha": lambda r, b: ep.alpha(r, b, RISK_FREE),
    "alpha_weekly": lambda r, b: ep.alpha_aligned(r, b, RISK_FREE, annualization=WEEKS),
    "up_alpha": lambda r, b: ep.up_alpha_beta(r, b, risk_free=RISK_FREE)[0],
    "up_beta": lambda r, b: ep.up_alpha_beta(r, b)[1],
    "down_alpha": lambda r, b: ep.down_alpha_beta(r, b, risk_free=RISK_FREE)[0],
    "down_beta": lambda r, b: ep.down_alpha_beta(r, b)[1],
    "capture": ep.capture,
    "up_capture": ep.up_capture,
    "down_capture": ep.down_capture,
    "up_down_capture": ep.up_down_capture,
    "information_ratio": ep.excess_sharpe,
    "batting_all": batting("batting average"),
    "batting_up": batting("up market"),
    "batting_down": batting("down market"),
    "beta_fragility": ep.beta_fragility_heuristic,
}


def pairs():
    one = np.array([0.01])
    yield "empty", np.array([]), np.array([])
    yield "one", one, one * 2
    yield "two", np.array([0.01, -0.02]), np.array([0.03, 0.01])
    market = np.round(rng.normal(0.0004, 0.01, 252), 6)
    book = np.round(0.8 * market + rng.normal(0.0002, 0.006, 252), 6)
    yield "random", book, market
    yield "itself", market, market
    yield "all up", book, np.abs(market) + 1e-6
    yield "all down", book, -np.abs(market) - 1e-6
    yield "constant benchmark", book, np.full(252, 0.001)
    yield "zero benchmark", book, np.zeros(252)
    yield "constant active", np.round(market + 0.001, 6), market
    yield "constant returns", np.full(252, 0.0005), market
    holed, holed_market = book.copy(), market.copy()
    holed[rng.random(252) < 0.1] = np.nan
    holed_market[rng.random(252) < 0.1] = np.nan
    yield "unknown returns", holed, market
    yield "unknown benchmark", book, holed_market
    yield "both unknown", holed, holed_market
    yield "all unknown", np.full(5, np.nan), market[:5]
    for number, length in enumerate((3, 10, 41, 101)):
        b = np.round(0.01 * rng.standard_t(3, length), 6)
        yield f"fat tails {length}", np.round((number - 1) * b + 0.01 * rng.standard_t(3, length), 6), b


benchmarked = []
SERIES = list(series())  # drawn before the pairs
PAIRS = list(pairs())
for name, returns, benchmark in PAIRS:
    case = {"name": name, "returns": [word(r) for r in returns], "benchmark": [word(b) for b in benchmark]}
    for measure, function in BENCHMARK.items():
        case[measure] = attempt(lambda r: function(r, benchmark), returns)
    benchmarked.append(case)

rolling_pair = next((r, b) for name, r, b in PAIRS if name == "both unknown")

cases = []
for name, returns in SERIES:
    case = {"name": name, "returns": [word(r) for r in returns]}
    case |= {measure: attempt(function, returns) for measure, function in MEASURES.items()}
    case["conventions"] = {m: attempt(function, returns) for m, function in CONVENTIONS.items()}
    case["cumulative_returns"] = [word(v) for v in ep.cum_returns(returns)] if len(returns) <= 41 else None
    case["worst_drawdowns"] = worst_drawdowns(returns)
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
                "sortino": [word(v) for v in ep.stats.roll_sortino_ratio(rolling, 63)],
                "max_drawdown": [word(-v) for v in ep.stats.roll_max_drawdown(rolling, 63)],
                "cagr": [word(v) for v in ep.utils.roll(rolling, window=63, function=ep.cagr)],
                "downside_risk": [word(v) for v in ep.stats.roll_downside_risk(rolling, 63)],
            },
            "benchmarked": benchmarked,
            "rolling_benchmarked": {
                "series": "both unknown",
                "window": 40,
                "beta": [word(v) for v in ep.roll_beta(*rolling_pair, 40)],
                "alpha": [word(v) for v in ep.roll_alpha(*rolling_pair, 40)],
                "up_capture": [word(v) for v in ep.roll_up_capture(*rolling_pair, window=40)],
                "down_capture": [word(v) for v in ep.roll_down_capture(*rolling_pair, window=40)],
                "up_down_capture": [word(v) for v in ep.roll_up_down_capture(*rolling_pair, window=40)],
                "information_ratio": [word(v) for v in ep.stats.roll_excess_sharpe(*rolling_pair, 40)],
            },
        },
        allow_nan=False,
    )
)
