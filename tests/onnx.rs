//! The ONNX model of a policy, run by ONNX Runtime, against the policy itself.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::market::{prior::Prior, state::StateSpec};
use ppo_risk::policy::ensemble::Consensus;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Departure, Policy, Workspace, file, onnx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Command;

/// States of each policy: more than one, so that the batch is tested, and far enough out that the normaliser clips.
const ROWS: usize = 12;

struct Case {
    name: &'static str,
    policy: Policy,
    states: Vec<f32>,
    priors: Option<Vec<f64>>,
}

impl Case {
    fn new(name: &'static str, assets: usize, action: ActionSpec, network: NetworkSpec) -> Self {
        let spec = PolicySpec {
            assets: (0..assets).map(|i| format!("ASSET{i}")).collect(),
            state: StateSpec {
                account: true,
                columns: vec!["signal".to_string()],
                history: match network {
                    NetworkSpec::Attention { .. } => 5,
                    _ => 0,
                },
                ..StateSpec::base(assets)
            },
            action,
            network,
        };
        let len: usize = layout(&spec).iter().map(|p| p.len()).sum();
        // Exact in binary, so that every machine writes the same model.
        let parameters = (0..len)
            .map(|k| ((37 * k) % 101) as f32 / 64.0 - 0.78125)
            .collect();
        let mut normalizer = ObservationNormalizer::new(&spec);
        let seen: Vec<f32> = (0..5 * spec.state.len())
            .map(|k| ((11 * k) % 23) as f32 / 8.0)
            .collect();
        normalizer.update(&seen).unwrap();
        let policy = Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap();
        Self::of(name, policy)
    }

    fn of(name: &'static str, policy: Policy) -> Self {
        let spec = policy.spec();
        let states = (0..ROWS * spec.state.len())
            .map(|k| ((29 * k) % 211) as f32 / 32.0 - 3.0)
            .collect();
        // Weights, as a prior's are: they sum to 1.
        let actions = spec.action_len();
        let mut priors: Vec<f64> = (0..ROWS * actions).map(|k| ((7 * k) % 13) as f64).collect();
        for row in priors.chunks_mut(actions) {
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|weight| *weight /= sum);
        }
        Self {
            name,
            priors: (spec.action.prior != Prior::None).then_some(priors),
            states,
            policy,
        }
    }

    /// A policy, or an ensemble with a consensus that some of the states are within, that departs from its prior in part.
    fn in_part(
        name: &'static str,
        assets: usize,
        action: ActionSpec,
        network: NetworkSpec,
        members: usize,
    ) -> Self {
        let first = Self::new(name, assets, action, network).policy;
        let member = |k: usize| {
            let parameters = first.network().parameters().iter();
            let parameters = parameters.map(|value| value * (1.0 - 0.25 * k as f32)).collect();
            let (spec, normalizer) = (first.spec().clone(), first.normalizer().clone());
            Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
        };
        let mut policy = Policy::ensemble((0..members).map(member).collect()).unwrap();
        if members > 1 {
            let case = Self::of(name, policy.clone());
            let mut workspace = Workspace::new(policy.spec());
            let (inputs, actions) = (policy.spec().state.len(), policy.spec().action_len());
            let priors = case.priors.as_ref().unwrap().chunks(actions);
            let us: Vec<f64> = case
                .states
                .chunks(inputs)
                .zip(priors)
                .map(|(state, prior)| policy.disagreement(state, Some(prior), &mut workspace).unwrap())
                .collect();
            policy.set_consensus(Some(Consensus::of(&us).unwrap())).unwrap();
        }
        policy
            .set_departure(Some(Departure::by_evidence(1.0, 0.25, 1000)))
            .unwrap();
        Self::of(name, policy)
    }

    fn weights(&self) -> Vec<f64> {
        let spec = self.policy.spec();
        let mut workspace = Workspace::for_batches(spec, ROWS, 1);
        let mut weights = vec![0.0; ROWS * spec.action_len()];
        let priors = self.priors.as_deref();
        self.policy
            .weights_batch(&self.states, priors, None, &mut workspace, &mut weights)
            .unwrap();
        weights
    }
}

/// Every kind of network, prior and bound, and the demo policy.
fn cases() -> Vec<Case> {
    let mlp = |hidden: &[usize], activation, shared_trunk| NetworkSpec::Mlp {
        hidden: hidden.to_vec(),
        activation,
        shared_trunk,
    };
    let scorer = |hidden: &[usize]| NetworkSpec::Scorer {
        hidden: hidden.to_vec(),
    };
    let attention = |embedding, heads| NetworkSpec::Attention {
        hidden: vec![8, 4],
        embedding,
        heads,
    };
    let action = |cash, prior, weight_cap, weight_floor| ActionSpec {
        distribution: Distribution::Dirichlet,
        cash,
        prior,
        weight_cap,
        weight_floor,
        ..ActionSpec::default()
    };
    let without_reach = ActionSpec {
        reach: 0.0,
        ..action(true, Prior::Supplied, 1.0, 0.0)
    };
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sp500-20-stocks.safetensors");
    vec![
        Case::new(
            "tanh",
            5,
            ActionSpec::default(),
            mlp(&[16, 8], Activation::Tanh, true),
        ),
        Case::new(
            "relu",
            4,
            action(false, Prior::None, 0.4, 0.05),
            mlp(&[9], Activation::Relu, false),
        ),
        Case::new(
            "supplied",
            3,
            action(true, Prior::Supplied, 0.3, 0.1),
            mlp(&[7, 5], Activation::Tanh, false),
        ),
        Case::new(
            "scorer",
            6,
            action(true, Prior::EqualWeight, 1.0, 0.02),
            scorer(&[8, 4]),
        ),
        Case::new("alone", 1, action(true, Prior::None, 0.6, 0.0), scorer(&[3])),
        Case::new(
            "attention",
            4,
            action(true, Prior::EqualWeight, 1.0, 0.0),
            attention(6, 3),
        ),
        Case::new(
            "one head",
            2,
            action(false, Prior::None, 0.7, 0.0),
            attention(8, 1),
        ),
        Case::new(
            "tight",
            6,
            action(false, Prior::None, 1.0 / 6.0, 0.1),
            mlp(&[4], Activation::Tanh, true),
        ),
        Case::of("demo", file::load(demo).unwrap().0),
        Case::in_part(
            "in part",
            5,
            action(true, Prior::Supplied, 0.3, 0.1),
            mlp(&[7], Activation::Tanh, false),
            1,
        ),
        Case::in_part("in part without reach", 4, without_reach, scorer(&[4]), 1),
        Case::in_part(
            "together",
            4,
            action(true, Prior::Supplied, 0.4, 0.05),
            attention(6, 3),
            3,
        ),
        Case::in_part(
            "one at the prior",
            3,
            action(true, Prior::EqualWeight, 1.0, 0.0),
            scorer(&[5]),
            5,
        ),
    ]
}

/// What golden/onnx_runtime.py says of the models, beside what the policies say. Returns the largest difference.
fn compare(said: &Value) -> f64 {
    let mut worst = 0.0_f64;
    let mut bounds_bind = false;
    for case in cases() {
        let rows = said[case.name]["weights"].as_array().unwrap();
        let theirs: Vec<f64> = rows
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .map(|w| w.as_f64().unwrap())
            .collect();
        let ours = case.weights();
        assert_eq!(theirs.len(), ours.len(), "{}", case.name);
        let action = &case.policy.spec().action;
        bounds_bind |= ours.contains(&action.weight_cap) && ours.contains(&action.weight_floor);
        for (a, b) in ours.iter().zip(&theirs) {
            worst = worst.max((a - b).abs());
            assert!((a - b).abs() <= 1e-6, "{}: {ours:?}\n{theirs:?}", case.name);
        }
    }
    assert!(bounds_bind, "no case meets a cap and a floor");
    worst
}

/// golden/onnx_runtime.py ran the models in ONNX Runtime: the bytes are those of then, and so are the weights to 1e-6.
#[test]
fn onnx_runtime_decided_as_the_policy_does() {
    let golden: Value = serde_json::from_str(include_str!("golden/onnx_runtime.json")).unwrap();
    for case in cases() {
        let model = onnx::to_bytes(&case.policy).unwrap();
        let digest: String = Sha256::digest(&model)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            golden[case.name]["sha256"],
            json!(digest),
            "the model of {}",
            case.name
        );
        let inputs = match case.priors {
            Some(_) => json!(["state", "prior"]),
            None => json!(["state"]),
        };
        assert_eq!(golden[case.name]["inputs"], inputs, "{}", case.name);
    }
    println!("weights differ by {:.1e} at most", compare(&golden));
}

/// The same with the ONNX Runtime of a Python that the environment names; golden/onnx_runtime.json is written so.
#[test]
fn onnx_runtime_decides_as_the_policy_does() {
    let Some(python) = std::env::var_os("ONNX_PYTHON") else {
        println!("skipped: ONNX Runtime live: ONNX_PYTHON names no Python that has onnx and onnxruntime");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for case in cases() {
        let path = folder.path().join(case.name);
        onnx::export(path.with_extension("onnx"), &case.policy).unwrap();
        let (inputs, actions) = (case.policy.spec().state.len(), case.policy.spec().action_len());
        let states: Vec<&[f32]> = case.states.chunks(inputs).collect();
        let priors: Option<Vec<&[f64]>> = case.priors.as_ref().map(|p| p.chunks(actions).collect());
        let given = json!({"states": states, "priors": priors});
        std::fs::write(path.with_extension("json"), given.to_string()).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx_runtime.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    if let Some(path) = std::env::var_os("WRITE_GOLDEN_ONNX") {
        std::fs::write(path, &output.stdout).unwrap();
    }
    println!(
        "weights differ by {:.1e} at most",
        compare(&serde_json::from_slice(&output.stdout).unwrap())
    );
}

#[test]
fn bounds_on_too_many_weights_are_refused_and_leave_no_file() {
    let action = ActionSpec {
        weight_cap: 0.5,
        ..ActionSpec::default()
    };
    let network = NetworkSpec::Scorer { hidden: vec![2] };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.onnx");
    let large = Case::new("large", 1448, action.clone(), network.clone());
    let error = onnx::export(&path, &large.policy).unwrap_err().to_string();
    assert!(
        error.contains("a cap, a floor or a reach beyond its prior on 1449 weights"),
        "{error}"
    );
    assert!(!path.exists());
    onnx::export(&path, &Case::new("just", 1447, action, network.clone()).policy).unwrap();
    onnx::export(
        &path,
        &Case::new("free", 1448, ActionSpec::default(), network).policy,
    )
    .unwrap();
}
