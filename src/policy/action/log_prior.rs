//! What scores are added to: the logarithm of the prior's shares.

use super::fixed::fixed_gross;
use crate::math::elementary::ln_of_normal;
use crate::policy::spec::ActionSpec;

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
