//! Price tables written as wide CSV.

use crate::error::{Error, Result};
use crate::market::prices::PriceTable;
use std::io::Write;
use std::path::Path;

/// Writes `table` to `path` as wide CSV: `date`, a close for each asset, the caller's columns under their names, and
/// where the table has them `cash_rate` and the prior weights, `prior:` before each asset's name and `prior:cash`.
/// Opens, highs, lows and volumes have no place in it. Numbers are written so that reading gives the same bits.
///
/// The file appears whole or not at all: a temporary file in the same folder is written, synced and renamed.
///
/// Errors: an asset or column named like one of those columns, or the system's refusal to write.
pub fn write_wide_csv(table: &PriceTable, path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let header = header(table)?;
    let refuse = |source: std::io::Error| Error::io("write", path, source);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut temporary = temporary_file(folder).map_err(refuse)?;
    let mut writer = ::csv::Writer::from_writer(std::io::BufWriter::new(temporary.as_file_mut()));
    let mut record = |cells: Vec<String>| writer.write_record(&cells).map_err(|error| refuse(error.into()));
    record(header)?;
    for (bar, date) in table.dates().iter().enumerate() {
        let mut cells = vec![date.to_string()];
        cells.extend(
            table
                .close()
                .row(bar)
                .iter()
                .chain(table.signals().row(bar))
                .map(f64::to_string),
        );
        cells.extend(table.cash_rate().map(|rates| rates[bar].to_string()));
        if let Some(prior) = table.prior() {
            cells.extend(prior.row(bar).iter().map(f64::to_string));
        }
        record(cells)?;
    }
    let mut buffer = writer.into_inner().map_err(|error| refuse(error.into_error()))?;
    buffer.flush().map_err(refuse)?;
    drop(buffer);
    temporary.as_file().sync_all().map_err(refuse)?;
    temporary.persist(path).map_err(|error| refuse(error.error))?;
    sync_folder(folder).map_err(refuse)
}

/// A temporary file that will have the permissions of any new file, rather than those of a private one.
fn temporary_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes a rename last: it is on disk only once its folder is. Only Unix lets a folder be opened for this.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn header(table: &PriceTable) -> Result<Vec<String>> {
    let mut header = vec!["date".to_string()];
    header.extend(table.assets().iter().chain(table.columns()).cloned());
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
