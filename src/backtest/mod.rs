//! A policy or a baseline over prices, and what becomes of it: track, comparison, report.

pub mod bootstrap;
pub mod report;
pub mod summary;
pub mod track;

pub use report::Report;
pub use track::Track;
