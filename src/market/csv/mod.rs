//! Price tables from and to CSV files, and from columns that have a type ([`Column`]), by the same rules. Every complaint
//! names the file, the line or row, and the column.

mod cells;
mod columns;
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
use reading::Source;
use sheet::Sheet;
use std::path::Path;

pub use columns::{Column, TimeUnit};
pub use dates::DateFormat;
pub use encoding::Encoding;
use numbers::NumberForm;
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
        let cells = Cells::new(file, sheet)?;
        let source = |numbers| Source::Text {
            encoding,
            separator,
            numbers,
            titles,
            notes,
        };
        Self::of_cells(cells, options, separator == Separator::Comma, source)
    }

    /// Makes a price file of columns, each of which has a value or a gap for every row, by the rules for the rows of a CSV
    /// file; errors call it `file`, and a [`Reading`] says that it was read from `kind`, such as "Parquet".
    ///
    /// A column of times is one of dates by its type; where none has one of the names for dates, and the first column does
    /// not hold any, it is the only column of times. Columns of integers and texts may be dates too, in the formats of
    /// [`DateFormat`], and the symbols of a long file.
    ///
    /// Errors: as [`read`](Self::read), with rows in the place of lines; columns of different lengths; options that say how
    /// a text is written, which columns are not: `separator` and `encoding`.
    pub fn from_columns(file: &str, kind: &str, columns: Vec<Column>, options: &CsvOptions) -> Result<Self> {
        Self::of_columns(Cells::of_columns(file, columns)?, kind, options)
    }

    /// As [`from_columns`](Self::from_columns), for columns that are in no file, and that errors call `name`: one asset is
    /// called by its `asset_name`.
    pub fn from_frame(name: &str, kind: &str, columns: Vec<Column>, options: &CsvOptions) -> Result<Self> {
        let mut cells = Cells::of_columns(name, columns)?;
        cells.is_file = false;
        Self::of_columns(cells, kind, options)
    }

    fn of_columns(cells: Cells<'_>, kind: &str, options: &CsvOptions) -> Result<Self> {
        for (option, given) in [
            ("`separator`", options.separator != Separator::Detect),
            ("`encoding`", options.encoding != Encoding::Detect),
        ] {
            if given {
                let found = format!("{option} for {kind}, which is no text");
                return Err(cells.error_in_header(0, found, format!("no {option}")));
            }
        }
        Self::of_cells(cells, options, false, |_| Source::Columns(kind.to_string()))
    }

    /// The table of the cells. `commas_separate` says that commas stand between them; `source` makes of how numbers are
    /// written what the cells were read from.
    fn of_cells(
        mut cells: Cells<'_>,
        options: &CsvOptions,
        commas_separate: bool,
        source: impl FnOnce(NumberForm) -> Source,
    ) -> Result<Self> {
        let (date, form) = cells.dates(options.date_format)?;
        let shape = Shape::find(&cells, date, options)?;
        let marks = (options.decimal, options.thousands);
        cells.numbers = cells.number_form(
            &shape.number_columns(&cells, date, options),
            marks,
            commas_separate,
        )?;
        let mut times = cells.times(date, form)?;
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
        let dates = cells.describe_dates(date, form);
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
            source: source(cells.numbers),
            dates,
            newest_first,
            prices,
        };
        Ok(Self { table, reading })
    }
}

/// A reader of the bytes of a price file, which errors call by the first argument: [`PriceFile::parse`], or one that reads
/// other forms of files as well.
pub type Parse = fn(&str, &[u8], &CsvOptions) -> Result<PriceFile>;

/// The prices in the file at `path`; see [`PriceFile::read`].
pub fn read_csv(path: impl AsRef<Path>, options: &CsvOptions) -> Result<PriceTable> {
    PriceFile::read(path, options).map(|file| file.table)
}

/// The prices in the bytes of a file; see [`PriceFile::parse`].
pub fn parse_csv(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<PriceTable> {
    PriceFile::parse(file, bytes, options).map(|file| file.table)
}
