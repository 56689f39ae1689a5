//! Problems in which assets may be sold short: what a prior leaves out on either side, and weights of both signs.

use crate::markets::Columns;
use crate::problems::{Measured, distance, lognormal_problem, mean, visits};
use crate::quadrature::{Lognormal, Scenarios, dot, maximise};
use crate::training::Problem;
use nalgebra::DMatrix;
use ppo_risk::env::reward::RewardMode;
use ppo_risk::market::prior::Prior;
use ppo_risk::policy::spec::Distribution;

/// Largest gross exposure of the problem of weights of both signs.
const MAX_GROSS: f64 = 1.5;

/// Log utility of one asset with a drift of .02 and a variance of .04 a step, so that half is best, by a policy that departs
/// from a prior which is fully invested.
pub(crate) fn prior_escape(distribution: Distribution, seed: u64) -> Measured {
    escape(distribution, seed, false)
}

/// The same where the asset may be sold short.
pub(crate) fn prior_escape_short(distribution: Distribution, seed: u64) -> Measured {
    escape(distribution, seed, true)
}

fn escape(distribution: Distribution, seed: u64, short: bool) -> Measured {
    let law = Lognormal::of_simple_returns(&[0.02], &DMatrix::from_element(1, 1, 0.04));
    let best = Scenarios::of(&law, Some(0.0), 96).best_weights(1.0);
    let problem = Problem {
        prior: Prior::EqualWeight,
        short,
        ..lognormal_problem(law, 0.0, Columns::Nothing, RewardMode::LogReturn, 1, true)
    };
    let visits = visits(&problem, distribution, seed, 1);
    let error = mean(&visits, |visit| distance(&visit.weights, &best));
    vec![("prior_escape_weight_error", usize::from(short), error)]
}

/// Mean and variance of three assets over a year, the best weights of which are of both signs.
pub(crate) fn short_weights(distribution: Distribution, seed: u64) -> Measured {
    let means = [0.08, 0.05, -0.06];
    let volatilities = [0.20, 0.15, 0.25];
    let covariance = DMatrix::from_fn(3, 3, |i, j| {
        volatilities[i] * volatilities[j] * if i == j { 1.0 } else { 0.3 }
    });
    let a = 3.0;
    let best = best_weights(&means, &covariance, a);
    let law = Lognormal::of_simple_returns(&means, &covariance);
    let problem = Problem {
        short: true,
        max_gross: MAX_GROSS,
        ..lognormal_problem(
            law,
            0.0,
            Columns::Nothing,
            RewardMode::MeanVariance { a },
            1,
            true,
        )
    };
    let visits = visits(&problem, distribution, seed, 1);
    let error = mean(&visits, |visit| distance(&visit.weights, &best));
    vec![("short_weight_error", 0, error)]
}

/// The weights, and cash, that maximise E[r - a/2·r²] over gross exposures of at most [`MAX_GROSS`]: on the simplex of long
/// positions, short ones and the rest.
///
/// # Panics
/// Where the answer does not meet the Karush-Kuhn-Tucker conditions.
pub(crate) fn best_weights(means: &[f64], covariance: &DMatrix<f64>, a: f64) -> Vec<f64> {
    let n = means.len();
    let net =
        |shares: &[f64]| -> Vec<f64> { (0..n).map(|i| MAX_GROSS * (shares[i] - shares[n + i])).collect() };
    let slope = |weights: &[f64]| -> Vec<f64> {
        let earned = dot(means, weights);
        let risk = |i: usize| (0..n).map(|j| covariance[(i, j)] * weights[j]).sum::<f64>();
        (0..n)
            .map(|i| means[i] - a * (risk(i) + earned * means[i]))
            .collect()
    };
    let shares = maximise(2 * n + 1, |shares| {
        let slope = slope(&net(shares));
        let long = slope.iter().copied();
        long.chain(slope.iter().map(|g| -g)).chain([0.0]).collect()
    });
    let mut weights = net(&shares);
    // Gross exposure has one price, 0 where it is not used up; what is held earns it, and nothing earns more.
    let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
    let slope = slope(&weights);
    let price = match gross < MAX_GROSS - 1e-9 {
        true => 0.0,
        false => slope.iter().fold(0.0, |top: f64, g| top.max(g.abs())),
    };
    for (g, weight) in slope.iter().zip(&weights) {
        let is_met = match weight.abs() > 1e-9 {
            true => (g * weight.signum() - price).abs() < 1e-8,
            false => g.abs() <= price + 1e-8,
        };
        assert!(is_met, "weights {weights:?} with slopes {slope:?}");
    }
    weights.push(1.0 - weights.iter().sum::<f64>());
    weights
}
