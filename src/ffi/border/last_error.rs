//! the error message of the last failed call: one message a thread, and one a handle (see `handle`), for hosts whose code
//! moves between threads.

use crate::ffi::border::call::Call;
use crate::ffi::border::fixed_text::FixedText;
use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use std::cell::RefCell;
use std::ffi::c_char;

thread_local! {
    // Nothing to destroy: a thread that is ending keeps it, and to give it a destructor would take memory.
    static MESSAGE: RefCell<FixedText> = const { RefCell::new(FixedText::new()) };
}

/// Keeps `message` as this thread's.
pub(in crate::ffi) fn store(message: &FixedText) {
    MESSAGE.with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            *kept = *message;
        }
    });
}

/// Copies this thread's message out: [`text::copy_cut`].
///
/// The host's promise ([`Call`]): as `text::copy_cut`.
pub(in crate::ffi) fn copy_out(
    call: Call<'_>,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    MESSAGE.with(|kept| match kept.try_borrow() {
        Ok(kept) => text::copy_cut(call, kept.as_str(), buffer, capacity, needed),
        Err(_) => PPO_OK,
    })
}
