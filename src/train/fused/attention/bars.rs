//! The bars that a block's states look back on, each embedded once: states of one environment that follow each other share all
//! bars but a few.

use crate::policy::attend::Embed;
use crate::policy::features::RowLayout;
use crate::policy::kernels::{Apart, InstructionSet, VECTOR_STEP};
use crate::policy::lanes::{LANES, is_same};
use crate::policy::spec::Attention;

/// Lines this many values apart, or a multiple, would share few places of the cache.
const BAD_APART: usize = 256;

/// The bars of some states, put one after the other. R stands for the rows of a state, T for the bars that there are, rounded
/// up.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) sizes: Attention,
    pub(super) rows: usize,
    /// Numbers of the bars, in the order in which they were put: [bars, C, R].
    put: Vec<f32>,
    count: usize,
    /// The first bar of each state's history.
    pub(super) firsts: Vec<usize>,
    /// The history of the state that was put last, its last bar first: [L, numbers of a bar].
    seen: Vec<f32>,
    /// T
    pub(super) apart: usize,
    /// [R, C, T]
    pub(super) numbers: Vec<f32>,
    /// e: [R, d, T].
    pub(super) embedded: Vec<f32>,
    /// The same bar by bar: [R, T, d rounded up], zeros beyond d.
    by_bar: Vec<f32>,
}

impl Bars {
    /// Room for the histories of so many states of `rows` rows.
    pub(super) fn new(sizes: Attention, rows: usize, states: usize, layout: &RowLayout) -> Self {
        Self::with_columns(sizes, rows, states, states * sizes.bars, layout)
    }

    /// Of so many states that have a piece of the columns each, of so many bars.
    pub(super) fn in_pieces(
        sizes: Attention,
        rows: usize,
        states: usize,
        piece: usize,
        layout: &RowLayout,
    ) -> Self {
        let mut bars = Self::with_columns(sizes, rows, states, states * piece, layout);
        bars.count = states * piece;
        bars.firsts.extend((0..states).map(|state| state * piece));
        bars.apart = widest(sizes, bars.count);
        bars
    }

    fn with_columns(sizes: Attention, rows: usize, states: usize, most: usize, layout: &RowLayout) -> Self {
        let widest = widest(sizes, most);
        let wide = sizes.embedding.next_multiple_of(VECTOR_STEP);
        let zeros = |len: usize| vec![0.0; rows * len];
        Self {
            sizes,
            rows,
            put: zeros(most * sizes.channels),
            count: 0,
            firsts: Vec::with_capacity(states),
            seen: vec![0.0; layout.history().len()],
            apart: 0,
            numbers: zeros(sizes.channels * widest),
            embedded: zeros(sizes.embedding * widest),
            by_bar: zeros(widest * wide),
        }
    }

    /// Numbers of an embedding, rounded up to whole vectors.
    pub(super) fn wide(&self) -> usize {
        self.sizes.embedding.next_multiple_of(VECTOR_STEP)
    }

    /// Rows of a state.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The first bar of a state's history.
    pub(super) fn first(&self, state: usize) -> usize {
        self.firsts[state]
    }

    /// A state's history begins elsewhere.
    pub(super) fn set_first(&mut self, state: usize, first: usize) {
        self.firsts[state] = first;
    }

    /// What the bars are embedded in.
    pub(super) fn sizes(&self) -> Attention {
        self.sizes
    }

    /// The state that a row belongs to, and which of its rows it is.
    pub(super) fn place(&self, row: usize) -> (usize, usize) {
        (row / self.rows, row % self.rows)
    }

    /// Takes in the history of a normalised state, the `i`th; those before it have been put, and no other since.
    pub(super) fn put(&mut self, i: usize, layout: &RowLayout, state: &[f32]) {
        let (bars, history) = (self.sizes.bars, &state[layout.history()]);
        if i == 0 {
            self.count = 0;
            self.firsts.clear();
        }
        let of_bar = history.len() / bars;
        let goes_on = |since: &usize| {
            let moved = since * of_bar;
            is_same(&history[moved..], &self.seen[..history.len() - moved])
        };
        let new = match i {
            0 => bars,
            _ => (0..bars).find(goes_on).unwrap_or(bars),
        };
        let len = self.sizes.channels * self.rows;
        for back in (0..new).rev() {
            let bar = &mut self.put[self.count * len..][..len];
            layout.write_bar(state, back, self.rows, bar);
            self.count += 1;
        }
        self.firsts.push(self.count - bars);
        self.seen.copy_from_slice(history);
    }

    /// Takes in the numbers of the bar of a state so many before its last, at a column.
    pub(super) fn put_at(&mut self, column: usize, layout: &RowLayout, state: &[f32], back: usize) {
        let (channels, rows) = (self.sizes.channels, self.rows);
        let bar = &mut self.put[..channels * rows];
        layout.write_bar(state, back, rows, bar);
        let lines = self.numbers.chunks_exact_mut(self.apart).enumerate();
        for (line, to) in lines.take(rows * channels) {
            let (row, channel) = (line / channels, line % channels);
            to[column] = bar[channel * rows + row];
        }
    }

    /// One number of a row's bars, column by column.
    pub(super) fn number_line(&self, row: usize, channel: usize) -> &[f32] {
        &self.numbers[(row * self.sizes.channels + channel) * self.apart..][..self.apart]
    }

    /// Takes what some columns of a row are embedded in: [d, columns rounded up], and bar by bar, [columns, d rounded up].
    pub(super) fn take_columns(&mut self, row: usize, columns: &[usize], embedded: &[f32], by_bar: &[f32]) {
        let (apart, wide, numbers) = (self.apart, self.wide(), self.sizes.embedding);
        let lines = self.embedded[row * numbers * apart..].chunks_exact_mut(apart);
        for (line, from) in lines.zip(embedded.chunks_exact(embedded.len() / numbers)) {
            let pairs = columns.iter().zip(from);
            pairs.for_each(|(column, e)| line[*column] = *e);
        }
        let bars = &mut self.by_bar[row * apart * wide..][..apart * wide];
        for (column, from) in columns.iter().zip(by_bar.chunks_exact(wide)) {
            bars[column * wide..][..wide].copy_from_slice(from);
        }
    }

    /// Embeds every bar with these weights [d, C] and this bias [d].
    pub(super) fn embed(&mut self, instructions: InstructionSet, weights: &[f32], bias: &[f32]) {
        let channels = self.sizes.channels;
        self.apart = widest(self.sizes, self.count);
        let lines = self.numbers[..self.rows * channels * self.apart].chunks_exact_mut(self.apart);
        for (line, to) in lines.enumerate() {
            let (row, channel) = (line / channels, line % channels);
            let (to, beyond) = to.split_at_mut(self.count);
            let from = self.put[channel * self.rows + row..].iter();
            let from = from.step_by(channels * self.rows);
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            beyond.fill(0.0);
        }
        self.embed_all(instructions, weights, bias);
    }

    /// Embeds all that has numbers.
    pub(super) fn embed_all(&mut self, instructions: InstructionSet, weights: &[f32], bias: &[f32]) {
        let Attention {
            channels, embedding, ..
        } = self.sizes;
        let (apart, wide) = (self.apart, self.wide());
        let embedded = &mut self.embedded[..self.rows * embedding * apart];
        let numbers = self.numbers.chunks_exact(channels * apart);
        for (numbers, embedded) in numbers.zip(embedded.chunks_exact_mut(embedding * apart)) {
            instructions.vectorize(Embed {
                weights,
                bias,
                bars: apart,
                history: numbers,
                out: embedded,
            });
        }
        instructions.tanh(embedded);
        let rows = embedded.chunks_exact(embedding * apart);
        for (lines, bars) in rows.zip(self.by_bar.chunks_exact_mut(apart * wide)) {
            let (lines, bars) = (
                Apart { values: lines, apart },
                Apart {
                    values: bars,
                    apart: wide,
                },
            );
            instructions.turn(lines, embedding, apart, bars);
        }
    }

    /// e of a state's row from its first bar on, a line for each number, of [L rounded up] bars: what is beyond its own bars is
    /// finite where the parameters are.
    pub(super) fn lines(&self, state: usize, row: usize) -> Apart<&[f32]> {
        let first = row * self.sizes.embedding * self.apart + self.firsts[state];
        Apart {
            values: &self.embedded[first..],
            apart: self.apart,
        }
    }

    /// The same, a line of [d rounded up] for each of its own bars.
    pub(super) fn bars(&self, state: usize, row: usize) -> Apart<&[f32]> {
        let wide = self.wide();
        Apart {
            values: &self.by_bar[(row * self.apart + self.firsts[state]) * wide..],
            apart: wide,
        }
    }

    /// e of a state's last bar: [d rounded up].
    pub(super) fn last(&self, state: usize, row: usize) -> &[f32] {
        let Apart { values, apart } = self.bars(state, row);
        &values[(self.sizes.bars - 1) * apart..][..apart]
    }
}

/// From line to line, for so many bars: all that a state may look back on, rounded up with it.
fn widest(sizes: Attention, bars: usize) -> usize {
    let apart = (bars + sizes.bars.next_multiple_of(LANES) - sizes.bars).next_multiple_of(LANES);
    match apart.is_multiple_of(BAD_APART) {
        true => apart + LANES,
        false => apart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::fused::attention::numbered::{spec, state};

    #[test]
    fn bars_that_states_share_are_put_once() {
        let spec = spec();
        let layout = RowLayout::new(&spec);
        let sizes = spec.attention().unwrap();
        let mut bars = Bars::new(sizes, spec.score_len(), 6, &layout);
        for _ in 0..2 {
            // One bar on, the same once more, three on, one back, and far away.
            for (i, (last, count, first)) in [
                (20, 10, 0),
                (21, 11, 1),
                (21, 11, 1),
                (24, 14, 4),
                (23, 24, 14),
                (90, 34, 24),
            ]
            .into_iter()
            .enumerate()
            {
                bars.put(i, &layout, &state(&spec, last));
                assert_eq!((bars.count, bars.firsts[i]), (count, first), "bar {last}");
            }
        }
    }
}
