//! A signal that one episode in twenty has: how many decisions until it is learnt, with prioritised trajectories and without.

use crate::problems::Measured;
use crate::quadrature::{Lognormal, Scenarios};
use crate::training::Problem;
use nalgebra::DMatrix;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;
use ppo_risk::policy::Policy;
use ppo_risk::policy::spec::Distribution;
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Part of the episodes that have it.
const SHARE: f64 = 0.05;

/// Standard deviation of a step's log return, and what the signal adds to its expected gross return.
const VOLATILITY: f64 = 0.05;
const DRIFT: f64 = 0.005;

/// What counts as learnt, how often that is looked at, and after how many decisions no more.
const LEARNT: f64 = 0.9;
const EVERY: u64 = 8_192;
const MOST: u64 = 819_200;

/// Decisions until the signal is learnt with priorities over those without.
pub(crate) fn rare_signal(distribution: Distribution, seed: u64) -> Measured {
    let [with, without] = [0.8, 0.0].map(|alpha| steps(alpha, distribution, seed));
    vec![("rare_signal_steps_ratio", 0, with as f64 / without as f64)]
}

fn steps(priority_alpha: f64, distribution: Distribution, seed: u64) -> u64 {
    let problem = Problem {
        episode_len: 64,
        priority_alpha,
        total_steps: MOST,
        ..Problem::of(Arc::new(RareMarket))
    };
    let law = Lognormal::of_log_drifts(&[DRIFT], &DMatrix::from_element(1, 1, VOLATILITY * VOLATILITY));
    let scenarios = Scenarios::of(&law, Some(0.0), 48);
    let growth = |weights: &[f64]| scenarios.expect(weights, f64::ln);
    let (best, nothing) = (growth(&scenarios.best_weights(1.0)), growth(&[0.0, 1.0]));
    let captured = |policy: &Policy| {
        let visits = problem.visit(policy, 400, 2, seed + 1_000_000);
        let flagged = visits.iter().filter(|visit| visit.columns(&problem)[0] > 0.5);
        let gained: Vec<f64> = flagged.map(|visit| growth(&visit.weights) - nothing).collect();
        gained.iter().sum::<f64>() / gained.len() as f64 / (best - nothing)
    };
    problem.steps_until(EVERY, distribution, seed, |policy| captured(policy) >= LEARNT)
}

/// One asset that earns nothing on average, but for the episodes in which a column shows a drift.
#[derive(Debug)]
struct RareMarket;

impl Market for RareMarket {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: 1,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    /// [`Path::memory`]: 1 in an episode that has it.
    fn begin(&self, _: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.memory.resize(1, 0.0);
        path.memory[0] = f64::from(u8::from(stream.random::<f64>() < SHARE));
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let noise: f64 = StandardNormal.sample(stream);
        let log_return = DRIFT * path.memory[0] - 0.5 * VOLATILITY * VOLATILITY + VOLATILITY * noise;
        bar.returns[0] = log_return.exp_m1();
        bar.cash_return = 0.0;
        bar.columns[0] = path.memory[0];
    }
}
