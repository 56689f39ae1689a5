//! Price tables read from and written to CSV files.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

use chrono::{Datelike, NaiveDate};
use ndarray::{Array2, array};
use ppo_risk::backtest::{Baseline, History, run_baseline};
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::csv::{CsvOptions, Fill, Splits, parse_csv, read_csv, write_wide_csv};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::table::TableMarket;
use std::sync::Arc;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, number).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_string()).collect()
}

fn refuse() -> CsvOptions {
    CsvOptions {
        fill: Fill::Refuse,
        ..CsvOptions::default()
    }
}

fn forward() -> CsvOptions {
    CsvOptions {
        fill: Fill::Forward,
        ..CsvOptions::default()
    }
}

/// Four bars of two assets, numbers of all sizes, with signals, cash rate and prior.
fn full() -> PriceTable {
    let close = array![[100.0, 50.0], [110.0, 49.0], [99.0, 0.1], [1e-3, 1e9]];
    PriceTable::new((1..=4).map(day).collect(), names(&["A", "B, Inc."]), close)
        .unwrap()
        .with_columns(names(&["mood"]), array![[0.1], [-0.2], [1.0 / 3.0], [1e-300]])
        .unwrap()
        .with_cash_rate(vec![0.01, 0.02, 0.0, -0.005], false)
        .unwrap()
        .with_prior(array![
            [0.5, 0.25, 0.25],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.1, 0.2, 0.7]
        ])
        .unwrap()
}

#[test]
fn wide_files_round_trip_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.csv");
    let table = full();
    write_wide_csv(&table, &path).unwrap();
    let options = CsvOptions {
        signals: names(&["mood"]),
        cash_rate: Some("cash_rate".to_string()),
        prior: names(&["prior:A", "prior:B, Inc.", "prior:cash"]),
        ..CsvOptions::default()
    };
    assert_eq!(read_csv(&path, &options).unwrap(), table);
    let simulated = SimulatedParameters::Gbm(GbmParameters::default_assets(3))
        .prices(500, day(1), 1)
        .unwrap();
    write_wide_csv(&simulated, &path).unwrap();
    assert_eq!(read_csv(&path, &CsvOptions::default()).unwrap(), simulated);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "temporary files are gone");

    let nowhere = folder.path().join("none").join("prices.csv");
    assert!(
        write_wide_csv(&table, &nowhere)
            .unwrap_err()
            .to_string()
            .contains("cannot write")
    );
    let clash = PriceTable::new(vec![day(1), day(2)], names(&["Date"]), array![[1.0], [1.0]]).unwrap();
    assert!(
        write_wide_csv(&clash, &path)
            .unwrap_err()
            .to_string()
            .contains("called Date")
    );
}

#[test]
fn byte_order_mark_crlf_blank_lines_and_quotes_are_understood() {
    let text = "\u{feff}\"Date\",\"A\",\"B, Inc.\"\r\n2020-01-01,1,\"2\"\r\n\r\n2020-01-02, 3 ,4e0\r\n";
    let table = parse_csv("p.csv", text.as_bytes(), &CsvOptions::default()).unwrap();
    assert_eq!(table.assets(), ["A", "B, Inc."]);
    assert_eq!(table.close(), array![[1.0, 2.0], [3.0, 4.0]]);
    // The line is the file's, whatever the line ends, blank lines and quoted line ends before it.
    for (text, line) in [
        ("date,A\r\n2020-01-01,1\r\n2020-01-02,x\r\n", 3),
        ("date,A\n\n2020-01-01,1\n\n\n2020-01-02,x\n", 6),
        ("date,\"A\nB\"\n2020-01-01,1\n2020-01-02,x\n", 4),
    ] {
        let message = parse_csv("p.csv", text.as_bytes(), &CsvOptions::default())
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with(&format!("p.csv, line {line}, column A")),
            "{message}"
        );
        assert!(message.contains("found \"x\""), "{message}");
    }
}

#[test]
fn wide_errors_name_line_and_column() {
    let cases = [
        ("", "line 1, column date: found an empty file"),
        ("day,A\n2020-01-01,1\n", "line 2, column day: found 1 rows"),
        (
            "day,A\nx,1\n",
            "line 1, column date: found no such column among: day, A",
        ),
        (
            "date\n2020-01-01\n",
            "line 1, column date: found no column of prices",
        ),
        (
            "date,A,A\n",
            "line 1, column A: found a second column of this name",
        ),
        (
            "date,A,\n2020-01-01,1,1\n",
            "line 1, column number 3: found no name",
        ),
        (
            "Date,Open,High,Low,Close,AAA\n2020-01-02,1,2,1,1.5,1.5\n",
            "line 1, column Open: found the columns of one asset's bars: Open, High, Low, Close, expected",
        ),
        (
            "2020-01-02,1,1\n2020-01-03,1,1\n",
            "line 1, column date: found a date in the first row, expected a header",
        ),
        ("date,A\n", "line 1, column date: found 0 rows"),
        ("date,A\n2020-01-01,1\n", "line 2, column date: found 1 rows"),
        (
            "date,A\n2020-01-01,1\n2020-01-03,1\n2020-01-02,1\n",
            "line 4, column date: found 2020-01-02, expected a date after 2020-01-03, the row before",
        ),
        (
            "date,A\n2020-01-03,1\n2020-01-01,1\n2020-01-02,1\n2019-12-31,1\n",
            "line 3, column date: found 2020-01-01, expected a date after 2020-01-02, the row below",
        ),
        (
            "date,A\n2020-01-01,1\n2020-01-01,1\n",
            "line 3, column date: found 2020-01-01 again, expected a date after",
        ),
        (
            "date,A\n2020-01-01,1\n01/02/2020,1\n",
            "line 3, column date: found \"01/02/2020\"",
        ),
        (
            "date,A\n2020-01-01,1\n2020-02-30,1\n",
            "line 3, column date: found \"2020-02-30\"",
        ),
        (
            "date,A,B\n2020-01-01,1,1\n2020-01-02,1,\n",
            "line 3, column B: found a gap, expected a number",
        ),
        ("date,A,B\n2020-01-01,1,0\n", "line 2, column date: found 1 rows"),
        (
            "date,A,B\n2020-01-01,1,0\n2020-01-02,1,1\n",
            "line 2, column B: found \"0\", expected a finite price",
        ),
        (
            "date,A,B\n2020-01-01,1,1\n2020-01-02,-3,1\n",
            "line 3, column A: found \"-3\"",
        ),
        (
            "date,A,B\n2020-01-01,1,1\n2020-01-02,NaN,1\n",
            "line 3, column A: found \"NaN\"",
        ),
        (
            "date,A,B\n2020-01-01,1,1\n2020-01-02,1,inf\n",
            "line 3, column B: found \"inf\"",
        ),
        (
            "date,A,B\n2020-01-01,1,1.5\n2020-01-02,1,\"1,2\"\n",
            "line 3, column B: found \"1,2\", expected a finite price above 0, written with a decimal point",
        ),
        (
            "date,A,B\n2020-01-01,1,1\n2020-01-02,1\n",
            "line 3, column B: found a row of 2 cells, expected 3",
        ),
        (
            "date,A\n2020-01-01,1,5\n2020-01-02,1\n",
            "line 2, column (after the last): found a row of 3 cells",
        ),
    ];
    for (text, expected) in cases {
        let message = parse_csv("p.csv", text.as_bytes(), &refuse())
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with(&format!("p.csv, {expected}")),
            "{text:?}: {message}"
        );
    }
    let message = parse_csv("p.csv", b"date,A\n2020-01-01,\xff\n", &CsvOptions::default()).unwrap_err();
    assert!(message.to_string().starts_with("p.csv, line 2"), "{message}");
    let message = read_csv("/nowhere/p.csv", &CsvOptions::default())
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("cannot read /nowhere/p.csv"), "{message}");
}

#[test]
fn options_set_columns_apart() {
    let text = "date,A,rf,mood,note\n2020-01-01,1,0.02,-1,7\n2020-01-02,2,0.03,-2,8\n";
    let options = CsvOptions {
        signals: names(&["mood"]),
        cash_rate: Some("rf".to_string()),
        ignore: names(&["note"]),
        ..CsvOptions::default()
    };
    let table = parse_csv("p.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(
        (table.assets(), table.columns()),
        (&names(&["A"])[..], &names(&["mood"])[..])
    );
    assert_eq!(table.cash_rate(), Some(&[0.02, 0.03][..]));
    assert_eq!(table.signals(), array![[-1.0], [-2.0]]);
    let wrong = CsvOptions {
        signals: names(&["temper"]),
        ..CsvOptions::default()
    };
    let message = parse_csv("p.csv", text.as_bytes(), &wrong)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("p.csv, line 1, column temper: found no such column"),
        "{message}"
    );
    let short = CsvOptions {
        prior: names(&["mood"]),
        ..CsvOptions::default()
    };
    let message = parse_csv("p.csv", text.as_bytes(), &short)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("p.csv, line 1, column mood: found 1 columns of prior weights"),
        "{message}"
    );
}

#[test]
fn filling_forward_fills_all_but_leading_gaps() {
    let text = "date,A,B\n2020-01-01,1,5\n2020-01-02,,6\n2020-01-03,,\n2020-01-04,4,7\n";
    let table = parse_csv("p.csv", text.as_bytes(), &forward()).unwrap();
    assert_eq!(
        table.close(),
        array![[1.0, 5.0], [1.0, 6.0], [1.0, 6.0], [4.0, 7.0]]
    );
    let text = "date,A,B\n2020-01-01,1,\n2020-01-02,2,6\n";
    let message = parse_csv("p.csv", text.as_bytes(), &forward())
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("p.csv, line 2, column B: found a gap before the first value"),
        "{message}"
    );
    let text = "date,A\n2020-01-01,1\n2020-01-02,-1\n";
    let message = parse_csv("p.csv", text.as_bytes(), &forward())
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("p.csv, line 3, column A: found \"-1\""),
        "only gaps are filled: {message}"
    );
}

const LONG: &str = "Date,Symbol,Open,High,Low,Close,Volume\n\
    2020-01-01,B,9,12,8,10,100\n2020-01-01,A,1,2,1,2,5\n2020-01-02,A,2,3,2,3,6\n2020-01-02,B,10,11,9,9,90\n";

#[test]
fn long_files_are_detected_and_may_be_grouped_by_symbol() {
    let table = parse_csv("p.csv", LONG.as_bytes(), &CsvOptions::default()).unwrap();
    assert_eq!(table.assets(), ["B", "A"]);
    assert_eq!(table.close(), array![[10.0, 2.0], [9.0, 3.0]]);
    assert_eq!(table.ranges().open, Some(array![[9.0, 1.0], [10.0, 2.0]]));
    assert_eq!(table.ranges().low, Some(array![[8.0, 1.0], [9.0, 2.0]]));
    assert_eq!(table.ranges().volume, Some(array![[100.0, 5.0], [90.0, 6.0]]));
    let mut lines: Vec<&str> = LONG.lines().collect();
    lines.swap(2, 4);
    let grouped = parse_csv("p.csv", lines.join("\n").as_bytes(), &CsvOptions::default());
    // B twice, then A on the second date before the first: the order within A is wrong.
    assert!(grouped.unwrap_err().to_string().contains("the row of A before"));
    lines.swap(3, 4);
    assert_eq!(
        parse_csv("p.csv", lines.join("\n").as_bytes(), &CsvOptions::default()).unwrap(),
        table
    );
}

#[test]
fn long_errors_name_line_and_column() {
    let gap = "date,symbol,close,mood\n2020-01-01,A,1,7\n2020-01-01,B,5,7\n2020-01-02,B,6,8\n2020-01-03,A,2,8\n2020-01-03,B,,8\n";
    let message = |text: &str, options: &CsvOptions| {
        parse_csv("p.csv", text.as_bytes(), options)
            .unwrap_err()
            .to_string()
    };
    let refused = message(gap, &refuse());
    assert!(
        refused.starts_with("p.csv, line 4, column A: found no row of A on 2020-01-02"),
        "{refused}"
    );
    let options = CsvOptions {
        signals: names(&["mood"]),
        ..forward()
    };
    let filled = parse_csv("p.csv", gap.as_bytes(), &options).unwrap();
    assert_eq!(filled.close(), array![[1.0, 5.0], [1.0, 6.0], [2.0, 6.0]]);
    assert_eq!(filled.signals(), array![[7.0], [8.0], [8.0]]);
    let late = "date,symbol,close\n2020-01-01,A,1\n2020-01-02,A,1\n2020-01-02,B,5\n";
    let found = message(late, &forward());
    assert!(
        found.starts_with("p.csv, line 2, column B: found no row of B on 2020-01-01"),
        "{found}"
    );
    for (text, options, expected) in [
        (
            LONG.replace("A,2,3,2,3,6", "A,2,3,2,0,6"),
            CsvOptions::default(),
            "line 4, column Close: found \"0\"",
        ),
        (
            LONG.replace("A,2,3,2,3,6", "A,2,,2,3,6"),
            CsvOptions::default(),
            "line 4, column High: found a gap",
        ),
        (
            LONG.replace("A,2,3,2,3,6", "A,2,3,2,3,-6"),
            CsvOptions::default(),
            "line 4, column Volume: found \"-6\"",
        ),
        (
            LONG.replace("A,2,3,2,3,6", "A,2,3,4,3,6"),
            CsvOptions::default(),
            "line 4, column Low: found 4, expected at most the close of that bar, 3",
        ),
        (
            LONG.replace("02,A", "01,A"),
            CsvOptions::default(),
            "line 4, column Date: found 2020-01-01",
        ),
        (
            LONG.replace("02,A", "02,"),
            CsvOptions::default(),
            "line 4, column Symbol: found an empty cell",
        ),
        (
            gap.replace("B,5,7", "B,5,9"),
            options.clone(),
            "line 3, column mood: found 9, expected 7, as in the other rows of 2020-01-01",
        ),
    ] {
        let found = message(&text, &options);
        assert!(found.starts_with(&format!("p.csv, {expected}")), "{found}");
    }
}

#[test]
fn filled_bars_of_a_long_file_are_flat_and_without_volume() {
    let text = LONG.replace("2020-01-02,A,2,3,2,3,6\n", "");
    let table = parse_csv("p.csv", text.as_bytes(), &forward()).unwrap();
    let ranges = table.ranges();
    for values in [
        Some(table.close()),
        ranges.open.as_ref(),
        ranges.high.as_ref(),
        ranges.low.as_ref(),
    ] {
        assert_eq!(values.unwrap()[[1, 1]], 2.0);
    }
    assert_eq!(ranges.volume.as_ref().unwrap()[[1, 1]], 0.0);
}

/// Files as vendors and spreadsheets write them, which reading as they stand would turn into something else: each is
/// refused at its line, with what it was taken for.
#[test]
fn what_would_be_misread_is_refused_with_what_was_found() {
    let days = |row: &dyn Fn(u32) -> String| -> String { (1..=9).map(|i| row(i) + "\n").collect() };
    let date = |i: u32| format!("2020-01-0{i}");
    let epoch = 1_577_836_800_u64;
    let with_column = |name: &str, cell: &dyn Fn(u32) -> String| {
        format!("date,A,{name}\n") + &days(&|i| format!("{},10{i}.5,{}", date(i), cell(i)))
    };
    let index = |header: &str, cell: &dyn Fn(u32) -> String| {
        format!("{header},A,B\n") + &days(&|i| format!("{},10{i}.5,2{i}", cell(i)))
    };
    let cases = [
        // An index that is no dates, or that could be others.
        (
            index("date", &|i| i.to_string()),
            "line 2, column date: found \"1\", a number",
        ),
        (
            index("date", &|i| format!("01/0{i}/2020")),
            "line 2, column date: found \"01/01/2020\", and no date in the file says which of its first two parts is the \
             month, expected `date_format: us`",
        ),
        // 5 June of the year 7 to chrono, 7 June 2005 or 5 June 2007 to people.
        (
            index("date", &|i| format!("05-06-0{i}")),
            "line 2, column date: found \"05-06-01\", a date in another order",
        ),
        // Dates left among the assets.
        (
            with_column("day", &date),
            "line 2, column day: found \"2020-01-01\", a date, expected a finite price above 0 (a column of dates",
        ),
        (
            with_column("key", &|i| format!("2020010{i}")),
            "line 2, column key: found \"20200101\", which stands for the date of its row",
        ),
        (
            with_column("unix", &|i| (epoch + 86_400 * u64::from(i - 1)).to_string()),
            "line 2, column unix: found \"1577836800\", which stands for the date of its row",
        ),
        (
            with_column("ms", &|i| {
                ((epoch + 86_400 * u64::from(i - 1)) * 1000).to_string()
            }),
            "line 2, column ms: found \"1577836800000\", which stands",
        ),
        (
            with_column("serial", &|i| (43_830 + i).to_string()),
            "line 2, column serial: found \"43831\", which stands",
        ),
        (
            with_column("year", &|_| "2020".to_string()),
            "line 2, column year: found \"2020\", which stands",
        ),
        // Cells and numbers of another country.
        (
            "date;A;B\n".to_string() + &days(&|i| format!("0{i}.01.2020;100,000{i};20,0000")),
            "line 2, column date: found \"01.01.2020\", and no date",
        ),
        (
            "date;A\n".to_string() + &days(&|i| format!("{};1.12{i}", date(i))),
            "line 2, column A: found \"1.121\", which is 1.121 or 1121, and no number in the file says which",
        ),
        (
            with_column("B", &|i| format!("\"1,{i}\"")),
            "line 2, column B: found \"1,1\", expected a finite price above 0, written with a decimal point as in",
        ),
        (
            with_column("B", &|i| format!("1,{i}")),
            "line 2, column (after the last): found a row of 4 cells, expected 3",
        ),
    ];
    for (text, expected) in cases {
        for options in [CsvOptions::default(), forward()] {
            let message = parse_csv("p.csv", text.as_bytes(), &options)
                .unwrap_err()
                .to_string();
            assert!(message.starts_with(&format!("p.csv, {expected}")), "{message}");
        }
    }
    // Companies have the symbols OPEN and LOW, and a gap's hint names the setting.
    let companies = "date,OPEN,LOW\n2020-01-01,2,200\n2020-01-02,2,201\n";
    assert_eq!(
        parse_csv("p.csv", companies.as_bytes(), &CsvOptions::default())
            .unwrap()
            .assets(),
        ["OPEN", "LOW"]
    );
    let gap = "date,A\n2020-01-01,1\n2020-01-02,\n";
    let message = parse_csv("p.csv", gap.as_bytes(), &refuse())
        .unwrap_err()
        .to_string();
    assert!(message.contains("`fill: forward`"), "{message}");
}

#[test]
fn prior_weights_under_another_assets_name_are_refused() {
    let read = |columns: &[&str]| {
        let text = format!(
            "date,A,B,{}\n2020-01-01,1,5,0.5,0.25,0.25\n2020-01-02,2,6,0.5,0.25,0.25\n",
            columns.join(",")
        );
        let options = CsvOptions {
            prior: names(columns),
            ..CsvOptions::default()
        };
        parse_csv("p.csv", text.as_bytes(), &options)
    };
    for columns in [
        ["prior:A", "prior:B", "prior:cash"],
        ["w1", "w2", "w3"],
        ["A_w", "B_w", "rest"],
    ] {
        assert!(read(&columns).is_ok(), "{columns:?}");
    }
    for (columns, expected) in [
        (
            ["prior:B", "prior:A", "prior:cash"],
            "line 1, column prior:B: found the weights of B, expected the weights of A",
        ),
        (
            ["w_cash", "w_A", "w_B"],
            "line 1, column w_A: found the weights of A, expected the weights of B",
        ),
        (
            ["prior:A", "x", "prior:B"],
            "line 1, column prior:B: found the weights of B, expected the weights of cash",
        ),
    ] {
        let message = read(&columns).unwrap_err().to_string();
        assert!(message.starts_with(&format!("p.csv, {expected}")), "{message}");
    }
}

/// Adjusting multiplies each price of a bar and rounds it by itself: here by 1/3, as the closes of a share after a
/// dividend, which puts the high of a bar that closed at its high below the close in some of 500 bars.
#[test]
fn highs_and_lows_a_rounding_off_the_close_are_the_close() {
    let mut text = "date,symbol,high,low,close\n".to_string();
    let (mut below, mut above) = (0, 0);
    let first = day(1);
    for i in 0..1000_u64 {
        let close = (100.0 + 0.37 * i as f64) / 3.0;
        let (high, low) = match i % 2 {
            0 => (close * 1.1 / 1.1, close * 0.9),
            _ => (close * 1.1, close * 0.7 / 0.7),
        };
        below += u32::from(high < close);
        above += u32::from(low > close);
        text += &format!("{},A,{high},{low},{close}\n", first + chrono::Days::new(i));
    }
    assert!(below > 5 && above > 5, "{below} highs below, {above} lows above");
    let table = parse_csv("p.csv", text.as_bytes(), &CsvOptions::default()).unwrap();
    let ranges = table.ranges();
    let (high, low) = (ranges.high.as_ref().unwrap(), ranges.low.as_ref().unwrap());
    for ((high, low), close) in high.iter().zip(low).zip(table.close()) {
        assert!(low <= close && close <= high && (high == close || low == close || high > low));
    }

    // A high of half its close is no rounding: line 42 is bar 40.
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let mut cells: Vec<String> = lines[41].split(',').map(String::from).collect();
    let close: f64 = cells[4].parse().unwrap();
    for (column, price, expected) in [
        (
            2,
            0.5 * close,
            format!("high: found {}, expected at least the close", 0.5 * close),
        ),
        (2, close * (1.0 - 1e-9), "high: found".to_string()),
        (3, close * (1.0 + 1e-9), "low: found".to_string()),
    ] {
        let kept = cells[column].clone();
        cells[column] = price.to_string();
        lines[41] = cells.join(",");
        cells[column] = kept;
        let message = parse_csv("p.csv", lines.join("\n").as_bytes(), &CsvOptions::default())
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with(&format!("p.csv, line 42, column {expected}")),
            "{message}"
        );
    }
}

/// The price file of the main job, where `make` has fetched it.
#[test]
fn the_file_of_real_prices_reads_and_round_trips() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sp500_20_stocks.csv");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    // RRC, a share of a few dollars then, fell to a third in a bar of 1990.
    let message = read_csv(&path, &CsvOptions::default()).unwrap_err().to_string();
    assert!(message.contains("line 71, column RRC"), "{message}");
    let keep = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let table = read_csv(&path, &keep).unwrap();
    assert_eq!((table.bars(), table.assets().len()), (8313, 20));
    assert_eq!(
        (table.close()[[0, 0]], table.close()[[8312, 19]]),
        (0.264, 106.627)
    );
    let first = table
        .bar_at_or_after(NaiveDate::from_ymd_opt(2013, 1, 1).unwrap())
        .unwrap();
    assert_eq!(table.times()[first].to_string(), "2013-01-02");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.csv");
    write_wide_csv(&table, &copy).unwrap();
    assert_eq!(read_csv(&copy, &keep).unwrap(), table);
}

proptest::proptest! {
    /// Any text makes a table of at least 2 bars or an error.
    #[test]
    fn hostile_files_never_panic(text in "(date|Date|symbol|close|A|,|\\n|\"|2020-01-0[1-9]|[0-9.eE-]{0,5}|\\PC){0,60}") {
        for options in [CsvOptions::default(), forward()] {
            if let Ok(table) = parse_csv("p.csv", text.as_bytes(), &options) {
                proptest::prop_assert!(table.bars() >= 2);
            }
        }
    }

    /// Reading what was written gives the same bits.
    #[test]
    fn any_prices_round_trip(prices in proptest::collection::vec(proptest::num::f64::POSITIVE, 2..40)) {
        let dates = day(1).iter_days().take(prices.len()).collect();
        let close = ndarray::Array2::from_shape_vec((prices.len(), 1), prices).unwrap();
        let Ok(table) = PriceTable::new(dates, names(&["A"]), close) else {
            return Ok(()); // infinity and zero are no prices
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        write_wide_csv(&table, file.path()).unwrap();
        let options = CsvOptions { splits: Splits::Keep, ..CsvOptions::default() };
        proptest::prop_assert_eq!(read_csv(file.path(), &options).unwrap(), table);
    }
}

/// Annual figures are of years: equal weight of the same prices, of days and of weeks, is the same portfolio.
#[test]
fn weeks_of_real_prices_have_the_annual_figures_of_their_days() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sp500_20_stocks.csv");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let keep = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let days = read_csv(&path, &keep).unwrap();
    let week = |bar: usize| days.times()[bar].date().iso_week();
    let ends: Vec<usize> = (0..days.bars())
        .filter(|&bar| bar + 1 == days.bars() || week(bar) != week(bar + 1))
        .collect();
    let times = ends.iter().map(|&bar| days.times()[bar]).collect();
    let closes = days.close().select(ndarray::Axis(0), &ends);
    let weeks = PriceTable::new(times, days.assets().to_vec(), closes).unwrap();
    let figures = |table: PriceTable, a_year: f64| {
        assert_eq!(table.bars_per_year().get(), a_year);
        let last = table.bars() - 1;
        let market = TableMarket::new(Arc::new(table), 0..=last, 0, 0.0).unwrap();
        let table = market.table();
        let returns = Array2::from_shape_fn(table.close().dim(), |(bar, asset)| market.returns(bar)[asset]);
        let history = History {
            assets: table.assets(),
            times: table.times(),
            returns: returns.view(),
            cash_returns: &vec![0.0; table.bars()],
            bars_per_year: table.bars_per_year(),
            members: None,
            prices: None,
            window: 20,
        };
        let track = run_baseline(
            Baseline::EqualWeight,
            history,
            0,
            last,
            &EnvConfig::at_costs(Costs::at_rate(0.001)),
        )
        .unwrap();
        let found = track.performance().unwrap();
        [found.annual_return, found.volatility, found.sharpe]
    };
    let (of_days, of_weeks) = (figures(days, 252.0), figures(weeks, 52.0));
    for ((day, week), most) in of_days.iter().zip(of_weeks).zip([0.02, 0.1, 0.1]) {
        assert!((week / day - 1.0).abs() < most, "{of_days:?} {of_weeks:?}");
    }
}
