//! Plain statistics of a slice. NaN in, NaN out; too few values for a statistic give NaN; nothing here panics.

use crate::math::elementary::exp2;

/// Arithmetic mean; NaN for an empty slice.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What rounding alone makes of returns of which the largest is `largest` in size: 1e-14·(1 + largest). The 1 is what a
/// return is taken from: a price ratio of 1.0001 is rounded as a number near 1, whatever is left of it less 1.
pub fn rounding(largest: f64) -> f64 {
    1e-14 * (1.0 + largest.abs())
}

/// The return `value` less the rate `rate`, and 0 where the two differ by no more than [`rounding`]: the digits that
/// cancellation leaves say nothing, not even their sign.
pub fn excess(value: f64, rate: f64) -> f64 {
    let above = value - rate;
    if above.abs() < rounding(value) { 0.0 } else { above }
}

/// Standard deviation of returns with divisor `len - ddof` (two passes); NaN where that divisor is not positive,
/// exactly 0 for values that are equal or differ by [`rounding`] alone.
pub fn standard_deviation(values: &[f64], ddof: usize) -> f64 {
    if values.len() <= ddof {
        return f64::NAN;
    }
    let center = mean(values);
    let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
    let deviation = (squares / (values.len() - ddof) as f64).sqrt();
    let largest = values
        .iter()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if deviation <= rounding(largest) {
        0.0
    } else {
        deviation
    }
}

/// Whether there is at least one value, none is NaN, and all are equal up to [`rounding`]: the one meaning of
/// "constant", wherever something is divided by a deviation or a variance.
pub fn is_constant(values: &[f64]) -> bool {
    standard_deviation(values, 0) == 0.0
}

/// Annualised volatility forecast: the exponentially weighted root mean square of simple per-bar `returns`, oldest
/// first, times sqrt(bars_per_year). Zero mean is assumed (RiskMetrics).
///
/// The newest return has weight 1 before normalisation, the one `half_life` bars (> 0) older 1/2; the weights are
/// normalised over the returns given. NaN for an empty slice.
pub fn ewma_volatility(returns: &[f64], half_life: f64, bars_per_year: f64) -> f64 {
    let (mut squares, mut total) = (0.0, 0.0);
    for (weight, value) in decay_weights(half_life).zip(returns.iter().rev()) {
        squares += weight * value * value;
        total += weight;
    }
    (squares / total * bars_per_year).sqrt()
}

/// Weights 1, 2^(-1/half_life), 2^(-2/half_life), ...: newest first, not normalised.
pub(crate) fn decay_weights(half_life: f64) -> impl Iterator<Item = f64> {
    (0_u32..).map(move |age| exp2(-f64::from(age) / half_life))
}

/// The `q`-quantile (0 to 1) of ascending `sorted` values, interpolated linearly between order statistics (numpy's
/// default method); NaN for an empty slice.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let part = position - below as f64;
    // Interpolating from the nearer end keeps the result between both.
    if part < 0.5 {
        low + (high - low) * part
    } else {
        high - (high - low) * (1.0 - part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_match_hand_computed_values() {
        let values = [1.0, 2.0, 4.0, 5.0];
        assert_eq!(mean(&values), 3.0);
        assert_eq!(standard_deviation(&values, 0), 2.5_f64.sqrt());
        assert_eq!(standard_deviation(&values, 1), (10.0_f64 / 3.0).sqrt());
        assert_eq!(quantile_sorted(&values, 0.5), 3.0);
        assert!((quantile_sorted(&values, 0.05) - 1.15).abs() < 1e-15);
    }

    #[test]
    fn constant_values_have_no_deviation_and_short_ones_none_at_all() {
        // The mean of these rounds away from 0.1, so two passes alone would answer 1e-17.
        assert_eq!(standard_deviation(&[0.1; 10], 1), 0.0);
        assert!(standard_deviation(&[0.1], 1).is_nan());
        assert!(standard_deviation(&[], 0).is_nan() && mean(&[]).is_nan());
        assert!(quantile_sorted(&[], 0.05).is_nan() && ewma_volatility(&[], 20.0, 252.0).is_nan());
        assert!(standard_deviation(&[0.1, f64::NAN], 1).is_nan());
    }

    #[test]
    fn constant_is_up_to_rounding() {
        // A price that grows by 0.01% a bar: its returns differ in their last digits.
        let price = |bar: i32| 100.0 * 1.0001_f64.powi(bar);
        let returns: Vec<f64> = (0..1_000).map(|bar| price(bar + 1) / price(bar) - 1.0).collect();
        assert!(
            returns
                .iter()
                .any(|value| value.to_bits() != returns[0].to_bits())
        );
        assert!(is_constant(&returns));
        assert_eq!(standard_deviation(&returns, 1).to_bits(), 0.0_f64.to_bits());
        // Two values d apart deviate by d/2 (ddof 0): a hair inside and a hair outside 1e-14·(1 + 0.01).
        let apart = |distance: f64| [0.01, 0.01 + distance];
        assert!(is_constant(&apart(1.9e-14)) && !is_constant(&apart(2.2e-14)));
        assert!(!is_constant(&[]) && !is_constant(&[f64::NAN, f64::NAN]));
        let rest = excess(0.1 + 0.2, 0.3);
        assert!(rest.to_bits() == 0.0_f64.to_bits() && excess(0.3, 0.1) > 0.19);
        assert!(excess(f64::INFINITY, 0.0).is_infinite() && excess(0.0, f64::NAN).is_nan());
    }

    #[test]
    fn ewma_halves_the_weight_of_a_return_one_half_life_older() {
        // Half-life 1: weights 4/7, 2/7, 1/7 from the newest.
        let expected =
            ((4.0 * 0.03_f64.powi(2) + 2.0 * 0.02_f64.powi(2) + 0.01_f64.powi(2)) / 7.0 * 252.0).sqrt();
        let found = ewma_volatility(&[0.01, -0.02, 0.03], 1.0, 252.0);
        assert!((found - expected).abs() < 1e-15, "{found} {expected}");
    }
}
