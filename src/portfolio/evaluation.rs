//! The test: which closes it decides at, and the baselines on the same dates and costs as the policy.

use crate::backtest::left_out::attempt;
use crate::backtest::summary::Period;
use crate::backtest::{Baseline, History, LeftOut, Members, Track, run_baseline, walk};
use crate::env::EnvConfig;
use crate::error::{Error, Result, words};
use crate::market::prices::PriceTable;
use crate::market::table::TableMarket;
use crate::market::{DateOrTime, Market};
use crate::policy::spec::PolicySpec;
use ndarray::{Array2, s};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Fewest returns that a test can be judged by: a month of days and one more.
const FEWEST_RETURNS: usize = 22;

/// The market of a test: decisions at closes from `from` to `until` (both included, none: as early or as late as the
/// prices go), the last return ending by `until`. Every decision has the history that the policy and the baselines
/// look back on, a year of bars or 252 at least; without a `from`, the test starts at the first close that has.
///
/// Errors: no such closes, a `from` without that history before it, fewer than 22 returns, prior weights that the
/// policy needs and the table lacks.
pub fn test_market(
    table: Arc<PriceTable>,
    spec: &PolicySpec,
    from: Option<DateOrTime>,
    until: Option<DateOrTime>,
    cash_rate: f64,
) -> Result<Arc<TableMarket>> {
    let builder = spec.state_builder(table.bars_per_year())?;
    let history = builder.warm_up_bars().max(table.bars_per_year().look_back());
    let range = bars_between(&table, "test period", from, until)?;
    if let Some(from) = from.filter(|_| *range.start() < history) {
        let expected = match table.times().get(history) {
            Some(date) => format!("{date} or later: {history} returns of history come first"),
            None => format!(
                "later than {history} returns of history; the prices have {}",
                table.bars() - 1
            ),
        };
        return Err(Error::invalid("first date of the test", from, expected));
    }
    let market = test_bars(table, range, history, cash_rate)?;
    builder.check_market(market.shape())?;
    Ok(market)
}

/// The market of a test over bars of a table: decisions at the closes of `range`, the last return ending at its end,
/// each with the longer of `look_back` returns of history and a year of bars, 252 where that is longer.
///
/// Errors: a range beyond the table, without that history, or of fewer than 22 returns.
pub fn test_bars(
    table: Arc<PriceTable>,
    range: RangeInclusive<usize>,
    look_back: usize,
    cash_rate: f64,
) -> Result<Arc<TableMarket>> {
    let history = look_back.max(table.bars_per_year().look_back());
    let market = TableMarket::new(table, range, history, cash_rate)?;
    let returns = market.decisions().count();
    if returns < FEWEST_RETURNS {
        let expected = format!("at least {FEWEST_RETURNS}");
        return Err(Error::invalid(
            "test period",
            format!("{returns} returns long"),
            expected,
        ));
    }
    Ok(Arc::new(market))
}

/// Indices of the bars between two dates; the error calls them `period`.
pub(crate) fn bars_between(
    table: &PriceTable,
    period: &str,
    from: Option<DateOrTime>,
    until: Option<DateOrTime>,
) -> Result<RangeInclusive<usize>> {
    table
        .bars_between(from, until)
        .map_err(|error| error.about(|_| words!("{period}")))
}

/// Refuses a test that shares a return with the training period: its first decision has to be taken at the last
/// close of training or later. The error holds both dates.
pub fn check_apart(training: Period, test: &TableMarket) -> Result<()> {
    let first = test.table().times()[*test.decisions().start()];
    if first >= training.to {
        return Ok(());
    }
    let found = format!("overlapping the training period: its first decision is on {first}");
    let expected = format!("{} or later, the last day of training", training.to);
    Err(Error::invalid("test period", found, expected))
}

/// The six baselines over all decisions of `market`, in the order of reports, but for those that `left_out` then says
/// cannot be computed. Impact looks back on `window` bars: `state.window` of the policy beside them.
pub fn run_baselines(
    market: &TableMarket,
    env: &EnvConfig,
    window: usize,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Track> {
    let run = |baseline| run_one(baseline, market, env, window);
    Baseline::ALL
        .into_iter()
        .filter_map(|baseline| attempt(baseline.name(), run(baseline), left_out))
        .collect()
}

/// One baseline over all decisions of `market`.
pub fn run_one(baseline: Baseline, market: &TableMarket, env: &EnvConfig, window: usize) -> Result<Track> {
    with_history(market, env, window, |history, first, last| {
        run_baseline(baseline, history, first, last, env)
    })
}

/// One asset of the table held alone over all decisions of `market`, bought at the first close and never traded again; its
/// track has the asset's name.
pub fn hold_one(asset: &str, market: &TableMarket, env: &EnvConfig, window: usize) -> Result<Track> {
    let names = market.table().assets();
    let Some(place) = names.iter().position(|name| name == asset) else {
        let expected = format!("one of {}", names.join(", "));
        return Err(Error::invalid("asset", asset, expected));
    };
    with_history(market, env, window, |history, first, last| {
        walk(asset, history, first, last, env, |close, current| {
            let mut target = vec![0.0; current.len()];
            target[place] = 1.0;
            Ok((close == first).then_some(target))
        })
    })
}

/// Tells `then` the history of `market` and the first and the last of its rows that a track is of.
fn with_history(
    market: &TableMarket,
    env: &EnvConfig,
    window: usize,
    then: impl FnOnce(History<'_>, usize, usize) -> Result<Track>,
) -> Result<Track> {
    if env.costs.impact > 0.0 {
        market.check_volumes(window)?;
    }
    // Bar 0 of the table has no return.
    let (bars, assets) = market.table().close().dim();
    let returns = Array2::from_shape_fn((bars - 1, assets), |(t, asset)| market.returns(t + 1)[asset]);
    let cash_returns: Vec<f64> = (1..bars).map(|bar| market.cash_return(bar)).collect();
    let universe = market.table().universe();
    let takes_part =
        universe.map(|universe| universe.taking_part(market.table().bars_per_year().look_back()));
    let members = universe
        .zip(takes_part.as_ref())
        .map(|(universe, takes_part)| Members {
            status: universe.status().slice(s![1.., ..]),
            takes_part: takes_part.slice(s![1.., ..]),
        });
    let history = History {
        members,
        prices: Some((market, 1)),
        window,
        assets: market.table().assets(),
        times: &market.table().times()[1..],
        bars_per_year: market.table().bars_per_year(),
        returns: returns.view(),
        cash_returns: &cash_returns,
    };
    let decisions = market.decisions();
    let (first, last) = (decisions.start() - 1, *decisions.end());
    then(history, first, last)
}
