//! The stop of each asset: out when its price has moved against the position by too much since its best
//! close.

use super::check;
use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result, check_length, words};
use crate::market::price::AssetPrices;
use crate::memory;
use serde::{Deserialize, Serialize};

/// When an asset is left, and when it may be held again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopConfig {
    /// Move against the position since the best close of its time (highest for a long one, lowest for a short
    /// one), as a part of that close, from which (inclusive) the asset is left; in (0, 1); default none: no
    /// stop.
    pub stop: Option<f64>,
    /// Bars that a stopped asset stays out, the bar of its stop included, at least 1; default none: until
    /// [`AssetStops::reset`].
    pub cooldown: Option<usize>,
}

impl StopConfig {
    /// Checks every number; errors name the key, as `asset_stop.cooldown`.
    pub fn validate(&self) -> Result<()> {
        if let Some(stop) = self.stop.filter(|stop| !(*stop > 0.0 && *stop < 1.0)) {
            return Err(Error::invalid("asset_stop.stop", stop, "above 0 and below 1"));
        }
        if self.cooldown == Some(0) {
            return Err(Error::invalid("asset_stop.cooldown", 0, "at least 1"));
        }
        Ok(())
    }
}

/// One asset between two bars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetStop {
    /// Not held.
    #[default]
    Flat,
    /// Held long; the highest close since entry.
    Long(f64),
    /// Held short; the lowest close since entry.
    Short(f64),
    /// Stopped; bars since the stop.
    Stopped(usize),
}

/// What a restart must know of [`AssetStops`]. N assets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopsState {
    /// Each asset: [N].
    pub assets: Vec<AssetStop>,
    /// Last closes: [N]; zeros before the first bar.
    pub closes: Vec<f64>,
}

/// Follows the positions of N assets and their best closes since entry.
///
/// A position is first seen one bar after the decision that opened it, which traded at the close of that bar:
/// the entry price is that previous close (on the very first bar: the close itself). A change of sign is a
/// new entry.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetStops {
    config: StopConfig,
    state: StopsState,
}

impl AssetStops {
    /// Nothing held, nothing stopped. Errors: as [`StopConfig::validate`].
    pub fn new(config: StopConfig, assets: usize) -> Result<Self> {
        let state = StopsState {
            assets: memory::filled("the stops of N assets", &[assets], AssetStop::Flat)?,
            closes: memory::filled("the stops of N assets", &[assets], 0.0)?,
        };
        Self::restore(config, assets, state)
    }

    /// Goes on from a saved state.
    ///
    /// Errors: as [`StopConfig::validate`]; a length other than `assets`; a close that is not finite and
    /// above 0, unless all are 0; a state other than flat before the first bar or where no stop is set; an
    /// asset stopped for longer than the cooldown.
    pub fn restore(config: StopConfig, assets: usize, state: StopsState) -> Result<Self> {
        config.validate()?;
        let of = "number of assets";
        check_length("state.assets", state.assets.len(), assets, of)?;
        check_length("state.closes", state.closes.len(), assets, of)?;
        let seen = state.closes.iter().any(|close| close.abs() > 0.0);
        if seen {
            AssetPrices::new("state.closes", &state.closes, assets)?;
        } else {
            check::finite("state.closes", &state.closes)?;
        }
        let blank = !seen || config.stop.is_none();
        for (asset, stop) in state.assets.iter().enumerate() {
            let expected = match *stop {
                AssetStop::Flat => continue,
                _ if blank => "flat (no bar seen, or no stop set)",
                AssetStop::Long(best) | AssetStop::Short(best) if !(best.is_finite() && best > 0.0) => {
                    "a best close that is finite and above 0"
                }
                AssetStop::Stopped(bars) if config.cooldown.is_some_and(|cooldown| bars >= cooldown) => {
                    "stopped for less than asset_stop.cooldown"
                }
                _ => continue,
            };
            let input = format!("state.assets[{asset}]");
            return Err(Error::invalid(input, format!("{stop:?}"), expected));
        }
        Ok(Self { config, state })
    }

    /// Becomes what `other` is, of as many assets and the same settings; allocates nothing.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.state.assets.copy_from_slice(&other.state.assets);
        self.state.closes.copy_from_slice(&other.state.closes);
    }

    /// What to save.
    pub fn state(&self) -> &StopsState {
        &self.state
    }

    /// Takes one bar: `closes` [N], and the `current` weights [N] that the portfolio holds at them, before
    /// this bar's decision. A stop that fires gives ASSET_STOP, an asset that is still out ASSET_STOPPED
    /// (allowed: the cooldown, NaN without one). Allocates nothing but what `reasons` may need to grow.
    ///
    /// Errors leave everything as it was: another length, a close that is no price, a weight that is not
    /// finite.
    pub fn update(&mut self, closes: &[f64], current: &[f64], reasons: &mut Vec<Reason>) -> Result<()> {
        let assets = self.state.assets.len();
        let closes = AssetPrices::new("closes", closes, assets)?;
        check_length("current_weights", current.len(), assets, "number of assets")?;
        check::finite("current_weights", current)?;
        self.take(closes, current, reasons);
        Ok(())
    }

    /// As [`update`](Self::update), of closes and weights that are checked already.
    pub(super) fn take(&mut self, closes: AssetPrices<'_>, current: &[f64], reasons: &mut Vec<Reason>) {
        if let Some(stop) = self.config.stop {
            for asset in 0..closes.len() {
                let close = closes[asset];
                let last = self.state.closes[asset];
                let previous = if last > 0.0 { last } else { close };
                let (next, reason) = self.next(asset, stop, [previous, close], current[asset]);
                self.state.assets[asset] = next;
                reasons.extend(reason);
            }
        }
        self.state.closes.copy_from_slice(&closes);
    }

    /// An asset after a bar, given its last two closes and its current weight.
    fn next(
        &self,
        asset: usize,
        stop: f64,
        [previous, close]: [f64; 2],
        weight: f64,
    ) -> (AssetStop, Option<Reason>) {
        let mut state = self.state.assets[asset];
        if let AssetStop::Stopped(bars) = state {
            let bars = bars.saturating_add(1);
            if self.config.cooldown.is_none_or(|cooldown| bars < cooldown) {
                let cooldown = self.config.cooldown.map_or(f64::NAN, |cooldown| cooldown as f64);
                let reason = Reason::at(ReasonCode::AssetStopped, asset, bars as f64, cooldown);
                return (AssetStop::Stopped(bars), Some(reason));
            }
            state = AssetStop::Flat;
        }
        let (next, against, best) = match state {
            _ if weight > 0.0 => {
                let best = if let AssetStop::Long(best) = state {
                    best
                } else {
                    previous
                };
                let best = best.max(close);
                (AssetStop::Long(best), best - close, best)
            }
            _ if weight < 0.0 => {
                let best = if let AssetStop::Short(best) = state {
                    best
                } else {
                    previous
                };
                let best = best.min(close);
                (AssetStop::Short(best), close - best, best)
            }
            _ => return (AssetStop::Flat, None),
        };
        if against >= stop * best {
            let reason = Reason::at(ReasonCode::AssetStop, asset, against / best, stop);
            (AssetStop::Stopped(0), Some(reason))
        } else {
            (next, None)
        }
    }

    /// Whether asset number `asset` must not be held by this bar's decision; false for a number there is no
    /// asset of.
    pub fn stopped(&self, asset: usize) -> bool {
        matches!(self.state.assets.get(asset), Some(AssetStop::Stopped(_)))
    }

    /// Lets a stopped asset be held again; nothing where it is not stopped. Errors: no asset has this number.
    pub fn reset(&mut self, asset: usize) -> Result<()> {
        let assets = self.state.assets.len();
        match self.state.assets.get_mut(asset) {
            Some(state @ AssetStop::Stopped(_)) => *state = AssetStop::Flat,
            Some(_) => {}
            None => return Err(Error::invalid("asset", asset, words!("below {assets} (assets)"))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(cooldown: Option<usize>) -> AssetStops {
        let config = StopConfig {
            stop: Some(0.1),
            cooldown,
        };
        AssetStops::new(config, 2).unwrap()
    }

    /// One step of a path: closes, weights, who is stopped after it, and the reasons (code, asset, found,
    /// allowed).
    type Step = ([f64; 2], [f64; 2], [bool; 2], Vec<(ReasonCode, usize, f64, f64)>);

    fn walk(stops: &mut AssetStops, path: &[Step]) {
        for (bar, (closes, weights, stopped, expected)) in path.iter().enumerate() {
            let mut reasons = Vec::new();
            stops.update(closes, weights, &mut reasons).unwrap();
            assert_eq!([stops.stopped(0), stops.stopped(1)], *stopped, "bar {bar}");
            let expected: Vec<Reason> = expected
                .iter()
                .map(|&(code, asset, found, allowed)| Reason::at(code, asset, found, allowed))
                .collect();
            assert_eq!(reasons, expected, "bar {bar}");
            let json = serde_json::to_string(stops.state()).unwrap();
            let state = serde_json::from_str(&json).unwrap();
            assert_eq!(AssetStops::restore(stops.config, 2, state).unwrap(), *stops);
        }
    }

    #[test]
    fn both_sides_trail_their_best_close_and_wait_out_the_cooldown() {
        use ReasonCode::{AssetStop, AssetStopped};
        let mut stops = stops(Some(3));
        walk(
            &mut stops,
            &[
                ([100.0, 50.0], [0.0, 0.0], [false, false], vec![]),
                ([110.0, 45.0], [0.5, -0.5], [false, false], vec![]),
                ([105.0, 40.0], [0.5, -0.5], [false, false], vec![]),
                // Highest 110, lowest 40: 99 and 44 are exactly a tenth away.
                (
                    [99.0, 43.9],
                    [0.5, -0.5],
                    [true, false],
                    vec![(AssetStop, 0, 0.1, 0.1)],
                ),
                (
                    [99.0, 44.0],
                    [0.0, -0.5],
                    [true, true],
                    vec![(AssetStopped, 0, 1.0, 3.0), (AssetStop, 1, 0.1, 0.1)],
                ),
                (
                    [90.0, 44.0],
                    [0.0, 0.0],
                    [true, true],
                    vec![(AssetStopped, 0, 2.0, 3.0), (AssetStopped, 1, 1.0, 3.0)],
                ),
                // Asset 0 may be held again; a new position starts from this bar's close, not from 110.
                (
                    [80.0, 44.0],
                    [0.0, 0.0],
                    [false, true],
                    vec![(AssetStopped, 1, 2.0, 3.0)],
                ),
                ([75.0, 44.0], [0.2, 0.0], [false, false], vec![]),
                (
                    [72.0, 44.0],
                    [0.2, 0.0],
                    [true, false],
                    vec![(AssetStop, 0, 0.1, 0.1)],
                ),
            ],
        );
    }

    /// Bought at 100, seen at 90 on the next bar: the fall of the first bar counts.
    #[test]
    fn entry_is_the_close_that_was_traded_at_and_a_turn_is_a_new_entry() {
        let mut stops = stops(None);
        walk(
            &mut stops,
            &[
                ([100.0, 200.0], [0.0, 0.3], [false, false], vec![]),
                (
                    [90.0, 190.0],
                    [0.5, 0.3],
                    [true, false],
                    vec![(ReasonCode::AssetStop, 0, 0.1, 0.1)],
                ),
            ],
        );
        // Asset 1 turned short at 190: it is best off at 179, and never lost.
        let mut reasons = Vec::new();
        stops.update(&[90.0, 179.0], &[0.0, -0.3], &mut reasons).unwrap();
        assert_eq!(
            stops.state().assets,
            [super::AssetStop::Stopped(1), super::AssetStop::Short(179.0)]
        );
        assert!(reasons[0].code == ReasonCode::AssetStopped && reasons[0].allowed.is_nan());
        for _ in 0..1000 {
            stops.update(&[90.0, 179.0], &[0.0, -0.3], &mut reasons).unwrap();
        }
        assert!(stops.stopped(0), "without a cooldown only a reset lets it back");
        stops.reset(0).unwrap();
        assert!(!stops.stopped(0));
        assert!(stops.reset(2).unwrap_err().to_string().contains("`asset` is 2"));
    }

    #[test]
    fn bad_input_is_refused_by_name_and_changes_nothing() {
        let mut stops = stops(None);
        let mut reasons = Vec::new();
        stops.update(&[100.0, 50.0], &[0.5, 0.0], &mut reasons).unwrap();
        let before = stops.clone();
        let (good, weights) = ([90.0, 50.0], [0.5, 0.0]);
        for (closes, current, name) in [
            (&good[..1], &weights[..], "`closes` has 1 values"),
            (&good, &weights[..1], "`current_weights` has 1 values"),
            (&[90.0, f64::NAN], &weights, "`closes[1]` is NaN"),
            (&[0.0, 50.0], &weights, "`closes[0]` is 0"),
            (&good, &[0.5, f64::INFINITY], "`current_weights[1]` is inf"),
        ] {
            let error = stops.update(closes, current, &mut reasons).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        assert!(stops == before && reasons.is_empty());
    }

    #[test]
    fn bad_configurations_and_states_are_refused_by_name() {
        let config = |stop, cooldown| StopConfig { stop, cooldown };
        for (config, name) in [
            (config(Some(1.0), None), "asset_stop.stop"),
            (config(Some(f64::NAN), None), "asset_stop.stop"),
            (config(None, Some(0)), "asset_stop.cooldown"),
        ] {
            assert!(config.validate().unwrap_err().to_string().contains(name));
        }
        let state = |asset, closes: &[f64]| StopsState {
            assets: vec![AssetStop::Flat, asset],
            closes: closes.to_vec(),
        };
        let closes = [1.0, 2.0];
        for (state, name) in [
            (state(AssetStop::Long(f64::NAN), &closes), "`state.assets[1]`"),
            (state(AssetStop::Stopped(3), &closes), "`state.assets[1]`"),
            (state(AssetStop::Short(1.0), &[0.0; 2]), "`state.assets[1]`"),
            (state(AssetStop::Flat, &closes[..1]), "`state.closes`"),
            (state(AssetStop::Flat, &[1.0, -2.0]), "`state.closes[1]`"),
        ] {
            let error = AssetStops::restore(config(Some(0.1), Some(3)), 2, state).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
