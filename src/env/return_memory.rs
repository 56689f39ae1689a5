//! The last portfolio returns, and their standard deviation.

use crate::error::{Error, Result, words};
use serde::{Deserialize, Serialize};

/// Portfolio returns whose standard deviation the shaped reward and the state use.
pub(crate) const RETURNS_REMEMBERED: usize = 20;

/// The last 20 portfolio returns, in slots that are overwritten in turn; empty slots hold 0.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "SavedReturns")]
pub(super) struct ReturnMemory {
    values: [f64; RETURNS_REMEMBERED],
    /// Returns seen, counted up to twice the slots and then back, so that it says both how many and where.
    seen: usize,
}

/// What a [`ReturnMemory`] is read from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedReturns {
    values: [f64; RETURNS_REMEMBERED],
    seen: usize,
}

impl TryFrom<SavedReturns> for ReturnMemory {
    type Error = Error;

    fn try_from(saved: SavedReturns) -> Result<Self> {
        let SavedReturns { values, seen } = saved;
        let most = 2 * RETURNS_REMEMBERED - 1;
        if seen > most {
            return Err(Error::invalid("returns.seen", seen, words!("0 to {most}")));
        }
        if let Some(i) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::invalid(
                words!("returns.values[{i}]"),
                values[i],
                "a finite number",
            ));
        }
        Ok(Self { values, seen })
    }
}

impl ReturnMemory {
    /// Takes in one more return, in place of the oldest where all slots are full.
    #[inline]
    pub(super) fn push(&mut self, value: f64) {
        self.values[self.seen % RETURNS_REMEMBERED] = value;
        self.seen += 1;
        if self.seen == 2 * RETURNS_REMEMBERED {
            self.seen = RETURNS_REMEMBERED;
        }
    }

    /// Standard deviation (ddof 0) in two passes; 0 below two returns.
    #[inline]
    pub(super) fn deviation(&self) -> f64 {
        if self.seen < 2 {
            return 0.0;
        }
        let count = self.seen.min(RETURNS_REMEMBERED);
        // Four partial sums side by side, always the same four. Empty slots add 0 to the first sum and are cut off
        // from the second.
        let mut sums = [0.0; 4];
        for row in self.values.as_chunks::<4>().0 {
            for lane in 0..4 {
                sums[lane] += row[lane];
            }
        }
        let mean = sums.iter().sum::<f64>() / count as f64;
        let mut deviations = self.values;
        for value in &mut deviations {
            *value = (*value - mean) * (*value - mean);
        }
        deviations[count..].fill(0.0);
        let mut squares = [0.0; 4];
        for row in deviations.as_chunks::<4>().0 {
            for lane in 0..4 {
                squares[lane] += row[lane];
            }
        }
        (squares.iter().sum::<f64>() / count as f64).sqrt()
    }
}
