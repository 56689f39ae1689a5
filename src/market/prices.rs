//! Prices of N assets at T times, checked once so that nothing later needs to.

mod cash;
mod making;
mod names;
mod ranges;
mod selecting;

pub use cash::{cash_return, check_cash_rate};
pub(crate) use names::fields_of_one_asset;
pub use ranges::Ranges;

use crate::error::{Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::cost_table::CostTable;
use crate::market::source::{BarColumns, CostColumns};
use crate::market::time::Time;
use crate::market::universe::{Presence, Universe};
use crate::math::elementary::ln;
use ndarray::{Array2, Array3, ArrayView1, Axis, Slice};

/// A price table: T >= 2 bars with strictly increasing closing times, N >= 1 assets with distinct names, and closes that are
/// all finite and above 0; optionally more of each bar. An asset may be missing at some bars ([`with_gaps`](Self::with_gaps)).
/// There is no way to hold a table that breaks these rules.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTable {
    times: Vec<Time>,
    bars_per_year: BarsPerYear,
    assets: Vec<String>,
    /// What a unit is worth at each close.
    close: Array2<f64>,
    /// Who is there; none where everybody is there throughout.
    universe: Option<Universe>,
    ranges: Ranges,
    costs: CostTable,
    cash_rate: Option<Vec<f64>>,
    columns: Vec<String>,
    signals: Array2<f64>,
    asset_columns: Vec<String>,
    /// [T, N, F]
    asset_signals: Array3<f64>,
    prior: Option<Array2<f64>>,
}

impl PriceTable {
    /// Number of bars, T.
    pub fn bars(&self) -> usize {
        self.times.len()
    }

    /// What it holds, in words: bars, assets, from when to when, bars a year.
    pub fn describe(&self) -> String {
        let (bars, assets) = self.close.dim();
        let s = if assets == 1 { "" } else { "s" };
        let (first, last) = (self.times[0], self.times[bars - 1]);
        let mut words = format!(
            "{bars} bars of {assets} asset{s}, {first} to {last}, {} bars a year",
            self.bars_per_year
        );
        if let Some(universe) = &self.universe {
            words += &format!("; {}", universe.describe(&self.assets, &self.times));
        }
        words
    }

    /// Closing time of every bar: [T], strictly increasing.
    pub fn times(&self) -> &[Time] {
        &self.times
    }

    /// Bars a year: what anything annual is made from.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.bars_per_year
    }

    /// Names of the assets: [N].
    pub fn assets(&self) -> &[String] {
        &self.assets
    }

    /// What a unit of each asset is worth at each close: [T, N]. Its price; where it has none, its last price while it is
    /// halted, what is paid out at its end, 0 where it is absent.
    pub fn close(&self) -> &Array2<f64> {
        &self.close
    }

    /// The prices, NaN in gaps: [T, N].
    pub fn prices(&self) -> &Array2<f64> {
        self.universe.as_ref().map_or(&self.close, Universe::prices)
    }

    /// The price of an asset at a bar, none in a gap.
    pub fn price(&self, bar: usize, asset: usize) -> Option<f64> {
        let price = self.prices()[[bar, asset]];
        (!price.is_nan()).then_some(price)
    }

    /// Who is there at each bar; none where everybody is there throughout.
    pub fn universe(&self) -> Option<&Universe> {
        self.universe.as_ref()
    }

    /// Opens, highs, lows and volumes, where the table has them.
    pub fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Costs of trading, where the table has its own.
    pub fn costs(&self) -> &CostTable {
        &self.costs
    }

    /// Annual rate of cash over the bar that begins at each close, where the table has it: [T].
    pub fn cash_rate(&self) -> Option<&[f64]> {
        self.cash_rate.as_deref()
    }

    /// Names of the caller's columns: [K].
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The caller's columns: [T, K].
    pub fn signals(&self) -> &Array2<f64> {
        &self.signals
    }

    /// Names of the caller's columns that every asset has: [F].
    pub fn asset_columns(&self) -> &[String] {
        &self.asset_columns
    }

    /// The caller's columns that every asset has: [T, N, F].
    pub fn asset_signals(&self) -> &Array3<f64> {
        &self.asset_signals
    }

    /// What a bar shows besides its prices.
    pub fn shown(&self, bar: usize) -> BarColumns<'_> {
        let own = self.asset_signals.index_axis(Axis(0), bar).to_slice();
        let of_bar = |values| of_bar(values, bar);
        BarColumns {
            costs: CostColumns {
                cost_rates: of_bar(&self.costs.cost_rates),
                half_spreads: of_bar(&self.costs.half_spreads),
                borrow_rates: of_bar(&self.costs.borrow_rates),
                volumes: of_bar(&self.ranges.volume),
            },
            columns: row(self.signals.row(bar)),
            asset_columns: own.expect("a bar of a table in standard layout lies together"),
            prior: of_bar(&self.prior),
            time: self.times[bar].nanoseconds(),
            ends: self
                .universe
                .as_ref()
                .map_or(&[], |universe| universe.ends_at(bar)),
        }
    }

    /// Weights to depart from at each close, assets then cash, where the table has them: [T, N + 1].
    pub fn prior(&self) -> Option<&Array2<f64>> {
        self.prior.as_ref()
    }

    /// Simple returns close to close: [T - 1, N]; row t is over the bar that begins at close t. 0 where an asset has none:
    /// where it is absent, and at its first price.
    pub fn simple_returns(&self) -> Array2<f64> {
        self.close_to_close(|from, to| to / from - 1.0)
    }

    /// Log returns close to close: [T - 1, N]; row t is over the bar that begins at close t. Errors: an asset that is not
    /// there throughout.
    pub fn log_returns(&self) -> Result<Array2<f64>> {
        self.check_complete()?;
        Ok(self.close_to_close(|from, to| ln(to / from)))
    }

    /// When assets are there that are not there throughout; none where all are.
    pub fn presences(&self) -> Vec<Presence> {
        let of = |universe: &Universe| universe.presences(&self.assets, &self.times);
        self.universe.as_ref().map(of).unwrap_or_default()
    }

    /// Refuses a table whose assets are not all there throughout; the error says who is there when.
    pub fn check_complete(&self) -> Result<()> {
        let Some(universe) = &self.universe else {
            return Ok(());
        };
        let found = format!("with gaps ({})", universe.describe(&self.assets, &self.times));
        Err(Error::invalid(
            "price table",
            found,
            "a price of every asset at every bar",
        ))
    }

    fn close_to_close(&self, change: impl Fn(f64, f64) -> f64) -> Array2<f64> {
        let from = self.close.slice_axis(Axis(0), Slice::from(..-1));
        let to = self.close.slice_axis(Axis(0), Slice::from(1..));
        let changes = ndarray::Zip::from(&from).and(&to);
        let Some(universe) = &self.universe else {
            return changes.map_collect(|from, to| change(*from, *to));
        };
        let status = universe.status().slice_axis(Axis(0), Slice::from(1..));
        changes
            .and(&status)
            .map_collect(|from, to, status| match status.has_return() {
                true => change(*from, *to),
                false => 0.0,
            })
    }
}

/// A bar's row of a table, nothing where there is no table.
fn of_bar(values: &Option<Array2<f64>>, bar: usize) -> &[f64] {
    values.as_ref().map_or(&[], |values| row(values.row(bar)))
}

/// A row of a table in standard layout as a slice.
pub(crate) fn row<'a>(row: ArrayView1<'a, f64>) -> &'a [f64] {
    row.to_slice()
        .expect("rows of a table in standard layout lie together")
}
