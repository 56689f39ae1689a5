//! The forward pass of the installed library, against libtorch's.

use crate::acting;
use crate::agent::Agent;
use ppo_risk::env::{EnvConfig, TradingEnvironment};
use ppo_risk::ffi::agent::PPO_PRECISION_BF16;
use ppo_risk::market::csv::{CsvOptions, Splits, read_csv};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateBuilder;
use ppo_risk::market::table::TableMarket;
use ppo_risk::math::random;
use ppo_risk::policy::action::{deterministic_weights, log_prior};
use ppo_risk::policy::{Policy, Workspace, file};
use ppo_risk::train::witness;
use rand::RngExt;
use std::path::Path;
use std::sync::Arc;

/// States of each policy and kind.
const STATES: usize = 100_000;
/// States that go through libtorch together.
const TOGETHER: usize = 1_000;

/// Prints `parity_weight_error`, the largest difference of a weight, and `parity_value_error`, the largest difference of
/// a value over max(1, |value|). Of the benchmark network and of the demo policy (a scorer, trained on prices), in 10^5
/// random states each, up to four deviations of its normaliser from the mean; and of the demo policy in as many
/// states that it comes by trading the price file, where that is there. `bf16_weight_error` is what weights in bf16 move
/// a weight by.
pub(crate) fn figures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (demo, _) =
        file::load(root.join("models/sp500-20-stocks.safetensors")).expect("the demo policy can be read");
    let network = acting::policy();
    let mut errors = vec![
        (
            "random, benchmark network",
            differences(&network, &Agent::new(&network), random_states(&network)),
        ),
        (
            "random, demo policy",
            differences(&demo, &Agent::new(&demo), random_states(&demo)),
        ),
    ];
    let prices = root.join("data/sp500_20_stocks.csv");
    match prices.exists() {
        true => errors.push((
            "traded, demo policy",
            differences(&demo, &Agent::new(&demo), traded_states(&demo, &prices)),
        )),
        false => eprintln!("{} is not there: parity in random states only", prices.display()),
    }
    let (mut weight, mut value) = (0.0_f64, 0.0_f64);
    for (states, errors) in errors {
        eprintln!("parity in states {states}: {:.2e} {:.2e}", errors.0, errors.1);
        (weight, value) = (weight.max(errors.0), value.max(errors.1));
    }
    println!("parity_weight_error {weight:.2e}");
    println!("parity_value_error {value:.2e}");
    println!("bf16_weight_error {:.2e}", bf16_error(&network, &demo, &prices));
}

/// Largest difference of a weight between bf16 and libtorch's f32: of the benchmark network in random states, and of one
/// like it in states of the price file.
fn bf16_error(network: &Policy, demo: &Policy, prices: &Path) -> f64 {
    let in_bf16 = |policy: &Policy| {
        let agent = Agent::new(policy);
        agent.set_precision(PPO_PRECISION_BF16);
        agent
    };
    let (mut error, _) = differences(network, &in_bf16(network), random_states(network));
    if prices.exists() {
        let mut spec = demo.spec().clone();
        spec.network = network.spec().network.clone();
        let wide = acting::policy_of(spec);
        error = error.max(differences(&wide, &in_bf16(&wide), traded_states(&wide, prices)).0);
    }
    error
}

/// Writes the next state ([S]) and the weights of its prior ([A]).
trait NextState: FnMut(&mut [f32], &mut [f64]) {}
impl<F: FnMut(&mut [f32], &mut [f64])> NextState for F {}

fn random_states(policy: &Policy) -> impl NextState {
    let scale: Vec<(f64, f64)> = (0..policy.spec().state.len())
        .map(|i| policy.normalizer().feature(i))
        .collect();
    let mut stream = random::stream(3, "benchmark", 0);
    move |state: &mut [f32], prior: &mut [f64]| {
        for (value, (mean, deviation)) in state.iter_mut().zip(&scale) {
            *value = (mean + deviation * stream.random_range(-4.0..4.0)) as f32;
        }
        prior
            .iter_mut()
            .for_each(|weight| *weight = stream.random_range(0.0..0.2));
    }
}

/// What the policy sees while it trades the price file, in episodes of 252 bars from random starts.
fn traded_states(policy: &Policy, prices: &Path) -> impl NextState {
    let spec = policy.spec();
    // RRC fell to a third in a bar of 1990, which was no split.
    let options = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let table = Arc::new(read_csv(prices, &options).expect("the price file is whole"));
    let builder = StateBuilder::new(&spec.state, spec.action.prior, spec.action.cash);
    let warm_up = builder.expect("a policy's spec is valid").warm_up_bars();
    let market = TableMarket::new(Arc::clone(&table), 0..=table.bars() - 1, warm_up, 0.0);
    let market = Arc::new(market.expect("the file is long enough"));
    let config = EnvConfig::default();
    let environment = TradingEnvironment::new(&config, &spec.state, &spec.action, market, 3, 0);
    let mut environment = environment.expect("the policy was trained on this file");
    let mut workspace = Workspace::new(spec);
    let mut weights = vec![0.0; spec.action_len()];
    let policy = policy.clone();
    move |state: &mut [f32], prior: &mut [f64]| {
        state.copy_from_slice(environment.state());
        environment.prior_weights(prior).expect("it is warm");
        policy
            .weights(state, Some(prior), &mut workspace, &mut weights)
            .expect("a finite state");
        let step = environment.step_weights(&weights).expect("weights of the policy");
        if step.terminated || step.truncated {
            environment.reset().expect("it was reset before");
        }
    }
}

/// (weights, values): largest differences between the agent, which has this policy, and libtorch.
fn differences(policy: &Policy, agent: &Agent, mut next: impl NextState) -> (f64, f64) {
    let spec = policy.spec();
    let (inputs, actions) = (spec.state.len(), spec.action_len());
    let has_prior = spec.action.prior != Prior::None;
    let (mut worst_weight, mut worst_value) = (0.0_f64, 0.0_f64);
    let mut states = vec![0.0; TOGETHER * inputs];
    let mut priors = vec![0.0; TOGETHER * actions];
    let mut offset = vec![0.0; actions];
    let (mut ours, mut theirs) = (vec![0.0; actions], vec![0.0; actions]);
    for _ in 0..STATES / TOGETHER {
        for (state, prior) in states
            .chunks_exact_mut(inputs)
            .zip(priors.chunks_exact_mut(actions))
        {
            next(state, prior);
        }
        let (scores, values) = witness::scores_and_values(policy, &states).expect("libtorch runs");
        let rows = states.chunks_exact(inputs).zip(priors.chunks_exact(actions));
        for (row, (state, prior)) in rows.enumerate() {
            let given = has_prior.then_some(prior);
            offset.fill(0.0);
            if let Some(prior) = given {
                log_prior(&spec.action, prior, &[], &mut offset);
            }
            let scores = &scores[row * actions..][..actions];
            deterministic_weights(&spec.action, spec.state.assets, &[], &offset, scores, &mut theirs);
            agent.decide(state, given, &mut ours);
            for (a, b) in ours.iter().zip(&theirs) {
                worst_weight = worst_weight.max((a - b).abs());
            }
            let value = agent.value(state);
            let difference = (value - f64::from(values[row])).abs();
            worst_value = worst_value.max(difference / f64::from(values[row].abs()).max(1.0));
        }
    }
    (worst_weight, worst_value)
}
