//! What trading costs, followed bar by bar.

use crate::env::cost_rates::CostRates;
use crate::env::costs::Costs;
use crate::error::{Count, Error, Result, words};
use crate::json::compact;
use crate::market::history::History;
use crate::market::prior::LONGEST_LOOK_BACK;
use crate::market::source::MarketBar;
use serde::{Deserialize, Serialize};

/// What trading costs at the last close and at the one before it, and the bars that impact looks back on.
///
/// Without impact, lots and costs of the market's own it holds nothing. Serialises to what it still needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Saved", try_from = "Saved")]
pub struct CostHistory {
    assets: usize,
    /// Bars that impact looks back on; 0 without it.
    window: usize,
    /// Bars seen, counted up to the window.
    bars: usize,
    /// Simple returns: rows [N].
    returns: History,
    /// What was traded over a bar, in money: rows [N].
    volumes: History,
    now: CostRates,
    before: CostRates,
    bars_before: usize,
    /// Whether neither says anything.
    is_silent: bool,
}

impl CostHistory {
    /// One that has seen nothing, over `assets` assets, with impact of `window` bars. Errors: not as much memory.
    pub fn new(costs: &Costs, assets: usize, window: usize) -> Result<Self> {
        Self::of_window(assets, if costs.impact > 0.0 { window } else { 0 })
    }

    fn of_window(assets: usize, window: usize) -> Result<Self> {
        Ok(Self {
            assets,
            window,
            bars: 0,
            returns: History::new(assets, window)?,
            volumes: History::new(assets, window)?,
            now: CostRates::with_room(assets),
            before: CostRates::with_room(assets),
            bars_before: 0,
            is_silent: true,
        })
    }

    /// Forgets every bar.
    pub(crate) fn reset(&mut self) {
        self.returns.clear();
        self.volumes.clear();
        (self.bars, self.bars_before) = (0, 0);
        self.now.clear();
        self.before.clear();
        self.is_silent = true;
    }

    /// What trading costs at the last close.
    pub fn now(&self) -> &CostRates {
        &self.now
    }

    /// What trading cost at the close before the last.
    pub(crate) fn before(&self) -> &CostRates {
        &self.before
    }

    /// Takes in what the bar that just ended says of costs. An error, which leaves it as it was, names what is missing or not
    /// of one value an asset. Allocates nothing but at the first bars.
    #[inline]
    pub(crate) fn push(&mut self, costs: &Costs, bar: &MarketBar) -> Result<()> {
        match self.is_silent && bar.costs.is_empty() && self.window == 0 && costs.lot == 0.0 {
            true => Ok(()),
            false => self.take(costs, bar),
        }
    }

    fn take(&mut self, costs: &Costs, bar: &MarketBar) -> Result<()> {
        let said = &bar.costs;
        said.check(self.assets)?;
        for (name, setting, values) in [
            ("volumes", ("impact", costs.impact), &said.volumes),
            ("closes", ("lot", costs.lot), &said.closes),
        ] {
            if setting.1 > 0.0 && values.is_empty() {
                let expected = words!("{}, as `{}` is {}", self.assets, setting.0, setting.1);
                return Err(Error::invalid(name, Count(0, "values"), expected));
            }
        }
        self.is_silent = false;
        std::mem::swap(&mut self.now, &mut self.before);
        self.now.commission.clone_from(&said.cost_rates);
        self.now.half_spread.clone_from(&said.half_spreads);
        self.now.borrow.clone_from(&said.borrow_fees);
        self.now.impact.clear();
        self.now.lot_value.clear();
        if costs.lot > 0.0 {
            self.now
                .lot_value
                .extend(said.closes.iter().map(|close| close * costs.lot));
        }
        self.bars_before = self.bars;
        if self.window > 0 {
            self.returns.push(&bar.returns);
            self.volumes.push(&said.volumes);
            self.bars = (self.bars + 1).min(self.window);
            self.measure_impact(costs);
        }
        Ok(())
    }

    /// Impact coefficients from the window, or from the bars that there are.
    fn measure_impact(&mut self, costs: &Costs) {
        let bars = self.bars;
        self.now.impact.resize(self.assets, 0.0);
        let impact = &mut self.now.impact;
        for row in self.volumes.last(bars).chunks_exact(self.assets) {
            impact
                .iter_mut()
                .zip(row)
                .for_each(|(sum, volume)| *sum += volume);
        }
        self.returns.volatility(bars, |i, volatility| {
            let mean = impact[i] / bars as f64;
            impact[i] = match mean > 0.0 {
                true => costs.impact * volatility / costs.power(mean),
                false => f64::INFINITY,
            };
        });
    }

    /// Takes back the last [`push`](Self::push), once.
    pub(crate) fn take_back(&mut self) {
        std::mem::swap(&mut self.now, &mut self.before);
        self.bars = self.bars_before;
        if self.window > 0 {
            self.returns.take_back();
            self.volumes.take_back();
        }
    }

    /// Whether `other` looks back on as many bars of as many assets.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        // One that holds nothing is saved as nothing.
        self.window == other.window && (self.assets == other.assets || other.is_empty())
    }

    /// Whether there is nothing in it to save.
    pub(crate) fn is_empty(&self) -> bool {
        self.window == 0 && self.now.is_empty()
    }

    /// Numbers that there is room for.
    pub(crate) fn numbers(&self) -> usize {
        self.returns.numbers() + self.volumes.numbers() + 10 * self.assets
    }
}

/// Nothing: what is saved of one that holds nothing.
impl Default for CostHistory {
    fn default() -> Self {
        Self::of_window(1, 0).expect("nothing needs no memory")
    }
}

/// What is saved: the histories follow from what they still need.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    assets: usize,
    window: usize,
    #[serde(serialize_with = "compact::numbers")]
    returns: Vec<f64>,
    #[serde(serialize_with = "compact::numbers")]
    volumes: Vec<f64>,
    rates: CostRates,
}

impl From<CostHistory> for Saved {
    fn from(history: CostHistory) -> Self {
        Self {
            assets: history.assets,
            window: history.window,
            returns: history.returns.all().to_vec(),
            volumes: history.volumes.all().to_vec(),
            rates: history.now,
        }
    }
}

impl TryFrom<Saved> for CostHistory {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self> {
        let unusable = |found: &str| Error::invalid("costs", found, "what a history of costs is saved as");
        if saved.assets == 0 || saved.window > LONGEST_LOOK_BACK {
            return Err(unusable("without assets or of too many bars"));
        }
        let rows = saved.returns.len() / saved.assets;
        let whole = saved.returns.len() == rows * saved.assets && saved.volumes.len() == saved.returns.len();
        if !(whole && rows <= saved.window && saved.rates.is_sound(saved.assets)) {
            return Err(unusable("with numbers that none has"));
        }
        if !saved
            .returns
            .iter()
            .chain(&saved.volumes)
            .all(|value| value.is_finite())
        {
            return Err(unusable("with numbers that are not finite"));
        }
        let mut history = Self::of_window(saved.assets, saved.window)?;
        let rows = |values: &[f64], to: &mut History| {
            values.chunks_exact(saved.assets).for_each(|row| to.push(row));
        };
        rows(&saved.returns, &mut history.returns);
        rows(&saved.volumes, &mut history.volumes);
        history.bars = (saved.returns.len() / saved.assets).min(saved.window);
        history.is_silent = saved.rates.is_empty();
        history.now = saved.rates;
        Ok(history)
    }
}
