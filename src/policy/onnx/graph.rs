//! A graph of operations that is being put together.

use super::message::{self, Attribute, Element};
use crate::protobuf::Message;
use std::collections::HashSet;

/// GraphProto, in parts. Every name is that of one value: constants, inputs and the output of each node.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Vec<u8>>,
    constants: Vec<Vec<u8>>,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<Vec<u8>>,
    /// Of the constants and nodes.
    names: HashSet<String>,
    /// What the names of further ones begin with.
    scope: String,
}

impl Graph {
    /// An input [batch, width].
    pub(super) fn input(&mut self, name: &str, element: Element, width: usize) {
        self.inputs.push(message::matrix(name, element, width));
    }

    /// An output [batch, width]; a node has to have this name.
    pub(super) fn output(&mut self, name: &str, element: Element, width: usize) {
        self.outputs.push(message::matrix(name, element, width));
    }

    /// From now on the names of constants and nodes have `scope` before them, so that a part can be there twice.
    pub(super) fn within(&mut self, scope: impl Into<String>) {
        self.scope = scope.into();
    }

    /// An operation whose output is called `name` within the scope; the whole name is returned.
    pub(super) fn node(
        &mut self,
        operation: &str,
        inputs: &[&str],
        name: &str,
        attributes: &[(&str, Attribute)],
    ) -> String {
        let name = self.named(name);
        self.nodes
            .push(message::node(operation, inputs, &name, attributes));
        name
    }

    /// A conversion to another type.
    pub(super) fn cast(&mut self, input: &str, to: Element, name: &str) -> String {
        self.node("Cast", &[input], name, &[("to", Attribute::Integer(to as i64))])
    }

    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        self.tensor(name, Element::F32, shape, values, f32::to_le_bytes)
    }

    pub(super) fn doubles(&mut self, name: &str, shape: &[usize], values: &[f64]) -> String {
        self.tensor(name, Element::F64, shape, values, f64::to_le_bytes)
    }

    /// A list of whole numbers.
    pub(super) fn integers(&mut self, name: &str, values: &[i64]) -> String {
        self.tensor(name, Element::I64, &[values.len()], values, i64::to_le_bytes)
    }

    /// A constant, row-major; the scalar has no shape.
    pub(super) fn tensor<T: Copy, const SIZE: usize>(
        &mut self,
        name: &str,
        element: Element,
        shape: &[usize],
        values: &[T],
        little_endian: fn(T) -> [u8; SIZE],
    ) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|&value| little_endian(value)).collect();
        let name = self.named(name);
        self.constants
            .push(message::tensor(&name, element, shape, &bytes));
        name
    }

    /// A name, which no other value may have.
    fn named(&mut self, name: &str) -> String {
        let name = format!("{}{name}", self.scope);
        let is_new = self.names.insert(name.clone());
        assert!(is_new, "two values are called {name}");
        name
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut graph = Message::default();
        for (number, parts) in [
            (1, self.nodes),
            (5, self.constants),
            (11, self.inputs),
            (12, self.outputs),
        ] {
            for part in parts {
                graph.field(number, &part);
            }
        }
        graph.field(2, b"policy");
        graph.bytes()
    }
}

/// A matrix [outputs, inputs] the other way round.
pub(super) fn transposed(weights: &[f32], inputs: usize) -> Vec<f32> {
    let outputs = weights.len() / inputs;
    (0..weights.len())
        .map(|k| weights[k % outputs * inputs + k / outputs])
        .collect()
}
