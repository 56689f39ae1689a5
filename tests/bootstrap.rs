//! The paired block bootstrap against numpy, and against the truth it is meant to enclose.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::resample::{Resampler, Statistic, sampled};
use ppo_risk::backtest::{Verdict, block_length, standard_error};
use ppo_risk::market::BarsPerYear;
use ppo_risk::math::random;
use ppo_risk::math::statistics::quantile_sorted;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    series: Vec<Series>,
    block: usize,
    first: Vec<f64>,
    seconds: Vec<Vec<f64>>,
    starts: Vec<Vec<usize>>,
    sharpe: Vec<Compared>,
    mean: Vec<Compared>,
}

#[derive(Deserialize)]
struct Series {
    values: Vec<f64>,
    length: f64,
    error: f64,
}

#[derive(Deserialize)]
struct Compared {
    estimate: f64,
    influence: Vec<f64>,
    error: f64,
    differences: Vec<f64>,
    draw_errors: Vec<f64>,
}

/// tests/golden/make_bootstrap.py: Python's `arch` for the lengths, numpy for the rest, float64.
fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/bootstrap.json")).unwrap()
}

/// Max abs error 1e-9; relative, of the standard errors, 1e-12.
#[test]
fn blocks_are_as_long_as_another_program_says() {
    let mut lengths = Vec::new();
    for series in golden().series {
        let found = block_length::circular(&series.values);
        let expected = series.length;
        assert!((found - expected).abs() < 1e-9, "{found} against {expected}");
        let centre = series.values.iter().sum::<f64>() / series.values.len() as f64;
        let deviations: Vec<f64> = series.values.iter().map(|value| value - centre).collect();
        let (found, expected) = (standard_error::of_mean(&deviations), series.error);
        assert!(
            (found / expected - 1.0).abs() < 1e-12,
            "{found} against {expected}"
        );
        lengths.push(block_length::bars(&series.values));
    }
    assert!(
        lengths.iter().max() > Some(&40) && lengths.iter().min() == Some(&1),
        "{lengths:?}"
    );
    // What does not vary, or is too short to tell.
    assert_eq!(
        (block_length::bars(&[0.0; 300]), block_length::bars(&[1.0, 2.0])),
        (1, 1)
    );
}

/// Max abs error 1e-12, of Sharpe ratios 1e-11.
#[test]
fn draws_are_what_numpy_draws() {
    let golden = golden();
    let bars_per_year = 252.0;
    for (statistic, compared, most) in [
        (Statistic::Sharpe { bars_per_year }, golden.sharpe, 1e-11),
        (Statistic::Mean, golden.mean, 1e-12),
    ] {
        let near = |found: f64, expected: f64| {
            let tolerance = most * (1.0 + expected.abs());
            assert!((found - expected).abs() < tolerance, "{found} against {expected}");
        };
        let mut series = vec![&golden.first[..]];
        series.extend(golden.seconds.iter().map(Vec::as_slice));
        let resampler = Resampler::new(statistic, &series, golden.block);
        for (draw, starts) in golden.starts.iter().enumerate() {
            assert_eq!(starts.len(), resampler.blocks());
            for (found, expected) in resampler.draw(starts).zip(&compared) {
                near(found.difference, expected.differences[draw]);
                near(found.error, expected.draw_errors[draw]);
            }
        }
        for (second, expected) in golden.seconds.iter().zip(&compared) {
            let found = sampled(statistic, &golden.first, second).unwrap();
            near(found.difference, expected.estimate);
            near(standard_error::of_mean(&found.influence), expected.error);
            for (found, expected) in found.influence.iter().zip(&expected.influence) {
                near(*found, *expected);
            }
        }
    }
}

/// Correlated normal pairs with a known difference in Sharpe of 0.5: the 90% interval holds it in 86 to 94% of 400
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
    assert!((0.86..=0.94).contains(&share), "covered in {share}");
    // The medians scatter around the truth: no side is favoured by more than 4 standard errors.
    assert!((160..=240).contains(&above), "{above} of 400 medians above");
}

#[test]
fn draws_depend_on_the_seed_alone() {
    let first: Vec<f64> = (0..300).map(|t| 0.001 + 0.01 * f64::from(t).sin()).collect();
    let second: Vec<f64> = (0..300).map(|t| 0.01 * f64::from(t).cos()).collect();
    let with = |seed| {
        BlockBootstrap {
            block: Some(21),
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

/// None is given below 252 bars, or below 12 blocks.
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
            block: Some(block),
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
            assert_eq!(
                (found.verdict, BlockBootstrap::fewest_bars(block)),
                (short, needed)
            );
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
    let fixed = BlockBootstrap {
        block: Some(21),
        ..BlockBootstrap::default()
    };
    let found = fixed
        .sharpe_difference(&first, &second, BarsPerYear::DAILY)
        .unwrap();
    assert!(found.low > 0.0 && found.high < 0.005, "{found:?}");
    assert_eq!(found.verdict, Verdict::NoDifference);
}

/// Several others with the same blocks: the quantile of the largest studentised draw, and the step-down, said once more in
/// the plainest way.
#[test]
fn several_differences_hold_at_once() {
    const BARS: usize = 600;
    let mut stream = random::stream(3, "several", 0);
    let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
    let market: Vec<f64> = (0..BARS).map(|_| 0.01 * normal()).collect();
    let mut series =
        |shift: f64, own: f64| -> Vec<f64> { market.iter().map(|m| m + shift + own * normal()).collect() };
    // The third is far below, the second near the edge of what can be told.
    let first = series(0.001, 0.001);
    let seconds = [
        series(0.001, 0.002),
        series(0.000901, 0.001),
        series(-0.002, 0.002),
    ];
    let seconds: Vec<&[f64]> = seconds.iter().map(Vec::as_slice).collect();
    let bootstrap = BlockBootstrap {
        block: Some(5),
        draws: 999,
        ..BlockBootstrap::default()
    };
    let found = bootstrap
        .sharpe_differences(&first, &seconds, BarsPerYear::DAILY)
        .unwrap();
    let statistic = Statistic::Sharpe { bars_per_year: 252.0 };
    let mut all = vec![&first[..]];
    all.extend(&seconds);
    let resampler = Resampler::new(statistic, &all, 5);
    let mut stream = random::stream(0, "bootstrap", 0);
    let mut starts = vec![0; resampler.blocks()];
    let draws: Vec<Vec<_>> = (0..999)
        .map(|_| {
            starts.fill_with(|| stream.random_range(0..BARS));
            resampler.draw(&starts).collect()
        })
        .collect();
    let samples: Vec<_> = seconds
        .iter()
        .map(|second| sampled(statistic, &first, second).unwrap())
        .collect();
    let errors: Vec<f64> = samples
        .iter()
        .map(|sample| standard_error::of_mean(&sample.influence))
        .collect();
    let quantile = |of: &[usize]| {
        let largest = |draw: &Vec<ppo_risk::backtest::resample::Draw>| {
            of.iter()
                .map(|&k| (draw[k].difference - samples[k].difference).abs() / draw[k].error)
                .fold(0.0, f64::max)
        };
        let mut sizes: Vec<f64> = draws.iter().map(largest).collect();
        sizes.sort_by(f64::total_cmp);
        quantile_sorted(&sizes, 0.9)
    };
    let together = quantile(&[0, 1, 2]);
    for k in 0..3 {
        let (alone, at_once) = (found.alone[k], found.at_once[k]);
        let single = bootstrap
            .sharpe_difference(&first, seconds[k], BarsPerYear::DAILY)
            .unwrap();
        assert_eq!(alone, single, "as if it were the only one");
        let ends = |quantile: f64| {
            let (middle, reach) = (samples[k].difference, quantile * errors[k]);
            (middle - reach, middle + reach)
        };
        let near = |found: (f64, f64), expected: (f64, f64)| {
            assert!(
                (found.0 - expected.0).abs() + (found.1 - expected.1).abs() < 1e-12,
                "{found:?} {expected:?}"
            );
        };
        near((alone.low, alone.high), ends(quantile(&[k])));
        near((at_once.low, at_once.high), ends(together));
        assert_eq!(alone.estimate, samples[k].difference);
        assert!(at_once.low < alone.low && alone.high < at_once.high);
        let mut differences: Vec<f64> = draws.iter().map(|draw| draw[k].difference).collect();
        let deviation = ppo_risk::math::statistics::standard_deviation(&differences, 1);
        differences.sort_by(f64::total_cmp);
        assert!((alone.standard_error - deviation).abs() < 1e-12);
        assert_eq!(alone.median, quantile_sorted(&differences, 0.5));
    }
    // The third goes first; without it the second's interval, which held 0 beside it, excludes 0.
    assert_eq!(found.at_once[2].verdict, Verdict::Above);
    assert!(found.at_once[1].low < 0.0 && samples[1].difference > quantile(&[0, 1]) * errors[1]);
    assert_eq!(found.at_once[1].verdict, Verdict::Above);
    assert_eq!(found.at_once[0].verdict, Verdict::IncludesZero);
}

/// The mean difference in log growth, and its standard error, where both are known: independent draws.
#[test]
fn growth_differences_have_the_textbook_error() {
    const BARS: usize = 2_000;
    let mut stream = random::stream(4, "growth", 0);
    let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
    let (first, second): (Vec<f64>, Vec<f64>) = (0..BARS)
        .map(|_| {
            let market = 0.01 * normal();
            (market + 0.0002 + 0.001 * normal(), market)
        })
        .unzip();
    let found = BlockBootstrap::default()
        .growth_difference(&first, &second)
        .unwrap();
    let gains: Vec<f64> = first
        .iter()
        .zip(&second)
        .map(|(a, b)| (1.0 + a).ln() - (1.0 + b).ln())
        .collect();
    let mean = gains.iter().sum::<f64>() / BARS as f64;
    let error = ppo_risk::math::statistics::standard_deviation(&gains, 1) / (BARS as f64).sqrt();
    assert!((found.estimate - mean).abs() < 1e-15, "{found:?} {mean}");
    assert!(
        (found.standard_error / error - 1.0).abs() < 0.08,
        "{found:?} {error}"
    );
    assert!(
        ((found.high - found.low) / (2.0 * 1.645 * error) - 1.0).abs() < 0.08,
        "{found:?}"
    );
    assert_eq!(found.verdict, Verdict::Above);
    let same = BlockBootstrap::default()
        .growth_difference(&first, &first)
        .unwrap();
    assert_eq!(
        (same.low, same.estimate, same.high, same.verdict),
        (0.0, 0.0, 0.0, Verdict::NoDifference)
    );
    let error = BlockBootstrap::default()
        .growth_difference(&[0.1, -1.0], &[0.0, 0.0])
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`first returns[1]` is -1, expected a finite number above -1"),
        "{error}"
    );
}

/// A policy that left its rule on three days: whatever is drawn, the interval is finite and holds 0.
#[test]
fn a_difference_of_few_bars_has_an_interval() {
    let first: Vec<f64> = (0..300).map(|t| 0.001 + 0.01 * f64::from(t).sin()).collect();
    let mut second = first.clone();
    for t in [50, 130, 220] {
        second[t] += 0.003;
    }
    let found = BlockBootstrap::default()
        .sharpe_difference(&first, &second, BarsPerYear::DAILY)
        .unwrap();
    assert!(
        found.low.is_finite() && found.high.is_finite() && found.low < 0.0,
        "{found:?}"
    );
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
                block: Some(0),
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
