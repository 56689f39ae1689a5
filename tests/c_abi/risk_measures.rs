//! Measures through C are Rust's, bit for bit.

use crate::toolchain::{Host, has};
use ppo_risk::risk::benchmark::Benchmarked;
use ppo_risk::risk::drawdown::worst_drawdowns;
use ppo_risk::risk::metrics::{
    Conventions, kurtosis, max_drawdown, skewness, stability, tail_ratio, total_return,
};
use ppo_risk::risk::streaming::RunningPerformance;

const BARS: usize = 300;

/// The numbers that the C program wrote, front to back.
pub(crate) struct Written<'a>(pub(crate) &'a [u8]);

impl Written<'_> {
    pub(crate) fn number(&mut self) -> u64 {
        let (front, rest) = self.0.split_at(8);
        self.0 = rest;
        u64::from_le_bytes(front.try_into().unwrap())
    }

    pub(crate) fn reals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| f64::from_bits(self.number())).collect()
    }

    /// The next numbers are these.
    pub(crate) fn expect(&mut self, what: &str, expected: &[f64]) {
        for (i, expected) in expected.iter().enumerate() {
            let found = f64::from_bits(self.number());
            let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
            assert!(same, "{what}, number {i}: {found}, expected {expected}");
        }
    }
}

fn measures(returns: &[f64], benchmark: &[f64], by: Conventions, written: &mut Written<'_>) {
    let expected = [
        total_return(returns),
        by.annual_return(returns),
        by.annual_volatility(returns),
        by.sharpe(returns),
        by.sortino(returns),
        by.downside_risk(returns),
        max_drawdown(returns),
        by.calmar(returns),
        by.omega(returns),
        by.value_at_risk(returns),
        by.conditional_value_at_risk(returns),
        stability(returns),
        tail_ratio(returns),
        skewness(returns),
        kurtosis(returns),
    ];
    assert!(expected.iter().all(|value| value.is_finite()), "{expected:?}");
    written.expect("risk_metrics", &expected);
    let both = Benchmarked::new(returns, benchmark, by).unwrap();
    let batting = both.batting_average();
    let expected = [
        both.beta(),
        both.alpha(),
        both.up_beta(),
        both.up_alpha(),
        both.down_beta(),
        both.down_alpha(),
        both.capture(),
        both.up_capture(),
        both.down_capture(),
        both.up_down_capture(),
        both.information_ratio(),
        batting.all,
        batting.up,
        batting.down,
        both.beta_fragility(),
    ];
    assert!(expected.iter().all(|value| value.is_finite()), "{expected:?}");
    written.expect("risk_benchmark_metrics", &expected);
}

fn performance(returns: &[f64], by: Conventions, written: &mut Written<'_>) {
    let mut series = RunningPerformance::new(by);
    for value in returns {
        series.push(*value).unwrap();
    }
    assert_eq!(written.number(), series.bars());
    let expected = [
        series.equity(),
        series.peak(),
        series.drawdown(),
        series.max_drawdown(),
        series.mean(),
        series.total_return(),
        series.annual_return(),
        series.annual_volatility(),
        series.sharpe(),
        series.sortino(),
        series.downside_risk(),
        series.calmar(),
    ];
    written.expect("risk_performance_figures", &expected);
}

#[test]
fn measures_through_c_are_rusts_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("results_risk_measures.bin").display().to_string();
    host.run("results_risk_measures", &[&path]);
    let bytes = std::fs::read(path).unwrap();
    let mut written = Written(&bytes);
    let returns = written.reals(BARS);
    let benchmark = written.reals(BARS);
    let equity = written.reals(BARS + 1);
    let weekly = Conventions {
        bars_per_year: 52.0,
        risk_free: 0.0001,
        required_return: 0.0002,
        tail: 0.1,
    };
    for by in [Conventions::default(), weekly] {
        measures(&returns, &benchmark, by, &mut written);
    }
    for by in [Conventions::default(), weekly] {
        performance(&returns, by, &mut written);
    }
    for expected in worst_drawdowns(&equity, 5) {
        written.expect("depth", &[expected.depth]);
        let found = [written.number(), written.number(), written.number()];
        let points = [expected.peak, expected.valley, expected.recovery.unwrap_or(0)];
        assert_eq!(found, points.map(|point| point as u64));
    }
    assert!(written.0.is_empty());
}
