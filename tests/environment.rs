//! The single environment against an independent program, closed forms, and hostile input.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

mod support;

use ppo_risk::env::reward::{RewardMode, ShapedReward};
use ppo_risk::env::{ControlVariate, Costs, EnvConfig, TradingEnvironment};
use ppo_risk::market::MarketBar;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::{AccountView, StateBuilder, StateSpec};
use ppo_risk::policy::spec::{ActionSpec, Distribution};
use serde_json::Value;
use std::sync::Arc;
use support::Recorded;

/// A bar without columns.
fn bar(returns: &[f64], cash_return: f64) -> MarketBar {
    MarketBar {
        returns: returns.to_vec(),
        cash_return,
        columns: Vec::new(),
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status: Vec::new(),
        costs: ppo_risk::market::BarCosts::default(),
    }
}

fn recorded(returns: &[Vec<f64>]) -> Recorded {
    Recorded {
        bars: returns.iter().map(|returns| bar(returns, 0.0)).collect(),
    }
}

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/environment.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn golden_market(golden: &Value) -> Recorded {
    let returns = golden["returns"].as_array().unwrap();
    let bars = returns.iter().zip(numbers(&golden["cash_returns"]));
    Recorded {
        bars: bars.map(|(r, cash)| bar(&numbers(r), cash)).collect(),
    }
}

fn spec(assets: usize, window: usize) -> StateSpec {
    StateSpec {
        window,
        ..StateSpec::base(assets)
    }
}

fn vol_target(lookback: usize) -> Prior {
    Prior::VolTarget {
        target: 0.15,
        half_life: 4.0,
        lookback: Some(lookback),
    }
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{found} against {expected}"
    );
}

/// tests/golden/make_environment.py, numpy float64: 1e-12 relative, states 1e-7 as they are f32; the differential
/// Sharpe ratio, whose variance is a difference of moments, 1e-9.
#[test]
fn every_step_equals_the_independent_program() {
    let golden = golden();
    let market: Arc<Recorded> = Arc::new(golden_market(&golden));
    let state = StateSpec {
        account: true,
        ..spec(3, 5)
    };
    let modes = [
        ("shaped", RewardMode::default(), 1e-12),
        ("log_return", RewardMode::LogReturn, 1e-12),
        ("crra", RewardMode::Crra { a: 3.0 }, 1e-12),
        ("mean_variance", RewardMode::MeanVariance { a: 5.0 }, 1e-12),
        (
            "differential_sharpe",
            RewardMode::DifferentialSharpe {
                eta: Some(1.0 / 60.0),
            },
            1e-9,
        ),
    ];
    for episode in golden["episodes"].as_array().unwrap() {
        let action = ActionSpec {
            prior: vol_target(12),
            trade_band: episode["band"].as_f64().unwrap(),
            ..ActionSpec::default()
        };
        for (name, reward, tolerance) in modes {
            let config = EnvConfig {
                costs: Costs {
                    cost_rate: 0.004,
                    ..Costs::default()
                },
                reward,
                ..EnvConfig::default()
            };
            let mut environment =
                TradingEnvironment::new(&config, &state, &action, market.clone(), 1, 0).unwrap();
            let steps = episode["steps"].as_array().unwrap();
            for (t, expected) in steps.iter().enumerate() {
                for (&found, expected) in environment.state().iter().zip(numbers(&expected["state"])) {
                    close(f64::from(found), expected, 1e-7);
                }
                let prior = numbers(&expected["priors"]["vol_target"]);
                for (&found, prior) in environment.log_prior().iter().zip(prior) {
                    // The margin of 4 weights within a reach of 0.5.
                    close(f64::from(found), (prior + 0.125).ln(), 1e-7);
                }
                let target = numbers(&golden["targets"][t + 12]);
                let step = environment.step_weights(&target).unwrap();
                close(step.turnover, expected["turnover"].as_f64().unwrap(), 1e-12);
                close(step.cost, expected["cost"].as_f64().unwrap(), 1e-12);
                close(step.net_return, expected["net_return"].as_f64().unwrap(), 1e-12);
                close(step.log_growth, step.net_return.ln_1p(), 1e-12);
                close(
                    environment.account().value(),
                    expected["value"].as_f64().unwrap(),
                    1e-12,
                );
                close(
                    step.reward,
                    expected["rewards"][name].as_f64().unwrap(),
                    tolerance,
                );
                assert_eq!(step.truncated, t + 1 == steps.len());
            }
        }
    }
}

#[test]
fn priors_equal_the_independent_program() {
    let golden = golden();
    let market = golden_market(&golden);
    for (name, prior) in [
        (
            "inverse_volatility",
            Prior::InverseVolatility { lookback: Some(12) },
        ),
        ("vol_target", vol_target(12)),
    ] {
        let mut builder = StateBuilder::new(&spec(3, 5), prior, true).unwrap();
        for (t, bar) in market.bars.iter().enumerate() {
            if t >= 12 {
                let expected = numbers(&golden["episodes"][0]["steps"][t - 12]["priors"][name]);
                let mut found = [0.0; 4];
                let nothing = AccountView {
                    weights: &[0.0; 3],
                    cash: 1.0,
                    drawdown: 0.0,
                    volatility: 0.0,
                    steps: 0,
                    log_growth: 0.0,
                };
                builder.prior_weights(&nothing, &mut found).unwrap();
                for (found, expected) in found.into_iter().zip(expected) {
                    close(found, expected, 1e-13);
                }
            }
            builder.push(bar).unwrap();
        }
    }
}

/// Three bars worked out by hand: one asset and cash, costs of 1%, cash earning 0.1% a bar, log reward.
#[test]
fn three_bars_by_hand() {
    let bars = vec![
        bar(&[0.03], 0.001),
        bar(&[0.10], 0.001),
        bar(&[-0.20], 0.001),
        bar(&[0.05], 0.001),
    ];
    let config = EnvConfig {
        costs: Costs {
            cost_rate: 0.01,
            ..Costs::default()
        },
        balance: 1000.0,
        reward: RewardMode::LogReturn,
        ..EnvConfig::default()
    };
    let market = Arc::new(Recorded { bars });
    let mut environment =
        TradingEnvironment::new(&config, &spec(1, 1), &ActionSpec::default(), market, 1, 0).unwrap();
    assert_eq!(environment.state(), [0.0, 0.03, 0.0, 1.0]);
    // Cash to half and half: mu = 1/(1 + c/2); then half grows by 10%, half by 0.1%.
    let step = environment.step_weights(&[0.5, 0.5]).unwrap();
    let value = 1000.0 / 1.005 * (0.5 * 1.1 + 0.5 * 1.001);
    close(environment.account().value(), value, 1e-14);
    close(step.reward, (value / 1000.0).ln(), 1e-14);
    let weight = 0.55 / 1.0505;
    close(environment.account().weights()[0], weight, 1e-14);
    // All into cash: the sale costs 1% of what was held.
    let step = environment.step_weights(&[0.0, 1.0]).unwrap();
    close(step.cost, 0.01 * weight, 1e-14);
    close(step.turnover, weight, 1e-14);
    let value = value * (1.0 - 0.01 * weight) * 1.001;
    close(environment.account().value(), value, 1e-14);
    // All into the asset: mu = 1/(1 + c).
    let step = environment.step_weights(&[1.0, 0.0]).unwrap();
    let value = value / 1.01 * 1.05;
    close(environment.account().value(), value, 1e-14);
    assert!(step.truncated && !step.terminated);
    assert!(
        environment.step_weights(&[1.0, 0.0]).is_err(),
        "the episode has ended"
    );
    environment.reset().unwrap();
    assert_eq!(environment.account().value(), 1000.0);
}

#[test]
fn ruin_is_terminated_and_the_end_of_the_data_is_truncated() {
    let last = |final_return: f64| {
        let market = Arc::new(recorded(&[
            vec![0.01, 0.0],
            vec![0.01, 0.0],
            vec![final_return, 0.0],
        ]));
        let config = EnvConfig {
            costs: Costs {
                cost_rate: 0.0,
                ..Costs::default()
            },
            ..EnvConfig::default()
        };
        let mut environment =
            TradingEnvironment::new(&config, &spec(2, 1), &ActionSpec::default(), market, 1, 0).unwrap();
        let first = environment.step_weights(&[1.0, 0.0, 0.0]).unwrap();
        assert!(!first.terminated && !first.truncated);
        let step = environment.step_weights(&[1.0, 0.0, 0.0]).unwrap();
        assert!(environment.state().iter().all(|x| x.is_finite()));
        (step.terminated, step.truncated)
    };
    assert_eq!(last(0.01), (false, true));
    assert_eq!(last(-1.0), (true, false), "ruin at the very end is ruin");
}

#[test]
fn the_episode_ends_after_its_length() {
    let market = Arc::new(recorded(&vec![vec![0.01, -0.01]; 30]));
    let config = EnvConfig {
        episode_len: 7,
        ..EnvConfig::default()
    };
    let mut environment =
        TradingEnvironment::new(&config, &spec(2, 5), &ActionSpec::default(), market, 1, 0).unwrap();
    let ends: Vec<bool> = (0..7)
        .map(|_| environment.step(&[0.0; 3], None).unwrap().truncated)
        .collect();
    assert_eq!(ends, [false, false, false, false, false, false, true]);
    assert_eq!(environment.stats().steps, 7);
}

#[test]
fn self_critical_gives_the_reward_of_the_deterministic_action() {
    let golden = golden();
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        let action = ActionSpec {
            distribution,
            prior: vol_target(12),
            trade_band: 0.1,
            // A softmax: its shares are the weights.
            reach: 0.0,
            ..ActionSpec::default()
        };
        let run = |control_variate, sampled: [f32; 4], scores: [f32; 4], step: usize| {
            let config = EnvConfig {
                control_variate,
                ..EnvConfig::default()
            };
            let market = Arc::new(golden_market(&golden));
            let mut environment =
                TradingEnvironment::new(&config, &spec(3, 5), &action, market, 1, 0).unwrap();
            // The same history up to `step`, then the action in question.
            for _ in 0..step {
                environment.step(&[0.1, 0.2, 0.3, 0.4], Some(&[0.0; 4])).unwrap();
            }
            environment.step(&sampled, Some(&scores)).unwrap()
        };
        let (sampled, scores) = ([0.7, 0.1, 0.1, 0.1], [0.5, -1.0, 0.3, -0.2]);
        for step in [0, 1, 25] {
            let critical = run(ControlVariate::SelfCritical, sampled, scores, step);
            let plain = run(ControlVariate::None, sampled, scores, step);
            assert_eq!(plain.baseline_reward, 0.0);
            assert_eq!(critical.reward, plain.reward);
            // Taking the deterministic action for real has that very reward. Its image as a sampled action is the
            // scores (gaussian), or the weights, which f32 rounds (dirichlet).
            let taken = match distribution {
                Distribution::Gaussian => run(ControlVariate::None, scores, scores, step),
                Distribution::Dirichlet => {
                    let config = EnvConfig::default();
                    let market = Arc::new(golden_market(&golden));
                    let mut twin =
                        TradingEnvironment::new(&config, &spec(3, 5), &action, market, 1, 0).unwrap();
                    for _ in 0..step {
                        twin.step(&[0.1, 0.2, 0.3, 0.4], None).unwrap();
                    }
                    let raw: Vec<f64> = twin
                        .log_prior()
                        .iter()
                        .zip(scores)
                        .map(|(p, s)| f64::from(p + s).exp())
                        .collect();
                    let weights: Vec<f64> = raw.iter().map(|w| w / raw.iter().sum::<f64>()).collect();
                    twin.step_weights(&weights).unwrap()
                }
            };
            close(critical.baseline_reward, taken.reward, 1e-8);
            assert!((critical.baseline_reward - critical.reward).abs() > 1e-6);
        }
    }
}

#[test]
fn prior_path_subtracts_what_the_prior_followed_from_the_start_earns() {
    let golden = golden();
    let action = ActionSpec {
        prior: vol_target(12),
        trade_band: 0.1,
        weight_cap: 0.4,
        ..ActionSpec::default()
    };
    let new = |control_variate| {
        let config = EnvConfig {
            reward: RewardMode::LogReturn,
            control_variate,
            ..EnvConfig::default()
        };
        let market = Arc::new(golden_market(&golden));
        TradingEnvironment::new(&config, &spec(3, 5), &action, market, 1, 0).unwrap()
    };
    let (mut with, mut prior_itself) = (new(ControlVariate::PriorPath), new(ControlVariate::None));
    let mut plain = new(ControlVariate::None);
    for t in 0..36 {
        let scores = [1.0, -0.5, (t as f32).sin(), 0.0];
        let step = with.step(&scores, None).unwrap();
        // Scores of 0 follow the prior, but for the rounding of its logarithm.
        let prior_reward = prior_itself.step(&[0.0; 4], None).unwrap().reward;
        assert_eq!(step.raw_reward, plain.step(&scores, None).unwrap().reward);
        close(step.reward, step.raw_reward - prior_reward, 1e-7);
    }
    close(with.stats().reward_sum, plain.stats().reward_sum, 0.0);
}

#[test]
fn actions_are_softmax_scores_or_weights_under_the_caps() {
    let market = || Arc::new(recorded(&vec![vec![0.01, -0.02, 0.03]; 10]));
    let run = |action: &ActionSpec, sampled: &[f32]| {
        let config = EnvConfig {
            costs: Costs {
                cost_rate: 0.0,
                ..Costs::default()
            },
            ..EnvConfig::default()
        };
        let mut environment = TradingEnvironment::new(&config, &spec(3, 2), action, market(), 1, 0).unwrap();
        environment.step(sampled, None).unwrap().net_return
    };
    let gaussian = ActionSpec {
        cash: false,
        ..ActionSpec::default()
    };
    let scores = [0.5_f32, -0.25, 1.0];
    let raw = scores.map(|s| f64::from(s).exp());
    let sum: f64 = raw.iter().sum();
    close(
        run(&gaussian, &scores),
        (0.01 * raw[0] - 0.02 * raw[1] + 0.03 * raw[2]) / sum,
        1e-14,
    );
    let dirichlet = ActionSpec {
        distribution: Distribution::Dirichlet,
        ..gaussian.clone()
    };
    close(run(&dirichlet, &[0.25, 0.25, 0.5]), 0.0125, 1e-14);
    let capped = ActionSpec {
        weight_cap: 0.4,
        ..dirichlet
    };
    // (0.25, 0.25, 0.5) with a cap of 0.4: the excess is shared alike.
    close(
        run(&capped, &[0.25, 0.25, 0.5]),
        0.01 * 0.3 - 0.02 * 0.3 + 0.03 * 0.4,
        1e-14,
    );
}

#[test]
fn hostile_input_is_refused_by_name() {
    let bars = |count: usize| Arc::new(recorded(&vec![vec![0.01, -0.01]; count]));
    let config = EnvConfig::default();
    let action = ActionSpec::default();
    let new = |config: &EnvConfig, state: &StateSpec, action: &ActionSpec, market| {
        TradingEnvironment::new(config, state, action, market, 1, 0)
    };
    let refused = |config: &EnvConfig, state: &StateSpec, action: &ActionSpec, market, word: &str| {
        let message = new(config, state, action, market)
            .err()
            .expect("an error")
            .to_string();
        assert!(message.contains(word), "{message}");
    };
    refused(&config, &spec(0, 5), &action, bars(30), "state.assets");
    refused(&config, &spec(2, 0), &action, bars(30), "state.window");
    refused(&config, &spec(2, 30), &action, bars(30), "too short");
    refused(&config, &spec(3, 5), &action, bars(30), "market.assets");
    let supplied = ActionSpec {
        prior: Prior::Supplied,
        ..ActionSpec::default()
    };
    refused(&config, &spec(2, 5), &supplied, bars(30), "prior");
    let columns = StateSpec {
        columns: vec!["signal".to_string()],
        ..spec(2, 5)
    };
    refused(&config, &columns, &action, bars(30), "market.columns");
    let nan_reward = EnvConfig {
        reward: RewardMode::Shaped(ShapedReward {
            cost: f64::NAN,
            ..ShapedReward::default()
        }),
        ..config
    };
    refused(&nan_reward, &spec(2, 5), &action, bars(30), "reward.shaped.cost");
    for bad in [f64::NAN, f64::INFINITY, -1.5] {
        let mut market = recorded(&vec![vec![0.01, -0.01]; 30]);
        market.bars[3].returns[1] = bad;
        refused(&config, &spec(2, 5), &action, Arc::new(market), "bar.returns[1]");
    }

    let mut environment = new(&config, &spec(2, 5), &action, bars(30)).unwrap();
    let before = environment.state().to_vec();
    for (bad, word) in [
        (&[0.0, f32::NAN, 0.0][..], "action[0][1]"),
        (&[0.0, 0.0, f32::INFINITY], "action[0][2]"),
        (&[0.0, 0.0], "2 values"),
    ] {
        let message = environment.step(bad, None).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
    for bad in [
        &[0.5, 0.6, 0.0][..],
        &[f64::NAN, 0.5, 0.5],
        &[1.5, -0.5, 0.0],
        &[1.0],
    ] {
        assert!(environment.step_weights(bad).is_err(), "{bad:?}");
    }
    assert_eq!(environment.state(), before, "a refused action moves nothing");
    let critical = EnvConfig {
        control_variate: ControlVariate::SelfCritical,
        ..config
    };
    let mut environment = new(&critical, &spec(2, 5), &action, bars(30)).unwrap();
    let message = environment.step(&[0.0; 3], None).unwrap_err().to_string();
    assert!(message.contains("deterministic"), "{message}");
    let followed = EnvConfig {
        control_variate: ControlVariate::PolicyPath,
        ..config
    };
    let refused = new(&followed, &spec(2, 5), &action, bars(30)).err().unwrap();
    let expected = "`env.control_variate` is policy_path, expected none, prior_path or self_critical";
    assert!(refused.to_string().starts_with(expected), "{refused}");
    let dirichlet = ActionSpec {
        distribution: Distribution::Dirichlet,
        ..action
    };
    let mut environment = new(&config, &spec(2, 5), &dirichlet, bars(30)).unwrap();
    assert!(environment.step(&[0.0; 3], None).is_err());
    assert!(environment.step(&[-0.5, 1.0, 0.5], None).is_err());
}
