//! GARCH(1,1) against the arch package (tests/golden/garch.py), and against series it simulated itself.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::math::garch::{Garch, MIN_FIT_BARS, Mean, backcast, fit};
use ppo_risk::math::random::stream;
use ppo_risk::math::statistics::mean;
use proptest::prelude::*;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    mean: String,
    returns: Vec<f64>,
    points: Vec<Point>,
    fitted: f64,
}

#[derive(Deserialize)]
struct Point {
    mean: f64,
    omega: f64,
    alpha: f64,
    beta: f64,
    log_likelihood: f64,
    ahead: Vec<f64>,
}

fn golden() -> Vec<Case> {
    let golden: Golden = serde_json::from_str(include_str!("golden/garch.json")).unwrap();
    golden.cases
}

fn less(values: &[f64], center: f64) -> Vec<f64> {
    values.iter().map(|value| value - center).collect()
}

fn simulate(model: Garch, length: usize, seed: u64) -> Vec<f64> {
    let mut random = stream(seed, "garch", 0);
    let mut variance = model.long_run_variance();
    let draw = |_| {
        let shock: f64 = StandardNormal.sample(&mut random);
        let value = variance.sqrt() * shock;
        variance = model.omega + model.alpha * value * value + model.beta * variance;
        value
    };
    (0..length).map(draw).collect()
}

#[test]
fn likelihoods_and_forecasts_at_given_parameters_are_archs() {
    for case in golden() {
        let center = if case.mean == "Zero" {
            0.0
        } else {
            mean(&case.returns)
        };
        let start = backcast(&less(&case.returns, center));
        for (k, point) in case.points.iter().enumerate() {
            let model = Garch {
                omega: point.omega,
                alpha: point.alpha,
                beta: point.beta,
            };
            let residuals = less(&case.returns, point.mean);
            let found = model.log_likelihood(&residuals, start).unwrap();
            let away = (found - point.log_likelihood).abs();
            assert!(
                away <= 1e-10 * point.log_likelihood.abs(),
                "{} point {k}: {found}, arch {}",
                case.name,
                point.log_likelihood
            );
            // To forecast, the package starts from the residuals about the given mean instead.
            let next = model.next_variance(&residuals, backcast(&residuals)).unwrap();
            let mut total = 0.0;
            for (bars, expected) in (1..).zip(&point.ahead) {
                let found = model.variance_ahead(next, bars);
                assert!((found - expected).abs() <= 1e-11 * expected, "{found} {expected}");
                total += expected;
                let average = model.mean_variance_ahead(next, bars);
                assert!((average * f64::from(bars) - total).abs() <= 1e-11 * total);
            }
        }
    }
}

#[test]
fn the_fit_reaches_at_least_archs_likelihood() {
    for case in golden() {
        let center = if case.mean == "Zero" {
            Mean::Zero
        } else {
            Mean::Constant
        };
        let fitted = fit(&case.returns, center).unwrap();
        let gained = fitted.log_likelihood - case.fitted;
        println!("{}: {gained:e} above arch, {fitted:?}", case.name);
        assert!(gained >= -1e-6, "{}: {gained}", case.name);
        // The package may clip a variance; nothing else lets it be far behind.
        assert!(gained <= 1e-2, "{}: {gained}", case.name);
    }
}

#[test]
fn the_fit_recovers_the_parameters_of_a_long_series() {
    // Standard errors of alpha and beta over 20,000 bars are about 0.005 and 0.006 (repeated simulation); 4
    // of them.
    let truth = Garch {
        omega: 2e-6,
        alpha: 0.08,
        beta: 0.90,
    };
    for seed in 0..3 {
        let returns = simulate(truth, 20_000, seed);
        let found = fit(&returns, Mean::Constant).unwrap();
        let garch = found.garch;
        assert!((garch.alpha - truth.alpha).abs() < 0.02, "{garch:?}");
        assert!((garch.beta - truth.beta).abs() < 0.025, "{garch:?}");
        assert!((garch.omega / truth.omega - 1.0).abs() < 0.5, "{garch:?}");
        assert!((garch.long_run_variance() / 1e-4 - 1.0).abs() < 0.2, "{garch:?}");
        assert!(found.mean.abs() < 4.0 * 0.01 / 20_000_f64.sqrt());
    }
}

#[test]
fn what_cannot_be_fitted_or_evaluated_is_named() {
    let refusal = |returns: &[f64]| fit(returns, Mean::Zero).unwrap_err().to_string();
    assert!(refusal(&[0.01; 20]).contains("`returns` has 20 values"));
    assert!(refusal(&[0.01; 100]).contains("`returns` is 0.01 throughout"));
    assert!(refusal(&[0.0; 100]).contains("`returns` is 0 throughout"));
    let mut returns = simulate(
        Garch {
            omega: 1e-5,
            alpha: 0.1,
            beta: 0.8,
        },
        MIN_FIT_BARS,
        5,
    );
    assert!(fit(&returns, Mean::Zero).is_ok());
    let tiny: Vec<f64> = returns.iter().map(|value| value * 1e-150).collect();
    assert!(refusal(&tiny).contains("`variance of returns`"));
    returns[7] = f64::NAN;
    assert!(refusal(&returns).contains("`returns[7]` is NaN"));

    let text = |omega, alpha, beta, residuals: &[f64], start| {
        let model = Garch { omega, alpha, beta };
        let error = model.log_likelihood(residuals, start).unwrap_err().to_string();
        assert!(model.next_variance(residuals, start).is_err());
        error
    };
    assert!(text(0.0, 0.1, 0.8, &[], 1.0).contains("`garch.omega` is 0"));
    assert!(text(1.0, -0.1, 0.8, &[], 1.0).contains("`garch.alpha`"));
    assert!(text(1.0, 0.1, f64::NAN, &[], 1.0).contains("`garch.beta`"));
    assert!(text(1.0, 0.2, 0.8, &[], 1.0).contains("`garch.alpha + garch.beta` is 1"));
    assert!(text(1.0, 0.1, 0.8, &[0.0, f64::INFINITY], 1.0).contains("`residuals[1]` is inf"));
    assert!(text(1.0, 0.1, 0.8, &[], f64::NAN).contains("`start` is NaN"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// In another unit the same series has the same alpha and beta, and omega in the unit squared.
    #[test]
    fn the_fit_is_free_of_the_unit(seed in 0..1_000_u64, exponent in -20..20_i32) {
        let unit = 2.0_f64.powi(exponent);
        let model = Garch { omega: 5e-6, alpha: 0.15, beta: 0.8 };
        let returns = simulate(model, 300, seed);
        let scaled: Vec<f64> = returns.iter().map(|value| value * unit).collect();
        let (a, b) = (fit(&returns, Mean::Constant).unwrap(), fit(&scaled, Mean::Constant).unwrap());
        a.garch.validate().unwrap();
        prop_assert!(a.next_variance > 0.0);
        prop_assert!((a.garch.alpha - b.garch.alpha).abs() < 1e-9);
        prop_assert!((a.garch.beta - b.garch.beta).abs() < 1e-9);
        prop_assert!((b.garch.omega / (a.garch.omega * unit * unit) - 1.0).abs() < 1e-9);
    }

    /// Fits of noise end on or near a boundary; they end all the same, at a valid model.
    #[test]
    fn noise_and_spikes_are_fitted_too(
        values in proptest::collection::vec(-1.0..1.0_f64, 50..120),
        spike in 0.0..1e4_f64,
        constant in proptest::bool::ANY,
    ) {
        let mut values = values;
        values[25] += spike;
        let fitted = fit(&values, if constant { Mean::Constant } else { Mean::Zero }).unwrap();
        prop_assert!(fitted.garch.validate().is_ok() && fitted.log_likelihood.is_finite());
    }
}
