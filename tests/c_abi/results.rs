//! What C gets is what Rust gets, bit for bit.

use crate::toolchain::{Host, demo_policy, has};
use ppo_risk::math::random;
use ppo_risk::policy::action::{log_prior, target_weights};
use ppo_risk::policy::{Workspace, file};

const ROWS: usize = 100;

/// Takes `count` values off the front of the bytes that the C program wrote.
pub(crate) fn take<const SIZE: usize, T>(
    bytes: &mut &[u8],
    count: usize,
    value: fn([u8; SIZE]) -> T,
) -> Vec<T> {
    let (front, rest) = bytes.split_at(count * SIZE);
    *bytes = rest;
    let chunks = front.chunks_exact(SIZE);
    chunks.map(|chunk| value(chunk.try_into().unwrap())).collect()
}

pub(crate) fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn c_gets_what_rust_gets_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let written = host.path("results.bin");
    let arguments = [demo_policy(), written.clone()].map(|path| path.display().to_string());
    host.run("results", &[&arguments[0], &arguments[1], &ROWS.to_string()]);
    let written = std::fs::read(written).unwrap();
    let mut bytes = written.as_slice();

    let (policy, _) = file::load(demo_policy()).unwrap();
    let spec = policy.spec();
    let (features, len) = (spec.state.len(), spec.action_len());
    let mut stream = random::stream(42, "host", 7);
    let workspace = &mut Workspace::new(spec);
    let (mut weights, mut drawn) = (vec![0.0; len], vec![0.0; len]);
    let (mut action, mut offset) = (vec![0.0; len], vec![0.0; len]);
    let mut batch = Vec::new();
    for row in 0..ROWS {
        let state = take(&mut bytes, features, f32::from_le_bytes);
        let weights_of_prior = take(&mut bytes, len, f64::from_le_bytes);
        let prior = Some(weights_of_prior.as_slice());
        policy.weights(&state, prior, workspace, &mut weights).unwrap();
        let log_prob = policy
            .sample(&state, prior, &mut stream, workspace, &mut action)
            .unwrap();
        log_prior(&spec.action, &weights_of_prior, &[], &mut offset);
        target_weights(&spec.action, spec.state.assets, &[], &offset, &action, &mut drawn);
        let again = policy.log_prob(&state, prior, &action, workspace).unwrap();
        let entropy = policy.entropy(&state, prior, workspace).unwrap();
        let value = f64::from(policy.value(&state, workspace).unwrap());

        let found = take(&mut bytes, len, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&weights), "weights, row {row}");
        assert_eq!(
            take(&mut bytes, len, f32::from_le_bytes),
            action,
            "action, row {row}"
        );
        let found = take(&mut bytes, len, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&drawn), "the action's weights, row {row}");
        let found = take(&mut bytes, 5, f64::from_le_bytes);
        let expected = [log_prob, again, entropy, value, value];
        assert_eq!(bits(&found), bits(&expected), "numbers, row {row}");
        batch.extend_from_slice(&weights);
    }
    let found = take(&mut bytes, ROWS * len, f64::from_le_bytes);
    assert_eq!(bits(&found), bits(&batch), "the batch");
    assert!(bytes.is_empty());
}
