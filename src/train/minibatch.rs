//! What a minibatch comes to, and what the optimiser remembers of those before.

use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::loss::LossConfig;

/// Rows of a rollout to be differentiated, with their advantages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minibatch<'a> {
    pub(super) spec: &'a PolicySpec,
    pub(super) buffer: &'a RolloutBuffer,
    pub(super) rows: &'a [u32],
    pub(super) advantages: &'a [f32],
    pub(super) config: LossConfig<'a>,
}

/// Decay rates of Adam's two moments (Kingma and Ba 2015).
pub(super) const BETAS: (f64, f64) = (0.9, 0.999);

/// Adam's state, for checkpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimizerState {
    /// First moment, in layout order: [P].
    pub first: Vec<f32>,
    /// Second moment, in layout order: [P].
    pub second: Vec<f32>,
    /// Steps taken.
    pub steps: u64,
}

/// Figures of one minibatch, before its step was applied.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MinibatchStats {
    /// Clipped surrogate loss.
    pub policy_loss: f64,
    /// Mean squared error of V against the returns.
    pub value_loss: f64,
    /// Mean squared error of V_b against the rewards of the deterministic action.
    pub baseline_loss: f64,
    /// Mean entropy.
    pub entropy: f64,
    /// Schulman's estimator of the KL divergence from the policy that acted.
    pub approx_kl: f64,
    /// Share of ratios outside the clip range.
    pub clip_fraction: f64,
    /// max |ratio - 1|.
    pub ratio_error: f64,
    /// Norm of the gradient before clipping.
    pub grad_norm: f64,
}

impl MinibatchStats {
    /// Whether the losses and the gradient can be used.
    pub fn is_finite(&self) -> bool {
        [
            self.policy_loss,
            self.value_loss,
            self.baseline_loss,
            self.entropy,
            self.grad_norm,
        ]
        .iter()
        .all(|figure| figure.is_finite())
    }

    /// Bytes of [`to_bytes`](Self::to_bytes).
    pub(super) const BYTES: usize = 7 * 8;

    /// All but the gradient's norm, for other ranks.
    pub(super) fn to_bytes(self) -> impl Iterator<Item = u8> {
        let Self {
            policy_loss,
            value_loss,
            baseline_loss,
            entropy,
            approx_kl,
            clip_fraction,
            ratio_error,
            grad_norm: _,
        } = self;
        let numbers = [
            policy_loss,
            value_loss,
            baseline_loss,
            entropy,
            approx_kl,
            clip_fraction,
            ratio_error,
        ];
        numbers.into_iter().flat_map(f64::to_le_bytes)
    }

    /// From another rank's [`to_bytes`](Self::to_bytes).
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let (numbers, _) = bytes.as_chunks();
        let number = |i: usize| {
            numbers
                .get(i)
                .map_or(f64::NAN, |bytes| f64::from_le_bytes(*bytes))
        };
        Self {
            policy_loss: number(0),
            value_loss: number(1),
            baseline_loss: number(2),
            entropy: number(3),
            approx_kl: number(4),
            clip_fraction: number(5),
            ratio_error: number(6),
            grad_norm: 0.0,
        }
    }

    /// Those of both, which are parts of one minibatch: the norm of their gradients' sum is not known here.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            policy_loss: self.policy_loss + other.policy_loss,
            value_loss: self.value_loss + other.value_loss,
            baseline_loss: self.baseline_loss + other.baseline_loss,
            entropy: self.entropy + other.entropy,
            approx_kl: self.approx_kl + other.approx_kl,
            clip_fraction: self.clip_fraction + other.clip_fraction,
            ratio_error: self.ratio_error.max(other.ratio_error),
            grad_norm: 0.0,
        }
    }
}
