//! From a state to target weights, of one state or a batch of them.

use super::Policy;
use super::checks::{check_finite, check_length};
use super::workspace::{Ruled, Workspace, share_out};
use crate::error::{Result, words};
use crate::policy::action;
use crate::policy::distribution as dist;
use crate::policy::spec::Distribution;

/// What scores are around: the prior [A], what cannot be traded, the log-prior [L].
pub(super) type Around<'a> = (Option<&'a [f64]>, &'a [Option<f64>], &'a [f32]);

impl Policy {
    /// Writes the deterministic target weights ([A], f64, summing to 1, inside cap and floor; non-negative, or where the
    /// action may be short or levered within its largest gross exposure).
    ///
    /// Fails, leaving `out` untouched, where the state or the prior has the wrong length or a value that is not
    /// finite (or negative, for the prior of what may not be), where the spec has a prior and none is given (or the other way round),
    /// and where the network's scores overflow.
    pub fn weights(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<()> {
        check_length("weights", out.len(), self.spec.action_len())?;
        if !self.others.is_empty() {
            self.write_each(state, prior, workspace)?;
            let Workspace {
                log_prior,
                shares,
                ruled,
                each,
                fixed,
                ..
            } = workspace;
            let each = &each[..self.member_count() * out.len()];
            self.to_joint_weights((prior, fixed, log_prior), each, shares, ruled, out);
            return Ok(());
        }
        self.forward(state, prior, workspace)?;
        let Workspace {
            scores,
            log_prior,
            shares,
            ruled,
            fixed,
            ..
        } = workspace;
        let scores = &scores[..self.spec.score_len()];
        self.to_weights((prior, fixed, log_prior), scores, shares, ruled, out);
        Ok(())
    }

    /// Writes the log-prior [L] in a state, and what cannot be traded in it.
    pub(super) fn around(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        fixed: &mut Vec<Option<f64>>,
        log_prior: &mut [f32],
    ) {
        let spec = &self.spec;
        action::fixed_in(&spec.state, state, prior, fixed);
        match prior {
            Some(prior) => action::log_prior(&spec.action, prior, fixed, log_prior),
            None => action::no_prior(&spec.action, fixed, log_prior),
        }
    }

    /// From scores [L] around the prior, with what is fixed, to weights [A], as far as the policy departs; `shares` [L] are
    /// overwritten.
    fn to_weights(
        &self,
        around: Around<'_>,
        scores: &[f32],
        shares: &mut [f64],
        ruled: &mut Ruled,
        out: &mut [f64],
    ) {
        let lambda = self.lambda();
        if lambda > 0.0 {
            self.all_the_way(around, scores, shares, out);
        }
        self.go_in_part(lambda, around, shares, ruled, out);
    }

    /// The part of its departure that the policy takes.
    pub(super) fn lambda(&self) -> f64 {
        self.departure.map_or(1.0, |departure| departure.lambda)
    }

    /// From weights all the way from the prior to those at `part` of the way.
    pub(super) fn go_in_part(
        &self,
        part: f64,
        around: Around<'_>,
        shares: &mut [f64],
        ruled: &mut Ruled,
        out: &mut [f64],
    ) {
        if part >= 1.0 {
            return;
        }
        if part <= 0.0 {
            return self.all_the_way(around, &ruled.scores, shares, out);
        }
        self.all_the_way(around, &ruled.scores, shares, &mut ruled.weights);
        for (weight, ruled) in out.iter_mut().zip(&ruled.weights) {
            *weight = ruled + part * (*weight - ruled);
        }
    }

    /// As [`to_weights`](Self::to_weights), of the policy as it was learnt.
    pub(super) fn all_the_way(
        &self,
        (prior, fixed, log_prior): Around<'_>,
        scores: &[f32],
        shares: &mut [f64],
        out: &mut [f64],
    ) {
        let (spec, assets) = (&self.spec.action, self.spec.state.assets);
        let weights = match spec.short {
            true => &mut *shares,
            // As many as the weights.
            false => &mut *out,
        };
        match prior {
            Some(prior) => action::weights_around(spec, assets, prior, fixed, log_prior, scores, weights),
            None => action::deterministic_weights(spec, assets, fixed, log_prior, scores, weights),
        }
        if spec.short {
            out.copy_from_slice(&shares[..out.len()]);
        }
    }

    /// As [`weights`](Self::weights), but with an answer where the input has none: where the state or the prior holds
    /// NaN or an infinity, or the network's scores overflow, `out` gets a copy of `fallback` ([A]). Tells whether it did.
    ///
    /// The fallback is checked on every call, so that one that cannot be used shows before it is needed. Fails, leaving
    /// `out` untouched, where it has the wrong length or is none of [`action::check_weights`], and otherwise as `weights` does: wrong lengths and negative priors are mistakes of the caller, not of a feed.
    pub fn weights_or(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        fallback: &[f64],
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<bool> {
        check_length("weights", out.len(), self.spec.action_len())?;
        check_length("fallback", fallback.len(), out.len())?;
        action::check_weights(&self.spec.action, &[], &"fallback", fallback)?;
        self.check_state_length(state, workspace)?;
        self.check_prior_length("prior", prior, out.len())?;
        let mut usable = state.iter().all(|value| value.is_finite());
        let prior_weights = prior.unwrap_or_default();
        if prior_weights.iter().all(|weight| weight.is_finite()) {
            self.check_prior("prior", prior, out.len(), |i| words!("prior[{i}]"))?;
        } else {
            usable = false;
        }
        // What is left to fail then is the network: its scores.
        if usable && self.weights(state, prior, workspace, out).is_ok() {
            return Ok(false);
        }
        out.copy_from_slice(fallback);
        Ok(true)
    }

    /// Writes the deterministic target weights ([B, A]) of a batch of states ([B, S], with `priors` [B, A] where the
    /// spec has a prior), all row-major: bit for bit what [`weights`](Self::weights) gives for each state alone.
    ///
    /// Without a `pool` everything runs on the calling thread and nothing is allocated. With one, the states are
    /// shared out among as many of its threads as the workspace was made for.
    ///
    /// Fails as [`weights`](Self::weights) does, naming the row as in `states[3][5]`, and where there are more states
    /// than the workspace was made for; `out` is untouched then.
    pub fn weights_batch(
        &self,
        states: &[f32],
        priors: Option<&[f64]>,
        pool: Option<&rayon::ThreadPool>,
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<()> {
        let (inputs, len) = (self.first.network.state_len(), self.spec.score_len());
        let actions = self.spec.action_len();
        let count = self.check_batch(states, priors, workspace, out)?;
        if !self.others.is_empty() {
            return self.joint_batch(states, priors, pool, workspace, out);
        }
        let Workspace {
            parts,
            scores,
            log_prior,
            shares,
            ruled,
            fixed,
            ..
        } = workspace;
        let scores = &mut scores[..count * len];
        share_out(parts, &self.first, states, scores, pool);
        check_finite(scores, |i| {
            words!("scores[{}][{}] of the network", i / len, i % len)
        })?;
        let rows = scores
            .chunks(len)
            .zip(out.chunks_mut(actions))
            .zip(states.chunks(inputs));
        for (row, ((scores, out), state)) in rows.enumerate() {
            let prior = priors.map(|priors| &priors[row * actions..][..actions]);
            self.around(state, prior, fixed, log_prior);
            self.to_weights((prior, fixed, log_prior), scores, shares, ruled, out);
        }
        Ok(())
    }

    /// Fills the workspace for one state: log prior, scores and, for a Dirichlet, its concentration.
    pub(super) fn forward(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
    ) -> Result<()> {
        self.check_prior("prior", prior, self.spec.action_len(), |i| words!("prior[{i}]"))?;
        self.check_state(state, workspace)?;
        let scores = &mut workspace.scores[..self.spec.score_len()];
        workspace.parts[0].scores(&self.first, state, scores);
        check_finite(scores, |i| words!("scores[{i}] of the network"))?;
        self.around(state, prior, &mut workspace.fixed, &mut workspace.log_prior);
        if self.spec.action.distribution == Distribution::Dirichlet {
            let (log_kappa, out) = (self.first.network.spread()[0], &mut workspace.concentration);
            dist::concentration(log_kappa, &workspace.log_prior, scores, out);
        }
        Ok(())
    }
}
