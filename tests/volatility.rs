//! Volatility forecasts against their textbook recursions, over slices and bar by bar.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::market::BarsPerYear;
use ppo_risk::math::garch::{Garch, backcast};
use ppo_risk::math::statistics::{ewma_volatility, standard_deviation};
use ppo_risk::risk::volatility::{VolatilityForecast, VolatilityState, VolatilityTracker};
use proptest::prelude::*;

fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, expected {expected}"
    );
}

fn forecasts() -> Vec<VolatilityForecast> {
    let (alpha, beta) = (0.08, 0.9);
    vec![
        VolatilityForecast::default(),
        VolatilityForecast::Decay { decay: 0.94 },
        VolatilityForecast::Rolling { bars: 20 },
        VolatilityForecast::Garch {
            alpha,
            beta,
            omega: None,
        },
        VolatilityForecast::Garch {
            alpha,
            beta,
            omega: Some(2e-6),
        },
    ]
}

#[test]
fn forecasts_are_their_textbook_recursions() {
    for length in [1_usize, 2, 7, 8, 9, 16, 19, 20, 21, 252, 1000] {
        let returns: Vec<f64> = (0..length)
            .map(|t| 0.01 * (t as f64 * 2.3).sin() + 0.002 * (t as f64 * 0.31).cos())
            .collect();
        let annual = |forecast: VolatilityForecast| forecast.annual(&returns, BarsPerYear::DAILY).unwrap();
        let close = |found: f64, expected: f64| assert_near(found, expected, 1e-12 * expected);

        close(
            annual(VolatilityForecast::default()),
            ewma_volatility(&returns, 20.0, 252.0),
        );
        // RiskMetrics: variance = 0.94·variance + 0.06·r² from 0, over what the weights sum to.
        let (mut variance, mut weight) = (0.0, 0.0);
        for value in &returns {
            variance = 0.94 * variance + 0.06 * value * value;
            weight = 0.94 * weight + 0.06;
        }
        close(
            annual(VolatilityForecast::Decay { decay: 0.94 }),
            (variance / weight * 252.0).sqrt(),
        );
        let mean_square = returns.iter().map(|value| value * value).sum::<f64>() / length as f64;
        for (omega, model_omega) in [(None, 0.02 * mean_square), (Some(2e-6), 2e-6)] {
            let (alpha, beta) = (0.08, 0.9);
            let model = Garch {
                omega: model_omega,
                alpha,
                beta,
            };
            // Started so that the first variance is the long-run one.
            let expected = model.next_variance(&returns, model.long_run_variance()).unwrap();
            let found = annual(VolatilityForecast::Garch { alpha, beta, omega });
            close(found, (expected * 252.0).sqrt());
        }
        if length > 1 {
            let last = &returns[length.saturating_sub(20)..];
            let expected = standard_deviation(last, 1) * 252.0_f64.sqrt();
            close(annual(VolatilityForecast::Rolling { bars: 20 }), expected);
        }
    }
    // After a long history the start hardly matters: arch's own first variance leads to the same forecast.
    let returns: Vec<f64> = (0..1000).map(|t| 0.01 * (f64::from(t) * 2.3).sin()).collect();
    let model = Garch {
        omega: 2e-6,
        alpha: 0.08,
        beta: 0.9,
    };
    let other = model.next_variance(&returns, backcast(&returns)).unwrap();
    let omega = Some(2e-6);
    let found = VolatilityForecast::Garch {
        alpha: 0.08,
        beta: 0.9,
        omega,
    }
    .annual(&returns, BarsPerYear::DAILY)
    .unwrap();
    assert_near(found, (other * 252.0).sqrt(), 1e-12);
}

#[test]
fn a_fitted_forecast_carries_the_fits_shape_and_targets_the_variance() {
    let returns: Vec<f64> = (0..300)
        .map(|t| 0.01 * (f64::from(t) * 2.3).sin() * (2.0 + (f64::from(t) * 0.05).sin()))
        .collect();
    let (forecast, fitted) = VolatilityForecast::fitted(&returns).unwrap();
    let expected = VolatilityForecast::Garch {
        alpha: fitted.garch.alpha,
        beta: fitted.garch.beta,
        omega: None,
    };
    assert_eq!(forecast, expected);
    assert!(forecast.annual(&returns, BarsPerYear::DAILY).unwrap() > 0.0);
    assert!(VolatilityForecast::fitted(&returns[..10]).is_err());
}

#[test]
fn returns_of_zero_have_no_volatility_and_flat_windows_none_either() {
    for forecast in &forecasts()[..4] {
        assert_eq!(forecast.annual(&[0.0; 30], BarsPerYear::DAILY).unwrap(), 0.0);
    }
    let rolling = VolatilityForecast::Rolling { bars: 20 };
    assert_eq!(rolling.annual(&[0.1; 30], BarsPerYear::DAILY).unwrap(), 0.0);
    // A price that grows by 0.01% a bar: its returns differ by rounding alone.
    let price = |bar: i32| 100.0 * 1.0001_f64.powi(bar);
    let returns: Vec<f64> = (0..30).map(|bar| price(bar + 1) / price(bar) - 1.0).collect();
    assert_eq!(rolling.annual(&returns, BarsPerYear::DAILY).unwrap(), 0.0);
    // A huge half-life is the plain mean square; a tiny one the last return.
    let (long, short) = (1e300, 1e-9);
    for (half_life, expected) in [(long, 12.5_f64), (short, 16.0)] {
        let found = VolatilityForecast::Ewma { half_life }
            .annual(&[3.0, 4.0], BarsPerYear::DAILY)
            .unwrap();
        assert_near(found, (expected * 252.0).sqrt(), 1e-12);
    }
}

#[test]
fn bad_forecasts_and_returns_are_named() {
    let refusal = |forecast: VolatilityForecast, returns: &[f64]| {
        let text = forecast
            .annual(returns, BarsPerYear::DAILY)
            .unwrap_err()
            .to_string();
        assert!(forecast.validate().is_ok() || VolatilityTracker::new(forecast).is_err());
        text
    };
    for forecast in forecasts() {
        assert!(refusal(forecast, &[]).contains("`returns` has 0 values"));
        for bad in [f64::NAN, f64::INFINITY, 1e200] {
            let text = refusal(forecast, &[0.01, bad, 0.02, 0.01]);
            assert!(text.contains("`returns[1]` is"), "{text}");
        }
    }
    assert!(
        refusal(VolatilityForecast::Rolling { bars: 1 }, &[0.1]).contains("`volatility.rolling.bars` is 1")
    );
    assert!(
        refusal(VolatilityForecast::Rolling { bars: 9 }, &[0.1])
            .contains("`returns` has 1 values, expected at least 2")
    );
    assert!(
        refusal(VolatilityForecast::Ewma { half_life: 0.0 }, &[0.1]).contains("`volatility.ewma.half_life`")
    );
    assert!(
        refusal(VolatilityForecast::Decay { decay: 1.0 }, &[0.1]).contains("`volatility.decay.decay` is 1")
    );
    let garch = |alpha, beta, omega| VolatilityForecast::Garch { alpha, beta, omega };
    assert!(refusal(garch(0.1, 0.9, None), &[0.1]).contains("`garch.alpha + garch.beta`"));
    assert!(refusal(garch(0.1, 0.8, Some(0.0)), &[0.1]).contains("`volatility.garch.omega` is 0"));

    let json = r#"{"ewma": {"half_life": 20.0}}"#;
    assert_eq!(
        serde_json::to_string(&VolatilityForecast::default()).unwrap(),
        json.replace(": ", ":")
    );
    assert!(serde_json::from_str::<VolatilityForecast>(r#"{"garch": {"alpha": 0.1, "beta": 0.8}}"#).is_ok());
    assert!(serde_json::from_str::<VolatilityForecast>(r#"{"ewma": {"halflife": 20.0}}"#).is_err());
}

#[test]
fn states_that_cannot_be_are_refused_and_a_bad_return_changes_nothing() {
    for forecast in forecasts() {
        let mut tracker = VolatilityTracker::new(forecast).unwrap();
        assert!(tracker.annual(BarsPerYear::DAILY).is_err());
        for t in 0..50 {
            tracker.update(0.01 * (f64::from(t) * 1.3).sin()).unwrap();
        }
        let before = tracker.clone();
        for bad in [f64::NAN, f64::NEG_INFINITY, 1e200] {
            assert!(
                tracker
                    .update(bad)
                    .unwrap_err()
                    .to_string()
                    .contains("`return` is")
            );
        }
        assert_eq!(tracker, before);
        type Damage = fn(&mut VolatilityState);
        let damages: [(&str, Damage); 6] = [
            ("decayed_squares", |state| state.decayed_squares = f64::NAN),
            ("decayed_squares", |state| {
                state.decayed_squares = state.squares + 1.0
            }),
            ("weight", |state| state.weight = -1.0),
            ("weight", |state| state.weight = 1e6),
            ("squares", |state| state.squares = f64::INFINITY),
            ("window", |state| state.window.push(0.0)),
        ];
        for (field, damage) in damages {
            let mut state = before.state().clone();
            damage(&mut state);
            let text = VolatilityTracker::restore(forecast, state)
                .unwrap_err()
                .to_string();
            assert!(text.contains(&format!("`volatility.{field}`")), "{field}: {text}");
        }
    }
    let rolling = VolatilityForecast::Rolling { bars: 3 };
    let window = vec![0.1, f64::NAN, 0.1];
    let state = VolatilityState {
        bars: 3,
        window,
        ..VolatilityState::default()
    };
    let text = VolatilityTracker::restore(rolling, state)
        .unwrap_err()
        .to_string();
    assert!(text.contains("`volatility.window[1]` is NaN"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Bar by bar is the slice; saved and restored in the middle, to the last bit; twice the returns, twice
    /// the volatility (where omega scales with them).
    #[test]
    fn trackers_agree_with_slices_and_survive_a_restart(
        returns in proptest::collection::vec(-0.1..0.1_f64, 2..60),
        cut in 0..60_usize,
        kind in 0..5_usize,
    ) {
        let forecast = forecasts()[kind];
        let mut tracker = VolatilityTracker::new(forecast).unwrap();
        let mut restored = tracker.clone();
        for (t, value) in returns.iter().enumerate() {
            if t == cut {
                let json = serde_json::to_string(tracker.state()).unwrap();
                restored = VolatilityTracker::restore(forecast, serde_json::from_str(&json).unwrap()).unwrap();
            }
            tracker.update(*value).unwrap();
            if t >= cut {
                restored.update(*value).unwrap();
            }
        }
        let (found, slice) = (tracker.annual(BarsPerYear::DAILY).unwrap(), forecast.annual(&returns, BarsPerYear::DAILY).unwrap());
        prop_assert!((found - slice).abs() <= 1e-12 * slice, "{} {}", found, slice);
        if kind == 2 {
            prop_assert_eq!(found.to_bits(), slice.to_bits());
        }
        if cut < returns.len() {
            prop_assert_eq!(&restored, &tracker);
        }
        if kind < 4 {
            let doubled: Vec<f64> = returns.iter().map(|value| 2.0 * value).collect();
            prop_assert_eq!(forecast.annual(&doubled, BarsPerYear::DAILY).unwrap(), 2.0 * slice);
        }
    }
}
