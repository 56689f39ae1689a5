//! Known points, and proofs of thousands of random outcomes.

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

/// Every outcome is proved: a nearest point by a dual value equal to its distance, an empty region by its
/// proof.
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

/// The least of ½|x - t|² plus the multiplied limits over the bounds alone, coordinate by coordinate: never
/// more than the least distance, whatever the multipliers, and equal to it for the right ones.
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
        let value =
            |x: f64| slopes[i] * x + gross * x.abs() + up * (x - from).max(0.0) + down * (from - x).max(0.0);
        let values = [low, high, 0.0, from]
            .into_iter()
            .map(|x| value(x.clamp(low, high)));
        values.fold(f64::INFINITY, f64::min)
    };
    (0..n).map(least).sum::<f64>() + constant
}
