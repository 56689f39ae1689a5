//! libtorch's own threads. Its operations here run on the thread that calls them: work is split by rows instead.

use std::sync::OnceLock;

/// What every thread that the trainer starts calls first.
static AT_START: OnceLock<fn()> = OnceLock::new();

/// From now on every thread that a trainer starts calls this first, such as to choose the processors it runs on. The
/// first one given stays.
pub fn at_start(call: fn()) {
    let _ = AT_START.set(call);
}

pub(super) fn started() {
    if let Some(call) = AT_START.get() {
        call();
    }
}

/// Keeps libtorch to one thread an operation while it lives, then puts back what was set before: a host may use libtorch
/// for itself. The setting is libtorch's, and reaches the whole process.
#[derive(Debug)]
pub struct OneThread {
    before: i32,
}

impl OneThread {
    /// From now on.
    pub fn begin() -> Self {
        let before = tch::get_num_threads();
        tch::set_num_threads(1);
        Self { before }
    }
}

impl Drop for OneThread {
    fn drop(&mut self) {
        if self.before > 1 {
            tch::set_num_threads(self.before);
        }
    }
}

/// Threads that libtorch uses for one operation of this process.
pub fn torch_threads() -> usize {
    usize::try_from(tch::get_num_threads()).unwrap_or(1)
}

/// Sets them, for every user of libtorch in this process. `threads` is at least 1.
pub fn set_torch_threads(threads: i32) {
    tch::set_num_threads(threads);
}
