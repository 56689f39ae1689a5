//! The places that the tensors of a policy's layout are given in memory.

use crate::policy::kernels::VECTOR_STEP;
use crate::policy::layout::Parameter;
use crate::train::fused::layer::Layer;

/// A tensor of the policy's layout: [outputs, inputs] weights, or as many values as `outputs` with no input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    inputs: usize,
    outputs: usize,
    /// Place of the first value.
    first: usize,
    /// From the values of one input to those of the next, and from output to output.
    step: usize,
    apart: usize,
}

impl Piece {
    /// Lines of `len` values side by side, `apart` from each other, from the very first place on.
    pub(super) fn lines(lines: usize, len: usize, apart: usize) -> Self {
        Self {
            inputs: len,
            outputs: lines,
            first: 0,
            step: 1,
            apart,
        }
    }

    /// The same from this place on.
    pub(super) fn at(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// Where each value lies, in the layout's order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let piece = *self;
        (0..piece.outputs).flat_map(move |output| {
            (0..piece.inputs).map(move |input| piece.first + input * piece.step + output * piece.apart)
        })
    }
}

/// What has been given a place so far.
#[derive(Default)]
pub(super) struct Places {
    pub(super) values: usize,
    pub(super) transposed: usize,
    pub(super) of: Vec<(String, Piece)>,
}

impl Places {
    /// A tensor of lines; gives its first place.
    pub(super) fn block(&mut self, name: &str, piece: Piece) -> usize {
        let first = self.values;
        self.of.push((name.into(), piece.at(first)));
        self.values += piece.outputs * piece.apart;
        first
    }

    /// Hidden layers; whether the first reads the state, which no gradient flows back to.
    pub(super) fn trunk(&mut self, weights: &[&Parameter], reads_state: bool) -> Vec<Layer> {
        let layer = |(i, weight): (usize, &&Parameter)| self.layer(&[*weight], reads_state && i == 0);
        weights.iter().enumerate().map(layer).collect()
    }

    /// One layer of the outputs of several, which read the same.
    pub(super) fn layer(&mut self, weights: &[&Parameter], reads_state: bool) -> Layer {
        let inputs = weights[0].shape[1];
        let outputs = weights.iter().map(|weight| weight.shape[0]).sum::<usize>();
        let layer = Layer {
            inputs,
            outputs,
            width: outputs.next_multiple_of(VECTOR_STEP),
            offset: self.values,
            transposed: (!reads_state).then_some(self.transposed),
        };
        let mut first = self.values;
        for weight in weights {
            let outputs = weight.shape[0];
            let of_weight = Piece {
                inputs,
                outputs,
                first,
                step: layer.width,
                apart: 1,
            };
            let of_bias = Piece {
                inputs: 1,
                first: first + inputs * layer.width,
                ..of_weight
            };
            let bias = weight.name.replace(".weight", ".bias");
            self.of.push((weight.name.clone(), of_weight));
            self.of.push((bias, of_bias));
            first += outputs;
        }
        self.values += layer.len();
        if layer.transposed.is_some() {
            self.transposed += layer.outputs * layer.input_width();
        }
        layer
    }
}
