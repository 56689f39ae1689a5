//! What is short or borrowed costs over a bar, and when it is scaled back.

use crate::market::listing::Status;
use crate::market::source::MarketBar;

/// What is short or borrowed costs, and how much of it there may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    /// Fee over a bar on the value of what is sold short when it begins.
    pub borrow: f64,
    /// What borrowed money costs over a bar on top of the return of cash.
    pub rate: f64,
    /// Smallest value as a part of the gross exposure in money, in (0, 1]: below it, positions are scaled back to it.
    pub maintenance: f64,
}

impl Margin {
    /// Fees over a bar that begins with these weights, as a part of the value then.
    pub(super) fn fees(&self, weights: impl Iterator<Item = f64>, cash: f64) -> f64 {
        let short: f64 = weights.map(|weight| (-weight).max(0.0)).sum();
        self.borrow * short + self.rate * (-cash).max(0.0)
    }

    /// Where a bar leaves less value than `maintenance` of the gross exposure: what is then done at its close.
    ///
    /// With A and H the gross exposures of what can be traded and of what is halted, as parts of the value, A becomes
    /// A' = mu/maintenance - H, at least 0, at the cost of mu = 1 - c (A - A'); 0 is left where it costs more than there is.
    pub(super) fn call(
        &self,
        cost_rate: f64,
        held: impl Iterator<Item = f64>,
        bar: &MarketBar,
        growth: f64,
    ) -> Option<MarginCall> {
        let (mut free, mut halted) = (0.0, 0.0);
        for (i, (weight, earned)) in held.zip(&bar.returns).enumerate() {
            let size = (weight * (1.0 + earned)).abs();
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
        let (free, gross) = (free / growth, exposure / growth);
        let kept = (1.0 - cost_rate * gross) / (1.0 - cost_rate / self.maintenance);
        let left = kept / self.maintenance - halted / growth;
        let (kept, left) = match left >= 0.0 {
            true => (kept, left),
            false => (1.0 - cost_rate * free, 0.0),
        };
        let kept = kept.max(0.0);
        let scale = if kept > 0.0 { left / (free * kept) } else { 0.0 };
        Some(MarginCall { scale, kept })
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
}
