//! Data frames of the host, by the Arrow C data and stream interfaces: how structs of the host are owned, and how their
//! buffers are read. What the columns mean is not said here.

mod array;
mod schema;
mod stream;

use std::ffi::{c_char, c_int, c_void};

pub(in crate::ffi) use array::{Chunk, Number};
pub(in crate::ffi) use schema::Field;
pub(in crate::ffi) use stream::{Frame, Stream};

/// The type of a column, or of the frame that columns make. The header has the interface's own words for these structs
/// (abi/generate/arrow.h), which cbindgen is told to leave out.
#[repr(C)]
#[derive(Debug)]
pub(in crate::ffi) struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

/// Values of a column, or of all columns, one behind the other.
#[repr(C)]
#[derive(Debug)]
pub(in crate::ffi) struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

/// Where arrays of one type come from, one after the other.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<ArrowSchema>() == 72 && size_of::<ArrowArray>() == 80 && size_of::<ArrowArrayStream>() == 40,
    "the sizes that the interface gives these structs"
);
