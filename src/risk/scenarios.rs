//! The last bars' returns as scenarios: what any weights would have earned on each of them.

use crate::error::{Count, Error, Result, words};
use crate::json::compact;
use crate::json::document::Document;
use crate::memory;
use serde::{Deserialize, Serialize};

/// The last `capacity` bars of N assets' simple returns, and one more, so that the last push can be taken back.
///
/// Kept by asset, each return written twice, `capacity + 1` apart, so that the last bars of an asset are one
/// slice whatever bar the feeding began with, and sums over assets vectorise over time.
#[derive(Debug, Clone)]
pub struct Scenarios {
    assets: usize,
    capacity: usize,
    /// Bars pushed so far, at most `capacity + 1`.
    kept: usize,
    /// Column of the first copy that the next push writes.
    next: usize,
    /// [assets, 2 * (capacity + 1)]
    returns: Vec<f64>,
}

/// [`Scenarios`] as plain data, to be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenariosState {
    /// Simple returns of the bars remembered, oldest first: [bars, N] row by row.
    #[serde(serialize_with = "compact::numbers")]
    pub returns: Vec<f64>,
}

impl Document for ScenariosState {
    const KIND: &'static str = "a state of limits";
}

/// Assets summed in one pass over the bars, for fewer loads and stores of the sums.
const BLOCK: usize = 4;

impl Scenarios {
    /// No bars yet, of `assets` assets (1 or more), to hold `capacity` (1 or more).
    ///
    /// # Errors
    /// A count of 0.
    pub fn new(assets: usize, capacity: usize) -> Result<Self> {
        for (input, count) in [("assets", assets), ("capacity", capacity)] {
            if count == 0 {
                return Err(Error::invalid(input, count, "1 or more"));
            }
        }
        Ok(Self {
            assets,
            capacity,
            kept: 0,
            next: 0,
            returns: memory::filled(
                "the bars that tail risk is measured on",
                &[2, assets, capacity.saturating_add(1)],
                0.0,
            )?,
        })
    }

    /// Number of assets, N.
    pub fn assets(&self) -> usize {
        self.assets
    }

    /// Most bars remembered.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Bars remembered.
    pub fn len(&self) -> usize {
        self.kept.min(self.capacity)
    }

    /// Whether no bar is remembered.
    pub fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Adds one bar's simple returns [N], forgetting the oldest bar when full. Does not allocate.
    ///
    /// # Errors
    /// A wrong length, a return that is not finite or below -1; nothing is remembered then.
    pub fn push(&mut self, returns: &[f64]) -> Result<()> {
        if returns.len() != self.assets {
            let found = Count(returns.len(), "values");
            return Err(Error::invalid("returns", found, self.assets));
        }
        check_returns("returns", returns)?;
        let slots = self.slots();
        for (row, &value) in self.returns.chunks_exact_mut(2 * slots).zip(returns) {
            row[self.next] = value;
            row[self.next + slots] = value;
        }
        self.next = (self.next + 1) % slots;
        self.kept = (self.kept + 1).min(slots);
        Ok(())
    }

    /// Takes back the last [`push`](Self::push), once: the oldest bar that it pushed out is there again.
    pub(crate) fn take_back(&mut self) {
        self.next = self.next.checked_sub(1).unwrap_or(self.capacity);
        self.kept -= 1;
    }

    /// Columns of one of an asset's two copies.
    fn slots(&self) -> usize {
        self.capacity + 1
    }

    /// Writes the simple returns that `weights` [N] (cash earns 0) would have earned on the last `out.len()`
    /// bars, oldest first. Each is summed in the order of assets. Does not allocate.
    ///
    /// # Panics
    /// If `weights` is not N long or `out` longer than the bars remembered.
    pub fn portfolio_returns(&self, weights: &[f64], out: &mut [f64]) {
        assert_eq!(weights.len(), self.assets, "one weight per asset");
        assert!(out.len() <= self.len(), "no more bars than are remembered");
        let end = self.next + self.slots();
        let bars = end - out.len()..end;
        let row = |i: usize| &self.returns[2 * self.slots() * i..][bars.clone()];
        out.fill(0.0);
        let blocks = weights.chunks_exact(BLOCK);
        let rest = self.assets - blocks.remainder().len();
        for (block, w) in blocks.enumerate() {
            let [a, b, c, d] = std::array::from_fn(|k| row(BLOCK * block + k));
            for ((((sum, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum = *sum + w[0] * a + w[1] * b + w[2] * c + w[3] * d;
            }
        }
        for (i, weight) in weights.iter().enumerate().skip(rest) {
            for (sum, value) in out.iter_mut().zip(row(i)) {
                *sum += weight * value;
            }
        }
    }

    /// What has to be saved to go on later as if nothing had happened.
    pub fn state(&self) -> ScenariosState {
        let end = self.next + self.slots();
        let returns = (end - self.len()..end).flat_map(|bar| {
            let rows = self.returns.chunks_exact(2 * self.slots());
            rows.map(move |row| row[bar])
        });
        ScenariosState {
            returns: returns.collect(),
        }
    }

    /// Scenarios that go on from a saved state, bit for bit.
    ///
    /// # Errors
    /// What [`new`](Self::new) refuses; a state whose returns are no whole bars of `assets` assets, more bars
    /// than `capacity`, or not finite.
    pub fn restore(state: &ScenariosState, assets: usize, capacity: usize) -> Result<Self> {
        let mut scenarios = Self::new(assets, capacity)?;
        let values = state.returns.len();
        if !values.is_multiple_of(assets) || values / assets > capacity {
            let expected = words!("at most {capacity} bars of {assets} returns each");
            return Err(Error::invalid(
                "scenarios.returns",
                Count(values, "values"),
                expected,
            ));
        }
        check_returns("scenarios.returns", &state.returns)?;
        for bar in state.returns.chunks_exact(assets) {
            scenarios.push(bar)?;
        }
        Ok(scenarios)
    }
}

fn check_returns(name: &str, returns: &[f64]) -> Result<()> {
    match returns
        .iter()
        .position(|value| !(value.is_finite() && *value >= -1.0))
    {
        Some(i) => Err(Error::invalid(
            words!("{name}[{i}]"),
            returns[i],
            "a finite return of -1 or more",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(k: usize, assets: usize) -> Vec<f64> {
        (0..assets)
            .map(|i| ((k * 7 + i * 13) % 23) as f64 * 0.01 - 0.1)
            .collect()
    }

    #[test]
    fn returns_are_the_naive_ones_for_every_length() {
        for (assets, capacity) in [(1, 1), (3, 7), (10, 29)] {
            let mut scenarios = Scenarios::new(assets, capacity).unwrap();
            let weights: Vec<f64> = (0..assets).map(|i| 0.3 - 0.1 * i as f64).collect();
            for k in 0..2 * capacity + 3 {
                scenarios.push(&bar(k, assets)).unwrap();
                let len = (k + 1).min(capacity);
                assert_eq!(scenarios.len(), len);
                let mut out = vec![f64::NAN; len];
                scenarios.portfolio_returns(&weights, &mut out);
                for (age, found) in out.iter().rev().enumerate() {
                    let terms = bar(k - age, assets).into_iter().zip(&weights);
                    let expected = terms.fold(0.0, |sum, (r, w)| sum + w * r);
                    assert_eq!(found.to_bits(), f64::to_bits(expected));
                }
                let mut last = vec![f64::NAN; len.min(5)];
                scenarios.portfolio_returns(&weights, &mut last);
                assert_eq!(last, out[len - last.len()..]);
            }
        }
    }

    #[test]
    fn a_restart_goes_on_bit_for_bit() {
        let mut scenarios = Scenarios::new(3, 5).unwrap();
        for k in 0..13 {
            let json = serde_json::to_string(&scenarios.state()).unwrap();
            let mut restored = Scenarios::restore(&serde_json::from_str(&json).unwrap(), 3, 5).unwrap();
            scenarios.push(&bar(k, 3)).unwrap();
            restored.push(&bar(k, 3)).unwrap();
            assert_eq!(restored.state(), scenarios.state());
            assert_eq!(restored.len(), (k + 1).min(5));
        }
    }

    #[test]
    fn a_bar_that_is_taken_back_leaves_no_trace() {
        for capacity in [1, 4] {
            let mut scenarios = Scenarios::new(3, capacity).unwrap();
            for k in 0..11 {
                let before = scenarios.state();
                scenarios.push(&bar(k + 100, 3)).unwrap();
                scenarios.take_back();
                assert_eq!(scenarios.state(), before);
                scenarios.push(&bar(k, 3)).unwrap();
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name_and_changes_nothing() {
        let mut scenarios = Scenarios::new(2, 3).unwrap();
        scenarios.push(&[0.1, 0.2]).unwrap();
        let before = scenarios.state();
        for (returns, name) in [
            (&[0.1][..], "`returns` has 1 values"),
            (&[0.1, f64::NAN], "`returns[1]` is NaN"),
            (&[-1.5, 0.0], "`returns[0]` is -1.5"),
        ] {
            assert!(scenarios.push(returns).unwrap_err().to_string().contains(name));
        }
        assert_eq!(scenarios.state(), before);
        assert!(Scenarios::new(0, 3).is_err() && Scenarios::new(2, 0).is_err());
        for returns in [vec![0.1; 3], vec![0.1; 8], vec![f64::INFINITY; 2]] {
            let error = Scenarios::restore(&ScenariosState { returns }, 2, 3).unwrap_err();
            assert!(error.to_string().contains("`scenarios.returns"), "{error}");
        }
    }
}
