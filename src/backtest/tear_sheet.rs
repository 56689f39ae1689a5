//! What a tear sheet says of a portfolio beside its performance: the shape of its returns, its worst times, and what it has
//! to do with another portfolio.

use crate::backtest::calendar::{MonthReturn, YearReturn, months, years};
use crate::backtest::track::Track;
use crate::error::Result;
use crate::market::Time;
use crate::risk::benchmark::Benchmarked;
use crate::risk::drawdown::{equity_curve, worst_drawdowns};
use crate::risk::metrics::{Conventions, kurtosis, skewness, tail_ratio, win_rate};
use serde::Serialize;
use std::collections::BTreeMap;

/// Drawdowns listed at most.
const DRAWDOWNS: usize = 10;

/// Everything that `summary.json` has of the first seed's policy as `tear_sheet`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TearSheet {
    /// The shape of its returns.
    #[serde(flatten)]
    pub shape: Shape,
    /// Its deepest drawdowns, ten at most, deepest first.
    pub worst_drawdowns: Vec<UnderWater>,
    /// What it has to do with each baseline, by name, and with its prior as `prior`.
    pub relative: BTreeMap<String, Relation>,
    /// Its returns by calendar month; the first and the last may be parts of one.
    pub months: Vec<MonthReturn>,
    /// Its returns by calendar year; the first and the last may be parts of one.
    pub years: Vec<YearReturn>,
}

/// How a portfolio's returns are distributed, net of costs. What is not defined is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shape {
    /// Skewness of the returns of bars ([`skewness`]).
    pub skewness: f64,
    /// Kurtosis of the returns of bars, less the normal distribution's 3 ([`kurtosis`]).
    pub kurtosis: f64,
    /// 95% quantile over 5% quantile of the returns of bars, both without sign ([`tail_ratio`]).
    pub tail_ratio: f64,
    /// Part of the bars, months and years that earned more than 0, in [0, 1].
    pub bars_won: f64,
    /// Of the calendar months.
    pub months_won: f64,
    /// Of the calendar years.
    pub years_won: f64,
    /// Largest return of a bar.
    pub best_bar: f64,
    /// Smallest return of a bar.
    pub worst_bar: f64,
    /// Largest return of a calendar month.
    pub best_month: f64,
    /// Smallest return of a calendar month.
    pub worst_month: f64,
    /// Largest return of a calendar year.
    pub best_year: f64,
    /// Smallest return of a calendar year.
    pub worst_year: f64,
}

/// A portfolio beside another on the same bars, both net of costs and over each bar's cash return where a rate is taken off.
/// What is not defined is NaN.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Relation {
    /// Annual return that beta does not explain, of returns over cash ([`Benchmarked::alpha`]).
    pub alpha: f64,
    /// Slope of the returns over cash on the other's ([`Benchmarked::beta`]).
    pub beta: f64,
    /// Correlation of the returns over cash ([`Benchmarked::correlation`]).
    pub correlation: f64,
    /// Annual growth over the other's in the bars in which the other rose ([`Benchmarked::up_capture`]).
    pub up_capture: f64,
    /// Annual growth over the other's in the bars in which the other fell ([`Benchmarked::down_capture`]).
    pub down_capture: f64,
    /// Annual mean over standard deviation of the difference in returns ([`Benchmarked::information_ratio`]).
    pub information_ratio: f64,
    /// Annual standard deviation of the difference in returns.
    pub tracking_error: f64,
    /// Part of the bars in which it earned more ([`Benchmarked::batting_average`]).
    pub bars_ahead: f64,
}

/// One time under water.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UnderWater {
    /// Largest fall from the peak, a positive fraction of it.
    pub depth: f64,
    /// Close of the peak; `None` where that is the start, before the first bar.
    pub peak: Option<Time>,
    /// Close of the lowest value.
    pub valley: Time,
    /// First close that is back at the peak; `None` while still under water.
    pub recovery: Option<Time>,
    /// Bars from the peak to the valley.
    pub bars_down: usize,
    /// Bars from the peak until it is reached again, or to the last bar.
    pub bars_under_water: usize,
}

impl TearSheet {
    /// Of a validated `track`, beside `others` of the same bars, by name.
    pub(super) fn of<'a>(track: &Track, others: impl Iterator<Item = (&'a str, &'a Track)>) -> Result<Self> {
        Ok(Self {
            shape: Shape::of(track),
            worst_drawdowns: worst(track),
            relative: others
                .map(|(name, other)| Ok((name.to_string(), Relation::of(track, other)?)))
                .collect::<Result<_>>()?,
            months: months(&track.times, &track.returns),
            years: years(&track.times, &track.returns),
        })
    }
}

impl Shape {
    /// Of a validated track.
    pub(super) fn of(track: &Track) -> Self {
        let months: Vec<f64> = months(&track.times, &track.returns)
            .iter()
            .map(|month| month.earned)
            .collect();
        let years: Vec<f64> = years(&track.times, &track.returns)
            .iter()
            .map(|year| year.earned)
            .collect();
        let bars = &track.returns;
        let best = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);
        let worst = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::min);
        Self {
            skewness: skewness(bars),
            kurtosis: kurtosis(bars),
            tail_ratio: tail_ratio(bars),
            bars_won: win_rate(bars),
            months_won: win_rate(&months),
            years_won: win_rate(&years),
            best_bar: best(bars),
            worst_bar: worst(bars),
            best_month: best(&months),
            worst_month: worst(&months),
            best_year: best(&years),
            worst_year: worst(&years),
        }
    }
}

impl Relation {
    /// Of two validated tracks of the same bars.
    pub(super) fn of(track: &Track, other: &Track) -> Result<Self> {
        let annual = Conventions::of_bars(track.bars_per_year);
        let (above, other_above) = (track.excess_returns(), other.excess_returns());
        let over_cash = Benchmarked::new(&above, &other_above, annual)?;
        let plain = Benchmarked::new(&track.returns, &other.returns, annual)?;
        let active: Vec<f64> = track
            .returns
            .iter()
            .zip(&other.returns)
            .map(|(r, b)| r - b)
            .collect();
        Ok(Self {
            alpha: over_cash.alpha(),
            beta: over_cash.beta(),
            correlation: over_cash.correlation(),
            up_capture: plain.up_capture(),
            down_capture: plain.down_capture(),
            information_ratio: plain.information_ratio() * annual.bars_per_year.sqrt(),
            tracking_error: annual.annual_volatility(&active),
            bars_ahead: plain.batting_average().all,
        })
    }
}

fn worst(track: &Track) -> Vec<UnderWater> {
    // Equity point k is the close of bar k - 1; 0 is the start.
    let close = |point: usize| point.checked_sub(1).map(|bar| track.times[bar]);
    worst_drawdowns(&equity_curve(&track.returns), DRAWDOWNS)
        .into_iter()
        .map(|found| UnderWater {
            depth: found.depth,
            peak: close(found.peak),
            valley: track.times[found.valley - 1],
            recovery: found.recovery.and_then(close),
            bars_down: found.bars_down(),
            bars_under_water: found.duration().unwrap_or(track.len() - found.peak),
        })
        .collect()
}
