//! Configurations as JSON text of the host.

use crate::ffi::border::failure::Outcome;
use crate::json;
use serde::de::DeserializeOwned;

/// One JSON value of the host's text; an error names the key, under `name`.
pub(in crate::ffi) fn parse<T: DeserializeOwned>(text: &str, name: &str, expected: &str) -> Outcome<T> {
    Ok(json::read(text, name, ": ", expected)?)
}
