//! A host's environment as the trainer sees its own: states, priors, rewards, ends of episodes, all checked.

use crate::env::batch::{BatchSnapshot, BatchStep};
use crate::env::config::ControlVariate;
use crate::env::environments::{Environments, HostEnvironment, of_host};
use crate::env::walker::EpisodeStats;
use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::math::random::{Stream, stream};
use crate::memory;
use crate::policy::action;
use crate::policy::spec::PolicySpec;
use rand::Rng;

/// E environments of a host. They are stepped one after another, on the thread that trains.
///
/// What only our own environment knows is NaN in the episodes' figures: growth, turnover and cost.
pub struct HostEnvironments<H> {
    host: H,
    spec: PolicySpec,
    control_variate: ControlVariate,
    /// Draws the seed of every episode.
    streams: Vec<Stream>,
    /// [E, S]
    states: Vec<f32>,
    /// [E, L]
    log_priors: Vec<f32>,
    /// Weights to trade to, in the first A places: [L].
    weights: Vec<f64>,
    /// Weights of the deterministic action, likewise: [L].
    deterministic: Vec<f64>,
    /// What cannot be traded in the state at hand: [N], empty where everything can.
    fixed: Vec<Option<f64>>,
    /// The prior's weights: [A]; empty without one.
    prior: Vec<f64>,
    step: BatchStep,
    /// Of the episodes under way.
    stats: Vec<EpisodeStats>,
    ended: Vec<EpisodeStats>,
    remembered: Remembered,
}

/// What is remembered beside what the host remembers; empty before.
#[derive(Default)]
struct Remembered {
    streams: Vec<Stream>,
    states: Vec<f32>,
    log_priors: Vec<f32>,
    stats: Vec<EpisodeStats>,
}

impl<H: HostEnvironment> HostEnvironments<H> {
    /// `count` environments, each at the first state of its first episode. Errors: the host's, states or priors that
    /// cannot be used, and a control variate that the host does not have what it takes for.
    pub fn new(
        host: H,
        spec: &PolicySpec,
        control_variate: ControlVariate,
        seed: u64,
        count: usize,
    ) -> Result<Self> {
        if count == 0 {
            return Err(Error::invalid("count", 0, "at least 1 environment"));
        }
        check_control_variate(control_variate, &host, spec)?;
        let (state_len, action_len) = (spec.state.len(), spec.action_len());
        let prior_len = if spec.action.prior == Prior::None {
            0
        } else {
            action_len
        };
        let what = "the host's environments";
        let numbers = || memory::filled(what, &[count], 0.0);
        let flags = || memory::filled(what, &[count], false);
        let states = || memory::filled(what, &[count, state_len], 0.0_f32);
        let mut streams = memory::empty(what, &[count])?;
        streams.extend((0..count).map(|env| stream(seed, "host environment", env as u64)));
        let mut environments = Self {
            host,
            control_variate,
            streams,
            states: states()?,
            log_priors: memory::filled(what, &[count, spec.score_len()], 0.0)?,
            weights: vec![0.0; spec.score_len()],
            deterministic: vec![0.0; spec.score_len()],
            fixed: Vec::with_capacity(spec.state.assets),
            prior: vec![0.0; prior_len],
            step: BatchStep {
                rewards: numbers()?,
                baseline_rewards: numbers()?,
                raw_rewards: numbers()?,
                terminated: flags()?,
                truncated: flags()?,
                final_states: states()?,
            },
            stats: memory::filled(what, &[count], EpisodeStats::default())?,
            ended: Vec::new(),
            remembered: Remembered::default(),
            spec: spec.clone(),
        };
        for env in 0..count {
            environments.begin(env)?;
        }
        Ok(environments)
    }

    /// Starts the next episode of an environment.
    fn begin(&mut self, env: usize) -> Result<()> {
        let seed = self.streams[env].next_u64();
        let states = self.spec.state.len();
        let state = &mut self.states[env * states..(env + 1) * states];
        self.host.reset(env, seed, state, &mut self.prior)?;
        self.stats[env] = EpisodeStats {
            log_growth: f64::NAN,
            turnover: f64::NAN,
            cost: f64::NAN,
            ..EpisodeStats::default()
        };
        self.check(env)
    }

    /// The weights of a sampled action in an environment, beside what is fixed there.
    fn choose(&mut self, env: usize, sampled: &[f32]) {
        let len = self.spec.score_len();
        let log_prior = &self.log_priors[env * len..(env + 1) * len];
        let (rules, assets) = (&self.spec.action, self.spec.state.assets);
        let weights = &mut self.weights;
        action::target_weights(rules, assets, &self.fixed, log_prior, sampled, weights);
    }

    /// The weights of the deterministic action in an environment, from its scores, beside what is fixed there.
    fn choose_deterministic(&mut self, env: usize, scores: &[f32]) {
        let len = self.spec.score_len();
        let log_prior = &self.log_priors[env * len..(env + 1) * len];
        let (rules, assets) = (&self.spec.action, self.spec.state.assets);
        let weights = &mut self.deterministic;
        action::deterministic_weights(rules, assets, &self.fixed, log_prior, scores, weights);
    }

    /// What cannot be traded in an environment's state. The prior of that state is no longer at hand.
    fn find_fixed(&mut self, env: usize) {
        let len = self.spec.state.len();
        let state = &self.states[env * len..(env + 1) * len];
        action::fixed_in(&self.spec.state, state, None, &mut self.fixed);
    }

    /// Takes the weights that were chosen; with `asks`, says what the deterministic ones would have earned.
    fn advance(&mut self, env: usize, asks: bool) -> Result<()> {
        let states = self.spec.state.len();
        let state = &mut self.states[env * states..(env + 1) * states];
        let weights = &self.weights[..self.spec.action_len()];
        let step = self.host.step(env, weights, state, &mut self.prior)?;
        if !step.reward.is_finite() {
            return Err(of_host("reward", env, step.reward, "a finite number"));
        }
        if step.terminated && step.truncated {
            let expected = "one of the two";
            return Err(of_host("end", env, "terminated and truncated", expected));
        }
        if asks {
            let weights = &self.deterministic[..self.spec.action_len()];
            let reward = self.host.counterfactual(env, weights)?;
            if !reward.is_finite() {
                return Err(of_host("counterfactual", env, reward, "a finite number"));
            }
            self.step.baseline_rewards[env] = reward;
        }
        let mut learnt = step.reward;
        if self.control_variate == ControlVariate::PriorPath {
            if !step.prior_reward.is_finite() {
                return Err(of_host("prior_reward", env, step.prior_reward, "a finite number"));
            }
            learnt -= step.prior_reward;
        }
        self.check(env)?;
        self.step.rewards[env] = learnt;
        self.step.raw_rewards[env] = step.reward;
        self.step.terminated[env] = step.terminated;
        self.step.truncated[env] = step.truncated;
        self.stats[env].reward_sum += step.reward;
        self.stats[env].steps += 1;
        if step.terminated || step.truncated {
            let place = env * states..(env + 1) * states;
            self.step.final_states[place.clone()].copy_from_slice(&self.states[place]);
            self.ended.push(self.stats[env]);
            self.begin(env)?;
        }
        Ok(())
    }

    /// Checks the state and the prior that the host wrote, and takes the prior in.
    fn check(&mut self, env: usize) -> Result<()> {
        let (states, scores) = (self.spec.state.len(), self.spec.score_len());
        let state = &self.states[env * states..(env + 1) * states];
        if let Some(i) = state.iter().position(|value| !value.is_finite()) {
            let place = format!("state[{i}]");
            return Err(of_host(&place, env, state[i], "a finite number"));
        }
        let log_prior = &mut self.log_priors[env * scores..(env + 1) * scores];
        let prior = (!self.prior.is_empty()).then_some(&self.prior[..]);
        action::fixed_in(&self.spec.state, state, prior, &mut self.fixed);
        let Some(prior) = prior else {
            action::no_prior(&self.spec.action, &self.fixed, log_prior);
            return Ok(());
        };
        if let Some((i, expected)) = self.spec.action.unusable_prior(prior) {
            return Err(of_host(&format!("prior[{i}]"), env, prior[i], expected));
        }
        action::log_prior(&self.spec.action, prior, &self.fixed, log_prior);
        Ok(())
    }
}

impl<H: HostEnvironment> Environments for HostEnvironments<H> {
    fn count(&self) -> usize {
        self.streams.len()
    }

    fn states(&self) -> &[f32] {
        &self.states
    }

    fn log_priors(&self) -> &[f32] {
        &self.log_priors
    }

    fn control_variate(&self) -> ControlVariate {
        self.control_variate
    }

    fn step(&mut self, actions: &[f32], deterministic: Option<&[f32]>) -> Result<&BatchStep> {
        let len = self.spec.score_len();
        for (env, action) in actions.chunks_exact(len).enumerate() {
            self.find_fixed(env);
            self.choose(env, action);
            if let Some(scores) = deterministic {
                self.choose_deterministic(env, &scores[env * len..(env + 1) * len]);
            }
            self.advance(env, deterministic.is_some())?;
        }
        Ok(&self.step)
    }

    fn step_deterministic(&mut self, scores: &[f32]) -> Result<&BatchStep> {
        let len = self.spec.score_len();
        for (env, scores) in scores.chunks_exact(len).enumerate() {
            self.find_fixed(env);
            self.choose_deterministic(env, scores);
            self.weights.copy_from_slice(&self.deterministic);
            self.advance(env, false)?;
        }
        Ok(&self.step)
    }

    fn remember(&mut self) -> Result<()> {
        (0..self.streams.len()).try_for_each(|env| self.host.remember(env))?;
        let Remembered {
            streams,
            states,
            log_priors,
            stats,
        } = &mut self.remembered;
        streams.clone_from(&self.streams);
        states.clone_from(&self.states);
        log_priors.clone_from(&self.log_priors);
        stats.clone_from(&self.stats);
        Ok(())
    }

    fn go_back(&mut self) -> Result<()> {
        (0..self.streams.len()).try_for_each(|env| self.host.go_back(env))?;
        let Remembered {
            streams,
            states,
            log_priors,
            stats,
        } = &self.remembered;
        self.streams.clone_from(streams);
        self.states.clone_from(states);
        self.log_priors.clone_from(log_priors);
        self.stats.clone_from(stats);
        self.ended.clear();
        Ok(())
    }

    fn append_episodes(&mut self, episodes: &mut Vec<EpisodeStats>) {
        episodes.append(&mut self.ended);
    }

    fn snapshot(&self) -> Option<BatchSnapshot> {
        None
    }

    fn restore(&mut self, _snapshot: BatchSnapshot) -> Result<()> {
        let expected = "nothing: a host's environment is not in a checkpoint";
        Err(Error::invalid("snapshot", "given", expected))
    }
}

/// Whether a host has what a control variate takes.
fn check_control_variate(
    control_variate: ControlVariate,
    host: &impl HostEnvironment,
    spec: &PolicySpec,
) -> Result<()> {
    let (found, expected) = match control_variate {
        ControlVariate::SelfCritical if !host.tells_counterfactual() => (
            "self_critical",
            "a counterfactual of the host's environment for it, or none or prior_path",
        ),
        ControlVariate::PriorPath if spec.action.prior == Prior::None => (
            "prior_path",
            "a prior in the policy's spec for it, or none or self_critical",
        ),
        ControlVariate::PolicyPath if !host.can_go_back() => (
            "policy_path",
            "a host's environment that can remember and go back for it, or none, prior_path or self_critical",
        ),
        _ => return Ok(()),
    };
    Err(Error::invalid("env.control_variate", found, expected))
}
