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

use crate::error::{Count, Error, Result, words};
use crate::market::state_spec::StateSpec;
use crate::math::elementary::{exp, ln_of_normal};
use crate::math::simplex;
use crate::policy::spec::{ActionSpec, Distribution};

/// Smallest component of a sampled Dirichlet action, before it is renormalised and stored.
pub const SMALLEST_SAMPLED_WEIGHT: f32 = 1e-6;

/// What cannot be traded, as a state [S] says it, and the weight that it keeps: the prior's, or where there is no prior that
/// of the state. Empty where all can be.
pub fn fixed_in(spec: &StateSpec, state: &[f32], prior: Option<&[f64]>, out: &mut Vec<Option<f64>>) {
    out.clear();
    let Some(flags) = spec.listed_range().map(|range| &state[range]) else {
        return;
    };
    if flags.iter().all(|flag| *flag != 0.0) {
        return;
    }
    // The weights come first in a state.
    let held = |i: usize| prior.map_or(f64::from(state[i]), |prior| prior[i]);
    out.extend(
        flags
            .iter()
            .enumerate()
            .map(|(i, flag)| (*flag == 0.0).then(|| held(i))),
    );
}

/// Whether there is anything to decide around this log-prior [L]: more than one share is free.
pub fn is_open(log_prior: &[f32]) -> bool {
    log_prior
        .iter()
        .filter(|offset| is_free(**offset))
        .nth(1)
        .is_some()
}

/// Whether the share of this log-prior is free.
pub fn is_free(log_prior: f32) -> bool {
    log_prior > f32::NEG_INFINITY
}

/// Sum of the sizes of what is fixed.
fn fixed_gross(fixed: &[Option<f64>]) -> f64 {
    fixed.iter().flatten().map(|weight| weight.abs()).sum()
}

/// Writes the log-prior [L] where there is no prior: 0, and minus infinity where nothing can be traded.
pub fn no_prior(spec: &ActionSpec, fixed: &[Option<f64>], out: &mut [f32]) {
    out.fill(0.0);
    close(spec, fixed, out);
}

/// Takes the shares of what is fixed out of a log-prior [L].
fn close(spec: &ActionSpec, fixed: &[Option<f64>], log_prior: &mut [f32]) {
    for (i, _) in fixed.iter().enumerate().filter(|(_, weight)| weight.is_some()) {
        log_prior[i] = f32::NEG_INFINITY;
        if spec.short {
            log_prior[fixed.len() + i] = f32::NEG_INFINITY;
        }
    }
}

/// Writes log(share + m) of the prior's shares [L], the offset that scores are added to. `prior` holds its weights [A].
pub fn log_prior(spec: &ActionSpec, prior: &[f64], fixed: &[Option<f64>], out: &mut [f32]) {
    if !fixed.is_empty() {
        return log_prior_of_free(spec, prior, fixed, out);
    }
    let shift = smallest_share(spec, out.len());
    if spec.is_plain() {
        return each(prior, out, |weight| log_share(weight, shift));
    }
    let (weights, _) = prior.split_at(prior.len() - 1);
    let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
    let scale = gross.max(spec.max_gross);
    let log = |share: f64| log_share(share.max(0.0) / scale, shift);
    let (long, rest) = out.split_at_mut(weights.len());
    each(weights, long, log);
    if spec.short {
        each(weights, rest, |weight| log(-weight));
    }
    out[out.len() - 1] = log(scale - gross);
}

/// What is added to shares [L], 0 or more, before their logarithm: never so little that the sum is no normal number.
fn smallest_share(spec: &ActionSpec, len: usize) -> f64 {
    spec.prior_shift(len).max(f64::MIN_POSITIVE)
}

/// The logarithm of a share and of what is added to it.
#[inline]
fn log_share(share: f64, shift: f64) -> f32 {
    ln_of_normal(share + shift) as f32
}

/// Writes to the first of `out` what `log` makes of each weight, one kind of share after the other.
fn each(weights: &[f64], out: &mut [f32], log: impl Fn(f64) -> f32) {
    for (out, weight) in out.iter_mut().zip(weights) {
        *out = log(*weight);
    }
}

/// As [`log_prior`], of the shares of what is left beside what is fixed.
fn log_prior_of_free(spec: &ActionSpec, prior: &[f64], fixed: &[Option<f64>], out: &mut [f32]) {
    let shift = smallest_share(spec, out.len());
    let (weights, _) = prior.split_at(prior.len() - 1);
    let free = || weights.iter().zip(fixed).filter(|(_, fixed)| fixed.is_none());
    let gross: f64 = free().map(|(weight, _)| weight.abs()).sum();
    let room = (spec.max_gross - fixed_gross(fixed)).max(gross);
    let share = |size: f64| if room > 0.0 { size.max(0.0) / room } else { 0.0 };
    let log = |share: f64| log_share(share, shift);
    let (long, rest) = out.split_at_mut(weights.len());
    each(weights, long, |weight| log(share(weight)));
    if spec.short {
        each(weights, rest, |weight| log(share(-weight)));
    }
    out[out.len() - 1] = log(if room > 0.0 { share(room - gross) } else { 1.0 });
    close(spec, fixed, out);
}

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

/// Cash beside assets that sum to `invested`; rounding alone is no debt where there may be none.
fn rest_in_cash(spec: &ActionSpec, invested: f64) -> f64 {
    let cash = 1.0 - invested;
    if spec.is_plain() { cash.max(0.0) } else { cash }
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

/// Brings weights [A] of this sum to one that the action may have: what is fixed as it is, a sum of 1, and of what may be
/// short or levered no more than the largest gross exposure.
fn settle(spec: &ActionSpec, assets: usize, fixed: &[Option<f64>], sum: f64, weights: &mut [f64]) {
    if fixed.is_empty() {
        if spec.is_plain() {
            return scale_to_one(weights, sum);
        }
        within_gross(spec.max_gross, &[], weights);
    } else {
        let asked: f64 = weights
            .iter()
            .zip(fixed)
            .filter(|(_, fixed)| fixed.is_none())
            .map(|(w, _)| w)
            .sum();
        let (asked, kept) = (asked + weights[assets], fixed.iter().flatten().sum::<f64>());
        // Of weights that leave what is fixed as it is, nothing changes.
        let scale = match spec.is_plain() && (asked + kept - 1.0).abs() > SUM_ROUNDING && asked > 0.0 {
            true => (1.0 - kept).max(0.0) / asked,
            false => 1.0,
        };
        for (i, weight) in weights[..assets].iter_mut().enumerate() {
            *weight = fixed[i].unwrap_or(*weight * scale);
        }
        within_gross(spec.max_gross, fixed, weights);
    }
    let invested: f64 = weights[..assets].iter().sum();
    if (invested + weights[assets] - 1.0).abs() > SUM_ROUNDING {
        weights[assets] = rest_in_cash(spec, invested);
    }
}

/// Scales the free assets among weights [N + 1] so that all have this gross exposure where they are beyond it by more than
/// rounding; cash is the rest.
fn within_gross(most: f64, fixed: &[Option<f64>], weights: &mut [f64]) {
    let (cash, assets) = weights.split_last_mut().expect("cash is among them");
    let is_free = |i: usize| fixed.get(i).is_none_or(Option::is_none);
    let free: f64 = assets
        .iter()
        .enumerate()
        .filter(|(i, _)| is_free(*i))
        .map(|(_, weight)| weight.abs())
        .sum();
    let kept = fixed_gross(fixed);
    if free + kept > most * (1.0 + SUM_ROUNDING) && free > 0.0 {
        let scale = (most - kept).max(0.0) / free;
        for (i, weight) in assets.iter_mut().enumerate() {
            if is_free(i) {
                *weight *= scale;
            }
        }
        *cash = 1.0 - assets.iter().sum::<f64>();
    }
}

/// Farthest from 1 that the sum of weights is by rounding.
const SUM_ROUNDING: f64 = 1e-12;

/// Scales weights of this sum to a sum of 1; where rounding alone keeps them from it they stay as they are, so that what is
/// held is not traded for an ulp.
fn scale_to_one(weights: &mut [f64], sum: f64) {
    if (sum - 1.0).abs() > SUM_ROUNDING {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
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

/// Writes to `out` the target weights [A] that somebody asks for, scaled to sum to 1 and moved within caps and floors.
///
/// The error, with `out` untouched, names `weights`: another length than A, and what [`check_weights`] refuses.
/// What is asked of an asset that is fixed makes no difference: it stays as it is, and the others are scaled to what is left.
pub fn accept_weights(
    spec: &ActionSpec,
    assets: usize,
    fixed: &[Option<f64>],
    weights: &[f64],
    out: &mut [f64],
) -> Result<()> {
    if weights.len() != out.len() {
        let found = Count(weights.len(), "values");
        return Err(Error::invalid("weights", found, out.len()));
    }
    let sum = check_weights(spec, fixed, &"weights", weights)?;
    out.copy_from_slice(weights);
    settle(spec, assets, fixed, sum, out);
    apply_bounds(spec, assets, fixed, out);
    Ok(())
}

/// Farthest from 1 that somebody's weights may sum, and that their gross exposure may be beyond the largest.
const TOLERANCE: f64 = 1e-6;

/// The sum of target weights [A], which has to be 1 within 1e-6; the error calls them `input`. Each is in [0, 1], or, of an
/// action that may be short or levered, those of the assets have a gross exposure of at most `max_gross`, or of what cannot be
/// traded alone (`fixed` [N], or empty) where prices have made that more, and none is below 0 that may not be short.
pub fn check_weights(
    spec: &ActionSpec,
    fixed: &[Option<f64>],
    input: &impl std::fmt::Display,
    weights: &[f64],
) -> Result<f64> {
    if let Some(i) = weights.iter().position(|weight| !weight.is_finite()) {
        return Err(Error::invalid(words!("{input}[{i}]"), weights[i], "finite"));
    }
    let (least, most) = (spec.least_weights(), if spec.is_plain() { 1.0 } else { f64::MAX });
    let allowed = |(i, weight): (usize, &f64)| (least(i, weights.len())..=most).contains(weight);
    if let Some(i) = weights.iter().enumerate().position(|weight| !allowed(weight)) {
        let expected = match spec.is_plain() {
            true => "in [0, 1]",
            false => "at least 0",
        };
        return Err(Error::invalid(words!("{input}[{i}]"), weights[i], expected));
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > TOLERANCE {
        let found = words!("weights that sum to {sum}");
        return Err(Error::invalid(input.to_string(), found, spec.weights_expected()));
    }
    if !spec.is_plain() {
        let (_, assets) = weights.split_last().expect("cash is among them");
        let gross: f64 = assets.iter().map(|weight| weight.abs()).sum();
        if gross > spec.max_gross.max(fixed_gross(fixed)) + TOLERANCE {
            let found = words!("of a gross exposure of {gross}");
            return Err(Error::invalid(input.to_string(), found, spec.weights_expected()));
        }
    }
    Ok(sum)
}

/// Moves weights [A] that sum to 1 to the nearest ones within the caps and floors of the assets that are free. Without
/// borrowing or shorts cash is at least 0 and among what moves; with them it is the rest.
pub fn apply_bounds(spec: &ActionSpec, assets: usize, fixed: &[Option<f64>], weights: &mut [f64]) {
    let fixed = |i: usize| fixed.get(i).copied().flatten();
    if !spec.is_plain() {
        if spec.weight_cap < spec.max_gross {
            let (weights, cash) = weights.split_at_mut(assets);
            for (i, weight) in weights.iter_mut().enumerate() {
                if fixed(i).is_none() {
                    *weight = weight.clamp(-spec.weight_cap, spec.weight_cap);
                }
            }
            cash[0] = 1.0 - weights.iter().sum::<f64>();
        }
        return;
    }
    if spec.weight_cap < 1.0 || spec.weight_floor > 0.0 {
        simplex::project_bounded(weights, |i| match fixed(i) {
            Some(weight) => (weight, weight),
            None if i < assets => (spec.weight_floor, spec.weight_cap),
            None => (0.0, 1.0),
        });
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
