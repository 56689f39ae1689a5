//! The last bars of something, always contiguous and in the order of time.

use crate::error::Result;
use crate::memory;

/// The last `capacity` rows of `width` numbers, and one more, so that the last push can be taken back.
///
/// Every row is written twice, `capacity + 1` rows apart, so that any span of the last rows is one contiguous slice:
/// sums over it run in the order of time, whatever bar the feeding began with, and vectorise over the row.
#[derive(Debug, Clone)]
pub(crate) struct History {
    width: usize,
    capacity: usize,
    /// Rows pushed so far, at most `capacity + 1`.
    len: usize,
    /// Row of the first copy that the next push writes.
    next: usize,
    /// [2 * (capacity + 1), width]
    rows: Vec<f64>,
}

impl History {
    /// An empty history; a capacity of 0 keeps nothing. Errors: not as much memory.
    pub(crate) fn new(width: usize, capacity: usize) -> Result<Self> {
        Ok(Self {
            width,
            capacity,
            len: 0,
            next: 0,
            rows: memory::filled(
                "the bars to look back at",
                &[2, capacity.saturating_add(1), width],
                0.0,
            )?,
        })
    }

    /// Numbers that there is room for.
    pub(crate) fn numbers(&self) -> usize {
        self.rows.len()
    }

    /// Forgets every row.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.next = 0;
    }

    /// Appends a row [width], forgetting the oldest when full.
    pub(crate) fn push(&mut self, row: &[f64]) {
        if self.capacity == 0 {
            return;
        }
        let slots = self.capacity + 1;
        let first = self.next * self.width;
        let second = (self.next + slots) * self.width;
        self.rows[first..first + self.width].copy_from_slice(row);
        self.rows[second..second + self.width].copy_from_slice(row);
        self.next = if self.next + 1 == slots { 0 } else { self.next + 1 };
        self.len = (self.len + 1).min(slots);
    }

    /// Takes back the last [`push`](Self::push), once: the oldest row that it pushed out is there again.
    pub(crate) fn take_back(&mut self) {
        if self.capacity == 0 {
            return;
        }
        self.next = self.next.checked_sub(1).unwrap_or(self.capacity);
        self.len -= 1;
    }

    /// The last `count` rows, oldest first: [count, width]. `count` is at most the capacity; rows before the first
    /// push hold anything.
    pub(crate) fn last(&self, count: usize) -> &[f64] {
        let end = self.next + self.capacity + 1;
        &self.rows[(end - count) * self.width..end * self.width]
    }

    /// The row so many before the last one: [width].
    pub(crate) fn before(&self, rows: usize) -> &[f64] {
        &self.last(rows + 1)[..self.width]
    }

    /// Numbers in a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Every row that is kept, oldest first: [len, width].
    pub(crate) fn all(&self) -> &[f64] {
        self.last(self.len.min(self.capacity))
    }

    /// Calls `write(i, return)` for every column i: the simple return over its last `count` simple returns, compounded in
    /// the order of time.
    pub(crate) fn compounded(&self, count: usize, mut write: impl FnMut(usize, f64)) {
        let rows = self.last(count);
        for column in 0..self.width {
            let own = rows[column..].iter().step_by(self.width);
            let growth: f64 = own.map(|earned| 1.0 + earned).product();
            write(column, growth - 1.0);
        }
    }

    /// Calls `write(i, volatility)` for every column i: the standard deviation (ddof 0) of its last `count` values,
    /// in two passes, each a sum in the order of time.
    pub(crate) fn volatility(&self, count: usize, mut write: impl FnMut(usize, f64)) {
        let rows = self.last(count);
        let mut column = 0;
        while column < self.width {
            column += match self.width - column {
                8.. => deviations::<8>(rows, self.width, count, column, &mut write),
                4.. => deviations::<4>(rows, self.width, count, column, &mut write),
                2.. => deviations::<2>(rows, self.width, count, column, &mut write),
                _ => deviations::<1>(rows, self.width, count, column, &mut write),
            };
        }
    }
}

/// Standard deviations of `LANES` columns from `first` on; returns `LANES`. How many lanes run side by side does not
/// change a column's own sums.
#[inline(always)]
fn deviations<const LANES: usize>(
    rows: &[f64],
    width: usize,
    count: usize,
    first: usize,
    write: &mut impl FnMut(usize, f64),
) -> usize {
    let lanes = |row: &[f64]| -> [f64; LANES] {
        row[first..first + LANES]
            .try_into()
            .expect("a slice of LANES values")
    };
    let mut mean = [0.0; LANES];
    for row in rows.chunks_exact(width) {
        let row = lanes(row);
        for lane in 0..LANES {
            mean[lane] += row[lane];
        }
    }
    let count = count as f64;
    for mean in &mut mean {
        *mean /= count;
    }
    let mut squares = [0.0; LANES];
    for row in rows.chunks_exact(width) {
        let row = lanes(row);
        for lane in 0..LANES {
            let deviation = row[lane] - mean[lane];
            squares[lane] += deviation * deviation;
        }
    }
    for (lane, square) in squares.iter().enumerate() {
        write(first + lane, (square / count).sqrt());
    }
    LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_rows_in_order() {
        let mut history = History::new(2, 3).unwrap();
        for k in 0..7 {
            history.push(&[f64::from(k), -f64::from(k)]);
        }
        assert_eq!(history.all(), [4.0, -4.0, 5.0, -5.0, 6.0, -6.0]);
        assert_eq!(history.last(1), [6.0, -6.0]);
    }

    #[test]
    fn a_push_that_is_taken_back_leaves_no_trace() {
        for capacity in [0, 1, 3] {
            let mut history = History::new(2, capacity).unwrap();
            for k in 0..9 {
                let before = history.all().to_vec();
                history.push(&[99.0, f64::from(k)]);
                history.take_back();
                assert_eq!(history.all(), before, "{capacity} rows, push {k}");
                history.push(&[f64::from(k), -1.0]);
            }
        }
    }

    #[test]
    fn volatility_is_the_textbook_one_for_every_number_of_columns() {
        for width in 1..=17 {
            let mut history = History::new(width, 5).unwrap();
            let value = |k: usize, i: usize| ((k * 7 + i * 13) % 11) as f64 * 0.01;
            for k in 0..9 {
                let row: Vec<f64> = (0..width).map(|i| value(k, i)).collect();
                history.push(&row);
            }
            let mut seen = 0;
            history.volatility(4, |i, found| {
                let column: Vec<f64> = (5..9).map(|k| value(k, i)).collect();
                let mean = column.iter().sum::<f64>() / 4.0;
                let expected = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4.0).sqrt();
                assert!((found - expected).abs() < 1e-15, "{width} columns, column {i}");
                seen += 1;
            });
            assert_eq!(seen, width);
        }
    }
}
