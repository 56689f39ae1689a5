//! PPO's loss at one row and its slopes: what [`crate::train::loss`] leaves to autograd.

use crate::train::fused::density::{Density, Likelihood, Slopes};
use crate::train::loss::LossConfig;
use crate::train::minibatch::MinibatchStats;

/// What one row brings to its loss.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// [L]
    pub(super) scores: &'a [f32],
    pub(super) log_prior: &'a [f32],
    pub(super) action: &'a [f32],
    pub(super) value: f32,
    pub(super) baseline: f32,
    pub(super) old_log_prob: f32,
    pub(super) old_value: f32,
    pub(super) advantage: f32,
    pub(super) target: f32,
    pub(super) baseline_reward: f32,
    /// What the row counts.
    pub(super) weight: f32,
}

/// Where its slopes go.
#[derive(Debug)]
pub(super) struct RowSlopes<'a> {
    /// In the scores: [L].
    pub(super) scores: &'a mut [f32],
    pub(super) value: &'a mut f32,
    pub(super) baseline: &'a mut f32,
    /// In the distribution's parameter, added to what is there.
    pub(super) spread: &'a mut [f64],
}

/// How one minibatch weighs its parts.
#[derive(Debug)]
pub(super) struct Loss<'a> {
    density: &'a Density,
    config: LossConfig<'a>,
    /// 1 / rows of the minibatch.
    share: f64,
}

impl<'a> Loss<'a> {
    pub(super) fn new(density: &'a Density, config: LossConfig<'a>, batch: usize) -> Self {
        Self {
            density,
            config,
            share: 1.0 / batch as f64,
        }
    }

    /// Adds a row's parts to `figures`, already divided by the rows of the minibatch, and writes its slopes.
    #[inline]
    pub(super) fn add(
        &self,
        row: Row<'_>,
        slopes: &mut Slopes,
        out: RowSlopes<'_>,
        figures: &mut MinibatchStats,
    ) {
        let share = self.share * f64::from(row.weight);
        let Likelihood { log_prob, entropy } = self.density.at(row.scores, row.log_prior, row.action, slopes);
        // As it was remembered, in 32 bits: nothing has changed before the first step.
        let log_ratio = f64::from(log_prob as f32 - row.old_log_prob);
        let ratio = log_ratio.exp();
        let (clip, advantage) = (self.config.clip_range, f64::from(row.advantage));
        let (plain, clipped) = (ratio * advantage, ratio.clamp(1.0 - clip, 1.0 + clip) * advantage);
        // NaN passes through either.
        let is_clipped = clipped < plain;
        let surrogate = if is_clipped { clipped } else { plain };
        let off = ratio - 1.0;
        figures.policy_loss -= share * surrogate;
        figures.entropy += share * entropy;
        figures.approx_kl += share * (off - log_ratio);
        figures.clip_fraction += if off.abs() > clip { share } else { 0.0 };
        figures.ratio_error = figures.ratio_error.max(off.abs());

        let ppo = self.config.ppo;
        let of_log_prob = if is_clipped { 0.0 } else { -share * plain };
        let of_entropy = -ppo.ent_coef.max(0.0) * share;
        for (i, out) in out.scores.iter_mut().enumerate() {
            *out = (of_log_prob * slopes.log_prob[i] + of_entropy * slopes.entropy[i]) as f32;
        }
        for (i, out) in out.spread.iter_mut().enumerate() {
            *out += of_log_prob * slopes.spread_log_prob[i] + of_entropy * slopes.spread_entropy[i];
        }

        let (value, old) = (f64::from(row.value), f64::from(row.old_value));
        let (seen, flows) = match ppo.clip_range_vf {
            None => (value, true),
            Some(range) => (
                old + (value - old).clamp(-range, range),
                (value - old).abs() <= range,
            ),
        };
        let off = seen - f64::from(row.target);
        figures.value_loss += share * off * off;
        *out.value = if flows {
            (2.0 * ppo.vf_coef * share * off) as f32
        } else {
            0.0
        };

        let off = f64::from(row.baseline) - f64::from(row.baseline_reward);
        figures.baseline_loss += share * off * off;
        *out.baseline = match self.config.self_critical {
            true => (2.0 * ppo.vf_coef * share * off) as f32,
            false => 0.0,
        };
    }
}
