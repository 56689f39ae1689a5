//! Bars in: as closes, as returns, checked, earned and then history.

use super::{Buffers, Plan, Portfolio};
use crate::env::account::Outcome;
use crate::error::{Count, Error, Result, words};
use crate::fault;
use crate::market::price::{self, AssetPrices};
use crate::market::prices::cash_return;
use crate::market::source::BORROW_RATE;
use crate::market::{BarColumns, BarCosts, CostColumns, MarketBar, Status};

impl Portfolio {
    /// Takes in the closes [N] of a bar that just ended, finite and above 0, with the simple return of cash over it
    /// ([`cash_return`] of an annual rate) and what else the bar shows.
    ///
    /// Under a policy that knows of assets that are missing (`listed` in its state) NaN is no price: the asset is absent
    /// before its first, halted without one, and ends after `max_halted_bars` of them or where the bar says so.
    ///
    /// Returns whether there was a close before this one, so that the bar has returns and was taken in; the first
    /// closes, and the first after [`push_bar`](Self::push_bar), are only what later ones are compared with. An error
    /// names what cannot be used and leaves the manager as it was.
    pub fn push_prices(&mut self, closes: &[f64], cash_return: f64, shown: BarColumns<'_>) -> Result<bool> {
        self.check_closes(closes)?;
        self.push_closes(closes, cash_return, shown)
    }

    /// As [`push_prices`](Self::push_prices), of closes that are checked already.
    pub(crate) fn push_checked(
        &mut self,
        closes: AssetPrices<'_>,
        cash_return: f64,
        shown: BarColumns<'_>,
    ) -> Result<bool> {
        self.push_closes(&closes, cash_return, shown)
    }

    fn push_closes(&mut self, closes: &[f64], cash_return: f64, shown: BarColumns<'_>) -> Result<bool> {
        self.check_ends(shown.ends)?;
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

    /// Refuses closes that are no prices; NaN is none where assets may be missing.
    fn check_closes(&self, closes: &[f64]) -> Result<()> {
        let spec = self.policy.spec();
        let assets = spec.state.assets;
        if closes.len() != assets {
            let found = Count(closes.len(), "values");
            return Err(Error::invalid("closes", found, assets));
        }
        let listed = spec.state.listed;
        let usable = |close: &f64| price::is_price(*close) || listed && close.is_nan();
        let Some(i) = closes.iter().position(|close| !usable(close)) else {
            return Ok(());
        };
        let expected = price::expected(closes[i]);
        let expected = match closes[i].is_nan() {
            true => words!("{expected}: the policy was trained on assets that are all there (`listed`)"),
            false => expected.into(),
        };
        let input = words!("closes[{i}] ({})", spec.assets[i]);
        Err(Error::invalid(input, closes[i], expected))
    }

    /// Refuses marks of ends that are none, and any where no asset may be missing.
    fn check_ends(&self, ends: &[f64]) -> Result<()> {
        let spec = self.policy.spec();
        let (assets, listed) = (spec.state.assets, spec.state.listed);
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
