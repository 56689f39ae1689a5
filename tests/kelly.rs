//! Kelly weights against closed forms, numerical maximisation of log growth and cvxpy (tests/golden/kelly.py).

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::{Array2, array};
use ppo_risk::math::quadratic::{BoxProgram, Budget};
use ppo_risk::risk::kelly::{self, KellyConfig};
use proptest::prelude::*;

fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, expected {expected}"
    );
}

/// The argument in [0, 1] at which a concave function is largest, by golden section.
fn maximize(function: impl Fn(f64) -> f64) -> f64 {
    let part = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..80 {
        let (left, right) = (high - part * (high - low), low + part * (high - low));
        if function(left) < function(right) {
            low = left
        } else {
            high = right
        }
    }
    0.5 * (low + high)
}

#[test]
fn binary_kelly_is_the_textbook_bet_and_maximises_growth() {
    // A fair payout at 60%: stake 20%.
    assert_near(kelly::binary(0.6, 1.0, 1.0).unwrap(), 0.2, 1e-15);
    assert_near(kelly::binary(0.5, 1.0, 1.0).unwrap(), 0.0, 1e-15);
    let (p, gain, loss) = (0.55, 0.9, 0.8);
    let best = maximize(|f| p * (f * gain).ln_1p() + (1.0 - p) * (-f * loss).ln_1p());
    assert_near(kelly::binary(p, gain, loss).unwrap(), best, 1e-7);
    for bad in [
        (1.1, 1.0, 1.0),
        (f64::NAN, 1.0, 1.0),
        (0.5, 0.0, 1.0),
        (0.5, 1.0, f64::INFINITY),
    ] {
        assert!(kelly::binary(bad.0, bad.1, bad.2).is_err(), "{bad:?}");
    }
}

fn merton() -> ([f64; 3], Array2<f64>) {
    let covariance = array![[0.04, 0.012, 0.0], [0.012, 0.09, 0.0135], [0.0, 0.0135, 0.0225]];
    ([0.05, 0.07, 0.03], covariance)
}

#[test]
fn without_binding_caps_the_weights_are_fraction_times_inverse_covariance_times_excess() {
    // Merton's portfolio for risk aversion 4 (fraction 1/4), as published: .27706, .11814, .26245.
    let (excess, covariance) = merton();
    let config = KellyConfig {
        fraction: 0.25,
        ..KellyConfig::default()
    };
    let weights = config.weights(&excess, covariance.view()).unwrap();
    for (found, expected) in weights.iter().zip([0.27706, 0.11814, 0.26245]) {
        assert_near(*found, expected, 5e-6);
    }
    // One asset: fraction × excess / variance, then its cap.
    let one = |config: &KellyConfig| config.weights(&[0.05], array![[0.2]].view()).unwrap()[0];
    assert_near(one(&KellyConfig::default()), 0.125, 1e-15);
    assert_near(
        one(&KellyConfig {
            max_weights: vec![0.1],
            ..KellyConfig::default()
        }),
        0.1,
        0.0,
    );
}

#[test]
fn at_small_steps_the_weights_maximise_expected_log_growth() {
    // Each asset moves by ±sigma·sqrt(dt) around its drift, independently, for dt of a thousandth of a year.
    let (dt, excess, sigma) = (1e-5_f64, [0.02, 0.03], [0.2, 0.35]);
    let outcomes: Vec<[f64; 2]> = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)]
        .iter()
        .map(|(a, b)| {
            [
                excess[0] * dt + a * sigma[0] * dt.sqrt(),
                excess[1] * dt + b * sigma[1] * dt.sqrt(),
            ]
        })
        .collect();
    let growth = |w: [f64; 2]| {
        outcomes
            .iter()
            .map(|r| (w[0] * r[0] + w[1] * r[1]).ln_1p())
            .sum::<f64>()
            / dt
    };
    let (mut first, mut second) = (0.0, 0.0);
    for _ in 0..20 {
        first = maximize(|w| growth([w, second]));
        second = maximize(|w| growth([first, w]));
    }
    let config = KellyConfig {
        fraction: 1.0,
        ..KellyConfig::default()
    };
    let covariance = array![[0.04, 0.0], [0.0, 0.1225]];
    let weights = config.weights(&excess, covariance.view()).unwrap();
    assert_near(weights[0], first, 1e-3);
    assert_near(weights[1], second, 1e-3);
}

proptest! {
    #[test]
    fn capped_weights_meet_the_optimality_conditions(
        entries in proptest::collection::vec(-0.02..0.02_f64, 36),
        excess in proptest::collection::vec(-2e-4..5e-4_f64, 6),
        caps in proptest::collection::vec(0.0..0.6_f64, 6),
        max_gross in 0.0..2.0_f64,
        fraction in 0.05..1.5_f64,
    ) {
        let factor = Array2::from_shape_vec((6, 6), entries).unwrap();
        let mut covariance = factor.dot(&factor.t());
        for value in covariance.diag_mut() {
            *value += 1e-5;
        }
        let covariance = (&covariance + &covariance.t()) / 2.0;
        let config = KellyConfig { fraction, max_weights: caps.clone(), max_gross, ..KellyConfig::default() };
        let weights = config.weights(&excess, covariance.view()).unwrap();
        let linear: Vec<f64> = excess.iter().map(|value| value * fraction).collect();
        let program = BoxProgram {
            quadratic: covariance.view(),
            linear: &linear,
            low: &[0.0; 6],
            high: &caps,
            budget: Budget::AtMost(max_gross),
        };
        let residual = program.kkt_residual(&weights);
        prop_assert!(residual < 1e-9, "{residual} at {weights:?}");
    }
}

#[test]
fn kelly_from_returns_holds_the_better_asset_and_refuses_bad_input() {
    // Two assets that swing in turn around different drifts.
    let returns = Array2::from_shape_fn((400, 2), |(t, i)| {
        let swing = if (t >> i) % 2 == 0 { 0.01 } else { -0.01 };
        swing + if i == 0 { 1e-3 } else { -1e-3 }
    });
    let config = KellyConfig {
        max_weights: vec![0.4, 0.4],
        ..KellyConfig::default()
    };
    let weights = config.weights_from_returns(returns.view()).unwrap();
    assert_eq!(weights, [0.4, 0.0]);

    let text = |config: &KellyConfig, excess: &[f64], covariance: &Array2<f64>| {
        config.weights(excess, covariance.view()).unwrap_err().to_string()
    };
    let (excess, covariance) = merton();
    let default = KellyConfig::default();
    assert!(text(&default, &excess[..2], &covariance).contains("`covariance` is 3 x 3"));
    assert!(text(&default, &[0.1, f64::NAN, 0.1], &covariance).contains("`excess[1]` is NaN"));
    assert!(text(&default, &[0.1], &array![[0.0]]).contains("`covariance[0][0]` is 0"));
    assert!(
        text(
            &KellyConfig {
                fraction: 0.0,
                ..default.clone()
            },
            &excess,
            &covariance
        )
        .contains("kelly.fraction")
    );
    let short = KellyConfig {
        max_weights: vec![1.0; 2],
        ..default.clone()
    };
    assert!(text(&short, &excess, &covariance).contains("`kelly.max_weights` is 2 long"));
    assert!(
        default
            .weights_from_returns(Array2::zeros((10, 2)).view())
            .is_err()
    );
    assert!(
        default
            .weights_from_returns(Array2::zeros((1, 2)).view())
            .is_err()
    );
    assert!(serde_json::from_str::<KellyConfig>(r#"{"fractoin": 0.5}"#).is_err());
}
