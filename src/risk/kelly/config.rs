//! What a Kelly portfolio may hold, and its weights: a quadratic program.

use super::closed_form::{check_excess, continuous};
use crate::error::{Count, Error, Result};
use crate::math::covariance::check_covariance;
use crate::math::quadratic::GrossProgram;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// What a Kelly portfolio may hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KellyConfig {
    /// Part of full Kelly, above 0; acts before the caps. Default 0.5.
    pub fraction: f64,
    /// Largest weight of each asset, 0 or more: [N], or empty for `max_gross` in each. Default empty.
    pub max_weights: Vec<f64>,
    /// Smallest weight of each asset, 0 or less, below 0 for short positions: [N], or empty for 0 in each.
    /// Default empty: long only.
    pub min_weights: Vec<f64>,
    /// Largest gross exposure, the sum of abs(weights), 0 or more; above 1 is leverage. Default 1.
    pub max_gross: f64,
    /// Annual rate that cash earns, above -1; compounded per bar. Default 0.
    pub cash_rate: f64,
}

impl Default for KellyConfig {
    fn default() -> Self {
        Self {
            fraction: 0.5,
            max_weights: Vec::new(),
            min_weights: Vec::new(),
            max_gross: 1.0,
            cash_rate: 0.0,
        }
    }
}

impl KellyConfig {
    /// Checks every number, for `assets` assets; errors name the key.
    pub fn validate(&self, assets: usize) -> Result<()> {
        if !(self.fraction.is_finite() && self.fraction > 0.0) {
            return Err(Error::invalid(
                "kelly.fraction",
                self.fraction,
                "a finite number above 0",
            ));
        }
        if !(self.max_gross.is_finite() && self.max_gross >= 0.0) {
            return Err(Error::invalid(
                "kelly.max_gross",
                self.max_gross,
                "a finite number, 0 or more",
            ));
        }
        if !(self.cash_rate.is_finite() && self.cash_rate > -1.0) {
            return Err(Error::invalid(
                "kelly.cash_rate",
                self.cash_rate,
                "a finite number above -1",
            ));
        }
        check_bounds(
            "kelly.max_weights",
            &self.max_weights,
            assets,
            "0 or more",
            |cap| cap >= 0.0,
        )?;
        check_bounds(
            "kelly.min_weights",
            &self.min_weights,
            assets,
            "0 or less",
            |floor| floor <= 0.0,
        )
    }

    /// Weights [N] that maximise w'excess - w'Σw / (2·fraction) under the caps, solved exactly; cash is the
    /// rest. `excess` [N] is expected return less cash and `covariance` [N, N] is Σ, both over the same
    /// period. The configured cash rate is not used here.
    ///
    /// # Errors
    /// Numbers that [`validate`](Self::validate) refuses, wrong lengths, values that are not finite, Σ not
    /// positive definite.
    pub fn weights(&self, excess: &[f64], covariance: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        let assets = excess.len();
        self.validate(assets)?;
        check_covariance(covariance, assets, "covariance")?;
        check_excess(excess)?;
        let (low, high) = (0..assets)
            .map(|asset| self.bounds(asset))
            .unzip::<_, _, Vec<_>, Vec<_>>();
        // Multiplied by the fraction, so that only the linear part depends on it.
        let linear: Vec<f64> = excess.iter().map(|value| value * self.fraction).collect();
        GrossProgram {
            quadratic: covariance,
            linear: &linear,
            low: &low,
            high: &high,
            gross: self.max_gross,
        }
        .minimize()
    }

    /// [`weights`](Self::weights) of one asset in closed form: fraction × excess / variance ([`continuous`]),
    /// held to its caps and to `max_gross`. Allocates nothing.
    ///
    /// # Errors
    /// Numbers that [`validate`](Self::validate) or [`continuous`] refuse.
    pub fn weight(&self, excess: f64, variance: f64) -> Result<f64> {
        self.validate(1)?;
        let (low, high) = self.bounds(0);
        let (low, high) = (low.max(-self.max_gross), high.min(self.max_gross));
        Ok((self.fraction * continuous(excess, variance)?).clamp(low, high))
    }

    /// Smallest and largest weight of an asset.
    pub(super) fn bounds(&self, asset: usize) -> (f64, f64) {
        let low = self.min_weights.get(asset).copied().unwrap_or(0.0);
        let high = self.max_weights.get(asset).copied().unwrap_or(self.max_gross);
        (low, high)
    }
}

fn check_bounds(
    key: &str,
    bounds: &[f64],
    assets: usize,
    expected: &str,
    holds: impl Fn(f64) -> bool,
) -> Result<()> {
    if !bounds.is_empty() && bounds.len() != assets {
        let expected = format!("{assets}, one for each asset, or none");
        return Err(Error::invalid(key, Count(bounds.len(), "values"), expected));
    }
    match bounds
        .iter()
        .position(|bound| !(bound.is_finite() && holds(*bound)))
    {
        Some(i) => Err(Error::invalid(
            format!("{key}[{i}]"),
            bounds[i],
            format!("a finite number, {expected}"),
        )),
        None => Ok(()),
    }
}
