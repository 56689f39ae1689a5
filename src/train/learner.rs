//! One gradient step: the loss on a minibatch, its gradient, the norm clip, Adam.

use crate::error::{Error, Result};
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::advantages::minibatch_advantages;
use crate::train::autograd::{Autograd, Leaves};
use crate::train::epochs::{Epochs, Verdict};
use crate::train::evaluator::{Acting, Evaluator};
use crate::train::fused::{Fused, Said, Step};
use crate::train::gate;
use crate::train::minibatch::Minibatch;
use crate::train::processors::Places;
use crate::train::ranks::Ranks;
use crate::train::threads;
use std::sync::Arc;
use tch::Device;

pub use crate::train::loss::LossConfig;
pub use crate::train::minibatch::{MinibatchStats, OptimizerState};

/// The parameters, their optimiser and the workers that differentiate.
#[derive(Debug)]
pub struct Learner {
    spec: PolicySpec,
    engine: Engine,
    steps: u64,
    /// Of the last minibatch.
    advantages: Vec<f32>,
    pool: Option<Arc<rayon::ThreadPool>>,
}

/// What computes.
#[derive(Debug)]
enum Engine {
    /// On the CPU.
    Fused(Box<Fused>),
    /// On a GPU.
    Autograd(Autograd),
}

impl Learner {
    /// A learner that starts from `values` (layout order). More than one thread makes a pool of that size.
    pub fn new(spec: PolicySpec, values: &[f32], device: Device, threads: usize) -> Result<Self> {
        let engine = match device {
            Device::Cpu => Engine::Fused(Box::new(Fused::new(&spec, values))),
            _ => Engine::Autograd(Autograd::new(&spec, values, device)?),
        };
        Self::of(spec, engine, threads)
    }

    /// One that goes through autograd on any device: the witness of the other.
    pub fn by_autograd(spec: PolicySpec, values: &[f32], device: Device) -> Result<Self> {
        let engine = Engine::Autograd(Autograd::new(&spec, values, device)?);
        Self::of(spec, engine, 1)
    }

    fn of(spec: PolicySpec, engine: Engine, threads: usize) -> Result<Self> {
        let pool = match threads {
            0 | 1 => None,
            _ => Some(Arc::new(thread_pool(threads)?)),
        };
        tch::set_num_threads(1);
        Ok(Self {
            spec,
            engine,
            steps: 0,
            advantages: Vec::new(),
            pool,
        })
    }

    /// The pool that rollouts may share; none for one thread.
    pub(super) fn pool(&self) -> Option<&Arc<rayon::ThreadPool>> {
        self.pool.as_ref()
    }

    /// Whether blocks of rows can be shared among ranks.
    pub(super) fn can_share(&self) -> bool {
        matches!(self.engine, Engine::Fused(_))
    }

    /// The parameters, in layout order.
    pub fn values(&self) -> Result<Vec<f32>> {
        match &self.engine {
            Engine::Fused(fused) => Ok(fused.values()),
            Engine::Autograd(autograd) => autograd.values(),
        }
    }

    /// The same into a list that has room for them: allocates nothing on the CPU.
    pub(super) fn write_values(&self, values: &mut Vec<f32>) -> Result<()> {
        match &self.engine {
            Engine::Fused(fused) => fused.write_values(values),
            Engine::Autograd(autograd) => *values = autograd.values()?,
        }
        Ok(())
    }

    /// Writes the distribution's parameter, log_std or log_kappa, into a list that gets as many values.
    pub(super) fn write_spread(&self, spread: &mut Vec<f32>) -> Result<()> {
        match &self.engine {
            Engine::Fused(fused) => fused.write_spread(spread),
            Engine::Autograd(autograd) => *spread = autograd.spread()?,
        }
        Ok(())
    }

    /// Sets the distribution's parameter, all of its values alike.
    pub(super) fn set_spread(&mut self, value: f64) -> Result<()> {
        match &mut self.engine {
            Engine::Fused(fused) => fused.set_spread(value as f32),
            Engine::Autograd(autograd) => autograd.set_spread(value)?,
        }
        Ok(())
    }

    /// Adam's state.
    pub fn optimizer_state(&self) -> Result<OptimizerState> {
        match &self.engine {
            Engine::Fused(fused) => Ok(fused.optimizer_state(self.steps)),
            Engine::Autograd(autograd) => autograd.optimizer_state(self.steps),
        }
    }

    /// Continues from a saved state of Adam.
    pub fn restore_optimizer(&mut self, state: &OptimizerState) -> Result<()> {
        match &mut self.engine {
            Engine::Fused(fused) => fused.restore_optimizer(state),
            Engine::Autograd(autograd) => autograd.restore_optimizer(state)?,
        }
        self.steps = state.steps;
        Ok(())
    }

    /// The parameters as they stand.
    pub(super) fn acting(&self) -> Acting<'_> {
        Acting {
            spec: &self.spec,
            fused: match &self.engine {
                Engine::Fused(fused) => Some(fused),
                Engine::Autograd(_) => None,
            },
        }
    }

    /// Means to evaluate `states` states at once.
    pub(super) fn evaluator(&self, states: usize) -> Evaluator {
        Evaluator {
            states,
            follows: false,
            room: None,
            leaves: match &self.engine {
                Engine::Fused(_) => Leaves::none(),
                Engine::Autograd(autograd) => autograd.leaves(),
            },
            unread: Default::default(),
        }
    }

    /// log pi(action | state) of every row of a buffer, by the network as it stands.
    pub fn log_probs_of(&self, buffer: &RolloutBuffer) -> Result<Vec<f32>> {
        let count = buffer.rows();
        let mut evaluator = self.evaluator(count);
        let mut scores = vec![0.0; count * buffer.action_len];
        let said = Said {
            scores: &mut scores,
            values: &mut vec![0.0; count],
            baselines: &mut vec![0.0; count],
        };
        evaluator.evaluate(self.acting(), &buffer.states, said)?;
        let mut log_probs = vec![0.0; count];
        let rows = [&*scores, &buffer.log_priors, &buffer.actions];
        evaluator.log_probs(self.acting(), rows, &mut log_probs)?;
        Ok(log_probs)
    }

    /// Computes the loss on the given rows of the buffer and its gradient, and applies nothing.
    pub fn differentiate(
        &mut self,
        buffer: &RolloutBuffer,
        rows: &[u32],
        config: LossConfig<'_>,
    ) -> Result<MinibatchStats> {
        let spec = &self.spec;
        match &mut self.engine {
            Engine::Fused(fused) => {
                let mut found = MinibatchStats::default();
                let minibatch = fused.begin(self.pool.as_deref(), (spec, buffer, config), rows, None);
                minibatch.run(&mut |_, stats| {
                    found = stats;
                    Ok(false)
                })?;
                Ok(found)
            }
            Engine::Autograd(autograd) => {
                let advantages = &mut self.advantages;
                minibatch_advantages(spec, buffer, rows, config.ppo.normalize_advantage, advantages);
                autograd.differentiate(Minibatch {
                    spec,
                    buffer,
                    rows,
                    advantages,
                    config,
                })
            }
        }
    }

    /// Goes through the minibatches of an update, whose blocks of rows are shared among ranks where there are some.
    pub(super) fn run_epochs(
        &mut self,
        buffer: &RolloutBuffer,
        config: LossConfig<'_>,
        learning_rate: f64,
        epochs: &mut Epochs<'_>,
        ranks: Option<&mut Ranks>,
    ) -> Result<()> {
        let Some(first) = epochs.next() else {
            return Ok(());
        };
        let ppo = config.ppo;
        match &mut self.engine {
            Engine::Fused(fused) => {
                let (parts, rows) = ((&self.spec, buffer, config), epochs.rows(first));
                let minibatch = fused.begin(self.pool.as_deref(), parts, rows, ranks);
                let steps = &mut self.steps;
                minibatch.run(&mut |between, stats| {
                    match epochs.judge(stats) {
                        Verdict::Stop => return Ok(false),
                        Verdict::Skip => {}
                        Verdict::Step => {
                            *steps += 1;
                            let scale = clip_scale(ppo.max_grad_norm, stats.grad_norm);
                            between.step(Step::new(learning_rate, scale, ppo.adam_eps, *steps));
                        }
                    }
                    let next = epochs.next();
                    let goes_on = next.is_some();
                    next.into_iter().for_each(|next| between.begin(epochs.rows(next)));
                    Ok(goes_on)
                })
            }
            Engine::Autograd(_) => {
                let mut next = Some(first);
                while let Some(minibatch) = next {
                    let stats = self.differentiate(buffer, epochs.rows(minibatch), config)?;
                    match epochs.judge(stats) {
                        Verdict::Stop => break,
                        Verdict::Skip => {}
                        Verdict::Step => {
                            self.apply(learning_rate, ppo.max_grad_norm, ppo.adam_eps, stats.grad_norm)?;
                        }
                    }
                    next = epochs.next();
                }
                Ok(())
            }
        }
    }

    /// The gradient of the last [`differentiate`](Self::differentiate), in layout order, before clipping.
    pub fn gradient(&self) -> Result<Vec<f32>> {
        match &self.engine {
            Engine::Fused(fused) => Ok(fused.gradient()),
            Engine::Autograd(autograd) => autograd.gradient(),
        }
    }

    /// Clips the gradient of the last [`differentiate`](Self::differentiate) to the given norm and takes one Adam
    /// step.
    pub fn apply(&mut self, learning_rate: f64, max_grad_norm: f64, eps: f64, grad_norm: f64) -> Result<()> {
        let scale = clip_scale(max_grad_norm, grad_norm);
        self.steps += 1;
        match &mut self.engine {
            Engine::Fused(fused) => {
                let step = Step::new(learning_rate, scale, eps, self.steps);
                fused.apply(&self.spec, self.pool.as_deref(), step);
                Ok(())
            }
            Engine::Autograd(autograd) => autograd.apply(learning_rate, scale, eps, self.steps),
        }
    }
}

/// What a gradient is multiplied by so that its norm is at most `most`.
fn clip_scale(most: f64, norm: f64) -> f64 {
    (most / (norm + 1e-6)).min(1.0)
}

/// A pool whose threads run libtorch's operations on themselves alone.
fn thread_pool(threads: usize) -> Result<rayon::ThreadPool> {
    let places = Places::new(threads);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("ppo_train_{i}"))
        .start_handler(move |i| {
            let _inside = gate::enter_or_stop();
            Arc::clone(&places).join(i);
            threads::started();
            tch::set_num_threads(1);
        })
        .exit_handler(|_| gate::stay_to_the_end())
        .build()
        .map_err(|error| {
            Error::invalid(
                "threads",
                format!("{threads} ({error})"),
                "a number of threads to start",
            )
        })
}
