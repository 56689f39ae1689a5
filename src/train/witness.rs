//! libtorch's forward pass on a policy's parameters: the witness of the one that acts.

use crate::error::{Count, Error, Result};
use crate::policy::Policy;
use crate::train::error::torch_error;
use crate::train::gather::network_input;
use crate::train::network::forward;
use crate::train::parameters::{Parameters, to_vec};
use tch::Device;

/// (scores [B, L], values [B]) that libtorch gives for states ([B, S], not normalised).
///
/// Fails where the states are not whole rows, and where libtorch refuses.
pub fn scores_and_values(policy: &Policy, states: &[f32]) -> Result<(Vec<f32>, Vec<f32>)> {
    let inputs = policy.spec().state.len();
    if !states.len().is_multiple_of(inputs) {
        let found = Count(states.len(), "values");
        return Err(Error::invalid("states", found, format!("a multiple of {inputs}")));
    }
    let mut normalized = vec![0.0; states.len()];
    for (state, normalized) in states
        .chunks_exact(inputs)
        .zip(normalized.chunks_exact_mut(inputs))
    {
        policy.normalizer().normalize(state, normalized);
    }
    let evaluate = || {
        let parameters = Parameters::new(policy.spec(), policy.network().parameters(), Device::Cpu)?;
        let input = network_input(policy.spec(), Device::Cpu, &normalized)?;
        let output = tch::no_grad(|| forward(policy.spec(), &parameters.leaves, &input))?;
        Ok((to_vec(&output.scores)?, to_vec(&output.value)?))
    };
    evaluate().map_err(torch_error("the forward pass of a witness"))
}
