//! What is logged after every update.

use serde::{Deserialize, Serialize};

/// Figures of one update; names are Stable-Baselines3's where it has one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateStats {
    /// Number of the update, from 1.
    pub update: u64,
    /// Decisions taken so far, over all environments.
    pub env_steps: u64,
    /// Decisions a second since this call of the trainer began, rollout and update counted.
    pub env_steps_per_s: f64,
    /// Episodes that have ended so far.
    pub episodes: u64,
    /// Mean over the episodes that ended in this rollout of the sum of rewards, as the environment gave them; NaN
    /// where none ended.
    pub episode_reward: f64,
    /// Mean over the same episodes of ln(final value / initial value); NaN where none ended.
    pub episode_log_growth: f64,
    /// Mean over the same episodes of the one-way turnover of a step.
    pub episode_turnover: f64,
    /// Adam's step size in this update.
    pub learning_rate: f64,
    /// Mean clipped surrogate loss over all minibatches.
    pub policy_gradient_loss: f64,
    /// Mean squared error of the value.
    pub value_loss: f64,
    /// Minus the mean entropy of the action distribution.
    pub entropy_loss: f64,
    /// Mean over minibatches of Schulman's estimator of KL(old policy, new policy).
    pub approx_kl: f64,
    /// Share of samples whose probability ratio left the clip range.
    pub clip_fraction: f64,
    /// 1 - Var(returns - values)/Var(returns) of the rollout, before the update.
    pub explained_variance: f64,
    /// Mean standard deviation of the Gaussian's scores, or the Dirichlet's concentration.
    pub std: f64,
    /// Norm of the gradient before clipping, mean over minibatches.
    pub grad_norm: f64,
    /// max |ratio - 1| in the first minibatch, where the policy is still the one that acted: rounding only.
    pub first_ratio_error: f64,
    /// Minibatches whose loss or gradient was not finite: they were not applied.
    pub skipped_minibatches: u64,
}
