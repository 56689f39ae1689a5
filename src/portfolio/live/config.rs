//! The settings of a portfolio.

use crate::env::config::LARGEST_BALANCE;
use crate::env::{Costs, EnvConfig};
use crate::error::Result;
use crate::market::ListingRules;
use crate::market::prices::PriceTable;
use crate::market::prior::LONGEST_LOOK_BACK;
use crate::market::universe::Universe;
use crate::risk::kelly::KellyConfig;
use crate::risk::leverage::LeverageConfig;
use crate::settings::{self, Range, settings};

/// Fewest remembered bars that leverage and Kelly sizes are estimated from.
pub(super) const FEWEST_BARS: usize = 20;

settings! {
    /// What a manager assumes and remembers. Unknown keys are refused.
    pub struct PortfolioConfig in "" {
        #[shared]
        /// What trades are assumed to cost, and in what lots.
        costs: Costs;
        /// Money at the start, all in cash.
        balance: f64 = EnvConfig::default().balance, "MONEY", Range::above(0.0, LARGEST_BALANCE);
        /// Returns remembered for leverage and Kelly.
        history: usize = 252, "BARS", Range::closed(FEWEST_BARS as f64, LONGEST_LOOK_BACK as f64);
        /// Half-life of the volatility forecast for leverage, in bars.
        half_life: f64 = 20.0, "BARS", Range::above(0.0, f64::MAX);
        /// Bars without a price after which an asset has ended and is paid out.
        max_halted_bars: u32 = ListingRules::default().max_halted_bars, "BARS", Range::ANY;
        /// Simple return over its last price with which an asset that ends is paid out.
        delisting_return: f64 = ListingRules::default().delisting_return, "RETURN", Range::ANY;
        /// Dynamic leverage.
        leverage: LeverageConfig = LeverageConfig::default(), "OBJECT", Range::ANY;
        /// Kelly sizes.
        kelly: KellyConfig = KellyConfig::default(), "OBJECT", Range::ANY;
    }
}

impl settings::Value for LeverageConfig {}

impl settings::Value for KellyConfig {}

impl PortfolioConfig {
    /// The defaults at these costs.
    pub(crate) fn at_costs(costs: &Costs) -> Self {
        Self {
            costs: *costs,
            ..Self::default()
        }
    }

    /// The same, with assets that end as those of a table do.
    pub(crate) fn with_ends_of(self, table: &PriceTable) -> Self {
        let rules = table
            .universe()
            .map_or_else(ListingRules::default, Universe::rules);
        Self {
            max_halted_bars: rules.max_halted_bars,
            delisting_return: rules.delisting_return,
            ..self
        }
    }

    /// Checks every number, for `assets` assets; the error names the first that cannot be used.
    pub fn validate(&self, assets: usize) -> Result<()> {
        self.check_ranges()?;
        self.listing_rules().validate()?;
        self.leverage.validate()?;
        self.kelly.validate(assets)
    }

    /// When a halted asset has ended, and what is then paid for it.
    pub(super) fn listing_rules(&self) -> ListingRules {
        ListingRules {
            max_halted_bars: self.max_halted_bars,
            delisting_return: self.delisting_return,
        }
    }

    /// What an environment would be told of it.
    pub(super) fn env(&self) -> EnvConfig {
        EnvConfig {
            costs: self.costs,
            ..EnvConfig::default()
        }
    }
}
