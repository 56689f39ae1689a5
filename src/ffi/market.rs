//! temp
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle::Kind;
use crate::market::Market;
use crate::policy::spec::PolicySpec;
use std::sync::Arc;
/// temp
pub struct ppo_market {
    _private: [u8; 0],
}
/// temp
pub struct MarketValue(Arc<dyn Market>);
impl MarketValue {
    pub(in crate::ffi) fn market(&self, _spec: &PolicySpec) -> Outcome<Arc<dyn Market>> {
        Ok(Arc::clone(&self.0))
    }
}
impl Kind for ppo_market {
    type Value = MarketValue;
    const MAGIC: [u8; 8] = *b"ppomarkt";
    const NAME: &'static str = "market";
}
