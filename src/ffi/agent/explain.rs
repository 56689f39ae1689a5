//! Why a decision is what it is.

use crate::ffi::agent::action::{Input, ONE};
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle;
use crate::ffi::border::text;
use crate::ffi::status::ppo_status;
use std::ffi::c_char;

/// Copies out why ppo_select_action decides as it does in a state, as JSON: `weights` [A]; `at_mean` [A], the weights at the
/// mean of the states that the policy was trained on, with the same prior; `parts`, for each block of the state (each bar
/// of its history is one) its name `block` and the change `moves` [A] that it makes on the way from the mean state
/// (integrated gradients). `at_mean` and all `moves` add up to `weights`, to 1e-4. Not for the order path: every call
/// takes some hundred decisions a block.
///
/// \param agent      the agent
/// \param state      as for ppo_select_action: [state_len]
/// \param state_len  S
/// \param prior      as for ppo_select_action: [prior_len]; NULL where the policy has no prior
/// \param prior_len  A, or 0 with NULL
/// \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity   bytes in `buffer`
/// \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT (as ppo_select_action).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_explain_action_json(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_explain_action_json, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let input = Input::new(
            call,
            agent.sizes(),
            1,
            (state, state_len),
            (prior, prior_len),
            ONE,
        )?;
        let explanation = agent.snapshot().explain(input.state, input.prior)?;
        let json = serde_json::to_string(&explanation).expect("finite numbers are plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}
