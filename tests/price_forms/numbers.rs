//! Separators and numbers.

use crate::{Form, given, read, refused, understood};
use ppo_risk::market::csv::CsvOptions;
use serde_json::json;

/// 1234.5 as 1,234.5 with these marks.
fn grouped(number: f64, thousands: &str, decimal: &str) -> String {
    let text = format!("{number:.4}");
    let (whole, fraction) = text.split_once('.').unwrap();
    match whole.len() {
        4 => format!("{}{thousands}{}{decimal}{fraction}", &whole[..1], &whole[1..]),
        _ => format!("{whole}{decimal}{fraction}"),
    }
}

#[test]
fn every_separator_with_every_way_to_write_numbers() {
    type Written = fn(f64) -> String;
    let numbers: [(Written, &str); 8] = [
        (|number| number.to_string(), "decimal point"),
        (|number| number.to_string().replace('.', ","), "decimal comma"),
        (
            |number| grouped(number, ",", "."),
            "decimal point, comma between thousands",
        ),
        (
            |number| grouped(number, ".", ","),
            "decimal comma, point between thousands",
        ),
        (
            |number| grouped(number, " ", "."),
            "decimal point, space between thousands",
        ),
        (
            |number| grouped(number, "\u{a0}", ","),
            "decimal comma, space between thousands",
        ),
        (
            |number| grouped(number, "'", "."),
            "decimal point, apostrophe between thousands",
        ),
        (
            |number| grouped(number, "\u{2019}", ","),
            "decimal comma, apostrophe between thousands",
        ),
    ];
    for (separator, name) in [(',', "`,`"), (';', "`;`"), ('\t', "tab"), ('|', "`|`")] {
        for (number, described) in numbers {
            let mut form = Form::new(60);
            (form.separator, form.number) = (separator, number);
            let mut text = form.text();
            if separator == ',' {
                // Quoted, as a comma would end the cell.
                let quoted = form.days.iter().zip(&form.closes).map(|(day, closes)| {
                    format!("{day},\"{}\",\"{}\"\n", number(closes[0]), number(closes[1]))
                });
                text = "date,AAA,BBB\n".to_string() + &quoted.collect::<String>();
            }
            let (table, reading) = understood(&text);
            assert_eq!(table, form.table(), "{name} {described}");
            let expected = format!("wide, 60 rows, separator {name}, {described}, dates year-month-day");
            assert_eq!(reading, expected);
        }
    }
}

#[test]
fn numbers_with_two_values_are_refused_until_an_option_says_which() {
    let text = "date;A;B\n2020-01-01;1.234;7.000\n2020-01-02;1.250;7.100\n";
    refused(
        text,
        &CsvOptions::default(),
        "line 2, column A: found \"1.234\", which is 1.234 or 1234, and no number in the file says which, expected \
         `decimal: point` or `decimal: comma`",
    );
    let point = read(text, &given(json!({"decimal": "point"}))).unwrap();
    assert_eq!(point.table.close()[[0, 0]], 1.234);
    for options in [json!({"decimal": "comma"}), json!({"thousands": "."})] {
        assert_eq!(read(text, &given(options)).unwrap().table.close()[[0, 0]], 1234.0);
    }
    // One number that has one value is enough, wherever it stands.
    for (settling, value) in [
        ("0.950", 1.234),
        ("12345.250", 1.234),
        ("1.234.567", 1234.0),
        ("95,5", 1234.0),
    ] {
        let text = format!("{text}2020-01-03;1.260;{settling}\n");
        let table = read(&text, &given(json!({"splits": "keep"}))).unwrap().table;
        assert_eq!(table.close()[[0, 0]], value, "{settling}");
    }
    // Between commas a point is the decimal mark; a comma in quotes says nothing of itself.
    let (table, _) = understood(&text.replace(';', ","));
    assert_eq!(table.close()[[0, 0]], 1.234);
    refused(
        "date,A\n2020-01-01,\"1,234\"\n2020-01-02,\"1,235\"\n",
        &CsvOptions::default(),
        "found \"1,234\", which is 1.234 or 1234",
    );
    // Both forms in one file are neither.
    refused(
        "date;A;B\n2020-01-01;1,5;2.5\n2020-01-02;1,6;2.5\n2020-01-03;1,7;2,5\n",
        &CsvOptions::default(),
        "line 2, column B: found \"2.5\", expected a finite price above 0, written with a decimal comma",
    );
    refused(
        text,
        &given(json!({"decimal": "point", "thousands": "point"})),
        "one mark for both",
    );
}
