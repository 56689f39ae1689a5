//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

#[cfg(feature = "train")]
pub mod config;
#[cfg(feature = "train")]
pub mod dataset;
pub mod judge;
#[cfg(feature = "train")]
pub mod run;
#[cfg(feature = "train")]
pub mod training_log;
