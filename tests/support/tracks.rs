//! Tracks of seeded, made-up portfolios, for tests of the report.

use chrono::{Days, NaiveDate};
use ndarray::Array2;
use ppo_risk::backtest::Track;
use ppo_risk::math::random;
use rand_distr::{Distribution, StandardNormal};

/// A track of equal weights whose returns are normal draws number `index` of `purpose`.
pub(crate) fn track(purpose: &str, name: &str, bars: usize, assets: usize, index: u64) -> Track {
    let mut stream = random::stream(5, purpose, index);
    let first = NaiveDate::from_ymd_opt(2013, 1, 2).expect("a date");
    Track {
        name: name.to_string(),
        times: (0..bars as u64).map(|t| (first + Days::new(t)).into()).collect(),
        bars_per_year: ppo_risk::market::BarsPerYear::DAILY,
        returns: (0..bars)
            .map(|_| 0.0005 + 0.01 * Distribution::<f64>::sample(&StandardNormal, &mut stream))
            .collect(),
        cash_returns: vec![0.0; bars],
        weights: Array2::from_elem((bars, assets + 1), 1.0 / (assets + 1) as f64),
        turnover: vec![0.01; bars],
        costs: vec![0.00002; bars],
        left_out: Vec::new(),
    }
}
