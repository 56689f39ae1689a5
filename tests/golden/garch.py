"""Golden values for tests/garch.rs from arch 8.0.0 (numpy 2.4.6, scipy 1.17.1).

python garch.py > garch.json
Series are rounded to 8 decimals so that the file holds the very inputs. Likelihoods and forecasts at fixed
parameters come from `fix`; the fitted likelihood is the best that arch reaches from its own and other starts, on the
series scaled to percent where it converges better (log-likelihoods differ by T ln 100).
"""
import json
import warnings

import numpy as np
from arch import arch_model

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)


def simulate(length, omega, alpha, beta, draw):
    variance, values = omega / (1 - alpha - beta), []
    for _ in range(length):
        e = np.sqrt(variance) * draw()
        values.append(e)
        variance = omega + alpha * e * e + beta * variance
    return np.array(values)


normal = rng.standard_normal
fat = lambda: rng.standard_t(5) * np.sqrt(3 / 5)
SERIES = {
    "normal 1000": ("Zero", simulate(1000, 2e-6, 0.08, 0.9, normal)),
    "mean 500": ("Constant", 0.0007 + simulate(500, 5e-6, 0.12, 0.82, normal)),
    "fat 800": ("Constant", 0.0003 + simulate(800, 3e-6, 0.06, 0.91, fat)),
    "short 60": ("Zero", simulate(60, 2e-5, 0.2, 0.6, normal)),
}
POINTS = [
    (2e-6, 0.08, 0.90),
    (1e-6, 0.03, 0.96),
    (5e-6, 0.15, 0.80),
    (1e-5, 0.05, 0.85),
    (1e-4, 0.0, 0.0),
    (8e-5, 0.3, 0.0),
    (3e-6, 0.0, 0.97),
    (1e-7, 0.0999, 0.90),
]




cases = []
for name, (mean, values) in SERIES.items():
    values = np.round(values, 8)
    model = arch_model(values, mean=mean, vol="GARCH", rescale=False)
    points = []
    for k, (omega, alpha, beta) in enumerate(POINTS):
        mu = 0.0 if mean == "Zero" else round(float(values.mean()) * (0.5 + 0.25 * k), 8)
        parameters = ([] if mean == "Zero" else [mu]) + [omega, alpha, beta]
        fixed = model.fix(parameters)
        # The package clips variances at bounds; a point where that happens would not witness the recursion.
        residuals = values - mu
        sigma2 = np.empty(len(values))
        backcast = model.volatility.backcast(values - (values.mean() if mean == "Constant" else 0.0))
        sigma2[0] = omega + (alpha + beta) * backcast
        for t in range(1, len(values)):
            sigma2[t] = omega + alpha * residuals[t - 1] ** 2 + beta * sigma2[t - 1]
        assert np.allclose(sigma2, fixed.conditional_volatility**2, rtol=1e-12), (name, k)
        ahead = fixed.forecast(horizon=10).variance.to_numpy()[-1]
        points.append(
            {
                "mean": mu,
                "omega": omega,
                "alpha": alpha,
                "beta": beta,
                "log_likelihood": float(fixed.loglikelihood),
                "ahead": [float(v) for v in ahead],
            }
        )
    best = -np.inf
    for scale in (1.0, 100.0):
        scaled = arch_model(values * scale, mean=mean, vol="GARCH", rescale=False)
        variance = np.var(values) * scale**2
        starts = [None] + [
            ([] if mean == "Zero" else [values.mean() * scale]) + [(1 - a - b) * variance, a, b]
            for a, b in ((0.05, 0.9), (0.1, 0.8), (0.2, 0.5))
        ]
        for start in starts:
            for tol in (None, 1e-12):
                result = scaled.fit(disp="off", show_warning=False, starting_values=start, tol=tol)
                reached = float(result.loglikelihood) + len(values) * np.log(scale)
                # SLSQP may end a hair outside its constraints, where the likelihood means nothing.
                if min(result.params.iloc[-2:]) >= 0 and sum(result.params.iloc[-2:]) < 1:
                    best = max(best, reached)
    cases.append({"name": name, "mean": mean, "returns": values.tolist(), "points": points, "fitted": best})

print(json.dumps({"cases": cases}, allow_nan=False))
