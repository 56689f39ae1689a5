//! One update, in the order of the paper: rollout, log-probabilities, advantages, epochs of minibatches.

use super::{Reused, Trainer};
use crate::env::{ControlVariate, EpisodeStats};
use crate::error::{Error, Result};
use crate::policy::spec::Distribution;
use crate::rl::config::PpoConfig;
use crate::rl::priority::Priorities;
use crate::rl::stats::UpdateStats;
use crate::rl::transitions::Transitions;
use crate::train::advantages::minibatch_advantages;
use crate::train::collect::{CollectContext, normalize_rows};
use crate::train::epochs::{EpochRoom, Epochs};
use crate::train::gate;
use crate::train::learner::LossConfig;
use crate::train::ranks::Standing;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

impl Trainer {
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
        self.agree()?;
        self.schedule_noise()?;
        let mut reused = std::mem::take(&mut self.reused);
        let collected = self.collect_rollout(&mut reused);
        let outcome = collected.and_then(|()| self.learn(&mut reused));
        self.reused = reused;
        outcome
    }

    /// Fills the rollout of all ranks, with rewards that are scaled.
    pub(super) fn collect_rollout(&mut self, reused: &mut Reused) -> Result<()> {
        let outcome = self.collect(&mut reused.spread, &mut reused.episodes);
        self.exchange(outcome, &mut reused.episodes)?;
        self.write_steps(&mut reused.steps);
        self.scale_rewards(&reused.steps);
        Ok(())
    }

    /// One PPO update on transitions of the caller's, all of which are used up.
    ///
    /// Errors: fewer than two transitions, which are kept; libtorch's; losses that are not finite.
    pub fn update_on(&mut self, transitions: &mut Transitions) -> Result<UpdateStats> {
        if transitions.len() < 2 {
            return Err(Error::invalid("transitions", transitions.len(), "at least 2"));
        }
        self.start_clock();
        self.schedule_noise()?;
        let handed = transitions.take()?;
        self.buffer = handed.buffer;
        self.value_states(&handed.final_rows, &handed.final_states)?;
        let mut reused = std::mem::take(&mut self.reused);
        let steps = handed.order.iter().enumerate();
        reused.steps.clear();
        reused
            .steps
            .extend(steps.map(|(row, &(env, ended))| (env, row, ended)));
        self.scale_rewards(&reused.steps);
        let episode = |&(reward_sum, steps): &(f64, usize)| EpisodeStats {
            reward_sum,
            steps,
            log_growth: f64::NAN,
            turnover: f64::NAN,
            cost: f64::NAN,
        };
        reused.episodes.clear();
        reused.episodes.extend(handed.episodes.iter().map(episode));
        let outcome = self.learn(&mut reused);
        self.reused = reused;
        outcome
    }

    /// Sets the noise where it is not learnt.
    fn schedule_noise(&mut self) -> Result<()> {
        let (distribution, done) = (self.spec.action.distribution, self.progress.env_steps);
        let scheduled = self
            .config
            .ppo
            .scheduled_spread(distribution, done, self.config.total_steps);
        scheduled.map_or(Ok(()), |spread| self.learner.set_spread(spread))
    }

    /// Advantages, epochs and statistics of a rollout whose rewards and log-probabilities are there, with its steps
    /// (environment, row, whether the episode ended there).
    fn learn(&mut self, reused: &mut Reused) -> Result<UpdateStats> {
        let done = self.progress.env_steps;
        let ppo = &self.config.ppo;
        let learning_rate = ppo
            .learning_rate_schedule
            .at(ppo.learning_rate, done, self.config.total_steps);
        self.take_out_baselines();
        self.estimate_advantages(&[]);
        let explained_variance = self.buffer.explained_variance();
        let epochs = match self.config.ppo.priority_alpha > 0.0 {
            true => self.run_epochs_by_priority(learning_rate, &segments(&reused.steps))?,
            false => self.run_epochs(learning_rate, &mut reused.epochs)?,
        };
        let episodes = &reused.episodes;
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
            std: self.spread(&mut reused.spread)?,
            ..epochs
        })
    }

    /// When this trainer began in this process, and at which decision.
    fn start_clock(&mut self) -> (Instant, u64) {
        let done = self.progress.env_steps;
        *self.started.get_or_insert_with(|| (Instant::now(), done))
    }

    /// Makes sure that all ranks are at this update of the same run.
    fn agree(&mut self) -> Result<()> {
        if self.ranks.is_none() {
            return Ok(());
        }
        let standing = Standing {
            configuration: self.configuration(),
            updates: self.progress.updates,
            share: (self.buffer.rows() * self.buffer.row_bytes()) as u64,
        };
        self.ranks.as_mut().map_or(Ok(()), |ranks| ranks.agree(standing))
    }

    /// The blocks of environments that this rank collects.
    pub(in crate::train) fn own_blocks(&self) -> Range<usize> {
        let blocks = self.collectors.len();
        self.ranks.as_ref().map_or(0..blocks, |ranks| ranks.share(blocks))
    }

    /// Gives this rank's share of the rollout to the others and takes theirs, if all have one; `episodes` become those of all.
    fn exchange(&mut self, outcome: Result<()>, episodes: &mut Vec<EpisodeStats>) -> Result<()> {
        let (own, buffer) = (self.own_blocks(), &mut self.buffer);
        let Some(ranks) = &mut self.ranks else {
            return outcome;
        };
        let of_all = ranks.all(outcome.map(|()| std::mem::take(episodes)))?;
        let of_block = buffer.block_rows();
        let rank = ranks.rank();
        let of_rank = own.len() * of_block;
        let all = ranks.gather(|out| buffer.write_rows(rank * of_rank..(rank + 1) * of_rank, out))?;
        for (other, bytes) in all.enumerate().filter(|(other, _)| *other != rank) {
            buffer.read_rows(other * of_rank..(other + 1) * of_rank, bytes);
        }
        episodes.extend(of_all.into_iter().flatten());
        Ok(())
    }

    /// Fills this rank's part of the rollout; `episodes` become those that ended there.
    fn collect(&mut self, spread: &mut Vec<f32>, episodes: &mut Vec<EpisodeStats>) -> Result<()> {
        // The parameters stand still while a rollout is collected.
        self.learner.write_spread(spread)?;
        let context = CollectContext {
            spec: &self.spec,
            acting: self.learner.acting(),
            spread,
            normalizer: &self.normalizer,
            self_critical: self.self_critical(),
        };
        let own = self.own_blocks();
        // A host's environments are called on the caller's own thread.
        let pool = self.learner.pool().filter(|_| self.collectors.len() > 1);
        let work = self.collectors[own.clone()].iter_mut();
        let mut work = work.zip(self.buffer.blocks_mut().skip(own.start));
        match pool {
            None => work.for_each(|(collector, mut block)| collector.collect(context, &mut block)),
            Some(pool) => {
                let work = Mutex::new(&mut work);
                let next = || work.lock().unwrap_or_else(PoisonError::into_inner).next();
                gate::outside(|| {
                    pool.broadcast(|_| {
                        while let Some((collector, mut block)) = next() {
                            let _inside = gate::enter_or_stop();
                            collector.collect(context, &mut block);
                        }
                    });
                });
            }
        }
        episodes.clear();
        for collector in &mut self.collectors[own] {
            episodes.extend_from_slice(collector.episodes()?);
        }
        Ok(())
    }

    /// Writes every row of a rollout in the order of time: its environment, its row, and whether its episode ended there.
    fn write_steps(&self, steps: &mut Vec<(usize, usize, bool)>) {
        let buffer = &self.buffer;
        let block_rows = buffer.block_rows();
        steps.clear();
        for step in 0..buffer.n_steps {
            for env in 0..self.config.ppo.n_envs {
                let row = env / buffer.block * block_rows + step * buffer.block + env % buffer.block;
                steps.push((env, row, buffer.terminated[row] || buffer.truncated[row]));
            }
        }
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

    /// Normalises the states of transitions that were handed in, and fills in what they and the states that follow are
    /// worth to the critic.
    fn value_states(&mut self, final_rows: &[usize], final_states: &[f32]) -> Result<()> {
        /// States that go through the network together.
        const AT_ONCE: usize = 256;
        let (learner, buffer) = (&self.learner, &mut self.buffer);
        let len = self.spec.state.len();
        let (acting, mut evaluator) = (learner.acting(), learner.evaluator(AT_ONCE));
        normalize_rows(&self.normalizer, &buffer.raw_states, len, &mut buffer.states);
        evaluator.values(acting, &buffer.states, &mut buffer.values)?;
        let rows = buffer.rows();
        buffer.next_values[..rows - 1].copy_from_slice(&buffer.values[1..]);
        let mut states = vec![0.0; final_states.len()];
        normalize_rows(&self.normalizer, final_states, len, &mut states);
        let mut ends = Vec::new();
        evaluator.values(acting, &states, &mut ends)?;
        for (&row, value) in final_rows.iter().zip(ends) {
            buffer.next_values[row] = value;
        }
        Ok(())
    }

    fn run_epochs(&mut self, learning_rate: f64, room: &mut EpochRoom) -> Result<UpdateStats> {
        let ppo = self.config.ppo.clone();
        let loss = self.loss(&ppo);
        self.write_rows_to_shuffle(&mut room.rows);
        let mut epochs = Epochs::new(&ppo, std::mem::take(room), &mut self.shuffle);
        let ranks = self.ranks.as_mut();
        self.learner
            .run_epochs(&self.buffer, loss, learning_rate, &mut epochs, ranks)?;
        let stats = finished(&epochs, self.progress.updates);
        *room = epochs.into_room();
        stats
    }

    /// Epochs that each draw the segments (the rows of each) by their advantages, which are estimated anew before each.
    fn run_epochs_by_priority(&mut self, learning_rate: f64, segments: &[Vec<u32>]) -> Result<UpdateStats> {
        let normalize = self.config.ppo.normalize_advantage;
        let ppo = PpoConfig {
            n_epochs: 1,
            normalize_advantage: false,
            ..self.config.ppo.clone()
        };
        let loss = self.loss(&ppo);
        let done = self.progress.env_steps as f64 / self.config.total_steps as f64;
        let beta = (ppo.priority_beta + (1.0 - ppo.priority_beta) * done).min(1.0);
        let all: Vec<u32> = (0..self.buffer.rows() as u32).collect();
        let mut shuffle = self.shuffle.clone();
        let mut epochs = Epochs::new(&ppo, EpochRoom::default(), &mut shuffle);
        for epoch in 0..self.config.ppo.n_epochs {
            if epoch > 0 {
                let now = self.learner.log_probs_of(&self.buffer)?;
                let pairs = now.iter().zip(&self.buffer.log_probs);
                let ratios: Vec<f32> = pairs.map(|(now, then)| (now - then).exp()).collect();
                self.estimate_advantages(&ratios);
            }
            let buffer = &mut self.buffer;
            let size = |rows: &Vec<u32>| {
                rows.iter()
                    .map(|&row| f64::from(buffer.advantages[row as usize].abs()))
                    .sum()
            };
            let sizes: Vec<f64> = segments.iter().map(size).collect();
            let priorities = Priorities::new(&sizes, ppo.priority_alpha, beta);
            for (rows, weight) in segments.iter().zip(&priorities.weights) {
                rows.iter()
                    .for_each(|&row| buffer.weights[row as usize] = *weight as f32);
            }
            let mut advantages = Vec::new();
            minibatch_advantages(&self.spec, buffer, &all, normalize, &mut advantages);
            buffer.advantages.copy_from_slice(&advantages);
            epochs.again(|draws| {
                let drawn = priorities.draw(draws);
                drawn
                    .iter()
                    .flat_map(|segment| segments[*segment].iter().copied())
                    .collect()
            });
            let ranks = self.ranks.as_mut();
            self.learner
                .run_epochs(&self.buffer, loss, learning_rate, &mut epochs, ranks)?;
            if epochs.is_stopped() {
                break;
            }
        }
        self.buffer.weights.fill(1.0);
        let stats = finished(&epochs, self.progress.updates);
        self.shuffle = shuffle;
        stats
    }

    /// How the loss of this update weighs its parts.
    fn loss<'a>(&self, ppo: &'a PpoConfig) -> LossConfig<'a> {
        let done = self.progress.env_steps;
        LossConfig {
            clip_range: ppo
                .clip_range_schedule
                .at(ppo.clip_range, done, self.config.total_steps),
            ppo,
            self_critical: self.self_critical(),
        }
    }

    pub(super) fn self_critical(&self) -> bool {
        self.config.env.control_variate == ControlVariate::SelfCritical
    }

    /// Mean standard deviation of the scores, or the concentration.
    fn spread(&self, values: &mut Vec<f32>) -> Result<f64> {
        self.learner.write_spread(values)?;
        let exponentials = values.iter().map(|&value| f64::from(value).exp());
        Ok(match self.spec.action.distribution {
            Distribution::Gaussian => exponentials.sum::<f64>() / values.len() as f64,
            Distribution::Dirichlet => exponentials.sum(),
        })
    }
}

/// The rows of each environment, in the order of time, from steps in any order of environments.
fn segments(steps: &[(usize, usize, bool)]) -> Vec<Vec<u32>> {
    let environments = steps.iter().map(|(env, ..)| env + 1).max().unwrap_or(0);
    let mut segments = vec![Vec::new(); environments];
    for &(env, row, _) in steps {
        segments[env].push(row as u32);
    }
    segments.retain(|rows| !rows.is_empty());
    segments
}

/// What the epochs of an update came to, after so many updates.
fn finished(epochs: &Epochs<'_>, updates: u64) -> Result<UpdateStats> {
    epochs.stats().ok_or_else(|| Error::Training {
        update: updates + 1,
        reason: "the loss or the gradient of every minibatch was not finite".into(),
    })
}
