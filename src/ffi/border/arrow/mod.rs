//! Data frames of the host, by the Arrow C data and stream interfaces: how structs of the host are owned, and how their
//! buffers are read. What the columns mean is not said here.

mod array;
mod owned;
mod pointer;
mod schema;
mod stream;
mod structs;

pub(in crate::ffi) use array::{Chunk, Number};
pub(in crate::ffi) use schema::Field;
pub(in crate::ffi) use stream::{Frame, Stream};
pub(in crate::ffi) use structs::ArrowArrayStream;
