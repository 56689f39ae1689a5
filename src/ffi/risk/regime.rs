//! Which regime the market is in, bar by bar.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::{json, text};
use crate::ffi::risk::arrays::{in_config, in_config_or_state};
use crate::ffi::risk::kelly::table;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document;
use crate::math::hmm::HmmOptions;
use crate::risk::reason::Reason;
use crate::risk::regime::{RegimeConfig, RegimeTracker};
use std::ffi::c_char;

/// Follows the probability of each regime of a hidden Markov model. It may be used from any thread, by one at a time.
pub struct risk_regime {
    _private: [u8; 0],
}

impl Kind for risk_regime {
    type Value = RegimeValue;
    const MAGIC: [u8; 8] = *b"pporegim";
    const NAME: &'static str = "regime";
}

/// The value behind a `risk_regime`.
pub(in crate::ffi) struct RegimeValue {
    tracker: RegimeTracker,
    /// Room for what an update says, so that it need not allocate.
    said: Vec<Reason>,
}

impl RegimeValue {
    fn create(tracker: RegimeTracker) -> *mut risk_regime {
        let said = Vec::with_capacity(1);
        handle::create(Self { tracker, said })
    }
}

/// Makes a tracker that has seen nothing: the probabilities are the model's initial ones.
///
/// \param config_json  {"model": {"initial": [K], "transition": [K, K], "means": [K, d], "covariances": [K, d, d]},
///                     "leverage": [K], "limits": [K], "scaling": "weighted"}, matrices as lists of rows, as
///                     risk_regime_config_json writes it: the `regime` of a risk manager's settings. All but `model`
///                     may be left out; `scaling` may be "most_likely"
/// \param regime       gets the tracker, which is the caller's to free with risk_regime_free
///
/// PPO_ERR_INVALID_ARGUMENT names the part of the model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_new(
    config_json: *const c_char,
    regime: *mut *mut risk_regime,
) -> ppo_status {
    boundary!(risk_regime_new, [], |call| {
        let regime = Output::new(call, regime, "regime")?;
        let made = RegimeTracker::new(config(call, config_json)?).map_err(in_config)?;
        regime.write(RegimeValue::create(made));
        Ok(PPO_OK)
    })
}

/// Fits the regimes to observations (Baum-Welch) and makes a tracker of them that has seen nothing. They are ordered
/// by total variance, calmest first; all factors are 1. The same seed gives the same model. It takes seconds where
/// there are many bars.
///
/// \param observations      one row a bar, oldest first: [bars, width]; commonly returns of the assets, or a market's
///                          return and volatility
/// \param observations_len  bars * width
/// \param bars              number of bars, at least regimes * (width + 1)
/// \param width             numbers a bar, d
/// \param regimes           number of regimes, K, at least 1
/// \param seed              of the starting points: any number
/// \param options_json      {"starts": 5, "max_iterations": 500, "tolerance": 1e-9, "prior_bars": 1.0}, which are the
///                          defaults: keys that are missing take them, unknown ones are refused, NULL is all of them
/// \param regime            gets the tracker, which is the caller's to free with risk_regime_free
///
/// PPO_ERR_INVALID_ARGUMENT for too few bars, a column that never changes or follows from others, and options out of
/// range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_fit(
    observations: *const f64,
    observations_len: usize,
    bars: usize,
    width: usize,
    regimes: usize,
    seed: u64,
    options_json: *const c_char,
    regime: *mut *mut risk_regime,
) -> ppo_status {
    boundary!(risk_regime_fit, [], |call| {
        let regime = Output::new(call, regime, "regime")?;
        let observations = table(call, observations, observations_len, bars, width, "observations")?;
        let options = match options_json.is_null() {
            true => HmmOptions::default(),
            false => {
                let text = text::input(call, options_json, "options_json")?;
                json::parse(text, "options_json", "an option")?
            }
        };
        let in_parameters = |error: Error| {
            error.called(&[
                ("data", "observations"),
                ("states", "regimes"),
                ("starts", "options_json: starts"),
            ])
        };
        let fitted = RegimeConfig::fit(observations, regimes, seed, &options).map_err(in_parameters)?;
        let made = RegimeTracker::new(fitted)?;
        regime.write(RegimeValue::create(made));
        Ok(PPO_OK)
    })
}

/// Makes a tracker that goes on, bit for bit, from what risk_regime_state_json saved.
///
/// \param config_json  as risk_regime_new; the model that the state was made with
/// \param state_json   the saved state
/// \param regime       gets the tracker, which is the caller's to free with risk_regime_free
///
/// PPO_ERR_INVALID_ARGUMENT names the part of the model or the state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_restore(
    config_json: *const c_char,
    state_json: *const c_char,
    regime: *mut *mut risk_regime,
) -> ppo_status {
    boundary!(risk_regime_restore, [], |call| {
        let regime = Output::new(call, regime, "regime")?;
        let config = config(call, config_json)?;
        let state = text::input(call, state_json, "state_json")?;
        let state = document::from_json(state, "state_json")?;
        let made = RegimeTracker::restore(config, state).map_err(in_config_or_state)?;
        regime.write(RegimeValue::create(made));
        Ok(PPO_OK)
    })
}

/// Frees a tracker. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_free(regime: *mut risk_regime) {
    boundary!(risk_regime_free, [], |_| {
        handle::free(regime)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a tracker, made by any thread, as ppo_last_error does.
///
/// \param regime    the tracker; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_last_error(
    regime: *const risk_regime,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_regime_last_error, [], |call| {
        handle::copy_message(call, regime, "regime", buffer, capacity, needed)
    })
}

/// Counts that a caller sizes its arrays by.
///
/// \param regime           the tracker
/// \param observation_len  gets d, the numbers of an observation; may be NULL
/// \param regimes          gets K, the number of regimes; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_counts(
    regime: *mut risk_regime,
    observation_len: *mut usize,
    regimes: *mut usize,
) -> ppo_status {
    boundary!(risk_regime_counts, [regime], |call| {
        let observation_len = Output::optional(call, observation_len, "observation_len")?;
        let regimes = Output::optional(call, regimes, "regimes")?;
        let used = handle::exclusive(call, regime, "regime")?;
        let width = used.tracker.config().model.means.ncols();
        for (place, count) in [(observation_len, width), (regimes, used.tracker.regimes())] {
            if let Some(place) = place {
                place.write(count);
            }
        }
        Ok(PPO_OK)
    })
}

/// Takes in one bar.
///
/// \param regime           the tracker; as it was where the call fails
/// \param observation      the bar's observation: [observation_len]; NULL where there is none: then only the passing of
///                         time counts
/// \param observation_len  d, or 0 with NULL
///
/// Allocates nothing and never waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_update(
    regime: *mut risk_regime,
    observation: *const f64,
    observation_len: usize,
) -> ppo_status {
    boundary!(risk_regime_update, [regime], |call| {
        let mut used = handle::exclusive(call, regime, "regime")?;
        let RegimeValue { tracker, said } = &mut *used;
        let width = tracker.config().model.means.ncols();
        let observation = match observation.is_null() && observation_len == 0 {
            true => None,
            false => Some(slice::input(
                call,
                observation,
                observation_len,
                width,
                "observation",
            )?),
        };
        said.clear();
        tracker.update(observation, said)?;
        Ok(PPO_OK)
    })
}

/// Probability of each regime after all bars so far.
///
/// \param regime             the tracker
/// \param probabilities      gets the probabilities, which sum to 1: [probabilities_len]
/// \param probabilities_len  K
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_probabilities(
    regime: *mut risk_regime,
    probabilities: *mut f64,
    probabilities_len: usize,
) -> ppo_status {
    boundary!(risk_regime_probabilities, [regime], |call| {
        let used = handle::exclusive(call, regime, "regime")?;
        let known = used.tracker.probabilities();
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

/// What the regimes make of leverage and limits now.
///
/// \param regime    the tracker
/// \param leverage  gets the factor of leverage, 0 or more; may be NULL
/// \param limits    gets the factor of the limits, in [0, 1]; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_factors(
    regime: *mut risk_regime,
    leverage: *mut f64,
    limits: *mut f64,
) -> ppo_status {
    boundary!(risk_regime_factors, [regime], |call| {
        let leverage = Output::optional(call, leverage, "leverage")?;
        let limits = Output::optional(call, limits, "limits")?;
        let used = handle::exclusive(call, regime, "regime")?;
        let factors = [used.tracker.leverage_factor(), used.tracker.limits_factor()];
        for (place, factor) in [leverage, limits].into_iter().zip(factors) {
            if let Some(place) = place {
                place.write(factor);
            }
        }
        Ok(PPO_OK)
    })
}

/// Writes the model and the factors as JSON, for risk_regime_new and the `regime` of a risk manager's settings.
///
/// \param regime    the tracker
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_config_json(
    regime: *mut risk_regime,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_regime_config_json, [regime], |call| {
        let used = handle::exclusive(call, regime, "regime")?;
        let json = serde_json::to_string(used.tracker.config()).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Writes all that the bars have left behind as JSON, for risk_regime_restore; numbers are exact.
///
/// \param regime    the tracker
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size of the text with its zero byte; may be NULL with a buffer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_regime_state_json(
    regime: *mut risk_regime,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_regime_state_json, [regime], |call| {
        let used = handle::exclusive(call, regime, "regime")?;
        let json = document::to_json(&used.tracker.state());
        text::copy(call, &json, buffer, capacity, needed)
    })
}

fn config(call: Call<'_>, pointer: *const c_char) -> Outcome<RegimeConfig> {
    let text = text::input(call, pointer, "config_json")?;
    json::parse(text, "config_json", "a setting")
}
