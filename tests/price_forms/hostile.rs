//! Files that no one means well with.

use crate::{Form, given};
use ppo_risk::market::csv::{CsvOptions, PriceFile, parse_csv};
use serde_json::json;

#[test]
fn hostile_files_end_in_an_error() {
    let all = |bytes: &[u8], expected: &str| {
        let message = parse_csv("p.csv", bytes, &CsvOptions::default())
            .unwrap_err()
            .to_string();
        assert!(message.contains(expected), "{:.300}", message);
        assert!(message.len() < 2_000, "an error of {} bytes", message.len());
    };
    let text = Form::new(30).text();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let half = [b"\xff\xfe", &little[..little.len() - 1]].concat();
    all(
        &half,
        "line 31, column (any): found bytes that are not UTF-16 (low byte first)",
    );
    all(
        b"\xff\xfe\x00\xd8,\x00",
        "line 1, column (any): found bytes that are not UTF-16",
    );
    all(b"\xff\xfe", "an empty file");
    all(
        text.replacen("AAA", "A\0A", 1).as_bytes(),
        "line 1, column (any): found a NUL character",
    );
    all(
        text.replacen("2012-01-05", "2012\0", 1).as_bytes(),
        "line 5, column (any): found a NUL character",
    );
    all("9".repeat(10_000_000).as_bytes(), "no such column");
    all(",".repeat(1_000_000).as_bytes(), "no such column");
    all(
        format!("date,A\n2020-01-01,{}\n", "7".repeat(10_000_000)).as_bytes(),
        "line 2, column date: found 1 rows",
    );
    all(
        format!("date,A\n2020-01-01,1\n2020-01-02,{}\n", "7".repeat(10_000_000)).as_bytes(),
        "line 3, column A: found",
    );
    all(
        format!("date,A\n2020-01-01,1\n2020-01-02,{}\n", "x".repeat(10_000_000)).as_bytes(),
        "line 3, column A: found",
    );
    for number in [
        "1e999",
        "-1e999",
        "1e-999",
        "0x10",
        "1_000",
        "99999999999999999999999999999999999999999999e300",
        "1e",
        ".",
    ] {
        all(
            format!("date,A\n2020-01-01,1\n2020-01-02,{number}\n").as_bytes(),
            "line 3, column A",
        );
    }
    for date in [
        "99999999999999999999",
        "-5",
        "1e9",
        "9999-99-99",
        "0000-00-00",
        "2020-01-01T99:99",
        "+",
        "٢٠٢٠-٠١-٠١",
    ] {
        all(
            format!("date,A\n2020-01-01,1\n{date},1\n").as_bytes(),
            "line 3, column date",
        );
    }
    all(b"date,\"A\n2020-01-01,1\n2020-01-02,1\n", "column");

    let names: Vec<String> = (0..100_000).map(|asset| format!("A{asset}")).collect();
    let row = vec!["1"; 100_000].join(",");
    let wide = format!("date,{}\n2020-01-01,{row}\n2020-01-02,{row}\n", names.join(","));
    assert_eq!(
        parse_csv("p.csv", wide.as_bytes(), &CsvOptions::default())
            .unwrap()
            .assets()
            .len(),
        100_000
    );
    all(
        wide.replacen("date", "day", 1).replace("2020-01", "x").as_bytes(),
        "no such column among: day, A0, A1",
    );
    all(
        wide.replacen("A99999", "A0", 1).as_bytes(),
        "column A0: found a second column of this name",
    );
}

proptest::proptest! {
    /// Any bytes make a table of at least 2 bars or an error, whatever the options.
    #[test]
    fn any_bytes_are_a_table_or_an_error(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        text in "(date|close|open|;|,|\\||\t|\\n|\\.|'|2020-01-0[1-9]|0[1-9][./]1[0-9][./]2020|[0-9]{1,10}|\\PC){0,60}",
        format in 0..10_usize,
    ) {
        let formats = ["detect", "iso", "us", "eu", "yyyymmdd", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "serial"];
        for options in [
            json!({"date_format": formats[format], "fill": "forward"}),
            json!({"date_format": formats[format], "splits": "adjust", "decimal": "comma"}),
            json!({"encoding": "utf_16le", "layout": "one_asset"}),
        ] {
            for bytes in [&bytes[..], text.as_bytes()] {
                if let Ok(file) = PriceFile::parse("p.csv", bytes, &given(options.clone())) {
                    proptest::prop_assert!(file.table.bars() >= 2 && !file.reading.to_string().is_empty());
                }
            }
        }
    }
}
