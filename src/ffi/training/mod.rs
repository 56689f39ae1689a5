//! Training: its configuration, trainers over markets, host environments and transitions, and jobs in the background.
//!
//! `session` is what the exports call; without libtorch `missing` stands in for it and refuses, so that the exports
//! are the same in both builds.

pub mod collectives;
pub mod config;
#[cfg(feature = "train")]
mod exit;
pub mod host;
pub mod job;
pub mod metrics;
pub mod online;
pub mod run;
#[cfg(feature = "train")]
mod session;
#[cfg(not(feature = "train"))]
#[path = "missing.rs"]
mod session;
pub mod threads;
pub mod trainer;
