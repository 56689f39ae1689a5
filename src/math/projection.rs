//! The exact projection onto a region limited by bounds, sums, a sum of absolute values and a distance from a point.

use crate::error::{Error, Result};
use active_set::ActiveSet;
use facet::{Facet, Search};

mod active_set;
mod facet;

/// By how much a point may miss a sum, and still counts as inside: sums are only known to rounding.
pub const TOLERANCE: f64 = 1e-12;

/// The points x of n coordinates that meet every limit below. Limits that are infinite are off.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Least of each coordinate: [n].
    pub low: Vec<f64>,
    /// Most of each coordinate: [n].
    pub high: Vec<f64>,
    /// Ranges of sums over some of the coordinates; they may overlap.
    pub sums: Vec<SumRange>,
    /// Most of the sum of abs(x), 0 or more.
    pub gross: f64,
    /// Where `turnover` is counted from: [n].
    pub from: Vec<f64>,
    /// Most of max(sum of increases, sum of decreases) from `from` to x, 0 or more.
    pub turnover: f64,
}

/// What a sum over some coordinates may be.
#[derive(Debug, Clone, PartialEq)]
pub struct SumRange {
    /// The coordinates, each named once.
    pub members: Vec<usize>,
    /// Least of their sum.
    pub least: f64,
    /// Most of their sum.
    pub most: f64,
}

impl SumRange {
    /// The sum over the members of `x`.
    pub fn of(&self, x: &[f64]) -> f64 {
        self.members.iter().map(|&i| x[i]).sum()
    }
}

impl Region {
    /// All points of `n` coordinates.
    pub fn everywhere(n: usize) -> Self {
        Self {
            low: vec![f64::NEG_INFINITY; n],
            high: vec![f64::INFINITY; n],
            sums: Vec::new(),
            gross: f64::INFINITY,
            from: vec![0.0; n],
            turnover: f64::INFINITY,
        }
    }

    /// Whether `x` meets the bounds to the last bit and every sum within [`TOLERANCE`].
    pub fn contains(&self, x: &[f64]) -> bool {
        let bounded = x.iter().zip(self.low.iter().zip(&self.high));
        let mut inside = true;
        let mut gross = 0.0;
        for (x, (low, high)) in bounded {
            inside &= low <= x && x <= high;
            gross += x.abs();
        }
        inside
            && gross <= self.gross + TOLERANCE
            && (self.turnover.is_infinite() || turnover(&self.from, x) <= self.turnover + TOLERANCE)
            && self.sums.iter().all(|range| {
                let sum = range.of(x);
                range.least - TOLERANCE <= sum && sum <= range.most + TOLERANCE
            })
    }
}

/// max(sum of increases, sum of decreases): half the sum of abs(to - from) where what is left over, cash, counts as
/// one more coordinate.
pub fn turnover(from: &[f64], to: &[f64]) -> f64 {
    let (mut increases, mut decreases) = (0.0, 0.0);
    for (from, to) in from.iter().zip(to) {
        let change = to - from;
        increases += change.max(0.0);
        decreases += (-change).max(0.0);
    }
    f64::max(increases, decreases)
}

/// One limit of a [`Region`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The lower bound of a coordinate.
    Low(usize),
    /// The upper bound of a coordinate.
    High(usize),
    /// The least of a sum.
    Least(usize),
    /// The most of a sum.
    Most(usize),
    /// The sum of absolute values.
    Gross,
    /// The sum of increases within the turnover.
    Increases,
    /// The sum of decreases within the turnover.
    Decreases,
}

/// What [`Projector::project`] found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The target lies inside and was copied bit for bit.
    Inside,
    /// The target lies outside: the nearest point of the region was written.
    Nearest,
    /// The region is empty: nothing was written. The multipliers m of [`Projector::multipliers`] prove it: the limits
    /// `normal·x <= level` they belong to, each times its m, add up to 0 <= -`gap`.
    Empty {
        /// How far the limits miss each other, above 0.
        gap: f64,
    },
}

/// Finds nearest points, with all the memory that it takes.
///
/// The method is the dual active set of Goldfarb and Idnani (Mathematical Programming 27, 1983) for ½|x - target|².
/// It starts from the target cut at its bounds, and makes the most broken limit an equation, one after the other,
/// giving up those whose multiplier would turn negative on the way: the distance grows with every limit taken up, so
/// none of the finitely many sets of equations comes twice, however degenerate the region. A sum of absolute values,
/// of increases or of decreases is the largest of linear functions, of which those broken are made when met.
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

    /// Writes the point of `region` nearest to `target` to `out`, both [n]: inside its bounds to the last bit, inside
    /// its sums within [`TOLERANCE`], and exactly at a bound, at 0 or at `from` where rounding alone tells it apart.
    /// Does not allocate.
    ///
    /// # Errors
    /// Numbers too large or too far apart for the rounding of the sums to stay inside the tolerance (beyond about a
    /// hundred); `out` is untouched then.
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

    /// The limits that hold the last result back, each with its multiplier, 0 or more; a limit made of several facets
    /// may come several times. For [`Outcome::Empty`], the proof. None for [`Outcome::Inside`].
    pub fn multipliers(&self) -> &[(Limit, f64)] {
        &self.proof
    }

    /// Makes `facet`, whose normal the active set holds, an equation; else the gap that proves the region empty.
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn known_points_are_found() {
        let mut region = Region::everywhere(3);
        let mut projector = Projector::new(3);
        let mut out = [0.0; 3];
        // Soft thresholding: the nearest point with sum abs(x) <= 1 to (2, -1, 0.25) is (1, 0, 0).
        region.gross = 1.0;
        projector.project(&region, &[2.0, -1.0, 0.25], &mut out).unwrap();
        assert_eq!(out, [1.0, 0.0, 0.0]);
        // Turnover: increases 0.5 and 0.3 from (0.1, 0.1, 0.8), cut by 0.1 each; decreases 0.8 cut by 0.2.
        region = Region::everywhere(3);
        (region.from, region.turnover) = (vec![0.1, 0.1, 0.8], 0.6);
        projector.project(&region, &[0.6, 0.4, 0.0], &mut out).unwrap();
        for (found, expected) in out.iter().zip([0.5, 0.3, 0.2]) {
            assert!((found - expected).abs() < 1e-15, "{out:?}");
        }
        let limits: Vec<Limit> = projector.multipliers().iter().map(|(limit, _)| *limit).collect();
        assert!(limits.contains(&Limit::Increases) && limits.contains(&Limit::Decreases));
    }

    #[test]
    fn an_empty_region_is_proved_empty() {
        let mut region = Region::everywhere(2);
        (region.low, region.high) = (vec![0.3, 0.3], vec![1.0, 1.0]);
        let (members, least) = (vec![0, 1], f64::NEG_INFINITY);
        region.sums = vec![SumRange {
            members,
            least,
            most: 0.5,
        }];
        let mut projector = Projector::new(2);
        let outcome = projector.project(&region, &[1.0, 0.0], &mut [0.0; 2]).unwrap();
        let Outcome::Empty { gap } = outcome else {
            panic!("{outcome:?}");
        };
        assert!((gap - 0.1).abs() < 1e-15);
        for limit in [Limit::Low(0), Limit::Low(1), Limit::Most(0)] {
            assert!(projector.multipliers().contains(&(limit, 1.0)), "{limit:?}");
        }
    }

    #[test]
    fn numbers_too_large_for_the_tolerance_are_refused_or_solved() {
        let mut region = Region::everywhere(3);
        region.gross = 1e17;
        let mut out = [7.0; 3];
        match Projector::new(3).project(&region, &[1e17, 1e17 / 3.0, -1e17 / 7.0], &mut out) {
            Ok(_) => assert!(region.contains(&out)),
            Err(_) => assert_eq!(out, [7.0; 3]),
        }
    }

    #[test]
    fn random_and_degenerate_problems_are_solved_exactly() {
        check_problems(20_000, 12);
    }

    #[test]
    #[ignore = "a minute: by hand"]
    fn a_million_problems_are_solved_exactly() {
        check_problems(1_000_000, 60);
    }

    /// Every outcome is proved: a nearest point by a dual value equal to its distance, an empty region by its proof.
    fn check_problems(count: usize, most: usize) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let (mut nearest, mut empty, mut limits) = (0, 0, 0);
        for case in 0..count {
            let n = if case % 10 == 0 {
                random.random_range(1..=most)
            } else {
                random.random_range(1..=most.min(8))
            };
            let (region, target) = problem(&mut random, n);
            let (mut projector, mut out) = (Projector::new(n), vec![f64::NAN; n]);
            let outcome = projector.project(&region, &target, &mut out);
            let what = || format!("case {case}: {region:?} target {target:?} out {out:?}");
            match outcome.unwrap_or_else(|error| panic!("{error}, {}", what())) {
                Outcome::Inside => assert_eq!(out, target),
                Outcome::Nearest => {
                    assert!(region.contains(&out), "{}", what());
                    let distance = 0.5 * out.iter().zip(&target).map(|(x, t)| (x - t).powi(2)).sum::<f64>();
                    let dual = dual_value(&region, &target, projector.multipliers());
                    let error = (distance - dual).abs();
                    assert!(error < 1e-11 * (1.0 + distance), "{distance} {dual} {}", what());
                    nearest += 1;
                    limits += projector.multipliers().len();
                }
                Outcome::Empty { gap } => {
                    assert!(gap > 0.0);
                    let bound = least_of_proof(&region, projector.multipliers());
                    // The proof's own bounds are one choice; the best choice can only prove more.
                    assert!(bound > gap - 1e-11, "{bound} {gap} {}", what());
                    empty += 1;
                }
            }
        }
        assert!(nearest > count / 4 && empty > count / 100, "{nearest} {empty}");
        println!("{nearest} nearest with {limits} equations, {empty} empty");
    }

    fn problem(random: &mut Xoshiro256PlusPlus, n: usize) -> (Region, Vec<f64>) {
        // Eighths and quarters make ties; otherwise anything.
        let grid = [0.0, 4.0, 8.0][random.random_range(0..3)];
        let mut draw = |low: f64, high: f64| -> f64 {
            let value: f64 = random.random_range(low..=high);
            if grid > 0.0 {
                (value * grid).round() / grid
            } else {
                value
            }
        };
        let mut region = Region::everywhere(n);
        for i in 0..n {
            region.low[i] = draw(-1.0, 0.3).min(if draw(0.0, 1.0) < 0.5 { 0.0 } else { 1.0 });
            region.high[i] = region.low[i] + draw(0.0, 1.0);
            region.from[i] = draw(-0.4, 0.6);
        }
        if draw(0.0, 1.0) < 0.6 {
            region.gross = draw(0.1, 2.0);
        }
        if draw(0.0, 1.0) < 0.6 {
            region.turnover = draw(0.0, 1.0);
        }
        for _ in 0..(draw(0.0, 4.0) as usize) {
            let part = draw(0.2, 1.0);
            let members: Vec<usize> = (0..n).filter(|_| draw(0.0, 1.0) <= part).collect();
            if members.is_empty() {
                continue;
            }
            let least = if draw(0.0, 1.0) < 0.5 {
                draw(-1.0, 0.5)
            } else {
                f64::NEG_INFINITY
            };
            let most = if draw(0.0, 1.0) < 0.6 {
                least.max(-1.0) + draw(0.0, 1.0)
            } else {
                f64::INFINITY
            };
            region.sums.push(SumRange { members, least, most });
        }
        let target = (0..n).map(|_| draw(-1.5, 1.5)).collect();
        (region, target)
    }

    /// Multipliers by kind: of each coordinate's sum of sums, gross, increases, decreases, and the constant.
    fn gather(region: &Region, n: usize, multipliers: &[(Limit, f64)]) -> (Vec<f64>, [f64; 3], f64) {
        let (mut slopes, mut kinks, mut constant) = (vec![0.0; n], [0.0; 3], 0.0);
        for &(limit, m) in multipliers {
            assert!(m >= 0.0);
            match limit {
                Limit::Low(_) | Limit::High(_) => {}
                Limit::Least(k) => {
                    region.sums[k].members.iter().for_each(|&i| slopes[i] -= m);
                    constant += m * region.sums[k].least;
                }
                Limit::Most(k) => {
                    region.sums[k].members.iter().for_each(|&i| slopes[i] += m);
                    constant -= m * region.sums[k].most;
                }
                Limit::Gross => {
                    kinks[0] += m;
                    constant -= m * region.gross;
                }
                Limit::Increases => {
                    kinks[1] += m;
                    constant -= m * region.turnover;
                }
                Limit::Decreases => {
                    kinks[2] += m;
                    constant -= m * region.turnover;
                }
            }
        }
        (slopes, kinks, constant)
    }

    /// The least of ½|x - t|² plus the multiplied limits over the bounds alone, coordinate by coordinate: never more
    /// than the least distance, whatever the multipliers, and equal to it for the right ones.
    fn dual_value(region: &Region, target: &[f64], multipliers: &[(Limit, f64)]) -> f64 {
        let (slopes, [gross, up, down], constant) = gather(region, target.len(), multipliers);
        let least = |i: usize| {
            let (low, high, from) = (region.low[i], region.high[i], region.from[i]);
            let value = |x: f64| {
                let turn = up * (x - from).max(0.0) + down * (from - x).max(0.0);
                0.5 * (x - target[i]).powi(2) + slopes[i] * x + gross * x.abs() + turn
            };
            let mut candidates = vec![0.0, from];
            for sign in [-1.0, 1.0] {
                candidates.push(target[i] - slopes[i] - sign * gross - up);
                candidates.push(target[i] - slopes[i] - sign * gross + down);
            }
            let values = candidates.into_iter().map(|x| value(x.clamp(low, high)));
            values.fold(f64::INFINITY, f64::min)
        };
        (0..target.len()).map(least).sum::<f64>() + constant
    }

    /// The least over the bounds of the multiplied limits: above 0 means that they cannot all be met.
    fn least_of_proof(region: &Region, multipliers: &[(Limit, f64)]) -> f64 {
        if let [(Limit::Low(i), _), (Limit::High(j), _)] = *multipliers
            && i == j
        {
            return region.low[i] - region.high[i];
        }
        let n = region.low.len();
        let (slopes, [gross, up, down], constant) = gather(region, n, multipliers);
        let least = |i: usize| {
            let (low, high, from) = (region.low[i], region.high[i], region.from[i]);
            let value = |x: f64| {
                slopes[i] * x + gross * x.abs() + up * (x - from).max(0.0) + down * (from - x).max(0.0)
            };
            let values = [low, high, 0.0, from]
                .into_iter()
                .map(|x| value(x.clamp(low, high)));
            values.fold(f64::INFINITY, f64::min)
        };
        (0..n).map(least).sum::<f64>() + constant
    }
}
