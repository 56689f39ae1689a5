//! A portfolio's money: trading, costs, drift, and what is remembered of its returns.

use crate::env::costs::{value_left, value_left_of};
use crate::env::margin::{Margin, MarginCall};
use crate::env::return_memory::ReturnMemory;
use crate::env::reward::{RewardInputs, RewardMemory, RewardMode};
use crate::error::{Error, Result, words};
use crate::market::listing::Status;
use crate::market::source::MarketBar;
use crate::market::state::AccountView;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What trading costs and what is rewarded: the same for every portfolio of an environment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Cost per traded notional of assets, in [0, 1).
    pub cost_rate: f64,
    /// No trade while one-way turnover to the target is below this.
    pub trade_band: f64,
    /// The reward.
    pub reward: RewardMode,
    /// What positions cost that are short or held with borrowed money; none where there are none such.
    pub margin: Option<Margin>,
}

/// One portfolio. It begins in cash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    value: f64,
    peak: f64,
    weights: Vec<f64>,
    cash: f64,
    returns: ReturnMemory,
    volatility: f64,
    memory: RewardMemory,
    /// Which assets cannot be traded at this close; empty where all can, or none of those is held: [N].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    halted: Vec<bool>,
}

/// What one step does to a portfolio, whether or not it is then taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The reward under [`Terms::reward`].
    pub reward: f64,
    /// Value after the step over value before it, less 1: net of costs.
    pub net_return: f64,
    /// ln(1 + net_return): minus infinity at ruin.
    pub log_growth: f64,
    /// One-way turnover of the trade: half the sum of the changes of weight over assets and cash.
    pub turnover: f64,
    /// Cost of the trade, and of a margin call after it, as a fraction of the value before it.
    pub cost: f64,
    /// Whether positions were scaled back at the close of the bar: [`Margin::maintenance`].
    pub margin_call: bool,
    /// 1 - value/peak after the step, in [0, 1].
    pub drawdown: f64,
    /// Standard deviation of the last 20 portfolio returns, this one included.
    pub volatility: f64,
    /// Whether nothing is left: value <= 0.
    pub ruined: bool,
    /// Whether the band was left and a trade done.
    traded: bool,
    /// Growth of the portfolio held over the bar, after costs and fees.
    growth: f64,
    /// Fees over the bar.
    fees: f64,
    /// Positions scaled back at its close.
    call: Option<MarginCall>,
    /// What a trade beside halted positions came to.
    beside: Option<Beside>,
    memory: RewardMemory,
}

/// A trade of what is not halted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Beside {
    /// What the free assets' targets are multiplied by.
    scale: f64,
    /// Weight of cash after the trade.
    cash: f64,
    /// Part of the value that is left: a halted position is 1/left times as large a part of it.
    left: f64,
}

impl Account {
    /// A portfolio of `balance` in cash, over `assets` assets.
    pub fn new(balance: f64, assets: usize) -> Self {
        Self {
            value: balance,
            peak: balance,
            weights: vec![0.0; assets],
            cash: 1.0,
            returns: ReturnMemory::default(),
            volatility: 0.0,
            memory: RewardMemory::default(),
            halted: Vec::with_capacity(assets),
        }
    }

    /// Back to `balance` in cash, remembering nothing.
    pub fn reset(&mut self, balance: f64) {
        self.value = balance;
        self.peak = balance;
        self.weights.fill(0.0);
        self.cash = 1.0;
        self.returns = ReturnMemory::default();
        self.volatility = 0.0;
        self.memory = RewardMemory::default();
        self.halted.clear();
    }

    /// Takes in what each asset is at a close: [N], or nothing where all are there.
    pub(crate) fn see(&mut self, status: &[Status]) {
        self.halted.clear();
        let is_held = |(status, weight): (&Status, &f64)| *status == Status::Halted && *weight != 0.0;
        if status.iter().zip(&self.weights).any(is_held) {
            self.halted
                .extend(status.iter().map(|status| *status == Status::Halted));
        }
    }

    /// Puts other holdings in the place of these: weights of assets [N] and of cash, summing to 1, and their value
    /// (above 0). Drawdown and remembered returns stay as they are: money paid in or out is neither gain nor loss. After
    /// ruin drawdown starts from 0.
    pub fn replace(&mut self, weights: &[f64], cash: f64, value: f64) {
        let left = 1.0 - drawdown(self.value, self.peak);
        self.peak = if left > 0.0 { value / left } else { value };
        self.value = value;
        self.weights.copy_from_slice(weights);
        self.cash = cash;
    }

    /// From now on drawdown is measured from the value of now.
    pub fn reset_peak(&mut self) {
        self.peak = self.value;
    }

    /// Money: assets and cash together.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Current weights of the assets: [N].
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Current weight of cash.
    pub fn cash(&self) -> f64 {
        self.cash
    }

    /// Whether its numbers are those of a portfolio that is not ruined: what was read from somewhere may not be.
    pub(crate) fn is_sound(&self) -> bool {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let memory = [self.volatility, self.cash, self.memory.mean, self.memory.square];
        positive(self.value)
            && positive(self.peak)
            && memory.iter().chain(&self.weights).all(|value| value.is_finite())
    }

    /// What a state shows of it.
    pub fn view(&self) -> AccountView<'_> {
        AccountView {
            weights: &self.weights,
            cash: self.cash,
            drawdown: drawdown(self.value, self.peak),
            volatility: self.volatility,
        }
    }

    /// What trading to `target` now and holding it over `bar` would do; changes nothing.
    ///
    /// `target` holds weights that sum to 1: [N], or [N + 1] with cash last; with [`Terms::margin`] assets and cash may be
    /// negative. What is held of halted assets stays, whatever their targets; without `margin` the other targets are scaled
    /// to what is left. The error names what is not finite.
    #[inline]
    pub fn evaluate(&self, terms: &Terms, target: &[f64], bar: &MarketBar) -> Result<Outcome> {
        if !self.halted.is_empty() {
            return self.evaluate_beside(terms, target, bar);
        }
        let (target, target_cash) = self.split(target);
        let mut turnover = (target_cash - self.cash).abs();
        for (&target, &weight) in target.iter().zip(&self.weights) {
            turnover += (target - weight).abs();
        }
        turnover *= 0.5;
        if !is_traded(terms, turnover) {
            return self.hold(terms, bar);
        }
        let left = value_left(terms.cost_rate, &self.weights, target);
        let trade = (left, turnover, None);
        self.outcome(terms, target.iter().copied(), target_cash, trade, bar)
    }

    /// As [`evaluate`](Self::evaluate), with positions that are halted.
    ///
    /// With F the weight of what is halted, the others are a portfolio of their own, 1 - F of the value, of which nu is left:
    /// mu = F + (1 - F) nu. With `margin`, where F may be anything, targets are of mu itself and cash is the rest.
    #[cold]
    fn evaluate_beside(&self, terms: &Terms, target: &[f64], bar: &MarketBar) -> Result<Outcome> {
        if let Some(i) = target.iter().position(|weight| !weight.is_finite()) {
            return Err(Error::invalid(
                words!("target[{i}]"),
                target[i],
                "a finite number",
            ));
        }
        let (target, target_cash) = self.split(target);
        let free = || {
            let pairs = self.weights.iter().copied().zip(target.iter().copied());
            pairs
                .zip(&self.halted)
                .filter(|(_, halted)| !**halted)
                .map(|(pair, _)| pair)
        };
        let kept: f64 = self
            .weights
            .iter()
            .zip(&self.halted)
            .filter(|(_, halted)| **halted)
            .map(|(w, _)| w)
            .sum();
        let invested: f64 = free().map(|(_, target)| target).sum();
        let room = 1.0 - kept;
        let (scale, cash) = match terms.margin {
            Some(_) => (1.0, room - invested),
            None if invested + target_cash > 0.0 => {
                let scale = room / (invested + target_cash);
                (scale, target_cash * scale)
            }
            None => (0.0, room),
        };
        let changes: f64 = free()
            .map(|(weight, target)| (target * scale - weight).abs())
            .sum();
        let turnover = 0.5 * (changes + (cash - self.cash).abs());
        // Nothing is left to trade with.
        let is_closed = terms.margin.is_none() && room <= 0.0;
        if is_closed || !is_traded(terms, turnover) {
            return self.hold(terms, bar);
        }
        let beside = match terms.margin {
            Some(_) => {
                let left = value_left_of(terms.cost_rate, free());
                let cash = 1.0 - kept / left - invested;
                Beside { scale, cash, left }
            }
            None => {
                let nu = value_left_of(terms.cost_rate, free().map(|(w, t)| (w / room, t * scale / room)));
                let left = kept + room * nu;
                Beside {
                    scale: scale * nu / left,
                    cash: cash * nu / left,
                    left,
                }
            }
        };
        let held = (0..target.len()).map(|i| self.held_beside(&beside, target, i));
        self.outcome(
            terms,
            held,
            beside.cash,
            (beside.left, turnover, Some(beside)),
            bar,
        )
    }

    /// Weight of asset i after a trade beside halted positions.
    fn held_beside(&self, beside: &Beside, target: &[f64], i: usize) -> f64 {
        match self.halted[i] {
            true => self.weights[i] / beside.left,
            false => target[i] * beside.scale,
        }
    }

    /// What holding over `bar` without a trade would do.
    #[inline]
    fn hold(&self, terms: &Terms, bar: &MarketBar) -> Result<Outcome> {
        let held = self.weights.iter().copied();
        let outcome = self.outcome(terms, held, self.cash, (1.0, 0.0, None), bar)?;
        Ok(Outcome {
            traded: false,
            ..outcome
        })
    }

    /// What holding `target` over `bar` would do after a trade to it that is known to have left the fraction `left`, in
    /// (0, 1], of the value before it; changes nothing. As [`evaluate`](Self::evaluate), but that the cost is not worked
    /// out again.
    pub fn evaluate_traded(
        &self,
        terms: &Terms,
        target: &[f64],
        left: f64,
        bar: &MarketBar,
    ) -> Result<Outcome> {
        let (target, target_cash) = self.split(target);
        let changes = target
            .iter()
            .zip(&self.weights)
            .map(|(to, from)| (to - from).abs());
        let turnover = 0.5 * (changes.sum::<f64>() + (target_cash - self.cash).abs());
        self.outcome(
            terms,
            target.iter().copied(),
            target_cash,
            (left, turnover, None),
            bar,
        )
    }

    /// What a trade does that leaves `left` of the value, held as `held` and `cash` over `bar`.
    #[inline(always)]
    fn outcome(
        &self,
        terms: &Terms,
        held: impl Iterator<Item = f64> + Clone,
        cash: f64,
        (left, turnover, beside): (f64, f64, Option<Beside>),
        bar: &MarketBar,
    ) -> Result<Outcome> {
        let mut growth = 1.0 + cash * bar.cash_return;
        for (weight, &asset_return) in held.clone().zip(&bar.returns) {
            growth += weight * asset_return;
        }
        let (mut fees, mut call) = (0.0, None);
        if let Some(margin) = &terms.margin {
            fees = margin.fees(held.clone(), cash);
            growth -= fees;
            call = margin.call(terms.cost_rate, held.clone(), bar, growth);
        }
        let kept = call.map_or(1.0, |call| call.kept);
        let gross = left * growth * kept;
        let net_return = gross - 1.0;
        let value = self.value * gross;
        let mut returns = self.returns;
        returns.push(net_return);
        let step = RewardInputs {
            net_return,
            cost: 1.0 - left + left * growth * (1.0 - kept),
            volatility: returns.deviation(),
            drawdown: drawdown(value, self.peak),
        };
        let (reward, memory) = terms.reward.reward(&step, &self.memory);
        if !(reward.is_finite() && value.is_finite()) {
            return Err(self.what_is_not_finite(held, bar, value, reward));
        }
        Ok(Outcome {
            reward,
            net_return,
            log_growth: gross.max(0.0).ln(),
            turnover,
            cost: step.cost,
            drawdown: step.drawdown,
            volatility: step.volatility,
            ruined: value <= 0.0,
            traded: true,
            growth,
            fees,
            call,
            beside,
            margin_call: call.is_some(),
            memory,
        })
    }

    /// Writes to `out` the weights that the step of `outcome` to `target` trades to: beside halted positions they are others
    /// than the target.
    pub(crate) fn write_traded(&self, outcome: &Outcome, target: &[f64], out: &mut [f64]) {
        out.copy_from_slice(target);
        if let (true, Some(beside)) = (outcome.traded, &outcome.beside) {
            let assets = self.weights.len();
            for (i, out) in out.iter_mut().enumerate() {
                *out = if i < assets {
                    self.held_beside(beside, target, i)
                } else {
                    beside.cash
                };
            }
        }
    }

    /// Takes the step that [`evaluate`](Self::evaluate) gave `outcome` for, with the same `target` and `bar`. A
    /// ruined portfolio has no weights left: its state shows all cash.
    #[inline]
    pub fn commit(&mut self, outcome: &Outcome, target: &[f64], bar: &MarketBar) {
        if outcome.traded {
            let (assets, cash) = self.split(target);
            match &outcome.beside {
                None => {
                    self.cash = cash;
                    self.weights.copy_from_slice(assets);
                }
                Some(beside) => {
                    for i in 0..assets.len() {
                        self.weights[i] = self.held_beside(beside, assets, i);
                    }
                    self.cash = beside.cash;
                }
            }
        }
        self.value *= 1.0 + outcome.net_return;
        self.peak = self.peak.max(self.value);
        self.returns.push(outcome.net_return);
        self.volatility = outcome.volatility;
        self.memory = outcome.memory;
        if outcome.ruined {
            // What is owed beyond it is nobody's to pay.
            self.value = 0.0;
            self.weights.fill(0.0);
            self.cash = 1.0;
            self.halted.clear();
            return;
        }
        // Drift: w_i (1 + r_i) / (1 + sum over assets and cash of w·r).
        for (weight, &asset_return) in self.weights.iter_mut().zip(&bar.returns) {
            *weight = *weight * (1.0 + asset_return) / outcome.growth;
        }
        self.cash = (self.cash * (1.0 + bar.cash_return) - outcome.fees) / outcome.growth;
        if !bar.status.is_empty() {
            self.pay_out(bar);
        }
        if let Some(call) = &outcome.call {
            for (i, weight) in self.weights.iter_mut().enumerate() {
                *weight = match self.halted.get(i) {
                    Some(true) => *weight / call.kept,
                    _ => *weight * call.scale,
                };
            }
            self.cash = 1.0 - self.weights.iter().sum::<f64>();
        }
    }

    /// Pays out in cash what ended at the close of a bar, and takes in what is halted there.
    fn pay_out(&mut self, bar: &MarketBar) {
        for (weight, status) in self.weights.iter_mut().zip(&bar.status) {
            if *status == Status::Ended {
                self.cash += *weight;
                *weight = 0.0;
            }
        }
        self.see(&bar.status);
    }

    /// Becomes what `other` is, of as many assets; allocates nothing.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        let Self {
            value,
            peak,
            weights,
            cash,
            returns,
            volatility,
            memory,
            halted,
        } = self;
        weights.copy_from_slice(&other.weights);
        halted.clone_from(&other.halted);
        (*value, *peak, *cash, *volatility) = (other.value, other.peak, other.cash, other.volatility);
        (*returns, *memory) = (other.returns, other.memory);
    }

    /// Target weights of assets and of cash.
    fn split<'a>(&self, target: &'a [f64]) -> (&'a [f64], f64) {
        let (assets, cash) = target.split_at(self.weights.len());
        (assets, cash.first().copied().unwrap_or(0.0))
    }

    #[cold]
    fn what_is_not_finite(
        &self,
        held: impl Iterator<Item = f64>,
        bar: &MarketBar,
        value: f64,
        reward: f64,
    ) -> Error {
        let culprit = |name: &str, values: &mut dyn Iterator<Item = f64>| {
            let (i, value) = values.enumerate().find(|(_, value)| !value.is_finite())?;
            Some(Error::invalid(words!("{name}[{i}]"), value, "a finite number"))
        };
        culprit("target", &mut { held })
            .or_else(|| culprit("bar.returns", &mut bar.returns.iter().copied()))
            .or_else(|| culprit("bar.cash_return", &mut [bar.cash_return].into_iter()))
            .or_else(|| culprit("account.value", &mut [value].into_iter()))
            .unwrap_or_else(|| Error::invalid("reward", reward, "a finite number"))
    }
}

/// Whether this turnover is traded. NaN counts as a trade, and is found out after it.
fn is_traded(terms: &Terms, turnover: f64) -> bool {
    !matches!(turnover.partial_cmp(&terms.trade_band), Some(Ordering::Less))
}

fn drawdown(value: f64, peak: f64) -> f64 {
    (1.0 - value / peak).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Terms = Terms {
        cost_rate: 0.0,
        trade_band: 0.0,
        reward: RewardMode::LogReturn,
        margin: None,
    };

    fn bar(returns: &[f64], cash_return: f64) -> MarketBar {
        MarketBar {
            returns: returns.to_vec(),
            cash_return,
            columns: Vec::new(),
            asset_columns: Vec::new(),
            prior: Vec::new(),
            status: Vec::new(),
        }
    }

    fn step(account: &mut Account, terms: &Terms, target: &[f64], bar: &MarketBar) -> Outcome {
        let outcome = account.evaluate(terms, target, bar).unwrap();
        account.commit(&outcome, target, bar);
        outcome
    }

    #[test]
    fn weights_drift_with_assets_and_cash() {
        let mut account = Account::new(100.0, 2);
        step(&mut account, &FREE, &[0.5, 0.3, 0.2], &bar(&[0.1, -0.2], 0.01));
        let growth = 1.0 + 0.05 - 0.06 + 0.002;
        assert!((account.value() - 100.0 * growth).abs() < 1e-12);
        for (found, expected) in account.weights().iter().zip([0.55 / growth, 0.24 / growth]) {
            assert!((found - expected).abs() < 1e-15);
        }
        assert!((account.cash() - 0.202 / growth).abs() < 1e-15);
    }

    #[test]
    fn the_band_holds_back_small_trades() {
        let banded = Terms {
            trade_band: 0.1,
            cost_rate: 0.01,
            ..FREE
        };
        let mut account = Account::new(1.0, 2);
        let flat = bar(&[0.0, 0.0], 0.0);
        assert_eq!(step(&mut account, &banded, &[0.5, 0.5, 0.0], &flat).turnover, 1.0);
        let small = step(&mut account, &banded, &[0.55, 0.42, 0.03], &flat);
        assert_eq!((small.turnover, small.cost), (0.0, 0.0));
        assert_eq!(account.weights(), [0.5, 0.5]);
        let large = step(&mut account, &banded, &[0.65, 0.35, 0.0], &flat);
        assert!((large.turnover - 0.15).abs() < 1e-15 && large.cost > 0.0);
        assert_eq!(account.weights(), [0.65, 0.35]);
    }

    #[test]
    fn losing_everything_is_ruin_and_stays_finite() {
        let mut account = Account::new(1.0, 1);
        let outcome = step(&mut account, &FREE, &[1.0], &bar(&[-1.0], 0.0));
        assert!(outcome.ruined && outcome.reward.is_finite());
        assert_eq!(outcome.log_growth, f64::NEG_INFINITY);
        let view = account.view();
        assert_eq!((view.weights, view.cash, view.drawdown), (&[0.0][..], 1.0, 1.0));
    }

    #[test]
    fn shorts_and_borrowed_money_pay_for_it() {
        let margin = Margin {
            borrow: 0.01,
            rate: 0.002,
            maintenance: 0.25,
        };
        let terms = Terms {
            margin: Some(margin),
            ..FREE
        };
        let mut account = Account::new(100.0, 2);
        // 150% long, 80% short: 30% in cash; then 180% long with 80% borrowed.
        step(&mut account, &terms, &[1.5, -0.8, 0.3], &bar(&[0.1, 0.05], 0.001));
        let growth = 1.0 + 0.15 - 0.04 + 0.0003 - 0.008;
        assert!((account.value() - 100.0 * growth).abs() < 1e-12);
        let expected = [1.65 / growth, -0.84 / growth, (0.3003 - 0.008) / growth];
        let found = account.weights().iter().chain([&account.cash]);
        for (found, expected) in found.zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
        let value = account.value();
        step(&mut account, &terms, &[1.8, 0.0, -0.8], &bar(&[0.0, 0.0], 0.001));
        assert!((account.value() - value * (1.0 - 0.8 * 0.003)).abs() < 1e-12);
        assert!((account.weights().iter().sum::<f64>() + account.cash() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_margin_call_scales_back_to_what_must_be_there() {
        let terms = Terms {
            cost_rate: 0.01,
            margin: Some(Margin {
                borrow: 0.0,
                rate: 0.0,
                maintenance: 0.25,
            }),
            ..FREE
        };
        let mut account = Account::new(1.0, 2);
        account.replace(&[2.0, -1.0], 0.0, 1.0);
        let held = [2.0, -1.0, 0.0];
        // 1 + 2·(-0.2) - 0.1 = 0.5 is left of positions of 1.6 and 1.1: 5.4 times.
        let falls = bar(&[-0.2, 0.1], 0.0);
        let outcome = step(&mut account, &terms, &held, &falls);
        assert!(outcome.margin_call);
        let gross: f64 = account.weights().iter().map(|weight| weight.abs()).sum();
        assert!((gross - 4.0).abs() < 1e-12, "{gross}");
        // By the money: 2.7 held, x sold of it in proportion; (0.5 - 0.01 x) / (2.7 - x) = 0.25.
        let sold = (0.5 - 0.25 * 2.7) / (0.01 - 0.25);
        assert!((account.value() - (0.5 - 0.01 * sold)).abs() < 1e-12);
        assert!((outcome.cost - 0.01 * sold).abs() < 1e-12);
        assert!((account.weights()[0] / account.weights()[1] + 1.6 / 1.1).abs() < 1e-12);
        // One that is kept is not called, and one that is ruined is ruined.
        let mut account = Account::new(1.0, 2);
        account.replace(&[2.0, -1.0], 0.0, 1.0);
        assert!(!step(&mut account, &terms, &held, &bar(&[0.0, 0.0], 0.0)).margin_call);
        let outcome = step(&mut account, &terms, &[2.0, -1.0, 0.0], &bar(&[-0.4, 0.3], 0.0));
        assert!(outcome.ruined && !outcome.margin_call && account.value() == 0.0);
    }

    #[test]
    fn what_is_not_finite_is_named() {
        let account = Account::new(1.0, 2);
        let error =
            |target: &[f64], bar: &MarketBar| account.evaluate(&FREE, target, bar).unwrap_err().to_string();
        let good = bar(&[0.0, 0.0], 0.0);
        assert!(error(&[0.5, f64::NAN], &good).contains("target[1]"));
        assert!(error(&[0.5, 0.5], &bar(&[0.0, f64::INFINITY], 0.0)).contains("bar.returns[1]"));
        assert!(error(&[0.5, 0.5, 0.0], &bar(&[0.0, 0.0], f64::NAN)).contains("bar.cash_return"));
    }

    #[test]
    fn the_last_twenty_returns_are_remembered() {
        let mut memory = ReturnMemory::default();
        let value = |k: usize| ((k * 37) % 23) as f64 * 0.001 - 0.01;
        assert_eq!(memory.deviation(), 0.0);
        for k in 0..65 {
            memory.push(value(k));
            let last: Vec<f64> = (0..=k).rev().take(20).map(value).collect();
            let mean = last.iter().sum::<f64>() / last.len() as f64;
            let square = last.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / last.len() as f64;
            let expected = if k == 0 { 0.0 } else { square.sqrt() };
            assert!((memory.deviation() - expected).abs() < 1e-15, "{k}");
        }
    }
}
