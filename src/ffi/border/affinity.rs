//! The processors that threads of the library's own run on: all that the process had when the library was loaded. A
//! host that has bound the thread of its orders to one processor does not want a training beside it.

use libc::cpu_set_t;
use std::sync::OnceLock;

/// What the process had.
static AT_LOAD: OnceLock<cpu_set_t> = OnceLock::new();

/// Called by the loader, before the host has had a chance to bind anything.
#[used]
#[unsafe(link_section = ".init_array")]
static REMEMBER: extern "C" fn() = remember;

extern "C" fn remember() {
    if let Some(found) = current() {
        let _ = AT_LOAD.set(found);
    }
}

/// From now on this thread, which the library started, runs on the processors that the process had. Where the system
/// does not let it, it stays where its starter was.
pub(in crate::ffi) fn of_the_process() {
    if let Some(all) = AT_LOAD.get() {
        // SAFETY: a set of this size, which the call reads.
        let _ = unsafe { libc::sched_setaffinity(0, size_of::<cpu_set_t>(), all) };
    }
}

fn current() -> Option<cpu_set_t> {
    // SAFETY: a set is plain numbers, of which 0 is a value.
    let mut set: cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: a set of this size, which the call writes.
    let answer = unsafe { libc::sched_getaffinity(0, size_of::<cpu_set_t>(), &raw mut set) };
    (answer == 0).then_some(set)
}
