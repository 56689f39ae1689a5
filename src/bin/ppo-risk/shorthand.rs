//! How values are written on the command line: JSON, plain words, `name:key=value,...` for settings with variants.

use ppo_risk::Error;
use serde_json::{Map, Value, json};

/// A value as JSON where it is JSON, else as text.
pub(crate) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_string()))
}

/// A list of names, separated by commas or as a JSON array.
pub(crate) fn list(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(array @ Value::Array(_)) => array,
        _ if text.is_empty() => json!([]),
        _ => text.split(',').map(str::trim).collect(),
    }
}

/// A list of numbers, separated by commas or as a JSON array; what is no number stays text, for the setting to refuse.
pub(crate) fn numbers(text: &str) -> Value {
    match list(text) {
        Value::Array(items) => items
            .into_iter()
            .map(|item| item.as_str().map_or_else(|| item.clone(), value))
            .collect(),
        other => other,
    }
}

/// A setting with variants: a JSON value, a variant's name with its defaults, or `name:key=value,...` where keys that
/// are not given have their defaults. `defaults` holds each variant, with its fields or null where it has none.
pub(crate) fn variant(option: &str, text: &str, defaults: &Value) -> Result<Value, Error> {
    if let Ok(object @ Value::Object(_)) = serde_json::from_str(text) {
        return Ok(object);
    }
    let (name, changes) = text.split_once(':').unwrap_or((text, ""));
    let names = || {
        let names = defaults.as_object().into_iter().flat_map(Map::keys);
        format!("one of {}", names.cloned().collect::<Vec<_>>().join(", "))
    };
    let refuse = |found: &str, expected: String| Err(Error::invalid(format!("--{option}"), found, expected));
    let Some(fields) = defaults.get(name) else {
        return refuse(name, names());
    };
    let Value::Object(mut fields) = fields.clone() else {
        return match changes {
            "" => Ok(json!(name)),
            _ => refuse(text, format!("`{name}` alone: it has no settings")),
        };
    };
    for change in split(changes) {
        let known = fields.keys().cloned().collect::<Vec<_>>().join(", ");
        match change.split_once('=') {
            Some((key, text)) if fields.contains_key(key.trim()) => {
                fields.insert(key.trim().to_string(), value(text.trim()));
            }
            _ => return refuse(change, format!("key=value with a key of `{name}`: {known}")),
        }
    }
    Ok(json!({ name: fields }))
}

/// Pieces between commas that are not inside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, character) in text.char_indices() {
        match character {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => (),
        }
    }
    if !text.is_empty() {
        pieces.push(&text[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_names_names_with_changes_or_json() {
        let defaults = json!({"none": null, "mlp": {"hidden": [64, 64], "activation": "tanh"}});
        let parse = |text: &str| variant("network", text, &defaults);
        assert_eq!(parse("none").unwrap(), json!("none"));
        assert_eq!(
            parse("mlp").unwrap(),
            json!({"mlp": {"hidden": [64, 64], "activation": "tanh"}})
        );
        assert_eq!(
            parse("mlp:hidden=[8,4],activation=relu").unwrap(),
            json!({"mlp": {"hidden": [8, 4], "activation": "relu"}})
        );
        assert_eq!(parse(r#"{"mlp": 1}"#).unwrap(), json!({"mlp": 1}));
        for (text, word) in [
            ("mpl", "none"),
            ("mlp:width=3", "hidden"),
            ("mlp:hidden", "key=value"),
            ("none:a=1", "no settings"),
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(
                message.contains(word) && message.contains("--network"),
                "{message}"
            );
        }
    }

    #[test]
    fn lists_are_split_at_commas_or_json() {
        assert_eq!(list("a, b"), json!(["a", "b"]));
        assert_eq!(list(r#"["a,b"]"#), json!(["a,b"]));
        assert_eq!(list(""), json!([]));
        assert_eq!(numbers("5, 20,x"), json!([5, 20, "x"]));
        assert_eq!(numbers("[5,20]"), json!([5, 20]));
        assert_eq!(numbers("5"), json!([5]));
    }
}
