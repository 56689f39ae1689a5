//! What decisions are asked with, checked before anything is written.

use super::Policy;
use super::workspace::{Part, Workspace};
use crate::error::{Count, Error, Result, Words, words};
use crate::market::prior::Prior;

impl Policy {
    /// An ensemble has no distribution of its own.
    pub(super) fn check_single(&self) -> Result<()> {
        match self.others.is_empty() {
            true => Ok(()),
            false => {
                let found = words!("an ensemble of {}", self.member_count());
                let expected = "a single policy, which has a distribution over actions";
                Err(Error::invalid("policy", found, expected))
            }
        }
    }

    pub(super) fn check_state(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_state_length(state, workspace)?;
        check_finite(state, |i| words!("state[{i}]"))
    }

    pub(super) fn check_state_length(&self, state: &[f32], workspace: &Workspace) -> Result<()> {
        self.check_workspace(workspace)?;
        if state.len() != self.first.network.state_len() {
            let found = Count(state.len(), "values");
            return Err(Error::invalid("state", found, self.first.network.state_len()));
        }
        Ok(())
    }

    pub(super) fn check_workspace(&self, workspace: &Workspace) -> Result<()> {
        let Part { network, normalized } = &workspace.parts[0];
        let fits = normalized.len().is_multiple_of(self.first.network.state_len())
            && self.first.network.fits(network);
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
    pub(super) fn check_batch(
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

    pub(super) fn check_prior(
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
    pub(super) fn check_prior_length(&self, input: &str, prior: Option<&[f64]>, len: usize) -> Result<()> {
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

pub(super) fn check_finite(values: &[f32], place: impl Fn(usize) -> Words) -> Result<()> {
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

pub(super) fn check_length(input: &str, len: usize, expected: usize) -> Result<()> {
    if len == expected {
        return Ok(());
    }
    Err(Error::invalid(input, Count(len, "values"), expected))
}
