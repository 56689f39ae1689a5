//! Measures of a series of returns beside a benchmark's.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::metrics::{read_conventions, read_returns, risk_conventions};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::benchmark::Benchmarked;

/// Measures relative to a benchmark, NaN where one is not defined. Fill it with risk_benchmark_metrics_init.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_benchmark_metrics {
    /// Size of the caller's struct in bytes; risk_benchmark_metrics_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Slope of the returns on the benchmark's.
    pub beta: f64,
    /// Annual return that beta does not explain.
    pub alpha: f64,
    /// Beta over the bars in which the benchmark rose.
    pub up_beta: f64,
    /// Alpha over the bars in which the benchmark rose.
    pub up_alpha: f64,
    /// Beta over the bars in which the benchmark fell.
    pub down_beta: f64,
    /// Alpha over the bars in which the benchmark fell.
    pub down_alpha: f64,
    /// Annual return over the benchmark's; infinite where that is 0.
    pub capture: f64,
    /// Capture over the bars in which the benchmark rose.
    pub up_capture: f64,
    /// Capture over the bars in which the benchmark fell.
    pub down_capture: f64,
    /// Up capture over down capture.
    pub up_down_capture: f64,
    /// Mean active return over its standard deviation, per bar: times the root of bars per year for a year.
    pub information_ratio: f64,
    /// Part of the bars in which the returns were above the benchmark's.
    pub batting: f64,
    /// Of the bars in which the benchmark did not fall.
    pub up_batting: f64,
    /// Of the bars in which the benchmark fell.
    pub down_batting: f64,
    /// Taleb's fragility heuristic; negative: fragile.
    pub beta_fragility: f64,
}

versioned!(
    risk_benchmark_metrics,
    [128],
    risk_benchmark_metrics {
        struct_size: 128,
        reserved: 0,
        beta: f64::NAN,
        alpha: f64::NAN,
        up_beta: f64::NAN,
        up_alpha: f64::NAN,
        down_beta: f64::NAN,
        down_alpha: f64::NAN,
        capture: f64::NAN,
        up_capture: f64::NAN,
        down_capture: f64::NAN,
        up_down_capture: f64::NAN,
        information_ratio: f64::NAN,
        batting: f64::NAN,
        up_batting: f64::NAN,
        down_batting: f64::NAN,
        beta_fragility: f64::NAN,
    }
);

/// Fills measures relative to a benchmark with NaN.
///
/// \param metrics  the struct to fill
/// \param size     `sizeof(risk_benchmark_metrics)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_benchmark_metrics_init(
    metrics: *mut risk_benchmark_metrics,
    size: usize,
) -> ppo_status {
    boundary!(risk_benchmark_metrics_init, [], |call| {
        versioned::init(call, metrics, size, "metrics")?;
        Ok(PPO_OK)
    })
}

/// Measures a series of returns relative to a benchmark, in the conventions of empyrical-reloaded.
///
/// \param returns        simple returns of the bars, oldest first; NaN for an unknown one: [returns_len]
/// \param returns_len    number of bars
/// \param benchmark      the benchmark's returns in the same bars, NaN for an unknown one: [benchmark_len]
/// \param benchmark_len  the same number
/// \param conventions    what measures are relative to; NULL for the defaults
/// \param metrics        gets the measures
///
/// PPO_ERR_NOT_FINITE for an infinite return; PPO_ERR_INVALID_ARGUMENT names the convention.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_benchmark_metrics_compute(
    returns: *const f64,
    returns_len: usize,
    benchmark: *const f64,
    benchmark_len: usize,
    conventions: *const risk_conventions,
    metrics: *mut risk_benchmark_metrics,
) -> ppo_status {
    boundary!(risk_benchmark_metrics_compute, [], |call| {
        let place = OutputStruct::new(call, metrics, "metrics")?;
        let returns = read_returns(call, returns, returns_len, returns_len, "returns")?;
        let benchmark = read_returns(call, benchmark, benchmark_len, returns_len, "benchmark")?;
        let both = Benchmarked::new(returns, benchmark, read_conventions(call, conventions)?)?;
        let batting = both.batting_average();
        let measured = risk_benchmark_metrics {
            struct_size: 0,
            reserved: 0,
            beta: both.beta(),
            alpha: both.alpha(),
            up_beta: both.up_beta(),
            up_alpha: both.up_alpha(),
            down_beta: both.down_beta(),
            down_alpha: both.down_alpha(),
            capture: both.capture(),
            up_capture: both.up_capture(),
            down_capture: both.down_capture(),
            up_down_capture: both.up_down_capture(),
            information_ratio: both.information_ratio(),
            batting: batting.all,
            up_batting: batting.up,
            down_batting: batting.down,
            beta_fragility: both.beta_fragility(),
        };
        place.write(&measured);
        Ok(PPO_OK)
    })
}
