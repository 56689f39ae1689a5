//! How much of a portfolio to hold: volatility target, drawdown and trend together.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Dynamic leverage: the factor that target weights are multiplied by.
///
/// leverage = clamp(target_volatility / volatility, min, max) × clamp(1 - drawdown/drawdown_stop, 0, 1), and, when a
/// trend is given, at most fraction × max(0, trend - cash_rate) / volatility² (fractional Kelly). The last two act
/// after the clamp and may lower the result below `min`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeverageConfig {
    /// Annual volatility aimed at, above 0; default 0.15.
    pub target_volatility: f64,
    /// Least leverage before drawdown and trend, 0 or more; default 0.
    pub min: f64,
    /// Most leverage, at least `min`; default 1.5.
    pub max: f64,
    /// Drawdown at which leverage reaches 0, in (0, 1]; default none: drawdown does not matter.
    pub drawdown_stop: Option<f64>,
    /// Part of the Kelly leverage allowed when a trend is given, above 0; default 0.5.
    pub fraction: f64,
    /// Annual rate that cash earns; default 0.
    pub cash_rate: f64,
}

impl Default for LeverageConfig {
    fn default() -> Self {
        Self {
            target_volatility: 0.15,
            min: 0.0,
            max: 1.5,
            drawdown_stop: None,
            fraction: 0.5,
            cash_rate: 0.0,
        }
    }
}

impl LeverageConfig {
    /// Checks every number; errors name the key.
    pub fn validate(&self) -> Result<()> {
        let checks = [
            ("target_volatility", self.target_volatility, self.target_volatility > 0.0, "above 0"),
            ("min", self.min, self.min >= 0.0, "0 or more"),
            ("max", self.max, self.max >= self.min, "at least leverage.min"),
            ("fraction", self.fraction, self.fraction > 0.0, "above 0"),
            ("cash_rate", self.cash_rate, true, "a finite number"),
        ];
        for (key, value, holds, expected) in checks {
            if !(value.is_finite() && holds) {
                return Err(Error::invalid(format!("leverage.{key}"), value, expected));
            }
        }
        match self.drawdown_stop {
            Some(stop) if !(stop > 0.0 && stop <= 1.0) => {
                Err(Error::invalid("leverage.drawdown_stop", stop, "above 0 and at most 1"))
            }
            _ => Ok(()),
        }
    }

    /// The leverage for a portfolio whose forecast `volatility` is annual (> 0), at a `drawdown` of 0 to 1, with an
    /// annual drift `trend` where one is known. 0 or more, at most `max`.
    ///
    /// # Errors
    /// A configuration that [`validate`](Self::validate) refuses; volatility not positive, drawdown outside [0, 1],
    /// a trend that is not finite.
    pub fn leverage(&self, volatility: f64, drawdown: f64, trend: Option<f64>) -> Result<f64> {
        self.validate()?;
        if !(volatility.is_finite() && volatility > 0.0) {
            return Err(Error::invalid("volatility", volatility, "a finite number above 0"));
        }
        if !(0.0..=1.0).contains(&drawdown) {
            return Err(Error::invalid("drawdown", drawdown, "in [0, 1]"));
        }
        let targeted = (self.target_volatility / volatility).clamp(self.min, self.max);
        let left = self.drawdown_stop.map_or(1.0, |stop| (1.0 - drawdown / stop).max(0.0));
        let leverage = targeted * left;
        match trend {
            Some(trend) if !trend.is_finite() => Err(Error::invalid("trend", trend, "a finite number")),
            Some(trend) => {
                let kelly = (trend - self.cash_rate).max(0.0) / volatility.powi(2);
                Ok(leverage.min(self.fraction * kelly))
            }
            None => Ok(leverage),
        }
    }
}
