//! The trading environment: one step's rules, rewards, and the batch.

pub mod account;
pub mod batch;
pub mod config;
pub mod costs;
pub mod environment;
mod environments;
mod host;
mod margin;
pub(crate) mod return_memory;
pub mod reward;
mod saved;
mod walker;

pub use batch::{BatchEnvironment, BatchSnapshot, BatchStep};
pub use config::{ControlVariate, EnvConfig};
pub use environment::TradingEnvironment;
pub use environments::{Environments, HostEnvironment, HostStep};
pub use host::HostEnvironments;
pub use margin::Margin;
pub use reward::RewardMode;
pub use walker::{EpisodeStats, Step};
