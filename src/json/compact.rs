//! Documents as bytes: what their JSON says, in less than half its size and a tenth of its time.
//!
//! ```text
//! "ppostate" | encoding: u32 | format of the document: u32 | value | checksum of all before: u64
//! ```
//! Numbers are little-endian. A value is a letter and what the letter says:
//!
//! | letter | value |
//! |---|---|
//! | `0` `f` `t` | null, false, true |
//! | `u` `i` | a whole number of at least 0, below 0: as -1 less it |
//! | `d` | a number: 8 bytes |
//! | `s` | a text: its length, its bytes |
//! | `[` | a list: its length, its values |
//! | `{` | an object: its length, each key (length and bytes) with its value |
//! | `n` | a list of numbers: its length, 8 bytes each |
//! | `r` | a list of numbers that an earlier `n` ends with: which of them, its length |
//!
//! Whole numbers and lengths are in groups of 7 bits, the lowest first, with the eighth bit set on all but the last. All
//! `r` of a document together have at most as many numbers as the `n` before them.

use crate::error::{Error, Result};
use crate::json::document::{self, Document, FORMAT};
use serde::Serialize;
use serde::ser::{
    Impossible, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};
use serde_json::{Map, Number, Value};
use std::fmt;

const MAGIC: [u8; 8] = *b"ppostate";

/// How values are written: what this page says.
const ENCODING: u32 = 1;

/// Bytes before the value, and after it.
const HEAD: usize = 16;
const TAIL: usize = 8;

/// Objects and lists in each other.
const DEEPEST: usize = 64;

/// The document as bytes.
pub fn to_bytes<T: Document>(content: &T) -> Vec<u8> {
    let mut writer = Writer {
        bytes: Vec::with_capacity(32 << 10),
        lists: Vec::new(),
        spare: 0,
    };
    writer.bytes.extend(MAGIC);
    writer.bytes.extend(ENCODING.to_le_bytes());
    writer.bytes.extend(FORMAT.to_le_bytes());
    content
        .serialize(&mut writer)
        .expect("a document is made of values");
    let sum = checksum(&writer.bytes);
    writer.bytes.extend(sum.to_le_bytes());
    writer.bytes
}

/// Reads what [`to_bytes`] of this version or of an earlier one wrote; errors call it `input`. The bytes may come from
/// anywhere: no more memory is taken than a small multiple of their number.
///
/// # Errors
/// [`Error::Invalid`] for bytes of something else, of a newer version, cut or altered, and as
/// [`document::from_json`].
pub fn from_bytes<T: Document>(bytes: &[u8], input: &str) -> Result<T> {
    let refuse = |found: String| Error::invalid(input, found, T::KIND);
    if !bytes.starts_with(&MAGIC) {
        return Err(refuse("bytes of something else".to_string()));
    }
    let (Some(kept), true) = (bytes.len().checked_sub(TAIL), bytes.len() >= HEAD + TAIL) else {
        return Err(refuse(format!("cut after {} bytes", bytes.len())));
    };
    let word = |at: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[at..at + 4]);
        u32::from_le_bytes(word)
    };
    if word(8) != ENCODING {
        let expected = format!("in encoding {ENCODING}, the newest that this library knows");
        return Err(Error::invalid(
            input,
            format!("in encoding {}", word(8)),
            expected,
        ));
    }
    let (content, sum) = bytes.split_at(kept);
    if sum != checksum(content).to_le_bytes() {
        return Err(refuse(
            "cut or altered: its checksum is of other bytes".to_string(),
        ));
    }
    let mut reader = Reader {
        bytes: &content[HEAD..],
        lists: Vec::new(),
        spare: 0,
    };
    let value = reader.value(0).filter(|_| reader.bytes.is_empty());
    let value = value.ok_or_else(|| refuse("bytes that were not written by this library".to_string()))?;
    document::read(value, word(12), |refusal| refusal.named(input, ": "))
}

/// A list of numbers, for `serialize_with`: as any list, but in one piece where a document is written as bytes.
pub(crate) fn numbers<S: Serializer>(values: &[f64], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return values.serialize(serializer);
    }
    let mut bytes = vec![0; 8 * values.len()];
    for (to, from) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(values) {
        *to = from.to_le_bytes();
    }
    serializer.serialize_bytes(&bytes)
}

/// Differs where one word of 8 bytes does: every step can be undone.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut sum = bytes.len() as u64;
    for word in words.iter().chain([&last]) {
        sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^= sum >> 32;
    }
    sum
}

struct Writer {
    bytes: Vec<u8>,
    /// Where the lists of numbers begin and end.
    lists: Vec<(usize, usize)>,
    /// How many numbers may still be said again.
    spare: usize,
}

impl Writer {
    fn letter(&mut self, letter: u8) {
        self.bytes.push(letter);
    }

    fn count(&mut self, mut count: u64) {
        while count >= 0x80 {
            self.bytes.push(count as u8 | 0x80);
            count >>= 7;
        }
        self.bytes.push(count as u8);
    }

    fn text(&mut self, text: &str) {
        self.count(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Opens a list or an object.
    fn open(&mut self, letter: u8, len: usize) -> &mut Self {
        self.letter(letter);
        self.count(len as u64);
        self
    }

    /// Opens an object of one key.
    fn variant(&mut self, name: &str) {
        self.open(b'{', 1).text(name);
    }
}

type Written = std::result::Result<(), fmt::Error>;

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = &'w mut Writer;
    type SerializeTuple = &'w mut Writer;
    type SerializeTupleStruct = &'w mut Writer;
    type SerializeTupleVariant = &'w mut Writer;
    type SerializeMap = Impossible<(), fmt::Error>;
    type SerializeStruct = &'w mut Writer;
    type SerializeStructVariant = &'w mut Writer;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Written {
        self.letter(if value { b't' } else { b'f' });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Written {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Written {
        match u64::try_from(value) {
            Ok(value) => self.serialize_u64(value),
            Err(_) => {
                self.letter(b'i');
                self.count(!value as u64);
                Ok(())
            }
        }
    }

    fn serialize_u8(self, value: u8) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Written {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Written {
        self.letter(b'u');
        self.count(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        self.letter(b'd');
        self.bytes.extend(value.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Written {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Written {
        self.letter(b's');
        self.text(value);
        Ok(())
    }

    /// The bytes of numbers: see [`numbers`].
    fn serialize_bytes(self, value: &[u8]) -> Written {
        let count = value.len() / 8;
        let ends_so = |(from, to): &(usize, usize)| self.bytes[*from..*to].ends_with(value);
        let again = self.lists.iter().position(ends_so);
        if let Some(which) = again.filter(|_| count > 0 && count <= self.spare) {
            self.spare -= count;
            self.open(b'r', which).count(count as u64);
            return Ok(());
        }
        self.open(b'n', count);
        let from = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.lists.push((from, self.bytes.len()));
        self.spare += count;
        Ok(())
    }

    fn serialize_none(self) -> Written {
        self.letter(b'0');
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        self.variant(variant);
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> std::result::Result<Self, fmt::Error> {
        Ok(self.open(b'[', len.ok_or(fmt::Error)?))
    }

    fn serialize_tuple(self, len: usize) -> std::result::Result<Self, fmt::Error> {
        Ok(self.open(b'[', len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> std::result::Result<Self, fmt::Error> {
        Ok(self.open(b'[', len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> std::result::Result<Self, fmt::Error> {
        self.variant(variant);
        Ok(self.open(b'[', len))
    }

    fn serialize_map(self, _: Option<usize>) -> std::result::Result<Self::SerializeMap, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> std::result::Result<Self, fmt::Error> {
        Ok(self.open(b'{', len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> std::result::Result<Self, fmt::Error> {
        self.variant(variant);
        Ok(self.open(b'{', len))
    }
}

/// The ways in which serde hands over the values of a list.
macro_rules! lists {
    ($($way:ident, $value:ident);+) => {
        $(
            impl $way for &mut Writer {
                type Ok = ();
                type Error = fmt::Error;

                fn $value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                    value.serialize(&mut **self)
                }

                fn end(self) -> Written {
                    Ok(())
                }
            }
        )+
    };
}
lists!(
    SerializeSeq, serialize_element;
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field
);

/// And those of an object.
macro_rules! objects {
    ($($way:ident),+) => {
        $(
            impl $way for &mut Writer {
                type Ok = ();
                type Error = fmt::Error;

                fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
                    self.text(key);
                    value.serialize(&mut **self)
                }

                fn end(self) -> Written {
                    Ok(())
                }
            }
        )+
    };
}
objects!(SerializeStruct, SerializeStructVariant);

struct Reader<'b> {
    /// What is left.
    bytes: &'b [u8],
    lists: Vec<&'b [[u8; 8]]>,
    spare: usize,
}

impl<'b> Reader<'b> {
    /// The next value, inside so many others; none where the bytes are no value.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        Some(match self.take(1)?[0] {
            b'0' => Value::Null,
            b'f' => false.into(),
            b't' => true.into(),
            b'u' => self.number()?.into(),
            b'i' => (!i64::try_from(self.number()?).ok()?).into(),
            b'd' => read_number(self.take(8)?.first_chunk()?)?,
            b's' => self.text()?.into(),
            b'[' => {
                // Not with room for all: each list inside another could ask for as much.
                let mut list = Vec::new();
                for _ in 0..self.len(1)? {
                    list.push(self.value(depth + 1)?);
                }
                list.into()
            }
            b'{' => {
                let mut object = Map::new();
                for _ in 0..self.len(2)? {
                    let key = self.text()?.to_string();
                    let value = self.value(depth + 1)?;
                    if object.insert(key, value).is_some() {
                        return None;
                    }
                }
                object.into()
            }
            b'n' => {
                let len = self.len(8)?;
                let list = self.take(8 * len)?.as_chunks().0;
                self.lists.push(list);
                self.spare += len;
                read_numbers(list)?
            }
            b'r' => {
                let which = usize::try_from(self.number()?).ok()?;
                let len = usize::try_from(self.number()?).ok()?;
                self.spare = self.spare.checked_sub(len)?;
                let list = self.lists.get(which)?;
                read_numbers(&list[list.len().checked_sub(len)?..])?
            }
            _ => return None,
        })
    }

    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let group = u64::from(byte & 0x7f);
            number |= group.checked_shl(shift).filter(|moved| moved >> shift == group)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A length of values of at least so many bytes each, which are there.
    fn len(&mut self, each: usize) -> Option<usize> {
        let len = usize::try_from(self.number()?).ok()?;
        (len.checked_mul(each)? <= self.bytes.len()).then_some(len)
    }

    fn text(&mut self) -> Option<&'b str> {
        let len = self.len(1)?;
        str::from_utf8(self.take(len)?).ok()
    }
}

fn read_numbers(list: &[[u8; 8]]) -> Option<Value> {
    list.iter().map(read_number).collect()
}

/// A number; none for one that is not finite, which no document has.
fn read_number(bytes: &[u8; 8]) -> Option<Value> {
    Number::from_f64(f64::from_le_bytes(*bytes)).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// A value of every kind, and lists of numbers that others end with.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        none: Option<u8>,
        flags: [bool; 2],
        counts: Vec<u64>,
        below: Vec<i64>,
        kinds: Vec<Kind>,
        name: String,
        #[serde(serialize_with = "numbers")]
        history: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        end: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        other: Vec<f64>,
        plain: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        empty: Vec<f64>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Of(f64),
        Pair(i8, char),
        Named { by: f32 },
    }

    impl Document for Sample {
        const KIND: &'static str = "a sample";
    }

    fn sample() -> Sample {
        let history: Vec<f64> = (0..100).map(|i| f64::from(i) / 7.0).collect();
        Sample {
            none: None,
            flags: [true, false],
            counts: vec![0, 127, 128, u64::MAX],
            below: vec![-1, i64::MIN, 5],
            kinds: vec![
                Kind::Plain,
                Kind::Of(-0.0),
                Kind::Pair(-3, 'é'),
                Kind::Named { by: 0.1 },
            ],
            name: "a name".to_string(),
            end: history[40..].to_vec(),
            other: history[..60].to_vec(),
            history,
            plain: vec![5e-324, f64::MAX, 0.1 + 0.2],
            empty: Vec::new(),
        }
    }

    #[test]
    fn documents_come_back_to_the_bit() {
        let bytes = to_bytes(&sample());
        assert_eq!(bytes, to_bytes(&sample()));
        let read: Sample = from_bytes(&bytes, "state").unwrap();
        assert_eq!(document::to_json(&read), document::to_json(&sample()));
        // The end of the history is said, not written again.
        assert!(bytes.len() < 8 * (100 + 60 + 3) + 300, "{}", bytes.len());
    }

    #[test]
    fn every_cut_and_every_altered_bit_is_found() {
        let bytes = to_bytes(&sample());
        let refused = |bytes: &[u8]| from_bytes::<Sample>(bytes, "state").is_err();
        for end in 0..bytes.len() {
            assert!(refused(&bytes[..end]), "cut at {end}");
        }
        for bit in 0..8 * bytes.len() {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&altered), "bit {bit}");
        }
        assert!(refused(&[&bytes[..], &[0]].concat()));
    }

    /// Bytes whose checksum is right, whatever else is wrong with them.
    fn signed(content: &[u8]) -> Vec<u8> {
        [content, &checksum(content).to_le_bytes()].concat()
    }

    #[test]
    fn forged_bytes_with_a_right_checksum_end_in_a_document_or_an_error() {
        let bytes = to_bytes(&sample());
        let content = &bytes[..bytes.len() - TAIL];
        let mut refused = 0;
        for place in 0..content.len() {
            refused += usize::from(from_bytes::<Sample>(&signed(&content[..place]), "state").is_err());
            for byte in [0, 1, 0x7f, 0x80, 0xff, b'[', b'{', b'n', b'r'] {
                let mut altered = content.to_vec();
                altered[place] = byte;
                refused += usize::from(from_bytes::<Sample>(&signed(&altered), "state").is_err());
            }
        }
        assert!(refused > content.len(), "{refused}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let head = |encoding: u32, format: u32| {
            [&MAGIC[..], &encoding.to_le_bytes(), &format.to_le_bytes()].concat()
        };
        let of = |value: &[u8]| signed(&[&head(ENCODING, FORMAT), value].concat());
        let strange = "bytes that were not written by this library";
        let mut deep = vec![b'['; 100_000];
        deep.iter_mut().skip(1).step_by(2).for_each(|byte| *byte = 1);
        let many = [&b"{\x02\x01an\x01"[..], &1_f64.to_le_bytes(), b"\x01br\x00\x02"].concat();
        for (bytes, expected) in [
            (
                b"{\"manager\": {}}".to_vec(),
                "`state` is bytes of something else, expected a sample",
            ),
            (MAGIC.to_vec(), "`state` is cut after 8 bytes"),
            (
                signed(&head(2, FORMAT)),
                "`state` is in encoding 2, expected in encoding 1, the newest",
            ),
            (
                signed(&[&head(1, FORMAT + 1), &b"{\x00"[..]].concat()),
                "`state: format` is 5, expected at most 4: it was written by a newer version",
            ),
            (
                of(b"{\x00"),
                "`state` is without the key `flags`, expected a sample",
            ),
            (of(b"{\x01\x01xt"), "unknown key"),
            (of(b""), strange),
            (of(b"tt"), strange),
            (of(b"{\x02\x01xt\x01xt"), strange),
            (of(b"[\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), strange),
            (of(b"n\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), strange),
            (of(b"u\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), strange),
            (of(b"r\x00\x00"), strange),
            (of(&many), strange),
            (of(&deep), strange),
            (of(&[b"d", &f64::NAN.to_le_bytes()[..]].concat()), strange),
            (of(b"s\x01\xff"), strange),
        ] {
            let error = from_bytes::<Sample>(&bytes, "state").unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
