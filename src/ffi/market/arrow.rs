//! Prices from data frames, by the Arrow C stream interface.

use crate::ffi::border::arrow::{ArrowArrayStream, Chunk, Field, Frame, Number, Stream};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::Output;
use crate::ffi::market::file::{csv_options, named};
use crate::ffi::market::{MarketValue, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::csv::{Column, PriceFile, TimeUnit};
use std::ffi::c_char;

/// Makes a market of the prices in a data frame, which comes as a stream of batches of rows. The rules are those for the
/// rows of a CSV file: columns go by their names, batches follow each other, a null is a gap, as an empty cell is.
///
/// Dates are columns of date32, date64 or timestamp (one without a zone is taken as UTC), or of texts and integers in the
/// formats of `date_format`. Prices and other numbers are columns of float64, float32 or integers of any width, or of texts
/// (utf8, large utf8, utf8 view). Columns of another type (decimal, boolean, dictionary, nested, extension types) are
/// refused where they are needed, and may be in `ignore`.
///
/// The stream is moved in, and released before the function returns: `stream->release` is NULL afterwards, on success and
/// on every error but a `stream` that is NULL or misaligned. All of the frame is copied. The stream's functions are called
/// on the caller's thread, and none after the return. Lengths, offsets and counts are checked against each other; how large
/// a buffer is, the interface does not say: one that is shorter than its array is read beyond its end.
///
/// \param stream        a stream of structs ("+s"), one batch of rows after the other
/// \param options_json  how the columns are to be read, NULL for the defaults: an object as for ppo_market_from_csv, whose
///                      `separator` and `encoding` have to be left out. A frame of one asset needs `asset_name`. The
///                      annual rate of cash is a column, which `cash_rate` names
/// \param market        gets the market, with decisions at every bar; the caller's to free with ppo_market_free
///
/// PPO_ERR_CALLBACK where a function of the stream fails, with its get_last_error's text; PPO_ERR_TABLE, with the row (from 1)
/// and the column that cannot be used; PPO_ERR_INVALID_ARGUMENT, also for a stream that was released and for lengths,
/// offsets and counts that contradict each other; PPO_ERR_NULL_POINTER also for one inside the structs;
/// PPO_ERR_OUT_OF_MEMORY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_from_arrow(
    stream: *mut ArrowArrayStream,
    options_json: *const c_char,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_from_arrow, [], |call| {
        // First: whatever is wrong with the rest, the stream is released.
        let stream = Stream::moved_from(call, stream, "stream")?;
        let market = Output::new(call, market, "market")?;
        let options = csv_options(call, options_json)?;
        let columns = columns(call, &stream.read()?)?;
        let file = PriceFile::from_frame("stream", "Arrow", columns, &options)?;
        market.write(handle::create(MarketValue::prices(file.table, named())));
        Ok(PPO_OK)
    })
}

/// The columns of a frame, copied.
fn columns(call: Call<'_>, frame: &Frame) -> Outcome<Vec<Column>> {
    let places = frame.fields.iter().enumerate();
    places
        .map(|(place, field)| {
            let chunks = frame.batches.iter().enumerate();
            let chunks = chunks.map(|(number, batch)| {
                let input = format!("stream, batch {}, column {:?}", number + 1, field.name);
                batch.column(call, place, input)
            });
            column(field, &chunks.collect::<Outcome<Vec<_>>>()?, frame.rows)
        })
        .collect()
}

/// One column.
fn column(field: &Field, chunks: &[Chunk<'_>], rows: usize) -> Outcome<Column> {
    let (name, kind) = (&field.name, type_name(field));
    if field.dictionary.is_some() || field.extension.is_some() {
        return Ok(Column::other(name, kind, rows));
    }
    let times = |unit, counts: Vec<Option<i64>>| Column::times(name, &kind, unit, counts.into_iter());
    let numbers = |values: Vec<Option<f64>>| Column::numbers(name, &kind, values.into_iter());
    let integers = |values: Vec<Option<i64>>| Column::integers(name, &kind, values.into_iter());
    let texts = |texts: Vec<Option<&str>>| Column::texts(name, &kind, texts.into_iter());
    let format = field.format.as_str();
    let unit = format.split_once(':').map_or(format, |(unit, _)| unit);
    Ok(match unit {
        "tdD" => times(TimeUnit::Day, values::<i32, _>(chunks)?),
        "tdm" | "tsm" => times(TimeUnit::Millisecond, values::<i64, _>(chunks)?),
        "tss" => times(TimeUnit::Second, values::<i64, _>(chunks)?),
        "tsu" => times(TimeUnit::Microsecond, values::<i64, _>(chunks)?),
        "tsn" => times(TimeUnit::Nanosecond, values::<i64, _>(chunks)?),
        "g" => numbers(values::<f64, _>(chunks)?),
        "f" => numbers(values::<f32, _>(chunks)?),
        "l" => integers(values::<i64, _>(chunks)?),
        "i" => integers(values::<i32, _>(chunks)?),
        "s" => integers(values::<i16, _>(chunks)?),
        "c" => integers(values::<i8, _>(chunks)?),
        "I" => integers(values::<u32, _>(chunks)?),
        "S" => integers(values::<u16, _>(chunks)?),
        "C" => integers(values::<u8, _>(chunks)?),
        // Beyond 64 bits with a sign there is neither a date nor a price: numbers are enough.
        "L" => numbers(in_order(chunks, |chunk| {
            Ok(chunk
                .numbers::<u64>()?
                .map(|value| value.map(|value| value as f64)))
        })?),
        "u" => texts(in_order(chunks, Chunk::texts::<i32>)?),
        "U" => texts(in_order(chunks, Chunk::texts::<i64>)?),
        "vu" => texts(in_order(chunks, Chunk::text_views)?),
        "n" => numbers(vec![None; rows]),
        _ => Column::other(name, &kind, rows),
    })
}

/// The numbers of chunks of the type `T`.
fn values<T: Number, V: From<T>>(chunks: &[Chunk<'_>]) -> Outcome<Vec<Option<V>>> {
    in_order(chunks, |chunk| {
        Ok(chunk.numbers::<T>()?.map(|value| value.map(V::from)))
    })
}

/// What `read` finds in the chunks, one behind the other.
fn in_order<'c, 'b, T, V: IntoIterator<Item = T>>(
    chunks: &'c [Chunk<'b>],
    read: impl Fn(&'c Chunk<'b>) -> Outcome<V>,
) -> Outcome<Vec<T>> {
    let mut values = Vec::new();
    for chunk in chunks {
        values.extend(read(chunk)?);
    }
    Ok(values)
}

/// A column's type in words for errors.
fn type_name(field: &Field) -> String {
    if let Some(name) = &field.extension {
        return format!("{name}, an extension of {}", in_words(&field.format));
    }
    match &field.dictionary {
        Some(values) => format!("Dictionary({}, {})", in_words(&field.format), in_words(values)),
        None => in_words(&field.format),
    }
}

/// A type that the interface's letters stand for.
fn in_words(format: &str) -> String {
    let (letters, parameters) = format.split_once(':').unwrap_or((format, ""));
    let plain = match letters {
        "n" => "Null",
        "b" => "Boolean",
        "c" => "Int8",
        "C" => "UInt8",
        "s" => "Int16",
        "S" => "UInt16",
        "i" => "Int32",
        "I" => "UInt32",
        "l" => "Int64",
        "L" => "UInt64",
        "e" => "Float16",
        "f" => "Float32",
        "g" => "Float64",
        "u" => "Utf8",
        "U" => "LargeUtf8",
        "vu" => "Utf8View",
        "z" | "Z" | "vz" | "w" => "Binary",
        "tdD" => "Date32",
        "tdm" => "Date64",
        "tts" | "ttm" | "ttu" | "ttn" => "Time",
        "tDs" | "tDm" | "tDu" | "tDn" => "Duration",
        "tiM" | "tiD" | "tin" => "Interval",
        "+l" | "+L" | "+vl" | "+vL" | "+w" => "List",
        "+s" => "Struct",
        "+m" => "Map",
        "+ud" | "+us" => "Union",
        "+r" => "RunEndEncoded",
        "tss" => return timestamp("s", parameters),
        "tsm" => return timestamp("ms", parameters),
        "tsu" => return timestamp("us", parameters),
        "tsn" => return timestamp("ns", parameters),
        "d" => return format!("Decimal({parameters})"),
        _ => return format!("with the format {format:?}"),
    };
    plain.to_string()
}

fn timestamp(unit: &str, zone: &str) -> String {
    match zone {
        "" => format!("Timestamp({unit})"),
        zone => format!("Timestamp({unit}, {zone:?})"),
    }
}
