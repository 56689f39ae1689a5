//! Layouts: which columns hold what, and which way time runs.

use crate::error::{Error, Result};
use crate::market::csv::cells::{Cells, Row};
use crate::market::csv::options::{CsvOptions, Layout};
use crate::market::prices::fields_of_one_asset;
use crate::market::time::Time;
use std::borrow::Cow;
use std::collections::HashMap;

/// Names of a column of symbols, in lower case.
const SYMBOL_NAMES: [&str; 3] = ["symbol", "ticker", "tic"];

/// Fields of a bar that stand beside its close.
const FIELDS: [&str; 6] = ["open", "high", "low", "close", "volume", "vol"];

/// Fields that are a close adjusted for splits and dividends.
const ADJUSTED: [&str; 2] = ["adjclose", "adjustedclose"];

/// A layout that was found, with what it needs.
pub(super) enum Shape {
    Wide,
    Long {
        /// The column of symbols.
        symbol: usize,
    },
    OneAsset,
}

/// The dates of a file.
pub(super) struct Dated<'t> {
    /// The column that they stand in.
    pub(super) column: usize,
    /// One for each row.
    pub(super) times: &'t [Time],
    /// Whether the rows have been turned round.
    pub(super) newest_first: bool,
}

impl Shape {
    /// The layout of a file with dates in column `date`.
    pub(super) fn find(cells: &Cells<'_>, date: usize, options: &CsvOptions) -> Result<Self> {
        let symbol = SYMBOL_NAMES.iter().find_map(|name| cells.find_any_case(name));
        let close = || options.close_column.is_some() || close_column(cells, options).is_ok();
        Ok(match (options.layout, symbol) {
            (Layout::Wide, _) => Self::Wide,
            (Layout::Long, Some(symbol)) => Self::Long { symbol },
            (Layout::Long, None) => return Err(cells.missing("symbol", "a column called `symbol`")),
            (Layout::Detect, Some(symbol)) if close() => Self::Long { symbol },
            (Layout::OneAsset, _) => Self::OneAsset,
            (Layout::Detect, _) if close() && holds_one_asset(cells, date, options) => Self::OneAsset,
            (Layout::Detect, _) => Self::Wide,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Long { .. } => "long",
            Self::OneAsset => "one asset",
        }
    }

    /// The columns of numbers. Those that the options name in vain are left out.
    pub(super) fn number_columns(&self, cells: &Cells<'_>, date: usize, options: &CsvOptions) -> Vec<usize> {
        if let Self::Wide = self {
            return (0..cells.header.len())
                .filter(|column| *column != date && !options.ignore.contains(&cells.header[*column]))
                .collect();
        }
        let fields = FIELDS
            .iter()
            .chain(&ADJUSTED)
            .filter_map(|name| cells.find_field(name));
        let named = [&options.signals, &options.asset_signals];
        let named = named
            .into_iter()
            .flatten()
            .chain(&options.cash_rate)
            .chain(&options.close_column);
        let mut columns: Vec<usize> = fields.chain(named.filter_map(|name| cells.find(name))).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

impl Dated<'_> {
    /// A complaint about the date of `row`, which is not after that of the row before, called `whose`.
    pub(super) fn out_of_order(
        &self,
        cells: &Cells<'_>,
        row: &Row,
        (previous, date): (Time, Time),
        whose: &str,
    ) -> Error {
        let found = match date == previous {
            true => format!("{date} again"),
            false => date.to_string(),
        };
        let expected = match self.newest_first {
            false => format!("a date after {previous}, the {whose} before"),
            true => format!("a date after {previous}, the {whose} below (the file has the newest first)"),
        };
        cells.error(row.line, self.column, found, expected)
    }
}

/// The columns of closes: the one that is meant, and the one that the opens, highs and lows go with where it is another.
pub(super) fn close_column(cells: &Cells<'_>, options: &CsvOptions) -> Result<(usize, Option<usize>)> {
    let traded = cells.find_field("close");
    let adjusted = || ADJUSTED.iter().find_map(|name| cells.find_field(name));
    let chosen = match &options.close_column {
        Some(name) => cells.require(name, "close_column")?,
        None => match adjusted() {
            Some(column) => column,
            None => return Ok((cells.require_field("close")?, None)),
        },
    };
    Ok((chosen, traded.filter(|column| *column != chosen)))
}

/// Whether the columns are the fields of one asset's bars and nothing else.
fn holds_one_asset(cells: &Cells<'_>, date: usize, options: &CsvOptions) -> bool {
    let apart = |name: &String| {
        [&options.ignore, &options.signals, &options.asset_signals]
            .iter()
            .any(|names| names.contains(name))
            || options.cash_rate.as_ref() == Some(name)
    };
    let names = cells.header.iter().enumerate();
    let names: Vec<&String> = names
        .filter(|(column, name)| {
            *column != date
                && !cells.is_count(*column)
                && !apart(name)
                && options.close_column.as_ref() != Some(name)
        })
        .map(|(_, name)| name)
        .collect();
    let fields = fields_of_one_asset(&names);
    !fields.is_empty() && fields.len() == names.len()
}

/// Whether more rows, of one asset each where the file is long, have an earlier date than the one above than a later.
pub(super) fn newest_first(cells: &Cells<'_>, times: &[Time], shape: &Shape) -> bool {
    let mut above: HashMap<Cow<'_, str>, Time> = HashMap::new();
    let (mut later, mut earlier) = (0, 0);
    for (row, time) in cells.rows.iter().zip(times) {
        let asset = match shape {
            Shape::Long { symbol } => cells.text(row, *symbol),
            Shape::Wide | Shape::OneAsset => Cow::Borrowed(""),
        };
        if let Some(above) = above.insert(asset, *time) {
            later += usize::from(*time > above);
            earlier += usize::from(*time < above);
        }
    }
    earlier > later
}
