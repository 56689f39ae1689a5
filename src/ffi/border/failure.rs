//! What an export's body answers when it cannot go on.

use crate::error::{Error, Found};
use crate::ffi::border::fixed_text::FixedText;
use crate::ffi::status::{ppo_status, status_of};
use std::cell::RefCell;
use std::fmt::{Arguments, Display};

/// Result of an export's body.
pub(in crate::ffi) type Outcome<T> = Result<T, Failure>;

thread_local! {
    /// The message of this thread's last failure: in a place that is there already, for a failure takes no memory.
    static WORDS: RefCell<FixedText> = const { RefCell::new(FixedText::new()) };
}

/// Why a call failed: a status, whose words are the thread's until its next failure. So small that a call that does not
/// fail is answered in registers.
#[derive(Debug)]
pub(in crate::ffi) struct Failure {
    pub(in crate::ffi) status: ppo_status,
}

impl Failure {
    /// In words of the caller's.
    #[cold]
    pub(in crate::ffi) fn worded(status: ppo_status, message: impl Display) -> Self {
        Self::said(status, format_args!("{message}"))
    }

    #[cold]
    fn said(status: ppo_status, words: Arguments<'_>) -> Self {
        WORDS.with(|kept| {
            // Taken only if what is displayed fails itself, which then has the word.
            if let Ok(mut kept) = kept.try_borrow_mut() {
                kept.set(words);
            }
        });
        Self { status }
    }

    /// In the words that the crate's own errors use.
    #[cold]
    pub(in crate::ffi) fn new(
        status: ppo_status,
        input: impl Display,
        found: impl Found,
        expected: impl Display,
    ) -> Self {
        Self::said(status, format_args!("{}", Error::invalid(input, found, expected)))
    }

    /// A value that cannot be used.
    #[cold]
    pub(in crate::ffi) fn invalid(input: impl Display, found: impl Found, expected: impl Display) -> Self {
        Error::invalid(input, found, expected).into()
    }

    /// Its words, which are still the thread's: nothing else has failed since it was made.
    pub(in crate::ffi) fn message(&self) -> FixedText {
        WORDS.with(|kept| kept.try_borrow().map_or_else(|_| FixedText::new(), |kept| *kept))
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(error: Error) -> Self {
        Self::worded(status_of(&error), error)
    }
}
