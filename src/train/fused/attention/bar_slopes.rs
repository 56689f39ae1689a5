//! What flows back to the bars of a block, over all states that read them, and from there to the embedding.

use crate::policy::kernels::{Apart, InstructionSet, Loops};
use crate::policy::lanes::LANES;
use crate::train::fused::attention::bars::Bars;

/// What flows back to the bars, and through them.
#[derive(Debug)]
pub(super) struct BarSlopes {
    /// Slopes in e: [R, d, T].
    embedded: Vec<f32>,
    /// Sums over bars, in lanes: of each number of e that of its bias, then of its weights, [d, 1 + C, lanes].
    sums: Vec<f32>,
}

impl BarSlopes {
    /// Room for them.
    pub(super) fn new(bars: &Bars) -> Self {
        Self {
            embedded: vec![0.0; bars.embedded.len()],
            sums: vec![0.0; bars.sizes.embedding * (1 + bars.sizes.channels) * LANES],
        }
    }

    /// Nothing flows back yet.
    pub(super) fn clear(&mut self, bars: &Bars) {
        self.embedded[..bars.rows * bars.sizes.embedding * bars.apart].fill(0.0);
    }

    /// Slopes in what [`Bars::lines`] gives.
    pub(super) fn lines(&mut self, bars: &Bars, state: usize, row: usize) -> Apart<&mut [f32]> {
        let first = row * bars.sizes.embedding * bars.apart + bars.firsts[state];
        Apart {
            values: &mut self.embedded[first..],
            apart: bars.apart,
        }
    }

    /// Adds slopes in e of a state's last bar.
    pub(super) fn add_to_last(&mut self, bars: &Bars, state: usize, row: usize, of_last: &[f32]) {
        let Apart { values, apart } = self.lines(bars, state, row);
        let last = values[bars.sizes.bars - 1..].iter_mut().step_by(apart);
        last.zip(of_last).for_each(|(sum, slope)| *sum += slope);
    }

    /// Writes the gradient in the embedding's weights [d, C] and bias [d].
    pub(super) fn go_back(
        &mut self,
        bars: &Bars,
        instructions: InstructionSet,
        of_weights: &mut [f32],
        of_bias: &mut [f32],
    ) {
        let Self { embedded, sums } = self;
        sums.fill(0.0);
        instructions.vectorize(ThroughTanh {
            bars,
            slopes: embedded,
            sums,
        });
        let channels = bars.sizes.channels;
        let sums = sums.as_chunks::<LANES>().0.chunks_exact(1 + channels);
        for ((sums, of_bias), of_weights) in sums.zip(of_bias).zip(of_weights.chunks_exact_mut(channels)) {
            *of_bias = sums[0].iter().sum();
            for (to, sums) in of_weights.iter_mut().zip(&sums[1..]) {
                *to = sums.iter().sum();
            }
        }
    }
}

/// Takes slopes in e to those before the tanh, and adds up what they come to.
struct ThroughTanh<'a> {
    bars: &'a Bars,
    /// [R, d, T], of which those before the tanh are left.
    slopes: &'a mut [f32],
    /// [d, 1 + C, lanes]
    sums: &'a mut [f32],
}

impl Loops for ThroughTanh<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let (sizes, apart) = (self.bars.sizes, self.bars.apart);
        let len = sizes.embedding * apart;
        let rows = self.bars.numbers.chunks_exact(sizes.channels * apart);
        let rows = rows.zip(
            self.slopes
                .chunks_exact_mut(len)
                .zip(self.bars.embedded.chunks_exact(len)),
        );
        let sums = self.sums.as_chunks_mut::<LANES>().0;
        for (numbers, (slopes, embedded)) in rows.take(self.bars.rows) {
            let lines = slopes.chunks_exact_mut(apart).zip(embedded.chunks_exact(apart));
            for ((slopes, embedded), sums) in lines.zip(sums.chunks_exact_mut(1 + sizes.channels)) {
                let chunks = slopes.as_chunks_mut::<LANES>().0;
                // Sums stay in registers while a line goes by.
                let mut sum = sums[0];
                for (slopes, e) in chunks.iter_mut().zip(embedded.as_chunks::<LANES>().0) {
                    for lane in 0..LANES {
                        slopes[lane] *= 1.0 - e[lane] * e[lane];
                        sum[lane] += slopes[lane];
                    }
                }
                sums[0] = sum;
                for (sums, numbers) in sums[1..].iter_mut().zip(numbers.chunks_exact(apart)) {
                    let mut sum = *sums;
                    for (slopes, numbers) in chunks.iter().zip(numbers.as_chunks::<LANES>().0) {
                        for lane in 0..LANES {
                            sum[lane] += slopes[lane] * numbers[lane];
                        }
                    }
                    *sums = sum;
                }
            }
        }
    }
}
