//! Configurations as JSON text of the host.

use crate::ffi::border::failure::{Failure, Outcome};
use serde::de::DeserializeOwned;

/// One JSON value of the host's text; an error names the key, under `name`.
pub(in crate::ffi) fn parse<T: DeserializeOwned>(text: &str, name: &str, expected: &str) -> Outcome<T> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let key = match error.path().to_string().as_str() {
            "." => name.to_string(),
            path => format!("{name}: {path}"),
        };
        Failure::invalid(&key, error.inner(), expected)
    })?;
    deserializer
        .end()
        .map_err(|error| Failure::invalid(name, error, "one JSON value"))?;
    Ok(value)
}
