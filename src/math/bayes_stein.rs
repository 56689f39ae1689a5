//! Shrunk expected returns.

use crate::error::Result;
use crate::math::covariance::{check_covariance, check_returns, cholesky, column_means, to_matrix};
use nalgebra::{DMatrix, DVector};
use ndarray::{Array2, ArrayView2};

/// Means shrunk by Bayes-Stein, and how they move with the sample means.
#[derive(Debug, Clone, PartialEq)]
pub struct BayesStein {
    /// The shrunk means: [N], per bar.
    pub means: Vec<f64>,
    /// How far they went from the sample means to `center`, in (0, 1].
    pub shrinkage: f64,
    /// What they were shrunk towards: the mean of the minimum-variance portfolio, per bar.
    pub center: f64,
    /// Derivative of shrunk mean i with respect to sample mean j, the covariance held: [N, N].
    pub jacobian: Array2<f64>,
}

/// Bayes-Stein means (Jorion 1986, "Bayes-Stein Estimation for Portfolio Analysis"): column means of
/// `returns` [T, N] shrunk towards the mean of the minimum-variance portfolio, m0 = 1'Σ⁻¹m / 1'Σ⁻¹1, by (N +
/// 2) / (N + 2 + T (m - m0)'Σ⁻¹(m - m0)).
///
/// `covariance` [N, N] is per bar like the returns. Jorion uses the sample covariance scaled by
/// (T-1)/(T-N-2), which does not exist for few bars; any positive definite estimate will do here.
///
/// # Errors
/// Returns that [`check_returns`] refuses; a covariance of the wrong size or not positive definite.
pub fn bayes_stein(returns: ArrayView2<'_, f64>, covariance: ArrayView2<'_, f64>) -> Result<BayesStein> {
    check_returns(returns)?;
    let assets = returns.ncols();
    check_covariance(covariance, assets, "covariance")?;
    let factor = cholesky(to_matrix(covariance), "covariance")?;
    let means = DVector::from_iterator(assets, column_means(returns));
    let mut minimum_variance = factor.solve(&DVector::from_element(assets, 1.0));
    let center = minimum_variance.dot(&means) / minimum_variance.sum();
    minimum_variance /= minimum_variance.sum();
    let away = means.add_scalar(-center);
    let solved = factor.solve(&away);
    let distance = away.dot(&solved);
    let (prior_strength, bars) = (assets as f64 + 2.0, returns.nrows() as f64);
    let shrinkage = prior_strength / (prior_strength + bars * distance);
    // With s the shrinkage, a = m - m0·1 and g the minimum-variance weights, the shrunk mean is m0·1 + (1 -
    // s) a, where dm0 = g'dm and, because 1'Σ⁻¹a = 0, ds = -(s² T / prior strength)·2 (Σ⁻¹a)'dm.
    let pull = 2.0 * shrinkage * shrinkage * bars / prior_strength;
    let jacobian = DMatrix::from_diagonal_element(assets, assets, 1.0 - shrinkage)
        + DVector::from_element(assets, shrinkage) * minimum_variance.transpose()
        + &away * solved.transpose() * pull;
    let shrunk = away.iter().map(|value| center + (1.0 - shrinkage) * value);
    Ok(BayesStein {
        means: shrunk.collect(),
        shrinkage,
        center,
        jacobian: Array2::from_shape_fn((assets, assets), |(i, j)| jacobian[(i, j)]),
    })
}

/// The means of [`bayes_stein`] alone: [N], per bar.
///
/// # Errors
/// As [`bayes_stein`].
pub fn bayes_stein_mean(returns: ArrayView2<'_, f64>, covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    Ok(bayes_stein(returns, covariance)?.means)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, array};

    #[test]
    fn the_jacobian_is_the_numerical_derivative() {
        let returns = Array2::from_shape_fn((60, 3), |(t, i)| {
            0.01 * ((t * (i + 2)) as f64 * 1.3).sin() + 0.002 * i as f64
        });
        let covariance = array![[1e-4, 2e-5, 0.0], [2e-5, 2e-4, -3e-5], [0.0, -3e-5, 3e-4]];
        let base = bayes_stein(returns.view(), covariance.view()).unwrap();
        assert!(
            base.shrinkage > 0.05 && base.shrinkage < 0.95,
            "{}",
            base.shrinkage
        );
        for j in 0..3 {
            let moved = |by: f64| {
                let mut moved = returns.clone();
                moved
                    .index_axis_mut(Axis(1), j)
                    .iter_mut()
                    .for_each(|value| *value += by);
                bayes_stein_mean(moved.view(), covariance.view()).unwrap()
            };
            let (ahead, behind) = (moved(1e-6), moved(-1e-6));
            for i in 0..3 {
                let numeric = (ahead[i] - behind[i]) / 2e-6;
                let found = base.jacobian[[i, j]];
                assert!((found - numeric).abs() < 1e-6, "[{i}][{j}] {found} {numeric}");
            }
        }
    }
}
