//! The Gaussians of the states: their densities, and their moments from weighted bars.

use super::model::GaussianHmm;
use crate::error::{Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::elementary::ln;
use ndarray::{Array2, ArrayView2};

/// Every state's Gaussian, ready to be evaluated.
#[derive(Debug, Clone)]
pub(super) struct Densities {
    means: Array2<f64>,
    /// Factor of each covariance: K times [d, d].
    pub(super) factors: Vec<Cholesky>,
    /// Logarithm of the density at the mean: [K].
    peaks: Vec<f64>,
}

impl Densities {
    pub(super) fn new(model: &GaussianHmm) -> Result<Self> {
        let factors = model
            .covariances
            .iter()
            .enumerate()
            .map(|(state, covariance)| {
                Cholesky::new(covariance.view()).ok_or_else(|| {
                    let input = format!("covariances[{state}]");
                    Error::invalid(input, "not positive definite", "a covariance matrix of full rank")
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let constant = model.means.ncols() as f64 * ln(std::f64::consts::TAU);
        Ok(Self {
            peaks: factors
                .iter()
                .map(|factor| -0.5 * (constant + factor.log_determinant()))
                .collect(),
            means: model.means.as_standard_layout().to_owned(),
            factors,
        })
    }

    /// Writes the logarithm of every state's density at `observation` [d] into `out` [K]; `scratch` is [d].
    pub(super) fn log(&self, observation: &[f64], scratch: &mut [f64], out: &mut [f64]) {
        assert_eq!(observation.len(), scratch.len(), "an observation has d values");
        for (state, out) in out.iter_mut().enumerate() {
            for ((deviation, value), mean) in scratch.iter_mut().zip(observation).zip(self.means.row(state)) {
                *deviation = value - mean;
            }
            self.factors[state].solve_lower(scratch);
            *out = self.peaks[state] - 0.5 * scratch.iter().map(|value| value * value).sum::<f64>();
        }
    }
}

/// Weighted mean [d] and covariance [d, d] (divided by the sum of the weights) of `data` [T, d]; the weights [T] are
/// not all zero.
pub(super) fn covariance(data: ArrayView2<'_, f64>, weights: &[f64]) -> (Vec<f64>, Array2<f64>) {
    let width = data.ncols();
    let total: f64 = weights.iter().sum();
    let mut mean = vec![0.0; width];
    for (row, weight) in data.rows().into_iter().zip(weights) {
        mean.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += weight / total * value);
    }
    let mut deviation = vec![0.0; width];
    let mut lower = vec![0.0; width * width];
    for (row, weight) in data.rows().into_iter().zip(weights) {
        for ((deviation, value), mean) in deviation.iter_mut().zip(row).zip(&mean) {
            *deviation = value - mean;
        }
        for (i, sums) in lower.chunks_exact_mut(width).enumerate() {
            let scaled = weight / total * deviation[i];
            sums[..=i]
                .iter_mut()
                .zip(&deviation)
                .for_each(|(sum, other)| *sum += scaled * other);
        }
    }
    let covariance = Array2::from_shape_fn((width, width), |(i, j)| lower[i.max(j) * width + i.min(j)]);
    (mean, covariance)
}

/// The largest of `values`; minus infinity where there is none.
pub(super) fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
