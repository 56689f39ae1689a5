//! One whole PPO update against an independent program (tests/golden/make_ppo_update.py, JAX in float64).
#![cfg(feature = "train")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::rl::gae::{Steps, advantages};
use ppo_risk::rl::rollout::RolloutBuffer;
use ppo_risk::train::learner::{Learner, LossConfig, MinibatchStats};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    n_envs: usize,
    n_steps: usize,
    bars: usize,
    embedding: usize,
    heads: usize,
    action_len: usize,
    hidden: Vec<usize>,
    gamma: f32,
    gae_lambda: f32,
    clip_range: f64,
    vf_coef: f64,
    ent_coef: f64,
    learning_rate: f64,
    adam_eps: f64,
    max_grad_norm: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    network: String,
    kind: Distribution,
    clip_range_vf: Option<f64>,
    self_critical: bool,
    parameters: Vec<f32>,
    states: Vec<f32>,
    log_priors: Vec<f32>,
    actions: Vec<f32>,
    log_probs: Vec<f32>,
    values: Vec<f32>,
    rewards: Vec<f32>,
    baseline_rewards: Vec<f32>,
    next_values: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
    minibatches: Vec<Vec<u32>>,
    advantages: Vec<f64>,
    returns: Vec<f64>,
    figures: Vec<[f64; 7]>,
    /// Of the first minibatch, before its norm is clipped.
    gradient: Vec<f64>,
    new_parameters: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/ppo_update.json"))
        .expect("the golden file is the script's output")
}

/// Largest difference relative to max(|expected|, 0.1).
fn relative_error(found: impl IntoIterator<Item = f64>, expected: &[f64]) -> f64 {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    found
        .iter()
        .zip(expected)
        .fold(0.0, |top, (f, e)| top.max((f - e).abs() / e.abs().max(0.1)))
}

fn spec(golden: &Golden, case: &Case) -> PolicySpec {
    let hidden = golden.hidden.clone();
    let (network, columns, history) = match case.network.as_str() {
        "mlp" => {
            let network = NetworkSpec::Mlp {
                hidden,
                activation: Activation::Tanh,
                shared_trunk: true,
            };
            (network, Vec::new(), 0)
        }
        "scorer" => (NetworkSpec::Scorer { hidden }, vec!["column".into()], 0),
        "attention" => {
            let network = NetworkSpec::Attention {
                hidden,
                embedding: golden.embedding,
                heads: golden.heads,
            };
            (network, vec!["column".into()], golden.bars)
        }
        other => panic!("no network {other}"),
    };
    PolicySpec {
        assets: vec!["a".into(), "b".into()],
        state: StateSpec {
            columns,
            history,
            ..StateSpec::base(2)
        },
        action: ActionSpec {
            distribution: case.kind,
            cash: true,
            ..ActionSpec::default()
        },
        network,
    }
}

fn buffer(golden: &Golden, case: &Case) -> RolloutBuffer {
    let mut buffer = RolloutBuffer::new(
        golden.n_envs,
        golden.n_envs,
        golden.n_steps,
        spec(golden, case).state.len(),
        golden.action_len,
    )
    .unwrap();
    buffer.states.copy_from_slice(&case.states);
    buffer.log_priors.copy_from_slice(&case.log_priors);
    buffer.actions.copy_from_slice(&case.actions);
    buffer.log_probs.copy_from_slice(&case.log_probs);
    buffer.values.copy_from_slice(&case.values);
    buffer.rewards.copy_from_slice(&case.rewards);
    buffer.baseline_rewards.copy_from_slice(&case.baseline_rewards);
    let steps = Steps {
        rewards: &case.rewards,
        values: &case.values,
        next_values: &case.next_values,
        terminated: &case.terminated,
        truncated: &case.truncated,
        ratios: &[],
    };
    advantages(
        steps,
        golden.n_envs,
        golden.gamma,
        golden.gae_lambda,
        &mut buffer.advantages,
    );
    for ((target, advantage), value) in buffer
        .returns
        .iter_mut()
        .zip(&buffer.advantages)
        .zip(&buffer.values)
    {
        *target = advantage + value;
    }
    buffer
}

#[test]
fn advantages_and_value_targets_equal_the_definition() {
    let golden = golden();
    for case in &golden.cases {
        let buffer = buffer(&golden, case);
        assert!(relative_error(buffer.advantages.iter().map(|&a| f64::from(a)), &case.advantages) < 1e-5);
        assert!(relative_error(buffer.returns.iter().map(|&a| f64::from(a)), &case.returns) < 1e-5);
    }
}

#[test]
fn losses_and_new_parameters_equal_the_independent_program() {
    let golden = golden();
    for threads in [1, 2] {
        for case in &golden.cases {
            let buffer = buffer(&golden, case);
            let mut learner =
                Learner::new(spec(&golden, case), &case.parameters, tch::Device::Cpu, threads).unwrap();
            let ppo = PpoConfig {
                clip_range_vf: case.clip_range_vf,
                ent_coef: golden.ent_coef,
                vf_coef: golden.vf_coef,
                ..PpoConfig::default()
            };
            let config = LossConfig {
                ppo: &ppo,
                clip_range: golden.clip_range,
                self_critical: case.self_critical,
            };
            for (i, (rows, expected)) in case.minibatches.iter().zip(&case.figures).enumerate() {
                let stats: MinibatchStats = learner.differentiate(&buffer, rows, config).unwrap();
                let found = [
                    stats.policy_loss,
                    stats.value_loss,
                    stats.baseline_loss,
                    stats.entropy,
                    stats.approx_kl,
                    stats.clip_fraction,
                    stats.grad_norm,
                ];
                let error = relative_error(found, expected);
                assert!(
                    error < 1e-5,
                    "losses off by {error}: {found:?} against {expected:?}"
                );
                if i == 0 {
                    let found = learner.gradient().unwrap().into_iter().map(f64::from);
                    let off = found
                        .zip(&case.gradient)
                        .map(|(found, expected)| (found - expected).abs());
                    let error = off.fold(0.0, f64::max) / expected[6];
                    assert!(
                        error < 1e-6,
                        "{}: gradient off by {error} of its norm",
                        case.network
                    );
                }
                learner
                    .apply(
                        golden.learning_rate,
                        golden.max_grad_norm,
                        golden.adam_eps,
                        stats.grad_norm,
                    )
                    .unwrap();
            }
            let error = relative_error(
                learner.values().unwrap().into_iter().map(f64::from),
                &case.new_parameters,
            );
            // Adam divides each gradient by its size: of one near adam_eps the digits that f32 has lost count as much as those
            // of a large one. Those of an attention's queries and keys are such.
            let bound = if case.network == "attention" { 1e-4 } else { 1e-5 };
            assert!(error < bound, "{}: parameters off by {error}", case.network);
        }
    }
}
