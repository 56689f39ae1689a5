//! JSON of files and of hosts: said once, where serde_json would keep the last of a key's values, and with the key named
//! where a value cannot be used.

use crate::error::{self, Error};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Parses `text`, refusing repeated keys at any depth; nesting is limited to 128 by serde_json.
pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

/// What `text` says, for an input that errors call `name`. They name the key too, after `name` and `separator`.
pub(crate) fn read<T: DeserializeOwned>(
    text: &str,
    name: &str,
    separator: &str,
    expected: &str,
) -> error::Result<T> {
    let value = parse(text).map_err(|error| Error::invalid(name, error, "one JSON value"))?;
    from_value(&value, |key, error| {
        let input = match key {
            "" => name.to_string(),
            key => format!("{name}{separator}{key}"),
        };
        Error::invalid(input, error, expected)
    })
}

/// What a parsed value says; `refusal` words an error from the path of the key, empty where it is the whole, and the
/// reason.
pub(crate) fn from_value<T: DeserializeOwned>(
    value: &Value,
    refusal: impl FnOnce(&str, &serde_json::Error) -> Error,
) -> error::Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        refusal(if path == "." { "" } else { &path }, error.inner())
    })
}

/// The path of the first key that `full` has and `partial` lacks, looking into objects only.
pub(crate) fn first_missing(full: &Value, partial: &Value) -> Option<String> {
    let (Value::Object(full), Value::Object(partial)) = (full, partial) else {
        return None;
    };
    full.iter().find_map(|(key, value)| match partial.get(key) {
        None => Some(key.clone()),
        Some(found) => first_missing(value, found).map(|rest| format!("{key}.{rest}")),
    })
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

    #[test]
    fn the_first_missing_key_is_named_with_its_path() {
        let full = parse(r#"{"a": 1, "b": {"c": 2, "d": 3}}"#).unwrap();
        let partial = parse(r#"{"a": 5, "b": {"c": 2}}"#).unwrap();
        assert_eq!(first_missing(&full, &partial).as_deref(), Some("b.d"));
        assert_eq!(first_missing(&full, &full), None);
    }
}
