//! Truth values of the host: 0 or 1, and nothing else.

use crate::ffi::border::failure::{Failure, Outcome};

/// Whether a flag is set.
pub(in crate::ffi) fn flag(input: &str, value: u32) -> Outcome<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Failure::invalid(input, value, "0 or 1")),
    }
}
