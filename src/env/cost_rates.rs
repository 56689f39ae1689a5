//! What trading and holding each asset costs from one close on, and what a trade leaves.

use crate::env::costs::Costs;
use crate::env::value_left::value_left_of;
use serde::{Deserialize, Serialize};

/// Largest change of a weight that is rounding, and no order.
const ORDER_ROUNDING: f64 = 1e-9;

/// What each asset costs at a close, where that differs from [`Costs`]; each list is [N], or empty where it does not.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostRates {
    /// Commission per traded notional.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) commission: Vec<f64>,
    /// Half the spread between bid and ask, as a part of the price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) half_spread: Vec<f64>,
    /// Fee over the bar that begins on what is sold short.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) borrow: Vec<f64>,
    /// Impact coefficient: Y * volatility / (mean volume in money)^p, infinite where nothing was traded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) impact: Vec<f64>,
    /// Money for a lot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lot_value: Vec<f64>,
}

/// An asset's change of weight: its index, its weight before as a part of the value before, and after of the value after.
pub type Change = (usize, f64, f64);

/// The charges on a portfolio of some value.
#[derive(Clone, Copy)]
pub(super) struct Charges<'a> {
    costs: &'a Costs,
    rates: &'a CostRates,
    /// The least commission as a part of the value.
    least: f64,
    /// value^p.
    power: f64,
}

impl CostRates {
    /// One that says nothing, with room for `assets`.
    pub(super) fn with_room(assets: usize) -> Self {
        let list = || Vec::with_capacity(assets);
        Self {
            commission: list(),
            half_spread: list(),
            borrow: list(),
            impact: list(),
            lot_value: list(),
        }
    }

    /// Whether every asset costs `cost_rate` and nothing else.
    #[inline]
    fn is_uniform(&self, costs: &Costs) -> bool {
        self.commission.is_empty()
            && self.half_spread.is_empty()
            && self.impact.is_empty()
            && costs.minimum_fee == 0.0
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.lists().iter().all(|list| list.is_empty())
    }

    pub(super) fn clear(&mut self) {
        let Self {
            commission,
            half_spread,
            borrow,
            impact,
            lot_value,
        } = self;
        for list in [commission, half_spread, borrow, impact, lot_value] {
            list.clear();
        }
    }

    /// Whether its numbers are those of a market of so many assets: what was read from somewhere may not be.
    pub(super) fn is_sound(&self, assets: usize) -> bool {
        self.lists()
            .iter()
            .all(|list| (list.is_empty() || list.len() == assets) && list.iter().all(|value| *value >= 0.0))
    }

    fn lists(&self) -> [&Vec<f64>; 5] {
        [
            &self.commission,
            &self.half_spread,
            &self.borrow,
            &self.impact,
            &self.lot_value,
        ]
    }

    /// Whether positions are rounded to lots.
    #[inline]
    pub(super) fn has_lots(&self) -> bool {
        !self.lot_value.is_empty()
    }

    /// The fraction of a portfolio's `value` that is left after trading these changes; 0 where they cost more than there is.
    ///
    /// It is the largest root mu in (0, 1] of mu + sum of charges on |mu·target - current| - 1, to 1e-12, where an asset's
    /// charge on a trade d is max(commission·d, minimum fee) + half-spread·d + impact·(value·d)^p·d. The minimum fee is
    /// that of an order, and which assets are ordered is settled at mu = 1. NaN among the inputs gives NaN. Allocates nothing.
    #[inline]
    pub fn value_left(
        &self,
        costs: &Costs,
        value: f64,
        changes: impl Iterator<Item = Change> + Clone,
    ) -> f64 {
        match self.is_uniform(costs) {
            true => value_left_of(
                costs.cost_rate,
                changes.map(|(_, current, target)| (current, target)),
            ),
            false => Charges::new(costs, self, value).value_left(changes),
        }
    }
}

impl CostRates {
    /// What an order of this much money of an asset costs, in money.
    pub(crate) fn order_cost(&self, costs: &Costs, asset: usize, money: f64) -> f64 {
        Charges::new(costs, self, 1.0).of(asset, money, true).0
    }
}

impl<'a> Charges<'a> {
    pub(super) fn new(costs: &'a Costs, rates: &'a CostRates, value: f64) -> Self {
        Self {
            costs,
            rates,
            least: costs.minimum_fee / value,
            power: match rates.impact.is_empty() {
                true => 0.0,
                false => costs.power(value),
            },
        }
    }

    /// What trading `size` of asset i costs as a part of the value, and how fast that grows with the size.
    #[inline(always)]
    pub(super) fn of(&self, i: usize, size: f64, is_order: bool) -> (f64, f64) {
        let rate = self
            .rates
            .commission
            .get(i)
            .copied()
            .unwrap_or(self.costs.cost_rate);
        let (mut charge, mut slope) = match (is_order, rate * size) {
            (true, proportional) if proportional < self.least => (self.least, 0.0),
            (_, proportional) => (proportional, rate),
        };
        if let Some(half_spread) = self.rates.half_spread.get(i) {
            charge += half_spread * size;
            slope += half_spread;
        }
        if let Some(impact) = self.rates.impact.get(i)
            && size > 0.0
        {
            let moved = impact * self.power * self.costs.power(size);
            charge += moved * size;
            slope += (1.0 + self.costs.impact_exponent) * moved;
        }
        (charge, slope)
    }

    /// What trades of these sizes cost as a part of the value.
    pub(super) fn sum(&self, sizes: impl Iterator<Item = (usize, f64)>) -> f64 {
        sizes.map(|(i, size)| self.of(i, size, is_order(size)).0).sum()
    }

    /// See [`CostRates::value_left`]. f(mu) = mu + charges - 1 is convex and f(1) >= 0, so that Newton's method from 1 falls
    /// monotonically onto its largest root; where f stops rising before it, there is none.
    fn value_left(&self, changes: impl Iterator<Item = Change> + Clone) -> f64 {
        let mut left = 1.0;
        loop {
            let (mut excess, mut slope) = (left - 1.0, 1.0);
            for (i, current, target) in changes.clone() {
                let change = left * target - current;
                let (charge, steepness) = self.of(i, change.abs(), is_order(target - current));
                excess += charge;
                slope += steepness * f64::copysign(1.0, change) * target;
            }
            let next = left - excess / slope;
            if next.is_nan() && !(excess.is_infinite() || slope.is_infinite()) {
                return next;
            }
            if slope <= 0.0 || next.is_nan() || next <= 0.0 {
                return 0.0;
            }
            if next >= left {
                return left;
            }
            // Nearer than that to the root: a step's error is of a higher order than the step.
            if left - next <= 1e-13 {
                return next;
            }
            left = next;
        }
    }
}

fn is_order(change: f64) -> bool {
    change.abs() > ORDER_ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const N: usize = 5;

    /// The naive twin: the largest root by a scan from 1 down and bisection, none where there is none.
    fn by_bisection(costs: &Costs, rates: &CostRates, value: f64, changes: &[Change]) -> Option<f64> {
        let excess = |left: f64| {
            let mut sum = left - 1.0;
            for &(i, current, target) in changes {
                let size = (left * target - current).abs();
                let commission = rates.commission[i] * size;
                let is_order = (target - current).abs() > 1e-9;
                let least = if is_order { costs.minimum_fee / value } else { 0.0 };
                let moved = rates.impact[i] * (value * size).powf(costs.impact_exponent);
                sum += commission.max(least) + (rates.half_spread[i] + moved) * size;
            }
            sum
        };
        const STEPS: usize = 20_000;
        let mut high = 1.0;
        let low = (0..STEPS).rev().map(|k| k as f64 / STEPS as f64).find(|left| {
            let found = excess(*left) <= 0.0;
            if !found {
                high = *left;
            }
            found
        });
        let mut low = low.filter(|low| *low > 0.0)?;
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            match excess(middle) > 0.0 {
                true => high = middle,
                false => low = middle,
            }
        }
        Some(0.5 * (low + high))
    }

    fn rates(draws: &[f64]) -> CostRates {
        let list = |k: usize, most: f64| (0..N).map(|i| most * draws[k * N + i]).collect();
        CostRates {
            commission: list(0, 0.02),
            half_spread: list(1, 0.02),
            impact: list(2, 0.3 / 1e4_f64.sqrt()),
            ..CostRates::default()
        }
    }

    proptest! {
        /// Every cost at once, long and short, up to where nothing is left.
        #[test]
        fn the_value_left_solves_its_equation(
            draws in proptest::collection::vec(0.0..1.0_f64, 3 * N),
            current in proptest::collection::vec(-0.5..0.9_f64, N),
            target in proptest::collection::vec(-0.5..0.9_f64, N),
            keep in 0..N,
            minimum_fee in 0.0..600.0_f64,
            impact_exponent in 0.3..1.5_f64,
        ) {
            let (rates, value) = (rates(&draws), 1e4);
            let costs = Costs { minimum_fee, impact_exponent, ..Costs::default() };
            let changes: Vec<Change> = (0..N)
                .map(|i| (i, current[i], if i == keep { current[i] } else { target[i] }))
                .collect();
            let found = rates.value_left(&costs, value, changes.iter().copied());
            match by_bisection(&costs, &rates, value, &changes) {
                Some(expected) => prop_assert!((found - expected).abs() < 1e-12, "{found} against {expected}"),
                // A root that the scan has no point below is a narrow one.
                None => prop_assert!(found < 1e-3, "{found} where nothing is left"),
            }
        }

        /// Lists that say what the scalar says change nothing.
        #[test]
        fn equal_rates_are_one_rate(
            rate in 0.0..0.1_f64,
            current in proptest::collection::vec(0.0..0.2_f64, N),
            target in proptest::collection::vec(0.0..0.2_f64, N),
        ) {
            let changes = (0..N).map(|i| (i, current[i], target[i]));
            let costs = Costs::at_rate(rate);
            let one = CostRates::default().value_left(&costs, 1.0, changes.clone());
            let lists = CostRates {
                commission: vec![0.25 * rate; N],
                half_spread: vec![0.75 * rate; N],
                ..CostRates::default()
            };
            prop_assert!((one - lists.value_left(&costs, 1.0, changes)).abs() < 1e-14);
        }
    }

    #[test]
    fn nan_is_passed_on_and_what_cannot_be_traded_leaves_nothing() {
        let lists = CostRates {
            impact: vec![f64::INFINITY, 0.0],
            ..CostRates::default()
        };
        let left = |a: f64, b: f64| {
            let changes = [(0, 0.0, a), (1, 0.0, b)];
            lists.value_left(&Costs::default(), 1e4, changes.into_iter())
        };
        assert_eq!(left(0.5, 0.0), 0.0);
        assert!((left(0.0, 0.5) - 1.0 / 1.0005).abs() < 1e-15);
        assert!(left(0.0, f64::NAN).is_nan());
    }
}
