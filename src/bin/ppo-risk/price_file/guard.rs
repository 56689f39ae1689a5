//! Readers that panic on some files that are not whole: their panics are errors.

use arrow_schema::ArrowError;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread reads a file: what a panic says then becomes the error's.
    static READS: Cell<bool> = const { Cell::new(false) };
}

static SILENCED: Once = Once::new();

/// What `read` gives, or an error with the message of its panic.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, ArrowError> {
    SILENCED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            if !READS.get() {
                before(panicked);
            }
        }));
    });
    READS.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(read));
    READS.set(false);
    done.unwrap_or_else(|payload| {
        let words = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(words), _) => (*words).to_string(),
            (None, Some(words)) => words.clone(),
            (None, None) => "its reader gave up".to_string(),
        };
        Err(ArrowError::ParseError(words))
    })
}
