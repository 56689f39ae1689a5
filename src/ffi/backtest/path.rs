//! The path of a back-test, copied out: a value for each of its T bars.

use super::ppo_backtest;
use crate::backtest::Track;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::market::queries::nanoseconds;
use crate::ffi::status::{PPO_OK, ppo_status};

/// Sizes of a back-test: T bars, N assets.
///
/// \param backtest  the back-test
/// \param bars      gets T, at least 22; may be NULL
/// \param assets    gets N; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_size(
    backtest: *const ppo_backtest,
    bars: *mut usize,
    assets: *mut usize,
) -> ppo_status {
    boundary!(ppo_backtest_size, [backtest], |call| {
        let track = handle::shared(call, backtest, "backtest")?.track();
        let sizes = [
            (Output::optional(call, bars, "bars")?, track.len()),
            (
                Output::optional(call, assets, "assets")?,
                track.weights.ncols() - 1,
            ),
        ];
        for (output, size) in sizes {
            if let Some(output) = output {
                output.write(size);
            }
        }
        Ok(PPO_OK)
    })
}

/// Copies out the time of the close that ends each bar, in nanoseconds since 1970-01-01 UTC; a date is its midnight.
///
/// \param backtest   the back-test
/// \param times      gets the times: [times_len]
/// \param times_len  T
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT (a misaligned pointer; a time beyond the year 2262).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_times(
    backtest: *const ppo_backtest,
    times: *mut i64,
    times_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_times, [backtest], |call| {
        let track = handle::shared(call, backtest, "backtest")?.track();
        let out = slice::output(call, times, times_len, track.len(), "times", &[])?;
        // Times increase: where the first and the last can be said, all can, and nothing is half written.
        for end in [track.times.first(), track.times.last()].into_iter().flatten() {
            nanoseconds(*end)?;
        }
        for (out, time) in out.iter_mut().zip(&track.times) {
            *out = nanoseconds(*time)?;
        }
        Ok(PPO_OK)
    })
}

/// Copies out the simple return of each bar, net of the costs paid at its start.
///
/// \param backtest     the back-test
/// \param returns      gets the returns: [returns_len]
/// \param returns_len  T
///
/// Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_returns(
    backtest: *const ppo_backtest,
    returns: *mut f64,
    returns_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_returns, [backtest], |call| {
        copy(call, backtest, returns, returns_len, "returns", |track| {
            &track.returns
        })
    })
}

/// Copies out what one unit of money has become at the close that ends each bar.
///
/// \param backtest    the back-test
/// \param equity      gets the equity curve, which starts from 1 at the first decision: [equity_len]
/// \param equity_len  T
///
/// Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_equity(
    backtest: *const ppo_backtest,
    equity: *mut f64,
    equity_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_equity, [backtest], |call| {
        let track = handle::shared(call, backtest, "backtest")?.track();
        let out = slice::output(call, equity, equity_len, track.len(), "equity", &[])?;
        track.write_equity(out);
        Ok(PPO_OK)
    })
}

/// Copies out the weights held through each bar, after the trade at its start.
///
/// \param backtest     the back-test
/// \param weights      gets the weights [T, N + 1], bar after bar, cash last: [weights_len]
/// \param weights_len  T * (N + 1)
///
/// Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_weights(
    backtest: *const ppo_backtest,
    weights: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_weights, [backtest], |call| {
        let track = handle::shared(call, backtest, "backtest")?.track();
        let expected = track.weights.len();
        let out = slice::output(call, weights, weights_len, expected, "weights", &[])?;
        for (out, weight) in out.iter_mut().zip(&track.weights) {
            *out = *weight;
        }
        Ok(PPO_OK)
    })
}

/// Copies out the one-way turnover of the trade at the start of each bar: half the sum of abs(change of weight) over
/// assets and cash.
///
/// \param backtest      the back-test
/// \param turnover      gets the turnovers: [turnover_len]
/// \param turnover_len  T
///
/// Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_turnover(
    backtest: *const ppo_backtest,
    turnover: *mut f64,
    turnover_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_turnover, [backtest], |call| {
        copy(call, backtest, turnover, turnover_len, "turnover", |track| {
            &track.turnover
        })
    })
}

/// Copies out what that trade cost, as a fraction of the value before it.
///
/// \param backtest   the back-test
/// \param costs      gets the costs: [costs_len]
/// \param costs_len  T
///
/// Threads, allocation and errors as ppo_backtest_times: PPO_ERR_LENGTH and others.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_costs(
    backtest: *const ppo_backtest,
    costs: *mut f64,
    costs_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_costs, [backtest], |call| {
        copy(call, backtest, costs, costs_len, "costs", |track| &track.costs)
    })
}

/// Copies out what the risk manager decided at the start of each bar, beyond the weights.
///
/// \param backtest      a back-test that was run with a risk manager
/// \param leverage      gets the dynamic leverage, the regime's part included, before the limits: [leverage_len]; may be
///                      NULL
/// \param leverage_len  T, or 0 with NULL
/// \param hedge         gets the hedge's notional over equity, which the path does not trade: [hedge_len]; may be NULL
/// \param hedge_len     T, or 0 with NULL
///
/// Threads, allocation and errors as ppo_backtest_times; PPO_ERR_INVALID_ARGUMENT for a back-test without a risk
/// manager, and for arrays that share memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_risk(
    backtest: *const ppo_backtest,
    leverage: *mut f64,
    leverage_len: usize,
    hedge: *mut f64,
    hedge_len: usize,
) -> ppo_status {
    boundary!(ppo_backtest_risk, [backtest], |call| {
        let managed = handle::shared(call, backtest, "backtest")?.managed()?;
        let bars = managed.track.len();
        let first = slice::Span::new(leverage, leverage_len, "leverage");
        let leverage = slice::optional_output(call, leverage, leverage_len, bars, "leverage", &[])?;
        let hedge = slice::optional_output(call, hedge, hedge_len, bars, "hedge", &[first])?;
        for (out, values) in [(leverage, &managed.leverage), (hedge, &managed.hedge)] {
            if let Some(out) = out {
                out.copy_from_slice(values);
            }
        }
        Ok(PPO_OK)
    })
}

/// Copies out one series of a track.
fn copy(
    call: Call<'_>,
    backtest: *const ppo_backtest,
    out: *mut f64,
    len: usize,
    name: &'static str,
    series: impl FnOnce(&Track) -> &[f64],
) -> Outcome<ppo_status> {
    let track = handle::shared(call, backtest, "backtest")?.track();
    let out = slice::output(call, out, len, track.len(), name, &[])?;
    out.copy_from_slice(series(track));
    Ok(PPO_OK)
}
