//! Tail risk of weights over scenarios, and the covariance of returns.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::kelly::table;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::math::covariance::ledoit_wolf;
use crate::risk::tail::TailRisk;

/// Tail measures of a portfolio over one bar: positive losses, fractions of equity. Fill it with risk_tail_risk_init.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_tail_risk {
    /// Size of the caller's struct in bytes; risk_tail_risk_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Mean return.
    pub mean: f64,
    /// Standard deviation of the return.
    pub deviation: f64,
    /// Loss that 1 - level of the scenarios exceed.
    pub historical_value_at_risk: f64,
    /// Mean loss of the worst 1 - level of the scenarios.
    pub historical_conditional_value_at_risk: f64,
    /// The same two, of a normal distribution with this mean and deviation.
    pub gaussian_value_at_risk: f64,
    /// Its conditional value at risk.
    pub gaussian_conditional_value_at_risk: f64,
}

versioned!(
    risk_tail_risk,
    [56],
    risk_tail_risk {
        struct_size: 56,
        reserved: 0,
        mean: f64::NAN,
        deviation: f64::NAN,
        historical_value_at_risk: f64::NAN,
        historical_conditional_value_at_risk: f64::NAN,
        gaussian_value_at_risk: f64::NAN,
        gaussian_conditional_value_at_risk: f64::NAN,
    }
);

/// Fills tail measures with NaN.
///
/// \param tail  the struct to fill
/// \param size  `sizeof(risk_tail_risk)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_tail_risk_init(tail: *mut risk_tail_risk, size: usize) -> ppo_status {
    boundary!(risk_tail_risk_init, [], |call| {
        versioned::init(call, tail, size, "tail")?;
        Ok(PPO_OK)
    })
}

/// Value at risk and conditional value at risk of weights over scenarios.
///
/// \param scenarios      simple returns of the assets, one row a scenario: [bars, N]
/// \param scenarios_len  bars * N
/// \param bars           number of scenarios, at least 2
/// \param weights        the weights; cash, the rest, earns 0: [weights_len]
/// \param weights_len    number of assets, N
/// \param level          confidence, above 0 and below 1: 0.95 looks at the worst 5 %
/// \param tail           gets the measures
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_tail_risk_compute(
    scenarios: *const f64,
    scenarios_len: usize,
    bars: usize,
    weights: *const f64,
    weights_len: usize,
    level: f64,
    tail: *mut risk_tail_risk,
) -> ppo_status {
    boundary!(risk_tail_risk_compute, [], |call| {
        let place = OutputStruct::new(call, tail, "tail")?;
        let weights = slice::input(call, weights, weights_len, weights_len, "weights")?;
        let scenarios = table(call, scenarios, scenarios_len, bars, weights_len, "scenarios")?;
        let found = TailRisk::of_weights(scenarios, weights, level)?;
        let written = risk_tail_risk {
            struct_size: 0,
            reserved: 0,
            mean: found.mean,
            deviation: found.deviation,
            historical_value_at_risk: found.historical_value_at_risk,
            historical_conditional_value_at_risk: found.historical_conditional_value_at_risk,
            gaussian_value_at_risk: found.gaussian_value_at_risk,
            gaussian_conditional_value_at_risk: found.gaussian_conditional_value_at_risk,
        };
        place.write(&written);
        Ok(PPO_OK)
    })
}

/// Covariance of returns, shrunk towards a multiple of the identity (Ledoit and Wolf 2004).
///
/// \param returns         simple returns, one row a bar: [bars, assets]
/// \param returns_len     bars * assets
/// \param bars            number of bars, at least 2
/// \param assets          number of assets, N
/// \param covariance      gets the covariance of a bar, symmetric to the last bit: [N, N]
/// \param covariance_len  N * N
/// \param shrinkage       gets how far it was shrunk, in [0, 1]; may be NULL
///
/// PPO_ERR_INVALID_ARGUMENT for too few bars.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_covariance(
    returns: *const f64,
    returns_len: usize,
    bars: usize,
    assets: usize,
    covariance: *mut f64,
    covariance_len: usize,
    shrinkage: *mut f64,
) -> ppo_status {
    boundary!(risk_covariance, [], |call| {
        let shrinkage = Output::optional(call, shrinkage, "shrinkage")?;
        let given = Span::new(returns, returns_len, "returns");
        let returns = table(call, returns, returns_len, bars, assets, "returns")?;
        let expected = assets.saturating_mul(assets);
        let place = slice::output(call, covariance, covariance_len, expected, "covariance", &[given])?;
        let found = ledoit_wolf(returns)?;
        for (place, value) in place.iter_mut().zip(&found.covariance) {
            *place = *value;
        }
        if let Some(place) = shrinkage {
            place.write(found.shrinkage);
        }
        Ok(PPO_OK)
    })
}
