//! Messages in protobuf's wire format, written field by field.
//!
//! A field is a key, its number shifted left by three beside its wire type, and its value: a number of variable length
//! (type 0), eight bytes (1), a length and that many bytes (2), four bytes (5). Written by hand, since the two formats
//! that need it, ONNX and TensorBoard's events, need a dozen messages: a generator would bring a compiler and all of
//! their definitions.

/// A message that is being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    /// The message as it is sent, or put into a field of another.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    /// Appends field `number` with an integer.
    pub(crate) fn integer(&mut self, number: u64, value: u64) {
        self.varint(number << 3);
        self.varint(value);
    }

    /// Appends field `number` with bytes, text or a message.
    pub(crate) fn field(&mut self, number: u64, content: &[u8]) {
        self.varint(number << 3 | 2);
        self.varint(content.len() as u64);
        self.0.extend_from_slice(content);
    }

    /// Appends field `number` with a float.
    pub(crate) fn float(&mut self, number: u64, value: f32) {
        self.varint(number << 3 | 5);
        self.0.extend(value.to_le_bytes());
    }

    /// Appends field `number` with a double.
    pub(crate) fn double(&mut self, number: u64, value: f64) {
        self.varint(number << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }

    /// Seven bits a byte, lowest first; the eighth says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// The integer of field `number` of a message; none where it has none, or where the bytes are no message.
pub(crate) fn integer_in(mut message: &[u8], number: u64) -> Option<u64> {
    while !message.is_empty() {
        let key = read_varint(&mut message)?;
        match key & 7 {
            0 => {
                let value = read_varint(&mut message)?;
                if key >> 3 == number {
                    return Some(value);
                }
            }
            1 => message = message.get(8..)?,
            2 => {
                let len = usize::try_from(read_varint(&mut message)?).ok()?;
                message = message.get(len..)?;
            }
            5 => message = message.get(4..)?,
            _ => return None,
        }
    }
    None
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let len = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (digits, rest) = bytes.split_at(len);
    *bytes = rest;
    let digits = digits.iter().enumerate();
    // Ten bytes hold 64 bits.
    (len <= 10).then(|| digits.fold(0, |value, (i, byte)| value | u64::from(byte & 0x7f) << (7 * i)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of protobuf's own description of its encoding: 150 in field 1, "testing" in field 2.
    #[test]
    fn the_wire_format_is_protobufs() {
        let mut message = Message::default();
        message.integer(1, 150);
        message.field(2, b"testing");
        let expected = [
            0x08, 0x96, 0x01, 0x12, 0x07, b't', b'e', b's', b't', b'i', b'n', b'g',
        ];
        assert_eq!(message.bytes(), expected);
        let mut message = Message::default();
        message.integer(20, -1_i64 as u64);
        let expected = [
            0xa0, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ];
        assert_eq!(message.bytes(), expected);
    }

    #[test]
    fn an_integer_is_found_behind_other_fields() {
        let mut message = Message::default();
        message.double(1, 0.5);
        message.field(9, b"testing");
        message.float(3, 2.0);
        message.integer(4, 7);
        message.integer(2, 3_000_000_000);
        let bytes = message.bytes();
        assert_eq!(integer_in(&bytes, 2), Some(3_000_000_000));
        assert_eq!(integer_in(&bytes, 4), Some(7));
        assert_eq!(integer_in(&bytes, 5), None);
        for len in 0..bytes.len() {
            assert_eq!(integer_in(&bytes[..len], 2), None, "{len} bytes");
        }
    }
}
