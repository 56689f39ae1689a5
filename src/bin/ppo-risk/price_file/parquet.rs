//! The columns of a Parquet file.

use crate::price_file::columns::of_batches;
use arrow_schema::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ppo_risk::market::csv::Column;

/// Rows that are decoded at once.
const BATCH: usize = 65_536;

pub(super) fn columns(bytes: &[u8]) -> Result<Vec<Column>, ArrowError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes))?;
    let schema = reader.schema().clone();
    let batches: Result<Vec<_>, ArrowError> = reader.with_batch_size(BATCH).build()?.collect();
    Ok(of_batches(&schema, &batches?))
}
