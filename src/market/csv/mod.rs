//! Price tables from and to CSV files. Every complaint names the file, the line and the column.

mod cells;
mod long;
mod wide;
mod write;

use crate::error::{Error, Result};
use crate::market::prices::PriceTable;
use cells::Cells;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub use write::write_wide_csv;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Long where the header has both `symbol` and `close`, else wide.
    #[default]
    Detect,
    /// A row for each date: `date`, then a close for each asset.
    Wide,
    /// A row for each date and asset: `date`, `symbol`, `close` and, where present, `open`, `high`, `low`, `volume`,
    /// in any order. Rows may be grouped by date or by symbol. Assets are in the order in which they first appear.
    Long,
}

/// What becomes of a gap: an empty cell or, in a long file, a missing row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// It is an error.
    #[default]
    Refuse,
    /// It takes the value of the date before (a missing bar: the last close as open, high, low and close, volume 0).
    /// A gap before the first value stays an error.
    Forward,
}

/// How a price file is read. The names of the columns `date`, `symbol`, `open`, `high`, `low`, `close` and `volume`
/// are recognised in upper and lower case; all others as written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsvOptions {
    /// Layout; default: detected.
    pub layout: Layout,
    /// What becomes of gaps; default: refused.
    pub fill: Fill,
    /// Columns to be seen by the policy at each close rather than prices, in this order; default none. In a long file
    /// the rows of one date must agree on them.
    pub signals: Vec<String>,
    /// Column with the annual rate of cash (0.02 is 2%); default none. In a long file as `signals`.
    pub cash_rate: Option<String>,
    /// Wide files only: columns with the prior weight of each asset, in the assets' order, and then of cash; default
    /// none.
    pub prior: Vec<String>,
    /// Columns to leave out; default none. In a long file, every column not named in its layout or here is left out.
    pub ignore: Vec<String>,
}

/// Reads a price table from the CSV file at `path`: comma-separated, a header line, dates as 2020-12-31; a byte order
/// mark, CRLF line ends and quoted fields are understood.
///
/// A high or low that rounding has put on the wrong side of its close is taken as the close
/// ([`PriceTable::with_ranges`]).
///
/// Errors: the file cannot be read ([`Error::Io`]); a missing column, a row with too many or too few cells, dates
/// that do not increase, a gap that may not be filled, a price that is not a finite number above 0, a high below its
/// close, and so on ([`Error::Table`] with line and column). What would be read as something that it is not is refused
/// too: semicolons between cells, dates with a time or in another order, numbers for dates, the columns of one asset's
/// bars without `symbol`, prior weights under another asset's name.
pub fn read_csv(path: impl AsRef<Path>, options: &CsvOptions) -> Result<PriceTable> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    parse_csv(&path.display().to_string(), &bytes, options)
}

/// Reads a price table from the text of a CSV file; errors call it `file`. See [`read_csv`].
pub fn parse_csv(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<PriceTable> {
    let cells = Cells::parse(file, bytes)?;
    let long = match options.layout {
        Layout::Wide => false,
        Layout::Long => true,
        Layout::Detect => cells.find_any_case("symbol").is_some() && cells.find_any_case("close").is_some(),
    };
    if long {
        long::table(&cells, options)
    } else {
        wide::table(&cells, options)
    }
}
