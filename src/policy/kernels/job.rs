//! What a layer is, and one layer over some rows as pointers.

/// What a layer does to its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// The hyperbolic tangent, as [`InstructionSet::tanh`](super::InstructionSet::tanh) computes it.
    Tanh,
    /// max(0, x)
    Relu,
}

/// How exactly weights are kept. Sums and activations are of f32 always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// As they were trained.
    #[default]
    F32,
    /// Those of layers of more than 64 outputs rounded to bf16, 8 significant bits: half as much to read.
    Bf16,
}

impl Precision {
    /// Weights that a word of a vector holds.
    pub(super) fn in_word(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 => 2,
        }
    }
}

/// One layer over some rows, as pointers.
#[derive(Clone, Copy)]
pub(super) struct Job {
    /// Panels: [inputs, vectors * LANES] each, one after another; the last may have fewer vectors. With bf16 the weights
    /// of two vectors lie in the halves of one, and `width` is a multiple of two vectors.
    pub(super) weights: *const f32,
    pub(super) precision: Precision,
    /// [width]
    pub(super) bias: *const f32,
    pub(super) inputs: usize,
    /// Outputs rounded up to whole vectors.
    pub(super) width: usize,
    pub(super) activation: Activation,
    pub(super) rows: usize,
    /// [rows, inputs], a row every `stride` values.
    pub(super) input: *const f32,
    pub(super) stride: usize,
    /// [rows, width]
    pub(super) output: *mut f32,
}
