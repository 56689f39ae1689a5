//! What a host says of its portfolio: what was traded, what is held, what is paid in and out.

use super::{Plan, Portfolio};
use crate::env::config::LARGEST_BALANCE;
use crate::error::{Count, Error, Result, words};
use crate::policy::spec::ActionSpec;

/// Farthest that weights which somebody reports may sum from 1.
pub(super) const TOLERANCE: f64 = 1e-6;

/// Farthest that they may sum from 1 by rounding alone: what is beyond it is put into cash.
const SUM_ROUNDING: f64 = 1e-12;

/// Most that cash may be below 0 in what somebody reports, as a part of the value: fees that outran the cash.
const OVERDRAFT: f64 = 0.01;

/// A reported cost up to this part of the value is rounding, and needs no trade beside it.
const COST_ROUNDING: f64 = 1e-9;

impl Portfolio {
    /// Says what was really traded to at this close, in place of the last target: weights after the trade, assets and
    /// then cash [N + 1], and what the trade cost as a fraction of the value before it.
    ///
    /// Cash down to -0.01 is taken as it is: an overdraft of fees, with the assets above 1 by as much. Where the sum is
    /// farther than 1e-12 from 1, cash becomes what the assets leave.
    ///
    /// Errors, which leave the manager as it was: weights that are not such with a sum of 1 (within 1e-6), a cost that
    /// is negative or as large as what was traded. A cost within 1e-9 of 0 is rounding and needs no trade.
    pub fn record_trade(&mut self, weights: &[f64], cost: f64) -> Result<()> {
        let cash = self.check_position(weights)?;
        let assets = self.account.weights().len();
        let left = 1.0 - cost;
        let changes = weights[..assets].iter().zip(self.account.weights());
        let traded: f64 = changes.map(|(new, old)| (left * new - old).abs()).sum();
        if !(cost.abs() <= COST_ROUNDING || cost > 0.0 && cost < traded.min(1.0)) {
            let expected = words!("at least 0 and below what was traded, {traded}");
            return Err(Error::invalid("cost", cost, expected));
        }
        self.trade(weights, 1.0 - cost.max(0.0));
        self.executed[assets] = cash;
        Ok(())
    }

    /// Takes it that `weights` [N + 1] were traded to at this close, which left the fraction `left` of the value.
    pub(in crate::portfolio) fn trade(&mut self, weights: &[f64], left: f64) {
        self.plan = Plan::Traded(left);
        self.executed.copy_from_slice(weights);
        self.following = true;
    }

    /// Says what is held at this close and what it is worth, where the books differ from the manager's account (at
    /// the start, or after a payment): weights of assets and then cash [N + 1] and money above 0. Nothing counts as
    /// traded at this close any more. Drawdown and remembered returns stay as they are.
    ///
    /// Errors, which leave the manager as it was: as for [`record_trade`](Self::record_trade), and an equity that is
    /// not above 0 and at most 1e90 (decisions are taken up to 1e100).
    pub fn set_position(&mut self, weights: &[f64], equity: f64) -> Result<()> {
        let cash = self.check_position(weights)?;
        if !(equity > 0.0 && equity <= LARGEST_BALANCE) {
            let expected = "an amount of money above 0 (at most 1e90)";
            return Err(Error::invalid("equity", equity, expected));
        }
        let assets = self.account.weights().len();
        self.account.replace(&weights[..assets], cash, equity);
        self.account.see(&self.status);
        self.plan = Plan::Hold;
        self.following = true;
        Ok(())
    }

    /// Money paid in at this close, or below 0 paid out: into cash, and every weight becomes one of the new value. Drawdown
    /// and remembered returns stay as they are, and so does in money what was traded at this close; a target that was asked
    /// for is one of the new value.
    ///
    /// Errors, which leave the manager as it was: an amount that is not finite; more paid out than there is cash, before or
    /// after what was traded; value left that is not above 0 and at most 1e90. Where the policy may be short or levered no cash
    /// is needed, but the value left has to be at least `maintenance` of the gross exposure.
    pub fn deposit(&mut self, amount: f64) -> Result<()> {
        if !amount.is_finite() {
            return Err(Error::invalid("amount", amount, "a finite amount of money"));
        }
        let before = self.account.value();
        let value = before + amount;
        if !(value > 0.0 && value <= LARGEST_BALANCE) {
            let expected = words!("one that leaves a value above 0 (at most 1e90) of {before}");
            return Err(Error::invalid("amount", amount, expected));
        }
        let assets = self.account.weights().len();
        // Money before the trade and after it.
        let mut stands = [(self.account.weights(), self.account.cash(), before); 2];
        if let Some((executed, left)) = self.traded() {
            stands[1] = (&executed[..assets], executed[assets], left * before);
        }
        let plain = self.policy.spec().action.is_plain();
        for (weights, cash, worth) in stands {
            let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
            let (enough, most) = match plain {
                true => (cash * worth + amount >= -SUM_ROUNDING * worth, cash * worth),
                false => {
                    let most = worth * (1.0 - self.config.costs.maintenance * gross);
                    (-amount <= most, most)
                }
            };
            if amount < 0.0 && !(enough && worth + amount > 0.0) {
                let expected = match plain {
                    true => words!("at least -{}, the cash that there is", most.max(0.0)),
                    false => words!("at least -{}, by `maintenance`", most.max(0.0)),
                };
                return Err(Error::invalid("amount", amount, expected));
            }
        }
        // Cash that is paid out to the last cent is 0, not a hair beside it.
        let paid = |cash: f64, worth: f64| {
            let cash = (cash * worth + amount) / (worth + amount);
            if plain && amount < 0.0 {
                cash.max(0.0)
            } else {
                cash
            }
        };
        if let Plan::Traded(left) = self.plan {
            let worth = left * before;
            for weight in &mut self.executed[..assets] {
                *weight *= worth / (worth + amount);
            }
            self.executed[assets] = paid(self.executed[assets], worth);
            self.plan = Plan::Traded((worth + amount) / value);
        }
        let held = &mut self.buffers.held[..assets];
        for (held, weight) in held.iter_mut().zip(self.account.weights()) {
            *held = weight * (before / value);
        }
        let cash = paid(self.account.cash(), before);
        self.account.replace(held, cash, value);
        Ok(())
    }

    /// What was traded to at this close [N + 1], and the fraction that is left of the value before; none where that is not
    /// said yet.
    pub(in crate::portfolio) fn traded(&self) -> Option<(&[f64], f64)> {
        match self.plan {
            Plan::Traded(left) => Some((&self.executed, left)),
            Plan::Hold | Plan::Target => None,
        }
    }

    /// Refuses weights of assets and cash that nobody can hold; gives the cash.
    fn check_position(&self, weights: &[f64]) -> Result<f64> {
        check_held(
            "weights",
            weights,
            self.account.weights().len() + 1,
            &self.policy.spec().action,
        )
    }
}

/// Refuses what nobody can hold under actions of this kind: weights of assets and then cash [len]. Gives the cash, which is
/// what the assets leave where the sum is off by more than rounding.
pub(super) fn check_held(input: &str, weights: &[f64], len: usize, action: &ActionSpec) -> Result<f64> {
    if weights.len() != len {
        return Err(Error::invalid(input, Count(weights.len(), "values"), len));
    }
    let cash = len - 1;
    let (expected, least, most) = match (action.is_plain(), action.short) {
        (true, _) => (
            "weights of at least 0 (cash of at least -0.01) that sum to 1 with cash",
            (0.0, -OVERDRAFT),
            1.0 + OVERDRAFT + TOLERANCE,
        ),
        (false, true) => (
            "finite weights that sum to 1 with cash",
            (f64::MIN, f64::MIN),
            f64::MAX,
        ),
        (false, false) => (
            "finite weights, the assets' at least 0, that sum to 1 with cash",
            (0.0, f64::MIN),
            f64::MAX,
        ),
    };
    let least = |i: usize| if i == cash { least.1 } else { least.0 };
    let possible = |(i, weight): (usize, &f64)| (least(i)..=most).contains(weight);
    if let Some(i) = weights.iter().enumerate().position(|weight| !possible(weight)) {
        return Err(Error::invalid(words!("{input}[{i}]"), weights[i], expected));
    }
    let off = weights.iter().sum::<f64>() - 1.0;
    if off.is_nan() || off.abs() > TOLERANCE {
        return Err(Error::invalid(input, words!("{weights:?}"), expected));
    }
    match off.abs() <= SUM_ROUNDING {
        true => Ok(weights[cash]),
        false => Ok(1.0 - weights[..cash].iter().sum::<f64>()),
    }
}
