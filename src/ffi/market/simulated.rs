//! Markets that are drawn, and their parameters fitted to prices.

use crate::error::{Error, Result};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::slice::Output;
use crate::ffi::border::{json, text};
use crate::ffi::market::{MarketValue, Named, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::Time;
use crate::market::fit::{fit_gbm, fit_regimes};
use crate::market::prices::PriceTable;
use crate::market::simulate::SimulatedParameters;
use crate::math::hmm::HmmOptions;
use std::ffi::c_char;

/// Makes a market that is simulated without end, for training: every episode of every environment draws new returns,
/// from the environment's own stream.
///
/// \param parameters_json  the model: an object with `model` "gbm" or "regime_switching" and that model's parameters,
///                         as ppo_market_parameters_json writes it (docs/c_api.md has an example)
/// \param market           gets the market, which is the caller's to free with ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_simulated(
    parameters_json: *const c_char,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_simulated, [], |call| {
        let parameters = parse(call, parameters_json)?;
        let market = Output::new(call, market, "market")?;
        let value = MarketValue::endless(parameters).map_err(in_parameters)?;
        market.write(handle::create(value));
        Ok(PPO_OK)
    })
}

/// Makes a market of prices drawn once: the first closes are 100, from the midnight of the day of `first_time` on: on the
/// days that are not a Saturday or Sunday, or as far apart as the model's bars_per_year says where that is not about 252.
/// The same seed gives the same prices.
///
/// \param parameters_json  the model, as for ppo_market_simulated
/// \param bars             number of bars, 2 to what the calendar has days for (about 68 million from 1970 on)
/// \param first_time       nanoseconds since 1970-01-01 UTC
/// \param seed             any number
/// \param market           gets the market, with decisions at every bar; the caller's to free with ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the parameter that cannot be used, also where prices leave
/// the range of a number; PPO_ERR_OUT_OF_MEMORY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_simulate_prices(
    parameters_json: *const c_char,
    bars: usize,
    first_time: i64,
    seed: u64,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_simulate_prices, [], |call| {
        let parameters = parse(call, parameters_json)?;
        let market = Output::new(call, market, "market")?;
        let first_day = Time::from_nanoseconds(first_time).date();
        let prices = parameters.prices(bars, first_day, seed);
        let table = prices.map_err(|error| match &error {
            Error::Invalid { input, .. } if input.as_str() == "bars" => error,
            _ => in_parameters(error),
        })?;
        let named = Named {
            assets: true,
            columns: true,
            asset_columns: true,
        };
        market.write(handle::create(MarketValue::prices(table, named)));
        Ok(PPO_OK)
    })
}

/// Makes the geometric Brownian motion with the moments of a market's log returns, without end, at the market's bars a year,
/// with cash at the mean of the prices' rates. It sees the bars of the market's range (ppo_market_select) and no others.
///
/// \param market  prices, of at least N + 2 bars
/// \param fitted  gets the simulated market, which is the caller's to free with ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few bars and returns that are constant or combinations
/// of others'.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_fit_gbm(
    market: *const ppo_market,
    fitted: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_fit_gbm, [market], |call| {
        let fit = |prices: &PriceTable| Ok(SimulatedParameters::Gbm(fit_gbm(prices)?));
        fitted_to(call, market, fitted, fit)
    })
}

/// Makes the regime-switching market, without end, whose regimes are the states of a hidden Markov model of a market's
/// log returns, calmest first. It sees the bars of the market's range (ppo_market_select) and no others. Policies are
/// not shown the regime.
///
/// \param market   prices
/// \param regimes  number of regimes, at least 1
/// \param seed     of the starting points of the fit: any number
/// \param fitted   gets the simulated market, which is the caller's to free with ppo_market_free
///
/// Takes seconds where there are many bars and assets. PPO_ERR_INVALID_ARGUMENT for a simulation without end, too few
/// bars for that many regimes, returns that are constant or combinations of others', and regimes that the prices
/// never leave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_fit_regimes(
    market: *const ppo_market,
    regimes: usize,
    seed: u64,
    fitted: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_fit_regimes, [market], |call| {
        let fit = |prices: &PriceTable| {
            let options = HmmOptions::default();
            fit_regimes(prices, regimes, seed, &options).map(SimulatedParameters::RegimeSwitching)
        };
        fitted_to(call, market, fitted, fit)
    })
}

/// Copies out the parameters of a simulation without end as JSON; ppo_market_simulated takes them back.
///
/// \param market    a market of ppo_market_simulated or of a fit
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for prices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_parameters_json(
    market: *const ppo_market,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_parameters_json, [market], |call| {
        let MarketValue::Endless { parameters, .. } = handle::shared(call, market, "market")? else {
            return Err(Failure::invalid("market", "prices", "a simulation without end"));
        };
        let json = serde_json::to_string(&**parameters).expect("parameters are plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

fn parse(call: Call<'_>, parameters_json: *const c_char) -> Outcome<SimulatedParameters> {
    let text = text::input(call, parameters_json, "parameters_json")?;
    json::parse(text, "parameters_json", "parameters of a simulated market")
}

/// An error about the parameters of a simulation, which came as JSON.
fn in_parameters(error: Error) -> Error {
    error.within("parameters_json: ")
}

/// Writes the simulation that `fit` finds in the prices of a market's range.
fn fitted_to(
    call: Call<'_>,
    market: *const ppo_market,
    fitted: *mut *mut ppo_market,
    fit: impl FnOnce(&PriceTable) -> Result<SimulatedParameters>,
) -> Outcome<ppo_status> {
    let market = handle::shared(call, market, "market")?;
    let fitted = Output::new(call, fitted, "fitted")?;
    let fitted_to_range = fit(&market.table()?.slice(market.range()?)?);
    let parameters = fitted_to_range.map_err(|error| {
        error.called(&[
            ("price table", "market"),
            ("data", "market"),
            ("states", "regimes"),
        ])
    })?;
    let value = MarketValue::endless(parameters)?;
    fitted.write(handle::create(value));
    Ok(PPO_OK)
}
