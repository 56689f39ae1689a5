//! Which linear limit a point breaks most.

use super::region::{Limit, Region};

/// By how much a limit may be missed before it is taken up: above the rounding of sums, below the tolerance.
const TOUCH: f64 = 2e-13;

/// A linear piece `normal·x <= level` of a limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facet {
    pub(super) limit: Limit,
    pub(super) level: f64,
    /// Squared length of the normal.
    pub(super) norm2: f64,
}

/// The most broken limit so far: its distance, not just its excess, counts.
struct Worst {
    limit: Limit,
    /// excess² / |normal|²
    score: f64,
}

/// Looks at every limit at one point.
pub(super) struct Search<'a> {
    pub(super) region: &'a Region,
    pub(super) target: &'a [f64],
    pub(super) point: &'a [f64],
}

impl Search<'_> {
    /// The facet that lies farthest behind the point, with its normal [n] written; none if all limits are
    /// met.
    pub(super) fn most_broken(&self, normal: &mut [f64]) -> Option<Facet> {
        let mut worst = None;
        self.look_at_bounds(&mut worst);
        self.look_at_sums(&mut worst);
        self.look_at_absolute_values(&mut worst);
        worst.map(|worst| self.facet(worst.limit, normal))
    }

    fn look_at_bounds(&self, worst: &mut Option<Worst>) {
        for (i, &x) in self.point.iter().enumerate() {
            consider(worst, Limit::Low(i), self.region.low[i] - x, 1.0);
            consider(worst, Limit::High(i), x - self.region.high[i], 1.0);
        }
    }

    fn look_at_sums(&self, worst: &mut Option<Worst>) {
        for (k, range) in self.region.sums.iter().enumerate() {
            let (sum, norm2) = (range.of(self.point), range.members.len() as f64);
            consider(worst, Limit::Least(k), range.least - sum, norm2);
            consider(worst, Limit::Most(k), sum - range.most, norm2);
        }
    }

    fn look_at_absolute_values(&self, worst: &mut Option<Worst>) {
        if self.region.gross.is_finite() {
            let gross: f64 = self.point.iter().map(|x| x.abs()).sum();
            consider(
                worst,
                Limit::Gross,
                gross - self.region.gross,
                self.point.len() as f64,
            );
        }
        if self.region.turnover.is_finite() {
            let (mut increases, mut decreases, mut rising, mut falling) = (0.0, 0.0, 0, 0);
            for i in 0..self.point.len() {
                let change = self.point[i] - self.region.from[i];
                increases += change.max(0.0);
                decreases += (-change).max(0.0);
                rising += usize::from(self.rises(i));
                falling += usize::from(self.falls(i));
            }
            let most = self.region.turnover;
            consider(worst, Limit::Increases, increases - most, rising as f64);
            consider(worst, Limit::Decreases, decreases - most, falling as f64);
        }
    }

    fn facet(&self, limit: Limit, normal: &mut [f64]) -> Facet {
        normal.fill(0.0);
        let region = self.region;
        let mut level = match limit {
            Limit::Low(i) => -region.low[i],
            Limit::High(i) => region.high[i],
            Limit::Least(k) => -region.sums[k].least,
            Limit::Most(k) => region.sums[k].most,
            Limit::Gross => region.gross,
            Limit::Increases | Limit::Decreases => region.turnover,
        };
        match limit {
            Limit::Low(i) => normal[i] = -1.0,
            Limit::High(i) => normal[i] = 1.0,
            Limit::Least(k) => region.sums[k].members.iter().for_each(|&i| normal[i] = -1.0),
            Limit::Most(k) => region.sums[k].members.iter().for_each(|&i| normal[i] = 1.0),
            Limit::Gross => {
                for (i, sign) in normal.iter_mut().enumerate() {
                    *sign = self.sign(i);
                }
            }
            Limit::Increases => {
                for i in (0..normal.len()).filter(|&i| self.rises(i)) {
                    normal[i] = 1.0;
                    level += region.from[i];
                }
            }
            Limit::Decreases => {
                for i in (0..normal.len()).filter(|&i| self.falls(i)) {
                    normal[i] = -1.0;
                    level -= region.from[i];
                }
            }
        }
        let norm2 = normal.iter().map(|x| x * x).sum();
        Facet { limit, level, norm2 }
    }

    /// Side of 0 on which coordinate i counts; at 0 the target's, where the bounds allow both.
    fn sign(&self, i: usize) -> f64 {
        let x = self.point[i];
        let positive = match x.abs() > KINK {
            true => x > 0.0,
            false if self.region.low[i] >= 0.0 => true,
            false if self.region.high[i] <= 0.0 => false,
            false => self.target[i] >= 0.0,
        };
        if positive { 1.0 } else { -1.0 }
    }

    /// Whether coordinate i counts among the increases; at `from`, whether the target does.
    fn rises(&self, i: usize) -> bool {
        let change = self.point[i] - self.region.from[i];
        change > KINK || (change >= -KINK && self.target[i] > self.region.from[i])
    }

    /// Whether coordinate i counts among the decreases; at `from`, whether the target does.
    fn falls(&self, i: usize) -> bool {
        let change = self.point[i] - self.region.from[i];
        change < -KINK || (change <= KINK && self.target[i] < self.region.from[i])
    }
}

/// Distance from a kink at which rounding alone decides the side.
const KINK: f64 = 1e-15;

fn consider(worst: &mut Option<Worst>, limit: Limit, excess: f64, norm2: f64) {
    if excess > TOUCH {
        let score = excess * excess / norm2;
        if worst.as_ref().is_none_or(|worst| score > worst.score) {
            *worst = Some(Worst { limit, score });
        }
    }
}
