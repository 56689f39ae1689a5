//! One gradient step: the loss on a minibatch, its gradient, the norm clip, Adam.
//!
//! A minibatch is cut into blocks of rows whose size does not depend on the number of threads; each block is
//! differentiated by itself on one thread and the gradients are added in order, so the numbers are the same on one
//! core and on sixteen.

use crate::error::{Error, Result};
use crate::policy::action;
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::error::torch_error;
use crate::train::gate;
use crate::train::gather::gather;
use crate::train::loss::{FIGURES, loss};
use crate::train::network::forward;
use crate::train::parameters::{Parameters, spread, to_vec};
use crate::train::threads;
use rayon::prelude::*;
use tch::{Device, Kind, TchError, Tensor};

pub use crate::train::loss::LossConfig;

/// Rows of a block on the CPU: few enough that a layer's activations stay in a core's cache, many enough that the
/// products outweigh what it costs to call libtorch.
const BLOCK_ROWS: usize = 512;

/// Decay rates of Adam's two moments (Kingma and Ba 2015).
const BETAS: (f64, f64) = (0.9, 0.999);

/// The parameters, their optimiser and the workers that differentiate.
#[derive(Debug)]
pub struct Learner {
    spec: PolicySpec,
    device: Device,
    pub(super) parameters: Parameters,
    moments: (Tensor, Tensor),
    steps: u64,
    workers: Vec<Worker>,
    pool: Option<rayon::ThreadPool>,
}

/// Adam's state, for checkpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimizerState {
    /// First moment, in layout order: [P].
    pub first: Vec<f32>,
    /// Second moment, in layout order: [P].
    pub second: Vec<f32>,
    /// Steps taken.
    pub steps: u64,
}

/// Figures of one minibatch, before its step was applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MinibatchStats {
    /// Clipped surrogate loss.
    pub policy_loss: f64,
    /// Mean squared error of V against the returns.
    pub value_loss: f64,
    /// Mean squared error of V_b against the rewards of the deterministic action.
    pub baseline_loss: f64,
    /// Mean entropy.
    pub entropy: f64,
    /// Schulman's estimator of the KL divergence from the policy that acted.
    pub approx_kl: f64,
    /// Share of ratios outside the clip range.
    pub clip_fraction: f64,
    /// max |ratio - 1|.
    pub ratio_error: f64,
    /// Norm of the gradient before clipping.
    pub grad_norm: f64,
}

impl MinibatchStats {
    /// Whether the losses and the gradient can be used.
    pub fn is_finite(&self) -> bool {
        [
            self.policy_loss,
            self.value_loss,
            self.baseline_loss,
            self.entropy,
            self.grad_norm,
        ]
        .iter()
        .all(|figure| figure.is_finite())
    }
}

#[derive(Debug)]
struct Worker {
    leaves: Vec<Tensor>,
    /// Gradient of the block, in layout order: [P].
    gradient: Tensor,
    /// Views of `gradient`, one per leaf.
    views: Vec<Tensor>,
    figures: Vec<f32>,
}

impl Learner {
    /// A learner that starts from `values` (layout order). More than one thread makes a pool of that size.
    pub fn new(spec: PolicySpec, values: &[f32], device: Device, threads: usize) -> Result<Self> {
        let torch = torch_error("set-up of the network");
        let pool = match threads {
            0 | 1 => None,
            _ => Some(thread_pool(threads)?),
        };
        tch::set_num_threads(1);
        let build = || -> std::result::Result<_, TchError> {
            let parameters = Parameters::new(&spec, values, device)?;
            let zeros = || parameters.flat.f_zeros_like();
            let moments = (zeros()?, zeros()?);
            Ok((parameters, moments))
        };
        let (parameters, moments) = build().map_err(torch)?;
        Ok(Self {
            spec,
            device,
            parameters,
            moments,
            steps: 0,
            workers: Vec::new(),
            pool,
        })
    }

    /// The pool that rollouts may share; none for one thread.
    pub(super) fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.pool.as_ref()
    }

    /// The device the network lives on.
    pub(super) fn device(&self) -> Device {
        self.device
    }

    /// The parameters, in layout order.
    pub fn values(&self) -> Result<Vec<f32>> {
        self.parameters
            .values()
            .map_err(torch_error("copy of the parameters"))
    }

    /// Adam's state.
    pub fn optimizer_state(&self) -> Result<OptimizerState> {
        let copy = |tensor| to_vec(tensor).map_err(torch_error("copy of the optimiser"));
        Ok(OptimizerState {
            first: copy(&self.moments.0)?,
            second: copy(&self.moments.1)?,
            steps: self.steps,
        })
    }

    /// Continues from a saved state of Adam.
    pub fn restore_optimizer(&mut self, state: &OptimizerState) -> Result<()> {
        let load = |tensor: &mut Tensor, values: &[f32]| -> std::result::Result<(), TchError> {
            tensor.f_copy_(&Tensor::f_from_slice(values)?)
        };
        load(&mut self.moments.0, &state.first)
            .and_then(|()| load(&mut self.moments.1, &state.second))
            .map_err(torch_error("restoring the optimiser"))?;
        self.steps = state.steps;
        Ok(())
    }

    /// Computes the loss on the given rows of the buffer and its gradient, and applies nothing.
    pub fn differentiate(
        &mut self,
        buffer: &RolloutBuffer,
        rows: &[u32],
        config: LossConfig<'_>,
    ) -> Result<MinibatchStats> {
        let block = match self.device {
            Device::Cpu => BLOCK_ROWS,
            _ => rows.len(),
        };
        let advantages = minibatch_advantages(&self.spec, buffer, rows, config.ppo.normalize_advantage);
        let blocks: Vec<(&[u32], &[f32])> = rows.chunks(block).zip(advantages.chunks(block)).collect();
        self.ensure_workers(blocks.len())
            .map_err(torch_error("set-up of the workers"))?;
        let batch = rows.len();
        let spec = &self.spec;
        let run = |(worker, (rows, advantages)): (&mut Worker, (&[u32], &[f32]))| {
            gate::pass();
            worker.differentiate(spec, buffer, rows, advantages, config, batch)
        };
        let count = blocks.len();
        let workers = &mut self.workers[..count];
        match &self.pool {
            Some(pool) => gate::outside(|| {
                pool.install(|| {
                    workers
                        .par_iter_mut()
                        .zip(blocks)
                        .map(|work| {
                            let _inside = gate::enter_or_stop();
                            run(work)
                        })
                        .collect::<std::result::Result<(), _>>()
                })
            }),
            None => workers.iter_mut().zip(blocks).try_for_each(run),
        }
        .and_then(|()| self.reduce(count))
        .map_err(torch_error("the gradient"))
    }

    /// Clips the gradient of the last [`differentiate`](Self::differentiate) to the given norm and takes one Adam
    /// step.
    pub fn apply(&mut self, learning_rate: f64, max_grad_norm: f64, eps: f64, grad_norm: f64) -> Result<()> {
        self.adam(learning_rate, (max_grad_norm / (grad_norm + 1e-6)).min(1.0), eps)
            .map_err(torch_error("the optimiser's step"))
    }

    fn adam(&mut self, learning_rate: f64, scale: f64, eps: f64) -> std::result::Result<(), TchError> {
        let _guard = tch::no_grad_guard();
        self.steps += 1;
        let gradient = &mut self.workers[0].gradient;
        if scale < 1.0 {
            let _ = gradient.f_mul_scalar_(scale)?;
        }
        let (first, second) = &mut self.moments;
        let _ = first.f_lerp_(gradient, 1.0 - BETAS.0)?;
        let _ = second.f_lerp_(&gradient.f_square()?, 1.0 - BETAS.1)?;
        let steps = self.steps.min(1 << 30) as i32;
        let correction = (1.0 - BETAS.0.powi(steps), (1.0 - BETAS.1.powi(steps)).sqrt());
        let mut denominator = second.f_sqrt()?;
        let _ = denominator.f_div_scalar_(correction.1)?.f_add_scalar_(eps)?;
        let step = first
            .f_div(&denominator)?
            .f_mul_scalar_(learning_rate / correction.0)?;
        let _ = self.parameters.flat.f_sub_(&step)?;
        Ok(())
    }

    fn ensure_workers(&mut self, count: usize) -> std::result::Result<(), TchError> {
        while self.workers.len() < count {
            let gradient = self.parameters.flat.f_zeros_like()?;
            let mut offset = 0;
            let mut views = Vec::new();
            for leaf in &self.parameters.leaves {
                let len = leaf.numel() as i64;
                views.push(
                    gradient
                        .f_narrow(0, offset, len)?
                        .f_view(leaf.size().as_slice())?,
                );
                offset += len;
            }
            let leaves = self.parameters.leaves.iter().map(Tensor::shallow_clone).collect();
            self.workers.push(Worker {
                leaves,
                gradient,
                views,
                figures: vec![0.0; FIGURES],
            });
        }
        Ok(())
    }

    /// Adds the blocks' gradients and figures in order.
    fn reduce(&mut self, count: usize) -> std::result::Result<MinibatchStats, TchError> {
        let _guard = tch::no_grad_guard();
        let (first, others) = self.workers[..count].split_at_mut(1);
        let mut sums: Vec<f64> = first[0].figures.iter().map(|&figure| f64::from(figure)).collect();
        for other in others {
            let _ = first[0].gradient.f_add_(&other.gradient)?;
            for (sum, &figure) in sums.iter_mut().zip(&other.figures).take(FIGURES - 1) {
                *sum += f64::from(figure);
            }
            sums[FIGURES - 1] = sums[FIGURES - 1].max(f64::from(other.figures[FIGURES - 1]));
        }
        let grad_norm = f64::try_from(first[0].gradient.f_norm()?)?;
        Ok(MinibatchStats {
            policy_loss: sums[0],
            value_loss: sums[1],
            baseline_loss: sums[2],
            entropy: sums[3],
            approx_kl: sums[4],
            clip_fraction: sums[5],
            ratio_error: sums[6],
            grad_norm,
        })
    }
}

impl Worker {
    fn differentiate(
        &mut self,
        spec: &PolicySpec,
        buffer: &RolloutBuffer,
        rows: &[u32],
        advantages: &[f32],
        config: LossConfig<'_>,
        batch: usize,
    ) -> std::result::Result<(), TchError> {
        let device = self.gradient.device();
        let (input, block) = gather(spec, device, buffer, rows, advantages)?;
        let output = forward(spec, &self.leaves, &input)?;
        let spread = spread(&self.leaves);
        let loss = loss(&output, spec, spread, &block, config, batch)?;
        let gradients = Tensor::f_run_backward(&[&loss.total], &self.leaves, false, false)?;
        let _guard = tch::no_grad_guard();
        for (view, gradient) in self.views.iter_mut().zip(gradients) {
            // A head that the loss does not read has no gradient.
            if gradient.defined() {
                view.f_copy_(&gradient)?;
            }
        }
        loss.figures
            .f_to_device(Device::Cpu)?
            .f_to_kind(Kind::Float)?
            .f_copy_data(&mut self.figures, FIGURES)
    }
}

/// A pool whose threads run libtorch's operations on themselves alone.
fn thread_pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("ppo_train_{i}"))
        .start_handler(|_| {
            let _inside = gate::enter_or_stop();
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

/// Advantages of the rows, over the whole minibatch: (A - mean) / (standard deviation with ddof 1 + 1e-8). Rows at which
/// there was nothing to decide, which a policy of a universe with gaps may have, have no part in it and an advantage of 0.
fn minibatch_advantages(
    spec: &PolicySpec,
    buffer: &RolloutBuffer,
    rows: &[u32],
    normalize: bool,
) -> Vec<f32> {
    let len = buffer.action_len;
    let is_open = |row: usize| !spec.state.listed || action::is_open(&buffer.log_priors[row * len..][..len]);
    let rows = rows.iter().map(|&row| row as usize);
    let open = rows.clone().filter(|row| is_open(*row));
    let raw = open.map(|row| f64::from(buffer.advantages[row]));
    let count = raw.clone().count();
    let (mut mean, mut deviation) = (0.0, 1.0);
    if normalize && rows.len() >= 2 {
        let n = count as f64;
        mean = raw.clone().sum::<f64>() / n.max(1.0);
        let squares: f64 = raw.map(|a| (a - mean).powi(2)).sum();
        deviation = (squares / (n - 1.0).max(1.0)).sqrt() + 1e-8;
    }
    let advantage = |row: usize| match is_open(row) {
        true => ((f64::from(buffer.advantages[row]) - mean) / deviation) as f32,
        false => 0.0,
    };
    rows.map(advantage).collect()
}
