//! A policy under a risk manager over prices: the live loop, replayed.

use crate::backtest::left_out::note_close;
use crate::backtest::policy::check_table;
use crate::backtest::{ManagedTrack, Track};
use crate::env::EnvConfig;
use crate::error::{Error, Result};
use crate::market::prices::row;
use crate::market::table::TableMarket;
use crate::policy::Policy;
use crate::policy::spec::PolicySpec;
use crate::portfolio::book::Book;
use crate::portfolio::{Portfolio, PortfolioConfig};
use crate::risk::limits::LimitsConfig;
use crate::risk::manager::{Bar, RiskConfig, RiskManager};
use ndarray::Array2;

/// The risk management that reports show where no other is asked for: the defaults of every part, no leverage above 1, and
/// no trade within the policy's own band. Money may be borrowed and assets be sold short as far as the policy may.
pub fn report_risk(spec: &PolicySpec) -> RiskConfig {
    let action = &spec.action;
    let each = |weight: f64| vec![weight; spec.state.assets];
    let limits = match action.is_plain() {
        true => LimitsConfig {
            min_cash: Some(0.0),
            ..LimitsConfig::default()
        },
        false => LimitsConfig {
            min_weights: each(if action.short { -action.weight_cap } else { 0.0 }),
            max_weights: each(action.weight_cap),
            max_gross: Some(action.max_gross),
            ..LimitsConfig::default()
        },
    };
    let mut risk = RiskConfig {
        limits,
        trade_band: spec.action.trade_band,
        ..RiskConfig::default()
    };
    if let Some(leverage) = &mut risk.leverage {
        leverage.max = 1.0;
    }
    risk
}

/// The track, called `name`, of a policy whose every target goes through a risk manager, over the decisions of
/// `market`, starting in cash, with the money and at the costs of `env`: the live loop of [`Book`], bar by bar. Everything before the first decision
/// is history for both.
///
/// A decision that the policy or the risk manager refuses is left out: what is held stays through the bar, without
/// reasons, under the leverage of the decision before (1 before the first) and no hedge. Where they refuse the bar
/// itself, its closes are taken in alone. The track names both.
///
/// # Errors
/// A table that is not the policy's, as for [`run_policy`](crate::backtest::run_policy); what
/// [`Book::new`] refuses; closes that cannot be taken in.
pub fn run_managed(
    name: &str,
    policy: &Policy,
    market: &TableMarket,
    env: &EnvConfig,
    risk: &RiskConfig,
) -> Result<ManagedTrack> {
    check_table(policy.spec(), market)?;
    let table = market.table();
    let assets = table.assets().len();
    let config = PortfolioConfig {
        balance: env.balance,
        ..PortfolioConfig::at_costs(&env.costs).with_ends_of(table)
    };
    let manager = Portfolio::new(policy.clone(), config)?;
    let mut portfolio = Book::new(manager, RiskManager::new(risk.clone(), assets)?)?;
    let decisions = market.decisions();
    let (first, bars) = (*decisions.start(), decisions.clone().count());
    let mut left_out = Vec::new();
    let mut note = |close: usize, error: &Error| {
        let about = (asset_of(error, table.assets()), true);
        note_close(&mut left_out, name, about, table.times()[close], error);
    };
    for close in 0..first {
        if let Some(error) = observe(&mut portfolio, market, close)? {
            note(close, &error);
        }
    }
    let mut managed = ManagedTrack {
        track: Track {
            name: name.to_string(),
            times: table.times()[first + 1..=first + bars].to_vec(),
            bars_per_year: table.bars_per_year(),
            returns: Vec::with_capacity(bars),
            cash_returns: (first + 1..=first + bars)
                .map(|bar| market.cash_return(bar))
                .collect(),
            weights: Array2::zeros((bars, assets + 1)),
            turnover: Vec::with_capacity(bars),
            costs: Vec::with_capacity(bars),
            left_out: Vec::new(),
        },
        reasons: Vec::with_capacity(bars),
        leverage: Vec::with_capacity(bars),
        hedge: Vec::with_capacity(bars),
    };
    let mut before = f64::NAN;
    let mut leverage = 1.0;
    for (step, close) in decisions.enumerate() {
        let decided = match portfolio.decide(&bar(market, close)) {
            Ok(decision) => {
                leverage = decision.leverage;
                Some((decision.reasons.clone(), decision.hedge.notional))
            }
            Err(error) => {
                note(close, &error);
                observe(&mut portfolio, market, close)?;
                None
            }
        };
        let account = portfolio.portfolio().account();
        let value = account.value();
        managed.leverage.push(leverage);
        let track = &mut managed.track;
        // The return of the bar before: this decision's close ended it.
        if step > 0 {
            track.returns.push(value / before - 1.0);
        }
        before = value;
        let mut held = track.weights.row_mut(step);
        match decided {
            Some((reasons, notional)) => {
                managed.reasons.push(reasons);
                managed.hedge.push(notional / value);
                held.assign(&ndarray::aview1(portfolio.traded()));
                track.turnover.push(portfolio.turnover());
                track.costs.push(portfolio.cost());
            }
            None => {
                managed.reasons.push(Vec::new());
                managed.hedge.push(0.0);
                let weights = account.weights().iter().copied().chain([account.cash()]);
                held.iter_mut()
                    .zip(weights)
                    .for_each(|(slot, weight)| *slot = weight);
                track.turnover.push(0.0);
                track.costs.push(0.0);
            }
        }
    }
    if let Some(error) = observe(&mut portfolio, market, first + bars)? {
        note(first + bars, &error);
    }
    let value = portfolio.portfolio().account().value();
    managed.track.returns.push(value / before - 1.0);
    managed.track.left_out = left_out;
    Ok(managed)
}

/// Takes in the bar that ends at a close, without a decision; where it is refused, its closes alone. What refused it.
pub(super) fn observe(portfolio: &mut Book, market: &TableMarket, close: usize) -> Result<Option<Error>> {
    let whole = bar(market, close);
    let Err(error) = portfolio.observe(&whole) else {
        return Ok(None);
    };
    let closes = Bar {
        cash_return: whole.cash_return,
        shown: whole.shown,
        ..Bar::closes(whole.closes)
    };
    portfolio.observe(&closes)?;
    Ok(Some(error))
}

/// The asset that an error about a bar is about: `bar.highs[2]`.
fn asset_of<'a>(error: &Error, assets: &'a [String]) -> Option<&'a String> {
    let Error::Invalid { input, .. } = error else {
        return None;
    };
    let index = input.strip_prefix("bar.")?.strip_suffix(']')?.split_once('[')?.1;
    assets.get(index.parse::<usize>().ok()?)
}

/// The bar that ends at a close of the table.
pub(super) fn bar(market: &TableMarket, close: usize) -> Bar<'_> {
    let table = market.table();
    let highs_lows = table.ranges().high.as_ref().zip(table.ranges().low.as_ref());
    Bar {
        highs_lows: highs_lows.map(|(highs, lows)| (row(highs.row(close)), row(lows.row(close)))),
        cash_return: market.cash_return(close),
        shown: table.shown(close),
        ..Bar::closes(row(table.prices().row(close)))
    }
}
