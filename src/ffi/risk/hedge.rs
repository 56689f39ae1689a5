//! The hedge by itself.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::text;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::arrays::{ReasonPlaces, config, in_config, in_config_or_state};
use crate::ffi::risk::decision::{RISK_HEDGE_NONE, side_number};
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::hedge::HedgingStrategy;
use crate::risk::reason::Reason;
use std::ffi::c_char;

/// An overlay that is opened in a drawdown and lowers the net exposure until it is over.
pub struct risk_hedge {
    _private: [u8; 0],
}

impl Kind for risk_hedge {
    type Value = HedgeValue;
    const MAGIC: [u8; 8] = *b"pporhedg";
    const NAME: &'static str = "hedge";
}

/// A hedge with room for the reasons of one call.
pub(in crate::ffi) struct HedgeValue {
    strategy: HedgingStrategy,
    reasons: Vec<Reason>,
}

/// Reasons of one call: opened, kept or closed, and that there were no betas.
const MOST_REASONS: usize = 2;

impl HedgeValue {
    fn new(strategy: HedgingStrategy) -> Self {
        Self {
            strategy,
            reasons: Vec::with_capacity(MOST_REASONS),
        }
    }
}

/// The hedge position to hold after a bar; a position, not a change of one. Fill it with risk_hedge_position_init.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_hedge_position {
    /// Size of the caller's struct in bytes; risk_hedge_position_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Whether the hedge is open, 0 or 1.
    pub active: u32,
    /// Side of the position, opposite to the net exposure: a RISK_HEDGE_ number.
    pub side: u32,
    /// Size of the position in money, 0 or more: ratio * abs(net) * equity.
    pub notional: f64,
    /// Net exposure that is hedged, as a signed part of equity: the sum of weights, or of beta * weight.
    pub net: f64,
    /// Part of the net exposure that is hedged; 0 while closed.
    pub ratio: f64,
}

versioned!(
    risk_hedge_position,
    [40],
    risk_hedge_position {
        struct_size: 40,
        reserved: 0,
        active: 0,
        side: RISK_HEDGE_NONE,
        notional: 0.0,
        net: 0.0,
        ratio: 0.0,
    }
);

/// Fills a hedge position with the defaults: none.
///
/// \param position  the struct to fill
/// \param size      `sizeof(risk_hedge_position)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_position_init(
    position: *mut risk_hedge_position,
    size: usize,
) -> ppo_status {
    boundary!(risk_hedge_position_init, [], |call| {
        versioned::init(call, position, size, "position")?;
        Ok(PPO_OK)
    })
}

/// Makes a hedge that is closed.
///
/// \param config_json  the key "hedge" of risk_manager_config_json; keys that are missing take their defaults, unknown
///                     ones are refused; NULL for the defaults
/// \param hedge        gets the hedge, which is the caller's to free with risk_hedge_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_new(
    config_json: *const c_char,
    hedge: *mut *mut risk_hedge,
) -> ppo_status {
    boundary!(risk_hedge_new, [], |call| {
        let place = Output::new(call, hedge, "hedge")?;
        let config = config(call, config_json)?;
        let made = HedgeValue::new(HedgingStrategy::new(config).map_err(in_config)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Makes a hedge that goes on from what risk_hedge_state_json saved.
///
/// \param config_json  the settings: as risk_hedge_new; they may differ from those of the state
/// \param state_json   the saved state
/// \param hedge        gets the hedge, which is the caller's to free with risk_hedge_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_restore(
    config_json: *const c_char,
    state_json: *const c_char,
    hedge: *mut *mut risk_hedge,
) -> ppo_status {
    boundary!(risk_hedge_restore, [], |call| {
        let place = Output::new(call, hedge, "hedge")?;
        let config = config(call, config_json)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = HedgeValue::new(HedgingStrategy::restore(config, state).map_err(in_config_or_state)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees a hedge. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_free(hedge: *mut risk_hedge) {
    boundary!(risk_hedge_free, [], |_| {
        handle::free(hedge)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a hedge, made by any thread, as ppo_last_error does.
///
/// \param hedge     the hedge; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_last_error(
    hedge: *const risk_hedge,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_hedge_last_error, [], |call| {
        handle::copy_message(call, hedge, "hedge", buffer, capacity, needed)
    })
}

/// Writes the settings of a hedge as JSON, every key with its value.
///
/// \param hedge     the hedge
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_config_json(
    hedge: *mut risk_hedge,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_hedge_config_json, [hedge], |call| {
        let used = handle::exclusive(call, hedge, "hedge")?;
        let json = serde_json::to_string(used.strategy.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Writes all that a hedge remembers as JSON, for risk_hedge_restore; numbers are exact.
///
/// \param hedge     the hedge
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_state_json(
    hedge: *mut risk_hedge,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_hedge_state_json, [hedge], |call| {
        let used = handle::exclusive(call, hedge, "hedge")?;
        let json = document::to_json(&used.strategy.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// The hedge for a bar: opened where the drawdown is above the threshold, kept until it is below threshold - band.
///
/// \param hedge             the hedge; as it was where the call fails
/// \param drawdown          1 - equity/peak, in [0, 1]
/// \param weights           weights that the portfolio will hold: [weights_len]
/// \param weights_len       N, at least 1
/// \param equity            what the portfolio is worth, money above 0
/// \param betas             betas of the assets to the hedge instrument: [betas_len]; NULL: every asset counts as 1
/// \param betas_len         N, or 0 with NULL
/// \param position          gets the position; its `struct_size` says how much of it there is
/// \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
///                          capacity of 0
/// \param reasons_capacity  reasons that there is room for
/// \param reasons_len       gets the number of reasons, those left out included; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_hedge_decide(
    hedge: *mut risk_hedge,
    drawdown: f64,
    weights: *const f64,
    weights_len: usize,
    equity: f64,
    betas: *const f64,
    betas_len: usize,
    position: *mut risk_hedge_position,
    reasons: *mut risk_reason,
    reasons_capacity: usize,
    reasons_len: *mut usize,
) -> ppo_status {
    boundary!(risk_hedge_decide, [hedge], |call| {
        let mut used = handle::exclusive(call, hedge, "hedge")?;
        let HedgeValue {
            strategy,
            reasons: found,
        } = &mut *used;
        let others = [
            Span::new(weights, weights_len, "weights"),
            Span::new(betas, betas_len, "betas"),
            Span::new(position, 1, "position"),
        ];
        let (weights, betas, place, reasons) = (
            slice::input(call, weights, weights_len, weights_len.max(1), "weights")?,
            slice::optional_input(call, betas, betas_len, weights_len, "betas")?,
            OutputStruct::new(call, position, "position")?,
            ReasonPlaces::new(call, reasons, reasons_capacity, reasons_len, &others)?,
        );
        found.clear();
        let decided = strategy.decide(drawdown, weights, equity, betas, found)?;
        let position = risk_hedge_position {
            struct_size: 0,
            reserved: 0,
            active: u32::from(decided.active),
            side: side_number(decided.side),
            notional: decided.notional,
            net: decided.net,
            ratio: decided.ratio,
        };
        place.write(&position);
        reasons.write(found);
        Ok(PPO_OK)
    })
}
