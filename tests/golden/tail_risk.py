"""Golden values for tests/limits.rs: tails by numpy 2.4.6 and scipy 1.17.1, and the conditional value at risk by the
linear program of Rockafellar and Uryasev with cvxpy 1.9.3 (HiGHS).

python tail_risk.py (it writes tail_risk.json beside itself: HiGHS prints to the standard output)
Per case: returns [bars][assets], rounded to 5 decimals so that the file holds the very inputs, weights, level, losses.
"""
import json
import pathlib

import cvxpy as cp
import numpy as np
from scipy.stats import norm

rng = np.random.default_rng(11)


def case(returns, weights, level):
    returns, weights = np.round(returns, 5), np.array(weights)
    series = returns @ weights
    beyond, threshold = cp.Variable(len(series), nonneg=True), cp.Variable()
    mean_excess = cp.sum(beyond) / (len(series) * (1 - level))
    program = cp.Problem(cp.Minimize(threshold + mean_excess), [beyond >= -series - threshold])
    program.solve(solver="HIGHS")
    # Written out again at the solution, free of the solver's own tolerance on `beyond`: the best threshold is a loss.
    losses = -series
    cvar = min(t + np.maximum(losses - t, 0).sum() / (len(series) * (1 - level)) for t in losses)
    assert abs(program.value - cvar) < 1e-9, (program.value, cvar)
    gaussian = [None, None]
    if len(series) > 1:
        mean = weights @ returns.mean(0)
        deviation = np.sqrt(weights @ np.atleast_2d(np.cov(returns, rowvar=False, ddof=1)) @ weights)
        z = norm.ppf(level)
        gaussian = [z * deviation - mean, norm.pdf(z) / (1 - level) * deviation - mean]
    return {
        "returns": returns.tolist(),
        "weights": weights.tolist(),
        "level": level,
        "historical_value_at_risk": float(-np.quantile(series, 1 - level)),
        "historical_conditional_value_at_risk": float(cvar),
        "gaussian_value_at_risk": gaussian[0],
        "gaussian_conditional_value_at_risk": gaussian[1],
    }


cases = []
for bars in (1, 2, 19, 20, 21, 60, 100, 252):
    for level in (0.5, 0.9, 0.95, 0.99):
        cases.append(case(rng.normal(0.0003, 0.012, (bars, 3)), [0.5, -0.2, 0.4], level))
for level in (0.95, 0.975):
    cases.append(case(0.01 * rng.standard_t(3, (252, 5)), [0.2, 0.2, 0.1, 0.3, 0.2], level))
    cases.append(case(np.abs(rng.normal(0, 0.01, (40, 2))), [0.5, 0.5], level))
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
