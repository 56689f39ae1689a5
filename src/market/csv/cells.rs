//! The cells of a price file, each with the line it stands on.

use crate::error::{Error, Result};
use crate::market::csv::dates::{self, DateFormat};
use crate::market::csv::numbers::{Decimal, NumberForm, Thousands};
use crate::market::csv::sheet::{DATE_NAMES, Row, Sheet};
use crate::market::csv::{Fill, numbers};
use crate::market::prices::check_cash_rate;
use crate::market::time::{Time, parse_date, resembles};
use std::collections::HashSet;

/// A header and rows that all have as many cells.
pub(super) struct Cells<'a> {
    pub(super) file: &'a str,
    pub(super) header: Vec<String>,
    pub(super) header_line: u64,
    pub(super) rows: Vec<Row>,
    /// How the numbers are written.
    pub(super) numbers: NumberForm,
}

/// How a gap could be filled, in words for errors.
pub(super) const FILL_FORWARD: &str = "`fill: forward`, which repeats the value before";

/// Most characters of a cell or a list of names that an error repeats.
const SHOWN: usize = 100;

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
    /// The cells of a sheet, columns at its end that hold nothing and have no name left out.
    pub(super) fn new(file: &'a str, sheet: Sheet) -> Result<Self> {
        let mut cells = Self {
            file,
            header: sheet.header,
            header_line: sheet.header_line,
            rows: sheet.rows,
            numbers: NumberForm::PLAIN,
        };
        let width = cells.header.len();
        for row in &cells.rows {
            let found = row.cells().len();
            if found != width {
                let column = cells.header.get(found).map_or("(after the last)", String::as_str);
                let expected = format!("{width} cells, as in the header");
                return Err(cells.error_named(row.line, column, format!("a row of {found} cells"), expected));
            }
        }
        while let Some((name, others)) = cells.header.split_last()
            && name.is_empty()
            && !others.is_empty()
            && cells.rows.iter().all(|row| row.cells()[others.len()].is_empty())
        {
            cells.header.pop();
        }
        let mut names = HashSet::new();
        if let Some(again) = (0..cells.header.len()).find(|column| !names.insert(&cells.header[*column])) {
            return Err(cells.error_in_header(again, "a second column of this name", "distinct names"));
        }
        Ok(cells)
    }

    /// Which column has the dates, and how they are written there.
    pub(super) fn dates(&self, given: DateFormat) -> Result<(usize, DateFormat)> {
        let named = DATE_NAMES.iter().find_map(|name| self.find_any_case(name));
        let column = named.or_else(|| self.first_is_dates(given).then_some(0));
        let column = column.ok_or_else(|| self.missing("date", "a column called `date`"))?;
        Ok((column, self.date_format(column, given)?))
    }

    /// Whether the first column holds dates, though its name does not say so: a date in three parts in its first row, or
    /// in a column without a name any. A row without one is refused where it stands.
    fn first_is_dates(&self, given: DateFormat) -> bool {
        let texts = self.rows.iter().map(|row| self.text(row, 0));
        let format = match (given, dates::find(texts.clone())) {
            (DateFormat::Detect, dates::Found::One(format) | dates::Found::None(format)) => format,
            (DateFormat::Detect, dates::Found::Ambiguous) => DateFormat::Eu,
            (given, _) => given,
        };
        let first = texts.take(1).any(|text| format.read(text).is_some());
        first && (self.header[0].is_empty() || !format.is_number())
    }

    /// The format of the dates in `column`.
    fn date_format(&self, column: usize, given: DateFormat) -> Result<DateFormat> {
        if given != DateFormat::Detect {
            return Ok(given);
        }
        match dates::find(self.rows.iter().map(|row| self.text(row, column))) {
            dates::Found::One(format) | dates::Found::None(format) => Ok(format),
            dates::Found::Ambiguous => {
                let row = &self.rows[0];
                let found = format!(
                    "{}, and no date in the file says which of its first two parts is the month",
                    quoted(self.text(row, column))
                );
                let expected = "`date_format: us` (month, day, year) or `date_format: eu` (day, month, year)";
                Err(self.error(row.line, column, found, expected))
            }
        }
    }

    /// The time in each row, from dates that `format` reads.
    pub(super) fn times(&self, column: usize, format: DateFormat) -> Result<Vec<Time>> {
        let time = |row: &Row| {
            let text = self.text(row, column);
            format.read(text).ok_or_else(|| {
                let found = match resembles(text) {
                    Some(what) => format!("{}, {what}", quoted(text)),
                    None => quoted(text),
                };
                self.error(row.line, column, found, format.expected())
            })
        };
        self.rows.iter().map(time).collect()
    }

    /// How the numbers in `columns` are written.
    pub(super) fn number_form(
        &self,
        columns: &[usize],
        (decimal, thousands): (Decimal, Thousands),
        commas_separate: bool,
    ) -> Result<NumberForm> {
        let texts = self
            .rows
            .iter()
            .flat_map(|row| columns.iter().map(|column| self.text(row, *column)));
        match numbers::find(texts, decimal, thousands, commas_separate) {
            numbers::Found::One(form) => Ok(form),
            numbers::Found::Ambiguous(place, [one, other]) => {
                let (row, column) = (&self.rows[place / columns.len()], columns[place % columns.len()]);
                let text = quoted(self.text(row, column));
                let found =
                    format!("{text}, which is {one} or {other}, and no number in the file says which");
                let expected = "`decimal: point` or `decimal: comma`";
                Err(self.error(row.line, column, found, expected))
            }
            numbers::Found::Same => {
                let expected = "`thousands` other than the mark of `decimal`";
                Err(self.error_named(self.header_line, "(any)", "one mark for both", expected))
            }
        }
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
            shortened(name)
        };
        self.error_named(line, column, found, expected)
    }

    /// A complaint about the name of column `column`.
    pub(super) fn error_in_header(
        &self,
        column: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        self.error(self.header_line, column, found, expected)
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

    /// Position of the column of the field `field`, which is written in lower case and without blanks: the column of that
    /// name in upper or lower case, else the only one whose letters are that, such as `Adj Close*` or `5. volume`.
    pub(super) fn find_field(&self, field: &str) -> Option<usize> {
        let letters = |name: &str| -> String {
            let letters = name.chars().filter(|letter| letter.is_alphabetic());
            letters.flat_map(char::to_lowercase).collect()
        };
        self.find_any_case(field).or_else(|| {
            let mut found = (0..self.header.len()).filter(|column| letters(&self.header[*column]) == field);
            let first = found.next();
            first.filter(|_| found.next().is_none())
        })
    }

    /// Position of a field that the layout needs.
    pub(super) fn require_field(&self, field: &str) -> Result<usize> {
        self.find_field(field)
            .ok_or_else(|| self.missing(field, format!("a column called `{field}`")))
    }

    /// Position of the column called `name` as written.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// Position of a column that the setting `setting` names.
    pub(super) fn require(&self, name: &str, setting: &str) -> Result<usize> {
        let expected = || format!("a column of this name, as `{setting}` says");
        self.find(name).ok_or_else(|| self.missing(name, expected()))
    }

    /// A complaint that there is no column called `name`.
    pub(super) fn missing(&self, name: &str, expected: impl Into<String>) -> Error {
        let found = format!("no such column among: {}", shortened(&self.header.join(", ")));
        self.error_named(self.header_line, name, found, expected)
    }

    /// Whether `column` is the first, has no name and counts the rows, as data frames are written with their index.
    pub(super) fn is_count(&self, column: usize) -> bool {
        let last = self.rows.len().saturating_sub(1);
        let is = |row: &Row, number: usize| self.text(row, 0) == number.to_string();
        let mut down = (0..).zip(&self.rows);
        let mut up = (0..).zip(&self.rows);
        column == 0
            && self.header[0].is_empty()
            && (down.all(|(number, row)| is(row, number)) || up.all(|(number, row)| is(row, last - number)))
    }

    /// The text in `column` of `row`, without surrounding blanks.
    pub(super) fn text<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        row.cells()
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
        let value = self
            .numbers
            .read(text)
            .filter(|value: &f64| value.is_finite() && usable(value));
        if value.is_some() {
            return Ok(value);
        }
        if parse_date(text).is_some() {
            let expected = format!("{expected} (a column of dates belongs in `ignore`)");
            return Err(self.error(row.line, column, format!("{}, a date", quoted(text)), expected));
        }
        let expected = match text.contains([',', '.', ' ', '\'']) && self.numbers.read(text).is_none() {
            true => format!(
                "{expected}, written with a {} as in the rest of the file (`decimal`, `thousands`)",
                self.numbers
            ),
            false => expected.to_string(),
        };
        Err(self.error(row.line, column, quoted(text), expected))
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

/// The text of a cell in quotes.
fn quoted(text: &str) -> String {
    shortened(&format!("{text:?}"))
}

/// As much of `text` as an error repeats.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text.to_string(),
    }
}
