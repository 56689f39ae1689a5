//! Temporary.
use crate::error::Result;
use serde::{Deserialize, Serialize};
/// Temporary.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VolatilityForecast {}
impl VolatilityForecast {
    /// Temporary.
    pub fn validate(&self) -> Result<()> {
        Ok(())
    }
    /// Temporary.
    pub fn forecast(&self, returns: &[f64]) -> f64 {
        crate::math::statistics::ewma_volatility(returns, 20.0)
    }
}
