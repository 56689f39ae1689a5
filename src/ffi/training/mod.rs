//! Training: its configuration.

pub mod config;
