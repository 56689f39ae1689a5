//! Why a decision is what it is.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::{slice, text};
use crate::ffi::status::ppo_status;
use crate::risk::reason::{Reason, ReasonCode};
use std::ffi::{CStr, c_char};

/// A reason's index where it is about the portfolio and no single asset or sector.
pub const RISK_NO_INDEX: u32 = 4_294_967_295;

/// The target is below an asset's minimum weight. Index: asset. Weights.
pub const RISK_REASON_ASSET_MINIMUM: u32 = 1;
/// The target is above an asset's maximum weight. Index: asset. Weights.
pub const RISK_REASON_ASSET_MAXIMUM: u32 = 2;
/// The sum of abs(weights), leverage, is above its maximum.
pub const RISK_REASON_GROSS_EXPOSURE: u32 = 3;
/// The sum of weights is below its minimum.
pub const RISK_REASON_NET_MINIMUM: u32 = 4;
/// The sum of weights is above its maximum.
pub const RISK_REASON_NET_MAXIMUM: u32 = 5;
/// A sector's sum of weights is below its minimum. Index: sector.
pub const RISK_REASON_SECTOR_MINIMUM: u32 = 6;
/// A sector's sum of weights is above its maximum. Index: sector.
pub const RISK_REASON_SECTOR_MAXIMUM: u32 = 7;
/// Cash, 1 - sum of weights, is below its floor.
pub const RISK_REASON_CASH_FLOOR: u32 = 8;
/// The one-way turnover to the target is above its maximum.
pub const RISK_REASON_TURNOVER: u32 = 9;
/// The other limits cannot be met within the turnover allowed: they win, and this much is traded.
pub const RISK_REASON_TURNOVER_EXCEEDED: u32 = 10;
/// Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity.
pub const RISK_REASON_HISTORICAL_VALUE_AT_RISK: u32 = 11;
/// Gaussian value at risk of one bar is above its maximum.
pub const RISK_REASON_GAUSSIAN_VALUE_AT_RISK: u32 = 12;
/// Historical conditional value at risk of one bar is above its maximum.
pub const RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK: u32 = 13;
/// Gaussian conditional value at risk of one bar is above its maximum.
pub const RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK: u32 = 14;
/// Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
pub const RISK_REASON_TAIL_RISK_EXCEEDED: u32 = 15;
/// A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
pub const RISK_REASON_MINIMUM_RELAXED: u32 = 16;
/// The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
pub const RISK_REASON_TRADE_BAND: u32 = 17;
/// Drawdown has reached the threshold from which no exposure may grow.
pub const RISK_REASON_DRAWDOWN_REDUCE: u32 = 30;
/// Drawdown has reached the stop: to cash until reset.
pub const RISK_REASON_DRAWDOWN_STOP: u32 = 31;
/// No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
pub const RISK_REASON_REDUCING: u32 = 32;
/// Everything to cash: the state is HALTED. Found: drawdown.
pub const RISK_REASON_HALTED: u32 = 33;
/// An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
pub const RISK_REASON_ASSET_STOP: u32 = 34;
/// An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-entry.
pub const RISK_REASON_ASSET_STOPPED: u32 = 35;
/// The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
pub const RISK_REASON_EXPOSURE_BOUND: u32 = 36;
/// An operator has halted the book: the target is what is held, and no exposure may grow.
pub const RISK_REASON_OPERATOR_HALT: u32 = 37;
/// An operator has the book flattened: everything to cash.
pub const RISK_REASON_OPERATOR_FLATTEN: u32 = 38;
/// An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits would leave.
pub const RISK_REASON_ASSET_HALTED: u32 = 39;
/// The bar left less than the least value beside the gross exposure, and positions were scaled back at its close, before
/// the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
pub const RISK_REASON_MARGIN_CALL: u32 = 40;
/// An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits
/// would leave.
pub const RISK_REASON_ASSET_PINNED: u32 = 41;
/// Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
pub const RISK_REASON_VOLATILITY_TARGET: u32 = 50;
/// Volatility targeting asked for more than the maximum leverage.
pub const RISK_REASON_LEVERAGE_MAXIMUM: u32 = 51;
/// Volatility targeting asked for less than the minimum leverage.
pub const RISK_REASON_LEVERAGE_MINIMUM: u32 = 52;
/// Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
pub const RISK_REASON_LEVERAGE_DRAWDOWN: u32 = 53;
/// Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
pub const RISK_REASON_LEVERAGE_TREND: u32 = 54;
/// Leverage was scaled by the regime. Found: leverage before; allowed: after.
pub const RISK_REASON_LEVERAGE_REGIME: u32 = 55;
/// Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
pub const RISK_REASON_LIMITS_REGIME: u32 = 56;
/// The hedge was opened. Found: drawdown; allowed: the threshold.
pub const RISK_REASON_HEDGE_OPENED: u32 = 70;
/// The hedge is kept. Found: drawdown; allowed: where it ends.
pub const RISK_REASON_HEDGE_KEPT: u32 = 71;
/// The hedge was closed. Found: drawdown; allowed: where it ends.
pub const RISK_REASON_HEDGE_CLOSED: u32 = 72;
/// The ATR size is below the target's. Index: asset. Units.
pub const RISK_REASON_POSITION_RISK: u32 = 80;
/// The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
pub const RISK_REASON_OPEN_RISK: u32 = 81;
/// A position is above the hard maximum. Index: asset. Units.
pub const RISK_REASON_POSITION_MAXIMUM: u32 = 82;
/// A position is below the smallest tradable one and was dropped. Index: asset. Units.
pub const RISK_REASON_POSITION_MINIMUM: u32 = 83;
/// Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
pub const RISK_REASON_SKIPPED_LEVERAGE: u32 = 100;
/// Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
pub const RISK_REASON_SKIPPED_TAIL_RISK: u32 = 101;
/// Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
pub const RISK_REASON_SKIPPED_POSITION_SIZE: u32 = 102;
/// The true range is that of closes alone: no high and low were given.
pub const RISK_REASON_CLOSE_ONLY_TRUE_RANGE: u32 = 103;
/// Not looked at: the regime, for want of an observation. Found: bars seen.
pub const RISK_REASON_SKIPPED_REGIME: u32 = 104;
/// Not looked at: trend, which was not given.
pub const RISK_REASON_SKIPPED_TREND: u32 = 105;
/// Betas were not given: every asset counts as 1 in the hedge.
pub const RISK_REASON_HEDGE_WITHOUT_BETAS: u32 = 106;
/// Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its forecast
/// volatility, 0.
pub const RISK_REASON_FLAT_TARGET: u32 = 107;
/// Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found: bars seen.
pub const RISK_REASON_FLAT_PRICE: u32 = 108;

/// Every code with its name.
pub const REASONS: &[(u32, &CStr)] = &[
    (RISK_REASON_ASSET_MINIMUM, c"ASSET_MINIMUM"),
    (RISK_REASON_ASSET_MAXIMUM, c"ASSET_MAXIMUM"),
    (RISK_REASON_GROSS_EXPOSURE, c"GROSS_EXPOSURE"),
    (RISK_REASON_NET_MINIMUM, c"NET_MINIMUM"),
    (RISK_REASON_NET_MAXIMUM, c"NET_MAXIMUM"),
    (RISK_REASON_SECTOR_MINIMUM, c"SECTOR_MINIMUM"),
    (RISK_REASON_SECTOR_MAXIMUM, c"SECTOR_MAXIMUM"),
    (RISK_REASON_CASH_FLOOR, c"CASH_FLOOR"),
    (RISK_REASON_TURNOVER, c"TURNOVER"),
    (RISK_REASON_TURNOVER_EXCEEDED, c"TURNOVER_EXCEEDED"),
    (RISK_REASON_HISTORICAL_VALUE_AT_RISK, c"HISTORICAL_VALUE_AT_RISK"),
    (RISK_REASON_GAUSSIAN_VALUE_AT_RISK, c"GAUSSIAN_VALUE_AT_RISK"),
    (
        RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK,
        c"HISTORICAL_CONDITIONAL_VALUE_AT_RISK",
    ),
    (
        RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK,
        c"GAUSSIAN_CONDITIONAL_VALUE_AT_RISK",
    ),
    (RISK_REASON_TAIL_RISK_EXCEEDED, c"TAIL_RISK_EXCEEDED"),
    (RISK_REASON_MINIMUM_RELAXED, c"MINIMUM_RELAXED"),
    (RISK_REASON_TRADE_BAND, c"TRADE_BAND"),
    (RISK_REASON_DRAWDOWN_REDUCE, c"DRAWDOWN_REDUCE"),
    (RISK_REASON_DRAWDOWN_STOP, c"DRAWDOWN_STOP"),
    (RISK_REASON_REDUCING, c"REDUCING"),
    (RISK_REASON_HALTED, c"HALTED"),
    (RISK_REASON_ASSET_STOP, c"ASSET_STOP"),
    (RISK_REASON_ASSET_STOPPED, c"ASSET_STOPPED"),
    (RISK_REASON_EXPOSURE_BOUND, c"EXPOSURE_BOUND"),
    (RISK_REASON_OPERATOR_HALT, c"OPERATOR_HALT"),
    (RISK_REASON_OPERATOR_FLATTEN, c"OPERATOR_FLATTEN"),
    (RISK_REASON_ASSET_HALTED, c"ASSET_HALTED"),
    (RISK_REASON_MARGIN_CALL, c"MARGIN_CALL"),
    (RISK_REASON_ASSET_PINNED, c"ASSET_PINNED"),
    (RISK_REASON_VOLATILITY_TARGET, c"VOLATILITY_TARGET"),
    (RISK_REASON_LEVERAGE_MAXIMUM, c"LEVERAGE_MAXIMUM"),
    (RISK_REASON_LEVERAGE_MINIMUM, c"LEVERAGE_MINIMUM"),
    (RISK_REASON_LEVERAGE_DRAWDOWN, c"LEVERAGE_DRAWDOWN"),
    (RISK_REASON_LEVERAGE_TREND, c"LEVERAGE_TREND"),
    (RISK_REASON_LEVERAGE_REGIME, c"LEVERAGE_REGIME"),
    (RISK_REASON_LIMITS_REGIME, c"LIMITS_REGIME"),
    (RISK_REASON_HEDGE_OPENED, c"HEDGE_OPENED"),
    (RISK_REASON_HEDGE_KEPT, c"HEDGE_KEPT"),
    (RISK_REASON_HEDGE_CLOSED, c"HEDGE_CLOSED"),
    (RISK_REASON_POSITION_RISK, c"POSITION_RISK"),
    (RISK_REASON_OPEN_RISK, c"OPEN_RISK"),
    (RISK_REASON_POSITION_MAXIMUM, c"POSITION_MAXIMUM"),
    (RISK_REASON_POSITION_MINIMUM, c"POSITION_MINIMUM"),
    (RISK_REASON_SKIPPED_LEVERAGE, c"SKIPPED_LEVERAGE"),
    (RISK_REASON_SKIPPED_TAIL_RISK, c"SKIPPED_TAIL_RISK"),
    (RISK_REASON_SKIPPED_POSITION_SIZE, c"SKIPPED_POSITION_SIZE"),
    (RISK_REASON_CLOSE_ONLY_TRUE_RANGE, c"CLOSE_ONLY_TRUE_RANGE"),
    (RISK_REASON_SKIPPED_REGIME, c"SKIPPED_REGIME"),
    (RISK_REASON_SKIPPED_TREND, c"SKIPPED_TREND"),
    (RISK_REASON_HEDGE_WITHOUT_BETAS, c"HEDGE_WITHOUT_BETAS"),
    (RISK_REASON_FLAT_TARGET, c"FLAT_TARGET"),
    (RISK_REASON_FLAT_PRICE, c"FLAT_PRICE"),
];

/// One thing that shaped a decision, or that was not looked at (codes from 100 on).
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct risk_reason {
    /// A RISK_REASON_ number.
    pub code: u32,
    /// The asset or sector that it is about, from 0; RISK_NO_INDEX where it is about the portfolio.
    pub index: u32,
    /// The number found, in the unit of the code; NaN where there is none.
    pub found: f64,
    /// The number allowed or aimed at, in the same unit; NaN where there is none.
    pub allowed: f64,
}

impl risk_reason {
    fn of(reason: &Reason) -> Self {
        Self {
            code: reason.code as u32,
            index: reason.index.map_or(RISK_NO_INDEX, |index| {
                u32::try_from(index).unwrap_or(RISK_NO_INDEX)
            }),
            found: reason.found,
            allowed: reason.allowed,
        }
    }

    fn to_reason(self) -> Outcome<Reason> {
        let code = ReasonCode::ALL.iter().find(|code| **code as u32 == self.code);
        let code =
            *code.ok_or_else(|| Failure::invalid("reason.code", self.code, "a RISK_REASON_ number"))?;
        Ok(Reason {
            code,
            index: (self.index != RISK_NO_INDEX).then_some(self.index as usize),
            found: self.found,
            allowed: self.allowed,
        })
    }
}

/// Writes as many as there is room for.
pub(super) fn write(places: &mut [risk_reason], reasons: &[Reason]) {
    for (place, reason) in places.iter_mut().zip(reasons) {
        *place = risk_reason::of(reason);
    }
}

/// The name of a reason's code, as in JSON: "DRAWDOWN_STOP" for RISK_REASON_DRAWDOWN_STOP, "UNKNOWN" for a number that
/// is no code's.
///
/// \param code  a RISK_REASON_ number
///
/// Cannot fail. The text is the library's and stays.
#[unsafe(no_mangle)]
pub extern "C" fn risk_reason_name(code: u32) -> *const c_char {
    let known = REASONS.iter().find(|(number, _)| *number == code);
    known.map_or(c"UNKNOWN", |(_, name)| name).as_ptr()
}

/// Puts a reason in a line for people: its code, the name that its index stands for, what was found and allowed.
///
/// \param reason       the reason
/// \param assets       names of the assets; NULL where there are none: an asset is then "number 3"
/// \param assets_len   number of names in `assets`
/// \param sectors      names of the sectors; NULL where there are none
/// \param sectors_len  number of names in `sectors`
/// \param buffer       room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity     bytes in `buffer`
/// \param needed       gets the size of the line with its zero byte; may be NULL with a buffer
///
/// PPO_ERR_INVALID_ARGUMENT for no code or no UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_reason_describe(
    reason: *const risk_reason,
    assets: *const *const c_char,
    assets_len: usize,
    sectors: *const *const c_char,
    sectors_len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(risk_reason_describe, [], |call| {
        let reason = slice::input(call, reason, 1, 1, "reason")?[0].to_reason()?;
        let assets = names(call, assets, assets_len, "assets")?;
        let sectors = names(call, sectors, sectors_len, "sectors")?;
        let line = reason.describe(&assets, &sectors);
        text::copy(call, &line, buffer, capacity, needed)
    })
}

fn names(call: Call<'_>, pointer: *const *const c_char, len: usize, name: &str) -> Outcome<Vec<String>> {
    if pointer.is_null() && len == 0 {
        return Ok(Vec::new());
    }
    let texts = slice::input(call, pointer, len, len, name)?;
    texts
        .iter()
        .map(|text| text::input(call, *text, name).map(str::to_string))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_the_crates_one_list() {
        let here: Vec<(u32, &str)> = REASONS
            .iter()
            .map(|(number, name)| (*number, name.to_str().unwrap()))
            .collect();
        let crates: Vec<(u32, &str)> = ReasonCode::ALL
            .iter()
            .map(|code| (*code as u32, code.name()))
            .collect();
        assert_eq!(here, crates);
    }
}
