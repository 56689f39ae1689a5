//! Encodings, titles, notes, indexes and options.

use crate::one_asset::one_share;
use crate::{Form, given, refused, understood};
use ppo_risk::market::csv::{
    CsvOptions, DateFormat, Decimal, Encoding, Layout, PriceFile, Separator, Splits, Thousands, parse_csv,
};
use serde_json::json;

#[test]
fn titles_and_notes_are_left_out_and_broken_rows_are_not() {
    let form = Form::new(30);
    let text = form.text();
    let titled = format!("Prices of two shares\nExported, by hand, on 2013-01-01\n\n{text}");
    let noted = format!("{text}\nSource: the exchange\n\"All prices in euro, adjusted\",,\n,,\n");
    for (text, described) in [
        (titled.clone(), ", 2 lines of titles left out"),
        (noted, ", 3 lines of notes left out"),
        (
            titled + "Copyright 2013 by nobody\n",
            ", 2 lines of titles left out, 1 line of notes left out",
        ),
        (text.replace('\n', ",,\n"), "year-month-day"),
    ] {
        let (table, reading) = understood(&text);
        assert_eq!(table, form.table());
        assert!(reading.ends_with(described), "{reading}");
    }
    for (end, expected) in [
        (
            "2012-02-1",
            "line 32, column AAA: found a row of 1 cells, expected 3",
        ),
        (
            "2012-02-13,5",
            "line 32, column BBB: found a row of 2 cells, expected 3",
        ),
        ("Total,5,6", "line 32, column date: found \"Total\""),
        ("Mean", "line 32, column AAA: found a row of 1 cells"),
    ] {
        refused(&format!("{text}{end}\n"), &CsvOptions::default(), expected);
    }
    // The line is that of the file.
    let line = format!("A title\n\n{}", text.replace(&form.lines()[5], "2012-01-06,x,1"));
    refused(&line, &CsvOptions::default(), "line 8, column AAA: found \"x\"");
}

#[test]
fn every_encoding() {
    let text = "date;Société;Ærø\n2020-01-01;1,5;2\n2020-01-02;1,6;2\n";
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(order).collect() };
    let latin: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    for (bytes, described, option) in [
        (text.as_bytes().to_vec(), "", "utf_8"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "", "utf_8"),
        (
            [b"\xff\xfe", &little[..]].concat(),
            ", UTF-16 (low byte first)",
            "utf_16le",
        ),
        (
            [b"\xfe\xff", &big[..]].concat(),
            ", UTF-16 (high byte first)",
            "utf_16be",
        ),
        (latin, ", Windows-1252", "windows_1252"),
    ] {
        for options in [CsvOptions::default(), given(json!({"encoding": option}))] {
            let file = PriceFile::parse("p.csv", &bytes, &options).unwrap();
            assert_eq!(file.table.assets(), ["Société", "Ærø"]);
            let reading = file.reading.to_string();
            assert!(
                reading.starts_with(&format!("wide, 2 rows{described}, separator `;`")),
                "{reading}"
            );
        }
    }
    // Without a mark UTF-16 has to be asked for.
    let message = parse_csv("p.csv", &little, &CsvOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        message
            .contains("line 1, column (any): found a NUL character, expected text in the file's `encoding`")
    );
    assert!(parse_csv("p.csv", &little, &given(json!({"encoding": "utf_16le"}))).is_ok());
    let message = parse_csv(
        "p.csv",
        b"date,A\n2020-01-01,\xe9\n",
        &given(json!({"encoding": "utf_8"})),
    );
    assert!(
        message
            .unwrap_err()
            .to_string()
            .contains("line 2, column (any): found bytes that are not UTF-8")
    );
}

#[test]
fn data_frames_written_with_their_index() {
    let (text, _) = one_share("Date,Open,High,Low,Close,Adj Close,Volume");
    for (text, assets) in [(Form::new(30).text(), 2), (text, 1)] {
        let mut lines = text.lines();
        let header = format!(",{}\n", lines.next().unwrap());
        let rows = lines
            .enumerate()
            .map(|(number, line)| format!("{number},{line}\n"));
        let (table, _) = understood(&(header + &rows.collect::<String>()));
        assert_eq!(table.assets().len(), assets);
    }
    refused(
        "date,,A\n2020-01-01,0,1\n2020-01-02,1,1\n",
        &CsvOptions::default(),
        "column number 2: found no name",
    );
}

#[test]
fn options_have_names_and_the_marks_themselves() {
    let options = given(json!({
        "layout": "one_asset", "separator": ";", "decimal": ",", "thousands": "none", "encoding": "utf_16be",
        "date_format": "epoch_ms", "asset_name": "A", "close_column": "C", "splits": "adjust",
    }));
    let expected = CsvOptions {
        layout: Layout::OneAsset,
        separator: Separator::Semicolon,
        decimal: Decimal::Comma,
        thousands: Thousands::None,
        encoding: Encoding::Utf16Be,
        date_format: DateFormat::EpochMs,
        asset_name: Some("A".to_string()),
        close_column: Some("C".to_string()),
        splits: Splits::Adjust,
        ..CsvOptions::default()
    };
    assert_eq!(options, expected);
    assert_eq!(given(serde_json::to_value(&expected).unwrap()), expected);
    for wrong in [
        json!({"separator": "colon"}),
        json!({"delimiter": ","}),
        json!({"date_format": "dmy"}),
    ] {
        assert!(serde_json::from_value::<CsvOptions>(wrong).is_err());
    }
    // What is asked for is done, though it reads less.
    refused(
        &Form::new(9).text(),
        &given(json!({"separator": "|"})),
        "column date: found no such column among: date,AAA,BBB",
    );
    refused(
        &Form::new(9).text(),
        &given(json!({"date_format": "yyyymmdd"})),
        "expected a date such as 20201231",
    );
    refused(
        "date;A,x\n2020-01-01;1,2020-01-01\n2020-01-02;1,2020-01-02\n",
        &CsvOptions::default(),
        "`separator: ",
    );
}
