//! What collecting needs that stands still meanwhile, and states as the network reads them.

use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::PolicySpec;
use crate::train::evaluator::Acting;

/// What a collector needs besides its own.
#[derive(Clone, Copy)]
pub(in crate::train) struct CollectContext<'a> {
    pub(in crate::train) spec: &'a PolicySpec,
    pub(in crate::train) acting: Acting<'a>,
    /// The distribution's parameter.
    pub(in crate::train) spread: &'a [f32],
    pub(in crate::train) normalizer: &'a ObservationNormalizer,
    pub(in crate::train) self_critical: bool,
}

/// Normalises states, row by row.
pub(in crate::train) fn normalize_rows(
    normalizer: &ObservationNormalizer,
    states: &[f32],
    state_len: usize,
    out: &mut [f32],
) {
    for (state, out) in states
        .chunks_exact(state_len)
        .zip(out.chunks_exact_mut(state_len))
    {
        normalizer.normalize(state, out);
    }
}
