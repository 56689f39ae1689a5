//! Returns of calendar months and years.

use crate::market::Time;
use chrono::Datelike;
use serde::Serialize;

/// The return of one calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MonthReturn {
    /// Year of the date.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// Simple return, compounded over the month's bars.
    #[serde(rename = "return")]
    pub earned: f64,
}

/// The return of one calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct YearReturn {
    /// Year of the date.
    pub year: i32,
    /// Simple return, compounded over the year's bars.
    #[serde(rename = "return")]
    pub earned: f64,
}

/// Simple per-bar `returns` [T] compounded over the calendar months in which their bars end, `times` [T], increasing; the first
/// and the last month may be parts of one.
pub fn months(times: &[Time], returns: &[f64]) -> Vec<MonthReturn> {
    let key = |time: Time| (time.date().year(), time.date().month());
    compounded(times, returns, key)
        .into_iter()
        .map(|((year, month), earned)| MonthReturn { year, month, earned })
        .collect()
}

/// As [`months`], of calendar years.
pub fn years(times: &[Time], returns: &[f64]) -> Vec<YearReturn> {
    compounded(times, returns, |time| time.date().year())
        .into_iter()
        .map(|(year, earned)| YearReturn { year, earned })
        .collect()
}

fn compounded<K: PartialEq>(times: &[Time], returns: &[f64], key: impl Fn(Time) -> K) -> Vec<(K, f64)> {
    let mut found: Vec<(K, f64)> = Vec::new();
    for (time, earned) in times.iter().zip(returns) {
        let key = key(*time);
        match found.last_mut() {
            Some((last, growth)) if *last == key => *growth *= 1.0 + earned,
            _ => found.push((key, 1.0 + earned)),
        }
    }
    found
        .into_iter()
        .map(|(key, growth)| (key, growth - 1.0))
        .collect()
}
