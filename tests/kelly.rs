//! Kelly weights against closed forms, numerical maximisation of log growth and cvxpy
//! (tests/golden/kelly.py).

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::{Array2, array};
use ppo_risk::math::quadratic::{BoxProgram, Budget};
use ppo_risk::risk::kelly::{self, KellyConfig};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    programs: Vec<Program>,
    growth: Growth,
}

#[derive(Deserialize)]
struct Program {
    excess: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    fraction: f64,
    low: Vec<f64>,
    high: Vec<f64>,
    gross: f64,
    weights: Vec<f64>,
}

#[derive(Deserialize)]
struct Growth {
    excess: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    dt: f64,
    weights: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/kelly.json")).unwrap()
}

fn table(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

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
fn long_only_and_long_short_weights_are_cvxpys() {
    for (k, program) in golden().programs.iter().enumerate() {
        let config = KellyConfig {
            fraction: program.fraction,
            max_weights: program.high.clone(),
            min_weights: program.low.clone(),
            max_gross: program.gross,
            ..KellyConfig::default()
        };
        let covariance = table(&program.covariance);
        let found = config.weights(&program.excess, covariance.view()).unwrap();
        for (found, expected) in found.iter().zip(&program.weights) {
            assert!((found - expected).abs() <= 1e-8, "{k}: {found} {expected}");
        }
        if found.len() == 1 {
            let closed = config.weight(program.excess[0], covariance[[0, 0]]).unwrap();
            assert_near(closed, program.weights[0], 1e-12);
        }
    }
}

#[test]
fn over_ever_shorter_steps_log_growth_is_largest_at_the_weights() {
    // The optimum over a step of dt years is 0.006·dt away at most: 1/25,200 of a year leaves 3e-7.
    let growth = golden().growth;
    let covariance = table(&growth.covariance);
    let full = kelly::unconstrained(&growth.excess, covariance.view()).unwrap();
    let config = KellyConfig {
        fraction: 1.0,
        max_gross: 9.0,
        ..KellyConfig::default()
    };
    let weights = config.weights(&growth.excess, covariance.view()).unwrap();
    for i in 0..2 {
        assert_near(weights[i], full[i], 1e-14);
        for step in &growth.steps {
            assert_near(full[i], step.weights[i], 0.006 * step.dt);
        }
    }
}

#[test]
fn one_asset_is_merton_under_its_caps() {
    assert_near(kelly::continuous(0.05, 0.04).unwrap(), 1.25, 1e-15);
    assert_near(kelly::continuous(-0.05, 0.04).unwrap(), -1.25, 1e-15);
    let weight = |config: &KellyConfig, excess| config.weight(excess, 0.04).unwrap();
    let long = KellyConfig::default();
    assert_near(weight(&long, 0.05), 0.625, 1e-15);
    assert_eq!((weight(&long, 0.5), weight(&long, -0.5)), (1.0, 0.0));
    let short = KellyConfig {
        min_weights: vec![-0.3],
        ..long
    };
    assert_eq!(weight(&short, -0.5), -0.3);
    for (excess, variance, name) in [
        (f64::NAN, 1.0, "`excess`"),
        (1.0, 0.0, "`variance` is 0"),
        (1.0, f64::NAN, "`variance`"),
        (1e300, 1e-300, "`excess / variance` is inf"),
    ] {
        let text = kelly::continuous(excess, variance).unwrap_err().to_string();
        assert!(text.contains(name), "{text}");
        assert!(short.weight(excess, variance).is_err());
    }
    assert!(kelly::unconstrained(&[1e300], array![[1e-300]].view()).is_err());
    let bad = KellyConfig {
        min_weights: vec![0.1],
        ..KellyConfig::default()
    };
    let text = bad.weight(0.1, 0.1).unwrap_err().to_string();
    assert!(text.contains("`kelly.min_weights[0]` is 0.1"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Never above a cap; half the fraction of twice the excess is the same; so is another period.
    #[test]
    fn weights_stay_under_their_caps_and_scale(
        entries in proptest::collection::vec(-0.02..0.02_f64, 25),
        excess in proptest::collection::vec(-5e-4..5e-4_f64, 5),
        high in proptest::collection::vec(0.0..0.6_f64, 5),
        low in proptest::collection::vec(-0.6..0.3_f64, 5),
        max_gross in 0.0..2.0_f64,
        fraction in 0.05..1.5_f64,
    ) {
        let factor = Array2::from_shape_vec((5, 5), entries).unwrap();
        let covariance = factor.dot(&factor.t()) + Array2::<f64>::eye(5) * 1e-5;
        let covariance = (&covariance + &covariance.t()) / 2.0;
        let low: Vec<f64> = low.into_iter().map(|value| value.min(0.0)).collect();
        let config = KellyConfig {
            fraction,
            max_weights: high.clone(),
            min_weights: low.clone(),
            max_gross,
            ..KellyConfig::default()
        };
        let weights = config.weights(&excess, covariance.view()).unwrap();
        for i in 0..5 {
            prop_assert!(low[i] <= weights[i] && weights[i] <= high[i]);
        }
        let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
        prop_assert!(gross <= max_gross + 1e-12, "{} above {}", gross, max_gross);

        let doubled: Vec<f64> = excess.iter().map(|value| 2.0 * value).collect();
        let half = KellyConfig { fraction: fraction / 2.0, ..config.clone() };
        prop_assert_eq!(&half.weights(&doubled, covariance.view()).unwrap(), &weights);
        let longer = (&covariance * 2.0).to_owned();
        let same = config.weights(&doubled, longer.view()).unwrap();
        for (same, weight) in same.iter().zip(&weights) {
            prop_assert!((same - weight).abs() <= 1e-9, "{} {}", same, weight);
        }
        // Mirrored wishes under mirrored bounds are mirrored weights.
        let mirrored = KellyConfig {
            max_weights: low.iter().map(|value| -value).collect(),
            min_weights: high.iter().map(|value| -value).collect(),
            ..config
        };
        let opposite: Vec<f64> = excess.iter().map(|value| -value).collect();
        let found = mirrored.weights(&opposite, covariance.view()).unwrap();
        for (found, weight) in found.iter().zip(&weights) {
            prop_assert!((found + weight).abs() <= 1e-9, "{} {}", found, weight);
        }
    }
}
