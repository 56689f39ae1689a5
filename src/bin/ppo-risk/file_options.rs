//! Options that say how a price file is to be read.

use crate::values;
use clap::Args;
use ppo_risk::market::ListingRules;
use ppo_risk::market::csv::{
    CsvOptions, DateFormat, Decimal, Encoding, Fill, Layout, Separator, Splits, Thousands,
};

// How a price file is to be read, but for the columns that the command knows. No documentation: it would become the
// command's.
#[derive(Args)]
pub(crate) struct FileOptions {
    /// How the file is laid out: detect, wide, long or one_asset (a file of one asset's bars)
    #[arg(long, value_name = "LAYOUT", default_value = "detect", value_parser = values::name::<Layout>)]
    layout: Layout,
    /// What stands between cells: detect, comma, semicolon, tab or vertical_bar
    #[arg(long, value_name = "SEPARATOR", default_value = "detect", value_parser = values::name::<Separator>)]
    separator: Separator,
    /// What stands before decimals: detect, point or comma
    #[arg(long, value_name = "MARK", default_value = "detect", value_parser = values::name::<Decimal>)]
    decimal: Decimal,
    /// What stands between thousands: detect, none, comma, point, space or apostrophe
    #[arg(long, value_name = "MARK", default_value = "detect", value_parser = values::name::<Thousands>)]
    thousands: Thousands,
    /// How bytes stand for characters: detect, utf_8, utf_16le, utf_16be or windows_1252
    #[arg(long, value_name = "ENCODING", default_value = "detect", value_parser = values::name::<Encoding>)]
    encoding: Encoding,
    /// How dates are written: detect, iso, us, eu, yyyymmdd, epoch_s, epoch_ms, epoch_us, epoch_ns or serial
    #[arg(long, value_name = "FORMAT", default_value = "detect", value_parser = values::name::<DateFormat>)]
    date_format: DateFormat,
    /// Name of the asset of a file of one asset that does not say it [default: the file's]
    #[arg(long, value_name = "ASSET")]
    asset_name: Option<String>,
    /// Column of closes in a long file or that of one asset [default: "adj close" where there is one, else "close"]
    #[arg(long, value_name = "COLUMN")]
    close_column: Option<String>,
    /// What becomes of moves that look like splits: refuse, keep or adjust (the prices before)
    #[arg(long, value_name = "SPLITS", default_value = "refuse", value_parser = values::name::<Splits>)]
    splits: Splits,
    /// What becomes of gaps: keep (an asset is absent before its first price, and halted without one), refuse or forward
    /// (the date before's value)
    #[arg(long, value_name = "FILL", default_value = "keep", value_parser = values::name::<Fill>)]
    fill: Fill,
    /// Bars without a price after which an asset has ended and is paid out
    #[arg(long, value_name = "BARS", allow_negative_numbers = true, value_parser = values::whole(1..=1_000_000),
          default_value_t = u64::from(ListingRules::default().max_halted_bars))]
    max_halted_bars: u64,
    /// Simple return over its last price with which an asset that ends is paid out; -1 is nothing
    #[arg(long, value_name = "RETURN", allow_negative_numbers = true,
          value_parser = values::number(|earned| earned >= -1.0, "a number of at least -1, such as -0.5"),
          default_value_t = ListingRules::default().delisting_return)]
    delisting_return: f64,
    /// Column that is not 0 where an asset ends: of a long file, or NAME:ASSET of a wide one
    #[arg(long, value_name = "COLUMN")]
    end_column: Option<String>,
    /// Column of each asset's commission, in the place of the cost rate: of a long file, or NAME:ASSET of a wide one
    #[arg(long, value_name = "COLUMN")]
    cost_rate_column: Option<String>,
    /// Column of half of each asset's spread between bid and ask as a part of the price, paid on top of commission
    #[arg(long, value_name = "COLUMN")]
    half_spread_column: Option<String>,
    /// Column of each asset's annual fee on what is sold short, in the place of the borrow rate
    #[arg(long, value_name = "COLUMN")]
    borrow_rate_column: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    ignore: Vec<String>,
}

impl FileOptions {
    /// The options of the library.
    pub(crate) fn options(&self) -> CsvOptions {
        CsvOptions {
            layout: self.layout,
            separator: self.separator,
            decimal: self.decimal,
            thousands: self.thousands,
            encoding: self.encoding,
            date_format: self.date_format,
            asset_name: self.asset_name.clone(),
            close_column: self.close_column.clone(),
            splits: self.splits,
            fill: self.fill,
            // Within its range.
            max_halted_bars: u32::try_from(self.max_halted_bars).unwrap_or(u32::MAX),
            delisting_return: self.delisting_return,
            end_column: self.end_column.clone(),
            cost_rate_column: self.cost_rate_column.clone(),
            half_spread_column: self.half_spread_column.clone(),
            borrow_rate_column: self.borrow_rate_column.clone(),
            ignore: self.ignore.clone(),
            ..CsvOptions::default()
        }
    }
}
