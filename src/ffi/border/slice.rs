//! The host's arrays as slices, with what is wrong with one said by name.

use crate::error::Count;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::PPO_ERR_NULL_POINTER;
use std::slice;

/// The `len` values at `pointer`, which have to be `expected` many.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to `len` values that nobody changes for `'a`.
#[inline]
pub(in crate::ffi) fn input<'a, T>(
    _: Call<'a>,
    pointer: *const T,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<&'a [T]> {
    check(pointer, len, expected, name)?;
    // SAFETY: not NULL, aligned and of a possible length, and the host's promise.
    Ok(unsafe { slice::from_raw_parts(pointer, len) })
}

/// As [`input`]; none for NULL and a length of 0.
///
/// The host's promise ([`Call`]): as [`input`].
#[inline]
pub(in crate::ffi) fn optional_input<'a, T>(
    call: Call<'a>,
    pointer: *const T,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<Option<&'a [T]>> {
    if pointer.is_null() && len == 0 {
        return Ok(None);
    }
    input(call, pointer, len, expected, name).map(Some)
}

/// The place for `len` values at `pointer`, which have to be `expected` many, in memory that none of the `others` uses.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to room for `len` values that nobody else uses for
/// `'a`, and `others` are all the arrays of the call that a reference was made of.
#[inline]
pub(in crate::ffi) fn output<'a, T>(
    _: Call<'a>,
    pointer: *mut T,
    len: usize,
    expected: usize,
    name: &'static str,
    others: &[Span],
) -> Outcome<&'a mut [T]> {
    check(pointer, len, expected, name)?;
    let place = Span::new(pointer, len, name);
    for other in others {
        if place.start < other.end && other.start < place.end {
            return Err(shared(name, other.name));
        }
    }
    // SAFETY: not NULL, aligned and of a possible length, apart from the others, and the host's promise.
    Ok(unsafe { slice::from_raw_parts_mut(pointer, len) })
}

/// As [`input`]; NULL is fine where nothing is expected.
///
/// The host's promise ([`Call`]): as [`input`].
pub(in crate::ffi) fn possibly_none<'a, T>(
    call: Call<'a>,
    pointer: *const T,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<&'a [T]> {
    if pointer.is_null() && len == 0 && expected == 0 {
        return Ok(&[]);
    }
    input(call, pointer, len, expected, name)
}

/// As [`output`]; none for NULL and a length of 0.
///
/// The host's promise ([`Call`]): as [`output`].
#[inline]
pub(in crate::ffi) fn optional_output<'a, T>(
    call: Call<'a>,
    pointer: *mut T,
    len: usize,
    expected: usize,
    name: &'static str,
    others: &[Span],
) -> Outcome<Option<&'a mut [T]>> {
    if pointer.is_null() && len == 0 {
        return Ok(None);
    }
    output(call, pointer, len, expected, name, others).map(Some)
}

/// Where an array lies, with its name.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct Span {
    name: &'static str,
    start: usize,
    end: usize,
}

impl Span {
    #[inline]
    pub(in crate::ffi) fn new<T>(pointer: *const T, len: usize, name: &'static str) -> Self {
        let start = pointer.addr();
        let end = start.saturating_add(len.saturating_mul(size_of::<T>()));
        Self { name, start, end }
    }
}

/// An output of one value.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct Output<T>(*mut T);

impl<T> Output<T> {
    /// Not NULL.
    ///
    /// The host's promise ([`Call`]): the pointer points to room for a value that nobody else uses.
    #[inline]
    pub(in crate::ffi) fn new(_: Call<'_>, pointer: *mut T, name: &str) -> Outcome<Self> {
        check(pointer, 1, 1, name)?;
        Ok(Self(pointer))
    }

    /// None for NULL.
    #[inline]
    pub(in crate::ffi) fn optional(call: Call<'_>, pointer: *mut T, name: &str) -> Outcome<Option<Self>> {
        match pointer.is_null() {
            true => Ok(None),
            false => Self::new(call, pointer, name).map(Some),
        }
    }

    /// Writes the value.
    pub(in crate::ffi) fn write(self, value: T) {
        // SAFETY: not NULL, aligned, and what new() was promised.
        unsafe { self.0.write(value) }
    }
}

#[inline]
fn check<T>(pointer: *const T, len: usize, expected: usize, name: &str) -> Outcome<()> {
    let possible = len <= isize::MAX as usize / size_of::<T>().max(1);
    if !pointer.is_null() && pointer.is_aligned() && len == expected && possible {
        return Ok(());
    }
    Err(refusal(
        pointer.is_null(),
        pointer.is_aligned(),
        len,
        expected,
        name,
    ))
}

/// What [`check`] has against an array.
#[cold]
fn refusal(null: bool, aligned: bool, len: usize, expected: usize, name: &str) -> Failure {
    if null {
        let expected = format_args!("a pointer to {expected} values");
        return Failure::new(PPO_ERR_NULL_POINTER, name, "NULL", expected);
    }
    if !aligned {
        return Failure::invalid(name, "a misaligned pointer", "one aligned to its type");
    }
    Failure::invalid(name, Count(len, "values"), expected)
}

/// Two arrays that share memory.
#[cold]
fn shared(name: &str, other: &str) -> Failure {
    Failure::invalid(
        name,
        format_args!("memory that `{other}` uses"),
        "memory of its own",
    )
}
