//! PPO from end to end: collect, advantages, epochs of minibatches, again.

use crate::env::{BatchEnvironment, ControlVariate, EpisodeStats};
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
use crate::train::collect::{CollectContext, Collector};
use crate::train::config::TrainConfig;
use crate::train::distribution::log_prob_and_entropy;
use crate::train::error::torch_error;
use crate::train::learner::{Learner, LossConfig, MinibatchStats};
use crate::train::parameters::{spread, to_vec};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;
use tch::{TchError, Tensor};

/// A training run: the network, its optimiser, the environments.
pub struct Trainer {
    pub(super) config: TrainConfig,
    pub(super) spec: PolicySpec,
    pub(super) market: Arc<dyn Market>,
    pub(super) learner: Learner,
    pub(super) collectors: Vec<Collector>,
    pub(super) normalizer: ObservationNormalizer,
    pub(super) reward_scale: RewardScale,
    pub(super) shuffle: Stream,
    pub(super) progress: Progress,
    buffer: RolloutBuffer,
    started: Option<(Instant, u64)>,
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
    /// A run at its start. Configuration, spec and market are checked against each other.
    pub fn new(config: TrainConfig, spec: PolicySpec, market: Arc<dyn Market>) -> Result<Self> {
        config.validate()?;
        spec.validate()?;
        let ppo = &config.ppo;
        let device = config.device.resolve()?;
        let values = initial_values(&spec, ppo.log_std_init, ppo.kappa_init, config.seed);
        let learner = Learner::new(spec.clone(), &values, device, config.threads)?;
        let block = block_size(ppo.n_envs);
        let mut collectors = Vec::with_capacity(ppo.n_envs / block);
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
            let streams = (first..first + block)
                .map(|env| stream(config.seed, "action", env as u64))
                .collect();
            collectors.push(Collector::new(
                environments,
                streams,
                &learner.parameters.leaves,
                device,
                spec.action_len(),
            ));
        }
        let buffer = RolloutBuffer::new(
            ppo.n_envs,
            block,
            ppo.n_steps,
            spec.state.len(),
            spec.action_len(),
        );
        Ok(Self {
            normalizer: ObservationNormalizer::new(&spec),
            reward_scale: RewardScale::new(ppo.gamma, ppo.n_envs),
            shuffle: stream(config.seed, "minibatches", 0),
            progress: Progress::default(),
            started: None,
            config,
            spec,
            market,
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
    pub fn update(&mut self) -> Result<UpdateStats> {
        let (began, at_start) = *self
            .started
            .get_or_insert_with(|| (Instant::now(), self.progress.env_steps));
        let done = self.progress.env_steps;
        let ppo = &self.config.ppo;
        let learning_rate = ppo
            .learning_rate_schedule
            .at(ppo.learning_rate, done, self.config.total_steps);
        let episodes = self.collect()?;
        self.scale_rewards();
        self.fill_log_probs()
            .map_err(torch_error("the log-probabilities of the rollout"))?;
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
        let work = self.collectors.iter_mut().zip(blocks);
        let episodes: Result<Vec<Vec<EpisodeStats>>> = match self.learner.pool() {
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

    /// Moves the reward statistics by this rollout, then scales its rewards with them.
    fn scale_rewards(&mut self) {
        let buffer = &mut self.buffer;
        let normalize = self.config.ppo.normalize_reward;
        if normalize {
            let block_rows = buffer.block_rows();
            for step in 0..buffer.n_steps {
                for env in 0..self.config.ppo.n_envs {
                    let row = env / buffer.block * block_rows + step * buffer.block + env % buffer.block;
                    let ended = buffer.terminated[row] || buffer.truncated[row];
                    self.reward_scale.observe(env, buffer.raw_rewards[row], ended);
                }
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
