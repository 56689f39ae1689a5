//! The tear sheet against pandas, scipy and empyrical-reloaded (tests/golden/tear_sheet.py), 1e-10.
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

use ndarray::Array2;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::report::SeedRun;
use ppo_risk::backtest::{Report, Track};
use ppo_risk::market::{BarsPerYear, Time};
use ppo_risk::risk::benchmark::Benchmarked;
use ppo_risk::risk::metrics::{Conventions, win_rate};
use serde_json::{Value, json};

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/tear_sheet.json")).unwrap()
}

fn numbers(values: &Value) -> Vec<f64> {
    let values = values.as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

fn track(name: &str, golden: &Value, returns: &str) -> Track {
    let times: Vec<Time> = golden["times"]
        .as_array()
        .unwrap()
        .iter()
        .map(|time| Time::parse(time.as_str().unwrap()).unwrap())
        .collect();
    let bars = times.len();
    Track {
        name: name.to_string(),
        times,
        bars_per_year: BarsPerYear::DAILY,
        returns: numbers(&golden[returns]),
        cash_returns: numbers(&golden["cash"]),
        weights: Array2::from_elem((bars, 2), 0.5),
        turnover: vec![0.01; bars],
        costs: vec![0.00002; bars],
        left_out: Vec::new(),
    }
}

fn report(golden: &Value) -> Report {
    Report {
        title: "tear sheet".to_string(),
        assets: vec!["A".to_string()],
        universe: Vec::new(),
        seeds: vec![SeedRun {
            seed: 0,
            track: track("policy", golden, "returns"),
            prior: None,
            curve: Vec::new(),
        }],
        baselines: vec![track("other", golden, "other")],
        benchmark: None,
        managed: None,
        departure: None,
        train_period: None,
        configuration: json!({}),
        train_env_steps_per_s: f64::NAN,
        wall_s: 0.0,
        left_out: Vec::new(),
        caveats: Vec::new(),
        bootstrap: BlockBootstrap {
            draws: 100,
            ..BlockBootstrap::default()
        },
    }
}

fn near(found: &Value, expected: &Value, what: &str) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!(
        (found - expected).abs() < 1e-10 * (1.0 + expected.abs()),
        "{what}: {found} against {expected}"
    );
}

#[test]
fn every_figure_is_another_programs() {
    let golden = golden();
    let summary = report(&golden).summary().unwrap();
    let sheet: Value = serde_json::from_str(&summary.json()).unwrap();
    let sheet = &sheet["tear_sheet"];
    for (name, expected) in golden["shape"].as_object().unwrap() {
        near(&sheet[name], expected, name);
    }
    for (name, expected) in golden["relation"].as_object().unwrap() {
        near(&sheet["relative"]["other"][name], expected, name);
    }
    let months = sheet["months"].as_array().unwrap();
    let expected = golden["months"].as_array().unwrap();
    assert_eq!(months.len(), expected.len());
    for (found, expected) in months.iter().zip(expected) {
        assert_eq!((&found["year"], &found["month"]), (&expected[0], &expected[1]));
        near(&found["return"], &expected[2], "a month");
    }
    let years = sheet["years"].as_array().unwrap();
    let expected = golden["years"].as_array().unwrap();
    assert_eq!(years.len(), expected.len());
    for (found, expected) in years.iter().zip(expected) {
        assert_eq!(found["year"], expected[0]);
        near(&found["return"], &expected[1], "a year");
    }
    let drawdowns = sheet["worst_drawdowns"].as_array().unwrap();
    let expected = golden["drawdowns"].as_array().unwrap();
    assert_eq!(drawdowns.len(), expected.len());
    for (found, expected) in drawdowns.iter().zip(expected) {
        near(&found["depth"], &expected["depth"], "a depth");
        for name in ["peak", "valley", "recovery", "bars_down", "bars_under_water"] {
            assert_eq!(found[name], expected[name], "{name} of {expected}");
        }
    }
}

#[test]
fn rolling_beta_and_correlation_are_pandas() {
    let golden = golden();
    let cash = numbers(&golden["cash"]);
    let above = |name: &str| -> Vec<f64> {
        let pairs = numbers(&golden[name]).into_iter().zip(&cash);
        pairs.map(|(earned, cash)| earned - cash).collect()
    };
    let (returns, other) = (above("returns"), above("other"));
    let pair = Benchmarked::new(&returns, &other, Conventions::default()).unwrap();
    for (name, found) in [
        ("rolling_beta", pair.rolling(126, Benchmarked::beta)),
        ("rolling_correlation", pair.rolling(126, Benchmarked::correlation)),
    ] {
        let expected = numbers(&golden[name]);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            // pandas adds and takes away as its window moves.
            assert!(
                (found - expected).abs() < 1e-8,
                "{name}: {found} against {expected}"
            );
        }
    }
}

#[test]
fn what_does_not_vary_or_is_not_there_has_no_correlation_and_no_wins() {
    let of = |returns: &[f64], other: &[f64]| {
        let pair = Benchmarked::new(returns, other, Conventions::default()).unwrap();
        pair.correlation()
    };
    assert!((of(&[0.1, 0.2, 0.4], &[-0.2, -0.4, -0.8]) + 1.0).abs() < 1e-15);
    assert!(
        (of(&[0.1, f64::NAN, 0.2], &[0.3, 0.9, 0.5]) - 1.0).abs() < 1e-15,
        "unknown bars are left out"
    );
    assert!(of(&[0.1, 0.1], &[0.1, 0.2]).is_nan() && of(&[0.1], &[0.1]).is_nan());
    assert!((win_rate(&[0.1, 0.0, f64::NAN, -0.1, 0.2]) - 0.5).abs() < 1e-15);
    assert!(win_rate(&[f64::NAN]).is_nan() && win_rate(&[]).is_nan());
}

#[test]
fn the_benchmark_is_the_one_that_is_asked_for() {
    let golden = golden();
    let mut report = report(&golden);
    report.benchmark = Some("nobody".to_string());
    let error = report.summary().unwrap_err().to_string();
    assert!(
        error.contains("`report.benchmark` is nobody, expected one of other"),
        "{error}"
    );
    report.benchmark = Some("other".to_string());
    assert!(report.summary().is_ok());
}
