//! What the weights of an action may be, and how those that are not are brought there.

use super::fixed::fixed_gross;
use crate::error::{Count, Error, Result, words};
use crate::math::simplex;
use crate::policy::spec::ActionSpec;

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

/// Brings weights [A] of this sum to one that the action may have: what is fixed as it is, a sum of 1, and of what may be
/// short or levered no more than the largest gross exposure.
pub(super) fn settle(spec: &ActionSpec, assets: usize, fixed: &[Option<f64>], sum: f64, weights: &mut [f64]) {
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

/// Cash beside assets that sum to `invested`; rounding alone is no debt where there may be none.
pub(super) fn rest_in_cash(spec: &ActionSpec, invested: f64) -> f64 {
    let cash = 1.0 - invested;
    if spec.is_plain() { cash.max(0.0) } else { cash }
}
