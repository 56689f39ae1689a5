//! The attention over the histories of a block's rows, with all that the way back needs. [`Attention`] says what is computed.

mod back;
mod bars;
mod following;
mod heads;
mod places;

use crate::policy::features::RowLayout;
use crate::policy::kernels::{Apart, InstructionSet, Left, Start};
use crate::policy::spec::Attention;
use back::BackRoom;
use bars::Bars;
use heads::Heads;

pub(super) use places::AttentionPlaces;

/// Room for the histories of some states' rows.
#[derive(Debug)]
pub(super) struct Attending {
    places: AttentionPlaces,
    /// Values that rows begin with.
    plain: usize,
    bars: Bars,
    heads: Heads,
    results: Results,
    back: Option<BackRoom>,
}

/// What was found for each row. W stands for d rounded up.
#[derive(Debug)]
struct Results {
    /// H, W, and L rounded up.
    heads: usize,
    wide: usize,
    padded: usize,
    /// e of the last bar: [rows, W].
    last: Vec<f32>,
    /// What each head looks for: [rows, H W].
    sought: Vec<f32>,
    /// [rows, H, L rounded up], zeros beyond the last bar.
    shares: Vec<f32>,
    /// Σ share e of each head: [rows, H W].
    mean: Vec<f32>,
    /// [rows, W]
    context: Vec<f32>,
}

impl Attending {
    /// Room for so many states, of `of_state` rows each that begin with `plain` values.
    pub(super) fn new(
        places: AttentionPlaces,
        plain: usize,
        layout: &RowLayout,
        of_state: usize,
        states: usize,
    ) -> Self {
        let (wide, padded, count) = (places.wide(), places.padded(), places.sizes.heads);
        let zeros = |len: usize| vec![0.0; states * of_state * len];
        Self {
            bars: Bars::new(places.sizes, of_state, states, 0, layout),
            heads: Heads::new(places),
            results: Results {
                heads: count,
                wide,
                padded,
                last: zeros(wide),
                sought: zeros(count * wide),
                shares: zeros(count * padded),
                mean: zeros(count * wide),
                context: zeros(wide),
            },
            back: None,
            plain,
            places,
        }
    }

    /// The same for states each of which goes on from the one that was put last as the same number.
    pub(super) fn following(self, layout: &RowLayout) -> Self {
        let rows = self.results.last.len() / self.results.wide;
        let states = rows / self.bars.rows;
        Self {
            bars: self.bars.following(states, layout),
            ..self
        }
    }

    /// Takes in the history of a normalised state, the `i`th; those before it have been put, and no other since.
    pub(super) fn put(&mut self, i: usize, layout: &RowLayout, state: &[f32]) {
        self.bars.put(i, layout, state);
    }

    /// Writes the context of the first `rows` rows to the last `d` values of each row of `input` ([rows, inputs]).
    pub(super) fn run(
        &mut self,
        instructions: InstructionSet,
        parameters: &[f32],
        rows: usize,
        input: &mut [f32],
    ) {
        let Self {
            places, bars, heads, ..
        } = self;
        let embedding = places.sizes.embedding;
        let (wide, all) = (places.wide(), heads.all_wide());
        bars.embed(
            instructions,
            &parameters[places.embedding_weights()],
            &parameters[places.embedding_bias()],
        );
        heads.read(instructions, parameters);
        let last = &mut self.results.last[..rows * wide];
        for (row, last) in last.chunks_exact_mut(wide).enumerate() {
            let (state, row) = bars.place(row);
            last.copy_from_slice(bars.last(state, row));
        }
        let sought = &mut self.results.sought[..rows * all];
        instructions.multiply(Left::rows(last, wide, embedding), &heads.sought, None, sought);
        self.results.share(instructions, bars, heads, rows);
        self.results.add_up(instructions, bars, rows);
        let means = &self.results.mean[..rows * all];
        let context = &mut self.results.context[..rows * wide];
        instructions.multiply(Left::rows(means, all, all), &heads.context, None, context);
        let inputs = input.len() / rows;
        let rows = input.chunks_exact_mut(inputs).zip(context.chunks_exact(wide));
        for (to, from) in rows {
            to[self.plain..].copy_from_slice(&from[..embedding]);
        }
    }
}

impl Results {
    /// Each head's shares of every row's bars.
    fn share(&mut self, instructions: InstructionSet, bars: &Bars, heads: &Heads, rows: usize) {
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
    fn add_up(&mut self, instructions: InstructionSet, bars: &Bars, rows: usize) {
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
