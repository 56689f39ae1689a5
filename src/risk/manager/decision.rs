//! What a portfolio may do at a close, and why.

use crate::risk::drawdown_state::TradingState;
use crate::risk::hedge::Hedge;
use crate::risk::position_size::PositionSize;
use crate::risk::reason::Reason;
use serde::Serialize;
use std::fmt::Write;

/// A decision, with everything it was taken on that the manager worked out itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The state it was taken in.
    pub state: TradingState,
    /// Weights to trade to at this close: [N]. Negative is short.
    pub weights: Vec<f64>,
    /// Cash at those weights, 1 - their sum; negative where money is borrowed.
    pub cash: f64,
    /// Sum of abs(weights): leverage as held.
    pub gross: f64,
    /// Sum of weights.
    pub net: f64,
    /// One-way turnover from the current weights: half the sum of abs(change) over assets and cash.
    pub turnover: f64,
    /// Factor that the target was multiplied by before the limits: dynamic leverage times the regime's.
    pub leverage: f64,
    /// Forecast volatility of the target before leverage, annual; NaN where there is none.
    pub volatility: f64,
    /// Drawdown it was taken at, in [0, 1].
    pub drawdown: f64,
    /// Overlay on the weights, reported apart: not part of them.
    pub hedge: Hedge,
    /// Sizes and stops: [N]; empty where positions are not sized.
    pub positions: Vec<PositionSize>,
    /// Everything that shaped it or was not looked at, in the order of the decision.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// A decision for `assets` assets with room for `reasons` reasons.
    pub(super) fn new(assets: usize, sized: bool, reasons: usize) -> Self {
        Self {
            state: TradingState::Active,
            weights: vec![0.0; assets],
            cash: 1.0,
            gross: 0.0,
            net: 0.0,
            turnover: 0.0,
            leverage: 1.0,
            volatility: f64::NAN,
            drawdown: 0.0,
            hedge: Hedge::default(),
            positions: vec![PositionSize::default(); if sized { assets } else { 0 }],
            reasons: Vec::with_capacity(reasons),
        }
    }

    /// What shaped the decision, without the notes on what was not looked at.
    pub fn shaped_by(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| !reason.code.is_note())
    }

    /// The reasons as text, one a line, for people: names for the indices of `assets` and `sectors`.
    pub fn explain(&self, assets: &[String], sectors: &[String]) -> String {
        let mut text = String::new();
        for reason in &self.reasons {
            writeln!(text, "{}", reason.describe(assets, sectors))
                .expect("a String can always be written to");
        }
        text
    }
}
