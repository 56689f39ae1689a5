//! Average true range, bar by bar and over a whole table.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::text;
use crate::ffi::risk::arrays::check_assets;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::atr::{Atr, average_true_range};
use crate::risk::reason::Reason;
use ndarray::ArrayView2;
use std::ffi::c_char;

/// Wilder's average true range of N assets, bar by bar.
pub struct risk_atr {
    _private: [u8; 0],
}

impl Kind for risk_atr {
    type Value = AtrValue;
    const MAGIC: [u8; 8] = *b"pporiatr";
    const NAME: &'static str = "atr";
}

/// Averages with room for the reason of one call.
pub(in crate::ffi) struct AtrValue {
    atr: Atr,
    reasons: Vec<Reason>,
}

impl AtrValue {
    fn new(atr: Atr) -> Self {
        Self {
            atr,
            reasons: Vec::with_capacity(1),
        }
    }
}

/// Makes averages that have seen nothing.
///
/// \param assets  number of assets, N
/// \param bars    true ranges that are averaged, at least 1; Wilder's are 14
/// \param atr     gets the averages, which are the caller's to free with risk_atr_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_new(assets: usize, bars: usize, atr: *mut *mut risk_atr) -> ppo_status {
    boundary!(risk_atr_new, [], |call| {
        let place = Output::new(call, atr, "atr")?;
        check_assets(assets)?;
        let made = AtrValue::new(Atr::new(assets, bars).map_err(in_parameters)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Makes averages that go on, bit for bit, from what risk_atr_state_json saved.
///
/// \param assets      number of assets, N: the state's
/// \param bars        true ranges that are averaged: the state's
/// \param state_json  the saved state
/// \param atr         gets the averages, which are the caller's to free with risk_atr_free
///
/// PPO_ERR_INVALID_ARGUMENT names the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_restore(
    assets: usize,
    bars: usize,
    state_json: *const c_char,
    atr: *mut *mut risk_atr,
) -> ppo_status {
    boundary!(risk_atr_restore, [], |call| {
        let place = Output::new(call, atr, "atr")?;
        check_assets(assets)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = AtrValue::new(Atr::restore(assets, bars, state).map_err(in_parameters)?);
        place.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees averages. NULL is fine. Those that were freed before are left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_free(atr: *mut risk_atr) {
    boundary!(risk_atr_free, [], |_| {
        handle::free(atr)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on averages, made by any thread, as ppo_last_error does.
///
/// \param atr       the averages; poisoned ones are fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_last_error(
    atr: *const risk_atr,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_atr_last_error, [], |call| {
        handle::copy_message(call, atr, "atr", buffer, capacity, needed)
    })
}

/// Writes all that averages remember as JSON, for risk_atr_restore; numbers are exact.
///
/// \param atr       the averages
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_state_json(
    atr: *mut risk_atr,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_atr_state_json, [atr], |call| {
        let used = handle::exclusive(call, atr, "atr")?;
        let json = document::to_json(used.atr.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Takes in one bar of every asset, in the unit of the prices. Without highs and lows the true range is
/// abs(close - previous close).
///
/// \param atr        the averages; as they were where the call fails
/// \param high       highs of the bar: [high_len]; NULL together with `low`
/// \param high_len   N, or 0 with NULL
/// \param low        lows of the bar: [low_len]; NULL together with `high`
/// \param low_len    N, or 0 with NULL
/// \param close      closes of the bar, above 0, within low and high: [close_len]
/// \param close_len  N
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_update(
    atr: *mut risk_atr,
    high: *const f64,
    high_len: usize,
    low: *const f64,
    low_len: usize,
    close: *const f64,
    close_len: usize,
) -> ppo_status {
    boundary!(risk_atr_update, [atr], |call| {
        let mut used = handle::exclusive(call, atr, "atr")?;
        let AtrValue { atr, reasons } = &mut *used;
        let assets = atr.values().len();
        let (high, low, close) = (
            slice::optional_input(call, high, high_len, assets, "high")?,
            slice::optional_input(call, low, low_len, assets, "low")?,
            slice::input(call, close, close_len, assets, "close")?,
        );
        reasons.clear();
        atr.update(high, low, close, reasons)?;
        Ok(PPO_OK)
    })
}

/// The averages after the last bar, in the unit of the prices.
///
/// \param atr         the averages
/// \param values      gets the average of each asset, NaN until `needed` bars were seen: [values_len]
/// \param values_len  N
/// \param seen        gets the number of bars seen; may be NULL
/// \param needed      gets the number of bars that the first average needs: one more than it averages; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_atr_values(
    atr: *mut risk_atr,
    values: *mut f64,
    values_len: usize,
    seen: *mut usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_atr_values, [atr], |call| {
        let used = handle::exclusive(call, atr, "atr")?;
        let known = used.atr.values();
        let counts = [
            (Output::optional(call, seen, "seen")?, used.atr.seen()),
            (Output::optional(call, needed, "needed")?, used.atr.needed()),
        ];
        let place = slice::output(call, values, values_len, known.len(), "values", &[])?;
        place.copy_from_slice(known);
        for (place, count) in counts {
            if let Some(place) = place {
                place.write(count);
            }
        }
        Ok(PPO_OK)
    })
}

/// Wilder's average true range over a whole table: row t is, bit for bit, what risk_atr_values gives after bar t.
///
/// \param high        highs: [rows, assets], row by row; NULL together with `low`: the true range is that of closes
/// \param high_len    rows * assets, or 0 with NULL
/// \param low         lows: [rows, assets]; NULL together with `high`
/// \param low_len     rows * assets, or 0 with NULL
/// \param close       closes, above 0, within low and high: [rows, assets]
/// \param close_len   rows * assets
/// \param rows        number of bars, T, at least 1
/// \param assets      number of assets, N
/// \param bars        true ranges that are averaged, at least 1; Wilder's are 14
/// \param values      gets the averages, NaN in the first `bars` rows: [rows, assets]
/// \param values_len  rows * assets
///
/// PPO_ERR_INVALID_ARGUMENT names the bar.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_average_true_range(
    high: *const f64,
    high_len: usize,
    low: *const f64,
    low_len: usize,
    close: *const f64,
    close_len: usize,
    rows: usize,
    assets: usize,
    bars: usize,
    values: *mut f64,
    values_len: usize,
) -> ppo_status {
    boundary!(risk_average_true_range, [], |call| {
        check_assets(assets)?;
        let Some(count) = rows.checked_mul(assets).filter(|count| *count > 0) else {
            return Err(Failure::invalid(
                "rows",
                rows,
                "a table of at least 1 row that fits memory",
            ));
        };
        let inputs = [
            Span::new(high, high_len, "high"),
            Span::new(low, low_len, "low"),
            Span::new(close, close_len, "close"),
        ];
        let (high, low, close, values) = (
            slice::optional_input(call, high, high_len, count, "high")?,
            slice::optional_input(call, low, low_len, count, "low")?,
            slice::input(call, close, close_len, count, "close")?,
            slice::output(call, values, values_len, count, "values", &inputs)?,
        );
        let optional = |table: Option<_>| table.map(|table| view(table, rows, assets)).transpose();
        let (high, low) = (optional(high)?, optional(low)?);
        let averages =
            average_true_range(high, low, view(close, rows, assets)?, bars).map_err(in_parameters)?;
        for (place, value) in values.iter_mut().zip(&averages) {
            *place = *value;
        }
        Ok(PPO_OK)
    })
}

/// The names that parts of the risk manager have for the averages' settings, as the parameters here.
fn in_parameters(error: Error) -> Error {
    error.called(&[("atr_bars", "bars"), ("state.", "state_json: ")])
}

fn view(table: &[f64], rows: usize, assets: usize) -> Outcome<ArrayView2<'_, f64>> {
    ArrayView2::from_shape((rows, assets), table)
        .map_err(|_| Failure::invalid("rows", rows, "as many as the table has"))
}
