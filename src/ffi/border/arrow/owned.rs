//! Structs that were handed over, and are released once whatever happens.

use crate::ffi::border::arrow::structs::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::ffi::border::host_function::call_host;
use std::ptr;

/// A struct of the interface: whoever has it releases it, with the function in it.
pub(super) trait Releasable: Sized {
    /// One that holds nothing, for the host to write to; its `release` is NULL.
    const NOTHING: Self;

    /// The function that releases it; NULL once that was done.
    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)>;
}

impl Releasable for ArrowSchema {
    const NOTHING: Self = Self {
        format: ptr::null(),
        name: ptr::null(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    };

    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)> {
        &mut self.release
    }
}

impl Releasable for ArrowArray {
    const NOTHING: Self = Self {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    };

    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)> {
        &mut self.release
    }
}

impl Releasable for ArrowArrayStream {
    const NOTHING: Self = Self {
        get_schema: None,
        get_next: None,
        get_last_error: None,
        release: None,
        private_data: ptr::null_mut(),
    };

    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)> {
        &mut self.release
    }
}

/// A struct that is this library's to release.
#[derive(Debug)]
pub(super) struct Owned<T: Releasable>(pub(super) T);

impl<T: Releasable> Drop for Owned<T> {
    fn drop(&mut self) {
        if let Some(release) = *self.0.release() {
            call_host!(release, &raw mut self.0);
        }
    }
}
