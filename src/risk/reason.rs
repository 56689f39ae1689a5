//! Why a decision is what it is: one typed code for everything that changed a wish or could not be looked at.

use crate::math::elementary::log10;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One thing that shaped a decision: what was found, and what was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is.
    pub code: ReasonCode,
    /// The asset or sector it is about, by its index; none where it is about the portfolio.
    pub index: Option<usize>,
    /// The number found, in the unit of the code; NaN, `null` in JSON, where there is none.
    #[serde(deserialize_with = "null_is_nan")]
    pub found: f64,
    /// The number allowed or aimed at, in the same unit; NaN, `null` in JSON, where there is none.
    #[serde(deserialize_with = "null_is_nan")]
    pub allowed: f64,
}

impl Reason {
    /// A reason about the whole portfolio.
    pub fn portfolio(code: ReasonCode, found: f64, allowed: f64) -> Self {
        Self {
            code,
            index: None,
            found,
            allowed,
        }
    }

    /// A reason about asset or sector `index`.
    pub fn at(code: ReasonCode, index: usize, found: f64, allowed: f64) -> Self {
        Self {
            code,
            index: Some(index),
            found,
            allowed,
        }
    }

    /// The reason in a line for people: its code, the name from `assets` or `sectors` that its index stands for, and
    /// what was found and allowed, to four digits.
    pub fn describe(&self, assets: &[String], sectors: &[String]) -> String {
        let names = if self.code.is_about_sector() {
            sectors
        } else {
            assets
        };
        let mut text = self.code.name().to_string();
        if let Some(i) = self.index {
            text.push(' ');
            text += &names.get(i).cloned().unwrap_or_else(|| format!("number {i}"));
        }
        let parts = [("found", self.found), ("allowed", self.allowed)];
        let mut separator = ':';
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_nan()) {
            text += &format!("{separator} {name} {}", significant(value));
            separator = ',';
        }
        text
    }
}

fn null_is_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// Four significant digits, without an exponent where that is short.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    if !(1e-3..1e7).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    let decimals = (3 - log10(value.abs()).floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

/// Numbers from here on are notes: what was not looked at, or how.
const FIRST_NOTE: u16 = 100;

/// Declares the codes with the names they have in text and JSON and the numbers they have at the ABI: one list.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $number:literal, $name:literal;)*) => {
        /// What a [`Reason`] is about. Numbers are pinned: a retired one is never given to another code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum ReasonCode {
            $($(#[$doc])* $code = $number,)*
        }

        impl ReasonCode {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Whether its index is a sector's.
            pub fn is_about_sector(self) -> bool {
                matches!(self, Self::SectorMinimum | Self::SectorMaximum)
            }

            /// Whether it only says what was not looked at, or how, and shaped nothing.
            pub fn is_note(self) -> bool {
                self as u16 >= FIRST_NOTE
            }

            /// The name, as in JSON.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    /// The target is below an asset's minimum weight. Index: asset. Weights.
    AssetMinimum = 1, "ASSET_MINIMUM";
    /// The target is above an asset's maximum weight. Index: asset. Weights.
    AssetMaximum = 2, "ASSET_MAXIMUM";
    /// The sum of abs(weights), leverage, is above its maximum.
    GrossExposure = 3, "GROSS_EXPOSURE";
    /// The sum of weights is below its minimum.
    NetMinimum = 4, "NET_MINIMUM";
    /// The sum of weights is above its maximum.
    NetMaximum = 5, "NET_MAXIMUM";
    /// A sector's sum of weights is below its minimum. Index: sector.
    SectorMinimum = 6, "SECTOR_MINIMUM";
    /// A sector's sum of weights is above its maximum. Index: sector.
    SectorMaximum = 7, "SECTOR_MAXIMUM";
    /// Cash, 1 - sum of weights, is below its floor.
    CashFloor = 8, "CASH_FLOOR";
    /// The one-way turnover to the target is above its maximum.
    Turnover = 9, "TURNOVER";
    /// The other limits cannot be met within the turnover allowed: they win, and this much is traded.
    TurnoverExceeded = 10, "TURNOVER_EXCEEDED";
    /// Historical value at risk of one bar is above its maximum. Positive losses, fractions of equity.
    HistoricalValueAtRisk = 11, "HISTORICAL_VALUE_AT_RISK";
    /// Gaussian value at risk of one bar is above its maximum.
    GaussianValueAtRisk = 12, "GAUSSIAN_VALUE_AT_RISK";
    /// Historical conditional value at risk of one bar is above its maximum.
    HistoricalConditionalValueAtRisk = 13, "HISTORICAL_CONDITIONAL_VALUE_AT_RISK";
    /// Gaussian conditional value at risk of one bar is above its maximum.
    GaussianConditionalValueAtRisk = 14, "GAUSSIAN_CONDITIONAL_VALUE_AT_RISK";
    /// Minimum weights keep a tail risk above its maximum: the least risky allowed portfolio is held.
    TailRiskExceeded = 15, "TAIL_RISK_EXCEEDED";
    /// A state, a stop or a regime leaves no room for the minimums, which yield as far as needed to allow cash.
    MinimumRelaxed = 16, "MINIMUM_RELAXED";

    /// The trade would be smaller than the band, and what is held is allowed: nothing is traded. Turnover.
    TradeBand = 17, "TRADE_BAND";

    /// Drawdown has reached the threshold from which no exposure may grow.
    DrawdownReduce = 30, "DRAWDOWN_REDUCE";
    /// Drawdown has reached the stop: to cash until reset.
    DrawdownStop = 31, "DRAWDOWN_STOP";
    /// No exposure may grow: the state is REDUCING. Found: drawdown; allowed: where it ends.
    Reducing = 32, "REDUCING";
    /// Everything to cash: the state is HALTED. Found: drawdown.
    Halted = 33, "HALTED";
    /// An asset fell from its best price since entry by more than its stop. Index: asset. Fractions.
    AssetStop = 34, "ASSET_STOP";
    /// An asset is still out after its stop. Index: asset. Found: bars since the stop; allowed: bars until re-entry.
    AssetStopped = 35, "ASSET_STOPPED";
    /// The state or a stop allows an asset no more than what is held, or nothing. Index: asset. Weights.
    ExposureBound = 36, "EXPOSURE_BOUND";
    /// An operator has halted the book: the target is what is held, and no exposure may grow.
    OperatorHalt = 37, "OPERATOR_HALT";
    /// An operator has the book flattened: everything to cash.
    OperatorFlatten = 38, "OPERATOR_FLATTEN";

    /// An asset has no price: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits would leave.
    AssetHalted = 39, "ASSET_HALTED";
    /// The bar left less than the least value beside the gross exposure, and positions were scaled back at its close, before
    /// the decision. Found: value over gross exposure; allowed: the least, `maintenance`.
    MarginCall = 40, "MARGIN_CALL";
    /// An operator has pinned an asset: what is held of it stays. Index: asset. Found: weight held; allowed: what the limits
    /// would leave.
    AssetPinned = 41, "ASSET_PINNED";

    /// Leverage from target and forecast volatility. Found: forecast; allowed: target. Annual.
    VolatilityTarget = 50, "VOLATILITY_TARGET";
    /// Volatility targeting asked for more than the maximum leverage.
    LeverageMaximum = 51, "LEVERAGE_MAXIMUM";
    /// Volatility targeting asked for less than the minimum leverage.
    LeverageMinimum = 52, "LEVERAGE_MINIMUM";
    /// Leverage was lowered because of the drawdown. Found: drawdown; allowed: the drawdown of no leverage at all.
    LeverageDrawdown = 53, "LEVERAGE_DRAWDOWN";
    /// Leverage was lowered to the fractional Kelly leverage of the trend. Found: leverage before; allowed: after.
    LeverageTrend = 54, "LEVERAGE_TREND";
    /// Leverage was scaled by the regime. Found: leverage before; allowed: after.
    LeverageRegime = 55, "LEVERAGE_REGIME";
    /// Limits were scaled by the regime. Found: the most likely regime; allowed: the factor.
    LimitsRegime = 56, "LIMITS_REGIME";

    /// The hedge was opened. Found: drawdown; allowed: the threshold.
    HedgeOpened = 70, "HEDGE_OPENED";
    /// The hedge is kept. Found: drawdown; allowed: where it ends.
    HedgeKept = 71, "HEDGE_KEPT";
    /// The hedge was closed. Found: drawdown; allowed: where it ends.
    HedgeClosed = 72, "HEDGE_CLOSED";

    /// The ATR size is below the target's. Index: asset. Units.
    PositionRisk = 80, "POSITION_RISK";
    /// The sum of open risk is above its maximum, and all positions were scaled. Fractions of equity.
    OpenRisk = 81, "OPEN_RISK";
    /// A position is above the hard maximum. Index: asset. Units.
    PositionMaximum = 82, "POSITION_MAXIMUM";
    /// A position is below the smallest tradable one and was dropped. Index: asset. Units.
    PositionMinimum = 83, "POSITION_MINIMUM";

    /// Not looked at: dynamic leverage, for want of bars. Found: bars seen; allowed: bars needed.
    SkippedLeverage = 100, "SKIPPED_LEVERAGE";
    /// Not looked at: value at risk, for want of history. Found: bars seen; allowed: bars needed.
    SkippedTailRisk = 101, "SKIPPED_TAIL_RISK";
    /// Not looked at: an asset's ATR size, for want of bars. Index: asset. Found: bars seen; allowed: bars needed.
    SkippedPositionSize = 102, "SKIPPED_POSITION_SIZE";
    /// The true range is that of closes alone: no high and low were given.
    CloseOnlyTrueRange = 103, "CLOSE_ONLY_TRUE_RANGE";
    /// Not looked at: the regime, for want of an observation. Found: bars seen.
    SkippedRegime = 104, "SKIPPED_REGIME";
    /// Not looked at: trend, which was not given.
    SkippedTrend = 105, "SKIPPED_TREND";
    /// Betas were not given: every asset counts as 1 in the hedge.
    HedgeWithoutBetas = 106, "HEDGE_WITHOUT_BETAS";
    /// Not looked at: dynamic leverage, as the target would have earned the same on every bar seen. Found: its forecast
    /// volatility, 0.
    FlatTarget = 107, "FLAT_TARGET";
    /// Not looked at: an asset's ATR size, as its price has not moved over the bars seen. Index: asset. Found: bars seen.
    FlatPrice = 108, "FLAT_PRICE";
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_back_and_is_described() {
        let reason = Reason::at(ReasonCode::SectorMaximum, 1, 0.123456, f64::NAN);
        let json = serde_json::to_string(&reason).unwrap();
        let read: Reason = serde_json::from_str(&json).unwrap();
        assert!(read.allowed.is_nan() && (read.code, read.index) == (reason.code, Some(1)));
        let names = |names: [&str; 2]| names.map(str::to_string);
        assert_eq!(
            reason.describe(&names(["A", "B"]), &names(["banks", "oil"])),
            "SECTOR_MAXIMUM oil: found 0.1235"
        );
        let nameless = Reason::at(ReasonCode::AssetMaximum, 7, 12_345_678.0, 1e-9);
        let expected = "ASSET_MAXIMUM number 7: found 1.235e7, allowed 1.000e-9";
        assert_eq!(nameless.describe(&[], &[]), expected);
    }

    #[test]
    fn names_are_jsons_and_numbers_rise() {
        for pair in ReasonCode::ALL.windows(2) {
            assert!((pair[0] as u16) < pair[1] as u16);
        }
        for &code in ReasonCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.name()));
        }
    }
}
