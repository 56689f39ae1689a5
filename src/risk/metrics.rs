//! Measures of a series of simple per-bar returns, in empyrical-reloaded's conventions (252 bars a year,
//! risk-free rate and required return 0 unless [`Conventions`] say otherwise), except that losses are
//! positive here.
//!
//! NaN returns are left out of sums and means and count as bars of the year, as there. No input panics: what
//! empyrical answers with NaN, or refuses with an exception, is NaN. A series that is constant up to rounding
//! ([`is_constant`]) has volatility 0 and Sharpe NaN, and what is left of a return above a rate by rounding alone
//! is neither gain nor loss. Every function is the method of [`Conventions`] of the same name at its defaults.
//!
//! Not here: `gpd_risk_estimates` (the answer depends on where a Nelder-Mead search stops),
//! `aggregate_returns` (needs a calendar), and the Lévy exponent of annual volatility.

use crate::error::{Error, Result};
use crate::market::BarsPerYear;
use crate::math::elementary::{ln_1p, powf};
use crate::math::statistics::{excess, is_constant, mean, quantile_sorted, rounding, standard_deviation};

/// What measures are relative to. Rates are per bar: see [`Conventions::per_bar`] for annual ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conventions {
    /// Bars in a year, above 0; default 252. 52 for weekly and 12 for monthly returns.
    pub bars_per_year: f64,
    /// Risk-free simple return of one bar; default 0. Sharpe, omega and alpha use it.
    pub risk_free: f64,
    /// Required simple return of one bar; default 0. Sortino, downside risk and omega use it.
    pub required_return: f64,
    /// Part of the bars in the tail that value at risk and its conditional twin look at, in [0, 1]; default
    /// 0.05.
    pub tail: f64,
}

impl Default for Conventions {
    fn default() -> Self {
        Self::of_bars(BarsPerYear::DAILY)
    }
}

impl Conventions {
    /// The defaults for returns with so many bars a year.
    pub fn of_bars(bars_per_year: BarsPerYear) -> Self {
        Self {
            bars_per_year: bars_per_year.get(),
            risk_free: 0.0,
            required_return: 0.0,
            tail: 0.05,
        }
    }

    /// Checks every number; errors name the field. The measures themselves take any and answer NaN.
    pub fn validate(&self) -> Result<()> {
        let checks = [
            (
                "bars_per_year",
                self.bars_per_year,
                self.bars_per_year > 0.0,
                "a finite number above 0",
            ),
            ("risk_free", self.risk_free, true, "a finite number"),
            ("required_return", self.required_return, true, "a finite number"),
            (
                "tail",
                self.tail,
                (0.0..=1.0).contains(&self.tail),
                "a number in [0, 1]",
            ),
        ];
        match checks
            .iter()
            .find(|(_, value, holds, _)| !(value.is_finite() && *holds))
        {
            Some((field, value, _, expected)) => {
                Err(Error::invalid(format!("conventions.{field}"), value, expected))
            }
            None => Ok(()),
        }
    }

    /// The simple return of one bar that compounds to `annual` in a year: (1 + annual)^(1/bars_per_year) - 1.
    pub fn per_bar(&self, annual: f64) -> f64 {
        powf(1.0 + annual, 1.0 / self.bars_per_year) - 1.0
    }

    /// Compound growth per year: (product of 1 + r)^(bars_per_year/n) - 1; NaN for no returns.
    pub fn annual_return(&self, returns: &[f64]) -> f64 {
        if returns.is_empty() {
            return f64::NAN;
        }
        powf(growth(returns), self.bars_per_year / returns.len() as f64) - 1.0
    }

    /// Standard deviation (ddof 1) times sqrt(bars_per_year); NaN for fewer than two returns.
    pub fn annual_volatility(&self, returns: &[f64]) -> f64 {
        standard_deviation(&known(returns), 1) * self.bars_per_year.sqrt()
    }

    /// Mean over standard deviation (ddof 1) of r - risk_free, times sqrt(bars_per_year); NaN for fewer than
    /// two returns and for a constant series.
    pub fn sharpe(&self, returns: &[f64]) -> f64 {
        let excess = known_above(returns, self.risk_free);
        mean_over_deviation(&excess) * self.bars_per_year.sqrt()
    }

    /// Mean of r - required_return times bars_per_year over the [`Self::downside_risk`]; infinite without a
    /// loss; NaN for fewer than two returns.
    pub fn sortino(&self, returns: &[f64]) -> f64 {
        if returns.len() < 2 {
            return f64::NAN;
        }
        let excess = known_above(returns, self.required_return);
        mean(&excess) * self.bars_per_year / self.downside_risk(returns)
    }

    /// Root mean square of min(r - required_return, 0) over all returns, times sqrt(bars_per_year); NaN for
    /// no returns.
    pub fn downside_risk(&self, returns: &[f64]) -> f64 {
        let excess = known_above(returns, self.required_return);
        let squares: Vec<f64> = excess.iter().map(|r| r.min(0.0).powi(2)).collect();
        mean(&squares).sqrt() * self.bars_per_year.sqrt()
    }

    /// [`Self::annual_return`] over [`max_drawdown`]; NaN without a drawdown.
    pub fn calmar(&self, returns: &[f64]) -> f64 {
        growth_over_drawdown(self.annual_return(returns), max_drawdown(returns))
    }

    /// Loss, positive, that a part `tail` of the bars exceed: minus that quantile (linear interpolation). NaN
    /// for no returns, where one is NaN, and for a tail outside [0, 1].
    pub fn value_at_risk(&self, returns: &[f64]) -> f64 {
        if returns.iter().any(|r| r.is_nan()) || !(0.0..=1.0).contains(&self.tail) {
            return f64::NAN;
        }
        loss(quantile_sorted(&ascending(returns), self.tail))
    }

    /// Mean loss, positive, of the worst floor((n - 1)·tail) + 1 of the n known returns; NaN for none and for
    /// a tail outside [0, 1].
    pub fn conditional_value_at_risk(&self, returns: &[f64]) -> f64 {
        let sorted = ascending(&known(returns));
        match sorted.len().checked_sub(1) {
            Some(last) if (0.0..=1.0).contains(&self.tail) => {
                loss(mean(&sorted[..=(last as f64 * self.tail) as usize]))
            }
            _ => f64::NAN,
        }
    }

    /// Sum of gains over sum of losses, both of r - risk_free - required_return; NaN without a loss or for
    /// fewer than two returns.
    pub fn omega(&self, returns: &[f64]) -> f64 {
        let above = |r: &f64| excess(*r, self.risk_free + self.required_return);
        let gains: f64 = returns.iter().map(above).filter(|r| *r > 0.0).sum();
        let losses: f64 = -returns.iter().map(above).filter(|r| *r < 0.0).sum::<f64>();
        if returns.len() >= 2 && losses > 0.0 {
            gains / losses
        } else {
            f64::NAN
        }
    }
}

/// [`Conventions::annual_return`] at the defaults.
pub fn annual_return(returns: &[f64]) -> f64 {
    Conventions::default().annual_return(returns)
}

/// [`Conventions::annual_volatility`] at the defaults.
pub fn annual_volatility(returns: &[f64]) -> f64 {
    Conventions::default().annual_volatility(returns)
}

/// [`Conventions::sharpe`] at the defaults.
pub fn sharpe(returns: &[f64]) -> f64 {
    Conventions::default().sharpe(returns)
}

/// [`Conventions::sortino`] at the defaults.
pub fn sortino(returns: &[f64]) -> f64 {
    Conventions::default().sortino(returns)
}

/// [`Conventions::downside_risk`] at the defaults.
pub fn downside_risk(returns: &[f64]) -> f64 {
    Conventions::default().downside_risk(returns)
}

/// [`Conventions::calmar`] at the defaults.
pub fn calmar(returns: &[f64]) -> f64 {
    Conventions::default().calmar(returns)
}

/// [`Conventions::value_at_risk`] at the defaults.
pub fn value_at_risk(returns: &[f64]) -> f64 {
    Conventions::default().value_at_risk(returns)
}

/// [`Conventions::conditional_value_at_risk`] at the defaults.
pub fn conditional_value_at_risk(returns: &[f64]) -> f64 {
    Conventions::default().conditional_value_at_risk(returns)
}

/// [`Conventions::omega`] at the defaults.
pub fn omega(returns: &[f64]) -> f64 {
    Conventions::default().omega(returns)
}

/// Largest fall of equity from its running peak, the start included, as a positive fraction of the peak; NaN
/// for no returns.
pub fn max_drawdown(returns: &[f64]) -> f64 {
    if returns.is_empty() {
        return f64::NAN;
    }
    super::drawdown::drawdowns(&super::drawdown::equity_curve(returns))
        .into_iter()
        .fold(0.0, f64::max)
}

/// Simple returns p[k + 1]/p[k] - 1 of `prices` [n]: [n - 1], none for fewer than two prices. A NaN price
/// makes both its returns NaN.
pub fn simple_returns(prices: &[f64]) -> Vec<f64> {
    prices
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / pair[0])
        .collect()
}

/// Growth since the start after every bar, product of 1 + r, minus 1: [n].
pub fn cumulative_returns(returns: &[f64]) -> Vec<f64> {
    let equity = super::drawdown::equity_curve(returns);
    equity[1..].iter().map(|value| value - 1.0).collect()
}

/// Growth over all bars, product of 1 + r, minus 1; NaN for no returns.
pub fn total_return(returns: &[f64]) -> f64 {
    if returns.is_empty() {
        return f64::NAN;
    }
    growth(returns) - 1.0
}

/// R² of a straight line through cumulative log returns; NaN for fewer than two known returns and where they
/// do not vary.
pub fn stability(returns: &[f64]) -> f64 {
    let mut total = 0.0;
    let cumulative: Vec<f64> = known(returns)
        .iter()
        .map(|r| {
            total += ln_1p(*r);
            total
        })
        .collect();
    if cumulative.len() < 2 || is_constant(&cumulative) {
        return f64::NAN;
    }
    let (center_x, center_y) = ((cumulative.len() - 1) as f64 / 2.0, mean(&cumulative));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (bar, y) in cumulative.iter().enumerate() {
        let (dx, dy) = (bar as f64 - center_x, y - center_y);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    // Clamped so that rounding does not exceed 1; a NaN stays one.
    (xy * xy / (xx * yy)).clamp(0.0, 1.0)
}

/// Size of the 95% quantile over the size of the 5% quantile; NaN for no known returns.
pub fn tail_ratio(returns: &[f64]) -> f64 {
    let sorted = ascending(&known(returns));
    quantile_sorted(&sorted, 0.95).abs() / quantile_sorted(&sorted, 0.05).abs()
}

/// Third central moment over the 3/2 power of the second (both with divisor n), as scipy's; NaN for no
/// returns, where one is NaN, and for a constant series.
pub fn skewness(returns: &[f64]) -> f64 {
    central_moment(returns, 3) / powf(central_moment(returns, 2), 1.5)
}

/// Fourth central moment over the square of the second, minus 3 (the normal distribution's), as scipy's; NaN
/// as [`skewness`].
pub fn kurtosis(returns: &[f64]) -> f64 {
    central_moment(returns, 4) / central_moment(returns, 2).powi(2) - 3.0
}

/// Part of the known returns that are above 0, in [0, 1]; NaN for none. Returns of 0 count as not won.
pub fn win_rate(returns: &[f64]) -> f64 {
    let known = known(returns);
    known.iter().filter(|r| **r > 0.0).count() as f64 / known.len() as f64
}

/// `measure` of every `window` bars in a row: element k covers returns[k..k + window]; n - window + 1 values,
/// none for a window of 0 or longer than the series.
pub fn rolling(returns: &[f64], window: usize, measure: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    if window == 0 {
        return Vec::new();
    }
    returns.windows(window).map(measure).collect()
}

/// [`annual_volatility`] of every `window` bars in a row, laid out as in [`rolling`].
pub fn rolling_volatility(returns: &[f64], window: usize) -> Vec<f64> {
    rolling(returns, window, annual_volatility)
}

/// [`sharpe`] of every `window` bars in a row, laid out as in [`rolling`].
pub fn rolling_sharpe(returns: &[f64], window: usize) -> Vec<f64> {
    rolling(returns, window, sharpe)
}

/// Mean over standard deviation (ddof 1); NaN where the deviation is 0, up to rounding, or undefined.
pub(crate) fn mean_over_deviation(values: &[f64]) -> f64 {
    let deviation = standard_deviation(values, 1);
    if deviation == 0.0 {
        return f64::NAN;
    }
    mean(values) / deviation
}

/// Growth over drawdown; NaN without a drawdown beyond rounding or where the ratio is infinite.
pub(crate) fn growth_over_drawdown(annual_return: f64, drawdown: f64) -> f64 {
    let ratio = annual_return / drawdown;
    if drawdown > rounding(0.0) && ratio.is_finite() {
        ratio
    } else {
        f64::NAN
    }
}

fn growth(returns: &[f64]) -> f64 {
    known(returns).iter().map(|r| 1.0 + r).product()
}

/// Mean of (r - mean)^power; NaN for a constant series, so that no residue of rounding is divided by another.
fn central_moment(returns: &[f64], power: i32) -> f64 {
    if is_constant(returns) {
        return f64::NAN;
    }
    let center = mean(returns);
    let powers: Vec<f64> = returns.iter().map(|r| (r - center).powi(power)).collect();
    mean(&powers)
}

fn known(returns: &[f64]) -> Vec<f64> {
    returns.iter().copied().filter(|r| !r.is_nan()).collect()
}

/// The known returns less `rate`.
fn known_above(returns: &[f64], rate: f64) -> Vec<f64> {
    known(returns).into_iter().map(|r| excess(r, rate)).collect()
}

fn ascending(returns: &[f64]) -> Vec<f64> {
    let mut sorted = returns.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// A return as a positive loss; adding 0 turns a negative zero into a plain one.
fn loss(value: f64) -> f64 {
    0.0 - value
}
