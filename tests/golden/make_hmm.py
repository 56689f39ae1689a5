"""Writes hmm.json: a Gaussian hidden Markov model scored, filtered and fitted by hmmlearn.

    pip install numpy==2.* hmmlearn==0.3.3
    python make_hmm.py > hmm.json

The filter is not a function of hmmlearn: the probability of the state at bar t given bars 0..t is the last row of the
posterior of the prefix that ends at t. The fit is maximum likelihood: every prior of hmmlearn is switched off.
"""

import json

import numpy as np
from hmmlearn.hmm import GaussianHMM

BARS = 300
rng = np.random.default_rng(7)
initial = np.array([0.6, 0.3, 0.1])
transition = np.array([[0.95, 0.04, 0.01], [0.05, 0.90, 0.05], [0.02, 0.08, 0.90]])
means = np.array([[0.0008, 0.0004], [-0.0002, 0.0006], [-0.003, -0.002]])
covariances = np.array(
    [
        [[4.0e-5, 1.0e-5], [1.0e-5, 3.0e-5]],
        [[1.6e-4, 8.0e-5], [8.0e-5, 2.0e-4]],
        [[9.0e-4, 5.0e-4], [5.0e-4, 7.0e-4]],
    ]
)


def model(**options):
    hmm = GaussianHMM(3, covariance_type="full", init_params="", params="stmc", **options)
    hmm.startprob_, hmm.transmat_, hmm.means_ = initial.copy(), transition.copy(), means.copy()
    hmm.n_features = 2
    hmm.covars_ = covariances.copy()
    return hmm


state = rng.choice(3, p=initial)
data = []
for _ in range(BARS):
    data.append(rng.multivariate_normal(means[state], covariances[state]))
    state = rng.choice(3, p=transition[state])
data = np.array(data)

given = model()
filtered = [given.score_samples(data[: bar + 1])[1][-1].tolist() for bar in range(BARS)]
fitted = model(
    n_iter=2000, tol=1e-11, covars_prior=0.0, covars_weight=0.0, means_prior=0.0, means_weight=0.0
)
fitted.fit(data)
print(
    json.dumps(
        {
            "data": data.tolist(),
            "initial": initial.tolist(),
            "transition": transition.tolist(),
            "means": means.tolist(),
            "covariances": covariances.tolist(),
            "log_likelihood": given.score(data),
            "filtered": filtered,
            "fitted_log_likelihood": fitted.score(data),
            "fitted_means": fitted.means_.tolist(),
            "fitted_transition": fitted.transmat_.tolist(),
        }
    )
)
