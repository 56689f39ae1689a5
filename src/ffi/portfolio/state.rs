//! What a portfolio leaves behind for the next start of the program.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::text;
use crate::ffi::portfolio::{exclusive, ppo_portfolio};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use std::ffi::c_char;

/// Copies out all that bars and trades have left behind, as JSON, for a restart: account, history, last closes, what
/// was decided. The policy and the settings are not in it.
///
/// \param portfolio  the portfolio
/// \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity   bytes in `buffer`
/// \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_state_json(
    portfolio: *mut ppo_portfolio,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_portfolio_state_json, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let json = document::to_json(&portfolio.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Goes on from a saved state, bit for bit. The policy may be another one than the saved portfolio's, of the same state
/// and prior.
///
/// \param portfolio   the portfolio
/// \param state_json  what ppo_portfolio_state_json wrote
///
/// The text may come from anywhere: it is checked before it is believed, and on an error the portfolio is as it was.
/// PPO_ERR_INVALID_ARGUMENT for what is no state of a portfolio like this one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_restore(
    portfolio: *mut ppo_portfolio,
    state_json: *const c_char,
) -> ppo_status {
    boundary!(ppo_portfolio_restore, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let text = text::input(call, state_json, "state_json")?;
        portfolio
            .restore(document::from_json(text, "state_json")?)
            .map_err(|error| {
                error.called(&[
                    ("manager state: ", "state_json: "),
                    ("manager state", "state_json"),
                ])
            })?;
        Ok(PPO_OK)
    })
}

/// Copies out the settings, as JSON with every key. ppo_portfolio_new takes it back.
///
/// \param portfolio  the portfolio
/// \param buffer     room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity   bytes in `buffer`
/// \param needed     gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// Errors as ppo_portfolio_state_json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_config_json(
    portfolio: *mut ppo_portfolio,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_portfolio_config_json, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let json = serde_json::to_string(portfolio.config()).expect("settings are plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}
