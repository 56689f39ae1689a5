//! Work in parts that the threads of a pool share out.

use crate::train::{gate, processors};
use arrayvec::ArrayVec;
use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Parts of a piece of work at most, such as blocks of a minibatch: each of those has a gradient of its own.
pub(super) const MOST_PARTS: usize = 64;

/// How long a thread that has nothing left to do looks for the others' end without giving up its processor.
const PATIENCE: Duration = Duration::from_micros(200);

/// How long it then sleeps at a time. Where another process has taken a thread's processor away in the middle of a part,
/// the system moves that thread to the one that falls idle, but only when it falls idle half a millisecond after: so it does
/// again and again.
const NAP: Duration = Duration::from_micros(50);

/// Does all of the work, [`MOST_PARTS`] parts at a time, on the pool where there is one. A thread that works is counted at the
/// gate. Allocates nothing.
pub(super) fn each<T: Send>(
    pool: Option<&rayon::ThreadPool>,
    mut work: impl Iterator<Item = T>,
    one: impl Fn(&mut T) + Sync,
) {
    let Some(pool) = pool else {
        return work.for_each(|mut item| {
            gate::pass();
            one(&mut item);
        });
    };
    loop {
        let group: ArrayVec<T, MOST_PARTS> = work.by_ref().take(MOST_PARTS).collect();
        if group.is_empty() {
            return;
        }
        share_out(pool, group, &one);
    }
}

fn share_out<T: Send>(
    pool: &rayon::ThreadPool,
    mut work: ArrayVec<T, MOST_PARTS>,
    one: &(impl Fn(&mut T) + Sync),
) {
    let parts = work.len();
    let (queue, done) = (Mutex::new(work.iter_mut()), AtomicUsize::new(0));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let take = || {
        while let Some(item) = next() {
            let _inside = gate::enter_or_stop();
            let _counted = Counted(&done);
            processors::begin_part();
            one(item);
        }
        wait(|| done.load(Ordering::Acquire) == parts);
        processors::end_parts();
    };
    gate::outside(|| pool.install(|| on_threads(pool.current_num_threads().min(parts), &take)));
}

/// One more part that is done, when it goes: after a panic as well, which nobody would wait for else.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

/// Calls it on so many threads at once, as far as they are free.
fn on_threads(count: usize, call: &(impl Fn() + Sync)) {
    match count {
        0 | 1 => call(),
        _ => {
            let half = count / 2;
            rayon::join(|| on_threads(count - half, call), || on_threads(half, call));
        }
    }
}

fn wait(done: impl Fn() -> bool) {
    let waiting = Waiting::new();
    while !done() {
        waiting.pause();
    }
}

/// A thread that has nothing to do.
#[derive(Debug)]
pub(super) struct Waiting {
    began: Instant,
}

impl Waiting {
    /// From now on.
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// A moment.
    pub(super) fn pause(&self) {
        match self.began.elapsed() < PATIENCE {
            true => hint::spin_loop(),
            false => thread::sleep(NAP),
        }
    }
}
