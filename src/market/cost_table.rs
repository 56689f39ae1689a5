//! What a price table says of the costs of trading, an asset and bar each.

use crate::market::source::{BORROW_RATE, COST_RATE};
use crate::settings::Range;
use ndarray::Array2;

/// Costs of trading at each close; each table is [T, N], or none where the environment's settings hold for all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CostTable {
    /// Commission per traded notional, in [0, 1), in the place of `cost_rate`.
    pub cost_rates: Option<Array2<f64>>,
    /// Half the spread between bid and ask as a part of the price, in [0, 1): paid on top of commission.
    pub half_spreads: Option<Array2<f64>>,
    /// Annual fee on what is sold short over the bar that begins, in [0, 10], in the place of `borrow_rate`.
    pub borrow_rates: Option<Array2<f64>>,
}

impl CostTable {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its tables, with what each is called and the values that it may have.
    pub(crate) fn tables(&mut self) -> [(&'static str, &mut Option<Array2<f64>>, Range); 3] {
        [
            ("cost_rates", &mut self.cost_rates, COST_RATE),
            ("half_spreads", &mut self.half_spreads, COST_RATE),
            ("borrow_rates", &mut self.borrow_rates, BORROW_RATE),
        ]
    }

    /// The same of other bars or assets.
    pub(crate) fn map(&self, change: impl Fn(&Array2<f64>) -> Array2<f64>) -> Self {
        // Rows are lent out as slices.
        let change = |values: &Array2<f64>| change(values).as_standard_layout().into_owned();
        Self {
            cost_rates: self.cost_rates.as_ref().map(change),
            half_spreads: self.half_spreads.as_ref().map(change),
            borrow_rates: self.borrow_rates.as_ref().map(change),
        }
    }
}

/// A table of `bars` rows of values that hold for all bars: [N] to [T, N].
pub fn at_every_bar(values: &[f64], bars: usize) -> Array2<f64> {
    Array2::from_shape_fn((bars, values.len()), |(_, asset)| values[asset])
}
