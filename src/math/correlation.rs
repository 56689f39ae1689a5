//! Correlation from a covariance or from returns, and back.

use crate::error::{Error, Result};
use crate::math::covariance::{check_covariance, sample_covariance};
use crate::math::statistics::is_constant;
use ndarray::{Array2, ArrayView2};

/// Correlation c_ij / sqrt(c_ii c_jj) of a covariance [N, N]: symmetric, diagonal exactly 1, elements in [-1,
/// 1].
///
/// # Errors
/// What [`check_covariance`] refuses; an element above sqrt(c_ii c_jj) by more than rounding (1e-12 of it),
/// which is no covariance: repair it first ([`crate::math::positive_definite::repair`]).
pub fn correlation(covariance: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    check_covariance(covariance, covariance.nrows(), "covariance")?;
    let mut table = scaled_to_unit_diagonal(covariance);
    for ((i, j), value) in table.indexed_iter_mut() {
        if value.abs() > 1.0 + 1e-12 {
            let expected = "at most the product of the two standard deviations";
            return Err(Error::invalid(
                format!("covariance[{i}][{j}]"),
                covariance[[i, j]],
                expected,
            ));
        }
        *value = value.clamp(-1.0, 1.0);
    }
    Ok(table)
}

/// Sample correlation of `returns` [T, N]: [`correlation`] of the sample covariance.
///
/// # Errors
/// As [`sample_covariance`] (a missing value is refused by its place), and a column that does not vary.
pub fn sample_correlation(returns: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    let covariance = sample_covariance(returns)?;
    for (asset, column) in returns.columns().into_iter().enumerate() {
        if is_constant(&column.to_vec()) {
            let found = format!("{} in every bar", column[0]);
            return Err(Error::invalid(
                format!("returns[0][{asset}]"),
                found,
                "values that vary",
            ));
        }
    }
    correlation(covariance.view())
}

/// Covariance with the diagonal of `variances_of` (taken over exactly) and the given correlations.
pub(crate) fn rescaled(correlation: ArrayView2<'_, f64>, variances_of: ArrayView2<'_, f64>) -> Array2<f64> {
    let deviations: Vec<f64> = variances_of.diag().iter().map(|v| v.sqrt()).collect();
    Array2::from_shape_fn(correlation.dim(), |(i, j)| {
        if i == j {
            return variances_of[[i, i]];
        }
        // From the lower half alone, so that the result is symmetric to the last bit.
        let (row, column) = (i.max(j), i.min(j));
        correlation[[row, column]] * (deviations[row] * deviations[column])
    })
}

/// The table divided by the square roots of its (positive) diagonal: symmetric, diagonal exactly 1, not
/// clamped.
pub(crate) fn scaled_to_unit_diagonal(covariance: ArrayView2<'_, f64>) -> Array2<f64> {
    let deviations: Vec<f64> = covariance.diag().iter().map(|v| v.sqrt()).collect();
    Array2::from_shape_fn(covariance.dim(), |(i, j)| {
        if i == j {
            return 1.0;
        }
        let (row, column) = (i.max(j), i.min(j));
        covariance[[row, column]] / (deviations[row] * deviations[column])
    })
}
