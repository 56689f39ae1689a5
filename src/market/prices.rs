//! Prices of N assets at T times, checked once so that nothing later needs to.

use crate::error::{Count, Error, Result, words};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::cost_table::CostTable;
use crate::market::listing::{ListingRules, Status};
use crate::market::source::{BarColumns, CostColumns};
use crate::market::time::{DateOrTime, Time};
use crate::market::universe::{Presence, Universe};
use crate::math::elementary::{exp_m1, ln, ln_1p};
use ndarray::{Array2, Array3, ArrayView1, Axis, Slice, s};
use std::collections::HashSet;
use std::ops::RangeInclusive;

/// Most that cash may earn a year without being confirmed: 100%. More is as a rule a percentage taken for a fraction.
const MOST_CASH_RATE: f64 = 1.0;

/// Farthest that supplied prior weights may sum from 1.
const PRIOR_TOLERANCE: f64 = 1e-6;

/// Farthest that a high may be below its close, or a low above it, as a part of the close: 8 roundings. Adjusting a bar
/// for splits and dividends multiplies each of its prices, and each product is rounded by itself.
const RANGE_ROUNDING: f64 = 8.0 * f64::EPSILON;

/// Whether a high is below its close by more than rounding.
pub(crate) fn is_below_close(high: f64, close: f64) -> bool {
    high < close * (1.0 - RANGE_ROUNDING)
}

/// Whether a low is above its close by more than rounding.
pub(crate) fn is_above_close(low: f64, close: f64) -> bool {
    low > close * (1.0 + RANGE_ROUNDING)
}

/// A price table: T >= 2 bars with strictly increasing closing times, N >= 1 assets with distinct names, and closes that are
/// all finite and above 0; optionally more of each bar. An asset may be missing at some bars ([`with_gaps`](Self::with_gaps)).
/// There is no way to hold a table that breaks these rules.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTable {
    times: Vec<Time>,
    bars_per_year: BarsPerYear,
    assets: Vec<String>,
    /// What a unit is worth at each close.
    close: Array2<f64>,
    /// Who is there; none where everybody is there throughout.
    universe: Option<Universe>,
    ranges: Ranges,
    costs: CostTable,
    cash_rate: Option<Vec<f64>>,
    columns: Vec<String>,
    signals: Array2<f64>,
    asset_columns: Vec<String>,
    /// [T, N, F]
    asset_signals: Array3<f64>,
    prior: Option<Array2<f64>>,
}

/// What a bar holds besides its close; each table is [T, N] where present.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranges {
    /// First price of each bar, above 0.
    pub open: Option<Array2<f64>>,
    /// Highest price of each bar, above 0 and at least the close.
    pub high: Option<Array2<f64>>,
    /// Lowest price of each bar, above 0 and at most the close.
    pub low: Option<Array2<f64>>,
    /// Units traded during each bar, at least 0.
    pub volume: Option<Array2<f64>>,
}

/// A high or a low that its own close contradicts.
pub(crate) struct BrokenRange {
    /// `high` or `low`.
    pub(crate) name: &'static str,
    /// Bar and asset.
    pub(crate) cell: (usize, usize),
    pub(crate) found: f64,
    pub(crate) expected: String,
}

impl PriceTable {
    /// A table of closes [T, N], with the bars a year that the times say ([`BarsPerYear::of_times`]). Dates are times too:
    /// their midnight.
    ///
    /// Errors name the bar and the asset: fewer than 2 bars, no asset, an empty or repeated name, times that do not
    /// increase, a shape that does not fit, a price that is not finite and above 0.
    pub fn new<T: Into<Time>>(times: Vec<T>, assets: Vec<String>, close: Array2<f64>) -> Result<Self> {
        let table = Self::of_shape(times, assets, close)?;
        let usable = |price: f64| price.is_finite() && price > 0.0;
        // The first that cannot be used decides what is said.
        let expected = match table.close.iter().find(|price| !usable(**price)) {
            Some(price) if price.is_nan() => "a finite price above 0: with `gaps`, NaN is no price",
            _ => "a finite price above 0",
        };
        table.check_cells("close", &table.close, expected, usable)?;
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
        table.check_cells(
            "close",
            &table.close,
            "a finite price above 0, or NaN for none",
            |price| price.is_nan() || price.is_finite() && price > 0.0,
        )?;
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
    fn of_shape<T: Into<Time>>(times: Vec<T>, assets: Vec<String>, close: Array2<f64>) -> Result<Self> {
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
    /// Errors: a shape other than [T, N], a price that is not finite and above 0, a high further below its close, a low
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
                self.check_cells(name, values, "a finite price above 0", |price| {
                    price.is_finite() && price > 0.0
                })?;
            }
        }
        if let Some(volume) = &ranges.volume {
            self.check_cells("volume", volume, "a finite volume, at least 0", |volume| {
                volume.is_finite() && volume >= 0.0
            })?;
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
            self.check_cells(name, values, &range.to_string(), |value| range.contains(value))?;
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

    /// Number of bars, T.
    pub fn bars(&self) -> usize {
        self.times.len()
    }

    /// What it holds, in words: bars, assets, from when to when, bars a year.
    pub fn describe(&self) -> String {
        let (bars, assets) = self.close.dim();
        let s = if assets == 1 { "" } else { "s" };
        let (first, last) = (self.times[0], self.times[bars - 1]);
        let mut words = format!(
            "{bars} bars of {assets} asset{s}, {first} to {last}, {} bars a year",
            self.bars_per_year
        );
        if let Some(universe) = &self.universe {
            words += &format!("; {}", universe.describe(&self.assets, &self.times));
        }
        words
    }

    /// Closing time of every bar: [T], strictly increasing.
    pub fn times(&self) -> &[Time] {
        &self.times
    }

    /// Bars a year: what anything annual is made from.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.bars_per_year
    }

    /// Names of the assets: [N].
    pub fn assets(&self) -> &[String] {
        &self.assets
    }

    /// What a unit of each asset is worth at each close: [T, N]. Its price; where it has none, its last price while it is
    /// halted, what is paid out at its end, 0 where it is absent.
    pub fn close(&self) -> &Array2<f64> {
        &self.close
    }

    /// The prices, NaN in gaps: [T, N].
    pub fn prices(&self) -> &Array2<f64> {
        self.universe.as_ref().map_or(&self.close, Universe::prices)
    }

    /// The price of an asset at a bar, none in a gap.
    pub fn price(&self, bar: usize, asset: usize) -> Option<f64> {
        let price = self.prices()[[bar, asset]];
        (!price.is_nan()).then_some(price)
    }

    /// Who is there at each bar; none where everybody is there throughout.
    pub fn universe(&self) -> Option<&Universe> {
        self.universe.as_ref()
    }

    /// Opens, highs, lows and volumes, where the table has them.
    pub fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Costs of trading, where the table has its own.
    pub fn costs(&self) -> &CostTable {
        &self.costs
    }

    /// Annual rate of cash over the bar that begins at each close, where the table has it: [T].
    pub fn cash_rate(&self) -> Option<&[f64]> {
        self.cash_rate.as_deref()
    }

    /// Names of the caller's columns: [K].
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The caller's columns: [T, K].
    pub fn signals(&self) -> &Array2<f64> {
        &self.signals
    }

    /// Names of the caller's columns that every asset has: [F].
    pub fn asset_columns(&self) -> &[String] {
        &self.asset_columns
    }

    /// The caller's columns that every asset has: [T, N, F].
    pub fn asset_signals(&self) -> &Array3<f64> {
        &self.asset_signals
    }

    /// What a bar shows besides its prices.
    pub fn shown(&self, bar: usize) -> BarColumns<'_> {
        let own = self.asset_signals.index_axis(Axis(0), bar).to_slice();
        let of_bar = |values| of_bar(values, bar);
        BarColumns {
            costs: CostColumns {
                cost_rates: of_bar(&self.costs.cost_rates),
                half_spreads: of_bar(&self.costs.half_spreads),
                borrow_rates: of_bar(&self.costs.borrow_rates),
                volumes: of_bar(&self.ranges.volume),
            },
            columns: row(self.signals.row(bar)),
            asset_columns: own.expect("a bar of a table in standard layout lies together"),
            prior: of_bar(&self.prior),
            time: self.times[bar].nanoseconds(),
            ends: self
                .universe
                .as_ref()
                .map_or(&[], |universe| universe.ends_at(bar)),
        }
    }

    /// Weights to depart from at each close, assets then cash, where the table has them: [T, N + 1].
    pub fn prior(&self) -> Option<&Array2<f64>> {
        self.prior.as_ref()
    }

    /// Simple returns close to close: [T - 1, N]; row t is over the bar that begins at close t. 0 where an asset has none:
    /// where it is absent, and at its first price.
    pub fn simple_returns(&self) -> Array2<f64> {
        self.close_to_close(|from, to| to / from - 1.0)
    }

    /// Log returns close to close: [T - 1, N]; row t is over the bar that begins at close t. Errors: an asset that is not
    /// there throughout.
    pub fn log_returns(&self) -> Result<Array2<f64>> {
        self.check_complete()?;
        Ok(self.close_to_close(|from, to| ln(to / from)))
    }

    /// When assets are there that are not there throughout; none where all are.
    pub fn presences(&self) -> Vec<Presence> {
        let of = |universe: &Universe| universe.presences(&self.assets, &self.times);
        self.universe.as_ref().map(of).unwrap_or_default()
    }

    /// Refuses a table whose assets are not all there throughout; the error says who is there when.
    pub fn check_complete(&self) -> Result<()> {
        let Some(universe) = &self.universe else {
            return Ok(());
        };
        let found = format!("with gaps ({})", universe.describe(&self.assets, &self.times));
        Err(Error::invalid(
            "price table",
            found,
            "a price of every asset at every bar",
        ))
    }

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

    fn close_to_close(&self, change: impl Fn(f64, f64) -> f64) -> Array2<f64> {
        let from = self.close.slice_axis(Axis(0), Slice::from(..-1));
        let to = self.close.slice_axis(Axis(0), Slice::from(1..));
        let changes = ndarray::Zip::from(&from).and(&to);
        let Some(universe) = &self.universe else {
            return changes.map_collect(|from, to| change(*from, *to));
        };
        let status = universe.status().slice_axis(Axis(0), Slice::from(1..));
        changes
            .and(&status)
            .map_collect(|from, to, status| match status.has_return() {
                true => change(*from, *to),
                false => 0.0,
            })
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
        expected: &str,
        usable: impl Fn(f64) -> bool,
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
            Some(((bar, asset), value)) => Err(Error::invalid(self.cell(name, bar, asset), value, expected)),
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
    fn check_names(&self, input: &str) -> Result<()> {
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

impl Ranges {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first bar whose high is below its close, or whose low is above it, by more than rounding. Tables of the
    /// same shape.
    pub(crate) fn first_broken(&self, close: &Array2<f64>) -> Option<BrokenRange> {
        let find = |name, side: &str, values: &Option<Array2<f64>>, broken: &dyn Fn(f64, f64) -> bool| {
            let mut cells = values.iter().flat_map(|values| values.indexed_iter());
            let (cell, found) = cells.find(|(cell, value)| broken(**value, close[*cell]))?;
            Some(BrokenRange {
                name,
                cell,
                found: *found,
                expected: format!("{side} the close of that bar, {}", close[cell]),
            })
        };
        let high = find("high", "at least", &self.high, &is_below_close);
        let low = find("low", "at most", &self.low, &is_above_close);
        [high, low].into_iter().flatten().min_by_key(|broken| broken.cell)
    }

    /// Puts highs up to the closes, and lows down to them.
    fn reach_the_closes(&mut self, close: &Array2<f64>) {
        if let Some(high) = &mut self.high {
            high.zip_mut_with(close, |high, close| *high = high.max(*close));
        }
        if let Some(low) = &mut self.low {
            low.zip_mut_with(close, |low, close| *low = low.min(*close));
        }
    }

    fn map(&self, change: impl Fn(&Array2<f64>) -> Array2<f64>) -> Self {
        // Rows are lent out as slices.
        let change = |values: &Array2<f64>| change(values).as_standard_layout().into_owned();
        Self {
            open: self.open.as_ref().map(&change),
            high: self.high.as_ref().map(&change),
            low: self.low.as_ref().map(&change),
            volume: self.volume.as_ref().map(&change),
        }
    }
}

/// Which of the names are those of the fields of one asset's bars, as vendors write them: each would be taken for an
/// asset of its own. None where fewer than two are. OPEN and LOW are also symbols of companies, so that those two alone
/// are assets.
pub(crate) fn fields_of_one_asset(names: &[impl AsRef<str>]) -> Vec<usize> {
    const COMPANIES: [&str; 2] = ["open", "low"];
    const OTHERS: [&str; 12] = [
        "high",
        "close",
        "adjclose",
        "adjustedclose",
        "volume",
        "vol",
        "price",
        "last",
        "vwap",
        "dividends",
        "stocksplits",
        "change",
    ];
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|letter| letter.is_alphabetic());
        letters.flat_map(char::to_lowercase).collect()
    };
    let (mut fields, mut certain) = (Vec::new(), false);
    for (place, name) in names.iter().enumerate() {
        let name = letters(name.as_ref());
        let other = OTHERS.contains(&name.as_str());
        if other || COMPANIES.contains(&name.as_str()) {
            fields.push(place);
            certain |= other;
        }
    }
    if certain && fields.len() > 1 {
        fields
    } else {
        Vec::new()
    }
}

/// Checks an annual rate of cash, which errors call `cash_rate`: finite and above -1, and at most 1 (100%) unless it is
/// `confirmed` that no percentage was taken for a fraction.
pub fn check_cash_rate(rate: f64, confirmed: bool) -> Result<()> {
    let expected = match rate {
        rate if !(rate.is_finite() && rate > -1.0) => "a finite annual rate above -1",
        rate if rate > MOST_CASH_RATE && !confirmed => {
            "at most 1, which is 100% a year (0.05 is 5%), or `confirm_cash_rate`"
        }
        _ => return Ok(()),
    };
    Err(Error::invalid("cash_rate", rate, expected))
}

/// Simple return of cash over one bar at the annual rate `rate`: (1 + rate)^(1/bars a year) - 1.
pub fn cash_return(rate: f64, bars_per_year: BarsPerYear) -> f64 {
    exp_m1(ln_1p(rate) / bars_per_year.get())
}

/// A bar's row of a table, nothing where there is no table.
fn of_bar(values: &Option<Array2<f64>>, bar: usize) -> &[f64] {
    values.as_ref().map_or(&[], |values| row(values.row(bar)))
}

/// A row of a table in standard layout as a slice.
pub(crate) fn row<'a>(row: ArrayView1<'a, f64>) -> &'a [f64] {
    row.to_slice()
        .expect("rows of a table in standard layout lie together")
}
