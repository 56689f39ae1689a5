//! What the attention finds in the history of a row, without libtorch: [`Attention`] says what is computed.

use crate::policy::kernels::{InstructionSet, Loops};
use crate::policy::lanes::{LANES, add, dot, softmax};
use crate::policy::spec::Attention;
use std::collections::HashMap;

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
    heads: Vec<Head>,
}

/// One head. Matrices are [inputs, outputs rounded up to lanes], so that outputs are computed side by side.
#[derive(Debug, Clone)]
struct Head {
    /// What the last bar looks for in others: KᵀQ / sqrt(d / H).
    sought: Vec<f32>,
    value: Vec<f32>,
    /// [L rounded up], -infinity where there is no bar.
    age: Vec<f32>,
}

/// Room for one row.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// [d, L rounded up]
    embedded: Vec<f32>,
    /// [d rounded up] each.
    last: Vec<f32>,
    sought: Vec<f32>,
    mean: Vec<f32>,
    context: Vec<f32>,
    /// [L rounded up]
    shares: Vec<f32>,
}

impl Room {
    pub(super) fn new(sizes: Attention) -> Self {
        let (bars, numbers) = (sizes.bars.next_multiple_of(LANES), sizes.embedding);
        let rounded = numbers.next_multiple_of(LANES);
        Self {
            embedded: vec![0.0; numbers * bars],
            last: vec![0.0; rounded],
            sought: vec![0.0; rounded],
            mean: vec![0.0; rounded],
            context: vec![0.0; rounded],
            shares: vec![0.0; bars],
        }
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

impl Head {
    fn new(sizes: Attention, head: usize, tensors: &HashMap<&str, &[f32]>) -> Self {
        let (numbers, of_head) = (sizes.embedding, sizes.embedding / sizes.heads);
        let own = |name: &str| {
            tensors[name]
                .chunks_exact(numbers)
                .skip(head * of_head)
                .take(of_head)
        };
        let rounded = numbers.next_multiple_of(LANES);
        let mut sought = vec![0.0; numbers * rounded];
        let products = sought_by(sizes, head, tensors["query.weight"], tensors["key.weight"]);
        for (out, products) in sought
            .chunks_exact_mut(rounded)
            .zip(products.chunks_exact(numbers))
        {
            out[..numbers].copy_from_slice(products);
        }
        let rounded = of_head.next_multiple_of(LANES);
        let mut value = vec![0.0; numbers * rounded];
        for (output, weights) in own("value.weight").enumerate() {
            for (out, weight) in value[output..].iter_mut().step_by(rounded).zip(weights) {
                *out = *weight;
            }
        }
        let mut age = tensors["age.bias"][head * sizes.bars..(head + 1) * sizes.bars].to_vec();
        age.resize(sizes.bars.next_multiple_of(LANES), f32::NEG_INFINITY);
        Self { sought, value, age }
    }
}

impl Attend {
    /// Of the tensors of a layout, over rows that begin with `plain` values.
    pub(super) fn new(
        sizes: Attention,
        plain: usize,
        tensors: &HashMap<&str, &[f32]>,
        instructions: InstructionSet,
    ) -> Self {
        Self {
            sizes,
            plain,
            instructions,
            embedding: tensors["embedding.weight"].to_vec(),
            bias: tensors["embedding.bias"].to_vec(),
            heads: (0..sizes.heads)
                .map(|head| Head::new(sizes, head, tensors))
                .collect(),
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
        let Attention {
            bars,
            channels,
            embedding,
            ..
        } = self.sizes;
        let (plain, history) = (self.plain, channels * bars);
        let rows = rows.chunks_exact(plain + history);
        for (row, out) in rows.zip(out.chunks_exact_mut(plain + embedding)) {
            let (own, history) = row.split_at(plain);
            let (start, context) = out.split_at_mut(plain);
            start.copy_from_slice(own);
            self.instructions.vectorize(Embed {
                weights: &self.embedding,
                bias: &self.bias,
                bars,
                history,
                out: &mut room.embedded,
            });
            self.instructions.tanh(&mut room.embedded);
            self.instructions.vectorize(Attends {
                sizes: self.sizes,
                heads: &self.heads,
                room,
                context,
            });
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

/// One head's shares of the bars and the mean of what they are embedded in, from what it looks for and its ages' biases.
#[inline(always)]
pub(crate) fn look_back(
    embedded: &[f32],
    sought: &[f32],
    ages: &[f32],
    shares: &mut [f32],
    mean: &mut [f32],
) {
    let embedded = embedded.chunks_exact(shares.len());
    let chunks = shares.as_chunks_mut().0.iter_mut();
    for (chunk, (shares, ages)) in chunks.zip(ages.as_chunks().0).enumerate() {
        let mut scores: [f32; LANES] = *ages;
        for (sought, embedded) in sought.iter().zip(embedded.clone()) {
            add(*sought, &embedded.as_chunks().0[chunk], &mut scores);
        }
        *shares = scores;
    }
    softmax(shares);
    for (mean, embedded) in mean.iter_mut().zip(embedded) {
        *mean = dot(shares, embedded);
    }
}

/// The context of the bars that are embedded.
struct Attends<'a> {
    sizes: Attention,
    heads: &'a [Head],
    room: &'a mut Room,
    /// [d]
    context: &'a mut [f32],
}

impl Loops for Attends<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            sizes,
            heads,
            room,
            context,
        } = self;
        let of_head = sizes.embedding / sizes.heads;
        let embedded = room.embedded.chunks_exact(room.shares.len());
        for (last, embedded) in room.last.iter_mut().zip(embedded) {
            *last = embedded[sizes.bars - 1];
        }
        for (head, context) in heads.iter().zip(context.chunks_exact_mut(of_head)) {
            multiply(&room.last[..sizes.embedding], &head.sought, &mut room.sought);
            look_back(
                &room.embedded,
                &room.sought,
                &head.age,
                &mut room.shares,
                &mut room.mean,
            );
            multiply(&room.mean[..sizes.embedding], &head.value, &mut room.context);
            context.copy_from_slice(&room.context[..of_head]);
        }
    }
}

/// The product of a row and a matrix [inputs, outputs rounded up to lanes].
#[inline(always)]
fn multiply(row: &[f32], matrix: &[f32], out: &mut [f32]) {
    let width = matrix.len() / row.len();
    for (chunk, out) in out.as_chunks_mut().0.iter_mut().take(width / LANES).enumerate() {
        let mut sums = [0.0; LANES];
        for (factor, weights) in row.iter().zip(matrix.chunks_exact(width)) {
            add(*factor, &weights.as_chunks().0[chunk], &mut sums);
        }
        *out = sums;
    }
}
