//! What risk decisions are measured on: 10 assets, every limit switched on, 252 scenarios.

use crate::installed;
use ndarray::Array2;
use ppo_risk::math::hmm::GaussianHmm;
use ppo_risk::math::random;
use ppo_risk::risk::drawdown_state::DrawdownConfig;
use ppo_risk::risk::limits::{LimitsConfig, SectorLimit, TailLimit};
use ppo_risk::risk::manager::RiskConfig;
use ppo_risk::risk::regime::{RegimeConfig, RegimeScaling};
use ppo_risk::risk::stops::StopConfig;
use rand_distr::{Distribution, StandardNormal};

pub(crate) const ASSETS: usize = 10;
pub(crate) const BARS: usize = 1000;

/// What is held, and wished for where nothing binds.
pub(crate) const EVEN: [f64; ASSETS] = [0.08; ASSETS];

/// Prints, of the installed library, `risk_manage_p50_ns` and `risk_manage_p999_ns` (nothing binds),
/// `risk_manage_binding_p50_ns` and `risk_manage_binding_p999_ns` (three or more limits bind in every call),
/// `risk_manage_allocations` (of 10^6 calls of each kind) and `hmm_filter_p50_ns`.
pub(crate) fn figures() {
    installed::print("risk");
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

/// The regimes of the filter: 3, over returns of 10 assets.
pub(crate) fn regimes() -> RegimeConfig {
    let volatilities = [0.006, 0.012, 0.03];
    RegimeConfig {
        model: GaussianHmm {
            initial: vec![1.0 / 3.0; 3],
            transition: Array2::from_shape_fn((3, 3), |(i, j)| if i == j { 0.96 } else { 0.02 }),
            means: Array2::zeros((3, ASSETS)),
            covariances: volatilities
                .iter()
                .map(|v| {
                    Array2::from_shape_fn((ASSETS, ASSETS), |(i, j)| v * v * if i == j { 1.0 } else { 0.4 })
                })
                .collect(),
            log_likelihood: 0.0,
        },
        leverage: Vec::new(),
        limits: Vec::new(),
        scaling: RegimeScaling::Weighted,
    }
}
