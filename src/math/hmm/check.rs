//! What is refused: models that are none, data that cannot be fitted, options out of range.

use super::density::{Densities, covariance};
use super::model::{GaussianHmm, HmmOptions};
use crate::error::{Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::markov::check_distribution;
use ndarray::ArrayView2;

impl GaussianHmm {
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
}

/// Whether `data` [T, d] can be fitted with `states` states.
pub(super) fn check_data(data: ArrayView2<'_, f64>, states: usize) -> Result<()> {
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

/// Whether the options are in their ranges.
pub(super) fn check_options(options: &HmmOptions) -> Result<()> {
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
