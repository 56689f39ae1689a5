//! The columns of an Arrow IPC file (Feather, version 2) or stream. What is read lies in the bytes: a file that says it holds
//! more than it does is no reason to make room for it.

use crate::price_file::columns::of_batches;
use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, StreamDecoder, read_footer_length};
use arrow_ipc::{Block, root_as_footer};
use arrow_schema::ArrowError;
use ppo_risk::market::csv::Column;
use std::sync::Arc;

/// Bytes behind the footer: its length, and what a file ends with.
const TRAILER: usize = 10;

pub(super) fn columns_of_file(bytes: &[u8]) -> Result<Vec<Column>, ArrowError> {
    let cut = || ArrowError::ParseError("a file that breaks off".to_string());
    let (rest, trailer) = bytes.split_last_chunk::<TRAILER>().ok_or_else(cut)?;
    let start = rest
        .len()
        .checked_sub(read_footer_length(*trailer)?)
        .ok_or_else(cut)?;
    let footer = root_as_footer(&rest[start..]).map_err(|error| ArrowError::ParseError(error.to_string()))?;
    let schema = try_fb_to_schema(footer.schema().ok_or_else(cut)?)?;
    let buffer = Buffer::from(bytes);
    let block = |block: &Block| -> Result<Buffer, ArrowError> {
        let size = |number: i64| usize::try_from(number).map_err(|_| cut());
        let (offset, head) = (size(block.offset())?, size(block.metaDataLength().into())?);
        let length = head.checked_add(size(block.bodyLength())?).ok_or_else(cut)?;
        let end = offset.checked_add(length).filter(|end| *end <= buffer.len());
        end.map(|_| buffer.slice_with_length(offset, length))
            .ok_or_else(cut)
    };
    let mut decoder = FileDecoder::new(Arc::new(schema.clone()), footer.version());
    for place in footer.dictionaries().iter().flatten() {
        decoder.read_dictionary(place, &block(place)?)?;
    }
    let mut batches = Vec::new();
    for place in footer.recordBatches().iter().flatten() {
        batches.extend(decoder.read_record_batch(place, &block(place)?)?);
    }
    Ok(of_batches(&schema, &batches))
}

pub(super) fn columns_of_stream(bytes: &[u8]) -> Result<Vec<Column>, ArrowError> {
    let (mut rest, mut decoder) = (Buffer::from(bytes), StreamDecoder::new());
    let mut batches: Vec<RecordBatch> = Vec::new();
    while !rest.is_empty() {
        batches.extend(decoder.decode(&mut rest)?);
    }
    decoder.finish()?;
    let schema = decoder.schema();
    let schema = schema.ok_or_else(|| ArrowError::ParseError("a stream without columns".to_string()))?;
    Ok(of_batches(&schema, &batches))
}
