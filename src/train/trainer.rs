//! PPO from end to end: collect, advantages, epochs of minibatches, again.

use crate::env::{BatchEnvironment, ControlVariate, Environments, EpisodeStats};
use crate::error::{Error, Result};
use crate::market::Market;
use crate::math::random::{Stream, stream};
use crate::policy::Policy;
use crate::policy::initial::initial_values;
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::{Distribution, PolicySpec};
use crate::rl::gae;
use crate::rl::reward_scale::RewardScale;
use crate::rl::rollout::RolloutBuffer;
use crate::rl::stats::UpdateStats;
use crate::rl::transitions::Transitions;
use crate::train::collect::{CollectContext, Collector, normalize_rows};
use crate::train::config::TrainConfig;
use crate::train::distribution::log_prob_and_entropy;
use crate::train::error::torch_error;
use crate::train::gather::network_input;
use crate::train::learner::{Learner, LossConfig, MinibatchStats};
use crate::train::network::forward;
use crate::train::parameters::{spread, to_vec};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;
use tch::{TchError, Tensor};

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
    started: Option<(Instant, u64)>,
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

    /// A run that goes on from a policy's weights and normaliser, with an optimiser that has not moved yet.
    pub fn from_policy(config: TrainConfig, policy: &Policy, experience: Experience) -> Result<Self> {
        let values = policy.network().parameters();
        let normalizer = policy.normalizer().clone();
        Self::start(config, policy.spec().clone(), values, normalizer, experience)
    }

    fn start(
        config: TrainConfig,
        spec: PolicySpec,
        values: &[f32],
        normalizer: ObservationNormalizer,
        experience: Experience,
    ) -> Result<Self> {
        config.validate()?;
        let ppo = &config.ppo;
        let device = config.device.resolve()?;
        let learner = Learner::new(spec.clone(), values, device, config.threads)?;
        let collector = |environments: Box<dyn Environments>, first: usize| {
            let streams = (first..first + environments.count())
                .map(|env| stream(config.seed, "action", env as u64))
                .collect();
            let leaves = &learner.parameters.leaves;
            Collector::new(environments, streams, leaves, device, spec.action_len())
        };
        let mut collectors = Vec::new();
        let (mut block, mut rows) = (ppo.n_envs, ppo.n_steps);
        let mut market_digest = 0;
        match experience {
            Experience::Market(market) => {
                market_digest = market.digest();
                block = block_size(ppo.n_envs);
                for first in (0..ppo.n_envs).step_by(block) {
                    let environments = BatchEnvironment::new(
                        &config.env,
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
                check_foreign(&config)?;
                if environments.count() != ppo.n_envs {
                    let expected = format!("{} (n_envs)", ppo.n_envs);
                    return Err(Error::invalid("environments", environments.count(), expected));
                }
                collectors.push(collector(environments, 0));
            }
            Experience::Transitions => {
                check_foreign(&config)?;
                // Made anew for the transitions of every update.
                rows = 0;
            }
        }
        let buffer = RolloutBuffer::new(ppo.n_envs, block, rows, spec.state.len(), spec.action_len());
        Ok(Self {
            normalizer,
            reward_scale: RewardScale::new(ppo.gamma, ppo.n_envs),
            shuffle: stream(config.seed, "minibatches", 0),
            progress: Progress::default(),
            started: None,
            config,
            spec,
            market_digest,
            learner,
            collectors,
            buffer,
        })
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

    /// One rollout and one PPO update on it.
    ///
    /// Errors: the environments', libtorch's, losses that are not finite, and a trainer whose transitions are handed
    /// in.
    pub fn update(&mut self) -> Result<UpdateStats> {
        if self.collectors.is_empty() {
            let expected = "transitions handed in: this trainer has no environments";
            return Err(Error::invalid("update", "without experience", expected));
        }
        self.start_clock();
        let episodes = self.collect()?;
        self.scale_rewards(&self.steps_in_time());
        self.fill_log_probs()
            .map_err(torch_error("the log-probabilities of the rollout"))?;
        self.learn(&episodes)
    }

    /// One PPO update on transitions of the caller's, all of which are used up.
    ///
    /// Errors: fewer than two transitions, which are kept; libtorch's; losses that are not finite.
    pub fn update_on(&mut self, transitions: &mut Transitions) -> Result<UpdateStats> {
        if transitions.len() < 2 {
            return Err(Error::invalid("transitions", transitions.len(), "at least 2"));
        }
        self.start_clock();
        let handed = transitions.take();
        self.buffer = handed.buffer;
        self.value_states(&handed.final_rows, &handed.final_states)
            .map_err(torch_error("the values of the transitions"))?;
        let steps = handed.order.iter().enumerate();
        let steps: Vec<_> = steps.map(|(row, &(env, ended))| (env, row, ended)).collect();
        self.scale_rewards(&steps);
        let episode = |&(reward_sum, steps): &(f64, usize)| EpisodeStats {
            reward_sum,
            steps,
            log_growth: f64::NAN,
            turnover: f64::NAN,
            cost: f64::NAN,
        };
        let episodes: Vec<_> = handed.episodes.iter().map(episode).collect();
        self.learn(&episodes)
    }

    /// Advantages, epochs and statistics of a rollout whose rewards and log-probabilities are there.
    fn learn(&mut self, episodes: &[EpisodeStats]) -> Result<UpdateStats> {
        let done = self.progress.env_steps;
        let ppo = &self.config.ppo;
        let learning_rate = ppo
            .learning_rate_schedule
            .at(ppo.learning_rate, done, self.config.total_steps);
        self.estimate_advantages();
        let explained_variance = self.buffer.explained_variance();
        let epochs = self.run_epochs(learning_rate)?;
        if self.config.ppo.normalize_observation {
            self.normalizer.update(&self.buffer.raw_states)?;
        }
        self.progress.updates += 1;
        self.progress.env_steps += self.buffer.rows() as u64;
        self.progress.episodes += episodes.len() as u64;
        let mean =
            |value: fn(&EpisodeStats) -> f64| episodes.iter().map(value).sum::<f64>() / episodes.len() as f64;
        let (began, at_start) = self.start_clock();
        Ok(UpdateStats {
            update: self.progress.updates,
            env_steps: self.progress.env_steps,
            env_steps_per_s: (self.progress.env_steps - at_start) as f64 / began.elapsed().as_secs_f64(),
            episodes: self.progress.episodes,
            episode_reward: mean(|episode| episode.reward_sum),
            episode_log_growth: mean(|episode| episode.log_growth),
            episode_turnover: mean(|episode| episode.turnover / episode.steps as f64),
            learning_rate,
            explained_variance,
            std: self.spread()?,
            ..epochs
        })
    }

    /// When this trainer began in this process, and at which decision.
    fn start_clock(&mut self) -> (Instant, u64) {
        let done = self.progress.env_steps;
        *self.started.get_or_insert_with(|| (Instant::now(), done))
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

    fn collect(&mut self) -> Result<Vec<EpisodeStats>> {
        let context = CollectContext {
            spec: &self.spec,
            normalizer: &self.normalizer,
            self_critical: self.self_critical(),
        };
        let blocks = self.buffer.blocks_mut();
        // A host's environments are called on the caller's own thread.
        let pool = self.learner.pool().filter(|_| self.collectors.len() > 1);
        let work = self.collectors.iter_mut().zip(blocks);
        let episodes: Result<Vec<Vec<EpisodeStats>>> = match pool {
            None => work
                .map(|(collector, mut block)| collector.collect(context, &mut block))
                .collect(),
            Some(pool) => {
                let work: Vec<_> = work.collect();
                pool.install(|| {
                    work.into_par_iter()
                        .map(|(collector, mut block)| collector.collect(context, &mut block))
                        .collect()
                })
            }
        };
        Ok(episodes?.into_iter().flatten().collect())
    }

    /// Every row of a rollout in the order of time: its environment, its row, and whether its episode ended there.
    fn steps_in_time(&self) -> Vec<(usize, usize, bool)> {
        let buffer = &self.buffer;
        let block_rows = buffer.block_rows();
        let mut steps = Vec::with_capacity(buffer.rows());
        for step in 0..buffer.n_steps {
            for env in 0..self.config.ppo.n_envs {
                let row = env / buffer.block * block_rows + step * buffer.block + env % buffer.block;
                steps.push((env, row, buffer.terminated[row] || buffer.truncated[row]));
            }
        }
        steps
    }

    /// Moves the reward statistics by these steps (environment, row, whether the episode ended there), then scales the
    /// rollout's rewards with them.
    fn scale_rewards(&mut self, steps: &[(usize, usize, bool)]) {
        let buffer = &mut self.buffer;
        let normalize = self.config.ppo.normalize_reward;
        if normalize {
            for &(env, row, ended) in steps {
                self.reward_scale.observe(env, buffer.raw_rewards[row], ended);
            }
        }
        let scale = |raw: f64| {
            if normalize {
                self.reward_scale.apply(raw)
            } else {
                raw as f32
            }
        };
        for (scaled, &raw) in buffer.rewards.iter_mut().zip(&buffer.raw_rewards) {
            *scaled = scale(raw);
        }
        for (scaled, &raw) in buffer
            .baseline_rewards
            .iter_mut()
            .zip(&buffer.raw_baseline_rewards)
        {
            *scaled = scale(raw);
        }
    }

    /// log pi(a | s) of the policy that acted, by the same operations as the update's, from the scores it acted on.
    fn fill_log_probs(&mut self) -> std::result::Result<(), TchError> {
        let _guard = tch::no_grad_guard();
        let buffer = &mut self.buffer;
        let table = |values: &[f32]| -> std::result::Result<Tensor, TchError> {
            Tensor::f_from_slice(values)?
                .f_view([-1, buffer.action_len as i64])?
                .f_to_device(self.learner.device())
        };
        let spread = spread(&self.learner.parameters.leaves);
        let (log_prob, _) = log_prob_and_entropy(
            self.spec.action.distribution,
            &table(&buffer.scores)?,
            spread,
            &table(&buffer.log_priors)?,
            &table(&buffer.actions)?,
        )?;
        buffer.log_probs.copy_from_slice(&to_vec(&log_prob)?);
        Ok(())
    }

    /// Normalises the states of transitions that were handed in, and fills in what they and the states that follow are
    /// worth to the critic.
    fn value_states(
        &mut self,
        final_rows: &[usize],
        final_states: &[f32],
    ) -> std::result::Result<(), TchError> {
        let _guard = tch::no_grad_guard();
        let (spec, buffer) = (&self.spec, &mut self.buffer);
        let len = spec.state.len();
        let values = |states: &[f32]| -> std::result::Result<Vec<f32>, TchError> {
            let input = network_input(spec, self.learner.device(), states)?;
            to_vec(&forward(spec, &self.learner.parameters.leaves, &input)?.value)
        };
        normalize_rows(&self.normalizer, &buffer.raw_states, len, &mut buffer.states);
        buffer.values.copy_from_slice(&values(&buffer.states)?);
        let rows = buffer.rows();
        buffer.next_values[..rows - 1].copy_from_slice(&buffer.values[1..]);
        if !final_rows.is_empty() {
            let mut states = vec![0.0; final_states.len()];
            normalize_rows(&self.normalizer, final_states, len, &mut states);
            for (&row, value) in final_rows.iter().zip(values(&states)?) {
                buffer.next_values[row] = value;
            }
        }
        Ok(())
    }

    fn estimate_advantages(&mut self) {
        let (gamma, lambda) = (self.config.ppo.gamma as f32, self.config.ppo.gae_lambda as f32);
        let self_critical = self.self_critical();
        let buffer = &mut self.buffer;
        if self_critical {
            // b_t does not depend on the sampled action and V_b(s_t) is its mean, so r_t - (b_t - V_b(s_t)) has the
            // mean of r_t, and what the market did to every action alike is gone from advantages and value targets.
            let baselines = buffer.baseline_rewards.iter().zip(&buffer.baseline_values);
            for (reward, (baseline, expected)) in buffer.rewards.iter_mut().zip(baselines) {
                *reward -= baseline - expected;
            }
        }
        let rows = buffer.block_rows();
        for (b, advantages) in buffer.advantages.chunks_mut(rows).enumerate() {
            let piece = b * rows..(b + 1) * rows;
            let steps = gae::Steps {
                rewards: &buffer.rewards[piece.clone()],
                values: &buffer.values[piece.clone()],
                next_values: &buffer.next_values[piece.clone()],
                terminated: &buffer.terminated[piece.clone()],
                truncated: &buffer.truncated[piece],
            };
            gae::advantages(steps, buffer.block, gamma, lambda, advantages);
        }
        for ((target, advantage), value) in buffer
            .returns
            .iter_mut()
            .zip(&buffer.advantages)
            .zip(&buffer.values)
        {
            *target = advantage + value;
        }
    }

    fn run_epochs(&mut self, learning_rate: f64) -> Result<UpdateStats> {
        let ppo = self.config.ppo.clone();
        let done = self.progress.env_steps;
        let loss = LossConfig {
            clip_range: ppo
                .clip_range_schedule
                .at(ppo.clip_range, done, self.config.total_steps),
            clip_range_vf: ppo.clip_range_vf,
            ent_coef: ppo.ent_coef,
            vf_coef: ppo.vf_coef,
            normalize_advantage: ppo.normalize_advantage,
            self_critical: self.self_critical(),
        };
        let mut rows: Vec<u32> = (0..self.buffer.rows() as u32).collect();
        let mut figures: Vec<MinibatchStats> = Vec::new();
        let mut skipped = 0;
        'epochs: for _ in 0..ppo.n_epochs {
            rows.shuffle(&mut self.shuffle);
            for minibatch in rows.chunks(ppo.batch_size) {
                if minibatch.len() < 2 {
                    continue; // no standard deviation to normalise by
                }
                let stats = self.learner.differentiate(&self.buffer, minibatch, loss)?;
                if !stats.is_finite() {
                    skipped += 1;
                    continue;
                }
                figures.push(stats);
                // Stable-Baselines3's rule: stop before the step that would follow too large a divergence.
                if ppo.target_kl.is_some_and(|target| stats.approx_kl > 1.5 * target) {
                    break 'epochs;
                }
                self.learner
                    .apply(learning_rate, ppo.max_grad_norm, ppo.adam_eps, stats.grad_norm)?;
            }
        }
        if figures.is_empty() {
            return Err(Error::Training {
                update: self.progress.updates + 1,
                reason: "the loss or the gradient of every minibatch was not finite".into(),
            });
        }
        let mean = |figure: fn(&MinibatchStats) -> f64| {
            figures.iter().map(figure).sum::<f64>() / figures.len() as f64
        };
        Ok(UpdateStats {
            policy_gradient_loss: mean(|stats| stats.policy_loss),
            value_loss: mean(|stats| stats.value_loss),
            entropy_loss: -mean(|stats| stats.entropy),
            approx_kl: mean(|stats| stats.approx_kl),
            clip_fraction: mean(|stats| stats.clip_fraction),
            grad_norm: mean(|stats| stats.grad_norm),
            first_ratio_error: figures[0].ratio_error,
            skipped_minibatches: skipped,
            ..UpdateStats::default()
        })
    }

    fn self_critical(&self) -> bool {
        matches!(self.config.env.control_variate, ControlVariate::SelfCritical)
    }

    /// Mean standard deviation of the scores, or the concentration.
    fn spread(&self) -> Result<f64> {
        let leaf = spread(&self.learner.parameters.leaves);
        let values = to_vec(leaf).map_err(torch_error("copy of the distribution's parameter"))?;
        let exponentials = values.iter().map(|&value| f64::from(value).exp());
        Ok(match self.spec.action.distribution {
            Distribution::Gaussian => exponentials.sum::<f64>() / values.len() as f64,
            Distribution::Dirichlet => exponentials.sum(),
        })
    }
}

/// What only our own environments can do is refused for a host's.
fn check_foreign(config: &TrainConfig) -> Result<()> {
    if config.env.control_variate == ControlVariate::None {
        return Ok(());
    }
    let expected = "none: only the library's own environments know what their rewards depend on";
    let found = format!("{:?}", config.env.control_variate);
    Err(Error::invalid("env.control_variate", found, expected))
}

/// Environments in a block: the largest divisor of `n_envs` that is at most half of it and at most 128 (all, below
/// 16), so that two threads have work and a block is wide enough for one matrix product.
fn block_size(n_envs: usize) -> usize {
    let most = if n_envs < 16 {
        n_envs
    } else {
        (n_envs / 2).min(128)
    };
    (1..=most)
        .rev()
        .find(|size| n_envs.is_multiple_of(*size))
        .unwrap_or(1)
}
