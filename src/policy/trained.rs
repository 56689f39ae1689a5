//! A policy ready to act: from a state to target weights, a sample, its log-probability, a value.

use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::math::random::Stream;
use crate::policy::action;
use crate::policy::distribution as dist;
use crate::policy::forward::{Network, Scratch};
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
    /// How the policy came to be: the training configuration, data, seed, figures; whatever the trainer writes.
    pub provenance: serde_json::Map<String, serde_json::Value>,
}

/// Buffers for one decision at a time.
#[derive(Debug, Clone)]
pub struct Workspace {
    network: Scratch,
    normalized: Vec<f32>,
    scores: Vec<f32>,
    log_prior: Vec<f32>,
    concentration: Vec<f64>,
    draws: Vec<f64>,
}

impl Workspace {
    /// Buffers for policies of this spec.
    pub fn new(spec: &PolicySpec) -> Self {
        let len = spec.action_len();
        Self {
            network: Scratch::new(spec),
            normalized: vec![0.0; spec.state.len()],
            scores: vec![0.0; len],
            log_prior: vec![0.0; len],
            concentration: vec![0.0; len],
            draws: vec![0.0; len],
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
            spec,
            provenance,
        })
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

    /// Writes the deterministic target weights ([A], f64, non-negative, summing to 1, inside cap and floor).
    ///
    /// Fails, leaving `out` untouched, where the state or the prior has the wrong length or a value that is not
    /// finite (or negative, for the prior), where the spec has a prior and none is given (or the other way round),
    /// and where the network's scores overflow.
    pub fn weights(
        &self,
        state: &[f32],
        prior: Option<&[f64]>,
        workspace: &mut Workspace,
        out: &mut [f64],
    ) -> Result<()> {
        self.check_length("weights", out.len())?;
        self.forward(state, prior, workspace)?;
        let (spec, assets) = (&self.spec.action, self.spec.state.assets);
        action::deterministic_weights(spec, assets, &workspace.log_prior, &workspace.scores, out);
        Ok(())
    }

    /// The critic's value of a state: expected discounted reward as the trainer scaled it. Fails as
    /// [`weights`](Self::weights) does; the prior plays no part in it.
    pub fn value(&self, state: &[f32], workspace: &mut Workspace) -> Result<f32> {
        self.check_state(state)?;
        self.normalizer.normalize(state, &mut workspace.normalized);
        let (network, scores) = (&mut workspace.network, &mut workspace.scores);
        Ok(self
            .network
            .scores_and_value(&workspace.normalized, network, scores))
    }

    /// Draws an action ([A]) and returns its log-probability. `gaussian`: scores; `dirichlet`: weights, each at
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
        self.check_length("action", out.len())?;
        self.forward(state, prior, workspace)?;
        match self.spec.action.distribution {
            Distribution::Gaussian => {
                dist::sample_gaussian(&workspace.scores, self.network.spread(), stream, out);
            }
            Distribution::Dirichlet => {
                dist::sample_dirichlet(&workspace.concentration, stream, &mut workspace.draws, out);
            }
        }
        Ok(self.log_prob_here(workspace, out))
    }

    /// Log-probability of an action ([A], as [`sample`](Self::sample) draws it) in a state.
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
        self.check_length("action", action.len())?;
        let dirichlet = self.spec.action.distribution == Distribution::Dirichlet;
        if let Some(i) = action
            .iter()
            .position(|a| !a.is_finite() || dirichlet && *a <= 0.0)
        {
            let expected = if dirichlet { "finite and above 0" } else { "finite" };
            return Err(Error::invalid(format!("action[{i}]"), action[i], expected));
        }
        self.forward(state, prior, workspace)?;
        Ok(self.log_prob_here(workspace, action))
    }

    /// Entropy in nats of the distribution over actions in a state. Fails as [`weights`](Self::weights) does.
    pub fn entropy(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<f64> {
        self.forward(state, prior, workspace)?;
        Ok(match self.spec.action.distribution {
            Distribution::Gaussian => dist::gaussian_entropy(self.network.spread(), self.spec.action_len()),
            Distribution::Dirichlet => dist::dirichlet_entropy(&workspace.concentration),
        })
    }

    /// Fills the workspace for one state: log prior, scores and, for a Dirichlet, its concentration.
    fn forward(&self, state: &[f32], prior: Option<&[f64]>, workspace: &mut Workspace) -> Result<()> {
        self.check_prior(prior)?;
        self.value(state, workspace)?;
        if let Some(i) = workspace.scores.iter().position(|score| !score.is_finite()) {
            let found = workspace.scores[i];
            return Err(Error::invalid(
                format!("scores[{i}] of the network"),
                found,
                "finite",
            ));
        }
        match prior {
            Some(prior) => action::log_prior(prior, &mut workspace.log_prior),
            None => workspace.log_prior.fill(0.0),
        }
        if self.spec.action.distribution == Distribution::Dirichlet {
            let (log_kappa, out) = (self.network.spread()[0], &mut workspace.concentration);
            dist::concentration(log_kappa, &workspace.log_prior, &workspace.scores, out);
        }
        Ok(())
    }

    fn log_prob_here(&self, workspace: &Workspace, action: &[f32]) -> f64 {
        match self.spec.action.distribution {
            Distribution::Gaussian => {
                dist::gaussian_log_prob(&workspace.scores, self.network.spread(), action)
            }
            Distribution::Dirichlet => dist::dirichlet_log_prob(&workspace.concentration, action),
        }
    }

    fn check_state(&self, state: &[f32]) -> Result<()> {
        if state.len() != self.spec.state.len() {
            let found = format!("{} values", state.len());
            return Err(Error::invalid("state", found, self.spec.state.len()));
        }
        match state.iter().position(|value| !value.is_finite()) {
            Some(i) => Err(Error::invalid(format!("state[{i}]"), state[i], "finite")),
            None => Ok(()),
        }
    }

    fn check_prior(&self, prior: Option<&[f64]>) -> Result<()> {
        match (prior, self.spec.action.prior) {
            (None, Prior::None) => Ok(()),
            (Some(_), Prior::None) => {
                let expected = "nothing: the policy was trained without a prior";
                Err(Error::invalid("prior", "given", expected))
            }
            (None, _) => {
                let expected = "the weights that the policy's prior has at this close";
                Err(Error::invalid("prior", "missing", expected))
            }
            (Some(prior), _) => {
                self.check_length("prior", prior.len())?;
                match prior.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
                    Some(i) => Err(Error::invalid(
                        format!("prior[{i}]"),
                        prior[i],
                        "finite and not negative",
                    )),
                    None => Ok(()),
                }
            }
        }
    }

    fn check_length(&self, input: &str, len: usize) -> Result<()> {
        let expected = self.spec.action_len();
        if len == expected {
            return Ok(());
        }
        Err(Error::invalid(input, format!("{len} values"), expected))
    }
}
