//! Dates: the forms that they are written in, and which of them a column has.

use crate::market::time::{TIME_FORMAT, Time};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// Last year in which a number is taken for a date without being told.
const LAST_LIKELY_YEAR: i32 = 2100;

/// Days from 1899-12-30, where spreadsheets begin to count, to 1970-01-01.
const SPREADSHEET_DAYS: f64 = 25_569.0;

/// First day that all spreadsheets count alike: 1900-03-01.
const FIRST_SPREADSHEET_DAY: f64 = 61.0;

/// Last day that spreadsheets know: 9999-12-31.
const LAST_SPREADSHEET_DAY: f64 = 2_958_465.0;

/// Most bytes that a date has.
const LONGEST: usize = 64;

const NANOSECONDS_PER_MILLISECOND: i128 = 1_000_000;

const MILLISECONDS_PER_DAY: f64 = 86_400_000.0;

/// How dates are written. Those in three parts have `-`, `/` or `.` between them, a year of four digits, and maybe a time
/// of day and a zone as ISO 8601 has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// The one that reads every date of the file. Dates that month and day could change places in are refused. Numbers
    /// are dates up to the year 2100, from 1900 on as yyyymmdd, from 1974 on as a time since 1970, and from 1928 on as a
    /// spreadsheet's days.
    #[default]
    Detect,
    /// Year, month, day: 2020-12-31, 2020/12/31, 2020-12-31T14:30:00+01:00.
    Iso,
    /// Month, day, year: 12/31/2020.
    Us,
    /// Day, month, year: 31.12.2020, 31/12/2020.
    Eu,
    /// 20201231.
    Yyyymmdd,
    /// Seconds since 1970-01-01T00:00:00Z, with or without a fraction.
    EpochS,
    /// Milliseconds since then.
    EpochMs,
    /// Microseconds since then.
    EpochUs,
    /// Nanoseconds since then.
    EpochNs,
    /// Days since 1899-12-30, from 61 on, as spreadsheets count them; a fraction is the time of day.
    Serial,
}

impl DateFormat {
    const ALL: [Self; 9] = [
        Self::Iso,
        Self::Us,
        Self::Eu,
        Self::Yyyymmdd,
        Self::EpochS,
        Self::EpochMs,
        Self::EpochUs,
        Self::EpochNs,
        Self::Serial,
    ];

    /// The time that `text` is.
    pub(super) fn read(self, text: &str) -> Option<Time> {
        if text.len() > LONGEST {
            return None;
        }
        match self {
            Self::Detect => None,
            Self::Iso => Time::parse(text).or_else(|| in_parts(text, [0, 1, 2])),
            Self::Us => in_parts(text, [2, 0, 1]),
            Self::Eu => in_parts(text, [2, 1, 0]),
            Self::Yyyymmdd => {
                let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| Time::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])))?
            }
            Self::EpochS => epoch(text, 9),
            Self::EpochMs => epoch(text, 6),
            Self::EpochUs => epoch(text, 3),
            Self::EpochNs => epoch(text, 0),
            Self::Serial => serial(text),
        }
    }

    /// As [`read`](Self::read), where nothing but the text says that it is a date.
    fn likely(self, text: &str) -> Option<Time> {
        let time = self.read(text)?;
        let first = self.first_likely_year();
        (!self.is_number() || (first..=LAST_LIKELY_YEAR).contains(&time.date().year())).then_some(time)
    }

    /// First year in which a number is taken for a date without being told. Counts of years before are too small to be
    /// told from other numbers, and each number is likely in one format at most.
    fn first_likely_year(self) -> i32 {
        match self {
            Self::EpochS | Self::EpochMs | Self::EpochUs | Self::EpochNs => 1974,
            Self::Serial => 1928,
            Self::Detect | Self::Iso | Self::Us | Self::Eu | Self::Yyyymmdd => 1900,
        }
    }

    /// Whether its dates could be other numbers.
    pub(super) fn is_number(self) -> bool {
        !matches!(self, Self::Detect | Self::Iso | Self::Us | Self::Eu)
    }

    /// What a date in this format has to be, in words for errors.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Detect | Self::Iso => TIME_FORMAT,
            Self::Us => "a date such as 12/31/2020 (month, day, year)",
            Self::Eu => "a date such as 31.12.2020 (day, month, year)",
            Self::Yyyymmdd => "a date such as 20201231",
            Self::EpochS => "seconds since 1970, such as 1609372800",
            Self::EpochMs => "milliseconds since 1970, such as 1609372800000",
            Self::EpochUs => "microseconds since 1970, such as 1609372800000000",
            Self::EpochNs => "nanoseconds since 1970, such as 1609372800000000000",
            Self::Serial => "days since 1899-12-30, such as 44196",
        }
    }

    /// The format in words, with what stands between the parts of `example`.
    pub(super) fn describe(self, example: &str) -> String {
        let mark = example.chars().find(|mark| "-/.".contains(*mark)).unwrap_or('-');
        match self {
            Self::Detect | Self::Iso => format!("year{mark}month{mark}day"),
            Self::Us => format!("month{mark}day{mark}year"),
            Self::Eu => format!("day{mark}month{mark}year"),
            Self::Yyyymmdd => "yyyymmdd".to_string(),
            Self::EpochS => "in seconds since 1970".to_string(),
            Self::EpochMs => "in milliseconds since 1970".to_string(),
            Self::EpochUs => "in microseconds since 1970".to_string(),
            Self::EpochNs => "in nanoseconds since 1970".to_string(),
            Self::Serial => "in days since 1899-12-30".to_string(),
        }
    }
}

/// Which format a column of dates has.
pub(super) enum Found {
    /// That one, in which every date can be read.
    One(DateFormat),
    /// Month and day could change places everywhere.
    Ambiguous,
    /// No format reads all; this one reads most.
    None(DateFormat),
}

/// The format of a column of dates.
pub(super) fn find(texts: impl Iterator<Item = impl AsRef<str>> + Clone) -> Found {
    let total = texts.clone().count();
    let read = DateFormat::ALL.map(|format| {
        texts
            .clone()
            .filter(|text| format.likely(text.as_ref()).is_some())
            .count()
    });
    let place = |format: DateFormat| DateFormat::ALL.iter().position(|other| *other == format);
    let reads = |format: DateFormat| place(format).is_some_and(|place| total > 0 && read[place] == total);
    if reads(DateFormat::Us) && reads(DateFormat::Eu) {
        let alike = |text: &str| DateFormat::Us.read(text) == DateFormat::Eu.read(text);
        return match texts.clone().all(|text| alike(text.as_ref())) {
            true => Found::One(DateFormat::Eu),
            false => Found::Ambiguous,
        };
    }
    let most = read.into_iter().max().unwrap_or_default();
    let best = read.iter().position(|count| *count == most).unwrap_or_default();
    match reads(DateFormat::ALL[best]) {
        true => Found::One(DateFormat::ALL[best]),
        false => Found::None(DateFormat::ALL[best]),
    }
}

/// Whether `text` is a date in any of the formats.
pub(super) fn is_any(text: &str) -> bool {
    DateFormat::ALL.iter().any(|format| format.likely(text).is_some())
}

/// A date in three parts, year, month and day of which stand at these places, and maybe a time of day.
fn in_parts(text: &str, places: [usize; 3]) -> Option<Time> {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, clock) = text.split_at(end);
    let mark = date.chars().find(|mark| !mark.is_ascii_digit())?;
    if !"-/.".contains(mark) {
        return None;
    }
    let mut parts = date.split(mark);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    let [year, month, day] = places.map(|place| found[place]);
    let digits = |part: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let dated = digits(year, 4..=4) && digits(month, 1..=2) && digits(day, 1..=2);
    if parts.next().is_some() || !dated {
        return None;
    }
    Time::parse(&format!("{year}-{month:0>2}-{day:0>2}{clock}"))
}

/// The time that is so many units of 10^`power` nanoseconds after 1970; whole ones but for seconds.
fn epoch(text: &str, power: u32) -> Option<Time> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = fraction.trim_end_matches('0');
    let fits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= power as usize;
    if !fits || (power < 9 && !digits.is_empty()) {
        return None;
    }
    let unit = 10_i128.pow(power);
    let part = match digits {
        "" => 0,
        digits => digits.parse::<i128>().ok()? * 10_i128.pow(power - digits.len() as u32),
    };
    let whole: i128 = whole.parse().ok()?;
    let part = if text.starts_with('-') { -part } else { part };
    Time::from_epoch(whole.checked_mul(unit)?.checked_add(part)?)
}

/// The time that a spreadsheet stores as `text`, to the millisecond.
fn serial(text: &str) -> Option<Time> {
    let number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let days: f64 = text.replace(',', ".").parse().ok().filter(|_| number)?;
    if !(FIRST_SPREADSHEET_DAY..LAST_SPREADSHEET_DAY + 1.0).contains(&days) {
        return None;
    }
    let milliseconds = ((days - SPREADSHEET_DAYS) * MILLISECONDS_PER_DAY).round();
    Time::from_epoch(milliseconds as i128 * NANOSECONDS_PER_MILLISECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_likely_in_one_format_at_most() {
        for (text, formats) in [
            ("1", 0),
            ("9999", 0),
            ("43831", 1),
            ("20200102", 1),
            ("99999999", 0),
            ("1577836800", 1),
            ("1577836800000", 1),
            ("1577836800000000", 1),
            ("1577836800000000000", 1),
        ] {
            let likely = DateFormat::ALL
                .iter()
                .filter(|format| format.likely(text).is_some());
            assert_eq!(likely.count(), formats, "{text}");
        }
    }

    #[test]
    fn each_format_reads_its_own() {
        for (format, text, expected) in [
            (DateFormat::Iso, "2020-12-31", "2020-12-31"),
            (DateFormat::Iso, "2020/1/5", "2020-01-05"),
            (DateFormat::Iso, "2020.01.05 14:30", "2020-01-05T14:30:00Z"),
            (
                DateFormat::Iso,
                "2020-01-05T14:30:00+01:00",
                "2020-01-05T13:30:00Z",
            ),
            (DateFormat::Us, "1/5/2020", "2020-01-05"),
            (DateFormat::Us, "12-31-2020 16:00", "2020-12-31T16:00:00Z"),
            (DateFormat::Eu, "05.01.2020", "2020-01-05"),
            (DateFormat::Eu, "31/12/2020 16:00:30", "2020-12-31T16:00:30Z"),
            (DateFormat::Yyyymmdd, "20200105", "2020-01-05"),
            (DateFormat::EpochS, "1577836800", "2020-01-01"),
            (DateFormat::EpochS, "1577836800.5", "2020-01-01T00:00:00.500Z"),
            (DateFormat::EpochS, "-1", "1969-12-31T23:59:59Z"),
            (DateFormat::EpochMs, "1577836800250", "2020-01-01T00:00:00.250Z"),
            (
                DateFormat::EpochUs,
                "1577836800000001.0",
                "2020-01-01T00:00:00.000001Z",
            ),
            (
                DateFormat::EpochNs,
                "1577836800000000001",
                "2020-01-01T00:00:00.000000001Z",
            ),
            (DateFormat::Serial, "43831", "2020-01-01"),
            (DateFormat::Serial, "43831,25", "2020-01-01T06:00:00Z"),
            (DateFormat::Serial, "61", "1900-03-01"),
        ] {
            let time = format.read(text).unwrap_or_else(|| panic!("{format:?} {text}"));
            assert_eq!(time.to_string(), expected, "{format:?} {text}");
        }
        for (format, text) in [
            (DateFormat::Us, "31/12/2020"),
            (DateFormat::Us, "1/5/20"),
            (DateFormat::Eu, "31.12/2020"),
            (DateFormat::Eu, "31.12.2020.1"),
            (DateFormat::Yyyymmdd, "20201301"),
            (DateFormat::Yyyymmdd, "２０２０"),
            (DateFormat::EpochS, "99999999999999999999999999999999999999999"),
            (DateFormat::EpochS, "1.5e9"),
            (DateFormat::EpochS, "-"),
            (DateFormat::EpochMs, "1577836800000.5"),
            (DateFormat::EpochNs, ""),
            (DateFormat::Serial, "60"),
            (DateFormat::Serial, "1e300"),
            (DateFormat::Serial, "nan"),
        ] {
            assert_eq!(format.read(text), None, "{format:?} {text}");
        }
    }
}
