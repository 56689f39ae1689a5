//! A policy ready to act: from a state to target weights, a sample, its log-probability, a value.

use crate::error::{Count, Error, Result, Words, words};
use crate::market::prior::Prior;
use crate::math::random::Stream;
use crate::policy::action;
use crate::policy::departure::Departure;
use crate::policy::ensemble::{self, Consensus, Member};
use crate::policy::distribution as dist;
use crate::policy::forward::{CHUNK, Network, Scratch};
use crate::policy::kernels::{InstructionSet, Precision};
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::{Distribution, PolicySpec};

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

/// Buffers for one decision, or one batch of them, at a time.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// One for each thread.
    parts: Vec<Part>,
    /// [states, L]
    scores: Vec<f32>,
    /// [L] each, as what follows.
    log_prior: Vec<f32>,
    concentration: Vec<f64>,
    /// Logarithms of draws, and shares on their way to weights.
    shares: Vec<f64>,
    ruled: Ruled,
    /// Weights of every member: [states, M, A], as long as the largest ensemble so far has needed.
    each: Vec<f64>,
    /// What cannot be traded: [N], empty where everything can.
    fixed: Vec<Option<f64>>,
}

/// What the prior alone is computed with, of a policy that departs from it in part.
#[derive(Debug, Clone)]
struct Ruled {
    /// Scores of a policy that has learnt nothing: zeros.
    scores: Vec<f32>,
    weights: Vec<f64>,
}

/// What one thread needs to run the network.
#[derive(Debug, Clone)]
struct Part {
    network: Scratch,
    /// [states of a chunk, S]
    normalized: Vec<f32>,
}

impl Workspace {
    /// Buffers for policies of this spec that decide on one state at a time.
    pub fn new(spec: &PolicySpec) -> Self {
        Self::for_batches(spec, 1, 1)
    }

    /// Buffers for a policy that decides for one portfolio, whose states follow each other bar by bar. Decisions are the same to
    /// the bit, whatever the buffers were used for before; those of an attention take less time.
    pub fn following(spec: &PolicySpec) -> Self {
        let mut workspace = Self::new(spec);
        workspace.parts[0].network = Scratch::following(spec);
        workspace
    }

    /// Buffers for batches of up to `states` states on up to `threads` threads; both at least 1.
    pub fn for_batches(spec: &PolicySpec, states: usize, threads: usize) -> Self {
        let (states, len) = (states.max(1), spec.score_len());
        let part = Part {
            network: Scratch::for_batches(spec, states),
            normalized: vec![0.0; states.min(CHUNK) * spec.state.len()],
        };
        Self {
            parts: vec![part; threads.clamp(1, states)],
            scores: vec![0.0; states * len],
            log_prior: vec![0.0; len],
            concentration: vec![0.0; len],
            shares: vec![0.0; len],
            ruled: Ruled {
                scores: vec![0.0; len],
                weights: vec![0.0; spec.action_len()],
            },
            each: Vec::new(),
            fixed: Vec::with_capacity(spec.state.assets),
        }
    }
}

/// What scores are around: the prior [A], what cannot be traded, the log-prior [L].
type Around<'a> = (Option<&'a [f64]>, &'a [Option<f64>], &'a [f32]);

impl Workspace {
    /// Room for so many weights of members.
    fn make_room(&mut self, len: usize) {
        if self.each.len() < len {
            self.each.resize(len, 0.0);
        }
    }
}

impl Part {
    /// Writes the scores ([B, L]) of states ([B, S], not normalised).
    fn scores(&mut self, member: &Member, states: &[f32], scores: &mut [f32]) {
        let Member { normalizer, network } = member;
        let (inputs, actions) = (network.state_len(), network.score_len());
        let chunk = self.normalized.len() / inputs;
        for (states, scores) in states
            .chunks(chunk * inputs)
            .zip(scores.chunks_mut(chunk * actions))
        {
            let normalized = &mut self.normalized[..states.len()];
            for (state, normalized) in states
                .chunks_exact(inputs)
                .zip(normalized.chunks_exact_mut(inputs))
            {
                normalizer.normalize(state, normalized);
            }
            network.scores(normalized, &mut self.network, scores);
        }
    }
}

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

    /// Number of members: 1 of a policy that is no ensemble.
    pub fn member_count(&self) -> usize {
        1 + self.others.len()
    }

    /// The members, at least one.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        // As many as there are, where a chain does not know how many.
        (0..self.member_count()).map(|k| self.member(k))
    }

    fn member(&self, k: usize) -> &Member {
        match k {
            0 => &self.first,
            _ => &self.others[k - 1],
        }
    }

    pub(super) fn into_member(self) -> Member {
        self.first
    }

    pub(super) fn with_others(
        self,
        others: Vec<Member>,
        provenance: serde_json::Map<String, serde_json::Value>,
    ) -> Self {
        Self {
            others,
            provenance,
            ..self
        }
    }

    /// Member `k` as a policy by itself.
    pub(super) fn alone(&self, k: usize, provenance: serde_json::Map<String, serde_json::Value>) -> Self {
        Self {
            spec: self.spec.clone(),
            first: self.member(k).clone(),
            others: Vec::new(),
            consensus: None,
            departure: None,
            provenance,
        }
    }

    /// How members that disagree stay nearer to the prior; none: they do not.
    pub fn consensus(&self) -> Option<&Consensus> {
        self.consensus.as_ref()
    }

    /// Errors: a policy without a prior, bounds out of order.
    pub fn set_consensus(&mut self, consensus: Option<Consensus>) -> Result<()> {
        if let Some(consensus) = &consensus {
            consensus.validate()?;
            if self.spec.action.prior == Prior::None {
                let expected = "a policy with a prior to stay at";
                return Err(Error::invalid("consensus", "that of a policy without a prior", expected));
            }
        }
        self.consensus = consensus;
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
                return Err(Error::invalid("departure", "that of a policy without a prior", expected));
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

    /// How far the members disagree in a state: u, the mean over them of the one-way turnover from their weights to the mean of
    /// all, in [0, 1] where nothing is short or levered; 0 of a policy that is no ensemble. Fails as
    /// [`weights`](Self::weights) does.
    pub fn disagreement(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
    ) -> Result<f64> {
        self.write_each(state, prior, workspace)?;
        let Workspace { ruled, each, .. } = workspace;
        let each = &each[..self.member_count() * ruled.weights.len()];
        ensemble::write_mean(each, &mut ruled.weights);
        Ok(ensemble::disagreement(each, &ruled.weights))
    }

    /// Writes every member's own weights [M, A] in a state.
    fn write_each(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<()> {
        let actions = self.spec.action_len();
        self.check_prior("prior", prior, actions, |i| words!("prior[{i}]"))?;
        self.check_state(state, workspace)?;
        workspace.make_room(self.member_count() * actions);
        let Workspace {
            parts,
            scores,
            log_prior,
            shares,
            each,
            fixed,
            ..
        } = workspace;
        self.around(state, prior, fixed, log_prior);
        let scores = &mut scores[..self.spec.score_len()];
        for (k, (member, own)) in self.members().zip(each.chunks_exact_mut(actions)).enumerate() {
            parts[0].scores(member, state, scores);
            check_finite(scores, |i| words!("scores[{i}] of network {k}"))?;
            self.all_the_way((prior, fixed, log_prior), scores, shares, own);
        }
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

    /// As [`to_weights`](Self::to_weights), from the weights of every member: [M, A].
    fn to_joint_weights(
        &self,
        around: Around<'_>,
        each: &[f64],
        shares: &mut [f64],
        ruled: &mut Ruled,
        out: &mut [f64],
    ) {
        ensemble::write_mean(each, out);
        let part = self.consensus.map_or(1.0, |consensus| {
            consensus.part(ensemble::disagreement(each, out))
        });
        self.go_in_part(self.lambda() * part, around, shares, ruled, out);
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
        action::check_weights(&self.spec.action, &"fallback", fallback)?;
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

    /// [`weights_batch`](Self::weights_batch) of an ensemble, whose input has been checked.
    fn joint_batch(
        &self,
        states: &[f32],
        priors: Option<&[f64]>,
        pool: Option<&rayon::ThreadPool>,
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<()> {
        let (inputs, len) = (self.first.network.state_len(), self.spec.score_len());
        let (actions, members) = (self.spec.action_len(), self.member_count());
        let count = states.len() / inputs;
        workspace.make_room(count * members * actions);
        let Workspace {
            parts,
            scores,
            log_prior,
            shares,
            ruled,
            each,
            fixed,
            ..
        } = workspace;
        let scores = &mut scores[..count * len];
        let prior_of = |row: usize| priors.map(|priors| &priors[row * actions..][..actions]);
        for (k, member) in self.members().enumerate() {
            share_out(parts, member, states, scores, pool);
            check_finite(scores, |i| {
                words!("scores[{}][{}] of network {k}", i / len, i % len)
            })?;
            let rows = scores.chunks(len).zip(states.chunks(inputs));
            for (row, (scores, state)) in rows.enumerate() {
                self.around(state, prior_of(row), fixed, log_prior);
                let own = &mut each[(row * members + k) * actions..][..actions];
                self.all_the_way((prior_of(row), fixed, log_prior), scores, shares, own);
            }
        }
        let rows = out.chunks_mut(actions).zip(each.chunks(members * actions));
        for (row, ((out, each), state)) in rows.zip(states.chunks(inputs)).enumerate() {
            self.around(state, prior_of(row), fixed, log_prior);
            self.to_joint_weights((prior_of(row), fixed, log_prior), each, shares, ruled, out);
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
            Distribution::Gaussian => dist::gaussian_entropy(self.first.network.spread(), &workspace.log_prior),
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

    /// An ensemble has no distribution of its own.
    fn check_single(&self) -> Result<()> {
        match self.others.is_empty() {
            true => Ok(()),
            false => {
                let found = words!("an ensemble of {}", self.member_count());
                let expected = "a single policy, which has a distribution over actions";
                Err(Error::invalid("policy", found, expected))
            }
        }
    }

    fn check_state(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_state_length(state, workspace)?;
        check_finite(state, |i| words!("state[{i}]"))
    }

    fn check_state_length(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_workspace(workspace)?;
        if state.len() != self.first.network.state_len() {
            let found = Count(state.len(), "values");
            return Err(Error::invalid("state", found, self.first.network.state_len()));
        }
        Ok(())
    }

    fn check_workspace(&self, workspace: &Workspace) -> Result<()> {
        let Part { network, normalized } = &workspace.parts[0];
        let fits = normalized.len().is_multiple_of(self.first.network.state_len()) && self.first.network.fits(network);
        match fits {
            true => Ok(()),
            false => Err(Error::invalid(
                "workspace",
                "made for another spec",
                "one of the policy's spec",
            )),
        }
    }

    /// The number of states of a batch.
    fn check_batch(
        &self,
        states: &[f32],
        priors: Option<&[f64]>,
        workspace: &Workspace,
        out: &[f64],
    ) -> Result<usize> {
        self.check_workspace(workspace)?;
        let (inputs, actions) = (self.first.network.state_len(), self.spec.action_len());
        let count = states.len() / inputs;
        if count * inputs != states.len() {
            let found = Count(states.len(), "values");
            return Err(Error::invalid("states", found, words!("a multiple of {inputs}")));
        }
        let most = workspace.scores.len() / self.spec.score_len();
        if count > most {
            let expected = words!("at most the {most} that the workspace was made for");
            return Err(Error::invalid("states", Count(count, "rows"), expected));
        }
        check_length("weights", out.len(), count * actions)?;
        check_finite(states, |i| words!("states[{}][{}]", i / inputs, i % inputs))?;
        let place = |i| words!("priors[{}][{}]", i / actions, i % actions);
        self.check_prior("priors", priors, count * actions, place)?;
        Ok(count)
    }

    fn check_prior(
        &self,
        input: &str,
        prior: Option<&[f64]>,
        len: usize,
        place: impl Fn(usize) -> Words,
    ) -> Result<()> {
        self.check_prior_length(input, prior, len)?;
        let prior = prior.unwrap_or_default();
        let first = |(row, weights): (usize, &[f64])| {
            let (i, expected) = self.spec.action.unusable_prior(weights)?;
            Some((row * self.spec.action_len() + i, expected))
        };
        match prior.chunks(self.spec.action_len()).enumerate().find_map(first) {
            Some((i, expected)) => Err(Error::invalid(place(i), prior[i], expected)),
            None => Ok(()),
        }
    }

    /// That a prior is given where the spec has one, and only there.
    fn check_prior_length(&self, input: &str, prior: Option<&[f64]>, len: usize) -> Result<()> {
        match (prior, self.spec.action.prior) {
            (None, Prior::None) => Ok(()),
            (Some(_), Prior::None) => {
                let expected = "nothing: the policy was trained without a prior";
                Err(Error::invalid(input, "given", expected))
            }
            (None, _) => {
                let expected = "the weights that the policy's prior has at this close";
                Err(Error::invalid(input, "missing", expected))
            }
            (Some(prior), _) => check_length(input, prior.len(), len),
        }
    }
}

/// Writes the scores ([B, L]) of states ([B, S]), shared out among the parts where there is a pool.
fn share_out(
    parts: &mut [Part],
    member: &Member,
    states: &[f32],
    scores: &mut [f32],
    pool: Option<&rayon::ThreadPool>,
) {
    let (inputs, len) = (member.network.state_len(), member.network.score_len());
    let Some(pool) = pool else {
        return parts[0].scores(member, states, scores);
    };
    pool.scope(|scope| {
        let share = (states.len() / inputs).div_ceil(parts.len()).max(1);
        let shares = states.chunks(share * inputs).zip(scores.chunks_mut(share * len));
        for (part, (states, scores)) in parts.iter_mut().zip(shares) {
            scope.spawn(move |_| part.scores(member, states, scores));
        }
    });
}

fn check_finite(values: &[f32], place: impl Fn(usize) -> Words) -> Result<()> {
    // The largest size, as bits, whose order is that of the numbers: several values at a time, where a search that may
    // stop looks at one.
    let largest = values
        .iter()
        .map(|value| value.abs().to_bits() as i32)
        .fold(0, i32::max);
    if f32::from_bits(largest as u32).is_finite() {
        return Ok(());
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(i) => Err(Error::invalid(place(i), values[i], "finite")),
        None => Ok(()),
    }
}

fn check_length(input: &str, len: usize, expected: usize) -> Result<()> {
    if len == expected {
        return Ok(());
    }
    Err(Error::invalid(input, Count(len, "values"), expected))
}
