//! What a manager leaves behind for the next start of the program.

use super::{Plan, RLPortfolioManager, check_weights};
use crate::env::account::Account;
use crate::error::{Error, Result};
use crate::market::history::History;
use crate::market::state::StateBuilder;
use serde::{Deserialize, Serialize};

/// All that changes in a manager: saved with serde, exact through JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagerState {
    builder: StateBuilder,
    account: Account,
    returns: Vec<f64>,
    closes: Option<Vec<f64>>,
    plan: Plan,
    following: bool,
    target: Vec<f64>,
    executed: Vec<f64>,
}

impl RLPortfolioManager {
    /// All that bars and trades have left behind, for a restart.
    pub fn state(&self) -> ManagerState {
        ManagerState {
            builder: self.builder.clone(),
            account: self.account.clone(),
            returns: self.returns.all().to_vec(),
            closes: self.has_closes.then(|| self.closes.clone()),
            plan: self.plan,
            following: self.following,
            target: self.target.clone(),
            executed: self.executed.clone(),
        }
    }

    /// Goes on from a saved state, bit for bit. The policy may be another one, of the same state and prior. An error
    /// names what does not fit and leaves the manager as it was.
    pub fn restore(&mut self, state: ManagerState) -> Result<()> {
        self.check_state(&state)?;
        let mut returns = History::new(self.account.weights().len(), self.config.history)?;
        state
            .returns
            .chunks_exact(self.account.weights().len())
            .for_each(|row| returns.push(row));
        self.returns = returns;
        self.builder = state.builder;
        self.account = state.account;
        self.has_closes = state.closes.is_some();
        if let Some(closes) = state.closes {
            self.closes = closes;
        }
        self.plan = state.plan;
        self.following = state.following;
        self.target = state.target;
        self.executed = state.executed;
        Ok(())
    }

    fn check_state(&self, state: &ManagerState) -> Result<()> {
        let assets = self.account.weights().len();
        let unlike = |found: &str| Error::invalid("manager state", found, "one of a manager like this one");
        if !self.builder.is_alike(&state.builder) {
            return Err(unlike("of a policy with another state or prior"));
        }
        let sizes = state.account.weights().len() == assets
            && state.returns.len().is_multiple_of(assets)
            && state.closes.as_ref().is_none_or(|closes| closes.len() == assets);
        if !sizes {
            return Err(unlike("of another number of assets"));
        }
        let closes = state.closes.iter().flatten().all(|&close| close > 0.0);
        let returns = state.returns.iter().all(|&earned| earned >= -1.0);
        let rate = match state.plan {
            Plan::Executed(rate) => (0.0..1.0).contains(&rate),
            Plan::Hold | Plan::Target => true,
        };
        let view = state.account.view();
        let value = state.account.value() >= 0.0;
        if !(closes && returns && rate && value && view.drawdown.is_finite() && view.volatility.is_finite()) {
            return Err(unlike("with numbers that no manager has"));
        }
        let mut held = view.weights.to_vec();
        held.push(view.cash);
        check_weights("manager state: account", &held, assets + 1)?;
        match state.plan {
            Plan::Hold => Ok(()),
            Plan::Target => check_weights("manager state: target", &state.target, self.target.len()),
            Plan::Executed(_) => check_weights("manager state: executed", &state.executed, assets + 1),
        }?;
        if state.target.len() != self.target.len() || state.executed.len() != assets + 1 {
            return Err(unlike("of another number of weights"));
        }
        Ok(())
    }
}
