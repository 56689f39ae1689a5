//! What training asks of a policy: the value of a state, actions drawn, their log-probabilities and entropy.

use super::Policy;
use super::checks::check_length;
use super::workspace::{Part, Workspace};
use crate::error::{Error, Result, words};
use crate::math::random::Stream;
use crate::policy::action;
use crate::policy::distribution as dist;
use crate::policy::spec::Distribution;

impl Policy {
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
