//! The messages of ONNX (onnx.proto3, IR version 8) that an export needs, in protobuf's wire format.
//!
//! Written by hand: a generator would bring its compiler and all of ONNX for five messages. A field is a tag, its number
//! shifted left by three beside its wire type, and then a number (type 0) or a length and bytes (type 2).

/// What a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F32 = 1,
    I64 = 7,
    F64 = 11,
}

/// A message that is being written, field by field.
#[derive(Debug, Clone, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn bytes(self) -> Vec<u8> {
        self.0
    }

    /// Appends field `number` with an integer.
    pub(super) fn integer(&mut self, number: u64, value: u64) {
        self.varint(number << 3);
        self.varint(value);
    }

    /// Appends field `number` with bytes, text or a message.
    pub(super) fn field(&mut self, number: u64, content: &[u8]) {
        self.varint(number << 3 | 2);
        self.varint(content.len() as u64);
        self.0.extend_from_slice(content);
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

/// TensorProto: a constant of the graph.
pub(super) fn tensor(name: &str, element: Element, shape: &[usize], little_endian: &[u8]) -> Vec<u8> {
    let mut tensor = Message::default();
    for &size in shape {
        tensor.integer(1, size as u64);
    }
    tensor.integer(2, element as u64);
    tensor.field(8, name.as_bytes());
    tensor.field(9, little_endian);
    tensor.bytes()
}

/// ValueInfoProto: an input or output of the graph, [batch, width].
pub(super) fn matrix(name: &str, element: Element, width: usize) -> Vec<u8> {
    let (mut batch, mut columns, mut shape) = (Message::default(), Message::default(), Message::default());
    batch.field(2, b"batch");
    columns.integer(1, width as u64);
    shape.field(1, &batch.bytes());
    shape.field(1, &columns.bytes());
    let (mut tensor, mut kind, mut value) = (Message::default(), Message::default(), Message::default());
    tensor.integer(1, element as u64);
    tensor.field(2, &shape.bytes());
    kind.field(1, &tensor.bytes());
    value.field(1, name.as_bytes());
    value.field(2, &kind.bytes());
    value.bytes()
}

/// NodeProto: one operation, with attributes that are whole numbers or lists of them.
pub(super) fn node(
    operation: &str,
    inputs: &[&str],
    output: &str,
    attributes: &[(&str, Attribute)],
) -> Vec<u8> {
    let mut node = Message::default();
    for input in inputs {
        node.field(1, input.as_bytes());
    }
    node.field(2, output.as_bytes());
    node.field(3, output.as_bytes());
    node.field(4, operation.as_bytes());
    for (name, value) in attributes {
        let mut attribute = Message::default();
        attribute.field(1, name.as_bytes());
        match *value {
            Attribute::Integer(value) => {
                attribute.integer(3, value as u64);
                attribute.integer(20, 2);
            }
            Attribute::Integers(values) => {
                for &value in values {
                    attribute.integer(8, value as u64);
                }
                attribute.integer(20, 7);
            }
        }
        node.field(5, &attribute.bytes());
    }
    node.bytes()
}

/// What an attribute of a node says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attribute {
    Integer(i64),
    Integers(&'static [i64]),
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
}
