//! A policy under a risk manager over prices: the live loop, replayed.

use crate::backtest::policy::check_table;
use crate::backtest::{ManagedTrack, Track};
use crate::error::Result;
use crate::market::prices::row;
use crate::market::table::TableMarket;
use crate::policy::Policy;
use crate::policy::spec::PolicySpec;
use crate::portfolio::managed::{ClosedBar, ManagedPortfolio};
use crate::portfolio::{ManagerConfig, RLPortfolioManager};
use crate::risk::limits::LimitsConfig;
use crate::risk::manager::{MarketState, RiskConfig, RiskManager};
use ndarray::Array2;

/// The risk management that reports show where no other is asked for: the defaults of every part, no borrowed money,
/// no leverage above 1, and no trade within the policy's own band.
pub fn report_risk(spec: &PolicySpec) -> RiskConfig {
    let mut risk = RiskConfig {
        limits: LimitsConfig {
            min_cash: Some(0.0),
            ..LimitsConfig::default()
        },
        trade_band: spec.action.trade_band,
        ..RiskConfig::default()
    };
    if let Some(leverage) = &mut risk.leverage {
        leverage.max = 1.0;
    }
    risk
}

/// The track, called `name`, of a policy whose every target goes through a risk manager, over the decisions of
/// `market`, starting in cash: the live loop of [`ManagedPortfolio`], bar by bar. Everything before the first decision
/// is history for both.
///
/// # Errors
/// A table that is not the policy's, as for [`run_policy`](crate::backtest::run_policy); what
/// [`ManagedPortfolio::new`] refuses; a portfolio that is ruined.
pub fn run_managed(
    name: &str,
    policy: &Policy,
    market: &TableMarket,
    cost_rate: f64,
    risk: &RiskConfig,
) -> Result<ManagedTrack> {
    check_table(policy.spec(), market)?;
    let table = market.table();
    let assets = table.assets().len();
    let config = ManagerConfig {
        cost_rate,
        ..ManagerConfig::default()
    };
    let manager = RLPortfolioManager::new(policy.clone(), config)?;
    let mut portfolio = ManagedPortfolio::new(manager, RiskManager::new(risk.clone(), assets)?)?;
    let decisions = market.decisions();
    let (first, bars) = (*decisions.start(), decisions.clone().count());
    (0..first).try_for_each(|close| portfolio.observe(&bar(market, close)))?;
    let mut managed = ManagedTrack {
        track: Track {
            name: name.to_string(),
            dates: table.dates()[first + 1..=first + bars].to_vec(),
            returns: Vec::with_capacity(bars),
            weights: Array2::zeros((bars, assets + 1)),
            turnover: Vec::with_capacity(bars),
            costs: Vec::with_capacity(bars),
        },
        reasons: Vec::with_capacity(bars),
        leverage: Vec::with_capacity(bars),
        hedge: Vec::with_capacity(bars),
    };
    let mut before = f64::NAN;
    for (step, close) in decisions.enumerate() {
        let decision = portfolio.decide(&bar(market, close))?;
        managed.reasons.push(decision.reasons.clone());
        managed.leverage.push(decision.leverage);
        let notional = decision.hedge.notional;
        let value = portfolio.manager().account().value();
        managed.hedge.push(notional / value);
        let track = &mut managed.track;
        // The return of the bar before: this decision's close ended it.
        if step > 0 {
            track.returns.push(value / before - 1.0);
        }
        before = value;
        for (slot, &weight) in track.weights.row_mut(step).iter_mut().zip(portfolio.traded()) {
            *slot = weight;
        }
        track.turnover.push(portfolio.turnover());
        track.costs.push(portfolio.cost());
    }
    portfolio.observe(&bar(market, first + bars))?;
    let value = portfolio.manager().account().value();
    managed.track.returns.push(value / before - 1.0);
    Ok(managed)
}

/// The bar that ends at a close of the table.
fn bar(market: &TableMarket, close: usize) -> ClosedBar<'_> {
    let table = market.table();
    let highs_lows = table.ranges().high.as_ref().zip(table.ranges().low.as_ref());
    ClosedBar {
        market: MarketState {
            highs_lows: highs_lows.map(|(highs, lows)| (row(highs.row(close)), row(lows.row(close)))),
            ..MarketState::closes(row(table.close().row(close)))
        },
        cash_return: market.cash_return(close),
        columns: row(table.signals().row(close)),
        prior: table.prior().map_or(&[], |prior| row(prior.row(close))),
    }
}
