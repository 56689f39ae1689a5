//! What can only be seen in a bar some time ago: the recall market.

use crate::problems::Measured;
use crate::training::{Problem, Visit};
use ppo_risk::market::state_spec::{Content, StateSpec};
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;
use ppo_risk::policy::spec::{Activation, Distribution, NetworkSpec};
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Bars that are shown.
const WINDOW: usize = 32;

/// Probability of a flag.
const FLAGGED: f64 = 1.0 / 16.0;

/// What the value at the latest flag adds to the expected log return, what it is less than that, and its deviation.
const STRENGTH: f64 = 0.02;
const LESS: f64 = 0.00125;
const DEVIATION: f64 = 0.05;

/// With an attention over the window.
pub(crate) fn recall_by_attention(distribution: Distribution, seed: u64) -> Measured {
    let network = NetworkSpec::Attention {
        hidden: vec![32, 32],
        embedding: 16,
        heads: 2,
    };
    let captured = captured(network, WINDOW, 2_400_000, distribution, seed);
    vec![("recall_capture", 0, captured)]
}

/// With a flat network, which is shown the same bars.
pub(crate) fn recall_by_mlp(distribution: Distribution, seed: u64) -> Measured {
    let network = NetworkSpec::Mlp {
        hidden: vec![64, 64],
        activation: Activation::Tanh,
        shared_trunk: false,
    };
    let captured = captured(network, WINDOW, 1_000_000, distribution, seed);
    vec![("recall_capture_mlp", 0, captured)]
}

/// With the default network, which is shown the last bar alone: at most 1/16 can be had.
pub(crate) fn recall_without(distribution: Distribution, seed: u64) -> Measured {
    let network = NetworkSpec::Scorer { hidden: vec![32, 32] };
    let captured = captured(network, 1, 1_000_000, distribution, seed);
    vec![("recall_capture_without", 0, captured)]
}

fn captured(
    network: NetworkSpec,
    history: usize,
    total_steps: u64,
    distribution: Distribution,
    seed: u64,
) -> f64 {
    let problem = Problem {
        episode_len: 32,
        network,
        state: StateSpec {
            window: 2,
            history,
            ..StateSpec::base(1)
        },
        total_steps,
        ..Problem::of(Arc::new(RecallMarket))
    };
    let policy = problem.train(distribution, seed);
    let visits = problem.visit(&policy, 200, 32, seed + 1_000_000);
    capture(&problem, &visits)
}

/// The part of what knowing the latest value gains, over the best weight without it, that was gained in these states: where
/// no shown bar has a flag both values are as likely.
fn capture(problem: &Problem, visits: &[Visit]) -> f64 {
    let best = 0.5 * (growth(1.0, 1.0) + growth(0.0, -1.0));
    let unknowing = |weight: f64| 0.5 * (growth(weight, 1.0) + growth(weight, -1.0));
    let constant = (0..=1000).map(|i| unknowing(f64::from(i) / 1000.0));
    let constant = constant.fold(f64::NEG_INFINITY, f64::max);
    let spec = problem.spec(Distribution::Gaussian).state;
    let reached = visits.iter().map(|visit| {
        let latest = spec.blocks().find_map(|block| match block.content {
            Content::ColumnsBefore(_) if visit.state[block.range.start] > 0.5 => {
                Some(visit.state[block.range.start + 1])
            }
            _ => None,
        });
        match latest {
            Some(value) => growth(visit.weights[0], f64::from(value)),
            None => unknowing(visit.weights[0]),
        }
    });
    (reached.sum::<f64>() / visits.len() as f64 - constant) / (best - constant)
}

/// E[ln(1 + w (e^x - 1))] of the next log return x, by the trapezoidal rule over 8 deviations on either side.
fn growth(weight: f64, value: f64) -> f64 {
    let step = 0.02;
    let (mut sum, mut mass) = (0.0, 0.0);
    for i in -400..=400 {
        let z = f64::from(i) * step;
        let density = (-0.5 * z * z).exp();
        let log_return = value * STRENGTH - LESS + DEVIATION * z;
        sum += density * (weight * log_return.exp_m1()).ln_1p();
        mass += density;
    }
    sum / mass
}

/// One asset; at every close a flag with probability 1/16 and a value, +1 or -1, as columns. The next log return is normal
/// with mean 0.02 times the value at the latest flag, less 0.00125, and deviation 0.05.
#[derive(Debug, Clone)]
struct RecallMarket;

impl Market for RecallMarket {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: 2,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    fn begin(&self, _: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.memory.resize(1, 0.0);
        // At a flag long ago.
        path.memory[0] = value(stream);
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let noise: f64 = StandardNormal.sample(stream);
        bar.returns[0] = (path.memory[0] * STRENGTH - LESS + DEVIATION * noise).exp_m1();
        bar.cash_return = 0.0;
        let flagged = stream.random::<f64>() < FLAGGED;
        let shown = value(stream);
        bar.columns
            .copy_from_slice(&[f64::from(u8::from(flagged)), shown]);
        if flagged {
            path.memory[0] = shown;
        }
    }
}

fn value(stream: &mut Stream) -> f64 {
    if stream.random::<bool>() { 1.0 } else { -1.0 }
}
