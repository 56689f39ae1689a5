//! Long files: a row for each date and asset, or for each date of one asset.

use crate::error::Result;
use crate::market::csv::cells::{Cells, FILL_FORWARD, Kind, Row};
use crate::market::csv::layout::{Dated, close_column};
use crate::market::csv::reading::FromPrices;
use crate::market::csv::splits::{self, Prices};
use crate::market::csv::wide::ends_of;
use crate::market::csv::{CsvOptions, Fill};
use crate::market::prices::{PriceTable, Ranges};
use crate::market::time::Time;
use ndarray::{Array2, Array3, Axis};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The table of a file whose symbols stand in column `symbol`; without one it is all of one asset.
pub(super) fn table(
    cells: &Cells<'_>,
    dated: &Dated<'_>,
    symbol: Option<usize>,
    options: &CsvOptions,
) -> Result<(PriceTable, FromPrices)> {
    if let Some(name) = options.prior.first() {
        let expected = "a wide file, where each asset has its own column, or no `prior`";
        return Err(cells.error_named(cells.header_line, name, "prior weights in a long file", expected));
    }
    for name in &options.ignore {
        cells.require(name, "ignore")?;
    }
    let symbols = match (symbol, &options.asset_name) {
        (Some(column), None) => Symbols::Column(column),
        (Some(column), Some(name)) => {
            let found = format!("a column of symbols and the name {name:?}");
            return Err(cells.error_in_header(
                column,
                found,
                "no `asset_name` for a file that names its assets",
            ));
        }
        (None, name) => Symbols::One(name.clone().or_else(|| stem(cells)).ok_or_else(|| {
            cells.error_named(
                cells.header_line,
                "close",
                "an asset without a name",
                "its name as `asset_name`",
            )
        })?),
    };
    let grid = Grid::place(cells, dated, symbols, options.fill)?;
    let (chosen, traded) = close_column(cells, options)?;
    let mut close = grid.closes(chosen)?;
    let traded_close = traded.map(|column| grid.closes(column)).transpose()?;
    let beside = traded_close.as_ref().unwrap_or(&close);
    let range = |name: &str| match cells.find_field(name) {
        Some(column) => grid
            .beside(column, Kind::Price, beside, |cell| beside[cell])
            .map(Some),
        None => Ok(None),
    };
    let volume = cells.find_field("volume").or_else(|| cells.find_field("vol"));
    let mut ranges = Ranges {
        open: range("open")?,
        high: range("high")?,
        low: range("low")?,
        volume: volume
            .map(|column| grid.beside(column, Kind::Volume, beside, |_| 0.0))
            .transpose()?,
    };
    grid.check_ranges(&ranges, beside)?;
    if let Some(traded) = &traded_close {
        let factors = &close / traded;
        for values in [&mut ranges.open, &mut ranges.high, &mut ranges.low]
            .into_iter()
            .flatten()
        {
            *values *= &factors;
        }
    }
    let prices = Prices {
        times: &grid.dates,
        assets: &grid.symbols,
        close: &mut close,
        ranges: &mut ranges,
    };
    let splits = splits::settle(prices, options.splits, |cell, found, expected| {
        let line = grid.row(cell).map_or(grid.lines[cell.0], |row| row.line);
        cells.error(line, chosen, found, expected)
    })?;
    let from = FromPrices {
        asset: symbol.is_none().then(|| grid.symbols[0].clone()),
        close: traded.map(|_| cells.header[chosen].clone()),
        splits,
        as_splits: options.splits,
    };

    let mut signals = Array2::zeros((grid.dates.len(), options.signals.len()));
    for (name, mut signal) in options.signals.iter().zip(signals.columns_mut()) {
        let values = grid.shared(cells.require(name, "signals")?, Kind::Signal)?;
        signal.iter_mut().zip(values).for_each(|(to, from)| *to = from);
    }
    let shape = (grid.dates.len(), grid.symbols.len(), options.asset_signals.len());
    let mut own = Array3::zeros(shape);
    for (name, mut own) in options.asset_signals.iter().zip(own.axis_iter_mut(Axis(2))) {
        own.assign(&grid.own(cells.require(name, "asset_signals")?, &close)?);
    }
    let ends = match &options.end_column {
        Some(name) => ends_of(&grid.own(cells.require(name, "end_column")?, &close)?),
        None => Vec::new(),
    };
    let costs = options.costs(|name, option| grid.own(cells.require(name, option)?, &close))?;
    let rate = Kind::Rate {
        confirmed: options.confirm_cash_rate,
    };
    let cash_rate = match &options.cash_rate {
        Some(name) => Some(grid.shared(cells.require(name, "cash_rate")?, rate)?),
        None => None,
    };
    let table = PriceTable::with_gaps(grid.dates, grid.symbols, close, &ends, options.listing_rules())?
        .with_ranges(ranges)?
        .with_costs(costs)?
        .with_columns(options.signals.clone(), signals)?
        .with_asset_columns(options.asset_signals.clone(), own)?;
    let table = match cash_rate {
        Some(rates) => table.with_cash_rate(rates, options.confirm_cash_rate)?,
        None => table,
    };
    Ok((table, from))
}

/// What a file is called, without its folder and what follows the last point.
fn stem(cells: &Cells<'_>) -> Option<String> {
    let file = Some(cells.file).filter(|_| cells.is_file)?;
    let stem = Path::new(file).file_stem()?.to_string_lossy().trim().to_string();
    (!stem.is_empty()).then_some(stem)
}

/// Where the name of a row's asset stands.
enum Symbols {
    /// In that column.
    Column(usize),
    /// There is one asset, of that name.
    One(String),
}

/// Which row of the file holds which bar of which asset.
struct Grid<'c, 'f> {
    cells: &'c Cells<'f>,
    fill: Fill,
    /// In the order of their first appearance.
    symbols: Vec<String>,
    dates: Vec<Time>,
    /// First line of each date, to complain about what is missing on it.
    lines: Vec<u64>,
    /// Index of the row of each bar and asset: [T, N].
    rows: Array2<Option<usize>>,
}

impl Symbols {
    /// The name of the asset that `row` is about.
    fn name<'n>(&'n self, cells: &'n Cells<'_>, row: &Row) -> Cow<'n, str> {
        match self {
            Self::Column(column) => cells.text(row, *column),
            Self::One(name) => Cow::Borrowed(name),
        }
    }
}

impl<'c, 'f> Grid<'c, 'f> {
    fn place(cells: &'c Cells<'f>, dated: &Dated<'_>, of: Symbols, fill: Fill) -> Result<Self> {
        let (mut symbols, mut numbers) = (Vec::new(), HashMap::new());
        // In the order of the file.
        let mut in_file: Vec<&Row> = cells.rows.iter().collect();
        if dated.newest_first {
            in_file.reverse();
        }
        for row in in_file {
            let symbol = of.name(cells, row);
            if let (Symbols::Column(column), "") = (&of, &*symbol) {
                return Err(cells.error(row.line, *column, "an empty cell", "the name of an asset"));
            }
            numbers.entry(symbol).or_insert_with_key(|symbol| {
                symbols.push(symbol.to_string());
                symbols.len() - 1
            });
        }
        let mut latest: Vec<Option<Time>> = vec![None; symbols.len()];
        let mut first_lines = BTreeMap::new();
        let mut places = Vec::with_capacity(cells.rows.len());
        for (row, date) in cells.rows.iter().zip(dated.times) {
            let (date, symbol) = (*date, of.name(cells, row));
            let number = numbers[&symbol];
            if let Some(previous) = latest[number].filter(|previous| date <= *previous) {
                let whose = match of {
                    Symbols::Column(_) => format!("row of {symbol}"),
                    Symbols::One(_) => "row".to_string(),
                };
                return Err(dated.out_of_order(cells, row, (previous, date), &whose));
            }
            latest[number] = Some(date);
            first_lines.entry(date).or_insert(row.line);
            places.push((date, number));
        }
        if first_lines.len() < 2 {
            let line = cells.rows.last().map_or(1, |row| row.line);
            let found = format!("{} dates", first_lines.len());
            return Err(cells.error(line, dated.column, found, "at least 2"));
        }
        let bars: HashMap<Time, usize> = first_lines
            .keys()
            .enumerate()
            .map(|(bar, date)| (*date, bar))
            .collect();
        let mut rows = Array2::from_elem((bars.len(), symbols.len()), None);
        for (index, (date, number)) in places.into_iter().enumerate() {
            rows[[bars[&date], number]] = Some(index);
        }
        Ok(Self {
            cells,
            fill,
            symbols,
            dates: first_lines.keys().copied().collect(),
            lines: first_lines.values().copied().collect(),
            rows,
        })
    }

    fn row(&self, cell: (usize, usize)) -> Option<&'c Row> {
        self.rows[cell].map(|index| &self.cells.rows[index])
    }

    /// Closes, gaps filled with the asset's close before, or NaN where they are kept: [T, N].
    fn closes(&self, column: usize) -> Result<Array2<f64>> {
        if self.fill != Fill::Keep {
            return self.cells_of(column, Kind::Price);
        }
        let closes = self.kept(column, Kind::Price)?;
        let without = |asset: &usize| closes.column(*asset).iter().all(|price| price.is_nan());
        match (0..self.symbols.len()).find(without) {
            Some(asset) => {
                let found = format!("no price of {}", self.symbols[asset]);
                Err(self
                    .cells
                    .error_in_header(column, found, "at least one price of every asset"))
            }
            None => Ok(closes),
        }
    }

    /// Values of a column, NaN in gaps: [T, N].
    fn kept(&self, column: usize, kind: Kind) -> Result<Array2<f64>> {
        let mut values = Array2::from_elem(self.rows.dim(), f64::NAN);
        for (cell, value) in values.indexed_iter_mut() {
            if let Some(row) = self.row(cell)
                && let Some(found) = self.cells.number(row, column, kind)?
            {
                *value = found;
            }
        }
        Ok(values)
    }

    /// Values of a column that an asset has of its own; where the gaps of `close` are kept, NaN beside them: [T, N].
    fn own(&self, column: usize, close: &Array2<f64>) -> Result<Array2<f64>> {
        if self.fill != Fill::Keep {
            return self.cells_of(column, Kind::Signal);
        }
        let values = self.kept(column, Kind::Signal)?;
        let gap = |cell: &(usize, usize)| values[*cell].is_nan() && !close[*cell].is_nan();
        let cell = values.indexed_iter().map(|(cell, _)| cell).find(gap);
        match cell.and_then(|cell| self.row(cell)) {
            Some(row) => self.cells.fill(row.line, column, self.fill, None).map(|_| values),
            None => Ok(values),
        }
    }

    /// Values of a column, gaps filled with the asset's value before: [T, N].
    fn cells_of(&self, column: usize, kind: Kind) -> Result<Array2<f64>> {
        let mut values = Array2::zeros(self.rows.dim());
        for bar in 0..self.dates.len() {
            for asset in 0..self.symbols.len() {
                let previous = bar.checked_sub(1).map(|before| values[[before, asset]]);
                values[[bar, asset]] = match self.row((bar, asset)) {
                    Some(row) => match self.cells.number(row, column, kind)? {
                        Some(value) => value,
                        None => self.cells.fill(row.line, column, self.fill, previous)?,
                    },
                    None => match (self.fill, previous) {
                        (Fill::Forward, Some(value)) => value,
                        _ => return Err(self.missing_row(bar, asset)),
                    },
                };
            }
        }
        Ok(values)
    }

    fn missing_row(&self, bar: usize, asset: usize) -> crate::Error {
        let found = format!("no row of {} on {}", self.symbols[asset], self.dates[bar]);
        let expected = match self.fill {
            Fill::Keep | Fill::Refuse => {
                format!("a row of every asset on every date, or {FILL_FORWARD}")
            }
            Fill::Forward => {
                "a row of every asset on the first date (there is nothing to fill forward from)".to_string()
            }
        };
        self.cells
            .error_named(self.lines[bar], &self.symbols[asset], found, expected)
    }

    /// Values that stand beside a close, gaps filled with `otherwise`, which is taken without asking where the close itself is a
    /// gap that is kept: [T, N].
    fn beside(
        &self,
        column: usize,
        kind: Kind,
        close: &Array2<f64>,
        otherwise: impl Fn((usize, usize)) -> f64,
    ) -> Result<Array2<f64>> {
        let mut values = Array2::zeros(self.rows.dim());
        for (cell, value) in values.indexed_iter_mut() {
            *value = match self.row(cell) {
                Some(row) => match self.cells.number(row, column, kind)? {
                    Some(found) => found,
                    None if close[cell].is_nan() => otherwise(cell),
                    None => self
                        .cells
                        .fill(row.line, column, self.fill, Some(otherwise(cell)))?,
                },
                // Filling was allowed, or the closes would have refused the missing row.
                None => otherwise(cell),
            };
        }
        Ok(values)
    }

    fn check_ranges(&self, ranges: &Ranges, close: &Array2<f64>) -> Result<()> {
        let Some(broken) = ranges.first_broken(close) else {
            return Ok(());
        };
        let line = self
            .row(broken.cell)
            .map_or(self.lines[broken.cell.0], |row| row.line);
        let column = self.cells.require_field(broken.name)?;
        let found = broken.found.to_string();
        Err(self.cells.error(line, column, found, broken.expected))
    }

    /// Values that all rows of a date share, gaps filled with the date's before: [T].
    fn shared(&self, column: usize, kind: Kind) -> Result<Vec<f64>> {
        let mut values: Vec<f64> = Vec::with_capacity(self.dates.len());
        for bar in 0..self.dates.len() {
            let mut value: Option<f64> = None;
            for row in (0..self.symbols.len()).filter_map(|asset| self.row((bar, asset))) {
                match (self.cells.number(row, column, kind)?, value) {
                    (Some(found), Some(other)) if found.to_bits() != other.to_bits() => {
                        let expected = format!("{other}, as in the other rows of {}", self.dates[bar]);
                        return Err(self.cells.error(row.line, column, found.to_string(), expected));
                    }
                    (found, _) => value = value.or(found),
                }
            }
            let previous = values.last().copied();
            values.push(match value {
                Some(value) => value,
                None => self.cells.fill(self.lines[bar], column, self.fill, previous)?,
            });
        }
        Ok(values)
    }
}
