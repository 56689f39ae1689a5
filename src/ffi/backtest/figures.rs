//! What a back-test comes to: its figures, alone and against another's.

use super::ppo_backtest;
use crate::backtest::bootstrap::BlockBootstrap;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::handle;
use crate::ffi::border::slice::Output;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::border::{json, text};
use crate::ffi::status::{PPO_OK, ppo_status};
use serde_json::{Map, Value, json};
use std::ffi::c_char;

/// What a portfolio earned, risked and paid over a back-test. Conventions of empyrical, by the market's bars a year; a figure that is
/// not defined is NaN, and a series that is constant up to rounding has volatility 0 and no ratio.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_backtest_summary {
    /// Size of the caller's struct in bytes; ppo_backtest_summary_init writes it.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Number of bars, T.
    pub bars: u64,
    /// Compound growth a year, net of costs.
    pub annual_return: f64,
    /// Annual standard deviation of the returns.
    pub volatility: f64,
    /// Annual Sharpe ratio of the returns over what cash earned in each bar.
    pub sharpe: f64,
    /// Annual Sortino ratio of the returns over what cash earned in each bar.
    pub sortino: f64,
    /// Largest drawdown, a positive fraction of the peak.
    pub max_drawdown: f64,
    /// Annual return over largest drawdown.
    pub calmar: f64,
    /// 5% value at risk of one bar, a positive loss.
    pub value_at_risk: f64,
    /// 5% conditional value at risk of one bar, a positive loss.
    pub conditional_value_at_risk: f64,
    /// One-way turnover a year.
    pub turnover: f64,
    /// Sum over bars of the fraction of value that costs took.
    pub costs_paid: f64,
}

versioned!(
    ppo_backtest_summary,
    [96],
    ppo_backtest_summary {
        struct_size: size_of::<ppo_backtest_summary>() as u32,
        reserved: 0,
        bars: 0,
        annual_return: 0.0,
        volatility: 0.0,
        sharpe: 0.0,
        sortino: 0.0,
        max_drawdown: 0.0,
        calmar: 0.0,
        value_at_risk: 0.0,
        conditional_value_at_risk: 0.0,
        turnover: 0.0,
        costs_paid: 0.0,
    }
);

/// Makes a struct of figures ready to be written to: zeros, with its size.
///
/// \param summary  the struct to fill
/// \param size     `sizeof(ppo_backtest_summary)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_summary_init(
    summary: *mut ppo_backtest_summary,
    size: usize,
) -> ppo_status {
    boundary!(ppo_backtest_summary_init, [], |call| {
        versioned::init(call, summary, size, "summary")?;
        Ok(PPO_OK)
    })
}

/// Sums a back-test up.
///
/// \param backtest  the back-test
/// \param summary   gets the figures
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_summarize(
    backtest: *const ppo_backtest,
    summary: *mut ppo_backtest_summary,
) -> ppo_status {
    boundary!(ppo_backtest_summarize, [backtest], |call| {
        let track = handle::shared(call, backtest, "backtest")?.track();
        let summary = OutputStruct::new(call, summary, "summary")?;
        let figures = track.performance()?;
        let found = ppo_backtest_summary {
            struct_size: size_of::<ppo_backtest_summary>() as u32,
            reserved: 0,
            bars: track.len() as u64,
            annual_return: figures.annual_return,
            volatility: figures.volatility,
            sharpe: figures.sharpe,
            sortino: figures.sortino,
            max_drawdown: figures.max_drawdown,
            calmar: figures.calmar,
            value_at_risk: figures.value_at_risk,
            conditional_value_at_risk: figures.conditional_value_at_risk,
            turnover: figures.turnover,
            costs_paid: figures.costs_paid,
        };
        summary.write(&found);
        Ok(PPO_OK)
    })
}

/// How sure the difference of two back-tests is: the annual Sharpe ratio of the first less that of the second, each of
/// returns over what cash earned in the bar, by a paired block bootstrap, studentised. An interval that holds 0 says that these bars
/// do not tell them apart. Fewer than 252 bars, or than 12 blocks, are too short for an interval: the call succeeds, and
/// the ends are NaN, so that `low > 0 || high < 0` claims nothing. What rounding makes of two equal portfolios, below
/// 1e-6, is 0.
///
/// \param first         a back-test
/// \param second        another one, over the same times
/// \param options_json  an object with any of `block` (bars in a block, default as many as the dependence of the two asks
///                      for), `draws` (default 2000), `level` (probability that the interval is meant to hold, default 0.9),
///                      `seed` (default 0); NULL for the defaults
/// \param median        gets the median of the draws; NaN where a ratio is not defined
/// \param low           gets the lower end of the interval; NaN where there are too few bars, or `median` is NaN
/// \param high          gets the upper end; NaN as `low`
///
/// PPO_ERR_INVALID_ARGUMENT for other dates and settings that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_compare(
    first: *const ppo_backtest,
    second: *const ppo_backtest,
    options_json: *const c_char,
    median: *mut f64,
    low: *mut f64,
    high: *mut f64,
) -> ppo_status {
    boundary!(ppo_backtest_compare, [first, second], |call| {
        let first = handle::shared(call, first, "first")?.track();
        let second = handle::shared(call, second, "second")?.track();
        let bootstrap = match options_json.is_null() {
            true => BlockBootstrap::default(),
            false => {
                let options = text::input(call, options_json, "options_json")?;
                json::parse(options, "options_json", "options of a bootstrap")?
            }
        };
        let outputs = [(median, "median"), (low, "low"), (high, "high")];
        let [median, low, high] = outputs.map(|(place, name)| Output::new(call, place, name));
        let (median, low, high) = (median?, low?, high?);
        if first.times != second.times {
            let expected = "of the times of the first";
            return Err(Failure::invalid("second", "of other times", expected));
        }
        let interval = bootstrap
            .sharpe_difference(
                &first.excess_returns(),
                &second.excess_returns(),
                first.bars_per_year,
            )
            .map_err(|error| error.called(&[("bootstrap.", "options_json: ")]))?;
        for (output, found) in [
            (median, interval.median),
            (low, interval.low),
            (high, interval.high),
        ] {
            output.write(found);
        }
        Ok(PPO_OK)
    })
}

/// Copies out on how many bars each reason was among those of the risk manager's decisions, as JSON: an object of names
/// (risk_reason_name) and numbers.
///
/// \param backtest  a back-test that was run with a risk manager
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for a back-test without a risk manager.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_reasons_json(
    backtest: *const ppo_backtest,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_backtest_reasons_json, [backtest], |call| {
        let managed = handle::shared(call, backtest, "backtest")?.managed()?;
        let counts = managed.bars_by_code().into_iter();
        let counts: Map<String, Value> = counts
            .map(|(code, bars)| (code.name().to_string(), json!(bars)))
            .collect();
        let json = Value::Object(counts).to_string();
        text::copy(call, &json, buffer, capacity, needed)
    })
}
