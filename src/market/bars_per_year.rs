//! How many bars a year has: the only source of anything annual.

use crate::error::{Error, Result, words};
use crate::market::time::{SECONDS_PER_DAY, Time};
use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Days of a year, leap years included.
const DAYS_PER_YEAR: f64 = 365.25;

/// Most daily bars a year of a market that rests on weekends and holidays.
const MOST_TRADING_DAYS: f64 = 300.0;

/// Fewest days of daily bars in which a weekend has to lie.
const DAYS_WITH_A_WEEKEND: f64 = 7.0;

/// How far two numbers of bars a year may be apart, as a ratio, to be those of the same kind of bars: an exchange's 252
/// days and a market's 365 that never closes are not.
const SAME_BARS: f64 = 1.25;

/// Bars a year of a market: above 0 and finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct BarsPerYear(f64);

impl BarsPerYear {
    /// Days of an exchange: what is assumed where nothing says otherwise.
    pub const DAILY: Self = Self(252.0);

    /// Fewest bars that anything looks back on.
    const FEWEST: usize = 20;

    /// So many bars a year. Errors call the number `input`: not finite, not above 0.
    pub fn new(input: &str, value: f64) -> Result<Self> {
        if value.is_finite() && value > 0.0 {
            return Ok(Self(value));
        }
        Err(Error::invalid(
            input.to_string(),
            value,
            "a finite number above 0",
        ))
    }

    /// What the times of bars say, at least two that increase. With y the number of bars a year of 365.25 days, and the
    /// median gap between bars: 20 to 28 hours is 252 where y is at most 300, or where the bars are so few that no
    /// weekend need lie between them and none lies on one, and 365 else; 6 to 8 days is 52, 27 to 32 days 12, 88 to 93
    /// days 4, 360 to 370 days 1; anything else is y.
    pub fn of_times(times: &[Time]) -> Self {
        let mut gaps: Vec<f64> = times
            .windows(2)
            .map(|pair| pair[1].seconds_since(pair[0]) / SECONDS_PER_DAY)
            .collect();
        let Some(last) = gaps.len().checked_sub(1) else {
            return Self::DAILY;
        };
        let days = times[last + 1].seconds_since(times[0]) / SECONDS_PER_DAY;
        let per_year = gaps.len() as f64 * DAYS_PER_YEAR / days;
        let middle = gaps.len() / 2;
        let (_, median, _) = gaps.select_nth_unstable_by(middle, f64::total_cmp);
        let rests = || {
            let on_a_weekend = |time: &Time| matches!(time.date().weekday(), Weekday::Sat | Weekday::Sun);
            per_year <= MOST_TRADING_DAYS || (days < DAYS_WITH_A_WEEKEND && !times.iter().any(on_a_weekend))
        };
        Self(match *median {
            gap if (20.0 / 24.0..=28.0 / 24.0).contains(&gap) => {
                if rests() {
                    252.0
                } else {
                    365.0
                }
            }
            gap if (6.0..=8.0).contains(&gap) => 52.0,
            gap if (27.0..=32.0).contains(&gap) => 12.0,
            gap if (88.0..=93.0).contains(&gap) => 4.0,
            gap if (360.0..=370.0).contains(&gap) => 1.0,
            _ => per_year,
        })
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Seconds from one bar to the next, were all of a year of 365.25 days as far apart.
    pub(crate) fn seconds(self) -> f64 {
        DAYS_PER_YEAR * SECONDS_PER_DAY / self.0
    }

    /// A year of bars: max(1, round(bars a year)).
    pub fn year(self) -> usize {
        (self.0.round() as usize).max(1)
    }

    /// A month of bars: max(1, round(bars a year / 12)).
    pub fn month(self) -> usize {
        ((self.0 / 12.0).round() as usize).max(1)
    }

    /// Bars that the baselines look back on, where there are so many: a year of them, at least 20.
    pub fn longest_look_back(self) -> usize {
        self.year().max(Self::FEWEST)
    }

    /// Bars that the priors look back on unless told otherwise, and that a test needs before its first decision: 252, or
    /// a year of bars where that is shorter, at least 20.
    pub fn look_back(self) -> usize {
        self.year().min(Self::DAILY.year()).max(Self::FEWEST)
    }

    /// Whether both are those of the same kind of bars: at most a quarter apart. Two markets of hourly bars seldom agree
    /// to the last digit.
    pub fn is_near(self, other: Self) -> bool {
        let ratio = self.0 / other.0;
        (1.0 / SAME_BARS..=SAME_BARS).contains(&ratio)
    }

    /// Refuses bars of another kind than those that something was made for; `made_for` says what, such as "the policy".
    pub fn check(self, found: Self, made_for: &str) -> Result<()> {
        if self.is_near(found) {
            return Ok(());
        }
        let expected = words!("about {self}, those that {made_for} was made for");
        Err(Error::invalid(
            "market.bars_per_year",
            words!("{found}"),
            expected,
        ))
    }
}

impl Default for BarsPerYear {
    fn default() -> Self {
        Self::DAILY
    }
}

impl TryFrom<f64> for BarsPerYear {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self> {
        Self::new("bars_per_year", value)
    }
}

impl From<BarsPerYear> for f64 {
    fn from(bars: BarsPerYear) -> Self {
        bars.0
    }
}

impl fmt::Display for BarsPerYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Two digits behind the point say all that a reader can use.
        write!(formatter, "{}", (self.0 * 100.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Days, NaiveDate};

    fn every(days: u64, count: u64) -> Vec<Time> {
        let first = NaiveDate::from_ymd_opt(2018, 1, 1).unwrap();
        (0..count).map(|i| (first + Days::new(days * i)).into()).collect()
    }

    /// The years' numbers of bars are those of a calendar.
    #[test]
    fn bars_a_year_follow_from_the_times() {
        let weekdays = |days: u64| -> Vec<Time> {
            let rests = |time: &Time| time.date().weekday().number_from_monday() > 5;
            every(1, days).into_iter().filter(|time| !rests(time)).collect()
        };
        let hours: Vec<Time> = (0..5_000)
            .map(|hour| Time::from_nanoseconds(hour * 3_600_000_000_000))
            .collect();
        for (times, expected) in [
            (weekdays(1500), 252.0),
            // Monday to Friday: too few to tell by their number.
            (weekdays(5), 252.0),
            (every(1, 1500), 365.0),
            // Monday to Sunday.
            (every(1, 7), 365.0),
            (every(7, 600), 52.0),
            (every(30, 60), 12.0),
            (every(91, 40), 4.0),
            (every(365, 10), 1.0),
            (every(2, 701), 365.25 / 2.0),
            (hours, 24.0 * 365.25),
        ] {
            let found = BarsPerYear::of_times(&times).get();
            assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
        }
    }

    #[test]
    fn look_backs_are_a_year_or_less() {
        for (bars, year, month, look_back, longest) in [
            (252.0, 252, 21, 252, 252),
            (365.0, 365, 30, 252, 365),
            (52.0, 52, 4, 52, 52),
            (12.0, 12, 1, 20, 20),
            (1.0, 1, 1, 20, 20),
            (8766.0, 8766, 731, 252, 8766),
        ] {
            let bars = BarsPerYear(bars);
            assert_eq!((bars.year(), bars.month()), (year, month), "{bars}");
            assert_eq!(
                (bars.look_back(), bars.longest_look_back()),
                (look_back, longest),
                "{bars}"
            );
        }
    }

    #[test]
    fn other_bars_are_refused_and_the_same_ones_a_little_off_are_not() {
        let hourly = BarsPerYear(8766.0);
        hourly.check(BarsPerYear(8200.0), "the policy").unwrap();
        let refused = hourly
            .check(BarsPerYear::DAILY, "the policy")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("`market.bars_per_year` is 252"), "{refused}");
        assert!(
            refused.contains("about 8766, those that the policy was made for"),
            "{refused}"
        );
        assert!(
            BarsPerYear::DAILY
                .check(BarsPerYear(365.0), "the policy")
                .is_err()
        );
    }

    #[test]
    fn no_number_of_bars_is_refused() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(BarsPerYear::new("bars_per_year", value).is_err(), "{value}");
        }
    }
}
