"""Golden values for tests/estimators.rs: correlation from numpy 2.4.6, exponentially weighted covariance of zero mean from
pandas' ewm, nearest correlation matrices as semidefinite programs by cvxpy 1.9.3 (clarabel), with a bound of 1e-8 (1e-3
where named so) on the smallest eigenvalue.

python estimators.py > estimators.json
The solver may warn that the last digits of a program are not to be had.
"""
import json

import cvxpy as cp
import numpy as np
import pandas as pd

rng = np.random.default_rng(11)


def nearest(given, floor):
    n = len(given)
    x = cp.Variable((n, n), symmetric=True)
    program = cp.Problem(cp.Minimize(cp.sum_squares(x - given)), [cp.diag(x) == 1, x >> floor * np.eye(n)])
    # The error of x goes with the root of the gap: 1e-11 leaves less than 1e-7.
    program.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    return x.value


def broken():
    """Correlations that are none."""
    higham = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])  # Higham (2002), section 1
    yield "higham", higham, 1e-8
    yield "higham 1e-3", higham, 1e-3
    yield "contradiction", np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]), 1e-8
    for n in (5, 7, 10):
        c = np.corrcoef(rng.normal(size=(n, n + 2)))
        noise = np.triu(rng.uniform(-0.6, 0.6, (n, n)), 1)
        c = np.clip(c + noise + noise.T, -1, 1)
        np.fill_diagonal(c, 1)
        yield f"noisy {n}", np.round(c, 6), 1e-8
    # Every pair over its own bars: what missing data does.
    short = rng.normal(size=(14, 8)) @ rng.normal(size=(8, 8))
    short[rng.random(short.shape) < 0.3] = np.nan
    pairwise = pd.DataFrame(short).corr().to_numpy()
    yield "pairwise 8", np.round(pairwise, 6), 1e-8
    singular = np.corrcoef(rng.normal(size=(6, 4)))
    yield "singular 6", np.round(singular, 6), 1e-8


repairs = []
for name, given, floor in broken():
    deviations = np.round(rng.uniform(0.005, 0.03, len(given)), 4)
    repairs.append(
        {
            "name": name,
            "correlation": given.tolist(),
            "deviations": deviations.tolist(),
            "floor": floor,
            "smallest": float(np.linalg.eigvalsh(given)[0]),
            "nearest": nearest(given, floor).tolist(),
        }
    )

returns = np.round(0.01 * rng.standard_t(4, (60, 5)) + 0.005 * rng.normal(size=(60, 1)), 6)
frame = pd.DataFrame(returns)


def ewma(half_life):
    """Last row of the weighted means of the products: covariance of zero mean."""
    last = lambda i, j: (frame[i] * frame[j]).ewm(halflife=half_life, adjust=True).mean().iloc[-1]
    return [[float(last(i, j)) for j in range(5)] for i in range(5)]


print(
    json.dumps(
        {
            "returns": returns.tolist(),
            "correlation": np.corrcoef(returns.T).tolist(),
            "covariance": np.cov(returns.T).tolist(),
            "ewma": {str(half_life): ewma(half_life) for half_life in (1, 11.2, 63)},
            "repairs": repairs,
        }
    )
)
