//! The regimes that a policy sees, fitted to the returns that it learns from.

use crate::error::Result;
use crate::market::regime::RegimeBlock;
use crate::market::{Market, MarketBar, Path};
use crate::math::random::stream;

/// Fits so many regimes to the market's returns over at most `bars` bars of a market; none where there are to be none. The
/// same seed gives the same regimes.
///
/// Errors: as [`RegimeBlock::fit`].
pub(super) fn fitted(
    market: &dyn Market,
    bars: usize,
    regimes: usize,
    seed: u64,
) -> Result<Option<RegimeBlock>> {
    if regimes == 0 {
        return Ok(None);
    }
    let (mut path, mut draws) = (Path::default(), stream(seed, "regimes", 0));
    let mut bar = MarketBar::zeros(market.shape());
    let count = market.begin(0, bars, &mut path, &mut draws);
    let mut returns = Vec::with_capacity(count);
    for _ in 0..count {
        market.advance(&mut path, &mut draws, &mut bar);
        returns.extend(bar.mean_return());
    }
    RegimeBlock::fit(&returns, regimes, seed)
        .map(Some)
        .map_err(|error| error.within("state.regimes."))
}
