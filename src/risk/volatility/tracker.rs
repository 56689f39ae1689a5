//! The forecast bar by bar, and what a restart has to remember of it.

use super::forecast::{
    FINITE, VolatilityForecast, annualised, check_bars, square_is_finite, window_variance,
};
use crate::error::{Count, Error, Result};
use crate::market::BarsPerYear;
use crate::memory;
use serde::{Deserialize, Serialize};

/// A [`VolatilityForecast`] fed one return at a time. Its forecast is that of [`VolatilityForecast::annual`]
/// over all returns given so far (1e-12 relative; to the last bit for a rolling window).
///
/// An update takes constant time and allocates nothing; reading a rolling window walks through it.
#[derive(Debug, Clone, PartialEq)]
pub struct VolatilityTracker {
    forecast: VolatilityForecast,
    state: VolatilityState,
}

/// What a [`VolatilityTracker`] remembers: save it, and [`VolatilityTracker::restore`] continues to the last
/// bit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilityState {
    /// Returns seen.
    pub bars: u64,
    /// Σ memory^k·r², k counted back from the newest return; 0 for a rolling window.
    pub decayed_squares: f64,
    /// Σ memory^k; 0 for a rolling window.
    pub weight: f64,
    /// Σ r²; 0 for a rolling window.
    pub squares: f64,
    /// The last returns of a rolling window, as many as its configuration has `bars`: return number t, from
    /// 0, is at t modulo that, and places not yet reached hold 0. Empty for the others.
    pub window: Vec<f64>,
}

impl VolatilityTracker {
    /// A tracker that has seen nothing.
    ///
    /// # Errors
    /// A configuration that [`VolatilityForecast::validate`] refuses.
    pub fn new(forecast: VolatilityForecast) -> Result<Self> {
        forecast.validate()?;
        let window = memory::filled(
            "the window of a volatility",
            &[rolling_bars(&forecast).unwrap_or(0)],
            0.0,
        )?;
        let state = VolatilityState {
            window,
            ..VolatilityState::default()
        };
        Ok(Self { forecast, state })
    }

    /// A tracker that continues from a saved state.
    ///
    /// # Errors
    /// A configuration that [`VolatilityForecast::validate`] refuses; a state that cannot have come from it,
    /// by the name of its field.
    pub fn restore(forecast: VolatilityForecast, state: VolatilityState) -> Result<Self> {
        forecast.validate()?;
        let sums = [
            ("decayed_squares", state.decayed_squares),
            ("weight", state.weight),
            ("squares", state.squares),
        ];
        let rolling = rolling_bars(&forecast);
        for (field, value) in sums {
            let (holds, expected) = match rolling {
                Some(_) => (value.to_bits() == 0, "0 for a rolling window"),
                None => (value.is_finite() && value >= 0.0, "a finite number, 0 or more"),
            };
            if !holds {
                return Err(Error::invalid(format!("volatility.{field}"), value, expected));
            }
        }
        // The newest return has weight 1 and none has more.
        let seen = state.bars as f64;
        let slack = 1.0 + 1e-9;
        let least = if state.bars == 0 || rolling.is_some() {
            0.0
        } else {
            1.0
        };
        if state.weight < least || state.weight > seen * slack {
            let expected = format!("in [{least}, {seen}], for {seen} bars");
            return Err(Error::invalid("volatility.weight", state.weight, expected));
        }
        if state.decayed_squares > state.squares * slack {
            let expected = format!("at most volatility.squares, which is {}", state.squares);
            let found = state.decayed_squares;
            return Err(Error::invalid("volatility.decayed_squares", found, expected));
        }
        let length = rolling.unwrap_or(0);
        if state.window.len() != length {
            let found = Count(state.window.len(), "values");
            return Err(Error::invalid("volatility.window", found, length));
        }
        if let Some(i) = state.window.iter().position(|value| !square_is_finite(*value)) {
            let input = format!("volatility.window[{i}]");
            return Err(Error::invalid(input, state.window[i], FINITE));
        }
        Ok(Self { forecast, state })
    }

    /// What to save.
    pub fn state(&self) -> &VolatilityState {
        &self.state
    }

    /// The configuration.
    pub fn forecast(&self) -> &VolatilityForecast {
        &self.forecast
    }

    /// Takes in the simple return of the bar that has closed.
    ///
    /// # Errors
    /// A return that is not finite, or whose square would make the sums infinite; the state is untouched.
    pub fn update(&mut self, value: f64) -> Result<()> {
        let square = value * value;
        if !(self.state.squares + square).is_finite() {
            return Err(Error::invalid("return", value, FINITE));
        }
        if let Some(bars) = rolling_bars(&self.forecast) {
            let at = (self.state.bars % bars as u64) as usize;
            self.state.window[at] = value;
        } else {
            let memory = self.forecast.memory();
            self.state.decayed_squares = self.state.decayed_squares * memory + square;
            self.state.weight = self.state.weight * memory + 1.0;
            self.state.squares += square;
        }
        self.state.bars += 1;
        Ok(())
    }

    /// Annual volatility forecast for the next bar, as [`VolatilityForecast::annual`].
    ///
    /// # Errors
    /// Fewer returns seen than [`VolatilityForecast::min_bars`]; a variance beyond the number format.
    pub fn annual(&self, bars_per_year: BarsPerYear) -> Result<f64> {
        let state = &self.state;
        let seen = usize::try_from(state.bars).unwrap_or(usize::MAX);
        check_bars(seen, self.forecast.min_bars())?;
        let variance = match rolling_bars(&self.forecast) {
            Some(bars) => {
                let (newer, older) = state.window.split_at(seen % bars);
                window_variance(if seen < bars { &[] } else { older }, newer)
            }
            None => {
                let (decayed, weight) = (state.decayed_squares, state.weight);
                self.forecast
                    .variance(decayed, weight, state.squares, state.bars as f64)
            }
        };
        annualised(variance, bars_per_year)
            .ok_or_else(|| Error::invalid("returns", "of infinite variance", FINITE))
    }
}

fn rolling_bars(forecast: &VolatilityForecast) -> Option<usize> {
    match *forecast {
        VolatilityForecast::Rolling { bars } => Some(bars),
        _ => None,
    }
}
