//! The program over a box: what it asks for, and how far a point is from its minimum.

use crate::error::{Count, Error, Result};
use crate::math::covariance::{check_covariance, cholesky, to_matrix};
use ndarray::ArrayView2;

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

    pub(super) fn scale(&self) -> f64 {
        self.quadratic.diag().iter().fold(0.0, |a: f64, &b| a.max(b))
    }

    pub(super) fn validate(&self) -> Result<()> {
        let n = self.linear.len();
        check_covariance(self.quadratic, n, "quadratic")?;
        cholesky(to_matrix(self.quadratic) / self.scale(), "quadratic")?;
        for (name, values) in [("linear", self.linear), ("low", self.low), ("high", self.high)] {
            if values.len() != n {
                return Err(Error::invalid(name, Count(values.len(), "values"), n));
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
pub(super) const ROUNDING: f64 = 1e-12;

/// Qx - c.
pub(super) fn gradient(quadratic: ArrayView2<'_, f64>, linear: &[f64], point: &[f64]) -> Vec<f64> {
    let rows = quadratic.rows().into_iter().zip(linear);
    rows.map(|(row, c)| row.iter().zip(point).map(|(q, x)| q * x).sum::<f64>() - c)
        .collect()
}
