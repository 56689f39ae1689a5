//! An environment that the host has written: a table of its functions.

use crate::env::{HostEnvironment, HostStep};
use crate::error::{Error, Result};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::host_function::{User, call_host};
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::status::{PPO_ERR_NULL_POINTER, PPO_OK, ppo_status};
use std::ffi::c_void;
use std::ptr;

/// Starts an episode of one of the host's environments.
///
/// `user` is ppo_host_environment's; `env` is the environment's number, from 0; `seed` differs from episode to episode
/// and is the same whenever a run is repeated. `state` [state_len = S] gets the first state, not normalised and finite;
/// `prior` [prior_len] the prior's weights there (assets, then cash, at least 0), where the agent's policy has a prior:
/// otherwise it is NULL and `prior_len` 0.
///
/// Answers 0, or any other number to end the training call with PPO_ERR_CALLBACK. It must neither throw nor jump out.
/// It may call any function of this library; those that work on the trainer answer PPO_ERR_BUSY.
pub type ppo_host_reset = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        env: usize,
        seed: u64,
        state: *mut f32,
        state_len: usize,
        prior: *mut f64,
        prior_len: usize,
    ) -> i32,
>;

/// Takes one step in one of the host's environments.
///
/// `weights` [weights_len = A] holds the target weights, within the caps and floors of the agent's spec: assets, then
/// cash where the policy may hold it. `state` and `prior` get what follows the step, as in ppo_host_reset: at the end of
/// an episode its final state; the reset comes next. `result` gets the reward and whether the episode ended; its fields
/// are 0 before the call.
///
/// Answers as ppo_host_reset.
pub type ppo_host_step = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        env: usize,
        weights: *const f64,
        weights_len: usize,
        state: *mut f32,
        state_len: usize,
        prior: *mut f64,
        prior_len: usize,
        result: *mut ppo_host_result,
    ) -> i32,
>;

/// What a step of a host's environment came to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_host_result {
    /// The reward to learn from, finite.
    pub reward: f64,
    /// 1 where nothing follows (ruin, say): the future is worth nothing. Else 0.
    pub terminated: u32,
    /// 1 where the episode is cut off here and would have gone on. Else 0; never together with `terminated`.
    pub truncated: u32,
}

/// The functions of a host's environment. Fill it with ppo_host_environment_init, then set both.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_host_environment {
    /// Size of the caller's struct in bytes; ppo_host_environment_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Handed to the functions; may be NULL. Has to live as long as a trainer, or a job on it, that was made with it.
    pub user: *mut c_void,
    /// Starts an episode.
    pub reset: ppo_host_reset,
    /// Takes a step.
    pub step: ppo_host_step,
}

versioned!(
    ppo_host_environment,
    [32],
    ppo_host_environment {
        struct_size: size_of::<ppo_host_environment>() as u32,
        reserved: 0,
        user: ptr::null_mut(),
        reset: None,
        step: None,
    }
);

/// Makes a table of functions ready to be filled in: NULL everywhere, with its size.
///
/// \param environment  the struct to fill
/// \param size         `sizeof(ppo_host_environment)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_host_environment_init(
    environment: *mut ppo_host_environment,
    size: usize,
) -> ppo_status {
    boundary!(ppo_host_environment_init, [], |call| {
        versioned::init(call, environment, size, "environment")?;
        Ok(PPO_OK)
    })
}

/// The host's functions, both there.
pub(in crate::ffi) fn read(call: Call<'_>, environment: *const ppo_host_environment) -> Outcome<Host> {
    let table = versioned::read_required(call, environment, "environment")?;
    let missing = |name: &str| {
        let input = format!("environment.{name}");
        Failure::new(PPO_ERR_NULL_POINTER, &input, "NULL", "a function of the host")
    };
    Ok(Host {
        user: User::new(table.user),
        reset: table.reset.ok_or_else(|| missing("reset"))?,
        step: table.step.ok_or_else(|| missing("step"))?,
    })
}

/// A host's environment, called through its functions.
pub(in crate::ffi) struct Host {
    user: User,
    reset: unsafe extern "C" fn(*mut c_void, usize, u64, *mut f32, usize, *mut f64, usize) -> i32,
    step: unsafe extern "C" fn(
        *mut c_void,
        usize,
        *const f64,
        usize,
        *mut f32,
        usize,
        *mut f64,
        usize,
        *mut ppo_host_result,
    ) -> i32,
}

impl HostEnvironment for Host {
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], prior: &mut [f64]) -> Result<()> {
        let (prior, prior_len) = place(prior);
        let answer = call_host!(
            self.reset,
            self.user.pointer(),
            env,
            seed,
            state.as_mut_ptr(),
            state.len(),
            prior,
            prior_len
        );
        accept("reset", answer)
    }

    fn step(
        &mut self,
        env: usize,
        weights: &[f64],
        state: &mut [f32],
        prior: &mut [f64],
    ) -> Result<HostStep> {
        let mut result = ppo_host_result {
            reward: 0.0,
            terminated: 0,
            truncated: 0,
        };
        let (prior, prior_len) = place(prior);
        let answer = call_host!(
            self.step,
            self.user.pointer(),
            env,
            weights.as_ptr(),
            weights.len(),
            state.as_mut_ptr(),
            state.len(),
            prior,
            prior_len,
            &raw mut result,
        );
        accept("step", answer)?;
        for (name, value) in [("terminated", result.terminated), ("truncated", result.truncated)] {
            if value > 1 {
                return Err(Error::invalid(format!("result.{name}"), value, "0 or 1"));
            }
        }
        Ok(HostStep {
            reward: result.reward,
            terminated: result.terminated == 1,
            truncated: result.truncated == 1,
        })
    }
}

/// Where a prior is to be written; NULL without one.
fn place(prior: &mut [f64]) -> (*mut f64, usize) {
    match prior.len() {
        0 => (ptr::null_mut(), 0),
        len => (prior.as_mut_ptr(), len),
    }
}

fn accept(function: &'static str, answer: i32) -> Result<()> {
    match answer {
        0 => Ok(()),
        _ => Err(Error::Host { function, answer }),
    }
}
