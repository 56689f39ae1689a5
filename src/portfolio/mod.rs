//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

#[cfg(feature = "train")]
pub mod config;
pub mod manager;
#[cfg(feature = "train")]
pub mod training;

pub use manager::{ManagerConfig, ManagerState, RLPortfolioManager};
#[cfg(feature = "train")]
pub use training::TrainingLength;
