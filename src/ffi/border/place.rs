//! A place that threads put a value into, and take it out of, without waiting.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A place for one value, or none.
#[derive(Debug)]
pub(in crate::ffi) struct Place<T>(AtomicPtr<T>);

// SAFETY: it hands values over from thread to thread, as an `Arc` of them does.
unsafe impl<T: Send + Sync> Send for Place<T> {}
// SAFETY: as above; it gives no reference to what is in it.
unsafe impl<T: Send + Sync> Sync for Place<T> {}

impl<T> Default for Place<T> {
    fn default() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }
}

impl<T> Place<T> {
    /// Whether nothing was there a moment ago.
    #[inline]
    pub(in crate::ffi) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed).is_null()
    }

    /// Puts a value, or none, in the place of what is there.
    pub(in crate::ffi) fn swap(&self, value: Option<Arc<T>>) -> Option<Arc<T>> {
        let new = value.map_or(ptr::null(), Arc::into_raw).cast_mut();
        let old = self.0.swap(new, Ordering::AcqRel);
        // SAFETY: what is not null came from `Arc::into_raw`, and the swap took it out of everybody else's reach.
        (!old.is_null()).then(|| unsafe { Arc::from_raw(old) })
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        drop(self.swap(None));
    }
}
