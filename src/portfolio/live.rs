//! A policy at work, bar by bar: prices in, target weights, leverage and Kelly sizes out.

mod bars;
mod config;
mod estimates;
mod holdings;
pub mod restart;

pub use config::PortfolioConfig;

use crate::env::CostHistory;
use crate::env::account::{Account, Terms};
use crate::env::cost_rates::Change;
use crate::error::{Error, Result};
use crate::fault;
use crate::market::history::History;
use crate::market::prior::Prior;
use crate::market::state::StateBuilder;
use crate::market::{BarsPerYear, Listing, MarketBar, MarketShape, Status};
use crate::policy::{Policy, Workspace, action};
use config::FEWEST_BARS;
use std::sync::Arc;

/// A policy with one portfolio, for live use.
///
/// At every close: [`push_prices`](Self::push_prices) (or [`push_bar`](Self::push_bar)), then, when a decision is
/// due, [`rebalance`](Self::rebalance). The target is taken to be traded at that same close, at the configured cost
/// and under the policy's trade band; [`record_trade`](Self::record_trade) says what was traded instead. Until the
/// next decision weights drift. All of it is the training environment's own code, so that states, priors and weights
/// are bit-identical to the environment's on the same prices.
///
/// The portfolio is followed from the first decision on: bars before it are history alone. Feeding and deciding
/// allocate nothing and start no thread; a manager may be used from any thread, by one at a time.
#[derive(Debug, Clone)]
pub struct Portfolio {
    policy: Arc<Policy>,
    config: PortfolioConfig,
    terms: Terms,
    builder: StateBuilder,
    costs: CostHistory,
    account: Account,
    /// Simple returns of the assets: rows [N].
    returns: History,
    /// What a unit of each asset is worth at the last close: [N].
    closes: Vec<f64>,
    /// Who is there; empty where everybody always is: [N].
    listings: Vec<Listing>,
    /// What each asset is at the last close: [N], or empty.
    status: Vec<Status>,
    /// Whether the next closes can be compared with the last: not at first, nor after a bar given as returns.
    has_closes: bool,
    /// What is held from this close on.
    plan: Plan,
    /// Where the last bar ended in a margin call: value over gross exposure before it.
    margin_call: Option<f64>,
    /// Whether the portfolio is followed.
    following: bool,
    /// Weights of the last decision: [A].
    target: Vec<f64>,
    /// What was really traded to: [N + 1].
    executed: Vec<f64>,
    buffers: Buffers,
    /// What [`take_back`](Self::take_back) goes back to.
    before: Before,
}

/// What happens at the last close.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Plan {
    /// Nothing is traded.
    Hold,
    /// The target is traded.
    Target,
    /// Something else was traded, which left this fraction of the value before it.
    Traded(f64),
}

/// A manager before a bar, but for its histories, which take back their last bar themselves.
#[derive(Debug, Clone)]
struct Before {
    account: Account,
    /// [N]
    closes: Vec<f64>,
    /// [N], or empty
    listings: Vec<Listing>,
    /// [N], or empty
    status: Vec<Status>,
    has_closes: bool,
    plan: Plan,
    following: bool,
    /// [A]
    target: Vec<f64>,
    /// [N + 1]
    executed: Vec<f64>,
    /// Whether the histories have taken in a bar since.
    pushed: bool,
    /// Whether a decision was taken since.
    decided: bool,
}

/// Room for one bar and one decision.
#[derive(Debug, Clone)]
struct Buffers {
    workspace: Workspace,
    /// What the last decision was taken on.
    seen: Seen,
    /// What the next one is taken on.
    next: Seen,
    /// [A]
    weights: Vec<f64>,
    /// The same within caps and floors: [A].
    accepted: Vec<f64>,
    /// [N + 1]
    held: Vec<f64>,
    /// What cannot be traded: [N], empty where everything can be.
    fixed: Vec<Option<f64>>,
    /// What a unit of each asset is worth at a bar that is taken in, and who is there then: [N].
    worth: Vec<f64>,
    listings: Vec<Listing>,
    bar: MarketBar,
}

/// What a decision is taken on.
#[derive(Debug, Clone)]
struct Seen {
    state: Vec<f32>,
    /// [A]
    prior: Vec<f64>,
}

impl Portfolio {
    /// Fewest remembered bars that leverage and Kelly sizes are estimated from.
    pub const FEWEST_BARS: usize = FEWEST_BARS;

    /// A manager that has seen nothing, all in cash. Managers that are given the same `Arc` share one policy in memory.
    /// The error names the setting that cannot be used.
    pub fn new(policy: impl Into<Arc<Policy>>, config: PortfolioConfig) -> Result<Self> {
        let policy = policy.into();
        let spec = policy.spec();
        let (assets, actions) = (spec.state.assets, spec.action_len());
        config.validate(assets)?;
        let account = Account::new(config.balance, assets);
        let seen = Seen {
            state: vec![0.0; spec.state.len()],
            prior: vec![0.0; actions],
        };
        let listings = vec![Listing::default(); if spec.state.listed { assets } else { 0 }];
        let shape = MarketShape {
            assets,
            columns: spec.state.columns.len(),
            asset_columns: spec.state.asset_columns.len(),
            prior: spec.action.prior == Prior::Supplied,
            ragged: spec.state.listed,
        };
        Ok(Self {
            // No reward is read here.
            terms: config.env().terms(&spec.action, spec.state.bars_per_year())?,
            builder: StateBuilder::new(&spec.state, spec.action.prior, spec.action.cash)?,
            costs: CostHistory::new(&config.costs, assets, spec.state.window)?,
            before: Before {
                account: account.clone(),
                closes: vec![0.0; assets],
                listings: listings.clone(),
                status: vec![Status::Absent; listings.len()],
                has_closes: false,
                plan: Plan::Hold,
                following: false,
                target: vec![0.0; actions],
                executed: vec![0.0; assets + 1],
                pushed: false,
                decided: false,
            },
            account,
            returns: History::new(assets, config.history)?,
            closes: vec![0.0; assets],
            status: vec![Status::Absent; listings.len()],
            listings: listings.clone(),
            has_closes: false,
            plan: Plan::Hold,
            margin_call: None,
            following: false,
            target: vec![0.0; actions],
            executed: vec![0.0; assets + 1],
            buffers: Buffers {
                workspace: Workspace::following(spec).of_members(policy.member_count()),
                next: seen.clone(),
                seen,
                weights: vec![0.0; actions],
                accepted: vec![0.0; actions],
                held: vec![0.0; assets + 1],
                fixed: Vec::with_capacity(assets),
                worth: vec![0.0; assets],
                listings,
                bar: MarketBar::zeros(shape),
            },
            policy,
            config,
        })
    }

    /// What is left of the value after trading these changes at this close.
    pub(super) fn value_left(&self, changes: impl Iterator<Item = Change> + Clone) -> f64 {
        self.costs
            .now()
            .value_left(&self.config.costs, self.account.value(), changes)
    }

    /// What an order of this much money of an asset costs at this close, in money.
    pub(super) fn order_cost(&self, asset: usize, money: f64) -> f64 {
        self.costs.now().order_cost(&self.config.costs, asset, money)
    }

    /// What a unit of each asset is worth at the last close: [N]. Its price, its last price while it is halted, what was
    /// paid out at its end, 0 where it is absent.
    pub fn worth(&self) -> &[f64] {
        &self.closes
    }

    /// What each asset is at the last close that was taken in as prices: [N]; empty where all are always there.
    pub fn status(&self) -> &[Status] {
        &self.status
    }

    /// Whether enough bars have been seen for a decision.
    pub fn ready(&self) -> bool {
        self.builder.ready()
    }

    /// Whether the next close, pushed as prices, is one at which a decision can be taken.
    pub fn ready_at_next_close(&self) -> bool {
        self.has_closes && self.builder.missing_bars() <= 1
    }

    /// Bars that must be seen before the first decision; prices need one close more.
    pub fn warm_up_bars(&self) -> usize {
        self.builder.warm_up_bars()
    }

    /// The policy's target weights at this close: [A], assets and then cash where the action has it; finite,
    /// non-negative, summing to 1, within caps and floors. They are taken to be traded, unless turnover to them stays
    /// below the policy's trade band.
    ///
    /// Asking again at the same close gives the same answer. An error (too little history, scores that are not
    /// finite, a trade that costs more than there is) leaves the manager as it was.
    pub fn rebalance(&mut self) -> Result<&[f64]> {
        let spec = self.policy.spec();
        let Buffers {
            workspace,
            next,
            weights,
            accepted,
            fixed,
            ..
        } = &mut self.buffers;
        let Seen { state, prior } = next;
        self.builder.write_state(&self.account.view(), state)?;
        fault::point()?;
        self.builder.prior_weights(&self.account.view(), prior)?;
        fault::point()?;
        self.builder.write_fixed(prior, fixed);
        let prior = (spec.action.prior != Prior::None).then_some(&prior[..]);
        self.policy.weights(state, prior, workspace, weights)?;
        fault::point()?;
        let assets = spec.state.assets;
        action::accept_weights(&spec.action, assets, fixed, weights, accepted)?;
        let trade = self.account.trade(&self.terms, self.costs.now(), accepted)?;
        if trade.is_some_and(|trade| trade.left == 0.0) {
            let expected = "a trade that can be paid for (`impact`, `minimum_fee`, `cost_rate`)";
            return Err(Error::invalid("target", "costing more than there is", expected));
        }
        self.target.copy_from_slice(accepted);
        std::mem::swap(&mut self.buffers.seen, &mut self.buffers.next);
        self.plan = Plan::Target;
        self.following = true;
        self.before.decided = true;
        Ok(&self.target)
    }

    /// From now on drawdown is measured from what the portfolio is worth now.
    pub fn reset_peak(&mut self) {
        self.account.reset_peak();
    }

    /// Bars a year of the market that the policy is for.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.policy.spec().state.bars_per_year()
    }

    /// What the last decision was taken on: the state [S] and the prior's weights [A], 1/A each without a prior. Zeros
    /// before the first.
    pub fn seen(&self) -> (&[f32], &[f64]) {
        (&self.buffers.seen.state, &self.buffers.seen.prior)
    }

    /// The portfolio at this close, before what is traded at it.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Where the last bar left less than `maintenance` of the gross exposure, so that positions were scaled back at its
    /// close: value over gross exposure that it had left, and the least.
    pub fn margin_call(&self) -> Option<(f64, f64)> {
        let least = self.terms.margin?.maintenance;
        self.margin_call.map(|found| (found, least))
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides with another policy from now on; account, history and what was decided stay. The error says that the
    /// policy has another spec, and leaves the manager as it was.
    pub fn set_policy(&mut self, policy: impl Into<Arc<Policy>>) -> Result<()> {
        self.replace_policy(policy.into()).map(drop)
    }

    /// As [`set_policy`](Self::set_policy); gives the policy that was replaced.
    pub(crate) fn replace_policy(&mut self, policy: Arc<Policy>) -> Result<Arc<Policy>> {
        if !policy.spec().is_alike(self.policy.spec()) {
            let expected = "one of the spec of the policy that it replaces";
            return Err(Error::invalid("policy", "of another spec", expected));
        }
        Ok(std::mem::replace(&mut self.policy, policy))
    }

    /// The settings.
    pub fn config(&self) -> &PortfolioConfig {
        &self.config
    }

    /// Remembers how the manager stands, for [`take_back`](Self::take_back). Allocates nothing.
    pub(super) fn mark(&mut self) {
        let before = &mut self.before;
        before.account.copy_from(&self.account);
        before.closes.copy_from_slice(&self.closes);
        before.listings.copy_from_slice(&self.listings);
        before.status.copy_from_slice(&self.status);
        before.has_closes = self.has_closes;
        (before.plan, before.following) = (self.plan, self.following);
        before.target.copy_from_slice(&self.target);
        before.executed.copy_from_slice(&self.executed);
        (before.pushed, before.decided) = (false, false);
    }

    /// Back to the last [`mark`](Self::mark), since when at most one bar was taken in and one decision taken: the saved
    /// state is the same to the last bit. Allocates nothing.
    pub(super) fn take_back(&mut self) {
        let before = &self.before;
        if before.pushed {
            self.costs.take_back();
            self.builder.take_back();
            self.returns.take_back();
        }
        if before.decided {
            std::mem::swap(&mut self.buffers.seen, &mut self.buffers.next);
        }
        self.account.copy_from(&before.account);
        self.closes.copy_from_slice(&before.closes);
        self.listings.copy_from_slice(&before.listings);
        self.status.copy_from_slice(&before.status);
        self.has_closes = before.has_closes;
        (self.plan, self.following) = (before.plan, before.following);
        self.target.copy_from_slice(&before.target);
        self.executed.copy_from_slice(&before.executed);
    }
}
