//! Nothing from the future: what is seen at a close depends on bars up to it, and on nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

mod support;

use ppo_risk::env::{EnvConfig, TradingEnvironment};
use ppo_risk::market::MarketBar;
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::state::{AccountView, StateBuilder, StateSpec};
use ppo_risk::math::random;
use ppo_risk::policy::spec::ActionSpec;
use rand_distr::{Distribution, Normal};
use std::sync::Arc;
use support::Recorded;

const ASSETS: usize = 5;

fn state_spec() -> StateSpec {
    StateSpec {
        window: 7,
        account: true,
        columns: vec!["signal".to_string()],
        ..StateSpec::base(ASSETS)
    }
}

/// A calm regime and a wild one.
fn regime() -> RegimeBlock {
    let model = serde_json::json!({
        "initial": [1.0, 0.0],
        "transition": [[0.9, 0.1], [0.2, 0.8]],
        "means": [[0.004], [-0.003]],
        "covariances": [[[5e-5]], [[2e-4]]],
    });
    RegimeBlock {
        model: serde_json::from_value(model).unwrap(),
        window: 16,
    }
}

/// Without a block that is off by default, and with all of them in each form.
fn state_specs() -> [StateSpec; 3] {
    let all = |correlation: Correlation| StateSpec {
        return_horizons: vec![3, 18],
        volatility_windows: vec![12, 2],
        history: 9,
        correlation: Some(correlation),
        regime: Some(regime()),
        time: true,
        ..state_spec()
    };
    [
        state_spec(),
        all(Correlation::Pairs { half_life: 1.3 }),
        all(Correlation::Assets { half_life: 1.7 }),
    ]
}

/// Every state with every prior.
fn kinds() -> impl Iterator<Item = (StateSpec, Prior)> {
    let with_priors = |spec: StateSpec| priors().map(|prior| (spec.clone(), prior));
    state_specs().into_iter().flat_map(with_priors)
}

fn priors() -> [Prior; 5] {
    [
        Prior::None,
        Prior::EqualWeight,
        Prior::InverseVolatility { lookback: Some(13) },
        Prior::VolTarget {
            target: 0.15,
            half_life: 5.0,
            lookback: Some(19),
        },
        Prior::Supplied,
    ]
}

fn bars(count: usize, seed: u64) -> Vec<MarketBar> {
    let mut stream = random::stream(seed, "test", 0);
    let normal = Normal::new(0.0, 0.02).unwrap();
    (0..count)
        .map(|bar| {
            let mut draw = || -> f64 { normal.sample(&mut stream) };
            let raw: Vec<f64> = (0..=ASSETS).map(|_| draw().abs()).collect();
            let sum: f64 = raw.iter().sum();
            MarketBar {
                returns: (0..ASSETS).map(|_| draw()).collect(),
                cash_return: 0.0001,
                columns: vec![draw()],
                asset_columns: Vec::new(),
                prior: raw.iter().map(|weight| weight / sum).collect(),
                time: Some(bar as i64 * 3_600_000_000_000),
                status: Vec::new(),
                costs: ppo_risk::market::BarCosts::default(),
            }
        })
        .collect()
}

const ACCOUNT: AccountView<'static> = AccountView {
    weights: &[0.1, 0.2, 0.3, 0.1, 0.1],
    cash: 0.2,
    drawdown: 0.04,
    volatility: 0.011,
    steps: 0,
    log_growth: 0.0,
};

/// State and prior weights at the close of the last bar fed.
fn seen(builder: &StateBuilder, spec: &StateSpec) -> (Vec<f32>, Vec<f64>) {
    let (mut state, mut prior) = (vec![0.0; spec.len()], vec![0.0; ASSETS + 1]);
    builder.write_state(&ACCOUNT, &mut state).unwrap();
    builder.prior_weights(&ACCOUNT, &mut prior).unwrap();
    (state, prior)
}

#[test]
fn changing_bars_after_t_changes_nothing_seen_at_t() {
    let (past, other) = (bars(60, 1), bars(60, 2));
    for (spec, prior) in kinds() {
        let action = ActionSpec {
            prior,
            ..ActionSpec::default()
        };
        // Steps through the bars and keeps everything seen and every weight held, by step.
        let run = |bars: Vec<MarketBar>| {
            let market = Arc::new(Recorded { bars });
            let config = EnvConfig::default();
            let mut environment = TradingEnvironment::new(&config, &spec, &action, market, 1, 0).unwrap();
            let mut seen = Vec::new();
            loop {
                seen.push((environment.state().to_vec(), environment.log_prior().to_vec()));
                // The decision depends on what is seen, as a policy's does.
                let scores: Vec<f32> = environment.state()[..=ASSETS].iter().map(|x| 20.0 * x).collect();
                let step = environment.step(&scores, None).unwrap();
                if step.truncated || step.terminated {
                    return seen;
                }
            }
        };
        let original = run(past.clone());
        let warm_up = StateBuilder::new(&spec, prior, true).unwrap().warm_up_bars();
        for changed_from in [warm_up, warm_up + 1, 40, 59] {
            let mut changed = past.clone();
            changed[changed_from..].clone_from_slice(&other[changed_from..]);
            let after = run(changed);
            // Bar k is first seen in state k - warm_up + 1.
            let same = changed_from - warm_up + 1;
            assert_eq!(
                original[..same],
                after[..same],
                "{spec:?}, {prior:?}, bar {changed_from}"
            );
            if same < original.len() {
                assert_ne!(original[same], after[same], "the change is seen at its own close");
            }
        }
    }
}

#[test]
fn live_feeding_is_bit_identical_to_starting_anywhere() {
    let bars = bars(80, 3);
    for (spec, prior) in kinds() {
        let new = || StateBuilder::new(&spec, prior, true).unwrap();
        let seen = |builder: &StateBuilder| seen(builder, &spec);
        let warm_up = new().warm_up_bars();
        let mut live = new();
        for (t, bar) in bars.iter().enumerate() {
            live.push(bar).unwrap();
            assert_eq!(live.ready(), t + 1 >= warm_up);
            if !live.ready() {
                continue;
            }
            // From a table: only the bars that the state needs, then reset and reused.
            let mut late = new();
            for bar in &bars[t + 1 - warm_up..=t] {
                late.push(bar).unwrap();
            }
            assert_eq!(seen(&late), seen(&live), "{spec:?}, {prior:?} at bar {t}");
            late.reset();
            for bar in &bars[t + 1 - warm_up..=t] {
                late.push(bar).unwrap();
            }
            assert_eq!(seen(&late), seen(&live));
        }
    }
}

#[test]
fn a_saved_builder_goes_on_bit_identically() {
    let bars = bars(80, 4);
    for (spec, prior) in kinds() {
        let seen = |builder: &StateBuilder| seen(builder, &spec);
        for saved_at in [0, 3, 18, 19, 50] {
            let mut builder = StateBuilder::new(&spec, prior, true).unwrap();
            for bar in &bars[..saved_at] {
                builder.push(bar).unwrap();
            }
            let text = serde_json::to_string(&builder).unwrap();
            let mut restored: StateBuilder = serde_json::from_str(&text).unwrap();
            for bar in &bars[saved_at..] {
                assert_eq!(restored.ready(), builder.ready());
                if builder.ready() {
                    assert_eq!(seen(&restored), seen(&builder));
                }
                builder.push(bar).unwrap();
                restored.push(bar).unwrap();
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let bars = bars(30, 5);
    let spec = StateSpec {
        time: true,
        ..state_spec()
    };
    let seen = |builder: &StateBuilder| seen(builder, &spec);
    let mut builder = StateBuilder::new(&spec, Prior::Supplied, true).unwrap();
    let message = builder
        .write_state(&ACCOUNT, &mut vec![0.0; spec.len()])
        .unwrap_err()
        .to_string();
    assert!(message.contains("history") && message.contains('7'), "{message}");
    for bar in &bars {
        builder.push(bar).unwrap();
    }
    let before = seen(&builder);
    let changed = |change: fn(&mut MarketBar)| {
        let mut bar = bars[0].clone();
        change(&mut bar);
        bar
    };
    for (bad, word) in [
        (changed(|bar| bar.returns[2] = f64::NAN), "bar.returns[2]"),
        (changed(|bar| bar.returns[0] = -1.1), "bar.returns[0]"),
        (changed(|bar| bar.returns.truncate(2)), "bar.returns"),
        (changed(|bar| bar.columns[0] = 1e300), "bar.columns[0] (signal)"),
        (changed(|bar| bar.columns.clear()), "bar.columns"),
        (changed(|bar| bar.cash_return = f64::INFINITY), "bar.cash_return"),
        (changed(|bar| bar.time = None), "bar.time"),
        (changed(|bar| bar.prior[1] = 0.9), "bar.prior"),
        (changed(|bar| bar.prior.clear()), "bar.prior"),
    ] {
        let message = builder.push(&bad).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
        assert_eq!(seen(&builder), before);
    }
    assert!(
        builder
            .write_state(&ACCOUNT, &mut vec![0.0; spec.len() - 1])
            .is_err()
    );
    assert!(builder.prior_weights(&ACCOUNT, &mut [0.0; ASSETS]).is_err());
}

#[test]
fn hostile_saved_builders_are_refused() {
    let spec = state_specs()[1].clone();
    let mut builder = StateBuilder::new(&spec, Prior::EqualWeight, true).unwrap();
    for bar in bars(30, 6) {
        builder.push(&bar).unwrap();
    }
    let good = serde_json::to_value(&builder).unwrap();
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut value = good.clone();
        change(&mut value);
        assert!(serde_json::from_value::<StateBuilder>(value).is_err());
    };
    refused(|value| value["spec"]["assets"] = 0.into());
    refused(|value| value["spec"]["window"] = 0.into());
    refused(|value| value["regimes"].as_array_mut().unwrap().truncate(30));
    refused(|value| value["regimes"][3] = 2.into());
    refused(|value| value["spec"]["regime"]["window"] = 0.into());
    refused(|value| value["spec"]["history"] = 1001.into());
    refused(|value| value["spec"]["return_horizons"] = vec![1].into());
    refused(|value| value["spec"]["correlation"]["pairs"]["half_life"] = 0.into());
    refused(|value| value["returns"].as_array_mut().unwrap().truncate(7));
    refused(|value| value["returns"].as_array_mut().unwrap().truncate(17 * ASSETS));
    refused(|value| value["returns"].as_array_mut().unwrap().clear());
    refused(|value| value["columns"].as_array_mut().unwrap().clear());
    refused(|value| value["bars"] = (-1).into());
}
