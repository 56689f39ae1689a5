//! The forward pass against an independent numpy version, and what a policy does with it.

#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "a test compares exact values and may panic"
)]

use ppo_risk::market::{prior::Prior, state::StateSpec};
use ppo_risk::math::random;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::{ObservationNormalizer, RunningStatistics};
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    kind: String,
    assets: usize,
    cash: bool,
    account: bool,
    columns: usize,
    hidden: Vec<usize>,
    activation: Activation,
    shared_trunk: bool,
    history: usize,
    heads: usize,
    scores: Vec<f64>,
    value: f64,
    weights: Vec<f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("golden/policy_forward.json")).unwrap()
}

fn spec(case: &Case) -> PolicySpec {
    let hidden = case.hidden.clone();
    PolicySpec {
        assets: (0..case.assets).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            account: case.account,
            columns: (0..case.columns).map(|i| format!("column {i}")).collect(),
            history: case.history,
            ..StateSpec::base(case.assets)
        },
        action: ActionSpec {
            cash: case.cash,
            ..ActionSpec::default()
        },
        network: match case.kind.as_str() {
            "mlp" => NetworkSpec::Mlp {
                hidden,
                activation: case.activation,
                shared_trunk: case.shared_trunk,
            },
            "attention" => NetworkSpec::Attention {
                hidden,
                embedding: 6,
                heads: case.heads,
            },
            _ => NetworkSpec::Scorer { hidden },
        },
    }
}

/// The formulas of golden/policy_forward.py.
fn policy(spec: PolicySpec) -> Policy {
    let len: usize = layout(&spec).iter().map(|p| p.len()).sum();
    let parameters = (0..len).map(|k| (0.4 * (1.7 * k as f64 + 0.3).sin()) as f32);
    let groups = ObservationNormalizer::group_count(&spec);
    let statistics = RunningStatistics {
        count: vec![100.0; groups],
        mean: (0..groups).map(|g| 0.05 * g as f64).collect(),
        variance: (0..groups).map(|g| 0.5 + 0.1 * g as f64).collect(),
    };
    let normalizer = ObservationNormalizer::with_statistics(&spec, statistics).unwrap();
    Policy::new(spec, normalizer, parameters.collect(), serde_json::Map::new()).unwrap()
}

fn state(spec: &PolicySpec) -> Vec<f32> {
    (0..spec.state.len())
        .map(|j| (0.9 * j as f64 + 0.1).sin() as f32)
        .collect()
}

/// golden/policy_forward.py, numpy float64; tolerance 2e-5 in f32 on scores of size up to 10.
#[test]
fn scores_values_and_weights_are_numpys() {
    let mut worst = 0.0_f64;
    for case in cases() {
        let policy = policy(spec(&case));
        let state = state(policy.spec());
        let mut workspace = Workspace::new(policy.spec());
        let mut normalized = vec![0.0; state.len()];
        policy.normalizer().normalize(&state, &mut normalized);
        let mut scratch = ppo_risk::policy::forward::Scratch::new(policy.spec());
        let mut scores = vec![0.0; case.scores.len()];
        let value = policy
            .network()
            .scores_and_value(&normalized, &mut scratch, &mut scores);
        let mut weights = vec![0.0; case.weights.len()];
        policy
            .weights(&state, None, &mut workspace, &mut weights)
            .unwrap();
        assert_eq!(policy.value(&state, &mut workspace).unwrap(), value);
        let found = scores
            .iter()
            .map(|&s| f64::from(s))
            .chain([f64::from(value)])
            .chain(weights);
        let expected = case.scores.iter().chain([&case.value]).chain(&case.weights);
        for (found, expected) in found.zip(expected) {
            let error = (found - expected).abs() / expected.abs().max(1.0);
            worst = worst.max(error);
            assert!(
                error < 2e-5,
                "{} {:?}: {found} {expected}",
                case.kind,
                case.hidden
            );
        }
    }
    println!("worst error {worst:.2e}");
}

#[test]
fn permuting_assets_permutes_a_scorers_weights() {
    let case = &cases()[4];
    let policy = policy(spec(case));
    let state = state(policy.spec());
    let assets = case.assets;
    // A permutation without fixed points (7 and 20 share no factor).
    let order: Vec<usize> = (0..assets).map(|i| (7 * i + 3) % assets).collect();
    let mut permuted = state.clone();
    for block in 0..3 {
        for (i, &from) in order.iter().enumerate() {
            permuted[block * assets + i] = state[block * assets + from];
        }
    }
    let mut workspace = Workspace::new(policy.spec());
    let (mut weights, mut moved) = (vec![0.0; assets + 1], vec![0.0; assets + 1]);
    policy
        .weights(&state, None, &mut workspace, &mut weights)
        .unwrap();
    policy
        .weights(&permuted, None, &mut workspace, &mut moved)
        .unwrap();
    for (i, &from) in order.iter().enumerate() {
        assert!((moved[i] - weights[from]).abs() < 1e-12, "asset {from}");
    }
    assert!((moved[assets] - weights[assets]).abs() < 1e-12);
}

#[test]
fn a_result_does_not_depend_on_earlier_states() {
    for case in cases() {
        let policy = policy(spec(&case));
        let state = state(policy.spec());
        let other: Vec<f32> = state.iter().map(|x| -3.0 * x + 1.0).collect();
        let mut workspace = Workspace::new(policy.spec());
        let [mut first, mut again] = [vec![0.0; case.weights.len()], vec![0.0; case.weights.len()]];
        policy.weights(&state, None, &mut workspace, &mut first).unwrap();
        policy.weights(&other, None, &mut workspace, &mut again).unwrap();
        assert_ne!(first, again);
        policy.weights(&state, None, &mut workspace, &mut again).unwrap();
        assert_eq!(first, again);
    }
}

#[test]
fn hostile_input_is_refused_by_name_and_leaves_the_output_alone() {
    let case = &cases()[4];
    let mut with_prior = spec(case);
    with_prior.action.prior = Prior::EqualWeight;
    with_prior.action.distribution = Distribution::Dirichlet;
    let (policy, plain) = (policy(with_prior), policy(spec(case)));
    let good = state(policy.spec());
    let len = case.assets + 1;
    let prior = vec![1.0 / len as f64; len];
    let mut workspace = Workspace::new(policy.spec());
    let mut out = vec![7.0; len];
    let mut refused = |policy: &Policy, state: &[f32], prior: Option<&[f64]>, named: &str| {
        let error = policy
            .weights(state, prior, &mut workspace, &mut out)
            .unwrap_err()
            .to_string();
        assert!(error.contains(named), "{error}");
        assert!(out.iter().all(|w| *w == 7.0));
    };
    for bad in [f32::NAN, f32::INFINITY] {
        let mut state = good.clone();
        state[5] = bad;
        refused(&policy, &state, Some(&prior), "state[5]");
    }
    refused(
        &policy,
        &good[1..],
        Some(&prior),
        "`state` has 65 values, expected 66",
    );
    refused(&policy, &good, None, "`prior` is missing");
    refused(&plain, &good, Some(&prior), "`prior` is given");
    refused(
        &policy,
        &good,
        Some(&prior[1..]),
        "`prior` has 20 values, expected 21",
    );
    for bad in [f64::NAN, -0.1, f64::INFINITY] {
        let mut prior = prior.clone();
        prior[2] = bad;
        refused(&policy, &good, Some(&prior), "prior[2]");
    }
    let mut action = vec![0.1; len];
    action[3] = 0.0;
    let error = policy.log_prob(&good, Some(&prior), &action, &mut workspace);
    assert!(error.unwrap_err().to_string().contains("action[3]"));
}

#[test]
fn a_sample_has_the_log_probability_it_was_given() {
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        for case in cases() {
            let mut spec = spec(&case);
            spec.action.distribution = distribution;
            let policy = policy(spec);
            let state = state(policy.spec());
            let mut workspace = Workspace::new(policy.spec());
            let mut stream = random::stream(3, "test", 0);
            let mut action = vec![0.0; case.scores.len()];
            for _ in 0..20 {
                let log_prob = policy
                    .sample(&state, None, &mut stream, &mut workspace, &mut action)
                    .unwrap();
                assert!(log_prob.is_finite());
                assert_eq!(
                    log_prob,
                    policy.log_prob(&state, None, &action, &mut workspace).unwrap()
                );
            }
            assert!(policy.entropy(&state, None, &mut workspace).unwrap().is_finite());
        }
    }
}
