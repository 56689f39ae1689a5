//! JSON of files and of hosts: said once, where serde_json would keep the last of a key's values, and with the key named
//! where a value cannot be used.

pub mod compact;
pub mod document;

use crate::error::{self, Error, Problem};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use std::fmt;

/// Parses `text`, refusing repeated keys at any depth; nesting is limited to 128 by serde_json.
pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

/// Why a value cannot be used, in words of JSON: serde's own name types of Rust.
pub(crate) struct Refusal {
    /// The path of the key, empty where it is the whole.
    pub(crate) key: String,
    pub(crate) found: String,
    pub(crate) expected: String,
    /// Whether it is a key that nothing here is called by.
    pub(crate) unknown: bool,
}

impl Refusal {
    /// A known key that holds what it must not.
    pub(crate) fn of(key: &str, found: String, expected: impl Into<String>) -> Self {
        Self {
            key: key.to_string(),
            found,
            expected: expected.into(),
            unknown: false,
        }
    }

    /// The error about an input called `name`, with the key after it and `separator`.
    pub(crate) fn named(self, name: &str, separator: &str) -> Error {
        let input = match self.key.as_str() {
            "" => name.to_string(),
            key => format!("{name}{separator}{key}"),
        };
        let problem = match self.unknown {
            true => Problem::UnknownKey,
            false => Problem::Value,
        };
        Error::worded(problem, &input, &self.found, &self.expected)
    }
}

/// What `text` says, an object or a name, for an input that errors call `name`. They name the key too, after `name` and
/// `separator`.
pub(crate) fn read<T: DeserializeOwned>(
    text: &str,
    name: &str,
    separator: &str,
    expected: &str,
) -> error::Result<T> {
    let value =
        parse(text).map_err(|error| Error::invalid(name, format!("not JSON ({error})"), "one JSON value"))?;
    if value.is_array() {
        // serde would take a list for an object's values, in the order of its fields.
        let found = short(&value.to_string());
        return Err(Refusal::of("", found, "an object").named(name, separator));
    }
    from_value(&value, expected, |refusal| refusal.named(name, separator))
}

/// What a parsed value says, which is `expected`; `worded` makes an error of a refusal.
pub(crate) fn from_value<T: DeserializeOwned>(
    value: &Value,
    expected: &str,
    worded: impl FnOnce(Refusal) -> Error,
) -> error::Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| worded(refusal::<T>(value, &error, expected)))
}

/// What serde has against `value`, whose place in it the error knows.
fn refusal<T: DeserializeOwned>(
    value: &Value,
    error: &serde_path_to_error::Error<serde_json::Error>,
    expected: &str,
) -> Refusal {
    let path = error.path().to_string();
    let key = if path == "." { String::new() } else { path };
    let message = error.inner().to_string();
    let at = place(value, error.path());
    let mut unknown = message.starts_with("unknown field");
    let shown = at.map_or_else(|| "unusable".to_string(), |at| short(&at.to_string()));
    let (found, expected) = match message.split_once(", expected ") {
        Some((what, _)) if unknown => {
            // Where a value is looked at as a whole first, the path ends there.
            let name = what.split('`').nth(1).unwrap_or_default();
            let found = match key.ends_with(name) {
                true => "an unknown key".to_string(),
                false => format!("an object with the unknown key `{name}`"),
            };
            (found, rest(&message))
        }
        // One of several kinds, under its name, with something beside it.
        Some((_, "map with a single key")) => {
            let names = names_of::<T>(value, error.path()).unwrap_or_else(|| "one key".to_string());
            let keys = at.and_then(Value::as_object).into_iter().flat_map(Map::keys);
            let strange = keys.into_iter().find(|key| !names.contains(&format!("`{key}`")));
            unknown = strange.is_some();
            let found = strange.map_or(shown, |key| format!("an object with the unknown key `{key}`"));
            (found, names)
        }
        Some((_, "string or map")) => {
            let names = error.path();
            (
                shown,
                names_of::<T>(value, names).unwrap_or_else(|| "a name".to_string()),
            )
        }
        Some((_, type_name)) => (shown, in_json_words(type_name)),
        None if message.starts_with("missing field `") => {
            let missing = message.split('`').nth(1).unwrap_or_default();
            (format!("without the key `{missing}`"), expected.to_string())
        }
        None => (format!("{shown} ({message})"), expected.to_string()),
    };
    Refusal {
        key,
        found,
        expected,
        unknown,
    }
}

/// What serde says after `expected`.
fn rest(message: &str) -> String {
    message
        .split_once(", expected ")
        .map_or(message, |(_, rest)| rest)
        .to_string()
}

/// A type of Rust or serde as a kind of JSON value; what is in words already stays.
fn in_json_words(expected: &str) -> String {
    match expected {
        "f64" | "f32" => "a number",
        "u64" | "usize" => "a whole number of at least 0",
        "u32" => "a whole number from 0 to 4294967295",
        "u16" => "a whole number from 0 to 65535",
        "u8" => "a whole number from 0 to 255",
        "i64" | "isize" | "i32" => "a whole number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" | "unit variant" => "null",
        "variant identifier" | "a string" => "a text",
        other if other.starts_with("struct ") => "an object",
        other => return other.to_string(),
    }
    .to_string()
}

/// The names that the enum at `path` can have: serde lists them where a text is none of them.
fn names_of<T: DeserializeOwned>(value: &Value, path: &serde_path_to_error::Path) -> Option<String> {
    let mut altered = value.clone();
    *place_mut(&mut altered, path)? = Value::String(String::new());
    let error = serde_path_to_error::deserialize::<_, T>(&altered).err()?;
    let message = error.inner().to_string();
    message.starts_with("unknown variant").then(|| rest(&message))
}

/// The value at a path.
fn place<'v>(value: &'v Value, path: &serde_path_to_error::Path) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Seq { index } => value.get(*index),
        Segment::Map { key } => value.get(key),
        Segment::Enum { variant } => value.get(variant),
        Segment::Unknown => None,
    })
}

fn place_mut<'v>(value: &'v mut Value, path: &serde_path_to_error::Path) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Seq { index } => value.get_mut(*index),
        Segment::Map { key } => value.get_mut(key),
        Segment::Enum { variant } => value.get_mut(variant),
        Segment::Unknown => None,
    })
}

/// The start of a long text.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_string(),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("key `{key}` is given twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_keys_are_refused_at_any_depth() {
        let text = r#"{"a": [1, -2, 0.5, null, true, "x"], "b": {"c": 18446744073709551615}}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        for text in [r#"{"a": 1, "a": 1}"#, r#"[{"b": {"a": 1, "\u0061": 2}}]"#] {
            assert!(
                parse(text)
                    .unwrap_err()
                    .to_string()
                    .contains("`a` is given twice")
            );
        }
    }

    /// Messages in words of JSON: no type of Rust, what was found as it was written, and the names that there are.
    #[test]
    fn refusals_are_in_words_of_json() {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "snake_case")]
        enum Kind {
            Plain,
            Scaled { by: f64 },
        }
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Whole {
            #[serde(default)]
            _count: usize,
            #[serde(default)]
            _rate: Option<f64>,
            #[serde(default)]
            _on: bool,
            #[serde(default)]
            _names: Vec<String>,
            _kind: Kind,
        }
        let said = |text: &str| match read::<Whole>(text, "settings", ": ", "settings of a test") {
            Ok(whole) => match whole._kind {
                Kind::Plain => "plain".to_string(),
                Kind::Scaled { by } => by.to_string(),
            },
            Err(error) => error.to_string(),
        };
        assert_eq!(said(r#"{"_kind": {"scaled": {"by": 2.5}}}"#), "2.5");
        for (text, expected) in [
            (
                "{",
                "`settings` is not JSON (EOF while parsing an object at line 1 column 1), expected one JSON value",
            ),
            ("[]", "`settings` is [], expected an object"),
            ("[1.5]", "`settings` is [1.5], expected an object"),
            (
                "{}",
                "`settings` is without the key `_kind`, expected settings of a test",
            ),
            (
                r#"{"_count": -1}"#,
                "`settings: _count` is -1, expected a whole number of at least 0",
            ),
            (
                r#"{"_count": 1.5}"#,
                "`settings: _count` is 1.5, expected a whole number of at least 0",
            ),
            (
                r#"{"_rate": "high"}"#,
                "`settings: _rate` is \"high\", expected a number",
            ),
            (r#"{"_on": 1}"#, "`settings: _on` is 1, expected true or false"),
            (
                r#"{"_names": {"a": 1}}"#,
                "`settings: _names` is {\"a\":1}, expected a list",
            ),
            (
                r#"{"_names": ["a", 7]}"#,
                "`settings: _names[1]` is 7, expected a text",
            ),
            (
                r#"{"_kind": "plane"}"#,
                "`settings: _kind` is \"plane\", expected `plain` or `scaled`",
            ),
            (
                r#"{"_kind": 3}"#,
                "`settings: _kind` is 3, expected `plain` or `scaled`",
            ),
            (
                r#"{"_kind": {"scaled": {"by": 1}, "buy": 2}}"#,
                "`settings: _kind` is an object with the unknown key `buy`, expected `plain` or `scaled`",
            ),
            (
                r#"{"_kind": {"scaled": {"buy": 1}}}"#,
                "`settings: _kind.scaled.buy` is an unknown key, expected `by`",
            ),
            (
                r#"{"colour": 1}"#,
                "`settings: colour` is an unknown key, expected one of `_count`, `_rate`",
            ),
        ] {
            let message = said(text);
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
