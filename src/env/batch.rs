//! Many environments over flat buffers, for the trainer.

use crate::env::account::Account;
use crate::env::config::EnvConfig;
use crate::env::environment::missing_deterministic;
use crate::env::walker::{EpisodeStats, Rules, Scratch, Step, Walker};
use crate::error::{Count, Error, Result};
use crate::market::source::Market;
use crate::market::state::StateSpec;
use crate::memory;
use crate::policy::action;
use crate::policy::spec::ActionSpec;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// Most environments of a batch.
const MOST_ENVIRONMENTS: usize = 1 << 24;

/// E environments that step together and start the next episode by themselves.
///
/// Every environment draws from a stream of its own, chosen by its index, so results do not depend on how a batch is
/// split: E environments in one batch equal two batches with the right `first_index`. Steps allocate nothing.
pub struct BatchEnvironment {
    pub(super) rules: Rules,
    walkers: Vec<Walker>,
    scratch: Scratch,
    /// [E, S]
    states: Vec<f32>,
    /// [E, L]
    log_priors: Vec<f32>,
    step: BatchStep,
    /// [E]
    details: Vec<Step>,
    episodes: VecDeque<EpisodeStats>,
    most_episodes: usize,
    remembered: Remembered,
}

/// Where a batch was; empty before it was asked to remember.
#[derive(Default)]
struct Remembered {
    walkers: Vec<Walker>,
    states: Vec<f32>,
    log_priors: Vec<f32>,
}

/// What one step of every environment did; E entries, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchStep {
    /// The rewards to learn from: raw, less the prior's portfolio's with `prior_path`. [E]
    pub rewards: Vec<f64>,
    /// With `self_critical`, the deterministic action's rewards in the same states on the same returns; else 0. [E]
    pub baseline_rewards: Vec<f64>,
    /// The rewards of the mode as they are: what is reported. [E]
    pub raw_rewards: Vec<f64>,
    /// Ruined, or at an end that the state showed. [E]
    pub terminated: Vec<bool>,
    /// The episode or the data ended; never together with `terminated`. [E]
    pub truncated: Vec<bool>,
    /// The state in which an episode ended, apart from the first state of the next, which is in
    /// [`BatchEnvironment::states`]. Meaningful where `terminated` or `truncated`. [E, S]
    pub final_states: Vec<f32>,
}

/// Everything that a batch needs to go on exactly as if it had never stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchSnapshot {
    environments: Vec<Walker>,
    episodes: Vec<EpisodeStats>,
}

impl BatchSnapshot {
    /// The environments of some batches, one after another, in batches of `size`.
    pub fn regrouped(batches: Vec<Self>, size: usize) -> Vec<Self> {
        let mut episodes: Vec<_> = batches.iter().flat_map(|batch| batch.episodes.clone()).collect();
        let mut environments = batches
            .into_iter()
            .flat_map(|batch| batch.environments)
            .peekable();
        let mut found = Vec::new();
        while environments.peek().is_some() {
            found.push(Self {
                environments: environments.by_ref().take(size).collect(),
                episodes: std::mem::take(&mut episodes),
            });
        }
        found
    }
}

impl BatchEnvironment {
    /// `count` environments, each at the first state of its first episode, with the random streams `first_index` to
    /// `first_index + count - 1` under `seed`. The error names the setting, or the size of the market, that cannot
    /// be used.
    pub fn new(
        config: &EnvConfig,
        state: &StateSpec,
        action: &ActionSpec,
        market: Arc<dyn Market>,
        seed: u64,
        first_index: u64,
        count: usize,
    ) -> Result<Self> {
        if count == 0 || count > MOST_ENVIRONMENTS {
            let expected = format!("1 to {MOST_ENVIRONMENTS} environments");
            return Err(Error::invalid("count", count, expected));
        }
        if first_index.checked_add(count as u64).is_none() {
            let expected = format!("at most {}", u64::MAX - count as u64);
            return Err(Error::invalid("first_index", first_index, expected));
        }
        let rules = Rules::new(config, state, action, market)?;
        let what = "the environments";
        let first = Walker::new(&rules, state, seed, first_index)?;
        // A walker is many small pieces: asked for at once, with a copy of all for a snapshot.
        memory::room(what, (2 * first.size() as u128).saturating_mul(count as u128))?;
        let mut walkers = memory::empty(what, &[count])?;
        walkers.push(first);
        for i in 1..count as u64 {
            walkers.push(Walker::new(&rules, state, seed, first_index + i)?);
        }
        let numbers = || memory::filled(what, &[count], 0.0);
        let flags = || memory::filled(what, &[count], false);
        let states = || memory::filled(what, &[count, rules.state_len], 0.0_f32);
        // Room for what ends in one step, so that a caller who drains every step never sees it grow.
        let episodes = VecDeque::from(memory::empty(what, &[count])?);
        let mut batch = Self {
            walkers,
            scratch: rules.scratch(),
            states: states()?,
            log_priors: memory::filled(what, &[count, rules.score_len], 0.0)?,
            step: BatchStep {
                rewards: numbers()?,
                baseline_rewards: numbers()?,
                raw_rewards: numbers()?,
                terminated: flags()?,
                truncated: flags()?,
                final_states: states()?,
            },
            details: memory::filled(what, &[count], Step::default())?,
            episodes,
            most_episodes: usize::MAX,
            remembered: Remembered::default(),
            rules,
        };
        batch.reset()?;
        Ok(batch)
    }

    /// Number of environments, E.
    pub fn len(&self) -> usize {
        self.walkers.len()
    }

    /// Never: there is at least one environment.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// From now on at most `most` episodes (at least E) that ended wait to be taken; the oldest goes for a newer one.
    /// Steps then allocate nothing, taken or not.
    /// Errors: not as much memory.
    pub fn keep_episodes(&mut self, most: usize) -> Result<()> {
        let most = most.max(self.walkers.len());
        memory::room("the episodes kept", memory::size::<EpisodeStats>(&[most]))?;
        self.most_episodes = most;
        let beyond = self.episodes.len().saturating_sub(most);
        self.episodes.drain(..beyond);
        self.episodes.reserve_exact(most - self.episodes.len());
        Ok(())
    }

    /// Starts a new episode in every environment; what was unfinished is forgotten.
    pub fn reset(&mut self) -> Result<()> {
        for walker in &mut self.walkers {
            walker.reset(&self.rules, &mut self.scratch)?;
        }
        self.observe()
    }

    /// What the agents see at this close: [E, S].
    pub fn states(&self) -> &[f32] {
        &self.states
    }

    /// What scores are added to at this close, [`action::log_prior`]: [E, L]; zeros without a prior.
    pub fn log_priors(&self) -> &[f32] {
        &self.log_priors
    }

    /// Writes the prior's weights at this close, before caps and floors: [E, A]. Without a prior, 1/A each. Errors:
    /// another length.
    pub fn prior_weights(&self, out: &mut [f64]) -> Result<()> {
        let expected = self.walkers.len() * self.rules.action_len;
        if out.len() != expected {
            let found = Count(out.len(), "values");
            return Err(Error::invalid("prior_weights", found, expected));
        }
        let rows = out.chunks_exact_mut(self.rules.action_len);
        let mut pairs = self.walkers.iter().zip(rows);
        pairs.try_for_each(|(walker, row)| walker.prior_weights(row))
    }

    /// The portfolios at this close, in the order of the environments: [E]. After the end of an episode, the next one's.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.walkers.iter().map(Walker::account)
    }

    /// What the last step did; zeros before the first.
    pub fn last_step(&self) -> &BatchStep {
        &self.step
    }

    /// All that the last step did in each environment: [E]; zeros before the first.
    pub fn details(&self) -> &[Step] {
        &self.details
    }

    /// Takes one sampled action in every environment: [E, L], scores for `gaussian`, shares for `dirichlet`.
    /// `deterministic` [E, L] holds the scores of the deterministic actions (for either distribution), which
    /// `self_critical` needs.
    ///
    /// Actions are checked before anything moves. An error that a market's bar causes comes in the middle of a step:
    /// after it, restore a snapshot or reset.
    pub fn step(&mut self, actions: &[f32], deterministic: Option<&[f32]>) -> Result<&BatchStep> {
        let count = self.walkers.len();
        self.rules.check_actions("actions", actions, count)?;
        let deterministic = match (self.rules.is_self_critical(), deterministic) {
            (false, _) => None,
            (true, None) => return Err(missing_deterministic()),
            (true, Some(scores)) => {
                self.rules.check_scores("deterministic", scores, count)?;
                Some(scores)
            }
        };
        for i in 0..count {
            let row = i * self.rules.score_len..(i + 1) * self.rules.score_len;
            self.step_one(i, &actions[row.clone()], deterministic.map(|scores| &scores[row]))?;
        }
        Ok(&self.step)
    }

    /// Takes target weights as they are, but for caps and floors, in every environment: [E, A], each row at least 0 and
    /// summing to 1 within 1e-6. Baseline rewards are 0.
    ///
    /// Weights are checked before anything moves; errors name the row. Otherwise as [`step`](Self::step).
    pub fn step_weights(&mut self, weights: &[f64]) -> Result<&BatchStep> {
        let (count, len) = (self.walkers.len(), self.rules.action_len);
        if weights.len() != count * len {
            let found = Count(weights.len(), "values");
            return Err(Error::invalid("weights", found, count * len));
        }
        for (row, weights) in weights.chunks_exact(len).enumerate() {
            let input = format_args!("weights[{row}]");
            action::check_weights(&self.rules.action, self.walkers[row].fixed(), &input, weights)?;
        }
        for (i, weights) in weights.chunks_exact(len).enumerate() {
            action::accept_weights(
                &self.rules.action,
                self.rules.assets,
                self.walkers[i].fixed(),
                weights,
                &mut self.scratch.target[..len],
            )?;
            self.advance(i, false)?;
        }
        Ok(&self.step)
    }

    /// Takes the deterministic action in every environment, of either distribution: its scores, [E, L]. Baseline rewards are 0.
    ///
    /// Scores are checked before anything moves. Otherwise as [`step`](Self::step).
    pub fn step_deterministic(&mut self, scores: &[f32]) -> Result<&BatchStep> {
        let (count, len) = (self.walkers.len(), self.rules.score_len);
        self.rules.check_scores("scores", scores, count)?;
        for (i, scores) in scores.chunks_exact(len).enumerate() {
            let Self { rules, scratch, .. } = self;
            let log_prior = &self.log_priors[i * len..(i + 1) * len];
            let fixed = self.walkers[i].fixed();
            let target = &mut scratch.target;
            action::deterministic_weights(&rules.action, rules.assets, fixed, log_prior, scores, target);
            self.advance(i, false)?;
        }
        Ok(&self.step)
    }

    /// [`Environments::remember`](crate::env::Environments::remember)
    pub(super) fn remember(&mut self) {
        let Remembered {
            walkers,
            states,
            log_priors,
        } = &mut self.remembered;
        walkers.clone_from(&self.walkers);
        states.clone_from(&self.states);
        log_priors.clone_from(&self.log_priors);
    }

    /// [`Environments::go_back`](crate::env::Environments::go_back)
    pub(super) fn go_back(&mut self) {
        let Remembered {
            walkers,
            states,
            log_priors,
        } = &self.remembered;
        self.walkers.clone_from(walkers);
        self.states.clone_from(states);
        self.log_priors.clone_from(log_priors);
        self.episodes.clear();
    }

    /// The episodes that ended since the last call, in the order in which they ended.
    pub fn take_episodes(&mut self) -> Vec<EpisodeStats> {
        self.episodes.drain(..).collect()
    }

    /// Takes at most `most` of them, the first to end first; those that are not read are gone too. Allocates nothing.
    pub fn drain_episodes(&mut self, most: usize) -> impl Iterator<Item = EpisodeStats> {
        self.episodes.drain(..most.min(self.episodes.len()))
    }

    /// Everything that moves, to be saved.
    pub fn snapshot(&self) -> BatchSnapshot {
        BatchSnapshot {
            environments: self.walkers.clone(),
            episodes: self.episodes.iter().copied().collect(),
        }
    }

    /// Goes back to where `snapshot` was taken, in a batch made with the same settings and market: what follows is
    /// bit-identical. A snapshot of another shape is an error, and nothing changes.
    pub fn restore(&mut self, snapshot: BatchSnapshot) -> Result<()> {
        if snapshot.environments.len() != self.walkers.len() {
            let found = format!("of {} environments", snapshot.environments.len());
            return Err(Error::invalid("snapshot", found, self.walkers.len()));
        }
        for (walker, saved) in self.walkers.iter().zip(&snapshot.environments) {
            walker.check_alike(&self.rules, saved)?;
        }
        let former = std::mem::replace(&mut self.walkers, snapshot.environments);
        if let Err(error) = self.observe() {
            self.walkers = former;
            self.observe()?;
            return Err(error);
        }
        self.episodes.clear();
        let beyond = snapshot.episodes.len().saturating_sub(self.most_episodes);
        self.episodes.extend(&snapshot.episodes[beyond..]);
        Ok(())
    }

    #[inline]
    fn step_one(&mut self, i: usize, action: &[f32], deterministic: Option<&[f32]>) -> Result<()> {
        let Self { rules, scratch, .. } = self;
        let log_prior = &self.log_priors[i * rules.score_len..(i + 1) * rules.score_len];
        let (assets, fixed) = (rules.assets, self.walkers[i].fixed());
        action::target_weights(
            &rules.action,
            assets,
            fixed,
            log_prior,
            action,
            &mut scratch.target,
        );
        if let Some(scores) = deterministic {
            let weights = &mut scratch.deterministic;
            action::deterministic_weights(&rules.action, assets, fixed, log_prior, scores, weights);
        }
        self.advance(i, deterministic.is_some())
    }

    /// Trades to the scratch's target in environment `i`, and begins the next episode where one ends.
    #[inline]
    fn advance(&mut self, i: usize, has_deterministic: bool) -> Result<()> {
        let Self { rules, scratch, .. } = self;
        let walker = &mut self.walkers[i];
        let state = &mut self.states[i * rules.state_len..(i + 1) * rules.state_len];
        let log_prior = &mut self.log_priors[i * rules.score_len..(i + 1) * rules.score_len];
        let step = walker.step(rules, scratch, has_deterministic)?;
        walker.observe(rules, state, log_prior)?;
        self.step.rewards[i] = step.reward;
        self.step.baseline_rewards[i] = step.baseline_reward;
        self.step.raw_rewards[i] = step.raw_reward;
        self.step.terminated[i] = step.terminated;
        self.step.truncated[i] = step.truncated;
        self.details[i] = step;
        if step.terminated || step.truncated {
            self.step.final_states[i * rules.state_len..(i + 1) * rules.state_len].copy_from_slice(state);
            if self.episodes.len() == self.most_episodes {
                self.episodes.pop_front();
            }
            self.episodes.push_back(walker.stats());
            walker.reset(rules, scratch)?;
            walker.observe(rules, state, log_prior)?;
        }
        Ok(())
    }

    fn observe(&mut self) -> Result<()> {
        let states = self.states.chunks_exact_mut(self.rules.state_len);
        let log_priors = self.log_priors.chunks_exact_mut(self.rules.score_len);
        for ((walker, state), log_prior) in self.walkers.iter_mut().zip(states).zip(log_priors) {
            walker.observe(&self.rules, state, log_prior)?;
        }
        Ok(())
    }
}
