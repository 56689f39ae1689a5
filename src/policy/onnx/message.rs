//! The messages of ONNX (onnx.proto3, IR version 8) that an export needs.

use crate::protobuf::Message;

/// What a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F32 = 1,
    I64 = 7,
    F64 = 11,
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
