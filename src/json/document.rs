//! Saved states as JSON objects that say which format they are of, so that they outlive the version that wrote them.
//!
//! Everything that is saved has one format number, [`FORMAT`], which goes up with the first release in which anything
//! saved has another key or another meaning. A [`Document`] says what documents of earlier formats meant.

use super::{self as json, Refusal};
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The format that this library writes. It reads this one and every earlier one; documents of format 1 do not say so.
pub const FORMAT: u32 = 5;

/// The format of documents that do not say which they are of.
pub(crate) const FIRST: u32 = 1;

/// The key that says which format a document is of.
pub(crate) const KEY: &str = "format";

/// A state that is saved as a JSON object, and read by every later version of the library.
///
/// A key that a document lacks means what it meant in the document's format: [`upgrade`](Self::upgrade) puts that in.
pub trait Document: Serialize + DeserializeOwned {
    /// What it is called in errors, such as "a portfolio's state".
    const KIND: &'static str;

    /// Brings an object of an earlier `format` to today's: keys that it lacks get the value that they had then, keys
    /// that were renamed or removed are. What is not an object is left for the reader to refuse.
    fn upgrade(object: &mut Value, format: u32) {
        let _ = (object, format);
    }
}

/// A document with its format.
#[derive(Serialize)]
struct Written<'a, T> {
    format: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// The document as JSON: an object, with the format among its keys.
pub fn to_json<T: Document>(content: &T) -> String {
    let written = Written {
        format: FORMAT,
        content,
    };
    serde_json::to_string(&written).expect("a document has string keys")
}

/// Reads what [`to_json`] of this version or of an earlier one wrote; errors call it `input`. The text may come from
/// anywhere.
///
/// # Errors
/// [`Error::Invalid`] for what is not JSON, a key given twice, a format that this version does not know, a key that the
/// document's format does not have, and a value of the wrong kind: the key is named.
pub fn from_json<T: Document>(text: &str, input: &str) -> Result<T> {
    let not_json = |error| Error::invalid(input, format!("not JSON ({error})"), T::KIND);
    let mut object = json::parse(text).map_err(not_json)?;
    let worded = |refusal: Refusal| refusal.named(input, ": ");
    let format = take_format(&mut object, FIRST).map_err(worded)?;
    read(object, format, worded)
}

/// What an object of this `format` says; `worded` makes an error of a refusal.
pub(crate) fn read<T: Document>(
    mut object: Value,
    format: u32,
    worded: impl Fn(Refusal) -> Error,
) -> Result<T> {
    check_format(format).map_err(&worded)?;
    T::upgrade(&mut object, format);
    json::from_value(&object, T::KIND, |refusal| {
        worded(match refusal.unknown {
            true => Refusal {
                expected: format!("{} (or it was written by a newer version)", refusal.expected),
                ..refusal
            },
            false => refusal,
        })
    })
}

/// Takes the format out of an object, `absent` where it does not say, and checks that this version knows it.
pub(crate) fn take_format(object: &mut Value, absent: u32) -> std::result::Result<u32, Refusal> {
    let Some(found) = object.as_object_mut().and_then(|object| object.remove(KEY)) else {
        return Ok(absent);
    };
    let format = found.as_u64().and_then(|format| u32::try_from(format).ok());
    let format = format.ok_or_else(|| Refusal::of(KEY, found.to_string(), "a format number, 1 or above"))?;
    check_format(format)?;
    Ok(format)
}

/// Refuses a format that this version does not know.
pub(crate) fn check_format(format: u32) -> std::result::Result<(), Refusal> {
    match format {
        FIRST..=FORMAT => Ok(()),
        0 => Err(Refusal::of(KEY, "0".to_string(), "a format number, 1 or above")),
        newer => {
            let expected = format!("at most {FORMAT}: it was written by a newer version of this library");
            Err(Refusal::of(KEY, newer.to_string(), expected))
        }
    }
}

/// Gives a key that an object lacks the value that the object's format meant.
pub(crate) fn meant(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(object) = object {
        object.entry(key).or_insert(value);
    }
}
