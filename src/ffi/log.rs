//! The library's log: to the host's function, or nowhere. A panic's words go there too, never to standard error.

use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::fixed_text::FixedText;
use crate::ffi::border::host_function::{User, call_host};
use crate::ffi::status::PPO_ERR_BUSY;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::fmt::Write;
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Once, PoisonError, RwLock};

/// Log level: nothing.
pub const PPO_LOG_OFF: u32 = 0;
/// Log level: defects of the library, and handles that were freed twice.
pub const PPO_LOG_ERROR: u32 = 1;
/// Log level: what went on in another way than asked for.
pub const PPO_LOG_WARN: u32 = 2;
/// Log level: milestones.
pub const PPO_LOG_INFO: u32 = 3;
/// Log level: everything, among it the error message of every failed call.
pub const PPO_LOG_DEBUG: u32 = 4;

/// A function of the host that takes a line of the log: its level (PPO_LOG_ERROR to PPO_LOG_DEBUG), its text (UTF-8,
/// valid until the function returns), and the pointer given to ppo_set_log.
///
/// It is called on whichever thread the library is working on, on several at the same time. It must return
/// normally: no exception and no longjmp may leave it. It may call any function of this library but ppo_set_log (answered PPO_ERR_BUSY); what those calls would
/// log is dropped.
pub type ppo_log_callback =
    Option<unsafe extern "C" fn(level: u32, message: *const c_char, user: *mut c_void)>;

struct Sink {
    callback: unsafe extern "C" fn(u32, *const c_char, *mut c_void),
    user: User,
}

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

/// Highest level that is wanted; read before anything else is done for a line.
static LEVEL: AtomicU32 = AtomicU32::new(PPO_LOG_OFF);

static PANIC_HOOK: Once = Once::new();

thread_local! {
    /// Whether the host's function is running on this thread.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Where this thread's last panic was, with its words.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Sends lines up to `level` to `callback` from now on. Waits for calls of the former one to return.
pub(in crate::ffi) fn set(level: u32, callback: ppo_log_callback, user: *mut c_void) -> Outcome<()> {
    if level > PPO_LOG_DEBUG {
        return Err(Failure::invalid(
            "level",
            level,
            "PPO_LOG_OFF (0) to PPO_LOG_DEBUG (4)",
        ));
    }
    if INSIDE.get() {
        let found = "called by the log's own function";
        return Err(Failure::new(
            PPO_ERR_BUSY,
            "ppo_set_log",
            found,
            "a call from outside it",
        ));
    }
    install_panic_hook();
    let mut sink = SINK.write().unwrap_or_else(PoisonError::into_inner);
    *sink = callback.map(|callback| Sink {
        callback,
        user: User::new(user),
    });
    let level = if sink.is_some() { level } else { PPO_LOG_OFF };
    LEVEL.store(level, Ordering::Release);
    Ok(())
}

/// One line of the log.
pub(in crate::ffi) fn log(level: u32, message: &str) {
    if level > LEVEL.load(Ordering::Acquire) || INSIDE.get() {
        return;
    }
    let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
    // The level may have changed since; the function may be gone.
    let Some(sink) = sink.as_ref().filter(|_| level <= LEVEL.load(Ordering::Acquire)) else {
        return;
    };
    let mut text = FixedText::new();
    for (i, part) in message.split('\0').enumerate() {
        // A text of C ends at its first zero.
        let zero = if i == 0 { "" } else { "\u{fffd}" };
        let _ = text.write_str(zero).and_then(|()| text.write_str(part));
    }
    INSIDE.set(true);
    call_host!(
        sink.callback,
        level,
        text.with_zero().as_ptr().cast(),
        sink.user.pointer()
    );
    INSIDE.set(false);
}

/// From now on a panic is kept for the boundary instead of being printed. In the shared library this reaches its own
/// panics alone: a host written in Rust has a hook of its own.
pub(in crate::ffi) fn install_panic_hook() {
    PANIC_HOOK.call_once(|| {
        let _former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            keep(info);
            // A failed assertion of a unit test has to be seen.
            #[cfg(test)]
            _former(info);
        }));
    });
}

fn keep(info: &PanicHookInfo) {
    let place = info
        .location()
        .map_or_else(String::new, |place| format!(" at {place}"));
    let text = format!("a defect of the library{place}: {}", words(info.payload()));
    let _ = PANIC.try_with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            *kept = text;
        }
    });
}

/// The message of the panic that has just ended on this thread.
pub(in crate::ffi) fn take_panic(payload: &(dyn Any + Send)) -> String {
    let kept = PANIC.try_with(|kept| kept.try_borrow_mut().map(|mut kept| std::mem::take(&mut *kept)));
    match kept {
        Ok(Ok(kept)) if !kept.is_empty() => kept,
        // One that another thread began and this one was handed.
        _ => format!("a defect of the library: {}", words(payload)),
    }
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words")
}
