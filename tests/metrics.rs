//! Metrics against empyrical-reloaded (tests/golden/metrics.py), 1e-12 relative.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::market::BarsPerYear;
use ppo_risk::risk::benchmark::Benchmarked;
use ppo_risk::risk::drawdown::{equity_curve, worst_drawdowns};
use ppo_risk::risk::metrics::{self, Conventions};
use ppo_risk::risk::performance::Performance;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/metrics.json")).unwrap()
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => f64::NAN,
        Value::String(infinity) => infinity.parse().unwrap(),
        value => value.as_f64().unwrap(),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn assert_agree(found: f64, expected: f64, what: &str) {
    // Infinities are equal only to themselves.
    let agree = found == expected
        || (found.is_nan() && expected.is_nan())
        || (found - expected).abs() <= 1e-12 * expected.abs();
    assert!(agree, "{what}: found {found}, empyrical has {expected}");
}

type Measure = fn(&[f64]) -> f64;

const MEASURES: [(&str, Measure); 17] = [
    ("total_return", metrics::total_return),
    ("cagr", metrics::annual_return),
    ("skewness", metrics::skewness),
    ("kurtosis", metrics::kurtosis),
    ("omega_annual_5%", |returns| {
        let mut conventions = Conventions::default();
        conventions.required_return = conventions.per_bar(0.05);
        conventions.omega(returns)
    }),
    ("annual_return", metrics::annual_return),
    ("annual_volatility", metrics::annual_volatility),
    ("sharpe", metrics::sharpe),
    ("sortino", metrics::sortino),
    ("downside_risk", metrics::downside_risk),
    ("max_drawdown", metrics::max_drawdown),
    ("calmar", metrics::calmar),
    ("value_at_risk", metrics::value_at_risk),
    ("conditional_value_at_risk", metrics::conditional_value_at_risk),
    ("omega", metrics::omega),
    ("stability", metrics::stability),
    ("tail_ratio", metrics::tail_ratio),
];

#[test]
fn every_measure_of_every_series_is_empyricals() {
    let golden = golden();
    for case in golden["cases"].as_array().unwrap() {
        let (name, returns) = (case["name"].as_str().unwrap(), numbers(&case["returns"]));
        for (measure, function) in MEASURES {
            // Rounding residue or an infinite ratio there; 0 and NaN here, see the next test.
            let ours = name.starts_with("constant") && ["annual_volatility", "sharpe"].contains(&measure);
            if !ours {
                assert_agree(
                    function(&returns),
                    number(&case[measure]),
                    &format!("{measure} of {name}"),
                );
            }
        }
    }
}

/// The rates, tail and year of tests/golden/metrics.py.
const WEEKLY: Conventions = Conventions {
    bars_per_year: 52.0,
    risk_free: 0.0003,
    required_return: 0.0005,
    tail: 0.1,
};

#[test]
fn other_conventions_are_empyricals_arguments() {
    type Method = fn(&Conventions, &[f64]) -> f64;
    let methods: [(&str, Method); 9] = [
        ("annual_return", Conventions::annual_return),
        ("annual_volatility", Conventions::annual_volatility),
        ("sharpe", Conventions::sharpe),
        ("sortino", Conventions::sortino),
        ("downside_risk", Conventions::downside_risk),
        ("calmar", Conventions::calmar),
        ("value_at_risk", Conventions::value_at_risk),
        (
            "conditional_value_at_risk",
            Conventions::conditional_value_at_risk,
        ),
        ("omega", Conventions::omega),
    ];
    for case in golden()["cases"].as_array().unwrap() {
        let (name, returns) = (case["name"].as_str().unwrap(), numbers(&case["returns"]));
        for (measure, method) in methods {
            let ours = name.starts_with("constant") && ["annual_volatility", "sharpe"].contains(&measure);
            if !ours {
                let expected = number(&case["conventions"][measure]);
                assert_agree(
                    method(&WEEKLY, &returns),
                    expected,
                    &format!("{measure} of {name}"),
                );
            }
        }
    }
}

#[test]
fn growth_and_worst_drawdowns_are_those_of_numpy() {
    for case in golden()["cases"].as_array().unwrap() {
        let (name, returns) = (case["name"].as_str().unwrap(), numbers(&case["returns"]));
        if !case["cumulative_returns"].is_null() {
            let found = metrics::cumulative_returns(&returns);
            let expected = numbers(&case["cumulative_returns"]);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                // Growth from 1: digits below 1e-16 of it are lost there as here.
                assert!((found - expected).abs() <= 1e-15, "{name}: {found}, {expected}");
            }
        }
        let found = worst_drawdowns(&equity_curve(&returns), 5);
        let table = case["worst_drawdowns"].as_array().unwrap();
        assert_eq!(found.len(), table.len(), "{name}");
        for (found, row) in found.iter().zip(table) {
            assert!((found.depth - number(&row[0])).abs() <= 1e-14, "{name}");
            let place = |value: &Value| value.as_u64().map(|v| v as usize);
            let points = (Some(found.peak), Some(found.valley), found.recovery);
            assert_eq!(points, (place(&row[1]), place(&row[2]), place(&row[3])), "{name}");
        }
    }
    let prices = [100.0, 110.0, 99.0, f64::NAN, 1.0];
    let found = metrics::simple_returns(&prices);
    assert_agree(found[0], 0.1, "simple return");
    assert_agree(found[1], -0.1, "simple return");
    assert!(found.len() == 4 && found[2].is_nan() && found[3].is_nan());
    assert!(metrics::simple_returns(&[]).is_empty() && metrics::cumulative_returns(&[]).is_empty());
}

type Method<'a> = fn(&Benchmarked<'a>) -> f64;

fn benchmark_methods<'a>() -> [(&'static str, Conventions, Method<'a>); 16] {
    let daily = Conventions::default();
    let daily_free = Conventions {
        risk_free: WEEKLY.risk_free,
        ..daily
    };
    [
        ("beta", daily_free, Benchmarked::beta),
        ("alpha", daily_free, Benchmarked::alpha),
        ("alpha_weekly", WEEKLY, Benchmarked::alpha),
        ("up_alpha", daily_free, Benchmarked::up_alpha),
        ("up_beta", daily, Benchmarked::up_beta),
        ("down_alpha", daily_free, Benchmarked::down_alpha),
        ("down_beta", daily, Benchmarked::down_beta),
        ("capture", daily, Benchmarked::capture),
        ("up_capture", daily, Benchmarked::up_capture),
        ("down_capture", daily, Benchmarked::down_capture),
        ("up_down_capture", daily, Benchmarked::up_down_capture),
        ("information_ratio", daily, Benchmarked::information_ratio),
        ("batting_all", daily, |b| b.batting_average().all),
        ("batting_up", daily, |b| b.batting_average().up),
        ("batting_down", daily, |b| b.batting_average().down),
        ("beta_fragility", daily, Benchmarked::beta_fragility),
    ]
}

#[test]
fn measures_against_a_benchmark_are_empyricals() {
    for case in golden()["benchmarked"].as_array().unwrap() {
        let (returns, benchmark) = (numbers(&case["returns"]), numbers(&case["benchmark"]));
        for (measure, conventions, method) in benchmark_methods() {
            let found = method(&Benchmarked::new(&returns, &benchmark, conventions).unwrap());
            let what = format!("{measure} of {}", case["name"]);
            // Rounding residue divides there; NaN here.
            if case["name"] == "constant active" && measure == "information_ratio" {
                assert!(found.is_nan(), "{what}: {found}");
                continue;
            }
            assert_near(found, number(&case[measure]), measure, &what);
        }
    }
}

/// As [`assert_agree`], but absolutely where the figure is a rest after cancellation: alpha is (1 + m)^252 -
/// 1, which loses what of m is below 1e-16, 252 times over; fragility is a difference of returns.
fn assert_near(found: f64, expected: f64, measure: &str, what: &str) {
    let rest = if measure.contains("alpha") {
        1e-13
    } else if measure == "beta_fragility" {
        1e-17
    } else {
        0.0
    };
    if (found - expected).abs() > rest || expected.is_nan() || found.is_nan() {
        assert_agree(found, expected, what);
    }
}

#[test]
fn rolling_measures_against_a_benchmark_are_empyricals() {
    let golden = golden();
    let rolling = &golden["rolling_benchmarked"];
    let cases = golden["benchmarked"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["name"] == rolling["series"])
        .unwrap();
    let (returns, benchmark) = (numbers(&case["returns"]), numbers(&case["benchmark"]));
    let pair = Benchmarked::new(&returns, &benchmark, Conventions::default()).unwrap();
    let window = rolling["window"].as_u64().unwrap() as usize;
    let methods: [(&str, Method<'_>); 6] = [
        ("beta", Benchmarked::beta),
        ("alpha", Benchmarked::alpha),
        ("up_capture", Benchmarked::up_capture),
        ("down_capture", Benchmarked::down_capture),
        ("up_down_capture", Benchmarked::up_down_capture),
        ("information_ratio", Benchmarked::information_ratio),
    ];
    for (measure, method) in methods {
        let (found, expected) = (pair.rolling(window, method), numbers(&rolling[measure]));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            assert_near(found, expected, measure, measure);
        }
    }
    assert!(pair.rolling(0, Benchmarked::beta).is_empty());
    assert!(pair.rolling(returns.len() + 1, Benchmarked::beta).is_empty());
}

#[test]
fn what_does_not_vary_has_no_beta_alpha_or_information_ratio() {
    let market: Vec<f64> = (0..30).map(|bar| f64::from(bar % 7) / 300.0 - 0.01).collect();
    for level in [0.1, 0.0, -1.0 / 3.0] {
        let flat = vec![level; 30];
        let pair = Benchmarked::new(&market, &flat, Conventions::default()).unwrap();
        assert!(pair.beta().is_nan() && pair.alpha().is_nan());
        let both = Benchmarked::new(&flat, &[0.1; 30], Conventions::default()).unwrap();
        assert!(both.information_ratio().is_nan());
    }
    let refusal = Benchmarked::new(&market, &[0.0], Conventions::default()).unwrap_err();
    assert!(refusal.to_string().contains("`benchmark` has 1 values"));
}

#[test]
fn measures_answer_infinities_and_odd_tails_without_a_panic() {
    let returns = [f64::INFINITY, -1.0, f64::NEG_INFINITY, f64::NAN, 0.0];
    for (_, measure) in MEASURES {
        measure(&returns);
    }
    let pair = Benchmarked::new(&returns, &returns, Conventions::default()).unwrap();
    assert!(pair.beta().is_nan() && pair.alpha().is_nan());
    pair.batting_average();
    pair.beta_fragility();
    for tail in [-0.1, 1.1, f64::NAN] {
        let conventions = Conventions { tail, ..WEEKLY };
        assert!(conventions.value_at_risk(&[0.1, -0.1]).is_nan());
        assert!(conventions.conditional_value_at_risk(&[0.1, -0.1]).is_nan());
    }
    let worst = Conventions { tail: 1.0, ..WEEKLY };
    assert_agree(worst.conditional_value_at_risk(&[0.1, -0.3]), 0.1, "mean of all");
}

#[test]
fn a_constant_series_has_volatility_0_and_sharpe_nan() {
    for value in [0.001, -0.1, 0.0, 1.0 / 3.0] {
        for length in [2, 10, 1000] {
            let returns = vec![value; length];
            assert_eq!(metrics::annual_volatility(&returns).to_bits(), 0.0_f64.to_bits());
            assert!(metrics::sharpe(&returns).is_nan());
        }
    }
}

/// Returns of a fund whose price grows by 0.01% a bar, as a price file holds it: they differ by some 2e-16, which
/// without a bound is a Sharpe ratio of 1e13.
fn nearly_constant() -> Vec<f64> {
    let price = |bar: i32| 100.0 * 1.0001_f64.powi(bar);
    (0..1_000).map(|bar| price(bar + 1) / price(bar) - 1.0).collect()
}

#[test]
fn a_series_that_is_constant_up_to_rounding_is_constant_to_every_ratio() {
    let returns = nearly_constant();
    assert!(returns.iter().any(|r| r.to_bits() != returns[0].to_bits()));
    assert_eq!(metrics::annual_volatility(&returns).to_bits(), 0.0_f64.to_bits());
    assert!(metrics::sharpe(&returns).is_nan());
    assert!(metrics::skewness(&returns).is_nan() && metrics::kurtosis(&returns).is_nan());
    assert!(
        metrics::rolling_sharpe(&returns, 50)
            .iter()
            .all(|sharpe| sharpe.is_nan())
    );
    // Against a rate of the same size, and over the cash that it is: neither a gain nor a loss is left.
    let (risk_free, required_return) = (0.0001, 0.0001);
    let own = Conventions {
        risk_free,
        required_return,
        ..Conventions::default()
    };
    assert!(own.sharpe(&returns).is_nan() && own.sortino(&returns).is_nan());
    let above = Conventions {
        required_return: 0.0,
        ..own
    };
    assert!(above.omega(&returns).is_nan());
    assert_eq!(own.downside_risk(&returns), 0.0);
    let cash = vec![0.0001; returns.len()];
    let figures = Performance::new(
        &returns,
        &cash,
        &vec![0.0; cash.len()],
        &vec![0.0; cash.len()],
        BarsPerYear::DAILY,
    )
    .unwrap();
    assert!(figures.sharpe.is_nan() && figures.sortino.is_nan() && figures.volatility == 0.0);
    // As a benchmark, and as what is above one.
    let market: Vec<f64> = (0..1_000).map(|bar| f64::from(bar % 7) / 300.0 - 0.01).collect();
    let pair = Benchmarked::new(&market, &returns, Conventions::default()).unwrap();
    assert!(pair.beta().is_nan() && pair.alpha().is_nan() && pair.up_beta().is_nan());
    let shifted: Vec<f64> = market.iter().zip(&returns).map(|(m, r)| m + r).collect();
    let pair = Benchmarked::new(&shifted, &market, Conventions::default()).unwrap();
    assert!(pair.information_ratio().is_nan());
    // An equity that falls by nothing but rounding has no drawdown to divide by, and no line through nothing.
    let rest = [1e-4, -2e-16, 1e-4, -1e-16];
    assert!(metrics::calmar(&rest).is_nan());
    assert!(metrics::stability(&[1e-16, -2e-16, 1e-16]).is_nan());
    // The bound is 1e-14: a hundred times as much is a movement.
    let moving: Vec<f64> = (0..100).map(|bar| 1e-4 + 1e-12 * f64::from(bar % 2)).collect();
    assert!(metrics::annual_volatility(&moving) > 0.0 && metrics::sharpe(&moving) > 1e6);
}

#[test]
fn performance_is_over_each_bars_cash_return() {
    let (returns, cash) = ([0.01, -0.02, 0.03], [0.001, 0.002, 0.003]);
    let figures = Performance::new(&returns, &cash, &[0.0; 3], &[0.0; 3], BarsPerYear::DAILY).unwrap();
    let above = [0.01 - 0.001, -0.02 - 0.002, 0.03 - 0.003];
    assert_agree(figures.sharpe, metrics::sharpe(&above), "sharpe");
    assert_agree(figures.sortino, metrics::sortino(&above), "sortino");
    // What is earned, and how it moved, is the portfolio's own.
    assert_agree(figures.annual_return, metrics::annual_return(&returns), "return");
    assert_agree(
        figures.volatility,
        metrics::annual_volatility(&returns),
        "volatility",
    );
    let refusal = |cash: &[f64]| {
        let error = Performance::new(&returns, cash, &[0.0; 3], &[0.0; 3], BarsPerYear::DAILY).unwrap_err();
        error.to_string()
    };
    assert!(refusal(&cash[..2]).contains("`cash_returns` has 2 values"));
    assert!(refusal(&[0.0, f64::NAN, 0.0]).contains("`cash_returns[1]` is NaN"));
}

#[test]
fn rolling_measures_are_empyricals() {
    let golden = golden();
    let rolling = &golden["rolling"];
    let cases = golden["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["name"] == rolling["series"])
        .unwrap();
    let returns = numbers(&case["returns"]);
    let window = rolling["window"].as_u64().unwrap() as usize;
    for (name, found) in [
        ("volatility", metrics::rolling_volatility(&returns, window)),
        ("sharpe", metrics::rolling_sharpe(&returns, window)),
        ("sortino", metrics::rolling(&returns, window, metrics::sortino)),
        (
            "max_drawdown",
            metrics::rolling(&returns, window, metrics::max_drawdown),
        ),
        ("cagr", metrics::rolling(&returns, window, metrics::annual_return)),
        (
            "downside_risk",
            metrics::rolling(&returns, window, metrics::downside_risk),
        ),
    ] {
        let expected = numbers(&rolling[name]);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            assert_agree(found, expected, name);
        }
    }
    assert!(metrics::rolling_sharpe(&returns, 0).is_empty());
    assert!(metrics::rolling_sharpe(&returns[..3], 4).is_empty());
}

#[test]
fn performance_holds_the_measures_and_writes_undefined_ones_as_null() {
    let returns = [0.01, -0.02, 0.03];
    let performance = Performance::new(
        &returns,
        &[0.0; 3],
        &[1.0, 0.0, 0.2],
        &[0.001, 0.0, 0.0002],
        BarsPerYear::DAILY,
    )
    .unwrap();
    assert_agree(performance.turnover, 0.4 * 252.0, "turnover");
    assert_agree(performance.costs_paid, 0.0012, "costs_paid");
    assert_agree(performance.max_drawdown, 0.02, "max_drawdown");
    let json = serde_json::to_value(
        Performance::new(&[0.1, 0.1], &[0.0; 2], &[0.0; 2], &[0.0; 2], BarsPerYear::DAILY).unwrap(),
    )
    .unwrap();
    assert_eq!(json["volatility"], 0.0);
    for undefined in ["sharpe", "sortino", "calmar"] {
        assert!(json[undefined].is_null(), "{undefined}");
    }
    assert!(
        serde_json::to_string(&Performance::new(&[], &[], &[], &[], BarsPerYear::DAILY).unwrap()).is_ok()
    );
}

#[test]
fn performance_refuses_lengths_and_costs_that_cannot_be() {
    let refusal = |turnovers: &[f64], costs: &[f64]| {
        Performance::new(&[0.0; 2], &[0.0; 2], turnovers, costs, BarsPerYear::DAILY)
            .unwrap_err()
            .to_string()
    };
    assert!(refusal(&[0.0], &[0.0; 2]).contains("`turnovers` has 1 values"));
    assert!(refusal(&[0.0; 2], &[0.0; 3]).contains("`costs` has 3 values"));
    assert!(refusal(&[0.0, f64::NAN], &[0.0; 2]).contains("`turnovers[1]` is NaN"));
    assert!(refusal(&[0.0; 2], &[-0.1, 0.0]).contains("`costs[0]` is -0.1"));
}

#[test]
fn conventions_that_mean_nothing_are_named() {
    let refused = |conventions: Conventions| conventions.validate().unwrap_err().to_string();
    let good = Conventions::default();
    assert!(good.validate().is_ok());
    for bars_per_year in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let words = refused(Conventions {
            bars_per_year,
            ..good
        });
        assert!(words.contains("conventions.bars_per_year"), "{words}");
    }
    let risk_free = f64::NAN;
    assert!(refused(Conventions { risk_free, ..good }).contains("conventions.risk_free"));
    let required_return = f64::INFINITY;
    assert!(
        refused(Conventions {
            required_return,
            ..good
        })
        .contains("conventions.required_return")
    );
    for tail in [-0.1, 1.1, f64::NAN] {
        assert!(refused(Conventions { tail, ..good }).contains("conventions.tail"));
    }
}
