//! Average true range: how far an asset's price usually moves in one bar, gaps included.
//!
//! J. W. Wilder, New Concepts in Technical Trading Systems (1978). The start is TA-Lib's: the first true
//! range needs a previous close, the first average is the plain mean of the first n true ranges, and from
//! then on atr = (atr·(n - 1) + true range)/n.

use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result, check_length, words};
use crate::json::document::Document;
use crate::market::Status;
use crate::market::price::{self, BarNames, PriceBar, is_price};
use crate::memory;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// Bars of Wilder's average.
pub const DEFAULT_BARS: usize = 14;

/// What a restart must know of an [`Atr`]. N assets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtrState {
    /// Closes taken so far.
    pub seen: usize,
    /// Last closes: [N]; 0 before an asset's first.
    pub closes: Vec<f64>,
    /// The average, or the sum of the true ranges while there are not yet enough for one: [N].
    pub running: Vec<f64>,
    /// Closes taken so far that were none of an asset's: [N]; empty where all were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<usize>,
}

impl Document for AtrState {
    const KIND: &'static str = "the state of average true ranges";
}

/// Wilder's average true range of N assets, bar by bar.
#[derive(Debug, Clone)]
pub struct Atr {
    bars: usize,
    state: AtrState,
    /// What `values` shows: NaN until the average exists.
    values: Vec<f64>,
}

impl Atr {
    /// Has seen nothing. Errors: `bars` is 0.
    pub fn new(assets: usize, bars: usize) -> Result<Self> {
        let zeros = || memory::filled("the average true ranges of N assets", &[assets], 0.0);
        let state = AtrState {
            seen: 0,
            closes: zeros()?,
            running: zeros()?,
            missed: Vec::with_capacity(assets),
        };
        Self::restore(assets, bars, state)
    }

    /// Goes on from a saved state; values are then bit-identical to those of an average that never stopped.
    ///
    /// Errors: `bars` is 0, a length other than `assets`, closes that are not finite and above 0 although
    /// bars were seen, averages that are not finite and 0 or more, more bars missed than seen.
    pub fn restore(assets: usize, bars: usize, mut state: AtrState) -> Result<Self> {
        if bars == 0 {
            return Err(Error::invalid("atr_bars", 0, "at least 1"));
        }
        check_length("state.closes", state.closes.len(), assets, "number of assets")?;
        check_length("state.running", state.running.len(), assets, "number of assets")?;
        let bad = |value: &f64| !(value.is_finite() && *value >= 0.0);
        if let Some(asset) = state.running.iter().position(bad) {
            return Err(Error::invalid(
                format!("state.running[{asset}]"),
                state.running[asset],
                "a finite number, 0 or more",
            ));
        }
        if !state.missed.is_empty() {
            check_length("state.missed", state.missed.len(), assets, "number of assets")?;
            if let Some(asset) = state.missed.iter().position(|missed| *missed > state.seen) {
                let expected = words!("at most the bars seen, {}", state.seen);
                return Err(Error::invalid(
                    words!("state.missed[{asset}]"),
                    state.missed[asset],
                    expected,
                ));
            }
        }
        for (asset, close) in state.closes.iter().enumerate() {
            // One that has had no close of its own yet has none here.
            let none_yet = state.seen_of(asset) == 0 && *close == 0.0;
            if !(none_yet || is_price(*close)) {
                let input = words!("state.closes[{asset}]");
                return Err(Error::invalid(input, *close, price::expected(*close)));
            }
        }
        let mut values = memory::filled("the average true ranges of N assets", &[assets], f64::NAN)?;
        for (asset, value) in values.iter_mut().enumerate() {
            if state.seen_of(asset) > bars {
                *value = state.running[asset];
            }
        }
        state.missed.reserve_exact(assets);
        Ok(Self { bars, state, values })
    }

    /// Becomes what `other` is, of as many assets and bars; allocates nothing.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.state.seen = other.state.seen;
        self.state.closes.copy_from_slice(&other.state.closes);
        self.state.running.copy_from_slice(&other.state.running);
        self.state.missed.clone_from(&other.state.missed);
        self.values.copy_from_slice(&other.values);
    }

    /// What to save.
    pub fn state(&self) -> &AtrState {
        &self.state
    }

    /// Takes one bar of every asset: `high` and `low` [N], both or neither, and `close` [N], in the price's
    /// unit. Without high and low the true range is abs(close - previous close), and CLOSE_ONLY_TRUE_RANGE
    /// says so (found: 0 assets with a range; allowed: N). A high below, or a low above, its close by rounding (8 times
    /// 2.2e-16 of it) is taken as the close. Allocates nothing but what `reasons` may need to grow.
    ///
    /// Errors leave everything as it was: another length, only one of high and low, what is no price, a high further below its
    /// close, a low further above it.
    pub fn update(
        &mut self,
        high: Option<&[f64]>,
        low: Option<&[f64]>,
        close: &[f64],
        reasons: &mut Vec<Reason>,
    ) -> Result<()> {
        let bar = self.read(high, low, close)?;
        self.take(bar, &[], reasons);
        Ok(())
    }

    /// As [`update`](Self::update), of a bar that is checked already and of assets of which some may be missing: `status` [N], or
    /// empty where none is. The average of one that is halted stands still, and that of a new one begins anew.
    pub(super) fn take(&mut self, bar: PriceBar<'_>, status: &[Status], reasons: &mut Vec<Reason>) {
        let (close, ranges) = (bar.closes, bar.highs_lows);
        let whole = self.state.seen.saturating_add(1);
        self.state.miss(status);
        for (asset, &close) in close.iter().enumerate() {
            if !Status::of(status, asset).has_price() {
                continue;
            }
            let seen = whole - self.state.missed.get(asset).copied().unwrap_or(0);
            let first = seen == 1;
            let previous = self.state.closes[asset];
            let range = match ranges {
                Some((high, low)) => true_range(high[asset].max(close), low[asset].min(close), previous),
                None => (close - previous).abs(),
            };
            let running = &mut self.state.running[asset];
            *running = if first {
                0.0
            } else {
                smoothed(*running, range, seen, self.bars)
            };
            if seen > self.bars {
                self.values[asset] = *running;
            } else {
                self.values[asset] = f64::NAN;
            }
            self.state.closes[asset] = close;
        }
        self.state.seen = whole;
        if ranges.is_none() {
            let assets = close.len() as f64;
            reasons.push(Reason::portfolio(ReasonCode::CloseOnlyTrueRange, 0.0, assets));
        }
    }

    /// The average of each asset, in the price's unit: [N]; NaN until `needed` bars were seen.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Bars seen.
    pub fn seen(&self) -> usize {
        self.state.seen
    }

    /// Bars needed for the first average: one more than it averages, for the first previous close.
    pub fn needed(&self) -> usize {
        self.bars.saturating_add(1)
    }

    fn read<'a>(
        &self,
        high: Option<&'a [f64]>,
        low: Option<&'a [f64]>,
        close: &'a [f64],
    ) -> Result<PriceBar<'a>> {
        let ranges = match (high, low) {
            (None, None) => None,
            (Some(high), Some(low)) => Some((high, low)),
            (None, Some(_)) => return Err(Error::invalid("high", "missing", "given with low, or neither")),
            (Some(_), None) => return Err(Error::invalid("low", "missing", "given with high, or neither")),
        };
        let names = BarNames {
            closes: "close",
            highs: "high",
            lows: "low",
        };
        PriceBar::new(names, close, ranges, self.values.len())
    }
}

impl AtrState {
    /// Closes taken so far that were the asset's own.
    fn seen_of(&self, asset: usize) -> usize {
        self.seen - self.missed.get(asset).copied().unwrap_or(0)
    }

    /// Takes in whose close the next one is not.
    fn miss(&mut self, status: &[Status]) {
        if self.missed.is_empty() && status.iter().any(|status| *status != Status::Listed) {
            self.missed.resize(status.len(), 0);
        }
        for (asset, status) in status.iter().enumerate() {
            match status {
                Status::Listed => (),
                Status::Halted => self.missed[asset] += 1,
                Status::New => self.missed[asset] = self.seen,
                Status::Ended | Status::Absent => {
                    self.missed[asset] = self.seen + 1;
                    self.running[asset] = 0.0;
                }
            }
        }
    }
}

/// max(high - low, abs(high - previous close), abs(low - previous close)).
fn true_range(high: f64, low: f64, previous_close: f64) -> f64 {
    (high - low)
        .max((high - previous_close).abs())
        .max((low - previous_close).abs())
}

/// The running value after the true range of close number `seen` (2 is the first that has one).
fn smoothed(running: f64, range: f64, seen: usize, bars: usize) -> f64 {
    let n = bars as f64;
    if seen <= bars {
        running + range
    } else if seen == bars + 1 {
        (running + range) / n
    } else {
        (running * (n - 1.0) + range) / n
    }
}

/// Wilder's average true range over a whole table: `high` and `low` [T, N], both or neither, `close` [T, N]
/// to [T, N], NaN in the first `bars` rows. Row t is, bit for bit, what [`Atr`] gives after bar t.
///
/// Errors: `bars` is 0; shapes that differ; a bar that [`Atr::update`] refuses, whose number is then in the
/// error.
pub fn average_true_range(
    high: Option<ArrayView2<'_, f64>>,
    low: Option<ArrayView2<'_, f64>>,
    close: ArrayView2<'_, f64>,
    bars: usize,
) -> Result<Array2<f64>> {
    let (rows, assets) = close.dim();
    for (input, table) in [("high", &high), ("low", &low)] {
        if let Some(table) = table.as_ref().filter(|table| table.dim() != close.dim()) {
            let found = format!("of shape {:?}", table.shape());
            let expected = format!("of shape {:?} (as `close`)", close.shape());
            return Err(Error::invalid(input, found, expected));
        }
    }
    let mut atr = Atr::new(assets, bars)?;
    let mut out = Array2::zeros((rows, assets));
    let mut reasons = Vec::new();
    let row_of =
        |table: &Option<ArrayView2<'_, f64>>, row: usize| table.as_ref().map(|table| table.row(row).to_vec());
    for row in 0..rows {
        let (high, low, close) = (row_of(&high, row), row_of(&low, row), close.row(row).to_vec());
        atr.update(high.as_deref(), low.as_deref(), &close, &mut reasons)
            .map_err(|error| at_bar(error, row))?;
        reasons.clear();
        out.row_mut(row)
            .iter_mut()
            .zip(atr.values())
            .for_each(|(to, from)| *to = *from);
    }
    Ok(out)
}

fn at_bar(error: Error, bar: usize) -> Error {
    error.about(|input| words!("{input} of bar {bar}"))
}
