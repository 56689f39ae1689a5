//! Growth-optimal sizes (Kelly 1956): of one bet in closed form, of a portfolio as a quadratic program.

use crate::error::{Error, Result};
use crate::math::bayes_stein::bayes_stein_mean;
use crate::math::covariance::{check_covariance, ledoit_wolf};
use crate::math::quadratic::{BoxProgram, Budget};
use crate::math::statistics::BARS_PER_YEAR;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Fraction of wealth to stake on a bet that gains the fraction `gain` of the stake with `probability`, and
/// otherwise loses the fraction `loss` of it: p/loss - q/gain. Negative where the bet is to be refused; above 1
/// where it is worth borrowing for.
///
/// # Errors
/// A probability outside [0, 1], a gain or loss that is not positive and finite.
pub fn binary(probability: f64, gain: f64, loss: f64) -> Result<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(Error::invalid("probability", probability, "in [0, 1]"));
    }
    for (name, value) in [("gain", gain), ("loss", loss)] {
        if !(value.is_finite() && value > 0.0) {
            return Err(Error::invalid(name, value, "a finite number above 0"));
        }
    }
    Ok(probability / loss - (1.0 - probability) / gain)
}

/// What a Kelly portfolio may hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KellyConfig {
    /// Part of full Kelly, above 0; acts before the caps. Default 0.5.
    pub fraction: f64,
    /// Largest weight of each asset, 0 or more: [N], or empty for `max_gross` in each. Default empty.
    pub max_weights: Vec<f64>,
    /// Largest sum of weights, 0 or more; above 1 is borrowing. Default 1.
    pub max_gross: f64,
    /// Annual rate that cash earns, above -1; compounded per bar. Default 0.
    pub cash_rate: f64,
}

impl Default for KellyConfig {
    fn default() -> Self {
        Self {
            fraction: 0.5,
            max_weights: Vec::new(),
            max_gross: 1.0,
            cash_rate: 0.0,
        }
    }
}

impl KellyConfig {
    /// Checks every number, for `assets` assets; errors name the key.
    pub fn validate(&self, assets: usize) -> Result<()> {
        if !(self.fraction.is_finite() && self.fraction > 0.0) {
            return Err(Error::invalid("kelly.fraction", self.fraction, "a finite number above 0"));
        }
        if !(self.max_gross.is_finite() && self.max_gross >= 0.0) {
            return Err(Error::invalid("kelly.max_gross", self.max_gross, "a finite number, 0 or more"));
        }
        if !(self.cash_rate.is_finite() && self.cash_rate > -1.0) {
            return Err(Error::invalid("kelly.cash_rate", self.cash_rate, "a finite number above -1"));
        }
        let caps = &self.max_weights;
        if !caps.is_empty() && caps.len() != assets {
            let expected = format!("empty or {assets} long, one for each asset");
            return Err(Error::invalid("kelly.max_weights", format!("{} long", caps.len()), expected));
        }
        match caps.iter().position(|cap| !(cap.is_finite() && *cap >= 0.0)) {
            Some(i) => Err(Error::invalid(
                format!("kelly.max_weights[{i}]"),
                caps[i],
                "a finite number, 0 or more",
            )),
            None => Ok(()),
        }
    }

    /// Long-only weights [N] that maximise w'excess - w'Σw / (2·fraction) under the caps, solved exactly; cash is
    /// the rest. `excess` [N] is expected return less cash and `covariance` [N, N] is Σ, both over the same period.
    /// The configured cash rate is not used here.
    ///
    /// # Errors
    /// Numbers that [`validate`](Self::validate) refuses, wrong lengths, values that are not finite, Σ not positive
    /// definite.
    pub fn weights(&self, excess: &[f64], covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        let assets = excess.len();
        self.validate(assets)?;
        check_covariance(covariance, assets, "covariance")?;
        if let Some(i) = excess.iter().position(|value| !value.is_finite()) {
            return Err(Error::invalid(format!("excess[{i}]"), excess[i], "a finite number"));
        }
        let high = if self.max_weights.is_empty() {
            vec![self.max_gross; assets]
        } else {
            self.max_weights.clone()
        };
        // Multiplied by the fraction, so that only the linear part depends on it.
        let linear: Vec<f64> = excess.iter().map(|value| value * self.fraction).collect();
        BoxProgram {
            quadratic: covariance,
            linear: &linear,
            low: &vec![0.0; assets],
            high: &high,
            budget: Budget::AtMost(self.max_gross),
        }
        .minimize()
    }

    /// [`weights`](Self::weights) from a history of simple per-bar returns [T, N], oldest first: means shrunk by
    /// Bayes-Stein, covariance by Ledoit-Wolf, less the cash rate per bar.
    ///
    /// # Errors
    /// As [`weights`](Self::weights), and fewer than two bars.
    pub fn weights_from_returns(&self, returns: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        self.validate(returns.ncols())?;
        let covariance = ledoit_wolf(returns)?.covariance;
        check_covariance(covariance.view(), returns.ncols(), "covariance of returns")?;
        let cash_return = (self.cash_rate.ln_1p() / BARS_PER_YEAR).exp_m1();
        let mut excess = bayes_stein_mean(returns, covariance.view())?;
        for value in &mut excess {
            *value -= cash_return;
        }
        self.weights(&excess, covariance.view())
    }
}
