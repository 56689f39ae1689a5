//! An agent of the C surface, called as a C program calls it.

use ppo_risk::ffi::agent::action::ppo_select_action;
use ppo_risk::ffi::agent::batch::ppo_select_actions;
use ppo_risk::ffi::agent::{ppo_agent, ppo_agent_free, ppo_agent_set_precision, ppo_load_bytes};
use ppo_risk::policy::Policy;
use ppo_risk::policy::file::{Extras, to_bytes};
use std::ptr;

/// A handle that is freed.
pub(crate) struct Agent(*mut ppo_agent);

// SAFETY: the functions called here take any number of threads on one agent.
unsafe impl Sync for Agent {}

impl Agent {
    /// An agent with this policy, which has no prior.
    pub(crate) fn new(policy: &Policy) -> Self {
        Self::from_file(&to_bytes(policy, &Extras::default()).expect("a policy fits a file"))
    }

    /// An agent with the policy of this file, which has no prior.
    pub(crate) fn from_file(file: &[u8]) -> Self {
        let mut agent = ptr::null_mut();
        // SAFETY: the file's bytes, and a place for the handle.
        let status = unsafe { ppo_load_bytes(file.as_ptr(), file.len(), &raw mut agent) };
        assert_eq!(status, 0);
        Self(agent)
    }

    /// The handle.
    pub(crate) fn handle(&self) -> *mut ppo_agent {
        self.0
    }

    /// `ppo_agent_set_precision`
    pub(crate) fn set_precision(&self, precision: u32) {
        // SAFETY: a live agent.
        assert_eq!(unsafe { ppo_agent_set_precision(self.0, precision) }, 0);
    }

    /// `ppo_select_action`
    pub(crate) fn decide(&self, state: &[f32], weights: &mut [f64]) {
        let (out, len) = (weights.as_mut_ptr(), weights.len());
        // SAFETY: a live agent, and arrays of the lengths given.
        let status =
            unsafe { ppo_select_action(self.0, state.as_ptr(), state.len(), ptr::null(), 0, out, len) };
        assert_eq!(status, 0);
    }

    /// `ppo_select_actions`
    pub(crate) fn decide_all(&self, rows: usize, states: &[f32], weights: &mut [f64]) {
        let (out, len) = (weights.as_mut_ptr(), weights.len());
        let (states, states_len) = (states.as_ptr(), states.len());
        // SAFETY: as above.
        let status =
            unsafe { ppo_select_actions(self.0, rows, states, states_len, ptr::null(), 0, out, len) };
        assert_eq!(status, 0);
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // SAFETY: made by `from_file`, freed once.
        unsafe { ppo_agent_free(self.0) };
    }
}
