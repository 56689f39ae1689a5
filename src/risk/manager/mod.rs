//! The risk manager: from a wish to a decision that one can audit.
//!
//! The order of a decision: the target, times dynamic leverage and the regime's factor; the state (ACTIVE, REDUCING,
//! HALTED), the kill switch and the stops of single assets narrow what is allowed; the limits move the weights to the nearest allowed
//! ones; the hedge lies over what is left and is reported apart; positions are sized last.

mod config;
mod decision;
mod input;
mod restart;
mod risk_manager;
mod steps;
mod switch;

pub(crate) use input::CheckedBar;

pub use config::RiskConfig;
pub use decision::Decision;
pub use input::{Bar, RiskPortfolio};
pub use restart::RiskState;
pub use risk_manager::RiskManager;
pub use switch::Switch;
