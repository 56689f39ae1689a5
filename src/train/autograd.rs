//! The update through libtorch's autograd: on a GPU, of a network that is not written out, and the witness of the one that is.

use crate::error::Result;
use crate::policy::spec::PolicySpec;
use crate::train::distribution::log_prob_and_entropy;
use crate::train::error::torch_error;
use crate::train::fused::Said;
use crate::train::gather::{gather, network_input};
use crate::train::loss::{FIGURES, loss};
use crate::train::minibatch::{BETAS, Minibatch, MinibatchStats, OptimizerState};
use crate::train::network::forward;
use crate::train::parameters::{Parameters, spread, to_slice, to_vec};
use tch::{Device, TchError, Tensor};

/// The parameters on a device, and their optimiser.
#[derive(Debug)]
pub(super) struct Autograd {
    device: Device,
    parameters: Parameters,
    moments: (Tensor, Tensor),
    /// Gradient of the last minibatch, in layout order: [P].
    gradient: Tensor,
    /// Views of it, one per leaf.
    views: Vec<Tensor>,
}

/// The parameters as tensors, for one thread.
#[derive(Debug)]
pub(super) struct Leaves {
    device: Device,
    leaves: Vec<Tensor>,
}

impl Leaves {
    /// Those of a network that libtorch has not.
    pub(super) fn none() -> Self {
        Self {
            device: Device::Cpu,
            leaves: Vec::new(),
        }
    }

    pub(super) fn evaluate(&self, spec: &PolicySpec, states: &[f32], said: Said<'_>) -> Result<()> {
        let _guard = tch::no_grad_guard();
        let mut run = || -> std::result::Result<(), TchError> {
            let input = network_input(spec, self.device, states)?;
            let output = forward(spec, &self.leaves, &input)?;
            to_slice(&output.scores, said.scores)?;
            to_slice(&output.value, said.values)?;
            to_slice(&output.baseline, said.baselines)
        };
        run().map_err(torch_error("the network's forward pass"))
    }

    pub(super) fn log_probs(&self, spec: &PolicySpec, rows: [&[f32]; 3], out: &mut [f32]) -> Result<()> {
        let _guard = tch::no_grad_guard();
        let mut run = || -> std::result::Result<(), TchError> {
            let table = |values: &[f32]| -> std::result::Result<Tensor, TchError> {
                Tensor::f_from_slice(values)?
                    .f_view([-1, spec.score_len() as i64])?
                    .f_to_device(self.device)
            };
            let [scores, log_priors, actions] = rows;
            let (log_prob, _) = log_prob_and_entropy(
                spec.action.distribution,
                &table(scores)?,
                spread(&self.leaves),
                &table(log_priors)?,
                &table(actions)?,
                spec.state.listed,
            )?;
            to_slice(&log_prob, out)
        };
        run().map_err(torch_error("the log-probabilities of the rollout"))
    }
}

impl Autograd {
    /// From values in the policy's layout.
    pub(super) fn new(spec: &PolicySpec, values: &[f32], device: Device) -> Result<Self> {
        let build = || -> std::result::Result<_, TchError> {
            let parameters = Parameters::new(spec, values, device)?;
            let zeros = || parameters.flat.f_zeros_like();
            let (moments, gradient) = ((zeros()?, zeros()?), zeros()?);
            let (mut offset, mut views) = (0, Vec::new());
            for leaf in &parameters.leaves {
                let len = leaf.numel() as i64;
                let piece = gradient.f_narrow(0, offset, len)?;
                views.push(piece.f_view(leaf.size().as_slice())?);
                offset += len;
            }
            Ok(Self {
                device,
                parameters,
                moments,
                gradient,
                views,
            })
        };
        build().map_err(torch_error("set-up of the network"))
    }

    pub(super) fn values(&self) -> Result<Vec<f32>> {
        self.parameters
            .values()
            .map_err(torch_error("copy of the parameters"))
    }

    pub(super) fn spread(&self) -> Result<Vec<f32>> {
        to_vec(spread(&self.parameters.leaves)).map_err(torch_error("copy of the distribution's parameter"))
    }

    pub(super) fn set_spread(&mut self, value: f64) -> Result<()> {
        let _guard = tch::no_grad_guard();
        let set = spread(&self.parameters.leaves).shallow_clone().f_fill_(value);
        set.map(drop)
            .map_err(torch_error("setting the distribution's parameter"))
    }

    pub(super) fn optimizer_state(&self, steps: u64) -> Result<OptimizerState> {
        let copy = |tensor| to_vec(tensor).map_err(torch_error("copy of the optimiser"));
        Ok(OptimizerState {
            first: copy(&self.moments.0)?,
            second: copy(&self.moments.1)?,
            steps,
        })
    }

    pub(super) fn restore_optimizer(&mut self, state: &OptimizerState) -> Result<()> {
        let load = |tensor: &mut Tensor, values: &[f32]| -> std::result::Result<(), TchError> {
            tensor.f_copy_(&Tensor::f_from_slice(values)?)
        };
        load(&mut self.moments.0, &state.first)
            .and_then(|()| load(&mut self.moments.1, &state.second))
            .map_err(torch_error("restoring the optimiser"))
    }

    /// Tensors that show the parameters.
    pub(super) fn leaves(&self) -> Leaves {
        Leaves {
            device: self.device,
            leaves: self.parameters.leaves.iter().map(Tensor::shallow_clone).collect(),
        }
    }

    pub(super) fn differentiate(&mut self, minibatch: Minibatch<'_>) -> Result<MinibatchStats> {
        self.backward(minibatch).map_err(torch_error("the gradient"))
    }

    fn backward(&mut self, minibatch: Minibatch<'_>) -> std::result::Result<MinibatchStats, TchError> {
        let Minibatch {
            spec,
            buffer,
            rows,
            advantages,
            config,
        } = minibatch;
        let leaves = &self.parameters.leaves;
        let (input, block) = gather(spec, self.device, buffer, rows, advantages)?;
        let output = forward(spec, leaves, &input)?;
        let loss = loss(&output, spec, spread(leaves), &block, config, rows.len())?;
        let gradients = Tensor::f_run_backward(&[&loss.total], leaves, false, false)?;
        let _guard = tch::no_grad_guard();
        for (view, gradient) in self.views.iter_mut().zip(gradients) {
            // A head that the loss does not read has no gradient.
            if gradient.defined() {
                view.f_copy_(&gradient)?;
            }
        }
        let mut figures = [0.0; FIGURES];
        to_slice(&loss.figures, &mut figures)?;
        let [
            policy_loss,
            value_loss,
            baseline_loss,
            entropy,
            approx_kl,
            clip_fraction,
            ratio_error,
        ] = figures.map(f64::from);
        Ok(MinibatchStats {
            policy_loss,
            value_loss,
            baseline_loss,
            entropy,
            approx_kl,
            clip_fraction,
            ratio_error,
            grad_norm: f64::try_from(self.gradient.f_norm()?)?,
        })
    }

    /// The gradient of the last minibatch, in the policy's layout.
    pub(super) fn gradient(&self) -> Result<Vec<f32>> {
        to_vec(&self.gradient).map_err(torch_error("copy of the gradient"))
    }

    /// Takes step number `steps` of Adam along the last gradient times `scale`.
    pub(super) fn apply(&mut self, rate: f64, scale: f64, eps: f64, steps: u64) -> Result<()> {
        self.adam(rate, scale, eps, steps)
            .map_err(torch_error("the optimiser's step"))
    }

    fn adam(&mut self, rate: f64, scale: f64, eps: f64, steps: u64) -> std::result::Result<(), TchError> {
        let _guard = tch::no_grad_guard();
        let gradient = &mut self.gradient;
        if scale < 1.0 {
            let _ = gradient.f_mul_scalar_(scale)?;
        }
        let (first, second) = &mut self.moments;
        let _ = first.f_lerp_(gradient, 1.0 - BETAS.0)?;
        let _ = second.f_lerp_(&gradient.f_square()?, 1.0 - BETAS.1)?;
        let steps = steps.min(1 << 30) as i32;
        let correction = (1.0 - BETAS.0.powi(steps), (1.0 - BETAS.1.powi(steps)).sqrt());
        let mut denominator = second.f_sqrt()?;
        let _ = denominator.f_div_scalar_(correction.1)?.f_add_scalar_(eps)?;
        let step = first.f_div(&denominator)?.f_mul_scalar_(rate / correction.0)?;
        let _ = self.parameters.flat.f_sub_(&step)?;
        Ok(())
    }
}
