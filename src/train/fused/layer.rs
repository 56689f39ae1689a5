//! A dense layer: where it lies among the flat parameters.
//!
//! It is [inputs, width] weights, those of one input side by side, and then its bias [width]; `width` is its outputs rounded up
//! to whole vectors, with zeros beyond the last, which stay zeros: nothing flows back from them.

use crate::policy::kernels::{Loops, VECTOR_STEP};

/// One dense layer in the flat parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Outputs rounded up to whole vectors.
    pub(super) width: usize,
    /// Where it begins.
    pub(super) offset: usize,
    /// Where its weights begin, the other way round, among those that gradients flow back through; none for a layer that
    /// reads the state.
    pub(super) transposed: Option<usize>,
}

impl Layer {
    /// [inputs, width]
    pub(super) fn weights<'a>(&self, values: &'a [f32]) -> &'a [f32] {
        &values[self.offset..][..self.inputs * self.width]
    }

    /// [width]
    pub(super) fn bias<'a>(&self, values: &'a [f32]) -> &'a [f32] {
        &values[self.offset + self.inputs * self.width..][..self.width]
    }

    /// Weights [inputs, width] and bias [width], or their gradients.
    pub(super) fn split<'a>(&self, values: &'a mut [f32]) -> (&'a mut [f32], &'a mut [f32]) {
        values[self.offset..][..self.len()].split_at_mut(self.inputs * self.width)
    }

    /// Inputs rounded up to whole vectors.
    pub(super) fn input_width(&self) -> usize {
        self.inputs.next_multiple_of(VECTOR_STEP)
    }

    /// Its weights the other way round: [outputs, input_width].
    pub(super) fn transposed<'a>(&self, all: &'a [f32]) -> &'a [f32] {
        let first = self.transposed.expect("a layer that gradients flow back through");
        &all[first..][..self.outputs * self.input_width()]
    }

    /// Numbers that they take; none for a layer that reads the state.
    pub(super) fn transposed_len(&self) -> usize {
        self.transposed.map_or(0, |_| self.outputs * self.input_width())
    }

    pub(super) fn len(&self) -> usize {
        (self.inputs + 1) * self.width
    }
}

/// Brings some of a layer's transposed weights up to date.
pub(super) struct Transpose<'a> {
    pub(super) layer: &'a Layer,
    /// All parameters.
    pub(super) values: &'a [f32],
    /// The first output of `rows`.
    pub(super) first: usize,
    /// [any, input_width]
    pub(super) rows: &'a mut [f32],
}

impl Loops for Transpose<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        /// Inputs at a time: their weights are read from as many lines of the cache.
        const BLOCK: usize = 16;
        let Self {
            layer,
            values,
            first,
            rows,
        } = self;
        let (width, input_width) = (layer.width, layer.input_width());
        let weights = layer.weights(values);
        for inputs in (0..layer.inputs).step_by(BLOCK) {
            let end = (inputs + BLOCK).min(layer.inputs);
            for (output, row) in (first..).zip(rows.chunks_exact_mut(input_width)) {
                let from = weights[inputs * width + output..].iter().step_by(width);
                row[inputs..end]
                    .iter_mut()
                    .zip(from)
                    .for_each(|(to, from)| *to = *from);
            }
        }
    }
}
