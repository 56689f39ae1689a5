//! The limits by themselves: target weights to allowed weights, with what they earned on the bars remembered.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::text;
use crate::ffi::risk::arrays::{ReasonPlaces, check_assets, config, in_config, in_config_or_state};
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::limits::{Limits, LimitsConfig, Tightening};
use crate::risk::reason::Reason;
use crate::risk::scenarios::Scenarios;
use std::ffi::c_char;

/// What a portfolio may hold, and the last bars' returns that its tail risk is measured on.
pub struct risk_limits {
    _private: [u8; 0],
}

impl Kind for risk_limits {
    type Value = LimitsValue;
    const MAGIC: [u8; 8] = *b"pporlimt";
    const NAME: &'static str = "limits";
}

/// Limits with their scenarios and room for the reasons of one call.
pub(in crate::ffi) struct LimitsValue {
    limits: Limits,
    scenarios: Scenarios,
    reasons: Vec<Reason>,
}

impl LimitsValue {
    fn new(limits: Limits, scenarios: Scenarios) -> Self {
        let reasons = Vec::with_capacity(limits.most_reasons());
        Self {
            limits,
            scenarios,
            reasons,
        }
    }
}

/// Makes limits that have seen no returns.
///
/// \param config_json  the key "limits" of risk_manager_config_json; keys that are missing take their defaults, unknown
///                     ones are refused; NULL for the defaults
/// \param assets       number of assets, N
/// \param limits       gets the limits, which are the caller's to free with risk_limits_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting, or the pair that no portfolio meets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_new(
    config_json: *const c_char,
    assets: usize,
    limits: *mut *mut risk_limits,
) -> ppo_status {
    boundary!(risk_limits_new, [], |call| {
        let place = Output::new(call, limits, "limits")?;
        check_assets(assets)?;
        let config: LimitsConfig = config(call, config_json)?;
        let bars = config.tail_bars;
        let made = LimitsValue::new(
            Limits::new(config, assets).map_err(in_config)?,
            Scenarios::new(assets, bars)?,
        );
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Makes limits that remember, bit for bit, the returns that risk_limits_state_json saved.
///
/// \param config_json  the settings: as risk_limits_new, with "tail_bars" at least the bars of the state
/// \param assets       number of assets, N: the state's
/// \param state_json   the saved state
/// \param limits       gets the limits, which are the caller's to free with risk_limits_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_restore(
    config_json: *const c_char,
    assets: usize,
    state_json: *const c_char,
    limits: *mut *mut risk_limits,
) -> ppo_status {
    boundary!(risk_limits_restore, [], |call| {
        let place = Output::new(call, limits, "limits")?;
        check_assets(assets)?;
        let config: LimitsConfig = config(call, config_json)?;
        let bars = config.tail_bars;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let limits = Limits::new(config, assets).map_err(in_config)?;
        let made = LimitsValue::new(
            limits,
            Scenarios::restore(&state, assets, bars).map_err(in_config_or_state)?,
        );
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees limits. NULL is fine. Those that were freed before are left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_free(limits: *mut risk_limits) {
    boundary!(risk_limits_free, [], |_| {
        handle::free(limits)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on limits, made by any thread, as ppo_last_error does.
///
/// \param limits    the limits; poisoned ones are fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_last_error(
    limits: *const risk_limits,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_limits_last_error, [], |call| {
        handle::copy_message(call, limits, "limits", buffer, capacity, needed)
    })
}

/// Writes the settings of limits as JSON, every key with its value.
///
/// \param limits    the limits
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_config_json(
    limits: *mut risk_limits,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_limits_config_json, [limits], |call| {
        let used = handle::exclusive(call, limits, "limits")?;
        let json = serde_json::to_string(used.limits.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Writes all that limits remember as JSON, for risk_limits_restore; numbers are exact.
///
/// \param limits    the limits
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_state_json(
    limits: *mut risk_limits,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_limits_state_json, [limits], |call| {
        let used = handle::exclusive(call, limits, "limits")?;
        let json = document::to_json(&used.scenarios.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Remembers one bar's returns, that tail risk is measured on; the oldest of "tail_bars" is forgotten.
///
/// \param limits       the limits; as they were where the call fails
/// \param returns      simple returns of the assets, -1 or more: [returns_len]
/// \param returns_len  N
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_push_returns(
    limits: *mut risk_limits,
    returns: *const f64,
    returns_len: usize,
) -> ppo_status {
    boundary!(risk_limits_push_returns, [limits], |call| {
        let mut used = handle::exclusive(call, limits, "limits")?;
        let assets = used.limits.assets();
        let returns = slice::input(call, returns, returns_len, assets, "returns")?;
        used.scenarios.push(returns)?;
        Ok(PPO_OK)
    })
}

/// The allowed weights nearest to a target (Euclidean distance, exactly), with a reason for every limit that binds. A
/// target within every limit is copied bit for bit. Caps on tail risk then scale towards cash, just so far as they
/// have to.
///
/// \param limits            the limits; not changed
/// \param target            weights wished for, at most 1e6 in size: [target_len]
/// \param target_len        N
/// \param current           weights held, from which turnover counts, at most 100 in size: [current_len]
/// \param current_len       N
/// \param factor            0 to 1: multiplies every limit on exposure away from 0, and the caps on tail risk; 1 for
///                          the limits as they are set
/// \param low               lower bounds besides the limits' own, each 0 or less or -INFINITY: [low_len]; NULL for none
/// \param low_len           N, or 0 with NULL
/// \param high              upper bounds besides the limits' own, each 0 or more or INFINITY: [high_len]; NULL for none
/// \param high_len          N, or 0 with NULL
/// \param weights           gets the allowed weights: [weights_len]
/// \param weights_len       N
/// \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
///                          capacity of 0
/// \param reasons_capacity  reasons that there is room for
/// \param reasons_len       gets the number of reasons, those left out included; may be NULL
///
/// A bound of `low` or `high` that holds the target back is RISK_REASON_EXPOSURE_BOUND, the limits' own are
/// RISK_REASON_ASSET_MINIMUM and RISK_REASON_ASSET_MAXIMUM. Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_limits_apply(
    limits: *mut risk_limits,
    target: *const f64,
    target_len: usize,
    current: *const f64,
    current_len: usize,
    factor: f64,
    low: *const f64,
    low_len: usize,
    high: *const f64,
    high_len: usize,
    weights: *mut f64,
    weights_len: usize,
    reasons: *mut risk_reason,
    reasons_capacity: usize,
    reasons_len: *mut usize,
) -> ppo_status {
    boundary!(risk_limits_apply, [limits], |call| {
        let mut used = handle::exclusive(call, limits, "limits")?;
        let LimitsValue {
            limits,
            scenarios,
            reasons: found,
        } = &mut *used;
        let assets = limits.assets();
        let inputs = [
            Span::new(target, target_len, "target"),
            Span::new(current, current_len, "current"),
            Span::new(low, low_len, "low"),
            Span::new(high, high_len, "high"),
        ];
        let [a, b, c, d] = inputs;
        let written = Span::new(weights, weights_len, "weights");
        let (target, current, low, high, weights, reasons) = (
            slice::input(call, target, target_len, assets, "target")?,
            slice::input(call, current, current_len, assets, "current")?,
            slice::optional_input(call, low, low_len, assets, "low")?,
            slice::optional_input(call, high, high_len, assets, "high")?,
            slice::output(call, weights, weights_len, assets, "weights", &inputs)?,
            ReasonPlaces::new(
                call,
                reasons,
                reasons_capacity,
                reasons_len,
                &[a, b, c, d, written],
            )?,
        );
        let tightening = Tightening {
            factor,
            low: low.unwrap_or_default(),
            high: high.unwrap_or_default(),
        };
        found.clear();
        limits
            .apply(target, current, scenarios, &tightening, weights, found)
            .map_err(|error| error.called(&[("tightening.", "")]))?;
        reasons.write(found);
        Ok(PPO_OK)
    })
}
