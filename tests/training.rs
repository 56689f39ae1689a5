//! A run is the same run however it is cut: resumed from a checkpoint, on one thread or on two.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ppo_risk::env::{ControlVariate, EnvConfig, RewardMode, Start};
use ppo_risk::market::Market;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::file::{Extras, to_bytes};
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::rl::stats::UpdateStats;
use ppo_risk::train::{DeviceChoice, TrainConfig, Trainer};
use std::ops::ControlFlow;
use std::sync::Arc;

#[path = "support/allocations.rs"]
mod allocations;
#[allow(dead_code, reason = "other tests make more of it")]
#[path = "support/ragged.rs"]
mod ragged;

const UPDATES: u64 = 6;
const ASSETS: usize = 4;

/// A run's settings, its policy's spec and its market: one for each combination of parts that keeps state.
fn cases() -> Vec<(TrainConfig, PolicySpec, Arc<dyn Market>)> {
    let parameters = GbmParameters::default_assets(ASSETS);
    let simulated: Arc<dyn Market> = Arc::new(Gbm::new(parameters.clone()).unwrap());
    let start = chrono::NaiveDate::from_ymd_opt(2000, 1, 3).unwrap();
    let prices = ppo_risk::market::simulate::SimulatedParameters::Gbm(parameters)
        .prices(700, start, 5)
        .unwrap();
    let table: Arc<dyn Market> = Arc::new(TableMarket::new(Arc::new(prices), 0..=699, 252, 0.0).unwrap());
    let vol_target = Prior::VolTarget {
        target: 0.15,
        half_life: 20.0,
        lookback: Some(252),
    };
    let mlp = NetworkSpec::Mlp {
        hidden: vec![16, 16],
        activation: Activation::Tanh,
        shared_trunk: false,
    };
    let scorer = NetworkSpec::Scorer { hidden: vec![8, 8] };
    let case =
        |network: &NetworkSpec, distribution, prior, reward, control_variate, market: &Arc<dyn Market>| {
            let ppo = PpoConfig {
                n_envs: 24,
                n_steps: 32,
                batch_size: 512,
                ..PpoConfig::default()
            };
            let total_steps = UPDATES * ppo.rollout_len() as u64;
            let env = EnvConfig {
                episode_len: 50,
                reward,
                control_variate,
                ..EnvConfig::default()
            };
            let config = TrainConfig {
                seed: 3,
                total_steps,
                threads: 1,
                device: DeviceChoice::Cpu,
                ppo,
                env,
            };
            let spec = PolicySpec {
                assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
                state: StateSpec {
                    account: true,
                    ..StateSpec::base(ASSETS)
                },
                action: ActionSpec {
                    distribution,
                    prior,
                    trade_band: 0.02,
                    ..ActionSpec::default()
                },
                network: network.clone(),
            };
            (config, spec, Arc::clone(market))
        };
    use ControlVariate::{None, PolicyPath, PriorPath, SelfCritical};
    use Distribution::{Dirichlet, Gaussian};
    let sharpe = RewardMode::DifferentialSharpe { eta: Some(0.01) };
    // Assets that come and go, long and short.
    let changing = ragged::Ragged::long(6).table();
    let last = changing.bars() - 1;
    let changing: Arc<dyn Market> =
        Arc::new(TableMarket::new(Arc::new(changing), 0..=last, 20, 0.0).unwrap());
    let missing = |network: &NetworkSpec, distribution, short, control_variate| {
        let prior = Prior::EqualWeight;
        let made = case(
            network,
            distribution,
            prior,
            RewardMode::LogReturn,
            control_variate,
            &changing,
        );
        let (config, mut spec, market) = made;
        (spec.state, spec.action) = ragged::spec_parts(prior, distribution, short);
        (config, spec, market)
    };
    let attention = NetworkSpec::Attention {
        hidden: vec![8, 8],
        embedding: 6,
        heads: 2,
    };
    let with_history = |(config, mut spec, market): (TrainConfig, PolicySpec, Arc<dyn Market>)| {
        spec.state.history = 18;
        (config, spec, market)
    };
    let mut by_priority = missing(&mlp, Gaussian, true, SelfCritical);
    by_priority.0.ppo.priority_alpha = 0.8;
    by_priority.0.env.start = Start::Random;
    vec![
        by_priority,
        missing(&scorer, Gaussian, true, SelfCritical),
        missing(&mlp, Dirichlet, false, PriorPath),
        case(
            &scorer,
            Gaussian,
            vol_target,
            RewardMode::LogReturn,
            PriorPath,
            &table,
        ),
        case(
            &mlp,
            Dirichlet,
            Prior::None,
            RewardMode::default(),
            SelfCritical,
            &simulated,
        ),
        case(&mlp, Gaussian, Prior::EqualWeight, sharpe, None, &table),
        with_history(case(
            &attention,
            Gaussian,
            Prior::EqualWeight,
            RewardMode::LogReturn,
            PriorPath,
            &table,
        )),
        with_history(missing(&attention, Gaussian, true, SelfCritical)),
        missing(&mlp, Dirichlet, false, PolicyPath),
        with_history(missing(&attention, Gaussian, true, PolicyPath)),
    ]
}

fn policy_bytes(trainer: &Trainer) -> Vec<u8> {
    to_bytes(
        &trainer.policy(serde_json::Map::new()).unwrap(),
        &Extras::default(),
    )
    .unwrap()
}

/// All figures but the speed.
fn figures(stats: &UpdateStats) -> String {
    format!(
        "{:?}",
        UpdateStats {
            env_steps_per_s: 0.0,
            ..stats.clone()
        }
    )
}

fn run(trainer: &mut Trainer, updates: u64) -> Vec<String> {
    let mut log = Vec::new();
    for _ in 0..updates {
        let stats = trainer.update().unwrap();
        assert!(stats.first_ratio_error < 1e-5, "{}", stats.first_ratio_error);
        assert_eq!(stats.skipped_minibatches, 0);
        log.push(figures(&stats));
    }
    log
}

#[test]
fn resuming_gives_the_numbers_of_a_run_that_never_stopped() {
    for (i, (config, spec, market)) in cases().into_iter().enumerate() {
        let mut whole = Trainer::new(config.clone(), spec.clone(), Arc::clone(&market)).unwrap();
        let log = run(&mut whole, UPDATES);
        assert!(whole.is_done());

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        let mut first = Trainer::new(config, spec, Arc::clone(&market)).unwrap();
        let mut cut_log = run(&mut first, UPDATES / 2);
        first.save_checkpoint(&path, serde_json::Map::new()).unwrap();
        drop(first);
        let mut second = Trainer::resume(&path, market).unwrap();
        cut_log.extend(run(&mut second, UPDATES / 2));
        assert_eq!(log, cut_log, "case {i}");
        assert_eq!(policy_bytes(&whole), policy_bytes(&second), "case {i}");
    }
}

#[test]
fn numbers_do_not_depend_on_the_number_of_threads() {
    for (i, (config, spec, market)) in cases().into_iter().enumerate() {
        let with_threads = |threads| {
            let config = TrainConfig {
                threads,
                ..config.clone()
            };
            let mut trainer = Trainer::new(config, spec.clone(), Arc::clone(&market)).unwrap();
            (run(&mut trainer, 3), policy_bytes(&trainer))
        };
        assert_eq!(with_threads(1), with_threads(2), "case {i}");
        assert_eq!(with_threads(1), with_threads(3), "case {i}");
    }
}

#[test]
fn another_seed_gives_other_numbers() {
    let (config, spec, market) = cases().swap_remove(2);
    let with_seed = |seed| {
        let config = TrainConfig {
            seed,
            ..config.clone()
        };
        let mut trainer = Trainer::new(config, spec.clone(), Arc::clone(&market)).unwrap();
        run(&mut trainer, 1)
    };
    assert_ne!(with_seed(1), with_seed(2));
}

#[test]
fn a_checkpoint_is_not_continued_on_another_market_or_from_a_plain_policy() {
    let (config, spec, market) = cases().swap_remove(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let mut trainer = Trainer::new(config, spec, Arc::clone(&market)).unwrap();
    trainer.save_checkpoint(&path, serde_json::Map::new()).unwrap();
    let mut other = GbmParameters::default_assets(ASSETS);
    other.drift[0] += 0.01;
    let error = Trainer::resume(&path, Arc::new(Gbm::new(other).unwrap()))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("`market` is another one"), "{error}");

    let plain = folder.path().join("policy.safetensors");
    let policy = trainer.policy(serde_json::Map::new()).unwrap();
    ppo_risk::policy::file::save(&plain, &policy, &Extras::default()).unwrap();
    let error = Trainer::resume(&plain, market).err().unwrap().to_string();
    assert!(error.contains("metadata `checkpoint` is missing"), "{error}");
}

#[test]
fn training_stops_where_it_is_told_to() {
    let (config, spec, market) = cases().swap_remove(2);
    let mut trainer = Trainer::new(config, spec, market).unwrap();
    let progress = trainer
        .train(|stats| {
            if stats.update == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .unwrap();
    assert_eq!(progress.updates, 2);
    assert_eq!(trainer.progress(), progress);
}

#[test]
fn a_market_of_another_shape_or_a_policy_for_cuda_where_there_is_none_is_refused() {
    let (config, mut spec, market) = cases().swap_remove(2);
    spec.state.columns = vec!["signal".into()];
    let error = Trainer::new(config.clone(), spec.clone(), Arc::clone(&market))
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("market.columns"), "{error}");
    if !tch::Cuda::is_available() {
        spec.state.columns.clear();
        let config = TrainConfig {
            device: DeviceChoice::Cuda,
            ..config
        };
        let error = Trainer::new(config, spec, market).err().unwrap().to_string();
        assert!(error.starts_with("`device` is cuda"), "{error}");
    }
}

/// Nor does bringing a policy up to date, but for an attention. Episodes that end later than others may make a list longer once; priorities draw
/// lists of their own, and a path of the policy's begins with copies of the environments.
#[test]
fn an_update_allocates_nothing() {
    for (config, spec, market) in cases() {
        let is_followed = config.env.control_variate == ControlVariate::PolicyPath;
        if config.ppo.priority_alpha > 0.0 || is_followed {
            continue;
        }
        let what = format!("{:?}, {:?}", spec.network, spec.action);
        let attention = spec.attention().is_some();
        let mut trainer = Trainer::new(config, spec, market).unwrap();
        let mut policy = trainer.policy(serde_json::Map::new()).unwrap();
        let allocated: Vec<usize> = (0..4 * UPDATES)
            .map(|_| {
                let before = allocations::count();
                trainer.update().unwrap();
                let of_update = allocations::count() - before;
                trainer.update_policy(&mut policy).unwrap();
                match attention {
                    true => of_update,
                    false => allocations::count() - before,
                }
            })
            .collect();
        assert!(allocated[0] > 0, "the counter counts");
        assert_eq!(allocated.iter().min(), Some(&0), "{what}: {allocated:?}");
        let now = trainer.policy(serde_json::Map::new()).unwrap();
        assert_eq!(policy.network().parameters(), now.network().parameters());
        assert_eq!(policy.normalizer(), now.normalizer());
    }
}
