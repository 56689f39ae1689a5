//! States whose bars are numbered, for unit tests.

use crate::policy::spec::{NetworkSpec, PolicySpec};
use crate::policy::test_specs;

/// An attention of one head over ten bars of two assets.
pub(super) fn spec() -> PolicySpec {
    let mut spec = test_specs::scorer(2);
    spec.state.history = 10;
    spec.network = NetworkSpec::Attention {
        hidden: vec![4],
        embedding: 4,
        heads: 1,
    };
    spec
}

/// A state whose last bar has this number.
pub(super) fn state(spec: &PolicySpec, last: usize) -> Vec<f32> {
    let mut state = vec![0.0; spec.state.len()];
    for block in spec.state.blocks() {
        if let Some((number, back)) = block.content.place_in_history(0) {
            state[block.range].fill((100 + 10 * (last - back) + number) as f32);
        }
    }
    state
}
