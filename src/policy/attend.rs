//! What the attention finds in the history of a row, without libtorch: [`Attention`] says what is computed.

use crate::policy::kernels::InstructionSet;
use crate::policy::spec::Attention;
use std::collections::HashMap;

/// Bars side by side in a sum over them: as many in every set of instructions, so that the bits are the same in all.
const LANES: usize = 16;

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
    /// [d, d] each, [outputs, inputs].
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    /// [H, L rounded up], -infinity where there is no bar.
    age: Vec<f32>,
}

/// Room for one row.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// [d, L rounded up]
    embedded: Vec<f32>,
    /// The last bar's, then the query, then what the keys make of it: [d] each.
    last: Vec<f32>,
    query: Vec<f32>,
    sought: Vec<f32>,
    /// [L rounded up]
    shares: Vec<f32>,
    /// [d]
    mean: Vec<f32>,
}

impl Room {
    pub(super) fn new(sizes: Attention) -> Self {
        let (bars, numbers) = (sizes.bars.next_multiple_of(LANES), sizes.embedding);
        Self {
            embedded: vec![0.0; numbers * bars],
            last: vec![0.0; numbers],
            query: vec![0.0; numbers],
            sought: vec![0.0; numbers],
            shares: vec![0.0; bars],
            mean: vec![0.0; numbers],
        }
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
        let tensor = |name: &str| tensors[name].to_vec();
        let bars = sizes.bars.next_multiple_of(LANES);
        let mut age = vec![f32::NEG_INFINITY; sizes.heads * bars];
        for (padded, own) in age
            .chunks_exact_mut(bars)
            .zip(tensors["age.bias"].chunks_exact(sizes.bars))
        {
            padded[..sizes.bars].copy_from_slice(own);
        }
        Self {
            sizes,
            plain,
            instructions,
            embedding: tensor("embedding.weight"),
            bias: tensor("embedding.bias"),
            query: tensor("query.weight"),
            key: tensor("key.weight"),
            value: tensor("value.weight"),
            age,
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
            self.embed(history, room);
            self.instructions.tanh(&mut room.embedded);
            self.attend(room, context);
        }
    }

    /// e of every bar before the tanh: [d, L rounded up].
    fn embed(&self, history: &[f32], room: &mut Room) {
        let Attention { bars, channels, .. } = self.sizes;
        let padded = bars.next_multiple_of(LANES);
        let weights = self.embedding.chunks_exact(channels).zip(&self.bias);
        self.instructions.vectorized(|| {
            for (embedded, (weights, bias)) in room.embedded.chunks_exact_mut(padded).zip(weights) {
                let own = &mut embedded[..bars];
                own.fill(*bias);
                for (numbers, weight) in history.chunks_exact(bars).zip(weights) {
                    for (sum, number) in own.iter_mut().zip(numbers) {
                        *sum += weight * number;
                    }
                }
            }
        });
    }

    /// The context [d] of the bars that are embedded.
    fn attend(&self, room: &mut Room, context: &mut [f32]) {
        let Attention {
            bars,
            embedding,
            heads,
            ..
        } = self.sizes;
        let (padded, of_head) = (bars.next_multiple_of(LANES), embedding / heads);
        let scale = 1.0 / (of_head as f32).sqrt();
        let Room {
            embedded,
            last,
            query,
            sought,
            shares,
            mean,
        } = room;
        for (last, embedded) in last.iter_mut().zip(embedded.chunks_exact(padded)) {
            *last = embedded[bars - 1];
        }
        self.instructions.vectorized(|| {
            for (query, weights) in query.iter_mut().zip(self.query.chunks_exact(embedding)) {
                *query = dot(weights, last);
            }
            for (head, context) in context.chunks_exact_mut(of_head).enumerate() {
                let own = head * of_head..(head + 1) * of_head;
                sought.fill(0.0);
                let keys = self.key[own.start * embedding..own.end * embedding].chunks_exact(embedding);
                for (query, weights) in query[own.clone()].iter().zip(keys) {
                    for (sought, weight) in sought.iter_mut().zip(weights) {
                        *sought += query * weight;
                    }
                }
                shares.fill(0.0);
                for (sought, embedded) in sought.iter().zip(embedded.chunks_exact(padded)) {
                    for (score, number) in shares.iter_mut().zip(embedded) {
                        *score += sought * number;
                    }
                }
                let ages = &self.age[head * padded..(head + 1) * padded];
                for (score, age) in shares.iter_mut().zip(ages) {
                    *score = *score * scale + age;
                }
                softmax(shares);
                for (mean, embedded) in mean.iter_mut().zip(embedded.chunks_exact(padded)) {
                    *mean = dot(shares, embedded);
                }
                let values = self.value[own.start * embedding..own.end * embedding].chunks_exact(embedding);
                for (out, weights) in context.iter_mut().zip(values) {
                    *out = dot(weights, mean);
                }
            }
        });
    }
}

/// Σ a b in lanes, which are then added up.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (chunks, rest) = a.as_chunks::<LANES>();
    let (others, other_rest) = b.as_chunks::<LANES>();
    for (a, b) in chunks.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    for (sum, (a, b)) in sums.iter_mut().zip(rest.iter().zip(other_rest)) {
        *sum += a * b;
    }
    add_up(sums)
}

/// The sum of the lanes, half of them added to the other half until one is left.
#[inline(always)]
fn add_up(mut sums: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

/// Scores to shares that add up to 1.
#[inline(always)]
fn softmax(scores: &mut [f32]) {
    let mut largest = [f32::NEG_INFINITY; LANES];
    for scores in scores.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            largest[lane] = largest[lane].max(scores[lane]);
        }
    }
    let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0_f32; LANES];
    for scores in scores.as_chunks_mut::<LANES>().0 {
        for lane in 0..LANES {
            scores[lane] = exp(scores[lane] - largest);
            sums[lane] += scores[lane];
        }
    }
    let scale = 1.0 / add_up(sums);
    for score in scores {
        *score *= scale;
    }
}

/// e^x for x up to 0, to 2e-7 of it; below -87, where it is nothing beside the largest share, e^-87. In additions and
/// multiplications alone, so that several are computed side by side, with the same bits everywhere: 2^k e^r with k = x / ln 2
/// rounded and |r| up to ln 2 / 2, where seven terms of the series are enough.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Added to a number below 2^22 in size, it leaves the rounded number in the last bits.
    const ROUNDING: f32 = 12_582_912.0;
    /// ln 2 in two parts, of which the first has few bits: k times it is exact.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    const SERIES: [f32; 7] = [
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
    ];
    let x = x.max(-87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let k = shifted - ROUNDING;
    let r = (x - k * LN_2.0) - k * LN_2.1;
    let mut sum = SERIES[0];
    for term in &SERIES[1..] {
        sum = sum * r + term;
    }
    let power = f32::from_bits(
        shifted
            .to_bits()
            .wrapping_sub(ROUNDING.to_bits())
            .wrapping_add(127)
            << 23,
    );
    (sum * r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn exp_is_within_its_bound() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((found / expected - 1.0).abs() < 2e-7, "{x}: {found} {expected}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), exp(-87.0));
    }
}
