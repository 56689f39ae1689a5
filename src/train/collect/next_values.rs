//! What the states are worth that the steps of a rollout led to.

use super::context::{CollectContext, normalize_rows};
use crate::env::BatchStep;
use crate::error::Result;
use crate::train::evaluator::Evaluator;

/// Normalised states whose values are in no row: those in which episodes were cut off, and those after the last step.
#[derive(Default)]
pub(super) struct NextValues {
    /// Of each state in which an episode was cut off, the row of the step that led there.
    final_rows: Vec<usize>,
    final_states: Vec<f32>,
    last_states: Vec<f32>,
    values: Vec<f32>,
}

impl NextValues {
    /// Begins a rollout.
    pub(super) fn clear(&mut self) {
        self.final_rows.clear();
        self.final_states.clear();
    }

    /// Keeps the states in which a step, whose rows begin at `first`, cut episodes off.
    pub(super) fn keep(&mut self, context: CollectContext<'_>, step: &BatchStep, first: usize) {
        let len = context.spec.state.len();
        let ends = step.truncated.iter().enumerate().filter(|(_, is_cut)| **is_cut);
        for (env, _) in ends {
            let end = self.final_states.len();
            self.final_rows.push(first + env);
            self.final_states.resize(end + len, 0.0);
            let state = &step.final_states[env * len..(env + 1) * len];
            normalize_rows(context.normalizer, state, len, &mut self.final_states[end..]);
        }
    }

    /// Writes V of the next row, of the state after the last step, of final states where episodes were cut off, from V of every row
    /// and the states after the last step.
    pub(super) fn write(
        &mut self,
        context: CollectContext<'_>,
        evaluator: &mut Evaluator,
        values: &[f32],
        after: &[f32],
        out: &mut [f32],
    ) -> Result<()> {
        let len = context.spec.state.len();
        let last = values.len() - after.len() / len;
        out[..last].copy_from_slice(&values[values.len() - last..]);
        self.last_states.resize(after.len(), 0.0);
        normalize_rows(context.normalizer, after, len, &mut self.last_states);
        evaluator.values(context.acting, &self.last_states, &mut self.values)?;
        out[last..].copy_from_slice(&self.values);
        evaluator.values(context.acting, &self.final_states, &mut self.values)?;
        for (&row, value) in self.final_rows.iter().zip(&self.values) {
            out[row] = *value;
        }
        Ok(())
    }
}
