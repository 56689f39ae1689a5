//! Gaussian log returns: from the moments of simple returns, and drawn.

use crate::error::{Count, Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::elementary::{exp, ln_1p};
use crate::math::random::Stream;
use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

/// Mean [N] and covariance [N, N] of the Gaussian log returns whose simple returns have the mean `mean` [N] and the
/// covariance `covariance` [N, N], all over the same time.
///
/// Exact for log-normal gross returns 1 + R: Σ_ij = ln(1 + Cov(R_i, R_j) / (E[1 + R_i] E[1 + R_j])) and
/// m_i = ln E[1 + R_i] - Σ_ii / 2.
///
/// Errors: shapes that do not fit, a mean of -1 or less, a covariance too negative for a log-normal law.
pub fn log_moments(mean: &[f64], covariance: &[Vec<f64>]) -> Result<(Vec<f64>, Vec<Vec<f64>>)> {
    check_vector("mean", mean, mean.len())?;
    square("covariance", covariance, mean.len())?;
    if let Some(asset) = mean.iter().position(|mean| *mean <= -1.0) {
        return Err(Error::invalid(format!("mean[{asset}]"), mean[asset], "above -1"));
    }
    let mut log_covariance = vec![vec![0.0; mean.len()]; mean.len()];
    for (i, row) in log_covariance.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            let ratio = covariance[i][j] / ((1.0 + mean[i]) * (1.0 + mean[j]));
            *entry = ln_1p(ratio);
            if !entry.is_finite() {
                let expected = "above the product of the gross means, taken negative";
                return Err(Error::invalid(
                    format!("covariance[{i}][{j}]"),
                    covariance[i][j],
                    expected,
                ));
            }
        }
    }
    let log_mean = mean
        .iter()
        .enumerate()
        .map(|(i, mean)| ln_1p(*mean) - 0.5 * log_covariance[i][i])
        .collect();
    Ok((log_mean, log_covariance))
}

/// Gaussian log returns over one bar, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct LogNormal {
    /// Mean of the log returns: [N].
    mean: Vec<f64>,
    factor: Cholesky,
}

impl LogNormal {
    /// From the mean [N] and covariance [N, N] of one bar's log returns; `input` names the covariance in errors.
    pub(super) fn new(mean: Vec<f64>, input: &str, covariance: &[Vec<f64>]) -> Result<Self> {
        let covariance = square(input, covariance, mean.len())?;
        let factor = Cholesky::new(covariance.view()).ok_or_else(|| {
            let found = "not symmetric and positive definite";
            Error::invalid(
                input,
                found,
                "a covariance matrix of full rank (no asset a combination of others)",
            )
        })?;
        Ok(Self { mean, factor })
    }

    /// Writes one draw of simple returns into `returns` [N]. Allocates nothing.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream, returns: &mut [f64]) {
        returns.copy_from_slice(&self.mean);
        for (asset, column) in self.factor.columns().enumerate() {
            let normal: f64 = StandardNormal.sample(stream);
            for (log_return, entry) in returns[asset..].iter_mut().zip(column) {
                *log_return += entry * normal;
            }
        }
        for value in returns {
            // exp - 1 rather than exp_m1: the price is what has to be right to the last digit, and it is twice as
            // quick.
            *value = exp(*value) - 1.0;
        }
    }
}

/// Checks that `values` (named `input` in the error) has `length` finite entries.
pub(super) fn check_vector(input: &str, values: &[f64], length: usize) -> Result<()> {
    if values.len() != length {
        let found = Count(values.len(), "values");
        return Err(Error::invalid(input, found, format!("{length} (one an asset)")));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::invalid(
            format!("{input}[{index}]"),
            values[index],
            "finite",
        )),
        None => Ok(()),
    }
}

/// Checks that the assets have distinct names and that there is at least one; and the annual cash rate.
pub(super) fn check_common(assets: &[String], cash_rate: f64) -> Result<()> {
    if assets.is_empty() {
        return Err(Error::invalid("assets", "empty", "at least 1 asset"));
    }
    for (index, name) in assets.iter().enumerate() {
        if name.is_empty() || assets[..index].contains(name) {
            let found = format!("{name:?}, empty or repeated");
            return Err(Error::invalid(
                format!("assets[{index}]"),
                found,
                "distinct names, none empty",
            ));
        }
    }
    if !(cash_rate.is_finite() && cash_rate > -1.0) {
        return Err(Error::invalid(
            "cash_rate",
            cash_rate,
            "a finite annual rate above -1",
        ));
    }
    Ok(())
}

/// Rows as a matrix [size, size]. Errors: another shape, or an entry that is not finite.
fn square(input: &str, rows: &[Vec<f64>], size: usize) -> Result<Array2<f64>> {
    if rows.len() != size {
        let found = Count(rows.len(), "rows");
        return Err(Error::invalid(input, found, format!("{size} (one an asset)")));
    }
    for (index, row) in rows.iter().enumerate() {
        check_vector(&format!("{input}[{index}]"), row, size)?;
    }
    Ok(Array2::from_shape_fn((size, size), |(i, j)| rows[i][j]))
}

/// `correlation` between any two assets: the covariance of assets with these `volatilities` [N].
pub(super) fn equicorrelated(volatilities: &[f64], correlation: f64) -> Vec<Vec<f64>> {
    let entry =
        |i: usize, j: usize| volatilities[i] * volatilities[j] * if i == j { 1.0 } else { correlation };
    (0..volatilities.len())
        .map(|i| (0..volatilities.len()).map(|j| entry(i, j)).collect())
        .collect()
}

/// `count` numbers from `low` to `high` at equal distances; their middle where there is only one.
pub(super) fn spread(low: f64, high: f64, count: usize) -> Vec<f64> {
    (0..count)
        .map(|index| (index as f64 + 0.5) / count as f64)
        .map(|share| low + (high - low) * share)
        .collect()
}

/// Names of the assets of a preset: asset_1, asset_2, and so on.
pub(super) fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("asset_{number}")).collect()
}
