//! Wide files: a row for each date, a close for each asset.

use crate::error::Result;
use crate::market::csv::cells::{Cells, Kind};
use crate::market::csv::layout::Dated;
use crate::market::csv::reading::FromPrices;
use crate::market::csv::splits::{self, Prices};
use crate::market::csv::{CsvOptions, Fill};
use crate::market::prices::{PriceTable, Ranges, fields_of_one_asset};
use crate::market::time::{Time, codes_for};
use ndarray::{Array2, Array3, Axis};

pub(super) fn table(
    cells: &Cells<'_>,
    dated: &Dated<'_>,
    options: &CsvOptions,
) -> Result<(PriceTable, FromPrices)> {
    let date = dated.column;
    if let Some(name) = &options.close_column {
        let found = format!("a wide file, and {name:?} as `close_column`");
        let expected = "a long file, that of one asset, or no `close_column`";
        return Err(cells.error_in_header(date, found, expected));
    }
    let positions = |names: &[String], setting: &str| {
        names
            .iter()
            .map(|name| cells.require(name, setting))
            .collect::<Result<Vec<_>>>()
    };
    let signals = positions(&options.signals, "signals")?;
    let prior = positions(&options.prior, "prior")?;
    let ignored = positions(&options.ignore, "ignore")?;
    let cash_rate = options
        .cash_rate
        .as_ref()
        .map(|name| cells.require(name, "cash_rate"))
        .transpose()?;
    let own = |column: &usize| {
        let name = cells.header[*column].split_once(':').map(|(name, _)| name);
        let named = |name: &str| options.own_columns().any(|own| own == name);
        name.is_some_and(named)
    };
    let assets: Vec<usize> = (0..cells.header.len())
        .filter(|column| {
            *column != date
                && !cells.is_count(*column)
                && cash_rate != Some(*column)
                && !own(column)
                && ![&signals, &prior, &ignored]
                    .iter()
                    .any(|columns| columns.contains(column))
        })
        .collect();
    if assets.is_empty() {
        return Err(cells.error_in_header(date, "no column of prices beside it", "at least one asset"));
    }
    if let Some(unnamed) = assets.iter().find(|column| cells.header[**column].is_empty()) {
        return Err(cells.error_in_header(*unnamed, "no name in the header", "the name of an asset"));
    }
    refuse_index(cells, &assets)?;
    refuse_bars_of_one_asset(cells, &assets)?;
    if !prior.is_empty() && prior.len() != assets.len() + 1 {
        let found = format!("{} columns of prior weights", prior.len());
        return Err(cells.error_in_header(
            prior[0],
            found,
            format!("{} (assets and cash)", assets.len() + 1),
        ));
    }
    refuse_weights_of_others(cells, &assets, &prior)?;

    check_order(cells, dated)?;
    let times = dated.times;
    refuse_coded_dates(cells, times, &assets)?;
    let read = |columns: &[usize], kind: Kind| columns_of(cells, options, columns, kind);
    let names = |columns: &[usize]| -> Vec<String> {
        columns
            .iter()
            .map(|column| cells.header[*column].clone())
            .collect()
    };
    let mut close = prices_of(cells, options, &assets)?;
    // What an asset has of its own needs no value where it has no price.
    let own_columns = |name: &String, setting: &'static str| {
        let column = |asset: &usize| cells.require(&format!("{name}:{}", cells.header[*asset]), setting);
        let columns = assets.iter().map(column).collect::<Result<Vec<_>>>()?;
        columns_beside(cells, options, &columns, &close)
    };
    let mut own = Array3::zeros((times.len(), assets.len(), options.asset_signals.len()));
    for (signal, mut own) in options.asset_signals.iter().zip(own.axis_iter_mut(Axis(2))) {
        own.assign(&own_columns(signal, "asset_signals")?);
    }
    let ends = match &options.end_column {
        Some(name) => ends_of(&own_columns(name, "end_column")?),
        None => Vec::new(),
    };
    let costs = options.costs(own_columns)?;
    let (given, columns) = (options.asset_name.as_ref(), names(&assets));
    let asset_names = match (given, columns.len()) {
        (None, _) => columns,
        (Some(name), 1) => vec![name.clone()],
        (Some(name), count) => {
            let found = format!("{count} assets, and the name {name:?}");
            return Err(cells.error_in_header(assets[0], found, "one asset, or no `asset_name`"));
        }
    };
    let prices = Prices {
        times,
        assets: &asset_names,
        close: &mut close,
        ranges: &mut Ranges::default(),
    };
    let splits = splits::settle(prices, options.splits, |(bar, asset), found, expected| {
        cells.error(cells.rows[bar].line, assets[asset], found, expected)
    })?;
    let from = FromPrices {
        asset: given.cloned(),
        splits,
        as_splits: options.splits,
        ..FromPrices::default()
    };
    let mut table =
        PriceTable::with_gaps(times.to_vec(), asset_names, close, &ends, options.listing_rules())?
            .with_costs(costs)?
            .with_columns(names(&signals), read(&signals, Kind::Signal)?)?
            .with_asset_columns(options.asset_signals.clone(), own)?;
    if let Some(column) = cash_rate {
        let rate = Kind::Rate {
            confirmed: options.confirm_cash_rate,
        };
        table = table.with_cash_rate(
            read(&[column], rate)?.into_raw_vec_and_offset().0,
            options.confirm_cash_rate,
        )?;
    }
    if !prior.is_empty() {
        table = table.with_prior(read(&prior, Kind::Weight)?)?;
    }
    Ok((table, from))
}

/// Refuses the index of a pandas frame, which Arrow's tables have under a name of this form where it has none: as numbers
/// of rows, it would be read as prices.
fn refuse_index(cells: &Cells<'_>, assets: &[usize]) -> Result<()> {
    let is_index = |name: &str| {
        let level = name.strip_prefix("__index_level_");
        level
            .and_then(|rest| rest.strip_suffix("__"))
            .is_some_and(|level| level.parse::<u32>().is_ok())
    };
    match assets.iter().find(|column| is_index(&cells.header[**column])) {
        None => Ok(()),
        Some(index) => {
            let found = "the index of a data frame among the prices";
            let expected = "an index of dates, or its name in `ignore`";
            Err(cells.error_in_header(*index, found, expected))
        }
    }
}

/// Refuses the columns of one asset's bars, as vendors write them: each would be read as an asset of its own.
fn refuse_bars_of_one_asset(cells: &Cells<'_>, assets: &[usize]) -> Result<()> {
    let names: Vec<&str> = assets
        .iter()
        .map(|column| cells.header[*column].as_str())
        .collect();
    let fields = fields_of_one_asset(&names);
    let Some(&first) = fields.first() else {
        return Ok(());
    };
    let expected = "closes alone, each in a column with its asset's name (list the others in `ignore`), the columns \
                    date, symbol and close, or `layout: one_asset`";
    let fields: Vec<&str> = fields.iter().map(|field| names[*field]).collect();
    let found = format!("the columns of one asset's bars: {}", fields.join(", "));
    Err(cells.error_in_header(assets[first], found, expected))
}

/// Refuses a column of dates in a number's clothes among the assets, such as 20201231 or seconds since 1970.
fn refuse_coded_dates(cells: &Cells<'_>, times: &[Time], assets: &[usize]) -> Result<()> {
    let value = |row: usize, column: usize| cells.value(&cells.rows[row], column);
    let is_code =
        |row: usize, column: usize, code: usize| value(row, column) == Some(codes_for(times[row])[code]);
    for &column in assets {
        let mut codes = 0..codes_for(times[0]).len();
        if codes.any(|code| (0..times.len()).all(|row| is_code(row, column, code))) {
            let line = cells.rows[0].line;
            let found = format!(
                "{:?}, which stands for the date of its row",
                cells.text(&cells.rows[0], column)
            );
            return Err(cells.error(line, column, found, "prices of an asset, or its name in `ignore`"));
        }
    }
    Ok(())
}

/// Refuses prior weights under the name of another asset than the one whose place they have.
fn refuse_weights_of_others(cells: &Cells<'_>, assets: &[usize], prior: &[usize]) -> Result<()> {
    let names = |column: usize, asset: usize| holds_name(&cells.header[column], &cells.header[asset]);
    for (place, &column) in prior.iter().enumerate() {
        let own = assets.get(place);
        if own.is_some_and(|asset| names(column, *asset)) {
            continue;
        }
        if let Some(other) = assets.iter().find(|asset| names(column, **asset)) {
            let expected = match own {
                Some(asset) => format!(
                    "the weights of {}: `prior` is in the assets' order",
                    cells.header[*asset]
                ),
                None => "the weights of cash, which come last in `prior`".to_string(),
            };
            let found = format!("the weights of {}", cells.header[*other]);
            return Err(cells.error_in_header(column, found, expected));
        }
    }
    Ok(())
}

/// Whether `text` holds `name` with no letter or digit next to it.
fn holds_name(text: &str, name: &str) -> bool {
    let apart = |neighbour: Option<char>| neighbour.is_none_or(|character| !character.is_alphanumeric());
    text.match_indices(name)
        .any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + name.len()..].chars().next()))
}

/// Checks that there are at least 2 rows, and that their dates increase.
fn check_order(cells: &Cells<'_>, dated: &Dated<'_>) -> Result<()> {
    for (row, pair) in cells.rows.iter().skip(1).zip(dated.times.windows(2)) {
        if pair[1] <= pair[0] {
            return Err(dated.out_of_order(cells, row, (pair[0], pair[1]), "row"));
        }
    }
    if dated.times.len() < 2 {
        let line = cells.rows.last().map_or(1, |row| row.line);
        let found = format!("{} rows", dated.times.len());
        return Err(cells.error(line, dated.column, found, "at least 2"));
    }
    Ok(())
}

/// The prices of assets, NaN in gaps that are kept: [rows, columns].
fn prices_of(cells: &Cells<'_>, options: &CsvOptions, columns: &[usize]) -> Result<Array2<f64>> {
    if options.fill != Fill::Keep {
        return columns_of(cells, options, columns, Kind::Price);
    }
    let mut prices = Array2::zeros((cells.rows.len(), columns.len()));
    for (place, &column) in columns.iter().enumerate() {
        for (row, price) in cells.rows.iter().zip(prices.column_mut(place)) {
            *price = cells.number(row, column, Kind::Price)?.unwrap_or(f64::NAN);
        }
        if prices.column(place).iter().all(|price| price.is_nan()) {
            return Err(cells.error_in_header(
                column,
                "no price",
                "at least one price, or its name in `ignore`",
            ));
        }
    }
    Ok(prices)
}

/// The numbers in an asset's own `columns`, NaN in gaps beside those of its prices: [rows, columns].
fn columns_beside(
    cells: &Cells<'_>,
    options: &CsvOptions,
    columns: &[usize],
    close: &Array2<f64>,
) -> Result<Array2<f64>> {
    let mut values = Array2::from_elem(close.dim(), f64::NAN);
    for (bar, row) in cells.rows.iter().enumerate() {
        for (asset, &column) in columns.iter().enumerate() {
            values[[bar, asset]] = match cells.number(row, column, Kind::Signal)? {
                Some(value) => value,
                None if close[[bar, asset]].is_nan() => continue,
                None => {
                    let above = bar.checked_sub(1).map(|above| values[[above, asset]]);
                    cells.fill(row.line, column, options.fill, above)?
                }
            };
        }
    }
    Ok(values)
}

/// Bars and assets that are marked as ends: where the value is neither 0 nor a gap.
pub(super) fn ends_of(marks: &Array2<f64>) -> Vec<(usize, usize)> {
    let is_mark = |(_, mark): &((usize, usize), &f64)| **mark != 0.0 && !mark.is_nan();
    marks
        .indexed_iter()
        .filter(is_mark)
        .map(|(cell, _)| cell)
        .collect()
}

/// The numbers in `columns`, gaps filled as the options say: [rows, columns].
fn columns_of(cells: &Cells<'_>, options: &CsvOptions, columns: &[usize], kind: Kind) -> Result<Array2<f64>> {
    let mut values: Vec<f64> = Vec::with_capacity(cells.rows.len() * columns.len());
    for row in &cells.rows {
        for column in columns {
            // The cell above is one row of `columns` back.
            let above = values.len().checked_sub(columns.len()).map(|index| values[index]);
            values.push(match cells.number(row, *column, kind)? {
                Some(value) => value,
                None => cells.fill(row.line, *column, options.fill, above)?,
            });
        }
    }
    let shape = (cells.rows.len(), columns.len());
    Ok(Array2::from_shape_vec(shape, values).expect("one value for each row and column"))
}
