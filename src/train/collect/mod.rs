//! One block of environments through one rollout: state, action, reward, state, ... Every block owns its
//! environments and its streams of noise, so blocks may run on any thread in any order.

mod context;
mod next_values;
mod policy_path;

pub(super) use context::{CollectContext, normalize_rows};

use crate::env::{Environments, EpisodeStats};
use crate::error::Result;
use crate::math::random::Stream;
use crate::policy::distribution::{concentration, sample_dirichlet, sample_gaussian};
use crate::policy::spec::{Distribution, PolicySpec};
use crate::rl::rollout::RolloutBlock;
use crate::train::evaluator::Evaluator;
use crate::train::fused::Said;
use crate::train::gate;
use crate::train::learner::Learner;
use next_values::NextValues;
use policy_path::PolicyPath;

/// A block of environments and what acts in it.
pub(super) struct Collector {
    pub(super) environments: Box<dyn Environments>,
    /// Noise of every environment's actions: [block].
    pub(super) streams: Vec<Stream>,
    evaluator: Evaluator,
    next_values: NextValues,
    /// One step's values of the second critic: [block].
    baselines: Vec<f32>,
    /// Episodes that ended in the last rollout, and what it came to.
    episodes: Vec<EpisodeStats>,
    outcome: Result<()>,
    /// With the control variate `policy_path`.
    path: Option<Box<PolicyPath>>,
    /// Dirichlet only: concentration and draws of one environment, [L] each.
    concentration: Vec<f64>,
    draws: Vec<f64>,
}

impl Collector {
    /// A collector over `environments`, which act by the parameters of `learner`; with the control variate `policy_path` or
    /// without.
    pub(super) fn new(
        environments: Box<dyn Environments>,
        streams: Vec<Stream>,
        learner: &Learner,
        score_len: usize,
        is_followed: bool,
    ) -> Self {
        let evaluator = || Evaluator {
            follows: true,
            ..learner.evaluator(environments.count())
        };
        Self {
            path: is_followed.then(|| Box::new(PolicyPath::new(evaluator()))),
            evaluator: evaluator(),
            environments,
            streams,
            next_values: NextValues::default(),
            baselines: Vec::new(),
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
        self.next_values.clear();
        if let Some(path) = &mut self.path {
            path.fill(context, &mut *self.environments, block)?;
        }
        // What the path has filled, it keeps.
        let own_baselines = self.path.is_none();
        self.baselines.resize(count, 0.0);
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
                baselines: &mut self.baselines,
            };
            self.evaluator.evaluate(context.acting, &block.states[s], said)?;
            self.sample(context.spec, block, a.clone(), context.spread);

            let deterministic = context.self_critical.then(|| &block.scores[a.clone()]);
            // Where a host's own function may end the process, and where all threads stop at its end.
            let environments = &mut self.environments;
            let actions = &block.actions[a];
            let result = gate::outside(move || environments.step(actions, deterministic))?;
            block.raw_rewards[rows.clone()].copy_from_slice(&result.rewards);
            if own_baselines {
                block.baseline_values[rows.clone()].copy_from_slice(&self.baselines);
                block.raw_baseline_rewards[rows.clone()].copy_from_slice(&result.baseline_rewards);
            }
            block.terminated[rows.clone()].copy_from_slice(&result.terminated);
            block.truncated[rows.clone()].copy_from_slice(&result.truncated);
            self.next_values.keep(context, result, rows.start);
        }
        self.next_values.write(
            context,
            &mut self.evaluator,
            block.values,
            self.environments.states(),
            block.next_values,
        )?;
        let rows = [&*block.scores, &*block.log_priors, &*block.actions];
        self.evaluator.log_probs(context.acting, rows, block.log_probs)?;
        self.episodes.clear();
        self.environments.append_episodes(&mut self.episodes);
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
