//! Price tables from and to CSV files. Every complaint names the file, the line and the column.

mod cells;
mod long;
mod options;
mod wide;
mod write;

use crate::error::{Error, Result};
use crate::market::prices::PriceTable;
use cells::Cells;
use std::path::Path;

pub use options::{CsvOptions, Fill, Layout};
pub use write::write_wide_csv;

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
    let table = match long {
        true => long::table(&cells, options),
        false => wide::table(&cells, options),
    }?;
    Ok(match options.bars_per_year {
        Some(bars_per_year) => table.with_bars_per_year(bars_per_year),
        None => table,
    })
}
