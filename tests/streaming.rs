//! Performance bar by bar against the whole-series measures, on empyrical's golden series: 1e-12 relative.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::risk::metrics::{self, Conventions};
use ppo_risk::risk::streaming::{RunningPerformance, RunningState};
use proptest::prelude::*;
use serde_json::Value;

fn series() -> Vec<(String, Vec<f64>)> {
    let golden: Value = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    let case = |case: &Value| {
        let returns = case["returns"].as_array().unwrap();
        let returns = returns.iter().map(|r| r.as_f64().unwrap_or(f64::NAN)).collect();
        (case["name"].as_str().unwrap().to_owned(), returns)
    };
    golden["cases"].as_array().unwrap().iter().map(case).collect()
}

fn run(returns: &[f64], conventions: Conventions) -> RunningPerformance {
    let mut running = RunningPerformance::new(conventions);
    for &r in returns {
        running.push(r).unwrap();
    }
    running
}

/// 1e-12 relative to the figure or, where a mean of both signs may cancel, to `size`.
fn assert_agree(found: f64, expected: f64, size: f64, what: &str) {
    let agree = found == expected
        || (found.is_nan() && expected.is_nan())
        || (found - expected).abs() <= 1e-12 * expected.abs().max(size);
    assert!(agree, "{what}: found {found}, the whole series has {expected}");
}

/// `size` is for the ratios of a mean: 0 for none.
fn compare(name: &str, returns: &[f64], conventions: Conventions, size: f64) {
    let running = run(returns, conventions);
    // Exactly the same operations in the same order.
    for (measure, found, expected) in [
        (
            "total_return",
            running.total_return(),
            metrics::total_return(returns),
        ),
        (
            "max_drawdown",
            running.max_drawdown(),
            metrics::max_drawdown(returns),
        ),
    ] {
        assert_eq!(found.to_bits(), expected.to_bits(), "{measure} of {name}");
    }
    let c = conventions;
    for (measure, found, expected, size) in [
        (
            "annual_return",
            running.annual_return(),
            c.annual_return(returns),
            0.0,
        ),
        (
            "annual_volatility",
            running.annual_volatility(),
            c.annual_volatility(returns),
            0.0,
        ),
        ("sharpe", running.sharpe(), c.sharpe(returns), size),
        ("sortino", running.sortino(), c.sortino(returns), size),
        (
            "downside_risk",
            running.downside_risk(),
            c.downside_risk(returns),
            0.0,
        ),
        ("calmar", running.calmar(), c.calmar(returns), 0.0),
    ] {
        assert_agree(found, expected, size, &format!("{measure} of {name}"));
    }
}

#[test]
fn every_bar_of_every_golden_series_agrees_with_the_whole() {
    let weekly = Conventions {
        bars_per_year: 52.0,
        risk_free: 0.0003,
        required_return: 0.0005,
        tail: 0.1,
    };
    for (name, returns) in series() {
        for conventions in [Conventions::default(), weekly] {
            compare(&name, &returns, conventions, 0.0);
            for length in (0..returns.len()).filter(|n| *n < 50 || n % 37 == 0) {
                // A ratio of 1 a bar: the first seven returns of the reference have a mean of 0 but for
                // rounding.
                let year = conventions.bars_per_year.sqrt();
                compare(
                    &format!("{name}[..{length}]"),
                    &returns[..length],
                    conventions,
                    year,
                );
            }
        }
    }
}

#[test]
fn save_and_load_in_the_middle_goes_on_bit_for_bit() {
    for (name, returns) in series() {
        let whole = run(&returns, Conventions::default());
        for cut in [0, 1, returns.len() / 2, returns.len()] {
            let cut = cut.min(returns.len());
            let first = run(&returns[..cut], Conventions::default());
            let json = serde_json::to_string(first.state()).unwrap();
            let state: RunningState = serde_json::from_str(&json).unwrap();
            let mut second = RunningPerformance::restore(Conventions::default(), state).unwrap();
            assert_eq!(first, second, "{name}");
            for &r in &returns[cut..] {
                second.push(r).unwrap();
            }
            assert_eq!(second, whole, "{name}");
        }
    }
}

#[test]
fn a_series_that_is_constant_up_to_rounding_has_volatility_0_and_no_ratio() {
    let price = |bar: i32| 100.0 * 1.0001_f64.powi(bar);
    let returns: Vec<f64> = (0..1_000).map(|bar| price(bar + 1) / price(bar) - 1.0).collect();
    let running = run(&returns, Conventions::default());
    assert_eq!(running.annual_volatility(), 0.0);
    assert!(running.sharpe().is_nan());
    let (risk_free, required_return) = (0.0001, 0.0001);
    let own = Conventions {
        risk_free,
        required_return,
        ..Conventions::default()
    };
    let running = run(&returns, own);
    assert!(running.sharpe().is_nan() && running.sortino().is_nan());
    assert_eq!(running.downside_risk(), 0.0);
}

#[test]
fn a_constant_series_has_volatility_0_and_sharpe_nan() {
    for value in [0.001, -0.1, 1.0 / 3.0] {
        let running = run(&[value; 100], Conventions::default());
        assert_eq!(running.annual_volatility(), 0.0);
        assert!(running.sharpe().is_nan());
    }
    let none = RunningPerformance::new(Conventions::default());
    assert!(none.mean().is_nan() && none.annual_return().is_nan() && none.max_drawdown().is_nan());
    assert_eq!(
        (none.bars(), none.equity(), none.peak(), none.drawdown()),
        (0, 1.0, 1.0, 0.0)
    );
}

#[test]
fn returns_that_cannot_be_summed_change_nothing() {
    let mut running = run(&[0.01, -0.02], Conventions::default());
    let before = running;
    for bad in [f64::INFINITY, f64::NEG_INFINITY, 1e200, -1e308] {
        let error = running.push(bad).unwrap_err().to_string();
        assert!(error.contains("`simple_return`"), "{error}");
        assert_eq!(running, before);
    }
}

#[test]
fn states_that_no_series_leads_to_are_refused_by_field() {
    type Change = fn(&mut RunningState);
    let state = *run(&[0.01, -0.02, f64::NAN], Conventions::default()).state();
    let changes: [(&str, Change); 11] = [
        ("known", |s| s.known = 4),
        ("mean", |s| s.mean = f64::NAN),
        ("squares", |s| s.squares = -1.0),
        ("squares", |s| s.squares = f64::INFINITY),
        ("downside_squares", |s| s.downside_squares = -1e-9),
        ("equity", |s| s.equity = f64::NAN),
        ("peak", |s| s.peak = 0.9),
        ("peak", |s| s.peak = f64::INFINITY),
        ("max_drawdown", |s| s.max_drawdown = 0.01),
        ("known", |s| s.known = 0),
        ("squares", |s| s.known = 1),
    ];
    for (field, change) in changes {
        let mut changed = state;
        change(&mut changed);
        let error = RunningPerformance::restore(Conventions::default(), changed).unwrap_err();
        assert!(error.to_string().contains(&format!("`state.{field}`")), "{error}");
    }
    assert!(serde_json::from_str::<RunningState>(r#"{"bars": 0, "extra": 1}"#).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn random_series_agree_and_restore(
        returns in prop::collection::vec(prop_oneof![9 => -0.5..0.5, 1 => Just(f64::NAN)], 0..40)
    ) {
        let running = run(&returns, Conventions::default());
        prop_assert_eq!(running.total_return().to_bits(), metrics::total_return(&returns).to_bits());
        prop_assert_eq!(running.max_drawdown().to_bits(), metrics::max_drawdown(&returns).to_bits());
        prop_assert!(running.peak() >= running.equity() && running.drawdown() <= running.state().max_drawdown);
        let volatility = metrics::annual_volatility(&returns);
        assert_agree(running.annual_volatility(), volatility, 0.0, "annual_volatility");
        // A mean of random signs can be near 0: 1e-12 of a ratio of 1 a bar.
        let year = 252.0_f64.sqrt();
        assert_agree(running.sharpe(), metrics::sharpe(&returns), year, "sharpe");
        let restored = RunningPerformance::restore(Conventions::default(), *running.state()).unwrap();
        prop_assert_eq!(restored, running);
    }
}
