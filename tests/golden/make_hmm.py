"""Writes hmm.json: a Gaussian hidden Markov model scored, filtered and fitted by hmmlearn.

    pip install numpy==2.* hmmlearn==0.3.3
    python make_hmm.py > hmm.json

The filter is not a function of hmmlearn: the probability of the state at bar t given bars 0..t is the last row of the
posterior of the prefix that ends at t. The fit is maximum likelihood: every prior of hmmlearn is switched off.

`further` holds models of other sizes, on data rounded to 5 decimals, each with fits from several starts.
Starts from which a state collapses onto fewer bars than columns, where the likelihood has no maximum and hmmlearn's
number no meaning, are left out.
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


NO_PRIORS = dict(covars_prior=0.0, covars_weight=0.0, means_prior=0.0, means_weight=0.0)


def model(initial, transition, means, covariances, **options):
    hmm = GaussianHMM(len(initial), covariance_type="full", init_params="", params="stmc", **options)
    hmm.startprob_, hmm.transmat_, hmm.means_ = initial.copy(), transition.copy(), means.copy()
    hmm.n_features = means.shape[1]
    hmm.covars_ = covariances.copy()
    return hmm


def draw(bars, initial, transition, means, covariances):
    state = rng.choice(len(initial), p=initial)
    data = []
    for _ in range(bars):
        data.append(rng.multivariate_normal(means[state], covariances[state]))
        state = rng.choice(len(initial), p=transition[state])
    return np.array(data)


def filter(hmm, data):
    return [hmm.score_samples(data[: bar + 1])[1][-1].tolist() for bar in range(len(data))]


def lists(initial, transition, means, covariances):
    return {
        "initial": initial.tolist(),
        "transition": transition.tolist(),
        "means": means.tolist(),
        "covariances": covariances.tolist(),
    }


def start(data, states):
    """Parameters as far from the truth as a careless caller's: means at random bars, the data's covariance scaled."""
    pooled = np.cov(data.T, ddof=0).reshape(data.shape[1], data.shape[1])
    return (
        rng.dirichlet(np.full(states, 5.0)),
        rng.dirichlet(np.ones(states), states) * 0.5 + np.eye(states) * 0.5,
        data[rng.choice(len(data), states, replace=False)],
        np.array([pooled * scale for scale in rng.uniform(0.3, 2.0, states)]),
    )


def further(states, width, bars, starts):
    initial = np.full(states, 1 / states)
    transition = np.full((states, states), 0.06 / (states - 1)) + np.eye(states) * (0.94 - 0.06 / (states - 1))
    means = np.round(rng.normal(0, 0.002, (states, width)), 5)
    loadings = rng.normal(0, 1, (width, 2))
    shape = loadings @ loadings.T + np.eye(width)
    truth = (initial, transition, means, np.round([shape * 5e-5 * 3**state for state in range(states)], 9))
    data = np.round(draw(bars, *truth), 5)
    given = model(*truth)
    fits = []
    parameters = truth
    while len(fits) <= starts:
        fitted = model(*parameters, n_iter=2000, tol=1e-11, **NO_PRIORS).fit(data)
        if np.linalg.cond(fitted.covars_).max() < 1e10:
            fits.append({"start": lists(*parameters), "log_likelihood": fitted.score(data)})
        parameters = start(data, states)
    return {
        "model": lists(*truth),
        "data": data.tolist(),
        "log_likelihood": given.score(data),
        "filtered": filter(given, data),
        "fits": fits,
    }


truth = (initial, transition, means, covariances)
data = draw(BARS, *truth)
given = model(*truth)
fitted = model(*truth, n_iter=2000, tol=1e-11, **NO_PRIORS)
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
            "filtered": filter(given, data),
            "fitted_log_likelihood": fitted.score(data),
            "fitted_means": fitted.means_.tolist(),
            "fitted_transition": fitted.transmat_.tolist(),
            "further": [further(2, 1, 250, 6), further(3, 10, 400, 5), further(2, 4, 250, 5)],
        }
    )
)
