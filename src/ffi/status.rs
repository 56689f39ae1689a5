//! What a call answers: zero, or a number that says what kind of thing went wrong.

use crate::error::{Error, Problem};
use std::ffi::{CStr, c_char};

/// What a call answers: PPO_OK, or a negative number whose meaning never changes. A newer library may answer a number
/// that this header does not list; treat every negative one as a failure.
pub type ppo_status = i32;

/// The call did what it says.
pub const PPO_OK: i32 = 0;
/// A pointer is NULL where its function does not allow it.
pub const PPO_ERR_NULL_POINTER: i32 = -1;
/// A value, a configuration or a text cannot be used; the message names it and says what was expected.
pub const PPO_ERR_INVALID_ARGUMENT: i32 = -2;
/// An array, or a list in a JSON text, has another number of values than the call needs.
pub const PPO_ERR_LENGTH: i32 = -3;
/// A number is NaN or infinite; the message says which one.
pub const PPO_ERR_NOT_FINITE: i32 = -4;
/// The caller's buffer is too small for what is to be copied out; the size needed was written.
pub const PPO_ERR_BUFFER_TOO_SMALL: i32 = -5;
/// A pointer is no handle of the kind that the call needs, or one that was freed.
pub const PPO_ERR_WRONG_HANDLE: i32 = -6;
/// An earlier call on this handle hit a defect of the library (PPO_ERR_PANIC): it can only be freed.
pub const PPO_ERR_POISONED: i32 = -7;
/// A defect of the library was met and stopped at its border; please report the message. The handles of the call are
/// poisoned.
pub const PPO_ERR_PANIC: i32 = -8;
/// The handle is in use by another call that may change it: another thread's, or one further down this stack.
pub const PPO_ERR_BUSY: i32 = -9;
/// The operating system refused to read or write.
pub const PPO_ERR_IO: i32 = -10;
/// A policy file (or its bytes) cannot be used: damaged, of another format, or not a policy.
pub const PPO_ERR_FILE: i32 = -11;
/// A cell of a table file cannot be used; the message has its line and column.
pub const PPO_ERR_TABLE: i32 = -12;
/// libtorch refused an operation.
pub const PPO_ERR_TORCH: i32 = -13;
/// Training reached a state that it cannot continue from.
pub const PPO_ERR_TRAINING: i32 = -14;
/// This library was built without the part that the call needs (see ppo_features).
pub const PPO_ERR_NOT_BUILT: i32 = -15;
/// The call needs libtorch, in a process that was forked from one that had used it.
pub const PPO_ERR_FORKED: i32 = -16;
/// The caller asked the call to stop.
pub const PPO_ERR_CANCELLED: i32 = -17;
/// A struct has content that this library is too old to know, or a size that no version of it had.
pub const PPO_ERR_VERSION: i32 = -18;
/// The time to wait ran out; nothing was lost, and waiting can go on.
pub const PPO_ERR_TIMEOUT: i32 = -19;
/// A function of the host that the call had to call answered an error.
pub const PPO_ERR_CALLBACK: i32 = -20;
/// The handle has not been given what the call needs yet, such as enough bars.
pub const PPO_ERR_NOT_READY: i32 = -21;
/// There is not as much memory as the sizes that the caller chose ask for; nothing was changed.
pub const PPO_ERR_OUT_OF_MEMORY: i32 = -22;
/// Ranks that train together cannot go on: a gather failed, or one of them is at something else.
pub const PPO_ERR_COLLECTIVE: i32 = -23;

/// Every status with its name: the one list, in the order of the numbers.
pub const STATUSES: [(ppo_status, &CStr); 24] = [
    (PPO_OK, c"PPO_OK"),
    (PPO_ERR_NULL_POINTER, c"PPO_ERR_NULL_POINTER"),
    (PPO_ERR_INVALID_ARGUMENT, c"PPO_ERR_INVALID_ARGUMENT"),
    (PPO_ERR_LENGTH, c"PPO_ERR_LENGTH"),
    (PPO_ERR_NOT_FINITE, c"PPO_ERR_NOT_FINITE"),
    (PPO_ERR_BUFFER_TOO_SMALL, c"PPO_ERR_BUFFER_TOO_SMALL"),
    (PPO_ERR_WRONG_HANDLE, c"PPO_ERR_WRONG_HANDLE"),
    (PPO_ERR_POISONED, c"PPO_ERR_POISONED"),
    (PPO_ERR_PANIC, c"PPO_ERR_PANIC"),
    (PPO_ERR_BUSY, c"PPO_ERR_BUSY"),
    (PPO_ERR_IO, c"PPO_ERR_IO"),
    (PPO_ERR_FILE, c"PPO_ERR_FILE"),
    (PPO_ERR_TABLE, c"PPO_ERR_TABLE"),
    (PPO_ERR_TORCH, c"PPO_ERR_TORCH"),
    (PPO_ERR_TRAINING, c"PPO_ERR_TRAINING"),
    (PPO_ERR_NOT_BUILT, c"PPO_ERR_NOT_BUILT"),
    (PPO_ERR_FORKED, c"PPO_ERR_FORKED"),
    (PPO_ERR_CANCELLED, c"PPO_ERR_CANCELLED"),
    (PPO_ERR_VERSION, c"PPO_ERR_VERSION"),
    (PPO_ERR_TIMEOUT, c"PPO_ERR_TIMEOUT"),
    (PPO_ERR_CALLBACK, c"PPO_ERR_CALLBACK"),
    (PPO_ERR_NOT_READY, c"PPO_ERR_NOT_READY"),
    (PPO_ERR_OUT_OF_MEMORY, c"PPO_ERR_OUT_OF_MEMORY"),
    (PPO_ERR_COLLECTIVE, c"PPO_ERR_COLLECTIVE"),
];

/// The name of a status, such as "PPO_ERR_LENGTH"; "unknown status" for a number that is none.
///
/// \param status  what a call answered
///
/// The text is a constant of the library: never NULL, never freed. Allocates nothing; cannot fail.
#[unsafe(no_mangle)]
pub extern "C" fn ppo_status_name(status: ppo_status) -> *const c_char {
    STATUSES
        .iter()
        .find(|(number, _)| *number == status)
        .map_or(c"unknown status", |(_, name)| name)
        .as_ptr()
}

/// The status that stands for an error of the crate.
pub(in crate::ffi) fn status_of(error: &Error) -> ppo_status {
    match error {
        Error::Invalid { problem, .. } => match problem {
            Problem::NotFinite => PPO_ERR_NOT_FINITE,
            Problem::Length => PPO_ERR_LENGTH,
            Problem::UnknownKey | Problem::Value => PPO_ERR_INVALID_ARGUMENT,
        },
        Error::Table { .. } => PPO_ERR_TABLE,
        Error::PolicyFile { .. } => PPO_ERR_FILE,
        Error::Io { .. } => PPO_ERR_IO,
        Error::Memory { .. } => PPO_ERR_OUT_OF_MEMORY,
        Error::Torch { .. } => PPO_ERR_TORCH,
        Error::Training { .. } => PPO_ERR_TRAINING,
        Error::Host { .. } => PPO_ERR_CALLBACK,
        Error::Collective { .. } => PPO_ERR_COLLECTIVE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_pinned() {
        for (i, (number, name)) in STATUSES.iter().enumerate() {
            assert_eq!(*number, -(i as i32), "{name:?}");
        }
    }
}
