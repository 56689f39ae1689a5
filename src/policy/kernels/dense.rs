//! One dense layer, packed.

use super::block::Job;
use super::{Aligned, InstructionSet};

/// What a layer does to its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// The hyperbolic tangent, as [`InstructionSet::tanh`] computes it.
    Tanh,
    /// max(0, x)
    Relu,
}

/// A dense layer with its bias and activation, packed for one instruction set.
#[derive(Debug, Clone)]
pub struct Dense {
    instructions: InstructionSet,
    inputs: usize,
    outputs: usize,
    /// Outputs rounded up to whole vectors.
    width: usize,
    activation: Activation,
    /// Panel by panel, see [`Job`]; zero beyond the last output.
    weights: Aligned,
    /// [width], zero beyond the last output.
    bias: Aligned,
}

impl Dense {
    /// Packs `weight` ([outputs, inputs], row-major) and `bias` ([outputs]).
    ///
    /// Panics where there is no output, or `weight` is not a whole number of inputs for each.
    pub fn new(instructions: InstructionSet, weight: &[f32], bias: &[f32], activation: Activation) -> Self {
        let outputs = bias.len();
        let inputs = weight.len() / outputs;
        assert_eq!(weight.len(), outputs * inputs, "values of the weight");
        let (lanes, vectors) = instructions.packing();
        let width = outputs.next_multiple_of(lanes);
        let mut packed = Aligned::zeros(width * inputs);
        let mut slots = packed.as_mut_slice().iter_mut();
        for first in (0..width).step_by(lanes * vectors) {
            let panel = first..width.min(first + lanes * vectors);
            for i in 0..inputs {
                // In this order: a zip asks its first iterator once more than it yields.
                for (output, slot) in panel.clone().zip(&mut slots) {
                    *slot = if output < outputs {
                        weight[output * inputs + i]
                    } else {
                        0.0
                    };
                }
            }
        }
        let mut padded = Aligned::zeros(width);
        padded.as_mut_slice()[..outputs].copy_from_slice(bias);
        Self {
            instructions,
            inputs,
            outputs,
            width,
            activation,
            weights: packed,
            bias: padded,
        }
    }

    /// Values it reads of a row.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Values it computes.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Values it writes for a row: its outputs, then zeros up to a whole number of vectors.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Runs the layer on rows of `stride` values, of which it reads the first [`inputs`](Self::inputs), and writes
    /// `output` ([rows, [`width`](Self::width)]). A row's bits depend on that row alone.
    ///
    /// Panics where `stride` is below the inputs, `input` is not whole rows, or `output` is too short for them.
    pub fn run(&self, input: &[f32], stride: usize, output: &mut [f32]) {
        assert!(stride >= self.inputs, "stride of the input");
        let rows = input.len() / stride;
        assert_eq!(input.len(), rows * stride, "values of the input");
        assert!(output.len() / self.width >= rows, "values of the output");
        let job = Job {
            weights: self.weights.as_slice().as_ptr(),
            bias: self.bias.as_slice().as_ptr(),
            inputs: self.inputs,
            width: self.width,
            activation: self.activation,
            rows,
            input: input.as_ptr(),
            stride,
            output: output.as_mut_ptr(),
        };
        // SAFETY: `new` packed `width` outputs of `inputs` weights for this set; the asserts above hold the rows of
        // `input` and `output`, which the borrows keep apart.
        unsafe { self.instructions.run(job) }
    }
}
