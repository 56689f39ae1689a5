//! Covariance of returns: sample, exponentially weighted, and Ledoit-Wolf; and the checks and solves they need.
//!
//! Tables are [observations, assets], oldest row first; covariances are [assets, assets], per bar, symmetric to the
//! last bit.

use crate::error::{Error, Result};
use crate::math::statistics::decay_weights;
use nalgebra::{Cholesky, DMatrix, Dyn};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

/// Sample covariance with divisor T - 1.
///
/// # Errors
/// Fewer than two rows, no column, a value that is not finite.
pub fn sample_covariance(returns: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    check_returns(returns)?;
    let centered = centered(returns);
    Ok(gram(&centered) / (returns.nrows() - 1) as f64)
}

/// RiskMetrics covariance: sum of w_k r_k r_k', zero mean assumed, with w halving every `half_life` (> 0) bars and
/// normalised over the rows given. RiskMetrics' daily decay 0.94 is a half-life of 11.2 bars.
///
/// # Errors
/// As [`sample_covariance`], and a half-life that is not positive.
pub fn ewma_covariance(returns: ArrayView2<'_, f64>, half_life: f64) -> Result<Array2<f64>> {
    check_returns(returns)?;
    if !(half_life.is_finite() && half_life > 0.0) {
        return Err(Error::invalid("half_life", half_life, "a number of bars above 0"));
    }
    let mut weighted = returns.to_owned();
    let mut total = 0.0;
    for (weight, mut row) in decay_weights(half_life).zip(weighted.rows_mut().into_iter().rev()) {
        row *= weight.sqrt();
        total += weight;
    }
    Ok(gram(&weighted) / total)
}

/// A Ledoit-Wolf covariance and how far it was shrunk.
#[derive(Debug, Clone, PartialEq)]
pub struct LedoitWolf {
    /// (1 - shrinkage)·S + shrinkage·(trace(S)/N)·I, S the covariance with divisor T: [N, N].
    pub covariance: Array2<f64>,
    /// Shrinkage intensity, 0 to 1.
    pub shrinkage: f64,
}

/// Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices": shrinkage
/// towards a multiple of the identity, in scikit-learn's convention (centred, divisor T, one asset is not shrunk).
///
/// # Errors
/// As [`sample_covariance`].
pub fn ledoit_wolf(returns: ArrayView2<'_, f64>) -> Result<LedoitWolf> {
    check_returns(returns)?;
    let (rows, assets) = (returns.nrows() as f64, returns.ncols() as f64);
    let centered = centered(returns);
    let sample = gram(&centered) / rows;
    let mu = sample.diag().sum() / assets;
    // beta2: mean squared error of the sample covariance; delta2: its squared distance from mu·I (both divided by
    // N). Sum over i and j of x_i² x_j² in one row is the square of that row's sum of squares.
    let fourth: f64 = centered.rows().into_iter().map(|row| row.dot(&row).powi(2)).sum();
    let squared: f64 = sample.iter().map(|value| value * value).sum();
    let delta2 = squared / assets - mu * mu;
    let beta2 = ((fourth / rows - squared) / (rows * assets)).min(delta2);
    let shrinkage = if returns.ncols() == 1 || beta2 <= 0.0 { 0.0 } else { beta2 / delta2 };
    let mut covariance = sample * (1.0 - shrinkage);
    for value in covariance.diag_mut() {
        *value += shrinkage * mu;
    }
    Ok(LedoitWolf { covariance, shrinkage })
}

/// Checks that `covariance` (called `input` in the error) is a finite, symmetric (to 1e-12 of its largest variance)
/// `assets` × `assets` table with positive variances.
pub fn check_covariance(covariance: ArrayView2<'_, f64>, assets: usize, input: &str) -> Result<()> {
    if covariance.dim() != (assets, assets) || assets == 0 {
        let (rows, columns) = covariance.dim();
        let expected = format!("{assets} x {assets}, at least 1 x 1");
        return Err(Error::invalid(input, format!("{rows} x {columns}"), expected));
    }
    let largest = covariance.diag().iter().fold(0.0, |a: f64, &b| a.max(b));
    for ((i, j), &value) in covariance.indexed_iter() {
        let at = || format!("{input}[{i}][{j}]");
        if !value.is_finite() {
            return Err(Error::invalid(at(), value, "a finite number"));
        }
        if i == j && value <= 0.0 {
            return Err(Error::invalid(at(), value, "a variance above 0"));
        }
        if (value - covariance[[j, i]]).abs() > 1e-12 * largest {
            return Err(Error::invalid(at(), value, format!("[{j}][{i}], which is {}", covariance[[j, i]])));
        }
    }
    Ok(())
}

/// Checks a table of returns: at least two rows, at least one column, all finite. Errors name `returns`.
pub fn check_returns(returns: ArrayView2<'_, f64>) -> Result<()> {
    if returns.nrows() < 2 || returns.ncols() == 0 {
        let found = format!("{} x {}", returns.nrows(), returns.ncols());
        return Err(Error::invalid("returns", found, "at least 2 bars of at least 1 asset"));
    }
    match returns.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((bar, asset), value)) => Err(Error::invalid(
            format!("returns[{bar}][{asset}]"),
            value,
            "a finite number",
        )),
        None => Ok(()),
    }
}

/// Cholesky factor of a symmetric matrix (called `input` in the error), or the error that it is not positive
/// definite.
pub(crate) fn cholesky(matrix: DMatrix<f64>, input: &str) -> Result<Cholesky<f64, Dyn>> {
    Cholesky::new(matrix).ok_or_else(|| Error::invalid(input, "not positive definite", "a positive definite matrix"))
}

/// Copies a covariance table into a matrix.
pub(crate) fn to_matrix(table: ArrayView2<'_, f64>) -> DMatrix<f64> {
    DMatrix::from_fn(table.nrows(), table.ncols(), |i, j| table[[i, j]])
}

/// Mean of each column.
pub(crate) fn column_means(returns: ArrayView2<'_, f64>) -> Array1<f64> {
    returns.sum_axis(Axis(0)) / returns.nrows() as f64
}

fn centered(returns: ArrayView2<'_, f64>) -> Array2<f64> {
    &returns - &column_means(returns)
}

/// rows' · rows, each pair summed once so that the result is exactly symmetric: [T, N] -> [N, N].
fn gram(rows: &Array2<f64>) -> Array2<f64> {
    let columns: Vec<ArrayView1<'_, f64>> = rows.columns().into_iter().collect();
    let mut product = Array2::zeros((columns.len(), columns.len()));
    for (i, left) in columns.iter().enumerate() {
        for (j, right) in columns.iter().enumerate().take(i + 1) {
            let value = left.dot(right);
            product[[i, j]] = value;
            product[[j, i]] = value;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn sample_and_ewma_of_two_rows_are_the_hand_computed_ones() {
        let returns = array![[0.01, -0.02], [0.03, 0.02]];
        let sample = sample_covariance(returns.view()).unwrap();
        assert!((sample[[0, 0]] - 2e-4).abs() < 1e-18 && (sample[[0, 1]] - 4e-4).abs() < 1e-18);
        // Half-life 1: weights 1/3 and 2/3.
        let ewma = ewma_covariance(returns.view(), 1.0).unwrap();
        assert!((ewma[[0, 1]] - (-2e-4 + 2.0 * 6e-4) / 3.0).abs() < 1e-18);
    }

    #[test]
    fn bad_tables_are_named() {
        let text = |result: Result<Array2<f64>>| result.unwrap_err().to_string();
        assert!(text(sample_covariance(array![[0.1]].view())).contains("`returns` is 1 x 1"));
        assert!(text(sample_covariance(array![[0.1], [f64::NAN]].view())).contains("`returns[1][0]` is NaN"));
        assert!(text(ewma_covariance(array![[0.1], [0.2]].view(), 0.0)).contains("`half_life`"));
        assert!(ledoit_wolf(Array2::zeros((0, 3)).view()).is_err());
        let zero = check_covariance(array![[0.0]].view(), 1, "covariance").unwrap_err();
        assert!(zero.to_string().contains("`covariance[0][0]` is 0"));
        assert!(check_covariance(array![[1.0, 0.5], [0.4, 1.0]].view(), 2, "covariance").is_err());
        assert!(check_covariance(array![[1.0]].view(), 2, "covariance").is_err());
    }
}
