//! A series as CSV: numbers are written so that reading gives the same bits.

use crate::series::Series;
use std::io::{Result, Write};

pub(super) fn write(series: &Series<'_>, file: &mut dyn Write) -> Result<()> {
    let mut writer = ::csv::Writer::from_writer(file);
    let names = series.numbers.iter().map(|(name, _)| name.as_str());
    writer.write_record(["time"].into_iter().chain(names))?;
    for (bar, time) in series.times.iter().enumerate() {
        let numbers = series.numbers.iter().map(|(_, values)| values[bar].to_string());
        writer.write_record([time.to_string()].into_iter().chain(numbers))?;
    }
    writer.flush()
}
