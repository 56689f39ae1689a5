//! What every market looks like to an environment: a path of bars, drawn or read one at a time.

use crate::error::{Count, Error, Result, words};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::listing::Status;
use crate::math::random::Stream;
use crate::settings::Range;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A source of bars: a price table, a simulation, or a caller's own.
///
/// A market is shared between environments and holds no position; all that moves is in the caller's [`Path`] and
/// [`Stream`], which are saved in checkpoints.
pub trait Market: Send + Sync {
    /// How many assets and columns its bars carry.
    fn shape(&self) -> MarketShape;

    /// Bars a year: what anything annual is made from. The default is 252.
    fn bars_per_year(&self) -> BarsPerYear {
        BarsPerYear::DAILY
    }

    /// A number that differs between markets with other data or parameters, so that a checkpoint is not continued on
    /// another market by mistake. The default, 0, promises nothing.
    fn digest(&self) -> u64 {
        0
    }

    /// Refuses a market that does not write [`BarCosts::volumes`], or writes none above 0 for an asset in some `window` bars in
    /// which it is there: impact needs them. The default writes none.
    fn check_volumes(&self, window: usize) -> Result<()> {
        let _ = window;
        Err(Error::invalid(
            "market",
            "without volumes",
            "volumes, as env.impact is above 0",
        ))
    }

    /// Refuses a market that does not write [`BarCosts::closes`]: lots need them. The default does not.
    fn check_closes(&self) -> Result<()> {
        Err(Error::invalid(
            "market",
            "without prices of units",
            "a price table, as env.lot is above 0",
        ))
    }

    /// Chooses where an episode starts, so that `warm_up` bars of history and then `steps` bars can be had by
    /// calling [`advance`](Self::advance). Returns how many steps the episode has: `steps`, or fewer where the
    /// market is shorter.
    fn begin(&self, warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize;

    /// Whether an episode that stands at `path` can take `steps` more: what was read from somewhere need not be one of
    /// this market's. The default believes it.
    fn has_room(&self, path: &Path, steps: usize) -> bool {
        let _ = (path, steps);
        true
    }

    /// Moves one bar on: writes the returns over the bar that just ended and the columns known at its close.
    /// Allocates nothing. Called at most `warm_up + steps` times after [`begin`](Self::begin).
    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar);
}

/// A [`Market::digest`] of these bytes: the first 8 of their SHA-256.
pub fn digest_of(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> u64 {
    let mut hash = Sha256::new();
    parts.into_iter().for_each(|part| hash.update(part));
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_le_bytes(first)
}

/// Sizes of a market's bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketShape {
    /// Number of risky assets, N; cash is not one of them.
    pub assets: usize,
    /// Number of columns that the caller supplies with every bar, K.
    pub columns: usize,
    /// Number of columns that the caller supplies with every bar for each asset, F.
    #[serde(default)]
    pub asset_columns: usize,
    /// Whether every bar carries prior weights.
    pub prior: bool,
    /// Whether assets may be missing: bars then say what each one is.
    #[serde(default)]
    pub ragged: bool,
}

/// One bar, as known at its close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarketBar {
    /// Simple returns of the assets over the bar that just ended: [N].
    pub returns: Vec<f64>,
    /// Simple return of cash over the bar that just ended.
    pub cash_return: f64,
    /// What the caller supplies to be seen at this close: [K].
    pub columns: Vec<f64>,
    /// The same for each asset: [N, F], an asset's own side by side.
    #[serde(default)]
    pub asset_columns: Vec<f64>,
    /// Prior weights that the caller supplies for the trade at this close, assets then cash: [N + 1]; empty where
    /// the market supplies none.
    pub prior: Vec<f64>,
    /// When the bar closed, in nanoseconds since 1970-01-01 UTC; none where the market has no times.
    #[serde(default)]
    pub time: Option<i64>,
    /// What each asset is at this close: [N]; empty where all are there throughout.
    #[serde(default)]
    pub status: Vec<Status>,
    /// What the market says of the costs of trading at this close.
    #[serde(default)]
    pub costs: BarCosts,
}

/// What a market says of costs with a bar, for the trade at its close; each list is [N], an asset's each, or empty where the
/// market says nothing of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BarCosts {
    /// Commission per traded notional, in [0, 1), in the place of the environment's `cost_rate`.
    pub cost_rates: Vec<f64>,
    /// Half the spread between bid and ask as a part of the price, in [0, 1): paid on top of commission.
    pub half_spreads: Vec<f64>,
    /// Fee on what is sold short over the bar that begins, at least 0, in the place of the environment's `borrow_rate`.
    pub borrow_fees: Vec<f64>,
    /// What was traded over the bar that just ended, in money: units times the close; at least 0.
    ///
    /// A market that has volumes writes them where there is room for them: where impact needs them.
    pub volumes: Vec<f64>,
    /// Money for a unit at this close, at least 0; written where there is room, as volumes.
    pub closes: Vec<f64>,
}

impl BarCosts {
    /// Nothing.
    pub(crate) const NONE: Self = Self {
        cost_rates: Vec::new(),
        half_spreads: Vec::new(),
        borrow_fees: Vec::new(),
        volumes: Vec::new(),
        closes: Vec::new(),
    };

    /// Whether it says nothing.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.cost_rates.is_empty()
            && self.half_spreads.is_empty()
            && self.borrow_fees.is_empty()
            && self.volumes.is_empty()
            && self.closes.is_empty()
    }

    /// Refuses lists that are not of `assets` values in their range; the error names the value.
    pub(crate) fn check(&self, assets: usize) -> Result<()> {
        for (name, list, range) in self.lists() {
            if !list.is_empty() && list.len() != assets {
                return Err(Error::invalid(name, Count(list.len(), "values"), assets));
            }
            if let Some(i) = list.iter().position(|value| !range.contains(*value)) {
                return Err(Error::invalid(words!("{name}[{i}]"), list[i], range));
            }
        }
        Ok(())
    }

    fn lists(&self) -> [(&'static str, &Vec<f64>, Range); 5] {
        [
            ("cost_rates", &self.cost_rates, COST_RATE),
            ("half_spreads", &self.half_spreads, COST_RATE),
            ("borrow_rates", &self.borrow_fees, AMOUNT),
            ("volumes", &self.volumes, AMOUNT),
            ("closes", &self.closes, AMOUNT),
        ]
    }
}

/// Commission and half-spread.
pub(crate) const COST_RATE: Range = Range::below(0.0, 1.0);

/// Annual fees on shorts.
pub(crate) const BORROW_RATE: Range = Range::closed(0.0, 10.0);

/// Money, and fees over a bar.
const AMOUNT: Range = Range::closed(0.0, f64::MAX);

/// What a bar brings besides its prices, as known at its close; empty what a policy does not look at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BarColumns<'a> {
    /// The policy's columns: [K].
    pub columns: &'a [f64],
    /// The policy's columns of each asset: [N, F], an asset's own side by side.
    pub asset_columns: &'a [f64],
    /// Weights of a supplied prior, assets and then cash: [N + 1].
    pub prior: &'a [f64],
    /// When it closed, in nanoseconds since 1970-01-01 UTC; none where nobody says.
    pub time: Option<i64>,
    /// Not 0 where an asset ends at this close: [N]; empty where none does.
    pub ends: &'a [f64],
    /// What it says of costs.
    pub costs: CostColumns<'a>,
}

/// What a bar says of costs; each is [N], or empty where it says nothing of it: [`BarCosts`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CostColumns<'a> {
    /// Commission per traded notional, in [0, 1).
    pub cost_rates: &'a [f64],
    /// Half the spread between bid and ask as a part of the price, in [0, 1).
    pub half_spreads: &'a [f64],
    /// Annual fee on what is sold short, in [0, 10].
    pub borrow_rates: &'a [f64],
    /// Units traded over the bar, at least 0.
    pub volumes: &'a [f64],
}

impl MarketBar {
    /// A bar of the given shape, all zeros.
    pub fn zeros(shape: MarketShape) -> Self {
        Self {
            returns: vec![0.0; shape.assets],
            cash_return: 0.0,
            columns: vec![0.0; shape.columns],
            asset_columns: vec![0.0; shape.assets * shape.asset_columns],
            time: None,
            prior: vec![0.0; if shape.prior { shape.assets + 1 } else { 0 }],
            status: vec![Status::default(); if shape.ragged { shape.assets } else { 0 }],
            costs: BarCosts::default(),
        }
    }

    /// Return of equal weight over the bar: the mean over the assets that have one; none where none has.
    pub(crate) fn mean_return(&self) -> Option<f64> {
        if self.status.is_empty() {
            return Some(self.returns.iter().sum::<f64>() / self.returns.len() as f64);
        }
        let there = self
            .returns
            .iter()
            .zip(&self.status)
            .filter(|(_, status)| status.has_return());
        let (mut sum, mut count) = (0.0, 0_u32);
        for (earned, _) in there {
            sum += earned;
            count += 1;
        }
        (count > 0).then(|| sum / f64::from(count))
    }
}

/// How far one environment has walked through a market. Each market gives the fields its own meaning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// Index of the last bar that was delivered (tables).
    pub bar: usize,
    /// Current regime (regime-switching markets).
    pub regime: usize,
    /// Anything else, such as the level of a signal.
    pub memory: Vec<f64>,
}
