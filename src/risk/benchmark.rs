//! Measures of returns relative to a benchmark, in empyrical-reloaded's conventions.
//!
//! A bar counts where both returns are known, except in [`Benchmarked::capture`], which leaves out each
//! series' own NaN as empyrical does. What needs the benchmark to vary (beta, alpha and their halves) is NaN
//! for one that is constant up to rounding, and so is the information ratio where the active return is. No
//! method panics.

use super::metrics::Conventions;
use crate::error::{Count, Error, Result};
use crate::math::elementary::powf;
use crate::math::statistics::{is_constant, mean, rounding, standard_deviation};

/// Returns and their benchmark's, bar by bar.
#[derive(Debug, Clone, Copy)]
pub struct Benchmarked<'a> {
    returns: &'a [f64],
    benchmark: &'a [f64],
    conventions: Conventions,
}

/// In how much of the bars the returns were above the benchmark's: fractions in [0, 1], NaN for no such bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BattingAverage {
    /// Of all bars.
    pub all: f64,
    /// Of the bars in which the benchmark did not fall.
    pub up: f64,
    /// Of the bars in which the benchmark fell.
    pub down: f64,
}

impl<'a> Benchmarked<'a> {
    /// Simple per-bar `returns` [n] and `benchmark` [n], NaN where unknown.
    ///
    /// # Errors
    /// Slices of different lengths.
    pub fn new(returns: &'a [f64], benchmark: &'a [f64], conventions: Conventions) -> Result<Self> {
        if benchmark.len() != returns.len() {
            let expected = format!("{}, as the returns", returns.len());
            let found = Count(benchmark.len(), "values");
            return Err(Error::invalid("benchmark", found, expected));
        }
        Ok(Self {
            returns,
            benchmark,
            conventions,
        })
    }

    /// Slope of the returns on the benchmark: covariance over the benchmark's variance. NaN for fewer than
    /// two bars and for a benchmark that does not vary ([`is_constant`]).
    pub fn beta(&self) -> f64 {
        self.known(|_| true).beta()
    }

    /// Pearson's correlation of the returns with the benchmark's, in [-1, 1]. NaN for fewer than two bars and where either
    /// does not vary ([`is_constant`]).
    pub fn correlation(&self) -> f64 {
        let pairs = self.known(|_| true);
        if pairs.returns.len() < 2 || is_constant(&pairs.returns) || is_constant(&pairs.benchmark) {
            return f64::NAN;
        }
        let (mean_r, mean_b) = (mean(&pairs.returns), mean(&pairs.benchmark));
        let (mut both, mut own, mut other) = (0.0, 0.0, 0.0);
        for (r, b) in pairs.returns.iter().zip(&pairs.benchmark) {
            let (r, b) = (r - mean_r, b - mean_b);
            both += r * b;
            own += r * r;
            other += b * b;
        }
        // Clamped so that rounding does not exceed 1.
        (both / (own * other).sqrt()).clamp(-1.0, 1.0)
    }

    /// Annual return that beta does not explain: (1 + mean of (r - f) - beta (b - f))^bars_per_year - 1, f
    /// the risk-free rate. NaN where [`Self::beta`] is.
    pub fn alpha(&self) -> f64 {
        self.known(|_| true).alpha(&self.conventions)
    }

    /// [`Self::beta`] over the bars in which the benchmark rose.
    pub fn up_beta(&self) -> f64 {
        self.known(|b| b > 0.0).beta()
    }

    /// [`Self::alpha`] over the bars in which the benchmark rose.
    pub fn up_alpha(&self) -> f64 {
        self.known(|b| b > 0.0).alpha(&self.conventions)
    }

    /// [`Self::beta`] over the bars in which the benchmark fell.
    pub fn down_beta(&self) -> f64 {
        self.known(|b| b < 0.0).beta()
    }

    /// [`Self::alpha`] over the bars in which the benchmark fell.
    pub fn down_alpha(&self) -> f64 {
        self.known(|b| b < 0.0).alpha(&self.conventions)
    }

    /// Annual return over the benchmark's; NaN for no bars, infinite over a benchmark of return 0.
    pub fn capture(&self) -> f64 {
        let annual = |returns| self.conventions.annual_return(returns);
        annual(self.returns) / annual(self.benchmark)
    }

    /// [`Self::capture`] of the bars in which the benchmark rose; NaN for none.
    pub fn up_capture(&self) -> f64 {
        self.known(|b| b > 0.0).capture(&self.conventions)
    }

    /// [`Self::capture`] of the bars in which the benchmark fell; NaN for none.
    pub fn down_capture(&self) -> f64 {
        self.known(|b| b < 0.0).capture(&self.conventions)
    }

    /// [`Self::up_capture`] over [`Self::down_capture`].
    pub fn up_down_capture(&self) -> f64 {
        self.up_capture() / self.down_capture()
    }

    /// Mean active return r - b over its standard deviation (ddof 1), per bar: times sqrt(252) for a year of
    /// daily bars. Empyrical's excess Sharpe. NaN for fewer than two bars and where the active return varies
    /// by no more than [`rounding`] of the returns that it is a difference of.
    pub fn information_ratio(&self) -> f64 {
        let pairs = self.known(|_| true);
        let active: Vec<f64> = pairs.active().collect();
        let values = pairs.returns.iter().chain(&pairs.benchmark);
        let largest = values.fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let deviation = standard_deviation(&active, 1);
        if deviation <= rounding(largest) {
            return f64::NAN;
        }
        mean(&active) / deviation
    }

    /// In how much of the bars the returns were above the benchmark's; bars that are not finite are left out.
    pub fn batting_average(&self) -> BattingAverage {
        let pairs = self.known(f64::is_finite);
        let part = |counts: fn(f64) -> bool| {
            let won: Vec<f64> = pairs
                .active()
                .zip(&pairs.benchmark)
                .filter(|(active, b)| active.is_finite() && counts(**b))
                .map(|(active, _)| f64::from(u8::from(active > 0.0)))
                .collect();
            mean(&won)
        };
        BattingAverage {
            all: part(|_| true),
            up: part(|b| b >= 0.0),
            down: part(|b| b < 0.0),
        }
    }

    /// Taleb's fragility heuristic: how far the returns at the benchmark's two extremes, weighted so that
    /// their benchmark is the median bar's, lie above the median bar's return (negative: fragile). Three bars
    /// decide it. NaN for fewer than three known bars; among equal benchmark returns the earlier bar comes
    /// first.
    pub fn beta_fragility(&self) -> f64 {
        let pairs = self.known(|_| true);
        let mut order: Vec<usize> = (0..pairs.returns.len()).collect();
        order.sort_by(|&a, &b| pairs.benchmark[a].total_cmp(&pairs.benchmark[b]));
        let (&[first, .., last], Some(&middle)) = (order.as_slice(), order.get(order.len() / 2)) else {
            return f64::NAN;
        };
        if order.len() < 3 {
            return f64::NAN;
        }
        let (b, r) = (&pairs.benchmark, &pairs.returns);
        let range = b[last] - b[first];
        let (low, high) = if range == 0.0 {
            (0.5, 0.5)
        } else {
            ((b[last] - b[middle]) / range, (b[middle] - b[first]) / range)
        };
        low * r[first] + high * r[last] - r[middle]
    }

    /// `measure` of every `window` bars in a row: element k covers bars k to k + window; n - window + 1
    /// values, none for a window of 0 or longer than the series.
    pub fn rolling(&self, window: usize, measure: impl Fn(&Self) -> f64) -> Vec<f64> {
        if window == 0 {
            return Vec::new();
        }
        let windows = self.returns.windows(window).zip(self.benchmark.windows(window));
        windows
            .map(|(returns, benchmark)| {
                measure(&Self {
                    returns,
                    benchmark,
                    conventions: self.conventions,
                })
            })
            .collect()
    }

    fn known(&self, counts: impl Fn(f64) -> bool) -> Pairs {
        let pairs = self.returns.iter().zip(self.benchmark);
        let (returns, benchmark) = pairs
            .filter(|(r, b)| !r.is_nan() && !b.is_nan() && counts(**b))
            .unzip();
        Pairs { returns, benchmark }
    }
}

/// The bars that count: no NaN.
struct Pairs {
    returns: Vec<f64>,
    benchmark: Vec<f64>,
}

impl Pairs {
    fn beta(&self) -> f64 {
        if self.returns.len() < 2 || is_constant(&self.benchmark) {
            return f64::NAN;
        }
        let center = mean(&self.benchmark);
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (r, b) in self.returns.iter().zip(&self.benchmark) {
            covariance += (b - center) * r;
            variance += (b - center).powi(2);
        }
        covariance / variance
    }

    fn alpha(&self, conventions: &Conventions) -> f64 {
        let (beta, free) = (self.beta(), conventions.risk_free);
        let pairs = self.returns.iter().zip(&self.benchmark);
        let unexplained: Vec<f64> = pairs.map(|(r, b)| (r - free) - beta * (b - free)).collect();
        powf(1.0 + mean(&unexplained), conventions.bars_per_year) - 1.0
    }

    fn capture(&self, conventions: &Conventions) -> f64 {
        conventions.annual_return(&self.returns) / conventions.annual_return(&self.benchmark)
    }

    fn active(&self) -> impl Iterator<Item = f64> {
        self.returns.iter().zip(&self.benchmark).map(|(r, b)| r - b)
    }
}
