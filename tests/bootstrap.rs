//! The paired block bootstrap against numpy, and against the truth it is meant to enclose.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::backtest::Verdict;
use ppo_risk::backtest::bootstrap::{BlockBootstrap, resampled_difference};
use ppo_risk::market::BarsPerYear;
use ppo_risk::math::random;
use ppo_risk::math::statistics::quantile_sorted;
use ppo_risk::risk::metrics::Conventions;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    block: usize,
    first: Vec<f64>,
    second: Vec<f64>,
    starts: Vec<Vec<usize>>,
    differences: Vec<f64>,
    low: f64,
    median: f64,
    high: f64,
}

/// tests/golden/make_bootstrap.py, numpy float64; max abs error 1e-12.
#[test]
fn statistic_and_quantiles_match_numpy() {
    let golden: Golden = serde_json::from_str(include_str!("golden/bootstrap.json")).unwrap();
    let mut found: Vec<f64> = golden
        .starts
        .iter()
        .map(|starts| {
            resampled_difference(
                &golden.first,
                &golden.second,
                golden.block,
                starts,
                &Conventions::default(),
            )
        })
        .collect();
    for (found, expected) in found.iter().zip(&golden.differences) {
        assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
    }
    found.sort_unstable_by(f64::total_cmp);
    for (p, expected) in [(0.05, golden.low), (0.5, golden.median), (0.95, golden.high)] {
        assert!((quantile_sorted(&found, p) - expected).abs() < 1e-12);
    }
}

/// Correlated normal pairs with a known difference in Sharpe of 0.5: the 90% interval holds it in 80 to 97% of 400
/// replications (standard error of the share: 1.5 points).
#[test]
fn interval_covers_a_known_difference() {
    const BARS: usize = 1_000;
    let daily = |annual_sharpe: f64| annual_sharpe / 252.0_f64.sqrt();
    let settings = BlockBootstrap {
        draws: 400,
        ..BlockBootstrap::default()
    };
    let (mut covered, mut above) = (0, 0);
    for replication in 0..400 {
        let mut stream = random::stream(11, "bootstrap coverage", replication);
        let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for _ in 0..BARS {
            let (common, own) = (normal(), normal());
            first.push(0.010 * (daily(1.0) + 0.8 * common + 0.6 * own));
            second.push(0.015 * (daily(0.5) + common));
        }
        let interval = settings
            .sharpe_difference(&first, &second, BarsPerYear::DAILY)
            .unwrap();
        covered += i32::from(interval.low <= 0.5 && 0.5 <= interval.high);
        above += i32::from(interval.median > 0.5);
    }
    let share = f64::from(covered) / 400.0;
    assert!((0.80..=0.97).contains(&share), "covered in {share}");
    // The medians scatter around the truth: no side is favoured by more than 4 standard errors.
    assert!((160..=240).contains(&above), "{above} of 400 medians above");
}

#[test]
fn draws_depend_on_the_seed_alone() {
    let first: Vec<f64> = (0..300).map(|t| 0.001 + 0.01 * f64::from(t).sin()).collect();
    let second: Vec<f64> = (0..300).map(|t| 0.01 * f64::from(t).cos()).collect();
    let with = |seed| {
        BlockBootstrap {
            seed,
            ..BlockBootstrap::default()
        }
        .sharpe_difference(&first, &second, BarsPerYear::DAILY)
        .unwrap()
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
    let same = BlockBootstrap::default()
        .sharpe_difference(&first, &first, BarsPerYear::DAILY)
        .unwrap();
    assert_eq!((same.low, same.median, same.high), (0.0, 0.0, 0.0));
    assert_eq!(same.verdict, Verdict::NoDifference);
}

/// At 126 bars a "90%" interval covers 82%: none is given below 252 bars, or below 12 blocks.
#[test]
fn too_few_bars_or_blocks_have_no_interval() {
    let series = |bars: u32, phase: f64| -> Vec<f64> {
        (0..bars)
            .map(|t| 0.001 + 0.01 * (f64::from(t) * 1.7 + phase).sin())
            .collect()
    };
    for (bars, block, needed) in [
        (22, 21, 252),
        (251, 21, 252),
        (252, 21, 0),
        (300, 30, 360),
        (360, 30, 0),
    ] {
        let settings = BlockBootstrap {
            block,
            draws: 50,
            ..BlockBootstrap::default()
        };
        let found = settings
            .sharpe_difference(&series(bars, 0.0), &series(bars, 1.0), BarsPerYear::DAILY)
            .unwrap();
        assert!(found.median.is_finite());
        let short = Verdict::TooShort {
            bars: bars as usize,
            needed,
        };
        if needed > 0 {
            assert_eq!((found.verdict, settings.fewest_bars()), (short, needed));
            assert!(found.low.is_nan() && found.high.is_nan(), "{bars} bars");
            let json = serde_json::to_value(found).unwrap();
            assert!(json["low"].is_null() && json["high"].is_null());
            let words = format!("too short for an interval: {bars} bars, {needed} needed");
            assert_eq!(json["verdict"], words);
        } else {
            assert!(found.low.is_finite() && found.high.is_finite(), "{bars} bars");
        }
    }
}

/// Two portfolios that are one but for rounding, in double precision and as a policy's single precision leaves it.
#[test]
fn a_difference_of_rounding_is_none() {
    let first: Vec<f64> = (0..300).map(|t| 0.001 + 0.01 * f64::from(t).sin()).collect();
    for shift in [1e-16, -1e-16, 4e-12, -4e-12] {
        let second: Vec<f64> = first.iter().map(|r| r + shift).collect();
        let found = BlockBootstrap::default()
            .sharpe_difference(&first, &second, BarsPerYear::DAILY)
            .unwrap();
        assert_eq!((found.low, found.median, found.high), (0.0, 0.0, 0.0), "{shift}");
        assert_eq!(found.verdict, Verdict::NoDifference);
    }
    // Half a printed digit in every draw: nothing that is printed as 0.00 is above or below 0.
    let second: Vec<f64> = first.iter().map(|r| r - 1e-6).collect();
    let found = BlockBootstrap::default()
        .sharpe_difference(&first, &second, BarsPerYear::DAILY)
        .unwrap();
    assert!(found.low > 0.0 && found.high < 0.005, "{found:?}");
    assert_eq!(found.verdict, Verdict::NoDifference);
}

#[test]
fn undefined_and_unusable_input() {
    let bootstrap = BlockBootstrap::default();
    let moving = [0.01, -0.02, 0.03];
    let constant = bootstrap
        .sharpe_difference(&moving, &[0.1; 3], BarsPerYear::DAILY)
        .unwrap();
    assert!(constant.median.is_nan() && constant.low.is_nan() && constant.high.is_nan());
    assert_eq!(constant.verdict, Verdict::Undefined);
    for (first, second, message) in [
        (&moving[..], &moving[..2], "second returns"),
        (&moving[..1], &moving[..1], "at least 2"),
        (&[], &[], "at least 2"),
        (&moving[..], &[0.0, f64::NAN, 0.0][..], "second returns[1]"),
        (&[f64::INFINITY, 0.0, 0.0][..], &moving[..], "first returns[0]"),
    ] {
        let error = bootstrap
            .sharpe_difference(first, second, BarsPerYear::DAILY)
            .unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    for (settings, key) in [
        (
            BlockBootstrap {
                block: 0,
                ..bootstrap
            },
            "bootstrap.block",
        ),
        (
            BlockBootstrap {
                draws: 0,
                ..bootstrap
            },
            "bootstrap.draws",
        ),
        (
            BlockBootstrap {
                level: f64::NAN,
                ..bootstrap
            },
            "bootstrap.level",
        ),
    ] {
        let error = settings
            .sharpe_difference(&moving, &moving, BarsPerYear::DAILY)
            .unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
}
