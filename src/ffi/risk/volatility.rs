//! Forecasts of volatility from a series of returns.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::border::{json, text};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::BarsPerYear;
use crate::risk::volatility::VolatilityForecast;
use std::ffi::c_char;

/// A GARCH(1,1) that was fitted to returns around a constant mean. Fill it with risk_garch_fit_init.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_garch_fit {
    /// Size of the caller's struct in bytes; risk_garch_fit_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Constant part of the variance of a bar, above 0.
    pub omega: f64,
    /// Weight of the last squared residual, 0 or more.
    pub alpha: f64,
    /// Weight of the last variance, 0 or more; alpha + beta is below 1.
    pub beta: f64,
    /// Mean return of a bar.
    pub mean: f64,
    /// Gaussian log-likelihood reached.
    pub log_likelihood: f64,
    /// Variance forecast for the bar after the last one.
    pub next_variance: f64,
}

versioned!(
    risk_garch_fit,
    [56],
    risk_garch_fit {
        struct_size: 56,
        reserved: 0,
        omega: f64::NAN,
        alpha: f64::NAN,
        beta: f64::NAN,
        mean: f64::NAN,
        log_likelihood: f64::NAN,
        next_variance: f64::NAN,
    }
);

/// Fills a fit with NaN.
///
/// \param fit   the struct to fill
/// \param size  `sizeof(risk_garch_fit)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_garch_fit_init(fit: *mut risk_garch_fit, size: usize) -> ppo_status {
    boundary!(risk_garch_fit_init, [], |call| {
        versioned::init(call, fit, size, "fit")?;
        Ok(PPO_OK)
    })
}

/// Forecasts the volatility of the next bar.
///
/// \param forecast_json  how: {"rolling": {"bars": 60}}, {"ewma": {"half_life": 20.0}}, {"decay": {"decay": 0.94}} or
///                       {"garch": {"alpha": 0.08, "beta": 0.9, "omega": null}}, whose omega, where it is left out, is
///                       that of the returns' mean square; NULL for the default, a half-life of 20 bars
/// \param returns        simple returns of the bars, oldest first: [returns_len]
/// \param returns_len    number of bars: at least 2 for a rolling window, 1 for the others
/// \param bars_per_year  bars a year, above 0: 252 for an exchange's days
/// \param volatility     gets the annual volatility, a fraction; 0 where nothing moved
///
/// Allocates nothing where `forecast_json` is NULL. PPO_ERR_INVALID_ARGUMENT names the setting, or for too few
/// returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_volatility(
    forecast_json: *const c_char,
    returns: *const f64,
    returns_len: usize,
    bars_per_year: f64,
    volatility: *mut f64,
) -> ppo_status {
    boundary!(risk_volatility, [], |call| {
        let volatility = Output::new(call, volatility, "volatility")?;
        let returns = slice::input(call, returns, returns_len, returns_len, "returns")?;
        let forecast = match forecast_json.is_null() {
            true => VolatilityForecast::default(),
            false => {
                let text = text::input(call, forecast_json, "forecast_json")?;
                json::parse(text, "forecast_json", "a forecast")?
            }
        };
        let in_parameters = |error: Error| {
            error.called(&[
                ("volatility.", "forecast_json: "),
                ("garch.", "forecast_json: garch."),
            ])
        };
        let bars_per_year = BarsPerYear::new("bars_per_year", bars_per_year)?;
        let annual = forecast.annual(returns, bars_per_year).map_err(in_parameters)?;
        volatility.write(annual);
        Ok(PPO_OK)
    })
}

/// Fits a GARCH(1,1) by maximum likelihood around a constant mean. It takes milliseconds: not for every bar. What a
/// forecast needs of it is {"garch": {"alpha": ..., "beta": ...}}.
///
/// \param returns      simple returns of the bars, oldest first: [returns_len]
/// \param returns_len  number of bars, at least 50; several hundred are needed for parameters worth using
/// \param fit          gets the parameters and the forecast
///
/// PPO_ERR_LENGTH for too few returns, PPO_ERR_INVALID_ARGUMENT for such as do not vary.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_volatility_fit(
    returns: *const f64,
    returns_len: usize,
    fit: *mut risk_garch_fit,
) -> ppo_status {
    boundary!(risk_volatility_fit, [], |call| {
        let place = OutputStruct::new(call, fit, "fit")?;
        let returns = slice::input(call, returns, returns_len, returns_len, "returns")?;
        let (_, found) = VolatilityForecast::fitted(returns)?;
        let written = risk_garch_fit {
            struct_size: 0,
            reserved: 0,
            omega: found.garch.omega,
            alpha: found.garch.alpha,
            beta: found.garch.beta,
            mean: found.mean,
            log_likelihood: found.log_likelihood,
            next_variance: found.next_variance,
        };
        place.write(&written);
        Ok(PPO_OK)
    })
}
