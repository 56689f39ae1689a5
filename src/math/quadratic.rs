//! Strictly convex quadratic programs over a box with one constraint, on the sum ([`BoxProgram`], by an
//! active set) or on the sum of sizes ([`GrossProgram`]), solved exactly.

use crate::error::{Error, Result};
use crate::math::covariance::{check_covariance, cholesky, to_matrix};
use active_set::Search;
use ndarray::ArrayView2;

mod active_set;
mod gross;

pub use gross::GrossProgram;

/// What the sum of the variables has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// Exactly this.
    Exactly(f64),
    /// This or less.
    AtMost(f64),
}

/// Minimise ½ x'Qx - c'x subject to low <= x <= high and the budget.
#[derive(Debug, Clone, Copy)]
pub struct BoxProgram<'a> {
    /// Q: symmetric positive definite [n, n].
    pub quadratic: ArrayView2<'a, f64>,
    /// c: [n].
    pub linear: &'a [f64],
    /// Lower bounds: [n].
    pub low: &'a [f64],
    /// Upper bounds, each at least its lower one: [n].
    pub high: &'a [f64],
    /// The constraint on the sum.
    pub budget: Budget,
}

impl BoxProgram<'_> {
    /// The minimum: [n], inside its bounds to the last bit and inside its budget to rounding.
    ///
    /// A primal active-set method (Nocedal and Wright, Numerical Optimization, algorithm 16.3): minimise over
    /// the free variables with a Cholesky factor, stop at the first bound on the way, and free the constraint
    /// whose multiplier has the wrong sign, until none has.
    ///
    /// # Errors
    /// Wrong lengths, numbers that are not finite, bounds that cross, a budget that no point inside the
    /// bounds meets, Q not positive definite.
    pub fn minimize(&self) -> Result<Vec<f64>> {
        self.validate()?;
        let mut search = Search::new(self);
        // Without degenerate ties every working set is visited at most once; in practice a few per variable
        // are.
        for _ in 0..50 * (self.linear.len() + 1) {
            let target = search.minimum_on_working_set()?;
            if !search.move_towards(&target.point) {
                continue;
            }
            if !search.release_wrong_sign(&target) {
                return Ok(search.point);
            }
        }
        let found = "too ill-conditioned for the active set to settle";
        Err(Error::invalid("quadratic", found, "a well-conditioned matrix"))
    }

    /// How far `point` is from optimal: the largest violation among the bounds, the budget, and the signs of
    /// the multipliers (the gradient less the budget's multiplier, divided by the largest diagonal entry of
    /// Q, where it points into the box). 0 at the exact minimum; used to witness solutions.
    pub fn kkt_residual(&self, point: &[f64]) -> f64 {
        let scale = self.scale();
        let gradient: Vec<f64> = gradient(self.quadratic, self.linear, point)
            .iter()
            .map(|value| value / scale)
            .collect();
        let sum: f64 = point.iter().sum();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
        let residual_for = |multiplier: f64| {
            (0..point.len()).fold(0.0_f64, |worst, i| {
                let slope = gradient[i] + multiplier;
                let (low, high) = (near(point[i], self.low[i]), near(point[i], self.high[i]));
                let violation = match (low, high) {
                    (true, true) => 0.0,
                    (true, false) => -slope,
                    (false, true) => slope,
                    (false, false) => slope.abs(),
                };
                worst.max(violation)
            })
        };
        // The residual is convex and piecewise linear in the multiplier with slopes ±1, least half-way
        // between the extreme demands.
        let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
        for i in 0..point.len() {
            if !near(point[i], self.high[i]) {
                least = least.max(-gradient[i]);
            }
            if !near(point[i], self.low[i]) {
                most = most.min(-gradient[i]);
            }
        }
        let best = match (least.is_finite(), most.is_finite()) {
            (true, true) => 0.5 * (least + most),
            (true, false) => least,
            (false, true) => most,
            (false, false) => 0.0,
        };
        let (multiplier, budget_violation) = match self.budget {
            Budget::Exactly(total) => (best, (sum - total).abs()),
            Budget::AtMost(total) if near(sum, total) => (best.max(0.0), 0.0),
            Budget::AtMost(total) => (0.0, sum - total),
        };
        let bounds = (0..point.len()).fold(0.0_f64, |worst, i| {
            worst.max(self.low[i] - point[i]).max(point[i] - self.high[i])
        });
        residual_for(multiplier).max(budget_violation).max(bounds)
    }

    fn scale(&self) -> f64 {
        self.quadratic.diag().iter().fold(0.0, |a: f64, &b| a.max(b))
    }

    fn validate(&self) -> Result<()> {
        let n = self.linear.len();
        check_covariance(self.quadratic, n, "quadratic")?;
        cholesky(to_matrix(self.quadratic) / self.scale(), "quadratic")?;
        for (name, values) in [("linear", self.linear), ("low", self.low), ("high", self.high)] {
            if values.len() != n {
                return Err(Error::invalid(
                    name,
                    format!("{} long", values.len()),
                    format!("{n} long"),
                ));
            }
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                return Err(Error::invalid(
                    format!("{name}[{i}]"),
                    values[i],
                    "a finite number",
                ));
            }
        }
        if let Some(i) = (0..n).find(|&i| self.low[i] > self.high[i]) {
            let expected = format!("at most high[{i}], which is {}", self.high[i]);
            return Err(Error::invalid(format!("low[{i}]"), self.low[i], expected));
        }
        let (least, most): (f64, f64) = (self.low.iter().sum(), self.high.iter().sum());
        let (total, met) = match self.budget {
            Budget::Exactly(total) => (total, least - ROUNDING <= total && total <= most + ROUNDING),
            Budget::AtMost(total) => (total, least - ROUNDING <= total),
        };
        if total.is_finite() && met {
            return Ok(());
        }
        let expected = format!("a sum that the bounds allow ({least} to {most})");
        Err(Error::invalid("budget", total, expected))
    }
}

/// Distance at which a sum or a variable counts as being at its limit.
const ROUNDING: f64 = 1e-12;

/// Qx - c.
fn gradient(quadratic: ArrayView2<'_, f64>, linear: &[f64], point: &[f64]) -> Vec<f64> {
    let rows = quadratic.rows().into_iter().zip(linear);
    rows.map(|(row, c)| row.iter().zip(point).map(|(q, x)| q * x).sum::<f64>() - c)
        .collect()
}

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
            refusal(&q, &[0.0; 2], &[0.0; 1], &[1.0; 2], Budget::Exactly(1.0)).contains("`low` is 1 long")
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
