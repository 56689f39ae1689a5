//! The processors that the threads of one pool work on: each one of its own, where there are enough.
//!
//! Where another process keeps a processor busy, no place is left for one of the threads that it would not have to share. The
//! system puts it beside that process or beside another thread of the pool, and does not move it for tens of milliseconds,
//! since it counts one process more here as good as one more there. Beside each other, two threads get one processor
//! between them, and the other process has the other for itself.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a place holds whose thread does not work.
const NOWHERE: usize = usize::MAX;

thread_local! {
    /// Where this thread's pool is at work, and which place is this thread's.
    static OWN: RefCell<Option<(Arc<Places>, usize)>> = const { RefCell::new(None) };
}

/// The processor that each thread of a pool was on when it last began a part of the work.
#[derive(Debug)]
pub(super) struct Places(Vec<AtomicUsize>);

impl Places {
    /// Of a pool of so many threads, none of which works.
    pub(super) fn new(threads: usize) -> Arc<Self> {
        Arc::new(Self((0..threads).map(|_| AtomicUsize::new(NOWHERE)).collect()))
    }

    /// Gives this thread a place.
    pub(super) fn join(self: Arc<Self>, index: usize) {
        OWN.set(Some((self, index)));
    }

    /// Processors that other threads work on.
    #[cfg(target_os = "linux")]
    fn of_others(&self, index: usize) -> impl Iterator<Item = usize> {
        let others = self.0.iter().enumerate().filter(move |(i, _)| *i != index);
        let places = others.map(|(_, place)| place.load(Ordering::Relaxed));
        places.filter(|place| *place != NOWHERE)
    }
}

/// Before each part of the work: goes to a processor that no other thread of the pool works on, where this one has such a
/// neighbour and another is to be had. The thread may run where it could run before.
pub(super) fn begin_part() {
    OWN.with_borrow(|own| {
        if let Some((places, index)) = own {
            begin_part_of(places, *index);
        }
    });
}

/// After the last part.
pub(super) fn end_parts() {
    OWN.with_borrow(|own| {
        if let Some((places, index)) = own {
            places.0[*index].store(NOWHERE, Ordering::Relaxed);
        }
    });
}

#[cfg(target_os = "linux")]
fn begin_part_of(places: &Places, index: usize) {
    use rustix::thread::sched_getcpu;
    let here = sched_getcpu();
    let here = match places.of_others(index).any(|place| place == here) {
        true => {
            leave(places, index);
            sched_getcpu()
        }
        false => here,
    };
    places.0[index].store(here, Ordering::Relaxed);
}

/// To a processor that no other thread of the pool works on, if there is one.
#[cfg(target_os = "linux")]
fn leave(places: &Places, index: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(all) = sched_getaffinity(None) else {
        return;
    };
    let mut free = all;
    for place in places.of_others(index).filter(|place| *place < CpuSet::MAX_CPU) {
        free.unset(place);
    }
    // Where the system refuses, the thread stays; what it could run on before, it has been allowed.
    if free.count() > 0 && sched_setaffinity(None, &free).is_ok() {
        let _ = sched_setaffinity(None, &all);
    }
}

/// Other systems choose alone.
#[cfg(not(target_os = "linux"))]
fn begin_part_of(_: &Places, _: usize) {}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    use std::sync::Barrier;

    /// Where two threads of one pool are, and where they may run, after each has begun a part, one after the other, on the first
    /// processor; the second may run on `then` by then.
    fn one_after_the_other(then: impl Fn(CpuSet) -> CpuSet + Sync) -> [(usize, CpuSet); 2] {
        let all = sched_getaffinity(None).unwrap_or_else(|error| panic!("{error}"));
        let first = (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu));
        let mut one = CpuSet::new();
        one.set(first.unwrap_or_default());
        let (places, turn) = (Places::new(2), Barrier::new(2));
        let run = |index: usize| {
            let outcome = sched_setaffinity(None, &one);
            Arc::clone(&places).join(index);
            if index == 1 {
                turn.wait();
                let _ = sched_setaffinity(None, &then(all));
            }
            begin_part();
            let found = sched_getaffinity(None).map(|may| (sched_getcpu(), may));
            if index == 0 {
                turn.wait();
            }
            turn.wait();
            end_parts();
            (outcome.and(found), places.0[index].load(Ordering::Relaxed))
        };
        let outcomes = std::thread::scope(|scope| {
            let run = &run;
            let threads = [0, 1].map(|index| scope.spawn(move || run(index)));
            threads.map(|thread| thread.join().unwrap_or_else(|_| panic!("a thread panicked")))
        });
        outcomes.map(|(found, place)| {
            assert_eq!(place, NOWHERE);
            found.unwrap_or_else(|error| panic!("{error}"))
        })
    }

    #[test]
    fn a_thread_leaves_the_processor_of_another_and_may_come_back() {
        let all = sched_getaffinity(None).unwrap();
        let [(first, _), (second, may)] = one_after_the_other(|all| all);
        assert_eq!(may, all);
        assert_eq!(second != first, all.count() > 1);
    }

    #[test]
    fn a_thread_that_may_run_on_one_processor_alone_stays() {
        let [(first, only), (second, may)] = one_after_the_other(|all| {
            let mut one = CpuSet::new();
            one.set(
                (0..CpuSet::MAX_CPU)
                    .find(|cpu| all.is_set(*cpu))
                    .unwrap_or_default(),
            );
            one
        });
        assert_eq!((second, may), (first, only));
        assert_eq!(may.count(), 1);
    }
}
