//! The risk manager's handle: made, saved, restored, and told of bars on which nothing is decided.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::text;
use crate::ffi::portfolio::bar::ppo_bar;
use crate::ffi::risk::arrays::{check_assets, config};
use crate::ffi::risk::bar::read_bar;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::risk::manager::RiskManager;
use std::ffi::c_char;

/// Decides once a bar: takes target weights and answers weights that every rule allows, with the reasons. It may be used from any thread, by one at a time.
pub struct risk_manager {
    _private: [u8; 0],
}

impl Kind for risk_manager {
    type Value = RiskManager;
    const MAGIC: [u8; 8] = *b"pporiskm";
    const NAME: &'static str = "manager";
}

/// Makes a risk manager that has seen nothing.
///
/// \param config_json  its settings, as risk_manager_config_json writes them; keys that are missing take their
///                     defaults, unknown ones are refused; NULL for the defaults
/// \param assets       number of assets, N
/// \param manager      gets the manager, which is the caller's to free with risk_manager_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_new(
    config_json: *const c_char,
    assets: usize,
    manager: *mut *mut risk_manager,
) -> ppo_status {
    boundary!(risk_manager_new, [], |call| {
        let manager = Output::new(call, manager, "manager")?;
        check_assets(assets)?;
        let config = config(call, config_json)?;
        let made = RiskManager::new(config, assets).map_err(in_settings)?;
        manager.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Makes a risk manager that goes on, bit for bit, from what risk_manager_state_json saved.
///
/// \param config_json  its settings: as risk_manager_new. They may differ from those of the state: a part that is
///                     switched on starts afresh, and what a part that is switched off had remembered is dropped
/// \param assets       number of assets, N: the state's
/// \param state_json   the saved state
/// \param manager      gets the manager, which is the caller's to free with risk_manager_free
///
/// PPO_ERR_INVALID_ARGUMENT names the setting or the part of the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_restore(
    config_json: *const c_char,
    assets: usize,
    state_json: *const c_char,
    manager: *mut *mut risk_manager,
) -> ppo_status {
    boundary!(risk_manager_restore, [], |call| {
        let manager = Output::new(call, manager, "manager")?;
        check_assets(assets)?;
        let config = config(call, config_json)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = RiskManager::restore(config, assets, state).map_err(in_settings)?;
        manager.write(handle::create(made));
        Ok(PPO_OK)
    })
}

/// Frees a risk manager. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_free(manager: *mut risk_manager) {
    boundary!(risk_manager_free, [], |_| {
        handle::free(manager)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a risk manager, made by any thread, as ppo_last_error does.
///
/// \param manager   the manager; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_last_error(
    manager: *const risk_manager,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_manager_last_error, [], |call| {
        handle::copy_message(call, manager, "manager", buffer, capacity, needed)
    })
}

/// Writes a risk manager's settings as JSON, every key with its value.
///
/// \param manager   the manager
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_config_json(
    manager: *mut risk_manager,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_manager_config_json, [manager], |call| {
        let used = handle::exclusive(call, manager, "manager")?;
        let json = serde_json::to_string(used.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Writes all that bars and decisions have left behind as JSON, for risk_manager_restore; numbers are exact.
///
/// \param manager   the manager
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_state_json(
    manager: *mut risk_manager,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_manager_state_json, [manager], |call| {
        let used = handle::exclusive(call, manager, "manager")?;
        let json = document::to_json(&used.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Counts that a caller sizes its arrays by.
///
/// \param manager          the manager
/// \param assets           gets N, the number of assets; may be NULL
/// \param observation_len  gets the length of an observation, 0 where there are no regimes; may be NULL
/// \param regimes          gets K, the number of regimes, 0 where there are none; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_counts(
    manager: *mut risk_manager,
    assets: *mut usize,
    observation_len: *mut usize,
    regimes: *mut usize,
) -> ppo_status {
    boundary!(risk_manager_counts, [manager], |call| {
        let assets = Output::optional(call, assets, "assets")?;
        let observation_len = Output::optional(call, observation_len, "observation_len")?;
        let regimes = Output::optional(call, regimes, "regimes")?;
        let used = handle::exclusive(call, manager, "manager")?;
        let counts = [
            (assets, used.assets()),
            (observation_len, used.observation_len()),
            (regimes, used.regimes().map_or(0, <[f64]>::len)),
        ];
        for (place, count) in counts {
            if let Some(place) = place {
                place.write(count);
            }
        }
        Ok(PPO_OK)
    })
}

/// Takes in a bar on which nothing is decided, so that ATR, volatility, tail risk and regimes know it.
///
/// \param manager  the manager; as it was where the call fails
/// \param bar      the bar that just ended
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_observe(manager: *mut risk_manager, bar: *const ppo_bar) -> ppo_status {
    boundary!(risk_manager_observe, [manager], |call| {
        let mut used = handle::exclusive(call, manager, "manager")?;
        let given = read_bar(call, bar, &used)?;
        used.observe(&given.bar)?;
        Ok(PPO_OK)
    })
}

/// Ends RISK_STATE_HALTED or RISK_STATE_REDUCING: the last equity becomes the peak.
///
/// \param manager  the manager
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_reset(manager: *mut risk_manager) -> ppo_status {
    boundary!(risk_manager_reset, [manager], |call| {
        handle::exclusive(call, manager, "manager")?.reset();
        Ok(PPO_OK)
    })
}

/// Lets a stopped asset be held again; nothing where it is not stopped.
///
/// \param manager  the manager
/// \param asset    the asset's number, from 0
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for no asset's number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_reset_stop(manager: *mut risk_manager, asset: usize) -> ppo_status {
    boundary!(risk_manager_reset_stop, [manager], |call| {
        handle::exclusive(call, manager, "manager")?.reset_stop(asset)?;
        Ok(PPO_OK)
    })
}

/// Probability of each regime after the last observation.
///
/// \param manager            the manager; its settings have regimes
/// \param probabilities      gets the probabilities: [K]
/// \param probabilities_len  K
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT where there are no regimes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manager_regimes(
    manager: *mut risk_manager,
    probabilities: *mut f64,
    probabilities_len: usize,
) -> ppo_status {
    boundary!(risk_manager_regimes, [manager], |call| {
        let used = handle::exclusive(call, manager, "manager")?;
        let known = used.regimes().ok_or_else(|| {
            Failure::invalid("manager", "without regimes", "one whose settings have regimes")
        })?;
        let place = slice::output(
            call,
            probabilities,
            probabilities_len,
            known.len(),
            "probabilities",
            &[],
        )?;
        place.copy_from_slice(known);
        Ok(PPO_OK)
    })
}

/// The names that the core has for settings and state, as those of the parameters here.
fn in_settings(error: Error) -> Error {
    in_settings_called(error, "config_json: ")
}

/// As [`in_settings`], where the settings came under another name.
pub(in crate::ffi) fn in_settings_called(error: Error, settings: &str) -> Error {
    let positions = format!("{settings}positions.");
    error.called(&[
        ("risk state", "state_json"),
        ("risk.position_size.", &positions),
        ("risk.", settings),
        ("position_size.", &positions),
        ("", settings),
    ])
}
