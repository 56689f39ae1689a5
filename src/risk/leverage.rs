//! How much of a portfolio to hold: volatility target, drawdown and trend together.

use crate::error::{Error, Result};
use crate::risk::reason::{Reason, ReasonCode};
use serde::{Deserialize, Serialize};

/// Dynamic leverage: the factor that target weights are multiplied by.
///
/// leverage = clamp(target_volatility / volatility, min, max) × clamp(1 - drawdown/drawdown_stop, 0, 1), or
/// × max(0, 1 - drawdown_floor/(1 - drawdown)) in the place of the last factor (Grossman and Zhou 1993), and, when a trend is given, at most fraction × max(0, trend - cash_rate) / volatility² (fractional Kelly). What follows the clamp may
/// lower the result below `min`.
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
    /// Part of the highest value that is to be kept, in (0, 1); default none. The leverage is a multiple of what lies above
    /// it: without drawdown it is multiplied by 1 - drawdown_floor, and it is 0 from a drawdown of 1 - drawdown_floor on.
    /// Not together with `drawdown_stop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawdown_floor: Option<f64>,
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
            drawdown_floor: None,
            fraction: 0.5,
            cash_rate: 0.0,
        }
    }
}

impl LeverageConfig {
    /// Checks every number; errors name the key.
    pub fn validate(&self) -> Result<()> {
        let checks = [
            (
                "target_volatility",
                self.target_volatility,
                self.target_volatility > 0.0,
                "above 0",
            ),
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
        match (self.drawdown_stop, self.drawdown_floor) {
            (Some(stop), _) if !(stop > 0.0 && stop <= 1.0) => Err(Error::invalid(
                "leverage.drawdown_stop",
                stop,
                "above 0 and at most 1",
            )),
            (_, Some(floor)) if !(floor > 0.0 && floor < 1.0) => Err(Error::invalid(
                "leverage.drawdown_floor",
                floor,
                "between 0 and 1, both excluded",
            )),
            (Some(_), Some(floor)) => Err(Error::invalid(
                "leverage.drawdown_floor",
                floor,
                "null beside leverage.drawdown_stop: one of the two",
            )),
            _ => Ok(()),
        }
    }

    /// The leverage for a portfolio whose forecast `volatility` is annual (> 0), at a `drawdown` of 0 to 1,
    /// with an annual drift `trend` where one is known. 0 or more, at most `max`.
    ///
    /// # Errors
    /// A configuration that [`validate`](Self::validate) refuses; volatility not positive, drawdown outside
    /// [0, 1], a trend that is not finite.
    pub fn leverage(&self, volatility: f64, drawdown: f64, trend: Option<f64>) -> Result<f64> {
        self.apply(volatility, drawdown, trend, |_, _, _| ())
    }

    /// [`leverage`](Self::leverage), and what shaped it, appended to `reasons` in this order:
    /// `VOLATILITY_TARGET` always; `LEVERAGE_MAXIMUM` or `LEVERAGE_MINIMUM` where the clamp binds;
    /// `LEVERAGE_DRAWDOWN` where a drawdown or the floor lowers it; `LEVERAGE_TREND` where the trend does. At most four;
    /// allocates only where `reasons` has no room for them.
    ///
    /// # Errors
    /// As [`leverage`](Self::leverage); `reasons` is untouched.
    pub fn explain(
        &self,
        volatility: f64,
        drawdown: f64,
        trend: Option<f64>,
        reasons: &mut Vec<Reason>,
    ) -> Result<f64> {
        self.apply(volatility, drawdown, trend, |code, found, allowed| {
            // JSON has no infinity, which the target over a tiny forecast can be.
            reasons.push(Reason::portfolio(code, found.min(f64::MAX), allowed));
        })
    }

    /// The rule itself: tells `bound` of each part that shaped the leverage, with the number found and the
    /// number allowed, once nothing can fail any more.
    fn apply(
        &self,
        volatility: f64,
        drawdown: f64,
        trend: Option<f64>,
        mut bound: impl FnMut(ReasonCode, f64, f64),
    ) -> Result<f64> {
        self.validate()?;
        if !(volatility.is_finite() && volatility > 0.0) {
            return Err(Error::invalid(
                "volatility",
                volatility,
                "a finite number above 0",
            ));
        }
        if !(0.0..=1.0).contains(&drawdown) {
            return Err(Error::invalid("drawdown", drawdown, "in [0, 1]"));
        }
        if let Some(trend) = trend.filter(|trend| !trend.is_finite()) {
            return Err(Error::invalid("trend", trend, "a finite number"));
        }
        bound(ReasonCode::VolatilityTarget, volatility, self.target_volatility);
        let asked = self.target_volatility / volatility;
        if asked > self.max {
            bound(ReasonCode::LeverageMaximum, asked, self.max);
        } else if asked < self.min {
            bound(ReasonCode::LeverageMinimum, asked, self.min);
        }
        let mut leverage = asked.clamp(self.min, self.max);
        if let Some(stop) = self.drawdown_stop.filter(|_| drawdown > 0.0) {
            bound(ReasonCode::LeverageDrawdown, drawdown, stop);
            leverage *= (1.0 - drawdown / stop).max(0.0);
        }
        if let Some(floor) = self.drawdown_floor {
            bound(ReasonCode::LeverageDrawdown, drawdown, 1.0 - floor);
            // At a drawdown of 1 nothing is left to hold: -infinity is no leverage either.
            leverage *= (1.0 - floor / (1.0 - drawdown)).max(0.0);
        }
        if let Some(trend) = trend {
            let excess = trend - self.cash_rate;
            // Nothing to earn is no leverage, also where the volatility's square is too small for the number
            // format.
            let kelly = if excess > 0.0 {
                self.fraction * (excess / volatility / volatility)
            } else {
                0.0
            };
            if kelly < leverage {
                bound(ReasonCode::LeverageTrend, leverage, kelly);
                leverage = kelly;
            }
        }
        Ok(leverage)
    }
}
