//! How a price file was understood, in words.

use crate::market::csv::encoding::Encoding;
use crate::market::csv::numbers::NumberForm;
use crate::market::csv::separator::Separator;
use crate::market::csv::splits::{Split, Splits};
use std::fmt;

/// How a price file was understood. Shown: such as "wide, 1200 rows, separator `;`, decimal comma, dates day.month.year".
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub(super) layout: &'static str,
    pub(super) rows: usize,
    pub(super) encoding: Encoding,
    pub(super) separator: Separator,
    pub(super) numbers: NumberForm,
    /// How the dates are written.
    pub(super) dates: String,
    /// Whether the file has the last bar first.
    pub(super) newest_first: bool,
    pub(super) titles: usize,
    pub(super) notes: usize,
    pub(super) prices: FromPrices,
}

/// What the prices of a file say of how they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FromPrices {
    /// The name of the only asset, where the file does not say it.
    pub(super) asset: Option<String>,
    /// The column of closes, where another could be meant.
    pub(super) close: Option<String>,
    pub(super) splits: Vec<Split>,
    pub(super) as_splits: Splits,
}

impl fmt::Display for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.layout)?;
        if let Some(name) = &self.prices.asset {
            write!(formatter, " called {name}")?;
        }
        let (separator, numbers) = (self.separator, self.numbers);
        write!(formatter, ", {} rows", self.rows)?;
        if self.encoding != Encoding::Utf8 {
            write!(formatter, ", {}", self.encoding)?;
        }
        write!(
            formatter,
            ", separator {separator}, {numbers}, dates {}",
            self.dates
        )?;
        if self.newest_first {
            formatter.write_str(", newest first")?;
        }
        for (count, name) in [(self.titles, "title"), (self.notes, "note")] {
            match count {
                0 => (),
                1 => write!(formatter, ", 1 line of {name}s left out")?,
                _ => write!(formatter, ", {count} lines of {name}s left out")?,
            }
        }
        if let Some(column) = &self.prices.close {
            write!(formatter, ", closes from {column}")?;
        }
        let done = match self.prices.as_splits {
            Splits::Adjust => "adjusted for",
            Splits::Refuse | Splits::Keep => "kept",
        };
        for split in &self.prices.splits {
            write!(formatter, ", {done} the split {split}")?;
        }
        Ok(())
    }
}
