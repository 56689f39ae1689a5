//! Measures of a series of returns, and its worst drawdowns.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::status::{PPO_ERR_NOT_FINITE, PPO_OK, ppo_status};
use crate::market::BarsPerYear;
use crate::risk::drawdown::{Drawdown, worst_drawdowns};
use crate::risk::metrics::{
    Conventions, kurtosis, max_drawdown, skewness, stability, tail_ratio, total_return,
};

/// What measures are relative to. Fill it with risk_conventions_init. Rates are simple returns of one bar.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_conventions {
    /// Size of the caller's struct in bytes; risk_conventions_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Bars in a year, above 0; default 252.
    pub bars_per_year: f64,
    /// Risk-free return of one bar; default 0. Sharpe, omega and alpha use it.
    pub risk_free: f64,
    /// Required return of one bar; default 0. Sortino, downside risk and omega use it.
    pub required_return: f64,
    /// Part of the bars in the tail of value at risk, in [0, 1]; default 0.05.
    pub tail: f64,
}

versioned!(
    risk_conventions,
    [40],
    risk_conventions {
        struct_size: 40,
        reserved: 0,
        bars_per_year: BarsPerYear::DAILY.get(),
        risk_free: 0.0,
        required_return: 0.0,
        tail: 0.05,
    }
);

/// Measures of a series of simple returns, NaN where one is not defined. Fill it with risk_metrics_init. Annual figures
/// are fractions; losses and drawdowns are positive.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_metrics {
    /// Size of the caller's struct in bytes; risk_metrics_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
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
    /// Largest fall from the running peak, a fraction of it.
    pub max_drawdown: f64,
    /// Annual return over the largest drawdown.
    pub calmar: f64,
    /// Sum of gains over sum of losses.
    pub omega: f64,
    /// Loss of one bar that the tail exceeds; NaN where a return is unknown.
    pub value_at_risk: f64,
    /// Mean loss of one bar in the tail.
    pub conditional_value_at_risk: f64,
    /// R squared of a straight line through cumulative log returns.
    pub stability: f64,
    /// Size of the 95% quantile over the size of the 5% quantile.
    pub tail_ratio: f64,
    /// Skewness; NaN where a return is unknown.
    pub skewness: f64,
    /// Excess kurtosis; NaN where a return is unknown.
    pub kurtosis: f64,
}

versioned!(
    risk_metrics,
    [128],
    risk_metrics {
        struct_size: 128,
        reserved: 0,
        total_return: f64::NAN,
        annual_return: f64::NAN,
        annual_volatility: f64::NAN,
        sharpe: f64::NAN,
        sortino: f64::NAN,
        downside_risk: f64::NAN,
        max_drawdown: f64::NAN,
        calmar: f64::NAN,
        omega: f64::NAN,
        value_at_risk: f64::NAN,
        conditional_value_at_risk: f64::NAN,
        stability: f64::NAN,
        tail_ratio: f64::NAN,
        skewness: f64::NAN,
        kurtosis: f64::NAN,
    }
);

/// One time under water. Points are places in the equity given, from 0.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct risk_drawdown_period {
    /// Largest fall from the peak, a positive fraction of it.
    pub depth: f64,
    /// Point of the peak.
    pub peak: u64,
    /// Point of the lowest value, the first among equals.
    pub valley: u64,
    /// First point that is back at the peak or above it; 0 while still under water.
    pub recovery: u64,
}

impl risk_drawdown_period {
    fn of(drawdown: &Drawdown) -> Self {
        Self {
            depth: drawdown.depth,
            peak: drawdown.peak as u64,
            valley: drawdown.valley as u64,
            recovery: drawdown.recovery.map_or(0, |point| point as u64),
        }
    }
}

/// Fills conventions with the defaults.
///
/// \param conventions  the struct to fill
/// \param size         `sizeof(risk_conventions)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_conventions_init(
    conventions: *mut risk_conventions,
    size: usize,
) -> ppo_status {
    boundary!(risk_conventions_init, [], |call| {
        versioned::init(call, conventions, size, "conventions")?;
        Ok(PPO_OK)
    })
}

/// Fills measures with NaN.
///
/// \param metrics  the struct to fill
/// \param size     `sizeof(risk_metrics)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_metrics_init(metrics: *mut risk_metrics, size: usize) -> ppo_status {
    boundary!(risk_metrics_init, [], |call| {
        versioned::init(call, metrics, size, "metrics")?;
        Ok(PPO_OK)
    })
}

/// Measures a series of returns, in the conventions of empyrical-reloaded but for losses, which are positive.
///
/// \param returns      simple returns of the bars, oldest first; NaN for an unknown one, which is a bar of the year and is
///                     left out of all the rest (value at risk, skewness and kurtosis are NaN then): [returns_len]
/// \param returns_len  number of bars; of few bars most measures are NaN
/// \param conventions  what measures are relative to; NULL for the defaults
/// \param metrics      gets the measures
///
/// PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT names the convention.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_metrics_compute(
    returns: *const f64,
    returns_len: usize,
    conventions: *const risk_conventions,
    metrics: *mut risk_metrics,
) -> ppo_status {
    boundary!(risk_metrics_compute, [], |call| {
        let place = OutputStruct::new(call, metrics, "metrics")?;
        let returns = read_returns(call, returns, returns_len, returns_len, "returns")?;
        let by = read_conventions(call, conventions)?;
        let measured = risk_metrics {
            struct_size: 0,
            reserved: 0,
            total_return: total_return(returns),
            annual_return: by.annual_return(returns),
            annual_volatility: by.annual_volatility(returns),
            sharpe: by.sharpe(returns),
            sortino: by.sortino(returns),
            downside_risk: by.downside_risk(returns),
            max_drawdown: max_drawdown(returns),
            calmar: by.calmar(returns),
            omega: by.omega(returns),
            value_at_risk: by.value_at_risk(returns),
            conditional_value_at_risk: by.conditional_value_at_risk(returns),
            stability: stability(returns),
            tail_ratio: tail_ratio(returns),
            skewness: skewness(returns),
            kurtosis: kurtosis(returns),
        };
        place.write(&measured);
        Ok(PPO_OK)
    })
}

/// The deepest drawdowns of an equity curve, deepest first, the earlier first among equals.
///
/// \param equity      what the portfolio was worth, the start first, finite and above 0: [equity_len]
/// \param equity_len  number of points
/// \param drawdowns   gets the drawdowns, as many as there are and fit: [capacity]
/// \param capacity    drawdowns that there is room for
/// \param count       gets the number written
///
/// PPO_ERR_INVALID_ARGUMENT for an equity that is not above 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_worst_drawdowns(
    equity: *const f64,
    equity_len: usize,
    drawdowns: *mut risk_drawdown_period,
    capacity: usize,
    count: *mut usize,
) -> ppo_status {
    boundary!(risk_worst_drawdowns, [], |call| {
        let count = Output::new(call, count, "count")?;
        let span = slice::Span::new(equity, equity_len, "equity");
        let equity = slice::input(call, equity, equity_len, equity_len, "equity")?;
        let places = slice::output(call, drawdowns, capacity, capacity, "drawdowns", &[span])?;
        let bad = |value: &f64| !(value.is_finite() && *value > 0.0);
        if let Some(point) = equity.iter().position(bad) {
            let input = format!("equity[{point}]");
            return Err(unusable(&input, equity[point], "a finite number above 0"));
        }
        let found = worst_drawdowns(equity, capacity);
        for (place, drawdown) in places.iter_mut().zip(&found) {
            *place = risk_drawdown_period::of(drawdown);
        }
        count.write(found.len());
        Ok(PPO_OK)
    })
}

pub(in crate::ffi) fn read_conventions(
    call: Call<'_>,
    conventions: *const risk_conventions,
) -> Outcome<Conventions> {
    let taken = versioned::read(call, conventions, "conventions")?;
    let conventions = Conventions {
        bars_per_year: taken.bars_per_year,
        risk_free: taken.risk_free,
        required_return: taken.required_return,
        tail: taken.tail,
    };
    conventions.validate()?;
    Ok(conventions)
}

/// Returns of which some may be unknown, but none infinite.
pub(in crate::ffi) fn read_returns<'a>(
    call: Call<'a>,
    pointer: *const f64,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<&'a [f64]> {
    let returns = slice::input(call, pointer, len, expected, name)?;
    match returns.iter().position(|value| value.is_infinite()) {
        Some(bar) => {
            let expected = "a finite number, or NaN where it is not known";
            Err(unusable(&format!("{name}[{bar}]"), returns[bar], expected))
        }
        None => Ok(returns),
    }
}

/// A number that cannot be used, finite or not.
pub(in crate::ffi) fn unusable(input: &str, value: f64, expected: &str) -> Failure {
    if value.is_finite() {
        Failure::invalid(input, value, expected)
    } else {
        Failure::new(PPO_ERR_NOT_FINITE, input, value, expected)
    }
}
