//! What a step is worth: the reward modes.

use crate::error::{Error, Result};
use crate::market::BarsPerYear;
use crate::math::elementary::{exp, exp_m1, ln};
use crate::settings;
use serde::{Deserialize, Serialize};

/// Gross return that ruin counts as in `log_return` and `crra`, where the reward of losing everything is unbounded.
pub const RUIN_GROSS_RETURN: f64 = 1e-6;

/// How the reward of a step is computed from r, its net simple return (costs included).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RewardMode {
    /// r less charges for volatility, drawdown and costs: the original's. Its optimum with a cash action is almost
    /// always all cash.
    Shaped(ShapedReward),
    /// ln(1 + r).
    LogReturn,
    /// Constant relative risk aversion: ((1 + r)^(1 - a) - 1)/(1 - a); ln(1 + r) at a = 1.
    Crra {
        /// Relative risk aversion, finite and at least 0.
        a: f64,
    },
    /// u(V) after the step less u(V) before it, with u(V) = V^(1 - a)/(1 - a) and V the value over that at the start of the
    /// episode; ln(1 + r) at a = 1. At a discount of 1 an episode's rewards add up to the CRRA utility of its last value.
    TerminalCrra {
        /// Relative risk aversion, finite and at least 0.
        a: f64,
    },
    /// r - a/2·r².
    MeanVariance {
        /// Risk aversion, finite and at least 0.
        a: f64,
    },
    /// The differential Sharpe ratio (Moody and Saffell 2001): with moving moments A and B of r and r², both from 0
    /// at the start of an episode, (B·(r - A) - A/2·(r² - B)) / (B - A²)^(3/2), 0 while B - A² is 0; then
    /// A += eta·(r - A) and B += eta·(r² - B).
    DifferentialSharpe {
        /// Adaptation rate of the moments, in (0, 1]; default none: 1/(a year of the market's bars).
        #[serde(default)]
        eta: Option<f64>,
    },
}

/// Coefficients of the shaped reward:
/// r - volatility·s - drawdown·d·[d > drawdown_threshold] - cost·cost/value,
/// with s the standard deviation (ddof 0) of the last min(k, 20) portfolio returns (0 below two) and d the drawdown,
/// both after the step, and the cost as a fraction of the value before the trade.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShapedReward {
    /// Charge per unit of volatility; default 0.1.
    pub volatility: f64,
    /// Charge per unit of drawdown beyond the threshold (on the whole drawdown); default 2.0.
    pub drawdown: f64,
    /// Drawdown up to which nothing is charged, in [0, 1]; default 0.05.
    pub drawdown_threshold: f64,
    /// Charge per unit of cost/value, on top of the cost in r; default 10.0.
    pub cost: f64,
}

impl Default for ShapedReward {
    fn default() -> Self {
        Self {
            volatility: 0.1,
            drawdown: 2.0,
            drawdown_threshold: 0.05,
            cost: 10.0,
        }
    }
}

impl Default for RewardMode {
    fn default() -> Self {
        Self::Shaped(ShapedReward::default())
    }
}

/// Adaptation rate of the differential Sharpe ratio where none is given: 1/(a year of bars).
fn default_eta(bars_per_year: BarsPerYear) -> f64 {
    1.0 / bars_per_year.year() as f64
}

/// What a reward is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RewardInputs {
    /// r, net of costs.
    pub net_return: f64,
    /// Cost of the step's trade as a fraction of the value before it.
    pub cost: f64,
    /// Standard deviation of the last 20 portfolio returns, this step's included.
    pub volatility: f64,
    /// 1 - value/peak after the step.
    pub drawdown: f64,
    /// ln(value/value at the start of the episode) before the step.
    pub log_growth: f64,
}

/// Moving moments of the differential Sharpe ratio; zero at the start of an episode, and in every other mode.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardMemory {
    /// Moving mean of r.
    pub mean: f64,
    /// Moving mean of r².
    pub square: f64,
}

impl settings::Value for RewardMode {
    const FORM: settings::Form = settings::Form::Variant;
}

impl RewardMode {
    /// Checks the coefficients; the error names the one that cannot be used.
    pub fn validate(&self) -> Result<()> {
        let non_negative = |name: &str, value: f64| match value.is_finite() && value >= 0.0 {
            true => Ok(()),
            false => Err(Error::invalid(name, value, "finite and at least 0")),
        };
        match *self {
            Self::Shaped(shaped) => {
                non_negative("reward.shaped.volatility", shaped.volatility)?;
                non_negative("reward.shaped.drawdown", shaped.drawdown)?;
                non_negative("reward.shaped.cost", shaped.cost)?;
                let threshold = shaped.drawdown_threshold;
                match (0.0..=1.0).contains(&threshold) {
                    true => Ok(()),
                    false => Err(Error::invalid(
                        "reward.shaped.drawdown_threshold",
                        threshold,
                        "in [0, 1]",
                    )),
                }
            }
            Self::LogReturn => Ok(()),
            Self::Crra { a } => non_negative("reward.crra.a", a),
            Self::TerminalCrra { a } => non_negative("reward.terminal_crra.a", a),
            Self::MeanVariance { a } => non_negative("reward.mean_variance.a", a),
            Self::DifferentialSharpe { eta: Some(eta) } if !(eta > 0.0 && eta <= 1.0) => {
                Err(Error::invalid("reward.differential_sharpe.eta", eta, "in (0, 1]"))
            }
            Self::DifferentialSharpe { .. } => Ok(()),
        }
    }

    /// The same reward with what depends on how many bars a year has filled in.
    pub fn for_bars(self, bars_per_year: BarsPerYear) -> Self {
        match self {
            Self::DifferentialSharpe { eta: None } => Self::DifferentialSharpe {
                eta: Some(default_eta(bars_per_year)),
            },
            other => other,
        }
    }

    /// The reward of one step, and the memory to keep if the step is the one that is taken.
    #[inline]
    pub fn reward(&self, step: &RewardInputs, memory: &RewardMemory) -> (f64, RewardMemory) {
        let r = step.net_return;
        let gross = (1.0 + r).max(RUIN_GROSS_RETURN);
        let reward = match *self {
            Self::Shaped(shaped) => {
                let charged = if step.drawdown > shaped.drawdown_threshold {
                    step.drawdown
                } else {
                    0.0
                };
                r - shaped.volatility * step.volatility - shaped.drawdown * charged - shaped.cost * step.cost
            }
            Self::LogReturn => ln(gross),
            Self::Crra { a } => crra(a, gross),
            // u(V x) - u(V) = V^(1-a) (u(x) - u(1)).
            Self::TerminalCrra { a } => exp((1.0 - a) * step.log_growth) * crra(a, gross),
            Self::MeanVariance { a } => r - 0.5 * a * r * r,
            Self::DifferentialSharpe { eta } => {
                let eta = eta.unwrap_or_else(|| default_eta(BarsPerYear::DAILY));
                return differential_sharpe(eta, r, memory);
            }
        };
        (reward, *memory)
    }
}

/// (x^(1-a) - 1)/(1-a) as expm1((1-a)·ln x)/(1-a), which keeps its digits near a = 1 and near x = 1.
fn crra(a: f64, gross: f64) -> f64 {
    let power = 1.0 - a;
    if power == 0.0 {
        ln(gross)
    } else {
        exp_m1(power * ln(gross)) / power
    }
}

fn differential_sharpe(eta: f64, r: f64, memory: &RewardMemory) -> (f64, RewardMemory) {
    let RewardMemory { mean, square } = *memory;
    let variance = square - mean * mean;
    let (mean_change, square_change) = (r - mean, r * r - square);
    // A variance that is nothing but rounding counts as 0.
    let reward = if variance > 1e-12 * square {
        (square * mean_change - 0.5 * mean * square_change) / (variance * variance.sqrt())
    } else {
        0.0
    };
    let memory = RewardMemory {
        mean: mean + eta * mean_change,
        square: square + eta * square_change,
    };
    (reward, memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: RewardInputs = RewardInputs {
        net_return: -0.03,
        cost: 0.002,
        volatility: 0.015,
        drawdown: 0.08,
        log_growth: 0.0,
    };

    fn reward(mode: RewardMode, step: RewardInputs) -> f64 {
        mode.reward(&step, &RewardMemory::default()).0
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-15, "{found} against {expected}");
    }

    #[test]
    fn shaped_reward_charges_each_term() {
        let shaped = RewardMode::default();
        close(
            reward(shaped, STEP),
            -0.03 - 0.1 * 0.015 - 2.0 * 0.08 - 10.0 * 0.002,
        );
        let at_threshold = RewardInputs {
            drawdown: 0.05,
            ..STEP
        };
        close(reward(shaped, at_threshold), -0.03 - 0.1 * 0.015 - 10.0 * 0.002);
        let only = |shaped: ShapedReward| reward(RewardMode::Shaped(shaped), STEP);
        let none = ShapedReward {
            volatility: 0.0,
            drawdown: 0.0,
            drawdown_threshold: 0.05,
            cost: 0.0,
        };
        close(only(none), -0.03);
        close(
            only(ShapedReward {
                volatility: 3.0,
                ..none
            }),
            -0.03 - 0.045,
        );
        close(
            only(ShapedReward {
                drawdown: 0.5,
                ..none
            }),
            -0.03 - 0.04,
        );
        close(
            only(ShapedReward {
                drawdown: 0.5,
                drawdown_threshold: 0.1,
                ..none
            }),
            -0.03,
        );
        close(only(ShapedReward { cost: 1.0, ..none }), -0.032);
    }

    #[test]
    fn utilities_are_their_closed_forms() {
        close(reward(RewardMode::LogReturn, STEP), 0.97_f64.ln());
        close(reward(RewardMode::Crra { a: 1.0 }, STEP), 0.97_f64.ln());
        close(reward(RewardMode::Crra { a: 2.0 }, STEP), 1.0 - 1.0 / 0.97);
        close(reward(RewardMode::Crra { a: 0.0 }, STEP), -0.03);
        close(
            reward(RewardMode::MeanVariance { a: 4.0 }, STEP),
            -0.03 - 2.0 * 0.0009,
        );
        // What a step adds to the utility of the value since the start.
        let grown = RewardInputs {
            log_growth: 1.5_f64.ln(),
            ..STEP
        };
        let utility = |value: f64| value.powi(-4) / -4.0;
        let added = reward(RewardMode::TerminalCrra { a: 5.0 }, grown);
        assert!((added - (utility(1.5 * 0.97) - utility(1.5))).abs() < 1e-15);
        close(reward(RewardMode::TerminalCrra { a: 1.0 }, grown), 0.97_f64.ln());
        // Continuous in a.
        let near = reward(RewardMode::Crra { a: 1.0 + 1e-9 }, STEP);
        assert!((near - 0.97_f64.ln()).abs() < 1e-11);
    }

    #[test]
    fn ruin_has_a_finite_reward() {
        let ruin = RewardInputs {
            net_return: -1.0,
            ..STEP
        };
        for mode in [
            RewardMode::LogReturn,
            RewardMode::Crra { a: 4.0 },
            RewardMode::TerminalCrra { a: 4.0 },
        ] {
            assert!(reward(mode, ruin).is_finite());
        }
    }

    #[test]
    fn serde_takes_the_documented_words_and_refuses_others() {
        let parse = |text: &str| serde_json::from_str::<RewardMode>(text);
        assert_eq!(parse(r#""log_return""#).unwrap(), RewardMode::LogReturn);
        assert_eq!(parse(r#"{"shaped": {}}"#).unwrap(), RewardMode::default());
        assert_eq!(
            parse(r#"{"crra": {"a": 2}}"#).unwrap(),
            RewardMode::Crra { a: 2.0 }
        );
        let sharpe = parse(r#"{"differential_sharpe": {}}"#).unwrap();
        assert_eq!(sharpe, RewardMode::DifferentialSharpe { eta: None });
        let weekly = sharpe.for_bars(BarsPerYear::new("bars", 52.0).unwrap());
        assert_eq!(
            weekly,
            RewardMode::DifferentialSharpe {
                eta: Some(1.0 / 52.0)
            }
        );
        for bad in [
            r#"{"shaped": {"vol": 1}}"#,
            r#""sharpe""#,
            r#"{"crra": {"a": 2, "b": 1}}"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        for bad in [
            RewardMode::Crra { a: f64::NAN },
            RewardMode::MeanVariance { a: -1.0 },
            RewardMode::DifferentialSharpe { eta: Some(0.0) },
            RewardMode::Shaped(ShapedReward {
                drawdown_threshold: 1.5,
                ..ShapedReward::default()
            }),
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }
}
