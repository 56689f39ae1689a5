//! What the bars of the last state are embedded in, for states that follow each other bar by bar: a new bar is embedded, the
//! others move on.

use super::{Attend, Room};
use crate::policy::features::RowLayout;
use crate::policy::kernels::InstructionSet;
use crate::policy::lanes::{LANES, is_same};
use crate::policy::layout::row_len;
use crate::policy::spec::PolicySpec;

/// Most numbers that are kept, 16 MiB; histories that are longer are embedded anew for every state.
const MOST_NUMBERS: usize = 1 << 22;

/// Bars that move on before the numbers of a row are moved to the beginning of their room.
const MOVES: usize = 64;

/// The last state's bars, and what they were embedded in: what an embedding is worked out from, bit for bit, and nothing else,
/// says whether it still holds. It belongs to no state that is saved: one that has seen nothing finds the same.
#[derive(Debug, Clone)]
pub(in crate::policy) struct Past {
    /// Whose embedding it is: the instructions, the weights and the bias. No instructions where nothing was seen yet.
    instructions: Option<InstructionSet>,
    weights: Vec<f32>,
    bias: Vec<f32>,
    /// Values of the state's history as they were embedded, the last bar first: [L, numbers of a bar].
    seen: Vec<f32>,
    /// e of all rows: [R, d (L rounded up) + MOVES], of which those from `first` on hold [d, L rounded up], zeros beyond the last
    /// bar. That they begin one number later moves all bars on.
    embedded: Vec<f32>,
    first: usize,
    /// A bar's numbers of each row, and their e: [C, R rounded up], [d, R rounded up].
    bar: Vec<f32>,
    new: Vec<f32>,
    /// Rows as they are written, to embed all bars anew: [R, plain + C L].
    rows: Vec<f32>,
}

impl Past {
    /// For states of this spec; none where there is no attention, or too much to keep.
    pub(in crate::policy) fn new(spec: &PolicySpec) -> Option<Self> {
        let sizes = spec.attention()?;
        let rows = spec.score_len();
        let numbers = rows.checked_mul(sizes.embedded() + MOVES)?;
        if numbers > MOST_NUMBERS {
            return None;
        }
        let padded = rows.next_multiple_of(LANES);
        Some(Self {
            instructions: None,
            weights: vec![0.0; sizes.embedding * sizes.channels],
            bias: vec![0.0; sizes.embedding],
            seen: vec![0.0; RowLayout::new(spec).history().len()],
            embedded: vec![0.0; numbers],
            first: 0,
            bar: vec![0.0; sizes.channels * padded],
            new: vec![0.0; sizes.embedding * padded],
            rows: vec![0.0; rows * row_len(spec)],
        })
    }

    /// How many bars the history ([L, numbers of a bar], the last one first) has moved on since the last state; none where that
    /// is no use: too many, or others than were seen.
    fn bars_since(&self, attend: &Attend, history: &[f32]) -> Option<usize> {
        let known = self.instructions == Some(attend.instructions)
            && is_same(&self.weights, &attend.embedding)
            && is_same(&self.bias, &attend.bias);
        if !known {
            return None;
        }
        let bars = attend.sizes.bars;
        let bar = history.len() / bars;
        // To embed all costs about as much as to move them on so many times.
        let most = (bars / 8).max(1);
        (0..=most).find(|since| {
            let moved = since * bar;
            is_same(&history[moved..], &self.seen[..history.len() - moved])
        })
    }
}

impl Attend {
    /// Writes the rows of a normalised state as the next layer reads them ([R, plain + d]): what [`run`](Self::run) makes of
    /// the rows of that state, to the bit, whatever was seen before. Allocates nothing.
    pub(in crate::policy) fn follow(
        &self,
        layout: &RowLayout,
        state: &[f32],
        past: &mut Past,
        room: &mut Room,
        out: &mut [f32],
    ) {
        let history = &state[layout.history()];
        match past.bars_since(self, history) {
            Some(bars) => {
                for back in (0..bars).rev() {
                    self.append(layout, state, back, past);
                }
            }
            None => self.embed_all(layout, state, past),
        }
        past.seen.copy_from_slice(history);
        layout.write_plain(state, self.row_len(), out);
        let (apart, together) = (self.sizes.embedded() + MOVES, room.rows);
        let groups = past.embedded.chunks(together * apart);
        for (embedded, out) in groups.zip(out.chunks_mut(together * self.row_len())) {
            self.look_back(&embedded[past.first..], apart, &mut room.looking, out);
        }
    }

    /// Embeds the bar so many before the last, and moves the others on.
    fn append(&self, layout: &RowLayout, state: &[f32], back: usize, past: &mut Past) {
        let (bars, padded, len) = (self.sizes.bars, self.sizes.padded(), self.sizes.embedded());
        let apart = len + MOVES;
        let Past {
            embedded, bar, new, ..
        } = past;
        let rows = bar.len() / self.sizes.channels;
        layout.write_bar(state, back, embedded.len() / apart, bar);
        self.embed(rows, bar, new);
        if past.first == MOVES {
            for embedded in embedded.chunks_exact_mut(apart) {
                embedded.copy_within(MOVES.., 0);
            }
            past.first = 0;
        }
        past.first += 1;
        for (number, new) in new.chunks_exact(rows).enumerate() {
            let line = past.first + number * padded;
            if padded > bars {
                // What has moved in from the next line.
                let ends = embedded[line + padded - 1..].iter_mut().step_by(apart);
                ends.for_each(|end| *end = 0.0);
            }
            let last = embedded[line + bars - 1..].iter_mut().step_by(apart);
            last.zip(new).for_each(|(last, new)| *last = *new);
        }
    }

    fn embed_all(&self, layout: &RowLayout, state: &[f32], past: &mut Past) {
        layout.write(state, &mut past.rows);
        let rows = past.rows.chunks_exact(layout.width());
        let len = self.sizes.embedded();
        past.first = 0;
        // What has moved on before is not 0 beyond the last bar.
        past.embedded.fill(0.0);
        for (row, embedded) in rows.zip(past.embedded.chunks_exact_mut(len + MOVES)) {
            self.embed(self.sizes.bars, &row[self.plain..], &mut embedded[..len]);
        }
        past.instructions = Some(self.instructions);
        past.weights.copy_from_slice(&self.embedding);
        past.bias.copy_from_slice(&self.bias);
    }
}

#[cfg(test)]
mod tests {
    use crate::market::state_spec::Content;
    use crate::math::random::stream;
    use crate::policy::forward::{Network, Scratch};
    use crate::policy::kernels::InstructionSet;
    use crate::policy::layout::{Parameter, layout};
    use crate::policy::spec::{NetworkSpec, PolicySpec};
    use crate::policy::test_specs;
    use rand::RngExt;

    fn spec() -> PolicySpec {
        let mut spec = test_specs::scorer(3);
        spec.state.history = 20;
        spec.state.asset_columns = vec!["own".into()];
        spec.network = NetworkSpec::Attention {
            hidden: vec![4],
            embedding: 6,
            heads: 2,
        };
        spec
    }

    fn network(spec: &PolicySpec, seed: u64) -> Network {
        let mut random = stream(seed, "past", 0);
        let count = layout(spec).iter().map(Parameter::len).sum();
        let parameters = (0..count).map(|_| random.random_range(-1.0..1.0_f32)).collect();
        Network::new(spec, parameters).unwrap()
    }

    /// States whose bars move on by one each.
    fn states(spec: &PolicySpec, count: usize) -> Vec<Vec<f32>> {
        let mut random = stream(3, "past", 1);
        let of_assets = spec.state.asset_columns.len();
        let mut draw = || random.random_range(-1.0..1.0_f32);
        let bars: Vec<f32> = (0..(count + spec.state.history) * 64).map(|_| draw()).collect();
        let state = |last: usize| {
            let mut state: Vec<f32> = vec![0.25; spec.state.len()];
            state[0] = bars[last];
            for block in spec.state.blocks() {
                let Some((channel, back)) = block.content.place_in_history(of_assets) else {
                    continue;
                };
                assert_ne!(block.content, Content::Returns);
                let bar = &bars[(last + spec.state.history - back) * 64 + channel * 8..];
                state[block.range.clone()].copy_from_slice(&bar[..block.range.len()]);
            }
            state
        };
        (0..count).map(state).collect()
    }

    fn scores(network: &Network, state: &[f32], scratch: &mut Scratch) -> Vec<u32> {
        let mut scores = vec![0.0; 4];
        network.scores(state, scratch, &mut scores);
        scores.iter().map(|score| score.to_bits()).collect()
    }

    /// Spoils what is embedded and sees in the scores whether it was used.
    fn is_kept(network: &Network, before: &[f32], state: &[f32], change: impl Fn(&mut Network)) -> bool {
        let mut network = network.clone();
        let mut scratch = Scratch::following(&spec());
        scores(&network, before, &mut scratch);
        scratch.past.as_mut().unwrap().embedded.fill(0.5);
        change(&mut network);
        let found = scores(&network, state, &mut scratch);
        found != scores(&network, state, &mut Scratch::new(&spec()))
    }

    #[test]
    fn bars_are_embedded_once_by_one_network_and_anew_by_another() {
        let spec = spec();
        let (network, other) = (network(&spec, 1), network(&spec, 2));
        let states = states(&spec, 9);
        let same = |_: &mut Network| ();
        // The same state, and up to 20 / 8 bars later.
        for (later, kept) in [(0, true), (1, true), (2, true), (3, false), (8, false)] {
            assert_eq!(
                is_kept(&network, &states[0], &states[later], same),
                kept,
                "{later} bars"
            );
        }
        assert!(!is_kept(&network, &states[1], &states[0], same));
        let swap = |network: &mut Network| *network = other.clone();
        assert!(!is_kept(&network, &states[0], &states[1], swap));
        for set in InstructionSet::available().filter(|set| *set != InstructionSet::best()) {
            let change = |network: &mut Network| network.set_instructions(set);
            assert!(
                !is_kept(&network, &states[0], &states[1], change),
                "{}",
                set.name()
            );
        }
        // One number of one bar, to the sign of a zero.
        for place in [0, 1, spec.state.history * 2 - 1] {
            let blocks = spec.state.blocks().filter(|block| block.content.is_history());
            let block = blocks.skip(place).find(|block| block.per_asset).unwrap();
            let (mut before, mut after) = (states[0].clone(), states[0].clone());
            (before[block.range.start], after[block.range.start]) = (0.0, -0.0);
            assert!(!is_kept(&network, &before, &after, same), "{block:?}");
        }
    }

    #[test]
    fn scores_are_those_of_each_state_alone() {
        let spec = spec();
        let network = network(&spec, 1);
        let states = states(&spec, 40);
        let mut random = stream(4, "past", 2);
        let (mut following, mut alone) = (Scratch::following(&spec), Scratch::new(&spec));
        let mut place = 0_usize;
        for _ in 0..300 {
            place = (place + random.random_range(0..4)) % states.len();
            let found = scores(&network, &states[place], &mut following);
            assert_eq!(
                found,
                scores(&network, &states[place], &mut alone),
                "state {place}"
            );
        }
    }
}
