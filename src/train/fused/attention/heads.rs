//! An attention's matrices as rows are multiplied by them, all heads side by side: what the last bar looks for, and what the
//! heads' means become.

use crate::policy::kernels::{Apart, InstructionSet, Left, Start};
use crate::train::fused::attention::places::AttentionPlaces;

/// The matrices of some parameters. W stands for d rounded up.
#[derive(Debug)]
pub(super) struct Heads {
    places: AttentionPlaces,
    /// Queries and keys in one: what each head looks for, from the last bar's e, over sqrt(d / H). [d, H W].
    pub(super) sought: Vec<f32>,
    /// The other way round: [H W, W].
    pub(super) sought_back: Vec<f32>,
    /// The context, from all heads' means: [H W, W].
    pub(super) context: Vec<f32>,
    /// The other way round: [d, H W].
    pub(super) context_back: Vec<f32>,
    /// Of each head [L rounded up], -infinity beyond the last bar.
    pub(super) ages: Vec<f32>,
    /// Gradients: in `sought`, in one head's part of it the other way round, and in `context` the other way round.
    pub(super) of_sought: Vec<f32>,
    of_sought_back: Vec<f32>,
    pub(super) of_context_back: Vec<f32>,
}

impl Heads {
    pub(super) fn new(places: AttentionPlaces) -> Self {
        let (embedding, heads, wide) = (places.sizes.embedding, places.sizes.heads, places.wide());
        let zeros = |len: usize| vec![0.0; len];
        Self {
            sought: zeros(embedding * heads * wide),
            sought_back: zeros(heads * wide * wide),
            context: zeros(heads * wide * wide),
            context_back: zeros(embedding * heads * wide),
            ages: vec![f32::NEG_INFINITY; heads * places.padded()],
            of_sought: zeros(embedding * heads * wide),
            of_sought_back: zeros(embedding * wide),
            of_context_back: zeros(embedding * heads * wide),
            places,
        }
    }

    /// Numbers of all heads of a row: H W.
    pub(super) fn all_wide(&self) -> usize {
        self.places.sizes.heads * self.places.wide()
    }

    /// Takes in these parameters.
    pub(super) fn read(&mut self, instructions: InstructionSet, parameters: &[f32]) {
        let places = self.places;
        let (embedding, wide, of_head) = (places.sizes.embedding, places.wide(), places.of_head());
        let all = self.all_wide();
        let scale = 1.0 / (of_head as f32).sqrt();
        for head in 0..places.sizes.heads {
            let [query, key, value] =
                [places.query, places.key, places.value].map(|first| &parameters[places.lines(first, head)]);
            let own = Apart {
                values: &mut self.sought[head * wide..],
                apart: all,
            };
            let right = Apart {
                values: key,
                apart: wide,
            };
            let left = Left::columns(query, wide, embedding);
            instructions.multiply_apart(left, right, Start::Zero, own, wide);
            for (j, line) in value.chunks_exact(wide).enumerate() {
                let output = head * of_head + j;
                self.context_back[output * all + head * wide..][..wide].copy_from_slice(line);
                let to = self.context[head * wide * wide + output..].iter_mut();
                to.step_by(wide).zip(line).for_each(|(to, from)| *to = *from);
            }
        }
        self.sought.iter_mut().for_each(|value| *value *= scale);
        for (last, line) in self.sought.chunks_exact(all).enumerate() {
            let to = self.sought_back[last..].iter_mut().step_by(wide);
            to.zip(line).for_each(|(to, from)| *to = *from);
        }
        let (bars, padded) = (places.sizes.bars, places.padded());
        let ages = parameters[places.ages()].chunks_exact(bars);
        for (to, from) in self.ages.chunks_exact_mut(padded).zip(ages) {
            to[..bars].copy_from_slice(from);
        }
    }

    /// The gradients in queries, keys and values, from those that are here.
    pub(super) fn write_gradient(
        &mut self,
        instructions: InstructionSet,
        parameters: &[f32],
        gradient: &mut [f32],
    ) {
        let places = self.places;
        let (embedding, wide, of_head) = (places.sizes.embedding, places.wide(), places.of_head());
        let all = self.all_wide();
        let scale = 1.0 / (of_head as f32).sqrt();
        self.of_sought.iter_mut().for_each(|slope| *slope *= scale);
        for head in 0..places.sizes.heads {
            let (query, key) = (places.lines(places.query, head), places.lines(places.key, head));
            let own = Apart {
                values: &self.of_sought[head * wide..],
                apart: all,
            };
            for (last, line) in own.values.chunks(all).enumerate() {
                let to = self.of_sought_back[last..].iter_mut().step_by(wide);
                to.zip(line).for_each(|(to, from)| *to = *from);
            }
            let out = Apart {
                values: &mut gradient[key.clone()],
                apart: wide,
            };
            let left = Left::rows(&parameters[query.clone()], wide, embedding);
            instructions.multiply_apart(left, own, Start::Zero, out, wide);
            let left = Left::rows(&parameters[key], wide, embedding);
            instructions.multiply(left, &self.of_sought_back, None, &mut gradient[query]);
            let value = gradient[places.lines(places.value, head)].chunks_exact_mut(wide);
            for (j, to) in value.enumerate() {
                let from = &self.of_context_back[(head * of_head + j) * all + head * wide..];
                to.copy_from_slice(&from[..wide]);
            }
        }
    }
}
