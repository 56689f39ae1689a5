//! Why a policy decided as it did at a close of a table.

use crate::env::Costs;
use crate::error::{Count, Error, Result, words};
use crate::market::prices::row;
use crate::market::prior::Prior;
use crate::market::table::TableMarket;
use crate::policy::Policy;
use crate::policy::explain::Explanation;
use crate::portfolio::{Portfolio, PortfolioConfig};
use serde::Serialize;

/// A decision and its explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedDecision {
    /// When the bar closed.
    pub time: String,
    /// Names of the weights: the assets', then `cash` where the policy may hold it.
    pub names: Vec<String>,
    /// The prior's weights, where the policy has a prior.
    pub prior: Option<Vec<f64>>,
    /// The weights and what moved them.
    #[serde(flatten)]
    pub explanation: Explanation,
}

/// Explains the decision at bar `at` of `market`'s table, for a portfolio that followed the policy up to there, from cash, as
/// soon as it could decide.
///
/// # Errors
/// A table of another number of assets than the policy's, a bar before the policy can decide or beyond the last, a bar that cannot be decided at.
pub fn explain_at(
    policy: &Policy,
    market: &TableMarket,
    costs: &Costs,
    at: usize,
) -> Result<ExplainedDecision> {
    let table = market.table();
    let config = PortfolioConfig::at_costs(costs).with_ends_of(table);
    let mut portfolio = Portfolio::new(policy.clone(), config)?;
    let first = portfolio.warm_up_bars();
    if !(first..table.bars()).contains(&at) {
        let expected = words!(
            "{first} to {} (those that can be decided at)",
            table.bars().saturating_sub(1)
        );
        return Err(Error::invalid("bar", Count(at, "th"), expected));
    }
    for close in 0..=at {
        let closes = row(table.prices().row(close));
        portfolio.push_prices(closes, market.cash_return(close), table.shown(close))?;
        if portfolio.ready() {
            portfolio.rebalance()?;
        }
    }
    let (state, prior) = portfolio.seen();
    let spec = policy.spec();
    let prior = (spec.action.prior != Prior::None).then(|| prior.to_vec());
    let mut names = table.assets().to_vec();
    if spec.action.cash {
        names.push("cash".into());
    }
    Ok(ExplainedDecision {
        time: table.times()[at].to_string(),
        names,
        explanation: policy.explain(state, prior.as_deref())?,
        prior,
    })
}
