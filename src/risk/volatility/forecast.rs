//! The ways of forecasting, and the forecast over a slice of returns.

use crate::error::{Count, Error, Result};
use crate::market::BarsPerYear;
use crate::math::elementary::exp2;
use crate::math::garch::{self, GarchFit, Mean, check_weights, geometric_sum};
use crate::math::statistics::rounding;
use serde::{Deserialize, Serialize};

/// How volatility is forecast. Default: [`Ewma`](Self::Ewma) with a half-life of 20 bars.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum VolatilityForecast {
    /// Sample standard deviation (about the mean, divisor n - 1) of the last `bars` returns, or of as many as
    /// there are; at least 2 are needed.
    Rolling {
        /// Length of the window, 2 to 100,000.
        bars: usize,
    },
    /// Exponentially weighted root mean square (zero mean): the newest return has weight 1, one that is
    /// `half_life` bars older 1/2; the weights are normalised over the returns given.
    Ewma {
        /// Bars, above 0.
        half_life: f64,
    },
    /// [`Ewma`](Self::Ewma) by its decay: the return k bars before the newest has weight decay^k. RiskMetrics
    /// (1996) has 0.94 for daily returns, a half-life of 11.2 bars.
    Decay {
        /// In (0, 1).
        decay: f64,
    },
    /// GARCH(1,1), zero mean: variance_t = omega + alpha·r²_(t-1) + beta·variance_(t-1), starting at the
    /// long-run variance omega / (1 - alpha - beta).
    ///
    /// alpha and beta have no unit and carry over to a portfolio whose weights change; omega does not.
    /// Without it the variance is targeted (Engle and Mezrich 1996): the long-run variance is the mean square
    /// of the returns given, so omega = (1 - alpha - beta) × mean square.
    Garch {
        /// 0 or more.
        alpha: f64,
        /// 0 or more; alpha + beta is below 1.
        beta: f64,
        /// Per bar, above 0. Default none: from the mean square.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        omega: Option<f64>,
    },
}

impl Default for VolatilityForecast {
    fn default() -> Self {
        Self::Ewma { half_life: 20.0 }
    }
}

impl VolatilityForecast {
    /// GARCH(1,1) with alpha and beta fitted to simple per-bar `returns` (oldest first) by maximum likelihood
    /// around a constant mean, and omega left to variance targeting. Takes milliseconds and allocates: not
    /// for every bar.
    ///
    /// # Errors
    /// As [`garch::fit`].
    pub fn fitted(returns: &[f64]) -> Result<(Self, GarchFit)> {
        let fitted = garch::fit(returns, Mean::Constant)?;
        let (alpha, beta) = (fitted.garch.alpha, fitted.garch.beta);
        let omega = None;
        Ok((Self::Garch { alpha, beta, omega }, fitted))
    }

    /// Checks every number; errors name the key, such as `volatility.ewma.half_life`.
    pub fn validate(&self) -> Result<()> {
        let (key, value, holds, expected) = match *self {
            Self::Rolling { bars } => {
                let holds = (2..=MAX_WINDOW).contains(&bars);
                ("rolling.bars", bars as f64, holds, "in 2 to 100,000")
            }
            Self::Ewma { half_life } => {
                let holds = half_life.is_finite() && half_life > 0.0;
                ("ewma.half_life", half_life, holds, "a finite number above 0")
            }
            Self::Decay { decay } => {
                let holds = decay > 0.0 && decay < 1.0;
                ("decay.decay", decay, holds, "above 0 and below 1")
            }
            Self::Garch { alpha, beta, omega } => {
                check_weights(alpha, beta)?;
                let omega = omega.unwrap_or(1.0);
                let holds = omega.is_finite() && omega > 0.0;
                ("garch.omega", omega, holds, "a finite number above 0")
            }
        };
        if holds {
            return Ok(());
        }
        Err(Error::invalid(format!("volatility.{key}"), value, expected))
    }

    /// Fewest returns that a forecast takes: 2 for a rolling window, else 1.
    pub fn min_bars(&self) -> usize {
        match self {
            Self::Rolling { .. } => 2,
            _ => 1,
        }
    }

    /// Annual volatility (standard deviation, a fraction; times the root of the bars a year) forecast for the bar after the
    /// last of `returns`: simple, per bar, oldest first. Allocates nothing.
    ///
    /// 0, by which nothing can be divided, where every return is 0 (unless GARCH has an omega), and for a
    /// rolling window of returns that are equal up to rounding.
    ///
    /// # Errors
    /// A configuration that [`validate`](Self::validate) refuses; fewer returns than
    /// [`min_bars`](Self::min_bars); a return used that is not finite, or so large that its square is not.
    pub fn annual(&self, returns: &[f64], bars_per_year: BarsPerYear) -> Result<f64> {
        self.validate()?;
        check_bars(returns.len(), self.min_bars())?;
        let variance = match *self {
            Self::Rolling { bars } => window_variance(&returns[returns.len().saturating_sub(bars)..], &[]),
            _ => {
                let memory = self.memory();
                let (decayed, squares) = decayed_squares(returns, memory);
                let bars = returns.len() as f64;
                self.variance(decayed, geometric_sum(memory, bars), squares, bars)
            }
        };
        annualised(variance, bars_per_year).ok_or_else(|| {
            match returns.iter().position(|value| !square_is_finite(*value)) {
                Some(i) => Error::invalid(format!("returns[{i}]"), returns[i], FINITE),
                None => Error::invalid("returns", "of infinite variance", FINITE),
            }
        })
    }

    /// By how much the weight of a squared return falls with every bar: the decay, or GARCH's beta. 0 for a
    /// rolling window, which has none.
    pub(super) fn memory(&self) -> f64 {
        match *self {
            Self::Rolling { .. } => 0.0,
            Self::Ewma { half_life } => exp2(-half_life.recip()),
            Self::Decay { decay } => decay,
            Self::Garch { beta, .. } => beta,
        }
    }

    /// Variance of the next bar from `decayed` = Σ m^k r² (k bars before the newest, m the memory), `weight`
    /// = Σ m^k, and the plain sum of `squares` over `bars` returns.
    pub(super) fn variance(&self, decayed: f64, weight: f64, squares: f64, bars: f64) -> f64 {
        match *self {
            Self::Garch { alpha, beta, omega } => {
                // The recursion unrolled from its start at the level V = omega / (1 - alpha - beta): variance
                // = omega·Σ beta^k + alpha·Σ beta^k r² + beta^bars·V, and beta^bars = 1 - (1 - beta)·Σ
                // beta^k.
                let gap = 1.0 - alpha - beta;
                let level = omega.map_or(squares / bars, |omega| omega / gap);
                level * (gap * weight + (1.0 - (1.0 - beta) * weight).max(0.0)) + alpha * decayed
            }
            _ => decayed / weight,
        }
    }
}

/// Longest rolling window.
const MAX_WINDOW: usize = 100_000;

pub(super) const FINITE: &str = "a finite number with a finite square";

pub(super) fn square_is_finite(value: f64) -> bool {
    (value * value).is_finite()
}

pub(super) fn check_bars(found: usize, needed: usize) -> Result<()> {
    if found < needed {
        let expected = format!("at least {needed}");
        return Err(Error::invalid("returns", Count(found, "values"), expected));
    }
    Ok(())
}

/// Standard deviation a year; none where the variance is NaN or infinite.
pub(super) fn annualised(variance: f64, bars_per_year: BarsPerYear) -> Option<f64> {
    let annual = variance * bars_per_year.get();
    annual.is_finite().then(|| annual.sqrt())
}

/// Σ memory^k·r², with k counted back from the newest return, and Σ r².
///
/// Horner's scheme waits for its own last result; eight of them side by side, each over every eighth return,
/// do not wait for each other.
fn decayed_squares(returns: &[f64], memory: f64) -> (f64, f64) {
    const LANES: usize = 8;
    let step = memory.powi(LANES as i32);
    let (mut decayed, mut squares) = ([0.0; LANES], [0.0; LANES]);
    let (oldest, chunks) = returns.split_at(returns.len() % LANES);
    for (lane, value) in (LANES - oldest.len()..).zip(oldest) {
        decayed[lane] = value * value;
        squares[lane] = decayed[lane];
    }
    for chunk in chunks.chunks_exact(LANES) {
        for ((decayed, squares), value) in decayed.iter_mut().zip(&mut squares).zip(chunk) {
            let square = value * value;
            *decayed = *decayed * step + square;
            *squares += square;
        }
    }
    let newest_last = decayed.iter().fold(0.0, |sum, lane| sum * memory + lane);
    (newest_last, squares.iter().sum())
}

/// Sample variance (divisor n - 1) of the returns in two parts, oldest first: exactly 0 where all are equal up to
/// rounding.
pub(super) fn window_variance(older: &[f64], newer: &[f64]) -> f64 {
    let all = || older.iter().chain(newer);
    let count = (older.len() + newer.len()) as f64;
    let center = all().sum::<f64>() / count;
    let variance = all().map(|value| (value - center).powi(2)).sum::<f64>() / (count - 1.0);
    // Where returns are that near to each other, the largest is the mean.
    if variance.sqrt() <= rounding(center) {
        0.0
    } else {
        variance
    }
}
