//! What a portfolio may hold: target weights that break a limit go to the nearest allowed ones, and say why.

mod caps;
mod config;
mod conflicts;
mod in_force;

pub use config::{LARGEST_WEIGHT, LimitsConfig, SectorLimit, TailLimit};
pub use in_force::Tightening;

use crate::error::{Count, Error, Result, words};
use crate::math::projection::{Limit, Outcome, Projector, Region, TOLERANCE, turnover};
use crate::memory;
use crate::risk::reason::{Reason, ReasonCode};
use crate::risk::scenarios::Scenarios;
use caps::{CODES, TailCaps};
use in_force::{CASH, Causes, NET, SECTORS};

/// Limits in use, with all the memory that a decision takes.
#[derive(Debug, Clone)]
pub struct Limits {
    config: LimitsConfig,
    region: Region,
    causes: Causes,
    projector: Projector,
    caps: TailCaps,
    /// The allowed weights on the way: [N].
    weights: Vec<f64>,
    /// The allowed portfolio nearest to all cash: [N].
    anchor: Vec<f64>,
    /// Weights between the anchor and the allowed ones: [N].
    scaled: Vec<f64>,
    /// No position at all: [N].
    cash: Vec<f64>,
}

/// A multiplier above this holds the target back; below it is rounding.
const BINDING: f64 = 1e-12;

/// Most of a target weight, in size.
const LARGEST_TARGET: f64 = 1e6;

impl Limits {
    /// The limits of a portfolio of `assets` assets.
    ///
    /// # Errors
    /// What [`LimitsConfig::validate`] refuses, and limits that no portfolio meets: two that clash are named,
    /// with both numbers. Turnover takes no part, as it depends on the weights held.
    pub fn new(config: LimitsConfig, assets: usize) -> Result<Self> {
        config.validate(assets)?;
        // The projection's active set keeps three matrices [N, N].
        memory::room(
            "the limits of N assets",
            3 * memory::size::<f64>(&[assets + 64, assets]),
        )?;
        let (region, causes) = in_force::region(&config, assets);
        let mut projector = Projector::new(assets);
        conflicts::check(&config, &region, &mut projector)?;
        Ok(Self {
            caps: TailCaps::new(&config)?,
            config,
            region,
            causes,
            projector,
            weights: vec![0.0; assets],
            anchor: vec![0.0; assets],
            scaled: vec![0.0; assets],
            cash: vec![0.0; assets],
        })
    }

    /// The limits as they were set.
    pub fn config(&self) -> &LimitsConfig {
        &self.config
    }

    /// Number of assets, N.
    pub fn assets(&self) -> usize {
        self.cash.len()
    }

    /// Most reasons that one [`apply`](Self::apply) adds.
    pub fn most_reasons(&self) -> usize {
        // Per asset: minimum, maximum, relaxed; per sector both ends; portfolio: gross, net (2), cash,
        // turnover (2), tail measures (4), tail exceeded, tail skipped, all relaxed.
        3 * self.assets() + 2 * self.config.sectors.len() + 13
    }

    /// Writes the allowed weights for `target` to `out`, and adds the reasons for every limit that binds:
    /// with what was found at the target and what is allowed, in the order of codes.
    ///
    /// All weights are [N] fractions of equity, cash apart; `current` are those held, from which turnover
    /// counts.
    /// 1. The limits are tightened. Where that leaves an asset, or the portfolio, no allowed weights, its
    ///    minimums yield just so far that 0 is allowed (`MINIMUM_RELAXED`).
    /// 2. A target within every limit is copied bit for bit; any other goes to the nearest allowed weights
    ///    (Euclidean distance, exactly). Where no allowed weights are within the turnover, the least turnover
    ///    that reaches some is used instead (`TURNOVER_EXCEEDED`).
    /// 3. Where these break a cap on tail risk, they are scaled towards cash just so far that it is met:
    ///    towards the allowed weights nearest to cash, whatever the turnover. Where minimum weights keep
    ///    every weight on the way above a cap, those of the least excess are held (`TAIL_RISK_EXCEEDED`).
    ///    With fewer than `fewest_tail_bars` scenarios the caps are skipped (`SKIPPED_TAIL_RISK`).
    ///
    /// Does not allocate if `reasons` has room for [`most_reasons`](Self::most_reasons). No limit is broken
    /// by more than 1e-12, and bounds not at all, except where a reason above says so.
    ///
    /// # Errors
    /// Wrong lengths; weights that are not finite or too large (current: 100 in size; target: 1e6); a factor
    /// outside [0, 1], tightening bounds that do not enclose 0; scenarios of another number of assets. `out`
    /// and `reasons` are untouched then.
    pub fn apply(
        &mut self,
        target: &[f64],
        current: &[f64],
        scenarios: &Scenarios,
        tightening: &Tightening<'_>,
        out: &mut [f64],
        reasons: &mut Vec<Reason>,
    ) -> Result<()> {
        self.validate(target, current, scenarios, tightening, out)?;
        let before = reasons.len();
        let in_force = (&mut self.region, &mut self.causes);
        in_force::tighten(&self.config, tightening, in_force, reasons);
        let allowed = self
            .nearest(target, current, reasons)
            .and_then(|()| self.cap_tail(target, scenarios, tightening.factor, reasons));
        if let Err(error) = allowed {
            reasons.truncate(before);
            return Err(error);
        }
        if let Some(allowed) = self.config.max_turnover {
            let found = turnover(current, &self.weights);
            if found > allowed + TOLERANCE {
                reasons.push(Reason::portfolio(ReasonCode::TurnoverExceeded, found, allowed));
            }
        }
        reasons[before..].sort_unstable_by_key(|reason| (reason.code as u16, reason.index));
        out.copy_from_slice(&self.weights);
        Ok(())
    }

    fn validate(
        &self,
        target: &[f64],
        current: &[f64],
        scenarios: &Scenarios,
        tightening: &Tightening<'_>,
        out: &[f64],
    ) -> Result<()> {
        let assets = self.assets();
        for (name, len) in [
            ("target", target.len()),
            ("current", current.len()),
            ("out", out.len()),
        ] {
            if len != assets {
                return Err(Error::invalid(name, Count(len, "values"), assets));
            }
        }
        for (name, weights, most) in [
            ("target", target, LARGEST_TARGET),
            ("current", current, LARGEST_WEIGHT),
        ] {
            if let Some(i) = weights
                .iter()
                .position(|weight| weight.is_nan() || weight.abs() > most)
            {
                let expected = words!("a weight of at most {most} in size");
                return Err(Error::invalid(words!("{name}[{i}]"), weights[i], expected));
            }
        }
        if self.caps.any() && scenarios.assets() != assets {
            let (found, expected) = (scenarios.assets(), words!("{assets}, as the limits'"));
            return Err(Error::invalid("scenarios.assets", found, expected));
        }
        tightening.validate(assets)
    }

    /// Leaves the allowed weights nearest to `target` in `weights`, tail risk apart.
    fn nearest(&mut self, target: &[f64], current: &[f64], reasons: &mut Vec<Reason>) -> Result<()> {
        self.region.from.copy_from_slice(current);
        self.region.turnover = self.config.max_turnover.unwrap_or(f64::INFINITY);
        let before = reasons.len();
        let mut more = TOLERANCE;
        // Every round proves a larger least turnover, or that none is enough: a handful at most.
        for _ in 0..1000 {
            let gap = match self.projector.project(&self.region, target, &mut self.weights) {
                Ok(Outcome::Empty { gap }) => gap,
                Ok(Outcome::Inside | Outcome::Nearest) => {
                    self.explain(target, before, reasons);
                    return Ok(());
                }
                // Rounding may keep the search from its end where the turnover leaves a single portfolio.
                Err(_) if self.region.turnover.is_finite() && more < 1e-6 => {
                    self.region.turnover += more;
                    more *= 10.0;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let proof = self.projector.multipliers().iter();
            let turnovers = proof.filter(|(limit, _)| matches!(limit, Limit::Increases | Limit::Decreases));
            let share: f64 = turnovers.map(|(_, multiplier)| multiplier).sum();
            if share > 1e-9 {
                self.region.turnover += gap / share;
            } else {
                reasons.push(Reason::portfolio(ReasonCode::MinimumRelaxed, gap, 0.0));
                in_force::relax(&mut self.region);
                self.region.turnover = self.config.max_turnover.unwrap_or(f64::INFINITY);
            }
        }
        Err(Error::invalid(
            "current",
            "too far out",
            "weights from which the limits can be reached",
        ))
    }

    /// A reason for every limit that holds the target back.
    fn explain(&self, target: &[f64], before: usize, reasons: &mut Vec<Reason>) {
        let region = &self.region;
        for &(limit, multiplier) in self.projector.multipliers() {
            if multiplier <= BINDING {
                continue;
            }
            let sum = |k: usize| region.sums[k].of(target);
            let reason = match limit {
                Limit::Low(i) => Reason::at(self.causes.low[i], i, target[i], region.low[i]),
                Limit::High(i) => Reason::at(self.causes.high[i], i, target[i], region.high[i]),
                Limit::Gross => {
                    let gross = target.iter().map(|weight| weight.abs()).sum();
                    Reason::portfolio(ReasonCode::GrossExposure, gross, region.gross)
                }
                Limit::Least(NET) => {
                    Reason::portfolio(ReasonCode::NetMinimum, sum(NET), region.sums[NET].least)
                }
                Limit::Most(NET) => {
                    Reason::portfolio(ReasonCode::NetMaximum, sum(NET), region.sums[NET].most)
                }
                Limit::Least(CASH) | Limit::Most(CASH) => {
                    let floor = self.config.min_cash.unwrap_or(f64::NAN);
                    Reason::portfolio(ReasonCode::CashFloor, 1.0 - sum(CASH), floor)
                }
                Limit::Least(k) => Reason::at(
                    ReasonCode::SectorMinimum,
                    k - SECTORS,
                    sum(k),
                    region.sums[k].least,
                ),
                Limit::Most(k) => Reason::at(
                    ReasonCode::SectorMaximum,
                    k - SECTORS,
                    sum(k),
                    region.sums[k].most,
                ),
                Limit::Increases | Limit::Decreases => {
                    let found = turnover(&region.from, target);
                    Reason::portfolio(
                        ReasonCode::Turnover,
                        found,
                        self.config.max_turnover.unwrap_or(f64::NAN),
                    )
                }
            };
            let known = |known: &Reason| (known.code, known.index) == (reason.code, reason.index);
            if !reasons[before..].iter().any(known) {
                reasons.push(reason);
            }
        }
    }

    /// Scales `weights` towards cash where they break a cap on tail risk.
    fn cap_tail(
        &mut self,
        target: &[f64],
        scenarios: &Scenarios,
        factor: f64,
        reasons: &mut Vec<Reason>,
    ) -> Result<()> {
        if !self.caps.any() {
            return Ok(());
        }
        let fewest = self.config.fewest_tail_bars;
        if scenarios.len() < fewest {
            let (found, needed) = (scenarios.len() as f64, fewest as f64);
            reasons.push(Reason::portfolio(ReasonCode::SkippedTailRisk, found, needed));
            return Ok(());
        }
        self.caps.begin(factor, scenarios);
        if self.caps.surely_met(scenarios, &self.weights) {
            return Ok(());
        }
        let losses = self.caps.losses(scenarios, &self.weights);
        let broken = self.caps.broken(&losses);
        if broken == [false; 4] {
            return Ok(());
        }
        self.region.turnover = f64::INFINITY;
        self.projector
            .project(&self.region, &self.cash, &mut self.anchor)?;
        let (mut part, met) = match self.anchor == self.cash {
            true => (self.caps.part(&losses), true),
            false => self.caps.part_from(scenarios, &self.anchor, &self.weights),
        };
        let caps = self.caps.caps();
        let at_target = self.caps.losses(scenarios, target);
        for k in (0..4).filter(|&k| broken[k]) {
            reasons.push(Reason::portfolio(CODES[k], at_target[k], caps[k]));
        }
        // Rounding may leave the scaled weights a last bit above a cap: a little less, then, and more so each
        // time.
        let mut less = f64::EPSILON;
        loop {
            self.scale(part);
            let losses = self.caps.losses(scenarios, &self.scaled);
            if !met {
                let excess = |k: &usize| losses[*k] - caps[*k];
                let worst = (0..4).max_by(|a, b| excess(a).total_cmp(&excess(b))).unwrap_or(0);
                reasons.push(Reason::portfolio(
                    ReasonCode::TailRiskExceeded,
                    losses[worst],
                    caps[worst],
                ));
            }
            if !met || part == 0.0 || self.caps.broken(&losses) == [false; 4] {
                break;
            }
            part = (part - less).max(0.0);
            less *= 2.0;
        }
        self.weights.copy_from_slice(&self.scaled);
        Ok(())
    }

    /// Writes anchor + part × (weights - anchor), inside its bounds.
    fn scale(&mut self, part: f64) {
        if part >= 1.0 {
            self.scaled.copy_from_slice(&self.weights);
            return;
        }
        let ends = self.anchor.iter().zip(&self.weights);
        for (i, (scaled, (anchor, weight))) in self.scaled.iter_mut().zip(ends).enumerate() {
            let between = anchor + part * (weight - anchor);
            *scaled = between.clamp(self.region.low[i], self.region.high[i]);
        }
    }
}
