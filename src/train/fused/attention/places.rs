//! Where an attention's parameters lie.

use crate::policy::kernels::VECTOR_STEP;
use crate::policy::lanes::LANES;
use crate::policy::spec::Attention;
use crate::train::fused::places::{Piece, Places};

/// Where an attention's parameters lie: the embedding's weights [d, C] and bias [d]; then queries, keys and values, each
/// [d, d rounded up] with a line for each output, so that a head's lines are together; then the ages' biases [H, L].
#[derive(Debug, Clone, Copy)]
pub(in crate::train::fused) struct AttentionPlaces {
    pub(in crate::train::fused) sizes: Attention,
    embedding: usize,
    bias: usize,
    pub(super) query: usize,
    pub(super) key: usize,
    pub(super) value: usize,
    age: usize,
}

impl AttentionPlaces {
    /// Gives the tensors of the layout their places.
    pub(in crate::train::fused) fn new(sizes: Attention, places: &mut Places) -> Self {
        let Attention {
            bars,
            channels,
            embedding,
            heads,
        } = sizes;
        let mut block = |name: &str, lines, len, apart| places.block(name, Piece::lines(lines, len, apart));
        let wide = embedding.next_multiple_of(VECTOR_STEP);
        Self {
            sizes,
            embedding: block("embedding.weight", embedding, channels, channels),
            bias: block("embedding.bias", 1, embedding, embedding),
            query: block("query.weight", embedding, embedding, wide),
            key: block("key.weight", embedding, embedding, wide),
            value: block("value.weight", embedding, embedding, wide),
            age: block("age.bias", heads, bars, bars),
        }
    }

    /// Numbers of a head.
    pub(super) fn of_head(&self) -> usize {
        self.sizes.embedding / self.sizes.heads
    }

    /// Numbers of an embedding, rounded up to whole vectors.
    pub(super) fn wide(&self) -> usize {
        self.sizes.embedding.next_multiple_of(VECTOR_STEP)
    }

    /// Bars, rounded up to whole vectors.
    pub(super) fn padded(&self) -> usize {
        self.sizes.bars.next_multiple_of(LANES)
    }

    /// Where one head's lines of the matrix that begins at `first` are.
    pub(super) fn lines(&self, first: usize, head: usize) -> std::ops::Range<usize> {
        let len = self.of_head() * self.wide();
        first + head * len..first + (head + 1) * len
    }

    pub(super) fn embedding_weights(&self) -> std::ops::Range<usize> {
        self.embedding..self.embedding + self.sizes.embedding * self.sizes.channels
    }

    pub(super) fn embedding_bias(&self) -> std::ops::Range<usize> {
        self.bias..self.bias + self.sizes.embedding
    }

    /// The gradient in the embedding's weights and its bias.
    pub(super) fn split_embedding<'a>(&self, gradient: &'a mut [f32]) -> (&'a mut [f32], &'a mut [f32]) {
        // The bias comes right after the weights.
        let (weights, bias) = gradient[self.embedding..].split_at_mut(self.bias - self.embedding);
        (weights, &mut bias[..self.sizes.embedding])
    }

    pub(super) fn ages(&self) -> std::ops::Range<usize> {
        self.age..self.age + self.sizes.heads * self.sizes.bars
    }
}
