//! What a portfolio did, bar by bar: the one record that policies and baselines leave behind, and that metrics,
//! plots and comparisons are made from.

use super::LeftOut;
use crate::error::{Count, Error, Result};
use crate::market::{BarsPerYear, Time};
use crate::math::statistics::excess;
use crate::risk::performance::Performance;
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The path of one portfolio over T bars of N assets.
///
/// Bar t runs from one close to the next: the trade happens at its first close and is paid for there, the new
/// weights are held through it, and its return is known at its last close, which is the time it carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Name of the portfolio: a key of `summary.json`, such as `equal_weight`.
    pub name: String,
    /// Time of the close that ends each bar: [T], strictly increasing.
    #[serde(alias = "dates")]
    pub times: Vec<Time>,
    /// Bars a year; 252 in what was saved before there were others.
    #[serde(default)]
    pub bars_per_year: BarsPerYear,
    /// Simple return of the bar, net of the costs paid at its start: [T], at least -1.
    pub returns: Vec<f64>,
    /// Simple return of cash over the bar, whatever was held: [T], at least -1. Sharpe and Sortino ratios and their
    /// differences are of returns over it.
    pub cash_returns: Vec<f64>,
    /// Weights held through the bar, after the trade at its start: [T, N + 1], assets in table order, then cash.
    #[serde(with = "rows")]
    pub weights: Array2<f64>,
    /// One-way turnover of the trade at the start of the bar, half the sum of abs(change) over assets and cash:
    /// [T], 0 where nothing was traded.
    pub turnover: Vec<f64>,
    /// Cost of that trade as a fraction of the portfolio's value before it: [T], at least 0.
    pub costs: Vec<f64>,
    /// Decisions that could not be taken, or not with every asset.
    pub left_out: Vec<LeftOut>,
}

impl Track {
    /// Number of bars, T.
    pub fn len(&self) -> usize {
        self.returns.len()
    }

    /// Whether there is no bar.
    pub fn is_empty(&self) -> bool {
        self.returns.is_empty()
    }

    /// Appends the bars of a track of the same assets that goes on where this one ends.
    ///
    /// Errors: another number of assets, a first bar that is not later than this track's last.
    pub fn append(&mut self, next: Self) -> Result<()> {
        if let (Some(last), Some(first)) = (self.times.last(), next.times.first())
            && first <= last
        {
            let expected = format!("later than {last}");
            return Err(Error::invalid(next.part("times[0]"), *first, expected));
        }
        let columns = self.weights.ncols();
        if next.weights.ncols() != columns {
            let found = Count(next.weights.ncols(), "columns");
            return Err(Error::invalid(next.part("weights"), found, columns));
        }
        self.weights
            .append(Axis(0), next.weights.view())
            .expect("as many columns");
        self.times.extend(next.times);
        self.returns.extend(next.returns);
        self.cash_returns.extend(next.cash_returns);
        self.turnover.extend(next.turnover);
        self.costs.extend(next.costs);
        self.left_out.extend(next.left_out);
        Ok(())
    }

    /// The bars alone that end at one of `times`.
    pub fn only(&self, times: &HashSet<Time>) -> Self {
        let bars = self
            .times
            .iter()
            .enumerate()
            .filter(|(_, time)| times.contains(time));
        let bars: Vec<usize> = bars.map(|(bar, _)| bar).collect();
        let of = |series: &[f64]| bars.iter().map(|&bar| series[bar]).collect();
        Self {
            name: self.name.clone(),
            times: bars.iter().map(|&bar| self.times[bar]).collect(),
            bars_per_year: self.bars_per_year,
            returns: of(&self.returns),
            cash_returns: of(&self.cash_returns),
            weights: self.weights.select(Axis(0), &bars),
            turnover: of(&self.turnover),
            costs: of(&self.costs),
            left_out: self.left_out.clone(),
        }
    }

    /// The mean of portfolios on the same bars, bar by bar: what one earns that gives each of them an equal part at the start
    /// of every bar. Weights, turnover and costs are the means too; the turnover that keeping the parts equal takes, and
    /// saves where the portfolios trade against each other, is left out.
    ///
    /// Errors: no track, tracks of other bars or assets than the first's.
    pub fn mean(name: &str, tracks: &[&Self]) -> Result<Self> {
        let Some((first, others)) = tracks.split_first() else {
            return Err(Error::invalid("tracks", "none", "at least one"));
        };
        if let Some(other) = others
            .iter()
            .find(|other| other.times != first.times || other.weights.dim() != first.weights.dim())
        {
            let expected = format!("those of {}", first.name);
            return Err(Error::invalid(
                other.part("times"),
                "of other bars or assets",
                expected,
            ));
        }
        let count = tracks.len() as f64;
        let mean = |series: fn(&Self) -> &Vec<f64>| {
            let bars = 0..first.len();
            bars.map(|bar| tracks.iter().map(|track| series(track)[bar]).sum::<f64>() / count)
                .collect()
        };
        let weights = others
            .iter()
            .fold(first.weights.clone(), |sum, other| sum + &other.weights);
        Ok(Self {
            name: name.to_string(),
            times: first.times.clone(),
            bars_per_year: first.bars_per_year,
            returns: mean(|track| &track.returns),
            cash_returns: first.cash_returns.clone(),
            weights: weights / count,
            turnover: mean(|track| &track.turnover),
            costs: mean(|track| &track.costs),
            left_out: tracks.iter().flat_map(|track| track.left_out.clone()).collect(),
        })
    }

    /// The returns over each bar's cash return: [T].
    pub fn excess_returns(&self) -> Vec<f64> {
        let pairs = self.returns.iter().zip(&self.cash_returns);
        pairs.map(|(&earned, &cash)| excess(earned, cash)).collect()
    }

    /// The figures that it is summed up in. Errors: as [`Performance::new`].
    pub fn performance(&self) -> Result<Performance> {
        Performance::new(
            &self.returns,
            &self.cash_returns,
            &self.turnover,
            &self.costs,
            self.bars_per_year,
        )
    }

    /// Writes what one unit of money has become at the close that ends each bar: [T].
    pub fn write_equity(&self, equity: &mut [f64]) {
        let mut value = 1.0;
        for (out, earned) in equity.iter_mut().zip(&self.returns) {
            value *= 1.0 + earned;
            *out = value;
        }
    }

    /// Checks that all series have T >= 1 entries, that times increase, and that every number is finite and in its
    /// range; the error names the track, the series and the first bar at fault.
    pub fn validate(&self) -> Result<()> {
        let bars = self.times.len();
        if bars == 0 {
            return Err(Error::invalid(self.part("times"), "empty", "at least one bar"));
        }
        for (series, len) in [
            ("returns", self.returns.len()),
            ("cash_returns", self.cash_returns.len()),
            ("weights", self.weights.nrows()),
            ("turnover", self.turnover.len()),
            ("costs", self.costs.len()),
        ] {
            if len != bars {
                return Err(Error::invalid(
                    self.part(series),
                    Count(len, "values"),
                    format!("{bars}, one for each date"),
                ));
            }
        }
        if let Some(t) = (1..bars).find(|&t| self.times[t] <= self.times[t - 1]) {
            return Err(Error::invalid(
                self.part(&format!("times[{t}]")),
                self.times[t],
                format!("later than {}", self.times[t - 1]),
            ));
        }
        self.check("returns", &self.returns, -1.0)?;
        self.check("cash_returns", &self.cash_returns, -1.0)?;
        self.check("turnover", &self.turnover, 0.0)?;
        self.check("costs", &self.costs, 0.0)?;
        if let Some(((t, i), weight)) = self.weights.indexed_iter().find(|(_, w)| !w.is_finite()) {
            return Err(Error::invalid(
                self.part(&format!("weights[{t}][{i}]")),
                weight,
                "a finite number",
            ));
        }
        Ok(())
    }

    fn check(&self, series: &str, values: &[f64], low: f64) -> Result<()> {
        match values.iter().position(|v| !(v.is_finite() && *v >= low)) {
            Some(t) => Err(Error::invalid(
                self.part(&format!("{series}[{t}]")),
                values[t],
                format!("a finite number, at least {low}"),
            )),
            None => Ok(()),
        }
    }

    fn part(&self, series: &str) -> String {
        format!("track {}: {series}", self.name)
    }
}

/// A table as a list of its rows.
mod rows {
    use ndarray::Array2;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(table: &Array2<f64>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(table.rows().into_iter().map(|row| row.to_vec()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Array2<f64>, D::Error> {
        let rows = Vec::<Vec<f64>>::deserialize(from)?;
        let shape = (rows.len(), rows.first().map_or(0, Vec::len));
        if let Some(row) = rows.iter().position(|row| row.len() != shape.1) {
            let found = rows[row].len();
            return Err(D::Error::custom(format!(
                "row {row} has {found} numbers, the first {}",
                shape.1
            )));
        }
        Array2::from_shape_vec(shape, rows.concat()).map_err(D::Error::custom)
    }
}
