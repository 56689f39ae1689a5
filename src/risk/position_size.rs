//! From weights to units: no position larger than its average true range allows, each with its stop.

use super::atr::DEFAULT_BARS;
use super::check;
use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result, check_length, words};
use crate::market::price::AssetPrices;
use crate::math::lots::whole_lots;
use crate::memory;
use serde::{Deserialize, Serialize};

/// What rounding may add, relative: five positions of 1% are within an open risk of 5%.
const ROUNDING: f64 = 1e-13;

/// How large a position may be. Risk is money lost if the price moves against a position by multiple × ATR.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PositionSizeConfig {
    /// Risk of one position as a part of equity, in (0, 1]; default 0.01.
    pub risk_per_position: f64,
    /// Distance of the stop in average true ranges, 1e-6 to 1e6; default 2.
    pub multiple: f64,
    /// Bars of Wilder's average true range, at least 1; default 14.
    pub atr_bars: usize,
    /// Most risk of all positions together as a part of equity, in (0, 1]; default 0.05.
    pub max_open_risk: f64,
    /// Units that can be traded at a time: [N], 0 or more, 0 for any size; default empty: any size for all.
    pub lots: Vec<f64>,
    /// Smallest position in units: [N], 0 or more; default empty: none. A smaller one is dropped.
    pub min_units: Vec<f64>,
    /// Largest position in units: [N], above 0, at least `min_units` and a lot; default empty: none.
    pub max_units: Vec<f64>,
}

impl Default for PositionSizeConfig {
    fn default() -> Self {
        Self {
            risk_per_position: 0.01,
            multiple: 2.0,
            atr_bars: DEFAULT_BARS,
            max_open_risk: 0.05,
            lots: Vec::new(),
            min_units: Vec::new(),
            max_units: Vec::new(),
        }
    }
}

impl PositionSizeConfig {
    /// Checks every number for `assets` assets; errors name the key, as `position_size.lots[2]`.
    pub fn validate(&self, assets: usize) -> Result<()> {
        self.validate_numbers()?;
        self.validate_lists(assets)
    }

    fn validate_numbers(&self) -> Result<()> {
        let part = |value: f64| value > 0.0 && value <= 1.0;
        let (risk, most) = (self.risk_per_position, self.max_open_risk);
        let multiple = self.multiple;
        let checks = [
            ("risk_per_position", risk, part(risk), "above 0 and at most 1"),
            (
                "multiple",
                multiple,
                (1e-6..=1e6).contains(&multiple),
                "above 0 (1e-6 to 1e6)",
            ),
            ("atr_bars", self.atr_bars as f64, self.atr_bars > 0, "at least 1"),
            ("max_open_risk", most, part(most), "above 0 and at most 1"),
        ];
        for (key, value, holds, expected) in checks {
            if !holds {
                return Err(Error::invalid(format!("position_size.{key}"), value, expected));
            }
        }
        Ok(())
    }

    fn validate_lists(&self, assets: usize) -> Result<()> {
        for (key, values) in [
            ("lots", &self.lots),
            ("min_units", &self.min_units),
            ("max_units", &self.max_units),
        ] {
            let input = format!("position_size.{key}");
            if !values.is_empty() {
                check_length(&input, values.len(), assets, "number of assets")?;
            }
            let bad = |value: &f64| !(value.is_finite() && *value >= 0.0);
            if let Some(asset) = values.iter().position(bad) {
                let expected = "a finite number, 0 or more";
                return Err(Error::invalid(
                    format!("{input}[{asset}]"),
                    values[asset],
                    expected,
                ));
            }
        }
        for (asset, &most) in self.max_units.iter().enumerate() {
            let smallest = self.bounds(asset).smallest;
            if most < smallest || most <= 0.0 {
                let expected = format!("above 0 and at least the smallest position ({smallest})");
                let input = format!("position_size.max_units[{asset}]");
                return Err(Error::invalid(input, most, expected));
            }
        }
        Ok(())
    }

    /// Units of a single position: equity × risk_per_position/(atr × multiple), floored to `lot` (0: any
    /// size).
    ///
    /// Errors: numbers that [`validate`](Self::validate) refuses; equity, atr not finite and above 0; a lot
    /// that is not finite and 0 or more; a size too large for a number.
    pub fn units(&self, equity: f64, atr: f64, lot: f64) -> Result<f64> {
        self.validate_numbers()?;
        check::equity(equity)?;
        let distance = self.distance(atr).ok_or_else(|| bad_atr("atr", atr))?;
        if !(lot.is_finite() && lot >= 0.0) {
            return Err(Error::invalid("lot", lot, "a finite number, 0 or more"));
        }
        let units = whole_lots(equity * self.risk_per_position / distance, lot);
        if !units.is_finite() {
            return Err(Error::invalid("atr", atr, "a range at which the size is finite"));
        }
        Ok(units)
    }

    /// multiple × atr: from a position to its stop, in the price's unit; none where it is not finite and
    /// above 0.
    fn distance(&self, atr: f64) -> Option<f64> {
        Some(atr * self.multiple).filter(|distance| distance.is_finite() && *distance > 0.0)
    }

    fn bounds(&self, asset: usize) -> Bounds {
        let at = |values: &[f64], default: f64| values.get(asset).copied().unwrap_or(default);
        let lot = at(&self.lots, 0.0);
        Bounds {
            lot,
            smallest: lot.max(at(&self.min_units, 0.0)),
            largest: at(&self.max_units, f64::INFINITY),
        }
    }
}

fn bad_atr(input: &str, atr: f64) -> Error {
    Error::invalid(input, atr, "a finite number above 0")
}

/// The tradable sizes of one asset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bounds {
    lot: f64,
    smallest: f64,
    largest: f64,
}

/// What a bar gives the sizer. N assets.
#[derive(Debug, Clone, Copy)]
pub struct PositionInputs<'a> {
    /// Weights to hold: [N], signed.
    pub weights: &'a [f64],
    /// Equity in money, above 0.
    pub equity: f64,
    /// Prices: [N], above 0.
    pub closes: &'a [f64],
    /// Average true ranges: [N], in the price's unit, above 0; NaN where there is none yet. Only those of
    /// assets with a weight are looked at.
    pub atr: &'a [f64],
    /// Bars that the average true ranges have seen: whether one that is NaN is SKIPPED_POSITION_SIZE or FLAT_PRICE.
    pub atr_seen: usize,
}

/// A position to hold, and where to get out of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PositionSize {
    /// Units, signed as the weight: positive is long.
    pub units: f64,
    /// Price at which to get out: close - multiple·ATR for a long position, close + multiple·ATR for a short
    /// one. None without a position, without an average true range, or where it would be 0 or less: such a
    /// price is never reached, and no stop is possible.
    pub stop: Option<f64>,
}

/// Turns weights into units: the weight's units, at most what the average true range allows, at most the hard
/// maximum, all scaled alike to the maximum of open risk, floored to the lot, and dropped below the minimum.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionSizer {
    config: PositionSizeConfig,
    /// [N].
    bounds: Vec<Bounds>,
}

impl PositionSizer {
    /// For `assets` assets. Errors: as [`PositionSizeConfig::validate`].
    pub fn new(config: PositionSizeConfig, assets: usize) -> Result<Self> {
        config.validate(assets)?;
        memory::room(
            "the positions of N assets",
            16 * memory::size::<Bounds>(&[assets]),
        )?;
        Ok(Self {
            bounds: (0..assets).map(|asset| config.bounds(asset)).collect(),
            config,
        })
    }

    /// The settings.
    pub fn config(&self) -> &PositionSizeConfig {
        &self.config
    }

    /// Most reasons that one [`size`](Self::size) adds.
    pub fn most_reasons(&self) -> usize {
        // Per asset: skipped or risk, maximum, minimum; open risk.
        3 * self.bounds.len() + 1
    }

    /// Writes the positions into `out` [N]. An asset whose average true range is NaN is sized by its weight
    /// alone (SKIPPED_POSITION_SIZE, FLAT_PRICE): it has no known risk and no stop, yet shrinks with the others when open
    /// risk is above its maximum. The sum of units × multiple × ATR/equity of what is written is never above
    /// `max_open_risk` by more than 1e-12. Allocates nothing but what `reasons` may need to grow.
    ///
    /// Errors leave `out` and `reasons` as they were: another length, a weight that is not finite, equity that is
    /// not finite and above 0, what is no price, an average true range of an asset with a weight that is
    /// neither NaN nor finite and above 0, a size too large for a number.
    pub fn size(
        &self,
        inputs: PositionInputs<'_>,
        out: &mut [PositionSize],
        reasons: &mut Vec<Reason>,
    ) -> Result<()> {
        let (assets, of) = (self.bounds.len(), "number of assets");
        check_length("weights", inputs.weights.len(), assets, of)?;
        AssetPrices::new("closes", inputs.closes, assets)?;
        check_length("atr", inputs.atr.len(), assets, of)?;
        check_length("out", out.len(), assets, of)?;
        check::finite("weights", inputs.weights)?;
        check::equity(inputs.equity)?;
        self.size_checked(inputs, out, reasons)
    }

    /// As [`size`](Self::size), of weights, equity and prices that are checked already.
    pub(super) fn size_checked(
        &self,
        inputs: PositionInputs<'_>,
        out: &mut [PositionSize],
        reasons: &mut Vec<Reason>,
    ) -> Result<()> {
        self.check(inputs)?;
        // Until all are known, `out` holds the units allowed before all are scaled, unsigned.
        let mut at_risk = 0.0;
        for (asset, out) in out.iter_mut().enumerate() {
            let (distance, bounds) = (self.config.multiple * inputs.atr[asset], &self.bounds[asset]);
            out.units = self.allowed(inputs, asset, distance, bounds, reasons);
            // Nothing is known of the risk where there is no average true range.
            if out.units > 0.0 && !distance.is_nan() {
                at_risk += out.units * distance;
            }
        }
        let (open_risk, most) = (at_risk / inputs.equity, self.config.max_open_risk);
        let scale = if open_risk > most * (1.0 + ROUNDING) {
            reasons.push(Reason::portfolio(ReasonCode::OpenRisk, open_risk, most));
            most / open_risk
        } else {
            1.0
        };
        for (asset, out) in out.iter_mut().enumerate() {
            *out = self.tradable(inputs, asset, out.units * scale, reasons);
        }
        Ok(())
    }

    /// Refuses average true ranges that nothing can be sized by, and units that are no number.
    fn check(&self, inputs: PositionInputs<'_>) -> Result<()> {
        for (asset, (&weight, &atr)) in inputs.weights.iter().zip(inputs.atr).enumerate() {
            let looked_at = weight.abs() > 0.0 && !atr.is_nan();
            if looked_at && self.config.distance(atr).is_none() {
                return Err(bad_atr(&words!("atr[{asset}]"), atr));
            }
            if !(weight.abs() * inputs.equity / inputs.closes[asset]).is_finite() {
                let input = words!("closes[{asset}]");
                let expected = "a price at which the weight's units are finite";
                return Err(Error::invalid(input, inputs.closes[asset], expected));
            }
        }
        Ok(())
    }

    /// The units that the weight asks for, at most what the average true range and the hard maximum allow: 0
    /// or more.
    fn allowed(
        &self,
        inputs: PositionInputs<'_>,
        asset: usize,
        distance: f64,
        bounds: &Bounds,
        reasons: &mut Vec<Reason>,
    ) -> f64 {
        let mut units = inputs.weights[asset].abs() * inputs.equity / inputs.closes[asset];
        if units <= 0.0 {
            return 0.0;
        }
        if distance.is_nan() {
            let (seen, needed) = (inputs.atr_seen as f64, self.config.atr_bars as f64 + 1.0);
            // With enough bars it is the price that did not move.
            reasons.push(match seen < needed {
                true => Reason::at(ReasonCode::SkippedPositionSize, asset, seen, needed),
                false => Reason::at(ReasonCode::FlatPrice, asset, seen, f64::NAN),
            });
        } else {
            let by_risk = inputs.equity * self.config.risk_per_position / distance;
            if units > by_risk {
                reasons.push(Reason::at(ReasonCode::PositionRisk, asset, units, by_risk));
                units = by_risk;
            }
        }
        if units > bounds.largest {
            reasons.push(Reason::at(
                ReasonCode::PositionMaximum,
                asset,
                units,
                bounds.largest,
            ));
            units = bounds.largest;
        }
        units
    }

    /// The position of at most `units` (0 or more) that can be traded, with its sign and its stop.
    fn tradable(
        &self,
        inputs: PositionInputs<'_>,
        asset: usize,
        units: f64,
        reasons: &mut Vec<Reason>,
    ) -> PositionSize {
        let weight = inputs.weights[asset];
        if weight.abs() <= 0.0 {
            return PositionSize::default();
        }
        let bounds = &self.bounds[asset];
        let whole = whole_lots(units, bounds.lot).min(bounds.largest);
        if whole <= 0.0 || whole < bounds.smallest {
            let smallest = bounds.smallest;
            reasons.push(Reason::at(ReasonCode::PositionMinimum, asset, units, smallest));
            return PositionSize::default();
        }
        let sign = weight.signum();
        let stop = inputs.closes[asset] - sign * self.config.multiple * inputs.atr[asset];
        PositionSize {
            units: sign * whole,
            // Neither NaN nor a price that is never reached is a stop.
            stop: (stop > 0.0).then_some(stop),
        }
    }
}
