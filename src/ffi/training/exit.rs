//! What happens to those who train when the process ends.

use crate::ffi::border::{at_exit, fork};
use crate::train::{gate, warm_up};
use once_cell::sync::OnceCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Longest that the end of a process waits for threads that train; what they are at takes far less.
const PATIENCE: Duration = Duration::from_secs(30);

static READY: OnceCell<()> = OnceCell::new();

/// Updates in this process.
static UPDATES: AtomicU64 = AtomicU64::new(0);

/// Before the first use of libtorch for training. The end of a process calls its handlers last first, destructors of
/// statics among them: libtorch makes some of its statics when they are first used, and so all of it is used before the
/// handler is given.
pub(super) fn watch() -> crate::Result<()> {
    READY
        .get_or_try_init(|| {
            warm_up::everything()?;
            register();
            Ok(())
        })
        .copied()
}

/// After an update, by which libtorch may have made more statics than a warm-up can know of: a later handler is called
/// before they are destroyed. Ever more rarely, so that there are 64 at most.
pub(super) fn updated() {
    if (UPDATES.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two() {
        register();
    }
}

fn register() {
    at_exit::at_exit(ending);
}

extern "C" fn ending() {
    // A child's threads are not there, whatever their count says.
    if !fork::is_forked() {
        gate::close(PATIENCE);
    }
}
