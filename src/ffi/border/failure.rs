//! What an export's body answers when it cannot go on.

use crate::error::Error;
use crate::ffi::status::{PPO_ERR_INVALID_ARGUMENT, ppo_status, status_of};
use std::fmt::Display;

/// Result of an export's body.
pub(in crate::ffi) type Outcome<T> = Result<T, Failure>;

/// A status with its words.
#[derive(Debug)]
pub(in crate::ffi) struct Failure {
    pub(in crate::ffi) status: ppo_status,
    pub(in crate::ffi) message: String,
}

impl Failure {
    /// In the words that the crate's own errors use.
    pub(in crate::ffi) fn new(
        status: ppo_status,
        input: &str,
        found: impl Display,
        expected: impl Display,
    ) -> Self {
        let message = Error::invalid(input, found, expected).to_string();
        Self { status, message }
    }

    /// A value that cannot be used.
    pub(in crate::ffi) fn invalid(input: &str, found: impl Display, expected: impl Display) -> Self {
        Self::new(PPO_ERR_INVALID_ARGUMENT, input, found, expected)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            status: status_of(&error),
            message: error.to_string(),
        }
    }
}
