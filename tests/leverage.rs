//! Dynamic leverage term by term, with its reasons.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::risk::leverage::LeverageConfig;
use ppo_risk::risk::reason::{Reason, ReasonCode};
use proptest::prelude::*;

fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, expected {expected}"
    );
}

#[test]
fn leverage_follows_its_formula_term_by_term() {
    let default = LeverageConfig::default();
    let leverage = |config: LeverageConfig, volatility, drawdown, trend| {
        config.leverage(volatility, drawdown, trend).unwrap()
    };
    assert_near(leverage(default, 0.20, 0.0, None), 0.75, 1e-15);
    assert_near(leverage(default, 0.05, 0.3, None), 1.5, 0.0);
    let floored = LeverageConfig { min: 0.5, ..default };
    assert_near(leverage(floored, 0.60, 0.0, None), 0.5, 0.0);
    // Half-way to the stop halves it, below the floor too; at the stop and beyond there is nothing left.
    let stopped = LeverageConfig {
        drawdown_stop: Some(0.2),
        min: 0.5,
        ..default
    };
    assert_near(leverage(stopped, 0.20, 0.1, None), 0.375, 1e-15);
    assert_near(leverage(stopped, 0.20, 0.2, None), 0.0, 0.0);
    assert_near(leverage(stopped, 0.20, 0.9, None), 0.0, 0.0);
    // Half Kelly: 0.5 × (0.05 - 0.01) / 0.04 = 0.5 caps 0.75; a trend below cash leaves nothing.
    let trending = LeverageConfig {
        cash_rate: 0.01,
        ..default
    };
    assert_near(leverage(trending, 0.20, 0.0, Some(0.05)), 0.5, 1e-15);
    assert_near(leverage(trending, 0.20, 0.0, Some(0.50)), 0.75, 1e-15);
    assert_near(leverage(trending, 0.20, 0.0, Some(0.005)), 0.0, 0.0);
}

#[test]
fn leverage_names_what_it_refuses() {
    let default = LeverageConfig::default();
    let refusal = |config: LeverageConfig, volatility, drawdown, trend| {
        config
            .leverage(volatility, drawdown, trend)
            .unwrap_err()
            .to_string()
    };
    assert!(refusal(default, 0.0, 0.0, None).contains("`volatility` is 0"));
    assert!(refusal(default, f64::NAN, 0.0, None).contains("`volatility` is NaN"));
    assert!(refusal(default, 0.2, 1.5, None).contains("`drawdown` is 1.5"));
    assert!(refusal(default, 0.2, f64::NAN, None).contains("`drawdown` is NaN"));
    assert!(refusal(default, 0.2, 0.0, Some(f64::INFINITY)).contains("`trend` is inf"));
    for (bad, key) in [
        (
            LeverageConfig {
                target_volatility: 0.0,
                ..default
            },
            "leverage.target_volatility",
        ),
        (LeverageConfig { min: -0.1, ..default }, "leverage.min"),
        (LeverageConfig { max: -0.1, ..default }, "leverage.max"),
        (
            LeverageConfig {
                max: f64::INFINITY,
                ..default
            },
            "leverage.max",
        ),
        (
            LeverageConfig {
                drawdown_stop: Some(0.0),
                ..default
            },
            "leverage.drawdown_stop",
        ),
        (
            LeverageConfig {
                fraction: f64::NAN,
                ..default
            },
            "leverage.fraction",
        ),
        (
            LeverageConfig {
                cash_rate: f64::NAN,
                ..default
            },
            "leverage.cash_rate",
        ),
    ] {
        assert!(refusal(bad, 0.2, 0.0, None).contains(key), "{key}");
    }
    assert!(serde_json::from_str::<LeverageConfig>(r#"{"stop": 0.2}"#).is_err());
}

#[test]
fn every_part_that_bound_is_named_with_its_numbers() {
    let config = LeverageConfig {
        min: 0.5,
        max: 1.2,
        drawdown_stop: Some(0.2),
        cash_rate: 0.01,
        ..LeverageConfig::default()
    };
    let explain = |volatility, drawdown, trend| {
        let mut reasons = Vec::with_capacity(4);
        let leverage = config.explain(volatility, drawdown, trend, &mut reasons).unwrap();
        assert_eq!(leverage, config.leverage(volatility, drawdown, trend).unwrap());
        assert_eq!(reasons.capacity(), 4);
        reasons
    };
    let reason = Reason::portfolio;
    let target = |volatility| reason(ReasonCode::VolatilityTarget, volatility, 0.15);
    assert_eq!(explain(0.25, 0.0, Some(0.5)), [target(0.25)]);
    assert_eq!(explain(0.25, 0.0, None), [target(0.25)]);
    let high = reason(ReasonCode::LeverageMaximum, 0.15 / 0.1, 1.2);
    assert_eq!(explain(0.1, 0.0, None), [target(0.1), high]);
    let low = reason(ReasonCode::LeverageMinimum, 0.15 / 0.6, 0.5);
    let fallen = reason(ReasonCode::LeverageDrawdown, 0.1, 0.2);
    // Half Kelly: 0.5 × 0.04 / 0.36 = 0.0556 after 0.5 × (1 - 0.1/0.2) = 0.25.
    let trend = reason(ReasonCode::LeverageTrend, 0.25, 0.5 * ((0.05 - 0.01) / 0.6 / 0.6));
    assert_eq!(explain(0.6, 0.1, Some(0.05)), [target(0.6), low, fallen, trend]);
    // A tiny forecast: what it asks for is infinite, what is said is a number, and a trend of cash leaves
    // nothing.
    let tiny = explain(1e-310, 0.0, Some(0.01));
    assert_eq!((tiny[1].found, tiny[2].allowed), (f64::MAX, 0.0));
    let mut reasons = Vec::new();
    assert!(config.explain(0.2, 0.0, Some(f64::NAN), &mut reasons).is_err() && reasons.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// 0 or more and at most the maximum; more drawdown, more volatility or less trend never raises it.
    #[test]
    fn leverage_is_bounded_and_falls_with_risk(
        volatility in 0.001..2.0_f64,
        more in 1.0..3.0_f64,
        drawdown in 0.0..1.0_f64,
        trend in proptest::option::of(-0.5..1.0_f64),
        min in 0.0..1.0_f64,
        room in 0.0..2.0_f64,
        stop in proptest::option::of(0.01..1.0_f64),
    ) {
        let config = LeverageConfig { min, max: min + room, drawdown_stop: stop, ..LeverageConfig::default() };
        let at = |volatility, drawdown, trend| config.leverage(volatility, drawdown, trend).unwrap();
        let leverage = at(volatility, drawdown, trend);
        prop_assert!((0.0..=config.max).contains(&leverage));
        prop_assert!(at(volatility * more, drawdown, trend) <= leverage);
        prop_assert!(at(volatility, (drawdown * more).min(1.0), trend) <= leverage);
        prop_assert!(at(volatility, drawdown, trend.map(|trend| trend - more)) <= leverage);
        prop_assert!(leverage <= at(volatility, drawdown, None));
    }
}

#[test]
fn a_floor_multiplies_by_what_lies_above_it() {
    let floor = LeverageConfig {
        drawdown_floor: Some(0.8),
        ..LeverageConfig::default()
    };
    for (drawdown, part) in [
        (0.0, 0.2),
        (0.02, 9.0 / 49.0),
        (0.1, 1.0 / 9.0),
        (0.2, 0.0),
        (0.7, 0.0),
        (1.0, 0.0),
    ] {
        let mut reasons = Vec::new();
        let found = floor.explain(0.20, drawdown, None, &mut reasons).unwrap();
        assert_near(found, 0.75 * part, 1e-15);
        assert_eq!(reasons.last().unwrap().code, ReasonCode::LeverageDrawdown);
    }
    let refusal = |config: LeverageConfig| config.validate().unwrap_err().to_string();
    let with = |floor| LeverageConfig {
        drawdown_floor: Some(floor),
        ..LeverageConfig::default()
    };
    for bad in [0.0, 1.0, -0.5, f64::NAN] {
        assert!(refusal(with(bad)).contains("`leverage.drawdown_floor`"));
    }
    let both = LeverageConfig {
        drawdown_stop: Some(0.2),
        ..with(0.8)
    };
    assert!(refusal(both).contains("one of the two"));
}

/// The rules with which a floor is kept, simulated: mean log growth a year and the least value as a part of the highest one, for one
/// asset of drift .04 and volatility .2, against the numbers of an independent program.
#[test]
fn rules_over_a_floor_grow_and_keep_it_as_published() {
    use rand_distr::{Distribution, StandardNormal};
    // The leverage before the drawdown counts: Kelly's exposure of 1, or a part of it.
    let rule = |base: f64, stop: Option<f64>, floor: Option<f64>| LeverageConfig {
        target_volatility: 0.2 * base,
        drawdown_stop: stop,
        drawdown_floor: floor,
        ..LeverageConfig::default()
    };
    let published = [
        (rule(1.0, None, Some(0.8)), 0.00450, 0.8001),
        (rule(0.2, Some(0.2), None), 0.00446, 0.8007),
        (rule(1.0, Some(0.2), None), 0.00070, 0.7728),
        (rule(1.0, None, Some(0.5)), 0.01112, 0.5002),
        (rule(0.5, Some(0.5), None), 0.01015, 0.5055),
        (rule(1.0, Some(0.5), None), 0.01054, 0.5000),
    ];
    const PATHS: u64 = 4000;
    const YEARS: u32 = 200;
    for (config, growth, least) in published {
        let (mut logs, mut worst) = (0.0, 1.0_f64);
        for path in 0..PATHS {
            let mut draws = ppo_risk::math::random::stream(1, "floor", path);
            let (mut value, mut peak) = (1.0_f64, 1.0_f64);
            for _ in 0..12 * YEARS {
                let noise: f64 = StandardNormal.sample(&mut draws);
                let deviation = 0.2 / 12.0_f64.sqrt();
                let gross = (0.04 / 12.0 - 0.5 * deviation * deviation + deviation * noise).exp();
                let weight = config.leverage(0.2, 1.0 - value / peak, None).unwrap();
                value *= 1.0 + weight * (gross - 1.0);
                peak = peak.max(value);
                worst = worst.min(value / peak);
            }
            logs += value.ln();
        }
        let found = logs / (PATHS as f64 * f64::from(YEARS));
        // Three and a half standard errors of the mean, for what is held at the peak or less.
        let held = config.leverage(0.2, 0.0, None).unwrap();
        assert_near(found, growth, 0.0008 * held);
        // Where a floor breaks, by how much is one month of 9.6 million, and other draws than the published ones.
        let tolerance = if least < 0.79 { 0.025 } else { 0.006 };
        assert_near(worst, least, tolerance);
    }
}
