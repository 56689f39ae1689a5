//! Which regime the market is in, as a policy sees it.

use crate::error::{Count, Error, Result, words};
use crate::market::history::History;
use crate::market::prior::LONGEST_LOOK_BACK;
use crate::math::hmm::{GaussianHmm, HmmOptions, MOST_STATES, WindowedFilter};
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// Bars that a filter looks back on which nobody chose.
pub(crate) const WINDOW: usize = 250;

/// The regimes of the market's return, which is that of equal weight: the mean over the assets that have a return.
///
/// The state shows the probability of each regime after the last bar, by the forward filter over the last `window` bars
/// alone: it starts at the chain's stationary distribution, so that the numbers are the same, to the bit, however far back the
/// history began. A bar in which no asset has a return says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeBlock {
    /// The regimes: 2 to 8 states, whose observations are one number, the return. Its `initial` is not read.
    pub model: GaussianHmm,
    /// Bars that the filter looks back on, 1 to 100,000; default 250.
    #[serde(default = "window")]
    pub window: usize,
}

fn window() -> usize {
    WINDOW
}

impl RegimeBlock {
    /// Fits so many regimes to the market's returns, oldest first: [T]. They are in the order of their variance, calmest
    /// first. The same seed gives the same regimes.
    ///
    /// Errors: as [`GaussianHmm::fit`], and fewer than 2 or more than 8 regimes.
    pub fn fit(returns: &[f64], regimes: usize, seed: u64) -> Result<Self> {
        check_count("regimes", regimes)?;
        let data = ArrayView1::from(returns).insert_axis(ndarray::Axis(1));
        Ok(Self {
            model: GaussianHmm::fit(data, regimes, seed, &HmmOptions::default())?,
            window: WINDOW,
        })
    }

    /// Number of regimes.
    pub fn regimes(&self) -> usize {
        self.model.states()
    }

    /// Checks that it can be used.
    pub(super) fn validate(&self) -> Result<()> {
        self.model
            .validate()
            .map_err(|error| error.within("state.regime.model."))?;
        check_count("state.regime.model", self.regimes())?;
        let width = self.model.means.ncols();
        if width != 1 {
            let found = Count(width, "columns");
            return Err(Error::invalid(
                "state.regime.model.means",
                found,
                "1: the market's return",
            ));
        }
        if !(1..=LONGEST_LOOK_BACK).contains(&self.window) {
            let expected = words!("1 to {LONGEST_LOOK_BACK} bars");
            return Err(Error::invalid("state.regime.window", self.window, expected));
        }
        Ok(())
    }
}

fn check_count(input: &str, regimes: usize) -> Result<()> {
    if (2..=MOST_STATES).contains(&regimes) {
        return Ok(());
    }
    let expected = words!("2 to {MOST_STATES}");
    Err(Error::invalid(input, Count(regimes, "regimes"), expected))
}

/// What one builder remembers of the market's returns.
#[derive(Debug, Clone)]
pub(super) struct Regimes {
    filter: WindowedFilter,
    /// Likelihoods of the regimes in the last bars: rows [K].
    likelihoods: History,
    window: usize,
    /// Room for one bar: [K].
    row: Vec<f64>,
}

impl Regimes {
    pub(super) fn new(block: &RegimeBlock) -> Result<Self> {
        Ok(Self {
            filter: WindowedFilter::new(&block.model)?,
            likelihoods: History::new(block.regimes(), block.window)?,
            window: block.window,
            row: vec![0.0; block.regimes()],
        })
    }

    /// Takes in the market's return over a bar, where it has one.
    pub(super) fn push(&mut self, earned: Option<f64>) {
        match earned {
            Some(earned) => self.filter.likelihoods(earned, &mut self.row),
            None => self.row.fill(1.0),
        }
        self.likelihoods.push(&self.row);
    }

    /// Takes back the last [`push`](Self::push), once.
    pub(super) fn take_back(&mut self) {
        self.likelihoods.take_back();
    }

    pub(super) fn clear(&mut self) {
        self.likelihoods.clear();
    }

    /// Writes the probability of each regime: [K].
    pub(super) fn write(&self, out: &mut [f32]) {
        let mut probabilities = [0.0; MOST_STATES];
        let probabilities = &mut probabilities[..out.len()];
        self.filter
            .filter(self.likelihoods.last(self.window), probabilities);
        for (out, probability) in out.iter_mut().zip(probabilities) {
            *out = *probability as f32;
        }
    }

    /// The likelihoods that are kept, oldest first: [any, K].
    pub(super) fn all(&self) -> &[f64] {
        self.likelihoods.all()
    }

    /// Takes over likelihoods that were saved, of so many bars at least. Errors: another number of them.
    pub(super) fn restore(&mut self, saved: &[f64], bars: usize) -> Result<()> {
        let states = self.row.len();
        let least = bars.min(self.window) * states;
        if saved.len() < least || !saved.len().is_multiple_of(states) {
            let found = Count(saved.len(), "values");
            let expected = words!("{states} a bar, of at least {}", Count(least / states, "bars"));
            return Err(Error::invalid("history.regimes", found, expected));
        }
        saved
            .chunks_exact(states)
            .for_each(|row| self.likelihoods.push(row));
        Ok(())
    }

    /// Numbers that it keeps room for: the model's besides the likelihoods.
    pub(super) fn numbers(&self) -> usize {
        let states = self.row.len();
        self.likelihoods.numbers() + states * states + 6 * states
    }
}
