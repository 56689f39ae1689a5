//! A market that plays back bars, for tests that must know every return.

use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;

/// Plays its bars from the first on, in every episode.
pub(crate) struct Recorded {
    pub(crate) bars: Vec<MarketBar>,
}

impl Market for Recorded {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: self.bars[0].returns.len(),
            columns: self.bars[0].columns.len(),
            asset_columns: self.bars[0].asset_columns.len() / self.bars[0].returns.len(),
            prior: !self.bars[0].prior.is_empty(),
            ragged: false,
        }
    }

    fn begin(&self, warm_up: usize, steps: usize, path: &mut Path, _: &mut Stream) -> usize {
        path.bar = 0;
        steps.min(self.bars.len().saturating_sub(warm_up))
    }

    fn advance(&self, path: &mut Path, _: &mut Stream, bar: &mut MarketBar) {
        bar.clone_from(&self.bars[path.bar]);
        path.bar += 1;
    }
}
