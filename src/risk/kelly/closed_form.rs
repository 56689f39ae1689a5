//! Full Kelly in closed form: of one bet, of one asset, of a portfolio without caps.

use crate::error::{Error, Result};
use crate::math::covariance::{check_covariance, cholesky, to_matrix};
use nalgebra::DVector;
use ndarray::ArrayView2;

/// Fraction of wealth to stake on a bet that gains the fraction `gain` of the stake with `probability`, and
/// otherwise loses the fraction `loss` of it: p/loss - q/gain. Negative where the bet is to be refused; above
/// 1 where it is worth borrowing for.
///
/// # Errors
/// A probability outside [0, 1], a gain or loss that is not positive and finite.
pub fn binary(probability: f64, gain: f64, loss: f64) -> Result<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(Error::invalid("probability", probability, "in [0, 1]"));
    }
    for (name, value) in [("gain", gain), ("loss", loss)] {
        if !(value.is_finite() && value > 0.0) {
            return Err(Error::invalid(name, value, "a finite number above 0"));
        }
    }
    Ok(probability / loss - (1.0 - probability) / gain)
}

/// Full Kelly for one asset whose return above cash has mean `excess` and `variance` over the same short
/// period (Merton 1969): excess / variance, the share of wealth at which expected log growth is largest.
/// Negative is a short position, above 1 is borrowing. A fraction and a cap:
/// [`KellyConfig::weight`](super::KellyConfig::weight).
///
/// # Errors
/// An excess that is not finite, a variance that is not positive and finite, or a quotient beyond the number
/// format.
pub fn continuous(excess: f64, variance: f64) -> Result<f64> {
    if !excess.is_finite() {
        return Err(Error::invalid("excess", excess, "a finite number"));
    }
    if !(variance.is_finite() && variance > 0.0) {
        return Err(Error::invalid("variance", variance, "a finite number above 0"));
    }
    let full = excess / variance;
    if !full.is_finite() {
        return Err(Error::invalid("excess / variance", full, "a finite number"));
    }
    Ok(full)
}

/// Full Kelly without any cap: Σ⁻¹ `excess` [N], with `excess` and `covariance` [N, N] over the same short
/// period. Weights of either sign and any size; cash is the rest.
///
/// # Errors
/// Wrong lengths, values that are not finite, Σ not positive definite.
pub fn unconstrained(excess: &[f64], covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    check_covariance(covariance, excess.len(), "covariance")?;
    check_excess(excess)?;
    let scale = covariance.diag().iter().fold(0.0, |a: f64, &b| a.max(b));
    let factor = cholesky(to_matrix(covariance) / scale, "covariance")?;
    let solved = factor.solve(&DVector::from_column_slice(excess));
    let weights: Vec<f64> = solved.iter().map(|value| value / scale).collect();
    match weights.iter().position(|weight| !weight.is_finite()) {
        Some(i) => {
            let expected = "small enough for finite weights";
            Err(Error::invalid(format!("excess[{i}]"), excess[i], expected))
        }
        None => Ok(weights),
    }
}

pub(super) fn check_excess(excess: &[f64]) -> Result<()> {
    match excess.iter().position(|value| !value.is_finite()) {
        Some(i) => Err(Error::invalid(
            format!("excess[{i}]"),
            excess[i],
            "a finite number",
        )),
        None => Ok(()),
    }
}
