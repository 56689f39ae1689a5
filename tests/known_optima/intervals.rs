//! How often an interval of a difference in Sharpe ratio holds the difference, where that is known: 0, of pairs of series
//! whose laws are the same.

use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::market::BarsPerYear;
use ppo_risk::math::random::{Stream, stream};
use rand_distr::{Distribution, StandardNormal, StudentT};
use rayon::prelude::*;

/// Pairs of series for each law, length and kin.
const PAIRS: u64 = 500;

/// What coverage of nominally 90% may be.
pub(crate) const BOUNDS: std::ops::RangeInclusive<f64> = 0.86..=0.94;

/// Annual Sharpe ratio of every series.
const SHARPE: f64 = 0.8;

/// A law of daily returns of mean 0 and variance 1, before the ratio is set.
#[derive(Debug, Clone, Copy)]
enum Law {
    Independent,
    /// Autoregression of order 1.
    Persistent(f64),
    /// GARCH(1,1) with normal innovations, as daily shares have it: .08 of the last square, .90 of the last variance.
    Garch,
    /// Student's t with three degrees of freedom.
    HeavyTailed,
}

impl Law {
    fn draw(self, bars: usize, stream: &mut Stream) -> Vec<f64> {
        let mut normal = || -> f64 { StandardNormal.sample(stream) };
        match self {
            Self::Independent => (0..bars).map(|_| normal()).collect(),
            Self::Persistent(slope) => {
                let mut value = normal();
                let own = (1.0 - slope * slope).sqrt();
                (0..bars)
                    .map(|_| {
                        value = slope * value + own * normal();
                        value
                    })
                    .collect()
            }
            Self::Garch => {
                const BEFORE: usize = 500;
                let mut variance: f64 = 1.0;
                let mut draw = || {
                    let value = variance.sqrt() * normal();
                    variance = 0.02 + 0.08 * value * value + 0.90 * variance;
                    value
                };
                (0..BEFORE).for_each(|_| drop(draw()));
                (0..bars).map(|_| draw()).collect()
            }
            Self::HeavyTailed => {
                let student = StudentT::new(3.0).expect("a positive number");
                // Its variance is 3.
                (0..bars)
                    .map(|_| student.sample(stream) / 3.0_f64.sqrt())
                    .collect()
            }
        }
    }
}

/// How alike the two of a pair are: the correlation of a policy and the prior that it departs from on real prices, and none.
const KIN: [f64; 2] = [0.97, 0.0];

/// Coverage of nominally 90% intervals for each law, length and kin, and the one furthest from it.
pub(crate) fn interval_coverage_worst() -> f64 {
    let laws = [
        Law::Independent,
        Law::Persistent(0.3),
        Law::Garch,
        Law::HeavyTailed,
    ];
    let lengths = [252, 504, 2_515];
    let mut cells: Vec<(Law, usize)> = laws
        .into_iter()
        .flat_map(|law| lengths.map(|bars| (law, bars)))
        .collect();
    cells.push((Law::Persistent(0.9), 2_515));
    let mut worst: f64 = 0.9;
    for (law, bars) in cells {
        for kin in KIN {
            let (coverage, without) = coverage(law, bars, kin);
            eprintln!(
                "{law:?}, {bars} bars, correlation {kin}: covered in {coverage:.3}, {without} of {PAIRS} without interval"
            );
            if (coverage - 0.9).abs() > (worst - 0.9).abs() {
                worst = coverage;
            }
        }
    }
    worst
}

/// In how much of the pairs that have an interval it holds 0, and how many have none.
fn coverage(law: Law, bars: usize, kin: f64) -> (f64, u64) {
    let settings = BlockBootstrap {
        draws: 1_000,
        ..BlockBootstrap::default()
    };
    let held: Vec<Option<bool>> = (0..PAIRS)
        .into_par_iter()
        .map(|pair| {
            let mut stream = stream(17, &format!("{law:?} {bars} {kin}"), pair);
            let [common, own, other] = [(); 3].map(|()| law.draw(bars, &mut stream));
            let series = |own: &[f64]| -> Vec<f64> {
                let parts = common.iter().zip(own);
                parts
                    .map(|(common, own)| {
                        0.01 * (SHARPE / 252.0_f64.sqrt() + kin.sqrt() * common + (1.0 - kin).sqrt() * own)
                    })
                    .collect()
            };
            let found = settings
                .sharpe_difference(&series(&own), &series(&other), BarsPerYear::DAILY)
                .expect("finite returns");
            found
                .low
                .is_finite()
                .then_some(found.low <= 0.0 && 0.0 <= found.high)
        })
        .collect();
    let given: Vec<bool> = held.iter().flatten().copied().collect();
    let holding = given.iter().filter(|held| **held).count();
    (holding as f64 / given.len() as f64, PAIRS - given.len() as u64)
}
