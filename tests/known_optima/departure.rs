//! How far the evidence of folds lets a policy depart from its prior: where there is nothing to learn, and where there is.

use crate::markets::{Columns, LognormalMarket};
use crate::quadrature::Lognormal;
use crate::signals::SignalLaw;
use crate::training::Problem;
use chrono::NaiveDate;
use nalgebra::DMatrix;
use ndarray::Array2;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::{FoldsConfig, run_in_turn, untrained};
use ppo_risk::env::{ControlVariate, EnvConfig};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarsPerYear, Market, MarketBar, Path};
use ppo_risk::math::random::stream;
use ppo_risk::policy::spec::{Distribution, NetworkSpec};
use ppo_risk::policy::{Departure, Policy};
use ppo_risk::train::{TrainConfig, Trainer};
use rayon::prelude::*;
use std::sync::Arc;

/// What the mean departure of policies that learnt noise may be.
pub(crate) const MOST_FROM_NOISE: f64 = 0.1;

/// What the departure of a policy with a signal has to be.
pub(crate) const LEAST_FROM_A_SIGNAL: f64 = 0.8;

/// Trainings whose mean departure is taken.
const TRAININGS: u64 = 20;

/// Ten years of five alike assets, with five columns of noise, 20 times: the mean λ.
pub(crate) fn noise_departure() -> f64 {
    let covariance = DMatrix::from_fn(5, 5, |i, j| 0.04 / 252.0 * if i == j { 1.0 } else { 0.3 });
    let market = LognormalMarket {
        regimes: vec![Lognormal::of_log_drifts(&[0.08 / 252.0; 5], &covariance)],
        stay: 1.0,
        cash_return: 0.0,
        columns: Columns::Noise(5),
    };
    let problem = small(Problem {
        episode_len: 252,
        cash: false,
        total_steps: 20_480,
        ..Problem::of(Arc::new(market))
    });
    let all: Vec<Departure> = (1..=TRAININGS)
        .into_par_iter()
        .map(|seed| departure(&problem, 2_520, seed))
        .collect();
    all.iter().map(|found| found.lambda).sum::<f64>() / TRAININGS as f64
}

/// 40 years of the planted signal: λ, and m/s, which has to be 5 or more for the figure to say anything.
pub(crate) fn planted_departure() -> (f64, f64) {
    let problem = small(Problem {
        total_steps: 102_400,
        ..SignalLaw::new(5, false).problem()
    });
    let found = departure(&problem, 10_080, 1);
    (found.lambda, found.mean / found.standard_error)
}

fn small(problem: Problem) -> Problem {
    Problem {
        prior: Prior::EqualWeight,
        network: NetworkSpec::Mlp {
            hidden: vec![16],
            activation: ppo_risk::policy::spec::Activation::Tanh,
            shared_trunk: false,
        },
        ..problem
    }
}

/// By four folds over so many bars of the problem's market, drawn with this seed.
fn departure(problem: &Problem, bars: usize, seed: u64) -> Departure {
    let table = Arc::new(prices(&*problem.market, bars, seed));
    let mut spec = problem.spec(Distribution::Gaussian);
    spec.assets = table.assets().to_vec();
    spec.state.columns = table.columns().to_vec();
    let warm_up = spec
        .state_builder(table.bars_per_year())
        .expect("it fits")
        .warm_up_bars();
    let folds = FoldsConfig {
        folds: 4,
        ..FoldsConfig::default()
    };
    let folds = folds.over(0..=bars - 1, warm_up, 252).expect("bars enough");
    let market = |range| TableMarket::new(Arc::clone(&table), range, warm_up, 0.0).expect("bars enough");
    let trained: Vec<(Policy, Arc<TableMarket>)> = folds
        .into_iter()
        .map(|fold| {
            let training = market(fold.training)
                .without(&fold.embargoed)
                .expect("bars enough");
            let config = TrainConfig {
                total_steps: problem.total_steps,
                ..problem.config(seed)
            };
            let mut trainer = Trainer::new(config, spec.clone(), Arc::new(training)).expect("it is valid");
            trainer
                .train(|_| std::ops::ControlFlow::Continue(()))
                .expect("training runs through");
            let policy = trainer.policy(serde_json::Map::new()).expect("it is finite");
            (policy, Arc::new(market(fold.test)))
        })
        .collect();
    let env = EnvConfig {
        control_variate: ControlVariate::None,
        ..problem.config(seed).env
    };
    let in_turn = |policies: &[Policy]| {
        let tests = trained.iter().map(|(_, test)| Arc::clone(test));
        let turns: Vec<_> = policies.iter().zip(tests).collect();
        run_in_turn("policy", &turns, &env)
            .expect("it runs through")
            .returns
    };
    let learnt: Vec<Policy> = trained.iter().map(|(policy, _)| policy.clone()).collect();
    let priors = learnt
        .iter()
        .map(|policy| untrained(policy).expect("it exists").expect("it has a prior"));
    let priors: Vec<Policy> = priors.collect();
    let (learnt, prior) = (in_turn(&learnt), in_turn(&priors));
    let gain = BlockBootstrap::default().growth_difference(&learnt, &prior);
    let gain = gain.expect("as long as each other");
    Departure::by_evidence(gain.estimate, gain.standard_error, learnt.len())
}

/// A table of a market's bars, its columns included.
fn prices(market: &dyn Market, bars: usize, seed: u64) -> PriceTable {
    let shape = market.shape();
    let (mut path, mut draws) = (Path::default(), stream(seed, "prices", 0));
    let mut bar = MarketBar::zeros(shape);
    let mut close = Array2::from_elem((bars, shape.assets), 100.0);
    let mut columns = Array2::zeros((bars, shape.columns));
    market.begin(1, bars - 1, &mut path, &mut draws);
    for t in 0..bars {
        market.advance(&mut path, &mut draws, &mut bar);
        for (column, value) in bar.columns.iter().enumerate() {
            columns[[t, column]] = *value;
        }
        for (asset, earned) in bar.returns.iter().enumerate().filter(|_| t > 0) {
            close[[t, asset]] = close[[t - 1, asset]] * (1.0 + earned);
        }
    }
    let start = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
    let names = |kind: &str, count: usize| (0..count).map(|i| format!("{kind} {i}")).collect::<Vec<_>>();
    let dates = start.iter_days().take(bars).collect();
    PriceTable::new(dates, names("asset", shape.assets), close)
        .expect("prices above 0")
        .with_bars_per_year(BarsPerYear::DAILY)
        .with_columns(names("column", shape.columns), columns)
        .expect("as long as the prices")
}
