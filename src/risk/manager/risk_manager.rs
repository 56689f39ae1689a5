//! The manager: what it remembers, and how a bar is taken in whole or not at all.

use super::config::RiskConfig;
use super::decision::Decision;
use super::input::{Bar, CheckedBar, RiskPortfolio};
use super::switch::Switch;
use crate::error::{Error, Result, words};
use crate::fault;
use crate::market::BarsPerYear;
use crate::risk::atr::Atr;
use crate::risk::drawdown_state::DrawdownMonitor;
use crate::risk::hedge::HedgingStrategy;
use crate::risk::limits::Limits;
use crate::risk::position_size::PositionSizer;
use crate::risk::reason::{Reason, ReasonCode};
use crate::risk::regime::RegimeTracker;
use crate::risk::scenarios::Scenarios;
use crate::risk::stops::AssetStops;

/// Decides once a bar: takes target weights and answers weights that every rule allows, with the reasons.
///
/// A decision is a function of the inputs and of what the manager remembers of earlier bars, nothing else: no clock, no
/// randomness. [`manage`](Self::manage) allocates nothing and never waits; a manager may be used from any thread, by
/// one at a time.
#[derive(Debug, Clone)]
pub struct RiskManager {
    pub(super) config: RiskConfig,
    assets: usize,
    pub(super) limits: Limits,
    pub(super) sizer: Option<PositionSizer>,
    /// What changes from bar to bar and is saved.
    pub(super) memory: Memory,
    pub(super) scenarios: Scenarios,
    /// What a bar that is refused goes back to.
    before: Memory,
    /// Whether the scenarios have taken in a bar since.
    pub(super) pushed: bool,
    /// What an operator allows.
    pub(super) switch: Switch,
    pub(super) buffers: Buffers,
    decision: Decision,
    /// Where the next decision is written.
    pub(super) next: Decision,
}

/// What bars and decisions leave behind, besides the scenarios.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    pub(super) drawdown: DrawdownMonitor,
    pub(super) stops: AssetStops,
    pub(super) hedge: Option<HedgingStrategy>,
    pub(super) atr: Option<Atr>,
    pub(super) regime: Option<RegimeTracker>,
    /// Last closes: [N]; those before the first bar hold nothing.
    pub(super) closes: Vec<f64>,
    pub(super) has_closes: bool,
    /// When the last bar that had a time closed.
    pub(super) time: Option<i64>,
}

/// Room for one decision.
#[derive(Debug, Clone)]
pub(super) struct Buffers {
    /// Simple returns of the bar: [N].
    pub(super) returns: Vec<f64>,
    /// What the target would have earned: [tail_bars].
    pub(super) earned: Vec<f64>,
    /// The target times leverage: [N].
    pub(super) scaled: Vec<f64>,
    /// Average true ranges to size positions by: [N], NaN where there is none.
    pub(super) atr: Vec<f64>,
    /// Bounds from the state and the stops: [N] each.
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    /// Whether the weights held are allowed: [N].
    pub(super) held: Vec<f64>,
    /// Reasons that are looked at and thrown away.
    pub(super) aside: Vec<Reason>,
}

impl RiskManager {
    /// A manager for `assets` assets that has seen nothing. Errors name the setting that cannot be used, or the pair
    /// that contradicts each other.
    pub fn new(config: RiskConfig, assets: usize) -> Result<Self> {
        config.validate()?;
        let limits = Limits::new(config.limits.clone(), assets)?;
        let sizer = config
            .positions
            .clone()
            .map(|positions| PositionSizer::new(positions, assets))
            .transpose()?;
        let memory = Memory {
            drawdown: DrawdownMonitor::new(config.drawdown)?,
            stops: AssetStops::new(config.stops, assets)?,
            hedge: config.hedge.map(HedgingStrategy::new).transpose()?,
            atr: config
                .positions
                .as_ref()
                .map(|positions| Atr::new(assets, positions.atr_bars))
                .transpose()?,
            regime: config.regime.clone().map(RegimeTracker::new).transpose()?,
            closes: vec![0.0; assets],
            has_closes: false,
            time: None,
        };
        let scenarios = Scenarios::new(assets, config.limits.tail_bars)?;
        if let Some(leverage) = &config.leverage {
            leverage.validate()?;
        }
        config.volatility.validate()?;
        let most_reasons = limits.most_reasons() + 7 * assets + 32;
        let decision = || Decision::new(assets, sizer.is_some(), most_reasons);
        Ok(Self {
            decision: decision(),
            next: decision(),
            buffers: Buffers {
                returns: vec![0.0; assets],
                earned: vec![0.0; config.limits.tail_bars],
                scaled: vec![0.0; assets],
                atr: vec![f64::NAN; assets],
                low: vec![0.0; assets],
                high: vec![0.0; assets],
                held: vec![0.0; assets],
                aside: Vec::with_capacity(most_reasons),
            },
            limits,
            sizer,
            before: memory.clone(),
            memory,
            scenarios,
            pushed: false,
            switch: Switch::Open,
            assets,
            config,
        })
    }

    /// Takes the bars a year of what it works with where its settings do not say them. Errors: settings for bars of
    /// another kind.
    pub fn settle_bars(&mut self, bars_per_year: BarsPerYear, of: &str) -> Result<()> {
        let known = self.config.bars_per_year.unwrap_or(bars_per_year);
        if !known.is_near(bars_per_year) {
            let expected = words!("about {bars_per_year}, as {of} has");
            return Err(Error::invalid("risk.bars_per_year", words!("{known}"), expected));
        }
        self.config.bars_per_year = Some(known);
        Ok(())
    }

    /// Takes in a bar on which nothing is decided, so that ATR, volatility, tail risk and regimes know it. Errors name
    /// what cannot be used and leave the manager as it was.
    pub fn observe(&mut self, bar: &Bar<'_>) -> Result<()> {
        let bar = self.check_bar(bar)?;
        self.observe_checked(&bar)
    }

    /// As [`observe`](Self::observe), of a bar that [`check_bar`](Self::check_bar) has let pass.
    pub(crate) fn observe_checked(&mut self, bar: &CheckedBar<'_>) -> Result<()> {
        self.mark();
        self.next.reasons.clear();
        let taken = self.take(bar);
        if taken.is_err() {
            self.take_back();
        }
        taken
    }

    /// Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar;
    /// bars without a decision go to [`observe`](Self::observe).
    ///
    /// # Errors
    /// Inputs that cannot be used (NaN, infinities, negative equity, an ATR of zero, wrong lengths, a bar no later than
    /// the last): the error names the input, and the manager is as it was.
    pub fn manage(&mut self, bar: &Bar<'_>, portfolio: &RiskPortfolio<'_>) -> Result<&Decision> {
        let bar = self.check_bar(bar)?;
        self.manage_checked(&bar, portfolio)
    }

    /// As [`manage`](Self::manage), of a bar that [`check_bar`](Self::check_bar) has let pass.
    pub(crate) fn manage_checked(
        &mut self,
        bar: &CheckedBar<'_>,
        portfolio: &RiskPortfolio<'_>,
    ) -> Result<&Decision> {
        portfolio.check(self.assets)?;
        self.mark();
        match self.step(bar, portfolio) {
            Ok(()) => {
                std::mem::swap(&mut self.decision, &mut self.next);
                Ok(&self.decision)
            }
            Err(error) => {
                self.take_back();
                Err(error)
            }
        }
    }

    /// Takes the bar in and writes the next decision.
    fn step(&mut self, bar: &CheckedBar<'_>, portfolio: &RiskPortfolio<'_>) -> Result<()> {
        self.next.reasons.clear();
        if let Some((found, least)) = bar.margin_call {
            let reason = Reason::portfolio(ReasonCode::MarginCall, found, least);
            self.next.reasons.push(reason);
        }
        self.take(bar)?;
        fault::point()?;
        let (monitor, reasons) = (&mut self.memory.drawdown, &mut self.next.reasons);
        let state = monitor.update(portfolio.equity, portfolio.drawdown, reasons)?;
        self.next.state = self.switch.narrow(state, reasons);
        self.next.drawdown = monitor.drawdown();
        let target = match self.switch {
            Switch::Open => portfolio.target,
            Switch::Halt | Switch::Flatten => portfolio.current,
        };
        let portfolio = RiskPortfolio { target, ..*portfolio };
        fault::point()?;
        self.scale(bar, &portfolio)?;
        fault::point()?;
        self.narrow(bar, &portfolio);
        fault::point()?;
        self.limit(bar, &portfolio)?;
        fault::point()?;
        self.overlay(bar, &portfolio)?;
        fault::point()
    }

    /// Checks a bar without taking it in: the error that [`manage`](Self::manage) would give.
    pub(crate) fn check_bar<'a>(&self, bar: &'a Bar<'a>) -> Result<CheckedBar<'a>> {
        let checked = bar.checked(self.assets, self.observation_len())?;
        match (bar.time, self.memory.time) {
            (Some(time), Some(last)) if time <= last => {
                let expected = words!("later than the last bar's, {last}");
                Err(Error::invalid("bar.time", time, expected))
            }
            _ => Ok(checked),
        }
    }

    /// Remembers how the manager stands, for [`take_back`](Self::take_back). Allocates nothing.
    fn mark(&mut self) {
        self.before.copy_from(&self.memory);
        self.pushed = false;
    }

    /// Back to the last [`mark`](Self::mark), to the last bit. Allocates nothing.
    fn take_back(&mut self) {
        self.memory.copy_from(&self.before);
        if self.pushed {
            self.scenarios.take_back();
        }
    }

    /// Ends HALTED or REDUCING where drawdown led there: the last equity becomes the peak.
    pub fn reset(&mut self) {
        self.memory.drawdown.reset();
    }

    /// Sets what an operator allows from the next decision on.
    pub fn set_switch(&mut self, switch: Switch) {
        self.switch = switch;
    }

    /// What an operator allows.
    pub fn switch(&self) -> Switch {
        self.switch
    }

    /// Lets a stopped asset be held again. Errors: no such asset.
    pub fn reset_stop(&mut self, asset: usize) -> Result<()> {
        self.memory.stops.reset(asset)
    }

    /// The last decision; before the first, all cash without reasons.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The settings.
    pub fn config(&self) -> &RiskConfig {
        &self.config
    }

    /// Number of assets, N.
    pub fn assets(&self) -> usize {
        self.assets
    }

    /// Probability of each regime after the last observation: [K]; none where there are no regimes.
    pub fn regimes(&self) -> Option<&[f64]> {
        Some(self.memory.regime.as_ref()?.probabilities())
    }

    /// Numbers of an observation, d; 0 where there are no regimes.
    pub fn observation_len(&self) -> usize {
        let regime = self.config.regime.as_ref();
        regime.map_or(0, |regime| regime.model.means.ncols())
    }
}
