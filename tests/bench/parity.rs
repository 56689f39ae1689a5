//! The forward pass that acts, against libtorch's.

use crate::acting;
use ppo_risk::math::random;
use ppo_risk::policy::action::{deterministic_weights, log_prior};
use ppo_risk::policy::{Policy, Workspace, file};
use ppo_risk::train::witness;
use rand::RngExt;
use std::path::Path;

/// States of each policy.
const STATES: usize = 100_000;
/// States that go through libtorch together.
const TOGETHER: usize = 1_000;

/// Prints `parity_weight_error`, the largest difference of a weight, and `parity_value_error`, the largest difference of
/// a value over max(1, |value|): of the benchmark network and of the demo policy (a scorer, trained on prices) in 10^5
/// random states each, up to four deviations of its normaliser from the mean.
pub(crate) fn figures() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sp500-20-stocks.safetensors");
    let (demo, _) = file::load(demo).expect("the demo policy can be read");
    let errors = [acting::policy(), demo].map(|policy| differences(&policy));
    println!("parity_weight_error {:.2e}", errors[0].0.max(errors[1].0));
    println!("parity_value_error {:.2e}", errors[0].1.max(errors[1].1));
}

/// (weights, values): largest differences.
fn differences(policy: &Policy) -> (f64, f64) {
    let spec = policy.spec();
    let (inputs, actions) = (spec.state.len(), spec.action_len());
    let scale: Vec<(f64, f64)> = (0..inputs).map(|i| policy.normalizer().feature(i)).collect();
    let mut stream = random::stream(3, "benchmark", 0);
    let mut workspace = Workspace::for_batches(spec, TOGETHER, 1);
    let (mut worst_weight, mut worst_value) = (0.0_f64, 0.0_f64);
    let mut prior = vec![0.0; actions];
    let mut offset = vec![0.0; actions];
    let (mut ours, mut theirs) = (vec![0.0; actions], vec![0.0; actions]);
    for _ in 0..STATES / TOGETHER {
        let states: Vec<f32> = (0..TOGETHER)
            .flat_map(|_| &scale)
            .map(|(mean, deviation)| (mean + deviation * stream.random_range(-4.0..4.0)) as f32)
            .collect();
        let (scores, values) = witness::scores_and_values(policy, &states).expect("libtorch runs");
        for (row, state) in states.chunks_exact(inputs).enumerate() {
            prior
                .iter_mut()
                .for_each(|weight| *weight = stream.random_range(0.0..0.2));
            let given = match spec.action.prior.look_back() > 0 {
                true => Some(prior.as_slice()),
                false => None,
            };
            offset.fill(0.0);
            if let Some(prior) = given {
                log_prior(prior, &mut offset);
            }
            let scores = &scores[row * actions..][..actions];
            deterministic_weights(&spec.action, spec.state.assets, &offset, scores, &mut theirs);
            policy
                .weights(state, given, &mut workspace, &mut ours)
                .expect("finite states");
            for (a, b) in ours.iter().zip(&theirs) {
                worst_weight = worst_weight.max((a - b).abs());
            }
            let value = policy.value(state, &mut workspace).expect("finite states");
            let difference = f64::from(value - values[row]).abs();
            worst_value = worst_value.max(difference / f64::from(values[row].abs()).max(1.0));
        }
    }
    (worst_weight, worst_value)
}
