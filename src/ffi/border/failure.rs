//! What an export's body answers when it cannot go on.

use crate::error::Error;
use crate::ffi::status::{PPO_ERR_INVALID_ARGUMENT, ppo_status, status_of};
use std::fmt::Display;
use std::ops::Deref;

/// Result of an export's body.
pub(in crate::ffi) type Outcome<T> = Result<T, Failure>;

/// Why a call failed. One pointer, so that a call that does not fail is answered in registers.
#[derive(Debug)]
pub(in crate::ffi) struct Failure(Box<Cause>);

/// A status with its words.
#[derive(Debug)]
pub(in crate::ffi) struct Cause {
    pub(in crate::ffi) status: ppo_status,
    pub(in crate::ffi) message: String,
}

impl Failure {
    /// In words of the caller's.
    #[cold]
    pub(in crate::ffi) fn worded(status: ppo_status, message: String) -> Self {
        Self(Box::new(Cause { status, message }))
    }

    /// In the words that the crate's own errors use.
    #[cold]
    pub(in crate::ffi) fn new(
        status: ppo_status,
        input: &str,
        found: impl Display,
        expected: impl Display,
    ) -> Self {
        Self::worded(status, Error::invalid(input, found, expected).to_string())
    }

    /// A value that cannot be used.
    #[cold]
    pub(in crate::ffi) fn invalid(input: &str, found: impl Display, expected: impl Display) -> Self {
        Self::new(PPO_ERR_INVALID_ARGUMENT, input, found, expected)
    }

    /// What it holds.
    pub(in crate::ffi) fn into_cause(self) -> Cause {
        *self.0
    }
}

impl Deref for Failure {
    type Target = Cause;

    fn deref(&self) -> &Cause {
        &self.0
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(error: Error) -> Self {
        Self::worded(status_of(&error), error.to_string())
    }
}
