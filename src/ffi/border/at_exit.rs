//! A function that is called when the process ends.

/// Has `handler` called when the process ends, before those that were given earlier, and before the destructors of what
/// exists now. Where there is no room for it, the process ends as it would without.
pub(in crate::ffi) fn at_exit(handler: extern "C" fn()) {
    // SAFETY: the handler takes nothing, does not unwind, and the library is never unloaded.
    let _ = unsafe { libc::atexit(handler) };
}
