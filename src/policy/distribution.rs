//! The distributions over actions: densities, entropies and draws, in f64.

use crate::math::elementary::{exp, ln};
use crate::math::random::Stream;
use crate::policy::action::{SMALLEST_SAMPLED_WEIGHT, is_free, is_open};
use rand_distr::{Distribution, Gamma, Open01, StandardNormal};
use statrs::function::gamma::{digamma, ln_gamma};
use std::f64::consts::{E, PI};

/// Smallest concentration: its reciprocal is finite, and so are the logarithms of its draws.
const SMALLEST_CONCENTRATION: f64 = 1e-300;

/// Draws scores ([A]) from independent normals. `log_std` is [A], or [1] for all alike.
pub fn sample_gaussian(mean: &[f32], log_std: &[f32], stream: &mut Stream, action: &mut [f32]) {
    for (i, (action, &mean)) in action.iter_mut().zip(mean).enumerate() {
        let noise: f64 = StandardNormal.sample(stream);
        *action = (f64::from(mean) + exp(shared(log_std, i)) * noise) as f32;
    }
}

/// Log-density of scores ([L]) under independent normals, summed over those that are free around this log-prior ([L]). `log_std`
/// is [L], or [1] for all alike. 0 where there is nothing to decide.
pub fn gaussian_log_prob(mean: &[f32], log_std: &[f32], log_prior: &[f32], action: &[f32]) -> f64 {
    let term = |i: usize| {
        let log_std = shared(log_std, i);
        let z = (f64::from(action[i]) - f64::from(mean[i])) * exp(-log_std);
        -0.5 * z * z - log_std - 0.5 * ln(2.0 * PI)
    };
    decided(log_prior).map(term).sum()
}

/// Entropy in nats of the independent normals of the scores that are free around this log-prior ([L]). `log_std` is [L], or
/// [1] for all alike.
pub fn gaussian_entropy(log_std: &[f32], log_prior: &[f32]) -> f64 {
    decided(log_prior)
        .map(|i| shared(log_std, i) + 0.5 * ln(2.0 * PI * E))
        .sum()
}

/// The shares that are decided on around this log-prior: those that are free, where there are more than one.
fn decided(log_prior: &[f32]) -> impl Iterator<Item = usize> {
    let open = is_open(log_prior);
    (0..log_prior.len()).filter(move |i| open && is_free(log_prior[*i]))
}

/// Writes the Dirichlet concentration ([L]): exp(log_kappa) · softmax(log_prior + scores), 0 of what is not free.
pub fn concentration(log_kappa: f32, log_prior: &[f32], scores: &[f32], out: &mut [f64]) {
    for ((out, &prior), &score) in out.iter_mut().zip(log_prior).zip(scores) {
        *out = f64::from(prior) + f64::from(score);
    }
    softmax(out);
    let kappa = exp(f64::from(log_kappa));
    for (out, &prior) in out.iter_mut().zip(log_prior) {
        // A weight that underflows to 0 would have no density at all.
        *out = if is_free(prior) {
            (*out * kappa).max(SMALLEST_CONCENTRATION)
        } else {
            0.0
        };
    }
}

/// Draws shares ([L]) from a Dirichlet with this concentration ([L], 0 for none), clamps them to 1e-6 and renormalises
/// them. `work` ([L]) is overwritten.
pub fn sample_dirichlet(concentration: &[f64], stream: &mut Stream, work: &mut [f64], action: &mut [f32]) {
    for (log_gamma, &alpha) in work.iter_mut().zip(concentration) {
        if alpha == 0.0 {
            *log_gamma = f64::NEG_INFINITY;
            continue;
        }
        // Gamma(alpha) = Gamma(alpha + 1) · U^(1/alpha) (Marsaglia and Tsang 2000, section 6), as a logarithm: for
        // a small alpha the draw itself underflows to 0.
        let gamma = Gamma::new(alpha + 1.0, 1.0).expect("the concentration is above 0");
        let uniform: f64 = Open01.sample(stream);
        *log_gamma = ln(gamma.sample(stream)) + ln(uniform) / alpha;
    }
    softmax(work);
    let smallest = f64::from(SMALLEST_SAMPLED_WEIGHT);
    for (share, &alpha) in work.iter_mut().zip(concentration) {
        *share = if alpha == 0.0 { 0.0 } else { share.max(smallest) };
    }
    let sum: f64 = work.iter().sum();
    for (action, share) in action.iter_mut().zip(work) {
        *action = (*share / sum) as f32;
    }
}

/// Log-density of shares ([L], above 0) under a Dirichlet with this concentration ([L], 0 of what is left out). 0 where there is
/// nothing to decide.
pub fn dirichlet_log_prob(concentration: &[f64], action: &[f32]) -> f64 {
    if is_decided(concentration) {
        return 0.0;
    }
    let total: f64 = concentration.iter().sum();
    let terms = concentration
        .iter()
        .zip(action)
        .filter(|(alpha, _)| **alpha > 0.0)
        .map(|(&alpha, &share)| (alpha - 1.0) * ln(f64::from(share)) - ln_gamma(alpha));
    ln_gamma(total) + terms.sum::<f64>()
}

/// Differential entropy in nats of a Dirichlet with this concentration ([L], 0 of what is left out). 0 where there is nothing
/// to decide.
pub fn dirichlet_entropy(concentration: &[f64]) -> f64 {
    if is_decided(concentration) {
        return 0.0;
    }
    let total: f64 = concentration.iter().sum();
    let len = concentration.iter().filter(|alpha| **alpha > 0.0).count() as f64;
    let terms = concentration
        .iter()
        .filter(|alpha| **alpha > 0.0)
        .map(|&alpha| ln_gamma(alpha) - (alpha - 1.0) * digamma(alpha));
    terms.sum::<f64>() - ln_gamma(total) + (total - len) * digamma(total)
}

/// Whether at most one share has a concentration, so that all of it is decided.
fn is_decided(concentration: &[f64]) -> bool {
    concentration
        .iter()
        .filter(|alpha| **alpha > 0.0)
        .nth(1)
        .is_none()
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
        *value = exp(*value - top);
    }
    let sum: f64 = values.iter().sum();
    for value in values {
        *value /= sum;
    }
}
