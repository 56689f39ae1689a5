//! Structs that grow: the first field says how large the caller's is, and every size that a version ever had is taken.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::{PPO_ERR_NULL_POINTER, PPO_ERR_VERSION};
use std::ptr;

/// Largest size that a later version may have: a struct that was never filled holds any number.
const LARGEST_SIZE: usize = 4096;

/// A `repr(C)` struct of the header that starts with `struct_size: u32` and `reserved: u32`, made of numbers and
/// pointers alone and without padding.
///
/// # Safety
/// Any bytes are a value of the type (so all that the host put there is read as it stands), and the newest size is the
/// type's own.
pub(in crate::ffi) unsafe trait Versioned: Copy {
    /// Sizes that the struct has had, the newest last. Never remove one.
    const SIZES: &'static [usize];

    /// A value whose every field is the default, `struct_size` included.
    fn defaults() -> Self;
}

/// Fills the host's struct, of `size` bytes as the host was compiled, with the defaults.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to `size` bytes.
pub(in crate::ffi) fn init<S: Versioned>(_: Call<'_>, place: *mut S, size: usize, name: &str) -> Outcome<()> {
    check_pointer(place, name)?;
    check_size::<S>(size, name)?;
    // SAFETY: the host's promise.
    unsafe { put(place, size, &S::defaults()) };
    Ok(())
}

/// The host's struct over the defaults; NULL for the defaults.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to as many bytes as its first field says.
pub(in crate::ffi) fn read<S: Versioned>(_: Call<'_>, place: *const S, name: &str) -> Outcome<S> {
    let mut taken = S::defaults();
    if place.is_null() {
        return Ok(taken);
    }
    // SAFETY: the host's promise.
    let size = unsafe { size_of_hosts(place, name) }?;
    let known = size.min(size_of::<S>());
    // SAFETY: the caller's struct has `size` bytes; any bytes are a value.
    unsafe { ptr::copy_nonoverlapping(place.cast::<u8>(), (&raw mut taken).cast(), known) };
    for i in known..size {
        // SAFETY: as above.
        if unsafe { place.cast::<u8>().add(i).read() } != 0 {
            let found = format_args!("of {size} bytes with content after byte {known}");
            let expected = "what this library knows: it is older than the caller's header";
            return Err(Failure::new(PPO_ERR_VERSION, name, found, expected));
        }
    }
    // SAFETY: every version has this second field.
    let reserved = unsafe { place.cast::<u32>().add(1).read() };
    if reserved != 0 {
        return Err(Failure::invalid(format_args!("{name}.reserved"), reserved, "0"));
    }
    Ok(taken)
}

/// As [`read`], where NULL is refused.
///
/// The host's promise ([`Call`]): as [`read`].
pub(in crate::ffi) fn read_required<S: Versioned>(call: Call<'_>, place: *const S, name: &str) -> Outcome<S> {
    check_pointer(place, name)?;
    read(call, place, name)
}

/// A struct of the host that a call writes to; its `struct_size` says how much of it there is.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct OutputStruct<S> {
    place: *mut S,
    size: usize,
}

impl<S: Versioned> OutputStruct<S> {
    /// Not NULL, and of a size that a version has had.
    ///
    /// The host's promise ([`Call`]): a pointer that is not NULL points to as many bytes as its first field says, which
    /// nobody else uses.
    pub(in crate::ffi) fn new(_: Call<'_>, place: *mut S, name: &str) -> Outcome<Self> {
        check_pointer(place, name)?;
        // SAFETY: the host's promise.
        let size = unsafe { size_of_hosts(place, name) }?;
        Ok(Self { place, size })
    }

    /// As [`new`](Self::new); none for NULL.
    ///
    /// The host's promise ([`Call`]): as [`new`](Self::new).
    pub(in crate::ffi) fn optional(call: Call<'_>, place: *mut S, name: &str) -> Outcome<Option<Self>> {
        if place.is_null() {
            return Ok(None);
        }
        Self::new(call, place, name).map(Some)
    }

    /// Writes what the host's struct has room for; what this library does not know becomes 0. `struct_size` stays.
    pub(in crate::ffi) fn write(self, value: &S) {
        // SAFETY: the host's promise.
        unsafe { put(self.place, self.size, value) };
    }
}

/// # Safety
/// `place` points to `size` bytes, at least 8.
unsafe fn put<S>(place: *mut S, size: usize, value: &S) {
    let known = size.min(size_of::<S>());
    let bytes = place.cast::<u8>();
    // SAFETY: the host's promise; a value has at least `known` bytes.
    unsafe {
        ptr::copy_nonoverlapping(ptr::from_ref(value).cast(), bytes, known);
        bytes.add(known).write_bytes(0, size - known);
        place.cast::<u32>().write(size as u32);
    }
}

fn check_pointer<S>(place: *const S, name: &str) -> Outcome<()> {
    if place.is_null() {
        return Err(Failure::new(PPO_ERR_NULL_POINTER, name, "NULL", "a struct"));
    }
    if !place.is_aligned() {
        let expected = "one aligned to its type";
        return Err(Failure::invalid(name, "a misaligned pointer", expected));
    }
    Ok(())
}

/// # Safety
/// `place`, not NULL, points to as many bytes as its first field says.
unsafe fn size_of_hosts<S: Versioned>(place: *const S, name: &str) -> Outcome<usize> {
    if !place.is_aligned() {
        let expected = "one aligned to its type";
        return Err(Failure::invalid(name, "a misaligned pointer", expected));
    }
    // SAFETY: every version starts with this field.
    let size = unsafe { place.cast::<u32>().read() } as usize;
    check_size::<S>(size, name)?;
    Ok(size)
}

/// One of the sizes that the struct has had, or a later one.
fn check_size<S: Versioned>(size: usize, name: &str) -> Outcome<()> {
    if S::SIZES.contains(&size) || (size > size_of::<S>() && size <= LARGEST_SIZE) {
        return Ok(());
    }
    let input = format_args!("{name}.struct_size");
    let expected = format_args!("{:?}, or a later version's", S::SIZES);
    Err(Failure::new(PPO_ERR_VERSION, input, size, expected))
}

/// States the sizes of a [`Versioned`] struct and refuses to compile where the newest is not the struct's own.
macro_rules! versioned {
    ($type:ty, [$($size:expr),+], $defaults:expr) => {
        const _: () = assert!(
            [$($size),+][[$($size),+].len() - 1] == size_of::<$type>(),
            "a new size is added, never changed"
        );
        // SAFETY: the struct is numbers and pointers without padding, by the rules of the header; the newest size is
        // asserted above.
        unsafe impl $crate::ffi::border::versioned::Versioned for $type {
            const SIZES: &'static [usize] = &[$($size),+];

            fn defaults() -> Self {
                $defaults
            }
        }
    };
}
pub(in crate::ffi) use versioned;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::status::{PPO_ERR_INVALID_ARGUMENT, PPO_OK};

    const CALL: Call<'static> = Call::promised();

    #[repr(C)]
    #[derive(Debug, Clone, Copy, PartialEq)]
    struct grown {
        struct_size: u32,
        reserved: u32,
        first: f64,
        second: f64,
    }

    versioned!(
        grown,
        [16, 24],
        grown {
            struct_size: 24,
            reserved: 0,
            first: 1.0,
            second: 2.0
        }
    );

    /// Longer than any version, as a later header would have it.
    #[repr(C, align(8))]
    struct Room([u8; 40]);

    fn status<T>(outcome: Outcome<T>) -> i32 {
        outcome.map_or_else(|failure| failure.status, |_| PPO_OK)
    }

    #[test]
    fn every_size_that_a_version_had_is_taken_and_a_later_one_without_content() {
        let mut room = Room([7; 40]);
        let place = room.0.as_mut_ptr().cast::<grown>();
        for (size, second) in [(16, 2.0), (24, 9.0), (40, 9.0)] {
            // SAFETY: the room has 40 bytes.
            unsafe {
                init(CALL, place, size, "grown").unwrap();
                (*place.cast::<[f64; 3]>())[1] = 8.0;
                if size > 16 {
                    (*place.cast::<[f64; 3]>())[2] = 9.0;
                }
                let taken = read(CALL, place, "grown").unwrap();
                assert_eq!((taken.first, taken.second), (8.0, second));
                assert_eq!(place.cast::<u32>().read() as usize, size);
            }
        }
        room.0[39] = 1;
        let taken = read(CALL, room.0.as_ptr().cast::<grown>(), "grown");
        assert_eq!(status(taken), PPO_ERR_VERSION);
    }

    #[test]
    fn an_output_is_written_as_far_as_the_host_has_room() {
        let value = grown {
            first: 3.0,
            second: 4.0,
            ..grown::defaults()
        };
        let mut room = Room([7; 40]);
        room.0[..4].copy_from_slice(&16_u32.to_le_bytes());
        let place = room.0.as_mut_ptr().cast::<grown>();
        OutputStruct::new(CALL, place, "grown").unwrap().write(&value);
        assert_eq!(room.0[8..16], 3.0_f64.to_le_bytes());
        assert_eq!(room.0[16..], [7; 24]);
        assert_eq!(room.0[..4], 16_u32.to_le_bytes());
    }

    #[test]
    fn sizes_of_no_version_and_a_reserved_field_that_is_used_are_refused() {
        let mut value = grown::defaults();
        for size in [0, 8, 17, 23, 4097] {
            value.struct_size = size;
            let taken = read(CALL, &raw const value, "grown");
            assert_eq!(status(taken), PPO_ERR_VERSION);
        }
        value.struct_size = 24;
        value.reserved = 1;
        let taken = read(CALL, &raw const value, "grown");
        assert_eq!(status(taken), PPO_ERR_INVALID_ARGUMENT);
    }
}
