//! Markov chains with finitely many states.

use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;

/// Farthest that probabilities which should sum to 1 may be from it.
pub const PROBABILITY_TOLERANCE: f64 = 1e-9;

/// Checks that `probabilities` (named `input` in the error) are in [0, 1] and sum to 1 within 1e-9.
pub fn check_distribution(input: &str, probabilities: impl IntoIterator<Item = f64>) -> Result<()> {
    let mut total = 0.0;
    for (state, probability) in probabilities.into_iter().enumerate() {
        if !(0.0..=1.0).contains(&probability) {
            let name = format!("{input}[{state}]");
            return Err(Error::invalid(name, probability, "a probability in [0, 1]"));
        }
        total += probability;
    }
    if (total - 1.0).abs() > PROBABILITY_TOLERANCE {
        return Err(Error::invalid(
            input,
            format!("probabilities that sum to {total}"),
            "a sum of 1 within 1e-9",
        ));
    }
    Ok(())
}

/// The distribution p [K] with p·P = p and sum 1, for `transition` P [K, K], where P[i, j] is the probability of
/// going from i to j.
///
/// Errors: P is not square with rows that are distributions, or the chain has several stationary distributions (it
/// falls apart into groups of states that never reach each other).
pub fn stationary_distribution(transition: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
    let states = transition.nrows();
    if states == 0 || transition.ncols() != states {
        let found = format!("[{states}, {}]", transition.ncols());
        return Err(Error::invalid(
            "transition",
            found,
            "a square matrix, at least [1, 1]",
        ));
    }
    for (state, row) in transition.rows().into_iter().enumerate() {
        check_distribution(&format!("transition[{state}]"), row.iter().copied())?;
    }
    // (Pᵀ - I) p = 0, with its last, redundant, equation replaced by sum p = 1.
    let system = DMatrix::from_fn(states, states, |i, j| {
        if i == states - 1 {
            1.0
        } else {
            transition[[j, i]] - if i == j { 1.0 } else { 0.0 }
        }
    });
    let right = DVector::from_fn(states, |i, _| if i == states - 1 { 1.0 } else { 0.0 });
    let solution = system.lu().solve(&right);
    let valid = solution.filter(|p| p.iter().all(|&value| value.is_finite() && value > -1e-9));
    let Some(solution) = valid else {
        return Err(Error::invalid(
            "transition",
            "a chain with states that never reach each other",
            "one stationary distribution",
        ));
    };
    let total: f64 = solution.iter().map(|value| value.max(0.0)).sum();
    Ok(solution.iter().map(|value| value.max(0.0) / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn two_states_have_the_textbook_distribution() {
        // p_0 = b / (a + b) for leaving probabilities a = 0.02 and b = 0.06.
        let found = stationary_distribution(array![[0.98, 0.02], [0.06, 0.94]].view()).unwrap();
        assert!(
            (found[0] - 0.75).abs() < 1e-14 && (found[1] - 0.25).abs() < 1e-14,
            "{found:?}"
        );
        let absorbed = stationary_distribution(array![[0.5, 0.5], [0.0, 1.0]].view()).unwrap();
        assert_eq!(absorbed, [0.0, 1.0]);
    }

    #[test]
    fn bad_chains_are_refused_by_name() {
        let message =
            |matrix: ndarray::Array2<f64>| stationary_distribution(matrix.view()).unwrap_err().to_string();
        assert!(message(array![[1.0, 0.0], [0.0, 1.0]]).contains("never reach each other"));
        assert!(message(array![[0.5, 0.4], [0.5, 0.5]]).contains("`transition[0]`"));
        assert!(message(array![[0.5, 0.5], [-0.5, 1.5]]).contains("`transition[1][0]` is -0.5"));
        assert!(message(array![[0.5, 0.5]]).contains("[1, 2]"));
    }
}
