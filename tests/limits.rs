//! Limits against cvxpy (tests/golden/projection.py) and tail risk against numpy, scipy and the linear
//! program of Rockafellar and Uryasev (tests/golden/tail_risk.py); then what limits do in cases worked out by
//! hand.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::error::Result;
use ppo_risk::risk::limits::{Limits, LimitsConfig, SectorLimit, TailLimit, Tightening};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use ppo_risk::risk::scenarios::Scenarios;
use ppo_risk::risk::tail;
use serde_json::{Value, from_str};

/// The generator of tests/golden/projection.py.
struct Draws(u64);

impl Draws {
    fn below(&mut self, count: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % count
    }

    /// A multiple of 1/unit between low/4 and high/4.
    fn number(&mut self, unit: i64, low: i64, high: i64) -> f64 {
        let (first, last) = (low * unit / 4, high * unit / 4);
        (first + self.below(last - first + 1)) as f64 / unit as f64
    }

    fn maybe(&mut self, rarity: i64, unit: i64, low: i64, high: i64) -> Option<f64> {
        (self.below(rarity) == 0).then(|| self.number(unit, low, high))
    }

    fn problem(&mut self) -> (LimitsConfig, Vec<f64>, Vec<f64>) {
        let n = 1 + self.below(12) as usize;
        let unit = if self.below(3) == 0 { 8 } else { 1000 };
        let (least, most) = [(-2, 0), (-2, 0), (0, 0), (0, 1)][self.below(4) as usize];
        let mut numbers = |low, high| (0..n).map(|_| self.number(unit, low, high)).collect::<Vec<f64>>();
        let (min_weights, max_weights) = (numbers(least, most), numbers(1, 4));
        let (target, current) = (numbers(-3, 6), numbers(-1, 2));
        let max_gross = self.maybe(2, unit, 1, 6);
        let min_net = self.maybe(3, unit, -1, 2);
        let max_net = self.maybe(2, unit, 1, 4);
        let min_cash = self.maybe(3, unit, 0, 1);
        let mut sectors = Vec::new();
        for k in 0..self.below(4) {
            let mut assets: Vec<usize> = (0..n).filter(|_| self.below(2) == 0).collect();
            if assets.is_empty() {
                assets.push(0);
            }
            let min = self.maybe(3, unit, -1, 1);
            let max = (self.below(3) != 0).then(|| self.number(unit, 1, 3));
            let name = format!("sector {k}");
            sectors.push(SectorLimit {
                name,
                assets,
                min,
                max,
            });
        }
        let max_turnover = self.maybe(2, unit, 0, 2);
        let config = LimitsConfig {
            min_weights,
            max_weights,
            max_gross,
            min_net,
            max_net,
            sectors,
            min_cash,
            max_turnover,
            ..LimitsConfig::default()
        };
        (config, target, current)
    }
}

#[test]
fn a_thousand_projections_are_cvxpys() {
    let cases: Vec<Option<(f64, Option<f64>)>> = from_str(include_str!("golden/projection.json")).unwrap();
    let mut draws = Draws(3);
    let (mut refused, mut exceeded, mut worst) = (0, 0, 0.0_f64);
    for (case, expected) in cases.iter().enumerate() {
        let (config, target, current) = draws.problem();
        let limits = Limits::new(config.clone(), target.len());
        let Some((distance, in_force)) = *expected else {
            assert!(limits.is_err(), "case {case} is impossible: {config:?}");
            refused += 1;
            continue;
        };
        let (weights, reasons) = apply(&mut limits.unwrap(), &target, &current).unwrap();
        let squares = weights.iter().zip(&target).map(|(w, t)| (w - t) * (w - t));
        let error = (squares.sum::<f64>().sqrt() - distance).abs();
        worst = worst.max(error);
        assert!(
            error <= 1e-8,
            "case {case}: {distance} there, {error} off: {config:?}"
        );
        let excess = excess(&config, in_force, &current, &weights);
        // The turnover that has to be exceeded is only known to the solver's tolerance.
        let overdrawn = reasons
            .iter()
            .any(|reason| reason.code == ReasonCode::TurnoverExceeded);
        let tolerance = if overdrawn { 1e-8 } else { 1e-12 };
        assert!(excess <= tolerance, "case {case}: a limit is broken by {excess}");
        exceeded += usize::from(overdrawn);
    }
    println!(
        "largest difference of distances {worst:.1e}; {refused} refused, {exceeded} beyond their turnover"
    );
    assert!(refused >= 50 && exceeded >= 50, "{refused} {exceeded}");
}

/// By how much `w` breaks the worst limit, written out once more.
fn excess(config: &LimitsConfig, turnover: Option<f64>, current: &[f64], w: &[f64]) -> f64 {
    let sum = |assets: &mut dyn Iterator<Item = usize>| assets.map(|i| w[i]).sum::<f64>();
    let net = sum(&mut (0..w.len()));
    let change: Vec<f64> = w.iter().zip(current).map(|(w, c)| w - c).collect();
    let traded = 0.5 * (change.iter().map(|c| c.abs()).sum::<f64>() + change.iter().sum::<f64>().abs());
    let mut excesses = vec![
        config
            .max_gross
            .map(|most| w.iter().map(|w| w.abs()).sum::<f64>() - most),
        config.min_net.map(|least| least - net),
        config.max_net.map(|most| net - most),
        config.min_cash.map(|least| least - (1.0 - net)),
        turnover.map(|most| traded - most),
    ];
    for sector in &config.sectors {
        let total = sum(&mut sector.assets.iter().copied());
        excesses.extend([
            sector.min.map(|least| least - total),
            sector.max.map(|most| total - most),
        ]);
    }
    for (i, &weight) in w.iter().enumerate() {
        excesses.push(config.min_weights.get(i).map(|low| low - weight));
        excesses.push(config.max_weights.get(i).map(|high| weight - high));
    }
    excesses.into_iter().flatten().fold(0.0, f64::max)
}

#[test]
fn tails_are_numpys_scipys_and_the_linear_programs() {
    let cases: Vec<Value> = from_str(include_str!("golden/tail_risk.json")).unwrap();
    for case in &cases {
        let bars: Vec<Vec<f64>> = serde_json::from_value(case["returns"].clone()).unwrap();
        let weights: Vec<f64> = serde_json::from_value(case["weights"].clone()).unwrap();
        let level = case["level"].as_f64().unwrap();
        let mut scenarios = Scenarios::new(weights.len(), bars.len()).unwrap();
        bars.iter().for_each(|bar| scenarios.push(bar).unwrap());
        let mut series = vec![0.0; bars.len()];
        scenarios.portfolio_returns(&weights, &mut series);
        let (mean, deviation) = tail::moments(&series);
        let gaussian = tail::GaussianTail::new(level).unwrap();
        for (name, found) in [
            (
                "historical_value_at_risk",
                tail::historical_value_at_risk(&mut series.clone(), level),
            ),
            (
                "historical_conditional_value_at_risk",
                tail::historical_conditional_value_at_risk(&mut series, level),
            ),
            ("gaussian_value_at_risk", gaussian.value_at_risk(mean, deviation)),
            (
                "gaussian_conditional_value_at_risk",
                gaussian.conditional_value_at_risk(mean, deviation),
            ),
        ] {
            match case[name].as_f64() {
                Some(expected) => {
                    let agree = (found - expected).abs() <= 1e-10;
                    assert!(
                        agree,
                        "{name} of {} bars at {level}: {found} {expected}",
                        bars.len()
                    );
                }
                None => assert!(found.is_nan(), "{name} of {} bars", bars.len()),
            }
        }
    }
    assert_eq!(
        tail::historical_conditional_value_at_risk(&mut [0.1; 7], 0.3),
        -0.1
    );
    assert!(tail::historical_value_at_risk(&mut [], 0.95).is_nan());
    assert!(tail::historical_conditional_value_at_risk(&mut [], 0.95).is_nan());
    assert!(tail::GaussianTail::new(1.0).is_err() && tail::GaussianTail::new(f64::NAN).is_err());
}

fn apply(limits: &mut Limits, target: &[f64], current: &[f64]) -> Result<(Vec<f64>, Vec<Reason>)> {
    let scenarios = Scenarios::new(target.len(), 1).unwrap();
    decide(limits, target, current, &scenarios, &Tightening::none())
}

fn decide(
    limits: &mut Limits,
    target: &[f64],
    current: &[f64],
    scenarios: &Scenarios,
    tightening: &Tightening<'_>,
) -> Result<(Vec<f64>, Vec<Reason>)> {
    let mut reasons = Vec::with_capacity(limits.most_reasons());
    let room = reasons.capacity();
    let mut out = vec![f64::NAN; target.len()];
    limits.apply(target, current, scenarios, tightening, &mut out, &mut reasons)?;
    assert_eq!(reasons.capacity(), room, "no reason beyond the room for them");
    Ok((out, reasons))
}

fn limits(json: &str, assets: usize) -> Limits {
    Limits::new(from_str(json).unwrap(), assets).unwrap()
}

fn codes(reasons: &[Reason]) -> Vec<ReasonCode> {
    reasons.iter().map(|reason| reason.code).collect()
}

fn assert_near(found: &[f64], expected: &[f64]) {
    let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14);
    assert!(near, "{found:?}, expected {expected:?}");
}

#[test]
fn every_binding_limit_is_named_with_what_was_found_and_allowed() {
    let mut limits = limits(
        r#"{"max_weights": [0.4, 1, 1, 1], "min_weights": [0, 0.1, -0.5, 0], "max_gross": 0.9,
            "sectors": [{"name": "tech", "assets": [2, 3], "max": 0.3}]}"#,
        4,
    );
    let (weights, reasons) = apply(&mut limits, &[0.9, 0.0, 0.2, 0.4], &[0.0; 4]).unwrap();
    // Asset 0 at its 0.4, asset 1 at its 0.1, the sector's 0.6 down to 0.3 by 0.15 each; gross 0.8 is free.
    assert_near(&weights, &[0.4, 0.1, 0.05, 0.25]);
    let expected = [
        Reason::at(ReasonCode::AssetMinimum, 1, 0.0, 0.1),
        Reason::at(ReasonCode::AssetMaximum, 0, 0.9, 0.4),
        Reason::at(ReasonCode::SectorMaximum, 0, 0.2 + 0.4, 0.3),
    ];
    assert_eq!(reasons, expected);
    let (weights, reasons) = apply(&mut limits, &[0.4, 0.1, 0.1, 0.1], &[0.0; 4]).unwrap();
    assert_eq!((weights, reasons), (vec![0.4, 0.1, 0.1, 0.1], vec![]));
}

#[test]
fn drift_beyond_the_turnover_is_mended_by_the_least_turnover() {
    let mut limits = limits(r#"{"max_weights": [0.5, 0.5], "max_turnover": 0.1}"#, 2);
    // Asset 0 has drifted to 0.75: 0.25 must go, whatever the target.
    let (weights, reasons) = apply(&mut limits, &[0.2, 0.5], &[0.75, 0.2]).unwrap();
    assert_near(&weights, &[0.5, 0.45]);
    assert_eq!(
        codes(&reasons),
        [
            ReasonCode::AssetMaximum,
            ReasonCode::Turnover,
            ReasonCode::TurnoverExceeded
        ][1..]
    );
    let last = reasons.last().unwrap();
    assert!(
        (last.found - 0.25).abs() < 1e-12 && last.allowed == 0.1,
        "{last:?}"
    );
}

/// 100 bars of two assets: the first loses 4% on ten of them, the second gains then.
fn scenarios() -> Scenarios {
    let mut scenarios = Scenarios::new(2, 252).unwrap();
    for k in 0..100 {
        let bad = k % 10 == 0;
        scenarios
            .push(&[if bad { -0.04 } else { 0.01 }, if bad { 0.02 } else { -0.001 }])
            .unwrap();
    }
    scenarios
}

#[test]
fn tail_risk_scales_to_cash_and_wins_over_turnover() {
    let mut capped = limits(
        r#"{"max_turnover": 0.05, "conditional_value_at_risk": {"historical": 0.01}}"#,
        2,
    );
    let (weights, reasons) = decide(
        &mut capped,
        &[0.8, 0.0],
        &[0.8, 0.0],
        &scenarios(),
        &Tightening::none(),
    )
    .unwrap();
    // The worst 5% all lose 0.04 of 0.8: 0.032 down to 0.01.
    assert_near(&weights, &[0.25, 0.0]);
    let code = ReasonCode::HistoricalConditionalValueAtRisk;
    assert_eq!(codes(&reasons), [ReasonCode::TurnoverExceeded, code]);
    assert!((reasons[0].found - 0.55).abs() < 1e-12 && reasons[0].allowed == 0.05);
    assert!((reasons[1].found - 0.032).abs() < 1e-12 && reasons[1].allowed == 0.01);
    let short = Scenarios::new(2, 252).unwrap();
    let (weights, reasons) =
        decide(&mut capped, &[0.8, 0.0], &[0.8, 0.0], &short, &Tightening::none()).unwrap();
    assert_eq!(weights, [0.8, 0.0]);
    assert_eq!(
        reasons,
        [Reason::portfolio(ReasonCode::SkippedTailRisk, 0.0, 60.0)]
    );
}

#[test]
fn minimums_keep_part_of_the_tail_and_it_is_said() {
    let config = |min: f64| {
        let config =
            format!(r#"{{"min_weights": [{min}, 0], "conditional_value_at_risk": {{"historical": 0.01}}}}"#);
        limits(&config, 2)
    };
    // Towards (0.2, 0), which loses 0.008: 0.2 + s 0.6 is at most 0.25.
    let none = Tightening::none();
    let (weights, reasons) = decide(&mut config(0.2), &[0.8, 0.0], &[0.0; 2], &scenarios(), &none).unwrap();
    assert!(
        (weights[0] - 0.25).abs() < 1e-12 && weights[1] == 0.0,
        "{weights:?}"
    );
    assert_eq!(codes(&reasons), [ReasonCode::HistoricalConditionalValueAtRisk]);
    // At 0.3 nothing on the way to (0.3, 0) is below 0.012.
    let (weights, reasons) = decide(&mut config(0.3), &[0.8, 0.0], &[0.0; 2], &scenarios(), &none).unwrap();
    assert_eq!(weights, [0.3, 0.0]);
    let expected = [
        ReasonCode::HistoricalConditionalValueAtRisk,
        ReasonCode::TailRiskExceeded,
    ];
    assert_eq!(codes(&reasons), expected);
    assert!((reasons[1].found - 0.012).abs() < 1e-12 && reasons[1].allowed == 0.01);
    // Here cash is the riskier end: the second asset hedges the first, and nothing is made worse.
    let (weights, reasons) = decide(&mut config(0.4), &[0.4, 0.25], &[0.0; 2], &scenarios(), &none).unwrap();
    assert_eq!(weights, [0.4, 0.25]);
    assert_eq!(codes(&reasons), expected);
}

#[test]
fn tightening_scales_stops_and_relaxes_only_what_it_must() {
    let json = r#"{"min_weights": [0.1, 0.2, -0.4], "max_weights": [0.5, 0.6, 0.4], "max_gross": 1.2,
        "min_net": 0.4}"#;
    let mut set = limits(json, 3);
    let none = Scenarios::new(3, 1).unwrap();
    let mut with = |factor: f64, low: &[f64], high: &[f64], target: &[f64]| {
        decide(
            &mut set,
            target,
            &[0.3, 0.3, 0.0],
            &none,
            &Tightening { factor, low, high },
        )
        .unwrap()
    };
    let (weights, reasons) = with(0.5, &[], &[], &[0.5, 0.2, -0.4]);
    // Halved: maxima 0.25, 0.3 and the short 0.2, gross 0.6; net at least 0.4.
    assert_near(&weights, &[0.25, 0.25, -0.1]);
    let expected = [
        ReasonCode::AssetMaximum,
        ReasonCode::GrossExposure,
        ReasonCode::NetMinimum,
    ];
    assert_eq!(codes(&reasons), expected);
    // Asset 0 stopped: its minimum yields, asset 1's does not.
    let stop = [f64::INFINITY, f64::INFINITY, f64::INFINITY];
    let (weights, reasons) = with(
        1.0,
        &[0.0, -1.0, -1.0],
        &[0.0, stop[1], stop[2]],
        &[0.3, 0.1, 0.0],
    );
    // 0.4 in all, asset 0 out: 0.15 more each than wished.
    assert_near(&weights, &[0.0, 0.25, 0.15]);
    assert!(reasons.contains(&Reason::at(ReasonCode::MinimumRelaxed, 0, 0.1, 0.0)));
    // Its maximum is the stop's, and said to be.
    assert_eq!(
        reasons[reasons.len() - 1],
        Reason::at(ReasonCode::ExposureBound, 0, 0.3, 0.0)
    );
    // Halted: nothing is left, and everything yields to cash.
    let (weights, reasons) = with(1.0, &[0.0; 3], &[0.0; 3], &[0.3, 0.1, 0.0]);
    assert_eq!(weights, [0.0; 3]);
    assert!(codes(&reasons).contains(&ReasonCode::MinimumRelaxed));
    let (weights, _) = with(0.0, &[], &[], &[0.3, 0.1, 0.0]);
    assert_eq!(weights, [0.0; 3]);
}

#[test]
fn contradictions_are_refused_with_the_pair() {
    for (json, pair) in [
        (
            r#"{"min_weights": [0, 0, 0.4], "max_weights": [1, 1, 0.3]}"#,
            [
                "`limits.min_weights[2]` is 0.4",
                "limits.max_weights[2], which is 0.3",
            ],
        ),
        (
            r#"{"min_weights": [0.5, 0.25, 0.25], "max_net": 0.75}"#,
            [
                "`limits.min_weights (their sum)` is 1,",
                "limits.max_net, which is 0.75",
            ],
        ),
        (
            r#"{"min_weights": [0.5, 0.25, 0.25], "min_cash": 0.5}"#,
            [
                "`limits.min_weights (their sum)` is 1,",
                "limits.min_cash (1 - it), which is 0.5",
            ],
        ),
        (
            r#"{"min_weights": [0.5, 0.25, -1], "max_weights": [1, 1, -0.5], "max_gross": 1}"#,
            [
                "`limits.min_weights and max_weights (sum of sizes)` is 1.25",
                "limits.max_gross, which is 1",
            ],
        ),
        (
            r#"{"min_net": 0.5, "max_net": 0.25}"#,
            ["`limits.min_net` is 0.5", "limits.max_net, which is 0.25"],
        ),
        (
            r#"{"min_net": 0.5, "max_gross": 0.25}"#,
            ["`limits.min_net` is 0.5", "limits.max_gross, which is 0.25"],
        ),
        (
            r#"{"min_net": 0.5, "max_weights": [0.125, 0.125, 0.125]}"#,
            [
                "`limits.min_net` is 0.5",
                "limits.max_weights (their sum), which is 0.375",
            ],
        ),
        (
            r#"{"max_weights": [0.25, 0.25, 1], "sectors": [{"name": "a", "assets": [0, 1], "min": 0.75}]}"#,
            [
                "`limits.sectors[0].min` is 0.75",
                "limits.max_weights over it (their sum), which is 0.5",
            ],
        ),
        (
            r#"{"sectors": [{"name": "a", "assets": [0, 1], "min": 0.75}], "max_gross": 0.5}"#,
            [
                "`limits.sectors[0].min` is 0.75",
                "limits.max_gross, which is 0.5",
            ],
        ),
        // No two alone: sectors that do not overlap need more than the net allows.
        (
            r#"{"sectors": [{"name": "a", "assets": [0], "min": 0.5}, 
                {"name": "b", "assets": [1, 2], "min": 0.5}],
                "max_net": 0.75}"#,
            [
                "`limits.sectors[0].min` is 0.5",
                "together with limits.max_net, which is 0.75",
            ],
        ),
    ] {
        let error = Limits::new(from_str(json).unwrap(), 3).unwrap_err().to_string();
        for part in pair {
            assert!(error.contains(part), "{error}\nlacks {part}");
        }
    }
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    for (json, key) in [
        (r#"{"min_weights": [0]}"#, "`limits.min_weights` has 1 values"),
        (r#"{"max_weights": [0, 1000]}"#, "`limits.max_weights[1]` is 1000"),
        (r#"{"max_gross": -1}"#, "`limits.max_gross` is -1"),
        (r#"{"max_net": 101}"#, "`limits.max_net` is 101"),
        (r#"{"min_cash": 1.5}"#, "`limits.min_cash` is 1.5"),
        (r#"{"max_turnover": -0.1}"#, "`limits.max_turnover` is -0.1"),
        (
            r#"{"sectors": [{"name": "", "assets": []}]}"#,
            "`limits.sectors[0].assets` is empty",
        ),
        (
            r#"{"sectors": [{"name": "", "assets": [2]}]}"#,
            "`limits.sectors[0].assets[0]` is 2",
        ),
        (
            r#"{"sectors": [{"name": "", "assets": [1, 1]}]}"#,
            "`limits.sectors[0].assets[1]` is 1",
        ),
        (
            r#"{"value_at_risk": {"level": 1}}"#,
            "`limits.value_at_risk.level` is 1",
        ),
        (
            r#"{"conditional_value_at_risk": {"gaussian": 0}}"#,
            "`limits.conditional_value_at_risk.gaussian` is 0",
        ),
        (r#"{"tail_bars": 1}"#, "`limits.tail_bars` is 1"),
        (r#"{"tail_bars": 50}"#, "`limits.fewest_tail_bars` is 60"),
    ] {
        let error = Limits::new(from_str(json).unwrap(), 2).unwrap_err().to_string();
        assert!(error.contains(key), "{error}\nlacks {key}");
    }
    assert!(Limits::new(LimitsConfig::default(), 0).is_err());
    assert!(from_str::<LimitsConfig>(r#"{"max_gros": 1}"#).is_err());
    let nan = LimitsConfig {
        value_at_risk: TailLimit {
            historical: Some(f64::NAN),
            ..TailLimit::default()
        },
        ..LimitsConfig::default()
    };
    assert!(Limits::new(nan, 2).is_err());
}

#[test]
fn inputs_that_cannot_be_are_refused_by_name_and_nothing_is_written() {
    let mut set = limits(r#"{"value_at_risk": {"historical": 0.02}}"#, 2);
    let (two, other) = (Scenarios::new(2, 5).unwrap(), Scenarios::new(3, 5).unwrap());
    let none = Tightening::none();
    let tightening = |factor, low, high| Tightening { factor, low, high };
    let fine = [0.5, 0.5];
    for (target, current, scenarios, tightening, name) in [
        (&[0.5][..], &fine[..], &two, none, "`target` has 1 values"),
        (&[0.5, f64::NAN], &fine, &two, none, "`target[1]` is NaN"),
        (
            &[f64::NEG_INFINITY, 0.5],
            &fine,
            &two,
            none,
            "`target[0]` is -inf",
        ),
        (&fine, &[0.5], &two, none, "`current` has 1 values"),
        (&fine, &[f64::INFINITY, 0.5], &two, none, "`current[0]` is inf"),
        (&fine, &[0.5, 200.0], &two, none, "`current[1]` is 200"),
        (&fine, &fine, &other, none, "`scenarios.assets` is 3"),
        (
            &fine,
            &fine,
            &two,
            tightening(1.5, &[], &[]),
            "`tightening.factor` is 1.5",
        ),
        (
            &fine,
            &fine,
            &two,
            tightening(f64::NAN, &[], &[]),
            "`tightening.factor` is NaN",
        ),
        (
            &fine,
            &fine,
            &two,
            tightening(1.0, &[0.1, 0.0], &[]),
            "`tightening.low[0]` is 0.1",
        ),
        (
            &fine,
            &fine,
            &two,
            tightening(1.0, &[], &[0.1, f64::NAN]),
            "`tightening.high[1]` is NaN",
        ),
        (
            &fine,
            &fine,
            &two,
            tightening(1.0, &[], &[0.1]),
            "`tightening.high` has 1 values",
        ),
    ] {
        let (mut out, mut reasons) = ([7.0; 2], vec![]);
        let error = set.apply(target, current, scenarios, &tightening, &mut out, &mut reasons);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(name), "{error}\nlacks {name}");
        assert_eq!((out, reasons), ([7.0; 2], vec![]));
    }
    let short = set.apply(&fine, &fine, &two, &none, &mut [0.0], &mut vec![]);
    assert!(short.unwrap_err().to_string().contains("`out` has 1 values"));
}

#[test]
fn a_stopped_short_yields_alone() {
    let mut set = limits(r#"{"min_weights": [-0.5, 0.2], "max_weights": [-0.1, 0.6]}"#, 2);
    let none = Scenarios::new(2, 1).unwrap();
    let (low, high) = (&[0.0, f64::NEG_INFINITY], &[0.0, f64::INFINITY]);
    let stopped = Tightening {
        factor: 1.0,
        low,
        high,
    };
    let (weights, reasons) = decide(&mut set, &[-0.3, 0.1], &[-0.3, 0.2], &none, &stopped).unwrap();
    assert_eq!(weights, [0.0, 0.2]);
    let relaxed = Reason::at(ReasonCode::MinimumRelaxed, 0, -0.1, 0.0);
    assert!(reasons.contains(&relaxed));
    assert_eq!(
        codes(&reasons),
        [
            ReasonCode::AssetMinimum,
            ReasonCode::MinimumRelaxed,
            ReasonCode::ExposureBound
        ]
    );
}

/// From cash to minimums that the turnover does not reach: one portfolio is left, and rounding must not keep it from
/// being found.
#[test]
fn the_least_turnover_to_minimums_is_found_whatever_rounding_says() {
    let minimum = 0.029220521223931754;
    let mut target = [0.11111111111093148; 9];
    target[..2].fill(0.11111111111173992);
    for step in 0..400 {
        let config = LimitsConfig {
            min_weights: vec![minimum; 9],
            max_weights: vec![0.389721957207086; 9],
            max_net: Some(0.6782685540212448),
            min_cash: Some(1.0 - 0.7643863013154596),
            sectors: vec![SectorLimit {
                name: "five".to_string(),
                assets: (0..5).collect(),
                min: None,
                max: Some(0.7737759483050972),
            }],
            max_turnover: Some(0.01 + 0.0006 * f64::from(step)),
            ..LimitsConfig::default()
        };
        let mut limits = Limits::new(config, 9).unwrap();
        let scenarios = Scenarios::new(9, 1).unwrap();
        let (mut weights, mut reasons) = ([0.0; 9], Vec::new());
        limits
            .apply(
                &target,
                &[0.0; 9],
                &scenarios,
                &Tightening::none(),
                &mut weights,
                &mut reasons,
            )
            .unwrap_or_else(|error| panic!("step {step}: {error}"));
        let traded: f64 = weights.iter().sum();
        assert!(weights.iter().all(|weight| *weight >= minimum), "{weights:?}");
        assert!(traded - 9.0 * minimum < 1e-11, "step {step}: {traded}");
    }
}
