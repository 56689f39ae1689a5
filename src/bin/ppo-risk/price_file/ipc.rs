//! The columns of an Arrow IPC file (Feather, version 2) or stream.

use crate::price_file::columns::of_batches;
use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use ppo_risk::market::csv::Column;
use std::io::Cursor;

pub(super) fn columns_of_file(bytes: &[u8]) -> Result<Vec<Column>, ArrowError> {
    let reader = FileReader::try_new(Cursor::new(bytes), None)?;
    let schema = reader.schema();
    Ok(of_batches(&schema, &all(reader)?))
}

pub(super) fn columns_of_stream(bytes: &[u8]) -> Result<Vec<Column>, ArrowError> {
    let reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    let schema = reader.schema();
    Ok(of_batches(&schema, &all(reader)?))
}

fn all(
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<Vec<RecordBatch>, ArrowError> {
    batches.collect()
}
