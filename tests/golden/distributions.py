"""Golden values for the policy's distributions, from scipy.stats (float64).

    pip install numpy scipy && python tests/golden/distributions.py > tests/golden/distributions.json
"""
import json

import numpy as np
import scipy
from scipy import stats

random = np.random.default_rng(7)


def f32(values):
    """What the library sees: f32 values, printed so that they read back exactly."""
    return [float(v) for v in np.asarray(values, dtype=np.float32)]


gaussian, dirichlet = [], []
for size in (2, 5, 21):
    mean = f32(random.normal(size=size))
    log_std = f32(random.uniform(-3, 1, size=size))
    action = f32(np.array(mean) + np.exp(log_std) * random.normal(size=size) * 1.5)
    normal = stats.norm(np.array(mean), np.exp(log_std))
    gaussian.append(dict(mean=mean, log_std=log_std, action=action,
                         log_prob=float(normal.logpdf(action).sum()), entropy=float(normal.entropy().sum())))
for size, log_kappa in ((2, 0.5), (3, 2.0), (11, 4.0), (21, 6.5), (5, -2.0)):
    log_prior = f32(np.log(random.dirichlet(np.ones(size)) + 1e-6))
    scores = f32(random.normal(size=size))
    log_kappa = f32([log_kappa])[0]
    logits = np.array(log_prior) + np.array(scores)
    alpha = np.exp(log_kappa) * np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    # Drawn from a flatter law, away from the corners: scipy refuses shares of 0.
    action = f32(random.dirichlet(np.maximum(alpha, 0.5)))
    # The density's formula; scipy's own `logpdf` refuses f32 shares, whose sum is off 1 by up to 1e-7.
    from scipy.special import gammaln
    log_prob = gammaln(alpha.sum()) - gammaln(alpha).sum() + ((alpha - 1) * np.log(action)).sum()
    exact = np.array(action) / np.sum(action)
    assert abs(stats.dirichlet(alpha).logpdf(exact) - log_prob) < 1e-4
    dirichlet.append(dict(log_prior=log_prior, scores=scores, log_kappa=log_kappa, action=action,
                          concentration=alpha.tolist(), log_prob=float(log_prob),
                          entropy=float(stats.dirichlet(alpha).entropy())))
print(json.dumps(dict(made_with=f"scipy {scipy.__version__}", gaussian=gaussian, dirichlet=dirichlet), indent=1))
