//! The hedge: an overlay that is opened in a drawdown and lowers the portfolio's net exposure until it is
//! over.

use super::check;
use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result, check_length, words};
use crate::json::document::Document;
use serde::{Deserialize, Serialize};

/// How large the hedge is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HedgeMode {
    /// `hedge_ratio` as soon as the hedge is open.
    #[default]
    Step,
    /// hedge_ratio × min(1, (drawdown - threshold)/threshold): nothing at the threshold, all of it at twice
    /// the threshold. Where an open hedge waits between threshold - band and threshold the formula is
    /// negative, and the ratio is 0.
    Proportional,
}

/// When a hedge opens and closes, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HedgeConfig {
    /// Drawdown above which the hedge opens, in (0, 1); default 0.10.
    pub threshold: f64,
    /// The hedge closes when drawdown is below threshold - band; 0 or more and below `threshold`; default
    /// 0.02.
    pub band: f64,
    /// Part of the net exposure that is hedged, in (0, 1], so that a hedge never turns the exposure round;
    /// default 0.5.
    pub hedge_ratio: f64,
    /// All at once, or growing with the drawdown; default all at once.
    pub mode: HedgeMode,
}

impl Default for HedgeConfig {
    fn default() -> Self {
        Self {
            threshold: 0.10,
            band: 0.02,
            hedge_ratio: 0.5,
            mode: HedgeMode::Step,
        }
    }
}

impl HedgeConfig {
    /// Checks every number; errors name the key, as `hedge.threshold`.
    pub fn validate(&self) -> Result<()> {
        let (threshold, band, ratio) = (self.threshold, self.band, self.hedge_ratio);
        let checks = [
            (
                "threshold",
                threshold,
                threshold > 0.0 && threshold < 1.0,
                "above 0 and below 1",
            ),
            (
                "band",
                band,
                band >= 0.0 && band < threshold,
                "0 or more and below hedge.threshold",
            ),
            (
                "hedge_ratio",
                ratio,
                ratio > 0.0 && ratio <= 1.0,
                "above 0 and at most 1",
            ),
        ];
        for (key, value, holds, expected) in checks {
            if !holds {
                return Err(Error::invalid(format!("hedge.{key}"), value, expected));
            }
        }
        Ok(())
    }

    /// The drawdown below which an open hedge closes.
    fn end(&self) -> f64 {
        self.threshold - self.band
    }

    fn ratio(&self, drawdown: f64) -> f64 {
        match self.mode {
            HedgeMode::Step => self.hedge_ratio,
            HedgeMode::Proportional => {
                self.hedge_ratio * ((drawdown - self.threshold) / self.threshold).clamp(0.0, 1.0)
            }
        }
    }
}

/// What is to be done in the hedge instrument.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HedgeSide {
    /// Nothing: the hedge is closed, its ratio is 0, or there is no net exposure.
    #[default]
    None,
    /// Hold it short: the net exposure is long.
    Sell,
    /// Hold it long: the net exposure is short.
    Buy,
}

/// The hedge position to hold after this bar; a position, not a change of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Hedge {
    /// Whether the hedge is open.
    pub active: bool,
    /// Side of the hedge position: opposite to the net exposure.
    pub side: HedgeSide,
    /// Size of the hedge position in money, 0 or more: ratio × abs(net) × equity.
    pub notional: f64,
    /// Net exposure that is hedged, as a signed part of equity: the sum of the weights, or with betas the sum
    /// of beta_i·w_i.
    pub net: f64,
    /// Part of the net exposure that is hedged: 0 while closed, at most `hedge_ratio`.
    pub ratio: f64,
}

/// What a restart must know of a [`HedgingStrategy`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HedgeState {
    /// Whether the hedge is open.
    pub active: bool,
}

impl Document for HedgeState {
    const KIND: &'static str = "a hedge's state";
}

/// Opens the hedge when drawdown > threshold and keeps it until drawdown < threshold - band.
///
/// The overlay only ever lowers abs(net): it stands on the opposite side and is at most all of it. With
/// betas, `net` is the beta-weighted exposure, and that is what is lowered; the plain sum of the weights may
/// then grow, where betas are far from 1 or differ in sign (long 1 of beta 0.1 against short 0.2 of beta 2:
/// net beta is -0.3, so the hedge buys although the weights already sum to 0.8).
#[derive(Debug, Clone, PartialEq)]
pub struct HedgingStrategy {
    config: HedgeConfig,
    state: HedgeState,
}

impl HedgingStrategy {
    /// A closed hedge. Errors: as [`HedgeConfig::validate`].
    pub fn new(config: HedgeConfig) -> Result<Self> {
        Self::restore(config, HedgeState::default())
    }

    /// Goes on from a saved state. Errors: as [`HedgeConfig::validate`]; every state is possible.
    pub fn restore(config: HedgeConfig, state: HedgeState) -> Result<Self> {
        config.validate()?;
        Ok(Self { config, state })
    }

    /// The settings.
    pub fn config(&self) -> &HedgeConfig {
        &self.config
    }

    /// What to save.
    pub fn state(&self) -> HedgeState {
        self.state
    }

    /// The hedge for this bar: `drawdown` in [0, 1], `weights` [N] that the portfolio will hold, `equity` > 0
    /// in money, `betas` [N] of the assets to the hedge instrument; without them every asset counts as 1, and
    /// an open hedge says so. Allocates nothing but what `reasons` may need to grow.
    ///
    /// Errors leave everything as it was: a number that is not finite or out of range, betas of another
    /// length, an exposure or notional too large for a number.
    pub fn decide(
        &mut self,
        drawdown: f64,
        weights: &[f64],
        equity: f64,
        betas: Option<&[f64]>,
        reasons: &mut Vec<Reason>,
    ) -> Result<Hedge> {
        check::drawdown(drawdown)?;
        check::finite("weights", weights)?;
        check::equity(equity)?;
        let net: f64 = match betas {
            Some(betas) => {
                check_length("betas", betas.len(), weights.len(), "number of weights")?;
                check::finite("betas", betas)?;
                weights
                    .iter()
                    .zip(betas)
                    .map(|(weight, beta)| beta * weight)
                    .sum()
            }
            None => weights.iter().sum(),
        };
        let gross_money = net.abs() * equity;
        if !gross_money.is_finite() {
            return Err(Error::invalid(
                "weights",
                words!("of net exposure {net}"),
                "a net exposure whose value in money is finite",
            ));
        }

        let end = self.config.end();
        let was_active = self.state.active;
        let active = if was_active {
            drawdown >= end
        } else {
            drawdown > self.config.threshold
        };
        self.state.active = active;
        match (was_active, active) {
            (false, true) => reasons.push(Reason::portfolio(
                ReasonCode::HedgeOpened,
                drawdown,
                self.config.threshold,
            )),
            (true, true) => reasons.push(Reason::portfolio(ReasonCode::HedgeKept, drawdown, end)),
            (true, false) => reasons.push(Reason::portfolio(ReasonCode::HedgeClosed, drawdown, end)),
            (false, false) => {}
        }
        if !active {
            return Ok(Hedge {
                net,
                ..Hedge::default()
            });
        }
        if betas.is_none() {
            reasons.push(Reason::portfolio(ReasonCode::HedgeWithoutBetas, net, f64::NAN));
        }
        let ratio = self.config.ratio(drawdown);
        let notional = ratio * gross_money;
        let side = if notional <= 0.0 {
            HedgeSide::None
        } else if net > 0.0 {
            HedgeSide::Sell
        } else {
            HedgeSide::Buy
        };
        Ok(Hedge {
            active,
            side,
            notional,
            net,
            ratio,
        })
    }
}
