//! Maximum likelihood by Fisher scoring: the expected information needs first derivatives only (Bollerslev
//! 1986, section 5), and damping (Levenberg and Marquardt) keeps every step uphill.

use super::model::{Garch, backcast, check_finite};
use crate::error::{Count, Error, Result};
use crate::math::elementary::{exp, ln};
use crate::math::statistics::{is_constant, mean as mean_of};
use nalgebra::{Matrix4, Vector4};
use serde::{Deserialize, Serialize};

/// Fewest returns that [`fit`] takes; several hundred are needed for parameters worth using.
pub const MIN_FIT_BARS: usize = 50;

/// The mean that is taken from returns before their variance is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mean {
    /// None: squared returns are squared residuals. Default.
    #[default]
    Zero,
    /// One constant, estimated with the variance.
    Constant,
}

/// A fitted model and what it says about the next bar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GarchFit {
    /// The parameters.
    pub garch: Garch,
    /// Mean return per bar; 0 for [`Mean::Zero`].
    pub mean: f64,
    /// Gaussian log-likelihood reached, of returns in the unit they came in.
    pub log_likelihood: f64,
    /// Variance forecast for the bar after the last one.
    pub next_variance: f64,
}

/// Fits a GARCH(1,1) to simple per-bar `returns`, oldest first, by maximum likelihood.
///
/// Starts lie on a grid of persistences and alphas with omega from variance targeting, omega = (1 - alpha -
/// beta) × sample variance; scoring climbs from the best three. omega > 0, alpha, beta >= 0 and alpha + beta
/// < 1 hold by transformation: a maximum on a boundary is approached, not reached. Deterministic; allocates.
///
/// # Errors
/// Fewer than [`MIN_FIT_BARS`] returns, one that is not finite, returns that are all equal up to rounding, or
/// a variance too small or large for the number format.
pub fn fit(returns: &[f64], mean: Mean) -> Result<GarchFit> {
    if returns.len() < MIN_FIT_BARS {
        let expected = format!("at least {MIN_FIT_BARS}");
        return Err(Error::invalid(
            "returns",
            Count(returns.len(), "values"),
            expected,
        ));
    }
    check_finite(returns, "returns")?;
    let center = match mean {
        Mean::Zero => 0.0,
        Mean::Constant => mean_of(returns),
    };
    let squares: f64 = returns.iter().map(|value| (value - center).powi(2)).sum();
    let variance = squares / returns.len() as f64;
    // Far from both ends of the number format, so that nothing below leaves it.
    if variance != 0.0 && !(1e-200..1e200).contains(&variance) {
        return Err(Error::invalid(
            "variance of returns",
            variance,
            "in [1e-200, 1e200]",
        ));
    }
    if is_constant(returns) {
        return Err(Error::invalid(
            "returns",
            format!("{} throughout", returns[0]),
            "not constant",
        ));
    }
    let deviation = variance.sqrt();
    // Standardised, all parameters are of order one; the start of the recursion is fixed by the sample mean.
    let residuals: Vec<f64> = returns.iter().map(|value| (value - center) / deviation).collect();
    let problem = Problem {
        residuals: &residuals,
        start: backcast(&residuals),
        shifts: mean == Mean::Constant,
    };
    let mut starts: Vec<(f64, Point)> = Vec::new();
    for persistence in [0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.995] {
        for share in [0.03, 0.08, 0.2, 0.5] {
            let point = Point::new(0.0, logit(persistence), logit(share), 0.0);
            starts.push((problem.log_likelihood(&point), point));
        }
    }
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut best, mut point) = starts[0];
    for &(_, start) in &starts[..3] {
        let (reached, end) = problem.climb(start);
        if reached > best {
            (best, point) = (reached, end);
        }
    }
    let (unit, shift) = problem.parameters(&point);
    let garch = Garch {
        omega: unit.omega * variance,
        ..unit
    };
    garch.validate()?;
    let mean = center + shift * deviation;
    let residuals: Vec<f64> = returns.iter().map(|value| value - mean).collect();
    let start = problem.start * variance;
    Ok(GarchFit {
        garch,
        mean,
        log_likelihood: garch.log_likelihood(&residuals, start)?,
        next_variance: garch.next_variance(&residuals, start)?,
    })
}

/// ln of the long-run variance, logit of the persistence, logit of alpha's share of it, and the mean, all of
/// standardised returns.
type Point = Vector4<f64>;

struct Problem<'a> {
    residuals: &'a [f64],
    start: f64,
    shifts: bool,
}

impl Problem<'_> {
    /// Scoring steps from `point` until they gain nothing: the log-likelihood reached, and where.
    fn climb(&self, mut point: Point) -> (f64, Point) {
        let mut reached = self.log_likelihood(&point);
        let mut damping = 1e-3;
        for _ in 0..500 {
            let (gradient, information) = self.derivatives(&point);
            let mut gain = None;
            while damping < 1e12 {
                let mut damped = information;
                for i in 0..4 {
                    damped[(i, i)] += damping * information[(i, i)] + 1e-12;
                }
                if let Some(factor) = damped.cholesky() {
                    let mut next = point + factor.solve(&gradient);
                    // Logits of ±25 are 1e-11 from the boundary; the mean and the variance stay near the
                    // sample's.
                    next[0] = next[0].clamp(-10.0, 10.0);
                    next[1] = next[1].clamp(-25.0, 16.0);
                    next[2] = next[2].clamp(-25.0, 25.0);
                    let value = self.log_likelihood(&next);
                    if value > reached {
                        gain = Some(value - reached);
                        (reached, point) = (value, next);
                        damping = (damping * 0.1).max(1e-12);
                        break;
                    }
                }
                damping *= 10.0;
            }
            if gain.is_none_or(|gain| gain < 1e-11) {
                break;
            }
        }
        (reached, point)
    }

    /// Parameters of the standardised returns, and their mean.
    fn parameters(&self, point: &Point) -> (Garch, f64) {
        let (persistence, share) = (logistic(point[1]), logistic(point[2]));
        let garch = Garch {
            // 1 - persistence without the cancellation.
            omega: exp(point[0]) * logistic(-point[1]),
            alpha: persistence * share,
            beta: persistence * logistic(-point[2]),
        };
        (garch, if self.shifts { point[3] } else { 0.0 })
    }

    /// Without the constant -½T ln 2π.
    fn log_likelihood(&self, point: &Point) -> f64 {
        let (garch, mean) = self.parameters(point);
        let (mut variance, mut total) = (garch.first_variance(self.start), 0.0);
        for residual in self.residuals {
            let square = (residual - mean).powi(2);
            total += ln(variance) + square / variance;
            variance = garch.step(variance, square);
        }
        -0.5 * total
    }

    /// Gradient of the log-likelihood and its expected information, by the recursions of the variance's
    /// derivatives with respect to (omega, alpha, beta, mean) and the chain rule to the point's coordinates.
    fn derivatives(&self, point: &Point) -> (Vector4<f64>, Matrix4<f64>) {
        let (garch, mean) = self.parameters(point);
        let Garch { omega, alpha, beta } = garch;
        let (up, share) = (logistic(point[1]), logistic(point[2]));
        let (down, rest) = (logistic(-point[1]), logistic(-point[2]));
        let level = exp(point[0]);
        // Columns: the derivatives of (omega, alpha, beta, mean) with respect to each coordinate.
        let chain = Matrix4::from_columns(&[
            Vector4::new(omega, 0.0, 0.0, 0.0),
            Vector4::new(-level * up * down, up * down * share, up * down * rest, 0.0),
            Vector4::new(0.0, up * share * rest, -up * share * rest, 0.0),
            Vector4::new(0.0, 0.0, 0.0, if self.shifts { 1.0 } else { 0.0 }),
        ]);
        let mut variance = garch.first_variance(self.start);
        let mut slope = Vector4::new(1.0, self.start, self.start, 0.0);
        let (mut gradient, mut information) = (Vector4::zeros(), Matrix4::zeros());
        for residual in self.residuals {
            let residual = residual - mean;
            let square = residual * residual;
            gradient += slope * (0.5 * (square / variance - 1.0) / variance);
            gradient[3] += residual / variance;
            information += slope * slope.transpose() * (0.5 / (variance * variance));
            information[(3, 3)] += 1.0 / variance;
            let direct = Vector4::new(1.0, square, variance, -2.0 * alpha * residual);
            slope = direct + slope * beta;
            variance = garch.step(variance, square);
        }
        (
            chain.transpose() * gradient,
            chain.transpose() * information * chain,
        )
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

fn logit(p: f64) -> f64 {
    ln(p / (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let residuals: Vec<f64> = (0..60).map(|t| (f64::from(t) * 1.7).sin() * 1.3 + 0.1).collect();
        let problem = Problem {
            residuals: &residuals,
            start: backcast(&residuals),
            shifts: true,
        };
        let point = Point::new(0.2, 1.5, -1.0, 0.05);
        let (gradient, _) = problem.derivatives(&point);
        for i in 0..4 {
            let mut step = Point::zeros();
            step[i] = 1e-5;
            let (ahead, behind) = (
                problem.log_likelihood(&(point + step)),
                problem.log_likelihood(&(point - step)),
            );
            let numeric = (ahead - behind) / 2e-5;
            assert!(
                (gradient[i] - numeric).abs() < 1e-6,
                "{i}: {} {numeric}",
                gradient[i]
            );
        }
    }
}
