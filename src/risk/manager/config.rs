//! Everything that a risk manager is told beforehand.

use crate::error::{Error, Result};
use crate::json;
use crate::market::BarsPerYear;
use crate::risk::drawdown_state::DrawdownConfig;
use crate::risk::hedge::HedgeConfig;
use crate::risk::leverage::LeverageConfig;
use crate::risk::limits::LimitsConfig;
use crate::risk::position_size::PositionSizeConfig;
use crate::risk::regime::RegimeConfig;
use crate::risk::stops::StopConfig;
use crate::risk::volatility::VolatilityForecast;
use crate::settings;
use serde::{Deserialize, Serialize};

/// What a manager holds a portfolio to. Parts that are `None` (`null` in JSON) are switched off; unknown keys are
/// refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RiskConfig {
    /// Bars a year, by which volatility is made annual. Default none: those of the book's policy; without one, 252.
    pub bars_per_year: Option<BarsPerYear>,
    /// What weights may be. Default: long only, each up to 1, nothing else.
    pub limits: LimitsConfig,
    /// From which drawdowns exposure may not grow or everything goes to cash. Default: none.
    pub drawdown: DrawdownConfig,
    /// Stops of single assets. Default: none.
    pub stops: StopConfig,
    /// How the volatility of the target is forecast from what it would have earned. Default: exponentially weighted,
    /// half-life 20 bars.
    pub volatility: VolatilityForecast,
    /// Fewest remembered bars that volatility is forecast from, 2 or more; default 20.
    pub fewest_volatility_bars: usize,
    /// Dynamic leverage. Default: a volatility of 15%, at most 1.5.
    pub leverage: Option<LeverageConfig>,
    /// Regimes that scale leverage and limits. Default: none.
    pub regime: Option<RegimeConfig>,
    /// The hedge. Default: half of net exposure from a drawdown of 10% on.
    pub hedge: Option<HedgeConfig>,
    /// Position sizes. Default: 1% of equity at risk in a position, 5% in all.
    pub positions: Option<PositionSizeConfig>,
    /// No trade while one-way turnover to the decision is below this and what is held is allowed, 0 to 1; default 0.
    pub trade_band: f64,
}

impl Default for RiskConfig {
    fn default() -> Self {
        Self {
            bars_per_year: None,
            limits: LimitsConfig::default(),
            drawdown: DrawdownConfig::default(),
            stops: StopConfig::default(),
            volatility: VolatilityForecast::default(),
            fewest_volatility_bars: 20,
            leverage: Some(LeverageConfig::default()),
            regime: None,
            hedge: Some(HedgeConfig::default()),
            positions: Some(PositionSizeConfig::default()),
            trade_band: 0.0,
        }
    }
}

impl settings::Value for Option<RiskConfig> {
    const FORM: settings::Form = settings::Form::File;
}

impl RiskConfig {
    /// Bars a year, 252 where nothing says so.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.bars_per_year.unwrap_or_default()
    }

    /// Reads a configuration; keys that are missing take their defaults. Errors name the key; numbers are checked by
    /// [`RiskManager::new`](super::RiskManager::new), which knows how many assets there are.
    pub fn from_json(text: &str) -> Result<Self> {
        json::read(text, "risk", ".", "a setting")
    }

    /// Checks what no part checks itself.
    pub(super) fn validate(&self) -> Result<()> {
        if self.fewest_volatility_bars < 2 {
            return Err(Error::invalid(
                "risk.fewest_volatility_bars",
                self.fewest_volatility_bars,
                "2 or more",
            ));
        }
        if !(0.0..=1.0).contains(&self.trade_band) {
            return Err(Error::invalid("risk.trade_band", self.trade_band, "in [0, 1]"));
        }
        if self.fewest_volatility_bars > self.limits.tail_bars {
            let expected = format!(
                "at most risk.limits.tail_bars, the bars remembered, {}",
                self.limits.tail_bars
            );
            return Err(Error::invalid(
                "risk.fewest_volatility_bars",
                self.fewest_volatility_bars,
                expected,
            ));
        }
        Ok(())
    }
}
