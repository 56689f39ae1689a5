//! How much of a portfolio to hold.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::slice::Output;
use crate::ffi::risk::arrays::{ReasonPlaces, config, given, in_config};
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::leverage::LeverageConfig;
use std::ffi::c_char;

/// Dynamic leverage, the factor of the target weights: target over forecast volatility within its limits, less the
/// nearer the drawdown comes to its stop, and at most the fractional Kelly leverage of a trend.
///
/// \param config_json       {"target_volatility": 0.15, "min": 0.0, "max": 1.5, "drawdown_stop": null,
///                          "drawdown_floor": null, "fraction": 0.5, "cash_rate": 0.0}, which are the defaults: keys that are missing take them, unknown ones
///                          are refused, NULL is all of them
/// \param volatility        forecast volatility of the target, annual, above 0
/// \param drawdown          1 - equity/peak, in [0, 1]
/// \param trend             expected return of the target, annual; NaN where there is none
/// \param reasons           gets what shaped the leverage: [reasons_capacity]; may be NULL with 0. At most 4
/// \param reasons_capacity  reasons that there is room for; what is beyond it is left out
/// \param reasons_len       gets the number of reasons, more than the capacity where some were left out; may be NULL
/// \param leverage          gets the factor, 0 to `max`
///
/// PPO_ERR_INVALID_ARGUMENT names the setting or the number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_leverage(
    config_json: *const c_char,
    volatility: f64,
    drawdown: f64,
    trend: f64,
    reasons: *mut risk_reason,
    reasons_capacity: usize,
    reasons_len: *mut usize,
    leverage: *mut f64,
) -> ppo_status {
    boundary!(risk_leverage, [], |call| {
        let leverage = Output::new(call, leverage, "leverage")?;
        let places = ReasonPlaces::new(call, reasons, reasons_capacity, reasons_len, &[])?;
        let config: LeverageConfig = config(call, config_json)?;
        let mut found = Vec::new();
        let factor = config
            .explain(volatility, drawdown, given(trend), &mut found)
            .map_err(in_config)?;
        places.write(&found);
        leverage.write(factor);
        Ok(PPO_OK)
    })
}
