//! What an attention finds for each row.

use crate::policy::kernels::{Apart, InstructionSet, Left, Start};
use crate::policy::spec::Attention;
use crate::train::fused::attention::bars::Bars;
use crate::train::fused::attention::heads::Heads;
use crate::train::fused::attention::places::AttentionPlaces;

/// What was found for each row. W stands for d rounded up.
#[derive(Debug)]
pub(super) struct Results {
    /// H, W, and L rounded up.
    pub(super) heads: usize,
    pub(super) wide: usize,
    pub(super) padded: usize,
    /// e of the last bar: [rows, W].
    pub(super) last: Vec<f32>,
    /// What each head looks for: [rows, H W].
    pub(super) sought: Vec<f32>,
    /// [rows, H, L rounded up], zeros beyond the last bar.
    pub(super) shares: Vec<f32>,
    /// Σ share e of each head: [rows, H W].
    pub(super) mean: Vec<f32>,
    /// [rows, W]
    pub(super) context: Vec<f32>,
}

impl Results {
    /// Room for so many rows.
    pub(super) fn new(places: &AttentionPlaces, rows: usize) -> Self {
        let (heads, wide, padded) = (places.sizes.heads, places.wide(), places.padded());
        let zeros = |len: usize| vec![0.0; rows * len];
        Self {
            heads,
            wide,
            padded,
            last: zeros(wide),
            sought: zeros(heads * wide),
            shares: zeros(heads * padded),
            mean: zeros(heads * wide),
            context: zeros(wide),
        }
    }

    /// Each head's shares of every row's bars.
    pub(super) fn share(&mut self, instructions: InstructionSet, bars: &Bars, heads: &Heads, rows: usize) {
        let Attention {
            bars: terms,
            embedding,
            ..
        } = bars.sizes();
        let (wide, padded) = (self.wide, self.padded);
        let (all, scores) = (self.heads * wide, self.heads * padded);
        let shares = &mut self.shares[..rows * scores];
        let sought = self.sought.chunks_exact(all);
        for (row, (sought, scores)) in sought.zip(shares.chunks_exact_mut(scores)).enumerate() {
            let (state, row) = bars.place(row);
            let out = Apart {
                values: scores,
                apart: padded,
            };
            let left = Left::new(sought, (self.heads, wide), (embedding, 1));
            let start = Start::Own(&heads.ages);
            instructions.multiply_apart(left, bars.lines(state, row), start, out, padded);
        }
        instructions.softmax(shares, padded);
        if padded > terms {
            for shares in shares.chunks_exact_mut(padded) {
                shares[terms..].fill(0.0);
            }
        }
    }

    /// Means of every row's bars by the shares.
    pub(super) fn add_up(&mut self, instructions: InstructionSet, bars: &Bars, rows: usize) {
        let (all, scores) = (self.heads * self.wide, self.heads * self.padded);
        let means = self.mean[..rows * all].chunks_exact_mut(all);
        for (row, (mean, shares)) in means.zip(self.shares.chunks_exact(scores)).enumerate() {
            let (state, row) = bars.place(row);
            let out = Apart {
                values: mean,
                apart: self.wide,
            };
            let left = Left::new(shares, (self.heads, self.padded), (bars.sizes().bars, 1));
            instructions.multiply_few(left, bars.bars(state, row), out, self.wide);
        }
    }
}
