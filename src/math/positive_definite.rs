//! Repair of a covariance that is not positive definite, saying whether and how much it was changed.

use crate::error::{Error, Result};
use crate::math::correlation::{rescaled, scaled_to_unit_diagonal};
use crate::math::covariance::{check_covariance, to_matrix};
use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array2, ArrayView2};

/// Smallest eigenvalue of the correlation that [`repair`] is asked for where nothing speaks for another:
/// 1e-8.
pub const SMALLEST_EIGENVALUE: f64 = 1e-8;

/// Most alternating projections; linear convergence needs tens to hundreds.
pub const MAX_PROJECTIONS: usize = 2_000;

/// A positive definite covariance and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// Positive definite: [N, N]. The input itself, bit for bit, where that was good enough; its variances in
    /// any case.
    pub covariance: Array2<f64>,
    /// Smallest eigenvalue of the input's correlation.
    pub smallest_eigenvalue_before: f64,
    /// Frobenius norm of the change over that of the input; exactly 0 where nothing was changed.
    pub change: f64,
    /// Alternating projections made: 0 where nothing was changed. At [`MAX_PROJECTIONS`] they had not
    /// settled, and the result is positive definite and near, but may not be the nearest.
    pub projections: usize,
}

impl Repaired {
    /// Whether the covariance is not the input.
    pub fn is_changed(&self) -> bool {
        self.projections > 0
    }
}

/// The covariance whose correlation is the nearest (Frobenius) to the input's among those with unit diagonal
/// and no eigenvalue below `smallest_eigenvalue` (of a correlation; [1e-10, 0.1], [`SMALLEST_EIGENVALUE`] by
/// default).
///
/// Higham (2002), "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22: alternating projections
/// with Dykstra's correction. What stopping leaves below the bound is mended by a mix with the identity.
///
/// # Errors
/// What [`check_covariance`] refuses; a bound outside its range; an eigenvalue iteration that does not
/// converge.
pub fn repair(covariance: ArrayView2<'_, f64>, smallest_eigenvalue: f64) -> Result<Repaired> {
    check_covariance(covariance, covariance.nrows(), "covariance")?;
    if !(1e-10..=0.1).contains(&smallest_eigenvalue) {
        let expected = "between 1e-10 and 0.1";
        return Err(Error::invalid(
            "smallest_eigenvalue",
            smallest_eigenvalue,
            expected,
        ));
    }
    let given = to_matrix(scaled_to_unit_diagonal(covariance).view());
    let smallest_eigenvalue_before = smallest(&eigen(given.clone())?);
    if smallest_eigenvalue_before >= smallest_eigenvalue {
        return Ok(Repaired {
            covariance: covariance.to_owned(),
            smallest_eigenvalue_before,
            change: 0.0,
            projections: 0,
        });
    }
    // A little above the bound, so that a second repair, after rounding, finds nothing to do.
    let floor = smallest_eigenvalue + 1e-13 * covariance.nrows() as f64;
    let (nearest, projections) = nearest_correlation(given, floor)?;
    let correlation = lift(nearest, floor)?;
    let table = Array2::from_shape_fn(covariance.dim(), |(i, j)| correlation[(i, j)]);
    let repaired = rescaled(table.view(), covariance);
    Ok(Repaired {
        change: norm(&(&repaired - &covariance)) / norm(&covariance.to_owned()),
        covariance: repaired,
        smallest_eigenvalue_before,
        projections,
    })
}

/// Higham's iteration: the matrix with unit diagonal it ends at, and the projections made.
fn nearest_correlation(given: DMatrix<f64>, floor: f64) -> Result<(DMatrix<f64>, usize)> {
    let mut unit_diagonal = given;
    let mut correction = DMatrix::zeros(unit_diagonal.nrows(), unit_diagonal.ncols());
    for projection in 1..=MAX_PROJECTIONS {
        let corrected = &unit_diagonal - &correction;
        let bounded = with_eigenvalues_above(corrected.clone(), floor)?;
        correction = &bounded - corrected;
        let mut next = bounded;
        next.fill_diagonal(1.0);
        let step = (&next - &unit_diagonal).norm();
        unit_diagonal = next;
        if step <= 1e-11 * unit_diagonal.norm() {
            return Ok((unit_diagonal, projection));
        }
    }
    Ok((unit_diagonal, MAX_PROJECTIONS))
}

/// Nearest symmetric matrix with no eigenvalue below `floor`: [N, N], symmetric to the last bit.
fn with_eigenvalues_above(matrix: DMatrix<f64>, floor: f64) -> Result<DMatrix<f64>> {
    let mut parts = eigen(matrix)?;
    parts.eigenvalues.apply(|value| *value = value.max(floor));
    let product = parts.recompose();
    Ok((&product + product.transpose()) * 0.5)
}

/// (1 - t)·matrix + t·identity with the smallest t in [0, 1] that lifts every eigenvalue to `floor`.
fn lift(matrix: DMatrix<f64>, floor: f64) -> Result<DMatrix<f64>> {
    let lowest = smallest(&eigen(matrix.clone())?);
    if lowest >= floor {
        return Ok(matrix);
    }
    let mix = (floor - lowest) / (1.0 - lowest);
    let mut lifted = matrix * (1.0 - mix);
    lifted.fill_diagonal(1.0);
    Ok(lifted)
}

fn eigen(matrix: DMatrix<f64>) -> Result<SymmetricEigen<f64, nalgebra::Dyn>> {
    SymmetricEigen::try_new(matrix, f64::EPSILON, 100_000)
        .ok_or_else(|| Error::invalid("covariance", "without eigenvalues to be found", "a covariance"))
}

fn smallest(parts: &SymmetricEigen<f64, nalgebra::Dyn>) -> f64 {
    parts.eigenvalues.min()
}

fn norm(table: &Array2<f64>) -> f64 {
    table.iter().map(|value| value * value).sum::<f64>().sqrt()
}
