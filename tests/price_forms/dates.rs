//! Dates, and which way time runs.

use crate::{Form, given, read, refused, understood};
use chrono::{Datelike, NaiveDate};
use ndarray::array;
use ppo_risk::market::csv::CsvOptions;
use serde_json::json;

#[test]
fn every_way_to_write_dates() {
    fn seconds(day: NaiveDate) -> i64 {
        day.signed_duration_since(NaiveDate::default()).num_seconds()
    }
    type Written = fn(NaiveDate) -> String;
    let forms: [(Written, &str, &str); 16] = [
        (|day| day.to_string(), "year-month-day", "iso"),
        (|day| day.format("%Y/%m/%d").to_string(), "year/month/day", "iso"),
        (
            |day| day.format("%Y.%m.%d 00:00").to_string(),
            "year.month.day",
            "iso",
        ),
        (
            |day| day.format("%Y-%m-%dT00:00:00Z").to_string(),
            "year-month-day",
            "iso",
        ),
        (
            |day| day.format("%Y-%m-%d 00:00:00+00:00").to_string(),
            "year-month-day",
            "iso",
        ),
        (|day| day.format("%m/%d/%Y").to_string(), "month/day/year", "us"),
        (
            |day| format!("{}/{}/{}", day.month(), day.day(), day.year()),
            "month/day/year",
            "us",
        ),
        (|day| day.format("%d.%m.%Y").to_string(), "day.month.year", "eu"),
        (|day| day.format("%d/%m/%Y").to_string(), "day/month/year", "eu"),
        (
            |day| day.format("%d-%m-%Y 00:00:00").to_string(),
            "day-month-year",
            "eu",
        ),
        (|day| day.format("%Y%m%d").to_string(), "yyyymmdd", "yyyymmdd"),
        (|day| seconds(day).to_string(), "in seconds since 1970", "epoch_s"),
        (
            |day| (seconds(day) * 1000).to_string(),
            "in milliseconds since 1970",
            "epoch_ms",
        ),
        (
            |day| (seconds(day) * 1_000_000).to_string(),
            "in microseconds since 1970",
            "epoch_us",
        ),
        (
            |day| format!("{}000000000", seconds(day)),
            "in nanoseconds since 1970",
            "epoch_ns",
        ),
        (
            |day| (day.to_epoch_days() + 25_569).to_string(),
            "in days since 1899-12-30",
            "serial",
        ),
    ];
    for (date, described, option) in forms {
        for header in ["date", "", "Timestamp"] {
            let mut form = Form::new(40);
            (form.date, form.header) = (date, header);
            let (table, reading) = understood(&form.text());
            assert_eq!(table, form.table(), "{described}");
            assert!(reading.ends_with(&format!("dates {described}")), "{reading}");
            let options = given(json!({"date_format": option}));
            assert_eq!(read(&form.text(), &options).unwrap().table, form.table());
        }
    }
    // Dates in three parts are dates whatever their column is called; numbers are not.
    let mut form = Form::new(40);
    (form.header, form.date) = ("Datum", |day: NaiveDate| day.format("%d.%m.%Y").to_string());
    assert_eq!(understood(&form.text()).0, form.table());
    form.date = |day| day.format("%Y%m%d").to_string();
    refused(
        &form.text(),
        &CsvOptions::default(),
        "column date: found no such column among: Datum, AAA, BBB",
    );
    // A date of another form among many is refused where it stands.
    form.date = |day| match day.day() {
        20 => day.to_string(),
        _ => day.format("%d.%m.%Y").to_string(),
    };
    refused(
        &form.text(),
        &CsvOptions::default(),
        "line 16, column Datum: found \"2012-01-20\"",
    );
    form.header = "date";
    refused(
        &form.text(),
        &CsvOptions::default(),
        "line 16, column date: found \"2012-01-20\", a date in another order, expected a date such as 31.12.2020 (day, month, year)",
    );
}

#[test]
fn intraday_bars_in_every_zone_and_unit() {
    let hours = [
        "2020-01-06T09:00:00+01:00",
        "2020-01-06 10:00:00+01:00",
        "2020-01-06T10:00Z",
    ];
    let text: String = hours.iter().map(|hour| format!("{hour},1\n")).collect();
    let (table, _) = understood(&format!("date,A\n{text}"));
    let times: Vec<String> = table.times().iter().map(ToString::to_string).collect();
    assert_eq!(
        times,
        [
            "2020-01-06T08:00:00Z",
            "2020-01-06T09:00:00Z",
            "2020-01-06T10:00:00Z"
        ]
    );
    for text in [
        "date,A\n1578297600,1\n1578301200,1\n1578304800,1\n",
        "date,A\n1578297600000,1\n1578301200000,1\n1578304800000,1\n",
        "date;A\n06.01.2020 08:00;1\n06.01.2020 09:00;1\n06.01.2020 10:00;1\n",
        "date;A\n43836,333333333336;1\n43836,375;1\n43836,4166666667;1\n",
    ] {
        let options = given(json!({"date_format": if text.contains("06.01") { "eu" } else { "detect" }}));
        assert_eq!(
            read(text, &options).unwrap().table.times(),
            table.times(),
            "{text}"
        );
    }
}

#[test]
fn dates_whose_month_and_day_could_change_places_are_refused() {
    for (mark, format) in [("/", "%m/%d/%Y"), (".", "%m.%d.%Y"), ("-", "%m-%d-%Y")] {
        // 2 to 12 January but for the weekend.
        let form = Form::new(9);
        let text: String = form
            .days
            .iter()
            .map(|day| format!("{},1,2\n", day.format(format)))
            .collect();
        let text = format!("date,A,B\n{text}");
        let first = format!("01{mark}02{mark}2012");
        refused(
            &text,
            &CsvOptions::default(),
            &format!(
                "p.csv, line 2, column date: found \"{first}\", and no date in the file says which of its first two \
                 parts is the month, expected `date_format: us` (month, day, year) or `date_format: eu`"
            ),
        );
        let last = |option: &str| {
            let options = given(json!({ "date_format": option }));
            read(&text, &options).unwrap().table.times()[8].to_string()
        };
        assert_eq!(
            (last("us"), last("eu")),
            ("2012-01-12".to_string(), "2012-12-01".to_string())
        );
        // A day later, the file says it.
        let (table, reading) = understood(&format!("{text}01{mark}13{mark}2012,1,2\n"));
        assert_eq!(table.times()[9].to_string(), "2012-01-13");
        assert!(
            reading.contains(&format!("dates month{mark}day{mark}year")),
            "{reading}"
        );
    }
    let both = "date,A\n01/01/2020,1\n02/02/2020,1\n";
    assert_eq!(understood(both).0.times()[1].to_string(), "2020-02-02");
    refused(
        "date,A\n1/13/20,1\n1/14/20,1\n",
        &CsvOptions::default(),
        "found \"1/13/20\"",
    );
}

#[test]
fn files_with_the_newest_first_are_turned_round() {
    let form = Form::new(50);
    let mut lines = form.lines();
    lines[1..].reverse();
    let (table, reading) = understood(&lines.join("\n"));
    assert_eq!(table, form.table());
    assert!(reading.ends_with(", newest first"), "{reading}");
    // A gap takes the value of the day before, which is the row below.
    let text = "date,A,B\n2020-01-03,3,\n2020-01-02,,7\n2020-01-01,2,6\n";
    let filled = read(text, &given(json!({"fill": "forward"}))).unwrap().table;
    assert_eq!(filled.close(), array![[2.0, 6.0], [2.0, 7.0], [3.0, 7.0]]);
    refused(
        text,
        &given(json!({"fill": "refuse"})),
        "line 3, column A: found a gap",
    );
    // Long files, by symbol and by date; assets stay in the order in which they appear.
    for text in [
        "date,ticker,close\n2020-01-02,B,5\n2020-01-01,B,4\n2020-01-02,A,2\n2020-01-01,A,1\n",
        "date,tic,close\n2020-01-02,B,5\n2020-01-02,A,2\n2020-01-01,A,1\n2020-01-01,B,4\n",
    ] {
        let (table, reading) = understood(text);
        assert_eq!(
            (table.assets(), reading.contains("newest first")),
            (&["B".into(), "A".into()][..], true)
        );
        assert_eq!(table.close(), array![[4.0, 1.0], [5.0, 2.0]]);
    }
}
