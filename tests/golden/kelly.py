"""Golden values for tests/kelly.rs from cvxpy 1.9.3 (clarabel) and scipy 1.17.1 (numpy 2.4.6).

python kelly.py > kelly.json
programs: maximise w'excess - w'Sw / (2 fraction) with low <= w <= high, sum abs(w) <= gross. The interior-point answer
is polished: the constraints it touches are made equalities and the linear system is solved, so that the weights are
good to 1e-12 and not only the objective.
growth: two assets with lognormal prices; the weights that maximise expected log growth over one step of length dt, by
Gauss-Hermite quadrature and scipy's root finder on the first-order conditions. They tend to S^-1 (mu - r) as dt -> 0.
"""
import json

import cvxpy as cp
import numpy as np
from scipy.optimize import root

rng = np.random.default_rng(3)


def solve(excess, covariance, fraction, low, high, gross):
    n = len(excess)
    w = cp.Variable(n)
    objective = fraction * excess @ w - 0.5 * cp.quad_form(w, cp.psd_wrap(covariance))
    cp.Problem(cp.Maximize(objective), [w >= low, w <= high, cp.norm1(w) <= gross]).solve(
        solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13
    )
    rough = w.value
    near = lambda a, b: abs(a - b) < 1e-6
    tight = near(np.abs(rough).sum(), gross)
    fixed = {}
    for i in range(n):
        if near(rough[i], high[i]):
            fixed[i] = high[i]
        elif near(rough[i], low[i]):
            fixed[i] = low[i]
        elif tight and near(rough[i], 0.0):
            fixed[i] = 0.0
    free = [i for i in range(n) if i not in fixed]
    polished = np.array([fixed.get(i, 0.0) for i in range(n)])
    if free:
        held = list(fixed)
        right = fraction * excess[free] - covariance[np.ix_(free, held)] @ polished[held]
        matrix = covariance[np.ix_(free, free)]
        if tight:
            signs = np.sign(rough[free])
            matrix = np.block([[matrix, signs[:, None]], [signs[None, :], np.zeros((1, 1))]])
            right = np.append(right, gross - np.abs(polished[held]).sum())
        polished[free] = np.linalg.solve(matrix, right)[: len(free)]
    assert np.abs(polished - rough).max() < 1e-5, (polished, rough)
    return polished


programs = []
for k in range(80):
    n = int(rng.integers(1, 9))
    factor = rng.normal(size=(n, n)) * 0.2
    covariance = np.round(factor @ factor.T + 0.01 * np.eye(n), 6)
    covariance = np.triu(covariance) + np.triu(covariance, 1).T
    excess = np.round(rng.normal(0.02, 0.06, n), 6)
    high = np.round(rng.uniform(0.05, 1.0, n), 3)
    low = np.zeros(n) if k % 2 else -np.round(rng.uniform(0.0, 0.8, n) * (rng.random(n) < 0.8), 3)
    fraction = [0.5, 1.0, 0.25][k % 3]
    gross = round(float(rng.uniform(0.3, 2.5)), 3)
    programs.append(
        {
            "excess": excess.tolist(),
            "covariance": covariance.tolist(),
            "fraction": fraction,
            "low": low.tolist(),
            "high": high.tolist(),
            "gross": gross,
            "weights": solve(excess, covariance, fraction, low, high, gross).tolist(),
        }
    )

drift, rate = np.array([0.05, 0.04]), 0.01
covariance = np.array([[0.0625, 0.015], [0.015, 0.09]])
nodes, weights = np.polynomial.hermite_e.hermegauss(30)
mass = np.outer(weights, weights).ravel() / weights.sum() ** 2
shocks = np.array([(a, b) for a in nodes for b in nodes]) @ np.linalg.cholesky(covariance).T


def best(dt):
    growth = np.exp((drift - 0.5 * np.diag(covariance)) * dt + shocks * np.sqrt(dt)) - np.exp(rate * dt)

    def conditions(w):
        return (mass / (np.exp(rate * dt) + growth @ w)) @ growth / dt

    found = root(conditions, np.linalg.solve(covariance, drift - rate), tol=1e-13)
    assert np.abs(conditions(found.x)).max() < 1e-11
    return found.x.tolist()


steps = [{"dt": dt, "weights": best(dt)} for dt in (1 / 12, 1 / 52, 1 / 252, 1 / 2520, 1 / 25200)]
growth = {
    "excess": (drift - rate).tolist(),
    "covariance": covariance.tolist(),
    "steps": steps,
}
print(json.dumps({"programs": programs, "growth": growth}, allow_nan=False))
