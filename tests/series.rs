//! `--series`: the bars of a test as CSV and Parquet, against the figures of summary.json.
#![cfg(all(feature = "train", feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

#[path = "support/program.rs"]
mod program;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampNanosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ppo_risk::market::Time;
use program::{PROGRAM, SMALL, names, program, refused, succeed};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// A series that was read back: nanoseconds since 1970, and the other columns in the order of the file.
#[derive(Debug, PartialEq)]
struct Series {
    times: Vec<i64>,
    names: Vec<String>,
    columns: HashMap<String, Vec<f64>>,
}

impl Series {
    fn from_csv(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header = reader.headers().unwrap().clone();
        assert_eq!(&header[0], "time");
        let names: Vec<String> = header.iter().skip(1).map(str::to_string).collect();
        let (mut times, mut columns) = (Vec::new(), HashMap::<String, Vec<f64>>::new());
        for record in reader.records() {
            let record = record.unwrap();
            times.push(Time::parse(&record[0]).unwrap().nanoseconds().unwrap());
            for (name, cell) in names.iter().zip(record.iter().skip(1)) {
                columns
                    .entry(name.clone())
                    .or_default()
                    .push(cell.parse().unwrap());
            }
        }
        Self {
            times,
            names,
            columns,
        }
    }

    fn from_parquet(path: &Path) -> Self {
        let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
        let schema = builder.schema().clone();
        assert_eq!(schema.field(0).name(), "time");
        assert_eq!(schema.field(0).data_type().to_string(), "Timestamp(ns, \"UTC\")");
        let names: Vec<String> = schema
            .fields()
            .iter()
            .skip(1)
            .map(|field| field.name().clone())
            .collect();
        let (mut times, mut columns) = (Vec::new(), HashMap::<String, Vec<f64>>::new());
        for batch in builder.build().unwrap() {
            let batch = batch.unwrap();
            times.extend(batch.column(0).as_primitive::<TimestampNanosecondType>().values());
            for (name, values) in names.iter().zip(&batch.columns()[1..]) {
                let values = values.as_primitive::<Float64Type>().values();
                columns.entry(name.clone()).or_default().extend(values);
            }
        }
        Self {
            times,
            names,
            columns,
        }
    }

    /// That these bars give the figures of `summary`, a summary.json.
    fn check(&self, summary: &Value) {
        let bars = self.times.len();
        let provenance = &summary["provenance"];
        assert_eq!(provenance["test_bars"], bars);
        for (end, place) in [("from", 0), ("to", bars - 1)] {
            let time = Time::from_nanoseconds(self.times[place]).to_string();
            assert_eq!(provenance["test_period"][end], time, "{end}");
        }
        let close = |found: f64, figure: &str| {
            let expected = summary["policy"][figure].as_f64().unwrap();
            assert!(
                (found - expected).abs() < 1e-12,
                "{figure}: {found}, expected {expected}"
            );
        };
        let column = |name: &str| &self.columns[name];
        let mut value = 1.0;
        for (earned, equity) in column("return").iter().zip(column("equity")) {
            value *= 1.0 + earned;
            assert_eq!(value.to_bits(), equity.to_bits());
        }
        close(value.powf(252.0 / bars as f64) - 1.0, "annual_return");
        let (mut peak, mut drawdown) = (1.0_f64, 0.0_f64);
        for equity in column("equity") {
            peak = peak.max(*equity);
            drawdown = drawdown.max(1.0 - equity / peak);
        }
        close(drawdown, "max_drawdown");
        close(
            column("turnover").iter().sum::<f64>() / bars as f64 * 252.0,
            "turnover",
        );
        close(column("cost").iter().sum(), "costs_paid");
        assert!(column("turnover").iter().any(|turnover| *turnover > 0.0));
        let weights: Vec<&String> = self
            .names
            .iter()
            .filter(|name| name.starts_with("weight:") || *name == "cash_weight")
            .collect();
        for bar in 0..bars {
            let sum: f64 = weights.iter().map(|name| self.columns[*name][bar]).sum();
            assert!((sum - 1.0).abs() < 1e-12, "bar {bar}: the weights sum to {sum}");
        }
    }
}

fn summary(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn the_series_has_the_bars_that_the_summary_sums_up() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // Into the run's own folder, which is not there yet.
    let train =
        format!("train {SMALL} --steps 512 --seeds 1 --seed 7 --name one --series runs/one/series.csv");
    let output = succeed(here, &train);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Series: runs/one/series.csv"), "{said}");
    let run = here.join("runs/one");
    let trained = Series::from_csv(&run.join("series.csv"));
    let expected = [
        "return",
        "cash_return",
        "equity",
        "turnover",
        "cost",
        "cash_weight",
        "weight:asset_1",
        "weight:asset_2",
        "weight:asset_3",
    ];
    assert_eq!(trained.names, expected);
    trained.check(&summary(&run));

    succeed(
        here,
        "simulate --asset-count 3 --bars 400 --seed 1000007 --out prices.csv",
    );
    let evaluate = "evaluate runs/one/policy.safetensors --prices prices.csv";
    succeed(
        here,
        &format!("{evaluate} --out judged --series judged/bars.parquet"),
    );
    succeed(here, &format!("{evaluate} --series BARS.CSV"));
    let judged = Series::from_parquet(&here.join("judged/bars.parquet"));
    judged.check(&summary(&here.join("judged")));
    assert_eq!(judged, Series::from_csv(&here.join("BARS.CSV")));
    assert_eq!(judged.times, trained.times);
    // An older series is replaced.
    succeed(here, &format!("{evaluate} --from 2001-03-01 --series BARS.CSV"));
    assert!(Series::from_csv(&here.join("BARS.CSV")).times.len() < judged.times.len());
}

#[test]
fn a_series_that_cannot_be_written_is_refused_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("file"), "").unwrap();
    fs::create_dir(here.join("folder.csv")).unwrap();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/models/sp500-20-stocks.safetensors");
    for (series, words) in [
        ("bars.txt", &["`--series`", "bars.txt", ".csv or .parquet"][..]),
        ("bars", &["`--series`", "bars", ".csv or .parquet"]),
        (
            "missing/bars.csv",
            &["cannot write missing/bars.csv", "No such file"],
        ),
        (
            "file/bars.csv",
            &["cannot write file/bars.csv", "Not a directory"],
        ),
        ("folder.csv", &["cannot write folder.csv", "directory"]),
    ] {
        refused(
            here,
            &format!("train {SMALL} --steps 128 --name one --series {series}"),
            1,
            words,
        );
        refused(
            here,
            &format!("evaluate {policy} --prices none.csv --series {series}"),
            1,
            words,
        );
    }
    assert_eq!(names(here), ["file", "folder.csv"], "nothing was written");
}

/// The policy and the report are there all the same.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_without_room_for_the_series_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::os::unix::fs::symlink("/dev/full", here.join("full.csv")).unwrap();
    std::os::unix::fs::symlink("/dev/full", here.join("full.parquet")).unwrap();
    for (name, series) in [("one", "full.csv"), ("two", "full.parquet")] {
        let train = format!("train {SMALL} --steps 128 --seeds 1 --name {name} --series {series}");
        let output = program(here, &train);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{PROGRAM} {train}\n{message}");
        assert!(
            message.contains(&format!("cannot write {series}: No space left")),
            "{message}"
        );
        let run = here.join("runs").join(name);
        assert!(run.join("policy.safetensors").exists() && run.join("summary.json").exists());
    }
}
