//! PPO's loss on one block of rows of a minibatch.

use crate::policy::spec::PolicySpec;
use crate::rl::config::PpoConfig;
use crate::train::distribution::log_prob_and_entropy;
use crate::train::network::Output;
use tch::{Kind, TchError, Tensor};

/// What the loss needs of R rows besides the network's output; every tensor is [R] or [R, L].
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) log_prior: Tensor,
    pub(super) actions: Tensor,
    pub(super) old_log_prob: Tensor,
    /// Normalised over the whole minibatch.
    pub(super) advantages: Tensor,
    pub(super) returns: Tensor,
    pub(super) old_values: Tensor,
    /// Rewards of the deterministic action.
    pub(super) baseline_rewards: Tensor,
    /// What each row counts.
    pub(super) weights: Tensor,
}

/// How the loss weighs its parts in one update.
#[derive(Debug, Clone, Copy)]
pub struct LossConfig<'a> {
    /// The settings, of which the scheduled ones are taken from the fields here.
    pub ppo: &'a PpoConfig,
    /// The clip range in force at this update.
    pub clip_range: f64,
    /// Whether the baseline value head is trained.
    pub self_critical: bool,
}

/// Number of values in [`Loss::figures`].
pub(super) const FIGURES: usize = 7;

/// The block's share of the minibatch's loss.
#[derive(Debug)]
pub(super) struct Loss {
    /// The scalar to differentiate.
    pub(super) total: Tensor,
    /// Policy loss, value loss, baseline value loss, entropy, approximate KL, clip fraction (each the block's share
    /// of the minibatch's mean), and max |ratio - 1| of the block.
    pub(super) figures: Tensor,
}

/// The clipped surrogate objective, value loss and entropy (Schulman et al. 2017, equations 7 and 9). Of a minibatch of
/// `batch` rows these are a block: its losses are sums divided by `batch`, so that blocks add up to the mean.
pub(super) fn loss(
    output: &Output,
    spec: &PolicySpec,
    spread: &Tensor,
    rows: &Rows,
    config: LossConfig<'_>,
    batch: usize,
) -> Result<Loss, TchError> {
    let ppo = config.ppo;
    let share = |per_row: &Tensor| {
        let weighted = per_row.f_mul(&rows.weights)?;
        weighted.f_sum(Kind::Float)?.f_div_scalar(batch as f64)
    };
    let (log_prob, entropy) = log_prob_and_entropy(
        spec.action.distribution,
        &output.scores,
        spread,
        &rows.log_prior,
        &rows.actions,
        spec.state.listed,
    )?;
    let log_ratio = log_prob.f_sub(&rows.old_log_prob)?;
    let ratio = log_ratio.f_exp()?;
    let clipped = ratio.f_clamp(1.0 - config.clip_range, 1.0 + config.clip_range)?;
    let surrogate = ratio
        .f_mul(&rows.advantages)?
        .f_minimum(&clipped.f_mul(&rows.advantages)?)?;
    let policy_loss = share(&surrogate)?.f_neg()?;

    let value = match ppo.clip_range_vf {
        None => output.value.shallow_clone(),
        Some(range) => rows
            .old_values
            .f_add(&output.value.f_sub(&rows.old_values)?.f_clamp(-range, range)?)?,
    };
    let value_loss = share(&value.f_sub(&rows.returns)?.f_square()?)?;
    let entropy = share(&entropy)?;

    let mut total = policy_loss.f_add(&value_loss.f_mul_scalar(ppo.vf_coef)?)?;
    let baseline_loss = share(&output.baseline.f_sub(&rows.baseline_rewards)?.f_square()?)?;
    if config.self_critical {
        total = total.f_add(&baseline_loss.f_mul_scalar(ppo.vf_coef)?)?;
    }
    if ppo.ent_coef > 0.0 {
        total = total.f_sub(&entropy.f_mul_scalar(ppo.ent_coef)?)?;
    }

    let off = ratio.f_detach()?.f_sub_scalar(1.0)?;
    // Schulman's estimator of KL(old, new): mean of (ratio - 1) - log ratio.
    let kl = share(&off.f_sub(&log_ratio.f_detach()?)?)?;
    let off = off.f_abs()?;
    let clip_fraction = share(&off.f_gt(config.clip_range)?.f_to_kind(Kind::Float)?)?;
    let figures = [
        &policy_loss,
        &value_loss,
        &baseline_loss,
        &entropy,
        &kl,
        &clip_fraction,
        &off.f_max()?,
    ]
    .map(Tensor::detach);
    Ok(Loss {
        total,
        figures: Tensor::f_stack(&figures, 0)?,
    })
}
