//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

#[cfg(feature = "train")]
mod claim;
#[cfg(feature = "train")]
pub mod config;
#[cfg(feature = "train")]
pub mod dataset;
pub mod judge;
pub mod managed;
pub mod managed_walk;
pub mod manager;
#[cfg(feature = "train")]
pub mod run;
#[cfg(feature = "train")]
pub mod training;
#[cfg(feature = "train")]
pub mod training_log;

pub use managed::{ClosedBar, ManagedPortfolio, ManagedState};
pub use managed_walk::{report_risk, run_managed};
pub use manager::{ManagerConfig, ManagerState, RLPortfolioManager};
#[cfg(feature = "train")]
pub use training::TrainingLength;
