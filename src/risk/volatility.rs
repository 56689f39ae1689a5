//! Forecasts of the next bar's volatility: rolling, exponentially weighted, GARCH(1,1). Over a slice of
//! returns ([`VolatilityForecast::annual`]) or bar by bar
//! ([`VolatilityTracker`]).

mod forecast;
mod tracker;

pub use forecast::VolatilityForecast;
pub use tracker::{VolatilityState, VolatilityTracker};
