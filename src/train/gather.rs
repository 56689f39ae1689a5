//! From rows of host memory to tensors on the device.

use crate::policy::features::RowLayout;
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::loss::Rows;
use tch::{Device, TchError, Tensor};

/// The network's input and the loss's rows for the given rows of the buffer.
pub(super) fn gather(
    spec: &PolicySpec,
    device: Device,
    buffer: &RolloutBuffer,
    rows: &[u32],
    advantages: &[f32],
) -> Result<(Tensor, Rows), TchError> {
    let take = |values: &[f32], width: usize| -> Vec<f32> {
        let mut taken = Vec::with_capacity(rows.len() * width);
        for &row in rows {
            taken.extend_from_slice(&values[row as usize * width..(row as usize + 1) * width]);
        }
        taken
    };
    let table = |values: &[f32], width: usize| -> Result<Tensor, TchError> {
        Tensor::f_from_slice(&take(values, width))?
            .f_view([rows.len() as i64, width as i64])?
            .f_to_device(device)
    };
    let column = |values: &[f32]| -> Result<Tensor, TchError> { table(values, 1)?.f_squeeze_dim(1) };
    let states = take(&buffer.states, buffer.state_len);
    let block = Rows {
        log_prior: table(&buffer.log_priors, buffer.action_len)?,
        actions: table(&buffer.actions, buffer.action_len)?,
        old_log_prob: column(&buffer.log_probs)?,
        advantages: Tensor::f_from_slice(advantages)?.f_to_device(device)?,
        returns: column(&buffer.returns)?,
        old_values: column(&buffer.values)?,
        baseline_rewards: column(&buffer.baseline_rewards)?,
        weights: column(&buffer.weights)?,
    };
    Ok((network_input(spec, device, &states)?, block))
}

/// The network's input tensor for normalised states [B, S].
pub(super) fn network_input(spec: &PolicySpec, device: Device, states: &[f32]) -> Result<Tensor, TchError> {
    match spec.network.scores_rows() {
        false => Tensor::f_from_slice(states)?
            .f_view([-1, spec.state.len() as i64])?
            .f_to_device(device),
        true => {
            let layout = RowLayout::new(spec);
            let width = layout.width();
            let per_state = spec.score_len() * width;
            let count = states.len() / spec.state.len();
            let mut rows = vec![0.0; count * per_state];
            for (state, rows) in states
                .chunks_exact(spec.state.len())
                .zip(rows.chunks_exact_mut(per_state))
            {
                layout.write(state, rows);
            }
            Tensor::f_from_slice(&rows)?
                .f_view([-1, width as i64])?
                .f_to_device(device)
        }
    }
}
