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
/// Answers 0, or any other number to end the training call with PPO_ERR_CALLBACK. It must return normally: no exception and no longjmp may leave it.
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

/// What other weights would have earned on the step that ppo_host_step has just taken in the environment `env`: from the
/// same holdings, on the same returns, whatever those weights led to afterwards. Called where the configuration's
/// control_variate is PPO_CONTROL_VARIATE_SELF_CRITICAL, once after each step (of the last one of an episode too),
/// with the weights of the policy's deterministic decision.
///
/// `weights` [weights_len = A] is as in ppo_host_step; `reward` gets the reward, finite. Nothing may change by the call.
/// Only where what the environment does next does not depend on the weights (prices do not react to our trades) is the
/// difference of two rewards without bias, and much less noisy than each.
///
/// Answers as ppo_host_reset.
pub type ppo_host_counterfactual = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        env: usize,
        weights: *const f64,
        weights_len: usize,
        reward: *mut f64,
    ) -> i32,
>;

/// Remembers where the environment `env` is: all that what follows depends on besides the weights, its random numbers to come too.
/// Called where the configuration's control_variate is PPO_CONTROL_VARIATE_POLICY_PATH, at the start of every rollout.
///
/// Answers as ppo_host_reset.
pub type ppo_host_remember = Option<unsafe extern "C" fn(user: *mut c_void, env: usize) -> i32>;

/// Puts the environment `env` where it was at the last ppo_host_remember, whatever has happened in it since; from there the same
/// weights have to lead to the same states and rewards again. Called once after each ppo_host_remember.
///
/// Answers as ppo_host_reset.
pub type ppo_host_go_back = Option<unsafe extern "C" fn(user: *mut c_void, env: usize) -> i32>;

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
    /// With PPO_CONTROL_VARIATE_PRIOR_PATH, the reward that the prior's own portfolio, followed by the host since the start
    /// of the episode, had on the same returns: it is taken off `reward` in learning. Else not looked at.
    pub prior_reward: f64,
}

/// The functions of a host's environment. Fill it with ppo_host_environment_init, then set reset and step.
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
    /// What other weights would have earned on it; NULL where the control variate self_critical is not used.
    pub counterfactual: ppo_host_counterfactual,
    /// Remembers where an environment is; NULL where the control variate policy_path is not used.
    pub remember: ppo_host_remember,
    /// Goes back there; NULL where the control variate policy_path is not used.
    pub go_back: ppo_host_go_back,
}

versioned!(
    ppo_host_environment,
    [32, 40, 56],
    ppo_host_environment {
        struct_size: size_of::<ppo_host_environment>() as u32,
        reserved: 0,
        user: ptr::null_mut(),
        reset: None,
        step: None,
        counterfactual: None,
        remember: None,
        go_back: None,
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

/// The host's functions, reset and step both there.
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
        counterfactual: table.counterfactual,
        remember: table.remember,
        go_back: table.go_back,
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
    counterfactual: Option<unsafe extern "C" fn(*mut c_void, usize, *const f64, usize, *mut f64) -> i32>,
    remember: Option<unsafe extern "C" fn(*mut c_void, usize) -> i32>,
    go_back: Option<unsafe extern "C" fn(*mut c_void, usize) -> i32>,
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
            prior_reward: 0.0,
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
            prior_reward: result.prior_reward,
            terminated: result.terminated == 1,
            truncated: result.truncated == 1,
        })
    }

    fn tells_counterfactual(&self) -> bool {
        self.counterfactual.is_some()
    }

    fn counterfactual(&mut self, env: usize, weights: &[f64]) -> Result<f64> {
        let Some(counterfactual) = self.counterfactual else {
            return Err(missing("counterfactual"));
        };
        let mut reward = 0.0;
        let answer = call_host!(
            counterfactual,
            self.user.pointer(),
            env,
            weights.as_ptr(),
            weights.len(),
            &raw mut reward,
        );
        accept("counterfactual", answer)?;
        Ok(reward)
    }

    fn can_go_back(&self) -> bool {
        self.remember.is_some() && self.go_back.is_some()
    }

    fn remember(&mut self, env: usize) -> Result<()> {
        let remember = self.remember.ok_or_else(|| missing("remember"))?;
        accept("remember", call_host!(remember, self.user.pointer(), env))
    }

    fn go_back(&mut self, env: usize) -> Result<()> {
        let go_back = self.go_back.ok_or_else(|| missing("go_back"))?;
        accept("go_back", call_host!(go_back, self.user.pointer(), env))
    }
}

fn missing(function: &str) -> Error {
    Error::invalid(
        format!("environment.{function}"),
        "NULL",
        "a function of the host",
    )
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
