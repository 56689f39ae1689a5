//! Columns of values that have a type, such as those of a Parquet file or of a data frame.

use crate::market::time::Time;
use std::collections::HashMap;

/// A column of a price table before it is one: a name, and a value or a gap for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub(super) name: String,
    /// What the values are called where they come from, such as `Timestamp(ns)`.
    pub(super) type_name: String,
    pub(super) values: Values,
}

/// What a count of time counts since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Days.
    Day,
    /// Seconds.
    Second,
    /// Milliseconds.
    Millisecond,
    /// Microseconds.
    Microsecond,
    /// Nanoseconds.
    Nanosecond,
}

/// The values of a column; `None` is a gap.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Values {
    Times(TimeUnit, Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Integers(Vec<Option<i64>>),
    Texts(Texts),
    /// So many values of a type that no column of a price table has.
    Other(usize),
}

/// Texts, each different one held once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Texts {
    distinct: Vec<String>,
    /// Which of them each row has.
    rows: Vec<Option<usize>>,
}

/// What a price file has in one row of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'c> {
    Gap,
    Text(&'c str),
    Number(f64),
    Integer(i64),
    Time(TimeUnit, i64),
    Other,
}

impl Column {
    /// Times, as counts of `unit` since 1970-01-01T00:00:00Z. Counts that no time has are refused where they are read.
    pub fn times(
        name: &str,
        type_name: impl ToString,
        unit: TimeUnit,
        counts: impl Iterator<Item = Option<i64>>,
    ) -> Self {
        Self::new(name, type_name, Values::Times(unit, counts.collect()))
    }

    /// Numbers.
    pub fn numbers(name: &str, type_name: impl ToString, values: impl Iterator<Item = Option<f64>>) -> Self {
        Self::new(name, type_name, Values::Numbers(values.collect()))
    }

    /// Whole numbers, which may also stand for dates or name assets.
    pub fn integers(name: &str, type_name: impl ToString, values: impl Iterator<Item = Option<i64>>) -> Self {
        Self::new(name, type_name, Values::Integers(values.collect()))
    }

    /// Texts; blanks around them are left out, and an empty one is a gap. A column of prices may be of texts: they are read
    /// as the cells of a CSV file are.
    pub fn texts<T: AsRef<str>>(
        name: &str,
        type_name: impl ToString,
        texts: impl Iterator<Item = Option<T>>,
    ) -> Self {
        Self::new(name, type_name, Values::Texts(Texts::of(texts)))
    }

    /// So many values of a type that no column of a price table has: the column is refused where one is needed.
    pub fn other(name: &str, type_name: impl ToString, rows: usize) -> Self {
        Self::new(name, type_name, Values::Other(rows))
    }

    fn new(name: &str, type_name: impl ToString, values: Values) -> Self {
        Self {
            name: name.trim().to_string(),
            type_name: type_name.to_string(),
            values,
        }
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        match &self.values {
            Values::Times(_, counts) => counts.len(),
            Values::Numbers(values) => values.len(),
            Values::Integers(values) => values.len(),
            Values::Texts(texts) => texts.rows.len(),
            Values::Other(rows) => *rows,
        }
    }

    /// Whether its type says that the values are times.
    pub(super) fn holds_times(&self) -> bool {
        matches!(self.values, Values::Times(..))
    }

    /// The value in row `row`.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        let cell = match &self.values {
            Values::Times(unit, counts) => counts[row].map(|count| Cell::Time(*unit, count)),
            Values::Numbers(values) => values[row].map(Cell::Number),
            Values::Integers(values) => values[row].map(Cell::Integer),
            Values::Texts(texts) => texts.rows[row].map(|text| Cell::Text(&texts.distinct[text])),
            Values::Other(_) => Some(Cell::Other),
        };
        cell.unwrap_or(Cell::Gap)
    }
}

impl TimeUnit {
    /// The time so many of it after 1970-01-01T00:00:00Z; none where there is no such time.
    pub(super) fn time(self, count: i64) -> Option<Time> {
        Time::from_epoch(i128::from(count) * self.nanoseconds())
    }

    fn nanoseconds(self) -> i128 {
        match self {
            Self::Day => 86_400_000_000_000,
            Self::Second => 1_000_000_000,
            Self::Millisecond => 1_000_000,
            Self::Microsecond => 1_000,
            Self::Nanosecond => 1,
        }
    }

    /// Its name for more than one.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Day => "days",
            Self::Second => "seconds",
            Self::Millisecond => "milliseconds",
            Self::Microsecond => "microseconds",
            Self::Nanosecond => "nanoseconds",
        }
    }
}

impl Texts {
    fn of<T: AsRef<str>>(texts: impl Iterator<Item = Option<T>>) -> Self {
        let (mut held, mut places) = (Self::default(), HashMap::<String, usize>::new());
        for text in texts {
            let text = text.as_ref().map(|text| text.as_ref().trim());
            let place = text
                .filter(|text| !text.is_empty())
                .map(|text| match places.get(text) {
                    Some(place) => *place,
                    None => {
                        held.distinct.push(text.to_string());
                        places.insert(text.to_string(), held.distinct.len() - 1);
                        held.distinct.len() - 1
                    }
                });
            held.rows.push(place);
        }
        held
    }
}
