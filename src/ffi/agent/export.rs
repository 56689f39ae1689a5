//! A policy for programs that do without this library.

use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle;
use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::policy::onnx;
use std::ffi::c_char;

/// Writes the deterministic policy as an ONNX model (opset 17), which is there whole afterwards or, on an error, not at
/// all: normaliser, network, softmax around the prior, cap and floor. Its inputs are `state` (float, [batch, S]) and,
/// where the policy has a prior, `prior` (double, [batch, A]); its output is `weights` (double, [batch, A]), those of
/// ppo_select_action to about 1e-6. A runtime does not refuse states that are not finite.
///
/// \param agent  the agent
/// \param path   the file to write; on Unix any bytes, elsewhere UTF-8
///
/// PPO_ERR_INVALID_ARGUMENT (an empty path; a cap or floor on more than 1448 weights), PPO_ERR_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_export_onnx(agent: *const ppo_agent, path: *const c_char) -> ppo_status {
    boundary!(ppo_export_onnx, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let path = text::path(call, path, "path")?;
        onnx::export(path, &agent.snapshot())?;
        Ok(PPO_OK)
    })
}
