//! What to hold now: the decision at the last bar of a table.

use crate::env::Costs;
use crate::error::{Count, Error, Result, words};
use crate::market::Status;
use crate::market::prices::row;
use crate::market::table::TableMarket;
use crate::math::lots::whole_lots;
use crate::policy::Policy;
use crate::policy::spec::ActionSpec;
use crate::portfolio::book::Book;
use crate::portfolio::book_walk::{bar, observe};
use crate::portfolio::{Portfolio, PortfolioConfig};
use crate::risk::manager::{RiskConfig, RiskManager};
use crate::risk::reason::Reason;
use serde::Serialize;

/// What is held, in units of each asset and money.
#[derive(Debug, Clone, PartialEq)]
pub struct Holdings {
    /// Units of the assets: [N]; below 0 what is sold short, where the policy may.
    pub units: Vec<f64>,
    /// Money; below 0 what is borrowed, where the policy may be levered or short.
    pub cash: f64,
}

/// What to hold from the last close of a table on, and what that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LastDecision {
    /// When the last bar closed.
    pub time: String,
    /// What the holdings are worth at that close.
    pub equity: f64,
    /// The assets, in the order of the policy.
    pub assets: Vec<AssetDecision>,
    /// Cash: part of the equity that is held, that the policy asks for, and that is left by the decision.
    pub cash: [f64; 3],
    /// One-way turnover of the trades: half the sum of abs(change of weight) over assets and cash.
    pub turnover: f64,
    /// What the risk manager changed or did not look at, one sentence each.
    pub reasons: Vec<String>,
}

/// One asset of a [`LastDecision`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssetDecision {
    /// Its name.
    pub name: String,
    /// Its last close.
    pub close: f64,
    /// Part of the equity that is held in it now.
    pub held_weight: f64,
    /// Weight that the policy asks for, before the risk manager.
    pub policy_weight: f64,
    /// Weight to hold.
    pub weight: f64,
    /// Units held now.
    pub held_units: f64,
    /// Units to hold, in whole lots.
    pub units: f64,
    /// Units to buy, negative to sell.
    pub trade: f64,
}

/// Decides at the last bar of `market`'s table, all bars before it being history, for a portfolio with these holdings. The
/// risk manager has a memory of the history but for drawdowns: it begins at none.
///
/// `lot` is the least number of units that can be traded; 0: any part of one. Lots of the risk manager's position sizes
/// come before it.
///
/// # Errors
/// A table that is not the policy's or too short, holdings that are not such, settings of the risk manager that cannot be
/// used, a bar that cannot be decided at.
pub fn decide_at_last_bar(
    policy: &Policy,
    market: &TableMarket,
    holdings: &Holdings,
    risk: &RiskConfig,
    costs: &Costs,
    lot: f64,
) -> Result<LastDecision> {
    let table = market.table();
    let assets = table.assets();
    check_holdings(holdings, &policy.spec().action, assets)?;
    let status = |close: usize, i: usize| match table.universe() {
        Some(universe) => universe.status()[[close, i]],
        None => Status::Listed,
    };
    for (i, name) in assets.iter().enumerate() {
        if holdings.units[i] != 0.0 && status(table.bars() - 1, i) == Status::Absent {
            let expected = "0: the asset is not there at the last bar";
            return Err(Error::invalid(
                format!("holdings of {name}"),
                holdings.units[i],
                expected,
            ));
        }
    }
    let config = PortfolioConfig::at_costs(costs).with_ends_of(table);
    let portfolio = Portfolio::new(policy.clone(), config)?;
    let needed = portfolio.warm_up_bars() + 1;
    let last = table.bars() - 1;
    if last < needed {
        let expected = words!(
            "at least {} (of the policy's history, and the one to decide at)",
            needed + 1
        );
        return Err(Error::invalid("price table", Count(last + 1, "bars"), expected));
    }
    let mut book = Book::new(portfolio, RiskManager::new(risk.clone(), assets.len())?)?;
    for close in 0..last {
        observe(&mut book, market, close)?;
    }
    // What is held drifts over the last bar as its units do.
    let value = |close: usize| -> f64 {
        let prices = row(table.close().row(close));
        holdings
            .units
            .iter()
            .zip(prices)
            .map(|(units, price)| units * price)
            .sum()
    };
    let before = value(last - 1) + holdings.cash;
    if before.is_nan() || before <= 0.0 {
        let found = words!("worth {before} at the close before the last");
        return Err(Error::invalid("holdings", found, "worth more than 0"));
    }
    let mut weights: Vec<f64> = holdings
        .units
        .iter()
        .zip(row(table.close().row(last - 1)))
        .map(|(units, price)| units * price / before)
        .collect();
    weights.push(holdings.cash / before);
    book.set_position(&weights, before)?;
    let decision = book.decide(&bar(market, last))?;
    let (reasons, positions) = (decision.reasons.clone(), decision.positions.clone());
    let closes = row(table.close().row(last));
    let equity = value(last) + holdings.cash * (1.0 + market.cash_return(last));
    let mut rows = Vec::with_capacity(assets.len());
    for (i, name) in assets.iter().enumerate() {
        let units = match positions.get(i) {
            _ if status(last, i) == Status::Halted => holdings.units[i],
            _ if !status(last, i).is_there() => 0.0,
            Some(position) => position.units,
            None => whole_lots(book.traded()[i] * equity / closes[i], lot),
        };
        rows.push(AssetDecision {
            name: name.clone(),
            close: closes[i],
            held_weight: holdings.units[i] * closes[i] / equity,
            policy_weight: book.target()[i],
            weight: units * closes[i] / equity,
            held_units: holdings.units[i],
            units,
            trade: units - holdings.units[i],
        });
    }
    let sum = |of: fn(&AssetDecision) -> f64| rows.iter().map(of).sum::<f64>();
    let cash = [
        sum(|row| row.held_weight),
        sum(|row| row.policy_weight),
        sum(|row| row.weight),
    ]
    .map(|held| 1.0 - held);
    let moved = rows
        .iter()
        .map(|row| (row.weight - row.held_weight).abs())
        .sum::<f64>();
    Ok(LastDecision {
        time: table.times()[last].to_string(),
        equity,
        turnover: 0.5 * (moved + (cash[2] - cash[0]).abs()),
        cash,
        reasons: reasons
            .iter()
            .map(|reason: &Reason| reason.describe(assets, &[]))
            .collect(),
        assets: rows,
    })
}

fn check_holdings(holdings: &Holdings, action: &ActionSpec, assets: &[String]) -> Result<()> {
    if holdings.units.len() != assets.len() {
        let found = Count(holdings.units.len(), "values");
        return Err(Error::invalid("holdings", found, assets.len()));
    }
    let least = match action.short {
        true => "finite",
        false => "finite and at least 0",
    };
    for (units, name) in holdings.units.iter().zip(assets) {
        if !(units.is_finite() && (action.short || *units >= 0.0)) {
            return Err(Error::invalid(format!("holdings of {name}"), *units, least));
        }
    }
    if !action.is_plain() {
        return match holdings.cash.is_finite() {
            true => Ok(()),
            false => Err(Error::invalid("holdings of cash", holdings.cash, "finite")),
        };
    }
    let worth = holdings.cash > 0.0 || holdings.units.iter().any(|units| *units > 0.0);
    if !(holdings.cash.is_finite() && holdings.cash >= 0.0 && worth) {
        return Err(Error::invalid(
            "holdings of cash",
            holdings.cash,
            "finite, at least 0, and above it where nothing else is held",
        ));
    }
    Ok(())
}
