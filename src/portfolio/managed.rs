//! The live loop in one piece: a policy's wish, the risk manager's decision, and the portfolio that follows it.

use crate::env::costs::value_left;
use crate::error::{Error, Result};
use crate::math::projection::turnover;
use crate::portfolio::RLPortfolioManager;
use crate::risk::manager::{Decision, MarketState, Portfolio, RiskConfig, RiskManager};

/// A bar that just ended, for the policy and for the risk manager.
#[derive(Debug, Clone, Copy)]
pub struct ClosedBar<'a> {
    /// Closes and whatever else the risk manager is to know.
    pub market: MarketState<'a>,
    /// Simple return of cash over the bar.
    pub cash_return: f64,
    /// The policy's columns, known at the close: [K].
    pub columns: &'a [f64],
    /// Weights of a supplied prior, assets and then cash [N + 1]; else empty.
    pub prior: &'a [f64],
}

/// A policy with its portfolio, and a risk manager between the policy's wish and the trade.
///
/// At every close the policy's target goes through [`RiskManager::manage`], and what the decision leaves is taken to
/// be traded at that close: the sized positions where positions are sized, else the weights. The policy sees the
/// portfolio that came of it, and the drawdown that the risk manager acts on is that portfolio's. The policy's own
/// trade band is not applied; the risk manager's is. The hedge is an overlay that the portfolio does not hold.
#[derive(Debug, Clone)]
pub struct ManagedPortfolio {
    manager: RLPortfolioManager,
    risk: RiskManager,
    /// The policy's target: [N].
    target: Vec<f64>,
    /// What is held before the trade: [N].
    current: Vec<f64>,
    /// What is traded to, cash last: [N + 1].
    traded: Vec<f64>,
    turnover: f64,
    cost: f64,
}

impl ManagedPortfolio {
    /// Joins the two, which have seen nothing or have both been restored.
    ///
    /// # Errors
    /// Another number of assets; limits under which weights could be negative or money be borrowed, neither of which
    /// the portfolio can hold: `limits.min_cash` has to be 0 or more, and no minimum weight negative.
    pub fn new(manager: RLPortfolioManager, risk: RiskManager) -> Result<Self> {
        let assets = manager.account().weights().len();
        if risk.assets() != assets {
            let expected = format!("{assets}, as in the policy");
            return Err(Error::invalid(
                "assets of the risk manager",
                risk.assets(),
                expected,
            ));
        }
        check_limits(risk.config())?;
        Ok(Self {
            manager,
            risk,
            target: vec![0.0; assets],
            current: vec![0.0; assets],
            traded: vec![0.0; assets + 1],
            turnover: 0.0,
            cost: 0.0,
        })
    }

    /// Takes in a bar on which nothing is decided. Errors name what cannot be used; nothing has changed then.
    pub fn observe(&mut self, bar: &ClosedBar<'_>) -> Result<()> {
        self.push(bar)?;
        self.risk.observe(&bar.market)
    }

    /// Takes in the bar that just ended and decides; what the decision leaves counts as traded at this close.
    /// Allocates nothing.
    ///
    /// # Errors
    /// A bar that cannot be used: nothing has changed then. Too little history for the policy, or scores that are not
    /// finite: the policy's portfolio has taken in the bar.
    pub fn decide(&mut self, bar: &ClosedBar<'_>) -> Result<&Decision> {
        self.push(bar)?;
        let assets = self.target.len();
        self.target.copy_from_slice(&self.manager.rebalance()?[..assets]);
        let account = self.manager.account();
        self.current.copy_from_slice(account.weights());
        let portfolio = Portfolio {
            target: &self.target,
            current: &self.current,
            equity: account.value(),
            drawdown: Some(account.view().drawdown),
        };
        let decision = self.risk.manage(&bar.market, &portfolio)?;
        let traded = &mut self.traded[..assets];
        traded.copy_from_slice(&decision.weights);
        for ((weight, position), close) in traded.iter_mut().zip(&decision.positions).zip(bar.market.closes) {
            *weight = position.units * close / portfolio.equity;
        }
        let left = value_left(self.manager.config().cost_rate, &self.current, traded);
        // Weights of at most 1 in all, whose sum may round to a hair above it.
        self.traded[assets] = (1.0 - self.traded[..assets].iter().sum::<f64>()).max(0.0);
        self.cost = 1.0 - left;
        self.manager.record_trade(&self.traded, self.cost)?;
        self.turnover = turnover(&self.current, &self.traded[..assets]);
        Ok(self.risk.decision())
    }

    /// The policy and its portfolio, at the last close before what is traded at it.
    pub fn manager(&self) -> &RLPortfolioManager {
        &self.manager
    }

    /// The risk manager.
    pub fn risk(&self) -> &RiskManager {
        &self.risk
    }

    /// The risk manager, to be reset.
    pub fn risk_mut(&mut self) -> &mut RiskManager {
        &mut self.risk
    }

    /// Weights that were traded to at the last close: [N + 1], cash last.
    pub fn traded(&self) -> &[f64] {
        &self.traded
    }

    /// One-way turnover of that trade: half the sum of abs(change) over assets and cash.
    pub fn turnover(&self) -> f64 {
        self.turnover
    }

    /// Cost of that trade, as a fraction of the value before it.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    fn push(&mut self, bar: &ClosedBar<'_>) -> Result<()> {
        // Both look at the bar before either takes it in.
        self.risk.check_market(&bar.market)?;
        self.manager
            .push_prices(bar.market.closes, bar.cash_return, bar.columns, bar.prior)?;
        Ok(())
    }
}

/// Refuses limits under which weights could be negative or money be borrowed.
pub(crate) fn check_limits(risk: &RiskConfig) -> Result<()> {
    let limits = &risk.limits;
    if limits.min_cash.is_none_or(|cash| cash < 0.0) {
        let found = limits
            .min_cash
            .map_or("none".to_string(), |cash| cash.to_string());
        let expected = "0 or more: this portfolio borrows no money";
        return Err(Error::invalid("limits.min_cash", found, expected));
    }
    if let Some(i) = limits.min_weights.iter().position(|&weight| weight < 0.0) {
        let expected = "0 or more: this portfolio sells nothing short";
        let input = format!("limits.min_weights[{i}]");
        return Err(Error::invalid(input, limits.min_weights[i], expected));
    }
    Ok(())
}
