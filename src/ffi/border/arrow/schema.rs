//! Names and types of a frame's columns.

use crate::ffi::border::arrow::owned::Owned;
use crate::ffi::border::arrow::pointer::{at, list};
use crate::ffi::border::arrow::structs::ArrowSchema;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::text;
use std::ffi::c_char;

/// A column's name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ffi) struct Field {
    pub(in crate::ffi) name: String,
    /// The interface's letters for the type, such as `tsn:UTC`; of a dictionary, of its numbers.
    pub(in crate::ffi) format: String,
    /// The letters for the values of a dictionary.
    pub(in crate::ffi) dictionary: Option<String>,
    /// The name of a type that the values only stand for, such as `pandas.period`.
    pub(in crate::ffi) extension: Option<String>,
}

/// What metadata call the name of such a type.
const EXTENSION: &[u8] = b"ARROW:extension:name";

/// The columns of a schema; errors call the stream `name`.
///
/// The host's promise ([`Call`]): the schema is what the interface says.
pub(super) fn fields(call: Call<'_>, schema: &Owned<ArrowSchema>, name: &str) -> Outcome<Vec<Field>> {
    let format = text::input(call, schema.0.format, &format!("{name}, format of the schema"))?;
    if format != "+s" {
        let found = format!("a stream of values of the format {format:?}");
        return Err(Failure::invalid(
            name,
            found,
            "one of structs (\"+s\"), which are the rows of a table",
        ));
    }
    let input = format!("{name}, columns of the schema");
    let children = list(call, schema.0.children.cast_const(), schema.0.n_children, &input)?;
    let mut fields = Vec::new();
    for (place, child) in children.iter().enumerate() {
        let input = format!("{name}, column {} of the schema", place + 1);
        let child = at(call, child.cast_const(), &input)?;
        let dictionary = match child.dictionary.is_null() {
            true => None,
            false => {
                let values = at(
                    call,
                    child.dictionary.cast_const(),
                    &format!("{input}, dictionary"),
                )?;
                Some(
                    text::input(call, values.format, &format!("{input}, format of the dictionary"))?
                        .to_string(),
                )
            }
        };
        fields.push(Field {
            name: match child.name.is_null() {
                true => String::new(),
                false => text::input(call, child.name, &format!("{input}, name"))?.to_string(),
            },
            format: text::input(call, child.format, &format!("{input}, format"))?.to_string(),
            dictionary,
            extension: extension(call, child.metadata, &format!("{input}, metadata"))?,
        });
    }
    Ok(fields)
}

/// The name of an extension type in metadata: a number of pairs, then of each pair the length of its key, the key, the
/// length of its value and the value, numbers being of 32 bits.
fn extension(call: Call<'_>, metadata: *const c_char, input: &str) -> Outcome<Option<String>> {
    if metadata.is_null() {
        return Ok(None);
    }
    let mut reader = Metadata {
        call,
        rest: metadata.cast(),
        input,
    };
    for _ in 0..reader.number()? {
        let (key, value) = (reader.bytes()?, reader.bytes()?);
        if key == EXTENSION {
            return Ok(Some(String::from_utf8_lossy(value).into_owned()));
        }
    }
    Ok(None)
}

/// What is left of metadata.
struct Metadata<'a, 'i> {
    call: Call<'a>,
    rest: *const u8,
    input: &'i str,
}

impl<'a> Metadata<'a, '_> {
    fn number(&mut self) -> Outcome<i64> {
        // SAFETY: the host promises metadata as the interface says, which has a number here.
        let number = i64::from(unsafe { self.rest.cast::<i32>().read_unaligned() });
        self.rest = self.rest.wrapping_add(size_of::<i32>());
        match number {
            0.. => Ok(number),
            _ => Err(Failure::invalid(
                self.input,
                format!("a length of {number}"),
                "at least 0",
            )),
        }
    }

    fn bytes(&mut self) -> Outcome<&'a [u8]> {
        let len = self.number()?;
        let bytes = list(self.call, self.rest, len, self.input)?;
        self.rest = self.rest.wrapping_add(bytes.len());
        Ok(bytes)
    }
}
