//! From Arrow's arrays to the columns of a price file.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit as ArrowUnit};
use ppo_risk::market::csv::{Column, TimeUnit};

/// The columns of the batches, one after the other.
pub(super) fn of_batches(schema: &Schema, batches: &[RecordBatch]) -> Vec<Column> {
    let columns = schema.fields().iter().enumerate();
    columns
        .map(|(place, field)| {
            let chunks: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(place).clone()).collect();
            column(field, &chunks)
        })
        .collect()
}

fn column(field: &Field, chunks: &[ArrayRef]) -> Column {
    let (name, kind) = (field.name(), field.data_type());
    let times = |unit, counts: Vec<Option<i64>>| Column::times(name, kind, unit, counts.into_iter());
    let numbers = |values: Vec<Option<f64>>| Column::numbers(name, kind, values.into_iter());
    let integers = |values: Vec<Option<i64>>| Column::integers(name, kind, values.into_iter());
    match kind {
        DataType::Date32 => times(TimeUnit::Day, values::<Date32Type, _>(chunks)),
        DataType::Date64 => times(TimeUnit::Millisecond, values::<Date64Type, _>(chunks)),
        DataType::Timestamp(ArrowUnit::Second, _) => {
            times(TimeUnit::Second, values::<TimestampSecondType, _>(chunks))
        }
        DataType::Timestamp(ArrowUnit::Millisecond, _) => times(
            TimeUnit::Millisecond,
            values::<TimestampMillisecondType, _>(chunks),
        ),
        DataType::Timestamp(ArrowUnit::Microsecond, _) => times(
            TimeUnit::Microsecond,
            values::<TimestampMicrosecondType, _>(chunks),
        ),
        DataType::Timestamp(ArrowUnit::Nanosecond, _) => {
            times(TimeUnit::Nanosecond, values::<TimestampNanosecondType, _>(chunks))
        }
        DataType::Float64 => numbers(values::<Float64Type, _>(chunks)),
        DataType::Float32 => numbers(values::<Float32Type, _>(chunks)),
        DataType::Int64 => integers(values::<Int64Type, _>(chunks)),
        DataType::Int32 => integers(values::<Int32Type, _>(chunks)),
        DataType::Int16 => integers(values::<Int16Type, _>(chunks)),
        DataType::Int8 => integers(values::<Int8Type, _>(chunks)),
        // Beyond 64 bits with a sign there is neither a date nor a price: numbers are enough.
        DataType::UInt64 => numbers(
            chunks
                .iter()
                .flat_map(|chunk| chunk.as_primitive::<UInt64Type>().iter())
                .map(|value| value.map(|value| value as f64))
                .collect(),
        ),
        DataType::UInt32 => integers(values::<UInt32Type, _>(chunks)),
        DataType::UInt16 => integers(values::<UInt16Type, _>(chunks)),
        DataType::UInt8 => integers(values::<UInt8Type, _>(chunks)),
        DataType::Null => numbers(vec![None; rows(chunks)]),
        _ => match texts(kind, chunks) {
            Some(texts) => Column::texts(name, kind, texts.into_iter()),
            None => Column::other(name, kind, rows(chunks)),
        },
    }
}

fn rows(chunks: &[ArrayRef]) -> usize {
    chunks.iter().map(|chunk| chunk.len()).sum()
}

/// The values of arrays of the type `T`.
fn values<T: ArrowPrimitiveType, V: From<T::Native>>(chunks: &[ArrayRef]) -> Vec<Option<V>> {
    let values = chunks.iter().flat_map(|chunk| chunk.as_primitive::<T>().iter());
    values.map(|value| value.map(V::from)).collect()
}

/// The texts of arrays of the type `kind`; none where it is no type of texts.
fn texts<'c>(kind: &DataType, chunks: &'c [ArrayRef]) -> Option<Vec<Option<&'c str>>> {
    let is_text = match kind {
        DataType::Dictionary(_, of) => of.is_string(),
        other => other.is_string(),
    };
    let mut texts = Vec::with_capacity(rows(chunks));
    for chunk in chunks.iter().filter(|_| is_text) {
        texts.extend(texts_of(chunk)?);
    }
    is_text.then_some(texts)
}

fn texts_of(array: &ArrayRef) -> Option<Vec<Option<&str>>> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().iter().collect()),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().iter().collect()),
        DataType::Utf8View => Some(array.as_string_view().iter().collect()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let distinct = texts_of(dictionary.values())?;
            if distinct.is_empty() {
                return Some(vec![None; array.len()]);
            }
            let keys = dictionary.normalized_keys();
            let of_row = |(row, key): (usize, usize)| {
                let distinct = distinct.get(key).filter(|_| !dictionary.keys().is_null(row));
                distinct.copied().flatten()
            };
            Some(keys.into_iter().enumerate().map(of_row).collect())
        }
        _ => None,
    }
}
