//! From a market to a manager in one call, by decisions or by episodes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::env::{EnvConfig, RewardMode};
use ppo_risk::market::BarColumns;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::portfolio::{Portfolio, PortfolioConfig, TrainingLength};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::train::TrainConfig;
use std::ops::ControlFlow;
use std::sync::Arc;

const ASSETS: usize = 3;

/// Trains on a simulated market; returns the manager and what was heard of episodes and decisions.
fn train(length: TrainingLength) -> ppo_risk::Result<(Portfolio, u64, u64)> {
    let market = Arc::new(Gbm::new(GbmParameters::default_assets(ASSETS))?);
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            window: 5,
            ..StateSpec::base(ASSETS)
        },
        action: ActionSpec::default(),
        network: NetworkSpec::Scorer { hidden: vec![4] },
    };
    let train = TrainConfig {
        total_steps: 1,
        threads: 1,
        ppo: PpoConfig {
            n_envs: 4,
            n_steps: 16,
            batch_size: 32,
            n_epochs: 1,
            ..PpoConfig::default()
        },
        env: EnvConfig {
            episode_len: 16,
            reward: RewardMode::LogReturn,
            ..EnvConfig::default()
        },
        ..TrainConfig::default()
    };
    let (mut episodes, mut steps) = (0, 0);
    let config = PortfolioConfig::default();
    let manager = Portfolio::train(market, spec, train, length, config, |stats| {
        (episodes, steps) = (stats.episodes, stats.env_steps);
        ControlFlow::Continue(())
    })?;
    Ok((manager, episodes, steps))
}

#[test]
fn training_is_as_long_as_asked_for_and_the_manager_decides() {
    // A rollout is 64 decisions and 4 episodes.
    let (mut manager, _, steps) = train(TrainingLength::Steps(130)).unwrap();
    assert_eq!(steps, 192);
    let provenance = &manager.policy().provenance;
    assert_eq!(provenance["env_steps"], 192);
    // Where `ppo-risk evaluate` looks for the cost.
    assert!(provenance["configuration"]["train"]["env"]["cost_rate"].is_f64());
    let (_, episodes, _) = train(TrainingLength::Episodes(9)).unwrap();
    assert_eq!(episodes, 12);
    for t in 0..=manager.warm_up_bars() {
        let price = 100.0 + t as f64;
        manager
            .push_prices(&[price, 2.0 * price, 50.0], 0.0, BarColumns::default())
            .unwrap();
    }
    let weights = manager.rebalance().unwrap();
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_length_of_nothing_is_refused() {
    for length in [TrainingLength::Episodes(0), TrainingLength::Steps(0)] {
        assert!(train(length).is_err(), "{length:?}");
    }
}
