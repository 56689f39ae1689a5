//! A series that was written before, read again.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampNanosecondType};
use arrow_schema::ArrowError;
use ndarray::Array2;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ppo_risk::Error;
use ppo_risk::backtest::Track;
use ppo_risk::market::{BarsPerYear, Time};
use std::path::Path;

/// The columns that a comparison needs.
const NUMBERS: [&str; 4] = ["return", "cash_return", "turnover", "cost"];

/// A row: when it ends, and the numbers.
type Row = (Time, [f64; 4]);

/// Whether a file is called as one with a series is.
pub(crate) fn is_series(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    ["csv", "parquet"].iter().any(|name| ending == *name)
}

/// The track in a file that `--series` wrote, without its weights. Errors name the file, and the row at fault.
pub(crate) fn read(path: &Path) -> Result<Track, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    let name = path.display().to_string();
    let rows = match bytes.starts_with(b"PAR1") {
        true => of_parquet(bytes)
            .map_err(|error| unusable(&name, &format!("Parquet that cannot be read ({error})")))?,
        false => of_csv(&name, &bytes)?,
    };
    let times: Vec<Time> = rows.iter().map(|(time, _)| *time).collect();
    let series = |place: usize| rows.iter().map(|(_, numbers)| numbers[place]).collect();
    let track = Track {
        name,
        bars_per_year: BarsPerYear::of_times(&times),
        returns: series(0),
        cash_returns: series(1),
        weights: Array2::zeros((times.len(), 1)),
        turnover: series(2),
        costs: series(3),
        left_out: Vec::new(),
        times,
    };
    track.validate()?;
    Ok(track)
}

fn unusable(name: &str, found: &str) -> Error {
    let expected = format!("a series as --series writes it: time, {}", NUMBERS.join(", "));
    Error::invalid(name, found, expected)
}

fn of_csv(name: &str, bytes: &[u8]) -> Result<Vec<Row>, Error> {
    let refused = |error: ::csv::Error| unusable(name, &format!("CSV that cannot be read ({error})"));
    let mut reader = ::csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(refused)?.clone();
    let place = |column: &str| {
        let place = header.iter().position(|found| found == column);
        place.ok_or_else(|| unusable(name, &format!("without a column {column}")))
    };
    let time = place("time")?;
    let places: Vec<usize> = NUMBERS.into_iter().map(place).collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(refused)?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let bad = |place: usize| unusable(name, &format!("{:?} in row {}", cell(place), row + 1));
        let ends = Time::parse(cell(time)).ok_or_else(|| bad(time))?;
        let mut numbers = [0.0; 4];
        for (number, place) in numbers.iter_mut().zip(&places) {
            *number = cell(*place).parse().map_err(|_| bad(*place))?;
        }
        rows.push((ends, numbers));
    }
    Ok(rows)
}

fn of_parquet(bytes: Vec<u8>) -> Result<Vec<Row>, ArrowError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?;
    let mut rows = Vec::new();
    for batch in reader.build()? {
        of_batch(&batch?, &mut rows)?;
    }
    Ok(rows)
}

fn of_batch(batch: &RecordBatch, rows: &mut Vec<Row>) -> Result<(), ArrowError> {
    let missing = |column: &str| ArrowError::SchemaError(format!("no column {column} of its type"));
    let column = |name: &str| batch.column_by_name(name).ok_or_else(|| missing(name));
    let times = column("time")?;
    let times = times
        .as_primitive_opt::<TimestampNanosecondType>()
        .ok_or_else(|| missing("time"))?;
    let mut numbers = Vec::new();
    for name in NUMBERS {
        let values = column(name)?.as_primitive_opt::<Float64Type>();
        numbers.push(values.ok_or_else(|| missing(name))?.values());
    }
    for (row, time) in times.values().iter().enumerate() {
        let time = Time::from_nanoseconds(*time);
        rows.push((time, [0, 1, 2, 3].map(|place: usize| numbers[place][row])));
    }
    Ok(())
}
