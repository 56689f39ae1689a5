//! What a portfolio did under a risk manager: its path, and why each decision was what it was.

use super::Track;
use crate::error::{Count, Error, Result};
use crate::risk::reason::{Reason, ReasonCode};
use serde::{Deserialize, Serialize};

/// The path of a policy whose every target went through a risk manager, T bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Every code that occurred, notes included, with the number of bars on which it is among the reasons
    /// (once a bar, however many assets it is about): most frequent first, equals in the order of their numbers.
    pub fn bars_by_code(&self) -> Vec<(ReasonCode, usize)> {
        let mut bars: Vec<(ReasonCode, usize)> = ReasonCode::ALL
            .iter()
            .map(|&code| (code, self.bars_with(code).count()))
            .filter(|&(_, count)| count > 0)
            .collect();
        bars.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        bars
    }

    /// The bars, from 0, on which `code` is among the reasons.
    pub fn bars_with(&self, code: ReasonCode) -> impl Iterator<Item = usize> {
        let given = move |reasons: &Vec<Reason>| reasons.iter().any(|reason| reason.code == code);
        (0..self.reasons.len()).filter(move |&t| given(&self.reasons[t]))
    }

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
                    Count(len, "values"),
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
