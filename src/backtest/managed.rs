//! What a portfolio did under a risk manager: its path, and why each decision was what it was.

use super::Track;
use crate::error::{Error, Result};
use crate::risk::reason::Reason;

/// The path of a policy whose every target went through a risk manager, T bars.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedTrack {
    /// What was held and earned.
    pub track: Track,
    /// What shaped the decision at the start of each bar: [T].
    pub reasons: Vec<Vec<Reason>>,
    /// Dynamic leverage of that decision, the regime's part included, before the limits: [T], 0 or more.
    pub leverage: Vec<f64>,
    /// Hedge of that decision, which the track does not trade: notional over equity, [T], 0 or more.
    pub hedge: Vec<f64>,
}

impl ManagedTrack {
    /// Checks the track, and that everything else is as long; the error names the series.
    pub fn validate(&self) -> Result<()> {
        self.track.validate()?;
        let bars = self.track.len();
        for (series, len) in [
            ("reasons", self.reasons.len()),
            ("leverage", self.leverage.len()),
            ("hedge", self.hedge.len()),
        ] {
            if len != bars {
                return Err(Error::invalid(
                    format!("track {}: {series}", self.track.name),
                    format!("{len} bars long"),
                    format!("{bars}, as the track"),
                ));
            }
        }
        for (series, values) in [("leverage", &self.leverage), ("hedge", &self.hedge)] {
            if let Some(t) = values.iter().position(|v| !(v.is_finite() && *v >= 0.0)) {
                return Err(Error::invalid(
                    format!("track {}: {series}[{t}]", self.track.name),
                    values[t],
                    "a finite number, at least 0",
                ));
            }
        }
        Ok(())
    }
}
