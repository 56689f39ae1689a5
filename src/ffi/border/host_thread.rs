//! What a call asks of the host's thread.
//!
//! **Cancellation.** A thread that is cancelled inside a call would be unwound through Rust, which ends the process: so it
//! is off meanwhile, and takes effect at the thread's next cancellation point after the call.
//!
//! **Stack.** The order path needs little. Everything else, JSON and files above all, goes on on a stack of its own where
//! the thread has little left.

#[cfg(target_os = "linux")]
use std::ffi::c_int;

/// Room on the thread's stack that a call takes for enough.
const ENOUGH: usize = 128 << 10;

/// Size of a stack of its own.
const OWN: usize = 512 << 10;

/// The order path, and what else is called bar by bar: calls that reach no cancellation point unless they fail, in which
/// off and on again (tens of nanoseconds) would cost as much as the call.
const ORDER_PATH: [&str; 19] = [
    "ppo_select_action",
    "ppo_select_action_or",
    "ppo_sample_action",
    "ppo_evaluate_action",
    "ppo_value",
    "risk_manage",
    "ppo_book_decide",
    "ppo_book_observe",
    "ppo_book_record_trade",
    "ppo_portfolio_push_prices",
    "ppo_portfolio_push_returns",
    "ppo_portfolio_rebalance",
    "ppo_portfolio_record_trade",
    "ppo_env_step",
    "ppo_env_step_weights",
    "ppo_env_states",
    "ppo_env_prior_weights",
    "risk_manager_observe",
    "risk_performance_push",
];

/// Parts of the names of calls that may need much stack: JSON, files, training, all that makes something.
const DEEP: [&str; 14] = [
    "json", "_new", "load", "save", "restore", "resume", "csv", "arrow", "simulat", "fit", "export", "_run",
    "compare", "snapshot",
];

/// Names of others.
const DEEP_NAMES: [&str; 5] = [
    "ppo_train",
    "ppo_update",
    "ppo_observe",
    "ppo_select_actions",
    "ppo_select_actions_threads",
];

/// What a call asks of its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ffi) struct Needs {
    /// Not to be cancelled meanwhile.
    pub(in crate::ffi) not_cancelled: bool,
    /// Much stack. To look how much there is may take memory, which calls that say that they take none do not.
    pub(in crate::ffi) stack: bool,
}

/// What the export of this name asks.
pub(in crate::ffi) const fn needs(name: &str) -> Needs {
    Needs {
        not_cancelled: !is_one_of(name, &ORDER_PATH),
        stack: is_one_of(name, &DEEP_NAMES) || has_one_of(name, &DEEP),
    }
}

const fn is_one_of(name: &str, list: &[&str]) -> bool {
    let mut i = 0;
    while i < list.len() {
        if list[i].len() == name.len() && is_at(list[i].as_bytes(), name.as_bytes(), 0) {
            return true;
        }
        i += 1;
    }
    false
}

const fn has_one_of(name: &str, parts: &[&str]) -> bool {
    let mut i = 0;
    while i < parts.len() {
        let mut place = 0;
        while place + parts[i].len() <= name.len() {
            if is_at(parts[i].as_bytes(), name.as_bytes(), place) {
                return true;
            }
            place += 1;
        }
        i += 1;
    }
    false
}

/// Whether `part` stands in `whole` from `place` on, which has room for it.
const fn is_at(part: &[u8], whole: &[u8], place: usize) -> bool {
    let mut i = 0;
    while i < part.len() {
        if part[i] != whole[place + i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Calls `body` with stack enough.
pub(in crate::ffi) fn with_stack<T>(body: impl FnOnce() -> T) -> T {
    // Not inlined: its room would be taken before it is known that there is as much.
    #[inline(never)]
    fn apart<T>(body: impl FnOnce() -> T) -> T {
        body()
    }
    stacker::maybe_grow(ENOUGH, OWN, || apart(body))
}

/// Cancellation is off until it is dropped.
#[must_use]
pub(in crate::ffi) struct NotCancelled {
    #[cfg(target_os = "linux")]
    former: c_int,
}

/// From now on this thread is not cancelled.
#[inline]
pub(in crate::ffi) fn not_cancelled() -> NotCancelled {
    #[cfg(target_os = "linux")]
    {
        // PTHREAD_CANCEL_DISABLE on Linux.
        let former = set_cancellation(1);
        NotCancelled { former }
    }
    #[cfg(not(target_os = "linux"))]
    NotCancelled {}
}

#[cfg(target_os = "linux")]
impl Drop for NotCancelled {
    #[inline]
    fn drop(&mut self) {
        set_cancellation(self.former);
    }
}

/// Sets the thread's state and answers the former one.
#[cfg(target_os = "linux")]
#[inline]
fn set_cancellation(state: c_int) -> c_int {
    // Inside the function: declared outside, it would stand in the C header.
    unsafe extern "C" {
        fn pthread_setcancelstate(state: c_int, former: *mut c_int) -> c_int;
    }
    let mut former = 0;
    // SAFETY: a state of the two that there are, and a place for the former one.
    unsafe { pthread_setcancelstate(state, &raw mut former) };
    former
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_call_needs() {
        let asked = |name| (needs(name).not_cancelled, needs(name).stack);
        for name in ["ppo_select_action", "risk_manage"] {
            assert_eq!(asked(name), (false, false), "{name}");
        }
        for name in [
            "ppo_env_take_episodes",
            "ppo_config_init",
            "ppo_last_error",
            "ppo_trainer_progress",
        ] {
            assert_eq!(asked(name), (true, false), "{name}");
        }
        for name in [
            "ppo_save",
            "ppo_market_from_arrow",
            "ppo_train",
            "ppo_select_actions",
            "risk_regime_fit",
            "ppo_config_to_json",
        ] {
            assert_eq!(asked(name), (true, true), "{name}");
        }
    }
}
