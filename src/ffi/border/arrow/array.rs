//! Values of a frame's columns, read where they lie. Lengths, offsets and counts are checked against each other; how
//! large a buffer is, the interface does not say.

use crate::ffi::border::arrow::owned::Owned;
use crate::ffi::border::arrow::pointer::{at, list};
use crate::ffi::border::arrow::structs::ArrowArray;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::status::PPO_ERR_NULL_POINTER;
use std::ffi::c_void;

/// Rows of a frame: an array of structs.
#[derive(Debug)]
pub(in crate::ffi) struct Batch {
    array: Owned<ArrowArray>,
    rows: usize,
    first: usize,
}

impl Batch {
    /// Takes an array of structs of so many columns.
    ///
    /// The host's promise ([`Call`]): the array is what the interface says.
    pub(super) fn new(
        call: Call<'_>,
        array: Owned<ArrowArray>,
        columns: usize,
        input: &str,
    ) -> Outcome<Self> {
        let (first, rows) = extent(&array.0, input)?;
        let found = array.0.n_children;
        if usize::try_from(found) != Ok(columns) {
            let found = format!("of {found} columns");
            return Err(Failure::invalid(
                input,
                found,
                format!("{columns}, as in the schema"),
            ));
        }
        let batch = Self { array, rows, first };
        there(call, &batch.array.0, 1, input)?;
        Ok(batch)
    }

    pub(in crate::ffi) fn rows(&self) -> usize {
        self.rows
    }

    /// The column at `place`; errors call it `input`.
    ///
    /// The host's promise ([`Call`]): the batch is of this call.
    pub(in crate::ffi) fn column<'b>(
        &'b self,
        call: Call<'b>,
        place: usize,
        input: String,
    ) -> Outcome<Chunk<'b>> {
        let columns = list(
            call,
            self.array.0.children.cast_const(),
            self.array.0.n_children,
            &input,
        )?;
        let column = at(call, columns[place].cast_const(), &input)?;
        let (offset, length) = extent(column, &input)?;
        // The frame's own offset is one into its columns.
        let needed = self.first + self.rows;
        if length < needed {
            let found = format!("of {length} rows");
            return Err(Failure::invalid(
                input,
                found,
                format!("at least {needed}, as its batch has"),
            ));
        }
        let first = offset
            .checked_add(self.first)
            .filter(|first| first.checked_add(self.rows).is_some());
        let first = first.ok_or_else(|| Failure::invalid(&input, "of an offset that overflows", "less"))?;
        Ok(Chunk {
            call,
            array: column,
            batch: self,
            first,
            input,
        })
    }
}

/// The rows of a batch in one of its columns.
#[derive(Debug)]
pub(in crate::ffi) struct Chunk<'b> {
    call: Call<'b>,
    array: &'b ArrowArray,
    batch: &'b Batch,
    /// Where its first row lies in the buffers.
    first: usize,
    input: String,
}

/// A number.
///
/// # Safety
/// Any bits are a value of the type.
pub(in crate::ffi) unsafe trait Number: Copy + 'static {}

macro_rules! numbers {
    ($($type:ty),+) => {
        $(
            // SAFETY: a number of the processor's.
            unsafe impl Number for $type {}
        )+
    };
}
numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl<'b> Chunk<'b> {
    /// The numbers of a column of a fixed width; `None` where there is none.
    pub(in crate::ffi) fn numbers<T: Number>(&self) -> Outcome<impl Iterator<Item = Option<T>> + 'b> {
        let there = self.rows_there(2)?;
        let values = self.buffer::<T>(1)?;
        Ok(there.map(move |row| row.map(|row| values.get(row))))
    }

    /// The texts of a column whose offsets are of the type `O`.
    pub(in crate::ffi) fn texts<O: Number + Into<i64>>(&self) -> Outcome<Vec<Option<&'b str>>> {
        let there = self.rows_there(3)?;
        let ends = self.buffer::<O>(1)?;
        let bytes = self.pointer(2)?.cast::<u8>();
        let text = |row: usize| {
            let (start, end): (i64, i64) = (ends.get(row).into(), ends.get(row + 1).into());
            let len = end.checked_sub(start).filter(|len| start >= 0 && *len >= 0);
            let len = len.ok_or_else(|| self.invalid(row, format!("a text from byte {start} to {end}")))?;
            self.text(row, bytes.wrapping_add(start as usize), len)
        };
        there.map(|row| row.map(text).transpose()).collect()
    }

    /// The texts of a column of views: short ones lie in the view, others in one of the buffers behind.
    pub(in crate::ffi) fn text_views(&self) -> Outcome<Vec<Option<&'b str>>> {
        /// Bytes that a view has room for.
        const SHORT: i32 = 12;
        let buffers = self.array.n_buffers;
        let there = self.rows_there(buffers.max(3))?;
        let views = self.buffer::<i32>(1)?;
        let others = usize::try_from(buffers - 3).unwrap_or(0);
        let sizes = list(
            self.call,
            self.pointer(others + 2)?.cast::<i64>(),
            others as i64,
            &self.input,
        )?;
        let text = |row: usize| {
            let part = |number: usize| views.get(4 * row + number);
            let len = part(0);
            if len <= SHORT {
                return self.text(row, views.0.wrapping_add(4 * row + 1).cast(), len.into());
            }
            let (buffer, start) = (part(2), part(3));
            let size = usize::try_from(buffer).ok().and_then(|buffer| sizes.get(buffer));
            let end = i64::from(start) + i64::from(len);
            if start < 0 || size.is_none_or(|size| end > *size) {
                let found = format!("a text from byte {start} to {end} of buffer {buffer}");
                return Err(self.invalid(row, found));
            }
            let bytes = self.pointer(2 + buffer as usize)?.cast::<u8>();
            self.text(row, bytes.wrapping_add(start as usize), len.into())
        };
        there.map(|row| row.map(text).transpose()).collect()
    }

    /// The `len` bytes at `bytes`, which are the text of a row.
    fn text(&self, row: usize, bytes: *const u8, len: i64) -> Outcome<&'b str> {
        let bytes = list(self.call, bytes, len, &self.input)?;
        str::from_utf8(bytes)
            .map_err(|error| self.invalid(row, format!("a text that is not UTF-8 ({error})")))
    }

    fn invalid(&self, row: usize, found: String) -> Failure {
        let input = format!("{}, row {}", self.input, row - self.first + 1);
        Failure::invalid(input, found, "a text within its buffer, in UTF-8")
    }

    /// Where the rows of the batch lie in the buffers, of which there have to be `buffers`; `None` for a row without a
    /// value.
    fn rows_there(&self, buffers: i64) -> Outcome<impl Iterator<Item = Option<usize>> + use<'b>> {
        let own = there(self.call, self.array, buffers, &self.input)?;
        let rows = there(self.call, &self.batch.array.0, 1, &self.input)?;
        let (first, of_batch) = (self.first, self.batch.first);
        Ok((0..self.batch.rows).map(move |row| {
            let is_there = own.has(first + row) && rows.has(of_batch + row);
            is_there.then_some(first + row)
        }))
    }

    /// The buffer at `place`, which holds values of the type `T`.
    fn buffer<T: Number>(&self, place: usize) -> Outcome<Buffer<T>> {
        let pointer = self.pointer(place)?.cast::<T>();
        let bytes = (self.first + self.batch.rows)
            .checked_add(1)
            .and_then(|rows| rows.checked_mul(16));
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            return Err(Failure::invalid(
                &self.input,
                "of rows that do not fit into memory",
                "fewer",
            ));
        }
        if pointer.is_null() && self.batch.rows > 0 {
            let (input, expected) = (format!("{}, buffer {place}", self.input), "the values");
            return Err(Failure::new(PPO_ERR_NULL_POINTER, input, "NULL", expected));
        }
        Ok(Buffer(pointer))
    }

    fn pointer(&self, place: usize) -> Outcome<*const c_void> {
        let buffers = list(self.call, self.array.buffers, self.array.n_buffers, &self.input)?;
        let found = format_args!("of {} buffers", buffers.len());
        let buffer = buffers.get(place);
        buffer
            .copied()
            .ok_or_else(|| Failure::invalid(&self.input, found, format!("at least {}", place + 1)))
    }
}

/// Values side by side, that need not be aligned.
#[derive(Debug, Clone, Copy)]
struct Buffer<T>(*const T);

impl<T: Number> Buffer<T> {
    fn get(self, place: usize) -> T {
        // SAFETY: the host promises a value of the type for every row of the array, of which the caller asks for one;
        // any bits are one.
        unsafe { self.0.add(place).read_unaligned() }
    }
}

/// Which rows of an array have a value: bits, or all of them.
#[derive(Debug, Clone, Copy)]
struct There(*const u8);

impl There {
    fn has(self, place: usize) -> bool {
        if self.0.is_null() {
            return true;
        }
        // SAFETY: the host promises a bit for every row of the array, of which the caller asks for one.
        let byte = unsafe { self.0.add(place / 8).read() };
        (byte >> (place % 8)) & 1 == 1
    }
}

/// Which rows of an array of so many buffers have a value.
fn there(call: Call<'_>, array: &ArrowArray, buffers: i64, input: &str) -> Outcome<There> {
    if array.n_buffers != buffers {
        let found = format!("of {} buffers", array.n_buffers);
        return Err(Failure::invalid(
            input,
            found,
            format!("{buffers}, as its type has"),
        ));
    }
    let list = list(call, array.buffers, array.n_buffers, &format!("{input}, buffers"))?;
    let bits = list[0].cast::<u8>();
    if bits.is_null() && array.null_count > 0 {
        let found = format!("of {} nulls, and no bits say which", array.null_count);
        return Err(Failure::invalid(input, found, "a validity bitmap"));
    }
    Ok(There(bits))
}

/// Offset and length of an array.
fn extent(array: &ArrowArray, input: &str) -> Outcome<(usize, usize)> {
    let count = |value: i64, what: &str| {
        let count = usize::try_from(value).ok();
        count.ok_or_else(|| Failure::invalid(format!("{input}, {what}"), value, "at least 0"))
    };
    let (offset, length) = (count(array.offset, "offset")?, count(array.length, "length")?);
    if array.offset.checked_add(array.length).is_none() {
        let found = format!("{length} from {offset} on");
        return Err(Failure::invalid(
            format!("{input}, rows"),
            found,
            "what fits into memory",
        ));
    }
    if array.null_count < -1 || array.null_count > array.length {
        let expected = format!("-1 (not counted) to {length}");
        return Err(Failure::invalid(
            format!("{input}, null_count"),
            array.null_count,
            expected,
        ));
    }
    Ok((offset, length))
}
