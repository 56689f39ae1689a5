//! Separators: what stands between the cells of a line.

use crate::error::{Error, Place, Result};
use crate::market::csv::dates;
use crate::market::csv::sheet::{Record, Sheet};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Rows by which a separator is judged.
const ROWS: usize = 200;

/// What stands between the cells of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// The one that makes of the first 200 lines most rows as long as the header that hold a date. Two that do so equally
    /// well are refused.
    #[default]
    Detect,
    /// `,`
    #[serde(alias = ",")]
    Comma,
    /// `;`
    #[serde(alias = ";")]
    Semicolon,
    /// The tab character.
    Tab,
    /// `|`
    #[serde(alias = "|")]
    VerticalBar,
}

impl Separator {
    const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::VerticalBar];

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Detect | Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::VerticalBar => b'|',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::VerticalBar => "vertical_bar",
        }
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tab => formatter.write_str("tab"),
            other => write!(formatter, "`{}`", char::from(other.byte())),
        }
    }
}

/// The separator of `text`.
pub(super) fn find(file: &str, text: &str, given: Separator) -> Result<Separator> {
    if given != Separator::Detect {
        return Ok(given);
    }
    let scores = Separator::ALL.map(|separator| score(file, text, separator));
    let best = scores.into_iter().max().unwrap_or_default();
    let mut best = (0..scores.len()).filter(|place| scores[*place] == best);
    let (first, second) = (best.next().unwrap_or_default(), best.next());
    match second {
        Some(second) if scores[first].0 > 0 => {
            let names = [first, second].map(|place| Separator::ALL[place]);
            Err(Error::Table {
                file: file.to_string(),
                place: Place::Line(1),
                column: "(any)".to_string(),
                found: format!("rows of dates and cells with {} and with {}", names[0], names[1]),
                expected: format!(
                    "`separator: {}` or `separator: {}`",
                    names[0].name(),
                    names[1].name()
                ),
            })
        }
        _ => Ok(Separator::ALL[first]),
    }
}

/// Rows as long as the header that hold a date, and cells of the header.
fn score(file: &str, text: &str, separator: Separator) -> (usize, usize) {
    let Ok(sheet) = Sheet::read(file, text, separator.byte(), Some(ROWS)) else {
        // Without a header, yet with a date between these separators.
        return (0, 2);
    };
    let width = sheet.header.len();
    let whole = |row: &&Record| width > 1 && row.cells.len() == width && row.cells.iter().any(dates::is_any);
    (sheet.rows.iter().filter(whole).count(), width)
}
