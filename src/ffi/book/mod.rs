//! The whole chain of the order path in one handle: policy, portfolio and risk manager.

mod asked;
pub mod decide;
pub mod holdings;
pub mod orders;
pub mod to_trade;

use crate::error::Error;
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle::{self, Exclusive, Kind, Split};
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::{json, text};
use crate::ffi::portfolio::{in_config, read_config};
use crate::ffi::risk::manager::in_settings_called;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::{compact, document};
use crate::portfolio::{Book, Portfolio};
use crate::risk::manager::{RiskConfig, RiskManager};
use asked::Orders;
use std::ffi::c_char;

/// A policy at work on one portfolio, with a risk manager between its wish and the trade. At every close one call:
/// ppo_book_decide, or ppo_book_observe where nothing is to be decided. What the decision leaves is taken to be
/// traded at that same close, the sized positions where positions are sized, else the weights; ppo_book_record_trade
/// says what was traded instead. The hedge is an overlay that the portfolio does not hold.
///
/// A bar is taken in whole or not at all: after a call that failed, for whatever reason, the portfolio is as it was, and
/// the bar can be given again. Where bars have a time (`ppo_bar.time`), one that is no later than the last is refused.
pub struct ppo_book {
    _private: [u8; 0],
}

impl Kind for ppo_book {
    type Value = Split<Book, Orders>;
    const MAGIC: [u8; 8] = *b"ppomanag";
    const NAME: &'static str = "book";
}

/// Makes a book that has seen nothing, all in cash. It decides with the policy that the agent has now, as
/// ppo_portfolio_new does. The agent may be freed.
///
/// \param agent        the agent
/// \param config_json  the portfolio's settings, as for ppo_portfolio_new; NULL for the defaults
/// \param risk_json    the risk manager's, as for risk_manager_new, with `limits.min_cash` of 0 or more and no
///                     minimum weight below 0: this portfolio neither borrows nor sells short; NULL for the defaults
///                     with `min_cash` 0 and a leverage of at most 1
/// \param book         gets the book, which is the caller's to free with ppo_book_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_new(
    agent: *const ppo_agent,
    config_json: *const c_char,
    risk_json: *const c_char,
    book: *mut *mut ppo_book,
) -> ppo_status {
    boundary!(ppo_book_new, [agent], |call| {
        let (manager, risk) = read(call, agent, config_json, risk_json)?;
        let book = Output::new(call, book, "book")?;
        let assets = manager.account().weights().len();
        let made = RiskManager::new(risk, assets)
            .and_then(|risk| Book::new(manager, risk))
            .map_err(|error| in_settings_called(error, "risk_json: "))?;
        book.write(create(made));
        Ok(PPO_OK)
    })
}

/// Makes a book that goes on from a saved state, bit for bit: account, history, drawdown, stops, hedge,
/// regimes.
///
/// \param agent        the agent; of a policy with the same state and prior
/// \param config_json  as for ppo_book_new, with the same `history`
/// \param risk_json    as for ppo_book_new; other settings are fine as far as the state has a meaning in them
/// \param state_json   what ppo_book_state_json gave
/// \param book         gets the book, which is the caller's to free with ppo_book_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for a state that does not fit, with the part; otherwise as
/// ppo_book_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_restore(
    agent: *const ppo_agent,
    config_json: *const c_char,
    risk_json: *const c_char,
    state_json: *const c_char,
    book: *mut *mut ppo_book,
) -> ppo_status {
    boundary!(ppo_book_restore, [agent], |call| {
        let (manager, risk) = read(call, agent, config_json, risk_json)?;
        let state = text::input(call, state_json, "state_json")?;
        let book = Output::new(call, book, "book")?;
        let state = document::from_json(state, "state_json")?;
        let restored = Book::restore(manager, risk, state).map_err(|error| in_state(error, "state_json"))?;
        book.write(create(restored));
        Ok(PPO_OK)
    })
}

/// Copies out all that bars and decisions have left behind, as JSON; exact.
///
/// \param book      the book
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_state_json(
    book: *mut ppo_book,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_book_state_json, [book], |call| {
        let book = exclusive(call, book)?;
        let json = document::to_json(&book.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Copies out what ppo_book_state_json does as bytes, for ppo_book_restore_state: less than half as many, in a tenth of the
/// time, for saving at every bar. They have a format and a checksum, and are exact.
///
/// \param book      the book
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size, which takes as long as copying
/// \param capacity  bytes in `buffer`
/// \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not. It grows until
///                  the histories are full: about 8 bytes * N for each bar of `history`, and as many again where
///                  `limits.tail_bars` of the risk manager is the longer of the two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_save_state(
    book: *mut ppo_book,
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_book_save_state, [book], |call| {
        let book = exclusive(call, book)?;
        let bytes = compact::to_bytes(&book.state());
        text::copy_bytes(call, &bytes, buffer, capacity, needed)
    })
}

/// Makes a book that goes on from a state that was saved as bytes, bit for bit: as ppo_book_restore. The bytes may come from
/// anywhere: they are checked before they are believed.
///
/// \param agent        the agent; of a policy with the same state and prior
/// \param config_json  as for ppo_book_new, with the same `history`
/// \param risk_json    as for ppo_book_new; other settings are fine as far as the state has a meaning in them
/// \param state        what ppo_book_save_state wrote, of this version or an earlier one: [state_len]; not kept
/// \param state_len    number of bytes
/// \param book         gets the book, which is the caller's to free with ppo_book_free
///
/// PPO_ERR_INVALID_ARGUMENT for bytes that were cut or altered, of something else or of a newer version, and for a state
/// that does not fit, with the part; otherwise as ppo_book_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_restore_state(
    agent: *const ppo_agent,
    config_json: *const c_char,
    risk_json: *const c_char,
    state: *const u8,
    state_len: usize,
    book: *mut *mut ppo_book,
) -> ppo_status {
    boundary!(ppo_book_restore_state, [agent], |call| {
        let (manager, risk) = read(call, agent, config_json, risk_json)?;
        let state = slice::input(call, state, state_len, state_len, "state")?;
        let book = Output::new(call, book, "book")?;
        let state = compact::from_bytes(state, "state")?;
        let restored = Book::restore(manager, risk, state).map_err(|error| in_state(error, "state"))?;
        book.write(create(restored));
        Ok(PPO_OK)
    })
}

/// Frees a book. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_free(book: *mut ppo_book) {
    boundary!(ppo_book_free, [], |_| {
        handle::free(book)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a book, made by any thread, as ppo_last_error does.
///
/// \param book      the book; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_last_error(
    book: *const ppo_book,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_book_last_error, [], |call| {
        handle::copy_message(call, book, "book", buffer, capacity, needed)
    })
}

/// A handle of a book.
fn create(book: Book) -> *mut ppo_book {
    let orders = Orders::new(book.portfolio().policy().spec().clone());
    handle::create(Split::new(book, orders))
}

/// A book to itself, with what other threads have asked of it taken up.
fn exclusive<'a>(call: Call<'a>, book: *mut ppo_book) -> Outcome<Exclusive<'a, Book>> {
    let (mut book, orders) = handle::exclusive_part(call, book, "book")?;
    orders.take_up(&mut book)?;
    Ok(book)
}

/// The names that the core has for a saved state and for settings, as those of the parameters here; `state` is the state's.
fn in_state(error: Error, state: &str) -> Error {
    let places = STATES.map(|(core, place)| (core, format!("{state}{place}")));
    let names = places.each_ref().map(|(core, place)| (*core, place.as_str()));
    match &error {
        Error::Invalid { input, .. } if names.iter().any(|(core, _)| input.starts_with(core)) => {
            error.called(&names)
        }
        _ => in_settings_called(error, "risk_json: "),
    }
}

/// What the core calls the parts of a saved state, and where they lie in it.
const STATES: [(&str, &str); 4] = [
    ("book state", ""),
    ("manager state: ", ": manager."),
    ("manager state", ": manager"),
    ("risk state: ", ": risk."),
];

/// The two halves of a book.
fn read(
    call: Call<'_>,
    agent: *const ppo_agent,
    config_json: *const c_char,
    risk_json: *const c_char,
) -> Outcome<(Portfolio, RiskConfig)> {
    let agent = handle::shared(call, agent, "agent")?;
    let policy = agent.snapshot();
    let config = read_config(call, config_json)?;
    let risk = match risk_json.is_null() {
        true => crate::portfolio::report_risk(policy.spec()),
        false => {
            let risk = text::input(call, risk_json, "risk_json")?;
            json::parse(risk, "risk_json", "a risk manager's settings")?
        }
    };
    let manager = Portfolio::new(policy, config).map_err(in_config)?;
    Ok((manager, risk))
}
