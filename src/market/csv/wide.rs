//! Wide files: a row for each date, a close for each asset.

use crate::error::Result;
use crate::market::csv::CsvOptions;
use crate::market::csv::cells::{Cells, Kind};
use crate::market::prices::{PriceTable, fields_of_one_asset};
use crate::market::time::{Time, codes_for};
use ndarray::{Array2, Array3, Axis};

pub(super) fn table(cells: &Cells<'_>, options: &CsvOptions) -> Result<PriceTable> {
    let date = cells.require_date()?;
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
        name.is_some_and(|name| options.asset_signals.iter().any(|signal| signal == name))
    };
    let assets: Vec<usize> = (0..cells.header.len())
        .filter(|column| {
            *column != date
                && cash_rate != Some(*column)
                && !own(column)
                && ![&signals, &prior, &ignored]
                    .iter()
                    .any(|columns| columns.contains(column))
        })
        .collect();
    if assets.is_empty() {
        return Err(cells.error(1, date, "no column of prices beside it", "at least one asset"));
    }
    if let Some(unnamed) = assets.iter().find(|column| cells.header[**column].is_empty()) {
        return Err(cells.error(1, *unnamed, "no name in the header", "the name of an asset"));
    }
    refuse_bars_of_one_asset(cells, &assets)?;
    if !prior.is_empty() && prior.len() != assets.len() + 1 {
        let found = format!("{} columns of prior weights", prior.len());
        return Err(cells.error(
            1,
            prior[0],
            found,
            format!("{} (assets and cash)", assets.len() + 1),
        ));
    }
    refuse_weights_of_others(cells, &assets, &prior)?;

    let dates = dates(cells, date)?;
    refuse_coded_dates(cells, &dates, &assets)?;
    let read = |columns: &[usize], kind: Kind| columns_of(cells, options, columns, kind);
    let names = |columns: &[usize]| {
        columns
            .iter()
            .map(|column| cells.header[*column].clone())
            .collect()
    };
    let mut own = Array3::zeros((dates.len(), assets.len(), options.asset_signals.len()));
    for (signal, mut own) in options.asset_signals.iter().zip(own.axis_iter_mut(Axis(2))) {
        let column =
            |asset: &usize| cells.require(&format!("{signal}:{}", cells.header[*asset]), "asset_signals");
        let columns = assets.iter().map(column).collect::<Result<Vec<_>>>()?;
        own.assign(&read(&columns, Kind::Signal)?);
    }
    let mut table = PriceTable::new(dates, names(&assets), read(&assets, Kind::Price)?)?
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
    Ok(table)
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
    let expected = "closes alone, each in a column with its asset's name (rename one and list the others in \
                    `ignore`), or the columns date, symbol and close";
    let fields: Vec<&str> = fields.iter().map(|field| names[*field]).collect();
    let found = format!("the columns of one asset's bars: {}", fields.join(", "));
    Err(cells.error(1, assets[first], found, expected))
}

/// Refuses a column of dates in a number's clothes among the assets, such as 20201231 or seconds since 1970.
fn refuse_coded_dates(cells: &Cells<'_>, times: &[Time], assets: &[usize]) -> Result<()> {
    let value = |row: usize, column: usize| cells.text(&cells.rows[row], column).parse::<f64>().ok();
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
            return Err(cells.error(1, column, found, expected));
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

/// The dates in `column`: at least 2, strictly increasing.
fn dates(cells: &Cells<'_>, column: usize) -> Result<Vec<Time>> {
    let mut dates: Vec<Time> = Vec::with_capacity(cells.rows.len());
    for row in &cells.rows {
        let date = cells.time(row, column)?;
        if let Some(previous) = dates.last().filter(|previous| date <= **previous) {
            let found = if date == *previous {
                format!("{date} again")
            } else {
                date.to_string()
            };
            let expected = format!("a date after {previous}, the row before");
            return Err(cells.error(row.line, column, found, expected));
        }
        dates.push(date);
    }
    if dates.len() < 2 {
        let line = cells.rows.last().map_or(1, |row| row.line);
        return Err(cells.error(line, column, format!("{} rows", dates.len()), "at least 2"));
    }
    Ok(dates)
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
