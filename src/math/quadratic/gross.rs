//! Quadratic programs whose variables may be negative, with a limit on the sum of their sizes.

use super::program::{BoxProgram, Budget, ROUNDING, gradient};
use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView2};

/// Minimise ½ x'Qx - c'x subject to low <= x <= high and sum of abs(x) <= gross.
#[derive(Debug, Clone, Copy)]
pub struct GrossProgram<'a> {
    /// Q: symmetric positive definite [n, n].
    pub quadratic: ArrayView2<'a, f64>,
    /// c: [n].
    pub linear: &'a [f64],
    /// Lower bounds, 0 or less: [n].
    pub low: &'a [f64],
    /// Upper bounds, 0 or more: [n].
    pub high: &'a [f64],
    /// Largest sum of abs(x), 0 or more.
    pub gross: f64,
}

impl GrossProgram<'_> {
    /// The minimum: [n], inside its bounds to the last bit and inside `gross` to rounding.
    ///
    /// Given every variable's sign the limit is one on a plain sum, a [`BoxProgram`]. Its minimum is the
    /// minimum over all signs unless some variable at 0 would gain on the other side; that one changes its
    /// sign. Every change lowers the objective, so no signs come twice and the search ends at the exact
    /// minimum. It starts from the signs of the minimum without the limit, which are seldom far from right.
    ///
    /// # Errors
    /// Wrong lengths, numbers that are not finite, a lower bound above 0 or an upper one below, a negative
    /// `gross`, Q not positive definite.
    pub fn minimize(&self) -> Result<Vec<f64>> {
        self.validate()?;
        let n = self.linear.len();
        let crosses = |i: usize| self.low[i] < 0.0 && self.high[i] > 0.0;
        let mut negative: Vec<bool> = (0..n).map(|i| self.high[i] <= 0.0 && self.low[i] < 0.0).collect();
        if (0..n).any(crosses) {
            let free = BoxProgram {
                quadratic: self.quadratic,
                linear: self.linear,
                low: self.low,
                high: self.high,
                budget: Budget::AtMost(self.high.iter().sum()),
            }
            .minimize()?;
            if free.iter().map(|value| value.abs()).sum::<f64>() <= self.gross {
                return Ok(free);
            }
            for i in (0..n).filter(|&i| crosses(i)) {
                negative[i] = free[i] < 0.0;
            }
        }
        for _ in 0..50 * (n + 1) {
            let point = self.minimize_with_signs(&negative)?;
            let Some(i) = self.gains_by_crossing(&point, &negative) else {
                return Ok(point);
            };
            negative[i] = !negative[i];
        }
        let found = "too ill-conditioned for the signs to settle";
        Err(Error::invalid("quadratic", found, "a well-conditioned matrix"))
    }

    /// The minimum over the orthant where exactly the `negative` variables are 0 or less.
    fn minimize_with_signs(&self, negative: &[bool]) -> Result<Vec<f64>> {
        let n = negative.len();
        let sign = |i: usize| if negative[i] { -1.0 } else { 1.0 };
        let mirrored = Array2::from_shape_fn((n, n), |(i, j)| self.quadratic[[i, j]] * (sign(i) * sign(j)));
        let linear: Vec<f64> = (0..n).map(|i| self.linear[i] * sign(i)).collect();
        let side = |i: usize| if negative[i] { -self.low[i] } else { self.high[i] };
        let sizes = BoxProgram {
            quadratic: mirrored.view(),
            linear: &linear,
            low: &vec![0.0; n],
            high: &(0..n).map(side).collect::<Vec<f64>>(),
            budget: Budget::AtMost(self.gross),
        }
        .minimize()?;
        // 0 stays +0.
        Ok((0..n)
            .map(|i| if sizes[i] > 0.0 { sizes[i] * sign(i) } else { 0.0 })
            .collect())
    }

    /// The variable at 0 that gains most on the other side, if any does: where the slope outweighs what the
    /// limit charges for a unit of size.
    fn gains_by_crossing(&self, point: &[f64], negative: &[bool]) -> Option<usize> {
        let slopes = gradient(self.quadratic, self.linear, point);
        // The limit's multiplier: what the least eager of the variables held would gain by growing.
        let used: f64 = point.iter().map(|value| value.abs()).sum();
        let charge = if used < self.gross - ROUNDING * (1.0 + self.gross) {
            0.0
        } else {
            let held = (0..point.len()).filter(|&i| point[i].abs() > 0.0);
            held.map(|i| -slopes[i] * point[i].signum())
                .fold(f64::INFINITY, f64::min)
                .max(0.0)
        };
        let steepest = slopes.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let diagonal = self.quadratic.diag().iter().fold(0.0, |a: f64, &b| a.max(b));
        let tolerance = 1e-12 * (steepest + diagonal);
        let gain = |i: usize| {
            let (room, slope) = if negative[i] {
                (self.high[i], -slopes[i])
            } else {
                (-self.low[i], slopes[i])
            };
            let at_zero = point[i].abs() <= 0.0;
            if at_zero && room > 0.0 {
                slope - charge
            } else {
                0.0
            }
        };
        let best = (0..point.len()).max_by(|&a, &b| gain(a).total_cmp(&gain(b)));
        best.filter(|&i| gain(i) > tolerance)
    }

    fn validate(&self) -> Result<()> {
        if !(self.gross.is_finite() && self.gross >= 0.0) {
            return Err(Error::invalid("gross", self.gross, "a finite number, 0 or more"));
        }
        // Lengths, finiteness and Q are the box program's to check.
        if let Some(i) = self.low.iter().position(|&low| low > 0.0) {
            return Err(Error::invalid(format!("low[{i}]"), self.low[i], "0 or less"));
        }
        if let Some(i) = self.high.iter().position(|&high| high < 0.0) {
            return Err(Error::invalid(format!("high[{i}]"), self.high[i], "0 or more"));
        }
        BoxProgram {
            quadratic: self.quadratic,
            linear: self.linear,
            low: self.low,
            high: self.high,
            budget: Budget::AtMost(self.gross),
        }
        .validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    fn objective(program: &GrossProgram<'_>, point: &[f64]) -> f64 {
        let slopes = gradient(program.quadratic, program.linear, point);
        (0..point.len())
            .map(|i| 0.5 * point[i] * (slopes[i] - program.linear[i]))
            .sum()
    }

    /// The least objective over all 2^n choices of signs.
    fn by_trying_all_signs(program: &GrossProgram<'_>) -> f64 {
        let n = program.linear.len();
        let signs = (0..1_u32 << n).map(|mask| (0..n).map(|i| mask >> i & 1 == 1).collect::<Vec<bool>>());
        signs
            .map(|negative| objective(program, &program.minimize_with_signs(&negative).unwrap()))
            .fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn with_the_identity_the_minimum_is_soft_thresholding() {
        // Nearest point to (3, -2, 0.5) with sizes of sum 3: every size less 1, the smallest gone.
        let q = Array2::eye(3);
        let (low, high) = ([-9.0; 3], [9.0; 3]);
        let found = GrossProgram {
            quadratic: q.view(),
            linear: &[3.0, -2.0, 0.5],
            low: &low,
            high: &high,
            gross: 3.0,
        }
        .minimize()
        .unwrap();
        assert_eq!(found, [2.0, -1.0, 0.0]);
    }

    #[test]
    fn impossible_programs_name_the_input() {
        let q = array![[1.0, 0.0], [0.0, 1.0]];
        let refusal = |linear: &[f64], low: &[f64], high: &[f64], gross| {
            GrossProgram {
                quadratic: q.view(),
                linear,
                low,
                high,
                gross,
            }
            .minimize()
            .unwrap_err()
            .to_string()
        };
        assert!(refusal(&[0.0; 2], &[0.0, 0.1], &[1.0; 2], 1.0).contains("`low[1]` is 0.1"));
        assert!(refusal(&[0.0; 2], &[0.0; 2], &[1.0, -0.1], 1.0).contains("`high[1]` is -0.1"));
        assert!(refusal(&[0.0; 2], &[0.0; 2], &[1.0; 2], -1.0).contains("`gross` is -1"));
        assert!(refusal(&[0.0; 2], &[0.0; 2], &[1.0; 2], f64::NAN).contains("`gross` is NaN"));
        assert!(refusal(&[0.0, f64::NAN], &[0.0; 2], &[1.0; 2], 1.0).contains("`linear[1]`"));
        assert!(refusal(&[0.0; 2], &[0.0; 2], &[1.0; 3], 1.0).contains("`high` has 3 values"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_choice_of_signs_does_better(
            entries in proptest::collection::vec(-1.0..1.0_f64, 16),
            c in proptest::collection::vec(-2.0..2.0_f64, 4),
            low in proptest::collection::vec(-0.8..0.2_f64, 4),
            high in proptest::collection::vec(-0.2..0.8_f64, 4),
            gross in 0.0..2.0_f64,
            ridge in -3.0..0.0_f64,
        ) {
            let factor = Array2::from_shape_vec((4, 4), entries).unwrap();
            let q = factor.dot(&factor.t()) + Array2::<f64>::eye(4) * 10.0_f64.powf(ridge);
            let q = (&q + &q.t()) * 0.5;
            let low: Vec<f64> = low.iter().map(|value| value.min(0.0)).collect();
            let high: Vec<f64> = high.iter().map(|value| value.max(0.0)).collect();
            let program = GrossProgram { quadratic: q.view(), linear: &c, low: &low, high: &high, gross };
            let found = program.minimize().unwrap();
            prop_assert!(found.iter().map(|value| value.abs()).sum::<f64>() <= gross + 1e-12);
            prop_assert!((0..4).all(|i| low[i] <= found[i] && found[i] <= high[i]));
            let away = objective(&program, &found) - by_trying_all_signs(&program);
            prop_assert!(away <= 1e-11, "{} at {:?}", away, found);
        }
    }
}
