//! What is short or borrowed costs over a bar, and when it is scaled back.

use crate::env::cost_rates::{Charges, CostRates};
use crate::env::costs::Costs;
use crate::market::bars_per_year::BarsPerYear;
use crate::market::listing::Status;
use crate::market::prices::cash_return;
use crate::market::source::MarketBar;

/// What is short or borrowed costs, and how much of it there may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    /// Fee over a bar on the value of what is sold short when it begins, where the market has none of its own.
    pub borrow: f64,
    /// What borrowed money costs over a bar on top of the return of cash.
    pub rate: f64,
    /// Smallest value as a part of the gross exposure in money, in (0, 1]: below it, positions are scaled back to it.
    pub maintenance: f64,
}

impl Margin {
    /// What positions cost that are short or held with borrowed money, in a market of these bars.
    pub(super) fn of(costs: &Costs, bars_per_year: BarsPerYear) -> Self {
        Self {
            borrow: cash_return(costs.borrow_rate, bars_per_year),
            rate: cash_return(costs.margin_rate, bars_per_year),
            maintenance: costs.maintenance,
        }
    }

    /// Fees over a bar that begins with these weights, as a part of the value then; `borrow` is the market's own fee on
    /// shorts of each asset, [N], or empty.
    pub(super) fn fees(&self, borrow: &[f64], weights: impl Iterator<Item = f64>, cash: f64) -> f64 {
        let shorts = weights.map(|weight| (-weight).max(0.0));
        let borrowed = match borrow.is_empty() {
            true => self.borrow * shorts.sum::<f64>(),
            false => shorts.zip(borrow).map(|(short, fee)| short * fee).sum(),
        };
        borrowed + self.rate * (-cash).max(0.0)
    }

    /// Where a bar leaves less value than `maintenance` of the gross exposure: what is then done at its close, at the `rates`
    /// of that close. `held` are the weights when the bar began, and `value` is the money that it leaves.
    ///
    /// With A and H the gross exposures of what can be traded and of what is halted, as parts of the value, a part x of A is
    /// closed, the smallest with maintenance * (A (1 - x) + H) = 1 - cost(x); all of it where there is none.
    pub(super) fn call(
        &self,
        costs: &Costs,
        rates: &CostRates,
        value: f64,
        held: impl Iterator<Item = f64> + Clone,
        bar: &MarketBar,
        growth: f64,
    ) -> Option<MarginCall> {
        let (mut free, mut halted) = (0.0, 0.0);
        let sizes = held
            .zip(&bar.returns)
            .map(|(weight, earned)| (weight * (1.0 + earned)).abs())
            .enumerate();
        for (i, size) in sizes.clone() {
            match bar.status.get(i) {
                Some(Status::Halted) => halted += size,
                // Paid out at this close.
                Some(Status::Ended) => (),
                _ => free += size,
            }
        }
        let exposure = free + halted;
        // Ruin comes first, and rounding is no call; nor is there one that nothing can be done about.
        if !(growth > 0.0 && free > 0.0 && self.maintenance * exposure > growth * (1.0 + 1e-12)) {
            return None;
        }
        let (free, halted) = (free / growth, halted / growth);
        let charges = Charges::new(costs, rates, value);
        let is_free = |i: usize| !matches!(bar.status.get(i), Some(Status::Halted | Status::Ended));
        let positions = sizes
            .filter(|(i, _)| is_free(*i))
            .map(|(i, size)| (i, size / growth));
        let cost = |closed: f64| {
            let parts = positions.clone().map(|(i, size)| {
                let (charge, slope) = charges.of(i, closed * size, size > 0.0);
                (charge, slope * size)
            });
            parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
        };
        // What is missing is convex in x and falls, so that Newton's method from 0 climbs onto its smallest root.
        let mut closed = 0.0;
        loop {
            let (charge, slope) = cost(closed);
            let missing = self.maintenance * (free * (1.0 - closed) + halted) + charge - 1.0;
            let fall = self.maintenance * free - slope;
            let next = closed + missing / fall;
            // A NaN closes all, too.
            if !(fall > 0.0 && next < 1.0) {
                closed = 1.0;
                break;
            }
            if next - closed <= f64::EPSILON {
                break;
            }
            closed = next;
        }
        let kept = (1.0 - cost(closed).0).max(0.0);
        let scale = if kept > 0.0 { (1.0 - closed) / kept } else { 0.0 };
        Some(MarginCall {
            scale,
            kept,
            found: growth / exposure,
        })
    }
}

/// Positions scaled back at a close.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MarginCall {
    /// What each position's part of the value before is multiplied by, for its part of what is left; those that are halted
    /// stay, and are 1/kept times as large a part.
    pub(super) scale: f64,
    /// Part of the value that is left after the cost.
    pub(super) kept: f64,
    /// Value over gross exposure that the bar had left.
    pub(super) found: f64,
}
