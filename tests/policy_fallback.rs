//! Decisions that have an answer where a feed breaks.

#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "a test compares exact values and may panic"
)]

use ppo_risk::market::{prior::Prior, state::StateSpec};
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};

const FALLBACK: [f64; 3] = [0.25, 0.0, 0.75];
const UNTOUCHED: [f64; 3] = [7.0; 3];

/// A policy of two assets and cash around a prior; `size` is that of every parameter.
fn policy(size: f32) -> Policy {
    let spec = PolicySpec {
        assets: vec!["A".to_string(), "B".to_string()],
        state: StateSpec::base(2),
        action: ActionSpec {
            prior: Prior::EqualWeight,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Mlp {
            hidden: vec![4],
            activation: Activation::Relu,
            shared_trunk: true,
        },
    };
    let mut parameters: Vec<f32> = Vec::new();
    for parameter in layout(&spec) {
        let spread = parameter.name.starts_with("log_");
        parameters.extend((0..parameter.len()).map(|k| match spread {
            true => 0.0,
            false => size * (1.0 + (k % 3) as f32 / 8.0),
        }));
    }
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

/// What the policy answers, and whether it fell back.
fn decide(
    policy: &Policy,
    state: &[f32],
    prior: &[f64],
    fallback: &[f64],
) -> (Result<bool, String>, [f64; 3]) {
    let mut out = UNTOUCHED;
    let mut workspace = Workspace::new(policy.spec());
    let fell = policy.weights_or(state, Some(prior), fallback, &mut workspace, &mut out);
    (fell.map_err(|error| error.to_string()), out)
}

#[test]
fn a_whole_feed_gets_the_decision_and_a_broken_one_the_fallback() {
    let policy = policy(0.1);
    let (state, prior) = ([0.5_f32; 7], [0.4, 0.4, 0.2]);
    let mut expected = [0.0; 3];
    policy
        .weights(
            &state,
            Some(&prior),
            &mut Workspace::new(policy.spec()),
            &mut expected,
        )
        .unwrap();
    assert_eq!(decide(&policy, &state, &prior, &FALLBACK), (Ok(false), expected));
    assert_ne!(expected, FALLBACK);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut state = state;
        state[6] = bad;
        assert_eq!(decide(&policy, &state, &prior, &FALLBACK), (Ok(true), FALLBACK));
        let mut prior = prior;
        prior[2] = f64::from(bad);
        assert_eq!(
            decide(&policy, &[0.5; 7], &prior, &FALLBACK),
            (Ok(true), FALLBACK)
        );
    }
}

/// The largest sizes that a file may hold: a unit is beyond f32 at once, and in the next layer so is every score.
#[test]
fn scores_that_overflow_get_the_fallback() {
    let policy = policy(1e38);
    let (state, prior) = ([3.0_f32; 7], [0.4, 0.4, 0.2]);
    let mut out = UNTOUCHED;
    let error = policy
        .weights(&state, Some(&prior), &mut Workspace::new(policy.spec()), &mut out)
        .unwrap_err()
        .to_string();
    assert!(error.contains("scores[0] of the network"), "{error}");
    assert_eq!(decide(&policy, &state, &prior, &FALLBACK), (Ok(true), FALLBACK));
}

#[test]
fn mistakes_of_the_caller_are_refused_with_the_output_untouched() {
    let policy = policy(0.1);
    let (state, prior) = ([0.5_f32; 7], [0.4, 0.4, 0.2]);
    let nan = [f64::NAN, 0.5, 0.5];
    for (state, prior, fallback, words) in [
        (&state[1..], &prior[..], &FALLBACK[..], "`state` has 6 values"),
        (&state, &prior[1..], &FALLBACK, "`prior` has 2 values"),
        (&state, &[0.4, -0.1, 0.2], &FALLBACK, "prior[1]"),
        (&state, &prior, &FALLBACK[1..], "`fallback` has 2 values"),
        (&state, &prior, &nan, "fallback[0]"),
        (&state, &prior, &[0.5, 1.5, -1.0], "fallback[1]"),
        (&state, &prior, &[0.5, 0.25, 0.2], "sum to 0.95"),
    ] {
        let (found, out) = decide(&policy, state, prior, fallback);
        let error = found.unwrap_err();
        assert!(error.contains(words), "`{words}` is not in {error}");
        assert_eq!(out, UNTOUCHED, "{words}");
    }
}
