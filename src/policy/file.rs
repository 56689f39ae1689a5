//! The file a policy is kept in: safetensors, readable by Python's `safetensors`, checked against any altered byte.
//!
//! # Format
//! A safetensors file: the header's length (8 bytes, little-endian), the header (JSON, padded with spaces to a
//! multiple of 8), the tensors one after another (little-endian, row-major).
//!
//! Tensors: `normalizer.count`, `normalizer.mean`, `normalizer.variance` (F64, [groups]), every tensor of
//! [`layout`](crate::policy::layout::layout) (F32), and in a checkpoint any number of others (F64, F32 or U8). Those of an ensemble have one dimension more,
//! the first, of its members.
//!
//! `__metadata__`: `format` = "ppo_risk"; `version` = "2", the
//! [`FORMAT`](crate::json::document::FORMAT) (files of every earlier one are read, and mean what they meant then); `spec` = the [`PolicySpec`](crate::policy::spec::PolicySpec) as JSON; `departure` = a
//! [`Departure`](crate::policy::Departure) as JSON, left out by a policy that departs from its prior all the way; of an ensemble
//! `members` = how many, 2 to 64, and where there is one `consensus` = a [`Consensus`](crate::policy::ensemble::Consensus) as JSON; `provenance` = a JSON
//! object; `sha256`; and in a checkpoint any other keys.
//!
//! `sha256` is 64 lower-case hex digits: the SHA-256 of the whole file with these 64 digits replaced by 64 zeros
//! (the character `0`). They follow the one place in the header with the bytes `"sha256":"`.

mod format;
mod reader;
mod writer;

pub(crate) use format::checksum;
pub use format::{Extras, FORMAT, LARGEST_FILE, LARGEST_HEADER, Tensor, Values};
pub(crate) use writer::spec_json;
pub use writer::to_bytes;

use crate::error::Result;
use crate::file::write_atomically;
use crate::policy::trained::Policy;
use std::path::Path;

/// Writes a policy, or with `extras` a checkpoint, to `path`: the file is there whole or, on any error, not at all
/// (see [`write_atomically`]). The same policy gives the same bytes.
///
/// Fails where an extra's name or key is the policy's own, a tensor's shape is not its number of values, the file
/// would be over 1 GiB or its header over 16 MiB, or the file cannot be written.
pub fn save(path: impl AsRef<Path>, policy: &Policy, extras: &Extras) -> Result<()> {
    let bytes = to_bytes(policy, extras)?;
    write_atomically(path, |writer| writer.write_all(&bytes))
}

/// Reads a policy, with what else a checkpoint holds.
///
/// The file may come from anywhere. Every size is checked before memory is taken, and [`Error::PolicyFile`](crate::Error::PolicyFile) names
/// the file, the part, what was found and what was expected.
pub fn load(path: impl AsRef<Path>) -> Result<(Policy, Extras)> {
    let path = path.as_ref();
    let bytes = reader::read_capped(path, LARGEST_FILE)?;
    from_bytes(&path.display().to_string(), &bytes)
}

/// Reads what [`to_bytes`] writes; `file` is what errors call it. Fails as [`load`] does.
pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<(Policy, Extras)> {
    reader::read(file, bytes)
}
