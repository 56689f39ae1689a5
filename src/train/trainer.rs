//! A training run: made over a source of experience, run to its end, asked for its policy.

mod advantages;
mod update;

use crate::env::{BatchEnvironment, ControlVariate, EnvConfig, Environments, EpisodeStats};
use crate::error::{Error, Result};
use crate::market::Market;
use crate::math::random::{Stream, stream};
use crate::memory;
use crate::policy::Policy;
use crate::policy::initial::initial_values;
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::PolicySpec;
use crate::rl::collectives::Collectives;
use crate::rl::reward_scale::RewardScale;
use crate::rl::rollout::RolloutBuffer;
use crate::rl::stats::UpdateStats;
use crate::train::collect::Collector;
use crate::train::config::TrainConfig;
use crate::train::epochs::EpochRoom;
use crate::train::learner::Learner;
use crate::train::ranks::Ranks;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

/// A training run: the network, its optimiser, where its experience comes from.
pub struct Trainer {
    pub(super) config: TrainConfig,
    pub(super) spec: PolicySpec,
    /// [`Market::digest`] of the market that is learnt on; 0 where a host brings the experience.
    pub(super) market_digest: u64,
    pub(super) learner: Learner,
    pub(super) collectors: Vec<Collector>,
    pub(super) normalizer: ObservationNormalizer,
    pub(super) reward_scale: RewardScale,
    pub(super) shuffle: Stream,
    pub(super) progress: Progress,
    buffer: RolloutBuffer,
    reused: Reused,
    /// Whether the environments are the library's own.
    own_environments: bool,
    pub(super) ranks: Option<Ranks>,
    started: Option<(Instant, u64)>,
}

/// Lists that every update fills anew, kept so that none is made.
#[derive(Default)]
struct Reused {
    epochs: EpochRoom,
    /// [`Trainer::write_steps`]
    steps: Vec<(usize, usize, bool)>,
    /// Episodes that ended in the rollout.
    episodes: Vec<EpisodeStats>,
    /// The distribution's parameter.
    spread: Vec<f32>,
    /// The parameters on their way to a policy.
    values: Vec<f32>,
}

/// Where a run's experience comes from.
pub enum Experience {
    /// Our own environments over a market.
    Market(Arc<dyn Market>),
    /// Environments of the caller's, as many as `n_envs`.
    Environments(Box<dyn Environments>),
    /// Transitions that the caller hands in: [`Trainer::update_on`].
    Transitions,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Updates done.
    pub updates: u64,
    /// Decisions taken.
    pub env_steps: u64,
    /// Episodes ended.
    pub episodes: u64,
}

impl Trainer {
    /// A run at its start, over our own environments. Configuration, spec and market are checked against each other.
    pub fn new(config: TrainConfig, spec: PolicySpec, market: Arc<dyn Market>) -> Result<Self> {
        spec.validate()?;
        let ppo = &config.ppo;
        let values = initial_values(&spec, ppo.log_std_init, ppo.kappa_init, config.seed);
        let normalizer = ObservationNormalizer::new(&spec);
        Self::start(config, spec, &values, normalizer, Experience::Market(market))
    }

    /// A run that goes on from a policy's weights and normaliser, with an optimiser that has not moved yet. Errors: also an
    /// ensemble, whose members are trained one by one.
    pub fn from_policy(config: TrainConfig, policy: &Policy, experience: Experience) -> Result<Self> {
        if policy.member_count() > 1 {
            let found = format!("an ensemble of {}", policy.member_count());
            return Err(Error::invalid("policy", found, "a single policy, to train on"));
        }
        let values = policy.network().parameters();
        let normalizer = policy.normalizer().clone();
        Self::start(config, policy.spec().clone(), values, normalizer, experience)
    }

    fn start(
        config: TrainConfig,
        mut spec: PolicySpec,
        values: &[f32],
        normalizer: ObservationNormalizer,
        experience: Experience,
    ) -> Result<Self> {
        config.validate()?;
        if let Experience::Market(market) = &experience {
            spec.state = spec.state.for_bars(market.bars_per_year())?;
        }
        let ppo = &config.ppo;
        let device = config.device.resolve()?;
        let learner = Learner::new(spec.clone(), values, device, config.threads)?;
        let is_followed = config.env.control_variate == ControlVariate::PolicyPath;
        let collector = |environments: Box<dyn Environments>, first: usize| {
            let streams = (first..first + environments.count())
                .map(|env| stream(config.seed, "action", env as u64))
                .collect();
            Collector::new(environments, streams, &learner, spec.score_len(), is_followed)
        };
        let mut collectors = Vec::new();
        let (mut block, mut rows) = (ppo.n_envs, ppo.n_steps);
        let own_environments = matches!(experience, Experience::Market(_));
        let mut market_digest = 0;
        match experience {
            Experience::Market(market) => {
                market_digest = market.digest();
                block = block_size(ppo.n_envs, MOST_OF_BLOCK);
                // The path is the trainer's own.
                let env = match is_followed {
                    true => EnvConfig {
                        control_variate: ControlVariate::None,
                        ..config.env
                    },
                    false => config.env,
                };
                collectors = memory::empty("the environments (n_envs)", &[ppo.n_envs / block])?;
                for first in (0..ppo.n_envs).step_by(block) {
                    let environments = BatchEnvironment::new(
                        &env,
                        &spec.state,
                        &spec.action,
                        Arc::clone(&market),
                        config.seed,
                        first as u64,
                        block,
                    )?;
                    collectors.push(collector(Box::new(environments), first));
                }
            }
            Experience::Environments(environments) => {
                let control_variate = environments.control_variate();
                if control_variate != config.env.control_variate {
                    let expected = format!("{control_variate:?}, as that of the environments");
                    let found = format!("{:?}", config.env.control_variate);
                    return Err(Error::invalid("env.control_variate", found, expected));
                }
                if environments.count() != ppo.n_envs {
                    let expected = format!("{} (n_envs)", ppo.n_envs);
                    return Err(Error::invalid("environments", environments.count(), expected));
                }
                collectors.push(collector(environments, 0));
            }
            Experience::Transitions => {
                check_of_transitions(&config)?;
                // Made anew for the transitions of every update.
                rows = 0;
            }
        }
        let buffer = RolloutBuffer::new(ppo.n_envs, block, rows, spec.state.len(), spec.score_len())?;
        Ok(Self {
            normalizer,
            reward_scale: RewardScale::new(ppo.gamma, ppo.n_envs)?,
            shuffle: stream(config.seed, "minibatches", 0),
            progress: Progress::default(),
            own_environments,
            ranks: None,
            started: None,
            config,
            spec,
            market_digest,
            learner,
            collectors,
            buffer,
            reused: Reused::default(),
        })
    }

    /// From now on trains as one of several ranks, each a process or thread with a trainer like this one, at the same update. The
    /// numbers are those of one trainer alone. Only rank 0 writes checkpoints; every rank has to ask for them.
    ///
    /// Errors: a number of ranks that is no power of two, or too many for `n_envs`; environments of a host's, and training on a
    /// GPU, neither of which is shared.
    pub fn join(&mut self, engine: Box<dyn Collectives>) -> Result<()> {
        let ranks = Ranks::new(engine)?;
        let blocks = self.collectors.len();
        if !self.own_environments {
            let expected = "the library's own environments, which alone are shared among ranks";
            return Err(Error::invalid(
                "collectives",
                "given for other experience",
                expected,
            ));
        }
        if !self.learner.can_share() {
            let expected = "cpu, which alone is shared among ranks";
            return Err(Error::invalid("device", "a GPU", expected));
        }
        if !blocks.is_multiple_of(ranks.size()) {
            let found = format!("{} for {blocks} blocks of environments", ranks.size());
            let expected = "a divisor of the blocks, which are of 16 environments at most";
            return Err(Error::invalid("collectives.size", found, expected));
        }
        self.ranks = Some(ranks);
        Ok(())
    }

    /// SHA-256 of all that the numbers depend on.
    fn configuration(&self) -> [u8; 32] {
        // Threads are each rank's own affair.
        let config = TrainConfig {
            threads: 1,
            ..self.config.clone()
        };
        let mut hash = Sha256::new();
        let json = serde_json::to_string(&(&config, &self.spec));
        hash.update(json.expect("settings are plain JSON"));
        hash.update(self.market_digest.to_le_bytes());
        hash.finalize().into()
    }

    /// Writes every row of a rollout in the order that minibatches are drawn from: blocks of up to 128 environments, their steps,
    /// the environments of a block. In which blocks they are collected does not matter.
    fn write_rows_to_shuffle(&self, rows: &mut Vec<u32>) {
        let (buffer, n_envs) = (&self.buffer, self.config.ppo.n_envs);
        rows.clear();
        if !self.own_environments {
            rows.extend(0..buffer.rows() as u32);
            return;
        }
        let wide = block_size(n_envs, 128);
        let row = |env: usize, step: usize| {
            env / buffer.block * buffer.block_rows() + step * buffer.block + env % buffer.block
        };
        for first in (0..n_envs).step_by(wide) {
            for step in 0..buffer.n_steps {
                rows.extend((first..first + wide).map(|env| row(env, step) as u32));
            }
        }
    }

    /// Runs to the end, or until `on_update` breaks. Returns how far the run has come.
    pub fn train(&mut self, mut on_update: impl FnMut(&UpdateStats) -> ControlFlow<()>) -> Result<Progress> {
        while !self.is_done() {
            let stats = self.update()?;
            if on_update(&stats).is_break() {
                break;
            }
        }
        Ok(self.progress)
    }

    /// Whether all decisions asked for have been taken.
    pub fn is_done(&self) -> bool {
        self.progress.env_steps >= self.config.total_steps
    }

    /// How far the run has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The policy's spec.
    pub fn spec(&self) -> &PolicySpec {
        &self.spec
    }

    /// The run's configuration.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// The policy as it stands, with the given provenance.
    pub fn policy(&self, provenance: serde_json::Map<String, serde_json::Value>) -> Result<Policy> {
        Policy::new(
            self.spec.clone(),
            self.normalizer.clone(),
            self.learner.values()?,
            provenance,
        )
    }

    /// Brings a policy that [`policy`](Self::policy) gave earlier to where the run stands, in place: on the CPU nothing is
    /// allocated, but for an attention. Its provenance stays. Fails as that does, and leaves the policy as it was then.
    pub fn update_policy(&mut self, policy: &mut Policy) -> Result<()> {
        let values = &mut self.reused.values;
        self.learner.write_values(values)?;
        policy.retrain(&self.normalizer, values)
    }
}

/// Transitions that are handed in have one reward, of the action that was taken.
fn check_of_transitions(config: &TrainConfig) -> Result<()> {
    if config.env.control_variate == ControlVariate::None {
        return Ok(());
    }
    let expected = "none: transitions do not say what another action would have earned";
    let found = format!("{:?}", config.env.control_variate);
    Err(Error::invalid("env.control_variate", found, expected))
}

/// Environments that are collected together, at most: so that threads and ranks have work.
const MOST_OF_BLOCK: usize = 16;

/// Environments in a block: the largest divisor of `n_envs` that is at most half of it and at most `most` (all, below 16).
fn block_size(n_envs: usize, most: usize) -> usize {
    let most = if n_envs < 16 {
        n_envs
    } else {
        (n_envs / 2).min(most)
    };
    (1..=most)
        .rev()
        .find(|size| n_envs.is_multiple_of(*size))
        .unwrap_or(1)
}
