//! Columns that have a type, against the same rows as CSV: one set of rules, one set of complaints.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

use ppo_risk::error::Place;
use ppo_risk::market::Time;
use ppo_risk::market::csv::{Column, CsvOptions, PriceFile, TimeUnit};
use serde_json::{Value, json};

fn given(options: Value) -> CsvOptions {
    serde_json::from_value(options).unwrap()
}

/// The columns of a CSV text by what their cells are: numbers, dates in nanoseconds, else texts.
fn columns(text: &str) -> Vec<Column> {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let names = rows[0].iter().enumerate();
    names
        .map(|(place, name)| {
            let cells = || rows[1..].iter().map(|row| row[place]);
            let filled = || cells().filter(|cell| !cell.is_empty());
            let time = |cell: &str| Time::parse(cell).and_then(Time::nanoseconds);
            if filled().all(|cell| cell.parse::<f64>().is_ok()) {
                return Column::numbers(name, "Float64", cells().map(|cell| cell.parse().ok()));
            }
            if filled().all(|cell| time(cell).is_some()) {
                return Column::times(name, "Timestamp(ns)", TimeUnit::Nanosecond, cells().map(time));
            }
            Column::texts(name, "Utf8", cells().map(Some))
        })
        .collect()
}

fn read(columns: Vec<Column>, options: &CsvOptions) -> ppo_risk::Result<PriceFile> {
    PriceFile::from_columns("p.parquet", "Parquet", columns, options)
}

#[track_caller]
fn refused(columns: Vec<Column>, options: &CsvOptions, expected: &str) {
    let message = read(columns, options).unwrap_err().to_string();
    assert_eq!(message, format!("p.parquet, {expected}"));
}

/// A complaint without quotes, and with the row in the place of the line, which comes after that of the header.
fn without_place(error: &ppo_risk::Error) -> String {
    let message = error.to_string().replace('"', "");
    let ppo_risk::Error::Table { file, place, .. } = error else {
        return message;
    };
    let row = match place {
        Place::Line(line) => line - 1,
        Place::Row(row) => *row,
        _ => 0,
    };
    format!("row {row}: {}", message.replace(&format!("{file}, {place}"), ""))
}

const LONG: &str = "date,symbol,open,high,low,close,volume,mood,rate\n\
    2020-01-01,B,10,11,9,10.5,100,0.1,0.02\n2020-01-01,A,20,21,19,20.5,0,0.1,0.02\n\
    2020-01-02,B,10,12,9,11.5,50,-0.2,0.03\n2020-01-02,A,20,22,19,21.5,7,-0.2,0.03\n";

#[test]
fn tables_and_complaints_are_those_of_the_same_rows_as_csv() {
    let wide = "date,A,B,mood,rate,p1,p2,cash\n2020-01-01,1.5,20,0.1,0.01,0.5,0.25,0.25\n\
        2020-01-02,1.25,21,-0.2,0.02,1,0,0\n2020-01-03,1.75,22.5,0.3,0.03,0,0,1\n";
    let of_wide = json!({"signals": ["mood"], "cash_rate": "rate", "prior": ["p1", "p2", "cash"]});
    let of_long = json!({"signals": ["mood"], "cash_rate": "rate"});
    let apart = |options: &Value, key: &str, value: Value| {
        let mut options = options.clone();
        options[key] = value;
        options
    };
    let cases = [
        (wide.to_string(), of_wide.clone()),
        (
            wide.to_string(),
            json!({"ignore": ["mood", "rate", "p1", "p2", "cash"], "bars_per_year": 52.0}),
        ),
        (LONG.to_string(), of_long.clone()),
        (LONG.to_string(), json!({"asset_signals": ["mood"]})),
        (
            LONG.replace("20,22,19,21.5,7", "20,21,19,21.5,7"),
            of_long.clone(),
        ),
        (LONG.replace("2020-01-02,A,20", "2020-01-02,A,"), of_long.clone()),
        (
            LONG.replace("2020-01-02,A,20", "2020-01-02,A,"),
            apart(&of_long, "fill", json!("forward")),
        ),
        (LONG.replace("2020-01-02,A", "2020-01-03,A"), of_long.clone()),
        (
            LONG.replace("2020-01-02,A", "2020-01-03,A"),
            apart(&of_long, "fill", json!("forward")),
        ),
        (LONG.replace("2020-01-02,A", "2020-01-01,A"), of_long.clone()),
        (LONG.replace("7,-0.2", "7,-0.3"), of_long.clone()),
        (LONG.replace("2020-01-02,A", "2020-01-02,"), of_long.clone()),
        (LONG.replace("0.03", "3"), of_long.clone()),
        (LONG.to_string(), json!({"signals": ["none"]})),
        (LONG.to_string(), json!({"layout": "wide"})),
        (
            LONG.replace("symbol", "Ticker").replace("close", "Adj Close"),
            of_long.clone(),
        ),
        (wide.to_string(), json!({"layout": "long"})),
        (wide.replace("21,-0.2", ",-0.2"), of_wide.clone()),
        (
            wide.replace("21,-0.2", ",-0.2"),
            apart(&of_wide, "fill", json!("forward")),
        ),
        (
            wide.replace("2020-01-01,1.5,20,", "2020-01-01,1.5,,"),
            apart(&of_wide, "fill", json!("forward")),
        ),
        (wide.replace("1.25", "-1.25"), of_wide.clone()),
        (wide.replace("1.25", "0"), of_wide.clone()),
        (wide.replace("1.25", "inf"), of_wide.clone()),
        (
            wide.replace("1.25", "0.15").replace("1.75", "0.16"),
            of_wide.clone(),
        ),
        (
            wide.replace("1.25", "0.15").replace("1.75", "0.16"),
            apart(&of_wide, "splits", json!("adjust")),
        ),
        (wide.replace("2020-01-02", "2020-01-01"), of_wide.clone()),
        (wide.replace(",B,", ",A,"), of_wide.clone()),
        (
            wide.replace(",B,", ",volume,"),
            json!({"ignore": ["mood", "rate", "p1", "p2", "cash"]}),
        ),
        (wide.replace(",p2,", ",weight:A,"), of_wide.clone()),
        (wide.replace("1,0,0\n", "0.5,0,0\n"), of_wide.clone()),
        (wide.replace("date,A", "day,A"), of_wide.clone()),
        (
            wide.replace("date,A", "day,A")
                .replace("2020-01-01", "1")
                .replace("2020-01-0", ""),
            of_wide,
        ),
        (
            "date,X\n2020-01-03,3\n2020-01-02,2.9\n2020-01-01,2.8\n".to_string(),
            json!({}),
        ),
        ("date,X\n2020-01-03,3\n".to_string(), json!({})),
        ("date\n2020-01-03\n2020-01-04\n".to_string(), json!({})),
        (
            "date,X,Y\n2020-01-01,20200101,1\n2020-01-02,20200102,1\n".to_string(),
            json!({}),
        ),
        (
            "date,close,high\n2020-01-01,1,1\n2020-01-02,1,2\n".to_string(),
            json!({"asset_name": "ACME"}),
        ),
        (
            "date,close,high\n2020-01-01,1,1\n2020-01-02,1,2\n".to_string(),
            json!({}),
        ),
    ];
    let (mut tables, mut complaints) = (0, 0);
    for (text, options) in cases {
        let options = given(options);
        let case = format!("{text}{options:?}");
        let csv = PriceFile::parse("p.csv", text.as_bytes(), &options);
        match (csv, read(columns(&text), &options)) {
            (Ok(csv), Ok(columns)) => {
                assert_eq!(csv.table, columns.table, "{case}");
                tables += 1;
            }
            (Err(csv), Err(columns)) => {
                assert_eq!(without_place(&columns), without_place(&csv), "{case}");
                complaints += 1;
            }
            (csv, columns) => panic!("{case}\n{csv:?}\n{columns:?}"),
        }
    }
    assert!(
        tables > 12 && complaints > 15,
        "{tables} tables, {complaints} complaints"
    );
}

#[test]
fn how_columns_were_read_is_said() {
    let said = |columns| read(columns, &CsvOptions::default()).unwrap().reading.to_string();
    assert_eq!(
        said(columns(LONG)),
        "long, 4 rows, Parquet, dates of the type Timestamp(ns)"
    );
    let texts =
        |name: &str, texts: [&'static str; 2]| Column::texts(name, "Utf8", texts.into_iter().map(Some));
    let prices = || Column::numbers("A", "Float32", [1.5, 1.25].into_iter().map(Some));
    assert_eq!(
        said(vec![texts("date", ["2.1.2020", "13.1.2020"]), prices()]),
        "wide, 2 rows, Parquet, dates day.month.year"
    );
    assert_eq!(
        said(vec![texts("day", ["2020-01-03", "2020-01-02"]), prices()]),
        "wide, 2 rows, Parquet, dates year-month-day, newest first"
    );
}

/// Days since 1970 of 2020-01-01.
const DAY: i64 = 18_262;

fn dates(name: &str) -> Column {
    Column::times(
        name,
        "Date32",
        TimeUnit::Day,
        [DAY, DAY + 1].into_iter().map(Some),
    )
}

fn prices(name: &str) -> Column {
    Column::numbers(name, "Float64", [1.5, 1.25].into_iter().map(Some))
}

fn integers(name: &str, values: &[i64]) -> Column {
    Column::integers(name, "Int64", values.iter().copied().map(Some))
}

#[test]
fn dates_are_found_by_name_by_type_and_by_what_they_are() {
    let expected = ["2020-01-01", "2020-01-02"].map(|date| Time::parse(date).unwrap());
    let second = 86_400 * DAY;
    let epoch = |unit, scale: i64| {
        let counts = [second * scale, (second + 86_400) * scale];
        Column::times("date", "Timestamp", unit, counts.into_iter().map(Some))
    };
    for columns in [
        vec![dates("date"), prices("A")],
        vec![prices("A"), dates("Date")],
        // As pandas writes an index that has no name.
        vec![prices("A"), prices("B"), dates("__index_level_0__")],
        vec![dates("when"), prices("A")],
        vec![epoch(TimeUnit::Second, 1), prices("A")],
        vec![epoch(TimeUnit::Millisecond, 1_000), prices("A")],
        vec![epoch(TimeUnit::Microsecond, 1_000_000), prices("A")],
        vec![epoch(TimeUnit::Nanosecond, 1_000_000_000), prices("A")],
        vec![integers("date", &[20_200_101, 20_200_102]), prices("A")],
        vec![
            integers("timestamp", &[second * 1_000, (second + 86_400) * 1_000]),
            prices("A"),
        ],
    ] {
        let table = read(columns.clone(), &CsvOptions::default()).unwrap().table;
        assert_eq!(table.times(), expected, "{columns:?}");
        assert_eq!(table.close().row(1)[0], 1.25);
    }
    // A fraction of a day is kept to the nanosecond.
    let times = Column::times(
        "time",
        "Timestamp(ns)",
        TimeUnit::Nanosecond,
        [1, 2].into_iter().map(Some),
    );
    let table = read(vec![times, prices("A")], &CsvOptions::default())
        .unwrap()
        .table;
    assert_eq!(table.times()[1].nanoseconds(), Some(2));
}

#[test]
fn symbols_may_be_integers_and_prices_texts() {
    let columns = vec![
        Column::times(
            "date",
            "Date32",
            TimeUnit::Day,
            [DAY, DAY, DAY + 1, DAY + 1].into_iter().map(Some),
        ),
        integers("symbol", &[10_107, 14_593, 10_107, 14_593]),
        Column::texts(
            "close",
            "Utf8",
            ["1.234,5", " 7,25", "1.235,5", "7,5"].into_iter().map(Some),
        ),
    ];
    let table = read(columns, &CsvOptions::default()).unwrap().table;
    assert_eq!(table.assets(), ["10107", "14593"]);
    assert_eq!(
        table.close().iter().copied().collect::<Vec<_>>(),
        [1234.5, 7.25, 1235.5, 7.5]
    );
}

#[test]
fn what_columns_cannot_be_is_refused_by_name() {
    let plain = CsvOptions::default();
    let list = Column::other("tags", "List(Utf8)", 2);
    refused(
        vec![dates("date"), prices("A"), list.clone()],
        &plain,
        "row 1, column tags: found a value of the type List(Utf8), expected a finite price above 0",
    );
    read(
        vec![dates("date"), prices("A"), list],
        &given(json!({"ignore": ["tags"]})),
    )
    .unwrap();
    let gap = Column::numbers("A", "Float64", [Some(1.5), Some(f64::NAN)].into_iter());
    refused(
        vec![dates("date"), gap],
        &plain,
        "row 2, column A: found NaN, expected a finite price above 0 (a gap is a null)",
    );
    let undated = Column::times("date", "Date32", TimeUnit::Day, [Some(DAY), None].into_iter());
    refused(
        vec![undated, prices("A")],
        &plain,
        "row 2, column date: found a gap, expected a date or time",
    );
    let far = Column::times(
        "date",
        "Timestamp(s)",
        TimeUnit::Second,
        [1, i64::MAX].into_iter().map(Some),
    );
    refused(
        vec![far, prices("A")],
        &plain,
        "row 2, column date: found 9223372036854775807 seconds since 1970, expected a time that a calendar has",
    );
    refused(
        vec![dates("date"), prices("A"), dates("traded")],
        &plain,
        "row 1, column traded: found 2020-01-01, a date, expected a finite price above 0 (a column of dates belongs in \
         `ignore`)",
    );
    refused(
        vec![prices("A"), dates("from"), dates("to")],
        &plain,
        "column date: found no such column among: A, from, to, expected a column called `date`",
    );
    refused(
        vec![dates("date"), integers("A", &[1])],
        &plain,
        "column A: found 1 rows, expected 2, as in the first column",
    );
    refused(
        vec![],
        &plain,
        "column date: found no columns, expected columns of dates and prices",
    );
    for option in ["separator", "encoding"] {
        let value = if option == "separator" { "comma" } else { "utf_8" };
        refused(
            vec![dates("date"), prices("A")],
            &given(json!({option: value})),
            &format!("column date: found `{option}` for Parquet, which is no text, expected no `{option}`"),
        );
    }
    let none = |name| Column::numbers(name, "Float64", std::iter::empty());
    refused(
        vec![none("date"), none("A")],
        &plain,
        "row 1, column date: found 0 rows, expected at least 2",
    );
}

#[test]
fn one_asset_of_a_frame_needs_its_name() {
    let columns = || vec![dates("date"), prices("close"), prices("volume")];
    let frame = |options| PriceFile::from_frame("frame", "Arrow", columns(), &given(options));
    let error = frame(json!({})).unwrap_err().to_string();
    assert_eq!(
        error,
        "frame, column close: found an asset without a name, expected its name as `asset_name`"
    );
    let table = frame(json!({"asset_name": "ACME"})).unwrap().table;
    assert_eq!(table.assets(), ["ACME"]);
    // A file's own name is one.
    assert_eq!(
        read(columns(), &CsvOptions::default()).unwrap().table.assets(),
        ["p"]
    );
}

#[test]
fn the_index_of_a_frame_is_no_asset() {
    let columns = || vec![dates("date"), prices("A"), integers("__index_level_0__", &[5, 6])];
    refused(
        columns(),
        &CsvOptions::default(),
        "column __index_level_0__: found the index of a data frame among the prices, expected an index of dates, or its \
         name in `ignore`",
    );
    let ignored = given(json!({"ignore": ["__index_level_0__"]}));
    assert_eq!(read(columns(), &ignored).unwrap().table.assets(), ["A"]);
}
