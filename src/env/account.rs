//! A portfolio's money: trading, costs, drift, and what is remembered of its returns.

#[cfg(test)]
mod tests;
mod trading;

use crate::env::cost_history::CostHistory;
use crate::env::costs::Costs;
use crate::env::margin::{Margin, MarginCall};
use crate::env::return_memory::ReturnMemory;
use crate::env::reward::{RewardInputs, RewardMemory, RewardMode};
use crate::error::{Error, Result, words};
use crate::market::listing::Status;
use crate::market::source::MarketBar;
use crate::market::state::AccountView;
use crate::math::elementary::ln;
use serde::{Deserialize, Serialize};

/// What trading costs and what is rewarded: the same for every portfolio of an environment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// What trading and holding cost.
    pub costs: Costs,
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
    /// Bars that it was held over, and the sum of ln(1 + net return) over them.
    #[serde(default)]
    steps: usize,
    #[serde(default)]
    log_growth: f64,
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
    /// Where positions were scaled back at the close of the bar ([`Margin::maintenance`]): value over gross exposure before.
    pub margin_call: Option<f64>,
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
    /// How targets became weights, where they are not the weights themselves, and the cash beside them.
    placed: Option<Placed>,
    traded_cash: f64,
    memory: RewardMemory,
}

/// A trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trade {
    /// Part of the value that is left; 0 where it costs more than there is.
    pub(crate) left: f64,
    /// One-way turnover.
    turnover: f64,
    /// Weight of cash after it.
    cash: f64,
    /// How targets became weights, where they are not the weights themselves.
    placed: Option<Placed>,
}

/// How targets become weights beside halted positions, or in lots.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Placed {
    /// What targets of what can be traded are multiplied by.
    scale: f64,
    /// Part of the value that is left: what a halted position, which stays as it is, is a larger part of.
    left: f64,
    /// With lots: the money that targets are parts of, and the value before the trade.
    whole: Option<(f64, f64)>,
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
            steps: 0,
            log_growth: 0.0,
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
        (self.steps, self.log_growth) = (0, 0.0);
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
        let RewardMemory { mean, square } = self.memory;
        let memory = [self.volatility, self.cash, mean, square, self.log_growth];
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
            steps: self.steps,
            log_growth: self.log_growth,
        }
    }

    /// What trading to `target` now and holding it over `bar` would do; changes nothing. `costs` has taken in the bar.
    ///
    /// `target` holds weights that sum to 1: [N], or [N + 1] with cash last; with [`Terms::margin`] assets and cash may be
    /// negative. What is held of halted assets stays, whatever their targets; without `margin` the other targets are scaled
    /// to what is left. A trade that costs more than there is leaves nothing: ruin. The error names what is not finite.
    #[inline]
    pub fn evaluate(
        &self,
        terms: &Terms,
        costs: &CostHistory,
        target: &[f64],
        bar: &MarketBar,
    ) -> Result<Outcome> {
        let Some(trade) = self.trade(terms, costs.before(), target)? else {
            return self.hold(terms, costs, bar);
        };
        match &trade.placed {
            None => {
                let held = target[..self.weights.len()].iter().copied();
                self.outcome(terms, costs, held, &trade, bar)
            }
            Some(placed) => {
                let rates = costs.before();
                let held = (0..self.weights.len()).map(|i| self.held_after(placed, rates, target, i));
                self.outcome(terms, costs, held, &trade, bar)
            }
        }
    }

    /// What holding over `bar` without a trade would do.
    #[inline]
    fn hold(&self, terms: &Terms, costs: &CostHistory, bar: &MarketBar) -> Result<Outcome> {
        let held = self.weights.iter().copied();
        let trade = Trade {
            left: 1.0,
            turnover: 0.0,
            cash: self.cash,
            placed: None,
        };
        let outcome = self.outcome(terms, costs, held, &trade, bar)?;
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
        costs: &CostHistory,
        target: &[f64],
        left: f64,
        bar: &MarketBar,
    ) -> Result<Outcome> {
        let (target, cash) = self.split(target);
        let changes = target
            .iter()
            .zip(&self.weights)
            .map(|(to, from)| (to - from).abs());
        let trade = Trade {
            left,
            turnover: 0.5 * (changes.sum::<f64>() + (cash - self.cash).abs()),
            cash,
            placed: None,
        };
        self.outcome(terms, costs, target.iter().copied(), &trade, bar)
    }

    /// What a trade does that is held as `held` and its cash over `bar`.
    #[inline(always)]
    fn outcome(
        &self,
        terms: &Terms,
        costs: &CostHistory,
        held: impl Iterator<Item = f64> + Clone,
        trade: &Trade,
        bar: &MarketBar,
    ) -> Result<Outcome> {
        let Trade {
            left,
            turnover,
            cash,
            placed,
        } = *trade;
        if left == 0.0 {
            return self.used_up(terms, turnover);
        }
        let mut growth = 1.0 + cash * bar.cash_return;
        for (weight, &asset_return) in held.clone().zip(&bar.returns) {
            growth += weight * asset_return;
        }
        let (mut fees, mut call) = (0.0, None);
        if let Some(margin) = &terms.margin {
            fees = margin.fees(&costs.before().borrow, held.clone(), cash);
            growth -= fees;
            let value = self.value * left * growth;
            call = margin.call(&terms.costs, costs.now(), value, held.clone(), bar, growth);
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
            log_growth: self.log_growth,
        };
        let (reward, memory) = terms.reward.reward(&step, &self.memory);
        if !(reward.is_finite() && value.is_finite()) {
            return Err(self.what_is_not_finite(held, bar, value, reward));
        }
        Ok(Outcome {
            reward,
            net_return,
            log_growth: ln(gross.max(0.0)),
            turnover,
            cost: step.cost,
            drawdown: step.drawdown,
            volatility: step.volatility,
            ruined: value <= 0.0,
            traded: true,
            growth,
            fees,
            call,
            placed,
            traded_cash: cash,
            margin_call: call.map(|call| call.found),
            memory,
        })
    }

    /// What a trade does that costs more than there is.
    #[cold]
    fn used_up(&self, terms: &Terms, turnover: f64) -> Result<Outcome> {
        let mut returns = self.returns;
        returns.push(-1.0);
        let step = RewardInputs {
            net_return: -1.0,
            cost: 1.0,
            volatility: returns.deviation(),
            drawdown: 1.0,
            log_growth: self.log_growth,
        };
        let (reward, memory) = terms.reward.reward(&step, &self.memory);
        Ok(Outcome {
            reward,
            net_return: -1.0,
            log_growth: f64::NEG_INFINITY,
            turnover,
            cost: step.cost,
            drawdown: step.drawdown,
            volatility: step.volatility,
            ruined: true,
            traded: true,
            growth: 1.0,
            fees: 0.0,
            call: None,
            placed: None,
            traded_cash: self.cash,
            margin_call: None,
            memory,
        })
    }

    /// Writes to `out` the weights that the step of `outcome` to `target` trades to: beside halted positions, and in lots, they
    /// are others than the target. `costs` is as it was for [`evaluate`](Self::evaluate).
    pub(crate) fn write_traded(
        &self,
        outcome: &Outcome,
        costs: &CostHistory,
        target: &[f64],
        out: &mut [f64],
    ) {
        out.copy_from_slice(target);
        let assets = self.weights.len();
        if let (true, Some(placed)) = (outcome.traded, &outcome.placed) {
            for (i, out) in out.iter_mut().take(assets).enumerate() {
                *out = self.held_after(placed, costs.before(), target, i);
            }
            out[assets..].fill(outcome.traded_cash);
        }
    }

    /// Takes the step that [`evaluate`](Self::evaluate) gave `outcome` for, with the same `costs`, `target` and `bar`. A
    /// ruined portfolio has no weights left: its state shows all cash.
    #[inline]
    pub fn commit(&mut self, outcome: &Outcome, costs: &CostHistory, target: &[f64], bar: &MarketBar) {
        if outcome.traded && !outcome.ruined {
            let (assets, cash) = self.split(target);
            match &outcome.placed {
                None => {
                    self.cash = cash;
                    self.weights.copy_from_slice(assets);
                }
                Some(placed) => {
                    for i in 0..assets.len() {
                        self.weights[i] = self.held_after(placed, costs.before(), assets, i);
                    }
                    self.cash = outcome.traded_cash;
                }
            }
        }
        self.value *= 1.0 + outcome.net_return;
        self.peak = self.peak.max(self.value);
        self.returns.push(outcome.net_return);
        self.volatility = outcome.volatility;
        self.memory = outcome.memory;
        self.steps = self.steps.saturating_add(1);
        if outcome.ruined {
            // What is owed beyond it is nobody's to pay.
            self.value = 0.0;
            self.weights.fill(0.0);
            self.cash = 1.0;
            self.halted.clear();
            return;
        }
        self.log_growth += outcome.log_growth;
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
            steps,
            log_growth,
            halted,
        } = self;
        weights.copy_from_slice(&other.weights);
        halted.clone_from(&other.halted);
        (*value, *peak, *cash, *volatility) = (other.value, other.peak, other.cash, other.volatility);
        (*returns, *memory) = (other.returns, other.memory);
        (*steps, *log_growth) = (other.steps, other.log_growth);
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

fn drawdown(value: f64, peak: f64) -> f64 {
    (1.0 - value / peak).clamp(0.0, 1.0)
}
