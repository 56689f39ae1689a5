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
    pub(super) room: Option<Room>,
    pub(super) leaves: Leaves,
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

    /// V of normalised states [B, S].
    pub(super) fn values(&mut self, acting: Acting<'_>, states: &[f32]) -> Result<Vec<f32>> {
        let count = states.len() / acting.spec.state.len();
        let mut values = vec![0.0; count];
        if count > 0 {
            let said = Said {
                scores: &mut vec![0.0; count * acting.spec.score_len()],
                values: &mut values,
                baselines: &mut vec![0.0; count],
            };
            self.evaluate(acting, states, said)?;
        }
        Ok(values)
    }

    /// Writes log pi(action | state) of rows with these scores, log-priors and actions ([B, L] each): what an update that has
    /// not moved yet finds, to the bit on the CPU.
    pub(super) fn log_probs(&mut self, acting: Acting<'_>, rows: [&[f32]; 3], out: &mut [f32]) -> Result<()> {
        match acting.fused {
            Some(fused) => {
                fused.log_probs(acting.spec, self.room(fused, acting), rows, out);
                Ok(())
            }
            None => self.leaves.log_probs(acting.spec, rows, out),
        }
    }

    fn room(&mut self, fused: &Fused, acting: Acting<'_>) -> &mut Room {
        self.room
            .get_or_insert_with(|| fused.room(acting.spec, self.states))
    }
}
