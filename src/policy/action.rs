//! From an action to target weights: softmax around the prior, then caps and floors.

use crate::error::{Count, Error, Result, words};
use crate::math::simplex;
use crate::policy::spec::{ActionSpec, Distribution};

/// What is added to a prior weight before its logarithm, so that the policy can reach weights the prior has at 0.
pub const PRIOR_EPSILON: f64 = 1e-6;

/// Smallest component of a sampled Dirichlet action, before it is renormalised and stored.
pub const SMALLEST_SAMPLED_WEIGHT: f32 = 1e-6;

/// Writes log(prior + 1e-6), the offset that scores are added to.
pub fn log_prior(prior: &[f64], out: &mut [f32]) {
    for (out, weight) in out.iter_mut().zip(prior) {
        *out = (weight + PRIOR_EPSILON).ln() as f32;
    }
}

/// Writes the target weights [A] of a sampled action.
///
/// `gaussian`: `action` holds scores, weights = softmax(log_prior + action). `dirichlet`: `action` holds the weights
/// themselves. Either way caps and floors are applied last, by the exact projection. All slices have length A; the
/// first `assets` are assets, cash (when there is any) comes last.
pub fn target_weights(
    spec: &ActionSpec,
    assets: usize,
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
    apply_bounds(spec, assets, weights);
}

/// Writes the target weights [A] of the deterministic action: softmax(log_prior + scores), bounded. It is the mean
/// of the Dirichlet policy and the image of the Gaussian policy's mean.
pub fn deterministic_weights(
    spec: &ActionSpec,
    assets: usize,
    log_prior: &[f32],
    scores: &[f32],
    weights: &mut [f64],
) {
    softmax_around(log_prior, scores, weights);
    apply_bounds(spec, assets, weights);
}

fn softmax_around(log_prior: &[f32], scores: &[f32], weights: &mut [f64]) {
    let top = log_prior
        .iter()
        .zip(scores)
        .map(|(p, s)| p + s)
        .fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for ((weight, &prior), &score) in weights.iter_mut().zip(log_prior).zip(scores) {
        *weight = (f64::from(prior) + f64::from(score) - f64::from(top)).exp();
        sum += *weight;
    }
    for weight in weights {
        *weight /= sum;
    }
}

/// Writes to `out` the target weights [A] that somebody asks for, scaled to sum to 1 and moved within caps and floors.
///
/// The error, with `out` untouched, names `weights`: another length than A, a weight outside [0, 1], a sum farther
/// than 1e-6 from 1.
pub fn accept_weights(spec: &ActionSpec, assets: usize, weights: &[f64], out: &mut [f64]) -> Result<()> {
    if weights.len() != out.len() {
        let found = Count(weights.len(), "values");
        return Err(Error::invalid("weights", found, out.len()));
    }
    let sum = check_weights(&"weights", weights)?;
    for (out, weight) in out.iter_mut().zip(weights) {
        *out = weight / sum;
    }
    apply_bounds(spec, assets, out);
    Ok(())
}

/// The sum of target weights [A], which has to be 1 within 1e-6, with each weight in [0, 1]; the error calls them `input`.
pub fn check_weights(input: &impl std::fmt::Display, weights: &[f64]) -> Result<f64> {
    let sum: f64 = weights.iter().sum();
    if let Some(weight) = weights.iter().find(|weight| !weight.is_finite()) {
        return Err(Error::invalid(input.to_string(), weight, "finite weights"));
    }
    let allowed = weights.iter().all(|weight| (0.0..=1.0).contains(weight));
    match allowed && (sum - 1.0).abs() <= 1e-6 {
        true => Ok(sum),
        false => {
            let expected = "weights of at least 0 that sum to 1";
            Err(Error::invalid(input.to_string(), words!("{weights:?}"), expected))
        }
    }
}

/// Moves weights [A] that sum to 1 to the nearest ones within the caps and floors of the assets.
pub fn apply_bounds(spec: &ActionSpec, assets: usize, weights: &mut [f64]) {
    if spec.weight_cap < 1.0 || spec.weight_floor > 0.0 {
        simplex::project_bounded(weights, |i| {
            if i < assets {
                (spec.weight_floor, spec.weight_cap)
            } else {
                (0.0, 1.0)
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrained_scores_give_the_prior() {
        let prior = [0.5, 0.25, 0.25];
        let mut offset = [0.0; 3];
        log_prior(&prior, &mut offset);
        let mut weights = [0.0; 3];
        deterministic_weights(&ActionSpec::default(), 2, &offset, &[0.0; 3], &mut weights);
        for (weight, prior) in weights.iter().zip(prior) {
            assert!((weight - prior).abs() < 2e-6, "{weights:?}");
        }
    }

    #[test]
    fn cash_is_not_capped() {
        let spec = ActionSpec {
            weight_cap: 0.2,
            ..ActionSpec::default()
        };
        let mut weights = [0.0; 3];
        deterministic_weights(&spec, 2, &[0.0; 3], &[2.0, 2.0, 0.0], &mut weights);
        for (weight, expected) in weights.iter().zip([0.2, 0.2, 0.6]) {
            assert!((weight - expected).abs() < 1e-12, "{weights:?}");
        }
    }
}
