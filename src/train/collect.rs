//! One block of environments through one rollout: state, action, reward, state, ... Every block owns its
//! environments and its streams of noise, so blocks may run on any thread in any order.

use crate::env::{Environments, EpisodeStats};
use crate::error::Result;
use crate::math::random::Stream;
use crate::policy::distribution::{concentration, sample_dirichlet, sample_gaussian};
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::{Distribution, PolicySpec};
use crate::rl::rollout::RolloutBlock;
use crate::train::evaluator::{Acting, Evaluator};
use crate::train::fused::Said;
use crate::train::gate;
use crate::train::learner::Learner;

/// A block of environments and what acts in it.
pub(super) struct Collector {
    pub(super) environments: Box<dyn Environments>,
    /// Noise of every environment's actions: [block].
    pub(super) streams: Vec<Stream>,
    evaluator: Evaluator,
    /// Normalised final states of truncated episodes, with their rows.
    final_rows: Vec<usize>,
    final_states: Vec<f32>,
    /// Normalised states after the last step, and values of either.
    last_states: Vec<f32>,
    values: Vec<f32>,
    /// Episodes that ended in the last rollout, and what it came to.
    episodes: Vec<EpisodeStats>,
    outcome: Result<()>,
    /// Dirichlet only: concentration and draws of one environment, [L] each.
    concentration: Vec<f64>,
    draws: Vec<f64>,
}

/// What a collector needs besides its own.
#[derive(Clone, Copy)]
pub(super) struct CollectContext<'a> {
    pub(super) spec: &'a PolicySpec,
    pub(super) acting: Acting<'a>,
    /// The distribution's parameter.
    pub(super) spread: &'a [f32],
    pub(super) normalizer: &'a ObservationNormalizer,
    pub(super) self_critical: bool,
}

impl Collector {
    /// A collector over `environments`, which act by the parameters of `learner`.
    pub(super) fn new(
        environments: Box<dyn Environments>,
        streams: Vec<Stream>,
        learner: &Learner,
        score_len: usize,
    ) -> Self {
        Self {
            evaluator: Evaluator {
                follows: true,
                ..learner.evaluator(environments.count())
            },
            environments,
            streams,
            final_rows: Vec::new(),
            final_states: Vec::new(),
            last_states: Vec::new(),
            values: Vec::new(),
            episodes: Vec::new(),
            outcome: Ok(()),
            concentration: vec![0.0; score_len],
            draws: vec![0.0; score_len],
        }
    }

    /// Fills the block's rows. What that came to is told by [`episodes`](Self::episodes).
    pub(super) fn collect(&mut self, context: CollectContext<'_>, block: &mut RolloutBlock<'_>) {
        self.outcome = self.fill(context, block);
    }

    /// The episodes that ended in the last rollout. Errors: those that it met, said once.
    pub(super) fn episodes(&mut self) -> Result<&[EpisodeStats]> {
        std::mem::replace(&mut self.outcome, Ok(()))?;
        Ok(&self.episodes)
    }

    fn fill(&mut self, context: CollectContext<'_>, block: &mut RolloutBlock<'_>) -> Result<()> {
        let (count, state_len, score_len) = (
            self.streams.len(),
            context.spec.state.len(),
            context.spec.score_len(),
        );
        let n_steps = block.values.len() / count;
        self.final_rows.clear();
        self.final_states.clear();
        for step in 0..n_steps {
            let rows = step * count..(step + 1) * count;
            let (s, a) = (
                rows.start * state_len..rows.end * state_len,
                rows.start * score_len..rows.end * score_len,
            );
            block.raw_states[s.clone()].copy_from_slice(self.environments.states());
            block.log_priors[a.clone()].copy_from_slice(self.environments.log_priors());
            normalize_rows(
                context.normalizer,
                &block.raw_states[s.clone()],
                state_len,
                &mut block.states[s.clone()],
            );
            let said = Said {
                scores: &mut block.scores[a.clone()],
                values: &mut block.values[rows.clone()],
                baselines: &mut block.baseline_values[rows.clone()],
            };
            self.evaluator.evaluate(context.acting, &block.states[s], said)?;
            self.sample(context.spec, block, a.clone(), context.spread);

            let deterministic = context.self_critical.then(|| &block.scores[a.clone()]);
            // Where a host's own function may end the process, and where all threads stop at its end.
            let environments = &mut self.environments;
            let actions = &block.actions[a];
            let result = gate::outside(move || environments.step(actions, deterministic))?;
            block.raw_rewards[rows.clone()].copy_from_slice(&result.rewards);
            block.raw_baseline_rewards[rows.clone()].copy_from_slice(&result.baseline_rewards);
            block.terminated[rows.clone()].copy_from_slice(&result.terminated);
            block.truncated[rows.clone()].copy_from_slice(&result.truncated);
            for (env, row) in rows.enumerate() {
                if result.truncated[env] {
                    let end = self.final_states.len();
                    self.final_rows.push(row);
                    self.final_states.resize(end + state_len, 0.0);
                    let state = &result.final_states[env * state_len..(env + 1) * state_len];
                    normalize_rows(
                        context.normalizer,
                        state,
                        state_len,
                        &mut self.final_states[end..],
                    );
                }
            }
        }
        self.bootstrap(context, block)?;
        let rows = [&*block.scores, &*block.log_priors, &*block.actions];
        self.evaluator.log_probs(context.acting, rows, block.log_probs)?;
        self.episodes.clear();
        self.environments.append_episodes(&mut self.episodes);
        Ok(())
    }

    /// Fills `next_values`: V of the next row, of the state after the last step, of final states where episodes were
    /// cut off.
    fn bootstrap(&mut self, context: CollectContext<'_>, block: &mut RolloutBlock<'_>) -> Result<()> {
        let (count, state_len) = (self.streams.len(), context.spec.state.len());
        let rows = block.values.len();
        block.next_values[..rows - count].copy_from_slice(&block.values[count..]);
        let Self {
            evaluator,
            last_states,
            values,
            ..
        } = self;
        last_states.resize(count * state_len, 0.0);
        normalize_rows(
            context.normalizer,
            self.environments.states(),
            state_len,
            last_states,
        );
        evaluator.values(context.acting, last_states, values)?;
        block.next_values[rows - count..].copy_from_slice(values);
        evaluator.values(context.acting, &self.final_states, values)?;
        for (&row, value) in self.final_rows.iter().zip(values) {
            block.next_values[row] = *value;
        }
        Ok(())
    }

    /// Draws the actions of one step, each from its environment's own stream.
    fn sample(
        &mut self,
        spec: &PolicySpec,
        block: &mut RolloutBlock<'_>,
        range: std::ops::Range<usize>,
        spread: &[f32],
    ) {
        let score_len = spec.score_len();
        let scores = block.scores[range.clone()].chunks_exact(score_len);
        let priors = block.log_priors[range.clone()].chunks_exact(score_len);
        let actions = block.actions[range].chunks_exact_mut(score_len);
        for (((scores, priors), action), stream) in scores.zip(priors).zip(actions).zip(&mut self.streams) {
            match spec.action.distribution {
                Distribution::Gaussian => sample_gaussian(scores, spread, stream, action),
                Distribution::Dirichlet => {
                    concentration(spread[0], priors, scores, &mut self.concentration);
                    sample_dirichlet(&self.concentration, stream, &mut self.draws, action);
                }
            }
        }
    }
}

/// Normalises states, row by row.
pub(super) fn normalize_rows(
    normalizer: &ObservationNormalizer,
    states: &[f32],
    state_len: usize,
    out: &mut [f32],
) {
    for (state, out) in states
        .chunks_exact(state_len)
        .zip(out.chunks_exact_mut(state_len))
    {
        normalizer.normalize(state, out);
    }
}
