//! Sizes, forecasts and regimes through C are Rust's, bit for bit.

use crate::risk_measures::Written;
use crate::toolchain::{Host, has};
use ndarray::ArrayView2;
use ppo_risk::market::BarsPerYear;
use ppo_risk::math::covariance::ledoit_wolf;
use ppo_risk::math::hmm::HmmOptions;
use ppo_risk::risk::kelly::{self, KellyConfig};
use ppo_risk::risk::leverage::LeverageConfig;
use ppo_risk::risk::reason::ReasonCode;
use ppo_risk::risk::regime::{RegimeConfig, RegimeTracker};
use ppo_risk::risk::tail::TailRisk;
use ppo_risk::risk::volatility::VolatilityForecast;

const BARS: usize = 240;
const ASSETS: usize = 3;

fn kelly_weights(returns: ArrayView2<'_, f64>, config: &KellyConfig, written: &mut Written<'_>) {
    let estimate = config.estimate(returns, BarsPerYear::DAILY).unwrap();
    let excess = &estimate.excess;
    written.expect("weights", &estimate.weights);
    written.expect("standard errors", &estimate.standard_errors);
    written.expect("unconstrained", &estimate.unconstrained);
    written.expect("their standard errors", &estimate.unconstrained_standard_errors);
    written.expect("excess", excess);
    written.expect(
        "shrinkages",
        &[estimate.mean_shrinkage, estimate.covariance_shrinkage],
    );
    let shrunk = ledoit_wolf(returns).unwrap();
    let covariance = shrunk.covariance.view();
    let values: Vec<f64> = covariance.iter().copied().collect();
    written.expect("covariance", &values);
    written.expect("its shrinkage", &[shrunk.shrinkage]);
    written.expect("weights of moments", &config.weights(excess, covariance).unwrap());
    let full = kelly::unconstrained(excess, covariance).unwrap();
    written.expect("full Kelly", &full);
}

fn leverage(
    config: LeverageConfig,
    volatility: f64,
    drawdown: f64,
    trend: Option<f64>,
    written: &mut Written<'_>,
) -> Vec<ReasonCode> {
    let mut reasons = Vec::new();
    let factor = config.explain(volatility, drawdown, trend, &mut reasons).unwrap();
    written.expect("leverage", &[factor]);
    for reason in &reasons {
        let code = f64::from(reason.code as u32);
        written.expect("reason", &[code, reason.found, reason.allowed]);
    }
    reasons.iter().map(|reason| reason.code).collect()
}

fn regimes(series: &[f64], written: &mut Written<'_>) {
    let observations = ArrayView2::from_shape((BARS, 1), series).unwrap();
    let options = HmmOptions {
        starts: 3,
        ..HmmOptions::default()
    };
    let config = RegimeConfig::fit(observations, 2, 5, &options).unwrap();
    let mut tracker = RegimeTracker::new(config).unwrap();
    let mut met = [false; 2];
    for (bar, value) in series.iter().enumerate() {
        let observation = (bar % 10 != 9).then_some(std::slice::from_ref(value));
        tracker.update(observation, &mut Vec::new()).unwrap();
        written.expect(&format!("probabilities of bar {bar}"), tracker.probabilities());
        met[tracker.most_likely()] = true;
    }
    assert_eq!(met, [true; 2]);
    written.expect("factors", &[tracker.leverage_factor(), tracker.limits_factor()]);
}

#[test]
fn sizes_through_c_are_rusts_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("results_risk_sizes.bin").display().to_string();
    host.run("results_risk_sizes", &[&path]);
    let bytes = std::fs::read(path).unwrap();
    let mut written = Written(&bytes);
    let returns = written.reals(BARS * ASSETS);
    let returns = ArrayView2::from_shape((BARS, ASSETS), &returns).unwrap();
    let series = written.reals(BARS);
    let shorts = KellyConfig {
        fraction: 0.01,
        max_gross: 1.5,
        min_weights: vec![-0.5; ASSETS],
        cash_rate: 0.02,
        ..KellyConfig::default()
    };
    // Its weights are free, so that their errors are numbers to compare.
    let free = shorts.estimate(returns, BarsPerYear::DAILY).unwrap();
    assert!(free.standard_errors.iter().all(|error| *error > 0.0), "{free:?}");
    for config in [KellyConfig::default(), shorts] {
        kelly_weights(returns, &config, &mut written);
    }
    let single = [
        kelly::binary(0.6, 0.9, 0.7).unwrap(),
        kelly::continuous(0.07, 0.03).unwrap(),
    ];
    written.expect("single", &single);
    let default = LeverageConfig::default();
    let reasons = leverage(default, 0.05, 0.1, None, &mut written);
    assert_eq!(
        reasons,
        [ReasonCode::VolatilityTarget, ReasonCode::LeverageMaximum]
    );
    let config = LeverageConfig {
        drawdown_stop: Some(0.3),
        cash_rate: 0.01,
        ..default
    };
    let reasons = leverage(config, 0.22, 0.1, Some(0.02), &mut written);
    let expected = [
        ReasonCode::VolatilityTarget,
        ReasonCode::LeverageDrawdown,
        ReasonCode::LeverageTrend,
    ];
    assert_eq!(reasons, expected);
    let forecasts = [
        VolatilityForecast::default(),
        VolatilityForecast::Rolling { bars: 60 },
        VolatilityForecast::Decay { decay: 0.94 },
        VolatilityForecast::Garch {
            alpha: 0.1,
            beta: 0.85,
            omega: None,
        },
    ];
    for forecast in forecasts {
        written.expect(
            "volatility",
            &[forecast.annual(&series, BarsPerYear::DAILY).unwrap()],
        );
    }
    let (_, fit) = VolatilityForecast::fitted(&series).unwrap();
    let expected = [
        fit.garch.omega,
        fit.garch.alpha,
        fit.garch.beta,
        fit.mean,
        fit.log_likelihood,
        fit.next_variance,
    ];
    written.expect("GARCH", &expected);
    let tail = TailRisk::of_weights(returns, &[0.5, -0.2, 0.4], 0.95).unwrap();
    let expected = [
        tail.mean,
        tail.deviation,
        tail.historical_value_at_risk,
        tail.historical_conditional_value_at_risk,
        tail.gaussian_value_at_risk,
        tail.gaussian_conditional_value_at_risk,
    ];
    written.expect("tail", &expected);
    regimes(&series, &mut written);
    assert!(written.0.is_empty());
}
