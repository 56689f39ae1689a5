//! What the attention finds in the history of rows, without libtorch: [`Attention`] says what is computed.

pub(super) mod past;

use crate::policy::kernels::{Activation, Dense, InstructionSet, Loops, Precision};
use crate::policy::lanes::{LANES, add, copy_few};
use crate::policy::spec::Attention;
use std::collections::HashMap;

/// Rows that are looked back on together, so that one need not wait for the other, at most; and most numbers that their bars
/// are embedded in then, but for one row.
const TOGETHER: usize = 16;
const MOST_TOGETHER: usize = 1 << 16;

/// The attention's parameters, as they are needed.
#[derive(Debug, Clone)]
pub(super) struct Attend {
    sizes: Attention,
    /// Values that rows begin with.
    plain: usize,
    instructions: InstructionSet,
    /// [d, C] and [d]
    embedding: Vec<f32>,
    bias: Vec<f32>,
    /// What the last bar looks for in others, one head after another: KᵀQ / sqrt(d / H) of each.
    sought: Dense,
    /// Each head's own values.
    values: Vec<Dense>,
    /// [H, L rounded up], -infinity where there is no bar.
    ages: Vec<f32>,
}

/// Room for rows that are looked back on together, [`TOGETHER`] or fewer: R.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// [R, d, L rounded up], zeros beyond the last bar.
    embedded: Vec<f32>,
    looking: Looking,
    /// R
    rows: usize,
}

/// Room for what is found in bars that are embedded.
#[derive(Debug, Clone)]
struct Looking {
    /// e of the last bar: [R, d].
    last: Vec<f32>,
    /// [R, H d rounded up]
    sought: Vec<f32>,
    /// [R, H, L rounded up]
    shares: Vec<f32>,
    /// Σ share e of one head: [R, d].
    mean: Vec<f32>,
    /// One head's part of the context: [R, d / H rounded up].
    context: Vec<f32>,
}

impl Room {
    /// For so many rows, of which [`TOGETHER`] at most are looked back on together.
    pub(super) fn new(sizes: Attention, rows: usize) -> Self {
        let rows = rows.min(TOGETHER).min(MOST_TOGETHER / sizes.embedded()).max(1);
        let Attention { embedding, heads, .. } = sizes;
        let padded = sizes.padded();
        let zeros = |len: usize| vec![0.0; rows * len];
        Self {
            embedded: zeros(embedding * padded),
            looking: Looking {
                last: zeros(embedding),
                sought: zeros((heads * embedding).next_multiple_of(LANES)),
                shares: zeros(heads * padded),
                mean: zeros(embedding),
                context: zeros((embedding / heads).next_multiple_of(LANES)),
            },
            rows,
        }
    }
}

impl Attention {
    /// Bars, rounded up to whole vectors.
    fn padded(&self) -> usize {
        self.bars.next_multiple_of(LANES)
    }

    /// Numbers that the bars of a row are embedded in: [d, L rounded up].
    fn embedded(&self) -> usize {
        self.embedding * self.padded()
    }
}

/// What the last bar looks for in others by one head: KᵀQ / sqrt(d / H), the other way round, [d of the last bar, d].
pub(super) fn sought_by(sizes: Attention, head: usize, query: &[f32], key: &[f32]) -> Vec<f32> {
    let (numbers, of_head) = (sizes.embedding, sizes.embedding / sizes.heads);
    let lines = head * of_head * numbers..(head + 1) * of_head * numbers;
    let scale = 1.0 / (of_head as f64).sqrt();
    let mut products = Vec::with_capacity(numbers * numbers);
    for last in 0..numbers {
        for number in 0..numbers {
            let queries = query[lines.clone()].chunks_exact(numbers);
            let pairs = queries.zip(key[lines.clone()].chunks_exact(numbers));
            let sum: f64 = pairs
                .map(|(query, key)| f64::from(query[last]) * f64::from(key[number]))
                .sum();
            products.push((scale * sum) as f32);
        }
    }
    products
}

impl Attend {
    /// Of the tensors of a layout, over rows that begin with `plain` values.
    pub(super) fn new(
        sizes: Attention,
        plain: usize,
        tensors: &HashMap<&str, &[f32]>,
        instructions: InstructionSet,
    ) -> Self {
        let Attention {
            bars,
            embedding,
            heads,
            ..
        } = sizes;
        let of_head = embedding / heads;
        let dense = |weight: &[f32], outputs| {
            let bias = vec![0.0; outputs];
            Dense::new(instructions, Precision::F32, weight, &bias, Activation::Identity)
        };
        let mut sought = Vec::with_capacity(heads * embedding * embedding);
        for head in 0..heads {
            let products = sought_by(sizes, head, tensors["query.weight"], tensors["key.weight"]);
            for number in 0..embedding {
                sought.extend(products[number..].iter().step_by(embedding));
            }
        }
        let mut ages = vec![f32::NEG_INFINITY; heads * sizes.padded()];
        for (to, from) in ages
            .chunks_exact_mut(sizes.padded())
            .zip(tensors["age.bias"].chunks_exact(bars))
        {
            to[..bars].copy_from_slice(from);
        }
        Self {
            sizes,
            plain,
            instructions,
            embedding: tensors["embedding.weight"].to_vec(),
            bias: tensors["embedding.bias"].to_vec(),
            sought: dense(&sought, heads * embedding),
            values: tensors["value.weight"]
                .chunks_exact(of_head * embedding)
                .map(|weight| dense(weight, of_head))
                .collect(),
            ages,
        }
    }

    /// How many rows these are, as they are written.
    pub(super) fn rows(&self, rows: &[f32]) -> usize {
        rows.len() / (self.plain + self.sizes.channels * self.sizes.bars)
    }

    /// Values of a row as the next layer reads it.
    pub(super) fn row_len(&self) -> usize {
        self.plain + self.sizes.embedding
    }

    /// Writes rows as the next layer reads them ([R, plain + d]) from rows as they are written ([R, plain + C L]). Allocates
    /// nothing.
    pub(super) fn run(&self, rows: &[f32], room: &mut Room, out: &mut [f32]) {
        let width = self.plain + self.sizes.channels * self.sizes.bars;
        let (len, together) = (self.sizes.embedded(), room.rows);
        let groups = rows.chunks(together * width);
        for (rows, out) in groups.zip(out.chunks_mut(together * self.row_len())) {
            let own = rows.chunks_exact(width).zip(out.chunks_exact_mut(self.row_len()));
            for ((row, out), embedded) in own.zip(room.embedded.chunks_exact_mut(len)) {
                let (plain, history) = row.split_at(self.plain);
                out[..self.plain].copy_from_slice(plain);
                self.embed(self.sizes.bars, history, embedded);
            }
            let embedded = &room.embedded[..rows.len() / width * len];
            self.look_back(embedded, len, &mut room.looking, out);
        }
    }

    /// Writes e of bars ([d, bars rounded up]) whose numbers are [C, bars]; what it holds beyond them has to be 0 and stays so.
    fn embed(&self, bars: usize, numbers: &[f32], out: &mut [f32]) {
        self.instructions.vectorize(Embed {
            weights: &self.embedding,
            bias: &self.bias,
            bars,
            history: numbers,
            out,
        });
        self.instructions.tanh(out);
    }

    /// Writes the context of rows whose bars are embedded behind the values that they begin with. Each row's ([d, L rounded
    /// up]) begin `apart` numbers after the last one's.
    fn look_back(&self, embedded: &[f32], apart: usize, room: &mut Looking, out: &mut [f32]) {
        let Attention { bars, embedding, .. } = self.sizes;
        let (padded, len) = (self.sizes.padded(), self.sizes.embedded());
        let rows = embedded.len().div_ceil(apart);
        let last = &mut room.last[..rows * embedding];
        for (last, embedded) in last.chunks_exact_mut(embedding).zip(embedded.chunks(apart)) {
            for (last, embedded) in last.iter_mut().zip(embedded.chunks_exact(padded)) {
                *last = embedded[bars - 1];
            }
        }
        let sought = &mut room.sought[..rows * self.sought.width()];
        self.sought.run(last, embedding, sought);
        let shares = &mut room.shares[..rows * self.ages.len()];
        self.instructions.vectorize(Scores {
            sizes: self.sizes,
            embedded,
            apart,
            sought,
            ages: &self.ages,
            scores: shares,
        });
        self.instructions.softmax(shares, padded);
        for (head, values) in self.values.iter().enumerate() {
            let mean = &mut room.mean[..rows * embedding];
            let shares = shares.chunks_exact(padded).skip(head).step_by(self.values.len());
            let own = embedded.chunks(apart).zip(shares);
            for ((embedded, shares), mean) in own.zip(mean.chunks_exact_mut(embedding)) {
                self.instructions.dots(&embedded[..len], shares, mean);
            }
            values.run(mean, embedding, &mut room.context);
            let first = self.plain + head * values.outputs();
            let context = room.context.chunks_exact(values.width());
            for (out, context) in out.chunks_exact_mut(self.row_len()).zip(context) {
                copy_few(
                    &context[..values.outputs()],
                    &mut out[first..first + values.outputs()],
                );
            }
        }
    }
}

/// e of every bar before the tanh.
pub(crate) struct Embed<'a> {
    /// [d, C]
    pub(crate) weights: &'a [f32],
    /// [d]
    pub(crate) bias: &'a [f32],
    /// Bars of the history, L.
    pub(crate) bars: usize,
    /// [C, L]
    pub(crate) history: &'a [f32],
    /// [d, L rounded up]
    pub(crate) out: &'a mut [f32],
}

impl Loops for Embed<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            weights,
            bias,
            bars,
            history,
            out,
        } = self;
        let channels = history.len() / bars;
        let padded = bars.next_multiple_of(LANES);
        let weights = weights.chunks_exact(channels).zip(bias);
        for (embedded, (weights, bias)) in out.chunks_exact_mut(padded).zip(weights) {
            let numbers = weights.iter().zip(history.chunks_exact(bars));
            for (chunk, out) in embedded
                .as_chunks_mut()
                .0
                .iter_mut()
                .take(bars / LANES)
                .enumerate()
            {
                let mut sums = [*bias; LANES];
                for (weight, numbers) in numbers.clone() {
                    add(*weight, &numbers.as_chunks().0[chunk], &mut sums);
                }
                *out = sums;
            }
            for bar in bars / LANES * LANES..bars {
                let terms = numbers.clone().map(|(weight, numbers)| weight * numbers[bar]);
                embedded[bar] = terms.fold(*bias, |sum, term| sum + term);
            }
        }
    }
}

/// Scores of a row's bars by some heads ([L rounded up] each), from what they are embedded in ([d, L rounded up]), what each head
/// looks for ([d] or more) and its ages' biases.
#[inline(always)]
fn scores_of_bars<const H: usize>(
    embedded: &[f32],
    sought: [&[f32]; H],
    ages: [&[f32]; H],
    scores: [&mut [f32]; H],
) {
    let padded = ages[0].len();
    let numbers = embedded.len() / padded;
    let sought = sought.map(|sought| &sought[..numbers]);
    let mut scores = scores.map(|scores| scores.as_chunks_mut::<LANES>().0);
    for chunk in 0..padded / LANES {
        let mut sums = ages.map(|ages| ages.as_chunks::<LANES>().0[chunk]);
        for (number, embedded) in embedded.chunks_exact(padded).enumerate() {
            let embedded = &embedded.as_chunks().0[chunk];
            for (sums, sought) in sums.iter_mut().zip(sought) {
                add(sought[number], embedded, sums);
            }
        }
        for (scores, sums) in scores.iter_mut().zip(sums) {
            scores[chunk] = sums;
        }
    }
}

/// Every head's scores of the bars of each row.
struct Scores<'a> {
    sizes: Attention,
    /// [d, L rounded up] of each row, so many numbers apart.
    embedded: &'a [f32],
    apart: usize,
    /// [R, H d rounded up]
    sought: &'a [f32],
    /// [H, L rounded up]
    ages: &'a [f32],
    /// [R, H, L rounded up]
    scores: &'a mut [f32],
}

impl Loops for Scores<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            sizes,
            embedded,
            apart,
            sought,
            ages,
            scores,
        } = self;
        let padded = sizes.padded();
        let embedded = embedded.chunks(apart);
        let sought = sought.chunks_exact(sought.len() / embedded.len());
        let rows = embedded.zip(sought);
        let len = sizes.embedded();
        for ((embedded, sought), scores) in rows.zip(scores.chunks_exact_mut(ages.len())) {
            let embedded = &embedded[..len];
            let mut heads = sought
                .chunks_exact(sizes.embedding)
                .zip(ages.chunks_exact(padded));
            // Two heads share what is read.
            for scores in scores.chunks_mut(2 * padded) {
                let heads = [heads.next(), heads.next()];
                let (first, second) = scores.split_at_mut(padded);
                match heads {
                    [Some((sought, ages)), Some((other_sought, other_ages))] if !second.is_empty() => {
                        let (sought, ages) = ([sought, other_sought], [ages, other_ages]);
                        scores_of_bars(embedded, sought, ages, [first, second]);
                    }
                    [Some((sought, ages)), _] => scores_of_bars(embedded, [sought], [ages], [first]),
                    [None, _] => (),
                }
            }
        }
    }
}
