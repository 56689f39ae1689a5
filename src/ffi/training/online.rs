//! Learning from what a live agent does: transitions of the host's, one at a time.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::flag::flag;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::ffi::training::session::Session;
use crate::ffi::training::trainer::ppo_trainer;
use crate::market::prior::Prior;
use crate::policy::action;
use crate::rl::transitions::Transition;
use std::ptr;

/// One decision of a live agent and what came of it. Fill it with ppo_transition_init, then set every field but those
/// that say otherwise.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_transition {
    /// Size of the caller's struct in bytes; ppo_transition_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Which sequence it continues, from 0, below `n_envs`: one for each account or market. The transitions of a
    /// sequence come in the order of time, none left out.
    pub env: u64,
    /// State that the decision was taken in, as ppo_sample_action was given it: [state_len].
    pub state: *const f32,
    /// S.
    pub state_len: usize,
    /// Prior's weights there, as ppo_sample_action was given them: [prior_len]; NULL where the policy has no prior.
    pub prior: *const f64,
    /// A, or 0 with NULL.
    pub prior_len: usize,
    /// The action, as ppo_sample_action wrote it: [action_len].
    pub action: *const f32,
    /// A.
    pub action_len: usize,
    /// State that it led to, at the end of an episode its final one: [next_state_len]. May be NULL where `terminated`.
    pub next_state: *const f32,
    /// S, or 0 with NULL.
    pub next_state_len: usize,
    /// Log-probability density of the action, as ppo_sample_action wrote it; default NaN: the agent's policy of now is
    /// asked, which is right as long as no update lies between the decision and this call.
    pub log_prob: f64,
    /// The reward, finite.
    pub reward: f64,
    /// 1 where nothing follows: the future is worth nothing; default 0.
    pub terminated: u32,
    /// 1 where the episode was cut off and would have gone on; default 0. Never together with `terminated`.
    pub truncated: u32,
}

versioned!(
    ppo_transition,
    [104],
    ppo_transition {
        struct_size: size_of::<ppo_transition>() as u32,
        reserved: 0,
        env: 0,
        state: ptr::null(),
        state_len: 0,
        prior: ptr::null(),
        prior_len: 0,
        action: ptr::null(),
        action_len: 0,
        next_state: ptr::null(),
        next_state_len: 0,
        log_prob: f64::NAN,
        reward: 0.0,
        terminated: 0,
        truncated: 0,
    }
);

/// Fills a transition with the defaults.
///
/// \param transition  the struct to fill
/// \param size        `sizeof(ppo_transition)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_transition_init(transition: *mut ppo_transition, size: usize) -> ppo_status {
    boundary!(ppo_transition_init, [], |call| {
        versioned::init(call, transition, size, "transition")?;
        Ok(PPO_OK)
    })
}

/// Keeps a transition for the next update (copied), and updates once a whole rollout of `n_envs` times `n_steps` has
/// been kept, where that is wanted. After an update the agent decides with the new policy.
///
/// \param trainer     the trainer, made by ppo_trainer_new_online
/// \param transition  what happened
/// \param update      1 to update as soon as a rollout is complete: this call then takes as long as an update; 0 to keep
///                    the transition only, and leave the update to ppo_update, perhaps on another thread
/// \param updated     gets 1 where an update was done, else 0; may be NULL
///
/// PPO_ERR_BUSY while another thread is in ppo_update; PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the
/// field that cannot be used, or where 4,194,304 transitions wait for an update; those of ppo_update.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_observe(
    trainer: *const ppo_trainer,
    transition: *const ppo_transition,
    update: u32,
    updated: *mut u32,
) -> ppo_status {
    boundary!(ppo_observe, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let given = versioned::read_required(call, transition, "transition")?;
        let update = flag("update", update)?;
        let updated = Output::optional(call, updated, "updated")?;
        let done = observe(call, &**trainer, &given, update)?;
        if let Some(updated) = updated {
            updated.write(u32::from(done));
        }
        Ok(PPO_OK)
    })
}

/// Checks a transition and hands it in; whether an update was done.
fn observe(call: Call<'_>, trainer: &dyn Session, given: &ppo_transition, update: bool) -> Outcome<bool> {
    let agent = trainer.agent();
    let spec = agent.spec();
    let (states, actions) = (spec.state.len(), spec.score_len());
    let (terminated, truncated) = (
        flag("transition.terminated", given.terminated)?,
        flag("transition.truncated", given.truncated)?,
    );
    if terminated && truncated {
        let found = "1 together with `terminated`";
        return Err(Failure::invalid("transition.truncated", found, "one of the two"));
    }
    let env = usize::try_from(given.env)
        .map_err(|_| Failure::invalid("transition.env", given.env, "below n_envs"))?;
    let state = slice::input(call, given.state, given.state_len, states, "transition.state")?;
    let action = slice::input(call, given.action, given.action_len, actions, "transition.action")?;
    let (prior, prior_len) = (given.prior, given.prior_len);
    let prior = slice::optional_input(call, prior, prior_len, spec.action_len(), "transition.prior")?;
    let ends_without = terminated && given.next_state.is_null() && given.next_state_len == 0;
    let next_state = match ends_without {
        true => state,
        false => {
            let len = given.next_state_len;
            slice::input(call, given.next_state, len, states, "transition.next_state")
        }?,
    };
    for (name, values) in [("next_state", next_state), ("action", action)] {
        if let Some(i) = values.iter().position(|value| !value.is_finite()) {
            let input = format!("transition.{name}[{i}]");
            return Err(crate::Error::invalid(input, values[i], "finite").into());
        }
    }
    if !given.reward.is_finite() {
        return Err(crate::Error::invalid("transition.reward", given.reward, "finite").into());
    }
    // Checks state, prior and action against the policy, whether or not its answer is used.
    let now =
        agent.decide(|policy, scratch| policy.log_prob(state, prior, action, &mut scratch.workspace))?;
    let log_prob = if given.log_prob.is_nan() {
        now
    } else {
        given.log_prob
    };
    if !log_prob.is_finite() {
        return Err(crate::Error::invalid("transition.log_prob", log_prob, "finite, or NaN").into());
    }
    let (mut log_prior, mut fixed) = (vec![0.0; actions], Vec::new());
    let prior = prior.filter(|_| spec.action.prior != Prior::None);
    action::fixed_in(&spec.state, state, prior, &mut fixed);
    match prior {
        Some(prior) => action::log_prior(&spec.action, prior, &fixed, &mut log_prior),
        None => action::no_prior(&spec.action, &fixed, &mut log_prior),
    }
    let transition = Transition {
        env,
        state,
        log_prior: &log_prior,
        action,
        log_prob,
        reward: given.reward,
        next_state,
        terminated,
        truncated,
    };
    Ok(trainer.observe(&transition, update)?.is_some())
}
