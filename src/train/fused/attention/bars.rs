//! The bars that a block's states look back on, each embedded once: states of one environment that follow each other share all
//! bars but a few.

use crate::policy::attend::Embed;
use crate::policy::features::RowLayout;
use crate::policy::kernels::{Apart, InstructionSet, Loops, VECTOR_STEP};
use crate::policy::lanes::{LANES, is_same};
use crate::policy::spec::Attention;
use crate::train::fused::attention::following::Following;

/// Lines this many values apart, or a multiple, would share few places of the cache.
const BAD_APART: usize = 256;

/// The bars of some states, put one after the other. R stands for the rows of a state, T for the bars that there are, rounded
/// up.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) sizes: Attention,
    pub(super) rows: usize,
    /// Numbers of the bars, in the order in which they were put: [bars, C, R].
    pub(super) put: Vec<f32>,
    pub(super) count: usize,
    /// The first bar of each state's history.
    pub(super) firsts: Vec<usize>,
    /// The history of the state that was put last, its last bar first: [L, numbers of a bar].
    pub(super) seen: Vec<f32>,
    /// T
    pub(super) apart: usize,
    /// [R, C, T]
    pub(super) numbers: Vec<f32>,
    /// e: [R, d, T].
    pub(super) embedded: Vec<f32>,
    /// The same bar by bar: [R, T, d rounded up], zeros beyond d.
    pub(super) by_bar: Vec<f32>,
    /// Where states go on from those before.
    pub(super) following: Option<Box<Following>>,
}

/// What flows back to the bars, and through them.
#[derive(Debug)]
pub(super) struct BarSlopes {
    /// Slopes in e: [R, d, T].
    embedded: Vec<f32>,
    /// Sums over bars, in lanes: of each number of e that of its bias, then of its weights, [d, 1 + C, lanes].
    sums: Vec<f32>,
}

impl Bars {
    /// Room for the histories of so many states of `rows` rows, and as many bars more for each.
    pub(super) fn new(sizes: Attention, rows: usize, states: usize, more: usize, layout: &RowLayout) -> Self {
        let most = states * (sizes.bars + more);
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
            following: None,
        }
    }

    /// Numbers of an embedding, rounded up to whole vectors.
    pub(super) fn wide(&self) -> usize {
        self.sizes.embedding.next_multiple_of(VECTOR_STEP)
    }

    /// From line to line, for the bars that there are.
    pub(super) fn widest(&self) -> usize {
        widest(self.sizes, self.count)
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
        if let Some(mut following) = self.following.take() {
            self.put_next(&mut following, i, layout, state);
            self.following = Some(following);
            return;
        }
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

    /// Embeds every bar with these weights [d, C] and this bias [d].
    pub(super) fn embed(&mut self, instructions: InstructionSet, weights: &[f32], bias: &[f32]) {
        if let Some(mut following) = self.following.take() {
            self.embed_next(&mut following, instructions, weights, bias);
            self.following = Some(following);
            return;
        }
        let channels = self.sizes.channels;
        self.apart = self.widest();
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

    /// Room for what flows back.
    pub(super) fn slopes(&self) -> BarSlopes {
        BarSlopes {
            embedded: vec![0.0; self.embedded.len()],
            sums: vec![0.0; self.sizes.embedding * (1 + self.sizes.channels) * LANES],
        }
    }

    /// Nothing flows back yet.
    pub(super) fn clear(&self, slopes: &mut BarSlopes) {
        slopes.embedded[..self.rows * self.sizes.embedding * self.apart].fill(0.0);
    }

    /// Slopes in what [`lines`](Self::lines) gives.
    pub(super) fn slope_lines<'a>(
        &self,
        slopes: &'a mut BarSlopes,
        state: usize,
        row: usize,
    ) -> Apart<&'a mut [f32]> {
        let first = row * self.sizes.embedding * self.apart + self.firsts[state];
        Apart {
            values: &mut slopes.embedded[first..],
            apart: self.apart,
        }
    }

    /// Adds slopes in e of a state's last bar.
    pub(super) fn add_to_last(&self, slopes: &mut BarSlopes, state: usize, row: usize, of_last: &[f32]) {
        let Apart { values, apart } = self.slope_lines(slopes, state, row);
        let last = values[self.sizes.bars - 1..].iter_mut().step_by(apart);
        last.zip(of_last).for_each(|(sum, slope)| *sum += slope);
    }

    /// Writes the gradient in the embedding's weights [d, C] and bias [d].
    pub(super) fn go_back(
        &self,
        instructions: InstructionSet,
        slopes: &mut BarSlopes,
        of_weights: &mut [f32],
        of_bias: &mut [f32],
    ) {
        let BarSlopes { embedded, sums } = slopes;
        sums.fill(0.0);
        instructions.vectorize(ThroughTanh {
            bars: self,
            slopes: embedded,
            sums,
        });
        let channels = self.sizes.channels;
        let sums = sums.as_chunks::<LANES>().0.chunks_exact(1 + channels);
        for ((sums, of_bias), of_weights) in sums.zip(of_bias).zip(of_weights.chunks_exact_mut(channels)) {
            *of_bias = sums[0].iter().sum();
            for (to, sums) in of_weights.iter_mut().zip(&sums[1..]) {
                *to = sums.iter().sum();
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::spec::{NetworkSpec, PolicySpec};
    use crate::policy::test_specs;

    fn spec() -> PolicySpec {
        let mut spec = test_specs::scorer(2);
        spec.state.history = 10;
        spec.network = NetworkSpec::Attention {
            hidden: vec![4],
            embedding: 4,
            heads: 1,
        };
        spec
    }

    /// A state whose bars are numbered.
    fn state(spec: &PolicySpec, last: usize) -> Vec<f32> {
        let mut state = vec![0.0; spec.state.len()];
        for block in spec.state.blocks() {
            if let Some((number, back)) = block.content.place_in_history(0) {
                state[block.range].fill((100 + 10 * (last - back) + number) as f32);
            }
        }
        state
    }

    #[test]
    fn bars_that_states_share_are_put_once() {
        let spec = spec();
        let layout = RowLayout::new(&spec);
        let sizes = spec.attention().unwrap();
        let mut bars = Bars::new(sizes, spec.score_len(), 6, 0, &layout);
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

    #[test]
    fn a_state_that_goes_on_brings_its_new_bars_alone() {
        let spec = spec();
        let layout = RowLayout::new(&spec);
        let sizes = spec.attention().unwrap();
        let new = |bars: &Bars| bars.following.as_ref().unwrap().new.len();
        let mut bars = Bars::new(sizes, spec.score_len(), 2, 0, &layout).following(2, &layout);
        let (weights, bias) = ([0.1; 8], [0.2; 4]);
        for (last, expected) in [(20, 20), (21, 2), (21, 0), (24, 6), (23, 20)] {
            for i in 0..2 {
                bars.put(i, &layout, &state(&spec, last + 50 * i));
            }
            assert_eq!(new(&bars), expected, "bar {last}");
            bars.embed(InstructionSet::best(), &weights, &bias);
            assert_eq!(new(&bars), 0);
        }
    }
}
