//! What a trade comes to: to targets as they are, beside halted positions, or in lots.

use super::{Account, Placed, Terms, Trade};
use crate::env::cost_rates::{Charges, CostRates};
use crate::error::{Error, Result, words};
use crate::math::lots::whole_lots;
use std::cmp::Ordering;

impl Account {
    /// What trading to `target` at a close with these rates comes to, as [`evaluate`](Self::evaluate); none where the band
    /// or lots hold it back. The error names a target that is not finite.
    #[inline]
    pub(crate) fn trade(&self, terms: &Terms, rates: &CostRates, target: &[f64]) -> Result<Option<Trade>> {
        if !self.halted.is_empty() || rates.has_lots() {
            return self.place(terms, rates, target);
        }
        let (target, cash) = self.split(target);
        let mut turnover = (cash - self.cash).abs();
        for (&target, &weight) in target.iter().zip(&self.weights) {
            turnover += (target - weight).abs();
        }
        turnover *= 0.5;
        if !is_traded(terms, turnover) {
            return Ok(None);
        }
        let changes = self.weights.iter().zip(target).enumerate();
        let changes = changes.map(|(i, (current, target))| (i, *current, *target));
        Ok(Some(Trade {
            left: rates.value_left(&terms.costs, self.value, changes),
            turnover,
            cash,
            placed: None,
        }))
    }

    /// As [`trade`](Self::trade), with positions that are halted, or in lots.
    ///
    /// With F the weight of what is halted, the others are a portfolio of their own, 1 - F of the value, of which nu is left:
    /// mu = F + (1 - F) nu. With `margin`, where F may be anything, targets are of mu itself and cash is the rest.
    #[cold]
    fn place(&self, terms: &Terms, rates: &CostRates, target: &[f64]) -> Result<Option<Trade>> {
        if let Some(i) = target.iter().position(|weight| !weight.is_finite()) {
            return Err(Error::invalid(
                words!("target[{i}]"),
                target[i],
                "a finite number",
            ));
        }
        let (target, target_cash) = self.split(target);
        let is_free = |i: usize| self.halted.get(i) != Some(&true);
        let free = || (0..target.len()).filter(|i| is_free(*i));
        let kept: f64 = (0..target.len())
            .filter(|i| !is_free(*i))
            .map(|i| self.weights[i])
            .sum();
        let invested: f64 = free().map(|i| target[i]).sum();
        let room = 1.0 - kept;
        let (scale, cash) = match terms.margin {
            Some(_) => (1.0, room - invested),
            None if invested + target_cash > 0.0 => {
                let scale = room / (invested + target_cash);
                (scale, target_cash * scale)
            }
            None => (0.0, room),
        };
        let changes: f64 = free().map(|i| (target[i] * scale - self.weights[i]).abs()).sum();
        let turnover = 0.5 * (changes + (cash - self.cash).abs());
        // Nothing is left to trade with.
        let is_closed = terms.margin.is_none() && room <= 0.0;
        if is_closed || !is_traded(terms, turnover) {
            return Ok(None);
        }
        let costs = &terms.costs;
        let (scale, cash, left) = match terms.margin {
            Some(_) => {
                let changes = free().map(|i| (i, self.weights[i], target[i]));
                let left = rates.value_left(costs, self.value, changes);
                (scale, 1.0 - kept / left - invested, left)
            }
            None => {
                let changes = free().map(|i| (i, self.weights[i] / room, target[i] * scale / room));
                let nu = rates.value_left(costs, self.value * room, changes);
                let left = kept + room * nu;
                (scale * nu / left, cash * nu / left, left)
            }
        };
        let placed = Placed {
            scale,
            left,
            whole: None,
        };
        let trade = Trade {
            left,
            turnover,
            cash,
            placed: Some(placed),
        };
        Ok(match rates.has_lots() && left > 0.0 {
            true => self.in_lots(terms, rates, target, placed),
            false => Some(trade),
        })
    }

    /// The trade to whole lots: every position of what can be traded is rounded towards 0, and cash is the rest. None where
    /// nothing changes by it.
    fn in_lots(&self, terms: &Terms, rates: &CostRates, target: &[f64], placed: Placed) -> Option<Trade> {
        let whole = Some((placed.left * self.value, self.value));
        let rounded = Placed {
            left: 1.0,
            whole,
            ..placed
        };
        // As parts of the value before the trade.
        let after = |i: usize| self.held_after(&rounded, rates, target, i);
        let sizes = || (0..target.len()).map(|i| (i, (after(i) - self.weights[i]).abs()));
        if sizes().all(|(_, size)| size <= LOT_ROUNDING) {
            return None;
        }
        let left = (1.0 - Charges::new(&terms.costs, rates, self.value).sum(sizes())).max(0.0);
        let placed = Placed { left, ..rounded };
        let invested: f64 = (0..target.len()).map(after).sum();
        let cash = 1.0 - invested / left;
        let cash = if terms.margin.is_none() {
            cash.max(0.0)
        } else {
            cash
        };
        let changes: f64 = (0..target.len())
            .map(|i| (after(i) / left - self.weights[i]).abs())
            .sum();
        Some(Trade {
            left,
            turnover: 0.5 * (changes + (cash - self.cash).abs()),
            cash,
            placed: Some(placed),
        })
    }

    /// Weight of asset i after a trade.
    pub(super) fn held_after(&self, placed: &Placed, rates: &CostRates, target: &[f64], i: usize) -> f64 {
        let Placed { scale, left, whole } = *placed;
        if self.halted.get(i) == Some(&true) {
            return self.weights[i] / left;
        }
        let Some((money, value)) = whole else {
            return target[i] * scale;
        };
        let lot = rates.lot_value.get(i).copied().unwrap_or(0.0);
        let wanted = target[i] * scale * money;
        if !(lot > 0.0 && (wanted / lot).is_finite()) {
            return 0.0;
        }
        whole_lots(wanted, lot) / value / left
    }
}

/// The largest change of a weight that is none, where positions are in lots.
const LOT_ROUNDING: f64 = 1e-11;

/// Whether this turnover is traded. NaN counts as a trade, and is found out after it.
fn is_traded(terms: &Terms, turnover: f64) -> bool {
    !matches!(turnover.partial_cmp(&terms.trade_band), Some(Ordering::Less))
}
