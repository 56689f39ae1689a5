//! The way back of an attention: from the slopes in the context to the gradient in its parameters.

use crate::policy::kernels::{Apart, InstructionSet, Left, Loops, Start};
use crate::policy::lanes::dot;
use crate::policy::spec::Attention;
use crate::train::fused::attention::bar_slopes::BarSlopes;
use crate::train::fused::attention::bars::Bars;
use crate::train::fused::attention::heads::Heads;
use crate::train::fused::attention::places::AttentionPlaces;
use crate::train::fused::attention::results::Results;

/// Room for the way back.
#[derive(Debug)]
pub(super) struct BackRoom {
    bars: BarSlopes,
    /// Slopes in the heads' means, and in what they look for: [states R, H W].
    of_mean: Vec<f32>,
    of_sought: Vec<f32>,
    /// Slopes in e of the last bars: [states R, W].
    of_last: Vec<f32>,
    /// One row's slopes in its shares: [H, L rounded up].
    of_shares: Vec<f32>,
    /// What one row's bars are multiplied by to be slopes in e: slopes in the scores and shares [2 H, L rounded up], and what
    /// they are multiplied with: what was looked for, and slopes in the means, [2 H, W].
    factors: Vec<f32>,
    numbers: Vec<f32>,
    /// Sums over rows of the slopes in the scores: [H, L rounded up].
    of_ages: Vec<f32>,
}

impl BackRoom {
    pub(super) fn new(bars: &Bars, results: &Results) -> Self {
        let zeros = |len: usize| vec![0.0; len];
        let rows = results.last.len() / results.wide;
        let (all, scores) = (results.heads * results.wide, results.heads * results.padded);
        Self {
            bars: BarSlopes::new(bars),
            of_mean: zeros(rows * all),
            of_sought: zeros(rows * all),
            of_last: zeros(rows * results.wide),
            of_shares: zeros(scores),
            factors: zeros(2 * scores),
            numbers: zeros(2 * all),
            of_ages: zeros(scores),
        }
    }
}

/// Slopes in what the next layer reads of so many rows: [rows, inputs rounded up], those in the context from `first` on.
pub(super) struct Slopes<'a> {
    pub(super) of_input: &'a [f32],
    pub(super) first: usize,
    pub(super) rows: usize,
}

impl BackRoom {
    /// Writes the gradient in the attention's parameters.
    pub(super) fn go_back(
        &mut self,
        instructions: InstructionSet,
        (places, parameters): (&AttentionPlaces, &[f32]),
        (bars, heads, results): (&Bars, &mut Heads, &Results),
        slopes: Slopes<'_>,
        gradient: &mut [f32],
    ) {
        let Slopes {
            of_input,
            first,
            rows,
        } = slopes;
        let (embedding, wide, all) = (places.sizes.embedding, places.wide(), heads.all_wide());
        let stride = of_input.len() / rows;
        let own = first..first + embedding;
        let means = &results.mean[..rows * all];
        let left = Left::part_of_columns(of_input, stride, own.clone());
        instructions.multiply(left, means, None, &mut heads.of_context_back);
        let left = Left::part_of_rows(of_input, stride, own);
        let of_mean = &mut self.of_mean[..rows * all];
        instructions.multiply(left, &heads.context_back, None, of_mean);
        self.bars.clear(bars);
        self.of_ages.fill(0.0);
        for row in 0..rows {
            self.through_shares(instructions, bars, results, row);
        }
        let of_sought = &self.of_sought[..rows * all];
        let left = Left::columns(&results.last[..rows * wide], wide, embedding);
        instructions.multiply(left, of_sought, None, &mut heads.of_sought);
        let of_last = &mut self.of_last[..rows * wide];
        instructions.multiply(Left::rows(of_sought, all, all), &heads.sought_back, None, of_last);
        let of_last = of_last.chunks_exact(wide);
        for (row, of_last) in of_last.enumerate() {
            let (state, row) = bars.place(row);
            self.bars.add_to_last(bars, state, row, &of_last[..embedding]);
        }
        heads.write_gradient(instructions, parameters, gradient);
        let padded = places.padded();
        let ages = gradient[places.ages()].chunks_exact_mut(places.sizes.bars);
        for (to, from) in ages.zip(self.of_ages.chunks_exact(padded)) {
            to.copy_from_slice(&from[..to.len()]);
        }
        let (of_weights, of_bias) = places.split_embedding(gradient);
        self.bars.go_back(bars, instructions, of_weights, of_bias);
    }

    /// One row's way from the slopes in its means to those in what was looked for, in the ages and in e of its bars.
    fn through_shares(&mut self, instructions: InstructionSet, bars: &Bars, results: &Results, row: usize) {
        let (wide, padded) = (results.wide, results.padded);
        let (all, scores) = (results.heads * wide, results.heads * padded);
        let own = row * all..(row + 1) * all;
        let (state, of_state) = bars.place(row);
        let Attention {
            bars: terms,
            embedding,
            ..
        } = bars.sizes();
        let of_mean = &self.of_mean[own.clone()];
        let out = Apart {
            values: self.of_shares.as_mut_slice(),
            apart: padded,
        };
        let left = Left::new(of_mean, (results.heads, wide), (embedding, 1));
        instructions.multiply_apart(left, bars.lines(state, of_state), Start::Zero, out, padded);
        let (of_scores, shares) = self.factors.split_at_mut(scores);
        shares.copy_from_slice(&results.shares[row * scores..][..scores]);
        self.numbers[..all].copy_from_slice(&results.sought[own.clone()]);
        self.numbers[all..].copy_from_slice(of_mean);
        instructions.vectorize(ThroughShares {
            padded,
            shares,
            of_shares: &self.of_shares,
            of_scores,
            of_ages: &mut self.of_ages,
        });
        let out = Apart {
            values: &mut self.of_sought[own],
            apart: wide,
        };
        let left = Left::new(of_scores, (results.heads, padded), (terms, 1));
        instructions.multiply_few(left, bars.bars(state, of_state), out, wide);
        let right = Apart {
            values: self.factors.as_slice(),
            apart: padded,
        };
        let left = Left::new(&self.numbers, (embedding, 1), (2 * results.heads, wide));
        let out = self.bars.lines(bars, state, of_state);
        instructions.multiply_apart(left, right, Start::There, out, padded);
    }
}

/// From slopes in one row's shares to those in its scores, head by head.
struct ThroughShares<'a> {
    padded: usize,
    /// [H, L rounded up]
    shares: &'a [f32],
    of_shares: &'a [f32],
    of_scores: &'a mut [f32],
    /// Sums over rows.
    of_ages: &'a mut [f32],
}

impl Loops for ThroughShares<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let shares = self.shares.chunks_exact(self.padded);
        let shares = shares.zip(self.of_shares.chunks_exact(self.padded));
        let scores = self.of_scores.chunks_exact_mut(self.padded);
        let scores = scores.zip(self.of_ages.chunks_exact_mut(self.padded));
        for ((shares, of_shares), (of_scores, of_ages)) in shares.zip(scores) {
            // What the slopes are on average by the shares, from those that it is taken off: what rounding has made of them
            // goes with it.
            let average = dot(shares, of_shares);
            let slopes = shares.iter().zip(of_shares);
            for ((share, of_share), (slope, of_age)) in slopes.zip(of_scores.iter_mut().zip(of_ages)) {
                *slope = share * (of_share - average);
                *of_age += *slope;
            }
        }
    }
}
