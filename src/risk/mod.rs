//! What a portfolio risked and earned ([`metrics`], [`drawdown`], [`performance`]) and how much to hold
//! ([`kelly`], [`leverage`]).

pub mod benchmark;
pub mod drawdown;
pub mod kelly;
pub mod leverage;
pub mod metrics;
pub mod performance;
pub mod reason;
pub mod streaming;
