//! How a price file is to be read.

use crate::error::Result;
use crate::market::csv::{DateFormat, Decimal, Encoding, Separator, Splits, Thousands};
use crate::market::{BarsPerYear, CostTable, ListingRules};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Long where the header has both a column of symbols and one of closes, one asset where it has the fields of a bar
    /// and nothing else, else wide.
    #[default]
    Detect,
    /// A row for each date: `date`, then a close for each asset.
    Wide,
    /// A row for each date and asset: `date`, `symbol` (or `ticker`, `tic`), `close` and, where present, `open`, `high`,
    /// `low`, `volume`, in any order. Rows may be grouped by date or by symbol. Assets are in the order in which they first
    /// appear.
    Long,
    /// A row for each date: `date`, `close` and, where present, `open`, `high`, `low`, `volume` of one asset.
    OneAsset,
}

/// What becomes of a gap: an empty cell or, in a long file, a missing row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Of prices it stays: before its first price an asset is absent, without one it is halted, and after
    /// `max_halted_bars` of them it has ended. An asset's own columns need no value there. Elsewhere it is an error.
    #[default]
    Keep,
    /// It is an error.
    Refuse,
    /// It takes the value of the date before (a missing bar: the last close as open, high, low and close, volume 0).
    /// A gap before the first value stays an error.
    Forward,
}

/// How a price file is read. The names of the columns `date` (or `datetime`, `timestamp`, `time`), `symbol` (or `ticker`,
/// `tic`), `open`, `high`, `low`, `close`, `adj close` (or `adj_close`, `adjclose`, `adjusted close`) and `volume` (or `vol`)
/// are recognised in upper and lower case; all others as written. A first column of dates with another name, or none, is
/// the column of dates where no other is called so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsvOptions {
    /// Layout; default: detected.
    pub layout: Layout,
    /// What stands between cells; default: detected.
    pub separator: Separator,
    /// What stands before decimals; default: detected.
    pub decimal: Decimal,
    /// What stands between thousands; default: detected.
    pub thousands: Thousands,
    /// How bytes stand for characters; default: detected.
    pub encoding: Encoding,
    /// How dates are written; default: detected.
    pub date_format: DateFormat,
    /// Name of the asset of a file that has one asset and does not say its name: the layout `one_asset`, or a wide file with
    /// one column of closes; default: the file's name without what follows its last point, or the column's.
    pub asset_name: Option<String>,
    /// Column of closes in a long file or that of one asset; default: `adj close` where there is one, else `close`. Where
    /// it is another than `close`, opens, highs and lows are multiplied by its ratio to `close`.
    pub close_column: Option<String>,
    /// What becomes of moves that look like splits; default: refused.
    pub splits: Splits,
    /// What becomes of gaps; default: kept.
    pub fill: Fill,
    /// Bars without a price after which an asset has ended, at least 1; default 21.
    pub max_halted_bars: u32,
    /// Simple return over its last price with which an asset that ends is paid out, at least -1; default 0.
    pub delisting_return: f64,
    /// Column that is not 0 where an asset ends; in a wide file `NAME:ASSET` for every asset. Default none: assets end by
    /// `max_halted_bars` alone.
    pub end_column: Option<String>,
    /// Column of each asset's commission per traded notional, in [0, 1), in the place of the environment's `cost_rate`; in a
    /// wide file `NAME:ASSET` for every asset, here and in the next two. Default none.
    pub cost_rate_column: Option<String>,
    /// Column of half of each asset's spread between bid and ask as a part of the price, in [0, 1); default none.
    pub half_spread_column: Option<String>,
    /// Column of each asset's annual fee on what is sold short, in [0, 10], in the place of the environment's `borrow_rate`;
    /// default none.
    pub borrow_rate_column: Option<String>,
    /// Columns to be seen by the policy at each close rather than prices, in this order; default none. In a long file
    /// the rows of one date must agree on them.
    pub signals: Vec<String>,
    /// Columns to be seen by the policy at each close with the asset that they are about; default none. In a long file
    /// they are columns of these names; in a wide file `NAME:ASSET` for every asset.
    pub asset_signals: Vec<String>,
    /// Column with the annual rate of cash (0.02 is 2%); default none. In a long file as `signals`.
    pub cash_rate: Option<String>,
    /// Whether rates of cash above 1 (100% a year) are meant; default no: they are as a rule percentages.
    pub confirm_cash_rate: bool,
    /// Wide files only: columns with the prior weight of each asset, in the assets' order, and then of cash; default
    /// none.
    pub prior: Vec<String>,
    /// Bars a year; default: as the times of the bars say.
    pub bars_per_year: Option<BarsPerYear>,
    /// Columns to leave out; default none. In a long file, every column not named in its layout or here is left out.
    pub ignore: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        let rules = ListingRules::default();
        Self {
            layout: Layout::default(),
            separator: Separator::default(),
            decimal: Decimal::default(),
            thousands: Thousands::default(),
            encoding: Encoding::default(),
            date_format: DateFormat::default(),
            asset_name: None,
            close_column: None,
            splits: Splits::default(),
            fill: Fill::default(),
            max_halted_bars: rules.max_halted_bars,
            delisting_return: rules.delisting_return,
            end_column: None,
            cost_rate_column: None,
            half_spread_column: None,
            borrow_rate_column: None,
            signals: Vec::new(),
            asset_signals: Vec::new(),
            cash_rate: None,
            confirm_cash_rate: false,
            prior: Vec::new(),
            bars_per_year: None,
            ignore: Vec::new(),
        }
    }
}

impl CsvOptions {
    /// Names of columns that every asset has one of besides its prices.
    pub(super) fn own_columns(&self) -> impl Iterator<Item = &String> {
        let costs = [
            &self.cost_rate_column,
            &self.half_spread_column,
            &self.borrow_rate_column,
        ];
        let others = self.end_column.iter().chain(costs.into_iter().flatten());
        self.asset_signals.iter().chain(others)
    }

    /// The columns of costs, each read by `read`, which is told the column's name and the option.
    pub(super) fn costs(
        &self,
        read: impl Fn(&String, &'static str) -> Result<Array2<f64>>,
    ) -> Result<CostTable> {
        let read = |name: &Option<String>, option| name.as_ref().map(|name| read(name, option)).transpose();
        Ok(CostTable {
            cost_rates: read(&self.cost_rate_column, "cost_rate_column")?,
            half_spreads: read(&self.half_spread_column, "half_spread_column")?,
            borrow_rates: read(&self.borrow_rate_column, "borrow_rate_column")?,
        })
    }

    /// When a halted asset has ended, and what is then paid for it.
    pub(super) fn listing_rules(&self) -> ListingRules {
        ListingRules {
            max_halted_bars: self.max_halted_bars,
            delisting_return: self.delisting_return,
        }
    }
}
