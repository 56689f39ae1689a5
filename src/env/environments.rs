//! What a trainer needs of the environments it learns in: ours, or a host's own.

use crate::env::batch::{BatchEnvironment, BatchSnapshot, BatchStep};
use crate::env::config::ControlVariate;
use crate::env::walker::EpisodeStats;
use crate::error::{Error, Found, Result};

/// E environments that step together and start the next episode by themselves; flat buffers, row-major.
pub trait Environments: Send {
    /// Number of environments, E.
    fn count(&self) -> usize;

    /// What the agents see: [E, S].
    fn states(&self) -> &[f32];

    /// What scores are added to in these states: [E, L]; zeros without a prior.
    fn log_priors(&self) -> &[f32];

    /// The control variate that the rewards of these environments come with.
    fn control_variate(&self) -> ControlVariate;

    /// Takes one sampled action in every environment: [E, L]. `deterministic` [E, L] holds the scores of the
    /// deterministic actions, which the control variate `self_critical` needs.
    fn step(&mut self, actions: &[f32], deterministic: Option<&[f32]>) -> Result<&BatchStep>;

    /// Takes the deterministic action in every environment, of either distribution: its scores, [E, L].
    fn step_deterministic(&mut self, scores: &[f32]) -> Result<&BatchStep>;

    /// Remembers where the environments are, their streams too. No episode may wait to be taken.
    fn remember(&mut self) -> Result<()>;

    /// Goes back to what was remembered last: what follows depends on what is done alone. Episodes that ended since are forgotten.
    fn go_back(&mut self) -> Result<()>;

    /// Moves the episodes that ended since the last call behind those of a list, in the order in which they ended.
    fn append_episodes(&mut self, episodes: &mut Vec<EpisodeStats>);

    /// Everything that moves, to be saved; none where it cannot be had.
    fn snapshot(&self) -> Option<BatchSnapshot>;

    /// Goes back to where a snapshot was taken.
    fn restore(&mut self, snapshot: BatchSnapshot) -> Result<()>;
}

impl Environments for BatchEnvironment {
    fn count(&self) -> usize {
        self.len()
    }

    fn states(&self) -> &[f32] {
        self.states()
    }

    fn log_priors(&self) -> &[f32] {
        self.log_priors()
    }

    fn control_variate(&self) -> ControlVariate {
        self.rules.config.control_variate
    }

    fn step(&mut self, actions: &[f32], deterministic: Option<&[f32]>) -> Result<&BatchStep> {
        self.step(actions, deterministic)
    }

    fn step_deterministic(&mut self, scores: &[f32]) -> Result<&BatchStep> {
        self.step_deterministic(scores)
    }

    fn remember(&mut self) -> Result<()> {
        self.remember();
        Ok(())
    }

    fn go_back(&mut self) -> Result<()> {
        self.go_back();
        Ok(())
    }

    fn append_episodes(&mut self, episodes: &mut Vec<EpisodeStats>) {
        episodes.extend(self.drain_episodes(usize::MAX));
    }

    fn snapshot(&self) -> Option<BatchSnapshot> {
        Some(self.snapshot())
    }

    fn restore(&mut self, snapshot: BatchSnapshot) -> Result<()> {
        self.restore(snapshot)
    }
}

/// An environment whose episodes a host runs, one at a time, in its own simulator.
pub trait HostEnvironment: Send {
    /// Starts an episode of environment `env`: writes its first state [S] and, where the policy has a prior, the
    /// prior's weights there [A] (else empty). `seed` differs from episode to episode, and is the same whenever a run
    /// is repeated.
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], prior: &mut [f64]) -> Result<()>;

    /// Takes target weights [A] (the sampled action within caps and floors), and writes the state and the prior's
    /// weights that follow. At the end of an episode they are its final ones; [`reset`](Self::reset) comes next.
    fn step(&mut self, env: usize, weights: &[f64], state: &mut [f32], prior: &mut [f64])
    -> Result<HostStep>;

    /// Whether there is a [`counterfactual`](Self::counterfactual): what the control variate `self_critical` needs.
    fn tells_counterfactual(&self) -> bool {
        false
    }

    /// The reward that other target weights [A] would have had on the step just taken in environment `env`: from the same state,
    /// on the same returns. Nothing changes by it. Called right after [`step`](Self::step), at the end of an episode too.
    fn counterfactual(&mut self, env: usize, _weights: &[f64]) -> Result<f64> {
        Err(of_host(
            "counterfactual",
            env,
            "missing",
            "a function of the host",
        ))
    }

    /// Whether an environment can [`go_back`](Self::go_back): what the control variate `policy_path` needs.
    fn can_go_back(&self) -> bool {
        false
    }

    /// Remembers where environment `env` is: all that what follows depends on besides the weights, its random numbers to come too.
    fn remember(&mut self, env: usize) -> Result<()> {
        Err(of_host("remember", env, "missing", "a function of the host"))
    }

    /// Puts environment `env` where it was when it was remembered last, whatever has happened in it since.
    fn go_back(&mut self, env: usize) -> Result<()> {
        Err(of_host("go_back", env, "missing", "a function of the host"))
    }
}

/// What one step of a host's environment came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostStep {
    /// The reward to learn from.
    pub reward: f64,
    /// With the control variate `prior_path`, the reward that the prior's own portfolio, followed since the start of the episode,
    /// had on the same returns. Otherwise not looked at.
    pub prior_reward: f64,
    /// Nothing follows: the future is worth nothing.
    pub terminated: bool,
    /// The episode was cut off: the future would have gone on.
    pub truncated: bool,
}

/// The error of a number that a host's environment gave.
pub(super) fn of_host(place: &str, env: usize, found: impl Found, expected: &str) -> Error {
    Error::invalid(format!("{place} of environment {env}"), found, expected)
}
