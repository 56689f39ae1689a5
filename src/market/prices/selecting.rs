//! Bars and assets of a table by themselves.

use super::PriceTable;
use crate::error::{Count, Error, Result};
use crate::market::time::DateOrTime;
use ndarray::{Array2, Axis, s};
use std::ops::RangeInclusive;

impl PriceTable {
    /// Index of the first bar at `time` (a date: its midnight) or after it, where there is one.
    pub fn bar_at_or_after(&self, time: impl Into<DateOrTime>) -> Option<usize> {
        let time = time.into().first();
        let bar = self.times.partition_point(|other| *other < time);
        (bar < self.bars()).then_some(bar)
    }

    /// Index of the last bar at `time` (a date: its end) or before it, where there is one.
    pub fn bar_at_or_before(&self, time: impl Into<DateOrTime>) -> Option<usize> {
        let time = time.into().last();
        self.times.partition_point(|other| *other <= time).checked_sub(1)
    }

    /// Indices of the bars from `first` to `last`, both included, a date with all of its day; nothing means the table's
    /// own end. Errors: no bar lies there.
    pub fn bars_between(
        &self,
        first: Option<DateOrTime>,
        last: Option<DateOrTime>,
    ) -> Result<RangeInclusive<usize>> {
        let (first, last) = (
            first.unwrap_or(self.times[0].into()),
            last.unwrap_or(self.times[self.bars() - 1].into()),
        );
        match (self.bar_at_or_after(first), self.bar_at_or_before(last)) {
            (Some(from), Some(to)) if from <= to => Ok(from..=to),
            _ => Err(Error::invalid(
                "date range",
                format!("{first} to {last}"),
                format!(
                    "a range with bars (the table has {} to {})",
                    self.times[0],
                    self.times[self.bars() - 1]
                ),
            )),
        }
    }

    /// The table of the bars `range` alone. Errors: a range that reaches beyond the table or holds fewer than 2 bars.
    pub fn slice(&self, range: RangeInclusive<usize>) -> Result<Self> {
        let (first, last) = (*range.start(), *range.end());
        if last >= self.bars() || first >= last {
            let expected = format!("at least 2 bars within 0..={}", self.bars() - 1);
            return Err(Error::invalid("bar range", format!("{range:?}"), expected));
        }
        let rows = |values: &Array2<f64>| values.slice(s![first..=last, ..]).to_owned();
        let (universe, close) = match &self.universe {
            Some(universe) => {
                let (universe, worth) = universe.slice(range);
                ((!universe.is_complete()).then_some(universe), worth)
            }
            None => (None, rows(&self.close)),
        };
        Ok(Self {
            times: self.times[first..=last].to_vec(),
            bars_per_year: self.bars_per_year,
            assets: self.assets.clone(),
            close,
            universe,
            ranges: self.ranges.map(rows),
            costs: self.costs.map(rows),
            cash_rate: self.cash_rate.as_ref().map(|rates| rates[first..=last].to_vec()),
            columns: self.columns.clone(),
            signals: rows(&self.signals),
            asset_columns: self.asset_columns.clone(),
            asset_signals: self.asset_signals.slice(s![first..=last, .., ..]).to_owned(),
            prior: self.prior.as_ref().map(rows),
        })
    }

    /// The table with the assets `names` alone, in their order, such as a policy's. Prior weights are dropped unless
    /// the assets stay as they are. Errors: a name that the table does not have, or has been given twice.
    pub fn select_assets(&self, names: &[String]) -> Result<Self> {
        if names == self.assets {
            return Ok(self.clone());
        }
        let position = |name: &String| {
            self.assets.iter().position(|asset| asset == name).ok_or_else(|| {
                let found = format!("a table of {} assets without {name}", self.assets.len());
                Error::invalid("assets", found, format!("prices of all of: {}", names.join(", ")))
            })
        };
        let chosen = names.iter().map(position).collect::<Result<Vec<_>>>()?;
        let pick = |values: &Array2<f64>| values.select(Axis(1), &chosen);
        let mut table = Self::of_shape(self.times.clone(), names.to_vec(), pick(&self.close))?;
        if let Some(universe) = &self.universe {
            let (universe, worth) = universe.select(&chosen);
            table.close = worth;
            table.universe = (!universe.is_complete()).then_some(universe);
        }
        table.bars_per_year = self.bars_per_year;
        table.ranges = self.ranges.map(pick);
        table.costs = self.costs.map(pick);
        table.cash_rate.clone_from(&self.cash_rate);
        table.columns.clone_from(&self.columns);
        table.signals.clone_from(&self.signals);
        table.asset_columns.clone_from(&self.asset_columns);
        table.asset_signals = self.asset_signals.select(Axis(1), &chosen);
        Ok(table)
    }

    /// The same table with other names of assets and columns, in their order. Errors: another number of any, and
    /// names that are empty or repeated.
    pub fn renamed(&self, assets: &[String], columns: &[String], asset_columns: &[String]) -> Result<Self> {
        for (input, found, kept) in [
            ("assets", assets.len(), self.assets.len()),
            ("columns", columns.len(), self.columns.len()),
            ("asset_columns", asset_columns.len(), self.asset_columns.len()),
        ] {
            if found != kept {
                return Err(Error::invalid(input, Count(found, "names"), kept));
            }
        }
        let mut table = self.clone();
        table.assets = assets.to_vec();
        table.columns = columns.to_vec();
        table.asset_columns = asset_columns.to_vec();
        table.check_names("names")?;
        Ok(table)
    }
}
