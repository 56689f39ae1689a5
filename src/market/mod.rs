//! Where returns come from: price tables, simulated markets, and what a policy sees of them.

pub(crate) mod history;
pub mod prior;
pub mod source;
pub mod state;

pub use source::{Bar, Market, MarketShape, Path};
