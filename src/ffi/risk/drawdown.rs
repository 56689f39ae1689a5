//! The drawdown states by themselves.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{Output, Span};
use crate::ffi::border::text;
use crate::ffi::risk::arrays::{ReasonPlaces, config, given, in_config, in_config_or_state};
use crate::ffi::risk::decision::state_number;
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::drawdown_state::DrawdownMonitor;
use crate::risk::reason::Reason;
use std::ffi::c_char;

/// Follows equity, its peak and its drawdown, and the state that they lead to.
pub struct risk_drawdown {
    _private: [u8; 0],
}

impl Kind for risk_drawdown {
    type Value = DrawdownValue;
    const MAGIC: [u8; 8] = *b"ppordraw";
    const NAME: &'static str = "monitor";
}

/// A monitor with room for the reason of one call.
pub(in crate::ffi) struct DrawdownValue {
    monitor: DrawdownMonitor,
    reasons: Vec<Reason>,
}

impl DrawdownValue {
    fn new(monitor: DrawdownMonitor) -> Self {
        Self {
            monitor,
            reasons: Vec::with_capacity(1),
        }
    }
}

/// Makes a drawdown monitor: RISK_STATE_ACTIVE, without a peak.
///
/// \param config_json  the key "drawdown" of risk_manager_config_json; keys that are missing take their defaults,
///                     unknown ones are refused; NULL for the defaults, which have no thresholds
/// \param monitor      gets the monitor, which is the caller's to free with risk_drawdown_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_new(
    config_json: *const c_char,
    monitor: *mut *mut risk_drawdown,
) -> ppo_status {
    boundary!(risk_drawdown_new, [], |call| {
        let place = Output::new(call, monitor, "monitor")?;
        let config = config(call, config_json)?;
        let made = DrawdownValue::new(DrawdownMonitor::new(config).map_err(in_config)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Makes a drawdown monitor that goes on from what risk_drawdown_state_json saved.
///
/// \param config_json  the settings: as risk_drawdown_new; they must be able to lead to the state
/// \param state_json   the saved state
/// \param monitor      gets the monitor, which is the caller's to free with risk_drawdown_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_restore(
    config_json: *const c_char,
    state_json: *const c_char,
    monitor: *mut *mut risk_drawdown,
) -> ppo_status {
    boundary!(risk_drawdown_restore, [], |call| {
        let place = Output::new(call, monitor, "monitor")?;
        let config = config(call, config_json)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = DrawdownValue::new(DrawdownMonitor::restore(config, state).map_err(in_config_or_state)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees a drawdown monitor. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_free(monitor: *mut risk_drawdown) {
    boundary!(risk_drawdown_free, [], |_| {
        handle::free(monitor)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a drawdown monitor, made by any thread, as ppo_last_error does.
///
/// \param monitor   the monitor; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_last_error(
    monitor: *const risk_drawdown,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_drawdown_last_error, [], |call| {
        handle::copy_message(call, monitor, "monitor", buffer, capacity, needed)
    })
}

/// Writes the settings of a drawdown monitor as JSON, every key with its value.
///
/// \param monitor   the monitor
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_config_json(
    monitor: *mut risk_drawdown,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_drawdown_config_json, [monitor], |call| {
        let used = handle::exclusive(call, monitor, "monitor")?;
        let json = serde_json::to_string(used.monitor.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Writes all that a drawdown monitor remembers as JSON, for risk_drawdown_restore; numbers are exact.
///
/// \param monitor   the monitor
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_state_json(
    monitor: *mut risk_drawdown,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_drawdown_state_json, [monitor], |call| {
        let used = handle::exclusive(call, monitor, "monitor")?;
        let json = document::to_json(&used.monitor.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Takes in a bar's equity and gives the state for the decision of this bar.
///
/// \param monitor           the monitor; as it was where the call fails
/// \param equity            what the portfolio is worth, money above 0
/// \param drawdown          1 - equity/peak, in [0, 1]; NaN: the monitor follows the peak of the equities that it is
///                          shown
/// \param state             gets a RISK_STATE_ number; may be NULL
/// \param found             gets the drawdown of this bar, in [0, 1]; may be NULL
/// \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
///                          capacity of 0
/// \param reasons_capacity  reasons that there is room for
/// \param reasons_len       gets the number of reasons, those left out included; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_update(
    monitor: *mut risk_drawdown,
    equity: f64,
    drawdown: f64,
    state: *mut u32,
    found: *mut f64,
    reasons: *mut risk_reason,
    reasons_capacity: usize,
    reasons_len: *mut usize,
) -> ppo_status {
    boundary!(risk_drawdown_update, [monitor], |call| {
        let mut used = handle::exclusive(call, monitor, "monitor")?;
        let DrawdownValue {
            monitor,
            reasons: shaped,
        } = &mut *used;
        let numbers = [Span::new(state, 1, "state"), Span::new(found, 1, "found")];
        let state = Output::optional(call, state, "state")?;
        let found = Output::optional(call, found, "found")?;
        let reasons = ReasonPlaces::new(call, reasons, reasons_capacity, reasons_len, &numbers)?;
        shaped.clear();
        let trading = monitor.update(equity, given(drawdown), shaped)?;
        if let Some(place) = state {
            place.write(state_number(trading));
        }
        if let Some(place) = found {
            place.write(monitor.drawdown());
        }
        reasons.write(shaped);
        Ok(PPO_OK)
    })
}

/// Starts afresh: RISK_STATE_ACTIVE, with the last equity as the peak and no drawdown. A host that gives its own
/// drawdown has to start that afresh too.
///
/// \param monitor  the monitor
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_drawdown_reset(monitor: *mut risk_drawdown) -> ppo_status {
    boundary!(risk_drawdown_reset, [monitor], |call| {
        handle::exclusive(call, monitor, "monitor")?.monitor.reset();
        Ok(PPO_OK)
    })
}
