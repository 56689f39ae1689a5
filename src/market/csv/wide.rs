//! Wide files: a row for each date, a close for each asset.

use crate::error::Result;
use crate::market::csv::CsvOptions;
use crate::market::csv::cells::{Cells, Kind};
use crate::market::prices::{PriceTable, fields_of_one_asset};
use chrono::NaiveDate;
use ndarray::Array2;

pub(super) fn table(cells: &Cells<'_>, options: &CsvOptions) -> Result<PriceTable> {
    let date = cells.require_any_case("date")?;
    let positions = |names: &[String]| {
        names
            .iter()
            .map(|name| cells.require(name))
            .collect::<Result<Vec<_>>>()
    };
    let signals = positions(&options.signals)?;
    let prior = positions(&options.prior)?;
    let ignored = positions(&options.ignore)?;
    let cash_rate = options
        .cash_rate
        .as_ref()
        .map(|name| cells.require(name))
        .transpose()?;
    let assets: Vec<usize> = (0..cells.header.len())
        .filter(|column| {
            *column != date
                && cash_rate != Some(*column)
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
    if !prior.is_empty() && prior.len() != assets.len() + 1 {
        let found = format!("{} columns of prior weights", prior.len());
        return Err(cells.error(
            1,
            prior[0],
            found,
            format!("{} (assets and cash)", assets.len() + 1),
        ));
    }

    let named: Vec<String> = assets
        .iter()
        .map(|column| cells.header[*column].clone())
        .collect();
    if let Some(fields) = fields_of_one_asset(&named) {
        let found = format!("{fields}: the fields of one asset");
        let expected =
            "a close for each asset under the asset's name, or a column `symbol` beside the fields";
        return Err(cells.error(1, assets[0], found, expected));
    }

    let dates = dates(cells, date)?;
    let read = |columns: &[usize], kind: Kind| columns_of(cells, options, columns, kind);
    let names = |columns: &[usize]| {
        columns
            .iter()
            .map(|column| cells.header[*column].clone())
            .collect()
    };
    let mut table = PriceTable::new(dates, named, read(&assets, Kind::Price)?)?
        .with_columns(names(&signals), read(&signals, Kind::Signal)?)?;
    if let Some(column) = cash_rate {
        table = table.with_cash_rate(read(&[column], Kind::Rate)?.into_raw_vec_and_offset().0)?;
    }
    if !prior.is_empty() {
        table = table.with_prior(read(&prior, Kind::Weight)?)?;
    }
    Ok(table)
}

/// The dates in `column`: at least 2, strictly increasing.
fn dates(cells: &Cells<'_>, column: usize) -> Result<Vec<NaiveDate>> {
    let mut dates: Vec<NaiveDate> = Vec::with_capacity(cells.rows.len());
    for row in &cells.rows {
        let date = cells.date(row, column)?;
        if let Some(previous) = dates.last().filter(|previous| date <= **previous) {
            let expected = format!("a date after {previous}, the row before");
            return Err(cells.error(row.line, column, date.to_string(), expected));
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
