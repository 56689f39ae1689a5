//! Training: its configuration, trainers over markets, host environments and transitions, and jobs in the background.
//!
//! `session` is what the exports work on, made by `torch`; without libtorch `missing` stands in for that and refuses, so
//! that the exports are the same in both builds.

pub mod collectives;
pub mod config;
#[cfg(feature = "train")]
mod exit;
pub mod host;
pub mod job;
pub mod metrics;
pub mod online;
pub mod run;
mod session;
pub mod threads;
#[cfg(feature = "train")]
mod torch;
#[cfg(not(feature = "train"))]
#[path = "missing.rs"]
mod torch;
pub mod trainer;
