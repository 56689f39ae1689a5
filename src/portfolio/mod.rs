//! Everything joined for one caller: a run's configuration, training and judging it, and the live manager.

pub mod book;
pub mod book_walk;
#[cfg(feature = "train")]
mod claim;
#[cfg(feature = "train")]
pub mod config;
#[cfg(feature = "train")]
pub mod dataset;
pub mod evaluation;
pub mod explained;
#[cfg(feature = "train")]
mod joined;
pub mod last_bar;
pub mod live;
pub mod orders;
#[cfg(feature = "train")]
mod regimes;
#[cfg(feature = "train")]
pub mod run;
#[cfg(feature = "train")]
pub mod training;
#[cfg(feature = "train")]
pub mod training_log;
#[cfg(feature = "train")]
pub mod walk_forward;

pub use book::{Book, BookState};
pub use book_walk::{report_risk, run_managed};
pub use live::restart::PortfolioState;
pub use live::{Portfolio, PortfolioConfig};
pub use orders::{Order, OrderTerms};
#[cfg(feature = "train")]
pub use training::TrainingLength;
