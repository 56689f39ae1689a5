//! What a manager leaves behind for the next start of the program.

use super::holdings::{TOLERANCE, check_held};
use super::{Plan, Portfolio};
use crate::env::CostHistory;
use crate::env::account::Account;
use crate::env::value_left::value_left;
use crate::error::{Error, Result};
use crate::json::compact;
use crate::json::document::Document;
use crate::market::Listing;
use crate::market::history::History;
use crate::market::state::StateBuilder;
use crate::policy::action::check_weights;
use serde::{Deserialize, Serialize};

/// All that changes in a manager: saved with serde, exact through JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortfolioState {
    builder: StateBuilder,
    account: Account,
    #[serde(serialize_with = "compact::numbers")]
    returns: Vec<f64>,
    closes: Option<Vec<f64>>,
    plan: SavedPlan,
    following: bool,
    target: Vec<f64>,
    executed: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    listings: Vec<Listing>,
    #[serde(default, skip_serializing_if = "CostHistory::is_empty")]
    costs: CostHistory,
}

impl Document for PortfolioState {
    const KIND: &'static str = "a portfolio's state";
}

/// What happens at the last close, as it is saved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SavedPlan {
    Hold,
    Target,
    /// What a trade left of the value.
    Traded(f64),
    /// What a trade cost per traded notional: no longer written.
    Executed(f64),
}

impl Portfolio {
    /// All that bars and trades have left behind, for a restart.
    pub fn state(&self) -> PortfolioState {
        PortfolioState {
            builder: self.builder.clone(),
            account: self.account.clone(),
            returns: self.returns.all().to_vec(),
            closes: self.has_closes.then(|| self.closes.clone()),
            plan: match self.plan {
                Plan::Hold => SavedPlan::Hold,
                Plan::Target => SavedPlan::Target,
                Plan::Traded(left) => SavedPlan::Traded(left),
            },
            following: self.following,
            target: self.target.clone(),
            executed: self.executed.clone(),
            listings: self.listings.clone(),
            costs: self.costs.clone(),
        }
    }

    /// Goes on from a saved state, bit for bit. The policy may be another one, of the same state and prior. An error
    /// names what does not fit and leaves the manager as it was.
    pub fn restore(&mut self, state: PortfolioState) -> Result<()> {
        self.check_state(&state)?;
        let mut returns = History::new(self.account.weights().len(), self.config.history)?;
        state
            .returns
            .chunks_exact(self.account.weights().len())
            .for_each(|row| returns.push(row));
        self.returns = returns;
        self.builder = state.builder;
        self.costs = match state.costs.is_empty() {
            true => CostHistory::new(
                &self.config.costs,
                self.account.weights().len(),
                self.builder.window(),
            )?,
            false => state.costs,
        };
        self.account = state.account;
        self.has_closes = state.closes.is_some();
        if let Some(closes) = state.closes {
            self.closes = closes;
        }
        self.plan = match state.plan {
            SavedPlan::Hold => Plan::Hold,
            SavedPlan::Target => Plan::Target,
            SavedPlan::Traded(left) => Plan::Traded(left),
            SavedPlan::Executed(rate) => {
                let held = self.account.weights();
                Plan::Traded(value_left(rate, held, &state.executed[..held.len()]))
            }
        };
        self.following = state.following;
        self.target = state.target;
        self.executed = state.executed;
        self.status = state.listings.iter().map(Listing::status).collect();
        self.listings = state.listings;
        Ok(())
    }

    fn check_state(&self, state: &PortfolioState) -> Result<()> {
        let action = &self.policy.spec().action;
        let assets = self.account.weights().len();
        let unlike = |found: &str| Error::invalid("manager state", found, "one of a manager like this one");
        if !self.builder.is_alike(&state.builder) {
            return Err(unlike("of a policy with another state or prior"));
        }
        if !self.costs.is_alike(&state.costs) {
            return Err(unlike("of other costs (`impact`)"));
        }
        let sizes = state.account.weights().len() == assets
            && state.returns.len().is_multiple_of(assets)
            && state.closes.as_ref().is_none_or(|closes| closes.len() == assets);
        if !sizes {
            return Err(unlike("of another number of assets"));
        }
        if state.listings.len() != self.listings.len() {
            return Err(unlike("of another number of assets that may be missing"));
        }
        let rules = self.config.listing_rules();
        state
            .listings
            .iter()
            .try_for_each(|listing| listing.check(&rules))?;
        // What is absent, or has ended for nothing, is worth nothing.
        let least = if state.listings.is_empty() {
            f64::MIN_POSITIVE
        } else {
            0.0
        };
        let closes = state
            .closes
            .iter()
            .flatten()
            .all(|&close| close >= least && close.is_finite());
        let returns = state.returns.iter().all(|&earned| earned >= -1.0);
        let rate = match state.plan {
            SavedPlan::Executed(rate) => (0.0..1.0).contains(&rate),
            SavedPlan::Traded(left) => left > 0.0 && left <= 1.0,
            SavedPlan::Hold | SavedPlan::Target => true,
        };
        let view = state.account.view();
        // An overdraft grows as a part of the value where the value falls.
        let held = view.cash.is_finite()
            && view
                .weights
                .iter()
                .all(|weight| weight.is_finite() && (action.short || *weight >= 0.0));
        let sum = view.weights.iter().sum::<f64>() + view.cash;
        let held = held && (sum - 1.0).abs() <= TOLERANCE * (1.0 + view.cash.abs());
        let value = state.account.value() >= 0.0 && held;
        if !(closes && returns && rate && value && view.drawdown.is_finite() && view.volatility.is_finite()) {
            return Err(unlike("with numbers that no manager has"));
        }
        if state.target.len() != self.target.len() || state.executed.len() != assets + 1 {
            return Err(unlike("of another number of weights"));
        }
        match state.plan {
            SavedPlan::Hold => Ok(()),
            SavedPlan::Target => {
                let fixed = |i: usize| (!state.builder.takes_part(i)).then_some(view.weights[i]);
                let fixed: Vec<_> = (0..assets).map(fixed).collect();
                check_weights(action, &fixed, &"manager state: target", &state.target).map(drop)
            }
            SavedPlan::Executed(_) | SavedPlan::Traded(_) => {
                check_held("manager state: executed", &state.executed, assets + 1, action).map(drop)
            }
        }
    }
}
