//! What cannot be traded.

use crate::market::state_spec::StateSpec;

/// What cannot be traded, as a state [S] says it, and the weight that it keeps: the prior's, or where there is no prior that
/// of the state. Empty where all can be.
pub fn fixed_in(spec: &StateSpec, state: &[f32], prior: Option<&[f64]>, out: &mut Vec<Option<f64>>) {
    out.clear();
    let Some(flags) = spec.listed_range().map(|range| &state[range]) else {
        return;
    };
    if flags.iter().all(|flag| *flag != 0.0) {
        return;
    }
    // The weights come first in a state.
    let held = |i: usize| prior.map_or(f64::from(state[i]), |prior| prior[i]);
    out.extend(
        flags
            .iter()
            .enumerate()
            .map(|(i, flag)| (*flag == 0.0).then(|| held(i))),
    );
}

/// Sum of the sizes of what is fixed.
pub(super) fn fixed_gross(fixed: &[Option<f64>]) -> f64 {
    fixed.iter().flatten().map(|weight| weight.abs()).sum()
}
