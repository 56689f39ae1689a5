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
    further: Vec<Further>,
}

/// A model of another size, and hmmlearn's ends from several starts.
#[derive(Deserialize)]
struct Further {
    model: GaussianHmm,
    data: Vec<Vec<f64>>,
    log_likelihood: f64,
    filtered: Vec<Vec<f64>>,
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    start: GaussianHmm,
    log_likelihood: f64,
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

/// Maximum likelihood from the same start. hmmlearn stops at a gain of 1e-11; means and transitions agree to
/// what such flat ends allow.
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

/// Two states of 1 and 4 columns, three of 10: hmmlearn 0.3.3, tolerance 1e-8.
#[test]
fn models_of_other_sizes_agree_with_hmmlearn() {
    let (golden, _) = golden();
    for case in golden.further {
        let what = format!("{} states of {} columns", case.model.states(), case.data[0].len());
        let mut filter = HmmFilter::new(&case.model).unwrap();
        let mut gap: f64 = 0.0;
        for (bar, expected) in case.data.iter().zip(&case.filtered) {
            for (found, expected) in filter.update(bar).iter().zip(expected) {
                gap = gap.max((found - expected).abs());
            }
        }
        let (found, expected) = (filter.log_likelihood(), case.log_likelihood);
        println!("{what}: filter within {gap:e}, log-likelihood {found}, hmmlearn {expected}");
        assert!(gap < 1e-8, "{what}: {gap}");
        assert!((found - expected).abs() < 1e-8, "{what}: {found} {expected}");
    }
}

/// Maximum likelihood from the true parameters and from careless ones, the same for both programs: at least
/// as far as hmmlearn, up to what its tolerance of 1e-11 leaves.
#[test]
fn fits_from_many_starts_reach_hmmlearns_likelihood() {
    let (golden, _) = golden();
    let options = HmmOptions {
        max_iterations: 2000,
        tolerance: 1e-14,
        prior_bars: 0.0,
        ..HmmOptions::default()
    };
    let mut fits = 0;
    for case in golden.further {
        let data = matrix(&case.data);
        for (number, fit) in case.fits.into_iter().enumerate() {
            let found = fit.start.refine(data.view(), &options).unwrap().log_likelihood;
            let what = format!("{} columns, start {number}", data.ncols());
            println!("{what}: {found}, hmmlearn {}", fit.log_likelihood);
            assert!(
                found >= fit.log_likelihood - 1e-10 * fit.log_likelihood.abs(),
                "{what}"
            );
            fits += 1;
        }
    }
    assert!(fits >= 15, "only {fits} fits were compared");
}

/// Through JSON at every bar: bit for bit the filter that never stopped. So is the model.
#[test]
fn a_saved_filter_goes_on_as_if_it_had_never_stopped() {
    let (golden, _) = golden();
    let case = &golden.further[1];
    let json = serde_json::to_string(&case.model).unwrap();
    let model: GaussianHmm = serde_json::from_str(&json).unwrap();
    assert_eq!(model, case.model);
    let mut steady = HmmFilter::new(&case.model).unwrap();
    let mut stopping = steady.clone();
    for (bar, values) in case.data.iter().enumerate() {
        let json = serde_json::to_string(&stopping.state()).unwrap();
        stopping = HmmFilter::restore(&model, serde_json::from_str(&json).unwrap()).unwrap();
        if bar % 17 == 5 {
            assert_eq!(stopping.skip(), steady.skip());
        } else if bar == 300 {
            // No state has any density there: minus infinity has to survive too.
            let far = vec![1e200; values.len()];
            assert_eq!(stopping.update(&far), steady.update(&far));
        } else {
            assert_eq!(stopping.update(values), steady.update(values));
        }
        assert_eq!(stopping.state(), steady.state());
        assert_eq!(stopping.log_likelihood(), steady.log_likelihood());
        assert_eq!(steady.log_likelihood().is_finite(), bar < 300);
    }
}

#[test]
fn bad_states_and_models_are_refused_by_name() {
    let (_, model) = golden();
    let good = HmmFilter::new(&model).unwrap().state();
    let mut bad = [good.clone(), good.clone(), good.clone(), good];
    bad[0].predicted.pop();
    bad[1].filtered[1] = f64::NAN;
    bad[2].predicted[0] += 0.1;
    bad[3].log_likelihood = Some(f64::INFINITY);
    let names = ["predicted", "filtered[1]", "predicted", "log_likelihood"];
    for (state, name) in bad.into_iter().zip(names) {
        let error = HmmFilter::restore(&model, state).unwrap_err().to_string();
        assert!(error.contains(&format!("`state.{name}`")), "{error}");
    }
    let json = serde_json::to_value(&model).unwrap();
    for (pointer, value, name) in [
        (
            "/transition/1",
            serde_json::json!([0.5, 0.5]),
            "`transition[1]` has 2 values",
        ),
        (
            "/transition/1/1",
            serde_json::json!(0.5),
            "`transition[1]` is probabilities that sum",
        ),
        ("/means", serde_json::json!([[0.0, 0.0]]), "`means`"),
        ("/covariances/2/0/0", serde_json::json!(-1.0), "`covariances[2]`"),
        (
            "/covariances/2/0",
            serde_json::json!([1.0]),
            "`covariances[2][1]`",
        ),
        ("/initial/0", serde_json::json!(1.6), "`initial[0]`"),
    ] {
        let mut json = json.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        let error = serde_json::from_value::<GaussianHmm>(json)
            .unwrap_err()
            .to_string();
        assert!(error.contains(name), "{error}");
    }
}

/// Rows may miss 1 by 1e-9: a million bars without observations must not let that grow.
#[test]
fn probabilities_sum_to_one_however_long_nothing_is_seen() {
    let (_, mut model) = golden();
    model.transition[[0, 0]] -= 9e-10;
    model.transition[[1, 1]] -= 9e-10;
    let mut filter = HmmFilter::new(&model).unwrap();
    for _ in 0..1_000_000 {
        filter.skip();
    }
    let total: f64 = filter.probabilities().iter().sum();
    assert!((total - 1.0).abs() < 1e-15, "{total}");
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
