//! From weights to units, by average true range.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::text;
use crate::ffi::risk::arrays::{ReasonPlaces, check_assets, config, in_config};
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::position_size::{PositionInputs, PositionSize, PositionSizeConfig, PositionSizer};
use crate::risk::reason::Reason;
use std::ffi::c_char;

/// Turns weights into units: no position larger than its average true range allows.
pub struct risk_positions {
    _private: [u8; 0],
}

impl Kind for risk_positions {
    type Value = PositionsValue;
    const MAGIC: [u8; 8] = *b"pporposi";
    const NAME: &'static str = "positions";
}

/// A sizer with room for the positions and reasons of one call.
pub(in crate::ffi) struct PositionsValue {
    sizer: PositionSizer,
    /// [N].
    sizes: Vec<PositionSize>,
    reasons: Vec<Reason>,
}

/// Makes what sizes positions.
///
/// \param config_json  the key "positions" of risk_manager_config_json; keys that are missing take their defaults,
///                     unknown ones are refused; NULL for the defaults
/// \param assets       number of assets, N
/// \param positions    gets the handle, which is the caller's to free with risk_positions_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_positions_new(
    config_json: *const c_char,
    assets: usize,
    positions: *mut *mut risk_positions,
) -> ppo_status {
    boundary!(risk_positions_new, [], |call| {
        let place = Output::new(call, positions, "positions")?;
        check_assets(assets)?;
        let config = config(call, config_json)?;
        let sizer = PositionSizer::new(config, assets).map_err(in_config)?;
        let made = PositionsValue {
            sizes: vec![PositionSize::default(); assets],
            reasons: Vec::with_capacity(sizer.most_reasons()),
            sizer,
        };
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees what sizes positions. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_positions_free(positions: *mut risk_positions) {
    boundary!(risk_positions_free, [], |_| {
        handle::free(positions)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on what sizes positions, made by any thread, as ppo_last_error does.
///
/// \param positions  the handle; a poisoned one is fine
/// \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed     gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_positions_last_error(
    positions: *const risk_positions,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_positions_last_error, [], |call| {
        handle::copy_message(call, positions, "positions", buffer, capacity, needed)
    })
}

/// Writes the settings of what sizes positions as JSON, every key with its value.
///
/// \param positions  the handle
/// \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity   bytes in `buffer`
/// \param needed     gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_positions_config_json(
    positions: *mut risk_positions,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_positions_config_json, [positions], |call| {
        let used = handle::exclusive(call, positions, "positions")?;
        let json = serde_json::to_string(used.sizer.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Units to hold for weights: at most what the average true range and the hard maximum allow, all scaled alike to the
/// maximum of open risk, floored to the lot, dropped below the minimum.
///
/// \param positions         the handle; not changed
/// \param equity            what the portfolio is worth, money above 0
/// \param weights           weights to hold, negative is short: [weights_len]
/// \param weights_len       N
/// \param closes            prices, above 0: [closes_len]
/// \param closes_len        N
/// \param atr               average true ranges in the unit of the prices, above 0, NaN where there is none yet: such
///                          an asset is sized by its weight alone: [atr_len]
/// \param atr_len           N
/// \param atr_seen          bars that the averages have seen: whether NaN is RISK_REASON_SKIPPED_POSITION_SIZE (too few) or
///                          RISK_REASON_FLAT_PRICE
/// \param units             gets the units, signed as the weight: [units_len]
/// \param units_len         N
/// \param stops             gets the prices at which to get out, NaN where there is none: [stops_len]; may be NULL
/// \param stops_len         N, or 0 with NULL
/// \param reasons           gets the reasons, as many as there is room for: [reasons_capacity]; may be NULL with a
///                          capacity of 0
/// \param reasons_capacity  reasons that there is room for
/// \param reasons_len       gets the number of reasons, those left out included; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_positions_size(
    positions: *mut risk_positions,
    equity: f64,
    weights: *const f64,
    weights_len: usize,
    closes: *const f64,
    closes_len: usize,
    atr: *const f64,
    atr_len: usize,
    atr_seen: usize,
    units: *mut f64,
    units_len: usize,
    stops: *mut f64,
    stops_len: usize,
    reasons: *mut risk_reason,
    reasons_capacity: usize,
    reasons_len: *mut usize,
) -> ppo_status {
    boundary!(risk_positions_size, [positions], |call| {
        let mut used = handle::exclusive(call, positions, "positions")?;
        let PositionsValue {
            sizer,
            sizes,
            reasons: found,
        } = &mut *used;
        let assets = sizes.len();
        let inputs = [
            Span::new(weights, weights_len, "weights"),
            Span::new(closes, closes_len, "closes"),
            Span::new(atr, atr_len, "atr"),
        ];
        let [a, b, c] = inputs;
        let of_units = Span::new(units, units_len, "units");
        let of_stops = Span::new(stops, stops_len, "stops");
        let (weights, closes, atr, units, stops, reasons) = (
            slice::input(call, weights, weights_len, assets, "weights")?,
            slice::input(call, closes, closes_len, assets, "closes")?,
            slice::input(call, atr, atr_len, assets, "atr")?,
            slice::output(call, units, units_len, assets, "units", &inputs)?,
            slice::optional_output(call, stops, stops_len, assets, "stops", &[a, b, c, of_units])?,
            ReasonPlaces::new(
                call,
                reasons,
                reasons_capacity,
                reasons_len,
                &[a, b, c, of_units, of_stops],
            )?,
        );
        found.clear();
        let inputs = PositionInputs {
            weights,
            equity,
            closes,
            atr,
            atr_seen,
        };
        sizer.size(inputs, sizes, found)?;
        for (place, size) in units.iter_mut().zip(&*sizes) {
            *place = size.units;
        }
        for (place, size) in stops.into_iter().flatten().zip(&*sizes) {
            *place = size.stop.unwrap_or(f64::NAN);
        }
        reasons.write(found);
        Ok(PPO_OK)
    })
}

/// Units of a single position: equity * risk / (atr * multiple), floored to the lot.
///
/// \param equity    what the portfolio is worth, money above 0
/// \param risk      part of equity that is lost where the price moves by multiple * atr, above 0 and at most 1
/// \param atr       average true range in the unit of the price, above 0
/// \param multiple  distance of the stop in average true ranges, above 0
/// \param lot       units that can be traded at a time, 0 or more; 0 for any size
/// \param units     gets the units, 0 or more
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_position_units(
    equity: f64,
    risk: f64,
    atr: f64,
    multiple: f64,
    lot: f64,
    units: *mut f64,
) -> ppo_status {
    boundary!(risk_position_units, [], |call| {
        let place = Output::new(call, units, "units")?;
        let config = PositionSizeConfig {
            risk_per_position: risk,
            multiple,
            ..PositionSizeConfig::default()
        };
        let in_parameters = |error: Error| {
            error.called(&[
                ("position_size.risk_per_position", "risk"),
                ("position_size.", ""),
            ])
        };
        let units = config.units(equity, atr, lot).map_err(in_parameters)?;
        place.write(units);
        Ok(PPO_OK)
    })
}
