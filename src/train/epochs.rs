//! The minibatches of an update, one after the other, and what they come to.

use crate::math::random::Stream;
use crate::rl::config::PpoConfig;
use crate::rl::stats::UpdateStats;
use crate::train::minibatch::MinibatchStats;
use rand::seq::SliceRandom;
use std::ops::Range;

/// Passes over a rollout, each in an order of its own.
#[derive(Debug)]
pub(super) struct Epochs<'a> {
    ppo: &'a PpoConfig,
    shuffle: &'a mut Stream,
    /// In the order of this epoch.
    rows: Vec<u32>,
    /// Epochs begun, and rows of this one that were given out.
    begun: usize,
    given: usize,
    figures: Vec<MinibatchStats>,
    skipped: u64,
    is_stopped: bool,
}

/// What the epochs of an update leave to the next update's, so that they allocate nothing.
#[derive(Debug, Default)]
pub(super) struct EpochRoom {
    /// The rows, in the order in which they are first shuffled.
    pub(super) rows: Vec<u32>,
    figures: Vec<MinibatchStats>,
}

/// What follows a minibatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Step,
    /// Its loss or its gradient cannot be used.
    Skip,
    /// The policy is as far from the one that acted as it may be.
    Stop,
}

impl<'a> Epochs<'a> {
    /// Over the rows of `room`.
    pub(super) fn new(ppo: &'a PpoConfig, room: EpochRoom, shuffle: &'a mut Stream) -> Self {
        let EpochRoom { rows, mut figures } = room;
        figures.clear();
        Self {
            ppo,
            shuffle,
            given: rows.len(),
            rows,
            begun: 0,
            figures,
            skipped: 0,
            is_stopped: false,
        }
    }

    /// What another update's epochs may use.
    pub(super) fn into_room(self) -> EpochRoom {
        let Self { rows, figures, .. } = self;
        EpochRoom { rows, figures }
    }

    /// As many epochs again, over other rows, chosen with the draws that also shuffle them.
    pub(super) fn again(&mut self, choose: impl FnOnce(&mut Stream) -> Vec<u32>) {
        self.rows = choose(self.shuffle);
        self.given = self.rows.len();
        self.begun = 0;
    }

    /// Whether the policy is as far from the one that acted as it may be.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// The next minibatch: where its rows are. None at the end.
    pub(super) fn next(&mut self) -> Option<Range<usize>> {
        loop {
            if self.given == self.rows.len() {
                if self.begun == self.ppo.n_epochs {
                    return None;
                }
                self.begun += 1;
                self.given = 0;
                self.rows.shuffle(self.shuffle);
            }
            let end = (self.given + self.ppo.batch_size).min(self.rows.len());
            let minibatch = self.given..end;
            self.given = end;
            // One row has no standard deviation to normalise by.
            if minibatch.len() >= 2 {
                return Some(minibatch);
            }
        }
    }

    /// The rows of a minibatch.
    pub(super) fn rows(&self, minibatch: Range<usize>) -> &[u32] {
        &self.rows[minibatch]
    }

    /// Takes down what a minibatch came to.
    pub(super) fn judge(&mut self, stats: MinibatchStats) -> Verdict {
        if !stats.is_finite() {
            self.skipped += 1;
            return Verdict::Skip;
        }
        self.figures.push(stats);
        // Stable-Baselines3's rule: stop before the step that would follow too large a divergence.
        match self.ppo.target_kl {
            Some(target) if stats.approx_kl > 1.5 * target => {
                self.is_stopped = true;
                Verdict::Stop
            }
            _ => Verdict::Step,
        }
    }

    /// Means over the minibatches; none where all were skipped.
    pub(super) fn stats(&self) -> Option<UpdateStats> {
        let first = self.figures.first()?;
        let mean = |figure: fn(&MinibatchStats) -> f64| {
            self.figures.iter().map(figure).sum::<f64>() / self.figures.len() as f64
        };
        Some(UpdateStats {
            policy_gradient_loss: mean(|stats| stats.policy_loss),
            value_loss: mean(|stats| stats.value_loss),
            entropy_loss: -mean(|stats| stats.entropy),
            approx_kl: mean(|stats| stats.approx_kl),
            clip_fraction: mean(|stats| stats.clip_fraction),
            grad_norm: mean(|stats| stats.grad_norm),
            first_ratio_error: first.ratio_error,
            skipped_minibatches: self.skipped,
            ..UpdateStats::default()
        })
    }
}
