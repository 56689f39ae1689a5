//! Price files of every form that the command line reads: CSV, Parquet, Arrow IPC (Feather). What a file is, its first bytes
//! say.

mod columns;
mod guard;
mod ipc;
mod parquet;

use guard::guarded;
use ppo_risk::Error;
use ppo_risk::market::csv::{CsvOptions, PriceFile};
use std::ffi::OsStr;
use std::path::Path;

/// Endings of files that are no text, in lower case.
const BINARY: [&str; 5] = ["parquet", "arrow", "arrows", "feather", "ipc"];

/// The prices in the file at `path`, and how it was understood; see [`PriceFile::read`].
pub(crate) fn read(path: &Path, options: &CsvOptions) -> Result<PriceFile, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    parse(&path.display().to_string(), &bytes, options)
}

/// The prices in the bytes of a file, which errors call `file`.
pub(crate) fn parse(file: &str, bytes: &[u8], options: &CsvOptions) -> Result<PriceFile, Error> {
    let (kind, columns) = match bytes {
        [b'P', b'A', b'R', b'1', ..] => ("Parquet", guarded(|| parquet::columns(bytes))),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => ("Arrow IPC", guarded(|| ipc::columns_of_file(bytes))),
        [0xff, 0xff, 0xff, 0xff, ..] => ("an Arrow IPC stream", guarded(|| ipc::columns_of_stream(bytes))),
        [b'F', b'E', b'A', b'1', ..] => {
            let expected = "version 2, which is Arrow IPC, Parquet or CSV";
            return Err(Error::invalid(file, "a Feather file of version 1", expected));
        }
        _ => {
            let ending = Path::new(file)
                .extension()
                .unwrap_or_default()
                .to_ascii_lowercase();
            if let Some(ending) = BINARY.iter().find(|name| ending == OsStr::new(name)) {
                let found = format!("a file called .{ending} that begins as none of them does");
                let expected = "Parquet (PAR1 first), Arrow IPC (ARROW1 first) or CSV under another name";
                return Err(Error::invalid(file, found, expected));
            }
            return PriceFile::parse(file, bytes, options);
        }
    };
    let columns = columns.map_err(|error| {
        let found = format!("{kind} that cannot be read ({error})");
        Error::invalid(file, found, "a whole file of columns")
    })?;
    PriceFile::from_columns(file, kind, columns, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::arrow::ArrowWriter;
    use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    use std::sync::Arc;

    /// A row for each date and asset, as a file of each form.
    fn files() -> [Vec<u8>; 3] {
        let rows = 0..60;
        let dates: ArrayRef = Arc::new(Date32Array::from_iter_values(rows.clone().map(|row| row / 2)));
        let symbols = rows.clone().map(|row| ["A", "B"][row as usize % 2]);
        let symbols: ArrayRef = Arc::new(StringArray::from_iter_values(symbols));
        let closes: ArrayRef = Arc::new(Float64Array::from_iter(
            rows.map(|row| Some(100.0 + f64::from(row))),
        ));
        let batch =
            RecordBatch::try_from_iter([("date", dates), ("symbol", symbols), ("close", closes)]).unwrap();
        let [mut parquet, mut file, mut stream] = [const { Vec::new() }; 3];
        let mut writer = ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let mut writer = FileWriter::try_new(&mut file, &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        drop(writer);
        [parquet, file, stream]
    }

    #[test]
    fn altered_files_end_in_a_table_or_an_error() {
        let options = CsvOptions::default();
        for whole in files() {
            assert_eq!(parse("p", &whole, &options).unwrap().table.bars(), 30);
            let mut refused = 0;
            for place in 0..whole.len() {
                let cut = parse("p", &whole[..place], &options);
                refused += usize::from(cut.is_err());
                for bits in [0xff, 0x01] {
                    let mut altered = whole.clone();
                    altered[place] ^= bits;
                    refused += usize::from(parse("p", &altered, &options).is_err());
                }
            }
            assert!(refused > whole.len(), "{refused} of {}", whole.len());
        }
    }
}
