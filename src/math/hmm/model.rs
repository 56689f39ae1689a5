//! The model's parameters, and how they are fitted.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// A hidden Markov model: a hidden chain over K states, each with a Gaussian over d numbers.
///
/// Serialized as nested lists, row after row; what is read is checked as by [`validate`](Self::validate).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "super::serial::Parameters", into = "super::serial::Parameters")]
pub struct GaussianHmm {
    /// Probability of each state at the first bar: [K].
    pub initial: Vec<f64>,
    /// Probability of going from state i to state j over one bar, at [i, j]: [K, K].
    pub transition: Array2<f64>,
    /// Mean of each state's observations: [K, d].
    pub means: Array2<f64>,
    /// Covariance of each state's observations: K times [d, d].
    pub covariances: Vec<Array2<f64>>,
    /// Natural logarithm of the density of the data that the model was fitted to; minus infinity where it was not
    /// fitted, and then left out when serialized.
    pub log_likelihood: f64,
}

/// How a model is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HmmOptions {
    /// Starting points tried, at least 1; the best end is kept. Default 5.
    pub starts: usize,
    /// Most Baum-Welch iterations from each start, at least 1. Default 500.
    pub max_iterations: usize,
    /// A start has converged when an iteration raises the objective by less than this times its size; at least 0.
    /// Default 1e-9.
    pub tolerance: f64,
    /// Strength of the prior that keeps covariances from collapsing onto a few bars, in bars: each state's covariance
    /// is estimated as if it had seen this many further bars with the covariance of all the data (an inverse Wishart
    /// prior). At least 0, where 0 is maximum likelihood; default 1.
    pub prior_bars: f64,
}

impl Default for HmmOptions {
    fn default() -> Self {
        Self {
            starts: 5,
            max_iterations: 500,
            tolerance: 1e-9,
            prior_bars: 1.0,
        }
    }
}

impl GaussianHmm {
    /// Number of states, K.
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// The same model with its states sorted by the trace of their covariance, smallest first.
    pub(super) fn ordered(self) -> Self {
        let mut order: Vec<usize> = (0..self.states()).collect();
        order.sort_by(|&a, &b| {
            let trace = |state: usize| self.covariances[state].diag().sum();
            trace(a).total_cmp(&trace(b))
        });
        Self {
            initial: order.iter().map(|&state| self.initial[state]).collect(),
            transition: Array2::from_shape_fn(self.transition.dim(), |(i, j)| {
                self.transition[[order[i], order[j]]]
            }),
            means: Array2::from_shape_fn(self.means.dim(), |(i, j)| self.means[[order[i], j]]),
            covariances: order
                .iter()
                .map(|&state| self.covariances[state].clone())
                .collect(),
            log_likelihood: self.log_likelihood,
        }
    }
}
