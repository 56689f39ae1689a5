//! How many episodes it takes to learn something whose best answer is known.

use crate::known_optima_training::Problem;
use crate::markets::{Columns, LognormalMarket};
use crate::quadrature::{Lognormal, Scenarios};
use nalgebra::DMatrix;
use ppo_risk::env::RewardMode;
use ppo_risk::policy::spec::Distribution;
use ppo_risk::train::Trainer;
use std::sync::Arc;

/// Prints `episodes_to_95pct`: one-step episodes until the certainty equivalent of the Merton problem (one asset,
/// CRRA 2), over cash and averaged over the starting states of 100 environments, reaches 95% of the optimum's.
pub(crate) fn figures() {
    let law = Lognormal::of_simple_returns(&[0.08], &DMatrix::from_element(1, 1, 0.04));
    let scenarios = Scenarios::of(&law, Some(0.02), 96);
    let best = scenarios.certainty_equivalent(&scenarios.best_weights(2.0), 2.0);
    let market = LognormalMarket {
        regimes: vec![law],
        stay: 1.0,
        cash_return: 0.02,
        columns: Columns::Nothing,
    };
    let problem = Problem {
        reward: RewardMode::Crra { a: 2.0 },
        ..Problem::of(Arc::new(market))
    };
    let spec = problem.spec(Distribution::Gaussian);
    let mut config = problem.config(1);
    // Small rollouts: the question is how few episodes do, not how exact the last digit gets.
    config.ppo.n_envs = 64;
    config.ppo.batch_size = 256;
    let mut trainer = Trainer::new(config, spec, Arc::clone(&problem.market)).expect("the problem is valid");
    let episodes = loop {
        let stats = trainer.update().expect("training runs");
        let policy = trainer.policy(serde_json::Map::new()).expect("finite parameters");
        let visits = problem.visit(&policy, 100, 1, 7);
        let reached = visits
            .iter()
            .map(|visit| scenarios.certainty_equivalent(&visit.weights, 2.0))
            .sum::<f64>()
            / visits.len() as f64;
        if (reached - 0.02) / (best - 0.02) >= 0.95 {
            break stats.episodes as f64;
        }
        if trainer.is_done() {
            break f64::NAN;
        }
    };
    println!("episodes_to_95pct {episodes:.0}");
}
