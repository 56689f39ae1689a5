//! The parameters as one flat tensor with a view per layer, so that the norm, the clip and Adam are one pass each.

use crate::policy::layout::layout;
use crate::policy::spec::PolicySpec;
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
