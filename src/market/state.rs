//! What the policy sees at a close, and the one builder that writes it.

mod check;
mod prior_weights;
mod saved;
#[cfg(test)]
mod tests;

use crate::error::{Count, Error, Result, words};
use crate::market::correlation::Correlations;
use crate::market::history::History;
use crate::market::listing::Status;
use crate::market::prior::{self, Prior};
use crate::market::regime::Regimes;
use crate::market::source::{MarketBar, MarketShape};
pub use crate::market::state_spec::StateSpec;
use crate::market::state_spec::{Block, Content};
use crate::market::time;
use serde::{Deserialize, Serialize};

/// What the account adds to a state: how the portfolio stands at this close, before trading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AccountView<'a> {
    /// Current (drifted) weights of the assets: [N].
    pub weights: &'a [f64],
    /// Weight of cash.
    pub cash: f64,
    /// 1 - value/peak, in [0, 1].
    pub drawdown: f64,
    /// Standard deviation (ddof 0) of the last 20 net portfolio returns; 0 below two.
    pub volatility: f64,
    /// Bars that it was held over since it began, and the sum of ln(1 + net return) over them.
    pub steps: usize,
    /// See `steps`.
    pub log_growth: f64,
}

/// Turns bars into states and prior weights: the one builder, for training, back-test and live use.
///
/// Fed bar by bar or from a table, from however far back, it gives bit-identical numbers once
/// [`ready`](Self::ready): each is a sum over its own window of bars in the order of time. A push costs O(N); what is
/// summed over windows is computed when it is asked for, so that warming up is cheap. Serialises to the bars it still
/// needs; the round trip is exact.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "saved::Saved", try_from = "saved::Saved")]
pub struct StateBuilder {
    spec: StateSpec,
    /// Those of the spec: asked for at every decision.
    blocks: Vec<Block>,
    prior: Prior,
    /// Bars that the prior looks back on.
    look_back: usize,
    cash: bool,
    /// Bars needed before the first state.
    warm_up: usize,
    /// Bars seen, counted up to the warm-up.
    bars: usize,
    /// Simple returns: rows [N].
    returns: History,
    /// How they move together, where the state shows it.
    correlations: Option<Box<Correlations>>,
    /// The market's regimes, where the state shows them.
    regimes: Option<Box<Regimes>>,
    /// Squared returns of the equal-weight portfolio (vol_target only): rows [1].
    squares: History,
    /// Their weights in the forecast, oldest first.
    decay: Vec<f64>,
    /// Of the bars of the history, at least the last one: rows [K].
    columns: History,
    /// Likewise: rows [N, F].
    asset_columns: History,
    /// Of the last bar, where the state shows it: nanoseconds since 1970-01-01 UTC.
    time: i64,
    /// Of the last bar, where the prior is supplied: [N + 1].
    supplied: Vec<f64>,
    /// Returns of each asset since it is there, counted up to the warm-up, and what it is at the last bar; empty where all
    /// are there throughout: [N].
    members: Vec<Member>,
    /// What the last push replaced.
    before: Before,
}

/// An asset of a market in which some are missing at times.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    returns: usize,
    status: Status,
}

impl Member {
    fn takes_part(&self, look_back: usize) -> bool {
        self.status.takes_part(self.returns, look_back)
    }
}

/// What a push replaces besides the bars that fall out of the windows.
#[derive(Debug, Clone)]
struct Before {
    bars: usize,
    time: i64,
    supplied: Vec<f64>,
    members: Vec<Member>,
}

impl StateBuilder {
    /// A builder that has seen nothing. `cash` says whether weights end with cash.
    pub fn new(spec: &StateSpec, prior: Prior, cash: bool) -> Result<Self> {
        spec.validate()?;
        prior.validate(cash)?;
        let look_back = prior.look_back(spec.bars_per_year());
        let rows = match prior {
            Prior::InverseVolatility { .. } => look_back.max(spec.look_back()),
            _ => spec.look_back(),
        };
        let correlations = spec
            .correlation
            .map(|shown| Correlations::new(shown, spec.assets).map(Box::new))
            .transpose()?;
        let regimes = spec.regime.as_ref().map(Regimes::new).transpose()?.map(Box::new);
        let decay = match prior {
            Prior::VolTarget { half_life, .. } => prior::decay(half_life, look_back),
            _ => Vec::new(),
        };
        let supplied = if prior == Prior::Supplied {
            spec.assets + 1
        } else {
            0
        };
        let members = vec![Member::default(); if spec.listed { spec.assets } else { 0 }];
        Ok(Self {
            bars: 0,
            returns: History::new(spec.assets, rows)?,
            correlations,
            regimes,
            squares: History::new(1, decay.len())?,
            decay,
            columns: History::new(spec.columns.len(), spec.history.max(1))?,
            asset_columns: History::new(spec.assets * spec.asset_columns.len(), spec.history.max(1))?,
            supplied: vec![0.0; supplied],
            time: 0,
            before: Before {
                bars: 0,
                time: 0,
                supplied: vec![0.0; supplied],
                members: members.clone(),
            },
            members,
            warm_up: spec.look_back().max(look_back),
            blocks: spec.blocks().collect(),
            spec: spec.clone(),
            prior,
            look_back,
            cash,
        })
    }

    /// Checks that a market's bars fit: N, K, and prior weights where the prior is supplied.
    pub fn check_market(&self, shape: MarketShape) -> Result<()> {
        if shape.assets != self.spec.assets {
            return Err(Error::invalid("market.assets", shape.assets, self.spec.assets));
        }
        if shape.columns != self.spec.columns.len() {
            let expected = words!("{} (state.columns)", self.spec.columns.len());
            return Err(Error::invalid("market.columns", shape.columns, expected));
        }
        if shape.asset_columns != self.spec.asset_columns.len() {
            let expected = words!("{} (state.asset_columns)", self.spec.asset_columns.len());
            return Err(Error::invalid(
                "market.asset_columns",
                shape.asset_columns,
                expected,
            ));
        }
        if shape.ragged && !self.spec.listed {
            let expected = "assets that are all there throughout, or `listed` in the state";
            return Err(Error::invalid(
                "market",
                "with assets that are missing at times",
                expected,
            ));
        }
        if self.prior == Prior::Supplied && !shape.prior {
            let expected = "bars with prior weights, as prior is `supplied`";
            return Err(Error::invalid("market", "without prior weights", expected));
        }
        Ok(())
    }

    /// Bars needed before the first state: the longer of the state's look-back and the prior's.
    pub fn warm_up_bars(&self) -> usize {
        self.warm_up
    }

    /// Bars that rolling figures look back on.
    pub(crate) fn window(&self) -> usize {
        self.spec.window
    }

    /// Whether enough bars have been seen.
    pub fn ready(&self) -> bool {
        self.bars >= self.warm_up_bars()
    }

    /// Bars that have to be seen before the first state; 0 from then on.
    pub fn missing_bars(&self) -> usize {
        self.warm_up_bars() - self.bars
    }

    /// Forgets every bar.
    pub fn reset(&mut self) {
        self.bars = 0;
        self.returns.clear();
        self.squares.clear();
        if let Some(regimes) = &mut self.regimes {
            regimes.clear();
        }
        self.members.fill(Member::default());
    }

    /// Takes in the bar that just ended. An error, which leaves the builder as it was, names what does not fit or is
    /// not finite.
    pub fn push(&mut self, bar: &MarketBar) -> Result<()> {
        self.check(bar)?;
        self.returns.push(&bar.returns);
        if !self.decay.is_empty() {
            let mean = bar.mean_return().unwrap_or(0.0);
            self.squares.push(&[mean * mean]);
        }
        if let Some(regimes) = &mut self.regimes {
            regimes.push(bar.mean_return());
        }
        if self.spec.listed {
            self.before.members.copy_from_slice(&self.members);
            let most = self.warm_up_bars();
            for (i, member) in self.members.iter_mut().enumerate() {
                member.status = Status::of(&bar.status, i);
                member.returns = member.status.returns(member.returns).min(most);
            }
        }
        self.columns.push(&bar.columns);
        self.asset_columns.push(&bar.asset_columns);
        if !self.supplied.is_empty() {
            std::mem::swap(&mut self.supplied, &mut self.before.supplied);
            self.supplied.copy_from_slice(&bar.prior);
        }
        self.before.time = std::mem::replace(&mut self.time, bar.time.unwrap_or(0));
        self.before.bars = self.bars;
        self.bars = (self.bars + 1).min(self.warm_up_bars());
        self.correlate();
        Ok(())
    }

    /// Computes how the returns move together at the last bar, where the state shows it and enough bars have been seen.
    fn correlate(&mut self) {
        let (members, warm_up) = (&self.members, self.warm_up);
        if let Some(correlations) = &mut self.correlations
            && self.bars >= warm_up
        {
            let takes_part =
                |asset: usize| members.get(asset).is_none_or(|member| member.takes_part(warm_up));
            correlations.update(&self.returns, takes_part);
        }
    }

    /// Takes back the last [`push`](Self::push), once: the builder is as it was before. Allocates nothing.
    pub(crate) fn take_back(&mut self) {
        self.returns.take_back();
        if !self.decay.is_empty() {
            self.squares.take_back();
        }
        self.columns.take_back();
        self.asset_columns.take_back();
        if !self.supplied.is_empty() {
            std::mem::swap(&mut self.supplied, &mut self.before.supplied);
        }
        std::mem::swap(&mut self.members, &mut self.before.members);
        if let Some(correlations) = &mut self.correlations {
            correlations.take_back();
        }
        if let Some(regimes) = &mut self.regimes {
            regimes.take_back();
        }
        self.time = self.before.time;
        self.bars = self.before.bars;
    }

    /// Whether the asset takes part at the close of the last bar: it has a price, and returns for the longest look-back.
    pub fn takes_part(&self, asset: usize) -> bool {
        match self.members.get(asset) {
            Some(member) => member.takes_part(self.warm_up_bars()),
            None => true,
        }
    }

    /// Whether every asset takes part at the close of the last bar.
    pub fn all_take_part(&self) -> bool {
        (0..self.members.len()).all(|asset| self.takes_part(asset))
    }

    /// Writes what cannot be traded at the close of the last bar, and the weight that it keeps, which is that in the prior's
    /// weights [A]: [N], empty where everything can be.
    pub fn write_fixed(&self, prior: &[f64], out: &mut Vec<Option<f64>>) {
        out.clear();
        if !self.all_take_part() {
            let fixed = |i: usize| (!self.takes_part(i)).then_some(prior[i]);
            out.extend((0..self.spec.assets).map(fixed));
        }
    }

    /// Assets that take part at the close of the last bar.
    fn participants(&self) -> usize {
        (0..self.spec.assets)
            .filter(|asset| self.takes_part(*asset))
            .count()
    }

    /// Writes the state [S] at the close of the last bar.
    pub fn write_state(&self, account: &AccountView<'_>, out: &mut [f32]) -> Result<()> {
        self.check_ready()?;
        let len = self.blocks.last().map_or(0, |last| last.range.end);
        check_len("state", out.len(), len)?;
        check_len("account.weights", account.weights.len(), self.spec.assets)?;
        for block in &self.blocks {
            let out = &mut out[block.range.clone()];
            match block.content {
                Content::Weights => write(out, account.weights),
                Content::Returns => write(out, self.returns.last(1)),
                Content::Volatility => self.returns.volatility(self.spec.window, |i, volatility| {
                    out[i] = volatility as f32;
                }),
                Content::Cash => write(out, &[account.cash]),
                Content::Account => write(out, &[account.drawdown, account.volatility]),
                Content::ReturnsOver(bars) => {
                    self.returns.compounded(bars, |i, earned| out[i] = earned as f32)
                }
                Content::VolatilityOver(bars) => self.returns.volatility(bars, |i, volatility| {
                    out[i] = volatility as f32;
                }),
                Content::Correlations
                | Content::MeanCorrelation
                | Content::Beta
                | Content::LeastVariance
                | Content::FirstEigenvalue => {
                    let correlations = self.correlations.as_ref();
                    write(out, correlations.map_or(&[], |shown| shown.values(block.content)));
                }
                Content::Lag(bars) => write(out, self.returns.before(bars)),
                Content::Regimes => {
                    if let Some(regimes) = &self.regimes {
                        regimes.write(out);
                    }
                }
                Content::Time => write(out, &time::cycles(self.time)),
                Content::Horizon => {
                    let left = self.spec.horizon.saturating_sub(account.steps);
                    write(out, &[left as f64 / self.spec.horizon as f64, account.log_growth]);
                }
                Content::ColumnsBefore(bars) => write(out, self.columns.before(bars)),
                Content::Columns => write(out, self.columns.before(0)),
                Content::AssetColumnBefore(column, bars) => self.write_asset_column(column, bars, out),
                Content::AssetColumn(column) => self.write_asset_column(column, 0, out),
                Content::Listed => {
                    for (asset, out) in out.iter_mut().enumerate() {
                        *out = f32::from(u8::from(self.takes_part(asset)));
                    }
                }
            }
            if self.spec.listed && block.per_asset && block.content != Content::Weights {
                for (asset, out) in out.iter_mut().enumerate() {
                    if !self.takes_part(asset) {
                        *out = 0.0;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes a column of each asset so many bars before the last one.
    fn write_asset_column(&self, column: usize, bars: usize, out: &mut [f32]) {
        let own = self
            .asset_columns
            .before(bars)
            .chunks_exact(self.spec.asset_columns.len());
        for (out, own) in out.iter_mut().zip(own) {
            *out = own[column] as f32;
        }
    }

    /// Numbers that it keeps room for.
    pub(crate) fn numbers(&self) -> usize {
        // Two numbers a member, now and before.
        let members = 4 * self.members.len();
        let columns = self.columns.numbers() + self.asset_columns.numbers();
        let lists = self.decay.len() + columns + self.supplied.len() + members;
        let correlations = self.correlations.as_ref().map_or(0, |shown| shown.numbers());
        let regimes = self.regimes.as_ref().map_or(0, |shown| shown.numbers());
        self.returns.numbers() + self.squares.numbers() + lists + correlations + regimes
    }

    /// Whether both were made for the same state and prior, whatever they have seen.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        self.spec.is_alike(&other.spec) && (self.prior, self.cash) == (other.prior, other.cash)
    }
}

/// Writes numbers as the network reads them.
fn write(out: &mut [f32], values: &[f64]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = value as f32;
    }
}

/// Refuses a list of another length.
fn check_len(name: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::invalid(name, Count(found, "values"), expected))
}
