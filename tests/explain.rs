//! Explanations of decisions: complete, of the blocks that the network reads, and the command that prints them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, file};
use std::path::Path;

const ASSETS: usize = 4;

fn policy(network: NetworkSpec, prior: Prior, listed: bool, value: impl Fn(&str, usize) -> f32) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            account: true,
            columns: vec!["signal".to_string()],
            history: 5,
            listed,
            ..StateSpec::base(ASSETS)
        },
        action: ActionSpec {
            prior,
            ..ActionSpec::default()
        },
        network,
    };
    let values = layout(&spec);
    let values = values
        .iter()
        .flat_map(|tensor| (0..tensor.len()).map(|k| value(&tensor.name, k)))
        .collect();
    let mut normalizer = ObservationNormalizer::new(&spec);
    let seen: Vec<f32> = (0..5 * spec.state.len())
        .map(|k| ((11 * k) % 23) as f32 / 8.0)
        .collect();
    normalizer.update(&seen).unwrap();
    Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap()
}

fn any_value(_: &str, k: usize) -> f32 {
    ((37 * k) % 101) as f32 / 128.0 - 0.390_625
}

fn state_of(policy: &Policy, salt: usize) -> Vec<f32> {
    let len = policy.spec().state.len();
    let mut state: Vec<f32> = (0..len)
        .map(|k| ((29 * k + salt) % 211) as f32 / 64.0 - 1.5)
        .collect();
    if let Some(flags) = policy.spec().state.listed_range() {
        state[flags].copy_from_slice(&[1.0, 0.0, 1.0, 1.0]);
    }
    state
}

/// The parts add up to what the policy does: to 1e-4, and far nearer where nothing is at a bound.
#[test]
fn the_parts_add_up_to_the_weights() {
    let mlp = NetworkSpec::Mlp {
        hidden: vec![16, 8],
        activation: Activation::Tanh,
        shared_trunk: true,
    };
    let attention = NetworkSpec::Attention {
        hidden: vec![8, 4],
        embedding: 6,
        heads: 3,
    };
    let scorer = NetworkSpec::Scorer { hidden: vec![8, 4] };
    let prior = [0.3, 0.1, 0.2, 0.15, 0.25];
    for (network, rule, listed) in [
        (mlp, Prior::None, false),
        (scorer.clone(), Prior::EqualWeight, false),
        (scorer, Prior::EqualWeight, true),
        (attention, Prior::EqualWeight, false),
    ] {
        let policy = policy(network, rule, listed, any_value);
        for salt in 0..5 {
            let prior = (rule != Prior::None).then_some(&prior[..]);
            let explanation = policy.explain(&state_of(&policy, salt), prior).unwrap();
            assert!(explanation.parts.iter().any(|part| part.turnover() > 1e-3));
            for (i, weight) in explanation.weights.iter().enumerate() {
                let moved: f64 = explanation.parts.iter().map(|part| part.moves[i]).sum();
                let off = (explanation.at_mean[i] + moved - weight).abs();
                assert!(off < 1e-4, "weight {i}, listed {listed}: off by {off}");
            }
            let listed_moves = explanation.parts.iter().filter(|part| part.block == "listed");
            listed_moves.for_each(|part| assert!(part.turnover() == 0.0));
        }
    }
}

/// A network that reads the caller's column alone: whatever else the state says, only the column moved anything.
#[test]
fn what_the_network_does_not_read_moves_nothing() {
    let mlp = NetworkSpec::Mlp {
        hidden: vec![3],
        activation: Activation::Tanh,
        shared_trunk: true,
    };
    let inputs = policy(mlp.clone(), Prior::None, false, any_value)
        .spec()
        .state
        .len();
    let policy = policy(mlp, Prior::None, false, |name, k| match name {
        "trunk.0.weight" if k % inputs != inputs - 1 => 0.0,
        _ => any_value(name, k),
    });
    let explanation = policy.explain(&state_of(&policy, 3), None).unwrap();
    for part in &explanation.parts {
        assert_eq!(part.turnover() > 1e-3, part.block == "columns", "{}", part.block);
    }
}

/// A state of one block that differs from the mean: its part is the whole difference, whatever the way there.
#[test]
fn one_block_alone_makes_the_whole_difference() {
    let attention = NetworkSpec::Attention {
        hidden: vec![8, 4],
        embedding: 6,
        heads: 3,
    };
    let policy = policy(attention, Prior::None, false, any_value);
    let blocks: Vec<_> = policy.spec().state.blocks().collect();
    let lag = blocks
        .iter()
        .position(|block| block.content.name() == "returns at lag 3")
        .unwrap();
    let changed = state_of(&policy, 1);
    let mut state = policy.normalizer().mean_state();
    let own = blocks[lag].range.clone();
    state[own.clone()].copy_from_slice(&changed[own]);
    let explanation = policy.explain(&state, None).unwrap();
    for (i, part) in explanation.parts.iter().enumerate() {
        assert_eq!(part.turnover() > 1e-5, i == lag, "{}", part.block);
    }
    for (i, change) in explanation.parts[lag].moves.iter().enumerate() {
        let off = (explanation.weights[i] - explanation.at_mean[i] - change).abs();
        assert!(off < 1e-5, "weight {i}: off by {off}");
    }
}

#[test]
fn what_cannot_be_decided_in_cannot_be_explained() {
    let policy = policy(
        NetworkSpec::Scorer { hidden: vec![3] },
        Prior::None,
        false,
        any_value,
    );
    let mut state = state_of(&policy, 0);
    state[2] = f32::NAN;
    let error = policy.explain(&state, None).unwrap_err().to_string();
    assert!(error.contains("state[2]"), "{error}");
    let error = policy.explain(&state[1..], None).unwrap_err().to_string();
    assert!(error.contains("values"), "{error}");
}

/// The demo policy, in a state of its own market's kind.
#[test]
fn the_demo_policy_is_explained() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sp500-20-stocks.safetensors");
    let (policy, _) = file::load(demo).unwrap();
    let prior = vec![1.0 / policy.spec().action_len() as f64; policy.spec().action_len()];
    let explanation = policy
        .explain(&policy.normalizer().mean_state(), Some(&prior))
        .unwrap();
    assert_eq!(explanation.weights, explanation.at_mean);
    assert!(explanation.parts.iter().all(|part| part.turnover() == 0.0));
}
