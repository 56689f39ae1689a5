//! What the policy sees at a close, and the one builder that writes it.

use crate::error::{Count, Error, Result, words};
use crate::json::compact;
use crate::market::history::History;
use crate::market::listing::Status;
use crate::market::prior::{self, Prior};
use crate::market::source::{MarketBar, MarketShape};
use crate::market::state_spec::Content;
pub use crate::market::state_spec::StateSpec;
use crate::memory;
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
}

/// Turns bars into states and prior weights: the one builder, for training, back-test and live use.
///
/// Fed bar by bar or from a table, from however far back, it gives bit-identical numbers once
/// [`ready`](Self::ready): each is a sum over its own window of bars in the order of time. A push costs O(N); what is
/// summed over windows is computed when it is asked for, so that warming up is cheap. Serialises to the bars it still
/// needs; the round trip is exact.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Saved", try_from = "Saved")]
pub struct StateBuilder {
    spec: StateSpec,
    prior: Prior,
    /// Bars that the prior looks back on.
    look_back: usize,
    cash: bool,
    /// Bars seen, counted up to the warm-up.
    bars: usize,
    /// Simple returns: rows [N].
    returns: History,
    /// Squared returns of the equal-weight portfolio (vol_target only): rows [1].
    squares: History,
    /// Their weights in the forecast, oldest first.
    decay: Vec<f64>,
    /// Of the last bar: [K].
    columns: Vec<f64>,
    /// Of the last bar: [N, F].
    asset_columns: Vec<f64>,
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

/// What a push replaces besides the bars that fall out of the windows.
#[derive(Debug, Clone)]
struct Before {
    bars: usize,
    columns: Vec<f64>,
    asset_columns: Vec<f64>,
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
            Prior::InverseVolatility { .. } => look_back.max(spec.window),
            _ => spec.window,
        };
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
        let of_assets = || memory::filled("the asset columns", &[spec.assets, spec.asset_columns.len()], 0.0);
        Ok(Self {
            bars: 0,
            returns: History::new(spec.assets, rows)?,
            squares: History::new(1, decay.len())?,
            decay,
            columns: vec![0.0; spec.columns.len()],
            asset_columns: of_assets()?,
            supplied: vec![0.0; supplied],
            before: Before {
                bars: 0,
                columns: vec![0.0; spec.columns.len()],
                asset_columns: of_assets()?,
                supplied: vec![0.0; supplied],
                members: members.clone(),
            },
            members,
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

    /// Bars needed before the first state: the longer of the volatility window and the prior's look-back.
    pub fn warm_up_bars(&self) -> usize {
        self.spec.window.max(self.look_back)
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
        self.members.fill(Member::default());
    }

    /// Takes in the bar that just ended. An error, which leaves the builder as it was, names what does not fit or is
    /// not finite.
    pub fn push(&mut self, bar: &MarketBar) -> Result<()> {
        self.check(bar)?;
        self.returns.push(&bar.returns);
        if !self.decay.is_empty() {
            let mean = mean_return(bar);
            self.squares.push(&[mean * mean]);
        }
        if self.spec.listed {
            self.before.members.copy_from_slice(&self.members);
            let most = self.warm_up_bars();
            for (i, member) in self.members.iter_mut().enumerate() {
                member.status = Status::of(&bar.status, i);
                member.returns = member.status.returns(member.returns).min(most);
            }
        }
        std::mem::swap(&mut self.columns, &mut self.before.columns);
        self.columns.copy_from_slice(&bar.columns);
        std::mem::swap(&mut self.asset_columns, &mut self.before.asset_columns);
        self.asset_columns.copy_from_slice(&bar.asset_columns);
        if !self.supplied.is_empty() {
            std::mem::swap(&mut self.supplied, &mut self.before.supplied);
            self.supplied.copy_from_slice(&bar.prior);
        }
        self.before.bars = self.bars;
        self.bars = (self.bars + 1).min(self.warm_up_bars());
        Ok(())
    }

    /// Takes back the last [`push`](Self::push), once: the builder is as it was before. Allocates nothing.
    pub(crate) fn take_back(&mut self) {
        self.returns.take_back();
        if !self.decay.is_empty() {
            self.squares.take_back();
        }
        std::mem::swap(&mut self.columns, &mut self.before.columns);
        std::mem::swap(&mut self.asset_columns, &mut self.before.asset_columns);
        if !self.supplied.is_empty() {
            std::mem::swap(&mut self.supplied, &mut self.before.supplied);
        }
        std::mem::swap(&mut self.members, &mut self.before.members);
        self.bars = self.before.bars;
    }

    /// Whether the asset takes part at the close of the last bar: it has a price, and returns for the longest look-back.
    pub fn takes_part(&self, asset: usize) -> bool {
        match self.members.get(asset) {
            Some(member) => member.status.takes_part(member.returns, self.warm_up_bars()),
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
        check_len("state", out.len(), self.spec.len())?;
        check_len("account.weights", account.weights.len(), self.spec.assets)?;
        for block in self.spec.blocks() {
            let out = &mut out[block.range];
            match block.content {
                Content::Weights => write(out, account.weights),
                Content::Returns => write(out, self.returns.last(1)),
                Content::Volatility => self.returns.volatility(self.spec.window, |i, volatility| {
                    out[i] = volatility as f32;
                }),
                Content::Cash => write(out, &[account.cash]),
                Content::Account => write(out, &[account.drawdown, account.volatility]),
                Content::Columns => write(out, &self.columns),
                Content::AssetColumn(column) => {
                    let own = self.asset_columns.chunks_exact(self.spec.asset_columns.len());
                    for (out, own) in out.iter_mut().zip(own) {
                        *out = own[column] as f32;
                    }
                }
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

    /// Writes the prior's weights [A] for the trade of `account` at this close: assets, then cash where the action has it. They
    /// are non-negative and sum to 1. Without a prior, 1/A each: what scores of 0 give. Supplied weights [N + 1] lose
    /// cash and are scaled to sum to 1 where the action has none.
    ///
    /// Where some assets do not take part, those that are halted stay as they are held, the others have nothing, and those
    /// that take part share what is left with cash, as they would if they were all there are.
    pub fn prior_weights(&self, account: &AccountView<'_>, out: &mut [f64]) -> Result<()> {
        self.check_ready()?;
        let assets = self.spec.assets;
        check_len("prior_weights", out.len(), assets + usize::from(self.cash))?;
        if self.spec.listed {
            check_len("account.weights", account.weights.len(), assets)?;
            let participants = self.participants();
            if participants < assets {
                self.prior_of_some(participants, account, out);
                return Ok(());
            }
        }
        let share = 1.0 / assets as f64;
        match self.prior {
            Prior::None => {
                let share = 1.0 / out.len() as f64;
                out.fill(share);
            }
            Prior::EqualWeight => {
                out.fill(0.0);
                out[..assets].fill(share);
            }
            Prior::InverseVolatility { .. } => {
                out.fill(0.0);
                let out = &mut out[..assets];
                self.returns
                    .volatility(self.look_back, |i, volatility| out[i] = volatility);
                prior::inverse_volatility(out);
            }
            Prior::VolTarget { target, .. } => {
                let squares = self.squares.last(self.decay.len());
                let exposure = prior::exposure(target, self.spec.bars_per_year(), &self.decay, squares);
                out[..assets].fill(exposure * share);
                out[assets] = 1.0 - exposure;
            }
            Prior::Hold => {
                check_len("account.weights", account.weights.len(), assets)?;
                out[..assets].copy_from_slice(account.weights);
                out[assets] = account.cash;
            }
            Prior::Supplied => {
                let sum: f64 = self.supplied[..out.len()].iter().sum();
                if sum <= 0.0 {
                    let expected = "some weight in assets, as the action has no cash";
                    return Err(Error::invalid(
                        "bar.prior",
                        words!("{:?}", self.supplied),
                        expected,
                    ));
                }
                for (out, &weight) in out.iter_mut().zip(&self.supplied) {
                    *out = weight / sum;
                }
            }
        }
        Ok(())
    }

    /// As [`prior_weights`](Self::prior_weights), where this many assets take part and others do not.
    fn prior_of_some(&self, participants: usize, account: &AccountView<'_>, out: &mut [f64]) {
        let (out, cash) = out.split_at_mut(self.spec.assets);
        let share = 1.0 / participants.max(1) as f64;
        let mut invested = 1.0;
        match self.prior {
            Prior::None => {
                invested = participants as f64 / (participants + 1) as f64;
                out.fill(share);
            }
            Prior::EqualWeight => out.fill(share),
            Prior::VolTarget { target, .. } => {
                let squares = self.squares.last(self.decay.len());
                invested = prior::exposure(target, self.spec.bars_per_year(), &self.decay, squares);
                out.fill(share);
            }
            Prior::InverseVolatility { .. } => {
                self.returns.volatility(self.look_back, |i, volatility| {
                    out[i] = if self.takes_part(i) {
                        volatility
                    } else {
                        f64::INFINITY
                    };
                });
                prior::inverse_volatility(out);
            }
            Prior::Hold => {
                out.copy_from_slice(account.weights);
                cash[0] = account.cash;
                return;
            }
            Prior::Supplied => {
                let (assets, _) = self.supplied.split_at(out.len());
                out.copy_from_slice(assets);
                invested = (0..out.len())
                    .filter(|i| self.takes_part(*i))
                    .map(|i| out[i])
                    .sum();
            }
        }
        let is_halted = |i: usize| self.members[i].status == Status::Halted;
        let held = |i: usize| if is_halted(i) { account.weights[i] } else { 0.0 };
        let room = (0..out.len())
            .map(|i| held(i).abs())
            .fold(1.0, |room, held| room - held)
            .max(0.0);
        let chosen: f64 = (0..out.len())
            .filter(|i| self.takes_part(*i))
            .map(|i| out[i])
            .sum();
        let scale = if chosen == 0.0 {
            0.0
        } else {
            room * invested / chosen
        };
        let mut sum = 0.0;
        for (i, weight) in out.iter_mut().enumerate() {
            *weight = if self.takes_part(i) {
                *weight * scale
            } else {
                held(i)
            };
            sum += *weight;
        }
        // Below 0 by rounding alone: no more than `room` is given out.
        cash[0] = (1.0 - sum).max(0.0);
    }

    /// Numbers that it keeps room for.
    pub(crate) fn numbers(&self) -> usize {
        // Two numbers a member, now and before.
        let members = 4 * self.members.len();
        let lists =
            self.decay.len() + self.columns.len() + self.asset_columns.len() + self.supplied.len() + members;
        self.returns.numbers() + self.squares.numbers() + lists
    }

    /// Whether both were made for the same state and prior, whatever they have seen.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        self.spec.is_alike(&other.spec) && (self.prior, self.cash) == (other.prior, other.cash)
    }

    fn check(&self, bar: &MarketBar) -> Result<()> {
        check_len("bar.returns", bar.returns.len(), self.spec.assets)?;
        if !bar.status.is_empty() {
            check_len("bar.status", bar.status.len(), self.members.len())?;
        }
        check_len("bar.columns", bar.columns.len(), self.columns.len())?;
        check_len(
            "bar.asset_columns",
            bar.asset_columns.len(),
            self.asset_columns.len(),
        )?;
        for (i, &value) in bar.returns.iter().enumerate() {
            if !(-1.0..f64::INFINITY).contains(&value) {
                let name = words!("bar.returns[{i}]");
                return Err(Error::invalid(name, value, "finite and at least -1"));
            }
        }
        for (i, &value) in bar.columns.iter().enumerate() {
            if !(value as f32).is_finite() {
                let name = words!("bar.columns[{i}] ({})", self.spec.columns[i]);
                return Err(Error::invalid(name, value, "a finite 32-bit number"));
            }
        }
        for (i, &value) in bar.asset_columns.iter().enumerate() {
            if !(value as f32).is_finite() {
                let columns = &self.spec.asset_columns;
                let name = &columns[i % columns.len()];
                let input = words!("bar.asset_columns[{i}] ({name} of asset {})", i / columns.len());
                return Err(Error::invalid(input, value, "a finite 32-bit number"));
            }
        }
        if !(bar.cash_return >= -1.0 && bar.cash_return < f64::INFINITY) {
            let expected = "finite and at least -1";
            return Err(Error::invalid("bar.cash_return", bar.cash_return, expected));
        }
        if !self.supplied.is_empty() {
            check_len("bar.prior", bar.prior.len(), self.supplied.len())?;
            // Whether they may be negative is for the action to say.
            let sum: f64 = bar.prior.iter().sum();
            if !(sum.is_finite() && (sum - 1.0).abs() <= 1e-6) {
                let expected = "weights that sum to 1 with cash";
                return Err(Error::invalid("bar.prior", words!("{:?}", bar.prior), expected));
            }
        }
        Ok(())
    }

    fn check_ready(&self) -> Result<()> {
        if self.ready() {
            return Ok(());
        }
        let found = words!("{} bars", self.bars);
        let expected = words!("at least {} bars before the first state", self.warm_up_bars());
        Err(Error::invalid("history", found, expected))
    }
}

/// Return of equal weight over a bar: the mean over the assets that have one, 0 where none has.
fn mean_return(bar: &MarketBar) -> f64 {
    if bar.status.is_empty() {
        return bar.returns.iter().sum::<f64>() / bar.returns.len() as f64;
    }
    let there = bar
        .returns
        .iter()
        .zip(&bar.status)
        .filter(|(_, status)| status.has_return());
    let (mut sum, mut count) = (0.0, 0_u32);
    for (earned, _) in there {
        sum += earned;
        count += 1;
    }
    sum / f64::from(count.max(1))
}

/// Writes numbers as the network reads them.
fn write(out: &mut [f32], values: &[f64]) {
    for (out, &value) in out.iter_mut().zip(values) {
        *out = value as f32;
    }
}

fn check_len(name: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::invalid(name, Count(found, "values"), expected))
}

/// What a builder is saved as.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    spec: StateSpec,
    prior: Prior,
    cash: bool,
    bars: usize,
    #[serde(serialize_with = "compact::numbers")]
    returns: Vec<f64>,
    #[serde(serialize_with = "compact::numbers")]
    squares: Vec<f64>,
    columns: Vec<f64>,
    #[serde(default)]
    asset_columns: Vec<f64>,
    supplied: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member>,
}

impl From<StateBuilder> for Saved {
    fn from(builder: StateBuilder) -> Self {
        Self {
            returns: builder.returns.all().to_vec(),
            squares: builder.squares.all().to_vec(),
            spec: builder.spec,
            prior: builder.prior,
            cash: builder.cash,
            bars: builder.bars,
            columns: builder.columns,
            asset_columns: builder.asset_columns,
            supplied: builder.supplied,
            members: builder.members,
        }
    }
}

impl TryFrom<Saved> for StateBuilder {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self> {
        let mut builder = Self::new(&saved.spec, saved.prior, saved.cash)?;
        let rows = saved.returns.len() / saved.spec.assets;
        check_len("history.returns", saved.returns.len(), rows * saved.spec.assets)?;
        check_len("history.columns", saved.columns.len(), builder.columns.len())?;
        check_len(
            "history.asset_columns",
            saved.asset_columns.len(),
            builder.asset_columns.len(),
        )?;
        check_len("history.supplied", saved.supplied.len(), builder.supplied.len())?;
        check_len("history.members", saved.members.len(), builder.members.len())?;
        let most = builder.warm_up_bars();
        if let Some(i) = saved.members.iter().position(|member| member.returns > most) {
            let input = words!("history.members[{i}].returns");
            return Err(Error::invalid(
                input,
                saved.members[i].returns,
                words!("at most {most}"),
            ));
        }
        if saved.bars >= builder.warm_up_bars() {
            builder.bars = builder.warm_up_bars();
            check_len("history.squares", saved.squares.len(), builder.decay.len())?;
        } else {
            builder.bars = saved.bars;
        }
        let least = builder.bars.min(builder.spec.window);
        if rows < least {
            let found = words!("{rows} bars");
            return Err(Error::invalid(
                "history.returns",
                found,
                words!("at least {least} bars"),
            ));
        }
        // As check() would have it of every bar.
        let largest = f64::from(f32::MAX);
        for (name, values, usable) in [
            ("returns", &saved.returns, -1.0..=f64::MAX),
            ("squares", &saved.squares, 0.0..=f64::MAX),
            ("columns", &saved.columns, -largest..=largest),
            ("asset_columns", &saved.asset_columns, -largest..=largest),
            ("supplied", &saved.supplied, 0.0..=1.0),
        ] {
            if let Some(i) = values.iter().position(|value| !usable.contains(value)) {
                let input = words!("history.{name}[{i}]");
                return Err(Error::invalid(input, values[i], "a number that a bar can have"));
            }
        }
        saved
            .returns
            .chunks_exact(saved.spec.assets)
            .for_each(|row| builder.returns.push(row));
        saved
            .squares
            .iter()
            .for_each(|&square| builder.squares.push(&[square]));
        builder.columns = saved.columns;
        builder.asset_columns = saved.asset_columns;
        builder.supplied = saved.supplied;
        builder.members = saved.members;
        Ok(builder)
    }
}
