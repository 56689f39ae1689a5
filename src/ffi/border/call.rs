//! What a host promises by a call.

use std::marker::PhantomData;

/// The host's promise: the pointers that it gave to this call, and those in the structs that they point to, are what the
/// header says, for as long as the call lasts.
///
/// One exists in the body of an export alone, which is `unsafe` to call, and so is where a host makes the promise. What
/// turns pointers into references takes it: it is to be given pointers of that call, and nothing else. So the border is
/// where `unsafe` is written, and an export says only which pointer is what.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct Call<'a>(PhantomData<&'a ()>);

impl Call<'_> {
    /// For the body of an export, and for tests, whose pointers stay.
    pub(in crate::ffi::border) const fn promised() -> Self {
        Self(PhantomData)
    }
}
