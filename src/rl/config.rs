//! PPO's settings, with Stable-Baselines3's names and meanings.

use crate::error::{Error, Result};
use crate::policy::spec::Distribution;
use crate::settings::{self, Range, settings};
use serde::{Deserialize, Serialize};

/// Numbers that the network's 32-bit arithmetic reads are in this range, so that neither they nor what is near them
/// overflows, or becomes 0.
const SINGLE: Range = Range::closed(f32::MIN_POSITIVE as f64, 1e30);

const COUNT: Range = Range::closed(1.0, (1 << 24) as f64);

const FRACTION: Range = Range::closed(0.0, 1.0);

/// Most decisions in a rollout: they are numbered in 32 bits.
const MOST_DECISIONS: usize = u32::MAX as usize;

settings! {
    /// Settings of Proximal Policy Optimisation (Schulman et al. 2017). A decision is one environment's step.
    pub struct PpoConfig in "ppo." {
        /// Portfolios that are run side by side to gather decisions (environments).
        n_envs: usize = 64, "N", COUNT;
        /// Decisions that each environment takes between updates.
        n_steps: usize = 64, "N", COUNT;
        /// Decisions that one step of learning looks at (a minibatch).
        ///
        /// At most `n_envs * n_steps`, and at least 2: advantages are normalised over it.
        batch_size: usize = 1024, "N", Range::closed(2.0, f64::INFINITY);
        /// How often an update goes over the decisions gathered for it.
        n_epochs: usize = 4, "N", COUNT;
        /// Size of a step of learning (of the optimiser Adam).
        learning_rate: f64 = 3e-4, "RATE", SINGLE;
        /// How the step size moves from the first decision to the last: constant, or linear (falls to 0).
        learning_rate_schedule: Schedule = Schedule::Linear, "SCHEDULE", Range::ANY;
        /// What a reward one decision later counts beside one now (the discount).
        gamma: f64 = 0.99, "FRACTION", FRACTION;
        /// How far ahead rewards are looked at to judge a decision: 0 is the next one and then an estimate, 1 all of them
        /// (lambda of generalised advantage estimation, Schulman et al. 2016).
        gae_lambda: f64 = 0.95, "FRACTION", FRACTION;
        /// How far an update may move a decision's probability, as a part of it, before the decision counts no more.
        clip_range: f64 = 0.2, "RANGE", SINGLE;
        /// How the clip range moves from the first decision to the last: constant, or linear (falls to 0).
        clip_range_schedule: Schedule = Schedule::Constant, "SCHEDULE", Range::ANY;
        /// How far an update may move the estimated value of a state before the state counts no more; null: any distance.
        ///
        /// In units of the scaled return.
        clip_range_vf: Option<f64> = None, "RANGE", SINGLE.or_null();
        /// Reward for deciding at random (the weight of the entropy, in nats, in the loss).
        ///
        /// Above 0 it keeps the noise up where rewards are noisy.
        ent_coef: f64 = 0.0, "WEIGHT", SINGLE.or_zero();
        /// How much estimating the value of states counts beside deciding (the weight of the value losses).
        vf_coef: f64 = 0.5, "WEIGHT", SINGLE.or_zero();
        /// Longest gradient that a step of learning follows (Euclidean norm); longer ones are scaled down to it.
        max_grad_norm: f64 = 0.5, "NORM", SINGLE;
        /// An update ends early once it has moved the policy by 1.5 times this (approximate KL divergence, in nats); null:
        /// never.
        target_kl: Option<f64> = None, "KL", SINGLE.or_null();
        /// Whether what decisions were better than expected by (advantages) is normalised in every minibatch.
        ///
        /// To mean 0 and standard deviation 1 (ddof 1).
        normalize_advantage: bool = true, "BOOL", Range::ANY;
        /// Whether what the policy sees is normalised by running statistics, which become part of the policy.
        ///
        /// Otherwise its statistics stay at mean 0 and variance 1, and only the clip at 10 acts.
        normalize_observation: bool = true, "BOOL", Range::ANY;
        /// Whether rewards are divided by the running standard deviation of the discounted return.
        normalize_reward: bool = true, "BOOL", Range::ANY;
        /// Noise of decisions at the start, gaussian policy: the logarithm of the scores' standard deviation.
        log_std_init: f64 = -1.2, "LOG_STD", Range::closed(-20.0, 20.0);
        /// Noise of decisions at the end, gaussian policy, which is come to in equal steps; null: the noise is learnt.
        ///
        /// Where noise costs something, as where trading does, a policy that learns its noise may have none left before it has
        /// learnt anything else.
        log_std_final: Option<f64> = None, "LOG_STD", Range::closed(-20.0, 20.0).or_null();
        /// Noise of decisions at the start, dirichlet policy: the concentration; the larger, the less noise.
        kappa_init: f64 = 20.0, "KAPPA", SINGLE;
        /// Noise of decisions at the end, dirichlet policy, which is come to in equal parts; null: the noise is learnt.
        kappa_final: Option<f64> = None, "KAPPA", SINGLE.or_null();
        /// How much more often an epoch looks at what an environment did where more can be learnt from it (the exponent of
        /// prioritised trajectories); 0: everything once.
        ///
        /// What one environment did in a rollout is drawn in proportion to the sum of abs(advantage) to this power, with
        /// replacement, and weighted so that the mean stays what it is.
        priority_alpha: f64 = 0.0, "ALPHA", Range::closed(0.0, 4.0);
        /// How much of the bias of drawing by priority is taken out at the start; at the end all of it is (beta, which rises to
        /// 1).
        priority_beta: f64 = 0.4, "BETA", FRACTION;
        /// What keeps Adam from dividing by 0 (its epsilon).
        adam_eps: f64 = 1e-5, "EPS", SINGLE;
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

impl settings::Value for Schedule {}

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
    /// The distribution's parameter, log_std or ln kappa, after `done` of `total` decisions, where it is not learnt.
    pub fn scheduled_spread(&self, distribution: Distribution, done: u64, total: u64) -> Option<f64> {
        let (first, last) = match distribution {
            Distribution::Gaussian => (self.log_std_init, self.log_std_final?),
            Distribution::Dirichlet => (self.kappa_init.ln(), self.kappa_final?.ln()),
        };
        let part = (done as f64 / total.max(1) as f64).min(1.0);
        Some(first + part * (last - first))
    }

    /// Decisions in one rollout.
    pub fn rollout_len(&self) -> usize {
        self.n_envs * self.n_steps
    }

    /// Checks every setting; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        self.check_ranges()?;
        if self.rollout_len() > MOST_DECISIONS {
            let expected = format!(
                "at most {} with n_envs = {}",
                MOST_DECISIONS / self.n_envs,
                self.n_envs
            );
            return Err(Error::invalid("ppo.n_steps", self.n_steps, expected));
        }
        if self.batch_size > self.rollout_len() {
            let expected = format!("in [2, n_envs * n_steps = {}]", self.rollout_len());
            return Err(Error::invalid("ppo.batch_size", self.batch_size, expected));
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
