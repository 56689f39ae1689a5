//! What a parsed value says, read so that a refusal tells where in the value it arose.
//!
//! One type reads for all types that are read: each is compiled once.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value};
use std::cell::RefCell;

/// A step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Index(usize),
    Key(String),
}

/// What serde has against a value, and the steps to the place in it.
pub(super) struct Fault {
    pub(super) error: Error,
    pub(super) steps: Vec<Step>,
}

impl Fault {
    /// The place as keys with dots between them and indices in brackets; empty for the whole.
    pub(super) fn key(&self) -> String {
        let mut key = String::new();
        for step in &self.steps {
            match step {
                Step::Index(index) => key.push_str(&format!("[{index}]")),
                Step::Key(name) if key.is_empty() => key.push_str(name),
                Step::Key(name) => key.push_str(&format!(".{name}")),
            }
        }
        key
    }
}

/// What a value says.
pub(super) fn deserialize<T: DeserializeOwned>(value: &Value) -> Result<T, Fault> {
    let found = RefCell::new(None);
    let located = Located {
        value,
        place: Place {
            path: &Path::Whole,
            found: &found,
        },
    };
    T::deserialize(located).map_err(|error| Fault {
        error,
        steps: found.take().unwrap_or_default(),
    })
}

/// The way to a value, from the end.
enum Path<'p> {
    Whole,
    Item(&'p Path<'p>, usize),
    Entry(&'p Path<'p>, &'p str),
}

impl Path<'_> {
    fn steps(&self) -> Vec<Step> {
        let (mut steps, step) = match self {
            Path::Whole => return Vec::new(),
            Path::Item(whole, index) => (whole.steps(), Step::Index(*index)),
            Path::Entry(whole, key) => (whole.steps(), Step::Key((*key).to_string())),
        };
        steps.push(step);
        steps
    }
}

/// Where reading is.
#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p Path<'p>,
    /// The steps to the innermost place that refused.
    found: &'p RefCell<Option<Vec<Step>>>,
}

impl Place<'_> {
    /// Passes an error on, which arose here if not further in.
    fn note(self, error: Error) -> Error {
        self.found.borrow_mut().get_or_insert_with(|| self.path.steps());
        error
    }
}

/// A value that is read.
struct Located<'v, 'p> {
    value: &'v Value,
    place: Place<'p>,
}

impl<'de> Deserializer<'de> for Located<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let place = self.place;
        let read = match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => read_items(items, place, visitor),
            Value::Object(map) => read_entries(map, place, visitor),
        };
        read.map_err(|error| place.note(error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let place = self.place;
        let (name, content) = variant(self.value).map_err(|error| place.note(error))?;
        let read = visitor.visit_enum(Variant {
            name,
            content,
            whole: place,
            place: Place {
                path: &Path::Entry(place.path, name),
                ..place
            },
        });
        read.map_err(|error| place.note(error))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The name of an enum's variant, and what it holds.
fn variant(value: &Value) -> Result<(&str, Option<&Value>), Error> {
    match value {
        Value::String(name) => Ok((name, None)),
        Value::Object(map) => {
            let mut entries = map.iter();
            match (entries.next(), entries.next()) {
                (Some((name, content)), None) => Ok((name, Some(content))),
                _ => Err(Error::invalid_value(Unexpected::Map, &"map with a single key")),
            }
        }
        other => Err(Error::invalid_type(unexpected(other), &"string or map")),
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Unexpected::Unsigned(value),
            (None, Some(value)) => Unexpected::Signed(value),
            (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

fn read_items<'v, V: Visitor<'v>>(
    items: &'v [Value],
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, Error> {
    let mut access = Items {
        items,
        next: 0,
        place,
    };
    let read = visitor.visit_seq(&mut access)?;
    if access.next < items.len() {
        return Err(Error::invalid_length(items.len(), &"fewer elements in array"));
    }
    Ok(read)
}

fn read_entries<'v, V: Visitor<'v>>(
    map: &'v Map<String, Value>,
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, Error> {
    let mut access = Entries {
        entries: map.iter(),
        entry: None,
        place,
    };
    let read = visitor.visit_map(&mut access)?;
    if access.entries.len() > 0 {
        return Err(Error::invalid_length(map.len(), &"fewer elements in map"));
    }
    Ok(read)
}

struct Items<'v, 'p> {
    items: &'v [Value],
    next: usize,
    place: Place<'p>,
}

impl<'v> SeqAccess<'v> for &mut Items<'v, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.items.get(self.next) else {
            return Ok(None);
        };
        let path = Path::Item(self.place.path, self.next);
        self.next += 1;
        let place = Place {
            path: &path,
            ..self.place
        };
        seed.deserialize(Located { value, place }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

struct Entries<'v, 'p> {
    entries: serde_json::map::Iter<'v>,
    /// Whose key was read.
    entry: Option<(&'v str, &'v Value)>,
    place: Place<'p>,
}

impl<'v> MapAccess<'v> for &mut Entries<'v, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.entry = Some((key, value));
        let place = Place {
            path: &Path::Entry(self.place.path, key),
            ..self.place
        };
        let read = seed.deserialize(BorrowedStrDeserializer::new(key));
        read.map(Some).map_err(|error| place.note(error))
    }

    fn next_value_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, value) = self.entry.take().expect("serde asks for a key first");
        let path = Path::Entry(self.place.path, key);
        let place = Place {
            path: &path,
            ..self.place
        };
        seed.deserialize(Located { value, place })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A variant of an enum.
struct Variant<'v, 'p> {
    name: &'v str,
    content: Option<&'v Value>,
    /// Of the enum, and of what the variant holds.
    whole: Place<'p>,
    place: Place<'p>,
}

impl<'v, 'p> EnumAccess<'v> for Variant<'v, 'p> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'v>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        match seed.deserialize(BorrowedStrDeserializer::new(self.name)) {
            Ok(variant) => Ok((variant, self)),
            Err(error) => Err(self.whole.note(error)),
        }
    }
}

impl<'v, 'p> Variant<'v, 'p> {
    /// What it holds, which is a `kind`.
    fn content(&self, kind: &'static str) -> Result<Located<'v, 'p>, Error> {
        match self.content {
            Some(value) => Ok(Located {
                value,
                place: self.place,
            }),
            None => Err(self
                .place
                .note(Error::invalid_type(Unexpected::UnitVariant, &kind))),
        }
    }
}

impl<'v> VariantAccess<'v> for Variant<'v, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            Some(value) => <()>::deserialize(Located {
                value,
                place: self.place,
            }),
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'v>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.content("newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'v>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.content("tuple variant")?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'v>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content("struct variant")?.deserialize_any(visitor)
    }
}
