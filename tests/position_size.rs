//! Average true range against TA-Lib (tests/golden/atr.py), 1e-10, and position sizes by closed forms and
//! properties.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::Array2;
use ppo_risk::risk::atr::{Atr, AtrState, average_true_range};
use ppo_risk::risk::position_size::{PositionInputs, PositionSize, PositionSizeConfig, PositionSizer};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    high: Vec<Vec<f64>>,
    low: Vec<Vec<f64>>,
    close: Vec<Vec<f64>>,
    cases: Vec<Case>,
}

/// Averages are one list for each asset.
#[derive(Deserialize)]
struct Case {
    period: usize,
    atr: Vec<Vec<Option<f64>>>,
    closes_only: Vec<Vec<Option<f64>>>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/atr.json")).unwrap()
}

fn table(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn assert_agree(found: &Array2<f64>, expected: &[Vec<Option<f64>>], what: &str) {
    let mut compared = 0;
    for ((bar, asset), found) in found.indexed_iter() {
        match expected[asset][bar] {
            None => assert!(
                found.is_nan(),
                "{what}, bar {bar}: found {found}, TA-Lib has none"
            ),
            Some(expected) => {
                assert!(
                    (found - expected).abs() <= 1e-10,
                    "{what}, bar {bar}: {found} {expected}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{what}: only {compared} values were compared");
}

#[test]
fn the_average_is_talibs() {
    let golden = golden();
    let (high, low, close) = (table(&golden.high), table(&golden.low), table(&golden.close));
    for case in &golden.cases {
        let what = format!("period {}", case.period);
        let found =
            average_true_range(Some(high.view()), Some(low.view()), close.view(), case.period).unwrap();
        assert_agree(&found, &case.atr, &what);
        let found = average_true_range(None, None, close.view(), case.period).unwrap();
        assert_agree(&found, &case.closes_only, &format!("{what}, closes only"));
    }
}

/// Bar by bar, saved as JSON and loaded at every bar: bit for bit the table's.
#[test]
fn a_saved_average_goes_on_as_if_it_had_never_stopped() {
    let golden = golden();
    let (high, low, close) = (table(&golden.high), table(&golden.low), table(&golden.close));
    let expected = average_true_range(Some(high.view()), Some(low.view()), close.view(), 14).unwrap();
    let mut atr = Atr::new(3, 14).unwrap();
    let mut reasons = Vec::new();
    for bar in 0..golden.close.len() {
        let json = serde_json::to_string(atr.state()).unwrap();
        atr = Atr::restore(3, 14, serde_json::from_str(&json).unwrap()).unwrap();
        atr.update(
            Some(&golden.high[bar]),
            Some(&golden.low[bar]),
            &golden.close[bar],
            &mut reasons,
        )
        .unwrap();
        for (found, expected) in atr.values().iter().zip(expected.row(bar)) {
            assert!(found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()));
        }
        assert_eq!(atr.values()[0].is_nan(), bar + 1 < atr.needed());
    }
    assert!(reasons.is_empty());
    atr.update(None, None, &golden.close[0], &mut reasons).unwrap();
    assert_eq!(
        reasons,
        [Reason::portfolio(ReasonCode::CloseOnlyTrueRange, 0.0, 3.0)]
    );
}

#[test]
fn bad_bars_are_refused_by_name_and_change_nothing() {
    let mut atr = Atr::new(2, 3).unwrap();
    let mut reasons = Vec::new();
    let (high, low, close) = ([11.0, 21.0], [9.0, 19.0], [10.0, 20.0]);
    atr.update(Some(&high), Some(&low), &close, &mut reasons).unwrap();
    let before = atr.state().clone();
    let nan = f64::NAN;
    for (high, low, close, name) in [
        (
            Some(&high[..]),
            Some(&low[..]),
            &close[..1],
            "`close` has 1 values, expected 2",
        ),
        (Some(&high[..1]), Some(&low), &close, "`high` has 1 values"),
        (Some(&high), None, &close, "`low` is missing"),
        (None, Some(&low), &close, "`high` is missing"),
        (Some(&[11.0, nan]), Some(&low), &close, "`high[1]` is NaN"),
        (Some(&high), Some(&[9.0, -1.0]), &close, "`low[1]` is -1"),
        (None, None, &[f64::INFINITY, 1.0], "`close[0]` is inf"),
        (None, None, &[0.0, 1.0], "`close[0]` is 0"),
        (
            Some(&[11.0, 18.0]),
            Some(&low),
            &close,
            "`high[1]` is 18, expected at least the close, 20",
        ),
        (
            Some(&high),
            Some(&low),
            &[11.5, 20.0],
            "`high[0]` is 11, expected at least the close, 11.5",
        ),
        (
            Some(&high),
            Some(&low),
            &[10.0, 18.5],
            "`low[1]` is 19, expected at most the close, 18.5",
        ),
    ] {
        let error = atr
            .update(high, low, close, &mut reasons)
            .unwrap_err()
            .to_string();
        assert!(error.contains(name), "{error}");
    }
    assert!(*atr.state() == before && reasons.is_empty());
    assert!(
        Atr::new(2, 0)
            .unwrap_err()
            .to_string()
            .contains("`atr_bars` is 0")
    );
    let state = |closes: [f64; 2], running: &[f64]| AtrState {
        seen: 4,
        closes: closes.to_vec(),
        running: running.to_vec(),
        missed: Vec::new(),
    };
    for (state, name) in [
        (state([1.0, 0.0], &[1.0, 1.0]), "`state.closes[1]`"),
        (state([1.0, 1.0], &[1.0]), "`state.running`"),
        (state([1.0, 1.0], &[1.0, nan]), "`state.running[1]`"),
        (state([1.0, 1.0], &[-1.0, 1.0]), "`state.running[0]`"),
    ] {
        let error = Atr::restore(2, 3, state).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    let closes = Array2::from_shape_vec((2, 1), vec![1.0, nan]).unwrap();
    let error = average_true_range(None, None, closes.view(), 3)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`close[0] of bar 1` is NaN"), "{error}");
}

const EMPTY: PositionSize = PositionSize {
    units: 7.0,
    stop: None,
};

fn size(config: &PositionSizeConfig, inputs: PositionInputs<'_>) -> (Vec<PositionSize>, Vec<Reason>) {
    let sizer = PositionSizer::new(config.clone(), inputs.weights.len()).unwrap();
    let mut out = vec![EMPTY; inputs.weights.len()];
    let mut reasons = Vec::new();
    sizer.size(inputs, &mut out, &mut reasons).unwrap();
    (out, reasons)
}

fn position(units: f64, stop: f64) -> PositionSize {
    PositionSize {
        units,
        stop: Some(stop),
    }
}

/// Adjusting multiplies each price of a bar, and rounds each product by itself.
#[test]
fn a_range_that_rounding_put_off_its_close_reaches_it() {
    let mut reasons = Vec::new();
    let close = 100.0 / 3.0;
    let (below, above) = (
        close * (1.0 - 2.0 * f64::EPSILON),
        close * (1.0 + 2.0 * f64::EPSILON),
    );
    let mut rounded = Atr::new(1, 1).unwrap();
    let mut exact = rounded.clone();
    for (high, low) in [(below, 33.0), (34.0, above), (below, above)] {
        rounded
            .update(Some(&[high]), Some(&[low]), &[close], &mut reasons)
            .unwrap();
        let (high, low) = (high.max(close), low.min(close));
        exact
            .update(Some(&[high]), Some(&[low]), &[close], &mut reasons)
            .unwrap();
        assert_eq!(rounded.state(), exact.state());
    }
    for (high, low, input) in [
        (close * (1.0 - 1e-12), 33.0, "`high[0]`"),
        (34.0, close * (1.0 + 1e-12), "`low[0]`"),
    ] {
        let error = rounded
            .update(Some(&[high]), Some(&[low]), &[close], &mut reasons)
            .unwrap_err();
        assert!(error.to_string().contains(input), "{error}");
        assert_eq!(rounded.state(), exact.state());
    }
}

#[test]
fn the_defaults_are_the_designs() {
    let config: PositionSizeConfig = serde_json::from_str("{}").unwrap();
    assert_eq!(config, PositionSizeConfig::default());
    let (risk, multiple) = (config.risk_per_position, config.multiple);
    assert_eq!(
        (risk, multiple, config.atr_bars, config.max_open_risk),
        (0.01, 2.0, 14, 0.05)
    );
}

/// Equity 100,000: the weight asks for 400, -250, 500 units; 1,000 of risk over 2 × ATR allows 250, 500, 500.
#[test]
fn sizes_are_the_least_of_weight_and_risk_with_a_stop_on_the_right_side() {
    let inputs = PositionInputs {
        weights: &[0.4, -0.25, 0.0, 0.05],
        equity: 100_000.0,
        closes: &[100.0, 100.0, 50.0, 10.0],
        atr: &[2.0, 1.0, f64::NAN, 1.0],
        atr_seen: 20,
    };
    let (out, reasons) = size(&PositionSizeConfig::default(), inputs);
    let flat = PositionSize::default();
    assert_eq!(
        out,
        [
            position(250.0, 96.0),
            position(-250.0, 102.0),
            flat,
            position(500.0, 8.0)
        ]
    );
    assert_eq!(reasons, [Reason::at(ReasonCode::PositionRisk, 0, 400.0, 250.0)]);
}

#[test]
fn open_risk_scales_every_position_alike() {
    let inputs = PositionInputs {
        weights: &[0.5, -0.5, 0.25],
        equity: 100_000.0,
        closes: &[100.0, 100.0, 100.0],
        atr: &[2.0, 4.0, f64::NAN],
        atr_seen: 3,
    };
    let config = PositionSizeConfig {
        max_open_risk: 0.01,
        ..PositionSizeConfig::default()
    };
    // 250 and 125 units risk 0.01 each: all are halved, those without a range among them.
    let (out, reasons) = size(&config, inputs);
    let unknown = PositionSize {
        units: 125.0,
        stop: None,
    };
    assert_eq!(out, [position(125.0, 96.0), position(-62.5, 108.0), unknown]);
    let expected = [
        Reason::at(ReasonCode::PositionRisk, 0, 500.0, 250.0),
        Reason::at(ReasonCode::PositionRisk, 1, 500.0, 125.0),
        Reason::at(ReasonCode::SkippedPositionSize, 2, 3.0, 15.0),
        Reason::portfolio(ReasonCode::OpenRisk, 0.02, 0.01),
    ];
    assert_eq!(reasons, expected);
}

/// Three positions of 1% sum to 3% only up to rounding: no reason comes of that, and no lot is lost.
#[test]
fn positions_that_fill_the_cap_are_within_it() {
    let config = PositionSizeConfig {
        max_open_risk: 0.03,
        lots: vec![100.0; 3],
        ..PositionSizeConfig::default()
    };
    for thousands in 1..1000 {
        let equity = 1000.0 * f64::from(thousands);
        // The size by risk is 100, 200 and 300 units.
        let atr = [1.0, 2.0, 3.0].map(|lots| equity * 0.01 / (2.0 * 100.0 * lots));
        let inputs = PositionInputs {
            weights: &[1.0; 3],
            equity,
            closes: &[equity / 1000.0; 3],
            atr: &atr,
            atr_seen: 20,
        };
        let (out, reasons) = size(&config, inputs);
        let units: Vec<f64> = out.iter().map(|position| position.units).collect();
        assert_eq!(units, [100.0, 200.0, 300.0], "equity {equity}");
        let risky = |reason: &Reason| reason.code == ReasonCode::PositionRisk;
        assert!(reasons.iter().all(risky), "equity {equity}");
    }
}

#[test]
fn lots_minimum_and_hard_maximum() {
    let inputs = PositionInputs {
        weights: &[0.1, 0.1, 0.1, 0.1, 0.1],
        equity: 1000.0,
        closes: &[30.0, 30.0, 30.0, 30.0, 250.0],
        atr: &[0.1, 0.1, 0.1, 0.1, 0.1],
        atr_seen: 14,
    };
    let config = PositionSizeConfig {
        lots: vec![1.0, 0.1, 0.0, 0.0, 0.1],
        min_units: vec![0.0, 0.0, 0.0, 4.0, 0.0],
        max_units: vec![10.0, 10.0, 2.5, 10.0, 0.3],
        ..PositionSizeConfig::default()
    };
    // The weight asks for 3.33 units, and 0.4 of the last.
    let (out, reasons) = size(&config, inputs);
    let units: Vec<f64> = out.iter().map(|position| position.units).collect();
    assert_eq!(units, [3.0, 33.0 * 0.1, 2.5, 0.0, 0.3]);
    assert_eq!(out[3].stop, None);
    let third = 100.0 / 30.0;
    let expected = [
        Reason::at(ReasonCode::PositionMaximum, 2, third, 2.5),
        Reason::at(ReasonCode::PositionMaximum, 4, 0.4, 0.3),
        Reason::at(ReasonCode::PositionMinimum, 3, third, 4.0),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn a_long_stop_below_zero_is_no_stop() {
    let inputs = PositionInputs {
        weights: &[0.1, -0.1],
        equity: 1000.0,
        closes: &[1.0, 1.0],
        atr: &[0.5, 0.5],
        atr_seen: 14,
    };
    let (out, _) = size(&PositionSizeConfig::default(), inputs);
    assert_eq!((out[0].stop, out[1].stop), (None, Some(2.0)));
    assert_eq!((out[0].units, out[1].units), (10.0, -10.0));
}

#[test]
fn units_of_a_single_position() {
    let config = PositionSizeConfig::default();
    // 100,000 × 0.01/(1.5 × 2) = 333.3.
    assert_eq!(config.units(100_000.0, 1.5, 10.0).unwrap(), 330.0);
    assert_eq!(config.units(100_000.0, 2.0, 0.0).unwrap(), 250.0);
    // 0.3/0.1 is 2.9999999999999996 in binary.
    assert_eq!(config.units(0.6 * 100.0, 1.0, 0.1).unwrap(), 3.0 * 0.1);
    for (equity, atr, lot, name) in [
        (-1.0, 1.0, 0.0, "`equity` is -1"),
        (1.0, 0.0, 0.0, "`atr` is 0"),
        (1.0, f64::NAN, 0.0, "`atr` is NaN"),
        (1.0, 1.0, -1.0, "`lot` is -1"),
        (1e300, 1e-300, 0.0, "`atr`"),
    ] {
        let error = config.units(equity, atr, lot).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn bad_input_is_refused_by_name_and_nothing_is_written() {
    let sizer = PositionSizer::new(PositionSizeConfig::default(), 2).unwrap();
    let good = PositionInputs {
        weights: &[0.5, 0.0],
        equity: 1000.0,
        closes: &[10.0, 20.0],
        atr: &[1.0, 0.0],
        atr_seen: 14,
    };
    let mut out = [EMPTY; 2];
    let mut reasons = Vec::new();
    let mut bad = [good; 9];
    bad[0].weights = &[0.5];
    bad[1].weights = &[0.5, f64::NAN];
    bad[2].equity = -1.0;
    bad[3].equity = f64::INFINITY;
    bad[4].closes = &[0.0, 20.0];
    bad[5].closes = &[10.0, f64::NAN];
    bad[6].atr = &[0.0, 1.0];
    bad[7].atr = &[f64::INFINITY, 1.0];
    bad[8].atr = &[1.0, 1.0, 1.0];
    let names = [
        "`weights` has 1 values",
        "`weights[1]` is NaN",
        "`equity` is -1",
        "`equity` is inf",
        "`closes[0]` is 0",
        "`closes[1]` is NaN",
        "`atr[0]` is 0",
        "`atr[0]` is inf",
        "`atr` has 3 values",
    ];
    for (inputs, name) in bad.into_iter().zip(names) {
        let error = sizer
            .size(inputs, &mut out, &mut reasons)
            .unwrap_err()
            .to_string();
        assert!(error.contains(name), "{error}");
    }
    let error = sizer
        .size(good, &mut out[..1], &mut reasons)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`out` has 1 values"), "{error}");
    let huge = PositionInputs {
        equity: 1e300,
        closes: &[1e-300, 1.0],
        ..good
    };
    let error = sizer.size(huge, &mut out, &mut reasons).unwrap_err().to_string();
    assert!(error.contains("`closes[0]`"), "{error}");
    assert!(out == [EMPTY; 2] && reasons.is_empty());
    // A range of 0 where nothing is held is not looked at.
    sizer.size(good, &mut out, &mut reasons).unwrap();
}

#[test]
fn bad_configurations_are_refused_by_name() {
    let good = PositionSizeConfig::default();
    let with = |change: fn(&mut PositionSizeConfig)| {
        let mut config = good.clone();
        change(&mut config);
        PositionSizer::new(config, 2).unwrap_err().to_string()
    };
    for (error, key) in [
        (with(|config| config.risk_per_position = 0.0), "risk_per_position"),
        (with(|config| config.multiple = f64::INFINITY), "multiple"),
        (with(|config| config.atr_bars = 0), "atr_bars"),
        (with(|config| config.max_open_risk = f64::NAN), "max_open_risk"),
        (with(|config| config.lots = vec![1.0]), "lots"),
        (with(|config| config.min_units = vec![1.0, -1.0]), "min_units[1]"),
        (with(|config| config.max_units = vec![1.0, 0.0]), "max_units[1]"),
    ] {
        assert!(error.contains(&format!("`position_size.{key}`")), "{error}");
    }
    let mut clash = good.clone();
    (clash.lots, clash.max_units) = (vec![10.0, 1.0], vec![5.0, 5.0]);
    let error = clash.validate(2).unwrap_err().to_string();
    assert!(
        error.contains("max_units[0]` is 5") && error.contains("(10)"),
        "{error}"
    );
}

/// Weight, price, average true range (none now and then), lot, minimum, hard maximum.
fn asset() -> impl Strategy<Value = (f64, f64, f64, f64, f64, f64)> {
    (
        prop_oneof![Just(0.0), -2.0..2.0_f64],
        0.01..1000.0_f64,
        prop_oneof![1 => Just(f64::NAN), 6 => 0.001..0.3_f64],
        prop_oneof![Just(0.0), Just(0.1), Just(1.0), Just(100.0)],
        prop_oneof![Just(0.0), 0.0..50.0_f64],
        prop_oneof![100.0..300.0_f64, Just(1e12)],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn sizes_keep_every_promise(
        assets in prop::collection::vec(asset(), 1..8),
        equity in 100.0..1e7_f64,
        max_open_risk in prop_oneof![0.001..0.05_f64, Just(0.05)],
    ) {
        let weights: Vec<f64> = assets.iter().map(|asset| asset.0).collect();
        let closes: Vec<f64> = assets.iter().map(|asset| asset.1).collect();
        let atr: Vec<f64> = assets.iter().map(|asset| asset.1 * asset.2).collect();
        let config = PositionSizeConfig {
            max_open_risk,
            lots: assets.iter().map(|asset| asset.3).collect(),
            min_units: assets.iter().map(|asset| asset.4).collect(),
            max_units: assets.iter().map(|asset| asset.5).collect(),
            ..PositionSizeConfig::default()
        };
        let inputs = PositionInputs { weights: &weights, equity, closes: &closes, atr: &atr, atr_seen: 14 };
        let (out, reasons) = size(&config, inputs);
        let mut open_risk = 0.0;
        for (i, position) in out.iter().enumerate() {
            let units = position.units.abs();
            prop_assert!(units.is_finite() && (units == 0.0 || position.units * weights[i] > 0.0));
            prop_assert!(units <= weights[i].abs() * equity / closes[i] * (1.0 + 1e-12));
            prop_assert!(units <= config.max_units[i]);
            prop_assert!(units == 0.0 || units >= config.min_units[i].max(config.lots[i]));
            if config.lots[i] > 0.0 && units < config.max_units[i] {
                let lots = units / config.lots[i];
                prop_assert!((lots - lots.round()).abs() <= 1e-9 * lots.max(1.0));
            }
            if !atr[i].is_nan() && units > 0.0 {
                let risk = units * config.multiple * atr[i] / equity;
                prop_assert!(risk <= config.risk_per_position * (1.0 + 1e-11), "{risk}");
                open_risk += risk;
            }
            if weights[i] != 0.0 && units == 0.0 {
                let code = ReasonCode::PositionMinimum;
                let said = |reason: &Reason| reason.code == code && reason.index == Some(i);
                prop_assert!(reasons.iter().any(said));
            }
            if let Some(stop) = position.stop {
                prop_assert!(stop > 0.0 && (closes[i] - stop) * position.units > 0.0);
            }
        }
        prop_assert!(open_risk <= max_open_risk + 1e-12, "{open_risk} > {max_open_risk}");
    }
}
