"""Golden values for tests/baselines.rs: sample and exponentially weighted covariance from numpy 2.4.6, Ledoit-Wolf from
scikit-learn 1.9.1, Bayes-Stein means and weights from skfolio 1.12.2 (Clarabel 0.11.1), and a plain walk of every
baseline.

python baselines.py PRICES.csv > baselines.json
PRICES.csv is skfolio's data set of 20 S&P 500 stocks (date, one close a column). Returns are rounded to 6 decimals
so that the file holds the very inputs. With skfolio's defaults (Clarabel, tolerances 1e-8) the 20 stocks' weights miss
the optimality conditions by 1e-4 relative; with the tolerances at 1e-13 and returns in percent (which changes no
weight) by 2e-7 for minimum variance and 1e-12 for risk parity. The script checks the conditions of what it prints.
Clarabel says that it cannot quite reach such tolerances: that warning is silenced.
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.covariance import LedoitWolf as SklearnLedoitWolf
from skfolio.moments import LedoitWolf, ShrunkMu
from skfolio.moments.expected_returns import ShrunkMuMethods
from skfolio.optimization import MeanRisk, RiskBudgeting
from skfolio.prior import EmpiricalPrior

warnings.filterwarnings("ignore", message="Solution may be inaccurate")
TIGHT = dict(tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13, max_iter=500)
COMMON = dict(
    solver="CLARABEL",
    solver_params=TIGHT,
    prior_estimator=EmpiricalPrior(covariance_estimator=LedoitWolf()),
)


def minimum_variance(returns):
    # Scaled up so that the solver's absolute tolerances are tight for daily variances.
    weights = MeanRisk(**COMMON).fit(100 * returns).weights_
    gradient = SklearnLedoitWolf().fit(returns).covariance_ @ weights
    gradient /= weights @ gradient
    assert np.all(gradient > 1 - 1e-5) and np.all(np.abs(gradient[weights > 1e-5] - 1) < 1e-5), gradient
    return weights


def risk_parity(returns):
    weights = RiskBudgeting(**COMMON).fit(100 * returns).weights_
    share = weights * (SklearnLedoitWolf().fit(returns).covariance_ @ weights)
    assert np.ptp(share) / share.mean() < 1e-5, np.ptp(share) / share.mean()
    return weights


def ewma(returns, half_life):
    weights = 0.5 ** (np.arange(len(returns))[::-1] / half_life)
    return np.einsum("t,ti,tj->ij", weights / weights.sum(), returns, returns)


def estimates(returns):
    fit = SklearnLedoitWolf().fit(returns)
    mean = ShrunkMu(
        covariance_estimator=LedoitWolf(), vol_weighted_target=True, method=ShrunkMuMethods.BAYES_STEIN
    )
    deviation = returns.std(axis=0)
    return {
        "returns": returns.tolist(),
        "sample": np.cov(returns.T).reshape(returns.shape[1], -1).tolist(),
        "ewma_20": ewma(returns, 20).tolist(),
        "ledoit_wolf": fit.covariance_.tolist(),
        "shrinkage": fit.shrinkage_,
        "bayes_stein": mean.fit(returns).mu_.tolist(),
        "inverse_volatility": (1 / deviation / (1 / deviation).sum()).tolist(),
        "minimum_variance": minimum_variance(returns).tolist(),
        "risk_parity": risk_parity(returns).tolist(),
    }


def left_by_bisection(rate, current, target):
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle + rate * np.abs(middle * target - current)[:-1].sum() > 1:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def vol_target(past):
    squares = past.mean(axis=1) ** 2
    weights = 0.5 ** (np.arange(len(past))[::-1] / 20)
    return min(1.0, 0.15 / np.sqrt(252 * (weights @ squares) / weights.sum()))


def walk(rule, returns, cash, first, last, rate):
    count = returns.shape[1]
    value, held = 1.0, np.append(np.zeros(count), 1.0)
    out = {"returns": [], "turnover": [], "costs": [], "weights": []}
    for t in range(first, last):
        past = returns[max(0, t - 251) : t + 1]
        target = None
        if rule == "vol_target_equal_weight":
            exposure = vol_target(past)
            if t == first or abs(exposure - held[:-1].sum()) > 0.1:
                target = np.append(np.full(count, exposure / count), 1 - exposure)
        elif t == first or (rule != "buy_and_hold" and (t - first) % 21 == 0):
            assets = {
                "equal_weight": lambda: np.full(count, 1 / count),
                "buy_and_hold": lambda: np.full(count, 1 / count),
                "inverse_volatility": lambda: 1 / past.std(axis=0) / (1 / past.std(axis=0)).sum(),
                "minimum_variance": lambda: minimum_variance(past),
                "risk_parity": lambda: risk_parity(past),
            }[rule]()
            target = np.append(assets, 0.0)
        left = 1.0
        turnover = 0.0
        if target is not None:
            left = left_by_bisection(rate, held, target)
            turnover = np.abs(target - held).sum() / 2
            held = target
        # Positions in money, rather than drifting weights.
        positions = value * left * held * (1 + np.append(returns[t + 1], cash[t + 1]))
        out["returns"].append(positions.sum() / value - 1)
        out["turnover"].append(turnover)
        out["costs"].append(1 - left)
        out["weights"].append(held.tolist())
        value, held = positions.sum(), positions / positions.sum()
    # The last weights witness every trade and drift before them; all of them would make a large file.
    out["weights"] = out["weights"][-1]
    return out


prices = pd.read_csv(sys.argv[1], index_col=0, parse_dates=True).loc[:"2012-12-31"]
stocks = prices.pct_change().iloc[-120:].round(6).to_numpy()

rng = np.random.default_rng(3)
mix = rng.normal(0, 1, (5, 5)) * np.array([0.2, 0.5, 1, 1.5, 3])[:, None] * 0.006
few = np.round(rng.normal(0, 1, (30, 5)) @ mix.T, 6)
alone = np.round(rng.normal(0.001, 0.01, (15, 1)), 6)

size = np.where((np.arange(420) // 40) % 2 == 0, 0.006, 0.02)[:, None]
market = np.round(0.0005 + size * (0.6 * rng.normal(0, 1, (420, 1)) + rng.normal(0, 1, (420, 4)) * [0.5, 0.8, 1, 1.6]), 5)
cash = np.round(0.0001 + 0.00005 * np.sin(np.arange(420) / 50), 7)
first, last, rate = 270, 419, 0.002
rules = ["equal_weight", "buy_and_hold", "inverse_volatility", "minimum_variance", "risk_parity", "vol_target_equal_weight"]
print(
    json.dumps(
        {
            "estimates": {"20 stocks": estimates(stocks), "5 assets": estimates(few), "1 asset": estimates(alone)},
            "walk": {
                "returns": market.tolist(),
                "cash_returns": cash.tolist(),
                "first": first,
                "last": last,
                "cost_rate": rate,
                "tracks": {rule: walk(rule, market, cash, first, last, rate) for rule in rules},
            },
        },
        allow_nan=False,
    )
)
