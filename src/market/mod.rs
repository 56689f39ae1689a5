//! Where returns come from: price tables, simulated markets, and what a policy sees of them.

pub mod bars_per_year;
pub mod bytes;
pub mod content;
pub mod correlation;
pub mod cost_table;
pub mod csv;
pub mod fit;
pub(crate) mod history;
pub mod listing;
pub mod price;
pub mod prices;
pub mod prior;
pub mod regime;
pub mod simulate;
pub mod source;
pub mod state;
pub mod state_spec;
pub mod table;
pub mod time;
pub mod universe;

pub use bars_per_year::BarsPerYear;
pub use cost_table::CostTable;
pub use listing::{Listing, ListingRules, Status};
pub use source::{BarColumns, BarCosts, CostColumns, Market, MarketBar, MarketShape, Path};
pub use time::{DateOrTime, Time};
