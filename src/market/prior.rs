//! The rule a policy departs from: portfolio weights computed from past returns alone.

use crate::error::{Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::math::elementary::powf;
use serde::{Deserialize, Serialize};

/// Longest history that anything may ask for, in bars: four centuries of days. A larger number is a mistake.
pub const LONGEST_LOOK_BACK: usize = 100_000;

/// Smallest volatility that is divided by: a price that moves less does not move.
const SMALLEST_VOLATILITY: f64 = 1e-8;

/// Which weights the policy's action is a correction to: see [`action`](crate::policy::action).
///
/// Weights are over N assets, or over N assets and then cash where the action has cash.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Prior {
    /// No prior: weights = softmax(scores).
    #[default]
    None,
    /// 1/N in each asset, no cash.
    EqualWeight,
    /// Proportional to 1/volatility (ddof 0) of the last `lookback` simple returns, no cash. Nothing is held of an asset
    /// whose volatility is below 1e-8, unless all are: then it is equal weight.
    InverseVolatility {
        /// Bars of history, at least 2; default none: 252, or a year of bars where that is shorter, at least 20.
        #[serde(default)]
        lookback: Option<usize>,
    },
    /// Equal weight scaled down to an annual volatility target, cash for the rest; never above fully invested.
    /// The forecast is the exponentially weighted root mean square of the equal-weight portfolio's returns over the
    /// last `lookback` bars, annualised by the bars a year.
    VolTarget {
        /// Annual volatility aimed at, above 0; default 0.15.
        target: f64,
        /// Bars after which a squared return's weight has halved; default 20.
        half_life: f64,
        /// Bars of history, at least 2; default none: 252, or a year of bars where that is shorter, at least 20. Older
        /// bars have weight 0.
        #[serde(default)]
        lookback: Option<usize>,
    },
    /// What is held before the trade, cash included: a policy that has learnt nothing does not trade.
    Hold,
    /// Weights that the market's bars carry.
    Supplied,
}

impl Prior {
    /// Bars of history that the weights are computed from, where a year has so many bars; 0 where none are.
    pub fn look_back(&self, bars_per_year: BarsPerYear) -> usize {
        match *self {
            Self::None | Self::EqualWeight | Self::Hold | Self::Supplied => 0,
            Self::InverseVolatility { lookback } | Self::VolTarget { lookback, .. } => {
                lookback.unwrap_or(bars_per_year.look_back())
            }
        }
    }

    /// Checks the prior's numbers, and that cash is among the weights where the prior needs it.
    pub fn validate(&self, cash: bool) -> Result<()> {
        match *self {
            Self::InverseVolatility {
                lookback: Some(lookback),
            }
            | Self::VolTarget {
                lookback: Some(lookback),
                ..
            } if !(2..=LONGEST_LOOK_BACK).contains(&lookback) => {
                let expected = format!("2 to {LONGEST_LOOK_BACK} bars");
                Err(Error::invalid("prior.lookback", lookback, expected))
            }
            Self::VolTarget { target, .. } if !(target.is_finite() && target > 0.0) => {
                Err(Error::invalid("prior.target", target, "above 0"))
            }
            Self::VolTarget { half_life, .. } if !(half_life.is_finite() && half_life > 0.0) => {
                Err(Error::invalid("prior.half_life", half_life, "above 0"))
            }
            Self::Hold if !cash => Err(Error::invalid(
                "prior",
                "hold without cash",
                "a prior that is fully invested: a portfolio begins in cash",
            )),
            Self::VolTarget { .. } if !cash => Err(Error::invalid(
                "prior",
                "vol_target without cash",
                "a prior that is fully invested",
            )),
            _ => Ok(()),
        }
    }
}

/// Scales volatilities [N], in place, to weights proportional to their inverse that sum to 1; those below 1e-8 have
/// none, and where all are below it, 1/N each.
pub(crate) fn inverse_volatility(volatilities: &mut [f64]) {
    let mut sum = 0.0;
    for weight in volatilities.iter_mut() {
        *weight = if *weight < SMALLEST_VOLATILITY {
            0.0
        } else {
            1.0 / *weight
        };
        sum += *weight;
    }
    if sum == 0.0 {
        let share = 1.0 / volatilities.len() as f64;
        volatilities.fill(share);
        return;
    }
    for weight in volatilities {
        *weight /= sum;
    }
}

/// Weights of squared returns in the volatility forecast, oldest first, halving every `half_life` bars and summing to
/// 1: [lookback].
pub(crate) fn decay(half_life: f64, lookback: usize) -> Vec<f64> {
    let raw: Vec<f64> = (0..lookback)
        .rev()
        .map(|age| powf(0.5_f64, age as f64 / half_life))
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|weight| weight / sum).collect()
}

/// Share of equal weight that is held: min(1, target / forecast), 1 where the forecast is 0. The forecast is
/// sqrt(bars a year · sum decay·squares), annual.
pub(crate) fn exposure(target: f64, bars_per_year: BarsPerYear, decay: &[f64], squares: &[f64]) -> f64 {
    // Four partial sums side by side, always the same four.
    let mut partial = [0.0; 4];
    let (weights, rest_weights) = decay.as_chunks::<4>();
    let (values, rest_values) = squares.as_chunks::<4>();
    for (weights, values) in weights.iter().zip(values) {
        for lane in 0..4 {
            partial[lane] += weights[lane] * values[lane];
        }
    }
    let rest: f64 = rest_weights.iter().zip(rest_values).map(|(w, v)| w * v).sum();
    let mean_square = partial.iter().sum::<f64>() + rest;
    let forecast = (bars_per_year.get() * mean_square).sqrt();
    if forecast > 0.0 {
        (target / forecast).min(1.0)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_halves_and_sums_to_one() {
        let weights = decay(20.0, 252);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        assert!((weights[231] / weights[251] - 0.5).abs() < 1e-14);
    }

    #[test]
    fn what_does_not_move_has_no_inverse_volatility() {
        let weights = |mut volatilities: [f64; 3]| {
            inverse_volatility(&mut volatilities);
            volatilities
        };
        // In the ratio 2 to 1 as if the third were not there; its own inverse would have taken everything.
        for still in [0.0, 1e-17, 9e-9] {
            let found = weights([0.01, 0.02, still]);
            assert!((found[0] - 2.0 / 3.0).abs() < 1e-15 && (found[1] - 1.0 / 3.0).abs() < 1e-15);
            assert_eq!(found[2], 0.0);
        }
        assert_eq!(weights([0.0; 3]), [1.0 / 3.0; 3]);
    }

    #[test]
    fn exposure_of_constant_moves_is_the_ratio_of_volatilities() {
        let weights = decay(20.0, 30);
        let squares = [0.02_f64 * 0.02; 30];
        let forecast = 0.02 * 252.0_f64.sqrt();
        assert!((exposure(0.15, BarsPerYear::DAILY, &weights, &squares) - 0.15 / forecast).abs() < 1e-15);
        assert_eq!(exposure(0.5, BarsPerYear::DAILY, &weights, &squares), 1.0);
        assert_eq!(exposure(0.15, BarsPerYear::DAILY, &weights, &[0.0; 30]), 1.0);
    }

    #[test]
    fn unusable_numbers_are_refused_by_name() {
        let prior = |target, half_life, lookback| Prior::VolTarget {
            target,
            half_life,
            lookback: Some(lookback),
        };
        for (bad, name) in [
            (prior(f64::NAN, 20.0, 252), "prior.target"),
            (prior(0.15, 0.0, 252), "prior.half_life"),
            (prior(0.15, 20.0, 1), "prior.lookback"),
            (prior(0.15, 20.0, usize::MAX), "prior.lookback"),
        ] {
            let message = bad.validate(true).unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        }
        assert!(prior(0.15, 20.0, 252).validate(false).is_err());
    }
}
