//! A price table made, each part of it checked.

use super::PriceTable;
use super::cash::check_cash_rate;
use super::names::fields_of_one_asset;
use super::ranges::Ranges;
use crate::error::{Count, Error, Result, words};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::cost_table::CostTable;
use crate::market::listing::{ListingRules, Status};
use crate::market::price::{self, is_price};
use crate::market::time::Time;
use crate::market::universe::Universe;
use ndarray::{Array2, Array3};
use std::collections::HashSet;

/// Farthest that supplied prior weights may sum from 1.
const PRIOR_TOLERANCE: f64 = 1e-6;

impl PriceTable {
    /// A table of closes [T, N], with the bars a year that the times say ([`BarsPerYear::of_times`]). Dates are times too:
    /// their midnight.
    ///
    /// Errors name the bar and the asset: fewer than 2 bars, no asset, an empty or repeated name, times that do not
    /// increase, a shape that does not fit, what is no price.
    pub fn new<T: Into<Time>>(times: Vec<T>, assets: Vec<String>, close: Array2<f64>) -> Result<Self> {
        let table = Self::of_shape(times, assets, close)?;
        let expected = |close: f64| match close.is_nan() {
            true => format!("{}: with `gaps`, NaN is no price", price::expected(close)),
            false => price::expected(close).to_string(),
        };
        table.check_cells("close", &table.close, is_price, expected)?;
        Ok(table)
    }

    /// A table of closes [T, N] with gaps, where NaN is no price: an asset is absent before its first price, halted while
    /// it has none, and at its end as `rules` say or at one of `ends`, (bar, asset). Who is there at a bar does not depend on
    /// later ones.
    ///
    /// Errors: as [`new`](Self::new); an asset without any price, an end beyond the table or of an asset that is not there
    /// then, rules out of range.
    pub fn with_gaps<T: Into<Time>>(
        times: Vec<T>,
        assets: Vec<String>,
        close: Array2<f64>,
        ends: &[(usize, usize)],
        rules: ListingRules,
    ) -> Result<Self> {
        rules.validate()?;
        let mut table = Self::of_shape(times, assets, close)?;
        let usable = |close: f64| close.is_nan() || is_price(close);
        let expected = |close| format!("{}, or NaN for none", price::expected(close));
        table.check_cells("close", &table.close, usable, expected)?;
        let prices = table.close.as_standard_layout().into_owned();
        if let Some(asset) = prices
            .columns()
            .into_iter()
            .position(|column| column.iter().all(|price| price.is_nan()))
        {
            let input = format!("close of {}", table.assets[asset]);
            return Err(Error::invalid(
                input,
                "without any price",
                "at least 1 price of every asset",
            ));
        }
        let (bars, n) = prices.dim();
        if let Some((bar, asset)) = ends.iter().find(|(bar, asset)| *bar >= bars || *asset >= n) {
            let expected = format!("within [{bars}, {n}] (bars, assets)");
            return Err(Error::invalid(
                "ends",
                format!("bar {bar} of asset {asset}"),
                expected,
            ));
        }
        let (universe, worth) = Universe::new(prices, ends.iter().copied(), rules);
        for &(bar, asset) in ends {
            if universe.status()[[bar, asset]] != Status::Ended {
                let input = table.cell("the end", bar, asset);
                return Err(Error::invalid(
                    input,
                    "of an asset that is not there",
                    "one that was there at the bar before",
                ));
            }
        }
        table.close = worth;
        table.universe = (!universe.is_complete()).then_some(universe);
        Ok(table)
    }

    /// A table of which all is checked but the closes.
    pub(super) fn of_shape<T: Into<Time>>(
        times: Vec<T>,
        assets: Vec<String>,
        close: Array2<f64>,
    ) -> Result<Self> {
        let times: Vec<Time> = times.into_iter().map(Into::into).collect();
        if times.len() < 2 {
            return Err(Error::invalid(
                "times",
                Count(times.len(), "values"),
                "at least 2",
            ));
        }
        if assets.is_empty() {
            return Err(Error::invalid("assets", "empty", "at least 1 asset"));
        }
        for (bar, pair) in times.windows(2).enumerate() {
            if pair[1] <= pair[0] {
                let expected = format!("after {} (bar {bar})", pair[0]);
                return Err(Error::invalid(format!("times[{}]", bar + 1), pair[1], expected));
            }
        }
        let (bars, n) = (times.len(), assets.len());
        let table = Self {
            bars_per_year: BarsPerYear::of_times(&times),
            times,
            assets,
            close,
            universe: None,
            ranges: Ranges::default(),
            costs: CostTable::default(),
            cash_rate: None,
            columns: Vec::new(),
            signals: Array2::zeros((bars, 0)),
            asset_columns: Vec::new(),
            asset_signals: Array3::zeros((bars, n, 0)),
            prior: None,
        };
        table.check_names("assets")?;
        let fields = fields_of_one_asset(&table.assets);
        if !fields.is_empty() {
            let names: Vec<&str> = fields.iter().map(|field| table.assets[*field].as_str()).collect();
            return Err(Error::invalid(
                "assets",
                format!("the fields of one asset's bars: {}", names.join(", ")),
                "a close for each asset under the asset's name",
            ));
        }
        table.check_shape("close", &table.close)?;
        Ok(table)
    }

    /// The table with opens, highs, lows and volumes. A high that rounding has put below its close, by 8 roundings (of
    /// 2.2e-16 of the close each) at most, is taken as the close, and so is a low above it.
    ///
    /// Where an asset has no price nothing is asked of them: prices are then what the asset is worth, and volumes 0.
    ///
    /// Errors: a shape other than [T, N], what is no price, a high further below its close, a low
    /// further above it, a volume that is not finite and at least 0.
    pub fn with_ranges(mut self, mut ranges: Ranges) -> Result<Self> {
        self.fill_gaps(&mut ranges)?;
        let prices = [
            ("open", &ranges.open),
            ("high", &ranges.high),
            ("low", &ranges.low),
        ];
        for (name, values) in prices {
            if let Some(values) = values {
                self.check_cells(name, values, is_price, |price| price::expected(price).to_string())?;
            }
        }
        if let Some(volume) = &ranges.volume {
            let usable = |volume: f64| volume.is_finite() && volume >= 0.0;
            let expected = |_| "a finite volume, at least 0".to_string();
            self.check_cells("volume", volume, usable, expected)?;
        }
        if let Some(broken) = ranges.first_broken(&self.close) {
            let input = self.cell(broken.name, broken.cell.0, broken.cell.1);
            return Err(Error::invalid(input, broken.found, broken.expected));
        }
        ranges.reach_the_closes(&self.close);
        self.ranges = ranges.map(Array2::clone);
        Ok(self)
    }

    /// The table with costs of trading of its own. Where an asset has no price, what is not finite is taken as 0.
    ///
    /// Errors: a shape other than [T, N], a value out of its range.
    pub fn with_costs(mut self, mut costs: CostTable) -> Result<Self> {
        for (name, values, range) in costs.tables() {
            let Some(values) = values else { continue };
            self.check_shape(name, values)?;
            for ((bar, asset), value) in values.indexed_iter_mut() {
                if !value.is_finite() && self.price(bar, asset).is_none() {
                    *value = 0.0;
                }
            }
            self.check_cells(name, values, |value| range.contains(value), |_| range.to_string())?;
        }
        self.costs = costs.map(Array2::clone);
        Ok(self)
    }

    /// The table with another number of bars a year than the times say.
    pub fn with_bars_per_year(mut self, bars_per_year: BarsPerYear) -> Self {
        self.bars_per_year = bars_per_year;
        self
    }

    /// The table with the annual rate that cash earns over the bar that begins at each close: [T], 0.02 is 2%.
    /// `confirmed` says that rates above 1 (100%) are meant, and are no percentages.
    ///
    /// Errors: a length other than T, a rate that is not finite and above -1, one above 1 that is not confirmed.
    pub fn with_cash_rate(mut self, rates: Vec<f64>, confirmed: bool) -> Result<Self> {
        if rates.len() != self.bars() {
            let found = Count(rates.len(), "values");
            return Err(Error::invalid(
                "cash_rate",
                found,
                format!("{} (bars)", self.bars()),
            ));
        }
        for (bar, rate) in rates.iter().enumerate() {
            check_cash_rate(*rate, confirmed)
                .map_err(|error| error.about(|rate| words!("{rate} on {} (bar {bar})", self.times[bar])))?;
        }
        self.cash_rate = Some(rates);
        Ok(self)
    }

    /// The table with K columns of the caller's own, `signals` [T, K], to be seen by a policy at each close.
    /// Errors: a shape that does not fit, a name that is empty, repeated or an asset's, a value that is not finite.
    pub fn with_columns(mut self, names: Vec<String>, signals: Array2<f64>) -> Result<Self> {
        if signals.dim() != (self.bars(), names.len()) {
            let expected = format!("[{}, {}] (bars, column names)", self.bars(), names.len());
            return Err(Error::invalid(
                "columns",
                format!("of shape {:?}", signals.shape()),
                expected,
            ));
        }
        if let Some(((bar, column), value)) = signals.indexed_iter().find(|(_, value)| !value.is_finite()) {
            let input = format!("column {} on {} (bar {bar})", names[column], self.times[bar]);
            return Err(Error::invalid(input, value, "finite"));
        }
        self.columns = names;
        self.signals = signals.as_standard_layout().into_owned();
        self.check_names("columns")?;
        Ok(self)
    }

    /// The table with F columns of the caller's own that every asset has, `signals` [T, N, F], to be seen by a policy at
    /// each close, each asset's with the asset.
    /// Where an asset has no price, what is not finite is taken as 0.
    ///
    /// Errors: a shape that does not fit, a name that is empty, repeated, an asset's or another column's, a value that is
    /// not finite.
    pub fn with_asset_columns(mut self, names: Vec<String>, signals: Array3<f64>) -> Result<Self> {
        let (bars, assets) = self.close.dim();
        if signals.dim() != (bars, assets, names.len()) {
            let found = format!("of shape {:?}", signals.shape());
            let expected = format!("[{bars}, {assets}, {}] (bars, assets, column names)", names.len());
            return Err(Error::invalid("asset_columns", found, expected));
        }
        let mut signals = signals.as_standard_layout().into_owned();
        for ((bar, asset, column), value) in signals.indexed_iter_mut() {
            if value.is_finite() {
                continue;
            }
            if self.price(bar, asset).is_some() {
                let input = self.cell(&format!("asset column {}", names[column]), bar, asset);
                return Err(Error::invalid(input, *value, "finite"));
            }
            *value = 0.0;
        }
        self.asset_columns = names;
        self.asset_signals = signals;
        self.check_names("asset_columns")?;
        Ok(self)
    }

    /// The table with weights for a policy to depart from at each close, assets then cash: [T, N + 1], each at least
    /// 0, every row summing to 1 within 1e-6. Errors: any of these broken.
    pub fn with_prior(mut self, prior: Array2<f64>) -> Result<Self> {
        let expected = [self.bars(), self.assets.len() + 1];
        if prior.shape() != expected {
            let found = format!("of shape {:?}", prior.shape());
            return Err(Error::invalid(
                "prior",
                found,
                format!("{expected:?} (bars, assets and cash)"),
            ));
        }
        for (bar, row) in prior.rows().into_iter().enumerate() {
            let total: f64 = row.sum();
            let usable = row.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
            if !(usable && (total - 1.0).abs() <= PRIOR_TOLERANCE) {
                let input = format!("prior on {} (bar {bar})", self.times[bar]);
                return Err(Error::invalid(
                    input,
                    row.to_string(),
                    "weights of at least 0 that sum to 1",
                ));
            }
        }
        self.prior = Some(prior.as_standard_layout().into_owned());
        Ok(self)
    }

    /// Puts what an asset is worth in the place of the prices of bars at which it has none, and volumes of 0.
    fn fill_gaps(&self, ranges: &mut Ranges) -> Result<()> {
        let Some(universe) = &self.universe else {
            return Ok(());
        };
        let Ranges {
            open,
            high,
            low,
            volume,
        } = ranges;
        for (name, values, of_prices) in [
            ("open", open, true),
            ("high", high, true),
            ("low", low, true),
            ("volume", volume, false),
        ] {
            let Some(values) = values else { continue };
            self.check_shape(name, values)?;
            for (cell, value) in values.indexed_iter_mut() {
                if !universe.status()[cell].has_price() {
                    *value = if of_prices { self.close[cell] } else { 0.0 };
                }
            }
        }
        Ok(())
    }

    fn cell(&self, table: &str, bar: usize, asset: usize) -> String {
        format!(
            "{table} of {} on {} (bar {bar})",
            self.assets[asset], self.times[bar]
        )
    }

    fn check_cells(
        &self,
        name: &str,
        values: &Array2<f64>,
        usable: impl Fn(f64) -> bool,
        expected: impl Fn(f64) -> String,
    ) -> Result<()> {
        self.check_shape(name, values)?;
        let asked = |cell: (usize, usize)| match &self.universe {
            Some(universe) => universe.status()[cell].has_price(),
            None => true,
        };
        match values
            .indexed_iter()
            .find(|(cell, value)| !usable(**value) && asked(*cell))
        {
            Some(((bar, asset), value)) => {
                let input = self.cell(name, bar, asset);
                Err(Error::invalid(input, value, expected(*value)))
            }
            None => Ok(()),
        }
    }

    fn check_shape(&self, name: &str, values: &Array2<f64>) -> Result<()> {
        let shape = [self.bars(), self.assets.len()];
        if values.shape() == shape {
            return Ok(());
        }
        let found = format!("of shape {:?}", values.shape());
        Err(Error::invalid(name, found, format!("{shape:?} (bars, assets)")))
    }

    /// Names of assets and columns: none empty, none twice; the error is about `input`.
    pub(super) fn check_names(&self, input: &str) -> Result<()> {
        let mut seen = HashSet::new();
        for name in self.assets.iter().chain(&self.columns).chain(&self.asset_columns) {
            if name.is_empty() || !seen.insert(name) {
                let found = format!("a list with {name:?} empty or repeated");
                return Err(Error::invalid(input, found, "distinct names, none empty"));
            }
        }
        Ok(())
    }
}
