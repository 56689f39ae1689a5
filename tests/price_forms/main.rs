//! The forms that price files come in: what is read, how it is described, and what is refused as ambiguous.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

mod dates;
mod hostile;
mod numbers;
mod one_asset;
mod sheets;
mod splits;

use chrono::{Datelike, NaiveDate, Weekday};
use ppo_risk::market::csv::{CsvOptions, PriceFile};
use ppo_risk::market::prices::PriceTable;

/// Closes of two assets on business days, and how a file writes them.
struct Form {
    days: Vec<NaiveDate>,
    closes: Vec<[f64; 2]>,
    separator: char,
    number: fn(f64) -> String,
    date: fn(NaiveDate) -> String,
    header: &'static str,
}

impl Form {
    /// Prices between 700 and 1400 with four decimals, from a Monday on.
    fn new(bars: usize) -> Self {
        let mut state = 1_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            7_000_000 + (state >> 33) % 7_000_000
        };
        let mut price = || draw() as f64 / 1e4;
        let days = NaiveDate::from_ymd_opt(2012, 1, 2).unwrap().iter_days();
        let weekday = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        Self {
            days: days.filter(weekday).take(bars).collect(),
            closes: (0..bars).map(|_| [price(), price()]).collect(),
            separator: ',',
            number: |number| number.to_string(),
            date: |day| day.to_string(),
            header: "date",
        }
    }

    fn lines(&self) -> Vec<String> {
        let separator = self.separator;
        let mut lines = vec![format!("{}{separator}AAA{separator}BBB", self.header)];
        for (day, closes) in self.days.iter().zip(&self.closes) {
            let cells = [
                (self.date)(*day),
                (self.number)(closes[0]),
                (self.number)(closes[1]),
            ];
            lines.push(cells.join(&separator.to_string()));
        }
        lines
    }

    fn text(&self) -> String {
        self.lines().join("\n") + "\n"
    }

    fn table(&self) -> PriceTable {
        let close =
            ndarray::Array2::from_shape_fn((self.days.len(), 2), |(bar, asset)| self.closes[bar][asset]);
        PriceTable::new(self.days.clone(), vec!["AAA".into(), "BBB".into()], close).unwrap()
    }
}

fn read(text: &str, options: &CsvOptions) -> ppo_risk::Result<PriceFile> {
    PriceFile::parse("folder/p.csv", text.as_bytes(), options)
}

fn understood(text: &str) -> (PriceTable, String) {
    let file = read(text, &CsvOptions::default()).unwrap_or_else(|error| panic!("{error}\n{:.200}", text));
    (file.table, file.reading.to_string())
}

#[track_caller]
fn refused(text: &str, options: &CsvOptions, expected: &str) {
    let message = read(text, options).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}\n    expected: {expected}");
}

fn given(options: serde_json::Value) -> CsvOptions {
    serde_json::from_value(options).unwrap()
}
