//! Steps a second of a batch of environments on one thread, everything included: softmax, exact costs, reward,
//! drift, state written, returns drawn.

use ppo_risk::env::{BatchEnvironment, EnvConfig};
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random;
use ppo_risk::policy::spec::ActionSpec;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ASSETS: usize = 10;
const ENVIRONMENTS: usize = 64;
/// Steps of the whole batch in one timing: two episodes.
const STEPS: usize = 504;
/// Timings, of which the median counts.
const REPEATS: usize = 31;

/// Prints `env_steps_per_s`: 10 assets, 64 environments, fully invested, gaussian, no prior, shaped reward, episodes
/// of 252 steps, volatility over 20 bars, correlated geometric Brownian motion.
pub(crate) fn figures() {
    let market = Gbm::new(GbmParameters::default_assets(ASSETS)).expect("default parameters are valid");
    let state = StateSpec {
        assets: ASSETS,
        window: 20,
        account: false,
        columns: Vec::new(),
    };
    let action = ActionSpec {
        cash: false,
        ..ActionSpec::default()
    };
    let config = EnvConfig::default();
    let mut batch = BatchEnvironment::new(&config, &state, &action, Arc::new(market), 1, 0, ENVIRONMENTS)
        .expect("the settings are valid");
    // Standard normal scores, as a new policy samples them; drawn beforehand, as they are the policy's work.
    let mut stream = random::stream(1, "benchmark", 0);
    let scores: Vec<Vec<f32>> = (0..16)
        .map(|_| {
            let draws = StandardNormal.sample_iter(&mut stream);
            draws.take(ENVIRONMENTS * ASSETS).collect()
        })
        .collect();
    let mut rates: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            for step in 0..STEPS {
                let result = batch.step(&scores[step % scores.len()], None);
                black_box(result.expect("finite scores and returns").rewards[0]);
            }
            black_box(batch.take_episodes());
            (STEPS * ENVIRONMENTS) as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("env_steps_per_s {:.0}", rates[REPEATS / 2]);
}
