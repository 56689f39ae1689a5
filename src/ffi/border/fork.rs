//! Processes that were forked from one that had used libtorch: its threads and locks are not there any more.

use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::PPO_ERR_FORKED;
use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether this process is such a child.
static FORKED: AtomicBool = AtomicBool::new(false);

/// Whether the operating system tells us about forks: from the first use of libtorch on.
static WATCHING: OnceCell<()> = OnceCell::new();

/// Comes before every use of libtorch. Refuses it in a child of a process that had used it.
pub(in crate::ffi) fn before_torch() -> Outcome<()> {
    WATCHING.get_or_try_init(watch)?;
    if is_forked() {
        let found = "forked from one that had used libtorch";
        let expected = "one that was not, or that starts a program of its own (exec)";
        return Err(Failure::new(PPO_ERR_FORKED, "this process", found, expected));
    }
    Ok(())
}

/// Whether this process was forked from one that had used libtorch: threads that it had are gone.
pub(in crate::ffi) fn is_forked() -> bool {
    FORKED.load(Ordering::Acquire)
}

#[cfg(unix)]
fn watch() -> Outcome<()> {
    extern "C" fn in_the_child() {
        FORKED.store(true, Ordering::Release);
    }
    // SAFETY: the handler stores to an atomic and does nothing else; the library is never unloaded.
    let answer = unsafe { libc::pthread_atfork(None, None, Some(in_the_child)) };
    match answer {
        0 => Ok(()),
        _ => Err(Failure::new(
            crate::ffi::status::PPO_ERR_IO,
            "pthread_atfork",
            format!("refused ({answer})"),
            "room for one more handler",
        )),
    }
}

#[cfg(not(unix))]
fn watch() -> Outcome<()> {
    Ok(())
}
