//! The Cholesky factor of a covariance matrix: correlated draws and Gaussian densities.

use crate::math::elementary::ln;
use nalgebra::DMatrix;
use ndarray::ArrayView2;

/// Largest relative difference between entry (i, j) and entry (j, i) of a matrix that counts as symmetric.
const SYMMETRY_TOLERANCE: f64 = 1e-9;

/// Lower triangular L with L·Lᵀ = the factored matrix.
///
/// Stored column after column, each from its diagonal entry down, so that every inner loop runs over adjacent
/// numbers: [n] + [n - 1] + ... + [1] values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    size: usize,
    columns: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix` [n, n]; nothing where it is not square, not finite, not symmetric (to 1e-9, relative to the
    /// diagonal) or not positive definite.
    pub fn new(matrix: ArrayView2<'_, f64>) -> Option<Self> {
        let size = matrix.nrows();
        let symmetric = |i: usize, j: usize| {
            let scale = (matrix[[i, i]] * matrix[[j, j]]).abs().sqrt();
            (matrix[[i, j]] - matrix[[j, i]]).abs() <= SYMMETRY_TOLERANCE * scale
        };
        let usable = matrix.ncols() == size
            && matrix.iter().all(|entry| entry.is_finite())
            && (0..size).all(|i| (0..i).all(|j| symmetric(i, j)));
        if !usable {
            return None;
        }
        let lower = nalgebra::Cholesky::new(DMatrix::from_fn(size, size, |i, j| matrix[[i, j]]))?.unpack();
        // A pivot that is only rounding noise would pass as positive: the matrix is singular to working precision.
        let definite = (0..size).all(|i| {
            let pivot = lower[(i, i)];
            pivot.is_finite() && pivot * pivot > 1e-14 * matrix[[i, i]]
        });
        definite.then(|| Self {
            size,
            columns: (0..size)
                .flat_map(|j| (j..size).map(move |i| (i, j)))
                .map(|entry| lower[entry])
                .collect(),
        })
    }

    /// Number of rows, n.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The columns of L from left to right: column j from its diagonal entry down, [n - j].
    #[inline]
    pub fn columns(&self) -> impl Iterator<Item = &[f64]> {
        let mut rest = self.columns.as_slice();
        (0..self.size).map(move |j| {
            let (column, below) = rest.split_at(self.size - j);
            rest = below;
            column
        })
    }

    /// Solves L·y = `values` in place: `values` [n] becomes y. With values = x - mean, y·y is the squared
    /// Mahalanobis distance.
    #[inline]
    pub fn solve_lower(&self, values: &mut [f64]) {
        for (j, column) in self.columns().enumerate() {
            let solved = values[j] / column[0];
            values[j] = solved;
            for (value, &entry) in values[j + 1..].iter_mut().zip(&column[1..]) {
                *value -= entry * solved;
            }
        }
    }

    /// Logarithm of the determinant of the factored matrix.
    pub fn log_determinant(&self) -> f64 {
        2.0 * self.columns().map(|column| ln(column[0])).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn factor_solves_and_gives_the_determinant() {
        // [[4, 2], [2, 5]] = L·Lᵀ with L = [[2, 0], [1, 2]]; determinant 16.
        let factor = Cholesky::new(array![[4.0, 2.0], [2.0, 5.0]].view()).unwrap();
        assert_eq!(
            factor.columns().collect::<Vec<_>>(),
            [&[2.0, 1.0][..], &[2.0][..]]
        );
        assert!((factor.log_determinant() - 16.0_f64.ln()).abs() < 1e-15);
        let mut values = [2.0, 5.0];
        factor.solve_lower(&mut values);
        assert_eq!(values, [1.0, 2.0]);
    }

    #[test]
    fn unusable_matrices_are_refused() {
        for matrix in [
            array![[1.0, 2.0], [2.0, 1.0]],
            array![[1.0, 1.0], [1.0, 1.0]],
            array![[1.0, 0.5], [0.4, 1.0]],
            array![[1.0, f64::NAN], [f64::NAN, 1.0]],
            array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            array![[0.0]],
        ] {
            assert_eq!(Cholesky::new(matrix.view()), None, "{matrix}");
        }
    }
}
