//! Values of options outside the table of settings: what cannot be used is told with what is expected.

use chrono::NaiveDate;
use ppo_risk::market::DateOrTime;
use ppo_risk::market::time::{DATE_FORMAT, TIME_FORMAT, parse_date};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::ops::RangeInclusive;

/// A date.
pub(crate) fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text).ok_or_else(|| format!("expected {DATE_FORMAT}"))
}

/// One end of a period.
pub(crate) fn end(text: &str) -> Result<DateOrTime, String> {
    DateOrTime::parse(text).ok_or_else(|| format!("expected {TIME_FORMAT}"))
}

/// One of the names of an enum.
pub(crate) fn name<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(json!(text)).map_err(|error| {
        let message = error.to_string();
        let expected = message.split_once("expected ").map(|(_, names)| names);
        format!("expected {}", expected.unwrap_or(&message))
    })
}

/// A whole number in a range.
pub(crate) fn whole(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<u64, String> + Clone {
    move |text| {
        let value = text.parse().ok().filter(|value| range.contains(value));
        value.ok_or_else(|| match *range.end() {
            u64::MAX => format!("expected a whole number of at least {}", range.start()),
            end => format!("expected a whole number from {} to {end}", range.start()),
        })
    }
}

/// A finite number that `usable` takes.
pub(crate) fn number(
    usable: fn(f64) -> bool,
    expected: &'static str,
) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text| {
        let value = text.parse().ok();
        value
            .filter(|value: &f64| value.is_finite() && usable(*value))
            .ok_or_else(|| format!("expected {expected}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_told_what_one_is() {
        assert_eq!(whole(1..=9)("9"), Ok(9));
        for text in ["0", "10", "1.5", "", "-1", "x"] {
            assert_eq!(
                whole(1..=9)(text).unwrap_err(),
                "expected a whole number from 1 to 9"
            );
        }
        let rate = number(|rate| rate > -1.0, "a rate above -1");
        assert!(rate("-0.5").is_ok());
        for text in ["-1", "NaN", "inf", "1,5", ""] {
            assert_eq!(rate(text).unwrap_err(), "expected a rate above -1");
        }
        assert!(date("05-06-07").unwrap_err().contains("2020-12-31"));
        let unknown = name::<ppo_risk::market::csv::Fill>("back").unwrap_err();
        assert_eq!(unknown, "expected one of `keep`, `refuse`, `forward`");
    }
}
