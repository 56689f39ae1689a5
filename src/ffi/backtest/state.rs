//! Back-tests as JSON, for another process.

use crate::error::Error;
use crate::ffi::backtest::{Backtest, ppo_backtest};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::Output;
use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use std::ffi::c_char;

/// Copies out all that a back-test came to, as JSON for ppo_backtest_restore. Exact.
///
/// \param backtest  the back-test
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_state_json(
    backtest: *const ppo_backtest,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_backtest_state_json, [backtest], |call| {
        let backtest = handle::shared(call, backtest, "backtest")?;
        let json = document::to_json(backtest);
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Makes a back-test of the JSON of another one, with the same figures. The text may come from anywhere: it is checked
/// before it is believed.
///
/// \param state_json  what ppo_backtest_state_json wrote
/// \param backtest    gets the back-test, which is the caller's to free with ppo_backtest_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for what is no back-test's, with what cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_restore(
    state_json: *const c_char,
    backtest: *mut *mut ppo_backtest,
) -> ppo_status {
    boundary!(ppo_backtest_restore, [], |call| {
        let state = text::input(call, state_json, "state_json")?;
        let backtest = Output::new(call, backtest, "backtest")?;
        let read: Backtest = document::from_json(state, "state_json")?;
        validate(&read)?;
        backtest.write(handle::create(read));
        Ok(PPO_OK)
    })
}

fn validate(backtest: &Backtest) -> Outcome<()> {
    match backtest {
        Backtest::Plain(track) => track.validate()?,
        Backtest::Managed(managed) => managed.validate()?,
    }
    let columns = backtest.track().weights.ncols();
    if columns < 2 {
        let found = format!("{columns} a bar");
        return Err(Error::invalid("state_json: weights", found, "one of each asset, and of cash").into());
    }
    Ok(())
}
