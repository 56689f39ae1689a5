//! Properties of the limits on random portfolios, half of them on a coarse grid that makes ties. The number
//! of cases is 10,000, or that of the environment variable PROPERTY_CASES.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::risk::limits::{Limits, LimitsConfig, SectorLimit, TailLimit, Tightening};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use ppo_risk::risk::scenarios::Scenarios;
use ppo_risk::risk::tail;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

fn cases() -> u32 {
    std::env::var("PROPERTY_CASES").map_or(10_000, |cases| cases.parse().unwrap())
}

fn check(property: impl Fn(&mut Case) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(Config {
        cases: cases(),
        failure_persistence: None,
        ..Config::default()
    });
    let seeds = any::<u64>();
    runner.run(&seeds, |seed| property(&mut Case::new(seed))).unwrap();
}

/// A random portfolio under random limits that some portfolio meets.
struct Case {
    random: Xoshiro256PlusPlus,
    grid: Option<f64>,
    config: LimitsConfig,
    limits: Limits,
    target: Vec<f64>,
    current: Vec<f64>,
    scenarios: Scenarios,
    factor: f64,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let grid = if random.random() { Some(8.0) } else { None };
        let n = random.random_range(1..=9);
        let (config, limits) = loop {
            let config = settings(&mut random, grid, n);
            if let Ok(limits) = Limits::new(config.clone(), n) {
                break (config, limits);
            }
        };
        let mut scenarios = Scenarios::new(n, config.tail_bars).unwrap();
        for _ in 0..random.random_range(0..40) {
            let bar: Vec<f64> = (0..n).map(|_| random.random_range(-0.05..0.05)).collect();
            scenarios.push(&bar).unwrap();
        }
        let reach: f64 = random.random_range(0.1..2.0);
        let target = (0..n).map(|_| draw(&mut random, grid, -reach, reach)).collect();
        let current: Vec<f64> = (0..n).map(|_| draw(&mut random, grid, -0.3, 0.6)).collect();
        let factor = if random.random() {
            1.0
        } else {
            draw(&mut random, grid, 0.0, 1.0)
        };
        let (mut low, mut high) = (Vec::new(), Vec::new());
        if random.random_range(0..3) == 0 {
            // No exposure may grow, and some asset is out.
            low = current.iter().map(|w| w.min(0.0)).collect();
            high = current.iter().map(|w| w.max(0.0)).collect();
            let stopped = random.random_range(0..n);
            (low[stopped], high[stopped]) = (0.0, 0.0);
        }
        Self {
            random,
            grid,
            config,
            limits,
            target,
            current,
            scenarios,
            factor,
            low,
            high,
        }
    }

    fn decide(&mut self, target: &[f64], current: &[f64]) -> (Vec<f64>, Vec<Reason>) {
        let tightening = Tightening {
            factor: self.factor,
            low: &self.low,
            high: &self.high,
        };
        decide(&mut self.limits, target, current, &self.scenarios, &tightening)
    }
}

fn decide(
    limits: &mut Limits,
    target: &[f64],
    current: &[f64],
    scenarios: &Scenarios,
    tightening: &Tightening<'_>,
) -> (Vec<f64>, Vec<Reason>) {
    let mut reasons = Vec::with_capacity(limits.most_reasons());
    let room = reasons.capacity();
    let mut out = vec![f64::NAN; target.len()];
    limits
        .apply(target, current, scenarios, tightening, &mut out, &mut reasons)
        .unwrap();
    assert_eq!(reasons.capacity(), room, "no reason beyond the room for them");
    (out, reasons)
}

fn draw(random: &mut Xoshiro256PlusPlus, grid: Option<f64>, low: f64, high: f64) -> f64 {
    let value: f64 = random.random_range(low..=high);
    grid.map_or(value, |grid| (value * grid).round() / grid)
}

fn settings(random: &mut Xoshiro256PlusPlus, grid: Option<f64>, n: usize) -> LimitsConfig {
    let (least, most) = [(-0.5, 0.0), (0.0, 0.0), (-0.3, 0.2)][random.random_range(0..3)];
    let min_weights: Vec<f64> = (0..n).map(|_| draw(random, grid, least, most)).collect();
    let max_weights = min_weights
        .iter()
        .map(|min| min + draw(random, grid, 0.0, 1.0))
        .collect();
    let maybe = |random: &mut Xoshiro256PlusPlus, low: f64, high: f64| {
        (random.random_range(0..2) == 0).then(|| draw(random, grid, low, high))
    };
    let sectors = (0..random.random_range(0..4))
        .map(|k| SectorLimit {
            name: k.to_string(),
            assets: (0..n).filter(|i| *i == k || random.random()).collect(),
            min: maybe(random, -0.5, 0.25),
            max: maybe(random, 0.0, 0.75),
        })
        .filter(|sector| !sector.assets.is_empty());
    let sectors = sectors.collect();
    let mut tail = || TailLimit {
        level: 0.9,
        historical: maybe(random, 0.002, 0.03).filter(|cap| *cap > 0.0),
        gaussian: maybe(random, 0.002, 0.03).filter(|cap| *cap > 0.0),
    };
    let (value_at_risk, conditional_value_at_risk) = (tail(), tail());
    LimitsConfig {
        min_weights,
        max_weights,
        max_gross: maybe(random, 0.1, 1.5),
        min_net: maybe(random, -0.5, 0.25),
        max_net: maybe(random, 0.0, 1.0),
        sectors,
        min_cash: maybe(random, 0.0, 0.5),
        max_turnover: maybe(random, 0.0, 0.7),
        value_at_risk,
        conditional_value_at_risk,
        tail_bars: 30,
        fewest_tail_bars: 5,
    }
}

fn has(reasons: &[Reason], code: ReasonCode) -> bool {
    reasons.iter().any(|reason| reason.code == code)
}

fn sum(weights: &[f64], assets: &[usize]) -> f64 {
    assets.iter().map(|&i| weights[i]).sum()
}

fn gross(weights: &[f64]) -> f64 {
    weights.iter().map(|w| w.abs()).sum()
}

fn traded(from: &[f64], to: &[f64]) -> f64 {
    let change: Vec<f64> = from.iter().zip(to).map(|(from, to)| to - from).collect();
    0.5 * (gross(&change) + change.iter().sum::<f64>().abs())
}

/// The four tail measures of weights, in the order of their caps in [`tail_caps`].
fn losses(config: &LimitsConfig, scenarios: &Scenarios, weights: &[f64]) -> [f64; 4] {
    let mut series = vec![0.0; scenarios.len().min(config.tail_bars)];
    scenarios.portfolio_returns(weights, &mut series);
    let (mean, deviation) = tail::moments(&series);
    let (var, cvar) = (config.value_at_risk.level, config.conditional_value_at_risk.level);
    [
        tail::historical_value_at_risk(&mut series.clone(), var),
        tail::GaussianTail::new(var)
            .unwrap()
            .value_at_risk(mean, deviation),
        tail::historical_conditional_value_at_risk(&mut series, cvar),
        tail::GaussianTail::new(cvar)
            .unwrap()
            .conditional_value_at_risk(mean, deviation),
    ]
}

fn tail_caps(config: &mut LimitsConfig) -> [&mut Option<f64>; 4] {
    let (var, cvar) = (&mut config.value_at_risk, &mut config.conditional_value_at_risk);
    [
        &mut var.historical,
        &mut var.gaussian,
        &mut cvar.historical,
        &mut cvar.gaussian,
    ]
}

#[test]
fn no_limit_is_broken_but_where_a_reason_says_so() {
    check(|case| {
        let (target, current) = (case.target.clone(), case.current.clone());
        let (w, reasons) = case.decide(&target, &current);
        let (config, factor) = (&mut case.config, case.factor);
        let most = |value: f64| if value > 0.0 { value * factor } else { value };
        let least = |value: f64| if value < 0.0 { value * factor } else { value };
        let relaxed = has(&reasons, ReasonCode::MinimumRelaxed);
        // What a relaxed minimum still has to be.
        let floor = |value: f64| {
            if relaxed {
                least(value).min(0.0)
            } else {
                least(value)
            }
        };
        let ceiling = |value: f64| {
            if relaxed {
                most(value).max(0.0)
            } else {
                most(value)
            }
        };
        let mut excess = 0.0_f64;
        for (i, &weight) in w.iter().enumerate() {
            prop_assert!(weight.is_finite());
            let low = floor(config.min_weights[i]).max(if case.low.is_empty() { -1e9 } else { case.low[i] });
            let high =
                ceiling(config.max_weights[i]).min(if case.high.is_empty() { 1e9 } else { case.high[i] });
            prop_assert!(
                low <= weight && weight <= high,
                "asset {i}: {} in {low}..{high}",
                weight
            );
        }
        let net: f64 = w.iter().sum();
        let over = |value: f64, limit: Option<f64>| limit.map_or(0.0, |limit| value - ceiling(limit));
        let under = |value: f64, limit: Option<f64>| limit.map_or(0.0, |limit| floor(limit) - value);
        excess = excess.max(over(gross(&w), config.max_gross));
        excess = excess
            .max(over(net, config.max_net))
            .max(under(net, config.min_net));
        excess = excess.max(config.min_cash.map_or(0.0, |least| least - (1.0 - net)));
        for sector in &config.sectors {
            let total = sum(&w, &sector.assets);
            excess = excess.max(over(total, sector.max)).max(under(total, sector.min));
        }
        if !has(&reasons, ReasonCode::TurnoverExceeded) {
            excess = excess.max(
                config
                    .max_turnover
                    .map_or(0.0, |most| traded(&current, &w) - most),
            );
        }
        let measured = case.scenarios.len() >= config.fewest_tail_bars;
        if measured && !has(&reasons, ReasonCode::TailRiskExceeded) {
            let found = losses(config, &case.scenarios, &w);
            for (cap, found) in tail_caps(config).into_iter().zip(found) {
                excess = excess.max(cap.map_or(0.0, |cap| found - cap * factor));
            }
        }
        prop_assert!(excess <= 1e-12, "{excess}");
        Ok(())
    });
}

#[test]
fn what_is_allowed_stays_bit_identical() {
    check(|case| {
        let (target, current) = (case.target.clone(), case.current.clone());
        let (first, reasons) = case.decide(&target, &current);
        // The search on the way to a minimum is only certain where losses are convex.
        let historical = case.config.value_at_risk.historical.is_some();
        if historical && has(&reasons, ReasonCode::TailRiskExceeded) {
            return Ok(());
        }
        // Once traded, always: turnover is 0 then.
        let (held, _) = if case.low.is_empty() {
            case.decide(&first, &first)
        } else {
            (first.clone(), vec![])
        };
        prop_assert_eq!(bits(&held), bits(&first));
        // Asked again before trading: unless the tail went beyond the turnover, which the projection sees
        // first.
        let tail = [
            ReasonCode::HistoricalValueAtRisk,
            ReasonCode::GaussianValueAtRisk,
            ReasonCode::HistoricalConditionalValueAtRisk,
            ReasonCode::GaussianConditionalValueAtRisk,
        ];
        let beyond =
            has(&reasons, ReasonCode::TurnoverExceeded) && tail.iter().any(|code| has(&reasons, *code));
        if !beyond {
            let (again, reasons) = case.decide(&first, &current);
            prop_assert_eq!(bits(&again), bits(&first), "{:?}", reasons);
        }
        Ok(())
    });
}

fn bits(weights: &[f64]) -> Vec<u64> {
    weights.iter().map(|w| w.to_bits()).collect()
}

#[test]
fn tightening_a_limit_never_increases_what_it_limits() {
    check(|case| {
        let (target, current) = (case.target.clone(), case.current.clone());
        let which = case.random.random_range(0..9);
        let cut = if case.grid.is_some() {
            0.125
        } else {
            case.random.random_range(0.0..0.3)
        };
        let (mut before, mut after) = (case.config.clone(), case.config.clone());
        // Linear limits are judged by themselves: the caps on tail risk act on what those leave. A cap on
        // tail risk is judged where scaling goes to cash: on the way to minimums the value at risk is not
        // convex.
        match which {
            0..5 => {
                for config in [&mut before, &mut after] {
                    tail_caps(config).into_iter().for_each(|cap| *cap = None);
                }
            }
            _ => {
                for config in [&mut before, &mut after] {
                    config.min_weights.iter_mut().for_each(|min| *min = min.min(0.0));
                    config.max_weights.iter_mut().for_each(|max| *max = max.max(0.0));
                    (config.min_net, config.max_net) = (None, None);
                    config.sectors.clear();
                }
            }
        }
        let lower = |limit: &mut Option<f64>| *limit = limit.map(|limit| (limit - cut).max(0.0));
        match which {
            0 => after.max_weights[0] = (after.max_weights[0] - cut).max(after.min_weights[0]),
            1 => lower(&mut after.max_gross),
            2 => lower(&mut after.max_net),
            3 => after
                .sectors
                .iter_mut()
                .take(1)
                .for_each(|sector| lower(&mut sector.max)),
            4 => lower(&mut after.max_turnover),
            _ => {
                let cap = &mut *tail_caps(&mut after)[which - 5];
                *cap = cap.map(|cap| cap * 0.7);
            }
        }
        let measure = |w: &[f64]| match which {
            0 => w[0],
            1 => gross(w),
            2 => w.iter().sum(),
            3 => before
                .sectors
                .first()
                .map_or(0.0, |sector| sum(w, &sector.assets)),
            4 => traded(&current, w),
            _ if case.scenarios.len() < before.fewest_tail_bars => 0.0,
            _ => losses(&before, &case.scenarios, w)[which - 5],
        };
        let [first, second] = [&before, &after].map(|config| {
            let mut limits = Limits::new(config.clone(), target.len()).ok()?;
            let none = Tightening::none();
            Some(measure(
                &decide(&mut limits, &target, &current, &case.scenarios, &none).0,
            ))
        });
        if let (Some(first), Some(second)) = (first, second) {
            prop_assert!(second <= first + 1e-12, "limit {which}: {first} became {second}");
        }
        Ok(())
    });
}

#[test]
fn what_cannot_be_is_refused_by_name_and_changes_nothing() {
    check(|case| {
        let n = case.target.len();
        let (mut target, mut current) = (case.target.clone(), case.current.clone());
        let (mut factor, mut low) = (case.factor, vec![0.0; n]);
        let i = case.random.random_range(0..n);
        let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300][case.random.random_range(0..4)];
        let name = match case.random.random_range(0..6) {
            0 => {
                target[i] = bad;
                format!("`target[{i}]`")
            }
            1 => {
                current[i] = bad;
                format!("`current[{i}]`")
            }
            2 => {
                target.push(0.0);
                "`target`".to_owned()
            }
            3 => {
                current.pop();
                "`current`".to_owned()
            }
            4 => {
                factor = bad;
                "`tightening.factor`".to_owned()
            }
            _ => {
                low[i] = bad.abs();
                format!("`tightening.low[{i}]`")
            }
        };
        let tightening = Tightening {
            factor,
            low: &low,
            high: &[],
        };
        let (mut out, mut reasons) = (vec![7.0; n], vec![]);
        let refused = case.limits.apply(
            &target,
            &current,
            &case.scenarios,
            &tightening,
            &mut out,
            &mut reasons,
        );
        let error = refused.unwrap_err().to_string();
        prop_assert!(error.contains(&name), "{error} lacks {name}");
        prop_assert!(reasons.is_empty() && out.iter().all(|w| *w == 7.0));
        // And the next decision is that of limits that never saw it.
        let (target, current) = (case.target.clone(), case.current.clone());
        let mut fresh = Limits::new(case.config.clone(), n).unwrap();
        let tightening = Tightening {
            factor: case.factor,
            low: &case.low,
            high: &case.high,
        };
        let expected = decide(&mut fresh, &target, &current, &case.scenarios, &tightening);
        let found = case.decide(&target, &current);
        prop_assert_eq!(bits(&found.0), bits(&expected.0));
        // As text: a reason may hold NaN.
        prop_assert_eq!(format!("{:?}", found.1), format!("{:?}", expected.1));
        Ok(())
    });
}
