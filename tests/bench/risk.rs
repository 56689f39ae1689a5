//! What a risk decision costs: 10 assets, every limit switched on, 252 scenarios.

use crate::allocations;
use ndarray::Array2;
use ppo_risk::math::hmm::{GaussianHmm, HmmFilter};
use ppo_risk::math::random;
use ppo_risk::risk::drawdown_state::DrawdownConfig;
use ppo_risk::risk::limits::{LimitsConfig, SectorLimit, TailLimit};
use ppo_risk::risk::manager::{MarketState, Portfolio, RiskConfig, RiskManager};
use ppo_risk::risk::stops::StopConfig;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::Instant;

pub(crate) const ASSETS: usize = 10;
pub(crate) const BARS: usize = 1000;
const CALLS: usize = 1_000_000;

/// What is held, and wished for where nothing binds.
pub(crate) const EVEN: [f64; ASSETS] = [0.08; ASSETS];

/// Breaks a weight's maximum, two sectors', gross and net exposure, the cash floor and the turnover.
const CONCENTRATED: [f64; ASSETS] = [0.5, 0.3, 0.2, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0];

/// Prints `risk_manage_p50_ns` and `risk_manage_p999_ns` (nothing binds), `risk_manage_binding_p50_ns` (three or more
/// limits bind in every call), `risk_manage_allocations` (of 10^6 calls of each kind) and `hmm_filter_p50_ns`.
pub(crate) fn figures() {
    let prices = prices();
    let (calm, calm_allocations) = manage(&prices, &EVEN);
    let (binding, binding_allocations) = manage(&prices, &CONCENTRATED);
    println!("risk_manage_p50_ns {}", calm[CALLS / 2]);
    println!("risk_manage_p999_ns {}", calm[CALLS / 1000 * 999]);
    println!("risk_manage_binding_p50_ns {}", binding[CALLS / 2]);
    println!("risk_manage_binding_p999_ns {}", binding[CALLS / 1000 * 999]);
    println!(
        "risk_manage_allocations {}",
        calm_allocations + binding_allocations
    );
    println!("hmm_filter_p50_ns {}", hmm_filter());
}

/// Everything on; with even weights of 8% each nothing is broken.
pub(crate) fn config() -> RiskConfig {
    let sector = |name: &str, assets: std::ops::Range<usize>| SectorLimit {
        name: name.to_string(),
        assets: assets.collect(),
        min: Some(0.05),
        max: Some(0.45),
    };
    let tail = |most: f64| TailLimit {
        historical: Some(most),
        gaussian: Some(most),
        ..TailLimit::default()
    };
    RiskConfig {
        limits: LimitsConfig {
            min_weights: vec![0.0; ASSETS],
            max_weights: vec![0.25; ASSETS],
            max_gross: Some(0.95),
            min_net: Some(0.2),
            max_net: Some(0.92),
            sectors: vec![sector("one", 0..5), sector("two", 5..10), sector("three", 3..8)],
            min_cash: Some(0.1),
            max_turnover: Some(0.2),
            value_at_risk: tail(0.05),
            conditional_value_at_risk: tail(0.06),
            ..LimitsConfig::default()
        },
        drawdown: DrawdownConfig {
            reduce_at: Some(0.15),
            stop_at: Some(0.25),
            ..DrawdownConfig::default()
        },
        stops: StopConfig {
            stop: Some(0.9),
            cooldown: Some(5),
        },
        ..RiskConfig::default()
    }
}

/// Nanoseconds of every decision, ascending, and the allocations of all of them.
fn manage(prices: &Array2<f64>, target: &[f64]) -> (Vec<u64>, usize) {
    let mut manager = RiskManager::new(config(), ASSETS).expect("the limits do not clash");
    let high = prices * 1.01;
    let low = prices * 0.99;
    let row = |table: &Array2<f64>, bar: usize| -> Vec<f64> { table.row(bar).to_vec() };
    let bars: Vec<[Vec<f64>; 3]> = (0..BARS)
        .map(|bar| [row(prices, bar), row(&high, bar), row(&low, bar)])
        .collect();
    let binds = usize::from(target != EVEN) * 3;
    let mut nanoseconds = Vec::with_capacity(CALLS);
    let mut allocations = 0;
    // A walk that runs through the prices and back again, so that no bar holds a jump.
    let bar_of = |call: usize| match call % (2 * BARS - 2) {
        step if step < BARS => step,
        step => 2 * BARS - 2 - step,
    };
    for call in 0..CALLS + 300 {
        let [closes, highs, lows] = &bars[bar_of(call)];
        let market = MarketState {
            highs_lows: Some((highs, lows)),
            // Leverage 1: the wish is what the limits are made for.
            volatility: Some(0.15),
            trend: Some(0.5),
            betas: Some(&[1.0; ASSETS]),
            ..MarketState::closes(closes)
        };
        let portfolio = Portfolio {
            target,
            current: &EVEN,
            equity: 1e6,
            drawdown: Some(0.05),
        };
        let before = allocations::count();
        let start = Instant::now();
        let decision = manager
            .manage(black_box(&market), black_box(&portfolio))
            .expect("inputs are valid");
        let elapsed = start.elapsed().as_nanos() as u64;
        // Until the scenarios are full, less is done.
        if call >= 300 {
            allocations += allocations::count() - before;
            nanoseconds.push(elapsed);
            let shaped = decision
                .shaped_by()
                .filter(|reason| (reason.code as u16) < 30)
                .count();
            assert!(
                if binds == 0 { shaped == 0 } else { shaped >= binds },
                "{decision:?}"
            );
        }
    }
    nanoseconds.sort_unstable();
    (nanoseconds, allocations)
}

/// Correlated random walks of 1% a bar: [BARS, ASSETS].
pub(crate) fn prices() -> Array2<f64> {
    let mut stream = random::stream(1, "benchmark", 4);
    let mut draw = || Distribution::<f64>::sample(&StandardNormal, &mut stream);
    let mut logs = [0.0; ASSETS];
    let mut prices = Array2::zeros((BARS, ASSETS));
    for mut row in prices.rows_mut() {
        let common = draw();
        for (log, price) in logs.iter_mut().zip(&mut row) {
            *log += 0.01 * (0.5 * common + 0.75_f64.sqrt() * draw());
            *price = 100.0 * log.exp();
        }
    }
    prices
}

/// Median nanoseconds of one bar of the filter: 3 regimes, 10 assets.
fn hmm_filter() -> u64 {
    let volatilities = [0.006, 0.012, 0.03];
    let model = GaussianHmm {
        initial: vec![1.0 / 3.0; 3],
        transition: Array2::from_shape_fn((3, 3), |(i, j)| if i == j { 0.96 } else { 0.02 }),
        means: Array2::zeros((3, ASSETS)),
        covariances: volatilities
            .iter()
            .map(|v| Array2::from_shape_fn((ASSETS, ASSETS), |(i, j)| v * v * if i == j { 1.0 } else { 0.4 }))
            .collect(),
        log_likelihood: 0.0,
    };
    let mut filter = HmmFilter::new(&model).expect("the model is valid");
    let mut stream = random::stream(1, "benchmark", 5);
    let observations: Vec<Vec<f64>> = (0..BARS)
        .map(|_| {
            let draws = StandardNormal.sample_iter(&mut stream);
            draws.take(ASSETS).map(|x: f64| 0.01 * x).collect()
        })
        .collect();
    let mut nanoseconds: Vec<u64> = (0..CALLS)
        .map(|call| {
            let start = Instant::now();
            black_box(filter.update(black_box(&observations[call % BARS])));
            start.elapsed().as_nanos() as u64
        })
        .collect();
    nanoseconds.sort_unstable();
    nanoseconds[CALLS / 2]
}
