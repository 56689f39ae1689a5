//! The words of the last failed call: one message a thread, and one a handle (see `handle`), for hosts whose code
//! moves between threads.

use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use std::cell::RefCell;
use std::ffi::c_char;

thread_local! {
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps `message` as this thread's. A thread that is ending keeps none.
pub(in crate::ffi) fn store(message: &str) {
    let _ = MESSAGE.try_with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            kept.clear();
            kept.push_str(message);
        }
    });
}

/// Copies this thread's message out: [`text::copy_cut`].
///
/// # Safety
/// As `text::copy_cut`.
pub(in crate::ffi) unsafe fn copy_out(
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    MESSAGE
        .try_with(|kept| {
            let kept = kept.try_borrow();
            // SAFETY: the caller's promise.
            unsafe {
                text::copy_cut(
                    kept.as_deref().map_or("", String::as_str),
                    buffer,
                    capacity,
                    needed,
                )
            }
        })
        .unwrap_or(PPO_OK)
}
