//! What may be said of a difference in Sharpe ratio: the one owner of every such word, on the terminal, in
//! `report.html` and in `summary.json`.

use crate::backtest::words::percent;
use serde::{Serialize, Serializer};

/// Decimals that a difference is printed with.
pub const DECIMALS: usize = 2;

/// Where an interval of a difference lies, at the precision that it is printed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A series without variation has no Sharpe ratio.
    Undefined,
    /// No interval is given of so few bars.
    TooShort {
        /// Bars that there are.
        bars: usize,
        /// Bars that an interval needs.
        needed: usize,
    },
    /// Both ends are 0 as printed.
    NoDifference,
    /// One end is on each side of 0, or is 0 as printed.
    IncludesZero,
    /// The low end is above 0 as printed.
    Above,
    /// The high end is below 0 as printed.
    Below,
}

impl Verdict {
    /// Half of the last printed digit of a difference in Sharpe ratio: an end nearer to 0 is printed as 0.00, and is 0 to
    /// every word here.
    pub(super) const RESOLUTION: f64 = 0.005;

    /// Of an interval from `low` to `high`, undefined where either is NaN, an end nearer to 0 than `resolution` (above 0)
    /// being 0.
    pub(super) fn of(low: f64, high: f64, resolution: f64) -> Self {
        if low.is_nan() || high.is_nan() {
            Self::Undefined
        } else if low >= resolution {
            Self::Above
        } else if high <= -resolution {
            Self::Below
        } else if low > -resolution && high < resolution {
            Self::NoDifference
        } else {
            Self::IncludesZero
        }
    }

    /// Of `bars` bars where an interval needs `needed`; none of enough.
    pub(super) fn too_short(bars: usize, needed: usize) -> Option<Self> {
        (bars < needed).then_some(Self::TooShort { bars, needed })
    }

    /// Of the same difference taken the other way round.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Above => Self::Below,
            Self::Below => Self::Above,
            other => other,
        }
    }

    /// In a word or a few, as in a table and in `summary.json`.
    pub fn word(self) -> String {
        match self {
            Self::Undefined => "undefined".to_string(),
            Self::TooShort { bars, needed } => {
                format!("too short for an interval: {bars} bars, {needed} needed")
            }
            Self::NoDifference => "no difference".to_string(),
            Self::IncludesZero => "includes 0".to_string(),
            Self::Above => "above 0".to_string(),
            Self::Below => "below 0".to_string(),
        }
    }

    /// Whether the interval excludes 0.
    pub fn excludes_zero(self) -> bool {
        matches!(self, Self::Above | Self::Below)
    }

    /// What an interval of probability `level` of `whose` Sharpe ratio less another's allows to be said, as the end of
    /// a sentence.
    pub fn sentence(self, level: f64, whose: &str) -> String {
        let level = percent(level);
        match self {
            Self::Undefined => {
                "the difference is undefined, since a series without variation has no Sharpe ratio"
                    .to_string()
            }
            Self::TooShort { .. } => format!("{}; nothing can be claimed", self.word()),
            Self::NoDifference => format!("no difference: the {level} interval is 0.00 to 0.00"),
            Self::IncludesZero => {
                format!("the {level} interval includes 0: no difference can be claimed")
            }
            Self::Above | Self::Below => {
                let word = if self == Self::Above { "higher" } else { "lower" };
                format!(
                    "the {level} interval lies {}: the {whose}'s Sharpe ratio was {word} on these dates, by more than \
                     resampling them explains; other dates may differ",
                    self.word()
                )
            }
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_is_printed() {
        for (low, high, word) in [
            (0.10, 0.30, "above 0"),
            (-0.30, -0.10, "below 0"),
            (-0.1, 0.2, "includes 0"),
            // Printed as 0.00 to 0.12, which holds 0.
            (0.004, 0.12, "includes 0"),
            (-0.12, -0.0049, "includes 0"),
            (0.0, 0.0, "no difference"),
            (-7e-9, 5.9e-14, "no difference"),
            (0.001, 0.004, "no difference"),
            (f64::NAN, 0.1, "undefined"),
        ] {
            let verdict = Verdict::of(low, high, Verdict::RESOLUTION);
            assert_eq!(verdict.word(), word, "{low} to {high}");
        }
    }
}
