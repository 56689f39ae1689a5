//! The parameters as one flat tensor with a view per layer, so that the norm, the clip and Adam are one pass each.

use crate::math::random::Stream;
use crate::policy::layout::{Init, Parameter, layout};
use crate::policy::spec::PolicySpec;
use crate::rl::config::PpoConfig;
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};
use tch::{Device, Kind, TchError, Tensor};

/// All parameters of a network on a device.
#[derive(Debug)]
pub(super) struct Parameters {
    /// Every value, in layout order: [P].
    pub(super) flat: Tensor,
    /// Views of `flat`, one per tensor of the layout, each a leaf that gradients are taken for.
    pub(super) leaves: Vec<Tensor>,
}

impl Parameters {
    /// Puts `values` (layout order) on the device.
    pub(super) fn new(spec: &PolicySpec, values: &[f32], device: Device) -> Result<Self, TchError> {
        let flat = Tensor::f_from_slice(values)?.f_to_device(device)?;
        let mut offset = 0;
        let leaves = layout(spec)
            .iter()
            .map(|parameter| {
                let shape: Vec<i64> = parameter.shape.iter().map(|&n| n as i64).collect();
                let view = flat
                    .f_narrow(0, offset, parameter.len() as i64)?
                    .f_view(shape.as_slice())?;
                offset += parameter.len() as i64;
                view.f_detach()?.f_set_requires_grad(true)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { flat, leaves })
    }

    /// The values, in layout order.
    pub(super) fn values(&self) -> Result<Vec<f32>, TchError> {
        to_vec(&self.flat)
    }
}

/// The distribution's parameter, log_std or log_kappa: the last leaf of every layout.
pub(super) fn spread(leaves: &[Tensor]) -> &Tensor {
    leaves
        .last()
        .expect("every layout ends with the distribution's parameter")
}

/// Copies a tensor's f32 values, row-major, to the host.
pub(super) fn to_vec(tensor: &Tensor) -> Result<Vec<f32>, TchError> {
    let mut values = vec![0.0; tensor.numel()];
    to_slice(tensor, &mut values)?;
    Ok(values)
}

/// Copies a tensor's f32 values, row-major, to a slice of the same length.
pub(super) fn to_slice(tensor: &Tensor, values: &mut [f32]) -> Result<(), TchError> {
    let host = tensor
        .f_detach()?
        .f_to_device(Device::Cpu)?
        .f_to_kind(Kind::Float)?
        .f_contiguous()?;
    host.f_copy_data(values, values.len())
}

/// Starting values in layout order, drawn from `stream`.
pub(super) fn initial_values(spec: &PolicySpec, config: &PpoConfig, stream: &mut Stream) -> Vec<f32> {
    let mut values = Vec::new();
    for parameter in layout(spec) {
        let count = parameter.len();
        match parameter.init {
            Init::Hidden => values.extend(orthogonal(&parameter, std::f64::consts::SQRT_2, stream)),
            Init::Small => values.extend(orthogonal(&parameter, 0.01, stream)),
            Init::Value => values.extend(orthogonal(&parameter, 1.0, stream)),
            Init::Zero => values.extend(std::iter::repeat_n(0.0, count)),
            Init::LogStd => values.extend(std::iter::repeat_n(config.log_std_init as f32, count)),
            Init::LogKappa => values.extend(std::iter::repeat_n(config.kappa_init.ln() as f32, count)),
        }
    }
    values
}

/// A matrix with orthonormal rows (or columns, whichever are fewer) times `gain`, uniformly distributed over such
/// matrices: the Q of a Gaussian matrix, with the signs of R's diagonal (Saxe, McClelland and Ganguli 2014).
fn orthogonal(parameter: &Parameter, gain: f64, stream: &mut Stream) -> Vec<f32> {
    let (rows, columns) = (parameter.shape[0], parameter.shape[1]);
    let (tall, thin) = (rows.max(columns), rows.min(columns));
    let gaussian = DMatrix::<f64>::from_fn(tall, thin, |_, _| StandardNormal.sample(stream));
    let decomposition = gaussian.qr();
    let (mut q, r) = (decomposition.q(), decomposition.r());
    for (j, mut column) in q.column_iter_mut().enumerate() {
        column *= gain * if r[(j, j)] < 0.0 { -1.0 } else { 1.0 };
    }
    let entry = |i: usize, j: usize| if rows >= columns { q[(i, j)] } else { q[(j, i)] };
    (0..rows)
        .flat_map(|i| (0..columns).map(move |j| (i, j)))
        .map(|(i, j)| entry(i, j) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::stream;

    #[test]
    fn rows_are_orthonormal_times_the_gain() {
        for shape in [[3, 7], [7, 3], [4, 4]] {
            let parameter = Parameter {
                name: "w".into(),
                shape: shape.to_vec(),
                init: Init::Hidden,
            };
            let values = orthogonal(&parameter, 2.0, &mut stream(1, "init", 0));
            let w = DMatrix::<f32>::from_row_slice(shape[0], shape[1], &values);
            let gram = if shape[0] <= shape[1] {
                &w * w.transpose()
            } else {
                w.transpose() * &w
            };
            let n = gram.nrows();
            assert!((gram - DMatrix::identity(n, n) * 4.0).abs().max() < 1e-5);
        }
    }
}
