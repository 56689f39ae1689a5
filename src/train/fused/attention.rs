//! The attention over the histories of a block's rows, with all that the way back needs. [`Attention`](crate::policy::spec::Attention) says
//! what is computed.

mod back;
mod bar_slopes;
mod bars;
mod following;
mod heads;
#[cfg(test)]
mod numbered;
mod places;
mod results;

use crate::policy::features::RowLayout;
use crate::policy::kernels::{InstructionSet, Left};
use back::{BackRoom, Slopes};
use bars::Bars;
use following::Following;
use heads::Heads;
use results::Results;

pub(super) use places::AttentionPlaces;

/// Room for the histories of some states' rows.
#[derive(Debug)]
pub(super) struct Attending {
    places: AttentionPlaces,
    /// Values that rows begin with.
    plain: usize,
    bars: Bars,
    /// Where states go on from those before.
    following: Option<Following>,
    heads: Heads,
    results: Results,
    back: Option<BackRoom>,
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
        Self {
            bars: Bars::new(places.sizes, of_state, states, layout),
            following: None,
            heads: Heads::new(places),
            results: Results::new(&places, states * of_state),
            back: None,
            plain,
            places,
        }
    }

    /// The same for states each of which goes on from the one that was put last as the same number.
    pub(super) fn following(self, layout: &RowLayout) -> Self {
        let rows = self.results.last.len() / self.results.wide;
        let of_state = self.bars.rows();
        let (following, bars) = Following::new(self.places.sizes, of_state, rows / of_state, layout);
        Self {
            bars,
            following: Some(following),
            ..self
        }
    }

    /// Takes in the history of a normalised state, the `i`th; those before it have been put, and no other since.
    pub(super) fn put(&mut self, i: usize, layout: &RowLayout, state: &[f32]) {
        match &mut self.following {
            Some(following) => following.put(&mut self.bars, i, layout, state),
            None => self.bars.put(i, layout, state),
        }
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
            places,
            bars,
            following,
            heads,
            ..
        } = self;
        let embedding = places.sizes.embedding;
        let (wide, all) = (places.wide(), heads.all_wide());
        let weights = &parameters[places.embedding_weights()];
        let bias = &parameters[places.embedding_bias()];
        match following {
            Some(following) => following.embed(bars, instructions, weights, bias),
            None => bars.embed(instructions, weights, bias),
        }
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

    /// The gradient in the attention's parameters, from the slopes in what the next layer reads of so many rows ([rows, inputs
    /// rounded up]), in which [`run`](Self::run) wrote the context.
    pub(super) fn go_back(
        &mut self,
        instructions: InstructionSet,
        parameters: &[f32],
        of_input: &[f32],
        rows: usize,
        gradient: &mut [f32],
    ) {
        let (bars, results) = (&self.bars, &self.results);
        let room = self.back.get_or_insert_with(|| BackRoom::new(bars, results));
        let slopes = Slopes {
            of_input,
            first: self.plain,
            rows,
        };
        let (places, heads) = (&self.places, &mut self.heads);
        room.go_back(
            instructions,
            (places, parameters),
            (bars, heads, results),
            slopes,
            gradient,
        );
    }
}
