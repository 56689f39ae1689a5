//! What a bar holds besides its close, and what its close asks of that.

use crate::market::price::{is_above_close, is_below_close};
use ndarray::Array2;

/// What a bar holds besides its close; each table is [T, N] where present.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranges {
    /// First price of each bar, above 0.
    pub open: Option<Array2<f64>>,
    /// Highest price of each bar, above 0 and at least the close.
    pub high: Option<Array2<f64>>,
    /// Lowest price of each bar, above 0 and at most the close.
    pub low: Option<Array2<f64>>,
    /// Units traded during each bar, at least 0.
    pub volume: Option<Array2<f64>>,
}

/// A high or a low that its own close contradicts.
pub(crate) struct BrokenRange {
    /// `high` or `low`.
    pub(crate) name: &'static str,
    /// Bar and asset.
    pub(crate) cell: (usize, usize),
    pub(crate) found: f64,
    pub(crate) expected: String,
}

impl Ranges {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first bar whose high is below its close, or whose low is above it, by more than rounding. Tables of the
    /// same shape.
    pub(crate) fn first_broken(&self, close: &Array2<f64>) -> Option<BrokenRange> {
        let find = |name, side: &str, values: &Option<Array2<f64>>, broken: &dyn Fn(f64, f64) -> bool| {
            let mut cells = values.iter().flat_map(|values| values.indexed_iter());
            let (cell, found) = cells.find(|(cell, value)| broken(**value, close[*cell]))?;
            Some(BrokenRange {
                name,
                cell,
                found: *found,
                expected: format!("{side} the close of that bar, {}", close[cell]),
            })
        };
        let high = find("high", "at least", &self.high, &is_below_close);
        let low = find("low", "at most", &self.low, &is_above_close);
        [high, low].into_iter().flatten().min_by_key(|broken| broken.cell)
    }

    /// Puts highs up to the closes, and lows down to them.
    pub(super) fn reach_the_closes(&mut self, close: &Array2<f64>) {
        if let Some(high) = &mut self.high {
            high.zip_mut_with(close, |high, close| *high = high.max(*close));
        }
        if let Some(low) = &mut self.low {
            low.zip_mut_with(close, |low, close| *low = low.min(*close));
        }
    }

    pub(super) fn map(&self, change: impl Fn(&Array2<f64>) -> Array2<f64>) -> Self {
        // Rows are lent out as slices.
        let change = |values: &Array2<f64>| change(values).as_standard_layout().into_owned();
        Self {
            open: self.open.as_ref().map(&change),
            high: self.high.as_ref().map(&change),
            low: self.low.as_ref().map(&change),
            volume: self.volume.as_ref().map(&change),
        }
    }
}
