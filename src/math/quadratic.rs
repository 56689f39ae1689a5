//! Strictly convex quadratic programs over a box with one constraint, on the sum ([`BoxProgram`], by an
//! active set) or on the sum of sizes ([`GrossProgram`]), solved exactly.

mod active_set;
mod gross;
mod program;

pub use gross::GrossProgram;
pub use program::{BoxProgram, Budget};

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    fn program<'a>(
        q: &'a Array2<f64>,
        c: &'a [f64],
        low: &'a [f64],
        high: &'a [f64],
        budget: Budget,
    ) -> BoxProgram<'a> {
        BoxProgram {
            quadratic: q.view(),
            linear: c,
            low,
            high,
            budget,
        }
    }

    #[test]
    fn with_the_identity_the_minimum_is_a_projection() {
        // Nearest point to (0.8, 0.15, 0.05) with w <= 0.5 that sums to 1: (0.5, 0.3, 0.2).
        let q = Array2::eye(3);
        let c = [0.8, 0.15, 0.05];
        let found = program(&q, &c, &[0.0; 3], &[0.5; 3], Budget::Exactly(1.0))
            .minimize()
            .unwrap();
        for (found, expected) in found.iter().zip([0.5, 0.3, 0.2]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
        // A loose budget leaves the clipped point; low bounds that use the budget up leave themselves.
        let loose = program(&q, &c, &[0.0; 3], &[0.5; 3], Budget::AtMost(2.0))
            .minimize()
            .unwrap();
        assert_eq!(loose, [0.5, 0.15, 0.05]);
        let full = program(&q, &c, &[0.5, 0.25, 0.25], &[0.5; 3], Budget::AtMost(1.0))
            .minimize()
            .unwrap();
        assert_eq!(full, [0.5, 0.25, 0.25]);
    }

    #[test]
    fn a_start_at_a_wrong_corner_is_left() {
        // Filling up in order starts at (1, 0): every variable at a bound; the best is the other corner.
        let q = array![[1.0, 0.0], [0.0, 1.0]];
        let found = program(&q, &[0.0, 5.0], &[0.0; 2], &[1.0; 2], Budget::Exactly(1.0))
            .minimize()
            .unwrap();
        assert_eq!(found, [0.0, 1.0]);
    }

    #[test]
    fn impossible_programs_name_the_input() {
        let q = Array2::eye(2);
        let refusal = |q: &Array2<f64>, c: &[f64], low: &[f64], high: &[f64], budget| {
            program(q, c, low, high, budget)
                .minimize()
                .unwrap_err()
                .to_string()
        };
        assert!(refusal(&q, &[0.0; 2], &[0.0; 2], &[0.4; 2], Budget::Exactly(1.0)).contains("`budget` is 1"));
        assert!(refusal(&q, &[0.0; 2], &[0.6; 2], &[1.0; 2], Budget::AtMost(1.0)).contains("`budget` is 1"));
        assert!(refusal(&q, &[0.0; 2], &[0.6, 0.0], &[0.5; 2], Budget::Exactly(1.0)).contains("`low[0]`"));
        assert!(
            refusal(&q, &[f64::NAN; 2], &[0.0; 2], &[1.0; 2], Budget::Exactly(1.0)).contains("`linear[0]`")
        );
        assert!(
            refusal(&q, &[0.0; 2], &[0.0; 1], &[1.0; 2], Budget::Exactly(1.0)).contains("`low` has 1 values")
        );
        let indefinite = array![[1.0, 2.0], [2.0, 1.0]];
        assert!(
            refusal(
                &indefinite,
                &[0.0; 2],
                &[-1.0; 2],
                &[1.0; 2],
                Budget::Exactly(0.5)
            )
            .contains("definite")
        );
    }

    #[test]
    fn many_alike_assets_are_solved_too() {
        // 120 assets on one common factor, betas far apart: the minimum variance holds few of them.
        let n: usize = 120;
        let beta = |i: usize| 0.2 + 0.013 * ((i * 37) % n) as f64;
        let q = Array2::from_shape_fn((n, n), |(i, j)| {
            1e-4 * (beta(i) * beta(j) + if i == j { 0.3 + (i % 7) as f64 } else { 0.0 })
        });
        let (zero, low, high) = (vec![0.0; n], vec![0.0; n], vec![0.2; n]);
        let program = program(&q, &zero, &low, &high, Budget::Exactly(1.0));
        let found = program.minimize().unwrap();
        assert!(found.contains(&0.0) && program.kkt_residual(&found) < 1e-12);
    }

    proptest! {
        /// Ties and corners: the budget is a sum of bounds, variables are alike, some cannot move.
        #[test]
        fn degenerate_programs_meet_the_optimality_conditions(
            c in proptest::collection::vec(-2..3_i32, 7),
            fixed in proptest::collection::vec(proptest::bool::ANY, 7),
            quarters in 1..5_u32,
            exact in proptest::bool::ANY,
            common in 0..2_u32,
        ) {
            let q = Array2::from_elem((7, 7), f64::from(common)) + Array2::<f64>::eye(7);
            let c: Vec<f64> = c.into_iter().map(f64::from).collect();
            let high = fixed.iter().map(|&fixed| if fixed { 0.0 } else { 0.25 }).collect::<Vec<f64>>();
            let total = (0.25 * f64::from(quarters)).min(high.iter().sum());
            let budget = if exact { Budget::Exactly(total) } else { Budget::AtMost(total) };
            let program = program(&q, &c, &[0.0; 7], &high, budget);
            let found = program.minimize().unwrap();
            let residual = program.kkt_residual(&found);
            prop_assert!(residual < 1e-11, "{} at {:?}", residual, found);
        }

        #[test]
        fn random_programs_meet_the_optimality_conditions(
            entries in proptest::collection::vec(-1.0..1.0_f64, 64),
            c in proptest::collection::vec(-2.0..2.0_f64, 8),
            cap in 0.13..1.0_f64,
            floor in 0.0..0.1_f64,
            total in 0.85..1.0_f64,
            exact in proptest::bool::ANY,
            size in -12.0..3.0_f64,
        ) {
            let size = size.exp();
            let factor = Array2::from_shape_vec((8, 8), entries).unwrap();
            let mut q = factor.dot(&factor.t());
            for value in q.diag_mut() {
                *value += 1e-2;
            }
            let q = (&q + &q.t()) * (0.5 * size);
            let c: Vec<f64> = c.iter().map(|value| value * size).collect();
            let (low, high) = ([floor; 8], [cap.max(floor); 8]);
            let budget = if exact { Budget::Exactly(total) } else { Budget::AtMost(total) };
            let program = program(&q, &c, &low, &high, budget);
            let found = program.minimize().unwrap();
            let residual = program.kkt_residual(&found);
            prop_assert!(residual < 1e-11, "{} at {:?}", residual, found);
        }
    }
}
