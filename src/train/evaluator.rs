//! What the network says outside its updates: for rollouts, and for states that were handed in.

use crate::error::Result;
use crate::policy::spec::PolicySpec;
use crate::train::autograd::Leaves;
use crate::train::fused::{Fused, Room, Said};

/// The parameters as they stand, to be read from any thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting<'a> {
    pub(super) spec: &'a PolicySpec,
    /// None where they are libtorch's: then each evaluator has tensors of its own that show them.
    pub(super) fused: Option<&'a Fused>,
}

/// One thread's means to evaluate states.
#[derive(Debug)]
pub(super) struct Evaluator {
    /// States that go through the network together.
    pub(super) states: usize,
    /// Whether each follows the one that was evaluated last at its place: those of environments that go on.
    pub(super) follows: bool,
    pub(super) room: Option<Room>,
    pub(super) leaves: Leaves,
    /// What else the network says where only values are asked for.
    pub(super) unread: [Vec<f32>; 2],
}

impl Evaluator {
    /// What the network says about normalised states [B, S]. On the CPU a state's bits depend on it alone.
    pub(super) fn evaluate(&mut self, acting: Acting<'_>, states: &[f32], said: Said<'_>) -> Result<()> {
        match acting.fused {
            Some(fused) => {
                fused.evaluate(acting.spec, self.room(fused, acting), states, said);
                Ok(())
            }
            None => self.leaves.evaluate(acting.spec, states, said),
        }
    }

    /// V of normalised states [B, S] into a list that gets as many.
    pub(super) fn values(&mut self, acting: Acting<'_>, states: &[f32], values: &mut Vec<f32>) -> Result<()> {
        let count = states.len() / acting.spec.state.len();
        values.clear();
        values.resize(count, 0.0);
        if count == 0 {
            return Ok(());
        }
        let [mut scores, mut baselines] = std::mem::take(&mut self.unread);
        scores.resize(count * acting.spec.score_len(), 0.0);
        baselines.resize(count, 0.0);
        let said = Said {
            scores: &mut scores,
            values,
            baselines: &mut baselines,
        };
        let outcome = self.evaluate(acting, states, said);
        self.unread = [scores, baselines];
        outcome
    }

    /// Writes log pi(action | state) of rows with these scores, log-priors and actions ([B, L] each): what an update that has
    /// not moved yet finds, to the bit on the CPU.
    pub(super) fn log_probs(&mut self, acting: Acting<'_>, rows: [&[f32]; 3], out: &mut [f32]) -> Result<()> {
        match acting.fused {
            Some(fused) => {
                fused.log_probs(self.room(fused, acting), rows, out);
                Ok(())
            }
            None => self.leaves.log_probs(acting.spec, rows, out),
        }
    }

    fn room(&mut self, fused: &Fused, acting: Acting<'_>) -> &mut Room {
        let (states, follows) = (self.states, self.follows);
        self.room.get_or_insert_with(|| match follows {
            true => fused.following_room(acting.spec, states),
            false => fused.room(acting.spec, states),
        })
    }
}
