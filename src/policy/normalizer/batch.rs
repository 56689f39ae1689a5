//! The statistics of one batch of states.

/// Room for the statistics of one batch, group by group; no part of what a normaliser is.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pub(super) count: Vec<f64>,
    pub(super) mean: Vec<f64>,
    pub(super) squares: Vec<f64>,
}

impl Batch {
    pub(super) fn clear(&mut self, groups: usize) {
        for values in [&mut self.count, &mut self.mean, &mut self.squares] {
            values.clear();
            values.resize(groups, 0.0);
        }
    }

    /// Takes in rows of which every value counts: what [`add_those_that_count`](Self::add_those_that_count) makes of them, to the
    /// bit.
    pub(super) fn add_all(&mut self, groups: &[usize], states: &[f32]) {
        let rows = states.chunks_exact(groups.len());
        groups
            .iter()
            .for_each(|group| self.count[*group] += rows.len() as f64);
        // Neighbours of one group are added up without a detour through memory.
        for row in rows.clone() {
            let mut rest = row;
            for alike in groups.chunk_by(|a, b| a == b) {
                let (own, after) = rest.split_at(alike.len());
                rest = after;
                let sum = &mut self.mean[alike[0]];
                *sum = own.iter().fold(*sum, |sum, value| sum + f64::from(*value));
            }
        }
        self.divide();
        for row in rows {
            let mut rest = row;
            for alike in groups.chunk_by(|a, b| a == b) {
                let (own, after) = rest.split_at(alike.len());
                rest = after;
                let (mean, sum) = (self.mean[alike[0]], &mut self.squares[alike[0]]);
                let squares = own.iter().map(|value| (f64::from(*value) - mean).powi(2));
                *sum = squares.fold(*sum, |sum, square| sum + square);
            }
        }
    }

    /// Takes in those values of rows, feature by feature, that count.
    pub(super) fn add_those_that_count(
        &mut self,
        groups: &[usize],
        states: &[f32],
        counts: impl Fn(&[f32], usize) -> bool,
    ) {
        let rows = states.chunks_exact(groups.len());
        for row in rows.clone() {
            for (i, (&value, &group)) in row.iter().zip(groups).enumerate() {
                if counts(row, i) {
                    self.count[group] += 1.0;
                    self.mean[group] += f64::from(value);
                }
            }
        }
        self.divide();
        for row in rows {
            for (i, (&value, &group)) in row.iter().zip(groups).enumerate() {
                if counts(row, i) {
                    self.squares[group] += (f64::from(value) - self.mean[group]).powi(2);
                }
            }
        }
    }

    /// From sums to means.
    fn divide(&mut self) {
        for (mean, count) in self.mean.iter_mut().zip(&self.count) {
            *mean /= count.max(1.0);
        }
    }
}

impl PartialEq for Batch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::stream;
    use rand::RngExt;

    #[test]
    fn neighbours_of_one_group_come_to_the_same_bits() {
        let groups = [0, 1, 2, 2, 2, 3, 2, 2, 1, 4, 4];
        let mut draws = stream(1, "batch", 0);
        // Of many sizes: what is added first is rounded off by what comes later.
        let mut draw = || draws.random_range(-3.0..5.0_f32) * 10_f32.powi(draws.random_range(-9..9));
        let states: Vec<f32> = (0..17 * groups.len()).map(|_| draw()).collect();
        let [mut all, mut those] = [Batch::default(), Batch::default()];
        all.clear(5);
        those.clear(5);
        all.add_all(&groups, &states);
        those.add_those_that_count(&groups, &states, |_, _| true);
        let bits = |batch: &Batch| {
            [&batch.count, &batch.mean, &batch.squares]
                .map(|sums| sums.iter().map(|sum| sum.to_bits()).collect::<Vec<_>>())
        };
        assert_eq!(bits(&all), bits(&those));
        assert!(all.mean[1].abs() > 1.0 && all.squares[2] > 1.0, "{all:?}");
    }
}
