//! Kelly weights from a history of returns, and their standard errors against simulation.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::{Array2, array};
use ppo_risk::market::BarsPerYear;
use ppo_risk::math::random::stream;
use ppo_risk::risk::kelly::KellyConfig;
use rand_distr::{Distribution, StandardNormal};

fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, expected {expected}"
    );
}

fn merton() -> ([f64; 3], Array2<f64>) {
    let covariance = array![[0.04, 0.012, 0.0], [0.012, 0.09, 0.0135], [0.0, 0.0135, 0.0225]];
    ([0.05, 0.07, 0.03], covariance)
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
    let weights = config
        .weights_from_returns(returns.view(), BarsPerYear::DAILY)
        .unwrap();
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
    assert!(text(&short, &excess, &covariance).contains("`kelly.max_weights` has 2 values"));
    assert!(
        default
            .weights_from_returns(Array2::zeros((10, 2)).view(), BarsPerYear::DAILY)
            .is_err()
    );
    assert!(
        default
            .weights_from_returns(Array2::zeros((1, 2)).view(), BarsPerYear::DAILY)
            .is_err()
    );
    assert!(serde_json::from_str::<KellyConfig>(r#"{"fractoin": 0.5}"#).is_err());
}

/// Means and standard deviations of columns.
fn moments(rows: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let count = rows.len() as f64;
    let column = |i: usize| rows.iter().map(move |row| row[i]);
    (0..rows[0].len())
        .map(|i| {
            let center = column(i).sum::<f64>() / count;
            let squares: f64 = column(i).map(|value| (value - center).powi(2)).sum();
            (center, (squares / (count - 1.0)).sqrt())
        })
        .collect()
}

#[test]
fn standard_errors_are_the_scatter_of_the_weights_over_many_histories() {
    // 400 histories of 6,000 independent Gaussian bars with Sharpe ratios of 0.1 to 0.2 a bar: the scatter is
    // known to 3.5% (one standard error), and the neglected error of the covariance adds 1 to 3%. Tolerance
    // 12%.
    let (bars, histories) = (6000, 400);
    let loads = array![[0.010, 0.0, 0.0], [0.004, 0.012, 0.0], [0.002, -0.003, 0.009]];
    let drift = [0.0012, 0.0015, 0.0020];
    let capped = KellyConfig {
        max_gross: 4.0,
        max_weights: vec![9.0, 9.0, 0.2],
        ..KellyConfig::default()
    };
    let (mut free, mut held) = (Vec::new(), Vec::new());
    let (mut free_errors, mut held_errors) = (Vec::new(), Vec::new());
    for history in 0..histories {
        let mut random = stream(1, "kelly", history);
        let mut returns = Array2::zeros((bars, 3));
        for mut row in returns.rows_mut() {
            let shocks: [f64; 3] = std::array::from_fn(|_| StandardNormal.sample(&mut random));
            for i in 0..3 {
                row[i] = drift[i] + (0..3).map(|j| loads[[i, j]] * shocks[j]).sum::<f64>();
            }
        }
        let estimate = capped.estimate(returns.view(), BarsPerYear::DAILY).unwrap();
        assert!(estimate.mean_shrinkage > 0.0 && estimate.mean_shrinkage <= 1.0);
        free.push(estimate.unconstrained);
        free_errors.push(estimate.unconstrained_standard_errors);
        // Asset 2 at its cap and the gross exposure at its own: what asset 0 gains asset 1 loses.
        assert_near(estimate.weights.iter().sum(), 4.0, 1e-12);
        assert_eq!((estimate.weights[2], estimate.standard_errors[2]), (0.2, 0.0));
        held.push(estimate.weights);
        held_errors.push(estimate.standard_errors);
    }
    for (weights, errors, assets) in [(&free, &free_errors, 3), (&held, &held_errors, 2)] {
        for (i, (scatter, stated)) in moments(weights)
            .iter()
            .zip(moments(errors))
            .take(assets)
            .enumerate()
        {
            let ratio = stated.0 / scatter.1;
            println!(
                "asset {i}: weight {:.3}, scatter {:.4}, stated {:.4}",
                scatter.0, scatter.1, stated.0
            );
            assert!((ratio - 1.0).abs() < 0.12, "asset {i}: stated / seen = {ratio}");
        }
    }
}

#[test]
fn without_shrinkage_to_speak_of_the_error_is_the_textbook_one() {
    // Far-apart drifts over a long history: fraction × sqrt(diag(Σ⁻¹) / T), Σ being diagonal here.
    let returns = Array2::from_shape_fn((4096, 2), |(t, i)| {
        let swing = if (t >> i) % 2 == 0 { 0.01 } else { -0.01 };
        swing + if i == 0 { 0.02 } else { -0.01 }
    });
    let estimate = KellyConfig::default()
        .estimate(returns.view(), BarsPerYear::DAILY)
        .unwrap();
    assert!(estimate.mean_shrinkage < 1e-3);
    for error in &estimate.unconstrained_standard_errors {
        assert_near(*error, 0.5 * 100.0 / 64.0, 2e-3);
    }
    assert_eq!(estimate.standard_errors, [0.0, 0.0]);
}
