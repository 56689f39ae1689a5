//! What a risk manager leaves behind for the next start of the program.

use super::{RiskConfig, RiskManager, Switch};
use crate::error::{Error, Result};
use crate::json::document::{self, Document};
use crate::market::BarsPerYear;
use crate::market::price::AssetPrices;
use crate::risk::atr::{Atr, AtrState};
use crate::risk::drawdown_state::{DrawdownMonitor, DrawdownState};
use crate::risk::hedge::{HedgeState, HedgingStrategy};
use crate::risk::regime::{RegimeState, RegimeTracker};
use crate::risk::scenarios::{Scenarios, ScenariosState};
use crate::risk::stops::{AssetStops, StopsState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// All that bars and decisions have left behind: saved with serde, exact through JSON. A restart in the middle of a
/// drawdown forgets nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskState {
    drawdown: DrawdownState,
    stops: StopsState,
    hedge: Option<HedgeState>,
    atr: Option<AtrState>,
    regime: Option<RegimeState>,
    scenarios: ScenariosState,
    /// Last closes [N]; none before the first bar.
    closes: Option<Vec<f64>>,
    /// When the last bar that had a time closed, in nanoseconds since 1970-01-01 UTC.
    time: Option<i64>,
    switch: Switch,
    /// Bars a year; 252 in what was saved before there were others.
    #[serde(default)]
    bars_per_year: BarsPerYear,
}

impl Document for RiskState {
    const KIND: &'static str = "a risk manager's state";

    fn upgrade(object: &mut Value, format: u32) {
        if format == 1 {
            document::meant(object, "time", Value::Null);
            document::meant(object, "switch", json!(Switch::Open));
        }
    }
}

impl RiskManager {
    /// All that bars and decisions have left behind, for a restart.
    pub fn state(&self) -> RiskState {
        let memory = &self.memory;
        RiskState {
            drawdown: memory.drawdown.state(),
            stops: memory.stops.state().clone(),
            hedge: memory.hedge.as_ref().map(HedgingStrategy::state),
            atr: memory.atr.as_ref().map(|atr| atr.state().clone()),
            regime: memory.regime.as_ref().map(RegimeTracker::state),
            scenarios: self.scenarios.state(),
            closes: memory.has_closes.then(|| memory.closes.clone()),
            time: memory.time,
            switch: self.switch,
            bars_per_year: self.config.bars_per_year(),
        }
    }

    /// A manager that goes on from a saved state, bit for bit. The configuration may be another one, as far as the
    /// state has a meaning in it: a part that is switched on later starts afresh, and what a part that is switched
    /// off had remembered is dropped.
    ///
    /// # Errors
    /// As [`new`](Self::new); a state of another number of assets, or with numbers that no manager has: the error
    /// names the part.
    pub fn restore(config: RiskConfig, assets: usize, state: RiskState) -> Result<Self> {
        let mut manager = Self::new(config, assets)?;
        let (config, memory) = (&manager.config, &mut manager.memory);
        memory.drawdown =
            DrawdownMonitor::restore(config.drawdown, state.drawdown).map_err(part("drawdown"))?;
        memory.stops = AssetStops::restore(config.stops, assets, state.stops).map_err(part("stops"))?;
        if let (Some(config), Some(state)) = (config.hedge, state.hedge) {
            memory.hedge = Some(HedgingStrategy::restore(config, state).map_err(part("hedge"))?);
        }
        if let (Some(config), Some(state)) = (&config.positions, state.atr) {
            memory.atr = Some(Atr::restore(assets, config.atr_bars, state).map_err(part("atr"))?);
        }
        if let (Some(config), Some(state)) = (config.regime.clone(), state.regime) {
            memory.regime = Some(RegimeTracker::restore(config, state).map_err(part("regime"))?);
        }
        let capacity = config.limits.tail_bars;
        manager.scenarios =
            Scenarios::restore(&state.scenarios, assets, capacity).map_err(part("scenarios"))?;
        if let Some(closes) = state.closes {
            AssetPrices::new("risk state: closes", &closes, assets)?;
            (memory.closes, memory.has_closes) = (closes, true);
        }
        (memory.time, manager.switch) = (state.time, state.switch);
        // Settings that come to the same stay as they were said.
        if state.bars_per_year != manager.config.bars_per_year() {
            manager.settle_bars(state.bars_per_year, "the state")?;
        }
        Ok(manager)
    }
}

/// An error about `state.x` of a part, named as a whole state's.
fn part(name: &str) -> impl Fn(Error) -> Error + '_ {
    let state = format!("risk state: {name}.");
    move |error| error.called(&[("state.", &state), ("", &state)])
}
