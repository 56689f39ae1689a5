//! The trading environment: one step's rules, rewards, and the batch.

pub mod account;
pub mod batch;
pub mod config;
pub mod cost_history;
pub mod cost_rates;
pub mod costs;
pub mod environment;
mod environments;
mod host;
mod margin;
pub(crate) mod return_memory;
pub mod reward;
mod saved;
pub mod value_left;
mod walker;

pub use batch::{BatchEnvironment, BatchSnapshot, BatchStep};
pub use config::{ControlVariate, EnvConfig, Start};
pub use cost_history::CostHistory;
pub use cost_rates::CostRates;
pub use costs::Costs;
pub use environment::TradingEnvironment;
pub use environments::{Environments, HostEnvironment, HostStep};
pub use host::HostEnvironments;
pub use margin::Margin;
pub use reward::RewardMode;
pub use walker::{EpisodeStats, Step};
