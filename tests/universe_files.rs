//! Price files of assets that come and go: how their gaps are read, and a run from such a file to its report.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::market::Status::{Absent, Ended, Halted, Listed, New};
use ppo_risk::market::csv::{CsvOptions, Fill, Splits, parse_csv, write_wide_csv};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::{ListingRules, Status};

fn read(text: &str, options: &CsvOptions) -> PriceTable {
    parse_csv("p.csv", text.as_bytes(), options).unwrap()
}

fn refusal(text: &str, options: &CsvOptions) -> String {
    parse_csv("p.csv", text.as_bytes(), options)
        .unwrap_err()
        .to_string()
}

fn statuses(table: &PriceTable, asset: usize) -> Vec<Status> {
    table.universe().unwrap().status().column(asset).to_vec()
}

const WIDE: &str = "date,A,B\n2020-01-01,1,\n2020-01-02,1.1,5\n2020-01-03,1.2,\n2020-01-06,1.3,6\n2020-01-07,1.4,\n\
                    2020-01-08,1.5,\n";

#[test]
fn gaps_are_absences_halts_and_ends() {
    let options = CsvOptions {
        max_halted_bars: 2,
        delisting_return: -0.5,
        ..CsvOptions::default()
    };
    let table = read(WIDE, &options);
    assert_eq!(statuses(&table, 0), [New, Listed, Listed, Listed, Listed, Listed]);
    assert_eq!(statuses(&table, 1), [Absent, New, Halted, Listed, Halted, Ended]);
    assert_eq!(table.close().column(1).to_vec(), [0.0, 5.0, 5.0, 6.0, 6.0, 3.0]);
    let returns = table.simple_returns().column(1).to_vec();
    assert_eq!(returns, [0.0, 0.0, 6.0 / 5.0 - 1.0, 0.0, -0.5]);
    let words = table.describe();
    assert!(
        words.contains("B from 2020-01-02 until 2020-01-08, 2 bars halted"),
        "{words}"
    );
    // By default the last two are a halt.
    assert_eq!(
        statuses(&read(WIDE, &CsvOptions::default()), 1)[4..],
        [Halted, Halted]
    );
    // A range begins with what it knows: the first price in it.
    let part = table.slice(2..=5).unwrap();
    assert_eq!(statuses(&part, 1), [Absent, New, Halted, Ended]);
    // An asset alone is a table of its own.
    assert!(
        table
            .select_assets(&["A".to_string()])
            .unwrap()
            .universe()
            .is_none()
    );
    let only = table.select_assets(&["B".to_string()]).unwrap();
    assert_eq!(statuses(&only, 0), statuses(&table, 1));
}

#[test]
fn a_long_file_lacks_rows_and_marks_ends() {
    let text = "date,symbol,close,high,volume,mood,gone\n2020-01-01,A,1,2,10,7,0\n2020-01-02,A,1,2,10,7,0\n\
                2020-01-02,B,5,6,20,8,0\n2020-01-03,A,1,2,10,7,0\n2020-01-03,B,4,6,20,9,1\n2020-01-06,A,2,2,10,7,0\n";
    let options = CsvOptions {
        end_column: Some("gone".to_string()),
        asset_signals: vec!["mood".to_string()],
        ..CsvOptions::default()
    };
    let table = read(text, &options);
    assert_eq!(statuses(&table, 1), [Absent, New, Ended, Absent]);
    assert_eq!(
        table.asset_signals().slice(ndarray::s![.., 1, 0]).to_vec(),
        [0.0, 8.0, 9.0, 0.0]
    );
    assert_eq!(
        table.ranges().high.as_ref().unwrap().column(1).to_vec(),
        [0.0, 6.0, 4.0, 0.0]
    );
    assert_eq!(
        table.ranges().volume.as_ref().unwrap().column(1).to_vec(),
        [0.0, 20.0, 0.0, 0.0]
    );
    // A price needs the asset's own columns beside it.
    let error = refusal(&text.replace("B,5,6,20,8,0", "B,5,6,20,,0"), &options);
    assert!(
        error.starts_with("p.csv, line 4, column mood: found a gap"),
        "{error}"
    );
    let error = refusal(&text.replace("B,5,6,20,8,0", "B,5,,20,8,0"), &options);
    assert!(
        error.starts_with("p.csv, line 4, column high: found a gap"),
        "{error}"
    );
    let missing = CsvOptions {
        end_column: Some("ended".to_string()),
        ..options
    };
    assert!(refusal(text, &missing).contains("ended"));
}

#[test]
fn a_wide_file_marks_ends_by_asset() {
    let text = "date,A,B,end:A,end:B\n2020-01-01,1,5,0,0\n2020-01-02,1,4,0,1\n2020-01-03,2,,0,\n";
    let options = CsvOptions {
        end_column: Some("end".to_string()),
        ..CsvOptions::default()
    };
    let table = read(text, &options);
    assert_eq!(table.assets(), ["A", "B"]);
    assert_eq!(statuses(&table, 1), [New, Ended, Absent]);
    assert_eq!(table.close()[[1, 1]], 4.0);
}

#[test]
fn what_is_no_gap_of_prices_is_refused_as_before() {
    let default = CsvOptions::default();
    let nothing = "date,A,B\n2020-01-01,1,\n2020-01-02,2,\n";
    assert!(refusal(nothing, &default).starts_with("p.csv, line 1, column B: found no price"));
    let with_signal = CsvOptions {
        signals: vec!["X".to_string()],
        ..CsvOptions::default()
    };
    let gap = "date,A,X\n2020-01-01,1,3\n2020-01-02,2,\n";
    assert!(refusal(gap, &with_signal).starts_with("p.csv, line 3, column X: found a gap"));
    for (options, words) in [
        (
            CsvOptions {
                max_halted_bars: 0,
                ..CsvOptions::default()
            },
            "max_halted_bars",
        ),
        (
            CsvOptions {
                delisting_return: f64::NAN,
                ..CsvOptions::default()
            },
            "delisting_return",
        ),
    ] {
        assert!(refusal(WIDE, &options).contains(words));
    }
    let refuse = CsvOptions {
        fill: Fill::Refuse,
        ..CsvOptions::default()
    };
    assert!(refusal(WIDE, &refuse).starts_with("p.csv, line 2, column B: found a gap"));
    // A split over a gap is a split, and the other asset's gap does not hide it.
    let split = "date,A,B,C\n2020-01-01,10,100,5\n2020-01-02,10,,\n2020-01-03,10,25,5\n";
    let error = refusal(split, &default);
    assert!(
        error.starts_with("p.csv, line 4, column B: found a close of 25 after 100"),
        "{error}"
    );
    let adjusted = CsvOptions {
        splits: Splits::Adjust,
        ..CsvOptions::default()
    };
    assert_eq!(read(split, &adjusted).prices()[[0, 1]], 25.0);
}

#[test]
fn what_is_written_is_read_again() {
    let table = read(WIDE, &CsvOptions::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.csv");
    write_wide_csv(&table, &path).unwrap();
    assert_eq!(
        ppo_risk::market::csv::read_csv(&path, &CsvOptions::default()).unwrap(),
        table
    );
    assert_eq!(table.universe().unwrap().rules(), ListingRules::default());
    // What is fitted to prices needs all of them.
    let error = ppo_risk::market::fit::fit_gbm(&table).unwrap_err().to_string();
    assert!(error.contains("with gaps (B from 2020-01-02"), "{error}");
}

/// A company that is listed, one that is halted and one that ends: a run reads them, trains, and reports who was there.
#[test]
#[cfg(all(feature = "train", feature = "cli"))]
fn a_run_reports_who_was_there() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("prices.csv");
    let mut text = "date,STAYS,COMES,HALTS,GOES\n".to_string();
    let first = chrono::NaiveDate::from_ymd_opt(2012, 1, 2).unwrap();
    let mut random = 1_u32;
    let mut closes = [100.0, 30.0, 50.0, 20.0];
    let days = (0..2000).map(|day| first + chrono::Days::new(day));
    let days = days.filter(|day| chrono::Datelike::weekday(day).num_days_from_monday() < 5);
    for (bar, day) in days.take(1200).enumerate() {
        text += &day.to_string();
        for (asset, close) in closes.iter_mut().enumerate() {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *close *= 1.0 + 0.02 * (f64::from(random >> 8) / f64::from(1 << 24) - 0.5);
            let gap = match asset {
                1 => bar < 500,
                2 => (700..710).contains(&bar),
                3 => bar >= 900,
                _ => false,
            };
            text += &if gap { ",".to_string() } else { format!(",{close}") };
        }
        text.push('\n');
    }
    std::fs::write(&prices, text).unwrap();
    let (out, series) = (folder.path().join("out"), folder.path().join("series.csv"));
    let run = Command::new(env!("CARGO_BIN_EXE_ppo-risk"))
        .args([
            "train",
            "--market",
            "prices",
            "--steps",
            "2048",
            "--seeds",
            "1",
            "--threads",
            "1",
        ])
        .args([
            "--prices".as_ref(),
            prices.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ])
        .args(["--series".as_ref(), series.as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(
        said.contains("COMES from 2013-12-02") && said.contains("HALTS 10 bars halted"),
        "{said}"
    );
    let run = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("summary.json")).unwrap()).unwrap();
    let there = |asset: &str| {
        let all = summary["universe"].as_array().unwrap().iter();
        all.clone()
            .find(|presence| presence["asset"] == asset)
            .cloned()
            .unwrap()
    };
    assert_eq!(there("COMES")["from"], "2013-12-02");
    assert_eq!(
        (&there("HALTS")["halted_bars"], &there("HALTS")["until"]),
        (&10.into(), &serde_json::Value::Null)
    );
    assert_eq!(there("GOES")["until"], "2015-07-13");
    assert_eq!(summary["universe"].as_array().unwrap().len(), 3);
    assert_eq!(summary["left_out"], serde_json::json!([]), "every row is there");
    assert!(
        std::fs::read_to_string(run.join("report.html"))
            .unwrap()
            .contains("Who was there")
    );
    // Weights by the time at which their bar ends.
    let mut rows = csv::Reader::from_path(&series).unwrap();
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let (comes, goes) = (column("weight:COMES"), column("weight:GOES"));
    for row in rows.records() {
        let row = row.unwrap();
        let weight = |column: usize| row[column].parse::<f64>().unwrap();
        // 252 returns after the first price; bars of decisions are one before.
        assert_eq!(weight(comes) != 0.0, row[0] > *"2014-11-19", "{row:?}");
        assert_eq!(weight(goes) != 0.0, row[0] <= *"2015-07-13", "{row:?}");
    }
}
