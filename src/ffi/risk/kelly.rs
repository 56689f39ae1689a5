//! Growth-optimal sizes: of one bet, of one asset, of a portfolio.

use crate::error::Count;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::arrays::{config, in_config};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::BarsPerYear;
use crate::risk::kelly::{self, KellyConfig};
use ndarray::ArrayView2;
use std::ffi::c_char;
use std::ptr;

/// Kelly weights from a history, what they rest on, and how far they can be trusted. Fill it with
/// risk_kelly_estimate_init, and set the arrays that risk_kelly_from_returns is to write to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_kelly_estimate {
    /// Size of the caller's struct in bytes; risk_kelly_estimate_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Place for the weights under the caps, the fraction applied: [weights_len]. Cash is the rest. Not NULL.
    pub weights: *mut f64,
    /// N.
    pub weights_len: usize,
    /// Place for the standard errors of `weights`, 0 where a cap or 0 holds: [standard_errors_len]; may be NULL.
    pub standard_errors: *mut f64,
    /// N, or 0 with NULL.
    pub standard_errors_len: usize,
    /// Place for the weights without any cap, the fraction applied: [unconstrained_len]; may be NULL.
    pub unconstrained: *mut f64,
    /// N, or 0 with NULL.
    pub unconstrained_len: usize,
    /// Place for the standard errors of `unconstrained`: [unconstrained_standard_errors_len]; may be NULL.
    pub unconstrained_standard_errors: *mut f64,
    /// N, or 0 with NULL.
    pub unconstrained_standard_errors_len: usize,
    /// Place for the expected returns above cash per bar, shrunk by Bayes-Stein: [excess_len]; may be NULL.
    pub excess: *mut f64,
    /// N, or 0 with NULL.
    pub excess_len: usize,
    /// Shrinkage of the means, in (0, 1]: 1 where the history says nothing about their differences.
    pub mean_shrinkage: f64,
    /// Shrinkage of the covariance (Ledoit-Wolf), in [0, 1].
    pub covariance_shrinkage: f64,
}

versioned!(
    risk_kelly_estimate,
    [104],
    risk_kelly_estimate {
        struct_size: 104,
        reserved: 0,
        weights: ptr::null_mut(),
        weights_len: 0,
        standard_errors: ptr::null_mut(),
        standard_errors_len: 0,
        unconstrained: ptr::null_mut(),
        unconstrained_len: 0,
        unconstrained_standard_errors: ptr::null_mut(),
        unconstrained_standard_errors_len: 0,
        excess: ptr::null_mut(),
        excess_len: 0,
        mean_shrinkage: f64::NAN,
        covariance_shrinkage: f64::NAN,
    }
);

/// Fills an estimate with the defaults: no arrays.
///
/// \param estimate  the struct to fill
/// \param size      `sizeof(risk_kelly_estimate)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_estimate_init(
    estimate: *mut risk_kelly_estimate,
    size: usize,
) -> ppo_status {
    boundary!(risk_kelly_estimate_init, [], |call| {
        versioned::init(call, estimate, size, "estimate")?;
        Ok(PPO_OK)
    })
}

/// Full Kelly of one bet: the part of wealth to stake, probability/loss - (1 - probability)/gain.
///
/// \param probability  of the gain, in [0, 1]
/// \param gain         what is gained then, as a part of the stake, above 0
/// \param loss         what is lost otherwise, as a part of the stake, above 0
/// \param stake        gets the part of wealth: negative where the bet is to be refused, above 1 where it is worth
///                     borrowing for
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_binary(
    probability: f64,
    gain: f64,
    loss: f64,
    stake: *mut f64,
) -> ppo_status {
    boundary!(risk_kelly_binary, [], |call| {
        let stake = Output::new(call, stake, "stake")?;
        let full = kelly::binary(probability, gain, loss)?;
        stake.write(full);
        Ok(PPO_OK)
    })
}

/// Full Kelly of one asset: excess/variance.
///
/// \param excess    mean return above cash over a short period
/// \param variance  variance of the return over the same period, above 0
/// \param weight    gets the part of wealth: negative is short, above 1 is borrowing
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_continuous(excess: f64, variance: f64, weight: *mut f64) -> ppo_status {
    boundary!(risk_kelly_continuous, [], |call| {
        let weight = Output::new(call, weight, "weight")?;
        let full = kelly::continuous(excess, variance)?;
        weight.write(full);
        Ok(PPO_OK)
    })
}

/// Weights that grow a portfolio fastest under caps: they maximise excess'w - w'Sw/(2 fraction), S the covariance.
///
/// \param config_json     {"fraction": 0.5, "max_weights": [], "min_weights": [], "max_gross": 1.0, "cash_rate": 0.0},
///                        which are the defaults: keys that are missing take them, unknown ones are refused, NULL is
///                        all of them. Empty caps are `max_gross` and 0 in each asset; the cash rate is not used here
/// \param excess          expected returns above cash over a period: [excess_len]
/// \param excess_len      number of assets, N
/// \param covariance      their covariance over the same period: [N, N]
/// \param covariance_len  N * N
/// \param weights         gets the weights, cash is the rest: [weights_len]
/// \param weights_len     N
///
/// PPO_ERR_INVALID_ARGUMENT names the setting, or says that the covariance is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_weights(
    config_json: *const c_char,
    excess: *const f64,
    excess_len: usize,
    covariance: *const f64,
    covariance_len: usize,
    weights: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(risk_kelly_weights, [], |call| {
        let spans = [
            Span::new(excess, excess_len, "excess"),
            Span::new(covariance, covariance_len, "covariance"),
        ];
        let excess = slice::input(call, excess, excess_len, excess_len, "excess")?;
        let table = table(
            call,
            covariance,
            covariance_len,
            excess_len,
            excess_len,
            "covariance",
        )?;
        let place = slice::output(call, weights, weights_len, excess_len, "weights", &spans)?;
        let config: KellyConfig = config(call, config_json)?;
        place.copy_from_slice(&config.weights(excess, table).map_err(in_config)?);
        Ok(PPO_OK)
    })
}

/// Full Kelly of a portfolio without any cap: the inverse of the covariance times the excess.
///
/// \param excess          expected returns above cash over a short period: [excess_len]
/// \param excess_len      number of assets, N
/// \param covariance      their covariance over the same period: [N, N]
/// \param covariance_len  N * N
/// \param weights         gets the weights, of either sign and any size: [weights_len]
/// \param weights_len     N
///
/// PPO_ERR_INVALID_ARGUMENT where the covariance is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_unconstrained(
    excess: *const f64,
    excess_len: usize,
    covariance: *const f64,
    covariance_len: usize,
    weights: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(risk_kelly_unconstrained, [], |call| {
        let spans = [
            Span::new(excess, excess_len, "excess"),
            Span::new(covariance, covariance_len, "covariance"),
        ];
        let excess = slice::input(call, excess, excess_len, excess_len, "excess")?;
        let table = table(
            call,
            covariance,
            covariance_len,
            excess_len,
            excess_len,
            "covariance",
        )?;
        let place = slice::output(call, weights, weights_len, excess_len, "weights", &spans)?;
        place.copy_from_slice(&kelly::unconstrained(excess, table)?);
        Ok(PPO_OK)
    })
}

/// Kelly weights from a history of returns, with standard errors: means shrunk by Bayes-Stein, covariance by
/// Ledoit-Wolf, less the cash rate.
///
/// \param config_json  as in risk_kelly_weights; `cash_rate` is annual
/// \param returns      simple returns, one row a bar, oldest first: [bars, assets]
/// \param returns_len  bars * assets
/// \param bars         number of bars, at least 2
/// \param assets       number of assets, N
/// \param bars_per_year  bars a year, above 0, by which the cash rate is spread: 252 for an exchange's days
/// \param estimate     gets the estimate, in arrays of its own; untouched where the call fails
///
/// PPO_ERR_INVALID_ARGUMENT names the setting, or says what is wrong with the returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_kelly_from_returns(
    config_json: *const c_char,
    returns: *const f64,
    returns_len: usize,
    bars: usize,
    assets: usize,
    bars_per_year: f64,
    estimate: *mut risk_kelly_estimate,
) -> ppo_status {
    boundary!(risk_kelly_from_returns, [], |call| {
        let given = Span::new(returns, returns_len, "returns");
        let returns = table(call, returns, returns_len, bars, assets, "returns")?;
        let bars_per_year = BarsPerYear::new("bars_per_year", bars_per_year)?;
        let mut hosts = versioned::read_required(call, estimate, "estimate")?;
        let place = OutputStruct::new(call, estimate, "estimate")?;
        let places = places(call, &hosts, assets, given, Span::new(estimate, 1, "estimate"))?;
        let found = config::<KellyConfig>(call, config_json)?
            .estimate(returns, bars_per_year)
            .map_err(in_config)?;
        let values = [
            &found.weights,
            &found.standard_errors,
            &found.unconstrained,
            &found.unconstrained_standard_errors,
            &found.excess,
        ];
        for (place, values) in places.into_iter().zip(values) {
            place.copy_from_slice(&values[..place.len()]);
        }
        hosts.mean_shrinkage = found.mean_shrinkage;
        hosts.covariance_shrinkage = found.covariance_shrinkage;
        place.write(&hosts);
        Ok(PPO_OK)
    })
}

/// A table of the host, row after row.
pub(in crate::ffi) fn table<'a>(
    call: Call<'a>,
    pointer: *const f64,
    len: usize,
    rows: usize,
    columns: usize,
    name: &str,
) -> Outcome<ArrayView2<'a, f64>> {
    let values = slice::input(call, pointer, len, rows.saturating_mul(columns), name)?;
    ArrayView2::from_shape((rows, columns), values).map_err(|_| {
        let expected = format!("{rows} rows of {columns}");
        Failure::invalid(name, Count(len, "values"), expected)
    })
}

/// Where the arrays of an estimate go, in the order of its fields; empty where the host does not want one.
fn places<'a>(
    call: Call<'a>,
    hosts: &risk_kelly_estimate,
    assets: usize,
    returns: Span,
    itself: Span,
) -> Outcome<[&'a mut [f64]; 5]> {
    let errors = hosts.unconstrained_standard_errors;
    let errors_len = hosts.unconstrained_standard_errors_len;
    let given = [
        (hosts.weights, hosts.weights_len, "estimate.weights"),
        (
            hosts.standard_errors,
            hosts.standard_errors_len,
            "estimate.standard_errors",
        ),
        (
            hosts.unconstrained,
            hosts.unconstrained_len,
            "estimate.unconstrained",
        ),
        (errors, errors_len, "estimate.unconstrained_standard_errors"),
        (hosts.excess, hosts.excess_len, "estimate.excess"),
    ];
    let mut places: [&'a mut [f64]; 5] = Default::default();
    let mut taken = [returns, itself, itself, itself, itself, itself];
    for (i, (pointer, len, name)) in given.into_iter().enumerate() {
        let wanted = i == 0 || !pointer.is_null() || len > 0;
        if wanted {
            places[i] = slice::output(call, pointer, len, assets, name, &taken)?;
            taken[i + 1] = Span::new(pointer, len, name);
        }
    }
    Ok(places)
}
