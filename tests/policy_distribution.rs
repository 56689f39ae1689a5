//! The distributions over actions: golden values, densities that integrate to 1, scores with mean 0.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::math::random;
use ppo_risk::policy::action::SMALLEST_SAMPLED_WEIGHT;
use ppo_risk::policy::distribution::{
    concentration, dirichlet_entropy, dirichlet_log_prob, gaussian_entropy, gaussian_log_prob,
    sample_dirichlet, sample_gaussian,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    gaussian: Vec<Gaussian>,
    dirichlet: Vec<Dirichlet>,
}

#[derive(Deserialize)]
struct Gaussian {
    mean: Vec<f32>,
    log_std: Vec<f32>,
    action: Vec<f32>,
    log_prob: f64,
    entropy: f64,
}

#[derive(Deserialize)]
struct Dirichlet {
    log_prior: Vec<f32>,
    scores: Vec<f32>,
    log_kappa: f32,
    action: Vec<f32>,
    concentration: Vec<f64>,
    log_prob: f64,
    entropy: f64,
}

fn close(found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs() / expected.abs().max(1.0);
    assert!(
        error < tolerance,
        "{found} instead of {expected}, error {error:.1e}"
    );
}

/// golden/distributions.py, scipy float64 from the same f32 numbers; tolerance 1e-10 relative.
#[test]
fn densities_and_entropies_are_scipys() {
    let golden: Golden = serde_json::from_str(include_str!("golden/distributions.json")).unwrap();
    for case in golden.gaussian {
        let log_prob = gaussian_log_prob(
            &case.mean,
            &case.log_std,
            &vec![0.0; case.mean.len()],
            &case.action,
        );
        close(log_prob, case.log_prob, 1e-10);
        close(
            gaussian_entropy(&case.log_std, &vec![0.0; case.mean.len()]),
            case.entropy,
            1e-10,
        );
    }
    for case in golden.dirichlet {
        let mut alpha = vec![0.0; case.scores.len()];
        concentration(case.log_kappa, &case.log_prior, &case.scores, &mut alpha);
        for (found, expected) in alpha.iter().zip(&case.concentration) {
            close(found / expected, 1.0, 1e-12);
        }
        close(dirichlet_log_prob(&alpha, &case.action), case.log_prob, 1e-10);
        close(dirichlet_entropy(&alpha), case.entropy, 1e-10);
    }
}

/// Midpoint quadrature: one normal over +-12 standard deviations, a Dirichlet over the triangle.
#[test]
fn densities_integrate_to_one() {
    let (mean, log_std) = (0.3_f32, -1.2_f32);
    let (cells, width) = (4_000, 24.0 * f64::from(log_std).exp());
    let step = width / f64::from(cells);
    // The second score stays at its mean: its density is a constant.
    let peak = 1.0 / (f64::from(log_std).exp() * (2.0 * std::f64::consts::PI).sqrt());
    let total: f64 = (0..cells)
        .map(|i| (f64::from(mean) - 0.5 * width + (f64::from(i) + 0.5) * step) as f32)
        .map(|x| gaussian_log_prob(&[mean; 2], &[log_std; 2], &[0.0; 2], &[x, mean]).exp() * step)
        .sum();
    close(total / peak, 1.0, 1e-5);
    for alpha in [[2.5, 4.0, 3.0], [2.0, 2.0, 12.0]] {
        let cells = 600;
        let step = 1.0 / f64::from(cells);
        let mut total = 0.0;
        for i in 0..cells {
            let first = (f64::from(i) + 0.5) * step;
            // The strip's own length is divided, so that no cell crosses the hypotenuse.
            let strip = (1.0 - first) * step;
            for j in 0..cells {
                let second = (f64::from(j) + 0.5) * strip;
                let point = [first as f32, second as f32, (1.0 - first - second) as f32];
                total += dirichlet_log_prob(&alpha, &point).exp() * step * strip;
            }
        }
        close(total, 1.0, 1e-4);
    }
}

/// E[d log pi / d parameter] = 0 for the very draws that are made: within 4 standard errors of 200,000 draws.
#[test]
fn expected_score_functions_are_zero() {
    const DRAWS: u32 = 200_000;
    let check = |name: &str, sum: f64, squares: f64| {
        let n = f64::from(DRAWS);
        let (mean, error) = (sum / n, (squares / n).sqrt() / n.sqrt());
        assert!(mean.abs() < 4.0 * error, "{name}: {mean} +- {error}");
    };
    let step = 1e-3_f32;
    let mut stream = random::stream(11, "test", 0);

    let parameters = [0.4_f32, -0.7, -1.2, 0.1];
    let mut sums = [[0.0; 2]; 4];
    let mut action = [0.0; 2];
    for _ in 0..DRAWS {
        sample_gaussian(&parameters[..2], &parameters[2..], &mut stream, &mut action);
        for (k, [sum, squares]) in sums.iter_mut().enumerate() {
            let at = |step: f32| {
                let mut moved = parameters;
                moved[k] += step;
                gaussian_log_prob(&moved[..2], &moved[2..], &[0.0; 2], &action)
            };
            let gradient = (at(step) - at(-step)) / (2.0 * f64::from(step));
            *sum += gradient;
            *squares += gradient * gradient;
        }
    }
    for (k, [sum, squares]) in sums.into_iter().enumerate() {
        check(&format!("gaussian parameter {k}"), sum, squares);
    }

    let log_prior = [-0.7_f32, -1.6, -1.2];
    // scores, then log_kappa
    let parameters = [0.5_f32, -0.2, 0.1, 2.5];
    let density = |p: &[f32; 4]| {
        let mut alpha = [0.0; 3];
        concentration(p[3], &log_prior, &p[..3], &mut alpha);
        alpha
    };
    let mut sums = [[0.0; 2]; 4];
    let (mut action, mut work) = ([0.0; 3], [0.0; 3]);
    let moved: Vec<[[f64; 3]; 2]> = (0..4)
        .map(|k| {
            [step, -step].map(|step| {
                let mut moved = parameters;
                moved[k] += step;
                density(&moved)
            })
        })
        .collect();
    let alpha = density(&parameters);
    for _ in 0..DRAWS {
        sample_dirichlet(&alpha, &mut stream, &mut work, &mut action);
        for ([sum, squares], [up, down]) in sums.iter_mut().zip(&moved) {
            let difference = dirichlet_log_prob(up, &action) - dirichlet_log_prob(down, &action);
            let gradient = difference / (2.0 * f64::from(step));
            *sum += gradient;
            *squares += gradient * gradient;
        }
    }
    for (k, [sum, squares]) in sums.into_iter().enumerate() {
        check(&format!("dirichlet parameter {k}"), sum, squares);
    }
}

/// The mean of draws is alpha / sum alpha, and concentrations too small for a plain gamma draw still give weights.
#[test]
fn dirichlet_draws_have_the_right_mean_and_survive_tiny_concentrations() {
    let mut stream = random::stream(5, "test", 0);
    let alpha = [0.3, 1.2, 4.5];
    let (mut action, mut work, mut mean) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for _ in 0..100_000 {
        sample_dirichlet(&alpha, &mut stream, &mut work, &mut action);
        for (mean, &share) in mean.iter_mut().zip(&action) {
            *mean += f64::from(share) / 100_000.0;
        }
    }
    for (found, expected) in mean.iter().zip([0.05, 0.2, 0.75]) {
        // Largest standard error 0.0005.
        assert!((found - expected).abs() < 0.002, "{mean:?}");
    }
    for alpha in [[1e-9; 3], [1e-300; 3], [1e-300, 1e-5, 1e-7]] {
        for _ in 0..1_000 {
            sample_dirichlet(&alpha, &mut stream, &mut work, &mut action);
            let sum: f32 = action.iter().sum();
            assert!((sum - 1.0).abs() < 1e-6, "{action:?}");
            assert!(
                action.iter().all(|a| *a > 0.9 * SMALLEST_SAMPLED_WEIGHT),
                "{action:?}"
            );
        }
    }
}
