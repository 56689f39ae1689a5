//! Shrunk expected returns.

use crate::error::Result;
use crate::math::covariance::{check_covariance, check_returns, cholesky, column_means, to_matrix};
use nalgebra::DVector;
use ndarray::ArrayView2;

/// Bayes-Stein means (Jorion 1986, "Bayes-Stein Estimation for Portfolio Analysis"): column means of `returns`
/// [T, N] shrunk towards the mean of the minimum-variance portfolio, m0 = 1'Σ⁻¹m / 1'Σ⁻¹1, by
/// (N + 2) / (N + 2 + T (m - m0)'Σ⁻¹(m - m0)).
///
/// `covariance` [N, N] is per bar like the returns. Jorion uses the sample covariance scaled by (T-1)/(T-N-2), which
/// does not exist for few bars; any positive definite estimate will do here. Returns [N], per bar.
///
/// # Errors
/// Returns that [`check_returns`] refuses; a covariance of the wrong size or not positive definite.
pub fn bayes_stein_mean(returns: ArrayView2<'_, f64>, covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    check_returns(returns)?;
    let assets = returns.ncols();
    check_covariance(covariance, assets, "covariance")?;
    let factor = cholesky(to_matrix(covariance), "covariance")?;
    let means = DVector::from_iterator(assets, column_means(returns));
    let minimum_variance = factor.solve(&DVector::from_element(assets, 1.0));
    let center = minimum_variance.dot(&means) / minimum_variance.sum();
    let away = means.add_scalar(-center);
    let distance = away.dot(&factor.solve(&away));
    let prior_strength = assets as f64 + 2.0;
    let shrinkage = prior_strength / (prior_strength + returns.nrows() as f64 * distance);
    Ok(away.iter().map(|value| center + (1.0 - shrinkage) * value).collect())
}
