//! Equal risk contribution.

use crate::error::{Error, Result};
use crate::math::covariance::{check_covariance, cholesky, to_matrix};
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;

/// Long-only weights, summing to 1, in which every asset contributes the same part of the variance:
/// w_i (Σw)_i = w'Σw / N to 1e-10 of it. `covariance` is [N, N], positive definite.
///
/// With D the volatilities and C the correlations, y = D·w is the minimum of ½ y'Cy - sum ln y_i up to scale (Spinu
/// 2013, "An Algorithm for Computing Risk Parity Weights"). The function is self-concordant, so Newton's method with
/// the step 1/(1 + decrement) stays positive and converges from anywhere.
///
/// # Errors
/// A covariance that is not finite, symmetric and positive definite.
pub fn equal_risk_contribution(covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    let assets = covariance.nrows();
    check_covariance(covariance, assets, "covariance")?;
    let volatility: Vec<f64> = covariance.diag().iter().map(|variance| variance.sqrt()).collect();
    let covariance = to_matrix(covariance);
    let correlation = DMatrix::from_fn(assets, assets, |i, j| {
        covariance[(i, j)] / (volatility[i] * volatility[j])
    });
    // A matrix that is not positive definite has no minimum to find.
    cholesky(correlation.clone(), "covariance")?;
    let mut y = DVector::from_element(assets, (assets as f64 / correlation.sum()).sqrt());
    for _ in 0..MAX_NEWTON_STEPS {
        let product = &correlation * &y;
        let gradient = DVector::from_fn(assets, |i, _| product[i] - 1.0 / y[i]);
        if (0..assets).all(|i| (gradient[i] * y[i]).abs() < TOLERANCE) {
            let weights: Vec<f64> = y.iter().zip(&volatility).map(|(y, sigma)| y / sigma).collect();
            let total: f64 = weights.iter().sum();
            return Ok(weights.iter().map(|weight| weight / total).collect());
        }
        let mut hessian = correlation.clone();
        for i in 0..assets {
            hessian[(i, i)] += 1.0 / (y[i] * y[i]);
        }
        let step = cholesky(hessian, "covariance")?.solve(&gradient);
        let decrement = gradient.dot(&step).max(0.0).sqrt();
        // Below 1/4 the full step converges quadratically.
        let length = if decrement < 0.25 { 1.0 } else { 1.0 / (1.0 + decrement) };
        y -= step * length;
    }
    let found = format!("too ill-conditioned for {MAX_NEWTON_STEPS} Newton steps");
    Err(Error::invalid("covariance", found, "a well-conditioned matrix"))
}

const MAX_NEWTON_STEPS: usize = 200;
/// Largest departure of an asset's share from the mean share, relative to it.
const TOLERANCE: f64 = 1e-11;

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    #[test]
    fn two_assets_weigh_inversely_to_volatility_whatever_their_correlation() {
        for correlation in [-0.9, 0.0, 0.7] {
            let cross = 0.2 * 0.1 * correlation;
            let weights = equal_risk_contribution(array![[0.04, cross], [cross, 0.01]].view()).unwrap();
            assert!((weights[0] - 1.0 / 3.0).abs() < 1e-12, "{weights:?}");
        }
        assert_eq!(equal_risk_contribution(array![[0.3]].view()).unwrap(), [1.0]);
    }

    #[test]
    fn singular_and_impossible_covariances_are_refused() {
        for bad in [array![[1.0, 2.0], [2.0, 1.0]], array![[1.0, f64::NAN], [0.0, 1.0]], array![[1.0, 0.0], [0.0, 0.0]]] {
            assert!(equal_risk_contribution(bad.view()).is_err(), "{bad}");
        }
        assert!(equal_risk_contribution(Array2::zeros((0, 0)).view()).is_err());
    }

    proptest! {
        #[test]
        fn every_asset_contributes_the_same_variance(
            entries in proptest::collection::vec(-1.0..1.0_f64, 36),
            scales in proptest::collection::vec(-3.0..3.0_f64, 6),
        ) {
            let mut factor = Array2::from_shape_vec((6, 6), entries).unwrap();
            for (mut row, scale) in factor.rows_mut().into_iter().zip(scales) {
                row *= scale.exp();
            }
            let mut covariance = factor.dot(&factor.t());
            for value in covariance.diag_mut() {
                *value += 1e-3;
            }
            let covariance = (&covariance + &covariance.t()) / 2.0;
            let weights = ndarray::Array1::from(equal_risk_contribution(covariance.view()).unwrap());
            let marginal = covariance.dot(&weights);
            let variance = weights.dot(&marginal);
            for (weight, marginal) in weights.iter().zip(&marginal) {
                prop_assert!(*weight > 0.0);
                prop_assert!((weight * marginal * 6.0 / variance - 1.0).abs() < 1e-10);
            }
        }
    }
}
