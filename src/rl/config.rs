//! PPO's settings, with Stable-Baselines3's names and meanings.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Numbers that the network's 32-bit arithmetic reads are in this range, so that neither they nor what is near them
/// overflows, or becomes 0.
const SINGLE: RangeInclusive<f64> = f32::MIN_POSITIVE as f64..=1e30;

/// Most decisions in a rollout: they are numbered in 32 bits.
const MOST_DECISIONS: usize = u32::MAX as usize;

/// Settings of Proximal Policy Optimisation (Schulman et al. 2017). A decision is one environment's step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PpoConfig {
    /// Environments stepped side by side, at least 1.
    pub n_envs: usize,
    /// Steps each environment takes before an update, at least 1.
    pub n_steps: usize,
    /// Samples in a minibatch, at least 2 (advantages are normalised over it).
    pub batch_size: usize,
    /// Passes over a rollout, at least 1.
    pub n_epochs: usize,
    /// Adam's step size, above 0, at most 1e30 (as every number here that is above 0: the network calculates in 32 bits).
    pub learning_rate: f64,
    /// How the step size moves from the first decision to the last.
    pub learning_rate_schedule: Schedule,
    /// Discount per step, in [0, 1].
    pub gamma: f64,
    /// GAE's lambda (Schulman et al. 2016), in [0, 1].
    pub gae_lambda: f64,
    /// How far the probability ratio may move from 1 before its gradient stops, above 0.
    pub clip_range: f64,
    /// How the clip range moves from the first decision to the last.
    pub clip_range_schedule: Schedule,
    /// How far the value may move from its old estimate before its gradient stops; none: not clipped.
    pub clip_range_vf: Option<f64>,
    /// Weight of the entropy in the loss, at least 0. Above 0 it keeps the noise up where rewards are noisy.
    pub ent_coef: f64,
    /// Weight of the value losses, at least 0.
    pub vf_coef: f64,
    /// Largest Euclidean norm of the whole gradient, above 0.
    pub max_grad_norm: f64,
    /// Epochs end early once the approximate KL divergence passes 1.5 times this; none: never.
    pub target_kl: Option<f64>,
    /// Whether advantages are normalised (mean 0, standard deviation 1, ddof 1) in every minibatch.
    pub normalize_advantage: bool,
    /// Whether states are normalised by running statistics that become part of the policy. Otherwise its statistics
    /// stay at mean 0 and variance 1, and only the clip at 10 acts.
    pub normalize_observation: bool,
    /// Whether rewards are divided by the running standard deviation of the discounted return.
    pub normalize_reward: bool,
    /// Starting log standard deviation of the Gaussian policy's scores.
    pub log_std_init: f64,
    /// Starting concentration of the Dirichlet policy, above 0: the larger, the less noise.
    pub kappa_init: f64,
    /// Adam's epsilon, above 0.
    pub adam_eps: f64,
}

impl Default for PpoConfig {
    fn default() -> Self {
        Self {
            n_envs: 64,
            n_steps: 64,
            batch_size: 1024,
            n_epochs: 4,
            learning_rate: 3e-4,
            learning_rate_schedule: Schedule::Linear,
            gamma: 0.99,
            gae_lambda: 0.95,
            clip_range: 0.2,
            clip_range_schedule: Schedule::Constant,
            clip_range_vf: None,
            ent_coef: 0.0,
            vf_coef: 0.5,
            max_grad_norm: 0.5,
            target_kl: None,
            normalize_advantage: true,
            normalize_observation: true,
            normalize_reward: true,
            log_std_init: -1.2,
            kappa_init: 20.0,
            adam_eps: 1e-5,
        }
    }
}

/// How a setting moves over a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// It stays.
    Constant,
    /// It falls linearly to 0 at the last decision.
    Linear,
}

impl Schedule {
    /// The setting's value after `done` of `total` decisions, from `initial`; never below 0.
    pub fn at(self, initial: f64, done: u64, total: u64) -> f64 {
        match self {
            Self::Constant => initial,
            Self::Linear => initial * (1.0 - done as f64 / total.max(1) as f64).max(0.0),
        }
    }
}

impl PpoConfig {
    /// Decisions in one rollout.
    pub fn rollout_len(&self) -> usize {
        self.n_envs * self.n_steps
    }

    /// Checks every setting; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        let counts = [
            ("n_envs", self.n_envs),
            ("n_steps", self.n_steps),
            ("n_epochs", self.n_epochs),
        ];
        for (name, count) in counts {
            if count == 0 || count > 1 << 24 {
                return Err(Error::invalid(format!("ppo.{name}"), count, "in [1, 16777216]"));
            }
        }
        if self.rollout_len() > MOST_DECISIONS {
            let expected = format!(
                "at most {} with n_envs = {}",
                MOST_DECISIONS / self.n_envs,
                self.n_envs
            );
            return Err(Error::invalid("ppo.n_steps", self.n_steps, expected));
        }
        if self.batch_size < 2 || self.batch_size > self.rollout_len() {
            let expected = format!("in [2, n_envs * n_steps = {}]", self.rollout_len());
            return Err(Error::invalid("ppo.batch_size", self.batch_size, expected));
        }
        let positive = |value: f64| SINGLE.contains(&value);
        let not_negative = |value: f64| value == 0.0 || positive(value);
        let fraction = |value: f64| (0.0..=1.0).contains(&value);
        let checks = [
            (
                "learning_rate",
                self.learning_rate,
                positive(self.learning_rate),
                "in [1.2e-38, 1e30]",
            ),
            ("gamma", self.gamma, fraction(self.gamma), "in [0, 1]"),
            (
                "gae_lambda",
                self.gae_lambda,
                fraction(self.gae_lambda),
                "in [0, 1]",
            ),
            (
                "clip_range",
                self.clip_range,
                positive(self.clip_range),
                "in [1.2e-38, 1e30]",
            ),
            (
                "ent_coef",
                self.ent_coef,
                not_negative(self.ent_coef),
                "0, or in [1.2e-38, 1e30]",
            ),
            (
                "vf_coef",
                self.vf_coef,
                not_negative(self.vf_coef),
                "0, or in [1.2e-38, 1e30]",
            ),
            (
                "max_grad_norm",
                self.max_grad_norm,
                positive(self.max_grad_norm),
                "in [1.2e-38, 1e30]",
            ),
            (
                "log_std_init",
                self.log_std_init,
                self.log_std_init.abs() <= 20.0,
                "in [-20, 20]",
            ),
            (
                "kappa_init",
                self.kappa_init,
                positive(self.kappa_init),
                "in [1.2e-38, 1e30]",
            ),
            (
                "adam_eps",
                self.adam_eps,
                positive(self.adam_eps),
                "in [1.2e-38, 1e30]",
            ),
        ];
        for (name, found, ok, expected) in checks {
            if !ok {
                return Err(Error::invalid(format!("ppo.{name}"), found, expected));
            }
        }
        for (name, value) in [
            ("clip_range_vf", self.clip_range_vf),
            ("target_kl", self.target_kl),
        ] {
            if let Some(value) = value.filter(|&value| !positive(value)) {
                return Err(Error::invalid(
                    format!("ppo.{name}"),
                    value,
                    "in [1.2e-38, 1e30], or null",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_schedule_ends_at_zero() {
        assert_eq!(Schedule::Linear.at(2.0, 50, 100), 1.0);
        assert_eq!(Schedule::Linear.at(2.0, 130, 100), 0.0);
        assert_eq!(Schedule::Constant.at(2.0, 100, 100), 2.0);
    }

    #[test]
    fn impossible_settings_are_refused_by_name() {
        let refused = |change: fn(&mut PpoConfig)| {
            let mut config = PpoConfig::default();
            change(&mut config);
            config.validate().expect_err("must be refused").to_string()
        };
        assert!(refused(|c| c.gamma = 1.5).starts_with("`ppo.gamma` is 1.5"));
        assert!(refused(|c| c.learning_rate = f64::NAN).starts_with("`ppo.learning_rate` is NaN"));
        assert!(refused(|c| c.batch_size = 5000).contains("[2, n_envs * n_steps = 4096]"));
        assert!(refused(|c| c.clip_range = 1e39).starts_with("`ppo.clip_range` is 1"));
        assert!(refused(|c| c.clip_range_vf = Some(1e39)).starts_with("`ppo.clip_range_vf` is 1"));
        assert!(refused(|c| c.adam_eps = 1e-310).starts_with("`ppo.adam_eps` is 0.0"));
        assert!(refused(|c| (c.n_envs, c.n_steps) = (1 << 24, 1 << 24)).contains("at most 255 with"));
        assert!(refused(|c| c.target_kl = Some(-1.0)).starts_with("`ppo.target_kl` is -1"));
    }
}
