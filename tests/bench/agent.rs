//! An agent of the installed library, called as a C program calls it.

use crate::acting;
use crate::c_abi::symbol;
use ppo_risk::ffi::agent::ppo_agent;
use ppo_risk::policy::Policy;
use std::ffi::CStr;
use std::ptr;

type Load = unsafe extern "C" fn(*const u8, usize, *mut *mut ppo_agent) -> i32;
type Free = unsafe extern "C" fn(*mut ppo_agent);
type SetPrecision = unsafe extern "C" fn(*const ppo_agent, u32) -> i32;
type Select =
    unsafe extern "C" fn(*const ppo_agent, *const f32, usize, *const f64, usize, *mut f64, usize) -> i32;
type Value = unsafe extern "C" fn(*const ppo_agent, *const f32, usize, *mut f64) -> i32;

/// A handle that is freed, and the functions that take it.
pub(crate) struct Agent {
    agent: *mut ppo_agent,
    select: Select,
    value: Value,
}

impl Agent {
    /// An agent with this policy.
    pub(crate) fn new(policy: &Policy) -> Self {
        let file = acting::file(policy);
        let mut agent = ptr::null_mut();
        // SAFETY: the functions have these types; the file's bytes, and a place for the handle.
        unsafe {
            let load: Load = function(c"ppo_load_bytes");
            assert_eq!(load(file.as_ptr(), file.len(), &raw mut agent), 0);
            Self {
                agent,
                select: function(c"ppo_select_action"),
                value: function(c"ppo_value"),
            }
        }
    }

    /// `ppo_agent_set_precision`
    pub(crate) fn set_precision(&self, precision: u32) {
        // SAFETY: the function has this type; a live agent.
        unsafe {
            let set: SetPrecision = function(c"ppo_agent_set_precision");
            assert_eq!(set(self.agent, precision), 0);
        }
    }

    /// `ppo_select_action`
    pub(crate) fn decide(&self, state: &[f32], prior: Option<&[f64]>, weights: &mut [f64]) {
        let (prior, prior_len) = prior.map_or((ptr::null(), 0), |prior| (prior.as_ptr(), prior.len()));
        let (out, len) = (weights.as_mut_ptr(), weights.len());
        // SAFETY: a live agent, and arrays of the lengths given.
        let status = unsafe {
            (self.select)(
                self.agent,
                state.as_ptr(),
                state.len(),
                prior,
                prior_len,
                out,
                len,
            )
        };
        assert_eq!(status, 0);
    }

    /// `ppo_value`
    pub(crate) fn value(&self, state: &[f32]) -> f64 {
        let mut value = f64::NAN;
        // SAFETY: a live agent, an array of the length given, and a place for the value.
        let status = unsafe { (self.value)(self.agent, state.as_ptr(), state.len(), &raw mut value) };
        assert_eq!(status, 0);
        value
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // SAFETY: the function has this type; made by `new`, freed once.
        unsafe {
            let free: Free = function(c"ppo_agent_free");
            free(self.agent);
        }
    }
}

/// A function of the installed library.
///
/// # Safety
/// It has this type.
unsafe fn function<F: Copy>(name: &CStr) -> F {
    const { assert!(size_of::<F>() == size_of::<*mut libc::c_void>()) };
    // SAFETY: the caller's; a pointer to a function is as large as any.
    unsafe { std::mem::transmute_copy(&symbol(name)) }
}
