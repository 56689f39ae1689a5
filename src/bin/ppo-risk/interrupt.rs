//! Ctrl-C: the first press asks for a clean stop, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell expects of a program that SIGINT ended.
pub(crate) const EXIT_STATUS: u8 = 130;

/// Starts listening; the flag is set once a stop was asked for.
pub(crate) fn listen() -> Result<Arc<AtomicBool>, ppo_risk::Error> {
    let asked = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&asked);
    let handler = move || {
        if flag.swap(true, Ordering::SeqCst) {
            // Not std's: threads that train would meet libtorch's statics destroyed.
            signal_hook::low_level::exit(i32::from(EXIT_STATUS));
        }
        eprintln!("\nStopping after this update; press Ctrl-C again to stop at once.");
    };
    ctrlc::set_handler(handler).map_err(|error| {
        ppo_risk::Error::invalid(
            "signal handler",
            format!("refused ({error})"),
            "one that can be installed",
        )
    })?;
    Ok(asked)
}
