//! What a block of the state holds.

use std::borrow::Cow;

/// What a block of the state holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Current (drifted) weights of the assets: [N].
    Weights,
    /// Last simple returns: [N].
    Returns,
    /// Rolling volatility of the returns: [N].
    Volatility,
    /// Weight of cash: [1].
    Cash,
    /// Drawdown, and the volatility of the last 20 portfolio returns: [2]; where switched on.
    Account,
    /// 1 for an asset that takes part, 0 for others: [N]; where switched on. It takes part where it has a price, and so
    /// many returns as the state and the prior look back on. Of one that does not, every other input but its weight is 0.
    Listed,
    /// Simple returns over so many bars, (1 + r_1)(1 + r_2)... - 1: [N].
    ReturnsOver(usize),
    /// Rolling volatility of the returns of so many bars, ddof 0: [N].
    VolatilityOver(usize),
    /// Correlations of all pairs, as Fisher's z: [N (N - 1) / 2], (0, 1), (0, 2) ... (1, 2) ...; see [`Correlation`](crate::market::correlation::Correlation).
    Correlations,
    /// An asset's mean correlation with the others, as Fisher's z: [N].
    MeanCorrelation,
    /// An asset's beta to equal weight: [N].
    Beta,
    /// An asset's weight in the portfolio of least variance: [N].
    LeastVariance,
    /// Share of the first eigenvalue of the correlations in the sum of all, in [0, 1]: [1].
    FirstEigenvalue,
    /// Simple returns of the bar that ended so many bars before the last one: [N].
    Lag(usize),
    /// The caller's columns so many bars before the last one: [K].
    ColumnsBefore(usize),
    /// The caller's column of each asset of the first index, so many bars before the last one: [N].
    AssetColumnBefore(usize, usize),
    /// Probabilities of the market's regimes: one a regime.
    Regimes,
    /// Sine and cosine of the time since midnight as a part of the day, and of that since Monday's midnight as a part of the
    /// week, times 2π, both UTC: [4]; where switched on.
    Time,
    /// What is left of an episode of fixed length, as a part of it, and ln(value/value at its start): [2]; where switched on.
    Horizon,
    /// The caller's columns: [K].
    Columns,
    /// The caller's column of each asset of this index: [N].
    AssetColumn(usize),
}

impl Content {
    /// What a state begins with.
    pub(super) const FIRST: [Self; 6] = [
        Self::Weights,
        Self::Returns,
        Self::Volatility,
        Self::Cash,
        Self::Account,
        Self::Listed,
    ];

    /// What follows what looks back, before the assets' columns.
    pub(super) const LATER: [Self; 4] = [Self::Regimes, Self::Time, Self::Horizon, Self::Columns];

    /// What it is called.
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Weights => "weights",
            Self::Returns => "returns",
            Self::Volatility => "volatility",
            Self::Cash => "cash ratio",
            Self::Account => "account",
            Self::Listed => "listed",
            Self::ReturnsOver(bars) => return format!("returns of {bars} bars").into(),
            Self::VolatilityOver(bars) => return format!("volatility of {bars} bars").into(),
            Self::Correlations => "correlations",
            Self::MeanCorrelation => "mean correlation",
            Self::Beta => "beta",
            Self::LeastVariance => "least variance",
            Self::FirstEigenvalue => "first eigenvalue",
            Self::Lag(bars) => return format!("returns at lag {bars}").into(),
            Self::ColumnsBefore(bars) => return format!("columns at lag {bars}").into(),
            Self::AssetColumnBefore(_, bars) => return format!("asset columns at lag {bars}").into(),
            Self::Regimes => "regimes",
            Self::Time => "time",
            Self::Horizon => "horizon",
            Self::Columns => "columns",
            Self::AssetColumn(_) => "asset columns",
        })
    }

    /// Whether it is of the history, which a network that has an attention reads by it.
    pub fn is_history(self) -> bool {
        matches!(
            self,
            Self::Lag(_) | Self::ColumnsBefore(_) | Self::AssetColumnBefore(..)
        )
    }

    /// Which of the numbers of a bar of the history it is, or begins with, and of how many bars before the last: the return,
    /// the `asset_columns` columns of the asset, those of all.
    pub fn place_in_history(self, asset_columns: usize) -> Option<(usize, usize)> {
        match self {
            Self::Lag(back) => Some((0, back)),
            Self::AssetColumnBefore(column, back) => Some((1 + column, back)),
            Self::ColumnsBefore(back) => Some((1 + asset_columns, back)),
            _ => None,
        }
    }

    pub(super) fn per_asset(self) -> bool {
        match self {
            Self::Cash
            | Self::Account
            | Self::Correlations
            | Self::FirstEigenvalue
            | Self::ColumnsBefore(_)
            | Self::Regimes
            | Self::Time
            | Self::Horizon
            | Self::Columns => false,
            Self::Weights
            | Self::Returns
            | Self::Volatility
            | Self::Listed
            | Self::ReturnsOver(_)
            | Self::VolatilityOver(_)
            | Self::MeanCorrelation
            | Self::Beta
            | Self::LeastVariance
            | Self::Lag(_)
            | Self::AssetColumnBefore(..)
            | Self::AssetColumn(_) => true,
        }
    }
}
