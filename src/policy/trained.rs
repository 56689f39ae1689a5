//! A policy ready to act: from a state to target weights, a sample, its log-probability, a value.

mod checks;
mod joint;
mod workspace;

pub use workspace::Workspace;

use crate::error::{Error, Result, words};
use crate::market::prior::Prior;
use crate::math::random::Stream;
use crate::policy::action;
use crate::policy::departure::Departure;
use crate::policy::distribution as dist;
use crate::policy::ensemble::{Consensus, Member};
use crate::policy::forward::Network;
use crate::policy::kernels::{InstructionSet, Precision};
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::{Distribution, PolicySpec};
use checks::{check_finite, check_length};
use workspace::{Part, Ruled, share_out};

/// Everything a policy file holds. Acting needs no libtorch, allocates nothing, and never changes the policy.
///
/// Every call takes the state as the state builder writes it ([S], not normalised) and, where the spec has a prior,
/// the prior's weights at this close ([A], assets and then cash where the action has cash).
#[derive(Debug, Clone)]
pub struct Policy {
    spec: PolicySpec,
    first: Member,
    /// Of an ensemble, its further members.
    others: Vec<Member>,
    consensus: Option<Consensus>,
    departure: Option<Departure>,
    /// How the policy came to be: the training configuration, data, seed, figures; whatever the trainer writes.
    pub provenance: serde_json::Map<String, serde_json::Value>,
}

/// What scores are around: the prior [A], what cannot be traded, the log-prior [L].
type Around<'a> = (Option<&'a [f64]>, &'a [Option<f64>], &'a [f32]);

impl Policy {
    /// A policy from its parts; `parameters` are the tensors of [`layout`](crate::policy::layout::layout) in order.
    ///
    /// Fails where the spec is invalid, or the parameters are not the layout's or not finite.
    pub fn new(
        spec: PolicySpec,
        normalizer: ObservationNormalizer,
        parameters: Vec<f32>,
        provenance: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self> {
        spec.validate()?;
        // Not the length alone: an mlp's normaliser of the same state has groups of its own.
        let normalizer = ObservationNormalizer::with_statistics(&spec, normalizer.statistics().clone())?;
        Ok(Self {
            first: Member {
                network: Network::new(&spec, parameters)?,
                normalizer,
            },
            others: Vec::new(),
            consensus: None,
            departure: None,
            spec,
            provenance,
        })
    }

    /// Takes over what training has come to, in place: allocates nothing, but for an attention. For a policy of one member, as
    /// [`new`](Self::new) makes it, and a normaliser of its spec; fails as that does, and then changes nothing.
    pub(crate) fn retrain(&mut self, normalizer: &ObservationNormalizer, parameters: &[f32]) -> Result<()> {
        self.first.network.refill(parameters)?;
        self.first.normalizer.learn_from(normalizer);
        Ok(())
    }

    /// How far the policy departs from its prior, and by which evidence; none: all the way.
    pub fn departure(&self) -> Option<&Departure> {
        self.departure.as_ref()
    }

    /// From now on deterministic weights are prior + λ (weights - prior), with the prior's weights those of a policy that
    /// has learnt nothing, within the same caps and floors: at λ = 0 the prior to the bit, at λ = 1 as without. What is
    /// sampled, and its log-probability, are of the policy as it was learnt.
    ///
    /// Errors: a policy without a prior; numbers that no evidence has.
    pub fn set_departure(&mut self, departure: Option<Departure>) -> Result<()> {
        if let Some(departure) = &departure {
            departure.validate()?;
            if self.spec.action.prior == Prior::None {
                let expected = "a policy with a prior to depart from";
                return Err(Error::invalid(
                    "departure",
                    "that of a policy without a prior",
                    expected,
                ));
            }
        }
        self.departure = departure;
        Ok(())
    }

    /// What the policy is.
    pub fn spec(&self) -> &PolicySpec {
        &self.spec
    }

    /// How states are normalised; of an ensemble, by its first member.
    pub fn normalizer(&self) -> &ObservationNormalizer {
        &self.first.normalizer
    }

    /// The network with its parameters; of an ensemble, that of its first member.
    pub fn network(&self) -> &Network {
        &self.first.network
    }

    fn networks_mut(&mut self) -> impl Iterator<Item = &mut Network> {
        let members = std::iter::once(&mut self.first).chain(&mut self.others);
        members.map(|member| &mut member.network)
    }

    /// Runs the network on other instructions than the best of this processor: for comparisons.
    pub fn set_instructions(&mut self, instructions: InstructionSet) {
        self.networks_mut()
            .for_each(|network| network.set_instructions(instructions));
    }

    /// How exactly the network keeps its weights.
    pub fn precision(&self) -> Precision {
        self.first.network.precision()
    }

    /// Keeps the network's weights in this precision from now on, to decide faster; what is saved stays as it was
    /// trained.
    pub fn set_precision(&mut self, precision: Precision) {
        self.networks_mut()
            .for_each(|network| network.set_precision(precision));
    }

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
    fn around(
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
    fn lambda(&self) -> f64 {
        self.departure.map_or(1.0, |departure| departure.lambda)
    }

    /// From weights all the way from the prior to those at `part` of the way.
    fn go_in_part(
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
    fn all_the_way(
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

    /// The critic's value of a state: expected discounted reward as the trainer scaled it; of an
    /// ensemble, the mean of its members'. Fails as
    /// [`weights`](Self::weights) does; the prior plays no part in it.
    pub fn value(&self, state: &[f32], workspace: &mut Workspace) -> Result<f32> {
        self.check_state(state, workspace)?;
        let Part { network, normalized } = &mut workspace.parts[0];
        let normalized = &mut normalized[..state.len()];
        let mut sum = 0.0;
        for member in self.members() {
            member.normalizer.normalize(state, normalized);
            sum += member.network.value(normalized, network);
        }
        Ok(sum / self.member_count() as f32)
    }

    /// Draws an action ([L]) and returns its log-probability. `gaussian`: scores; `dirichlet`: shares, each at
    /// least about 1e-6. [`action::target_weights`] turns either into target weights.
    ///
    /// Fails as [`weights`](Self::weights) does.
    pub fn sample(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        stream: &mut Stream,
        workspace: &mut Workspace,
        out: &mut [f32],
    ) -> Result<f64> {
        self.check_single()?;
        check_length("action", out.len(), self.spec.score_len())?;
        self.forward(state, prior, workspace)?;
        match self.spec.action.distribution {
            Distribution::Gaussian => {
                dist::sample_gaussian(&workspace.scores, self.first.network.spread(), stream, out);
            }
            Distribution::Dirichlet => {
                dist::sample_dirichlet(&workspace.concentration, stream, &mut workspace.shares, out);
            }
        }
        Ok(self.log_prob_here(workspace, out))
    }

    /// Log-probability of an action ([L], as [`sample`](Self::sample) draws it) in a state.
    ///
    /// Fails as [`weights`](Self::weights) does, and where the action is not finite or a Dirichlet share is not
    /// above 0.
    pub fn log_prob(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        action: &[f32],
        workspace: &mut Workspace,
    ) -> Result<f64> {
        self.check_single()?;
        check_length("action", action.len(), self.spec.score_len())?;
        self.forward(state, prior, workspace)?;
        let dirichlet = self.spec.action.distribution == Distribution::Dirichlet;
        // What is not free has no share.
        let too_small = |i: usize, share: f32| match action::is_free(workspace.log_prior[i]) {
            true => share <= 0.0,
            false => share < 0.0,
        };
        let unusable = |(i, share): (usize, &f32)| !share.is_finite() || dirichlet && too_small(i, *share);
        if let Some(i) = action.iter().enumerate().position(unusable) {
            let expected = if dirichlet { "finite and above 0" } else { "finite" };
            return Err(Error::invalid(words!("action[{i}]"), action[i], expected));
        }
        Ok(self.log_prob_here(workspace, action))
    }

    /// Entropy in nats of the distribution over actions in a state. Fails as [`weights`](Self::weights) does.
    pub fn entropy(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<f64> {
        self.check_single()?;
        self.forward(state, prior, workspace)?;
        Ok(match self.spec.action.distribution {
            Distribution::Gaussian => {
                dist::gaussian_entropy(self.first.network.spread(), &workspace.log_prior)
            }
            Distribution::Dirichlet => dist::dirichlet_entropy(&workspace.concentration),
        })
    }

    /// Fills the workspace for one state: log prior, scores and, for a Dirichlet, its concentration.
    fn forward(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<()> {
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

    fn log_prob_here(&self, workspace: &Workspace, action: &[f32]) -> f64 {
        match self.spec.action.distribution {
            Distribution::Gaussian => dist::gaussian_log_prob(
                &workspace.scores,
                self.first.network.spread(),
                &workspace.log_prior,
                action,
            ),
            Distribution::Dirichlet => dist::dirichlet_log_prob(&workspace.concentration, action),
        }
    }
}
