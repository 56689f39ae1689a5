//! Moves that look like splits.

use crate::{Form, given, read, refused, understood};
use ndarray::array;
use ppo_risk::market::csv::CsvOptions;
use serde_json::json;

/// A file of as many shares, the first of which has a new price from bar 20 on, `factor` times what it would be.
fn split(shares: usize, factor: f64, others: f64) -> String {
    let form = Form::new(40);
    let names: Vec<String> = (0..shares).map(|share| format!("S{share}")).collect();
    let mut text = format!("date,{}\n", names.join(","));
    for (bar, day) in form.days.iter().enumerate() {
        let close = |share: usize| {
            let close = 100.0 * (1.0 + 0.01 * ((bar * 7 + share * 3) % 5) as f64);
            match (bar >= 20, share) {
                (false, _) => close,
                (true, 0) => close * factor,
                (true, _) => close * others,
            }
        };
        let closes: Vec<String> = (0..shares).map(|share| close(share).to_string()).collect();
        text += &format!("{day},{}\n", closes.join(","));
    }
    text
}

#[test]
fn moves_like_splits_are_refused_kept_or_adjusted() {
    for (factor, ratio, name) in [
        (0.25, 4.0, "4:1"),
        (0.1, 10.0, "10:1"),
        (0.4, 2.5, "5:2"),
        (3.0, 1.0 / 3.0, "1:3"),
        (20.0, 0.05, "1:20"),
    ] {
        for shares in [1, 4, 5] {
            let text = split(shares, factor, 1.0);
            let message = read(&text, &CsvOptions::default()).unwrap_err().to_string();
            assert!(
                message.starts_with("folder/p.csv, line 22, column S0: found a close of"),
                "{message}"
            );
            assert!(
                message.contains(&format!("as after the split {name} of S0 at 2012-01-30")),
                "{message}"
            );
            assert!(
                message.contains("`splits: adjust`") && message.contains("`splits: keep`"),
                "{message}"
            );
            let kept = read(&text, &given(json!({"splits": "keep"}))).unwrap();
            assert!(
                kept.reading
                    .to_string()
                    .ends_with(&format!("kept the split {name} of S0 at 2012-01-30"))
            );
            let adjusted = read(&text, &given(json!({"splits": "adjust"}))).unwrap();
            assert!(adjusted.reading.to_string().contains("adjusted for the split"));
            for bar in 0..40 {
                let close = kept.table.close().row(bar);
                let expected = if bar < 20 { close[0] / ratio } else { close[0] };
                assert_eq!(adjusted.table.close()[[bar, 0]], expected);
                assert_eq!(
                    adjusted.table.close().row(bar).iter().skip(1).collect::<Vec<_>>(),
                    close.iter().skip(1).collect::<Vec<_>>()
                );
            }
        }
    }
    // No split: too small a move, none of the simple ratios, or a day on which all moved.
    for (factor, others) in [
        (0.5, 1.0),
        (0.45, 1.0),
        (2.2, 1.0),
        (0.29, 1.0),
        (900.0, 1.0),
        (0.25, 0.85),
        (4.0, 1.2),
    ] {
        let (_, reading) = understood(&split(4, factor, others));
        assert!(!reading.contains("split"), "{reading}");
    }
}

#[test]
fn adjusting_for_a_split_reaches_opens_highs_lows_and_volumes() {
    let text = "date,open,high,low,close,volume\n2020-01-01,90,110,80,100,7\n2020-01-02,22,27,20,25,28\n2020-01-03,25,26,24,25,28\n";
    refused(
        text,
        &CsvOptions::default(),
        "line 3, column close: found a close of 25 after 100, a ratio of 0.2500",
    );
    let file = read(text, &given(json!({"splits": "adjust"}))).unwrap();
    let ranges = file.table.ranges();
    let first = |values: &Option<ndarray::Array2<f64>>| values.as_ref().unwrap()[[0, 0]];
    assert_eq!(file.table.close(), array![[25.0], [25.0], [25.0]]);
    assert_eq!(
        [&ranges.open, &ranges.high, &ranges.low, &ranges.volume].map(first),
        [22.5, 27.5, 20.0, 28.0]
    );
}
