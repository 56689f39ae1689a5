//! Density and entropy of the actions, with their slopes: written out what [`crate::train::distribution`] leaves to autograd.

use crate::math::trigamma::trigamma;
use crate::policy::action::{is_free, is_open};
use crate::policy::spec::{Distribution, PolicySpec};
use statrs::function::gamma::{digamma, ln_gamma};
use std::f64::consts::{E, PI};

/// Smallest Dirichlet concentration, as in training by autograd.
const SMALLEST_CONCENTRATION: f64 = 1e-6;

/// A distribution with its parameter, as it stands in one update.
#[derive(Debug)]
pub(super) struct Density {
    distribution: Distribution,
    /// Whether log-priors may be minus infinity: those shares are left out, as is a row that has one other at most.
    some_missing: bool,
    /// log_std of each score, and 1/std: [L]; or log_kappa and kappa.
    logs: Vec<f64>,
    others: Vec<f64>,
    /// Values of the parameter itself.
    spread_len: usize,
    needs_entropy: bool,
}

/// Slopes of log-density and entropy at one row.
#[derive(Debug)]
pub(super) struct Slopes {
    /// In the scores: [L].
    pub(super) log_prob: Vec<f64>,
    pub(super) entropy: Vec<f64>,
    /// In the distribution's parameter.
    pub(super) spread_log_prob: Vec<f64>,
    pub(super) spread_entropy: Vec<f64>,
    /// Concentrations, where there are some, their shares, and slopes in them: [L].
    alpha: Vec<f64>,
    share: Vec<f64>,
    of_alpha: Vec<[f64; 2]>,
}

/// log pi(action | state) and the entropy of pi(. | state).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Likelihood {
    pub(super) log_prob: f64,
    pub(super) entropy: f64,
}

impl Slopes {
    pub(super) fn new(spec: &PolicySpec) -> Self {
        let zeros = || vec![0.0; spec.score_len()];
        Self {
            log_prob: zeros(),
            entropy: zeros(),
            spread_log_prob: zeros(),
            spread_entropy: zeros(),
            alpha: zeros(),
            share: zeros(),
            of_alpha: vec![[0.0; 2]; spec.score_len()],
        }
    }

    fn clear(&mut self) {
        for slopes in [
            &mut self.log_prob,
            &mut self.entropy,
            &mut self.spread_log_prob,
            &mut self.spread_entropy,
        ] {
            slopes.fill(0.0);
        }
    }
}

impl Density {
    /// The policy's; its parameter is set before it is used.
    pub(super) fn new(spec: &PolicySpec) -> Self {
        let distribution = spec.action.distribution;
        let len = match distribution {
            Distribution::Gaussian => spec.score_len(),
            Distribution::Dirichlet => 1,
        };
        Self {
            distribution,
            some_missing: spec.state.listed,
            logs: vec![0.0; len],
            others: vec![1.0; len],
            spread_len: 1,
            needs_entropy: false,
        }
    }

    /// With this parameter: log_std ([L], or [1] for all alike) or log_kappa ([1]); slopes of the entropy where they are needed.
    pub(super) fn set(&mut self, spread: &[f32], needs_entropy: bool) {
        (self.spread_len, self.needs_entropy) = (spread.len(), needs_entropy);
        for (i, (log, other)) in self.logs.iter_mut().zip(&mut self.others).enumerate() {
            *log = f64::from(if spread.len() == 1 { spread[0] } else { spread[i] });
            *other = match self.distribution {
                Distribution::Gaussian => (-*log).exp(),
                Distribution::Dirichlet => log.exp(),
            };
        }
    }

    /// Of one row, with its slopes. `scores`, `log_prior` and `action` are [L].
    #[inline]
    pub(super) fn at(
        &self,
        scores: &[f32],
        log_prior: &[f32],
        action: &[f32],
        slopes: &mut Slopes,
    ) -> Likelihood {
        if self.some_missing && !is_open(log_prior) {
            slopes.clear();
            return Likelihood::default();
        }
        match self.distribution {
            Distribution::Gaussian => self.gaussian(scores, log_prior, action, slopes),
            Distribution::Dirichlet => self.dirichlet(scores, log_prior, action, slopes),
        }
    }

    fn gaussian(&self, mean: &[f32], log_prior: &[f32], action: &[f32], slopes: &mut Slopes) -> Likelihood {
        let (mut log_prob, mut entropy) = (0.0, 0.0);
        slopes.clear();
        for i in 0..mean.len() {
            if self.some_missing && !is_free(log_prior[i]) {
                continue;
            }
            let z = (f64::from(action[i]) - f64::from(mean[i])) * self.others[i];
            log_prob += -0.5 * z * z - self.logs[i];
            entropy += self.logs[i];
            slopes.log_prob[i] = z * self.others[i];
            let place = if self.spread_len == 1 { 0 } else { i };
            slopes.spread_log_prob[place] += z * z - 1.0;
            slopes.spread_entropy[place] += 1.0;
        }
        let count = match self.some_missing {
            true => log_prior.iter().filter(|prior| is_free(**prior)).count(),
            false => mean.len(),
        } as f64;
        Likelihood {
            log_prob: log_prob - 0.5 * count * (2.0 * PI).ln(),
            entropy: entropy + 0.5 * count * (2.0 * PI * E).ln(),
        }
    }

    fn dirichlet(
        &self,
        scores: &[f32],
        log_prior: &[f32],
        action: &[f32],
        slopes: &mut Slopes,
    ) -> Likelihood {
        let kappa = self.others[0];
        let Slopes {
            log_prob: of_log_prob,
            entropy: of_entropy,
            spread_log_prob,
            spread_entropy,
            alpha,
            share,
            of_alpha,
        } = slopes;
        softmax(scores, log_prior, share);
        let is_in = |i: usize| !self.some_missing || is_free(log_prior[i]);
        let (mut total, mut count) = (0.0, 0.0);
        for (i, alpha) in alpha.iter_mut().enumerate() {
            *alpha = (kappa * share[i]).max(SMALLEST_CONCENTRATION);
            if is_in(i) {
                total += *alpha;
                count += 1.0;
            }
        }
        // ln B(alpha) = sum of ln Gamma(alpha_i) - ln Gamma(total)
        let (digamma_total, mut log_beta) = (digamma(total), -ln_gamma(total));
        let trigamma_total = if self.needs_entropy { trigamma(total) } else { 0.0 };
        let (mut log_density, mut spare) = (0.0, (total - count) * digamma_total);
        for i in 0..alpha.len() {
            of_alpha[i] = [0.0; 2];
            if !is_in(i) {
                continue;
            }
            let (a, log_action) = (alpha[i], f64::from(action[i]).ln());
            let digamma = digamma(a);
            log_beta += ln_gamma(a);
            log_density += (a - 1.0) * log_action;
            spare -= (a - 1.0) * digamma;
            // At the smallest concentration nothing flows back.
            if kappa * share[i] >= SMALLEST_CONCENTRATION {
                let entropy = match self.needs_entropy {
                    true => (total - count) * trigamma_total - (a - 1.0) * trigamma(a),
                    false => 0.0,
                };
                of_alpha[i] = [log_action - digamma + digamma_total, entropy];
            }
        }
        // alpha_i = kappa p_i, with the softmax p: d alpha_i / d score_j = kappa p_i ([i = j] - p_j).
        let mut mean = [0.0; 2];
        for (share, of_alpha) in share.iter().zip(of_alpha.iter()) {
            mean[0] += share * of_alpha[0];
            mean[1] += share * of_alpha[1];
        }
        for i in 0..share.len() {
            of_log_prob[i] = kappa * share[i] * (of_alpha[i][0] - mean[0]);
            of_entropy[i] = kappa * share[i] * (of_alpha[i][1] - mean[1]);
        }
        spread_log_prob[0] = kappa * mean[0];
        spread_entropy[0] = kappa * mean[1];
        Likelihood {
            log_prob: log_density - log_beta,
            entropy: log_beta + spare,
        }
    }
}

/// softmax(log_prior + scores), 0 where the log-prior is minus infinity.
fn softmax(scores: &[f32], log_prior: &[f32], out: &mut [f64]) {
    let mut top = f64::NEG_INFINITY;
    for ((out, score), prior) in out.iter_mut().zip(scores).zip(log_prior) {
        *out = f64::from(*score) + f64::from(*prior);
        top = top.max(*out);
    }
    let mut sum = 0.0;
    for out in out.iter_mut() {
        *out = (*out - top).exp();
        sum += *out;
    }
    out.iter_mut().for_each(|out| *out /= sum);
}
