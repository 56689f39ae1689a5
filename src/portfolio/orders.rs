//! Orders: what to send to a broker, from what a book has decided and what is really held.

use crate::error::{Count, Error, Result, words};
use crate::market::Status;
use crate::math::lots::whole_lots;
use crate::portfolio::book::Book;
use std::ops::ControlFlow;

/// What a position may be off by rounding alone, relative: no order is made of that.
const ROUNDING: f64 = 1e-9;

/// How often purchases are cut down to the cash that there is, before none is made.
const MOST_CUTS: usize = 100;

/// What the cost of purchases may be above the cash by rounding alone, relative.
const SUM_ROUNDING: f64 = 1e-12;

/// What is really held, and how it can be traded. N assets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderTerms<'a> {
    /// Units held: [N]; below 0 what is sold short, where the policy may.
    pub units: &'a [f64],
    /// Money held; below 0 what is owed.
    pub cash: f64,
    /// Units that can be traded at a time: [N], 0 or more, 0 for any number; empty for any number of each.
    pub lots: &'a [f64],
    /// Fewest units of an order: [N], 0 or more; empty for no such minimum.
    pub min_units: &'a [f64],
    /// Least money that an order is worth at the close, 0 or more: what is below it is not worth trading.
    pub min_value: f64,
}

/// An order for one asset at the close.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order {
    /// Which, from 0.
    pub asset: usize,
    /// Units to buy; below 0 to sell.
    pub units: f64,
}

impl Book {
    /// Gives `take` what has to be traded for what was decided at this close, at most one order an asset: sales first, then
    /// purchases, each in the order of the assets. Allocates nothing.
    ///
    /// An order goes from what is held to the weight that counts as traded ([`traded`](Self::traded)), of what is held in
    /// all less the decision's cost. It is cut to whole lots, but for a position that is closed, and left out where it is
    /// below a minimum. None is made for an asset that is halted, at its end, absent or
    /// pinned.
    ///
    /// Purchases cost, with all that is charged at this close, no more than the cash that is there after the sales; what they would cost
    /// beyond it is taken from all of them alike, before lots and minima; none is made where least fees alone are more. A decision to borrow is followed as far as it goes.
    ///
    /// # Errors
    /// Nothing decided at this close; lengths and numbers that [`OrderTerms`] does not allow, and holdings that are worth
    /// nothing. `take` is not called then.
    pub fn orders(&self, terms: &OrderTerms<'_>, mut take: impl FnMut(Order)) -> Result<()> {
        let portfolio = self.portfolio();
        let prices = portfolio.worth();
        let assets = prices.len();
        let equity = check(terms, prices, portfolio.policy().spec().action.short)?;
        let Some((weights, left)) = portfolio.traded() else {
            let expected = "one that has decided at this close";
            return Err(Error::invalid("book", "without a decision to follow", expected));
        };
        let kept = left * equity;
        // Units that are missing to what is wanted: none where nothing can be traded.
        let can_trade =
            |asset: usize| Status::of(portfolio.status(), asset).has_price() && !self.pinned()[asset];
        let missing = |asset: usize| match can_trade(asset) {
            true => terms.missing(asset, weights[asset] * kept / prices[asset]),
            false => 0.0,
        };
        let closes = |asset: usize| weights[asset] == 0.0;
        // What is there above the debt that was decided on: none where the policy borrows nothing.
        let debt = match portfolio.policy().spec().action.is_plain() {
            true => 0.0,
            false => (-weights[assets] * kept).max(0.0),
        };
        let mut money = terms.cash + debt;
        // What purchases cost in whole lots, and before.
        let (mut cost, mut asked) = (0.0, 0.0);
        for (asset, &price) in prices.iter().enumerate() {
            let missing = missing(asset);
            let units = terms.tradable(asset, missing, closes(asset), price);
            if units < 0.0 {
                take(Order { asset, units });
                money += -units * price - portfolio.order_cost(asset, -units * price);
            } else if units > 0.0 {
                cost += units * price + portfolio.order_cost(asset, units * price);
                asked += missing * price + portfolio.order_cost(asset, missing * price);
            }
        }
        let money = money.max(0.0);
        let is_cut = cost > money;
        let purchase = |asset: usize, part: f64| {
            let (missing, price) = (missing(asset), prices[asset]);
            match terms.tradable(asset, missing, closes(asset), price) > 0.0 {
                true => terms.tradable(asset, missing * part, closes(asset) && !is_cut, price),
                false => 0.0,
            }
        };
        let cost_of = |part: f64| -> f64 {
            let bought = (0..assets).map(|asset| purchase(asset, part) * prices[asset]);
            let spent = bought.enumerate().filter(|(_, money)| *money > 0.0);
            spent
                .map(|(asset, money)| money + portfolio.order_cost(asset, money))
                .sum()
        };
        // Least fees do not shrink with what is bought.
        let part = match is_cut {
            true => (0..MOST_CUTS)
                .try_fold(money / asked, |part, _| {
                    let cost = cost_of(part);
                    match cost <= money * (1.0 + SUM_ROUNDING) {
                        true => ControlFlow::Break(part),
                        false => ControlFlow::Continue(part * money / cost),
                    }
                })
                .break_value()
                .unwrap_or(0.0),
            false => 1.0,
        };
        for asset in 0..assets {
            let units = purchase(asset, part);
            if units > 0.0 {
                take(Order { asset, units });
            }
        }
        Ok(())
    }
}

impl OrderTerms<'_> {
    /// Units from those held to those wanted, but for rounding.
    fn missing(&self, asset: usize, wanted: f64) -> f64 {
        let held = self.units[asset];
        let missing = wanted - held;
        if missing.abs() <= ROUNDING * wanted.abs().max(held.abs()) {
            return 0.0;
        }
        missing
    }

    /// The order that these units make: whole lots, unless it closes a position, and 0 below a minimum.
    fn tradable(&self, asset: usize, units: f64, closes: bool, price: f64) -> f64 {
        let at = |values: &[f64]| values.get(asset).copied().unwrap_or(0.0);
        let units = if closes {
            units
        } else {
            whole_lots(units, at(self.lots))
        };
        let is_enough = units.abs() >= at(self.min_units) && units.abs() * price >= self.min_value;
        if is_enough { units } else { 0.0 }
    }
}

/// Refuses what nobody holds and terms that are none; gives what is held in all, in money.
fn check(terms: &OrderTerms<'_>, prices: &[f64], short: bool) -> Result<f64> {
    let assets = prices.len();
    if terms.units.len() != assets {
        return Err(Error::invalid(
            "units",
            Count(terms.units.len(), "values"),
            assets,
        ));
    }
    let (least, held) = match short {
        true => (f64::MIN, "a finite number"),
        false => (0.0, "a finite number of at least 0"),
    };
    let at_least = "a finite number of at least 0";
    check_all("units", terms.units, least, held)?;
    for (input, values) in [("lots", terms.lots), ("min_units", terms.min_units)] {
        if !values.is_empty() && values.len() != assets {
            return Err(Error::invalid(input, Count(values.len(), "values"), assets));
        }
        check_all(input, values, 0.0, at_least)?;
    }
    if !(terms.min_value.is_finite() && terms.min_value >= 0.0) {
        return Err(Error::invalid("min_value", terms.min_value, at_least));
    }
    if !terms.cash.is_finite() {
        return Err(Error::invalid("cash", terms.cash, "a finite amount of money"));
    }
    let held = terms.units.iter().zip(prices);
    let equity = terms.cash + held.map(|(units, price)| units * price).sum::<f64>();
    if !(equity.is_finite() && equity > 0.0) {
        let found = words!("worth {equity} with `cash`");
        return Err(Error::invalid("units", found, "worth more than 0"));
    }
    Ok(equity)
}

fn check_all(input: &str, values: &[f64], least: f64, expected: &str) -> Result<()> {
    let usable = |value: &f64| value.is_finite() && *value >= least;
    match values.iter().position(|value| !usable(value)) {
        Some(i) => Err(Error::invalid(words!("{input}[{i}]"), values[i], expected)),
        None => Ok(()),
    }
}
