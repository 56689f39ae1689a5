//! Opaque handles. What a host holds points to a [`Header`], which lives for ever and is used again for later handles:
//! a handle that was freed, or is of another kind, is found out without touching memory that is gone. Only a handle
//! whose header has been taken by a newer one of the same kind passes unnoticed.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::text;
use crate::ffi::log;
use crate::ffi::status::{PPO_ERR_BUSY, PPO_ERR_NULL_POINTER, PPO_ERR_POISONED, PPO_ERR_WRONG_HANDLE};
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ffi::c_char;
use std::ops::{Deref, DerefMut};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An opaque type of the header: an empty struct without `repr(C)`, which cbindgen declares and does not define. Its
/// values are never made: pointers to it point to a [`Header`].
pub(in crate::ffi) trait Kind {
    /// What a handle of this kind holds.
    type Value: Send;
    /// What tells the kinds apart: eight letters.
    const MAGIC: [u8; 8];
    /// What errors call it.
    const NAME: &'static str;
}

/// What every handle starts with, whatever its kind; what a call looks at lies in one cache line.
#[derive(Debug)]
#[repr(C, align(64))]
pub(in crate::ffi) struct Header {
    /// The kind's letters while the handle lives, 0 after.
    magic: AtomicU64,
    value: AtomicPtr<()>,
    poisoned: AtomicBool,
    /// Held by a call that may change the value.
    busy: AtomicBool,
    /// The message of the last failed call.
    message: Mutex<String>,
}

impl Header {
    const fn new() -> Self {
        Self {
            magic: AtomicU64::new(0),
            poisoned: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            value: AtomicPtr::new(ptr::null_mut()),
            message: Mutex::new(String::new()),
        }
    }

    /// From now on the handle can only be freed.
    pub(in crate::ffi) fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
    }

    /// Keeps the error message of a failed call.
    pub(in crate::ffi) fn store_message(&self, message: &str) {
        let mut kept = locked(&self.message);
        kept.clear();
        let room = match kept.try_reserve(message.len()) {
            Ok(()) => message.len(),
            Err(_) => kept.capacity(),
        };
        let mut end = room.min(message.len());
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        kept.push_str(&message[..end]);
    }
}

/// Headers that no handle uses, the longest unused first.
static UNUSED: Mutex<VecDeque<&'static Header>> = Mutex::new(VecDeque::new());

/// Room for the error message of a failed call; longer ones take memory, or are cut where there is none.
const MESSAGE_ROOM: usize = 128;

/// So many headers rest before one is used again, so that a handle used after its free is mostly found out.
const RESTING: usize = 1024;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole at every instant.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new handle that owns `value`.
pub(in crate::ffi) fn create<K: Kind>(value: K::Value) -> *mut K {
    log::install_panic_hook();
    let rested = {
        let mut unused = locked(&UNUSED);
        if unused.len() > RESTING {
            unused.pop_front()
        } else {
            None
        }
    };
    let header: &'static Header = rested.unwrap_or_else(|| Box::leak(Box::new(Header::new())));
    // Where a call fails later, it takes no memory to say so.
    let _ = locked(&header.message).try_reserve(MESSAGE_ROOM);
    header
        .value
        .store(Box::into_raw(Box::new(value)).cast(), Ordering::Relaxed);
    header
        .magic
        .store(u64::from_le_bytes(K::MAGIC), Ordering::Release);
    ptr::from_ref(header).cast_mut().cast()
}

/// Ends a handle and drops what it owned; NULL is fine. Refuses, with its words, what is no live handle of the kind.
pub(in crate::ffi) fn free<K: Kind>(handle: *mut K) -> Outcome<()> {
    if handle.is_null() {
        return Ok(());
    }
    let wrong = || {
        let found = format_args!("no live {}: freed already, or of another kind", K::NAME);
        let failure = Failure::new(
            PPO_ERR_WRONG_HANDLE,
            K::NAME,
            found,
            "a handle that is freed once",
        );
        log::log(log::PPO_LOG_ERROR, failure.message().as_str());
        failure
    };
    let header = header(handle).ok_or_else(wrong)?;
    // Of two threads that free it at the same time, one comes first.
    header
        .magic
        .compare_exchange(
            u64::from_le_bytes(K::MAGIC),
            0,
            Ordering::AcqRel,
            Ordering::Relaxed,
        )
        .map_err(|_| wrong())?;
    let value = header
        .value
        .swap(ptr::null_mut(), Ordering::Relaxed)
        .cast::<K::Value>();
    // SAFETY: create() made it from a box of this kind's value, and the exchange above lets one caller past.
    let value = unsafe { Box::from_raw(value) };
    header.poisoned.store(false, Ordering::Relaxed);
    header.busy.store(false, Ordering::Relaxed);
    *locked(&header.message) = String::new();
    locked(&UNUSED).push_back(header);
    drop(value);
    Ok(())
}

/// The header behind a pointer to a live handle of the kind; none for anything else.
#[inline]
pub(in crate::ffi) fn header<K: Kind>(handle: *const K) -> Option<&'static Header> {
    let header = handle.cast::<Header>();
    if header.is_null() || !header.is_aligned() {
        return None;
    }
    // SAFETY: by the header's contract a non-NULL handle came from this library, whose headers are never freed.
    let header = unsafe { &*header };
    (header.magic.load(Ordering::Acquire) == u64::from_le_bytes(K::MAGIC)).then_some(header)
}

/// What a handle owns, for a call that does not change it.
///
/// The host's promise ([`Call`]): nobody frees the handle before the end of the call.
#[inline]
pub(in crate::ffi) fn shared<'a, K: Kind>(_: Call<'a>, handle: *const K, input: &str) -> Outcome<&'a K::Value>
where
    K::Value: Sync,
{
    let header = usable(handle, input)?;
    // SAFETY: create() put a value of this kind there, and the host promises that it stays.
    Ok(unsafe { &*header.value.load(Ordering::Relaxed).cast::<K::Value>() })
}

/// What a handle owns, for a call that may change it; a second one at the same time is refused.
///
/// The host's promise ([`Call`]): nobody frees the handle before the end of the call, and no call uses [`shared`] on
/// this kind.
#[inline]
pub(in crate::ffi) fn exclusive<'a, K: Kind>(
    _: Call<'a>,
    handle: *mut K,
    input: &str,
) -> Outcome<Exclusive<'a, K::Value>> {
    let header = unused(handle, input)?;
    // SAFETY: create() put a value of this kind there, the host promises that it stays, and `busy` that this is the
    // only reference.
    let value = unsafe { &mut *header.value.load(Ordering::Relaxed).cast::<K::Value>() };
    Ok(Exclusive { header, value })
}

/// What a handle owns where a part of it is every thread's at any time, also while a call has the rest to itself.
pub(in crate::ffi) struct Split<V, S> {
    rest: UnsafeCell<V>,
    open: S,
}

// SAFETY: the rest is reached by way of exclusive_part() alone, by one call at a time.
unsafe impl<V: Send, S: Sync> Sync for Split<V, S> {}

impl<V, S> Split<V, S> {
    pub(in crate::ffi) fn new(rest: V, open: S) -> Self {
        let rest = UnsafeCell::new(rest);
        Self { rest, open }
    }

    /// The part that is every thread's.
    pub(in crate::ffi) fn open(&self) -> &S {
        &self.open
    }
}

/// As [`exclusive`], where a part of the value is every thread's: the rest, and that part.
///
/// The host's promise ([`Call`]): nobody frees the handle before the end of the call, and no call uses [`exclusive`] on
/// this kind.
#[inline]
pub(in crate::ffi) fn exclusive_part<'a, K, V, S>(
    _: Call<'a>,
    handle: *mut K,
    input: &str,
) -> Outcome<(Exclusive<'a, V>, &'a S)>
where
    K: Kind<Value = Split<V, S>>,
{
    let header = unused(handle, input)?;
    // SAFETY: create() put a value of this kind there, and the host promises that it stays.
    let split = unsafe { &*header.value.load(Ordering::Relaxed).cast::<Split<V, S>>() };
    // SAFETY: `busy` promises that this is the only reference.
    let value = unsafe { &mut *split.rest.get() };
    Ok((Exclusive { header, value }, &split.open))
}

/// The only reference to what a handle owns, until it is dropped.
pub(in crate::ffi) struct Exclusive<'a, V> {
    header: &'static Header,
    value: &'a mut V,
}

impl<V> Deref for Exclusive<'_, V> {
    type Target = V;

    fn deref(&self) -> &V {
        self.value
    }
}

impl<V> DerefMut for Exclusive<'_, V> {
    fn deref_mut(&mut self) -> &mut V {
        self.value
    }
}

impl<V> Drop for Exclusive<'_, V> {
    fn drop(&mut self) {
        self.header.busy.store(false, Ordering::Release);
    }
}

/// Copies the error message of the last failed call on a handle, poisoned or not: [`text::copy_cut`].
///
/// The host's promise ([`Call`]): as `text::copy_cut`.
pub(in crate::ffi) fn copy_message<K: Kind>(
    call: Call<'_>,
    handle: *const K,
    input: &str,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> Outcome<i32> {
    let header = live(handle, input)?;
    let message = locked(&header.message);
    Ok(text::copy_cut(call, &message, buffer, capacity, needed))
}

/// The header of a handle that no other call has to itself, which from now on this one does.
#[inline]
fn unused<K: Kind>(handle: *const K, input: &str) -> Outcome<&'static Header> {
    let header = usable(handle, input)?;
    if header.busy.swap(true, Ordering::Acquire) {
        let found = "in use by another call";
        return Err(Failure::new(PPO_ERR_BUSY, input, found, "one call at a time"));
    }
    Ok(header)
}

#[inline]
fn usable<K: Kind>(handle: *const K, input: &str) -> Outcome<&'static Header> {
    let header = live(handle, input)?;
    match header.poisoned.load(Ordering::Acquire) {
        false => Ok(header),
        true => Err(poisoned(header, input)),
    }
}

#[inline]
fn live<K: Kind>(handle: *const K, input: &str) -> Outcome<&'static Header> {
    header(handle).ok_or_else(|| no_handle(handle.is_null(), input, K::NAME))
}

#[cold]
fn poisoned(header: &Header, input: &str) -> Failure {
    let message = locked(&header.message);
    let found = format_args!("poisoned: {message}");
    let expected = "a handle in which no defect was met";
    Failure::new(PPO_ERR_POISONED, input, found, expected)
}

#[cold]
fn no_handle(null: bool, input: &str, kind: &str) -> Failure {
    let (status, found) = match null {
        true => (PPO_ERR_NULL_POINTER, "NULL"),
        false => (PPO_ERR_WRONG_HANDLE, "freed, or of another kind"),
    };
    Failure::new(status, input, found, format_args!("a live {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter;

    impl Kind for Counter {
        type Value = u64;
        const MAGIC: [u8; 8] = *b"counters";
        const NAME: &'static str = "counter";
    }

    fn status<T>(outcome: Outcome<T>) -> i32 {
        outcome.map_or_else(|failure| failure.status, |_| 0)
    }

    #[test]
    fn two_calls_that_may_change_a_handle_exclude_each_other() {
        let handle = create::<Counter>(5);
        let exclusive = || exclusive(Call::promised(), handle, "counter");
        let mut first = exclusive().unwrap();
        *first += 1;
        assert_eq!(status(exclusive()), PPO_ERR_BUSY);
        drop(first);
        assert_eq!(*exclusive().unwrap(), 6);
        free(handle).unwrap();
    }

    struct Divided;

    impl Kind for Divided {
        type Value = Split<u64, AtomicU64>;
        const MAGIC: [u8; 8] = *b"divided!";
        const NAME: &'static str = "divided";
    }

    #[test]
    fn the_open_part_is_reached_while_a_call_has_the_rest() {
        let handle = create::<Divided>(Split::new(5, AtomicU64::new(0)));
        let call = Call::promised();
        let (mut rest, open) = exclusive_part(call, handle, "divided").unwrap();
        *rest += 1;
        let beside = shared(call, handle, "divided").unwrap();
        beside.open().store(8, Ordering::Relaxed);
        let again = exclusive_part(call, handle, "divided");
        assert_eq!(status(again), PPO_ERR_BUSY);
        assert_eq!((*rest, open.load(Ordering::Relaxed)), (6, 8));
        drop(rest);
        free(handle).unwrap();
    }

    #[test]
    fn of_many_threads_that_free_a_handle_one_does() {
        for _ in 0..200 {
            let handle = create::<Counter>(5).expose_provenance();
            let frees = std::thread::scope(|scope| {
                let free = || free(ptr::with_exposed_provenance_mut::<Counter>(handle)).is_ok();
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(free)).collect();
                let freed = threads.into_iter().map(|thread| thread.join().unwrap());
                freed.filter(|freed| *freed).count()
            });
            assert_eq!(frees, 1);
        }
    }
}
