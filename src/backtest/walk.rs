//! Walks a rule for target weights through a history of returns, on the environment's time line and costs.

use super::left_out::note_close;
use super::{Baseline, Track};
use crate::env::RewardMode;
use crate::env::account::{Account, Terms};
use crate::env::{CostHistory, EnvConfig};
use crate::error::{Count, Error, Result};
use crate::market::table::TableMarket;
use crate::market::{BarCosts, BarsPerYear, MarketBar, Status, Time};
use ndarray::{Array2, ArrayView2, Axis, s};

/// Returns of a market over time; row t is the bar that ends at close t.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// Names of the assets: [N].
    pub assets: &'a [String],
    /// Closing time of each bar: [T], strictly increasing.
    pub times: &'a [Time],
    /// Simple returns of the assets, above -1: [T, N].
    pub returns: ArrayView2<'a, f64>,
    /// Simple returns of cash, above -1: [T].
    pub cash_returns: &'a [f64],
    /// Bars a year.
    pub bars_per_year: BarsPerYear,
    /// Who is there; none where everybody is there throughout.
    pub members: Option<Members<'a>>,
    /// Where costs of the market's own, volumes and prices of units come from, and the bar of it that row 0 is; none where
    /// there are none of these.
    pub prices: Option<(&'a TableMarket, usize)>,
    /// Bars that impact looks back on, at least 1.
    pub window: usize,
}

/// Who is there over time; row t is the close t.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    /// What each asset is: [T, N].
    pub status: ArrayView2<'a, Status>,
    /// Whether a rule may hold it: [T, N].
    pub takes_part: ArrayView2<'a, bool>,
}

impl History<'_> {
    /// The assets that a rule may hold at a close.
    fn taking_part(&self, close: usize) -> Vec<usize> {
        let takes_part = |asset: &usize| match &self.members {
            Some(members) => members.takes_part[[close, *asset]],
            None => true,
        };
        (0..self.returns.ncols()).filter(takes_part).collect()
    }
}

/// The track of a baseline that starts in cash, decides first at close `first` and earns its last return over bar
/// `last`. Arguments, time line and errors as in [`walk`].
///
/// A decision that the rule has no answer for is left out: what is held stays until the next one. The track names it,
/// and the assets that other decisions went without.
pub fn run_baseline(
    baseline: Baseline,
    history: History<'_>,
    first: usize,
    last: usize,
    env: &EnvConfig,
) -> Result<Track> {
    let (name, mut left_out) = (baseline.name(), Vec::new());
    let track = walk(name, history, first, last, env, |close, current| {
        let rate = history.bars_per_year;
        let oldest = (close + 1).saturating_sub(rate.longest_look_back());
        let there = history.taking_part(close);
        if there.is_empty() {
            return Ok(None);
        }
        let past = history
            .returns
            .slice(s![oldest..=close, ..])
            .select(Axis(1), &there);
        let (past, cash) = (past.view(), current.len() - 1);
        let held: Vec<f64> = there.iter().chain([&cash]).map(|place| current[*place]).collect();
        let time = history.times[close];
        Ok(match baseline.decide(past, &held, close - first, rate) {
            Ok(None) => None,
            Ok(Some(chosen)) => {
                for place in baseline.without(past, rate) {
                    let without = (Some(&history.assets[there[place]]), false);
                    note_close(&mut left_out, name, without, time, &NO_VARIANCE);
                }
                let mut target = vec![0.0; current.len()];
                for (place, weight) in there.iter().chain([&cash]).zip(chosen) {
                    target[*place] = weight;
                }
                Some(target)
            }
            Err(error) => {
                note_close(&mut left_out, name, (None, true), time, &error);
                None
            }
        })
    })?;
    Ok(Track { left_out, ..track })
}

/// Why a decision goes without an asset.
const NO_VARIANCE: &str = "its returns do not vary over the look-back";

/// The track, called `name`, of whatever `decide` answers at each close from `first` to `last - 1`.
///
/// `decide(t, current)` is told the close t and the drifted weights before the trade, assets then cash [N + 1], and
/// answers target weights of that layout (non-negative, summing to 1) or none for no trade. It must look at nothing
/// after row t. What is held of assets that are halted stays, and the others are scaled to what is left. The step is the environment's, [`Account::evaluate`]: the trade happens and is paid for at close t,
/// the new weights are held to close t + 1, then drift. The start is all cash: the balance of `env`, whose
/// costs are paid. The track has last - first bars, the
/// first of which ends at close first + 1.
///
/// # Errors
/// Columns of different lengths, returns that are not finite or not above -1 among the bars walked over, a range
/// without a bar, costs out of range or that the market has not what is needed for, targets that are not weights, and whatever `decide` refuses.
pub fn walk(
    name: &str,
    history: History<'_>,
    first: usize,
    last: usize,
    env: &EnvConfig,
    mut decide: impl FnMut(usize, &[f64]) -> Result<Option<Vec<f64>>>,
) -> Result<Track> {
    check(history, first, last)?;
    env.validate()?;
    let costs = &env.costs;
    let (bars, assets) = (last - first, history.returns.ncols());
    let terms = Terms {
        costs: *costs,
        trade_band: 0.0,
        reward: RewardMode::LogReturn,
        margin: None,
    };
    let mut account = Account::new(env.balance, assets);
    let mut held = vec![0.0; assets + 1];
    let mut bar = MarketBar {
        returns: vec![0.0; assets],
        cash_return: 0.0,
        columns: Vec::new(),
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status: vec![Status::default(); if history.members.is_some() { assets } else { 0 }],
        costs: BarCosts::default(),
    };
    let mut paid = CostHistory::new(costs, assets, history.window)?;
    if costs.impact > 0.0 {
        bar.costs.volumes = vec![0.0; assets];
    }
    if costs.lot > 0.0 {
        bar.costs.closes = vec![0.0; assets];
    }
    let mut traded = held.clone();
    let mut track = Track {
        name: name.to_string(),
        times: history.times[first + 1..=last].to_vec(),
        bars_per_year: history.bars_per_year,
        returns: Vec::with_capacity(bars),
        cash_returns: history.cash_returns[first + 1..=last].to_vec(),
        weights: Array2::zeros((bars, assets + 1)),
        turnover: Vec::with_capacity(bars),
        costs: Vec::with_capacity(bars),
        left_out: Vec::new(),
    };
    for close in (first + 1).saturating_sub(history.window)..=first {
        see(&mut bar, history, close);
        paid.push(costs, &bar)?;
    }
    account.see(&bar.status);
    for (row, close) in (first..last).enumerate() {
        held[..assets].copy_from_slice(account.weights());
        held[assets] = account.cash();
        if let Some(target) = decide(close, &held)? {
            check_target(&target, assets, close)?;
            held = target;
        }
        see(&mut bar, history, close + 1);
        paid.push(costs, &bar)?;
        // Weights that are held already are traded to for nothing.
        let outcome = account.evaluate(&terms, &paid, &held, &bar)?;
        account.write_traded(&outcome, &paid, &held, &mut traded);
        account.commit(&outcome, &paid, &held, &bar);
        for (slot, &weight) in track.weights.row_mut(row).iter_mut().zip(&traded) {
            *slot = weight;
        }
        track.returns.push(outcome.net_return);
        track.turnover.push(outcome.turnover);
        track.costs.push(outcome.cost);
    }
    Ok(track)
}

/// Puts what is known at a close into a bar.
fn see(bar: &mut MarketBar, history: History<'_>, close: usize) {
    for (slot, &earned) in bar.returns.iter_mut().zip(history.returns.row(close)) {
        *slot = earned;
    }
    bar.cash_return = history.cash_returns[close];
    if let Some((market, first)) = history.prices {
        market.write_costs(close + first, &mut bar.costs);
    }
    if let Some(members) = &history.members {
        for (to, from) in bar.status.iter_mut().zip(members.status.row(close)) {
            *to = *from;
        }
    }
}

fn check(history: History<'_>, first: usize, last: usize) -> Result<()> {
    let (bars, assets) = history.returns.dim();
    if assets == 0 {
        return Err(Error::invalid(
            "returns",
            "without a column",
            "at least one asset",
        ));
    }
    if history.assets.len() != assets {
        let found = Count(history.assets.len(), "values");
        return Err(Error::invalid(
            "assets",
            found,
            format!("{assets}, one for each column of the returns"),
        ));
    }
    for (name, len) in [
        ("times", history.times.len()),
        ("cash_returns", history.cash_returns.len()),
    ] {
        if len != bars {
            let expected = format!("{bars}, as the returns");
            return Err(Error::invalid(name, Count(len, "values"), expected));
        }
    }
    if !(first < last && last < bars) {
        let found = format!("from bar {first} to bar {last}");
        let expected = format!("a first bar before the last, which is below {bars}");
        return Err(Error::invalid("test range", found, expected));
    }
    for bar in first + 1..=last {
        let cash = [("cash_returns", None, history.cash_returns[bar])];
        let row = history.returns.row(bar);
        let earned = row
            .iter()
            .enumerate()
            .map(|(asset, &r)| ("returns", Some(asset), r));
        for (name, asset, r) in earned.chain(cash) {
            // What ends may be worth nothing.
            let ends = |asset| {
                history
                    .members
                    .is_some_and(|members| members.status[[bar, asset]] == Status::Ended)
            };
            if !(r.is_finite() && (r > -1.0 || r >= -1.0 && asset.is_some_and(ends))) {
                let asset = asset.map_or(String::new(), |asset| format!("[{asset}]"));
                return Err(Error::invalid(
                    format!("{name}[{bar}]{asset}"),
                    r,
                    "a finite number above -1",
                ));
            }
        }
    }
    Ok(())
}

fn check_target(target: &[f64], assets: usize, close: usize) -> Result<()> {
    let input = || format!("target weights at bar {close}");
    if target.len() != assets + 1 {
        let expected = format!("{}: assets and cash", assets + 1);
        return Err(Error::invalid(input(), Count(target.len(), "values"), expected));
    }
    if let Some(weight) = target
        .iter()
        .find(|weight| !(weight.is_finite() && **weight >= 0.0))
    {
        return Err(Error::invalid(
            input(),
            format!("a weight of {weight}"),
            "weights of 0 or more",
        ));
    }
    let sum: f64 = target.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(Error::invalid(input(), format!("a sum of {sum}"), "a sum of 1"));
    }
    Ok(())
}
