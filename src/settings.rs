//! Settings of configurations, each said once: its name, meaning, default and range. Checks, the options of the command
//! line and docs/settings.md follow from it.

mod range;

pub use range::Range;

use crate::error::{self, Error};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use std::fmt;
use std::path::PathBuf;

/// One setting of a configuration.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in JSON, which is the name of its field.
    pub key: &'static str,
    /// The lines of its documentation. The first paragraph is what help says.
    pub documentation: &'static [&'static str],
    /// What stands for its value in help, such as `N`.
    pub value_name: &'static str,
    /// The values that it can have.
    pub range: Range,
    /// How a value is written on a command line.
    pub form: Form,
}

impl Setting {
    /// The first paragraph of its documentation, in one line, without the full stop.
    pub fn summary(&self) -> String {
        let lines = self.documentation.iter().map(|line| line.trim());
        let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        let text = paragraph.join(" ");
        text.strip_suffix('.').unwrap_or(&text).to_string()
    }
}

/// How a value is written on a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, else a plain word.
    Plain,
    /// Text as it is.
    Text,
    /// Names separated by commas.
    List,
    /// Numbers separated by commas.
    Numbers,
    /// A variant's name, with or without values of its own.
    Variant,
    /// The name of a file that holds the value as JSON.
    File,
}

/// A type of settings.
pub trait Value {
    /// How it is written.
    const FORM: Form = Form::Plain;

    /// The number to compare with the range; none where there is none.
    fn number(&self) -> Option<f64> {
        None
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {
        $(impl Value for $type {
            fn number(&self) -> Option<f64> {
                Some(*self as f64)
            }
        })*
    };
}

numbers!(usize u64 u32 f64);

impl Value for bool {}

impl Value for Vec<String> {
    const FORM: Form = Form::List;
}

impl Value for Vec<usize> {
    const FORM: Form = Form::Numbers;
}

impl Value for Option<String> {
    const FORM: Form = Form::Text;
}

impl Value for Option<PathBuf> {
    const FORM: Form = Form::Text;
}

impl Value for Option<usize> {
    fn number(&self) -> Option<f64> {
        self.map(|number| number as f64)
    }
}

impl Value for Option<u64> {
    fn number(&self) -> Option<f64> {
        self.map(|number| number as f64)
    }
}

impl Value for Option<f64> {
    fn number(&self) -> Option<f64> {
        *self
    }
}

impl Range {
    /// Checks the value of the setting called `key` in `section`.
    pub fn check(&self, value: &impl Value, section: &str, key: &str) -> error::Result<()> {
        match value.number() {
            Some(number) if !self.is_any() && !self.contains(number) => {
                Err(Error::invalid(format_args!("{section}{key}"), number, self))
            }
            _ => Ok(()),
        }
    }
}

/// Declares a configuration: a public struct whose fields can be left out in JSON, `Default`, the list `SETTINGS`, and
/// `check_ranges`. `in` says by what errors name its fields: a section and a dot.
///
/// ```text
/// settings! {
///     /// What it is.
///     pub struct Config in "section." {
///         /// What the setting is. Help says so.
///         name: f64 = 0.5, "FRACTION", Range::closed(0.0, 1.0);
///     }
/// }
/// ```
///
/// Settings that several configurations have are a `pub shared struct` of their own, which each of them names first, as
/// `#[shared] costs: Costs;`. In JSON their keys lie among the others.
macro_rules! settings {
    (
        $(#[$outer:meta])*
        pub struct $name:ident in $section:literal {
            #[shared] $(#[doc = $shared_line:literal])+ $shared:ident: $Shared:ty;
            $(
                $(#[doc = $line:literal])+
                $field:ident: $type:ty = $default:expr, $value_name:literal, $range:expr;
            )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $(#[doc = $shared_line])+
            #[serde(flatten)]
            pub $shared: $Shared,
            $(
                $(#[doc = $line])+
                pub $field: $type,
            )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $shared: <$Shared>::default(),
                    $($field: $default,)+
                }
            }
        }

        $crate::settings::settings!(@list $name [
            $([$($line),+] $field: $type, $value_name, $range;)+
        ]);

        impl $name {
            /// Checks that every number is in its range; the error names the first that is not.
            fn check_ranges(&self) -> $crate::error::Result<()> {
                self.$shared.check_ranges()?;
                $($range.check(&self.$field, $section, stringify!($field))?;)+
                Ok(())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_map($crate::settings::Keys(Self::default()))
            }
        }

        impl $crate::settings::ByKey for $name {
            fn keys() -> Vec<&'static str> {
                [<$Shared>::SETTINGS, Self::SETTINGS].concat().iter().map(|setting| setting.key).collect()
            }

            fn set<'de, A: serde::de::MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> ::std::result::Result<(), A::Error> {
                match key {
                    $(stringify!($field) => self.$field = map.next_value()?,)+
                    _ => self.$shared.set(key, map)?,
                }
                Ok(())
            }
        }
    };
    (
        $(#[$outer:meta])*
        pub shared struct $name:ident in $section:literal {
            $(
                $(#[doc = $line:literal])+
                $field:ident: $type:ty = $default:expr, $value_name:literal, $range:expr;
            )+
        }
    ) => {
        $crate::settings::settings! {
            $(#[$outer])*
            pub struct $name in $section {
                $($(#[doc = $line])+ $field: $type = $default, $value_name, $range;)+
            }
        }

        impl $crate::settings::ByKey for $name {
            fn keys() -> Vec<&'static str> {
                Self::SETTINGS.iter().map(|setting| setting.key).collect()
            }

            fn set<'de, A: serde::de::MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> ::std::result::Result<(), A::Error> {
                match key {
                    $(stringify!($field) => self.$field = map.next_value()?,)+
                    _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
                }
                Ok(())
            }
        }
    };
    (
        $(#[$outer:meta])*
        pub struct $name:ident in $section:literal {
            $(
                $(#[doc = $line:literal])+
                $(#[serde($($serde:tt)*)])?
                $field:ident: $type:ty = $default:expr, $value_name:literal, $range:expr;
            )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(
                $(#[doc = $line])+
                $(#[serde($($serde)*)])?
                pub $field: $type,
            )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        $crate::settings::settings!(@list $name [
            $([$($line),+] $field: $type, $value_name, $range;)+
        ]);

        impl $name {
            /// Checks that every number is in its range; the error names the first that is not.
            pub(crate) fn check_ranges(&self) -> $crate::error::Result<()> {
                $($range.check(&self.$field, $section, stringify!($field))?;)+
                Ok(())
            }
        }
    };
    (@list $name:ident [
        $([$($line:literal),+] $field:ident: $type:ty, $value_name:literal, $range:expr;)+
    ]) => {
        impl $name {
            /// Its own settings, in the order of the fields.
            pub const SETTINGS: &'static [$crate::settings::Setting] = &[$(
                $crate::settings::Setting {
                    key: stringify!($field),
                    documentation: &[$($line),+],
                    value_name: $value_name,
                    range: $range,
                    form: <$type as $crate::settings::Value>::FORM,
                },
            )+];
        }
    };
}
pub(crate) use settings;

/// A configuration that can be read key by key.
pub(crate) trait ByKey {
    /// The keys that it knows.
    fn keys() -> Vec<&'static str>;

    /// Reads the value of a key that it knows.
    fn set<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads a configuration from an object; what is left out stays as it is.
pub(crate) struct Keys<T>(pub(crate) T);

impl<'de, T: ByKey> Visitor<'de> for Keys<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        let mut seen = Vec::new();
        while let Some(key) = map.next_key_seed(Known(T::keys()))? {
            if seen.contains(&key) {
                return Err(A::Error::duplicate_field(key));
            }
            self.0.set(key, &mut map)?;
            seen.push(key);
        }
        Ok(self.0)
    }
}

/// One of these keys; another is an error of its own place.
struct Known(Vec<&'static str>);

impl<'de> DeserializeSeed<'de> for Known {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Known {
    type Value = &'static str;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, found: &str) -> Result<&'static str, E> {
        let known = self.0.iter().find(|key| **key == found);
        known.copied().ok_or_else(|| {
            let keys: Vec<String> = self.0.iter().map(|key| format!("`{key}`")).collect();
            E::custom(format_args!(
                "unknown field `{found}`, expected one of {}",
                keys.join(", ")
            ))
        })
    }
}
