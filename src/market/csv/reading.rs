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
    pub(super) source: Source,
    /// How the dates are written.
    pub(super) dates: String,
    /// Whether the file has the last bar first.
    pub(super) newest_first: bool,
    pub(super) prices: FromPrices,
}

/// What the rows were read from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    Text {
        encoding: Encoding,
        separator: Separator,
        numbers: NumberForm,
        /// Lines above the header.
        titles: usize,
        /// Lines below the rows.
        notes: usize,
    },
    /// Columns that have a type, from a source that is called so.
    Columns(String),
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
        write!(formatter, ", {} rows", self.rows)?;
        let mut left_out = [(0, "title"), (0, "note")];
        match &self.source {
            Source::Text {
                encoding,
                separator,
                numbers,
                titles,
                notes,
            } => {
                if *encoding != Encoding::Utf8 {
                    write!(formatter, ", {encoding}")?;
                }
                write!(formatter, ", separator {separator}, {numbers}")?;
                left_out = [(*titles, "title"), (*notes, "note")];
            }
            Source::Columns(kind) => write!(formatter, ", {kind}")?,
        }
        write!(formatter, ", dates {}", self.dates)?;
        if self.newest_first {
            formatter.write_str(", newest first")?;
        }
        for (count, name) in left_out {
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
