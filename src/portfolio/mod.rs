//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

pub mod config;
