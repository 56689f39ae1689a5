//! Hidden Markov models with Gaussian observations of full covariance: fitting (Baum-Welch) and filtering.
//!
//! Notation of Rabiner, "A tutorial on hidden Markov models" (Proc. IEEE 77, 1989): forward and backward passes are
//! scaled at every bar. T bars, d numbers a bar, K states.

mod baum_welch;
mod density;
mod filter;
mod serial;
mod start;

use crate::error::{Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::markov::check_distribution;
use baum_welch::climb;
use density::{Densities, covariance};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use start::starting_point;

pub use filter::{HmmFilter, HmmFilterState};

/// A hidden Markov model: a hidden chain over K states, each with a Gaussian over d numbers.
///
/// Serialized as nested lists, row after row; what is read is checked as by [`validate`](Self::validate).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "serial::Parameters", into = "serial::Parameters")]
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
    /// Fits a model with `states` states to `data` [T, d] by Baum-Welch from several seeded starts.
    ///
    /// The same seed gives the same model. A start whose covariances collapse (possible only without a prior) is
    /// passed over. States are ordered by total variance (trace of the covariance), calmest
    /// first.
    ///
    /// Errors: no state, fewer than K·(d + 1) bars, a value that is not finite, a column that never changes or is a
    /// linear function of others, options out of range, covariances that collapse from every start.
    pub fn fit(data: ArrayView2<'_, f64>, states: usize, seed: u64, options: &HmmOptions) -> Result<Self> {
        check_data(data, states)?;
        check_options(options)?;
        let (mut best, mut failure): (Option<(f64, Self)>, Option<Error>) = (None, None);
        for start in 0..options.starts {
            match climb(data, starting_point(data, states, seed, start), options) {
                Ok((objective, model)) => {
                    if best.as_ref().is_none_or(|(highest, _)| objective > *highest) {
                        best = Some((objective, model));
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        match (best, failure) {
            (Some((_, model)), _) => Ok(model.ordered()),
            (None, Some(error)) => Err(error),
            (None, None) => unreachable!("options hold at least one start"),
        }
    }

    /// Baum-Welch from this model's own parameters; the order of the states is kept. `starts` is not used.
    ///
    /// Errors: as [`fit`](Self::fit) and [`validate`](Self::validate).
    pub fn refine(self, data: ArrayView2<'_, f64>, options: &HmmOptions) -> Result<Self> {
        self.validate()?;
        check_data(data, self.states())?;
        check_options(options)?;
        if data.ncols() != self.means.ncols() {
            let found = format!("{} columns", data.ncols());
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid("data", found, expected));
        }
        Ok(climb(data, self, options)?.1)
    }

    /// Number of states, K.
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// Checks shapes, probabilities, and that every covariance is positive definite.
    pub fn validate(&self) -> Result<()> {
        let (states, width) = (self.states(), self.means.ncols());
        let shape = |input: &str, found: &[usize], expected: [usize; 2]| {
            (found == expected)
                .then_some(())
                .ok_or_else(|| Error::invalid(input, format!("{found:?}"), format!("of shape {expected:?}")))
        };
        check_distribution("initial", self.initial.iter().copied())?;
        shape("transition", self.transition.shape(), [states, states])?;
        shape("means", self.means.shape(), [states, width.max(1)])?;
        shape("covariances", &[self.covariances.len(), width], [states, width])?;
        for (state, row) in self.transition.rows().into_iter().enumerate() {
            check_distribution(&format!("transition[{state}]"), row.iter().copied())?;
        }
        if let Some(mean) = self.means.iter().find(|mean| !mean.is_finite()) {
            return Err(Error::invalid("means", mean, "finite"));
        }
        for (state, covariance) in self.covariances.iter().enumerate() {
            shape(
                &format!("covariances[{state}]"),
                covariance.shape(),
                [width, width],
            )?;
        }
        Densities::new(self).map(|_| ())
    }

    /// Natural logarithm of the density of `data` [T, d] under the model.
    ///
    /// Errors: as [`validate`](Self::validate), or the number of columns is not d.
    pub fn score(&self, data: ArrayView2<'_, f64>) -> Result<f64> {
        let mut filter = HmmFilter::new(self)?;
        if data.ncols() != self.means.ncols() {
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid(
                "data",
                format!("{} columns", data.ncols()),
                expected,
            ));
        }
        let mut bar = vec![0.0; data.ncols()];
        for row in data.rows() {
            bar.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            filter.update(&bar);
        }
        Ok(filter.log_likelihood())
    }

    /// The same model with its states sorted by the trace of their covariance, smallest first.
    fn ordered(self) -> Self {
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

fn check_data(data: ArrayView2<'_, f64>, states: usize) -> Result<()> {
    let (bars, width) = data.dim();
    if states == 0 {
        return Err(Error::invalid("states", 0, "at least 1"));
    }
    if width == 0 {
        return Err(Error::invalid("data", "without columns", "at least 1 column"));
    }
    let least = states.saturating_mul(width + 1);
    if bars < least {
        let expected = format!("at least {least} ({states} states, {width} columns)");
        return Err(Error::invalid("data", format!("{bars} bars"), expected));
    }
    if let Some(((bar, column), value)) = data.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::invalid(format!("data[{bar}, {column}]"), value, "finite"));
    }
    let (mean, pooled) = covariance(data, &vec![1.0; bars]);
    // A constant column's variance is 0 only up to the rounding of its mean.
    if let Some(column) = (0..width).find(|&i| pooled[[i, i]] <= 1e-24 * mean[i] * mean[i]) {
        return Err(Error::invalid(
            format!("data[.., {column}]"),
            "constant",
            "values that vary",
        ));
    }
    if Cholesky::new(pooled.view()).is_none() {
        return Err(Error::invalid(
            "data",
            "of singular covariance",
            "columns none of which is a linear function of the others",
        ));
    }
    Ok(())
}

fn check_options(options: &HmmOptions) -> Result<()> {
    let at_least = |input: &str, found: f64, least: f64| {
        (found.is_finite() && found >= least)
            .then_some(())
            .ok_or_else(|| Error::invalid(input, found, format!("at least {least}")))
    };
    at_least("starts", options.starts as f64, 1.0)?;
    at_least("max_iterations", options.max_iterations as f64, 1.0)?;
    at_least("tolerance", options.tolerance, 0.0)?;
    at_least("prior_bars", options.prior_bars, 0.0)
}
