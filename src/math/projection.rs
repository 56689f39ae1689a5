//! The exact projection onto a region limited by bounds, sums, a sum of absolute values and a distance from a
//! point.

use crate::error::{Error, Result};
use active_set::ActiveSet;
use facet::{Facet, Search};

mod active_set;
mod facet;
mod region;
#[cfg(test)]
mod tests;

pub use region::{Limit, Region, SumRange, TOLERANCE, turnover};

/// What [`Projector::project`] found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The target lies inside and was copied bit for bit.
    Inside,
    /// The target lies outside: the nearest point of the region was written.
    Nearest,
    /// The region is empty: nothing was written. The multipliers m of [`Projector::multipliers`] prove it:
    /// the limits `normal·x <= level` they belong to, each times its m, add up to 0 <= -`gap`.
    Empty {
        /// How far the limits miss each other, above 0.
        gap: f64,
    },
}

/// Finds nearest points, with all the memory that it takes.
///
/// The method is the dual active set of Goldfarb and Idnani (Mathematical Programming 27, 1983) for ½|x -
/// target|². It starts from the target cut at its bounds, and makes the most broken limit an equation, one
/// after the other, giving up those whose multiplier would turn negative on the way: the distance grows with
/// every limit taken up, so none of the finitely many sets of equations comes twice, however degenerate the
/// region. A sum of absolute values, of increases or of decreases is the largest of linear functions, of
/// which those broken are made when met.
#[derive(Debug, Clone)]
pub struct Projector {
    active: ActiveSet,
    point: Vec<f64>,
    proof: Vec<(Limit, f64)>,
}

impl Projector {
    /// For points of `n` coordinates.
    pub fn new(n: usize) -> Self {
        Self {
            active: ActiveSet::new(n),
            point: vec![0.0; n],
            proof: Vec::with_capacity(n + 1),
        }
    }

    /// Writes the point of `region` nearest to `target` to `out`, both [n]: inside its bounds to the last
    /// bit, inside its sums within [`TOLERANCE`], and exactly at a bound, at 0 or at `from` where rounding
    /// alone tells it apart. Does not allocate.
    ///
    /// # Errors
    /// Numbers too large or too far apart for the rounding of the sums to stay inside the tolerance (beyond
    /// about a hundred); `out` is untouched then.
    ///
    /// # Panics
    /// If a length is not n.
    pub fn project(&mut self, region: &Region, target: &[f64], out: &mut [f64]) -> Result<Outcome> {
        self.proof.clear();
        if region.contains(target) {
            out.copy_from_slice(target);
            return Ok(Outcome::Inside);
        }
        let crossed = (0..target.len()).find(|&i| region.low[i] > region.high[i]);
        if let Some(i) = crossed {
            self.proof.extend([(Limit::Low(i), 1.0), (Limit::High(i), 1.0)]);
            let gap = region.low[i] - region.high[i];
            return Ok(Outcome::Empty { gap });
        }
        self.active.start(region, target, &mut self.point);
        let mut refined = false;
        for _ in 0..100 * (target.len() + region.sums.len() + 10) {
            let search = Search {
                region,
                target,
                point: &self.point,
            };
            let entering = search.most_broken(self.active.entering_normal());
            match entering {
                Some(facet) => {
                    if let Err(gap) = self.take_up(facet) {
                        return Ok(Outcome::Empty { gap });
                    }
                    refined = false;
                }
                None if refined => return self.finish(region, out),
                None => {
                    self.active.refine(&mut self.point);
                    refined = true;
                }
            }
        }
        Err(too_ill_conditioned())
    }

    /// The limits that hold the last result back, each with its multiplier, 0 or more; a limit made of
    /// several facets may come several times. For [`Outcome::Empty`], the proof. None for
    /// [`Outcome::Inside`].
    pub fn multipliers(&self) -> &[(Limit, f64)] {
        &self.proof
    }

    /// Makes `facet`, whose normal the active set holds, an equation; else the gap that proves the region
    /// empty.
    fn take_up(&mut self, facet: Facet) -> std::result::Result<(), f64> {
        let mut multiplier = 0.0;
        loop {
            let broken = self.active.entering_excess(&self.point, facet.level);
            let step = self.active.step(facet.norm2, broken);
            if step.length.is_infinite() {
                self.proof.extend(self.active.infeasible(facet.limit));
                return Err(broken);
            }
            self.active.advance(&step, &mut self.point);
            multiplier += step.length;
            match step.leaving {
                Some(position) => self.active.drop(position),
                None => {
                    self.active.add(facet.limit, facet.level, multiplier);
                    return Ok(());
                }
            }
        }
    }

    /// Takes off what only rounding put there, and writes the point.
    fn finish(&mut self, region: &Region, out: &mut [f64]) -> Result<Outcome> {
        self.proof.extend(self.active.multipliers());
        for &(limit, _) in &self.proof {
            match limit {
                Limit::Low(i) => self.point[i] = region.low[i],
                Limit::High(i) => self.point[i] = region.high[i],
                _ => {}
            }
        }
        for (i, x) in self.point.iter_mut().enumerate() {
            let (low, high) = (region.low[i], region.high[i]);
            let kinks = [(region.gross, 0.0), (region.turnover, region.from[i])];
            for (limit, kink) in kinks {
                let near = (*x - kink).abs() <= 1e-14 * (1.0 + kink.abs());
                if limit.is_finite() && near && low <= kink && kink <= high {
                    *x = kink;
                }
            }
            *x = x.clamp(low, high);
        }
        if !region.contains(&self.point) {
            self.proof.clear();
            return Err(too_ill_conditioned());
        }
        out.copy_from_slice(&self.point);
        Ok(Outcome::Nearest)
    }
}

fn too_ill_conditioned() -> Error {
    let found = "too large, or the limits too ill-conditioned, for the projection to settle";
    Error::invalid("target", found, "weights of ordinary size")
}
