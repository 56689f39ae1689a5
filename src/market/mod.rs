//! Where returns come from: price tables, simulated markets, and what a policy sees of them.

pub mod bytes;
pub mod csv;
pub mod dates;
pub mod fit;
pub(crate) mod history;
pub mod prices;
pub mod prior;
pub mod simulate;
pub mod source;
pub mod state;
pub mod state_spec;
pub mod table;

pub use source::{Market, MarketBar, MarketShape, Path};
