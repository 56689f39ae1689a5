//! Price tables from and to CSV files. Every complaint names the file, the line and the column.

mod cells;
mod dates;
mod encoding;
mod layout;
mod long;
mod numbers;
mod options;
mod reading;
mod separator;
mod sheet;
mod splits;
mod wide;
mod write;

use crate::error::{Error, Result};
use crate::market::prices::PriceTable;
use cells::Cells;
use layout::Shape;
use sheet::Sheet;
use std::path::Path;

pub use dates::DateFormat;
pub use encoding::Encoding;
pub use numbers::{Decimal, Thousands};
pub use options::{CsvOptions, Fill, Layout};
pub use reading::Reading;
pub use separator::Separator;
pub use splits::Splits;
pub use write::write_wide_csv;

/// What a price file holds, and how it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceFile {
    /// The prices.
    pub table: PriceTable,
    /// How the file was understood.
    pub reading: Reading,
}

impl PriceFile {
    /// Reads the file at `path`.
    ///
    /// What `options` leave open is detected: encoding (a byte order mark, UTF-8, else Windows-1252), separator, how
    /// numbers and dates are written, lines of a title above the header and of notes below the rows, rows with the newest
    /// first, and the layout. What can be read in two ways is refused with the option that says which is meant.
    ///
    /// A high or low that rounding has put on the wrong side of its close is taken as the close
    /// ([`PriceTable::with_ranges`]).
    ///
    /// Errors: the file cannot be read ([`Error::Io`]); a missing column, a row with too many or too few cells, dates
    /// that neither increase nor decrease, a gap that may not be filled, a price that is not a finite number above 0, a
    /// high below its close, a move that looks like a split, and so on ([`Error::Table`] with line and column). What
    /// would be read as something that it is not is refused too: some columns of one asset's bars among others, prior
    /// weights under another asset's name, dates among the prices.
    pub fn read(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        Self::parse(&path.display().to_string(), &bytes, options)
    }

    /// Reads what a file holds; errors call it `file`. See [`read`](Self::read).
    pub fn parse(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<Self> {
        let (text, encoding) = encoding::decode(file, bytes, options.encoding)?;
        let separator = separator::find(file, &text, options.separator)?;
        let sheet = Sheet::read(file, &text, separator.byte(), None)?;
        let (titles, notes) = (sheet.titles, sheet.notes);
        let mut cells = Cells::new(file, sheet)?;
        let (date, format) = cells.dates(options.date_format)?;
        let shape = Shape::find(&cells, date, options)?;
        let marks = (options.decimal, options.thousands);
        cells.numbers = cells.number_form(
            &shape.number_columns(&cells, date, options),
            marks,
            separator == Separator::Comma,
        )?;
        let mut times = cells.times(date, format)?;
        let newest_first = layout::newest_first(&cells, &times, &shape);
        if newest_first {
            cells.rows.reverse();
            times.reverse();
        }
        let dated = layout::Dated {
            column: date,
            times: &times,
            newest_first,
        };
        let example = cells.rows.first().map_or("", |row| cells.text(row, date));
        let dates = format.describe(example);
        let (table, prices) = match &shape {
            Shape::Wide => wide::table(&cells, &dated, options),
            Shape::Long { symbol } => long::table(&cells, &dated, Some(*symbol), options),
            Shape::OneAsset => long::table(&cells, &dated, None, options),
        }?;
        let table = match options.bars_per_year {
            Some(bars_per_year) => table.with_bars_per_year(bars_per_year),
            None => table,
        };
        let reading = Reading {
            layout: shape.name(),
            rows: cells.rows.len(),
            encoding,
            separator,
            numbers: cells.numbers,
            dates,
            newest_first,
            titles,
            notes,
            prices,
        };
        Ok(Self { table, reading })
    }
}

/// The prices in the file at `path`; see [`PriceFile::read`].
pub fn read_csv(path: impl AsRef<Path>, options: &CsvOptions) -> Result<PriceTable> {
    PriceFile::read(path, options).map(|file| file.table)
}

/// The prices in the bytes of a file; see [`PriceFile::parse`].
pub fn parse_csv(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<PriceTable> {
    PriceFile::parse(file, bytes, options).map(|file| file.table)
}
