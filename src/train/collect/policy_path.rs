//! The control variate `policy_path`: what the policy would have earned without noise, from the same states on and on the same
//! returns, over the rest of a rollout.

use super::context::{CollectContext, normalize_rows};
use super::next_values::NextValues;
use crate::env::Environments;
use crate::error::Result;
use crate::rl::rollout::RolloutBlock;
use crate::train::evaluator::Evaluator;
use crate::train::fused::Said;
use crate::train::gate;

/// Means to follow the policy without noise. A rollout begins with it: the environments take the deterministic action at every
/// step and then go back, their streams too, so that the sampled actions meet the same market and the same next episodes.
pub(in crate::train) struct PolicyPath {
    evaluator: Evaluator,
    /// One step's normalised states [block, S], the scores there [block, L], and what the network says of the second critic, which
    /// is not used here: [block].
    states: Vec<f32>,
    scores: Vec<f32>,
    unread: Vec<f32>,
    next_values: NextValues,
}

impl PolicyPath {
    /// With an evaluator of its own.
    pub(in crate::train) fn new(evaluator: Evaluator) -> Self {
        Self {
            evaluator,
            states: Vec::new(),
            scores: Vec::new(),
            unread: Vec::new(),
            next_values: NextValues::default(),
        }
    }

    /// Fills what a block has of the path: rewards, values, ends. Leaves the environments where they are.
    pub(super) fn fill(
        &mut self,
        context: CollectContext<'_>,
        environments: &mut dyn Environments,
        block: &mut RolloutBlock<'_>,
    ) -> Result<()> {
        // Where a host's own functions may end the process, and where all threads stop at its end.
        gate::outside(|| environments.remember())?;
        let followed = self.follow(context, environments, block);
        gate::outside(|| environments.go_back())?;
        followed
    }

    fn follow(
        &mut self,
        context: CollectContext<'_>,
        environments: &mut dyn Environments,
        block: &mut RolloutBlock<'_>,
    ) -> Result<()> {
        let (count, state_len) = (environments.count(), context.spec.state.len());
        self.states.resize(count * state_len, 0.0);
        self.scores.resize(count * context.spec.score_len(), 0.0);
        self.unread.resize(count, 0.0);
        self.next_values.clear();
        for first in (0..block.baseline_values.len()).step_by(count) {
            let rows = first..first + count;
            let states = environments.states();
            normalize_rows(context.normalizer, states, state_len, &mut self.states);
            let said = Said {
                scores: &mut self.scores,
                values: &mut block.baseline_values[rows.clone()],
                baselines: &mut self.unread,
            };
            self.evaluator.evaluate(context.acting, &self.states, said)?;
            let scores = &self.scores;
            let step = gate::outside(|| environments.step_deterministic(scores))?;
            block.raw_baseline_rewards[rows.clone()].copy_from_slice(&step.rewards);
            block.path_terminated[rows.clone()].copy_from_slice(&step.terminated);
            block.path_truncated[rows].copy_from_slice(&step.truncated);
            self.next_values.keep(context, step, first);
        }
        self.next_values.write(
            context,
            &mut self.evaluator,
            block.baseline_values,
            environments.states(),
            block.path_next_values,
        )
    }
}
