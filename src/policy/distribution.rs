//! The distributions over actions: densities, entropies and draws, in f64.

use crate::math::random::Stream;
use crate::policy::action::SMALLEST_SAMPLED_WEIGHT;
use rand_distr::{Distribution, Gamma, Open01, StandardNormal};
use statrs::function::gamma::{digamma, ln_gamma};
use std::f64::consts::{E, PI};

/// Smallest concentration: its reciprocal is finite, and so are the logarithms of its draws.
const SMALLEST_CONCENTRATION: f64 = 1e-300;

/// Draws scores ([A]) from independent normals. `log_std` is [A], or [1] for all alike.
pub fn sample_gaussian(mean: &[f32], log_std: &[f32], stream: &mut Stream, action: &mut [f32]) {
    for (i, (action, &mean)) in action.iter_mut().zip(mean).enumerate() {
        let noise: f64 = StandardNormal.sample(stream);
        *action = (f64::from(mean) + shared(log_std, i).exp() * noise) as f32;
    }
}

/// Log-density of scores ([A]) under independent normals, summed over them. `log_std` is [A], or [1] for all alike.
pub fn gaussian_log_prob(mean: &[f32], log_std: &[f32], action: &[f32]) -> f64 {
    let terms = action.iter().zip(mean).enumerate().map(|(i, (&action, &mean))| {
        let log_std = shared(log_std, i);
        let z = (f64::from(action) - f64::from(mean)) * (-log_std).exp();
        -0.5 * z * z - log_std - 0.5 * (2.0 * PI).ln()
    });
    terms.sum()
}

/// Entropy in nats of `len` independent normals. `log_std` is [len], or [1] for all alike.
pub fn gaussian_entropy(log_std: &[f32], len: usize) -> f64 {
    (0..len)
        .map(|i| shared(log_std, i) + 0.5 * (2.0 * PI * E).ln())
        .sum()
}

/// Writes the Dirichlet concentration ([A]): exp(log_kappa) · softmax(log_prior + scores).
pub fn concentration(log_kappa: f32, log_prior: &[f32], scores: &[f32], out: &mut [f64]) {
    for ((out, &prior), &score) in out.iter_mut().zip(log_prior).zip(scores) {
        *out = f64::from(prior) + f64::from(score);
    }
    softmax(out);
    let kappa = f64::from(log_kappa).exp();
    for out in out {
        // A weight that underflows to 0 would have no density at all.
        *out = (*out * kappa).max(SMALLEST_CONCENTRATION);
    }
}

/// Draws weights ([A]) from a Dirichlet with this concentration ([A], above 0), clamps them to 1e-6 and renormalises
/// them. `work` ([A]) is overwritten.
pub fn sample_dirichlet(concentration: &[f64], stream: &mut Stream, work: &mut [f64], action: &mut [f32]) {
    for (log_gamma, &alpha) in work.iter_mut().zip(concentration) {
        // Gamma(alpha) = Gamma(alpha + 1) · U^(1/alpha) (Marsaglia and Tsang 2000, section 6), as a logarithm: for
        // a small alpha the draw itself underflows to 0.
        let gamma = Gamma::new(alpha + 1.0, 1.0).expect("the concentration is above 0");
        let uniform: f64 = Open01.sample(stream);
        *log_gamma = gamma.sample(stream).ln() + uniform.ln() / alpha;
    }
    softmax(work);
    let smallest = f64::from(SMALLEST_SAMPLED_WEIGHT);
    let sum: f64 = work.iter().map(|share| share.max(smallest)).sum();
    for (action, share) in action.iter_mut().zip(work) {
        *action = (share.max(smallest) / sum) as f32;
    }
}

/// Log-density of weights ([A], above 0) under a Dirichlet with this concentration ([A], above 0).
pub fn dirichlet_log_prob(concentration: &[f64], action: &[f32]) -> f64 {
    let total: f64 = concentration.iter().sum();
    let terms = concentration
        .iter()
        .zip(action)
        .map(|(&alpha, &share)| (alpha - 1.0) * f64::from(share).ln() - ln_gamma(alpha));
    ln_gamma(total) + terms.sum::<f64>()
}

/// Differential entropy in nats of a Dirichlet with this concentration ([A], above 0).
pub fn dirichlet_entropy(concentration: &[f64]) -> f64 {
    let total: f64 = concentration.iter().sum();
    let len = concentration.len() as f64;
    let terms = concentration
        .iter()
        .map(|&alpha| ln_gamma(alpha) - (alpha - 1.0) * digamma(alpha));
    terms.sum::<f64>() - ln_gamma(total) + (total - len) * digamma(total)
}

fn shared(log_std: &[f32], i: usize) -> f64 {
    f64::from(if log_std.len() == 1 {
        log_std[0]
    } else {
        log_std[i]
    })
}

fn softmax(values: &mut [f64]) {
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for value in values.iter_mut() {
        *value = (*value - top).exp();
    }
    let sum: f64 = values.iter().sum();
    for value in values {
        *value /= sum;
    }
}
