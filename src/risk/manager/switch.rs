//! The kill switch: what an operator allows, whatever target, leverage and limits would.

use crate::risk::drawdown_state::TradingState;
use crate::risk::reason::{Reason, ReasonCode};
use serde::{Deserialize, Serialize};

/// What an operator allows from the next decision on; it stays until it is set anew, over restarts too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Everything.
    #[default]
    Open,
    /// Nothing is opened: the target is what is held, and no exposure may grow.
    Halt,
    /// Everything to cash.
    Flatten,
}

impl Switch {
    /// The state for a decision, where drawdown asks for `asked`; where the switch narrows it, a reason says so.
    pub(super) fn narrow(self, asked: TradingState, reasons: &mut Vec<Reason>) -> TradingState {
        let (code, state) = match (self, asked) {
            (Self::Open, _) => return asked,
            (Self::Halt, TradingState::Halted) => (ReasonCode::OperatorHalt, asked),
            (Self::Halt, _) => (ReasonCode::OperatorHalt, TradingState::Reducing),
            (Self::Flatten, _) => (ReasonCode::OperatorFlatten, TradingState::Halted),
        };
        reasons.push(Reason::portfolio(code, f64::NAN, f64::NAN));
        state
    }
}
