//! Dates: how they are written, and how far apart the bars of a table are.

use crate::math::statistics::BARS_PER_YEAR;
use chrono::NaiveDate;

/// How a date has to be written, in words for errors.
pub const DATE_FORMAT: &str = "a date such as 2020-12-31";

/// Days of a year, leap years included.
const DAYS_PER_YEAR: f64 = 365.25;

/// Most daily bars a year of a market that rests on weekends and holidays.
const MOST_TRADING_DAYS: f64 = 300.0;

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

/// A number that stands for `date` in one of the codes that dates are stored in: 20201231; days, seconds,
/// milliseconds, microseconds or nanoseconds since 1970-01-01; days since 1899-12-30 (spreadsheets); the year alone.
pub(crate) fn codes_for(date: NaiveDate) -> [f64; 8] {
    use chrono::Datelike;
    let days = f64::from(date.to_epoch_days());
    let (year, month, day) = (
        f64::from(date.year()),
        f64::from(date.month()),
        f64::from(date.day()),
    );
    let second = days * 86_400.0;
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

/// What a reader of annual figures has to know where bars are not the trading days of an exchange: how far apart they
/// are, and that a year is taken to have 252 of them. None for daily bars that leave out weekends, and below 3 dates.
pub fn spacing_caveat(dates: &[NaiveDate]) -> Option<String> {
    let mut gaps: Vec<i64> = dates
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).num_days())
        .collect();
    if gaps.len() < 2 {
        return None;
    }
    let days = (dates[dates.len() - 1] - dates[0]).num_days();
    let per_year = gaps.len() as f64 * DAYS_PER_YEAR / days as f64;
    let middle = gaps.len() / 2;
    let median = *gaps.select_nth_unstable(middle).1;
    let bars_per_year = match median {
        1 if per_year <= MOST_TRADING_DAYS => return None,
        1 => 365.0,
        6..=8 => 52.0,
        27..=32 => 12.0,
        88..=93 => 4.0,
        360..=370 => 1.0,
        _ => per_year,
    };
    let apart = match median {
        1 => "1 day apart, weekends included".to_string(),
        days => format!("{days} days apart"),
    };
    Some(format!(
        "Bars are {apart} (about {bars_per_year:.0} a year); annual figures, volatility targets and annual rates assume \
         {BARS_PER_YEAR} a year."
    ))
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

    /// The gaps and the years' numbers of bars are those of a calendar.
    #[test]
    fn bars_that_are_no_trading_days_are_told() {
        let first = NaiveDate::from_ymd_opt(2018, 1, 1).unwrap();
        let every = |days: u64, count: usize| -> Vec<NaiveDate> {
            (0..count as u64)
                .map(|i| first + chrono::Days::new(days * i))
                .collect()
        };
        let weekdays: Vec<NaiveDate> = every(1, 1500)
            .into_iter()
            .filter(|date| chrono::Datelike::weekday(date).number_from_monday() <= 5)
            .collect();
        assert_eq!(spacing_caveat(&weekdays), None);
        assert_eq!(spacing_caveat(&every(7, 2)), None, "one gap says nothing");
        for (dates, words) in [
            (
                every(1, 1500),
                ["1 day apart, weekends included", "about 365 a year"],
            ),
            (every(7, 600), ["7 days apart", "about 52 a year"]),
            (every(91, 40), ["91 days apart", "about 4 a year"]),
            (every(2, 700), ["2 days apart", "about 183 a year"]),
        ] {
            let found = spacing_caveat(&dates).unwrap();
            assert!(words.iter().all(|word| found.contains(word)), "{found}");
            assert!(found.contains("assume 252 a year"), "{found}");
        }
    }
}
