//! A policy or a baseline over prices, and what becomes of it: track, comparison, report.

pub mod bootstrap;
pub mod track;

pub use track::Track;
