//! Value at risk and conditional value at risk of a series of scenario returns, as positive losses.
//!
//! `level` is the confidence, in (0, 1), say 0.95: the tail is the worst 1 - level of the scenarios. Nothing
//! here allocates but [`TailRisk`].

use super::check;
use crate::error::{Error, Result, check_length};
use crate::math::statistics::{mean, standard_deviation};
use ndarray::{ArrayView1, ArrayView2};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// Historical value at risk: minus the (1 - level) quantile of `returns`, interpolated linearly between order
/// statistics (numpy's default). Negative where even the tail gains; NaN for no returns. Reorders `returns`.
pub fn historical_value_at_risk(returns: &mut [f64], level: f64) -> f64 {
    let Some(last) = returns.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = (1.0 - level).clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let (_, &mut low, above) = returns.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().reduce(f64::min).unwrap_or(low);
    // Adding 0 turns a negative zero into a plain one.
    0.0 - (low + (high - low) * (position - below as f64))
}

/// Historical conditional value at risk: the mean loss of the worst scenarios that make up 1 - level of all,
/// of which the last counts in part (Rockafellar and Uryasev, Journal of Banking and Finance 26, 2002). At
/// least the value at risk that level % of the scenarios do not exceed. NaN for no returns. Reorders
/// `returns`.
pub fn historical_conditional_value_at_risk(returns: &mut [f64], level: f64) -> f64 {
    let Some(last) = returns.len().checked_sub(1) else {
        return f64::NAN;
    };
    let mass = (1.0 - level).clamp(0.0, 1.0) * returns.len() as f64;
    let whole = (mass.floor() as usize).min(last);
    let (worst, &mut partial, _) = returns.select_nth_unstable_by(whole, f64::total_cmp);
    if mass == 0.0 {
        return 0.0 - partial;
    }
    // Offsets from the last scenario of the tail keep a tail of equal returns exact.
    let offsets: f64 = worst.iter().map(|value| value - partial).sum();
    0.0 - (partial + offsets / mass)
}

/// At least as large as both historical measures of `returns` at `level`, and equal to the conditional one where
/// `threshold` is the value at risk: threshold + mean(max(loss - threshold, 0))/(1 - level), whose least over all
/// thresholds is the conditional value at risk (Rockafellar and Uryasev, Journal of Risk 2, 2000). One pass, nothing
/// sorted. NaN for no returns.
pub fn conditional_value_at_risk_bound(returns: &[f64], level: f64, threshold: f64) -> f64 {
    // Sums side by side, for the processor's sake.
    let mut beyond = [0.0; 8];
    let (chunks, rest) = returns.as_chunks::<8>();
    for chunk in chunks {
        for (sum, value) in beyond.iter_mut().zip(chunk) {
            *sum += (-value - threshold).max(0.0);
        }
    }
    for (sum, value) in beyond.iter_mut().zip(rest) {
        *sum += (-value - threshold).max(0.0);
    }
    threshold + beyond.iter().sum::<f64>() / ((1.0 - level) * returns.len() as f64)
}

/// Tail measures of a normal distribution at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianTail {
    /// Standard deviations from the mean to the value at risk: z, the `level` quantile.
    value_at_risk: f64,
    /// Standard deviations from the mean to the conditional one: pdf(z)/(1 - level).
    conditional_value_at_risk: f64,
}

impl GaussianTail {
    /// The measures at `level`.
    ///
    /// # Errors
    /// A level that is not above 0 and below 1.
    pub fn new(level: f64) -> Result<Self> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::invalid("level", level, "above 0 and below 1"));
        }
        let normal = Normal::standard();
        let quantile = normal.inverse_cdf(level);
        Ok(Self {
            value_at_risk: quantile,
            conditional_value_at_risk: normal.pdf(quantile) / (1.0 - level),
        })
    }

    /// z·deviation - mean: the loss that a normal return exceeds with probability 1 - level.
    pub fn value_at_risk(&self, mean: f64, deviation: f64) -> f64 {
        self.value_at_risk * deviation - mean
    }

    /// deviation·pdf(z)/(1 - level) - mean: the mean loss beyond the value at risk.
    pub fn conditional_value_at_risk(&self, mean: f64, deviation: f64) -> f64 {
        self.conditional_value_at_risk * deviation - mean
    }
}

/// Tail measures of one portfolio over scenarios, as positive losses, fractions of equity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailRisk {
    /// Mean return.
    pub mean: f64,
    /// Standard deviation (ddof 1).
    pub deviation: f64,
    /// [`historical_value_at_risk`].
    pub historical_value_at_risk: f64,
    /// [`historical_conditional_value_at_risk`].
    pub historical_conditional_value_at_risk: f64,
    /// [`GaussianTail::value_at_risk`] of mean and deviation.
    pub gaussian_value_at_risk: f64,
    /// [`GaussianTail::conditional_value_at_risk`] of mean and deviation.
    pub gaussian_conditional_value_at_risk: f64,
}

impl TailRisk {
    /// The measures at `level` of what `weights` [N] (cash earns 0) would have earned in each of the `scenarios`
    /// [T, N], which are simple returns. Each is summed in the order of assets. Allocates.
    ///
    /// # Errors
    /// As [`GaussianTail::new`]; fewer than two scenarios, another number of weights than assets, a value that is not
    /// finite.
    pub fn of_weights(scenarios: ArrayView2<'_, f64>, weights: &[f64], level: f64) -> Result<Self> {
        let gaussian = GaussianTail::new(level)?;
        let (bars, assets) = scenarios.dim();
        check_length("weights", weights.len(), assets, "number of assets")?;
        check::finite("weights", weights)?;
        if bars < 2 {
            return Err(Error::invalid("scenarios", format!("{bars} bars"), "at least 2"));
        }
        if let Some(((bar, asset), value)) = scenarios.indexed_iter().find(|(_, value)| !value.is_finite()) {
            let input = format!("scenarios[{bar}][{asset}]");
            return Err(Error::invalid(input, value, "a finite number"));
        }
        let earned = |row: ArrayView1<'_, f64>| {
            let parts = row.into_iter().zip(weights);
            parts.map(|(value, weight)| weight * value).sum()
        };
        let mut returns: Vec<f64> = scenarios.rows().into_iter().map(earned).collect();
        let (mean, deviation) = moments(&returns);
        Ok(Self {
            mean,
            deviation,
            historical_value_at_risk: historical_value_at_risk(&mut returns, level),
            historical_conditional_value_at_risk: historical_conditional_value_at_risk(&mut returns, level),
            gaussian_value_at_risk: gaussian.value_at_risk(mean, deviation),
            gaussian_conditional_value_at_risk: gaussian.conditional_value_at_risk(mean, deviation),
        })
    }
}

/// Mean and standard deviation (ddof 1) of scenario returns: w'mu and sqrt(w'Σw) of the weights they come
/// from. The deviation of fewer than two returns is NaN.
pub fn moments(returns: &[f64]) -> (f64, f64) {
    (mean(returns), standard_deviation(returns, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn the_bound_is_above_both_measures_and_touches_the_conditional_one(
            mut returns in proptest::collection::vec(-0.1..0.1_f64, 1..80),
            level in 0.5..0.995_f64,
            threshold in -0.05..0.1_f64,
        ) {
            let bound = conditional_value_at_risk_bound(&returns, level, threshold);
            let conditional = historical_conditional_value_at_risk(&mut returns, level);
            prop_assert!(bound >= conditional - 1e-14, "{bound} {conditional}");
            prop_assert!(bound >= historical_value_at_risk(&mut returns, level) - 1e-14);
            // The loss of the scenario at the tail's edge is a best threshold.
            returns.sort_unstable_by(f64::total_cmp);
            let edge = ((1.0 - level) * returns.len() as f64).floor() as usize;
            let touching = conditional_value_at_risk_bound(&returns, level, -returns[edge]);
            prop_assert!((touching - conditional).abs() < 1e-12, "{touching} {conditional}");
        }
    }

    #[test]
    fn tail_risk_of_weights_is_that_of_what_they_earn() {
        let scenarios = arr2(&[[0.01, -0.02], [-0.03, 0.01], [0.02, 0.02], [-0.01, -0.04]]);
        let found = TailRisk::of_weights(scenarios.view(), &[0.5, 0.25], 0.75).unwrap();
        // Earned: 0, -0.0125, 0.015, -0.015. The tail is one scenario of four.
        let near =
            |value: f64, expected: f64| assert!((value - expected).abs() < 1e-15, "{value} {expected}");
        near(found.mean, -0.003125);
        near(found.historical_conditional_value_at_risk, 0.015);
        // The 0.25 quantile: position 0.75 between the worst and the next.
        near(found.historical_value_at_risk, 0.015 - 0.75 * (0.015 - 0.0125));
        let z = 0.674_489_750_196_081_7;
        near(found.gaussian_value_at_risk, z * found.deviation + 0.003125);
        for (weights, level) in [
            (&[0.5][..], 0.9),
            (&[0.5, f64::NAN][..], 0.9),
            (&[0.5, 0.5][..], 1.0),
        ] {
            assert!(TailRisk::of_weights(scenarios.view(), weights, level).is_err());
        }
        let one = arr2(&[[0.01, 0.02]]);
        assert!(TailRisk::of_weights(one.view(), &[0.5, 0.5], 0.9).is_err());
    }
}
