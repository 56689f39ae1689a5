//! The settings of an environment.

use crate::env::reward::RewardMode;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// How episodes are traded and rewarded. Unknown keys are refused.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnvConfig {
    /// Money at the start of an episode, all in cash; above 0, default 100,000.
    pub balance: f64,
    /// Cost per traded notional of assets, in [0, 1); default 0.001. Moving cash is free.
    pub cost_rate: f64,
    /// Steps in an episode, at least 1; default 252. Fewer where the market is shorter.
    pub episode_len: usize,
    /// What is rewarded; default `shaped`.
    pub reward: RewardMode,
    /// What is known not to depend on the action and can be taken out of the reward; default none.
    pub control_variate: ControlVariate,
}

impl Default for EnvConfig {
    fn default() -> Self {
        Self {
            balance: 100_000.0,
            cost_rate: 0.001,
            episode_len: 252,
            reward: RewardMode::default(),
            control_variate: ControlVariate::None,
        }
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
}

/// Money beyond this is a mistake. Equity is decided on up to 1e100: there is room to grow.
pub(crate) const LARGEST_BALANCE: f64 = 1e90;

impl EnvConfig {
    /// Checks every number; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        if !(self.balance > 0.0 && self.balance <= LARGEST_BALANCE) {
            let expected = "an amount of money above 0 (at most 1e90)";
            return Err(Error::invalid("env.balance", self.balance, expected));
        }
        if !(0.0..1.0).contains(&self.cost_rate) {
            return Err(Error::invalid("env.cost_rate", self.cost_rate, "in [0, 1)"));
        }
        if self.episode_len == 0 {
            return Err(Error::invalid("env.episode_len", 0, "at least 1 step"));
        }
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
        for (bad, name) in [
            (EnvConfig { balance: 0.0, ..base }, "env.balance"),
            (
                EnvConfig {
                    cost_rate: f64::NAN,
                    ..base
                },
                "env.cost_rate",
            ),
            (
                EnvConfig {
                    cost_rate: 1.0,
                    ..base
                },
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
