//! Linear equations with a positive definite matrix, in place: nothing is allocated.

/// Solves A·x = `values` for a symmetric positive definite A [n, n], row-major, of which the lower half is read: `values`
/// [n] becomes x, and the lower half of `matrix` the Cholesky factor. n³/6 products.
///
/// A matrix that is not positive definite gives what is not finite.
pub(crate) fn solve(matrix: &mut [f64], values: &mut [f64]) {
    let n = values.len();
    for i in 0..n {
        let (above, own) = matrix.split_at_mut(i * n);
        for j in 0..i {
            let row = &above[j * n..j * n + j + 1];
            let known: f64 = own[..j].iter().zip(row).map(|(a, b)| a * b).sum();
            own[j] = (own[j] - known) / row[j];
        }
        let known: f64 = own[..i].iter().map(|entry| entry * entry).sum();
        own[i] = (own[i] - known).sqrt();
        let known: f64 = own[..i].iter().zip(&*values).map(|(a, x)| a * x).sum();
        values[i] = (values[i] - known) / own[i];
    }
    for i in (0..n).rev() {
        let row = &matrix[i * n..i * n + i + 1];
        values[i] /= row[i];
        let solved = values[i];
        for (value, entry) in values[..i].iter_mut().zip(row) {
            *value -= entry * solved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn it_is_the_solution_that_elimination_finds() {
        for n in 1..12 {
            let half = DMatrix::from_fn(n, n, |i, j| ((i * 7 + j * 13) % 11) as f64 / 11.0 - 0.4);
            let matrix = &half * half.transpose() + DMatrix::identity(n, n) * 0.3;
            let values: Vec<f64> = (0..n).map(|i| 1.0 + (i % 3) as f64).collect();
            let expected = matrix
                .clone()
                .lu()
                .solve(&DVector::from_vec(values.clone()))
                .unwrap();
            let (mut factor, mut found) = (matrix.as_slice().to_vec(), values);
            solve(&mut factor, &mut found);
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{n}: {found} {expected}");
            }
        }
    }
}
