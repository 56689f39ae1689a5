//! The live loop in one piece: a policy's wish, the risk manager's decision, and the portfolio that follows it.

use crate::error::{Count, Error, Result, words};
use crate::fault;
use crate::json::document::Document;
use crate::market::{BarColumns, Status, price};
use crate::math::projection::turnover;
use crate::policy::Policy;
use crate::policy::spec::ActionSpec;
use crate::portfolio::{Portfolio, PortfolioState};
use crate::risk::manager::{
    Bar, CheckedBar, Decision, RiskConfig, RiskManager, RiskPortfolio, RiskState, Switch,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// What a weight may move by on its way through units and back, relative: that is no trade.
const ROUNDING: f64 = 1e-12;

/// A policy with its portfolio, and a risk manager between the policy's wish and the trade.
///
/// At every close the policy's target goes through [`RiskManager::manage`], and what the decision leaves is taken to
/// be traded at that close: the sized positions where positions are sized, else the weights. The policy sees the
/// portfolio that came of it, and the drawdown that the risk manager acts on is that portfolio's. The policy's own
/// trade band is not applied; the risk manager's is. The hedge is an overlay that the portfolio does not hold.
///
/// A bar is taken in whole or not at all: one that is refused, for whatever reason, has changed nothing and can be given
/// again. Where bars have a time, one that is no later than the last is refused.
#[derive(Debug, Clone)]
pub struct Book {
    portfolio: Portfolio,
    risk: RiskManager,
    /// The policy's target: [N].
    target: Vec<f64>,
    /// What is held before the trade: [N].
    current: Vec<f64>,
    /// What is traded to, cash last: [N + 1].
    traded: Vec<f64>,
    turnover: f64,
    cost: f64,
    /// Prices as the risk manager sees them, where some may be missing.
    prices: Prices,
    /// Which assets an operator allows no trade of: [N].
    pinned: Vec<bool>,
}

/// Closes, highs and lows without gaps: [N] each; empty where no asset may be missing.
#[derive(Debug, Clone)]
struct Prices {
    closes: Vec<f64>,
    highs: Vec<f64>,
    lows: Vec<f64>,
}

/// Stands for the price of an asset that is absent: nothing is computed from it.
const NO_PRICE: f64 = 1.0;

impl Prices {
    /// Takes in a bar, with what an asset is worth where it has no price or ends.
    fn fill(&mut self, bar: &Bar<'_>, worth: &[f64], status: &[Status]) {
        for i in 0..self.closes.len() {
            let price = match status[i] {
                Status::Absent => NO_PRICE,
                // One that ends for nothing has lost all but this.
                _ => worth[i].max(price::SMALLEST),
            };
            let has_price = status[i].has_price();
            self.closes[i] = price;
            if let Some((highs, lows)) = bar.highs_lows {
                self.highs[i] = if has_price { highs[i] } else { price };
                self.lows[i] = if has_price { lows[i] } else { price };
            }
        }
    }

    /// The bar with these prices, checked unless that has been done; `place` is room for it.
    fn checked<'a>(
        &'a self,
        bar: &Bar<'a>,
        checked: Option<CheckedBar<'a>>,
        status: &'a [Status],
        risk: &RiskManager,
        place: &'a mut Option<Bar<'a>>,
    ) -> Result<CheckedBar<'a>> {
        match checked {
            Some(checked) => Ok(checked),
            None => risk.check_bar(place.insert(self.seen(bar, status))),
        }
    }

    /// The bar with these prices.
    fn seen<'a>(&'a self, bar: &Bar<'a>, status: &'a [Status]) -> Bar<'a> {
        if self.closes.is_empty() {
            return *bar;
        }
        Bar {
            closes: &self.closes,
            highs_lows: bar.highs_lows.map(|_| (&self.highs[..], &self.lows[..])),
            status,
            ..*bar
        }
    }
}

/// All that changes in a book: saved with serde, exact through JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookState {
    #[serde(rename = "manager")]
    portfolio: PortfolioState,
    risk: RiskState,
    traded: Vec<f64>,
    turnover: f64,
    cost: f64,
    /// Indices of the assets that are pinned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned: Vec<usize>,
}

impl Document for BookState {
    const KIND: &'static str = "a book's state";

    fn upgrade(object: &mut Value, format: u32) {
        for (key, upgrade) in [
            ("manager", PortfolioState::upgrade as fn(&mut Value, u32)),
            ("risk", RiskState::upgrade),
        ] {
            if let Some(part) = object.get_mut(key) {
                upgrade(part, format);
            }
        }
    }
}

impl Book {
    /// Joins the two, which have seen nothing or have both been restored.
    ///
    /// # Errors
    /// Another number of assets; a risk manager for bars of another kind than the policy's; limits under which weights could
    /// be negative though the policy may not be short, or money be borrowed though it may not be levered:
    /// `limits.min_cash` has to be 0 or more then, and no minimum weight negative.
    pub fn new(portfolio: Portfolio, mut risk: RiskManager) -> Result<Self> {
        let assets = portfolio.account().weights().len();
        if risk.assets() != assets {
            let expected = format!("{assets}, as in the policy");
            return Err(Error::invalid(
                "assets of the risk manager",
                risk.assets(),
                expected,
            ));
        }
        check_limits(risk.config(), &portfolio.policy().spec().action)?;
        let listed = portfolio.policy().spec().state.listed;
        risk.settle_bars(portfolio.bars_per_year(), "the policy")?;
        Ok(Self {
            portfolio,
            risk,
            target: vec![0.0; assets],
            current: vec![0.0; assets],
            traded: vec![0.0; assets + 1],
            turnover: 0.0,
            cost: 0.0,
            pinned: vec![false; assets],
            prices: {
                let prices = vec![0.0; if listed { assets } else { 0 }];
                Prices {
                    highs: prices.clone(),
                    lows: prices.clone(),
                    closes: prices,
                }
            },
        })
    }

    /// Takes in a bar on which nothing is decided. Errors name what cannot be used; nothing has changed then.
    pub fn observe(&mut self, bar: &Bar<'_>) -> Result<()> {
        let checked = self.check_bar(bar)?;
        self.portfolio.mark();
        let taken = self.push(bar, checked).and_then(|()| {
            let (status, mut place) = (self.portfolio.status(), None);
            let checked = self
                .prices
                .checked(bar, checked, status, &self.risk, &mut place)?;
            self.risk.observe_checked(&checked)
        });
        if taken.is_err() {
            self.portfolio.take_back();
        }
        taken
    }

    /// Whether the next bar is one that can be decided on: [`observe`](Self::observe) takes in those before. Always under
    /// a switch that asks no policy.
    pub fn ready(&self) -> bool {
        self.portfolio.ready_at_next_close() || self.risk.switch() != Switch::Open
    }

    /// Takes in the bar that just ended and decides; what the decision leaves counts as traded at this close.
    /// Allocates nothing. Under a switch that is not open the policy is not asked.
    ///
    /// # Errors
    /// A bar that cannot be used, too little history for the policy, scores that are not finite: nothing has changed
    /// then.
    pub fn decide(&mut self, bar: &Bar<'_>) -> Result<&Decision> {
        if !self.ready() {
            let expected = words!(
                "{} returns before the first decision",
                self.portfolio.warm_up_bars()
            );
            return Err(Error::invalid("history", "too short", expected));
        }
        let checked = self.check_bar(bar)?;
        self.portfolio.mark();
        if let Err(error) = self.choose(bar, checked) {
            self.portfolio.take_back();
            return Err(error);
        }
        // Nothing can fail from here on.
        self.trade(bar);
        Ok(self.risk.decision())
    }

    /// Takes the bar in and has the risk manager decide.
    fn choose(&mut self, bar: &Bar<'_>, checked: Option<CheckedBar<'_>>) -> Result<()> {
        self.push(bar, checked)?;
        fault::point()?;
        if self.risk.switch() == Switch::Open {
            let assets = self.target.len();
            self.target
                .copy_from_slice(&self.portfolio.rebalance()?[..assets]);
        }
        fault::point()?;
        let account = self.portfolio.account();
        self.current.copy_from_slice(account.weights());
        let held = RiskPortfolio {
            target: &self.target,
            current: &self.current,
            equity: account.value(),
            drawdown: Some(account.view().drawdown),
        };
        let (status, mut place) = (self.portfolio.status(), None);
        let checked = self
            .prices
            .checked(bar, checked, status, &self.risk, &mut place)?;
        let checked = checked.of_portfolio(&self.pinned, self.portfolio.margin_call());
        self.risk.manage_checked(&checked, &held)?;
        Ok(())
    }

    /// The bar, checked before it is taken in; none where some of its prices may be missing: what the risk manager sees is
    /// checked when they are filled.
    fn check_bar<'a>(&self, bar: &'a Bar<'a>) -> Result<Option<CheckedBar<'a>>> {
        let assets = self.prices.closes.len();
        if assets == 0 {
            return self.risk.check_bar(bar).map(Some);
        }
        for (input, len) in bar
            .highs_lows
            .iter()
            .flat_map(|(highs, lows)| [("bar.highs", highs.len()), ("bar.lows", lows.len())])
        {
            if len != assets {
                return Err(Error::invalid(input, Count(len, "values"), assets));
            }
        }
        Ok(None)
    }

    /// Books what the decision leaves, unless that costs more than there is: the weights, or those of the units where units were cut. What is traded and what
    /// that costs are worked out here, once, and taken as they are at the next bar.
    fn trade(&mut self, bar: &Bar<'_>) {
        let closes = self.prices.seen(bar, &[]).closes;
        let status = self.portfolio.status();
        let is_free = |i: usize| Status::of(status, i).has_price() && !self.pinned[i];
        let assets = self.target.len();
        let decision = self.risk.decision();
        let equity = self.portfolio.account().value();
        let (traded, cash) = self.traded.split_at_mut(assets);
        traded.copy_from_slice(&decision.weights);
        for ((weight, position), close) in traded.iter_mut().zip(&decision.positions).zip(closes) {
            let sized = position.units * close / equity;
            if (sized - *weight).abs() > ROUNDING * weight.abs() {
                *weight = sized;
            }
        }
        let pairs = self.current.iter().copied().zip(traded.iter().copied());
        let changes = pairs
            .enumerate()
            .filter(|(i, _)| is_free(*i))
            .map(|(i, (current, target))| (i, current, target));
        let left = match *traded == self.current[..] {
            true => 1.0,
            false => self.portfolio.value_left(changes),
        };
        // What costs more than there is cannot be traded.
        if left == 0.0 {
            traded.copy_from_slice(&self.current);
        }
        if *traded == self.current[..] {
            cash[0] = self.portfolio.account().cash();
            (self.turnover, self.cost) = (0.0, 0.0);
            self.portfolio.trade(&self.traded, 1.0);
            return;
        }
        cash[0] = 1.0 - traded.iter().sum::<f64>();
        if self.portfolio.policy().spec().action.is_plain() {
            // Weights of at most 1 in all, whose sum may round to a hair above it.
            cash[0] = cash[0].max(0.0);
        }
        // What could not be traded is a larger part of what is left.
        for (i, weight) in traded.iter_mut().enumerate() {
            if !is_free(i) {
                let before = *weight;
                *weight /= left;
                cash[0] -= *weight - before;
            }
        }
        self.turnover = turnover(&self.current, traded);
        self.cost = 1.0 - left;
        self.portfolio.trade(&self.traded, left);
    }

    /// Says what was really traded to at this close, in place of the decision: as
    /// [`Portfolio::record_trade`].
    pub fn record_trade(&mut self, weights: &[f64], cost: f64) -> Result<()> {
        self.portfolio.record_trade(weights, cost)?;
        self.traded.copy_from_slice(weights);
        self.turnover = turnover(self.portfolio.account().weights(), &weights[..self.target.len()]);
        self.cost = cost;
        Ok(())
    }

    /// Says what is held at this close and what it is worth: as [`Portfolio::set_position`].
    pub fn set_position(&mut self, weights: &[f64], equity: f64) -> Result<()> {
        self.portfolio.set_position(weights, equity)
    }

    /// Money paid in at this close, or below 0 paid out: as [`Portfolio::deposit`]. What was traded at this close stays in
    /// money; [`traded`](Self::traded), [`turnover`](Self::turnover) and [`cost`](Self::cost) become parts of the new value.
    pub fn deposit(&mut self, amount: f64) -> Result<()> {
        self.portfolio.deposit(amount)?;
        if let Some((traded, left)) = self.portfolio.traded() {
            self.traded.copy_from_slice(traded);
            self.turnover = turnover(self.portfolio.account().weights(), &traded[..self.target.len()]);
            self.cost = 1.0 - left;
        }
        Ok(())
    }

    /// Decides with another policy of the same spec from now on: as [`Portfolio::set_policy`].
    pub fn set_policy(&mut self, policy: impl Into<Arc<Policy>>) -> Result<()> {
        self.portfolio.set_policy(policy)
    }

    /// As [`set_policy`](Self::set_policy); gives the policy that was replaced.
    pub(crate) fn replace_policy(&mut self, policy: Arc<Policy>) -> Result<Arc<Policy>> {
        self.portfolio.replace_policy(policy)
    }

    /// All that bars and decisions have left behind in both, for a restart.
    pub fn state(&self) -> BookState {
        BookState {
            portfolio: self.portfolio.state(),
            risk: self.risk.state(),
            traded: self.traded.clone(),
            turnover: self.turnover,
            cost: self.cost,
            pinned: (0..self.pinned.len())
                .filter(|asset| self.pinned[*asset])
                .collect(),
        }
    }

    /// One that goes on from a saved state, bit for bit. The settings may be others, as far as the state has a meaning
    /// in them. Errors: as [`new`](Self::new), and a state that does not fit.
    pub fn restore(mut portfolio: Portfolio, risk: RiskConfig, state: BookState) -> Result<Self> {
        let assets = portfolio.account().weights().len();
        portfolio.restore(state.portfolio)?;
        let mut restored = Self::new(portfolio, RiskManager::restore(risk, assets, state.risk)?)?;
        let usable = |value: &f64| value.is_finite() && *value >= 0.0;
        let short = restored.portfolio.policy().spec().action.short;
        let held = |weight: &f64| weight.is_finite() && (short || *weight >= 0.0);
        let (traded, cash) = state.traded.split_at(assets.min(state.traded.len()));
        if cash.len() != 1 || !cash[0].is_finite() || !traded.iter().all(held) {
            let kind = if short { "weights" } else { "weights of at least 0" };
            let expected = format!("{assets} {kind}, and cash");
            return Err(Error::invalid(
                "book state: traded",
                format!("{:?}", state.traded),
                expected,
            ));
        }
        for (name, value) in [("turnover", state.turnover), ("cost", state.cost)] {
            if !usable(&value) {
                let input = format!("book state: {name}");
                return Err(Error::invalid(input, value, "a finite number of at least 0"));
            }
        }
        for asset in state.pinned {
            restored
                .pin(asset, true)
                .map_err(|error| error.within("book state: "))?;
        }
        restored.traded = state.traded;
        (restored.turnover, restored.cost) = (state.turnover, state.cost);
        Ok(restored)
    }

    /// The policy and its portfolio, at the last close before what is traded at it.
    pub fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    /// The risk manager.
    pub fn risk(&self) -> &RiskManager {
        &self.risk
    }

    /// The kill switch: what an operator allows from the next decision on, until it is set anew. It needs no history, and
    /// under [`Switch::Halt`] and [`Switch::Flatten`] the policy is not asked: `Halt` takes what is held for the target,
    /// of which limits, stops and drawdown may leave less and nothing more; `Flatten` goes to cash.
    pub fn set_switch(&mut self, switch: Switch) {
        self.risk.set_switch(switch);
    }

    /// Ends HALTED or REDUCING where drawdown led there: from now on drawdown is measured from what the portfolio is worth now.
    pub fn reset(&mut self) {
        self.portfolio.reset_peak();
        self.risk.reset();
    }

    /// Allows no trade of an asset from the next decision on, or allows it again: what is held of it stays, whatever the
    /// policy, limits, stops and the kill switch say, and the others share the rest. The decision says so, and
    /// [`orders`](Self::orders) has none for it. Errors: no such asset.
    pub fn pin(&mut self, asset: usize, pinned: bool) -> Result<()> {
        let assets = self.pinned.len();
        let Some(pin) = self.pinned.get_mut(asset) else {
            return Err(Error::invalid("asset", asset, words!("below {assets}")));
        };
        *pin = pinned;
        Ok(())
    }

    /// Which assets are pinned: [N].
    pub fn pinned(&self) -> &[bool] {
        &self.pinned
    }

    /// Lets a stopped asset be held again. Errors: no such asset.
    pub fn reset_stop(&mut self, asset: usize) -> Result<()> {
        self.risk.reset_stop(asset)
    }

    /// Weights that were traded to at the last close: [N + 1], cash last.
    pub fn traded(&self) -> &[f64] {
        &self.traded
    }

    /// The target of the last decision, before the risk manager: weights of the assets [N].
    pub fn target(&self) -> &[f64] {
        &self.target
    }

    /// One-way turnover of that trade: half the sum of abs(change) over assets and cash.
    pub fn turnover(&self) -> f64 {
        self.turnover
    }

    /// Cost of that trade, as a fraction of the value before it.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    fn push(&mut self, bar: &Bar<'_>, checked: Option<CheckedBar<'_>>) -> Result<()> {
        let shown = BarColumns {
            time: bar.shown.time.or(bar.time),
            ..bar.shown
        };
        match checked {
            Some(checked) => self
                .portfolio
                .push_checked(checked.prices.closes, bar.cash_return, shown)?,
            None => self.portfolio.push_prices(bar.closes, bar.cash_return, shown)?,
        };
        self.prices
            .fill(bar, self.portfolio.worth(), self.portfolio.status());
        Ok(())
    }
}

/// Refuses limits under which weights could be negative, or money be borrowed, where the action may not.
pub(crate) fn check_limits(risk: &RiskConfig, action: &ActionSpec) -> Result<()> {
    let limits = &risk.limits;
    if action.is_plain() && limits.min_cash.is_none_or(|cash| cash < 0.0) {
        let found = limits
            .min_cash
            .map_or("none".to_string(), |cash| cash.to_string());
        let expected = "0 or more: this portfolio borrows no money";
        return Err(Error::invalid("limits.min_cash", found, expected));
    }
    if !action.short
        && let Some(i) = limits.min_weights.iter().position(|&weight| weight < 0.0)
    {
        let expected = "0 or more: this portfolio sells nothing short";
        let input = format!("limits.min_weights[{i}]");
        return Err(Error::invalid(input, limits.min_weights[i], expected));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
