//! The cells of a price file, each with the line or row it stands on.

use crate::error::{Error, Place, Result};
use crate::market::csv::columns::{Cell, Column};
use crate::market::csv::dates::{self, DateFormat};
use crate::market::csv::numbers::{Decimal, NumberForm, Thousands};
use crate::market::csv::sheet::{DATE_NAMES, Sheet};
use crate::market::csv::{Fill, numbers};
use crate::market::price::{self, is_price};
use crate::market::prices::check_cash_rate;
use crate::market::time::{Time, parse_date, resembles};
use ::csv::StringRecord;
use std::borrow::Cow;
use std::collections::HashSet;

/// A header and rows that all have as many cells.
pub(super) struct Cells<'a> {
    pub(super) file: &'a str,
    /// Whether `file` is a file's name, after which its only asset may be called.
    pub(super) is_file: bool,
    pub(super) header: Vec<String>,
    pub(super) header_line: u64,
    pub(super) rows: Vec<Row>,
    /// How the numbers are written that are texts.
    pub(super) numbers: NumberForm,
    values: Values,
}

/// A row: where its cells are.
pub(super) struct Row {
    /// Its line in a text, from 1, else its number among the rows, from 1.
    pub(super) line: u64,
    /// Its place among the values.
    at: usize,
}

/// What the cells hold.
enum Values {
    /// Texts alone, those of a row together.
    Texts(Vec<StringRecord>),
    /// Values of a type, those of a column together.
    Columns(Vec<Column>),
}

/// How the dates of a column are to be read.
#[derive(Clone, Copy)]
pub(super) enum DateForm {
    /// As texts in that format.
    Written(DateFormat),
    /// As they are: the column's type is one of times.
    Typed,
}

/// The line of the header where the names of columns are on none.
const NO_LINE: u64 = 0;

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
        let lines: Vec<u64> = sheet.rows.iter().map(|record| record.line).collect();
        let texts: Vec<StringRecord> = sheet.rows.into_iter().map(|record| record.cells).collect();
        let lengths: Vec<usize> = texts.iter().map(StringRecord::len).collect();
        let mut cells = Self {
            file,
            is_file: true,
            header: sheet.header,
            header_line: sheet.header_line,
            rows: (0..).zip(lines).map(|(at, line)| Row { line, at }).collect(),
            numbers: NumberForm::PLAIN,
            values: Values::Texts(texts),
        };
        let width = cells.header.len();
        for (row, found) in cells.rows.iter().zip(lengths) {
            if found != width {
                let column = cells.header.get(found).map_or("(after the last)", String::as_str);
                let expected = format!("{width} cells, as in the header");
                return Err(cells.error_named(row.line, column, format!("a row of {found} cells"), expected));
            }
        }
        while let Some((name, others)) = cells.header.split_last()
            && name.is_empty()
            && !others.is_empty()
            && cells
                .rows
                .iter()
                .all(|row| cells.text(row, others.len()).is_empty())
        {
            cells.header.pop();
        }
        cells.check_names()?;
        Ok(cells)
    }

    /// The cells of columns, which are called `file`.
    pub(super) fn of_columns(file: &'a str, columns: Vec<Column>) -> Result<Self> {
        let rows = columns.first().map_or(0, Column::rows);
        let cells = Self {
            file,
            is_file: true,
            header: columns.iter().map(|column| column.name.clone()).collect(),
            header_line: NO_LINE,
            rows: (0..rows)
                .map(|at| Row {
                    line: at as u64 + 1,
                    at,
                })
                .collect(),
            numbers: NumberForm::PLAIN,
            values: Values::Columns(columns),
        };
        if cells.header.is_empty() {
            return Err(cells.error_named(NO_LINE, "date", "no columns", "columns of dates and prices"));
        }
        if let Some(other) = cells.columns().iter().position(|column| column.rows() != rows) {
            let found = format!("{} rows", cells.columns()[other].rows());
            return Err(cells.error_in_header(other, found, format!("{rows}, as in the first column")));
        }
        cells.check_names()?;
        Ok(cells)
    }

    fn check_names(&self) -> Result<()> {
        let mut names = HashSet::new();
        match (0..self.header.len()).find(|column| !names.insert(&self.header[*column])) {
            Some(again) => Err(self.error_in_header(again, "a second column of this name", "distinct names")),
            None => Ok(()),
        }
    }

    /// The columns that have a type; none where all cells are texts.
    fn columns(&self) -> &[Column] {
        match &self.values {
            Values::Texts(_) => &[],
            Values::Columns(columns) => columns,
        }
    }

    /// Which column has the dates, and how they are written there.
    pub(super) fn dates(&self, given: DateFormat) -> Result<(usize, DateForm)> {
        let named = DATE_NAMES.iter().find_map(|name| self.find_any_case(name));
        let column = named
            .or_else(|| self.first_is_dates(given).then_some(0))
            .or_else(|| self.only_times());
        let column = column.ok_or_else(|| self.missing("date", "a column called `date`"))?;
        Ok((column, self.date_format(column, given)?))
    }

    /// The only column whose type is one of times.
    fn only_times(&self) -> Option<usize> {
        let mut found = (0..self.header.len()).filter(|column| self.holds_times(*column));
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// Whether the type of a column is one of times.
    fn holds_times(&self, column: usize) -> bool {
        self.columns().get(column).is_some_and(Column::holds_times)
    }

    /// Whether the first column holds dates, though its name does not say so: a date in three parts in its first row, or
    /// in a column without a name any. A row without one is refused where it stands.
    fn first_is_dates(&self, given: DateFormat) -> bool {
        if self.holds_times(0) {
            return true;
        }
        let texts = self.rows.iter().map(|row| self.text(row, 0));
        let format = match (given, dates::find(texts.clone())) {
            (DateFormat::Detect, dates::Found::One(format) | dates::Found::None(format)) => format,
            (DateFormat::Detect, dates::Found::Ambiguous) => DateFormat::Eu,
            (given, _) => given,
        };
        let first = texts.take(1).any(|text| format.read(&text).is_some());
        first && (self.header[0].is_empty() || !format.is_number())
    }

    /// How the dates in `column` are to be read.
    fn date_format(&self, column: usize, given: DateFormat) -> Result<DateForm> {
        if self.holds_times(column) {
            return Ok(DateForm::Typed);
        }
        if given != DateFormat::Detect {
            return Ok(DateForm::Written(given));
        }
        match dates::find(self.rows.iter().map(|row| self.text(row, column))) {
            dates::Found::One(format) | dates::Found::None(format) => Ok(DateForm::Written(format)),
            dates::Found::Ambiguous => {
                let row = &self.rows[0];
                let found = format!(
                    "{}, and no date in the file says which of its first two parts is the month",
                    quoted(&self.text(row, column))
                );
                let expected = "`date_format: us` (month, day, year) or `date_format: eu` (day, month, year)";
                Err(self.error(row.line, column, found, expected))
            }
        }
    }

    /// The time in each row.
    pub(super) fn times(&self, column: usize, form: DateForm) -> Result<Vec<Time>> {
        self.rows.iter().map(|row| self.time(row, column, form)).collect()
    }

    fn time(&self, row: &Row, column: usize, form: DateForm) -> Result<Time> {
        match (form, self.cell(row, column)) {
            (DateForm::Typed, Cell::Time(unit, count)) => unit.time(count).ok_or_else(|| {
                let found = format!("{count} {} since 1970", unit.plural());
                self.error(row.line, column, found, "a time that a calendar has")
            }),
            (DateForm::Typed, _) => Err(self.error(row.line, column, "a gap", "a date or time")),
            (DateForm::Written(format), _) => {
                let text = self.text(row, column);
                format.read(&text).ok_or_else(|| {
                    let found = match resembles(&text) {
                        Some(what) => format!("{}, {what}", quoted(&text)),
                        None => self.found(row, column),
                    };
                    self.error(row.line, column, found, format.expected())
                })
            }
        }
    }

    /// The dates of `column` in words.
    pub(super) fn describe_dates(&self, column: usize, form: DateForm) -> String {
        let example = self
            .rows
            .first()
            .map_or(Cow::Borrowed(""), |row| self.text(row, column));
        match (form, self.columns().get(column)) {
            (DateForm::Typed, Some(column)) => format!("of the type {}", column.type_name),
            (DateForm::Typed, None) => example.into_owned(),
            (DateForm::Written(format), _) => format.describe(&example),
        }
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
            .flat_map(|row| columns.iter().map(|column| self.written(row, *column)));
        match numbers::find(texts, decimal, thousands, commas_separate) {
            numbers::Found::One(form) => Ok(form),
            numbers::Found::Ambiguous(place, [one, other]) => {
                let (row, column) = (&self.rows[place / columns.len()], columns[place % columns.len()]);
                let text = quoted(&self.text(row, column));
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
            place: match (&self.values, line) {
                (Values::Texts(_), line) => Place::Line(line),
                (Values::Columns(_), NO_LINE) => Place::Column,
                (Values::Columns(_), row) => Place::Row(row),
            },
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

    /// What is in `column` of `row`.
    fn cell(&self, row: &Row, column: usize) -> Cell<'_> {
        match &self.values {
            Values::Texts(texts) => Cell::Text(&texts[row.at][column]),
            Values::Columns(columns) => columns[column].cell(row.at),
        }
    }

    /// The text in `column` of `row`, or that of its value, without surrounding blanks; empty for a gap.
    pub(super) fn text(&self, row: &Row, column: usize) -> Cow<'_, str> {
        match self.cell(row, column) {
            Cell::Gap | Cell::Other => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(value) => Cow::Owned(value.to_string()),
            Cell::Integer(value) => Cow::Owned(value.to_string()),
            Cell::Time(unit, count) => Cow::Owned(match unit.time(count) {
                Some(time) => time.to_string(),
                None => count.to_string(),
            }),
        }
    }

    /// The text in `column` of `row` where it is one.
    fn written(&self, row: &Row, column: usize) -> &str {
        match self.cell(row, column) {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// The number in `column` of `row`, infinities and NaN included.
    pub(super) fn value(&self, row: &Row, column: usize) -> Option<f64> {
        match self.cell(row, column) {
            Cell::Text(text) => self.numbers.read(text),
            Cell::Number(value) => Some(value),
            Cell::Integer(value) => Some(value as f64),
            Cell::Gap | Cell::Time(..) | Cell::Other => None,
        }
    }

    /// What is in `column` of `row`, in words for errors.
    fn found(&self, row: &Row, column: usize) -> String {
        match self.cell(row, column) {
            Cell::Text(text) => quoted(text),
            Cell::Gap => "a gap".to_string(),
            Cell::Number(_) | Cell::Integer(_) => self.text(row, column).into_owned(),
            Cell::Time(..) => format!("{}, a date", self.text(row, column)),
            Cell::Other => match self.columns().get(column) {
                Some(column) => format!("a value of the type {}", column.type_name),
                None => "a value".to_string(),
            },
        }
    }

    /// The number in `column` of `row`, or nothing where the cell is empty.
    pub(super) fn number(&self, row: &Row, column: usize, kind: Kind) -> Result<Option<f64>> {
        if matches!(self.cell(row, column), Cell::Gap | Cell::Text("")) {
            return Ok(None);
        }
        let expected = match kind {
            Kind::Price => price::expected(self.value(row, column).unwrap_or(f64::NAN)),
            Kind::Volume => "a finite volume, at least 0",
            Kind::Rate { confirmed: true } => "a finite annual rate above -1",
            Kind::Rate { confirmed: false } => {
                "a finite annual rate above -1 and at most 1, which is 100% (0.05 is 5%), or `confirm_cash_rate`"
            }
            Kind::Weight => "a finite weight, at least 0",
            Kind::Signal => "a finite number",
        };
        let usable = |value: &f64| match kind {
            Kind::Price => is_price(*value),
            Kind::Volume | Kind::Weight => *value >= 0.0,
            Kind::Rate { confirmed } => check_cash_rate(*value, confirmed).is_ok(),
            Kind::Signal => true,
        };
        let value = self.value(row, column);
        let value = value.filter(|value: &f64| value.is_finite() && usable(value));
        if value.is_some() {
            return Ok(value);
        }
        let dated = format!("{expected} (a column of dates belongs in `ignore`)");
        let text = match self.cell(row, column) {
            Cell::Text(text) => text,
            Cell::Time(..) => return Err(self.error(row.line, column, self.found(row, column), dated)),
            Cell::Number(value) if value.is_nan() => {
                let expected = format!("{expected} (a gap is a null)");
                return Err(self.error(row.line, column, "NaN", expected));
            }
            _ => return Err(self.error(row.line, column, self.found(row, column), expected)),
        };
        if parse_date(text).is_some() {
            return Err(self.error(row.line, column, format!("{}, a date", quoted(text)), dated));
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
            (Fill::Keep | Fill::Refuse, _) => {
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
