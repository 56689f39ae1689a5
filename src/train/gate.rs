//! The end of the process. libtorch has statics that the end destroys; a thread that is inside libtorch then would meet
//! what is gone. Every thread that trains is counted while it works and passes a gate at every step of an environment
//! and every block of a minibatch: once the gate is closed it stops there for good, and who closed it knows when all
//! have.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Whether the process is ending.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Threads inside.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How often this thread has come in without having gone out.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Held until the thread's own data have been destroyed.
    static LAST: Cell<Option<Counted>> = const { Cell::new(None) };
}

/// The right to work with libtorch, on the thread that it was given to, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Inside {
    /// What is bound to a thread is not sent to another.
    _here: std::marker::PhantomData<*const ()>,
}

/// One in the count of threads, for as long as it lives.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Comes in; none where the process is ending.
pub fn enter() -> Option<Inside> {
    let depth = DEPTH.get();
    if depth == 0 && !counted() {
        return None;
    }
    DEPTH.set(depth + 1);
    Some(Inside {
        _here: std::marker::PhantomData,
    })
}

/// Comes in; a thread that comes too late stops here for good, since nothing that it could do has a meaning any more.
/// For threads that the trainer started: nobody else waits on them.
pub fn enter_or_stop() -> Inside {
    enter().unwrap_or_else(|| stop())
}

impl Drop for Inside {
    fn drop(&mut self) {
        let depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if depth == 0 {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Calls what does not touch libtorch (a function of the host, an environment, other threads that it waits for) outside.
/// Where the process ends meanwhile, the thread does not come back from here.
pub fn outside<T>(call: impl FnOnce() -> T) -> T {
    let depth = DEPTH.get();
    if depth == 0 {
        return call();
    }
    DEPTH.set(0);
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    /// Comes in again, also where the call panics.
    struct Back(usize);
    impl Drop for Back {
        fn drop(&mut self) {
            if !counted() {
                stop();
            }
            DEPTH.set(self.0);
        }
    }
    let _back = Back(depth);
    call()
}

/// A thread that trains stops here where the process is ending.
pub fn pass() {
    if CLOSED.load(Ordering::Relaxed) {
        outside(|| ());
    }
}

/// The end of this thread waits for the end of its own data, libtorch's among them, which `close` waits for. A thread's
/// data are destroyed last first, and Rust's are made first.
pub fn stay_to_the_end() {
    if !counted() {
        stop();
    }
    LAST.set(Some(Counted));
}

/// Whether the process is ending.
pub fn is_closed() -> bool {
    CLOSED.load(Ordering::SeqCst)
}

/// From now on nobody comes in. Waits until all other threads are outside, but no longer than `most`: as long as the call
/// of libtorch that each is at.
pub fn close(most: Duration) {
    CLOSED.store(true, Ordering::SeqCst);
    let own = usize::from(DEPTH.get() > 0);
    let began = Instant::now();
    while INSIDE.load(Ordering::SeqCst) > own && began.elapsed() < most {
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// Counts this thread, unless the process is ending.
fn counted() -> bool {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    let open = !CLOSED.load(Ordering::SeqCst);
    if !open {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
    open
}

fn stop() -> ! {
    loop {
        std::thread::park();
    }
}
