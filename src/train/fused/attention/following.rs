//! Bars of environments that go on step by step: those that were seen stay embedded, and the new ones alone are embedded.

use crate::policy::attend::Embed;
use crate::policy::features::RowLayout;
use crate::policy::kernels::{Apart, InstructionSet};
use crate::policy::lanes::{LANES, is_same};
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
    pub(super) new: Vec<usize>,
    /// Of one row: their numbers [C, new rounded up], and what these are embedded in, [d, new rounded up] and the other way
    /// round.
    numbers: Vec<f32>,
    embedded: Vec<f32>,
    turned: Vec<f32>,
}

impl Following {
    /// Of so many states; most columns that are embedded one by one.
    fn new(bars: &Bars, states: usize, most: usize) -> Self {
        let sizes = bars.sizes;
        Self {
            piece: sizes.bars + MOVES,
            is_known: vec![false; states],
            seen: vec![0.0; states * bars.seen.len()],
            weights: vec![0.0; sizes.embedding * sizes.channels],
            bias: vec![0.0; sizes.embedding],
            new: Vec::with_capacity(states * (sizes.bars + MOVES)),
            numbers: vec![0.0; sizes.channels * most],
            embedded: vec![0.0; sizes.embedding * most],
            turned: vec![0.0; most * bars.wide()],
        }
    }
}

impl Bars {
    /// Bars of so many states, each of which goes on from the state that was put last as the same number.
    pub(super) fn following(self, states: usize, layout: &RowLayout) -> Self {
        let mut bars = Self::new(self.sizes, self.rows, states, MOVES, layout);
        let most = (2 * states).next_multiple_of(LANES);
        bars.firsts
            .extend((0..states).map(|state| state * (bars.sizes.bars + MOVES)));
        bars.count = states * (bars.sizes.bars + MOVES);
        bars.apart = bars.widest();
        bars.following = Some(Box::new(Following::new(&bars, states, most)));
        bars
    }

    /// Takes in the history of a state that follows the one of this number.
    pub(super) fn put_next(
        &mut self,
        following: &mut Following,
        i: usize,
        layout: &RowLayout,
        state: &[f32],
    ) {
        let history = &state[layout.history()];
        let (bars, len) = (self.sizes.bars, history.len());
        let begin = i * following.piece;
        let left = begin + MOVES - self.firsts[i];
        let seen = &mut following.seen[i * len..][..len];
        let goes_on = |since: &usize| {
            let moved = since * (len / bars);
            is_same(&history[moved..], &seen[..len - moved])
        };
        let since = match following.is_known[i] {
            true => (0..=left.min(bars / 2)).find(goes_on),
            false => None,
        };
        let (new, first) = match since {
            Some(since) => (since, self.firsts[i] + since),
            None => (bars, begin),
        };
        self.firsts[i] = first;
        for back in (0..new).rev() {
            let column = first + bars - 1 - back;
            layout.write_bar(
                state,
                back,
                self.rows,
                &mut self.put[..self.rows * self.sizes.channels],
            );
            let lines = self.numbers.chunks_exact_mut(self.apart).enumerate();
            for (line, to) in lines.take(self.rows * self.sizes.channels) {
                let (row, channel) = (line / self.sizes.channels, line % self.sizes.channels);
                to[column] = self.put[channel * self.rows + row];
            }
            following.new.push(column);
        }
        seen.copy_from_slice(history);
        following.is_known[i] = true;
    }

    /// Embeds the new bars, or all where that is less work or the parameters are others.
    pub(super) fn embed_next(
        &mut self,
        following: &mut Following,
        instructions: InstructionSet,
        weights: &[f32],
        bias: &[f32],
    ) {
        let is_known = is_same(weights, &following.weights) && is_same(bias, &following.bias);
        let channels = self.sizes.channels;
        let most = following.numbers.len() / channels;
        if !is_known || following.new.len() > most {
            self.embed_all(instructions, weights, bias);
            following.weights.copy_from_slice(weights);
            following.bias.copy_from_slice(bias);
        } else if !following.new.is_empty() {
            let width = following.new.len().next_multiple_of(LANES);
            for row in 0..self.rows {
                self.embed_columns(following, instructions, row, width);
            }
        }
        following.new.clear();
    }

    /// Embeds one row's new bars.
    fn embed_columns(
        &mut self,
        following: &mut Following,
        instructions: InstructionSet,
        row: usize,
        width: usize,
    ) {
        let (sizes, wide, apart) = (self.sizes, self.wide(), self.apart);
        let Following {
            weights,
            bias,
            new,
            numbers,
            embedded,
            turned,
            ..
        } = following;
        let numbers = &mut numbers[..sizes.channels * width];
        for (channel, to) in numbers.chunks_exact_mut(width).enumerate() {
            let line = &self.numbers[(row * sizes.channels + channel) * apart..][..apart];
            to.iter_mut()
                .zip(&*new)
                .for_each(|(to, column)| *to = line[*column]);
        }
        let embedded = &mut embedded[..sizes.embedding * width];
        instructions.vectorize(Embed {
            weights,
            bias,
            bars: width,
            history: numbers,
            out: embedded,
        });
        instructions.tanh(embedded);
        let columns = Apart {
            values: turned.as_mut_slice(),
            apart: wide,
        };
        let lines = Apart {
            values: &*embedded,
            apart: width,
        };
        instructions.turn(lines, sizes.embedding, width, columns);
        let lines = self.embedded[row * sizes.embedding * apart..].chunks_exact_mut(apart);
        for (line, from) in lines.zip(embedded.chunks_exact(width)) {
            new.iter().zip(from).for_each(|(column, e)| line[*column] = *e);
        }
        let bars = &mut self.by_bar[row * apart * wide..][..apart * wide];
        for (column, from) in new.iter().zip(turned.chunks_exact(wide)) {
            bars[column * wide..][..wide].copy_from_slice(from);
        }
    }
}
