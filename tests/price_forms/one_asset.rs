//! Files of one asset, and closes that are adjusted.

use crate::{Form, given, read, refused, understood};
use ndarray::array;
use ppo_risk::market::csv::CsvOptions;
use serde_json::json;

/// A year of one share's bars with a dividend: adjusted closes are 2% lower before bar 100.
pub(crate) fn one_share(header: &str) -> (String, Vec<[f64; 2]>) {
    let form = Form::new(250);
    let mut text = header.to_string() + "\n";
    let mut closes = Vec::new();
    for (bar, (day, [close, _])) in form.days.iter().zip(&form.closes).enumerate() {
        let adjusted = if bar < 100 { close * 0.98 } else { *close };
        closes.push([*close, adjusted]);
        text += &format!(
            "{day},{},{},{},{close},{adjusted},{}\n",
            close - 1.0,
            close + 2.0,
            close - 3.0,
            1000 + bar
        );
    }
    (text, closes)
}

#[test]
fn a_vendors_file_of_one_share_is_one_asset() {
    for header in [
        "Date,Open,High,Low,Close,Adj Close,Volume",
        "date,open,high,low,close,adj_close,vol",
        "timestamp,1. open,2. high,3. low,4. close,5. adjusted close,6. volume",
    ] {
        let (text, closes) = one_share(header);
        let (table, reading) = understood(&text);
        assert_eq!((table.assets(), table.bars()), (&["p".to_string()][..], 250));
        let column = header.split(',').nth(5).unwrap();
        let expected = format!(
            "one asset called p, 250 rows, separator `,`, decimal point, dates year-month-day, closes from {column}"
        );
        assert_eq!(reading, expected);
        for (bar, [close, adjusted]) in closes.iter().enumerate() {
            assert_eq!(table.close()[[bar, 0]], *adjusted);
            let high = table.ranges().high.as_ref().unwrap()[[bar, 0]];
            assert!(
                (high / ((close + 2.0) * adjusted / close) - 1.0).abs() < 1e-12,
                "{high}"
            );
        }
        assert_eq!(table.ranges().volume.as_ref().unwrap()[[7, 0]], 1007.0);
        // The traded close, and a name.
        let close = header.split(',').nth(4).unwrap();
        let options = given(json!({"close_column": close, "asset_name": "ACME"}));
        let file = read(&text, &options).unwrap();
        assert_eq!(
            (file.table.assets(), file.table.close()[[0, 0]]),
            (&["ACME".to_string()][..], closes[0][0])
        );
        assert_eq!(
            file.table.ranges().open.as_ref().unwrap()[[0, 0]],
            closes[0][0] - 1.0
        );
    }
    // Other sets of columns of one share; never an asset for each.
    let (text, _) = one_share("Date,Open,High,Low,Close,Adj Close,Volume");
    for columns in [&[0, 4, 6][..], &[0, 1, 4], &[0, 1, 2, 3, 4, 6], &[0, 5, 6]] {
        let line = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            columns
                .iter()
                .map(|column| cells[*column])
                .collect::<Vec<_>>()
                .join(",")
                + "\n"
        };
        let (table, _) = understood(&text.lines().map(line).collect::<String>());
        assert_eq!(table.assets(), ["p"]);
    }
    // Without a close, or with a column of another kind, they are nothing; asked for, the others are left out.
    for header in [
        "Date,Open,High,Low,Last,Price,Volume",
        "Date,Open,High,Low,Close,ACME,Volume",
    ] {
        let (text, _) = one_share(header);
        refused(
            &text,
            &CsvOptions::default(),
            "line 1, column Open: found the columns of one asset's bars: Open, High",
        );
    }
    let (text, closes) = one_share("Date,Open,High,Low,Close,ACME,Volume");
    let file = read(&text, &given(json!({"layout": "one_asset"}))).unwrap();
    assert_eq!(
        (file.table.assets().len(), file.table.close()[[0, 0]]),
        (1, closes[0][0])
    );
    // One column of closes takes the name, more do not.
    let named = given(json!({"asset_name": "ACME"}));
    assert_eq!(
        read("date,Close\n2020-01-01,1\n2020-01-02,1\n", &named)
            .unwrap()
            .table
            .assets(),
        ["ACME"]
    );
    refused(
        &Form::new(9).text(),
        &named,
        "found 2 assets, and the name \"ACME\", expected one asset, or no `asset_name`",
    );
    refused(
        "date,symbol,close\n2020-01-01,A,1\n2020-01-02,A,1\n",
        &named,
        "no `asset_name`",
    );
    refused(
        &Form::new(9).text(),
        &given(json!({"close_column": "AAA"})),
        "or no `close_column`",
    );
}

#[test]
fn long_files_take_the_adjusted_close_and_say_so() {
    let text = "date,symbol,high,low,close,adj close\n2020-01-01,A,5,3,4,3\n2020-01-02,A,7,4,5,5\n";
    let (table, reading) = understood(text);
    assert_eq!(table.close(), array![[3.0], [5.0]]);
    assert_eq!(table.ranges().high, Some(array![[3.75], [7.0]]));
    assert!(reading.ends_with("closes from adj close"), "{reading}");
    let close = read(text, &given(json!({"close_column": "close"}))).unwrap();
    assert_eq!(close.table.close(), array![[4.0], [5.0]]);
    assert!(
        close.reading.to_string().ends_with("closes from close")
            || !close.reading.to_string().contains("adj")
    );
    // Highs are held against the close that they go with, at their line.
    refused(
        &text.replace("A,7,4,5", "A,4.5,4,5"),
        &CsvOptions::default(),
        "line 3, column high: found 4.5, expected at least the close of that bar, 5",
    );
    refused(
        text,
        &given(json!({"close_column": "none"})),
        "column none: found no such column",
    );
}
