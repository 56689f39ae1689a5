//! The model: its parameters, its likelihood and its forecasts.

use crate::error::{Error, Result};
use crate::math::elementary::{exp_m1, ln, ln_1p, powf};
use serde::{Deserialize, Serialize};

/// variance_t = omega + alpha·residual²_(t-1) + beta·variance_(t-1), per bar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Garch {
    /// Constant part of the variance, above 0, in the square of the residuals' unit.
    pub omega: f64,
    /// Weight of the last squared residual, 0 or more.
    pub alpha: f64,
    /// Weight of the last variance, 0 or more; alpha + beta is below 1.
    pub beta: f64,
}

impl Garch {
    /// Checks omega > 0, alpha >= 0, beta >= 0 and alpha + beta < 1; errors name `garch.omega`,
    /// `garch.alpha`, `garch.beta` or `garch.alpha + garch.beta`.
    pub fn validate(&self) -> Result<()> {
        if !(self.omega.is_finite() && self.omega > 0.0) {
            return Err(Error::invalid(
                "garch.omega",
                self.omega,
                "a finite number above 0",
            ));
        }
        check_weights(self.alpha, self.beta)
    }

    /// alpha + beta: the part of a shock to the variance that is left one bar later, in [0, 1).
    pub fn persistence(&self) -> f64 {
        self.alpha + self.beta
    }

    /// Unconditional variance per bar, omega / (1 - alpha - beta).
    pub fn long_run_variance(&self) -> f64 {
        self.omega / (1.0 - self.alpha - self.beta)
    }

    /// Gaussian log-likelihood of `residuals` (returns less their mean, oldest first), the sum over t of
    /// -½(ln 2π + ln variance_t + residual²_t / variance_t), with variance_0 = omega + (alpha +
    /// beta)·`start`.
    ///
    /// With `start` = [`backcast`] of the returns less their sample mean (or of the returns themselves, for a
    /// mean of zero) this is the likelihood of the Python package `arch`, but for its clipping of variances
    /// that are millions of times too small or too large.
    ///
    /// # Errors
    /// Parameters that [`validate`](Self::validate) refuses, a residual that is not finite, `start` negative
    /// or not finite.
    pub fn log_likelihood(&self, residuals: &[f64], start: f64) -> Result<f64> {
        self.check(residuals, start)?;
        let (mut variance, mut total) = (self.first_variance(start), 0.0);
        for residual in residuals {
            let square = residual * residual;
            total += ln(variance) + square / variance;
            variance = self.step(variance, square);
        }
        Ok(-0.5 * (total + residuals.len() as f64 * ln(std::f64::consts::TAU)))
    }

    /// Variance of the bar after the last of `residuals`, from the same recursion and `start` as
    /// [`log_likelihood`](Self::log_likelihood).
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    pub fn next_variance(&self, residuals: &[f64], start: f64) -> Result<f64> {
        self.check(residuals, start)?;
        Ok(residuals
            .iter()
            .fold(self.first_variance(start), |variance, residual| {
                self.step(variance, residual * residual)
            }))
    }

    /// Expected variance of the bar `bars_ahead` from now (1 is the next bar, whose variance is
    /// `next_variance`): V + (alpha + beta)^(bars_ahead - 1)·(next_variance - V), where V is the long-run
    /// variance. 0 is taken as 1.
    pub fn variance_ahead(&self, next_variance: f64, bars_ahead: u32) -> f64 {
        let steps = f64::from(bars_ahead.saturating_sub(1));
        // V·(1 - p^steps) as omega times a sum of powers, which stays accurate where p is all but 1.
        self.omega * geometric_sum(self.persistence(), steps)
            + powf(self.persistence(), steps) * next_variance
    }

    /// Mean expected variance per bar over the next `bars` bars (0 is taken as 1); times bars per year, and
    /// the square root of that, it is the annual volatility expected over that horizon.
    pub fn mean_variance_ahead(&self, next_variance: f64, bars: u32) -> f64 {
        let level = self.long_run_variance();
        let (bars, persistence) = (f64::from(bars.max(1)), self.persistence());
        // Mean of the geometric series of the powers 0 to bars - 1.
        let decay = geometric_sum(persistence, bars) / bars;
        level + decay * (next_variance - level)
    }

    pub(super) fn first_variance(&self, start: f64) -> f64 {
        self.omega + self.persistence() * start
    }

    pub(super) fn step(&self, variance: f64, square: f64) -> f64 {
        self.omega + self.alpha * square + self.beta * variance
    }

    fn check(&self, residuals: &[f64], start: f64) -> Result<()> {
        self.validate()?;
        if !(start.is_finite() && start >= 0.0) {
            return Err(Error::invalid("start", start, "a finite number, 0 or more"));
        }
        check_finite(residuals, "residuals")
    }
}

/// Checks that alpha and beta are 0 or more and their sum is below 1; errors as [`Garch::validate`].
pub(crate) fn check_weights(alpha: f64, beta: f64) -> Result<()> {
    for (key, value) in [("garch.alpha", alpha), ("garch.beta", beta)] {
        if !(value.is_finite() && value >= 0.0) {
            return Err(Error::invalid(key, value, "a finite number, 0 or more"));
        }
    }
    if alpha + beta >= 1.0 {
        return Err(Error::invalid(
            "garch.alpha + garch.beta",
            alpha + beta,
            "below 1",
        ));
    }
    Ok(())
}

/// The variance before the first bar, as the Python package `arch` sets it: the weighted mean of the first
/// min(75, T) squared residuals with weights 0.94^t; NaN for none.
pub fn backcast(residuals: &[f64]) -> f64 {
    let (mut weight, mut squares, mut total) = (1.0, 0.0, 0.0);
    for residual in residuals.iter().take(75) {
        squares += weight * residual * residual;
        total += weight;
        weight *= 0.94;
    }
    squares / total
}

/// 1 + ratio + ... + ratio^(terms - 1) for a ratio in [0, 1]: accurate also where it is all but 1.
pub(crate) fn geometric_sum(ratio: f64, terms: f64) -> f64 {
    let gap = 1.0 - ratio;
    if gap <= 0.0 {
        return terms;
    }
    if terms <= 0.0 {
        return 0.0;
    }
    -exp_m1(terms * ln_1p(-gap)) / gap
}

pub(super) fn check_finite(values: &[f64], name: &str) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(i) => Err(Error::invalid(
            format!("{name}[{i}]"),
            values[i],
            "a finite number",
        )),
        None => Ok(()),
    }
}
