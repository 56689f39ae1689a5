//! The update that is written out against libtorch's autograd: the gradient of one minibatch and the parameters after some
//! steps, for every network, distribution and option.

#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::rl::rollout::RolloutBuffer;
use ppo_risk::train::learner::{Learner, LossConfig, MinibatchStats};
use rand::RngExt;
use tch::Device;

const ROWS: usize = 300;

/// Bars that an attention reads: no whole number of vectors.
const HISTORY: usize = 21;

fn spec(network: NetworkSpec, distribution: Distribution, listed: bool, short: bool) -> PolicySpec {
    PolicySpec {
        assets: ["a", "b", "c"].map(String::from).to_vec(),
        state: StateSpec {
            account: true,
            columns: vec!["x".into()],
            asset_columns: vec!["own".into()],
            listed,
            history: match network {
                NetworkSpec::Attention { .. } => HISTORY,
                _ => 0,
            },
            ..StateSpec::base(3)
        },
        action: ActionSpec {
            distribution,
            short,
            ..ActionSpec::default()
        },
        network,
    }
}

/// A rollout of noise, whose old policy is another one; with `listed` some shares are missing, and in some rows all but one.
fn buffer(spec: &PolicySpec, draws: &mut Stream) -> RolloutBuffer {
    let (inputs, scores) = (spec.state.len(), spec.score_len());
    let mut buffer = RolloutBuffer::new(ROWS, ROWS, 1, inputs, scores).unwrap();
    let mut draw = |low: f32, high: f32| draws.random_range(low..high);
    buffer.states.fill_with_draws(&mut || draw(-2.0, 2.0));
    if spec.state.history > 0 {
        put_histories(spec, &mut buffer);
    }
    for row in 0..ROWS {
        let all = row * scores..(row + 1) * scores;
        let priors = &mut buffer.log_priors[all.clone()];
        priors.iter_mut().for_each(|prior| *prior = draw(-3.0, 0.0));
        if spec.state.listed {
            for prior in &mut priors[..scores - 1] {
                if row % 10 == 0 || draw(0.0, 1.0) < 0.3 {
                    *prior = f32::NEG_INFINITY;
                }
            }
        }
        let free: Vec<bool> = priors.iter().map(|prior| *prior > f32::NEG_INFINITY).collect();
        let actions = &mut buffer.actions[all];
        let mut sum = 0.0;
        for (action, free) in actions.iter_mut().zip(&free) {
            *action = match (spec.action.distribution, *free) {
                (Distribution::Gaussian, _) => draw(-1.0, 1.0),
                (Distribution::Dirichlet, true) => draw(0.01, 1.0),
                (Distribution::Dirichlet, false) => 0.0,
            };
            sum += *action;
        }
        if spec.action.distribution == Distribution::Dirichlet {
            actions.iter_mut().for_each(|action| *action /= sum);
        }
    }
    for values in [
        &mut buffer.values,
        &mut buffer.returns,
        &mut buffer.advantages,
        &mut buffer.baseline_rewards,
    ] {
        values.iter_mut().for_each(|value| *value = draw(-1.0, 1.0));
    }
    buffer
}

/// Histories of rows that follow each other, up to three bars apart, with a jump now and then.
fn put_histories(spec: &PolicySpec, buffer: &mut RolloutBuffer) {
    let mut draws = stream(7, "test", 0);
    let mut draw = |low: f32, high: f32| draws.random_range(low..high);
    let mut bars = vec![0.0; 64 * 3 * ROWS];
    bars.fill_with_draws(&mut || draw(-2.0, 2.0));
    let mut time = 0;
    for row in 0..ROWS {
        time += draw(0.0, 4.0) as usize + if draw(0.0, 1.0) < 0.02 { HISTORY } else { 0 };
        for block in spec.state.blocks() {
            let Some((number, back)) = block.content.place_in_history(1) else {
                continue;
            };
            let bar = (time + HISTORY - back) % (3 * ROWS);
            let from = &bars[64 * bar + 8 * number..][..block.range.len()];
            buffer.states[row * spec.state.len()..][block.range].copy_from_slice(from);
        }
    }
}

trait Draws {
    fn fill_with_draws(&mut self, draw: &mut dyn FnMut() -> f32);
}

impl Draws for Vec<f32> {
    fn fill_with_draws(&mut self, draw: &mut dyn FnMut() -> f32) {
        self.iter_mut().for_each(|value| *value = draw());
    }
}

/// Largest difference as a part of the largest value.
fn distance(found: &[f32], expected: &[f32]) -> f64 {
    let largest = expected
        .iter()
        .fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let off = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    f64::from(off.fold(0.0, f32::max) / largest)
}

fn figures(stats: &MinibatchStats) -> [f64; 8] {
    [
        stats.policy_loss,
        stats.value_loss,
        stats.baseline_loss,
        stats.entropy,
        stats.approx_kl,
        stats.clip_fraction,
        stats.ratio_error,
        stats.grad_norm,
    ]
}

/// Where autograd runs: a GPU where the environment variable AUTOGRAD_DEVICE is `cuda`, as `make cuda` sets it.
fn witness_device() -> Device {
    match std::env::var("AUTOGRAD_DEVICE").as_deref() {
        Err(_) | Ok("cpu") => Device::Cpu,
        Ok("cuda") => Device::Cuda(0),
        Ok(other) => panic!("AUTOGRAD_DEVICE is `{other}`, expected cpu or cuda"),
    }
}

/// Each tensor by itself: one whose slopes are small beside the others' is not hidden by these, down to a hundredth of them.
fn check_tensors(name: &str, spec: &PolicySpec, found: &[f32], expected: &[f32]) {
    let size = |values: &[f32]| {
        let largest = values
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        f64::from(largest)
    };
    let mut first = 0;
    for tensor in layout(spec) {
        let own = first..first + tensor.len();
        first = own.end;
        let least = 1e-2 * size(expected);
        let difference: Vec<f32> = own.clone().map(|i| found[i] - expected[i]).collect();
        let off = size(&difference) / size(&expected[own]).max(least);
        assert!(
            off < 1e-3,
            "{name}: the gradient of {} is off by {off}",
            tensor.name
        );
    }
}

fn check(name: &str, spec: &PolicySpec, ppo: &PpoConfig, self_critical: bool) {
    let mut draws = stream(5, "test", 0);
    let mut buffer = buffer(spec, &mut draws);
    let mut values = initial_values(spec, -0.5, 20.0, 3);
    // Away from the start, where most slopes are nearly 0.
    values
        .iter_mut()
        .for_each(|value| *value += draws.random_range(-0.3..0.3));
    let config = LossConfig {
        ppo,
        clip_range: 0.2,
        self_critical,
    };
    let device = witness_device();
    let mut witness = Learner::by_autograd(spec.clone(), &values, device).unwrap();
    let mut learner = Learner::new(spec.clone(), &values, Device::Cpu, 2).unwrap();
    // Ratios on both sides of the clip range: the old log-probabilities are near those of now.
    buffer.log_probs = witness.log_probs_of(&buffer).unwrap();
    buffer
        .log_probs
        .iter_mut()
        .for_each(|log_prob| *log_prob += draws.random_range(-0.4..0.4));
    let rows: Vec<u32> = (0..ROWS as u32).rev().collect();
    for (step, rows) in rows.chunks(ROWS.div_ceil(2)).cycle().take(6).enumerate() {
        let expected = witness.differentiate(&buffer, rows, config).unwrap();
        let found = learner.differentiate(&buffer, rows, config).unwrap();
        let off = distance(&learner.gradient().unwrap(), &witness.gradient().unwrap());
        // Of the same parameters; then of such as have parted by a rounding, which may lie on two sides of a corner.
        let most = match (step, device) {
            (0, Device::Cpu) => 1e-5,
            (0, _) => 1e-4,
            _ => 1e-3,
        };
        assert!(off < most, "{name}, step {step}: the gradient is off by {off}");
        if step == 0 {
            check_tensors(
                name,
                spec,
                &learner.gradient().unwrap(),
                &witness.gradient().unwrap(),
            );
        }
        for (i, (found, expected)) in figures(&found).iter().zip(figures(&expected)).enumerate() {
            let off = (found - expected).abs() / expected.abs().max(1.0);
            assert!(
                step > 0 || off < 2.0 * most,
                "{name}, figure {i}: {found} {expected}"
            );
        }
        learner.apply(1e-3, 0.5, 1e-5, found.grad_norm).unwrap();
        witness.apply(1e-3, 0.5, 1e-5, expected.grad_norm).unwrap();
    }
    let off = distance(&learner.values().unwrap(), &witness.values().unwrap());
    assert!(off < 1e-4, "{name}: after six steps parameters are off by {off}");
}

fn attention(embedding: usize, heads: usize) -> NetworkSpec {
    NetworkSpec::Attention {
        hidden: vec![20, 12],
        embedding,
        heads,
    }
}

#[test]
fn gradients_are_those_of_autograd() {
    let mlp = |activation, shared_trunk| NetworkSpec::Mlp {
        hidden: vec![40, 24],
        activation,
        shared_trunk,
    };
    let plain = PpoConfig::default();
    let all = PpoConfig {
        clip_range_vf: Some(0.3),
        ent_coef: 0.05,
        normalize_advantage: false,
        ..PpoConfig::default()
    };
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        for (kind, network) in [
            ("tanh, shared", mlp(Activation::Tanh, true)),
            ("relu, separate", mlp(Activation::Relu, false)),
            ("scorer", NetworkSpec::Scorer { hidden: vec![20, 12] }),
            ("attention, 3 heads", attention(6, 3)),
            ("attention, 2 heads", attention(32, 2)),
            (
                "one layer",
                NetworkSpec::Mlp {
                    hidden: vec![17],
                    activation: Activation::Tanh,
                    shared_trunk: false,
                },
            ),
        ] {
            for (listed, short) in [(false, false), (true, false), (false, true), (true, true)] {
                let spec = spec(network.clone(), distribution, listed, short);
                for (options, ppo, self_critical) in [("plain", &plain, false), ("all", &all, true)] {
                    let name = format!("{kind}, {distribution:?}, listed {listed}, short {short}, {options}");
                    check(&name, &spec, ppo, self_critical);
                }
            }
        }
    }
}

/// The numbers of an update are those of one thread on any number of threads.
#[test]
fn threads_change_nothing() {
    for network in [NetworkSpec::Scorer { hidden: vec![20, 12] }, attention(6, 3)] {
        threads_change_nothing_in(&spec(network, Distribution::Gaussian, true, true));
    }
}

fn threads_change_nothing_in(spec: &PolicySpec) {
    let values = initial_values(spec, -0.5, 20.0, 3);
    let buffer = buffer(spec, &mut stream(6, "test", 0));
    let ppo = PpoConfig::default();
    let config = LossConfig {
        ppo: &ppo,
        clip_range: 0.2,
        self_critical: true,
    };
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    let after = |threads: usize| {
        let mut learner = Learner::new(spec.clone(), &values, Device::Cpu, threads).unwrap();
        for rows in rows.chunks(130) {
            let stats = learner.differentiate(&buffer, rows, config).unwrap();
            learner.apply(1e-3, 0.5, 1e-5, stats.grad_norm).unwrap();
        }
        learner.values().unwrap()
    };
    let one = after(1);
    assert_ne!(one, values);
    for threads in 2..=4 {
        assert_eq!(after(threads), one, "{threads} threads");
    }
}
