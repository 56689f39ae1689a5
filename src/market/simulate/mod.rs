//! Markets that are drawn rather than read: correlated geometric Brownian motion, and regimes that switch.
//!
//! Log returns are Gaussian, so gross returns are log-normal and prices stay above 0. Simple returns are
//! exp(log return) - 1.

mod gbm;
mod moments;
mod regimes;

use crate::error::{Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::prices::PriceTable;
use crate::market::source::{Market, MarketBar, Path};
use crate::market::time::{SECONDS_PER_DAY, Time};
use crate::math::elementary::{exp_m1, ln_1p};
use crate::math::random::stream;
use crate::memory;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use gbm::{Gbm, GbmParameters};
pub use moments::log_moments;
pub use regimes::{Regime, RegimeParameters, RegimeSwitching};

/// Close of every asset at the first bar of a simulated price table.
const FIRST_PRICE: f64 = 100.0;

/// A simulated market of either kind, as JSON: the field `model` is "gbm" or "regime_switching" and stands beside
/// that model's own fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum SimulatedParameters {
    /// Correlated geometric Brownian motion.
    Gbm(GbmParameters),
    /// A Markov chain over regimes.
    RegimeSwitching(RegimeParameters),
}

impl SimulatedParameters {
    /// The market. Errors: as [`Gbm::new`] and [`RegimeSwitching::new`].
    pub fn market(&self) -> Result<Arc<dyn Market>> {
        Ok(match self {
            Self::Gbm(parameters) => Arc::new(Gbm::new(parameters.clone())?),
            Self::RegimeSwitching(parameters) => Arc::new(RegimeSwitching::new(parameters.clone())?),
        })
    }

    /// Names of the assets: [N].
    pub fn assets(&self) -> &[String] {
        match self {
            Self::Gbm(parameters) => &parameters.assets,
            Self::RegimeSwitching(parameters) => &parameters.assets,
        }
    }

    /// Names of the columns that the market's bars carry: [K].
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::Gbm(_) => Vec::new(),
            Self::RegimeSwitching(parameters) => parameters.columns(),
        }
    }

    /// Prices drawn from the market: `bars` closes, the first 100, from the midnight of `start` on, spaced by the model's
    /// bars a year ([`times`]). The same seed gives the same prices. Cash rates are annual, as price tables hold them.
    ///
    /// Errors: as [`market`](Self::market), fewer than 2 bars or more than the calendar has days for, not as much
    /// memory, or prices that leave the range of a number.
    pub fn prices(&self, bars: usize, start: NaiveDate, seed: u64) -> Result<PriceTable> {
        let market = self.market()?;
        let shape = market.shape();
        // The calendar first: no machine has memory for what it cannot date.
        let rate = market.bars_per_year();
        let times = times(bars, start, rate)?;
        let what = "the simulated prices";
        let (mut path, mut random) = (Path::default(), stream(seed, "simulated prices", 0));
        let mut bar = MarketBar::zeros(shape);
        let mut close = table(what, bars, shape.assets, FIRST_PRICE)?;
        let mut columns = table(what, bars, shape.columns, 0.0)?;
        let mut rates = memory::filled(what, &[bars], 0.0)?;
        // One bar of warm-up brings the columns that are seen at the first close.
        market.begin(1, bars - 1, &mut path, &mut random);
        for t in 0..bars {
            market.advance(&mut path, &mut random, &mut bar);
            columns
                .row_mut(t)
                .iter_mut()
                .zip(&bar.columns)
                .for_each(|(to, from)| *to = *from);
            if t > 0 {
                // The rate that a bar earns stands at the close it begins at.
                rates[t - 1] = exp_m1(rate.get() * ln_1p(bar.cash_return));
                for (asset, simple) in bar.returns.iter().enumerate() {
                    close[[t, asset]] = close[[t - 1, asset]] * (1.0 + simple);
                }
            }
        }
        rates[bars - 1] = rates[bars - 2];
        let table = PriceTable::new(times, self.assets().to_vec(), close)?
            .with_bars_per_year(rate)
            .with_columns(self.columns(), columns)?;
        if rates.iter().all(|rate| *rate == 0.0) {
            Ok(table)
        } else {
            table.with_cash_rate(rates, true)
        }
    }
}

/// Closing times of `bars` bars from the midnight of `start` on: business days where a year has about 252, else evenly
/// spaced over years of 365.25 days, by whole days where bars are that long. Errors: as [`business_days`].
pub fn times(bars: usize, start: NaiveDate, rate: BarsPerYear) -> Result<Vec<Time>> {
    if BarsPerYear::DAILY.is_near(rate) {
        return Ok(business_days(bars, start)?.into_iter().map(Time::from).collect());
    }
    let day = SECONDS_PER_DAY;
    let seconds = match rate.seconds() {
        seconds if seconds >= day => (seconds / day).round() * day,
        seconds => seconds,
    };
    let first = Time::from(start);
    let most = (NaiveDate::MAX.signed_duration_since(start).num_days() as f64 * day / seconds) as u64;
    if bars < 2 || bars as u64 > most {
        let expected = format!("2 to {most} (the calendar ends on {})", NaiveDate::MAX);
        return Err(Error::invalid("bars", bars, expected));
    }
    let mut times = memory::empty("the times of the bars", &[bars])?;
    // Each from the first: no rounding adds up.
    times.extend((0..bars).map(|bar| first.after_seconds(bar as f64 * seconds)));
    Ok(times)
}

/// The first `bars` days, at least 2, from `start` on that are not a Saturday or Sunday. Errors: fewer bars, days beyond
/// the calendar, not as much memory.
pub fn business_days(bars: usize, start: NaiveDate) -> Result<Vec<NaiveDate>> {
    let most = business_days_left(start);
    if bars < 2 || bars as u64 > most {
        let last = NaiveDate::MAX;
        let expected = format!("2 to {most} (the calendar ends on {last})");
        return Err(Error::invalid("bars", bars, expected));
    }
    let mut dates = memory::empty("the dates of the bars", &[bars])?;
    let mut day = start;
    while dates.len() < bars {
        if is_business_day(day) {
            dates.push(day);
        }
        // There is a next day, for there are business days left.
        day = day.checked_add_days(Days::new(1)).unwrap_or(day);
    }
    Ok(dates)
}

/// Business days from `start` to the end of the calendar, but for its last week.
fn business_days_left(start: NaiveDate) -> u64 {
    let days = NaiveDate::MAX.signed_duration_since(start).num_days().max(0) as u64;
    5 * (days / 7)
}

fn is_business_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn table(what: &str, rows: usize, columns: usize, value: f64) -> Result<Array2<f64>> {
    let values = memory::filled(what, &[rows, columns], value)?;
    Ok(Array2::from_shape_vec((rows, columns), values).expect("as many values as the shape says"))
}
