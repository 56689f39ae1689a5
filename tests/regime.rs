//! Regimes: what the tracker adds to the filter (tests/hmm.rs) - factors, reasons, saving, and the fit.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::{Array2, array};
use ppo_risk::math::hmm::{GaussianHmm, HmmFilter, HmmOptions};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use ppo_risk::risk::regime::{RegimeConfig, RegimeScaling, RegimeTracker};
use proptest::prelude::*;

/// Calm and wild, one number a bar.
fn config() -> RegimeConfig {
    RegimeConfig {
        model: GaussianHmm {
            initial: vec![0.75, 0.25],
            transition: array![[0.9, 0.1], [0.3, 0.7]],
            means: array![[0.001], [-0.002]],
            covariances: vec![array![[1e-4]], array![[9e-4]]],
            log_likelihood: f64::NEG_INFINITY,
        },
        leverage: vec![1.2, 0.4],
        limits: vec![1.0, 0.5],
        scaling: RegimeScaling::Weighted,
    }
}

#[test]
fn factors_are_weighted_or_the_most_likely_ones() {
    let mut tracker = RegimeTracker::new(config()).unwrap();
    assert_eq!((tracker.regimes(), tracker.most_likely()), (2, 0));
    // 0.75 × 1.2 + 0.25 × 0.4, and 0.75 × 1 + 0.25 × 0.5.
    assert!((tracker.leverage_factor() - 1.0).abs() < 1e-15);
    assert!((tracker.limits_factor() - 0.875).abs() < 1e-15);
    let mut reasons = Vec::new();
    tracker.update(Some(&[-0.09]), &mut reasons).unwrap();
    // Bayes by hand: prior × density of each.
    let density = |mean: f64, deviation: f64| (-0.5 * ((-0.09 - mean) / deviation).powi(2)).exp() / deviation;
    let (calm, wild) = (0.75 * density(0.001, 0.01), 0.25 * density(-0.002, 0.03));
    assert!((tracker.probabilities()[1] - wild / (calm + wild)).abs() < 1e-14);
    assert_eq!(tracker.most_likely(), 1);
    assert!(tracker.leverage_factor() < 0.41 && reasons.is_empty());
    assert_eq!(tracker.mean(1).unwrap(), array![-0.002]);
    assert_eq!(tracker.covariance(0).unwrap(), array![[1e-4]]);
    assert!(tracker.mean(2).is_none() && tracker.covariance(2).is_none());

    let plain = RegimeConfig {
        scaling: RegimeScaling::MostLikely,
        ..config()
    };
    let mut tracker = RegimeTracker::new(plain).unwrap();
    assert_eq!((tracker.leverage_factor(), tracker.limits_factor()), (1.2, 1.0));
    tracker.update(Some(&[-0.09]), &mut reasons).unwrap();
    assert_eq!((tracker.leverage_factor(), tracker.limits_factor()), (0.4, 0.5));
}

#[test]
fn without_factors_nothing_is_scaled_and_without_an_observation_it_is_said() {
    let mut json = serde_json::to_value(config()).unwrap();
    for key in ["leverage", "limits", "scaling"] {
        json.as_object_mut().unwrap().remove(key);
    }
    let mut tracker = RegimeTracker::new(serde_json::from_value(json).unwrap()).unwrap();
    let mut reasons = Vec::new();
    tracker.update(Some(&[0.01]), &mut reasons).unwrap();
    let before = tracker.probabilities().to_vec();
    tracker.update(None, &mut reasons).unwrap();
    assert_eq!(
        (reasons[0].code, reasons[0].found),
        (ReasonCode::SkippedRegime, 1.0)
    );
    // One step of the chain from where it was.
    let expected = before[0] * 0.9 + before[1] * 0.3;
    assert!((tracker.probabilities()[0] - expected).abs() < 1e-15);
    assert_eq!((tracker.leverage_factor(), tracker.limits_factor()), (1.0, 1.0));
}

#[test]
fn bad_input_is_refused_by_name_and_changes_nothing() {
    let mut tracker = RegimeTracker::new(config()).unwrap();
    let mut reasons: Vec<Reason> = Vec::new();
    tracker.update(Some(&[0.01]), &mut reasons).unwrap();
    let before = tracker.state();
    for (observation, name) in [
        (&[0.01, 0.02][..], "`observation` has 2 values, expected 1"),
        (&[], "`observation` has 0 values"),
        (&[f64::NAN], "`observation[0]` is NaN"),
        (&[f64::NEG_INFINITY], "`observation[0]` is -inf"),
    ] {
        let error = tracker
            .update(Some(observation), &mut reasons)
            .unwrap_err()
            .to_string();
        assert!(error.contains(name), "{error}");
    }
    assert!(tracker.state() == before && reasons.is_empty());

    let mut bad = [config(), config(), config(), config(), config()];
    bad[0].leverage = vec![1.0];
    bad[1].leverage[1] = -1.0;
    bad[2].limits[0] = 1.5;
    bad[3].limits[1] = f64::NAN;
    bad[4].model.transition[[1, 0]] = 0.4;
    let names = [
        "leverage",
        "leverage[1]",
        "limits[0]",
        "limits[1]",
        "model.transition[1]",
    ];
    for (config, name) in bad.into_iter().zip(names) {
        let error = RegimeTracker::new(config).unwrap_err().to_string();
        assert!(error.contains(&format!("`regime.{name}`")), "{error}");
    }
    let mut state = before;
    state.filter.filtered.push(0.0);
    let error = RegimeTracker::restore(config(), state).unwrap_err().to_string();
    assert!(error.contains("`state.filtered`"), "{error}");
}

/// Simulated from known regimes, fitted, and followed: the fit finds the wild bars.
#[test]
fn a_fit_separates_what_was_drawn_from_two_regimes() {
    let wild = |bar: usize| (bar / 60) % 2 == 1;
    // A fixed pseudo-random sequence of about unit variance: sums of incommensurable waves.
    let noise = |bar: usize, column: usize| {
        let t = (bar * 2 + column) as f64;
        (t * 1.7).sin() + (t * t * 0.37).sin()
    };
    let table = Array2::from_shape_fn((600, 2), |(bar, column)| {
        noise(bar, column) * if wild(bar) { 0.03 } else { 0.005 }
    });
    let config = RegimeConfig::fit(table.view(), 2, 3, &HmmOptions::default()).unwrap();
    let mut tracker = RegimeTracker::new(config).unwrap();
    let mut reasons = Vec::new();
    let mut right = 0;
    for (bar, row) in table.rows().into_iter().enumerate() {
        tracker.update(row.as_slice(), &mut reasons).unwrap();
        right += usize::from((tracker.most_likely() == 1) == wild(bar));
    }
    assert!(right > 560, "{right} of 600");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Saved and loaded in the middle of any path, bit for bit; factors stay within those given.
    #[test]
    fn a_restart_changes_nothing(
        path in prop::collection::vec(prop::option::of(-0.2..0.2_f64), 1..20),
        restart in 0..20_usize,
    ) {
        let mut tracker = RegimeTracker::new(config()).unwrap();
        let mut twin = HmmFilter::new(&config().model).unwrap();
        let mut reasons = Vec::new();
        for (bar, value) in path.iter().enumerate() {
            if bar == restart {
                let json = serde_json::to_string(&tracker.state()).unwrap();
                tracker = RegimeTracker::restore(config(), serde_json::from_str(&json).unwrap()).unwrap();
            }
            let observation = value.map(|value| [value]);
            tracker.update(observation.as_ref().map(|values| &values[..]), &mut reasons).unwrap();
            let expected = match value {
                Some(value) => twin.update(&[*value]),
                None => twin.skip(),
            };
            prop_assert_eq!(tracker.probabilities(), expected);
            prop_assert!((0.4 - 1e-12..=1.2 + 1e-12).contains(&tracker.leverage_factor()));
            prop_assert!((0.5 - 1e-12..=1.0).contains(&tracker.limits_factor()));
        }
    }
}
