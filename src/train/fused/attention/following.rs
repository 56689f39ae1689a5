//! Bars of environments that go on step by step: those that were seen stay embedded, and the new ones alone are embedded.

use crate::policy::attend::Embed;
use crate::policy::features::RowLayout;
use crate::policy::kernels::{Apart, InstructionSet};
use crate::policy::lanes::{LANES, is_same};
use crate::policy::spec::Attention;
use crate::train::fused::attention::bars::Bars;

/// Bars that an environment goes on before its history is put anew.
const MOVES: usize = 32;

/// What is known of the states that were put last, each in a piece of its own of the bars' columns.
#[derive(Debug)]
pub(super) struct Following {
    /// Columns of a state: [L + MOVES].
    piece: usize,
    /// Whether each state's piece holds its history.
    is_known: Vec<bool>,
    /// The states' histories, the last bar first: [states, L, numbers of a bar].
    seen: Vec<f32>,
    /// What the bars were embedded with.
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// Columns that are not embedded yet.
    new: Vec<usize>,
    /// Of one row: their numbers [C, new rounded up], and what these are embedded in, [d, new rounded up] and the other way
    /// round.
    numbers: Vec<f32>,
    embedded: Vec<f32>,
    turned: Vec<f32>,
}

impl Following {
    /// Of so many states of rows with these sizes, and their bars.
    pub(super) fn new(sizes: Attention, rows: usize, states: usize, layout: &RowLayout) -> (Self, Bars) {
        let piece = sizes.bars + MOVES;
        // Columns that are embedded one by one, at most.
        let most = (2 * states).next_multiple_of(LANES);
        let bars = Bars::in_pieces(sizes, rows, states, piece, layout);
        let following = Self {
            piece,
            is_known: vec![false; states],
            seen: vec![0.0; states * layout.history().len()],
            weights: vec![0.0; sizes.embedding * sizes.channels],
            bias: vec![0.0; sizes.embedding],
            new: Vec::with_capacity(states * piece),
            numbers: vec![0.0; sizes.channels * most],
            embedded: vec![0.0; sizes.embedding * most],
            turned: vec![0.0; most * bars.wide()],
        };
        (following, bars)
    }

    /// Takes in the history of a state that follows the one of this number.
    pub(super) fn put(&mut self, all: &mut Bars, i: usize, layout: &RowLayout, state: &[f32]) {
        let history = &state[layout.history()];
        let (bars, len) = (all.sizes().bars, history.len());
        let (begin, before) = (i * self.piece, all.first(i));
        let left = begin + MOVES - before;
        let seen = &mut self.seen[i * len..][..len];
        let goes_on = |since: &usize| {
            let moved = since * (len / bars);
            is_same(&history[moved..], &seen[..len - moved])
        };
        let since = match self.is_known[i] {
            true => (0..=left.min(bars / 2)).find(goes_on),
            false => None,
        };
        let (new, first) = match since {
            Some(since) => (since, before + since),
            None => (bars, begin),
        };
        all.set_first(i, first);
        for back in (0..new).rev() {
            let column = first + bars - 1 - back;
            all.put_at(column, layout, state, back);
            self.new.push(column);
        }
        seen.copy_from_slice(history);
        self.is_known[i] = true;
    }

    /// Embeds the new bars, or all where that is less work or the parameters are others.
    pub(super) fn embed(
        &mut self,
        all: &mut Bars,
        instructions: InstructionSet,
        weights: &[f32],
        bias: &[f32],
    ) {
        let is_known = is_same(weights, &self.weights) && is_same(bias, &self.bias);
        let most = self.numbers.len() / all.sizes().channels;
        if !is_known || self.new.len() > most {
            all.embed_all(instructions, weights, bias);
            self.weights.copy_from_slice(weights);
            self.bias.copy_from_slice(bias);
        } else if !self.new.is_empty() {
            for row in 0..all.rows() {
                self.embed_columns(all, instructions, row);
            }
        }
        self.new.clear();
    }

    /// Embeds one row's new bars.
    fn embed_columns(&mut self, all: &mut Bars, instructions: InstructionSet, row: usize) {
        let (sizes, wide) = (all.sizes(), all.wide());
        let width = self.new.len().next_multiple_of(LANES);
        let numbers = &mut self.numbers[..sizes.channels * width];
        for (channel, to) in numbers.chunks_exact_mut(width).enumerate() {
            let line = all.number_line(row, channel);
            let pairs = to.iter_mut().zip(&self.new);
            pairs.for_each(|(to, column)| *to = line[*column]);
        }
        let embedded = &mut self.embedded[..sizes.embedding * width];
        instructions.vectorize(Embed {
            weights: &self.weights,
            bias: &self.bias,
            bars: width,
            history: numbers,
            out: embedded,
        });
        instructions.tanh(embedded);
        let columns = Apart {
            values: self.turned.as_mut_slice(),
            apart: wide,
        };
        let lines = Apart {
            values: &*embedded,
            apart: width,
        };
        instructions.turn(lines, sizes.embedding, width, columns);
        all.take_columns(row, &self.new, embedded, &self.turned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::fused::attention::numbered::{spec, state};

    #[test]
    fn a_state_that_goes_on_brings_its_new_bars_alone() {
        let spec = spec();
        let layout = RowLayout::new(&spec);
        let sizes = spec.attention().unwrap();
        let (mut following, mut bars) = Following::new(sizes, spec.score_len(), 2, &layout);
        let (weights, bias) = ([0.1; 8], [0.2; 4]);
        for (last, expected) in [(20, 20), (21, 2), (21, 0), (24, 6), (23, 20)] {
            for i in 0..2 {
                following.put(&mut bars, i, &layout, &state(&spec, last + 50 * i));
            }
            assert_eq!(following.new.len(), expected, "bar {last}");
            following.embed(&mut bars, InstructionSet::best(), &weights, &bias);
            assert!(following.new.is_empty());
        }
    }
}
