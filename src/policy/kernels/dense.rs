//! One dense layer, packed.

use super::aligned::Aligned;
use super::instruction_set::InstructionSet;
use super::job::{Activation, Job, Precision};
use super::vector::UPPER_HALF;

/// Most outputs of a layer whose weights are never rounded; as wide as the widest panel.
const NARROW: usize = 64;

/// A dense layer with its bias and activation, packed for one instruction set.
#[derive(Debug, Clone)]
pub struct Dense {
    instructions: InstructionSet,
    inputs: usize,
    outputs: usize,
    /// Outputs rounded up to whole vectors.
    width: usize,
    activation: Activation,
    precision: Precision,
    /// Panel by panel, see [`Job`]; zero beyond the last output.
    weights: Aligned,
    /// [width], zero beyond the last output.
    bias: Aligned,
}

impl Dense {
    /// Packs `weight` ([outputs, inputs], row-major, finite) and `bias` ([outputs]).
    ///
    /// Panics where there is no output, or `weight` is not a whole number of inputs for each.
    pub fn new(
        instructions: InstructionSet,
        precision: Precision,
        weight: &[f32],
        bias: &[f32],
        activation: Activation,
    ) -> Self {
        let outputs = bias.len();
        let inputs = weight.len() / outputs;
        let (lanes, _) = instructions.packing();
        let precision = match outputs {
            0..=NARROW => Precision::F32,
            _ => precision,
        };
        let width = outputs.next_multiple_of(lanes * precision.in_word());
        let mut dense = Self {
            instructions,
            inputs,
            outputs,
            width,
            activation,
            precision,
            weights: Aligned::zeros(width * inputs / precision.in_word()),
            bias: Aligned::zeros(width),
        };
        dense.refill(weight, bias);
        dense
    }

    /// Other weights and biases of the same shape, in place: nothing is allocated.
    ///
    /// Panics where the shape is another.
    pub fn refill(&mut self, weight: &[f32], bias: &[f32]) {
        let (inputs, outputs, width) = (self.inputs, self.outputs, self.width);
        assert_eq!(weight.len(), outputs * inputs, "values of the weight");
        let (lanes, vectors) = self.instructions.packing();
        let precision = self.precision;
        let value = |output: usize, input: usize| match output < outputs {
            true => weight[output * inputs + input],
            false => 0.0,
        };
        let mut words = self.weights.as_mut_slice().iter_mut();
        for first in (0..width).step_by(lanes * vectors) {
            let panel = first..width.min(first + lanes * vectors);
            for i in 0..inputs {
                for vector in panel.clone().step_by(lanes * precision.in_word()) {
                    // In this order: a zip asks its first iterator once more than it yields.
                    for (output, word) in (vector..vector + lanes).zip(&mut words) {
                        *word = match precision {
                            Precision::F32 => value(output, i),
                            Precision::Bf16 => pair(value(output, i), value(output + lanes, i)),
                        };
                    }
                }
            }
        }
        self.bias.as_mut_slice()[..outputs].copy_from_slice(bias);
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
            precision: self.precision,
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
        unsafe { self.instructions.run(&job) }
    }
}

/// Both rounded to bf16, in the halves of one word.
fn pair(lower: f32, upper: f32) -> f32 {
    f32::from_bits(upper_half(lower) >> 16 | upper_half(upper))
}

/// The bits of the nearest bf16, ties to even; a finite number stays finite.
fn upper_half(value: f32) -> u32 {
    let bits = value.to_bits();
    let rounded = (bits + 0x7fff + (bits >> 16 & 1)) & UPPER_HALF;
    match f32::from_bits(rounded).is_finite() {
        true => rounded,
        false => bits & UPPER_HALF,
    }
}
