//! The numbers that a setting can have, and how they are said.

use std::fmt;

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
        let mut plain = *self;
        if self.high >= LARGEST_NAMED {
            plain.high = f64::INFINITY;
        }
        if self.low > 0.0 && self.low <= SMALLEST_NAMED {
            plain.low = 0.0;
            // Above 0 or 0 itself is at least 0.
            plain.ends = if self.or_zero {
                Ends::Included
            } else {
                Ends::LowExcluded
            };
            plain.or_zero = false;
        }
        plain.to_string()
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

    #[test]
    fn words_leave_out_bounds_that_nobody_comes_near() {
        let single = Range::closed(1.2e-38, 1e30);
        for (range, exact, words) in [
            (single, "in [1.2e-38, 1e30]", "above 0"),
            (single.or_zero(), "0, or in [1.2e-38, 1e30]", "at least 0"),
            (
                single.or_null(),
                "in [1.2e-38, 1e30], or null",
                "above 0, or null",
            ),
            (Range::above(0.0, 1e90), "in (0, 1e90]", "above 0"),
            (Range::closed(-1.0, f64::MAX), "in [-1, 1.8e308]", "at least -1"),
            (Range::below(0.0, 1.0), "in [0, 1)", "in [0, 1)"),
        ] {
            assert_eq!(
                (range.to_string(), range.in_words()),
                (exact.into(), words.into())
            );
        }
    }
}
