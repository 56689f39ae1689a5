//! The hidden Markov model against hmmlearn (tests/golden/make_hmm.py writes hmm.json), and its own promises.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

use ndarray::{Array2, array};
use ppo_risk::math::hmm::{GaussianHmm, HmmFilter, HmmOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    data: Vec<Vec<f64>>,
    initial: Vec<f64>,
    transition: Vec<Vec<f64>>,
    means: Vec<Vec<f64>>,
    covariances: Vec<Vec<Vec<f64>>>,
    log_likelihood: f64,
    filtered: Vec<Vec<f64>>,
    fitted_log_likelihood: f64,
    fitted_means: Vec<Vec<f64>>,
    fitted_transition: Vec<Vec<f64>>,
}

fn matrix(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn golden() -> (Golden, GaussianHmm) {
    let golden: Golden = serde_json::from_str(include_str!("golden/hmm.json")).unwrap();
    let model = GaussianHmm {
        initial: golden.initial.clone(),
        transition: matrix(&golden.transition),
        means: matrix(&golden.means),
        covariances: golden.covariances.iter().map(|rows| matrix(rows)).collect(),
        log_likelihood: 0.0,
    };
    (golden, model)
}

fn largest_gap(found: &Array2<f64>, expected: &[Vec<f64>]) -> f64 {
    (found - &matrix(expected))
        .iter()
        .fold(0.0, |gap: f64, value| gap.max(value.abs()))
}

/// hmmlearn 0.3.3, float64; tolerance 1e-8.
#[test]
fn likelihood_and_filter_agree_with_hmmlearn() {
    let (golden, model) = golden();
    let data = matrix(&golden.data);
    let found = model.score(data.view()).unwrap();
    assert!(
        (found - golden.log_likelihood).abs() < 1e-8,
        "{found} {}",
        golden.log_likelihood
    );
    let mut filter = HmmFilter::new(&model).unwrap();
    for (bar, expected) in golden.data.iter().zip(&golden.filtered) {
        let found = filter.update(bar);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-8, "{found} {expected}");
        }
    }
}

/// Maximum likelihood from the same start. hmmlearn stops at a gain of 1e-11; means and transitions agree to what
/// such flat ends allow.
#[test]
fn fit_from_the_same_start_reaches_hmmlearns_likelihood() {
    let (golden, model) = golden();
    let options = HmmOptions {
        max_iterations: 2000,
        tolerance: 1e-14,
        prior_bars: 0.0,
        ..HmmOptions::default()
    };
    let data = matrix(&golden.data);
    let fitted = model.refine(data.view(), &options).unwrap();
    let (found, expected) = (fitted.log_likelihood, golden.fitted_log_likelihood);
    println!("log-likelihood {found}, hmmlearn {expected}");
    assert!(found >= expected - 1e-6 * expected.abs());
    assert!((fitted.score(data.view()).unwrap() - found).abs() < 1e-8);
    assert!(largest_gap(&fitted.means, &golden.fitted_means) < 1e-6);
    assert!(largest_gap(&fitted.transition, &golden.fitted_transition) < 1e-4);
}

/// One state is a plain Gaussian: its moments are the sample's.
#[test]
fn one_state_has_the_sample_moments() {
    let data = array![[1.0, 0.0], [2.0, 3.0], [3.0, 1.0], [6.0, 0.0]];
    let options = HmmOptions {
        prior_bars: 0.0,
        ..HmmOptions::default()
    };
    let model = GaussianHmm::fit(data.view(), 1, 1, &options).unwrap();
    assert!(largest_gap(&model.means, &[vec![3.0, 1.0]]) < 1e-14);
    // By hand: sums of squared deviations 14 and 6, of products -3 (ddof 0, 4 bars).
    assert!(largest_gap(&model.covariances[0], &[vec![3.5, -0.75], vec![-0.75, 1.5]]) < 1e-14);
}

#[test]
fn fit_from_scratch_is_repeatable_and_at_least_as_likely_as_the_truth() {
    let (golden, truth) = golden();
    let data = matrix(&golden.data);
    let options = HmmOptions::default();
    let model = GaussianHmm::fit(data.view(), 3, 5, &options).unwrap();
    assert_eq!(model, GaussianHmm::fit(data.view(), 3, 5, &options).unwrap());
    assert!(model.log_likelihood > truth.score(data.view()).unwrap());
    let traces: Vec<f64> = model
        .covariances
        .iter()
        .map(|covariance| covariance.diag().sum())
        .collect();
    assert!(traces.is_sorted(), "{traces:?}");
}

/// Many states on few bars, with one repeated bar: the prior keeps every covariance of full rank.
#[test]
fn covariances_do_not_collapse() {
    let (golden, _) = golden();
    let mut data = matrix(&golden.data[..60]);
    for bar in 20..26 {
        data.row_mut(bar).fill(0.01);
    }
    let model = GaussianHmm::fit(data.view(), 4, 1, &HmmOptions::default()).unwrap();
    model.validate().unwrap();
    assert!(model.log_likelihood.is_finite());
}

#[test]
fn a_bar_that_is_not_finite_only_passes_time() {
    let (_, model) = golden();
    let mut filter = HmmFilter::new(&model).unwrap();
    filter.update(&[0.001, 0.002]);
    let (expected, likelihood) = (filter.predicted().to_vec(), filter.log_likelihood());
    assert_eq!(filter.update(&[f64::NAN, 0.0]), expected);
    assert_eq!(filter.log_likelihood(), likelihood);
    // A bar so far out that every density underflows still leaves a distribution.
    let total: f64 = filter.update(&[1e6, -1e6]).iter().sum();
    assert!((total - 1.0).abs() < 1e-12);
}

#[test]
fn bad_input_is_refused_by_name() {
    let (golden, model) = golden();
    let data = matrix(&golden.data);
    let options = HmmOptions::default();
    let message = |data: &Array2<f64>, states, options: &HmmOptions| {
        GaussianHmm::fit(data.view(), states, 1, options)
            .unwrap_err()
            .to_string()
    };
    assert!(message(&data, 0, &options).contains("`states` is 0"));
    assert!(message(&data, 101, &options).contains("300 bars, expected at least 303"));
    let mut broken = data.clone();
    broken[[7, 1]] = f64::INFINITY;
    assert!(message(&broken, 2, &options).contains("`data[7, 1]` is inf"));
    broken.column_mut(1).fill(0.5);
    assert!(message(&broken, 2, &options).contains("`data[.., 1]` is constant"));
    let copy = data.column(0).to_owned();
    broken.column_mut(1).assign(&copy);
    assert!(message(&broken, 2, &options).contains("singular"));
    let none = HmmOptions { starts: 0, ..options };
    assert!(message(&data, 2, &none).contains("`starts` is 0"));

    let mut flat = model.clone();
    flat.covariances[1] = array![[1.0, 1.0], [1.0, 1.0]];
    assert!(
        HmmFilter::new(&flat)
            .unwrap_err()
            .to_string()
            .contains("`covariances[1]`")
    );
    let mut leaky = model;
    leaky.transition[[2, 0]] = 0.5;
    assert!(
        leaky
            .score(data.view())
            .unwrap_err()
            .to_string()
            .contains("`transition[2]`")
    );
}

/// A model with `states` states over `width` numbers, calm to wild, with correlations.
fn wide_model(states: usize, width: usize) -> GaussianHmm {
    GaussianHmm {
        initial: vec![1.0 / states as f64; states],
        transition: Array2::from_shape_fn((states, states), |(i, j)| match (states, i == j) {
            (1, _) => 1.0,
            (_, true) => 0.9,
            (_, false) => 0.1 / (states - 1) as f64,
        }),
        means: Array2::from_shape_fn((states, width), |(i, j)| 1e-4 * (j as f64 - 2.0 * i as f64)),
        covariances: (0..states)
            .map(|state| {
                let variance = 1e-4 * (1.0 + 2.0 * state as f64);
                Array2::from_shape_fn(
                    (width, width),
                    |(i, j)| if i == j { variance } else { 0.4 * variance },
                )
            })
            .collect(),
        log_likelihood: f64::NEG_INFINITY,
    }
}

/// `cargo test --no-default-features --test hmm -- --ignored --nocapture`: at most 1,000 ns at the median.
#[test]
#[ignore = "a timing, for a quiet machine"]
fn the_filter_takes_under_a_microsecond() {
    let mut filter = HmmFilter::new(&wide_model(3, 10)).unwrap();
    let bars: Vec<Vec<f64>> = (0..1000)
        .map(|bar| (0..10).map(|i| 0.01 * ((bar * 7 + i * 3) as f64).sin()).collect())
        .collect();
    let mut nanoseconds: Vec<u128> = Vec::new();
    for _ in 0..100 {
        for bar in &bars {
            let start = std::time::Instant::now();
            std::hint::black_box(filter.update(std::hint::black_box(bar)));
            nanoseconds.push(start.elapsed().as_nanos());
        }
    }
    nanoseconds.sort_unstable();
    let at = |part: f64| nanoseconds[(part * nanoseconds.len() as f64) as usize];
    println!("p50 {} ns, p99 {} ns, p99.9 {} ns", at(0.5), at(0.99), at(0.999));
    assert!(at(0.5) <= 1000);
}
