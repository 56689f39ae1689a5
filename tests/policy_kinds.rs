//! A file of every kind of policy, saved by a build with the trainer: any build loads it, decides as libtorch did, and
//! writes it back byte for byte.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::policy::file::{from_bytes, to_bytes};
use ppo_risk::policy::spec::{Activation, Distribution, NetworkSpec};
use ppo_risk::policy::{Policy, Workspace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// States of each policy.
const ROWS: usize = 4;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/policy_kinds")
}

/// What libtorch computed: of each state the target weights ([rows, A], from its scores) and the value ([rows]).
#[derive(Serialize, Deserialize)]
struct Answers {
    weights: Vec<f64>,
    values: Vec<f32>,
}

fn kinds() -> Vec<(&'static str, NetworkSpec, Distribution)> {
    let mlp = |activation, shared_trunk| NetworkSpec::Mlp {
        hidden: vec![5, 3],
        activation,
        shared_trunk,
    };
    let scorer = || NetworkSpec::Scorer { hidden: vec![4, 2] };
    let (gaussian, dirichlet) = (Distribution::Gaussian, Distribution::Dirichlet);
    vec![
        ("tanh_shared_gaussian", mlp(Activation::Tanh, true), gaussian),
        ("tanh_apart_dirichlet", mlp(Activation::Tanh, false), dirichlet),
        ("relu_shared_dirichlet", mlp(Activation::Relu, true), dirichlet),
        ("relu_apart_gaussian", mlp(Activation::Relu, false), gaussian),
        ("scorer_gaussian", scorer(), gaussian),
        ("scorer_dirichlet", scorer(), dirichlet),
    ]
}

fn states(policy: &Policy) -> Vec<f32> {
    (0..ROWS * policy.spec().state.len())
        .map(|k| ((29 * k) % 61) as f32 / 32.0 - 0.9)
        .collect()
}

#[test]
fn every_kind_loads_and_decides_as_libtorch_did() {
    let golden = std::fs::read(folder().join("libtorch.json")).unwrap();
    let golden: BTreeMap<String, Answers> = serde_json::from_slice(&golden).unwrap();
    assert_eq!(golden.len(), kinds().len());
    for (name, network, distribution) in kinds() {
        let bytes = std::fs::read(folder().join(name).with_extension("safetensors")).unwrap();
        let (policy, extras) = from_bytes(name, &bytes).unwrap();
        let spec = policy.spec();
        assert_eq!(
            (&spec.network, spec.action.distribution),
            (&network, distribution),
            "{name}"
        );
        // Written again it is of today's format, and stays what it is.
        let written = to_bytes(&policy, &extras).unwrap();
        let (again, extras) = from_bytes(name, &written).unwrap();
        assert_eq!(again.spec(), spec, "{name}");
        assert_eq!(
            again.network().parameters(),
            policy.network().parameters(),
            "{name}"
        );
        assert!(to_bytes(&again, &extras).unwrap() == written, "{name}");
        let expected = &golden[name];
        let mut workspace = Workspace::new(spec);
        let mut weights = vec![0.0; spec.action_len()];
        let states = states(&policy);
        let mut farthest_apart = 0.0_f64;
        for (row, state) in states.chunks_exact(spec.state.len()).enumerate() {
            policy.weights(state, None, &mut workspace, &mut weights).unwrap();
            let theirs = &expected.weights[row * weights.len()..][..weights.len()];
            for (ours, theirs) in weights.iter().zip(theirs) {
                assert!((ours - theirs).abs() <= 1e-6, "{name}: {weights:?} {theirs}");
                farthest_apart = farthest_apart.max((theirs - 1.0 / weights.len() as f64).abs());
            }
            let (ours, theirs) = (policy.value(state, &mut workspace).unwrap(), expected.values[row]);
            assert!(
                (ours - theirs).abs() <= 1e-5 * theirs.abs().max(1.0),
                "{name}: {ours} {theirs}"
            );
        }
        assert!(farthest_apart > 0.02, "{name}: equal weights show nothing");
    }
}

/// Writes what the test above reads: `WRITE_GOLDEN_KINDS=1 cargo test --test policy_kinds`.
#[cfg(feature = "train")]
#[test]
fn files_are_written_where_they_are_asked_for() {
    use ppo_risk::market::state::StateSpec;
    use ppo_risk::policy::action::deterministic_weights;
    use ppo_risk::policy::file::Extras;
    use ppo_risk::policy::layout::layout;
    use ppo_risk::policy::normalizer::ObservationNormalizer;
    use ppo_risk::policy::spec::{ActionSpec, PolicySpec};
    use ppo_risk::train::witness::scores_and_values;

    if std::env::var_os("WRITE_GOLDEN_KINDS").is_none() {
        println!("skipped: WRITE_GOLDEN_KINDS is not set");
        return;
    }
    let mut golden = BTreeMap::new();
    for (name, network, distribution) in kinds() {
        let spec = PolicySpec {
            assets: ["A", "B", "C"].map(str::to_string).to_vec(),
            state: StateSpec {
                account: true,
                columns: vec!["signal".to_string()],
                ..StateSpec::base(3)
            },
            action: ActionSpec {
                distribution,
                weight_cap: 0.6,
                ..ActionSpec::default()
            },
            network,
        };
        let len: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
        let parameters = (0..len)
            .map(|k| ((37 * k) % 101) as f32 / 64.0 - 0.78125)
            .collect();
        let mut normalizer = ObservationNormalizer::new(&spec);
        let seen: Vec<f32> = (0..5 * spec.state.len())
            .map(|k| ((11 * k) % 23) as f32 / 16.0 - 0.7)
            .collect();
        normalizer.update(&seen).unwrap();
        let policy = Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap();
        let path = folder().join(name).with_extension("safetensors");
        std::fs::write(path, to_bytes(&policy, &Extras::default()).unwrap()).unwrap();

        let (scores, values) = scores_and_values(&policy, &states(&policy)).unwrap();
        let actions = policy.spec().action_len();
        let mut weights = vec![0.0; scores.len()];
        for (scores, weights) in scores.chunks(actions).zip(weights.chunks_mut(actions)) {
            let spec = policy.spec();
            deterministic_weights(
                &spec.action,
                spec.state.assets,
                &[],
                &vec![0.0; actions],
                scores,
                weights,
            );
        }
        golden.insert(name, Answers { weights, values });
    }
    let text = serde_json::to_string_pretty(&golden).unwrap();
    std::fs::write(folder().join("libtorch.json"), text + "\n").unwrap();
}
