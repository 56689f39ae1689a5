//! Functions of the host that the library calls.

use std::ffi::c_void;

/// The pointer that a host gives with its functions, for them alone.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct User(*mut c_void);

// SAFETY: the library only hands it back to the host's functions, which the host promises may be called with it on
// whichever thread works.
unsafe impl Send for User {}
// SAFETY: as above, on several threads at the same time where the header says so.
unsafe impl Sync for User {}

impl User {
    pub(in crate::ffi) fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    pub(in crate::ffi) fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// Calls a function that the host gave.
macro_rules! call_host {
    ($function:expr, $($argument:expr),+ $(,)?) => {
        // SAFETY: the host promises that its function may be called as the header says; what the arguments point to lives
        // until it returns.
        unsafe { ($function)($($argument),+) }
    };
}
pub(in crate::ffi) use call_host;
