//! Whether the portfolio may trade freely, may only shrink, or is out: three states by its drawdown.

use super::check;
use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result};
use crate::json::document::Document;
use serde::{Deserialize, Serialize};

/// What the portfolio may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TradingState {
    /// Everything within its limits.
    #[default]
    Active,
    /// No exposure may grow.
    Reducing,
    /// To cash, until an explicit reset.
    Halted,
}

/// At which drawdowns the state changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DrawdownConfig {
    /// Drawdown from which (inclusive) no exposure may grow, in (0, 1); default none.
    pub reduce_at: Option<f64>,
    /// Exposures may grow again when drawdown is below reduce_at - reduce_band; 0 or more and below
    /// `reduce_at` where that is set; default 0.02.
    pub reduce_band: f64,
    /// Drawdown from which (inclusive) everything goes to cash until reset, in (0, 1], above `reduce_at`;
    /// default none.
    pub stop_at: Option<f64>,
}

impl Default for DrawdownConfig {
    fn default() -> Self {
        Self {
            reduce_at: None,
            reduce_band: 0.02,
            stop_at: None,
        }
    }
}

impl DrawdownConfig {
    /// Checks every number; errors name the key, as `drawdown.stop_at`, and both keys where two clash.
    pub fn validate(&self) -> Result<()> {
        if let Some(reduce_at) = self.reduce_at.filter(|at| !(*at > 0.0 && *at < 1.0)) {
            let expected = "above 0 and below 1";
            return Err(Error::invalid("drawdown.reduce_at", reduce_at, expected));
        }
        if let Some(stop_at) = self.stop_at.filter(|at| !(*at > 0.0 && *at <= 1.0)) {
            let expected = "above 0 and at most 1";
            return Err(Error::invalid("drawdown.stop_at", stop_at, expected));
        }
        let band = self.reduce_band;
        if !(band.is_finite() && band >= 0.0) {
            return Err(Error::invalid("drawdown.reduce_band", band, "0 or more"));
        }
        if let Some(reduce_at) = self.reduce_at.filter(|at| band >= *at) {
            let expected = format!("below drawdown.reduce_at ({reduce_at})");
            return Err(Error::invalid("drawdown.reduce_band", band, expected));
        }
        match (self.reduce_at, self.stop_at) {
            (Some(reduce_at), Some(stop_at)) if reduce_at >= stop_at => Err(Error::invalid(
                "drawdown.reduce_at",
                reduce_at,
                format!("below drawdown.stop_at ({stop_at})"),
            )),
            _ => Ok(()),
        }
    }
}

/// What a restart must know of a [`DrawdownMonitor`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawdownState {
    /// What the portfolio may do.
    pub trading: TradingState,
    /// Highest equity since the start or the last reset; none before the first bar.
    pub peak: Option<f64>,
    /// Equity of the last bar; none before the first.
    pub equity: Option<f64>,
    /// Drawdown of the last bar, in [0, 1].
    pub drawdown: f64,
}

impl Document for DrawdownState {
    const KIND: &'static str = "the state of a drawdown monitor";
}

/// Follows equity, its peak and its drawdown from bar to bar, and the state they lead to.
///
/// ACTIVE or REDUCING become HALTED at `stop_at`; ACTIVE becomes REDUCING at `reduce_at`; REDUCING becomes
/// ACTIVE below reduce_at - reduce_band; HALTED ends only by [`reset`](Self::reset).
#[derive(Debug, Clone, PartialEq)]
pub struct DrawdownMonitor {
    config: DrawdownConfig,
    state: DrawdownState,
}

impl DrawdownMonitor {
    /// ACTIVE, without a peak. Errors: as [`DrawdownConfig::validate`].
    pub fn new(config: DrawdownConfig) -> Result<Self> {
        Self::restore(config, DrawdownState::default())
    }

    /// Goes on from a saved state.
    ///
    /// Errors: as [`DrawdownConfig::validate`]; a peak or equity that is not finite and above 0, or only one
    /// of them, or a peak below equity; a drawdown outside [0, 1]; a state that the configuration cannot lead
    /// to (it would never end).
    pub fn restore(config: DrawdownConfig, state: DrawdownState) -> Result<Self> {
        config.validate()?;
        for (input, value) in [("state.peak", state.peak), ("state.equity", state.equity)] {
            if let Some(value) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return Err(Error::invalid(input, value, "a finite number above 0"));
            }
        }
        let ordered = match (state.peak, state.equity) {
            (Some(peak), Some(equity)) => peak >= equity,
            (peak, equity) => peak.is_none() && equity.is_none(),
        };
        if !ordered {
            let found = format!("{:?} with an equity of {:?}", state.peak, state.equity);
            return Err(Error::invalid(
                "state.peak",
                found,
                "at least the equity, or neither",
            ));
        }
        if !(0.0..=1.0).contains(&state.drawdown) {
            return Err(Error::invalid("state.drawdown", state.drawdown, "in [0, 1]"));
        }
        let (possible, key) = match state.trading {
            TradingState::Active => (true, ""),
            TradingState::Reducing => (config.reduce_at.is_some(), "drawdown.reduce_at"),
            TradingState::Halted => (config.stop_at.is_some(), "drawdown.stop_at"),
        };
        if !possible {
            let expected = format!("a state that is possible without {key}");
            return Err(Error::invalid(
                "state.trading",
                format!("{:?}", state.trading),
                expected,
            ));
        }
        Ok(Self { config, state })
    }

    /// The settings.
    pub fn config(&self) -> &DrawdownConfig {
        &self.config
    }

    /// What to save.
    pub fn state(&self) -> DrawdownState {
        self.state
    }

    /// Takes a bar's `equity` > 0 and returns the state for the decision of this bar.
    ///
    /// The drawdown is the caller's where given, in [0, 1], otherwise (peak - equity)/peak, the peak
    /// including this bar. A change of state gives DRAWDOWN_REDUCE or DRAWDOWN_STOP, a state that lasts gives
    /// REDUCING or HALTED.
    ///
    /// Errors leave everything as it was: equity not finite and above 0, drawdown outside [0, 1].
    pub fn update(
        &mut self,
        equity: f64,
        drawdown: Option<f64>,
        reasons: &mut Vec<Reason>,
    ) -> Result<TradingState> {
        Self::check(equity, drawdown)?;
        let peak = self.state.peak.map_or(equity, |peak| peak.max(equity));
        let drawdown = drawdown.unwrap_or((peak - equity) / peak);
        let before = self.state.trading;
        let trading = self.next(before, drawdown);
        self.state = DrawdownState {
            trading,
            peak: Some(peak),
            equity: Some(equity),
            drawdown,
        };
        let reduce_at = self.config.reduce_at.unwrap_or(f64::NAN);
        let stop_at = self.config.stop_at.unwrap_or(f64::NAN);
        let (code, allowed) = match (before, trading) {
            (_, TradingState::Active) => return Ok(trading),
            (TradingState::Reducing, TradingState::Reducing) => {
                (ReasonCode::Reducing, reduce_at - self.config.reduce_band)
            }
            (_, TradingState::Reducing) => (ReasonCode::DrawdownReduce, reduce_at),
            (TradingState::Halted, TradingState::Halted) => (ReasonCode::Halted, stop_at),
            (_, TradingState::Halted) => (ReasonCode::DrawdownStop, stop_at),
        };
        reasons.push(Reason::portfolio(code, drawdown, allowed));
        Ok(trading)
    }

    /// Whether [`update`](Self::update) would take this bar: its errors.
    pub fn check(equity: f64, drawdown: Option<f64>) -> Result<()> {
        check::equity(equity)?;
        drawdown.map_or(Ok(()), check::drawdown)
    }

    fn next(&self, before: TradingState, drawdown: f64) -> TradingState {
        let reached = |level: Option<f64>| level.is_some_and(|level| drawdown >= level);
        let end = self.config.reduce_at.map(|at| at - self.config.reduce_band);
        if before == TradingState::Halted || reached(self.config.stop_at) {
            TradingState::Halted
        } else if reached(self.config.reduce_at) || (before == TradingState::Reducing && reached(end)) {
            TradingState::Reducing
        } else {
            TradingState::Active
        }
    }

    /// Starts afresh: ACTIVE, with the last bar's equity as the peak and no drawdown. A caller that supplies
    /// its own drawdown must start that afresh too, or the next bar halts again.
    pub fn reset(&mut self) {
        self.state = DrawdownState {
            trading: TradingState::Active,
            peak: self.state.equity,
            equity: self.state.equity,
            drawdown: 0.0,
        };
    }

    /// What the portfolio may do.
    pub fn trading(&self) -> TradingState {
        self.state.trading
    }

    /// Drawdown of the last bar, in [0, 1]; 0 before the first.
    pub fn drawdown(&self) -> f64 {
        self.state.drawdown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> DrawdownConfig {
        DrawdownConfig {
            reduce_at: Some(0.10),
            reduce_band: 0.02,
            stop_at: Some(0.20),
        }
    }

    #[test]
    fn a_path_through_every_state() {
        use TradingState::{Active, Halted, Reducing};
        let mut monitor = DrawdownMonitor::new(config()).unwrap();
        let mut reasons = Vec::new();
        // Peak 100, then 200: exact thresholds are inclusive on the way down, and 0.08 does not yet end
        // REDUCING.
        let path = [
            (100.0, Active, None),
            (200.0, Active, None),
            (180.1, Active, None),
            (180.0, Reducing, Some((ReasonCode::DrawdownReduce, 0.10))),
            (184.0, Reducing, Some((ReasonCode::Reducing, 0.08))),
            (184.1, Active, None),
            (160.0, Halted, Some((ReasonCode::DrawdownStop, 0.20))),
            (300.0, Halted, Some((ReasonCode::Halted, 0.20))),
        ];
        for (equity, expected, reason) in path {
            reasons.clear();
            assert_eq!(monitor.update(equity, None, &mut reasons).unwrap(), expected);
            // Saved and loaded after every bar: nothing is forgotten.
            let json = serde_json::to_string(&monitor.state()).unwrap();
            let loaded = DrawdownMonitor::restore(config(), serde_json::from_str(&json).unwrap()).unwrap();
            assert_eq!(loaded, monitor);
            match reason {
                None => assert!(reasons.is_empty(), "{reasons:?}"),
                Some((code, allowed)) => {
                    let expected = Reason::portfolio(code, monitor.drawdown(), allowed);
                    assert_eq!(reasons, [expected]);
                }
            }
        }
        monitor.update(240.0, None, &mut reasons).unwrap();
        monitor.reset();
        assert_eq!((monitor.trading(), monitor.drawdown()), (Active, 0.0));
        // The peak is now 240, not 300: 217 is a drawdown of 0.096.
        assert_eq!(monitor.update(217.0, None, &mut reasons).unwrap(), Active);
        // The caller's drawdown counts before ours.
        assert_eq!(monitor.update(240.0, Some(0.15), &mut reasons).unwrap(), Reducing);
    }

    #[test]
    fn without_thresholds_nothing_happens() {
        let mut monitor = DrawdownMonitor::new(DrawdownConfig::default()).unwrap();
        let mut reasons = Vec::new();
        let state = monitor.update(1.0, Some(1.0), &mut reasons).unwrap();
        assert_eq!((state, reasons.len()), (TradingState::Active, 0));
    }

    #[test]
    fn bad_input_is_refused_by_name_and_changes_nothing() {
        let mut monitor = DrawdownMonitor::new(config()).unwrap();
        let mut reasons = Vec::new();
        monitor.update(100.0, None, &mut reasons).unwrap();
        let before = monitor.clone();
        for (equity, drawdown, name) in [
            (f64::NAN, None, "`equity` is NaN"),
            (-1.0, None, "`equity` is -1"),
            (0.0, None, "`equity` is 0"),
            (f64::INFINITY, None, "`equity` is inf"),
            (50.0, Some(f64::NAN), "`drawdown` is NaN"),
            (50.0, Some(1.5), "`drawdown` is 1.5"),
            (50.0, Some(-0.1), "`drawdown` is -0.1"),
        ] {
            let error = monitor.update(equity, drawdown, &mut reasons).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        assert!(monitor == before && reasons.is_empty());
    }

    #[test]
    fn configurations_and_states_that_clash_are_refused_by_name() {
        let refused = |config: DrawdownConfig| config.validate().unwrap_err().to_string();
        let clash = refused(DrawdownConfig {
            reduce_at: Some(0.3),
            ..config()
        });
        assert!(clash.contains("`drawdown.reduce_at` is 0.3") && clash.contains("drawdown.stop_at (0.2)"));
        for (reduce_at, reduce_band, stop_at, name) in [
            (Some(0.0), 0.02, None, "drawdown.reduce_at"),
            (Some(f64::NAN), 0.02, None, "drawdown.reduce_at"),
            (None, 0.02, Some(1.1), "drawdown.stop_at"),
            (None, -0.1, None, "drawdown.reduce_band"),
            (Some(0.1), 0.1, None, "drawdown.reduce_band"),
        ] {
            let config = DrawdownConfig {
                reduce_at,
                reduce_band,
                stop_at,
            };
            assert!(refused(config).contains(name));
        }
        let good = DrawdownState {
            trading: TradingState::Halted,
            peak: Some(100.0),
            equity: Some(70.0),
            drawdown: 0.3,
        };
        DrawdownMonitor::restore(config(), good).unwrap();
        let mut bad = [good; 5];
        bad[0].peak = Some(f64::INFINITY);
        bad[1].peak = Some(60.0);
        bad[2].equity = None;
        bad[3].equity = Some(-1.0);
        bad[4].drawdown = 1.5;
        let names = ["peak", "peak", "peak", "equity", "drawdown"];
        for (state, name) in bad.into_iter().zip(names) {
            let error = DrawdownMonitor::restore(config(), state).unwrap_err();
            assert!(error.to_string().contains(&format!("`state.{name}`")), "{error}");
        }
        let error = DrawdownMonitor::restore(DrawdownConfig::default(), good).unwrap_err();
        assert!(error.to_string().contains("drawdown.stop_at"), "{error}");
    }
}
