//! Values as bytes.

use serde::Serialize;
use serde::ser::{
    Impossible, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};
use std::fmt;

/// Writes values one after the other.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    /// Where the lists of numbers begin and end.
    lists: Vec<(usize, usize)>,
    /// How many numbers may still be said again.
    spare: usize,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(32 << 10),
            lists: Vec::new(),
            spare: 0,
        }
    }

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

    /// The bytes of numbers: see `compact::numbers`.
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
