//! Between two minibatches: the blocks' gradients added up, the ranks' shares gathered, the optimiser's step.

use crate::error::Result;
use crate::policy::kernels::InstructionSet;
use crate::train::fused::adam::{AddUp, PIECE, Step, Take};
use crate::train::fused::block::Outcome;
use crate::train::fused::layer::Transpose;
use crate::train::fused::matrices::Matrices;
use crate::train::fused::parts::{MOST_PARTS, each};
use crate::train::fused::turn::{Turn, read, write};
use crate::train::minibatch::MinibatchStats;
use crate::train::ranks::Ranks;
use std::sync::{RwLock, RwLockWriteGuard};

/// Outputs of a layer that are transposed in one go, unless there are very many.
const OUTPUTS: usize = 32;

/// What an update moves: Adam's moments, and the last gradient.
#[derive(Debug)]
pub(super) struct Optimizer {
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
    pub(super) gradient: Vec<f32>,
    /// Sums of squares of its pieces.
    squares: Vec<f64>,
    /// What the ranks' shares of a minibatch came to, where there are several.
    partials: Vec<Partial>,
}

/// What the share of one rank of a minibatch comes to.
#[derive(Debug, Clone)]
struct Partial {
    gradient: Vec<f32>,
    figures: MinibatchStats,
}

impl Optimizer {
    /// That has not moved yet.
    pub(super) fn new(matrices: &Matrices) -> Self {
        let zeros = || vec![0.0; matrices.len()];
        Self {
            first: zeros(),
            second: zeros(),
            gradient: zeros(),
            squares: vec![0.0; matrices.len().div_ceil(PIECE)],
            partials: Vec::new(),
        }
    }

    /// Adds up what came of this rank's blocks, and of the other ranks' of a minibatch of so many blocks.
    pub(super) fn sum(
        &mut self,
        threads: Threads<'_>,
        own: &[&Outcome],
        ranks: Option<&mut Ranks>,
        blocks: usize,
    ) -> Result<MinibatchStats> {
        let mut figures = MinibatchStats::default();
        if !own.is_empty() {
            let block = |block: usize| own[block].gradient.as_slice();
            self.add_up(threads, block, own.len());
            figures = sum_figures(own.len(), &|block| own[block].figures);
        }
        if let Some(ranks) = ranks {
            figures = self.gather(threads, ranks, blocks, figures)?;
        }
        Ok(MinibatchStats {
            grad_norm: self.squares.iter().sum::<f64>().sqrt(),
            ..figures
        })
    }

    /// Gathers the ranks' shares of a minibatch of so many blocks, and adds them up: the upper part of one tree.
    fn gather(
        &mut self,
        threads: Threads<'_>,
        ranks: &mut Ranks,
        blocks: usize,
        figures: MinibatchStats,
    ) -> Result<MinibatchStats> {
        let count = ranks.with_share(blocks);
        let empty = || Partial {
            gradient: vec![0.0; self.gradient.len()],
            figures: MinibatchStats::default(),
        };
        if self.partials.is_empty() {
            self.partials = std::iter::repeat_with(empty).take(ranks.size()).collect();
        }
        let own = &self.gradient;
        let all = ranks.gather(|out| {
            out.extend(figures.to_bytes());
            out.extend(own.iter().flat_map(|value| value.to_le_bytes()));
        })?;
        for (partial, bytes) in self.partials.iter_mut().zip(all) {
            let (figures, gradient) = bytes.split_at(MinibatchStats::BYTES);
            partial.figures = MinibatchStats::from_bytes(figures);
            let (numbers, _) = gradient.as_chunks();
            let values = partial.gradient.iter_mut().zip(numbers);
            values.for_each(|(to, from)| *to = f32::from_le_bytes(*from));
        }
        let partials = std::mem::take(&mut self.partials);
        self.add_up(threads, |rank| partials[rank].gradient.as_slice(), count);
        let figures = sum_figures(count, &|rank| partials[rank].figures);
        self.partials = partials;
        Ok(figures)
    }

    /// Adds up `count` gradients, with the squares of each piece of the sum.
    fn add_up<'a>(
        &mut self,
        threads: Threads<'_>,
        block: impl Fn(usize) -> &'a [f32] + Copy + Sync,
        count: usize,
    ) {
        let pieces = self.squares.len().div_ceil(MOST_PARTS);
        let parts = self.gradient.chunks_mut(pieces * PIECE);
        let parts = parts.zip(self.squares.chunks_mut(pieces));
        each(threads.pool, parts.enumerate(), |(part, (out, squares))| {
            let first = (*part * pieces..).map(|piece| piece * PIECE);
            for ((out, square), first) in out.chunks_mut(PIECE).zip(squares.iter_mut()).zip(first) {
                *square = threads.instructions.vectorize(AddUp {
                    block,
                    blocks: count,
                    first,
                    out,
                });
            }
        });
    }

    /// Writes the parameters that follow `from` by a step of Adam along the last gradient to `to`.
    pub(super) fn step(&mut self, threads: Threads<'_>, step: Step, from: &[f32], to: &mut [f32]) {
        let len = self.squares.len().div_ceil(MOST_PARTS) * PIECE;
        let moments = self.first.chunks_mut(len).zip(self.second.chunks_mut(len));
        let parts = self.gradient.chunks(len).zip(moments);
        let parts = parts.zip(from.chunks(len).zip(to.chunks_mut(len)));
        each(
            threads.pool,
            parts,
            |((gradient, (first, second)), (values, out))| {
                threads.instructions.vectorize(Take {
                    step,
                    gradient,
                    first,
                    second,
                    values,
                    out,
                });
            },
        );
    }
}

/// What computes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Threads<'a> {
    pub(super) pool: Option<&'a rayon::ThreadPool>,
    pub(super) instructions: InstructionSet,
}

impl Threads<'_> {
    /// Brings a turn's transposed weights up to date with its parameters.
    pub(super) fn transpose(self, matrices: &Matrices, turn: &mut Turn) {
        let mut rest = turn.transposed.as_mut_slice();
        let values = &turn.values;
        // Those of all layers are shared out together, in about as many parts as there may be.
        let of_layer = (MOST_PARTS / matrices.layers().count()).max(1);
        let own = matrices.layers().filter_map(|layer| {
            let (own, after) = std::mem::take(&mut rest).split_at_mut(layer.transposed_len());
            rest = after;
            (!own.is_empty()).then_some((layer, own))
        });
        let parts = own.flat_map(|(layer, own)| {
            // Outputs of a part.
            let outputs = layer.outputs.div_ceil(of_layer).max(OUTPUTS);
            let rows = own.chunks_mut(outputs * layer.input_width());
            rows.enumerate()
                .map(move |(part, rows)| (layer, part * outputs, rows))
        });
        each(self.pool, parts, |(layer, first, rows)| {
            self.instructions.vectorize(Transpose {
                layer,
                values,
                first: *first,
                rows,
            });
        });
    }
}

/// The parameters on their way: where they are, and room for where they go.
pub(super) struct Way<'a> {
    pub(super) matrices: &'a Matrices,
    pub(super) threads: Threads<'a>,
    pub(super) turns: &'a [RwLock<Turn>],
    /// Where the parameters are.
    pub(super) turn: &'a mut usize,
    pub(super) optimizer: &'a mut Optimizer,
}

impl<'a> Way<'a> {
    /// Takes a step of Adam along the last gradient.
    pub(super) fn step(&mut self, step: Step) {
        let from = read(&self.turns[*self.turn]);
        let (turn, mut to) = self.free();
        self.optimizer
            .step(self.threads, step, &from.values, &mut to.values);
        self.threads.transpose(self.matrices, &mut to);
        *self.turn = turn;
    }

    /// Brings the parameters, as they are, to where nobody reads them.
    pub(super) fn leave(&mut self) {
        let from = read(&self.turns[*self.turn]);
        let (turn, mut to) = self.free();
        to.values.copy_from_slice(&from.values);
        to.transposed.copy_from_slice(&from.transposed);
        *self.turn = turn;
    }

    /// A turn that no thread reads.
    fn free(&self) -> (usize, RwLockWriteGuard<'a, Turn>) {
        let own = *self.turn;
        let mut others = (0..self.turns.len()).filter(|turn| *turn != own);
        let free = others.find_map(|turn| Some((turn, self.turns[turn].try_write().ok()?)));
        // Each thread reads one at most, so that one is free unless a thread has panicked.
        free.unwrap_or_else(|| {
            let turn = (own + 1) % self.turns.len();
            (turn, write(&self.turns[turn]))
        })
    }
}

/// The figures of `count` blocks, as the tree that adds up their gradients.
fn sum_figures(count: usize, figures: &dyn Fn(usize) -> MinibatchStats) -> MinibatchStats {
    if count == 1 {
        return figures(0);
    }
    let middle = count.next_power_of_two() / 2;
    let others = |block: usize| figures(middle + block);
    sum_figures(middle, figures).plus(sum_figures(count - middle, &others))
}
