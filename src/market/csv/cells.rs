//! The cells of a CSV file, each with the line it stands on.

use crate::error::{Error, Result};
use crate::market::csv::Fill;
use crate::market::prices::check_cash_rate;
use crate::market::time::{TIME_FORMAT, Time, parse_date, resembles};
use ::csv::StringRecord;

/// A parsed file: a header and rows that all have as many cells.
pub(super) struct Cells<'a> {
    pub(super) file: &'a str,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One record and its line in the file, from 1.
pub(super) struct Row {
    pub(super) line: u64,
    record: StringRecord,
}

/// How a gap could be filled, in words for errors.
pub(super) const FILL_FORWARD: &str = "`fill: forward`, which repeats the value before";

/// What a number in a price file has to be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Price,
    Volume,
    /// Of cash; whether one above 1 is meant.
    Rate {
        confirmed: bool,
    },
    Weight,
    Signal,
}

impl<'a> Cells<'a> {
    pub(super) fn parse(file: &'a str, bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let complaint = |line: u64, column: &str, found: String, expected: String| Error::Table {
            file: file.to_string(),
            line,
            column: column.to_string(),
            found,
            expected,
        };
        if let Err(error) = std::str::from_utf8(bytes) {
            let line = 1 + line_ends(&bytes[..error.valid_up_to()]);
            return Err(complaint(
                line,
                "(any)",
                "bytes that are not UTF-8".into(),
                "UTF-8 text".into(),
            ));
        }
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(::csv::Trim::All)
            .from_reader(bytes);
        let (mut header, mut rows): (Option<Vec<String>>, Vec<Row>) = (None, Vec::new());
        // The reader's own line numbers are taken before it skips the end of the line before and empty lines.
        let (mut offset, mut line) = (0, 1);
        for record in reader.records() {
            let record = record.map_err(|error| {
                complaint(line, "(any)", error.to_string(), "comma-separated values".into())
            })?;
            let mut start = record
                .position()
                .map_or(offset, |position| position.byte() as usize);
            while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
                start += 1;
            }
            line += line_ends(&bytes[offset..start]);
            offset = start;
            let Some(header) = &header else {
                let names: Vec<String> = record.iter().map(str::to_string).collect();
                if let Some(separator) = other_separator(&names) {
                    let found = format!("cells separated by {separator}");
                    let expected = "cells separated by commas, and numbers with a decimal point";
                    return Err(complaint(line, "(any)", found, expected.into()));
                }
                header = Some(names);
                continue;
            };
            if record.len() != header.len() {
                let column = header
                    .get(record.len())
                    .map_or("(after the last)", String::as_str);
                let found = format!("a row of {} cells", record.len());
                return Err(complaint(
                    line,
                    column,
                    found,
                    format!("{} cells, as in the header", header.len()),
                ));
            }
            rows.push(Row { line, record });
        }
        let Some(header) = header else {
            return Err(complaint(
                1,
                "date",
                "an empty file".into(),
                "a header and rows of prices".into(),
            ));
        };
        let cells = Self { file, header, rows };
        for (index, name) in cells.header.iter().enumerate() {
            if cells.header[..index].contains(name) {
                return Err(cells.error(1, index, "a second column of this name", "distinct names"));
            }
        }
        Ok(cells)
    }

    /// A complaint about the cell in column `column` on `line`.
    pub(super) fn error(
        &self,
        line: u64,
        column: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        let name = self.header.get(column).map_or("", String::as_str);
        let unnamed = name.is_empty();
        let column = if unnamed {
            format!("number {}", column + 1)
        } else {
            name.to_string()
        };
        self.error_named(line, column, found, expected)
    }

    /// A complaint about a column that goes by `column` rather than by a name in the header.
    pub(super) fn error_named(
        &self,
        line: u64,
        column: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        Error::Table {
            file: self.file.to_string(),
            line,
            column: column.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// Position of the column called `name` in upper or lower case.
    pub(super) fn find_any_case(&self, name: &str) -> Option<usize> {
        self.header
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name))
    }

    /// Position of a column that the layout needs.
    pub(super) fn require_any_case(&self, name: &str) -> Result<usize> {
        self.find_any_case(name)
            .ok_or_else(|| self.missing(name, format!("a column called `{name}`")))
    }

    /// Position of the column of dates.
    pub(super) fn require_date(&self) -> Result<usize> {
        let found = self.find_any_case("date");
        found.ok_or_else(|| match self.first_column_of_dates() {
            Some(column) => {
                let called = match self.header[column].as_str() {
                    "" => "without a name".to_string(),
                    name => format!("called {name:?}"),
                };
                let found = format!("dates in column number {}, {called}", column + 1);
                self.error_named(1, "date", found, "the header `date` above the dates")
            }
            None => self.missing("date", "a column called `date`".to_string()),
        })
    }

    /// Position of a column that the setting `setting` names.
    pub(super) fn require(&self, name: &str, setting: &str) -> Result<usize> {
        let found = self.header.iter().position(|column| column == name);
        found.ok_or_else(|| self.missing(name, format!("a column of this name, as `{setting}` says")))
    }

    fn missing(&self, name: &str, expected: String) -> Error {
        let found = format!("no such column among: {}", self.header.join(", "));
        self.error_named(1, name, found, expected)
    }

    /// The first column whose cell in the first row is a date, or close to one.
    fn first_column_of_dates(&self) -> Option<usize> {
        let row = self.rows.first()?;
        (0..self.header.len()).find(|column| {
            let text = self.text(row, *column);
            Time::parse(text).is_some() || resembles(text).is_some_and(|what| what != "a number")
        })
    }

    /// The time in `column` of `row`.
    pub(super) fn time(&self, row: &Row, column: usize) -> Result<Time> {
        let text = self.text(row, column);
        Time::parse(text).ok_or_else(|| {
            let found = match resembles(text) {
                Some(what) => format!("{text:?}, {what}"),
                None => format!("{text:?}"),
            };
            self.error(row.line, column, found, TIME_FORMAT)
        })
    }

    /// The text in `column` of `row`, without surrounding blanks.
    pub(super) fn text<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        row.record
            .get(column)
            .expect("every row has as many cells as the header")
    }

    /// The number in `column` of `row`, or nothing where the cell is empty.
    pub(super) fn number(&self, row: &Row, column: usize, kind: Kind) -> Result<Option<f64>> {
        let text = self.text(row, column);
        if text.is_empty() {
            return Ok(None);
        }
        let expected = match kind {
            Kind::Price => "a finite price above 0",
            Kind::Volume => "a finite volume, at least 0",
            Kind::Rate { confirmed: true } => "a finite annual rate above -1",
            Kind::Rate { confirmed: false } => {
                "a finite annual rate above -1 and at most 1, which is 100% (0.05 is 5%), or `confirm_cash_rate`"
            }
            Kind::Weight => "a finite weight, at least 0",
            Kind::Signal => "a finite number",
        };
        let usable = |value: &f64| match kind {
            Kind::Price => *value > 0.0,
            Kind::Volume | Kind::Weight => *value >= 0.0,
            Kind::Rate { confirmed } => check_cash_rate(*value, confirmed).is_ok(),
            Kind::Signal => true,
        };
        let value = text
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite() && usable(value));
        match value {
            Some(value) => Ok(Some(value)),
            None if parse_date(text).is_some() => {
                let expected = format!("{expected} (a column of dates belongs in `ignore`)");
                Err(self.error(row.line, column, format!("{text:?}, a date"), expected))
            }
            None if text.contains(',') => {
                let expected = format!("{expected}, with a decimal point and no commas");
                Err(self.error(row.line, column, format!("{text:?}"), expected))
            }
            None => Err(self.error(row.line, column, format!("{text:?}"), expected)),
        }
    }

    /// Fills the gap in a cell of `column` on `line` with the `previous` value, where `fill` allows it.
    pub(super) fn fill(&self, line: u64, column: usize, fill: Fill, previous: Option<f64>) -> Result<f64> {
        match (fill, previous) {
            (Fill::Forward, Some(value)) => Ok(value),
            (Fill::Forward, None) => Err(self.error(
                line,
                column,
                "a gap before the first value",
                "a value to begin with (there is nothing to fill forward from)",
            )),
            (Fill::Refuse, _) => {
                Err(self.error(line, column, "a gap", format!("a number, or {FILL_FORWARD}")))
            }
        }
    }
}

/// What separates the cells of a header where it is not commas.
fn other_separator(header: &[String]) -> Option<&'static str> {
    let separators = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];
    let found = separators.into_iter().find(|(separator, _)| {
        let count: usize = header.iter().map(|name| name.matches(*separator).count()).sum();
        count >= header.len()
    });
    found.map(|(_, name)| name)
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
