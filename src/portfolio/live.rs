//! A policy at work, bar by bar: prices in, target weights, leverage and Kelly sizes out.

mod holdings;
pub mod restart;

use crate::env::account::{Account, Outcome, Terms};
use crate::env::config::LARGEST_BALANCE;
use crate::env::cost_rates::Change;
use crate::env::{CostHistory, Costs, EnvConfig};
use crate::error::{Count, Error, Result, words};
use crate::fault;
use crate::market::history::History;
use crate::market::prices::{PriceTable, cash_return};
use crate::market::prior::{LONGEST_LOOK_BACK, Prior};
use crate::market::source::BORROW_RATE;
use crate::market::state::StateBuilder;
use crate::market::universe::Universe;
use crate::market::{
    BarColumns, BarCosts, BarsPerYear, CostColumns, Listing, ListingRules, MarketBar, MarketShape, Status,
};
use crate::math::statistics::ewma_volatility;
use crate::policy::{Policy, Workspace, action};
use crate::risk::kelly::KellyConfig;
use crate::risk::leverage::LeverageConfig;
use crate::settings::{self, Range, settings};
use ndarray::ArrayView2;
use std::sync::Arc;

settings! {
    /// What a manager assumes and remembers. Unknown keys are refused.
    pub struct PortfolioConfig in "" {
        #[shared]
        /// What trades are assumed to cost, and in what lots.
        costs: Costs;
        /// Money at the start, all in cash.
        balance: f64 = EnvConfig::default().balance, "MONEY", Range::above(0.0, LARGEST_BALANCE);
        /// Returns remembered for leverage and Kelly.
        history: usize = 252, "BARS", Range::closed(Portfolio::FEWEST_BARS as f64, LONGEST_LOOK_BACK as f64);
        /// Half-life of the volatility forecast for leverage, in bars.
        half_life: f64 = 20.0, "BARS", Range::above(0.0, f64::MAX);
        /// Bars without a price after which an asset has ended and is paid out.
        max_halted_bars: u32 = ListingRules::default().max_halted_bars, "BARS", Range::ANY;
        /// Simple return over its last price with which an asset that ends is paid out.
        delisting_return: f64 = ListingRules::default().delisting_return, "RETURN", Range::ANY;
        /// Dynamic leverage.
        leverage: LeverageConfig = LeverageConfig::default(), "OBJECT", Range::ANY;
        /// Kelly sizes.
        kelly: KellyConfig = KellyConfig::default(), "OBJECT", Range::ANY;
    }
}

impl settings::Value for LeverageConfig {}

impl settings::Value for KellyConfig {}

impl PortfolioConfig {
    /// The defaults at these costs.
    pub(crate) fn at_costs(costs: &Costs) -> Self {
        Self {
            costs: *costs,
            ..Self::default()
        }
    }

    /// The same, with assets that end as those of a table do.
    pub(crate) fn with_ends_of(self, table: &PriceTable) -> Self {
        let rules = table
            .universe()
            .map_or_else(ListingRules::default, Universe::rules);
        Self {
            max_halted_bars: rules.max_halted_bars,
            delisting_return: rules.delisting_return,
            ..self
        }
    }

    /// Checks every number, for `assets` assets; the error names the first that cannot be used.
    pub fn validate(&self, assets: usize) -> Result<()> {
        self.check_ranges()?;
        self.listing_rules().validate()?;
        self.leverage.validate()?;
        self.kelly.validate(assets)
    }

    /// When a halted asset has ended, and what is then paid for it.
    fn listing_rules(&self) -> ListingRules {
        ListingRules {
            max_halted_bars: self.max_halted_bars,
            delisting_return: self.delisting_return,
        }
    }

    /// What an environment would be told of it.
    fn env(&self) -> EnvConfig {
        EnvConfig {
            costs: self.costs,
            ..EnvConfig::default()
        }
    }
}

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
    pub const FEWEST_BARS: usize = 20;

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

    /// Takes in the closes [N] of a bar that just ended, finite and above 0, with the simple return of cash over it
    /// ([`cash_return`](crate::market::prices::cash_return) of an annual rate) and what else the bar shows.
    ///
    /// Under a policy that knows of assets that are missing (`listed` in its state) NaN is no price: the asset is absent
    /// before its first, halted without one, and ends after `max_halted_bars` of them or where the bar says so.
    ///
    /// Returns whether there was a close before this one, so that the bar has returns and was taken in; the first
    /// closes, and the first after [`push_bar`](Self::push_bar), are only what later ones are compared with. An error
    /// names what cannot be used and leaves the manager as it was.
    pub fn push_prices(&mut self, closes: &[f64], cash_return: f64, shown: BarColumns<'_>) -> Result<bool> {
        self.check_closes(closes, shown.ends)?;
        let rules = self.config.listing_rules();
        let Buffers {
            worth, listings, bar, ..
        } = &mut self.buffers;
        worth.copy_from_slice(closes);
        listings.copy_from_slice(&self.listings);
        let mut bar = std::mem::replace(bar, EMPTY);
        for (i, listing) in listings.iter_mut().enumerate() {
            let is_end = shown.ends.get(i).is_some_and(|mark| *mark != 0.0);
            let price = (!closes[i].is_nan()).then_some(closes[i]);
            let (status, value) = listing.next(price, is_end, &rules);
            (bar.status[i], worth[i]) = (status, value.unwrap_or(0.0));
        }
        let taken = match self.has_closes {
            true => self.earn(&mut bar, cash_return, shown),
            false => Ok(()),
        };
        self.buffers.bar = bar;
        taken?;
        self.closes.copy_from_slice(&self.buffers.worth);
        self.listings.copy_from_slice(&self.buffers.listings);
        self.status.copy_from_slice(&self.buffers.bar.status);
        Ok(std::mem::replace(&mut self.has_closes, true))
    }

    /// Takes in the returns from the last closes to those in the buffers.
    fn earn(&mut self, bar: &mut MarketBar, cash_return: f64, shown: BarColumns<'_>) -> Result<()> {
        self.read_costs(bar, shown.costs, Some(&self.buffers.worth))?;
        let status = std::mem::take(&mut bar.status);
        let has_return = |i: usize| Status::of(&status, i).has_return();
        let pairs = self.buffers.worth.iter().zip(&self.closes).enumerate();
        let earned = pairs.map(|(i, (to, from))| if has_return(i) { to / from - 1.0 } else { 0.0 });
        refill(bar, earned, cash_return, shown);
        bar.status = status;
        self.take(bar)
    }

    /// Puts what is said of costs into a bar, with what a unit is worth where that is known: else volumes are money already.
    fn read_costs(&self, bar: &mut MarketBar, said: CostColumns<'_>, worth: Option<&[f64]>) -> Result<()> {
        let costs = &mut bar.costs;
        let worth = worth.unwrap_or_default();
        for (to, from) in [
            (&mut costs.cost_rates, said.cost_rates),
            (&mut costs.half_spreads, said.half_spreads),
            (&mut costs.borrow_fees, said.borrow_rates),
            (&mut costs.volumes, said.volumes),
            (
                &mut costs.closes,
                if self.config.costs.lot > 0.0 { worth } else { &[] },
            ),
        ] {
            to.clear();
            to.extend_from_slice(from);
        }
        let rates = &mut costs.borrow_fees;
        if let Some(i) = rates.iter().position(|rate| !BORROW_RATE.contains(*rate)) {
            return Err(Error::invalid(words!("borrow_rates[{i}]"), rates[i], BORROW_RATE));
        }
        let bars_per_year = self.bars_per_year();
        for rate in rates {
            *rate = cash_return(*rate, bars_per_year);
        }
        for (volume, worth) in costs.volumes.iter_mut().zip(worth) {
            *volume *= worth;
        }
        Ok(())
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

    /// Refuses closes that are no prices, and marks of ends where no asset may be missing.
    fn check_closes(&self, closes: &[f64], ends: &[f64]) -> Result<()> {
        let spec = self.policy.spec();
        let assets = spec.state.assets;
        if closes.len() != assets {
            let found = Count(closes.len(), "values");
            return Err(Error::invalid("closes", found, assets));
        }
        let listed = spec.state.listed;
        let usable = |close: &f64| close.is_finite() && *close > 0.0 || listed && close.is_nan();
        if let Some(i) = closes.iter().position(|close| !usable(close)) {
            let input = words!("closes[{i}] ({})", spec.assets[i]);
            let expected = match closes[i].is_nan() {
                true => {
                    "a finite price above 0: the policy was trained on assets that are all there (`listed`)"
                }
                false => "a finite price above 0",
            };
            return Err(Error::invalid(input, closes[i], expected));
        }
        if !ends.is_empty() && ends.len() != assets {
            return Err(Error::invalid("ends", Count(ends.len(), "values"), assets));
        }
        let usable = |mark: &f64| mark.is_finite() && (listed || *mark == 0.0);
        if let Some(i) = ends.iter().position(|mark| !usable(mark)) {
            let expected = match listed {
                true => "0, or 1 at the asset's end",
                false => "0: the policy was trained on assets that are all there (`listed`)",
            };
            return Err(Error::invalid(
                words!("ends[{i}] ({})", spec.assets[i]),
                ends[i],
                expected,
            ));
        }
        Ok(())
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

    /// Takes in a bar that just ended, as simple returns [N] of assets that are all there, with what
    /// [`push_prices`](Self::push_prices) takes beside closes and ends. An error names what cannot be used and leaves the
    /// manager as it was.
    pub fn push_returns(&mut self, returns: &[f64], cash_return: f64, shown: BarColumns<'_>) -> Result<()> {
        let mut bar = std::mem::replace(&mut self.buffers.bar, EMPTY);
        refill(&mut bar, returns.iter().copied(), cash_return, shown);
        bar.status.fill(Status::Listed);
        let taken = self
            .read_costs(&mut bar, shown.costs, None)
            .and_then(|()| self.push_bar(&bar));
        self.buffers.bar = bar;
        taken
    }

    /// As [`push_returns`](Self::push_returns), from a bar.
    pub fn push_bar(&mut self, bar: &MarketBar) -> Result<()> {
        self.take(bar)?;
        match bar.status.is_empty() {
            true => self.status.fill(Status::Listed),
            false => self.status.copy_from_slice(&bar.status),
        }
        self.has_closes = false;
        Ok(())
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

    /// Factor that target weights may be multiplied by: 0 to the configured maximum, see [`LeverageConfig`]. `trend`
    /// is the annual drift of the portfolio, where one is known.
    ///
    /// The volatility forecast is the exponentially weighted root mean square (`half_life`), annual, of what the
    /// weights would have earned on the remembered returns: those of the last decision at this close or of the trade
    /// recorded at it, else those held. The drawdown is the account's.
    ///
    /// Errors: fewer than 20 returns seen, a volatility of 0 (nothing but cash is held), a trend that is not finite.
    pub fn leverage(&self, trend: Option<f64>) -> Result<f64> {
        let returns = self.remembered()?;
        let assets = self.account.weights().len();
        let held = match self.plan {
            Plan::Hold => self.account.weights(),
            Plan::Target => &self.target[..assets],
            Plan::Traded(_) => &self.executed[..assets],
        };
        let earned: Vec<f64> = returns
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(held).map(|(earned, weight)| earned * weight).sum())
            .collect();
        let volatility = ewma_volatility(&earned, self.config.half_life, self.bars_per_year().get());
        let drawdown = self.account.view().drawdown;
        self.config.leverage.leverage(volatility, drawdown, trend)
    }

    /// Bars a year of the market that the policy is for.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.policy.spec().state.bars_per_year()
    }

    /// Kelly weights of the assets [N] from the remembered returns; cash is the rest. See [`KellyConfig`].
    ///
    /// Errors: fewer than 20 returns seen, returns of an asset that do not vary.
    pub fn kelly(&self) -> Result<Vec<f64>> {
        let returns = self.remembered()?;
        self.config
            .kelly
            .weights_from_returns(returns, self.bars_per_year())
    }

    /// Bars that leverage and Kelly sizes would be estimated from now.
    pub fn remembered_bars(&self) -> usize {
        self.returns.all().len() / self.account.weights().len()
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

    /// One bar: the portfolio earns it, then it is history.
    fn take(&mut self, bar: &MarketBar) -> Result<()> {
        fault::point()?;
        self.costs.push(&self.config.costs, bar)?;
        let outcome = self.outcome(bar).and_then(|outcome| {
            // Checks the bar; nothing else has changed before.
            self.builder.push(bar)?;
            Ok(outcome)
        });
        let outcome = outcome.inspect_err(|_| self.costs.take_back())?;
        self.before.pushed = true;
        self.returns.push(&bar.returns);
        self.margin_call = outcome.as_ref().and_then(|outcome| outcome.margin_call);
        if let Some(outcome) = outcome {
            let target = match self.plan {
                Plan::Hold => &self.buffers.held,
                Plan::Target => &self.target,
                Plan::Traded(_) => &self.executed,
            };
            self.account.commit(&outcome, &self.costs, target, bar);
        }
        self.plan = Plan::Hold;
        Ok(())
    }

    /// What the plan comes to over a bar that the costs have taken in; none where the portfolio is not followed. Changes
    /// nothing.
    fn outcome(&mut self, bar: &MarketBar) -> Result<Option<Outcome>> {
        if !self.following {
            return Ok(None);
        }
        let (account, terms, costs) = (&self.account, &self.terms, &self.costs);
        let outcome = match self.plan {
            Plan::Hold => {
                let assets = account.weights().len();
                let held = &mut self.buffers.held;
                held[..assets].copy_from_slice(account.weights());
                held[assets] = account.cash();
                account.evaluate_traded(terms, costs, held, 1.0, bar)
            }
            Plan::Target => account.evaluate(terms, costs, &self.target, bar),
            Plan::Traded(left) => account.evaluate_traded(terms, costs, &self.executed, left, bar),
        };
        outcome.map(Some)
    }

    /// Remembered returns, oldest first: [20 or more, N].
    fn remembered(&self) -> Result<ArrayView2<'_, f64>> {
        let assets = self.account.weights().len();
        let rows = self.returns.all();
        let bars = self.remembered_bars();
        if bars < Self::FEWEST_BARS {
            let expected = format!("at least {} bars to estimate from", Self::FEWEST_BARS);
            return Err(Error::invalid("history", format!("{bars} bars"), expected));
        }
        Ok(ArrayView2::from_shape((bars, assets), rows).expect("rows of N returns each"))
    }
}

/// Stands in for the bar buffer while it is lent out.
const EMPTY: MarketBar = MarketBar {
    returns: Vec::new(),
    cash_return: 0.0,
    columns: Vec::new(),
    asset_columns: Vec::new(),
    prior: Vec::new(),
    time: None,
    status: Vec::new(),
    costs: BarCosts::NONE,
};

/// Puts one bar's numbers in the place of another's; allocates nothing where there are as many.
fn refill(bar: &mut MarketBar, returns: impl Iterator<Item = f64>, cash_return: f64, shown: BarColumns<'_>) {
    bar.returns.clear();
    bar.returns.extend(returns);
    bar.cash_return = cash_return;
    bar.time = shown.time;
    for (to, from) in [
        (&mut bar.columns, shown.columns),
        (&mut bar.asset_columns, shown.asset_columns),
        (&mut bar.prior, shown.prior),
    ] {
        to.clear();
        to.extend_from_slice(from);
    }
}
