//! The limits in force at one decision: those set, tightened.

use super::config::LimitsConfig;
use crate::error::{Count, Error, Result, words};
use crate::math::projection::{Region, SumRange};
use crate::risk::reason::{Reason, ReasonCode};

/// Place of net exposure among the region's sums.
pub(super) const NET: usize = 0;
/// Place of the cash floor, as the most of the sum of weights.
pub(super) const CASH: usize = 1;
/// Place of the first sector.
pub(super) const SECTORS: usize = 2;

/// What states, stops and regimes take away from the limits for one decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tightening<'a> {
    /// In [0, 1]: multiplies every limit on exposure away from 0, which are gross and net exposure, the
    /// bounds of assets and sectors where they are above 0 at the top or below 0 at the bottom, and the caps
    /// on tail risk.
    pub factor: f64,
    /// Lower bounds besides the limits' own, each 0 or less, or minus infinity: [N], or empty for none.
    pub low: &'a [f64],
    /// Upper bounds besides the limits' own, each 0 or more, or infinity: [N], or empty for none.
    pub high: &'a [f64],
}

/// Why each asset's bounds are what they are: the reason that is given where they bind. [N] each.
#[derive(Debug, Clone)]
pub(super) struct Causes {
    pub(super) low: Vec<ReasonCode>,
    pub(super) high: Vec<ReasonCode>,
}

impl Causes {
    pub(super) fn of(assets: usize) -> Self {
        Self {
            low: vec![ReasonCode::AssetMinimum; assets],
            high: vec![ReasonCode::AssetMaximum; assets],
        }
    }
}

impl Tightening<'_> {
    /// The limits as they are set.
    pub fn none() -> Self {
        Self {
            factor: 1.0,
            low: &[],
            high: &[],
        }
    }

    pub(super) fn validate(&self, assets: usize) -> Result<()> {
        if !(0.0..=1.0).contains(&self.factor) {
            return Err(Error::invalid("tightening.factor", self.factor, "0 to 1"));
        }
        for (name, bounds, sign) in [("low", self.low, -1.0), ("high", self.high, 1.0)] {
            if !bounds.is_empty() && bounds.len() != assets {
                let (found, expected) = (Count(bounds.len(), "values"), words!("{assets}, or none"));
                return Err(Error::invalid(words!("tightening.{name}"), found, expected));
            }
            if let Some(i) = bounds
                .iter()
                .position(|bound| bound.is_nan() || sign * bound < 0.0)
            {
                let expected = if sign > 0.0 { "0 or more" } else { "0 or less" };
                return Err(Error::invalid(
                    words!("tightening.{name}[{i}]"),
                    bounds[i],
                    expected,
                ));
            }
        }
        Ok(())
    }
}

/// The region of `config` with room for every limit, turnover off, and what bounds its assets.
pub(super) fn region(config: &LimitsConfig, assets: usize) -> (Region, Causes) {
    let mut region = Region::everywhere(assets);
    let everything = || (0..assets).collect::<Vec<usize>>();
    let members = [everything(), everything()].into_iter();
    for members in members.chain(config.sectors.iter().map(|sector| sector.assets.clone())) {
        let (least, most) = (f64::NEG_INFINITY, f64::INFINITY);
        region.sums.push(SumRange { members, least, most });
    }
    let mut causes = Causes::of(assets);
    tighten(
        config,
        &Tightening::none(),
        (&mut region, &mut causes),
        &mut Vec::new(),
    );
    (region, causes)
}

/// Sets the numbers of `region`, turnover apart, and what bounds its assets. Where a tightening leaves an asset no room, its own bounds
/// yield just so far that 0 is allowed, which is said.
pub(super) fn tighten(
    config: &LimitsConfig,
    tightening: &Tightening<'_>,
    (region, causes): (&mut Region, &mut Causes),
    reasons: &mut Vec<Reason>,
) {
    let factor = tightening.factor;
    let most = |value: f64| if value > 0.0 { value * factor } else { value };
    let least = |value: f64| if value < 0.0 { value * factor } else { value };
    for i in 0..region.low.len() {
        let (low, high) = (config.min_weight(i), config.max_weight(i));
        let more = |bounds: &[f64], none: f64| bounds.get(i).copied().unwrap_or(none);
        let (own_low, own_high) = (least(low), most(high));
        let imposed_low = more(tightening.low, f64::NEG_INFINITY);
        let imposed_high = more(tightening.high, f64::INFINITY);
        causes.low[i] = match imposed_low > own_low {
            true => ReasonCode::ExposureBound,
            false => ReasonCode::AssetMinimum,
        };
        causes.high[i] = match imposed_high < own_high {
            true => ReasonCode::ExposureBound,
            false => ReasonCode::AssetMaximum,
        };
        (region.low[i], region.high[i]) = (own_low.max(imposed_low), own_high.min(imposed_high));
        let untouched = low > high;
        if region.low[i] > region.high[i] && !untouched {
            let minimum = if low > 0.0 { low } else { high };
            reasons.push(Reason::at(ReasonCode::MinimumRelaxed, i, minimum, 0.0));
            region.low[i] = region.low[i].min(0.0);
            region.high[i] = region.high[i].max(0.0);
        }
    }
    let lower = |value: Option<f64>| value.map_or(f64::NEG_INFINITY, least);
    let upper = |value: Option<f64>| value.map_or(f64::INFINITY, most);
    region.gross = upper(config.max_gross);
    (region.sums[NET].least, region.sums[NET].most) = (lower(config.min_net), upper(config.max_net));
    region.sums[CASH].most = config.min_cash.map_or(f64::INFINITY, |cash| 1.0 - cash);
    for (range, sector) in region.sums[SECTORS..].iter_mut().zip(&config.sectors) {
        (range.least, range.most) = (lower(sector.min), upper(sector.max));
    }
}

/// Lets every minimum, and every maximum below 0, yield just so far that 0 is allowed.
pub(super) fn relax(region: &mut Region) {
    region.low.iter_mut().for_each(|low| *low = low.min(0.0));
    region.high.iter_mut().for_each(|high| *high = high.max(0.0));
    for range in &mut region.sums {
        range.least = range.least.min(0.0);
        range.most = range.most.max(0.0);
    }
}
