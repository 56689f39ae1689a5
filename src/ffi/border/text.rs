//! Text and bytes across the border: in as C strings, out as copies into the caller's buffer.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::{PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_NULL_POINTER, PPO_OK, ppo_status};
use std::ffi::{CStr, c_char};
use std::path::Path;
use std::ptr;

/// A text of the host.
///
/// The host's promise ([`Call`]): a pointer that is not NULL points to a text with its zero byte that nobody changes
/// for `'a`.
pub(in crate::ffi) fn input<'a>(call: Call<'a>, pointer: *const c_char, name: &str) -> Outcome<&'a str> {
    let text = bytes(call, pointer, name)?;
    text.to_str()
        .map_err(|error| Failure::invalid(name, format_args!("not UTF-8 ({error})"), "a text in UTF-8"))
}

/// A path of the host; on Unix its bytes as they are.
///
/// The host's promise ([`Call`]): as [`input`].
pub(in crate::ffi) fn path<'a>(call: Call<'a>, pointer: *const c_char, name: &str) -> Outcome<&'a Path> {
    #[cfg(unix)]
    let path = {
        use std::os::unix::ffi::OsStrExt;
        Path::new(std::ffi::OsStr::from_bytes(
            bytes(call, pointer, name)?.to_bytes(),
        ))
    };
    #[cfg(not(unix))]
    let path = Path::new(input(call, pointer, name)?);
    if path.as_os_str().is_empty() {
        return Err(Failure::invalid(name, "empty", "a path"));
    }
    Ok(path)
}

fn bytes<'a>(_: Call<'a>, pointer: *const c_char, name: &str) -> Outcome<&'a CStr> {
    if pointer.is_null() {
        return Err(Failure::new(PPO_ERR_NULL_POINTER, name, "NULL", "a text"));
    }
    // SAFETY: not NULL, and the host's promise.
    Ok(unsafe { CStr::from_ptr(pointer) })
}

/// Copies `text` and a zero byte into the caller's buffer, as much as fits: a message is better cut than not seen.
/// It is cut between characters. `needed` (NULL is fine) gets the bytes of the whole.
///
/// The host's promise ([`Call`]): a buffer that is not NULL has room for `capacity` bytes, and `needed` for its value.
pub(in crate::ffi) fn copy_cut(
    _: Call<'_>,
    text: &str,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    if buffer.is_null() && capacity > 0 {
        return PPO_ERR_NULL_POINTER;
    }
    if !needed.is_null() {
        // SAFETY: the host's promise.
        unsafe { needed.write_unaligned(text.len() + 1) };
    }
    let Some(room) = capacity.checked_sub(1) else {
        return PPO_OK; // only the size was asked for
    };
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = &text[..end];
    // SAFETY: at most `capacity` bytes with the zero byte, and the host's promise.
    unsafe {
        ptr::copy_nonoverlapping(kept.as_ptr(), buffer.cast(), kept.len());
        buffer.add(kept.len()).write(0);
    }
    if kept.len() == text.len() {
        PPO_OK
    } else {
        PPO_ERR_BUFFER_TOO_SMALL
    }
}

/// Copies `text` and a zero byte into the caller's buffer: as [`copy_bytes`].
///
/// The host's promise ([`Call`]): as [`copy_bytes`].
pub(in crate::ffi) fn copy(
    call: Call<'_>,
    text: &str,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> Outcome<ppo_status> {
    let bytes = [text.as_bytes(), &[0]].concat();
    copy_bytes(call, &bytes, buffer.cast(), capacity, needed)
}

/// Copies `bytes` into the caller's buffer, all or none. `needed` (NULL is fine with a buffer) gets their number,
/// even where they do not fit; a buffer of NULL and capacity 0 asks for it alone.
///
/// The host's promise ([`Call`]): a buffer that is not NULL has room for `capacity` bytes, and `needed` for its value.
pub(in crate::ffi) fn copy_bytes(
    _: Call<'_>,
    bytes: &[u8],
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
) -> Outcome<ppo_status> {
    let size_asked = buffer.is_null() && capacity == 0 && !needed.is_null();
    if buffer.is_null() && !size_asked {
        let expected = "a buffer, or NULL with capacity 0 and a place for the size";
        return Err(Failure::new(PPO_ERR_NULL_POINTER, "buffer", "NULL", expected));
    }
    if !needed.is_null() {
        // SAFETY: the host's promise.
        unsafe { needed.write_unaligned(bytes.len()) };
    }
    if size_asked {
        return Ok(PPO_OK);
    }
    if capacity < bytes.len() {
        let found = format_args!("{capacity} bytes");
        return Err(Failure::new(
            PPO_ERR_BUFFER_TOO_SMALL,
            "capacity",
            found,
            bytes.len(),
        ));
    }
    // SAFETY: they fit, and the host's promise.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len()) };
    Ok(PPO_OK)
}
