//! A stream of the host, moved in and read to its end.

use crate::ffi::border::arrow::array::Batch;
use crate::ffi::border::arrow::owned::{Owned, Releasable};
use crate::ffi::border::arrow::schema::{Field, fields};
use crate::ffi::border::arrow::structs::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::host_function::call_host;
use crate::ffi::status::{PPO_ERR_CALLBACK, PPO_ERR_NULL_POINTER, PPO_ERR_OUT_OF_MEMORY};
use crate::memory;
use std::ffi::{CStr, c_int};
use std::mem;

/// A stream of the host.
#[derive(Debug)]
pub(in crate::ffi) struct Stream<'a> {
    owned: Owned<ArrowArrayStream>,
    call: Call<'a>,
    name: &'static str,
}

/// What a stream held.
#[derive(Debug)]
pub(in crate::ffi) struct Frame {
    /// The columns' names and types.
    pub(in crate::ffi) fields: Vec<Field>,
    /// Their values, rows behind rows.
    pub(in crate::ffi) batches: Vec<Batch>,
    /// Rows of all batches.
    pub(in crate::ffi) rows: usize,
}

impl<'a> Stream<'a> {
    /// Moves the host's stream in: in its place one is left that was released.
    ///
    /// The host's promise ([`Call`]): a pointer that is not NULL points to a stream whose functions may be called as the
    /// interface says.
    pub(in crate::ffi) fn moved_from(
        call: Call<'a>,
        place: *mut ArrowArrayStream,
        name: &'static str,
    ) -> Outcome<Self> {
        if place.is_null() {
            return Err(Failure::new(PPO_ERR_NULL_POINTER, name, "NULL", "a stream"));
        }
        if !place.is_aligned() {
            return Err(Failure::invalid(
                name,
                "a misaligned pointer",
                "one aligned to its type",
            ));
        }
        // SAFETY: not NULL, aligned, and the host's promise.
        let owned = Owned(unsafe { mem::replace(&mut *place, ArrowArrayStream::NOTHING) });
        if owned.0.release.is_none() {
            let found = "one that was released, or taken before";
            return Err(Failure::invalid(name, found, "a stream that nobody took"));
        }
        Ok(Self { owned, call, name })
    }

    /// All that the stream gives.
    pub(in crate::ffi) fn read(mut self) -> Outcome<Frame> {
        let fields = self.fields()?;
        let (mut batches, mut rows) = (Vec::new(), 0_usize);
        while let Some(array) = self.next_array()? {
            let input = format!("{}, batch {}", self.name, batches.len() + 1);
            let batch = Batch::new(self.call, array, fields.len(), &input)?;
            rows = rows
                .checked_add(batch.rows())
                .ok_or_else(|| Failure::invalid(&input, "beyond the rows that can be counted", "fewer"))?;
            batches.push(batch);
        }
        // A length may be anything: before values are copied it is known that there is room for as many.
        let cells = memory::size::<Option<f64>>(&[rows, fields.len() + 1]);
        memory::room(self.name, cells).map_err(|_| {
            let found = format!("of {rows} rows of {} columns", fields.len());
            Failure::new(PPO_ERR_OUT_OF_MEMORY, self.name, found, "what fits into memory")
        })?;
        Ok(Frame {
            fields,
            batches,
            rows,
        })
    }

    fn fields(&mut self) -> Outcome<Vec<Field>> {
        let Some(get_schema) = self.owned.0.get_schema else {
            return Err(self.without("get_schema"));
        };
        let mut schema = ArrowSchema::NOTHING;
        let answer = call_host!(get_schema, &raw mut self.owned.0, &raw mut schema);
        if answer != 0 {
            return Err(self.failed("get_schema", answer));
        }
        let schema = Owned(schema);
        if schema.0.release.is_none() {
            let found = "without a schema, though its `get_schema` answered 0";
            return Err(Failure::invalid(self.name, found, "one with a schema"));
        }
        fields(self.call, &schema, self.name)
    }

    /// The next array; none at the end.
    fn next_array(&mut self) -> Outcome<Option<Owned<ArrowArray>>> {
        let Some(get_next) = self.owned.0.get_next else {
            return Err(self.without("get_next"));
        };
        let mut array = ArrowArray::NOTHING;
        let answer = call_host!(get_next, &raw mut self.owned.0, &raw mut array);
        if answer != 0 {
            return Err(self.failed("get_next", answer));
        }
        Ok(array.release.is_some().then_some(Owned(array)))
    }

    fn without(&self, function: &str) -> Failure {
        let input = format!("{}.{function}", self.name);
        Failure::new(PPO_ERR_NULL_POINTER, input, "NULL", "a function")
    }

    /// A failure of the host's function, in the host's words.
    fn failed(&mut self, function: &str, answer: c_int) -> Failure {
        let input = format!("{}.{function}", self.name);
        let mut found = format!("a function that answered {answer}");
        if let Some(get_last_error) = self.owned.0.get_last_error {
            let words = call_host!(get_last_error, &raw mut self.owned.0);
            if !words.is_null() {
                // SAFETY: a text with its zero byte until the stream is used again, as the interface says.
                let words = unsafe { CStr::from_ptr(words) }.to_string_lossy();
                found += &format!(" ({words})");
            }
        }
        Failure::new(PPO_ERR_CALLBACK, input, found, "one that answers 0")
    }
}
