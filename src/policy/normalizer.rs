//! Running mean and variance of the states, and what they do to a state before the network sees it.

mod batch;

use crate::error::{Count, Error, Result, words};
use crate::market::state_spec::Content;
use crate::policy::spec::PolicySpec;
use batch::Batch;
use serde::{Deserialize, Serialize};

/// Normalised values are clamped to plus or minus this.
pub const CLIP: f32 = 10.0;

/// What is added to a variance before its square root.
pub const VARIANCE_EPSILON: f64 = 1e-8;

/// Weight of the starting statistics (mean 0, variance 1), in observations.
const STARTING_COUNT: f64 = 1e-4;

/// Normalises states as Stable-Baselines3's `VecNormalize` does: clamp((x - mean) / sqrt(variance + 1e-8), -10, 10).
///
/// For `mlp` every feature has statistics of its own. For `scorer` the weights of all assets share one mean and
/// variance, and so do their returns and their volatilities, so that permuting assets permutes the result; every
/// other feature has its own. For `attention` the bars of the history share theirs too, number by number: a bar is then
/// the same to the network however many bars ago it ended. [`normalize`](Self::normalize) does not change the statistics,
/// so they are frozen until the next [`update`](Self::update).
///
/// Where assets may be missing, the inputs of one that does not take part are 0 when normalised, but for its weight, and
/// play no part in the statistics; the flags that say so pass unchanged.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationNormalizer {
    /// Which group each feature of the state belongs to: [S].
    groups: Vec<usize>,
    /// Which values of each feature count: [S], empty where all do.
    counts: Vec<Counts>,
    statistics: RunningStatistics,
    /// Per feature, f32, refreshed by every update: [S].
    mean: Vec<f32>,
    inverse_deviation: Vec<f32>,
    batch: Batch,
}

/// Which values of a feature play a part in its statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Always,
    /// Where the features of these two places are not 0; the feature is 0 elsewhere.
    With(usize, usize),
    Never,
}

/// Everything a normaliser has learnt. Every list has one value a group of features; the groups are in the order of
/// the state. JSON written by serde_json reads back bit-identical.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningStatistics {
    /// Values seen, plus 1e-4 for the start.
    pub count: Vec<f64>,
    /// Mean.
    pub mean: Vec<f64>,
    /// Variance (ddof 0).
    pub variance: Vec<f64>,
}

impl ObservationNormalizer {
    /// A normaliser that has seen nothing: mean 0, variance 1, which passes states on nearly unchanged.
    pub fn new(spec: &PolicySpec) -> Self {
        let groups = groups(spec);
        let len = group_count(&groups);
        let statistics = RunningStatistics {
            count: vec![STARTING_COUNT; len],
            mean: vec![0.0; len],
            variance: vec![1.0; len],
        };
        Self::assemble(spec, groups, statistics)
    }

    /// A normaliser that continues from `statistics`.
    ///
    /// Fails where a list does not have one value a group, or holds a value no update could have left: not finite,
    /// a count below 1e-4, a negative variance.
    pub fn with_statistics(spec: &PolicySpec, statistics: RunningStatistics) -> Result<Self> {
        let groups = groups(spec);
        let len = group_count(&groups);
        for (name, values, smallest) in [
            ("count", &statistics.count, STARTING_COUNT),
            ("mean", &statistics.mean, f64::MIN),
            ("variance", &statistics.variance, 0.0),
        ] {
            if values.len() != len {
                let found = Count(values.len(), "values");
                return Err(Error::invalid(words!("normalizer.{name}"), found, len));
            }
            if let Some(i) = values.iter().position(|v| !(v.is_finite() && *v >= smallest)) {
                let expected = if smallest < 0.0 {
                    words!("finite")
                } else {
                    words!("finite and at least {smallest}")
                };
                return Err(Error::invalid(
                    words!("normalizer.{name}[{i}]"),
                    values[i],
                    expected,
                ));
            }
        }
        Ok(Self::assemble(spec, groups, statistics))
    }

    /// How many groups of features share statistics: S for `mlp`; for `scorer` one a block of one value an asset, and
    /// every other feature; for `attention` the same with one bar of the history.
    pub fn group_count(spec: &PolicySpec) -> usize {
        group_count(&groups(spec))
    }

    /// What has been learnt so far.
    pub fn statistics(&self) -> &RunningStatistics {
        &self.statistics
    }

    /// The (mean, standard deviation) that feature `i` of the state is normalised with.
    pub fn feature(&self, i: usize) -> (f64, f64) {
        let group = self.groups[i];
        (
            self.statistics.mean[group],
            self.statistics.variance[group].sqrt(),
        )
    }

    /// The mean state, feature by feature: [S]. Zeros before there are statistics.
    pub fn mean_state(&self) -> Vec<f32> {
        self.mean.clone()
    }

    /// What a state is normalised with, feature by feature: the means, and the inverse deviations they are scaled by.
    pub(super) fn scale(&self) -> (&[f32], &[f32]) {
        (&self.mean, &self.inverse_deviation)
    }

    /// Takes a batch of states ([rows, S], row-major) into the statistics, by the parallel update of Chan, Golub and
    /// LeVeque (1979), in f64 and in row order: the same batch gives the same bits.
    ///
    /// Fails, leaving the statistics as they were, where the length is not a multiple of S or a value is not finite.
    pub fn update(&mut self, states: &[f32]) -> Result<()> {
        let features = self.groups.len();
        let rows = states.len() / features;
        if rows * features != states.len() {
            let found = Count(states.len(), "values");
            return Err(Error::invalid(
                "states",
                found,
                words!("a multiple of {features}"),
            ));
        }
        if let Some(i) = states.iter().position(|value| !value.is_finite()) {
            let input = words!("states[{}][{}]", i / features, i % features);
            return Err(Error::invalid(input, states[i], "finite"));
        }
        if rows == 0 {
            return Ok(());
        }
        let counts = |row: &[f32], i: usize| match self.counts.get(i) {
            None | Some(Counts::Always) => true,
            Some(Counts::With(flag, other)) => row[*flag] != 0.0 && row[*other] != 0.0,
            Some(Counts::Never) => false,
        };
        let mut batch = std::mem::take(&mut self.batch);
        batch.clear(self.statistics.mean.len());
        if self.counts.is_empty() {
            batch.add_all(&self.groups, states);
        } else {
            batch.add_those_that_count(&self.groups, states, counts);
        }
        self.merge(&batch);
        self.refresh();
        self.batch = batch;
        Ok(())
    }

    /// Takes over what another normaliser of the same spec has learnt: allocates nothing.
    pub(super) fn learn_from(&mut self, other: &Self) {
        let (own, others) = (&mut self.statistics, &other.statistics);
        own.count.copy_from_slice(&others.count);
        own.mean.copy_from_slice(&others.mean);
        own.variance.copy_from_slice(&others.variance);
        self.refresh();
    }

    /// Writes the normalised state: `state` and `out` have length S.
    pub fn normalize(&self, state: &[f32], out: &mut [f32]) {
        let scale = self.mean.iter().zip(&self.inverse_deviation);
        for ((out, &value), (&mean, &inverse)) in out.iter_mut().zip(state).zip(scale) {
            *out = ((value - mean) * inverse).clamp(-CLIP, CLIP);
        }
        for (out, counts) in out.iter_mut().zip(&self.counts) {
            if let Counts::With(flag, other) = counts
                && (state[*flag] == 0.0 || state[*other] == 0.0)
            {
                *out = 0.0;
            }
        }
    }

    fn assemble(spec: &PolicySpec, groups: Vec<usize>, statistics: RunningStatistics) -> Self {
        let mut normalizer = Self {
            counts: counts(spec),
            mean: vec![0.0; groups.len()],
            inverse_deviation: vec![1.0; groups.len()],
            groups,
            statistics,
            batch: Batch::default(),
        };
        normalizer.refresh();
        normalizer
    }

    fn merge(&mut self, batch: &Batch) {
        let RunningStatistics {
            count,
            mean,
            variance,
        } = &mut self.statistics;
        for group in 0..count.len() {
            let total = count[group] + batch.count[group];
            let delta = batch.mean[group] - mean[group];
            let squares = variance[group] * count[group]
                + batch.squares[group]
                + delta * delta * count[group] * batch.count[group] / total;
            mean[group] += delta * batch.count[group] / total;
            variance[group] = squares / total;
            count[group] = total;
        }
    }

    fn refresh(&mut self) {
        for (i, &group) in self.groups.iter().enumerate() {
            self.mean[i] = self.statistics.mean[group] as f32;
            self.inverse_deviation[i] =
                (1.0 / (self.statistics.variance[group] + VARIANCE_EPSILON).sqrt()) as f32;
        }
    }
}

/// The group of each feature: a block of one value an asset is one where assets are alike to the network; every other
/// feature is its own. To an attention the bars of the history are alike: each has the groups of the last one.
fn groups(spec: &PolicySpec) -> Vec<usize> {
    let alike = spec.network.scores_rows();
    let mut groups = Vec::with_capacity(spec.state.len());
    let mut next = 0;
    // Of the last bar's blocks: the number of a bar that each begins with, and its first group.
    let mut last_bar: Vec<(usize, usize)> = Vec::new();
    for block in spec.state.blocks() {
        let together = alike && block.per_asset;
        let place = block.content.place_in_history(spec.state.asset_columns.len());
        let known = place
            .filter(|_| spec.attention().is_some())
            .and_then(|(channel, _)| last_bar.iter().find(|(known, _)| *known == channel));
        let first = known.map_or(next, |(_, first)| *first);
        for i in 0..block.range.len() {
            groups.push(if together { first } else { first + i });
        }
        if known.is_some() {
            continue;
        }
        next += if together { 1 } else { block.range.len() };
        last_bar.extend(place.map(|(channel, _)| (channel, first)));
    }
    groups
}

/// Which values of each feature count; empty where no asset may be missing.
fn counts(spec: &PolicySpec) -> Vec<Counts> {
    let Some(flags) = spec.state.listed_range() else {
        return Vec::new();
    };
    let mut counts = Vec::with_capacity(spec.state.len());
    for block in spec.state.blocks() {
        let flag = |asset: usize| flags.start + asset;
        match block.content {
            Content::Listed => counts.extend(flags.clone().map(|_| Counts::Never)),
            Content::Weights => counts.extend(flags.clone().map(|_| Counts::Always)),
            Content::Correlations => {
                let pairs = (0..flags.len()).flat_map(|i| (i + 1..flags.len()).map(move |j| (i, j)));
                counts.extend(pairs.map(|(i, j)| Counts::With(flag(i), flag(j))));
            }
            _ if block.per_asset => {
                counts.extend((0..flags.len()).map(|i| Counts::With(flag(i), flag(i))));
            }
            _ => counts.extend(block.range.map(|_| Counts::Always)),
        }
    }
    counts
}

fn group_count(groups: &[usize]) -> usize {
    groups.iter().max().map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::correlation::Correlation;
    use crate::policy::spec::NetworkSpec;
    use crate::policy::test_specs;

    #[test]
    fn batches_give_the_mean_and_variance_of_all_rows() {
        let spec = test_specs::mlp(1);
        let mut normalizer = ObservationNormalizer::new(&spec);
        let rows: Vec<[f32; 4]> = (0..10)
            .map(|i| [i as f32, 2.0, -(i as f32), 0.5 * i as f32])
            .collect();
        normalizer.update(rows[..3].as_flattened()).unwrap();
        normalizer.update(rows[3..].as_flattened()).unwrap();
        // Of 0..9: mean 4.5, variance 8.25; the start weighs 1e-4 in 10, and pulls both by at most 1e-3.
        let expected = [(4.5, 8.25), (2.0, 0.0), (-4.5, 8.25), (2.25, 2.0625)];
        for (i, (mean, variance)) in expected.into_iter().enumerate() {
            let (found_mean, found_deviation) = normalizer.feature(i);
            assert!((found_mean - mean).abs() < 1e-4, "{found_mean} {mean}");
            assert!(
                (found_deviation.powi(2) - variance).abs() < 3e-4,
                "{found_deviation}"
            );
        }
        let mut out = [0.0; 4];
        normalizer.normalize(&[4.5, 2.0, -1e9, 2.25], &mut out);
        assert!(out[0].abs() < 1e-4 && out[3].abs() < 1e-4, "{out:?}");
        assert_eq!(out[2], -CLIP);
    }

    #[test]
    fn a_scorer_pools_each_block_over_assets() {
        let spec = test_specs::scorer(2);
        let mut normalizer = ObservationNormalizer::new(&spec);
        assert_eq!(normalizer.statistics().mean.len(), spec.state.len() - 3);
        let mut state = vec![0.0; spec.state.len()];
        (state[0], state[1]) = (1.0, 3.0);
        normalizer.update(&state).unwrap();
        assert_eq!(normalizer.feature(0), normalizer.feature(1));
        assert!((normalizer.feature(0).0 - 2.0).abs() < 2e-4);
        assert!((normalizer.feature(0).1 - 1.0).abs() < 2e-4);
    }

    /// The bars of a history are alike to an attention, number by number, and to no other network.
    #[test]
    fn an_attention_pools_the_bars_of_the_history() {
        let mut spec = test_specs::scorer(2);
        spec.state.history = 3;
        spec.state.asset_columns = vec!["own".into()];
        spec.state.columns = vec!["one".into(), "other".into()];
        let apart = ObservationNormalizer::group_count(&spec);
        spec.network = NetworkSpec::Attention {
            hidden: vec![4],
            embedding: 4,
            heads: 1,
        };
        // Two bars of a return, a column of each asset and two of all.
        assert_eq!(ObservationNormalizer::group_count(&spec), apart - 2 * 4);
        let mut normalizer = ObservationNormalizer::new(&spec);
        let of = |content| {
            let mut blocks = spec.state.blocks();
            blocks.find(|block| block.content == content).unwrap().range
        };
        let mut state = vec![0.0; spec.state.len()];
        for (back, value) in [1.0, 2.0, 6.0].into_iter().enumerate() {
            state[of(Content::Lag(back))].fill(value);
            state[of(Content::ColumnsBefore(back)).start + 1] = 10.0 * value;
        }
        normalizer.update(&state).unwrap();
        for back in 0..3 {
            let mean = |place: usize| normalizer.feature(place).0;
            assert!((mean(of(Content::Lag(back)).start) - 3.0).abs() < 1e-3);
            assert!((mean(of(Content::ColumnsBefore(back)).start + 1) - 30.0).abs() < 1e-2);
            assert_eq!(mean(of(Content::AssetColumnBefore(0, back)).start), 0.0);
        }
        // What follows the history keeps groups of its own.
        assert_eq!(mean_of(&normalizer, of(Content::Columns)), [0.0, 0.0]);
        state[of(Content::Columns)].copy_from_slice(&[5.0, 7.0]);
        let mut normalizer = ObservationNormalizer::new(&spec);
        normalizer.update(&state).unwrap();
        let found = mean_of(&normalizer, of(Content::Columns));
        assert!(
            (found[0] - 5.0).abs() < 1e-3 && (found[1] - 7.0).abs() < 1e-3,
            "{found:?}"
        );
    }

    fn mean_of(normalizer: &ObservationNormalizer, range: std::ops::Range<usize>) -> Vec<f64> {
        range.map(|place| normalizer.feature(place).0).collect()
    }

    /// What two assets have together counts where both take part, and is 0 elsewhere.
    #[test]
    fn a_pair_counts_where_both_assets_take_part() {
        let mut spec = test_specs::mlp(3);
        spec.state.listed = true;
        spec.state.correlation = Some(Correlation::Pairs { half_life: 5.0 });
        let pairs = spec
            .state
            .blocks()
            .find(|block| block.content == Content::Correlations)
            .unwrap()
            .range;
        let flags = spec.state.listed_range().unwrap();
        let mut normalizer = ObservationNormalizer::new(&spec);
        let state = |taking_part: [f32; 3], values: [f32; 3]| {
            let mut state = vec![0.0; spec.state.len()];
            state[flags.clone()].copy_from_slice(&taking_part);
            state[pairs.clone()].copy_from_slice(&values);
            state
        };
        let states = [
            state([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]),
            state([1.0, 1.0, 0.0], [4.0, 0.0, 0.0]),
        ];
        normalizer.update(&states.concat()).unwrap();
        let means = [0, 1, 2].map(|pair| normalizer.feature(pairs.start + pair).0);
        for (found, expected) in means.iter().zip([3.0, 2.0, 2.0]) {
            assert!((found - expected).abs() < 1e-3, "{means:?}");
        }
        let mut out = vec![0.0; spec.state.len()];
        normalizer.normalize(&states[1], &mut out);
        assert_eq!(out[pairs.start + 1..pairs.end], [0.0, 0.0]);
        assert!(out[pairs.start] > 0.5, "{out:?}");
    }

    #[test]
    fn hostile_batches_are_refused_and_leave_no_trace() {
        let spec = test_specs::mlp(1);
        let mut normalizer = ObservationNormalizer::new(&spec);
        let before = normalizer.clone();
        let error = normalizer
            .update(&[0.0, 0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0, 0.0])
            .unwrap_err();
        assert!(error.to_string().contains("states[1][1]"), "{error}");
        assert!(normalizer.update(&[0.0; 5]).is_err());
        assert_eq!(normalizer, before);
    }

    #[test]
    fn statistics_survive_json_bit_for_bit() {
        let spec = test_specs::scorer(3);
        let mut normalizer = ObservationNormalizer::new(&spec);
        let states: Vec<f32> = (0..7 * spec.state.len())
            .map(|i| (i as f32 * 0.7).sin())
            .collect();
        normalizer.update(&states).unwrap();
        let json = serde_json::to_string(normalizer.statistics()).unwrap();
        let read = serde_json::from_str(&json).unwrap();
        assert_eq!(
            ObservationNormalizer::with_statistics(&spec, read).unwrap(),
            normalizer
        );
    }
}
