//! From an action to target weights: softmax around the prior, then caps and floors.
//!
//! Around a prior p the weights are those of a softmax whose simplex reaches beyond the corners of the portfolio's by a
//! margin m: u = softmax(log(p + m) + scores), and w = max(0, λu - m) with the one λ that makes them sum to 1. Scores of 0
//! are λ = 1 + A·m and w = p, whatever p is. A weight that the prior has at 0 is u = m/(1 + A·m): it comes to w with a
//! score of about log(1 + w/m), and one that is to leave goes to exactly 0. (It is the mirror map of the entropy of w + m;
//! m to 0 is the softmax itself, from which no score brings back what the prior leaves out, m to infinity the Euclidean
//! projection of prior plus scores.)
//!
//! Where assets may be sold short, or more or less than all is invested (G = `max_gross`), what is chosen is shares of N
//! long positions, N short ones and what is not used: weight_i = G·(p_i - q_i), cash = 1 - the sum of the weights. A prior w
//! enters as p = w⁺/G, q = w⁻/G; one whose gross exposure has drifted beyond G is scaled back to it. So the distributions,
//! the margin and its corners are the same ones. L is the number of shares, A that of the weights.
//!
//! Assets that cannot be traded are fixed: `fixed` [N] has the weight that each of them keeps (0 for one that is absent),
//! none for those that are free; it is empty where all are. The shares are then those of what is left, their log-prior is
//! minus infinity, and so they have no share, no noise and no density.

mod bounds;
mod fixed;
mod log_prior;

pub use bounds::{accept_weights, apply_bounds, check_weights};
pub use fixed::fixed_in;
pub use log_prior::{is_free, is_open, log_prior, no_prior};

use crate::math::elementary::exp;
use crate::policy::spec::{ActionSpec, Distribution};
use bounds::{rest_in_cash, settle};
use fixed::fixed_gross;

/// Smallest component of a sampled Dirichlet action, before it is renormalised and stored.
pub const SMALLEST_SAMPLED_WEIGHT: f32 = 1e-6;

/// The target weights [A] of a sampled action, in the first places of `weights` [L].
///
/// `gaussian`: `action` [L] holds scores, u = softmax(log_prior + action). `dirichlet`: `action` holds u itself. Either way
/// the margin is then taken off, shares become weights, and caps and floors are applied last, by the exact projection. The
/// first `assets` weights are assets, cash (when there is any) comes last.
pub fn target_weights(
    spec: &ActionSpec,
    assets: usize,
    fixed: &[Option<f64>],
    log_prior: &[f32],
    action: &[f32],
    weights: &mut [f64],
) {
    match spec.distribution {
        Distribution::Gaussian => softmax_around(log_prior, action, weights),
        Distribution::Dirichlet => {
            let sum: f64 = action.iter().map(|&a| f64::from(a)).sum();
            for (weight, &share) in weights.iter_mut().zip(action) {
                *weight = f64::from(share) / sum;
            }
        }
    }
    finish(spec, assets, fixed, weights);
}

/// The target weights [A] of the deterministic action, in the first places of `weights` [L]: those of
/// u = softmax(log_prior + scores), bounded. That u is the mean of the Dirichlet policy and the image of the Gaussian
/// policy's mean.
pub fn deterministic_weights(
    spec: &ActionSpec,
    assets: usize,
    fixed: &[Option<f64>],
    log_prior: &[f32],
    scores: &[f32],
    weights: &mut [f64],
) {
    softmax_around(log_prior, scores, weights);
    finish(spec, assets, fixed, weights);
}

/// From u [L] to bounded weights, in the first places.
fn finish(spec: &ActionSpec, assets: usize, fixed: &[Option<f64>], weights: &mut [f64]) {
    take_margin(spec, weights);
    if spec.is_plain() && fixed.is_empty() {
        return apply_bounds(spec, assets, fixed, weights);
    }
    let room = (spec.max_gross - fixed_gross(fixed)).max(0.0);
    let mut invested = 0.0;
    for i in 0..assets {
        let short = if spec.short { weights[assets + i] } else { 0.0 };
        weights[i] = match fixed.get(i).copied().flatten() {
            Some(weight) => weight,
            None => room * (weights[i] - short),
        };
        invested += weights[i];
    }
    weights[assets] = rest_in_cash(spec, invested);
    apply_bounds(spec, assets, fixed, &mut weights[..=assets]);
}

/// As [`deterministic_weights`], around `prior` [A]: to the bit the prior itself, bounded, where all scores are 0, as
/// those of a policy that has learnt nothing are.
pub fn weights_around(
    spec: &ActionSpec,
    assets: usize,
    prior: &[f64],
    fixed: &[Option<f64>],
    log_prior: &[f32],
    scores: &[f32],
    weights: &mut [f64],
) {
    if spec.margin(scores.len()).is_none() || scores.iter().any(|score| *score != 0.0) {
        return deterministic_weights(spec, assets, fixed, log_prior, scores, weights);
    }
    let weights = &mut weights[..prior.len()];
    weights.copy_from_slice(prior);
    settle(spec, assets, fixed, prior.iter().sum(), weights);
    apply_bounds(spec, assets, fixed, weights);
}

fn softmax_around(log_prior: &[f32], scores: &[f32], weights: &mut [f64]) {
    let top = log_prior
        .iter()
        .zip(scores)
        .map(|(p, s)| p + s)
        .fold(f32::NEG_INFINITY, f32::max);
    // One thing at a time: such loops become vectors.
    for ((weight, &prior), &score) in weights.iter_mut().zip(log_prior).zip(scores) {
        *weight = f64::from(prior) + f64::from(score) - f64::from(top);
    }
    for weight in weights.iter_mut() {
        *weight = exp(*weight);
    }
    let scale = 1.0 / sum(weights);
    for weight in weights {
        *weight *= scale;
    }
}

/// The sum of the values, as four partial sums side by side: always the same four.
#[inline]
fn sum(values: &[f64]) -> f64 {
    let mut partial = [0.0; 4];
    let (chunks, rest) = values.as_chunks::<4>();
    for values in chunks {
        for (sum, value) in partial.iter_mut().zip(values) {
            *sum += value;
        }
    }
    for (sum, value) in partial.iter_mut().zip(rest) {
        *sum += value;
    }
    (partial[0] + partial[1]) + (partial[2] + partial[3])
}

/// Brings u, non-negative and summing to 1, to w = max(0, λu - m) with a sum of 1.
///
/// With all of them in, λ = (1 + A·m)/Σu. Those that this leaves below 0 leave, which makes λ fall for the others: who has
/// left stays out, and at most A rounds are needed.
fn take_margin(spec: &ActionSpec, weights: &mut [f64]) {
    let Some(margin) = spec.margin(weights.len()) else {
        return;
    };
    let (mut count, mut sum) = (weights.len(), weights.iter().sum::<f64>());
    let lambda = loop {
        let lambda = (1.0 + count as f64 * margin) / sum;
        let (mut kept, mut kept_sum) = (0, 0.0);
        for &share in &*weights {
            if lambda * share > margin {
                kept += 1;
                kept_sum += share;
            }
        }
        if kept == count {
            break lambda;
        }
        (count, sum) = (kept, kept_sum);
    };
    for weight in weights {
        *weight = (lambda * *weight - margin).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::prior::Prior;
    use crate::math::random::stream;
    use rand::RngExt;

    #[test]
    fn untrained_scores_give_the_prior() {
        let prior = [0.5, 0.25, 0.25];
        let mut offset = [0.0; 3];
        log_prior(&ActionSpec::default(), &prior, &[], &mut offset);
        let mut weights = [0.0; 3];
        deterministic_weights(&ActionSpec::default(), 2, &[], &offset, &[0.0; 3], &mut weights);
        for (weight, prior) in weights.iter().zip(prior) {
            assert!((weight - prior).abs() < 2e-6, "{weights:?}");
        }
    }

    fn around(reach: f64) -> ActionSpec {
        ActionSpec {
            prior: Prior::Supplied,
            reach,
            ..ActionSpec::default()
        }
    }

    fn weights(spec: &ActionSpec, prior: &[f64], scores: &[f32]) -> Vec<f64> {
        let (mut offset, mut weights) = (vec![0.0; prior.len()], vec![0.0; prior.len()]);
        log_prior(spec, prior, &[], &mut offset);
        weights_around(spec, prior.len() - 1, prior, &[], &offset, scores, &mut weights);
        weights
    }

    #[test]
    fn what_has_learnt_nothing_is_the_prior_to_the_bit() {
        let mut random = stream(1, "test", 0);
        for trial in 0..1000 {
            let mut prior: Vec<f64> = (0..5)
                .map(|_| random.random_range(-0.5_f64..1.0).max(0.0))
                .collect();
            prior.push(0.01);
            let sum: f64 = prior.iter().sum();
            prior.iter_mut().for_each(|weight| *weight /= sum);
            for reach in [1e-3, 0.5, 100.0] {
                assert_eq!(weights(&around(reach), &prior, &[0.0; 6]), prior, "trial {trial}");
                // And what has learnt next to nothing is next to it: there is no step at 0.
                let near = weights(&around(reach), &prior, &[1e-7, 0.0, -1e-7, 0.0, 0.0, 1e-7]);
                let off = |(a, b): (&f64, &f64)| (a - b).abs();
                let farthest = near.iter().zip(&prior).map(off).fold(0.0, f64::max);
                assert!(farthest < 1e-5, "{near:?} against {prior:?}");
            }
        }
    }

    /// The one λ is found by bisection too.
    #[test]
    fn weights_around_a_prior_are_those_of_the_definition() {
        let mut random = stream(2, "test", 0);
        for _ in 0..500 {
            let prior = [0.7, 0.0, 0.3, 0.0];
            let scores: Vec<f32> = (0..4).map(|_| random.random_range(-3.0..3.0)).collect();
            let reach = random.random_range(0.01..5.0);
            let margin = reach / 4.0;
            let raw: Vec<f64> = prior
                .iter()
                .zip(&scores)
                .map(|(p, s)| (p + margin) * f64::from(*s).exp())
                .collect();
            let sum = |lambda: f64| {
                raw.iter()
                    .map(|raw| (lambda * raw - margin).max(0.0))
                    .sum::<f64>()
            };
            let (mut low, mut high) = (0.0, 1e6);
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                if sum(middle) < 1.0 {
                    low = middle
                } else {
                    high = middle
                }
            }
            let found = weights(&around(reach), &prior, &scores);
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            for (found, raw) in found.iter().zip(&raw) {
                let expected = (low * raw - margin).max(0.0);
                assert!((found - expected).abs() < 1e-6, "{found} against {expected}");
            }
        }
    }

    #[test]
    fn what_the_prior_leaves_out_is_near() {
        // From nothing to half with a score of log(1 + 0.5/0.25) against one that stays.
        let spec = around(0.5);
        let found = weights(&spec, &[1.0, 0.0], &[0.0, 3.0_f32.ln()]);
        assert!(found[1] > 0.3, "{found:?}");
        // Within no training's reach before.
        let before = weights(&around(0.0), &[1.0, 0.0], &[0.0, 3.0_f32.ln()]);
        assert!(before[1] < 1e-5, "{before:?}");
        // A weight that is to leave leaves.
        assert_eq!(weights(&spec, &[0.5, 0.5], &[0.0, -3.0])[1], 0.0);
    }

    #[test]
    fn cash_is_not_capped() {
        let spec = ActionSpec {
            weight_cap: 0.2,
            ..ActionSpec::default()
        };
        let mut weights = [0.0; 3];
        deterministic_weights(&spec, 2, &[], &[0.0; 3], &[2.0, 2.0, 0.0], &mut weights);
        for (weight, expected) in weights.iter().zip([0.2, 0.2, 0.6]) {
            assert!((weight - expected).abs() < 1e-12, "{weights:?}");
        }
    }
}
