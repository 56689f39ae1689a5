//! The measures of a live book, bar by bar.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::Output;
use crate::ffi::border::text;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::metrics::{read_conventions, risk_conventions};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::streaming::RunningPerformance;
use std::ffi::c_char;

/// Performance so far of a series of returns, in the same time at every bar. It may be used from any thread, by one at
/// a time.
pub struct risk_performance {
    _private: [u8; 0],
}

impl Kind for risk_performance {
    type Value = RunningPerformance;
    const MAGIC: [u8; 8] = *b"pporiskp";
    const NAME: &'static str = "performance";
}

/// Performance so far, NaN where a figure is not defined. Fill it with risk_performance_figures_init. The figures are
/// those of risk_metrics up to rounding.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_performance_figures {
    /// Size of the caller's struct in bytes; risk_performance_figures_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Bars seen, those of unknown return among them.
    pub bars: u64,
    /// Equity, 1 at the start.
    pub equity: f64,
    /// Highest equity so far, the start included.
    pub peak: f64,
    /// Fall from the peak now, a positive fraction of it.
    pub drawdown: f64,
    /// Largest drawdown so far.
    pub max_drawdown: f64,
    /// Mean return of one bar.
    pub mean: f64,
    /// Growth over all bars.
    pub total_return: f64,
    /// Compound growth per year.
    pub annual_return: f64,
    /// Annual standard deviation.
    pub annual_volatility: f64,
    /// Annual Sharpe ratio.
    pub sharpe: f64,
    /// Annual Sortino ratio; infinite without a loss.
    pub sortino: f64,
    /// Annual root mean square of what returns fall short of the required one.
    pub downside_risk: f64,
    /// Annual return over the largest drawdown.
    pub calmar: f64,
}

versioned!(
    risk_performance_figures,
    [112],
    risk_performance_figures {
        struct_size: 112,
        reserved: 0,
        bars: 0,
        equity: f64::NAN,
        peak: f64::NAN,
        drawdown: f64::NAN,
        max_drawdown: f64::NAN,
        mean: f64::NAN,
        total_return: f64::NAN,
        annual_return: f64::NAN,
        annual_volatility: f64::NAN,
        sharpe: f64::NAN,
        sortino: f64::NAN,
        downside_risk: f64::NAN,
        calmar: f64::NAN,
    }
);

/// Fills figures with NaN.
///
/// \param figures  the struct to fill
/// \param size     `sizeof(risk_performance_figures)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_figures_init(
    figures: *mut risk_performance_figures,
    size: usize,
) -> ppo_status {
    boundary!(risk_performance_figures_init, [], |call| {
        versioned::init(call, figures, size, "figures")?;
        Ok(PPO_OK)
    })
}

/// Begins a series that has no bars yet.
///
/// \param conventions  what measures are relative to (`tail` is not used); NULL for the defaults
/// \param performance  gets the handle, which is the caller's to free with risk_performance_free
///
/// PPO_ERR_INVALID_ARGUMENT names the convention.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_new(
    conventions: *const risk_conventions,
    performance: *mut *mut risk_performance,
) -> ppo_status {
    boundary!(risk_performance_new, [], |call| {
        let performance = Output::new(call, performance, "performance")?;
        let made = RunningPerformance::new(read_conventions(call, conventions)?);
        performance.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Goes on, bit for bit, from what risk_performance_state_json saved.
///
/// \param conventions  those that the state was made with; NULL for the defaults
/// \param state_json   the saved state
/// \param performance  gets the handle, which is the caller's to free with risk_performance_free
///
/// PPO_ERR_INVALID_ARGUMENT names the convention or the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_restore(
    conventions: *const risk_conventions,
    state_json: *const c_char,
    performance: *mut *mut risk_performance,
) -> ppo_status {
    boundary!(risk_performance_restore, [], |call| {
        let performance = Output::new(call, performance, "performance")?;
        let conventions = read_conventions(call, conventions)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = RunningPerformance::restore(conventions, state)
            .map_err(|error| error.called(&[("state.", "state_json: ")]))?;
        performance.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees a series. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_free(performance: *mut risk_performance) {
    boundary!(risk_performance_free, [], |_| {
        handle::free(performance)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a series, made by any thread, as ppo_last_error does.
///
/// \param performance  the series; a poisoned one is fine
/// \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity     bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed       gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_last_error(
    performance: *const risk_performance,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_performance_last_error, [], |call| {
        handle::copy_message(call, performance, "performance", buffer, capacity, needed)
    })
}

/// Takes in one bar.
///
/// \param performance    the series; as it was where the call fails
/// \param simple_return  the bar's simple return; NaN for an unknown one, which leaves equity as it was
///
/// Allocates nothing and never waits. PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT for one
/// that takes a sum past the largest number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_push(
    performance: *mut risk_performance,
    simple_return: f64,
) -> ppo_status {
    boundary!(risk_performance_push, [performance], |call| {
        handle::exclusive(call, performance, "performance")?.push(simple_return)?;
        Ok(PPO_OK)
    })
}

/// Reads the figures so far.
///
/// \param performance  the series
/// \param figures      gets the figures
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_read(
    performance: *mut risk_performance,
    figures: *mut risk_performance_figures,
) -> ppo_status {
    boundary!(risk_performance_read, [performance], |call| {
        let place = OutputStruct::new(call, figures, "figures")?;
        let used = handle::exclusive(call, performance, "performance")?;
        let read = risk_performance_figures {
            struct_size: 0,
            reserved: 0,
            bars: used.bars(),
            equity: used.equity(),
            peak: used.peak(),
            drawdown: used.drawdown(),
            max_drawdown: used.max_drawdown(),
            mean: used.mean(),
            total_return: used.total_return(),
            annual_return: used.annual_return(),
            annual_volatility: used.annual_volatility(),
            sharpe: used.sharpe(),
            sortino: used.sortino(),
            downside_risk: used.downside_risk(),
            calmar: used.calmar(),
        };
        place.write(&read);
        Ok(PPO_OK)
    })
}

/// Writes all that the bars have left behind as JSON, for risk_performance_restore; numbers are exact.
///
/// \param performance  the series
/// \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity     bytes in `buffer`
/// \param needed       gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_performance_state_json(
    performance: *mut risk_performance,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_performance_state_json, [performance], |call| {
        let used = handle::exclusive(call, performance, "performance")?;
        let json = document::to_json(used.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}
