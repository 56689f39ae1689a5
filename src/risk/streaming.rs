//! The measures of a return series updated bar by bar in O(1), without allocation: what a live book reports.
//!
//! Same conventions as [`super::metrics`], and the same figures up to rounding (tests: 1e-12 relative). There
//! is no rolling-window twin: taking an old return out of running sums of squares cancels digits that never
//! come back.

use super::metrics::{Conventions, growth_over_drawdown};
use crate::error::{Error, Result};
use crate::json::document::Document;
use crate::math::elementary::powf;
use crate::math::statistics::{excess, rounding};
use serde::{Deserialize, Serialize};

/// Everything a [`RunningPerformance`] remembers, as plain finite numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningState {
    /// Bars seen, unknown returns among them.
    pub bars: u64,
    /// Known returns seen.
    pub known: u64,
    /// Mean of the known returns.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub squares: f64,
    /// Sum of squares of min(r - required_return, 0).
    pub downside_squares: f64,
    /// Equity, 1 at the start.
    pub equity: f64,
    /// Highest equity so far, the start included.
    pub peak: f64,
    /// Largest drawdown so far, positive fraction of the peak.
    pub max_drawdown: f64,
}

impl Document for RunningState {
    const KIND: &'static str = "the state of a performance";
}

/// Performance so far of a series of simple per-bar returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunningPerformance {
    conventions: Conventions,
    state: RunningState,
}

impl RunningPerformance {
    /// No bars yet. `tail` of the conventions is not used: quantiles need the whole series.
    pub fn new(conventions: Conventions) -> Self {
        let state = RunningState {
            bars: 0,
            known: 0,
            mean: 0.0,
            squares: 0.0,
            downside_squares: 0.0,
            equity: 1.0,
            peak: 1.0,
            max_drawdown: 0.0,
        };
        Self { conventions, state }
    }

    /// Continues from a saved [`Self::state`], bit for bit. The conventions have to be those it was made
    /// with: the required return is in the sums.
    ///
    /// # Errors
    /// A number that no series of returns leads to; the error names the field.
    pub fn restore(conventions: Conventions, state: RunningState) -> Result<Self> {
        let refuse = |field: &str, found: f64, expected: &str| {
            Err(Error::invalid(format!("state.{field}"), found, expected))
        };
        if state.known > state.bars {
            return refuse("known", state.known as f64, "at most the bars");
        }
        if !state.mean.is_finite() {
            return refuse("mean", state.mean, "a finite number");
        }
        for (field, value) in [
            ("squares", state.squares),
            ("downside_squares", state.downside_squares),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return refuse(field, value, "finite, 0 or more");
            }
        }
        if !state.equity.is_finite() {
            return refuse("equity", state.equity, "a finite number");
        }
        if !(state.peak.is_finite() && state.peak >= state.equity.max(1.0)) {
            return refuse("peak", state.peak, "finite, at least 1 and the equity");
        }
        if !(state.max_drawdown.is_finite() && state.max_drawdown >= state.drawdown()) {
            return refuse(
                "max_drawdown",
                state.max_drawdown,
                "finite, at least the drawdown",
            );
        }
        if state.known == 0 {
            let start = Self::new(conventions).state;
            let expected = RunningState {
                bars: state.bars,
                ..start
            };
            if state != expected {
                return refuse("known", 0.0, "above 0 where returns have left a trace");
            }
        }
        if state.known < 2 && state.squares != 0.0 {
            return refuse("squares", state.squares, "0 for fewer than two returns");
        }
        Ok(Self { conventions, state })
    }

    /// What to save.
    pub fn state(&self) -> &RunningState {
        &self.state
    }

    /// Takes in the simple return of one bar; NaN is an unknown one, which leaves equity as it was.
    ///
    /// # Errors
    /// An infinite return, or one that takes a sum past the largest number; nothing changes then.
    pub fn push(&mut self, simple_return: f64) -> Result<()> {
        let mut next = self.state;
        next.bars += 1;
        if !simple_return.is_nan() {
            next.known += 1;
            // Welford (1962): exactly 0 squares for a constant series.
            let difference = simple_return - next.mean;
            next.mean += difference / next.known as f64;
            next.squares += difference * (simple_return - next.mean);
            next.downside_squares += excess(simple_return, self.conventions.required_return)
                .min(0.0)
                .powi(2);
            next.equity *= 1.0 + simple_return;
            next.peak = next.peak.max(next.equity);
            next.max_drawdown = next.max_drawdown.max(next.drawdown());
        }
        let sums = [
            next.mean,
            next.squares,
            next.downside_squares,
            next.equity,
            next.max_drawdown,
        ];
        if sums.iter().any(|sum| !sum.is_finite()) {
            let expected = "a return that leaves every sum finite";
            return Err(Error::invalid("simple_return", simple_return, expected));
        }
        self.state = next;
        Ok(())
    }

    /// Bars seen, unknown returns among them.
    pub fn bars(&self) -> u64 {
        self.state.bars
    }

    /// Equity, 1 at the start.
    pub fn equity(&self) -> f64 {
        self.state.equity
    }

    /// Highest equity so far, the start included.
    pub fn peak(&self) -> f64 {
        self.state.peak
    }

    /// Fall from the peak, positive fraction of it.
    pub fn drawdown(&self) -> f64 {
        self.state.drawdown()
    }

    /// Mean known return of one bar; NaN for none.
    pub fn mean(&self) -> f64 {
        if self.state.known == 0 {
            return f64::NAN;
        }
        self.state.mean
    }

    /// As [`super::metrics::total_return`].
    pub fn total_return(&self) -> f64 {
        self.if_any(self.state.equity - 1.0)
    }

    /// As [`Conventions::annual_return`].
    pub fn annual_return(&self) -> f64 {
        let exponent = self.conventions.bars_per_year / self.state.bars as f64;
        self.if_any(powf(self.state.equity, exponent) - 1.0)
    }

    /// As [`Conventions::annual_volatility`].
    pub fn annual_volatility(&self) -> f64 {
        self.deviation() * self.conventions.bars_per_year.sqrt()
    }

    /// As [`Conventions::sharpe`].
    pub fn sharpe(&self) -> f64 {
        let deviation = self.deviation();
        if deviation == 0.0 {
            return f64::NAN;
        }
        excess(self.mean(), self.conventions.risk_free) / deviation * self.conventions.bars_per_year.sqrt()
    }

    /// As [`Conventions::downside_risk`].
    pub fn downside_risk(&self) -> f64 {
        (self.state.downside_squares / self.state.known as f64).sqrt() * self.conventions.bars_per_year.sqrt()
    }

    /// As [`Conventions::sortino`].
    pub fn sortino(&self) -> f64 {
        if self.state.bars < 2 {
            return f64::NAN;
        }
        let above = excess(self.mean(), self.conventions.required_return);
        above * self.conventions.bars_per_year / self.downside_risk()
    }

    /// As [`super::metrics::max_drawdown`].
    pub fn max_drawdown(&self) -> f64 {
        self.if_any(self.state.max_drawdown)
    }

    /// As [`Conventions::calmar`].
    pub fn calmar(&self) -> f64 {
        growth_over_drawdown(self.annual_return(), self.max_drawdown())
    }

    /// Standard deviation (ddof 1), 0 for returns that are equal up to rounding.
    fn deviation(&self) -> f64 {
        if self.state.known < 2 {
            return f64::NAN;
        }
        let deviation = (self.state.squares / (self.state.known - 1) as f64).sqrt();
        // Where returns are that near to each other, the largest is the mean.
        if deviation <= rounding(self.state.mean) {
            0.0
        } else {
            deviation
        }
    }

    fn if_any(&self, value: f64) -> f64 {
        if self.state.bars == 0 { f64::NAN } else { value }
    }
}

impl RunningState {
    fn drawdown(&self) -> f64 {
        (self.peak - self.equity) / self.peak
    }
}
