//! What every market looks like to an environment: a path of bars, drawn or read one at a time.

use crate::market::bars_per_year::BarsPerYear;
use crate::market::listing::Status;
use crate::math::random::Stream;
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
    /// What each asset is at this close: [N]; empty where all are there throughout.
    #[serde(default)]
    pub status: Vec<Status>,
}

/// What a bar brings besides its prices, as known at its close; empty what a policy does not look at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BarColumns<'a> {
    /// The policy's columns: [K].
    pub columns: &'a [f64],
    /// The policy's columns of each asset: [N, F], an asset's own side by side.
    pub asset_columns: &'a [f64],
    /// Weights of a supplied prior, assets and then cash: [N + 1].
    pub prior: &'a [f64],
    /// Not 0 where an asset ends at this close: [N]; empty where none does.
    pub ends: &'a [f64],
}

impl MarketBar {
    /// A bar of the given shape, all zeros.
    pub fn zeros(shape: MarketShape) -> Self {
        Self {
            returns: vec![0.0; shape.assets],
            cash_return: 0.0,
            columns: vec![0.0; shape.columns],
            asset_columns: vec![0.0; shape.assets * shape.asset_columns],
            prior: vec![0.0; if shape.prior { shape.assets + 1 } else { 0 }],
            status: vec![Status::default(); if shape.ragged { shape.assets } else { 0 }],
        }
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
