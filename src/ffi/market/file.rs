//! Prices from and to CSV files.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::Output;
use crate::ffi::border::{json, text};
use crate::ffi::market::prices::with_cash_rate;
use crate::ffi::market::{MarketValue, Named, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::csv::{CsvOptions, read_csv, write_wide_csv};
use std::ffi::c_char;

/// Makes a market of the prices in a CSV file. What the options leave open is detected: the encoding, what separates
/// cells, how numbers and dates are written, the order of time, a title above the header and notes below the rows; what
/// can be read in two ways is refused with the option that says which is meant.
///
/// \param path          the file; on Unix any bytes, elsewhere UTF-8
/// \param options_json  how it is to be read, NULL for the defaults: an object with `layout` ("detect", the default;
///                      "wide": `date`, then a close for each asset; "long": `date`, `symbol`, `close` and maybe
///                      `open`, `high`, `low`, `volume`; "one_asset": the same of one asset, without `symbol`),
///                      `separator` ("detect", "comma", "semicolon", "tab", "vertical_bar"), `decimal` ("detect",
///                      "point", "comma"), `thousands` ("detect", "none", "comma", "point", "space", "apostrophe"),
///                      `encoding` ("detect", "utf_8", "utf_16le", "utf_16be", "windows_1252"), `date_format` ("detect",
///                      "iso", "us": month, day, year, "eu": day, month, year, "yyyymmdd", "epoch_s", "epoch_ms",
///                      "epoch_us", "epoch_ns": seconds since 1970 and parts of them, "serial": a spreadsheet's days),
///                      `asset_name` (of a file of one asset; default: the file's), `close_column` (default: `adj close`
///                      where there is one, else `close`), `splits` (moves like splits: "refuse", the default, "keep",
///                      "adjust": the prices before are divided by the split's ratio), `fill` of gaps ("keep",
///                      the default: the asset is absent, halted or ended, as ppo_prices says, "refuse", "forward"),
///                      `max_halted_bars` (21), `delisting_return` (0), `end_column` (not 0 where an asset ends; in a wide
///                      file NAME:ASSET), `cost_rate_column`, `half_spread_column` and `borrow_rate_column` (costs of each
///                      asset, as ppo_prices has them; likewise), `signals` (names of the columns that a policy sees),
///                      `asset_signals` (names of those that it sees with the asset that they are about: columns of a
///                      long file, NAME:ASSET of a wide one), `cash_rate` (the column with the annual
///                      rate of cash), `prior` (the columns with prior weights, assets then cash; wide files alone),
///                      `ignore` (columns to leave out), `bars_per_year` (default: as the times say) and
///                      `confirm_cash_rate` (true: rates of cash above 1, which is 100%, are meant)
/// \param cash_rate     annual rate of cash at every bar, above -1 and at most 1 (0.02 is 2%), where the file has no
///                      column for it; NaN for none: cash earns nothing
/// \param market        gets the market, with decisions at every bar; the caller's to free with ppo_market_free
///
/// PPO_ERR_IO (cannot be read); PPO_ERR_TABLE, with the line and the column that cannot be used;
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_from_csv(
    path: *const c_char,
    options_json: *const c_char,
    cash_rate: f64,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_from_csv, [], |call| {
        let path = text::path(call, path, "path")?;
        let market = Output::new(call, market, "market")?;
        let options = csv_options(call, options_json)?;
        let table = with_cash_rate(
            read_csv(path, &options)?,
            None,
            (cash_rate, options.confirm_cash_rate),
            "cash_rate",
        )?;
        market.write(handle::create(MarketValue::prices(table, named())));
        Ok(PPO_OK)
    })
}

/// How columns are to be read; NULL for the defaults.
pub(super) fn csv_options(call: Call<'_>, options_json: *const c_char) -> Outcome<CsvOptions> {
    if options_json.is_null() {
        return Ok(CsvOptions::default());
    }
    let text = text::input(call, options_json, "options_json")?;
    json::parse(text, "options_json", "how prices are laid out")
}

/// The names that a table of columns has: all.
pub(super) fn named() -> Named {
    Named {
        assets: true,
        columns: true,
        asset_columns: true,
    }
}

/// Writes all of a market's prices, whatever its range, to a wide CSV file, which is there whole afterwards or, on an
/// error, as it was before: `date`, a close for each asset, the columns, `cash_rate` and the prior weights (`prior:`
/// before the asset's name, `prior:cash`) where there are any. Opens, highs, lows and volumes are left out. Numbers are
/// written so that reading gives the same bits.
///
/// \param market  prices
/// \param path    the file; on Unix any bytes, elsewhere UTF-8
///
/// PPO_ERR_INVALID_ARGUMENT for a simulation without end, an empty path and names that a file could not tell apart;
/// PPO_ERR_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_write_csv(market: *const ppo_market, path: *const c_char) -> ppo_status {
    boundary!(ppo_market_write_csv, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let path = text::path(call, path, "path")?;
        write_wide_csv(market.table()?, path)?;
        Ok(PPO_OK)
    })
}
