//! The library as a whole: its version, what was built in, its errors' words, its log.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::last_error;
use crate::ffi::log::{self, ppo_log_callback};
use crate::ffi::status::{PPO_OK, ppo_status};
use std::ffi::{CStr, c_char, c_void};

/// Version of this header, first number. Before 1.0, only libraries of the same minor version fit a program.
pub const PPO_VERSION_MAJOR: u32 = 0;
/// Version of this header, second number.
pub const PPO_VERSION_MINOR: u32 = 2;
/// Version of this header, third number.
pub const PPO_VERSION_PATCH: u32 = 0;
/// Version of this header in one number that can be compared: major * 1,000,000 + minor * 1,000 + patch.
pub const PPO_VERSION_NUMBER: u32 = 2000;

/// Feature bit: the trainer, and with it libtorch.
pub const PPO_FEATURE_TRAIN: u32 = 1;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a version has no zero byte"),
};

/// The library's version as text, such as "0.2.0".
///
/// The text is a constant of the library: never NULL, never freed. Allocates nothing; cannot fail.
#[unsafe(no_mangle)]
pub extern "C" fn ppo_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The library's version as one number: major * 1,000,000 + minor * 1,000 + patch. A program compares it with the
/// PPO_VERSION_NUMBER that it was compiled with.
///
/// Allocates nothing; cannot fail.
#[unsafe(no_mangle)]
pub extern "C" fn ppo_version_number() -> u32 {
    PPO_VERSION_NUMBER
}

/// What was built into the library: a sum of PPO_FEATURE_ bits. Every function is there whatever was built in; those
/// that need more answer PPO_ERR_NOT_BUILT.
///
/// Allocates nothing; cannot fail.
#[unsafe(no_mangle)]
pub extern "C" fn ppo_features() -> u32 {
    if cfg!(feature = "train") {
        PPO_FEATURE_TRAIN
    } else {
        0
    }
}

/// Copies the error message of this thread's last failed call ("" before the first). A call that succeeds leaves them.
///
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// Answers PPO_OK; PPO_ERR_BUFFER_TOO_SMALL where the message was cut. None of these replaces the message. Hosts
/// whose code moves between threads ask the handle: ppo_agent_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_last_error(
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_last_error, [], |call| {
        Ok(last_error::copy_out(call, buffer, capacity, needed))
    })
}

/// Sends the library's log to a function of the host. Until then, and with `callback` NULL, there is none: the library
/// never writes to standard output or standard error.
///
/// \param level     highest level that is wanted, a PPO_LOG_ number
/// \param callback  called on any thread, on several at the same time; NULL switches the log off
/// \param user      handed to `callback`; may be NULL; has to live until the callback is replaced
///
/// When it returns, calls of the former callback have ended. For the whole process. PPO_ERR_BUSY where the callback
/// itself calls it; PPO_ERR_INVALID_ARGUMENT for a level that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_set_log(
    level: u32,
    callback: ppo_log_callback,
    user: *mut c_void,
) -> ppo_status {
    boundary!(ppo_set_log, [], |_| {
        log::set(level, callback, user)?;
        Ok(PPO_OK)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_cargos() {
        let parts = [PPO_VERSION_MAJOR, PPO_VERSION_MINOR, PPO_VERSION_PATCH];
        assert_eq!(
            parts.map(|part| part.to_string()).join("."),
            env!("CARGO_PKG_VERSION")
        );
        let number = parts.iter().fold(0, |number, part| number * 1000 + part);
        assert_eq!(ppo_version_number(), number);
        assert_eq!(VERSION.to_str().unwrap(), env!("CARGO_PKG_VERSION"));
    }
}
