//! What the interface's pointers point to.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::PPO_ERR_NULL_POINTER;
use std::slice;

/// What `pointer` points to; errors call it `input`.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to a value that nobody changes for `'a`.
pub(super) fn at<'a, T>(call: Call<'a>, pointer: *const T, input: &str) -> Outcome<&'a T> {
    Ok(&list(call, pointer, 1, input)?[0])
}

/// The `len` values at `pointer`, which may be NULL where there are none; errors call them `input`.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to `len` values that nobody changes for `'a`.
pub(super) fn list<'a, T>(_: Call<'a>, pointer: *const T, len: i64, input: &str) -> Outcome<&'a [T]> {
    let largest = isize::MAX as usize / size_of::<T>();
    let len = usize::try_from(len)
        .ok()
        .filter(|len| *len <= largest)
        .ok_or_else(|| {
            Failure::invalid(
                input,
                format!("{len} values"),
                "at least 0, and what fits into memory",
            )
        })?;
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        let expected = format!("a pointer to {len} values");
        return Err(Failure::new(PPO_ERR_NULL_POINTER, input, "NULL", expected));
    }
    if !pointer.is_aligned() {
        return Err(Failure::invalid(
            input,
            "a misaligned pointer",
            "one aligned to its type",
        ));
    }
    // SAFETY: not NULL, aligned and of a possible length, and the host's promise.
    Ok(unsafe { slice::from_raw_parts(pointer, len) })
}
