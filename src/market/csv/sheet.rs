//! Sheets: the rows of a file below its header, without the title above and the notes below.

use crate::error::{Error, Place, Result};
use crate::market::csv::dates;
use ::csv::StringRecord;

/// Names of a column of dates, in lower case, the likeliest first.
pub(super) const DATE_NAMES: [&str; 4] = ["date", "datetime", "timestamp", "time"];

/// A header and the rows below it, which may still be of any length.
pub(super) struct Sheet {
    pub(super) header: Vec<String>,
    pub(super) header_line: u64,
    pub(super) rows: Vec<Record>,
    /// Lines of a title above the header.
    pub(super) titles: usize,
    /// Lines of notes below the rows.
    pub(super) notes: usize,
}

/// The cells of a line, and its number in the file, from 1.
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) cells: StringRecord,
}

impl Sheet {
    /// Reads `text`, whose cells stand between bytes `separator`, at most so many records of it where `most` says.
    pub(super) fn read(file: &str, text: &str, separator: u8, most: Option<usize>) -> Result<Self> {
        let refused = |line: u64, column: &str, found: &str, expected: &str| Error::Table {
            file: file.to_string(),
            place: Place::Line(line),
            column: column.to_string(),
            found: found.to_string(),
            expected: expected.to_string(),
        };
        let mut records = records(text, separator, most)
            .map_err(|(line, found)| refused(line, "(any)", &found, "rows of cells"))?;
        if records.is_empty() {
            let expected = "a header and rows of prices";
            return Err(refused(1, "date", "an empty file", expected));
        }
        let Some(titles) = header_of(&records) else {
            let (line, expected) = (records[0].line, "a header with a name for each column");
            return Err(refused(line, "date", "a date in the first row", expected));
        };
        let mut rows = records.split_off(titles + 1);
        let header = records.pop().expect("the header, at least");
        let width = header.cells.len();
        let noted = rows.iter().rev().take_while(|row| row.is_note(width)).count();
        rows.truncate(rows.len() - noted);
        Ok(Self {
            header: header.cells.iter().map(str::to_string).collect(),
            header_line: header.line,
            rows,
            titles,
            notes: noted,
        })
    }
}

/// The records of a text; an error is a line and what is wrong with it.
fn records(
    text: &str,
    separator: u8,
    most: Option<usize>,
) -> std::result::Result<Vec<Record>, (u64, String)> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // The reader's own line numbers are taken before it skips the end of the line before and empty lines.
    let (mut offset, mut line) = (0, 1);
    for record in reader.records().take(most.unwrap_or(usize::MAX)) {
        let record = record.map_err(|error| (line, error.to_string()))?;
        let mut start = record
            .position()
            .map_or(offset, |position| position.byte() as usize);
        while matches!(text.as_bytes().get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let ends = text.as_bytes()[offset..start].iter();
        line += ends.filter(|byte| **byte == b'\n').count() as u64;
        offset = start;
        rows.push(Record { line, cells: record });
    }
    Ok(rows)
}

/// Which record is the header: the first with a column of dates by name, else the one above the first date in a first
/// column, else the first. None where a date is in the first record.
fn header_of(records: &[Record]) -> Option<usize> {
    let named = |row: &Record| {
        let is_name = |cell: &str| DATE_NAMES.iter().any(|name| cell.eq_ignore_ascii_case(name));
        row.cells.iter().any(is_name)
    };
    let dated = |row: &Record| row.cells.get(0).is_some_and(dates::is_any);
    match records.iter().position(|row| named(row) || dated(row)) {
        Some(place) if named(&records[place]) => Some(place),
        Some(place) => place.checked_sub(1),
        None => Some(0),
    }
}

impl Record {
    /// Whether it is a note rather than a row: nothing in it, or words, and no number or date in a cell of its own. A row
    /// that breaks off is none: it begins with a date, or has lost a part of a name and its numbers.
    fn is_note(&self, width: usize) -> bool {
        let words =
            |cell: &str| !cell.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
        let mut filled = self.cells.iter().filter(|cell| !cell.is_empty());
        match (filled.next(), filled.next()) {
            (None, _) => true,
            (Some(note), None) => words(note) && (self.cells.len() == width || note.contains(' ')),
            (Some(first), Some(_)) => self.cells.iter().all(words) && first.contains(' '),
        }
    }
}
