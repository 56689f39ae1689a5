//! What a portfolio risked and earned ([`metrics`], [`drawdown`], [`performance`]) and how much to hold
//! ([`kelly`], [`leverage`], [`volatility`]).

pub mod atr;
pub mod benchmark;
mod check;
pub mod drawdown;
pub mod drawdown_state;
pub mod hedge;
pub mod kelly;
pub mod leverage;
pub mod limits;
pub mod manager;
pub mod metrics;
pub mod performance;
pub mod position_size;
pub mod reason;
pub mod regime;
pub mod scenarios;
pub mod stops;
pub mod streaming;
pub mod tail;
pub mod volatility;
