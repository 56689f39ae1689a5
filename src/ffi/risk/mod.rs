//! The risk manager for C, its parts by themselves, and the measures, sizes and forecasts around it.

mod arrays;
pub mod atr;
pub(in crate::ffi) mod bar;
pub mod benchmark;
pub mod decision;
pub mod drawdown;
pub mod hedge;
pub mod kelly;
pub mod leverage;
pub mod limits;
pub mod manage;
pub mod manager;
pub mod metrics;
pub mod performance;
pub mod positions;
pub mod reason;
pub mod regime;
pub mod tail;
pub mod volatility;
