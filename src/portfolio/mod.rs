//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

#[cfg(feature = "train")]
pub mod config;
