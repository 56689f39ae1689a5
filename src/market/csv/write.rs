//! Price tables written as wide CSV.

use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::market::prices::PriceTable;
use std::path::Path;

/// Writes `table` to `path` as wide CSV: `date`, a close for each asset, the caller's columns under their names, those
/// that every asset has under `NAME:ASSET`, and where the table has them `cash_rate` and the prior weights, `prior:` before each asset's name and `prior:cash`.
/// Opens, highs, lows, volumes, costs and marks of ends have no place in it; gaps are empty. Numbers are written so that reading gives the same bits.
///
/// The file appears whole or not at all; a device such as `/dev/stdout` is written to, not replaced
/// ([`write_atomically`]).
///
/// Errors: an asset or column named like one of those columns, or the system's refusal to write.
pub fn write_wide_csv(table: &PriceTable, path: impl AsRef<Path>) -> Result<()> {
    let header = header(table)?;
    write_atomically(path, |file| {
        let mut writer = ::csv::Writer::from_writer(file);
        writer.write_record(header)?;
        for (bar, time) in table.times().iter().enumerate() {
            let mut cells = vec![time.to_string()];
            let price = |asset| {
                table
                    .price(bar, asset)
                    .map_or(String::new(), |price| price.to_string())
            };
            cells.extend((0..table.assets().len()).map(price));
            let shown = table.signals().row(bar);
            cells.extend(
                shown
                    .iter()
                    .chain(table.shown(bar).asset_columns)
                    .map(f64::to_string),
            );
            cells.extend(table.cash_rate().map(|rates| rates[bar].to_string()));
            if let Some(prior) = table.prior() {
                cells.extend(prior.row(bar).iter().map(f64::to_string));
            }
            writer.write_record(cells)?;
        }
        writer.flush()
    })
}

fn header(table: &PriceTable) -> Result<Vec<String>> {
    let mut header = vec!["date".to_string()];
    header.extend(table.assets().iter().chain(table.columns()).cloned());
    for asset in table.assets() {
        header.extend(table.asset_columns().iter().map(|name| format!("{name}:{asset}")));
    }
    header.extend(table.cash_rate().map(|_| "cash_rate".to_string()));
    if table.prior().is_some() {
        let names = table.assets().iter().map(String::as_str).chain(["cash"]);
        header.extend(names.map(|name| format!("prior:{name}")));
    }
    let clash = |(index, name): &(usize, &String)| {
        (*index > 0 && name.eq_ignore_ascii_case("date")) || header[..*index].contains(name)
    };
    if let Some((_, name)) = header.iter().enumerate().find(clash) {
        let found = format!("a table with two columns that would be called {name}");
        return Err(Error::invalid(
            "assets and columns",
            found,
            "names that a file can tell apart",
        ));
    }
    Ok(header)
}
