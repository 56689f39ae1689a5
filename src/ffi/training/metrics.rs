//! What an update came to, as the host sees it.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::rl::stats::UpdateStats;

/// Figures of one update of the policy. Names are Stable-Baselines3's where it has them.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_metrics {
    /// Size of the struct in bytes: of the caller's, set by ppo_metrics_init, or of the library's where the library
    /// hands one out.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Number of the update, from 1; 0 before the first.
    pub update: u64,
    /// Decisions taken so far, over all environments.
    pub env_steps: u64,
    /// Episodes that have ended so far.
    pub episodes: u64,
    /// Minibatches of this update whose loss or gradient was not finite: they were not applied.
    pub skipped_minibatches: u64,
    /// Decisions a second since this trainer began in this process, rollout and update counted.
    pub env_steps_per_s: f64,
    /// Mean over the episodes that ended in this rollout of their sum of rewards; NaN where none ended.
    pub episode_reward: f64,
    /// Mean over the same episodes of ln(final value / initial value); NaN where none ended, and for a host's
    /// environments.
    pub episode_log_growth: f64,
    /// Mean over the same episodes of the one-way turnover of a step; NaN as above.
    pub episode_turnover: f64,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Mean clipped surrogate loss over all minibatches.
    pub policy_gradient_loss: f64,
    /// Mean squared error of the value.
    pub value_loss: f64,
    /// Minus the mean entropy of the action distribution.
    pub entropy_loss: f64,
    /// Mean over minibatches of the estimated divergence of the new policy from the one that acted.
    pub approx_kl: f64,
    /// Share of samples whose probability ratio left the clip range.
    pub clip_fraction: f64,
    /// 1 - Var(returns - values)/Var(returns) of the rollout, before the update; NaN where returns do not vary.
    pub explained_variance: f64,
    /// Mean standard deviation of the gaussian's scores, or the dirichlet's concentration.
    pub std: f64,
    /// Norm of the gradient before clipping, mean over minibatches.
    pub grad_norm: f64,
}

versioned!(ppo_metrics, [144], from_stats(&UpdateStats::default()));

/// Makes a struct of figures ready to be written to: zeros, with its size.
///
/// \param metrics  the struct to fill
/// \param size     `sizeof(ppo_metrics)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_metrics_init(metrics: *mut ppo_metrics, size: usize) -> ppo_status {
    boundary!(ppo_metrics_init, [], |call| {
        versioned::init(call, metrics, size, "metrics")?;
        Ok(PPO_OK)
    })
}

pub(in crate::ffi) fn from_stats(stats: &UpdateStats) -> ppo_metrics {
    ppo_metrics {
        struct_size: size_of::<ppo_metrics>() as u32,
        reserved: 0,
        update: stats.update,
        env_steps: stats.env_steps,
        episodes: stats.episodes,
        skipped_minibatches: stats.skipped_minibatches,
        env_steps_per_s: stats.env_steps_per_s,
        episode_reward: stats.episode_reward,
        episode_log_growth: stats.episode_log_growth,
        episode_turnover: stats.episode_turnover,
        learning_rate: stats.learning_rate,
        policy_gradient_loss: stats.policy_gradient_loss,
        value_loss: stats.value_loss,
        entropy_loss: stats.entropy_loss,
        approx_kl: stats.approx_kl,
        clip_fraction: stats.clip_fraction,
        explained_variance: stats.explained_variance,
        std: stats.std,
        grad_norm: stats.grad_norm,
    }
}
