//! A series as Parquet: times as `timestamp[ns, UTC]`, numbers as `double`, compressed with Snappy.

use crate::series::Series;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, TimestampNanosecondArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::io::{Error, Result, Write};
use std::sync::Arc;

pub(super) fn write(series: &Series<'_>, file: &mut dyn Write) -> Result<()> {
    let batch = batch(series)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    // Into memory first: the writer asks for one that can be sent to other threads.
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build()))?;
    writer.write(&batch)?;
    writer.close()?;
    file.write_all(&bytes)
}

fn batch(series: &Series<'_>) -> Result<RecordBatch> {
    let nanoseconds = series.times.iter().map(|time| {
        time.nanoseconds().ok_or_else(|| {
            Error::other(format!(
                "{time} is before 1677 or after 2262, beyond Parquet's nanoseconds"
            ))
        })
    });
    let times = TimestampNanosecondArray::from(nanoseconds.collect::<Result<Vec<i64>>>()?);
    let times: ArrayRef = Arc::new(times.with_timezone("UTC"));
    let numbers = series.numbers.iter().map(|(name, values)| {
        let values: ArrayRef = Arc::new(Float64Array::from(values.clone()));
        (name.as_str(), values)
    });
    RecordBatch::try_from_iter([("time", times)].into_iter().chain(numbers)).map_err(Error::other)
}
