//! The settings of an environment.

use crate::env::account::Terms;
use crate::env::costs::Costs;
use crate::env::margin::Margin;
use crate::env::reward::RewardMode;
use crate::error::Result;
use crate::market::BarsPerYear;
use crate::policy::spec::ActionSpec;
use crate::settings::{self, Range, settings};
use serde::{Deserialize, Serialize};

settings! {
    /// How episodes are traded and rewarded. Unknown keys are refused.
    #[derive(Copy)]
    pub struct EnvConfig in "env." {
        #[shared]
        /// What trading and holding cost.
        costs: Costs;
        /// Money at the start of an episode.
        balance: f64 = 100_000.0, "MONEY", Range::above(0.0, LARGEST_BALANCE);
        /// What an episode starts with: cash, or random weights, all as likely (of assets that can be traded, and of cash where the
        /// policy may hold it).
        ///
        /// With random weights a policy meets holdings that it would not come to by itself: where trading costs, and it is best
        /// to wait, it learns from which holdings not to. Back-tests start in cash.
        start: Start = Start::Cash, "WHICH", Range::ANY;
        /// Decisions in a training episode.
        ///
        /// Fewer where the market is shorter.
        episode_len: usize = 252, "BARS", Range::closed(1.0, f64::INFINITY);
        /// What is rewarded: log_return (growth), shaped (return less penalties for risk and cost), crra (a=2; growth with an
        /// aversion to risk of a), terminal_crra (a=2; the same of the value at the end of the episode, with gamma 1),
        /// mean_variance (a=2; return less a/2 of its square) or differential_sharpe (eta; what the bar does to the Sharpe
        /// ratio); with settings as in crra:a=4.
        reward: RewardMode = RewardMode::default(), "REWARD", Range::ANY;
        /// What is taken out of the reward, so that the market's noise hides less of what a decision did: none, prior_path (the
        /// reward of the prior by itself), self_critical (that of the policy deciding without noise, of this step) or policy_path
        /// (the same of every step that is left in the rollout).
        control_variate: ControlVariate = ControlVariate::None, "WHICH", Range::ANY;
    }
}

/// A reward that the sampled action has no influence on, by which the market's noise is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlVariate {
    /// Nothing is taken out.
    #[default]
    None,
    /// The reward that the prior's own portfolio earns on the same returns, under the same band and costs, followed
    /// since the start of the episode, is subtracted from the reward.
    PriorPath,
    /// The reward that the deterministic action would have had in the same state on the same returns is reported
    /// beside the reward.
    SelfCritical,
    /// The advantages of the deterministic policy, followed from the same state to the end of the rollout on the same returns, are
    /// subtracted from those of the sampled actions: a trainer's alone, which follows a policy.
    PolicyPath,
}

impl settings::Value for ControlVariate {}

/// What a training episode starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// Cash alone.
    #[default]
    Cash,
    /// Weights at least 0 that add up to 1, drawn uniformly.
    Random,
}

impl settings::Value for Start {}

/// Money beyond this is a mistake. Equity is decided on up to 1e100: there is room to grow.
pub(crate) const LARGEST_BALANCE: f64 = 1e90;

impl EnvConfig {
    /// The defaults at these costs.
    pub fn at_costs(costs: Costs) -> Self {
        Self {
            costs,
            ..Self::default()
        }
    }

    /// What trading costs and what is rewarded, for actions of this kind in a market of these bars. Errors: a maintenance
    /// that the action's largest gross exposure would break at once, or that costs could use up.
    pub(crate) fn terms(&self, action: &ActionSpec, bars_per_year: BarsPerYear) -> Result<Terms> {
        let margin = match action.is_plain() {
            true => None,
            false => {
                self.costs.check_margin(action)?;
                Some(Margin::of(&self.costs, bars_per_year))
            }
        };
        Ok(Terms {
            costs: self.costs,
            trade_band: action.trade_band,
            reward: self.reward.for_bars(bars_per_year),
            margin,
        })
    }

    /// Checks every number; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        self.check_ranges()?;
        self.reward.validate().map_err(|error| error.within("env."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_impossible_numbers_are_refused() {
        let parse = |text: &str| serde_json::from_str::<EnvConfig>(text);
        assert_eq!(parse("{}").unwrap(), EnvConfig::default());
        let set = parse(r#"{"reward": "log_return", "control_variate": "prior_path"}"#).unwrap();
        assert_eq!(set.control_variate, ControlVariate::PriorPath);
        assert!(
            parse(r#"{"costs": 0.1}"#)
                .unwrap_err()
                .to_string()
                .contains("costs")
        );
        let base = EnvConfig::default();
        let with_costs = |costs| EnvConfig { costs, ..base };
        for (bad, name) in [
            (EnvConfig { balance: 0.0, ..base }, "env.balance"),
            (
                with_costs(Costs {
                    cost_rate: f64::NAN,
                    ..base.costs
                }),
                "env.cost_rate",
            ),
            (
                with_costs(Costs {
                    cost_rate: 1.0,
                    ..base.costs
                }),
                "env.cost_rate",
            ),
            (
                EnvConfig {
                    episode_len: 0,
                    ..base
                },
                "env.episode_len",
            ),
        ] {
            assert!(bad.validate().unwrap_err().to_string().contains(name));
        }
    }
}
