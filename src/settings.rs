//! Settings of configurations, each said once: its name, meaning, default and range. Checks, the options of the command
//! line and docs/settings.md follow from it.

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

impl Value for Option<f64> {
    fn number(&self) -> Option<f64> {
        *self
    }
}

/// Smallest and largest bound that help names.
const SMALLEST_NAMED: f64 = 1e-30;
const LARGEST_NAMED: f64 = 1e30;

/// The numbers that a setting can have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    ends: Ends,
    /// Whether 0 is possible, too, though outside.
    or_zero: bool,
    /// Whether the setting may be left out (null).
    or_null: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    Included,
    LowExcluded,
    HighExcluded,
}

impl Range {
    /// Any value of its type.
    pub const ANY: Self = Self::closed(f64::NEG_INFINITY, f64::INFINITY);

    /// [low, high]
    pub const fn closed(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            ends: Ends::Included,
            or_zero: false,
            or_null: false,
        }
    }

    /// (low, high]
    pub const fn above(low: f64, high: f64) -> Self {
        Self {
            ends: Ends::LowExcluded,
            ..Self::closed(low, high)
        }
    }

    /// [low, high)
    pub const fn below(low: f64, high: f64) -> Self {
        Self {
            ends: Ends::HighExcluded,
            ..Self::closed(low, high)
        }
    }

    /// The same, or 0.
    pub const fn or_zero(self) -> Self {
        Self {
            or_zero: true,
            ..self
        }
    }

    /// The same, or null.
    pub const fn or_null(self) -> Self {
        Self {
            or_null: true,
            ..self
        }
    }

    /// The range as a person would say it: bounds that nobody comes near are left out.
    pub fn in_words(&self) -> String {
        let tiny = self.low > 0.0 && self.low <= SMALLEST_NAMED;
        let plain = Self {
            low: if tiny { 0.0 } else { self.low },
            high: if self.high >= LARGEST_NAMED {
                f64::INFINITY
            } else {
                self.high
            },
            ends: if tiny { Ends::LowExcluded } else { self.ends },
            ..*self
        };
        // Above 0 or 0 itself.
        match tiny && self.or_zero && plain.high.is_infinite() {
            true => Self {
                or_zero: false,
                ends: Ends::Included,
                ..plain
            }
            .to_string(),
            false => plain.to_string(),
        }
    }

    /// Whether every value of the type is possible.
    pub fn is_any(&self) -> bool {
        *self == Self::ANY
    }

    /// Whether `number` is possible; NaN never is.
    pub fn contains(&self, number: f64) -> bool {
        let inside = match self.ends {
            Ends::Included => (self.low..=self.high).contains(&number),
            Ends::LowExcluded => self.low < number && number <= self.high,
            Ends::HighExcluded => (self.low..self.high).contains(&number),
        };
        inside || (self.or_zero && number == 0.0)
    }

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

/// As errors say what was expected.
impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (Short(self.low), Short(self.high));
        if self.or_zero {
            formatter.write_str("0, or ")?;
        }
        match (self.ends, self.low.is_finite(), self.high.is_finite()) {
            (Ends::LowExcluded, true, false) => write!(formatter, "above {low}")?,
            (_, true, false) => write!(formatter, "at least {low}")?,
            (Ends::LowExcluded, ..) => write!(formatter, "in ({low}, {high}]")?,
            (Ends::HighExcluded, ..) => write!(formatter, "in [{low}, {high})")?,
            (Ends::Included, ..) => write!(formatter, "in [{low}, {high}]")?,
        }
        match self.or_null {
            true => formatter.write_str(", or null"),
            false => Ok(()),
        }
    }
}

/// A bound in few characters.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.abs() {
            0.0 | 1e-3..1e15 => write!(formatter, "{}", self.0),
            _ => formatter.write_str(&format!("{:.1e}", self.0).replace(".0e", "e")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_and_say_their_ends() {
        for (range, said, inside, outside) in [
            (
                Range::closed(0.0, 1.0),
                "in [0, 1]",
                &[0.0, 1.0][..],
                &[-1e-9, 1.1, f64::NAN][..],
            ),
            (Range::above(0.0, 1.0), "in (0, 1]", &[1e-300, 1.0], &[0.0, -0.0]),
            (Range::below(0.0, 1.0), "in [0, 1)", &[0.0], &[1.0]),
            (Range::above(-1.0, f64::INFINITY), "above -1", &[0.0], &[-1.0]),
            (Range::closed(1.0, f64::INFINITY), "at least 1", &[1.0], &[0.5]),
            (
                Range::closed(f32::MIN_POSITIVE.into(), 1e30).or_zero(),
                "0, or in [1.2e-38, 1e30]",
                &[0.0, 1e-37],
                &[1e-39, 1e31],
            ),
            (
                Range::closed(1.0, 16_777_216.0).or_null(),
                "in [1, 16777216], or null",
                &[2.0],
                &[0.0],
            ),
        ] {
            assert_eq!(range.to_string(), said);
            assert!(inside.iter().all(|&number| range.contains(number)), "{said}");
            assert!(!outside.iter().any(|&number| range.contains(number)), "{said}");
        }
    }
}
