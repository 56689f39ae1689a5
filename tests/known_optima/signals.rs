//! Signals of the next day's return: one an asset, in the market's columns or in each asset's own.

use crate::markets::SignalMarket;
use crate::problems::{Measured, visits};
use crate::quadrature::{Lognormal, dot, maximise};
use crate::training::{Problem, Visit};
use nalgebra::DMatrix;
use ppo_risk::math::random::stream;
use ppo_risk::policy::Policy;
use ppo_risk::policy::spec::{Distribution, NetworkSpec};
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Five assets, their signals among the market's columns.
pub(crate) fn planted_signal(distribution: Distribution, seed: u64) -> Measured {
    let law = SignalLaw::new(5, false);
    let problem = law.problem();
    let visits = visits(&problem, distribution, seed, 10);
    vec![("planted_signal_capture", 0, law.capture(&problem, &visits))]
}

/// Ten assets, each with its own signal in its own column, and the default network.
pub(crate) fn asset_signals_scorer(distribution: Distribution, seed: u64) -> Measured {
    let law = SignalLaw::new(10, true);
    let problem = Problem {
        network: NetworkSpec::Scorer { hidden: vec![32, 32] },
        total_steps: 1_000_000,
        ..law.problem()
    };
    let policies = problem.train_by([300_000, 1_000_000], distribution, seed);
    let names = ["asset_signal_capture_scorer_300k", "asset_signal_capture_scorer"];
    let captured = |policy: &Policy| {
        let visits = problem.visit(policy, 100, 10, seed + 1_000_000);
        law.capture(&problem, &visits)
    };
    let both = names.iter().zip(&policies);
    both.map(|(name, policy)| (*name, 0, captured(policy))).collect()
}

/// The same with a flat network.
pub(crate) fn asset_signals_mlp(distribution: Distribution, seed: u64) -> Measured {
    let law = SignalLaw::new(10, true);
    let problem = Problem {
        total_steps: 1_000_000,
        ..law.problem()
    };
    let visits = visits(&problem, distribution, seed, 10);
    vec![("asset_signal_capture_mlp", 0, law.capture(&problem, &visits))]
}

/// Assets of 20% volatility, correlation 0.3 and 8% a year at signals of zero; signals with a half-life of 20 days and
/// just so strong that the best policy's annual Sharpe ratio is 2.
pub(crate) struct SignalLaw {
    market: SignalMarket,
    /// Of a day's returns.
    covariance: DMatrix<f64>,
}

impl SignalLaw {
    pub(crate) fn new(assets: usize, by_asset: bool) -> Self {
        let entry = |i, j| 0.04 / 252.0 * if i == j { 1.0 } else { 0.3 };
        let covariance = DMatrix::from_fn(assets, assets, entry);
        let law = Lognormal::of_log_drifts(&vec![0.08 / 252.0; assets], &covariance);
        let market = SignalMarket {
            law,
            strength: 0.0,
            decay: 0.5_f64.powf(1.0 / 20.0),
            by_asset,
        };
        let mut signals = Self { market, covariance };
        let (mut low, mut high) = (0.0, 0.01);
        for _ in 0..40 {
            signals.market.strength = 0.5 * (low + high);
            if signals.best_sharpe() < 2.0 {
                low = signals.market.strength
            } else {
                high = signals.market.strength
            }
        }
        signals
    }

    /// Fully invested, log growth, a year of days.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            episode_len: 252,
            cash: false,
            ..Problem::of(Arc::new(self.market.clone()))
        }
    }

    fn assets(&self) -> usize {
        self.covariance.nrows()
    }

    /// The part of what the best policy gains over equal weight that was gained in these states.
    fn capture(&self, problem: &Problem, visits: &[Visit]) -> f64 {
        let equal_weight = vec![1.0 / self.assets() as f64; self.assets()];
        let (mut policy, mut equal, mut best) = (0.0, 0.0, 0.0);
        for visit in visits {
            let signals: Vec<f64> = visit
                .columns(problem)
                .iter()
                .map(|&signal| f64::from(signal))
                .collect();
            policy += self.growth(&signals, &visit.weights);
            equal += self.growth(&signals, &equal_weight);
            best += self.growth(&signals, &self.best_weights(&signals));
        }
        (policy - equal) / (best - equal)
    }

    /// Annual Sharpe ratio of the best policy: over independent draws of the signals, the mean of w'mu and the mean
    /// conditional variance plus the variance of the conditional mean.
    pub(crate) fn best_sharpe(&self) -> f64 {
        let mut draws = stream(1, "signals", 0);
        let (mut sum, mut squares, mut variance) = (0.0, 0.0, 0.0);
        let count = 4000;
        for _ in 0..count {
            let signals: Vec<f64> = (0..self.assets())
                .map(|_| StandardNormal.sample(&mut draws))
                .collect();
            let weights = self.best_weights(&signals);
            let mean = dot(&self.means(&signals), &weights);
            sum += mean;
            squares += mean * mean;
            variance += self.variance(&weights);
        }
        let n = f64::from(count);
        let mean = sum / n;
        mean / (squares / n - mean * mean + variance / n).sqrt() * 252.0_f64.sqrt()
    }

    /// Expected simple returns of the day after signals of these values.
    fn means(&self, signals: &[f64]) -> Vec<f64> {
        (0..self.assets())
            .map(|i| {
                let log_mean = self.market.law.log_mean[i] + self.market.strength * signals[i];
                (log_mean + 0.5 * self.covariance[(i, i)]).exp_m1()
            })
            .collect()
    }

    /// E[ln(1 + w . r)] to second order, which at daily steps is exact to 1e-7.
    fn growth(&self, signals: &[f64], weights: &[f64]) -> f64 {
        let mean = dot(&self.means(signals), weights);
        mean - 0.5 * (self.variance(weights) + mean * mean)
    }

    fn best_weights(&self, signals: &[f64]) -> Vec<f64> {
        let mu = self.means(signals);
        maximise(self.assets(), |weights| {
            let mean = dot(&mu, weights);
            // Scaled to the size of the curvature (0.04/252), so that the ascent's first step fits.
            (0..self.assets())
                .map(|i| (mu[i] - self.risk(i, weights) - mean * mu[i]) * 5000.0)
                .collect()
        })
    }

    fn variance(&self, weights: &[f64]) -> f64 {
        (0..self.assets())
            .map(|i| weights[i] * self.risk(i, weights))
            .sum()
    }

    fn risk(&self, asset: usize, weights: &[f64]) -> f64 {
        (0..self.assets())
            .map(|j| self.covariance[(asset, j)] * weights[j])
            .sum()
    }
}
