//! Parquet and Arrow IPC price files on the command line, against the same prices as CSV.
#![cfg(all(feature = "train", feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

#[path = "support/program.rs"]
mod program;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use ppo_risk::market::csv::{CsvOptions, read_csv};
use ppo_risk::market::prices::PriceTable;
use program::{SMALL, names, refused, succeed};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The prices as one batch: nanoseconds under `time`, and a column for each asset.
fn wide(table: &PriceTable) -> RecordBatch {
    let times = table.times().iter().map(|time| time.nanoseconds().unwrap());
    let times: ArrayRef = Arc::new(TimestampNanosecondArray::from_iter_values(times).with_timezone("UTC"));
    let closes = table
        .assets()
        .iter()
        .zip(table.close().columns())
        .map(|(name, closes)| {
            let closes: ArrayRef = Arc::new(Float64Array::from(closes.to_vec()));
            (name.as_str(), closes)
        });
    RecordBatch::try_from_iter(closes.chain([("time", times)])).unwrap()
}

/// The prices as a row for each date and asset: days, symbols in a dictionary, closes.
fn long(table: &PriceTable) -> RecordBatch {
    let cells = || table.close().indexed_iter();
    let nanoseconds = |bar: usize| table.times()[bar].nanoseconds().unwrap();
    let days = cells().map(|((bar, _), _)| i32::try_from(nanoseconds(bar) / 86_400_000_000_000).unwrap());
    let days: ArrayRef = Arc::new(Date32Array::from_iter_values(days));
    let symbols = cells().map(|((_, asset), _)| table.assets()[asset].as_str());
    let symbols: ArrayRef = Arc::new(symbols.collect::<DictionaryArray<Int32Type>>());
    let closes: ArrayRef = Arc::new(Float64Array::from_iter_values(cells().map(|(_, close)| *close)));
    RecordBatch::try_from_iter([("date", days), ("symbol", symbols), ("close", closes)]).unwrap()
}

fn parquet(batch: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(700))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn ipc(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default()
        .try_with_compression(compression)
        .unwrap();
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options).unwrap();
    writer.write(&batch.slice(0, 100)).unwrap();
    writer.write(&batch.slice(100, batch.num_rows() - 100)).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// Simulated prices in `prices.csv`, and what they are.
fn simulated(folder: &Path) -> PriceTable {
    succeed(
        folder,
        "simulate --asset-count 3 --bars 900 --start 2010-01-04 --out prices.csv",
    );
    read_csv(folder.join("prices.csv"), &CsvOptions::default()).unwrap()
}

#[test]
fn every_form_of_file_gives_what_csv_gives() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let table = simulated(here);
    let (wide, long) = (wide(&table), long(&table));
    succeed(here, "simulate --fit prices.csv --bars 50 --out expected.csv");
    let expected = fs::read(here.join("expected.csv")).unwrap();
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let gzip = Compression::GZIP(GzipLevel::default());
    for (name, bytes, said) in [
        (
            "plain.parquet",
            parquet(&wide, Compression::UNCOMPRESSED),
            "wide, 900 rows, Parquet, dates of the type Timestamp(ns",
        ),
        (
            "snappy.parquet",
            parquet(&wide, Compression::SNAPPY),
            "wide, 900 rows, Parquet",
        ),
        (
            "zstd.parquet",
            parquet(&long, zstd),
            "long, 2700 rows, Parquet, dates of the type Date32",
        ),
        ("gzip.parquet", parquet(&long, gzip), "long, 2700 rows, Parquet"),
        (
            "lz4.parquet",
            parquet(&long, Compression::LZ4_RAW),
            "long, 2700 rows, Parquet",
        ),
        ("plain.arrow", ipc(&long, None), "long, 2700 rows, Arrow IPC"),
        (
            "lz4.feather",
            ipc(&wide, Some(CompressionType::LZ4_FRAME)),
            "wide, 900 rows, Arrow IPC",
        ),
        (
            "zstd.ipc",
            ipc(&wide, Some(CompressionType::ZSTD)),
            "wide, 900 rows, Arrow IPC",
        ),
        (
            "stream.arrows",
            stream(&long),
            "long, 2700 rows, an Arrow IPC stream",
        ),
        // What a file is, its bytes say.
        (
            "named.csv",
            parquet(&wide, Compression::SNAPPY),
            "wide, 900 rows, Parquet",
        ),
    ] {
        fs::write(here.join(name), bytes).unwrap();
        let output = succeed(here, &format!("simulate --fit {name} --bars 50 --out found.csv"));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&format!("read as: {said}")), "{name}: {message}");
        assert!(
            fs::read(here.join("found.csv")).unwrap() == expected,
            "{name}: other prices"
        );
    }
}

#[test]
fn a_policy_is_trained_and_judged_on_parquet_as_on_csv() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let table = simulated(here);
    fs::write(
        here.join("prices.parquet"),
        parquet(&wide(&table), Compression::SNAPPY),
    )
    .unwrap();
    let small = SMALL.replace("--market simulated --asset-count 3 --test-bars 400", "");
    for form in ["csv", "parquet"] {
        let output = succeed(
            here,
            &format!("train {small} --prices prices.{form} --steps 256 --seeds 1 --name {form}"),
        );
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("read as: wide, 900 rows, ")
        );
        succeed(
            here,
            &format!("evaluate runs/csv/policy.safetensors --prices prices.{form} --series {form}.csv"),
        );
    }
    let same =
        |one: &str, other: &str| fs::read(here.join(one)).unwrap() == fs::read(here.join(other)).unwrap();
    assert!(same("csv.csv", "parquet.csv"));
    let figures = |form: &str| -> Value {
        let summary = fs::read(here.join(format!("runs/{form}/summary.json"))).unwrap();
        serde_json::from_slice::<Value>(&summary).unwrap()["policy"].clone()
    };
    assert_eq!(figures("csv"), figures("parquet"));
    let decide = |form: &str| {
        let arguments = format!("decide runs/csv/policy.safetensors --prices prices.{form} --json");
        succeed(here, &arguments).stdout
    };
    assert_eq!(decide("csv"), decide("parquet"));
}

#[test]
fn what_no_columns_can_be_read_from_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let table = simulated(here);
    let whole = parquet(&wide(&table), Compression::SNAPPY);
    let cut = &whole[..whole.len() / 2];
    let arrow = ipc(&wide(&table), None);
    let gap: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(1.1)]));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![1, 2, 3]));
    let words: ArrayRef = Arc::new(StringArray::from(vec!["1", "2", "n/a"]));
    let batch = RecordBatch::try_from_iter([("date", days.clone()), ("A", gap)]).unwrap();
    let texts = RecordBatch::try_from_iter([("date", days), ("A", words)]).unwrap();
    fs::write(here.join("cut.parquet"), cut).unwrap();
    fs::write(here.join("cut.arrow"), &arrow[..arrow.len() / 2]).unwrap();
    fs::write(here.join("text.parquet"), "date,A\n2020-01-01,1\n2020-01-02,1\n").unwrap();
    fs::write(here.join("old.feather"), b"FEA1....").unwrap();
    fs::write(here.join("gap.parquet"), parquet(&batch, Compression::SNAPPY)).unwrap();
    fs::write(here.join("texts.parquet"), parquet(&texts, Compression::SNAPPY)).unwrap();
    let before = names(here);
    for (file, options, words) in [
        (
            "cut.parquet",
            "",
            &["cut.parquet", "Parquet that cannot be read"][..],
        ),
        ("cut.arrow", "", &["cut.arrow", "Arrow IPC that cannot be read"]),
        (
            "text.parquet",
            "",
            &["text.parquet", "PAR1", "CSV under another name"],
        ),
        ("old.feather", "", &["old.feather", "Feather file of version 1"]),
        (
            "gap.parquet",
            "--fill refuse",
            &["gap.parquet, row 2, column A: found a gap", "--fill forward"],
        ),
        (
            "texts.parquet",
            "",
            &["texts.parquet, row 3, column A: found \"n/a\""],
        ),
        (
            "gap.parquet",
            "--separator comma",
            &["`--separator` for Parquet, which is no text"],
        ),
    ] {
        refused(
            here,
            &format!("simulate --fit {file} {options} --out x.csv"),
            1,
            words,
        );
        refused(
            here,
            &format!("train --prices {file} {options} --steps 128 --name x"),
            1,
            words,
        );
    }
    assert_eq!(names(here), before, "nothing was written");
}
