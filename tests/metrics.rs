//! Metrics against empyrical-reloaded (tests/golden/metrics.py), 1e-12 relative.

use ppo_risk::risk::metrics;
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
    #[allow(clippy::float_cmp, reason = "infinities are equal only to themselves")]
    let agree = found == expected
        || (found.is_nan() && expected.is_nan())
        || (found - expected).abs() <= 1e-12 * expected.abs();
    assert!(agree, "{what}: found {found}, empyrical has {expected}");
}

const MEASURES: [(&str, fn(&[f64]) -> f64); 12] = [
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
                assert_agree(function(&returns), number(&case[measure]), &format!("{measure} of {name}"));
            }
        }
    }
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

#[test]
fn rolling_measures_are_empyricals() {
    let golden = golden();
    let rolling = &golden["rolling"];
    let cases = golden["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["name"] == rolling["series"]).unwrap();
    let returns = numbers(&case["returns"]);
    let window = rolling["window"].as_u64().unwrap() as usize;
    for (name, found) in [
        ("volatility", metrics::rolling_volatility(&returns, window)),
        ("sharpe", metrics::rolling_sharpe(&returns, window)),
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
    let performance = Performance::new(&returns, &[1.0, 0.0, 0.2], &[0.001, 0.0, 0.0002]).unwrap();
    assert_agree(performance.turnover, 0.4 * 252.0, "turnover");
    assert_agree(performance.costs_paid, 0.0012, "costs_paid");
    assert_agree(performance.max_drawdown, 0.02, "max_drawdown");
    let json = serde_json::to_value(Performance::new(&[0.1, 0.1], &[0.0; 2], &[0.0; 2]).unwrap()).unwrap();
    assert_eq!(json["volatility"], 0.0);
    for undefined in ["sharpe", "sortino", "calmar"] {
        assert!(json[undefined].is_null(), "{undefined}");
    }
    assert!(serde_json::to_string(&Performance::new(&[], &[], &[]).unwrap()).is_ok());
}

#[test]
fn performance_refuses_lengths_and_costs_that_cannot_be() {
    let refusal = |turnovers: &[f64], costs: &[f64]| {
        Performance::new(&[0.0; 2], turnovers, costs).unwrap_err().to_string()
    };
    assert!(refusal(&[0.0], &[0.0; 2]).contains("`turnovers` is 1 long"));
    assert!(refusal(&[0.0; 2], &[0.0; 3]).contains("`costs` is 3 long"));
    assert!(refusal(&[0.0, f64::NAN], &[0.0; 2]).contains("`turnovers[1]` is NaN"));
    assert!(refusal(&[0.0; 2], &[-0.1, 0.0]).contains("`costs[0]` is -0.1"));
}
