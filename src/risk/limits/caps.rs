//! The caps on tail risk: how far towards cash they push weights that meet every other limit.

use super::config::LimitsConfig;
use crate::error::Result;
use crate::risk::reason::ReasonCode;
use crate::risk::scenarios::Scenarios;
use crate::risk::tail::{
    GaussianTail, conditional_value_at_risk_bound, historical_conditional_value_at_risk,
    historical_value_at_risk, moments,
};

/// Losses above a cap by less than this are rounding.
const SLACK: f64 = 1e-13;

/// A number for each of the four measures, in the order of [`CODES`].
pub(super) type Losses = [f64; 4];

/// What a measure is called when its cap binds.
pub(super) const CODES: [ReasonCode; 4] = [
    ReasonCode::HistoricalValueAtRisk,
    ReasonCode::GaussianValueAtRisk,
    ReasonCode::HistoricalConditionalValueAtRisk,
    ReasonCode::GaussianConditionalValueAtRisk,
];

/// The caps and the memory to measure against them.
#[derive(Debug, Clone)]
pub(super) struct TailCaps {
    /// As set; infinite where there is none.
    set: Losses,
    /// In force: `set` times the tightening's factor.
    caps: Losses,
    levels: [f64; 2],
    gaussian: [GaussianTail; 2],
    /// Scenario returns of the anchor, of the weights, and of what is between: [tail_bars].
    anchor: Vec<f64>,
    weights: Vec<f64>,
    between: Vec<f64>,
    /// Bars looked at.
    bars: usize,
}

impl TailCaps {
    pub(super) fn new(config: &LimitsConfig) -> Result<Self> {
        let (var, cvar) = (config.value_at_risk, config.conditional_value_at_risk);
        let caps = [var.historical, var.gaussian, cvar.historical, cvar.gaussian];
        let set = caps.map(|cap| cap.unwrap_or(f64::INFINITY));
        let bars = if set.iter().any(|cap| cap.is_finite()) {
            config.tail_bars
        } else {
            0
        };
        Ok(Self {
            set,
            caps: set,
            levels: [var.level, cvar.level],
            gaussian: [GaussianTail::new(var.level)?, GaussianTail::new(cvar.level)?],
            anchor: vec![0.0; bars],
            weights: vec![0.0; bars],
            between: vec![0.0; bars],
            bars: 0,
        })
    }

    /// Whether any cap is set.
    pub(super) fn any(&self) -> bool {
        !self.between.is_empty()
    }

    /// Prepares for one decision.
    pub(super) fn begin(&mut self, factor: f64, scenarios: &Scenarios) {
        self.caps = self
            .set
            .map(|cap| if cap.is_finite() { cap * factor } else { cap });
        self.bars = scenarios.len().min(self.between.len());
    }

    /// The caps in force.
    pub(super) fn caps(&self) -> Losses {
        self.caps
    }

    /// Whether `weights` meet every cap, as far as that can be told without sorting scenarios; where it cannot, false.
    pub(super) fn surely_met(&mut self, scenarios: &Scenarios, weights: &[f64]) -> bool {
        let returns = &mut self.between[..self.bars];
        scenarios.portfolio_returns(weights, returns);
        let (mean, deviation) = moments(returns);
        let losses = [
            self.gaussian[0].value_at_risk(mean, deviation),
            self.gaussian[1].conditional_value_at_risk(mean, deviation),
        ];
        // Twice: the Gaussian measure, and the historical one by a bound around the Gaussian value at risk.
        (0..2).all(|measure| {
            let (historical, gaussian) = (self.caps[2 * measure], self.caps[2 * measure + 1]);
            let threshold = self.gaussian[measure].value_at_risk(mean, deviation);
            let bound = || conditional_value_at_risk_bound(returns, self.levels[measure], threshold);
            losses[measure] <= gaussian && (historical == f64::INFINITY || bound() <= historical)
        })
    }

    /// What `weights` lose by each measure that has a cap; minus infinity for the others.
    pub(super) fn losses(&mut self, scenarios: &Scenarios, weights: &[f64]) -> Losses {
        scenarios.portfolio_returns(weights, &mut self.between[..self.bars]);
        self.measure()
    }

    /// Which caps `losses` break.
    pub(super) fn broken(&self, losses: &Losses) -> [bool; 4] {
        std::array::from_fn(|k| losses[k] > self.caps[k] + SLACK)
    }

    /// The largest part s in [0, 1] of `weights` that meets every cap their `losses` break. Losses are
    /// proportional to a portfolio's size.
    pub(super) fn part(&self, losses: &Losses) -> f64 {
        let broken = self.broken(losses);
        (0..4)
            .filter(|&k| broken[k])
            .map(|k| self.caps[k] / losses[k])
            .fold(1.0, f64::min)
    }

    /// The largest s in [0, 1] for which anchor + s (weights - anchor) meets every cap; else the s of the
    /// least excess over them, and false. Conditional and Gaussian losses are convex in s; of the historical
    /// value at risk, which is not, a crossing is found that is not always the largest.
    pub(super) fn part_from(
        &mut self,
        scenarios: &Scenarios,
        anchor: &[f64],
        weights: &[f64],
    ) -> (f64, bool) {
        scenarios.portfolio_returns(anchor, &mut self.anchor[..self.bars]);
        scenarios.portfolio_returns(weights, &mut self.weights[..self.bars]);
        let mut allowed = 0.0;
        if self.excess(0.0) > 0.0 {
            allowed = self.least_excess();
            let excess = self.excess(allowed);
            if excess > 0.0 {
                // Stay where nothing is gained by moving, so that holding such weights is stable.
                let stay = self.excess(1.0) <= excess + 10.0 * SLACK;
                return (if stay { 1.0 } else { allowed }, false);
            }
        }
        let mut refused = 1.0;
        loop {
            let middle = 0.5 * (allowed + refused);
            if middle <= allowed || middle >= refused {
                return (allowed, true);
            }
            match self.excess(middle) > 0.0 {
                true => refused = middle,
                false => allowed = middle,
            }
        }
    }

    /// Golden-section search for the s in [0, 1] of the least excess; the ends included.
    fn least_excess(&mut self) -> f64 {
        const GOLDEN: f64 = 0.618_033_988_749_894_8;
        let (mut low, mut high) = (0.0, 1.0);
        let (mut left, mut right) = (1.0 - GOLDEN, GOLDEN);
        let (mut at_left, mut at_right) = (self.excess(left), self.excess(right));
        for _ in 0..60 {
            if at_left <= at_right {
                (high, right, at_right) = (right, left, at_left);
                left = high - GOLDEN * (high - low);
                at_left = self.excess(left);
            } else {
                (low, left, at_left) = (left, right, at_right);
                right = low + GOLDEN * (high - low);
                at_right = self.excess(right);
            }
        }
        let mut best = (0.0, self.excess(0.0));
        for s in [left, right, 1.0] {
            let excess = self.excess(s);
            if excess < best.1 {
                best = (s, excess);
            }
        }
        best.0
    }

    /// Largest loss above its cap at s; 0 or less where every cap is met.
    fn excess(&mut self, s: f64) -> f64 {
        let ends = self.anchor.iter().zip(&self.weights);
        for (between, (anchor, weights)) in self.between[..self.bars].iter_mut().zip(ends) {
            *between = anchor + s * (weights - anchor);
        }
        let losses = self.measure();
        (0..4)
            .map(|k| losses[k] - self.caps[k])
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// The losses of the returns in `between`, which are reordered.
    fn measure(&mut self) -> Losses {
        let returns = &mut self.between[..self.bars];
        let mut losses = [f64::NEG_INFINITY; 4];
        // The Gaussian ones first: sums depend on the order of the returns.
        if self.set[1].is_finite() || self.set[3].is_finite() {
            let (mean, deviation) = moments(returns);
            if self.set[1].is_finite() {
                losses[1] = self.gaussian[0].value_at_risk(mean, deviation);
            }
            if self.set[3].is_finite() {
                losses[3] = self.gaussian[1].conditional_value_at_risk(mean, deviation);
            }
        }
        if self.set[0].is_finite() {
            losses[0] = historical_value_at_risk(returns, self.levels[0]);
        }
        if self.set[2].is_finite() {
            losses[2] = historical_conditional_value_at_risk(returns, self.levels[1]);
        }
        losses
    }
}
