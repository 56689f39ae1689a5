//! A policy ready to act: from a state to target weights, a sample, its log-probability, a value.

use crate::error::{Count, Error, Result, Words, words};
use crate::market::prior::Prior;
use crate::math::random::Stream;
use crate::policy::action;
use crate::policy::departure::Departure;
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
    normalizer: ObservationNormalizer,
    network: Network,
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
            fixed: Vec::with_capacity(spec.state.assets),
        }
    }
}

/// What scores are around: the prior [A], what cannot be traded, the log-prior [L].
type Around<'a> = (Option<&'a [f64]>, &'a [Option<f64>], &'a [f32]);

impl Part {
    /// Writes the scores ([B, L]) of states ([B, S], not normalised).
    fn scores(&mut self, policy: &Policy, states: &[f32], scores: &mut [f32]) {
        let (inputs, actions) = (policy.network.state_len(), policy.spec.score_len());
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
                policy.normalizer.normalize(state, normalized);
            }
            policy.network.scores(normalized, &mut self.network, scores);
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
            network: Network::new(&spec, parameters)?,
            normalizer,
            departure: None,
            spec,
            provenance,
        })
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

    /// How states are normalised.
    pub fn normalizer(&self) -> &ObservationNormalizer {
        &self.normalizer
    }

    /// The network with its parameters.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Runs the network on other instructions than the best of this processor: for comparisons.
    pub fn set_instructions(&mut self, instructions: InstructionSet) {
        self.network.set_instructions(instructions);
    }

    /// How exactly the network keeps its weights.
    pub fn precision(&self) -> Precision {
        self.network.precision()
    }

    /// Keeps the network's weights in this precision from now on, to decide faster; what is saved stays as it was
    /// trained.
    pub fn set_precision(&mut self, precision: Precision) {
        self.network.set_precision(precision);
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
        let lambda = self.departure.map_or(1.0, |departure| departure.lambda);
        if lambda >= 1.0 {
            return self.all_the_way(around, scores, shares, out);
        }
        if lambda <= 0.0 {
            return self.all_the_way(around, &ruled.scores, shares, out);
        }
        self.all_the_way(around, scores, shares, out);
        self.all_the_way(around, &ruled.scores, shares, &mut ruled.weights);
        for (weight, ruled) in out.iter_mut().zip(&ruled.weights) {
            *weight = ruled + lambda * (*weight - ruled);
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
        let (inputs, len) = (self.network.state_len(), self.spec.score_len());
        let actions = self.spec.action_len();
        let count = self.check_batch(states, priors, workspace, out)?;
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
        match pool {
            None => parts[0].scores(self, states, scores),
            Some(pool) => pool.scope(|scope| {
                let share = count.div_ceil(parts.len()).max(1);
                let shares = states.chunks(share * inputs).zip(scores.chunks_mut(share * len));
                for (part, (states, scores)) in parts.iter_mut().zip(shares) {
                    scope.spawn(move |_| part.scores(self, states, scores));
                }
            }),
        }
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

    /// The critic's value of a state: expected discounted reward as the trainer scaled it. Fails as
    /// [`weights`](Self::weights) does; the prior plays no part in it.
    pub fn value(&self, state: &[f32], workspace: &mut Workspace) -> Result<f32> {
        self.check_state(state, workspace)?;
        let Part { network, normalized } = &mut workspace.parts[0];
        let normalized = &mut normalized[..state.len()];
        self.normalizer.normalize(state, normalized);
        Ok(self.network.value(normalized, network))
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
        check_length("action", out.len(), self.spec.score_len())?;
        self.forward(state, prior, workspace)?;
        match self.spec.action.distribution {
            Distribution::Gaussian => {
                dist::sample_gaussian(&workspace.scores, self.network.spread(), stream, out);
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
        self.forward(state, prior, workspace)?;
        Ok(match self.spec.action.distribution {
            Distribution::Gaussian => dist::gaussian_entropy(self.network.spread(), &workspace.log_prior),
            Distribution::Dirichlet => dist::dirichlet_entropy(&workspace.concentration),
        })
    }

    /// Fills the workspace for one state: log prior, scores and, for a Dirichlet, its concentration.
    fn forward(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<()> {
        self.check_prior("prior", prior, self.spec.action_len(), |i| words!("prior[{i}]"))?;
        self.check_state(state, workspace)?;
        let scores = &mut workspace.scores[..self.spec.score_len()];
        workspace.parts[0].scores(self, state, scores);
        check_finite(scores, |i| words!("scores[{i}] of the network"))?;
        self.around(state, prior, &mut workspace.fixed, &mut workspace.log_prior);
        if self.spec.action.distribution == Distribution::Dirichlet {
            let (log_kappa, out) = (self.network.spread()[0], &mut workspace.concentration);
            dist::concentration(log_kappa, &workspace.log_prior, scores, out);
        }
        Ok(())
    }

    fn log_prob_here(&self, workspace: &Workspace, action: &[f32]) -> f64 {
        match self.spec.action.distribution {
            Distribution::Gaussian => dist::gaussian_log_prob(
                &workspace.scores,
                self.network.spread(),
                &workspace.log_prior,
                action,
            ),
            Distribution::Dirichlet => dist::dirichlet_log_prob(&workspace.concentration, action),
        }
    }

    fn check_state(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_state_length(state, workspace)?;
        check_finite(state, |i| words!("state[{i}]"))
    }

    fn check_state_length(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_workspace(workspace)?;
        if state.len() != self.network.state_len() {
            let found = Count(state.len(), "values");
            return Err(Error::invalid("state", found, self.network.state_len()));
        }
        Ok(())
    }

    fn check_workspace(&self, workspace: &Workspace) -> Result<()> {
        let Part { network, normalized } = &workspace.parts[0];
        let fits = normalized.len().is_multiple_of(self.network.state_len()) && self.network.fits(network);
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
        let (inputs, actions) = (self.network.state_len(), self.spec.action_len());
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
