//! Growth-optimal sizes (Kelly 1956): of one bet in closed form, of a portfolio as a quadratic program.

mod closed_form;
mod config;
mod estimate;

pub use closed_form::{binary, continuous, unconstrained};
pub use config::KellyConfig;
pub use estimate::KellyEstimate;
