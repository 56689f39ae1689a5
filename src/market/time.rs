//! Times: when a bar closes, how that is written, and the bounds of a period.

use crate::error::Found;
use crate::math::elementary::{cos, sin};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How a date has to be written, in words for errors.
pub const DATE_FORMAT: &str = "a date such as 2020-12-31";

/// How a date or a time has to be written, in words for errors.
pub const TIME_FORMAT: &str = "a date such as 2020-12-31, or a time such as 2020-12-31T14:30:00Z";

/// Sine and cosine of a time, in nanoseconds since 1970-01-01 UTC, as a part of its day and of its week (from Monday's
/// midnight on), times 2π.
pub(crate) fn cycles(nanoseconds: i64) -> [f64; 4] {
    const DAY: i64 = 86_400 * 1_000_000_000;
    // 1970-01-01 was a Thursday.
    let since_monday = (nanoseconds.rem_euclid(7 * DAY) + 3 * DAY).rem_euclid(7 * DAY);
    let angle = |since: i64, cycle: i64| std::f64::consts::TAU * since as f64 / cycle as f64;
    let (day, week) = (
        angle(nanoseconds.rem_euclid(DAY), DAY),
        angle(since_monday, 7 * DAY),
    );
    [sin(day), cos(day), sin(week), cos(week)]
}

/// When a bar closes, UTC; a date is its midnight. It is written as a date alone where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(DateTime<Utc>);

impl Time {
    /// The time of so many nanoseconds since 1970-01-01T00:00:00Z; all of them are times, 1677 to 2262.
    pub fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(DateTime::from_timestamp_nanos(nanoseconds))
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z; none where that is more than 64 bits hold.
    pub fn nanoseconds(self) -> Option<i64> {
        self.0.timestamp_nanos_opt()
    }

    /// The time so many nanoseconds after 1970-01-01T00:00:00Z; none where there is no such time.
    pub(crate) fn from_epoch(nanoseconds: i128) -> Option<Self> {
        let second = nanoseconds.div_euclid(NANOSECONDS);
        let part = u32::try_from(nanoseconds.rem_euclid(NANOSECONDS)).ok()?;
        DateTime::from_timestamp(i64::try_from(second).ok()?, part).map(Self)
    }

    /// The day that it lies in.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Days since the midnight that began 0001-01-01's eve, as fractions: 1 is the first midnight of the year 1.
    pub(crate) fn days(self) -> f64 {
        let clock = self.0.signed_duration_since(Self::from(self.date()).0);
        let day = f64::from(chrono::Datelike::num_days_from_ce(&self.date()));
        day + clock.as_seconds_f64() / SECONDS_PER_DAY
    }

    /// The first end of a period after it: the next day for a date, else the next nanosecond.
    pub fn next(self) -> DateOrTime {
        let next = match self.0.time() == NaiveTime::MIN {
            true => self.date().checked_add_days(Days::new(1)).map(DateOrTime::Date),
            false => None,
        };
        next.unwrap_or(DateOrTime::Time(self.after(TimeDelta::nanoseconds(1))))
    }

    /// Days since 1970-01-01, and nanoseconds since their midnight: whole numbers, which hold any time.
    pub(crate) fn split(self) -> [f64; 2] {
        let clock = self.0.signed_duration_since(Self::from(self.date()).0);
        let nanoseconds = clock.num_nanoseconds().expect("a day has fewer than 2^63");
        [f64::from(self.date().to_epoch_days()), nanoseconds as f64]
    }

    /// The time that was [`split`](Self::split); none where no time is split so.
    pub(crate) fn join([day, nanoseconds]: [f64; 2]) -> Option<Self> {
        // A fraction and a number beyond i32 become another day, which is then not this one.
        let whole = day as i32;
        let date =
            NaiveDate::from_epoch_days(whole).filter(|_| f64::from(whole).to_bits() == day.to_bits())?;
        let time = Self::from(date).after(TimeDelta::nanoseconds(nanoseconds as i64));
        (time.split()[1].to_bits() == nanoseconds.to_bits() && time.date() == date).then_some(time)
    }

    /// The time so many seconds later, at least 0.
    pub(crate) fn after_seconds(self, seconds: f64) -> Self {
        let (whole, part) = (seconds.floor(), seconds.fract());
        let delta = TimeDelta::seconds(whole as i64) + TimeDelta::nanoseconds((part * 1e9) as i64);
        self.after(delta)
    }

    /// The time that much later.
    fn after(self, delta: TimeDelta) -> Self {
        Self(self.0 + delta)
    }

    /// Seconds from `earlier` to this time.
    pub(crate) fn seconds_since(self, earlier: Self) -> f64 {
        self.0.signed_duration_since(earlier.0).as_seconds_f64()
    }

    /// The time that `text` is: a date ([`parse_date`]), or a date and a time of day as ISO 8601 has them:
    /// `2020-12-31T14:30`, with or without seconds and their fraction, a blank in place of the `T`, and a zone (`Z` or
    /// `+01:00`; without one it is UTC).
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(date) = parse_date(text) {
            return Some(date.into());
        }
        let date = text.get(..10).and_then(parse_date)?;
        let clock = text[10..].strip_prefix(['T', 't', ' '])?;
        let (clock, zone) = match clock.find(['Z', 'z', '+', '-', 'U', ' ']) {
            Some(end) => (&clock[..end], clock[end..].trim_start()),
            None => (clock, ""),
        };
        let clock = ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())?;
        let zone: FixedOffset = match zone {
            "" | "Z" | "z" | "UTC" => FixedOffset::east_opt(0)?,
            // `+01` alone is an hour, as ISO 8601 has it.
            _ if zone.len() == 3 => format!("{zone}:00").parse().ok()?,
            _ => zone.parse().ok()?,
        };
        let local = NaiveDateTime::new(date, clock).and_local_timezone(zone);
        Some(Self(local.single()?.to_utc()))
    }
}

impl Found for Time {}

impl Found for DateOrTime {}

/// Nanoseconds in a second.
const NANOSECONDS: i128 = 1_000_000_000;

/// Seconds in a day.
pub(crate) const SECONDS_PER_DAY: f64 = 86_400.0;

impl From<NaiveDate> for Time {
    fn from(date: NaiveDate) -> Self {
        Self(date.and_time(NaiveTime::MIN).and_utc())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.time() == NaiveTime::MIN {
            return write!(formatter, "{}", self.date());
        }
        // Seconds, and of their fraction as much as there is.
        write!(
            formatter,
            "{}Z",
            self.0.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f")
        )
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

/// One end of a period: a time, or a day, which stands for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrTime {
    /// From its midnight to the next one.
    Date(NaiveDate),
    /// That instant.
    Time(Time),
}

impl DateOrTime {
    /// The end that `text` names; see [`Time::parse`].
    pub fn parse(text: &str) -> Option<Self> {
        let date = parse_date(text).map(Self::Date);
        date.or_else(|| Time::parse(text).map(Self::Time))
    }

    /// The first instant of it.
    pub fn first(self) -> Time {
        match self {
            Self::Date(date) => date.into(),
            Self::Time(time) => time,
        }
    }

    /// The last instant of it that a table can tell from the first one after it.
    pub fn last(self) -> Time {
        let Self::Date(date) = self else {
            return self.first();
        };
        let next = date.checked_add_days(Days::new(1)).map(Time::from);
        next.map_or(date.into(), |next| next.after(TimeDelta::nanoseconds(-1)))
    }
}

impl From<NaiveDate> for DateOrTime {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<Time> for DateOrTime {
    fn from(time: Time) -> Self {
        Self::Time(time)
    }
}

impl fmt::Display for DateOrTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(formatter, "{date}"),
            Self::Time(time) => write!(formatter, "{time}"),
        }
    }
}

impl Serialize for DateOrTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateOrTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &TIME_FORMAT))
}

/// The date that `text` is: a year of four digits, month and day, with `-` between them. chrono alone would also read
/// 05-06-07, as a day of the year 5.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, len: std::ops::RangeInclusive<usize>| {
        len.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || !digits(year, 4..=4) || !digits(month, 1..=2) || !digits(day, 1..=2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// What a text that is no date looks like, and how it would have to be written.
pub(crate) fn resembles(text: &str) -> Option<&'static str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only = |others: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || others.bytes().any(|other| other == byte))
    };
    let date = text.get(..10).and_then(parse_date);
    if date.is_some() && text[10..].starts_with(['T', 't', ' ', 'Z', '+']) {
        return Some("a date with a time");
    }
    if digits >= 4 && only("/.-") && text.split(['/', '.', '-']).count() == 3 {
        return Some("a date in another order");
    }
    (digits > 0 && only(".-")).then_some("a number")
}

/// A number that stands for the day of `time` in one of the codes that dates are stored in: 20201231; days, seconds,
/// milliseconds, microseconds or nanoseconds since 1970-01-01; days since 1899-12-30 (spreadsheets); the year alone.
pub(crate) fn codes_for(time: Time) -> [f64; 8] {
    use chrono::Datelike;
    let date = time.date();
    let days = f64::from(date.to_epoch_days());
    let (year, month, day) = (
        f64::from(date.year()),
        f64::from(date.month()),
        f64::from(date.day()),
    );
    let second = days * SECONDS_PER_DAY;
    [
        year * 1e4 + month * 1e2 + day,
        days,
        second,
        second * 1e3,
        second * 1e6,
        second * 1e9,
        days + 25_569.0,
        year,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_write_a_date() {
        let day = NaiveDate::from_ymd_opt(2020, 1, 5);
        for text in ["2020-01-05", "2020-1-5"] {
            assert_eq!(parse_date(text), day);
        }
        for text in [
            "05-01-20",
            "20-01-05",
            "05-01-2020",
            "2020-01",
            "2020-01-05T00:00",
            "2020-01-05-",
            "+2020-01-05",
            "2020- 1-5",
            "20200105",
            "2020/01/05",
            "2020-02-30",
            "",
            "-",
            "２０２０-01-05",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_with_their_zone_and_written_in_utc() {
        for (text, written) in [
            ("2020-01-05", "2020-01-05"),
            ("2020-01-05T00:00:00Z", "2020-01-05"),
            ("2020-01-05 00:00:00+00:00", "2020-01-05"),
            ("2020-01-05T14:30", "2020-01-05T14:30:00Z"),
            ("2020-01-05 14:30:15", "2020-01-05T14:30:15Z"),
            ("2020-01-05 14:30:15.250", "2020-01-05T14:30:15.250Z"),
            ("2020-01-05T14:30:00+01:00", "2020-01-05T13:30:00Z"),
            ("2020-01-05T14:30:00-0530", "2020-01-05T20:00:00Z"),
            ("2020-01-05 14:30:00 UTC", "2020-01-05T14:30:00Z"),
            ("2020-01-01T00:30:00+01", "2019-12-31T23:30:00Z"),
        ] {
            let time = Time::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(time.to_string(), written, "{text}");
            assert_eq!(Time::parse(written), Some(time), "{text}");
        }
        for text in [
            "2020-01-05T",
            "2020-01-05T25:00",
            "2020-01-05T14",
            "2020-1-5T14:30",
            "14:30",
            "2020-01-05T14:30 Paris",
            "",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_as_an_end_is_the_whole_day() {
        let end = DateOrTime::parse("2020-01-05").unwrap();
        let late = Time::parse("2020-01-05T23:59:59.999999999Z").unwrap();
        assert_eq!((end.first().to_string(), end.last()), ("2020-01-05".into(), late));
        let time = DateOrTime::parse("2020-01-05T12:00Z").unwrap();
        assert_eq!(time.first(), time.last());
    }

    #[test]
    fn nanoseconds_go_there_and_back() {
        for nanoseconds in [0, 1, -1, 1_577_836_800_000_000_000, i64::MAX, i64::MIN] {
            assert_eq!(
                Time::from_nanoseconds(nanoseconds).nanoseconds(),
                Some(nanoseconds)
            );
        }
        assert_eq!(Time::from(NaiveDate::MAX).nanoseconds(), None);
    }

    #[test]
    fn what_is_no_date_is_told_apart() {
        for (text, expected) in [
            ("2020-01-06T00:00:00Z", Some("a date with a time")),
            ("2020-01-06 00:00:00+00:00", Some("a date with a time")),
            ("01/02/2012", Some("a date in another order")),
            ("02.01.2012", Some("a date in another order")),
            ("05-06-07", Some("a date in another order")),
            ("1577836800", Some("a number")),
            ("20200102", Some("a number")),
            ("43831.5", Some("a number")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(resembles(text), expected, "{text}");
        }
    }
}
