//! Measures of a series of simple per-bar returns, in empyrical-reloaded's conventions for daily bars (252 a year,
//! risk-free rate and required return 0), except that losses are positive here.
//!
//! NaN returns are left out of sums and means and count as bars of the year, as there. No input panics: what
//! empyrical answers with NaN, or refuses with an exception, is NaN. A constant series has volatility 0 and Sharpe
//! NaN whatever rounding says.

use crate::math::statistics::{BARS_PER_YEAR, mean, quantile_sorted, standard_deviation};

/// Compound growth per year: (product of 1 + r)^(252/n) - 1; NaN for no returns.
pub fn annual_return(returns: &[f64]) -> f64 {
    if returns.is_empty() {
        return f64::NAN;
    }
    let growth: f64 = known(returns).iter().map(|r| 1.0 + r).product();
    growth.powf(BARS_PER_YEAR / returns.len() as f64) - 1.0
}

/// Standard deviation (ddof 1) times sqrt(252); NaN for fewer than two returns.
pub fn annual_volatility(returns: &[f64]) -> f64 {
    standard_deviation(&known(returns), 1) * BARS_PER_YEAR.sqrt()
}

/// Mean over standard deviation (ddof 1) times sqrt(252); NaN for fewer than two returns and for a constant series.
pub fn sharpe(returns: &[f64]) -> f64 {
    let known = known(returns);
    let deviation = standard_deviation(&known, 1);
    if deviation == 0.0 {
        return f64::NAN;
    }
    mean(&known) / deviation * BARS_PER_YEAR.sqrt()
}

/// Mean return times 252 over the [`downside_risk`]; infinite without a loss; NaN for fewer than two returns.
pub fn sortino(returns: &[f64]) -> f64 {
    if returns.len() < 2 {
        return f64::NAN;
    }
    mean(&known(returns)) * BARS_PER_YEAR / downside_risk(returns)
}

/// Root mean square of min(r, 0) over all returns, times sqrt(252); NaN for no returns.
pub fn downside_risk(returns: &[f64]) -> f64 {
    let squares: Vec<f64> = known(returns).iter().map(|r| r.min(0.0).powi(2)).collect();
    (mean(&squares) * BARS_PER_YEAR).sqrt()
}

/// Largest fall of equity from its running peak, the start included, as a positive fraction of the peak; NaN for no
/// returns.
pub fn max_drawdown(returns: &[f64]) -> f64 {
    if returns.is_empty() {
        return f64::NAN;
    }
    super::drawdown::drawdowns(&super::drawdown::equity_curve(returns))
        .into_iter()
        .fold(0.0, f64::max)
}

/// [`annual_return`] over [`max_drawdown`]; NaN without a drawdown.
pub fn calmar(returns: &[f64]) -> f64 {
    let drawdown = max_drawdown(returns);
    let ratio = annual_return(returns) / drawdown;
    if drawdown > 0.0 && ratio.is_finite() { ratio } else { f64::NAN }
}

/// Loss, positive, that 5% of the bars exceed: minus the 5% quantile (linear interpolation). NaN for no returns or
/// where one is NaN.
pub fn value_at_risk(returns: &[f64]) -> f64 {
    if returns.iter().any(|r| r.is_nan()) {
        return f64::NAN;
    }
    loss(quantile_sorted(&ascending(returns), TAIL))
}

/// Mean loss, positive, of the worst floor((n - 1)·0.05) + 1 of the n known returns; NaN for none.
pub fn conditional_value_at_risk(returns: &[f64]) -> f64 {
    let sorted = ascending(&known(returns));
    match sorted.len().checked_sub(1) {
        Some(last) => loss(mean(&sorted[..=(last as f64 * TAIL) as usize])),
        None => f64::NAN,
    }
}

/// Sum of gains over sum of losses; NaN without a loss or for fewer than two returns.
pub fn omega(returns: &[f64]) -> f64 {
    let gains: f64 = returns.iter().filter(|r| **r > 0.0).sum();
    let losses: f64 = -returns.iter().filter(|r| **r < 0.0).sum::<f64>();
    if returns.len() >= 2 && losses > 0.0 { gains / losses } else { f64::NAN }
}

/// R² of a straight line through cumulative log returns; NaN for fewer than two known returns and where they do not
/// vary.
pub fn stability(returns: &[f64]) -> f64 {
    let mut total = 0.0;
    let cumulative: Vec<f64> = known(returns)
        .iter()
        .map(|r| {
            total += r.ln_1p();
            total
        })
        .collect();
    if cumulative.len() < 2 {
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
    (xy * xy / (xx * yy)).min(1.0)
}

/// Size of the 95% quantile over the size of the 5% quantile; NaN for no known returns.
pub fn tail_ratio(returns: &[f64]) -> f64 {
    let sorted = ascending(&known(returns));
    quantile_sorted(&sorted, 1.0 - TAIL).abs() / quantile_sorted(&sorted, TAIL).abs()
}

/// [`annual_volatility`] of every `window` bars in a row: element k covers returns[k..k + window]; n - window + 1
/// values, none for a window of 0 or longer than the series.
pub fn rolling_volatility(returns: &[f64], window: usize) -> Vec<f64> {
    rolling(returns, window, annual_volatility)
}

/// [`sharpe`] of every `window` bars in a row, laid out as in [`rolling_volatility`].
pub fn rolling_sharpe(returns: &[f64], window: usize) -> Vec<f64> {
    rolling(returns, window, sharpe)
}

/// Part of the bars in the tail that value at risk looks at.
const TAIL: f64 = 0.05;

fn rolling(returns: &[f64], window: usize, measure: fn(&[f64]) -> f64) -> Vec<f64> {
    if window == 0 {
        return Vec::new();
    }
    returns.windows(window).map(measure).collect()
}

fn known(returns: &[f64]) -> Vec<f64> {
    returns.iter().copied().filter(|r| !r.is_nan()).collect()
}

fn ascending(returns: &[f64]) -> Vec<f64> {
    let mut sorted = returns.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// A return as a positive loss; adding 0 turns a negative zero into a plain one.
fn loss(value: f64) -> f64 {
    0.0 - value
}
