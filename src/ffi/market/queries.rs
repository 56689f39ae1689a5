//! What a market says of itself.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::text;
use crate::ffi::market::{MarketValue, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::Market;
use crate::market::Time;
use crate::market::table::TableMarket;
use std::ffi::c_char;
use std::sync::Arc;

/// Which bar to look for: the first at the time or after it.
pub const PPO_BAR_AT_OR_AFTER: u32 = 0;
/// Which bar to look for: the last at the time or before it.
pub const PPO_BAR_AT_OR_BEFORE: u32 = 1;

/// Number of bars of prices, T, whatever the range; 0 for a simulation without end.
///
/// \param market  the market
/// \param count   gets the number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_bar_count(market: *const ppo_market, count: *mut usize) -> ppo_status {
    boundary!(ppo_market_bar_count, [market], |call| {
        write_size(call, market, count, |market| match market {
            MarketValue::Prices { table, .. } => table.bars(),
            MarketValue::Endless { .. } => 0,
        })
    })
}

/// Number of assets, N.
///
/// \param market  the market
/// \param count   gets the number, at least 1
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_asset_count(market: *const ppo_market, count: *mut usize) -> ppo_status {
    boundary!(ppo_market_asset_count, [market], |call| {
        write_size(call, market, count, |market| match market {
            MarketValue::Prices { table, .. } => table.assets().len(),
            MarketValue::Endless { parameters, .. } => parameters.assets().len(),
        })
    })
}

/// Number of columns that a policy sees at each close, K.
///
/// \param market  the market
/// \param count   gets the number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_column_count(market: *const ppo_market, count: *mut usize) -> ppo_status {
    boundary!(ppo_market_column_count, [market], |call| {
        write_size(call, market, count, |market| match market {
            MarketValue::Prices { table, .. } => table.columns().len(),
            MarketValue::Endless { market, .. } => market.shape().columns,
        })
    })
}

/// Number of columns that a policy sees at each close for each asset, F.
///
/// \param market  the market
/// \param count   gets the number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_asset_column_count(
    market: *const ppo_market,
    count: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_asset_column_count, [market], |call| {
        write_size(call, market, count, |market| match market {
            MarketValue::Prices { table, .. } => table.asset_columns().len(),
            MarketValue::Endless { market, .. } => market.shape().asset_columns,
        })
    })
}

/// Copies out the name of an asset.
///
/// \param market    the market
/// \param index     which, from 0
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_asset_name(
    market: *const ppo_market,
    index: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_asset_name, [market], |call| {
        let names = match handle::shared(call, market, "market")? {
            MarketValue::Prices { table, .. } => table.assets(),
            MarketValue::Endless { parameters, .. } => parameters.assets(),
        };
        text::copy(call, name(names, index)?, buffer, capacity, needed)
    })
}

/// Copies out the name of a column.
///
/// \param market    the market
/// \param index     which, from 0
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for an index beyond the columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_column_name(
    market: *const ppo_market,
    index: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_column_name, [market], |call| {
        let names = match handle::shared(call, market, "market")? {
            MarketValue::Prices { table, .. } => table.columns().to_vec(),
            MarketValue::Endless { parameters, .. } => parameters.columns(),
        };
        text::copy(call, name(&names, index)?, buffer, capacity, needed)
    })
}

/// Copies out the name of a column that every asset has.
///
/// \param market    the market
/// \param index     which, from 0
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for an index beyond the columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_asset_column_name(
    market: *const ppo_market,
    index: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_asset_column_name, [market], |call| {
        let names = match handle::shared(call, market, "market")? {
            MarketValue::Prices { table, .. } => table.asset_columns(),
            MarketValue::Endless { .. } => &[],
        };
        text::copy(call, name(names, index)?, buffer, capacity, needed)
    })
}

/// When a bar closes.
///
/// \param market  prices
/// \param bar     which, from 0
/// \param time    gets the time, in nanoseconds since 1970-01-01 UTC; a date is its midnight
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for a bar beyond the prices, one that closes after the year 2262, and for a
/// simulation without end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_time(
    market: *const ppo_market,
    bar: usize,
    time: *mut i64,
) -> ppo_status {
    boundary!(ppo_market_time, [market], |call| {
        let table = handle::shared(call, market, "market")?.table()?;
        let time = Output::new(call, time, "time")?;
        let found = table.times().get(bar).ok_or_else(|| {
            let expected = format!("below {}", table.bars());
            Failure::invalid("bar", bar, expected)
        })?;
        time.write(nanoseconds(*found)?);
        Ok(PPO_OK)
    })
}

/// Looks for the bar of a time.
///
/// \param market  prices
/// \param time    nanoseconds since 1970-01-01 UTC; a date is its midnight
/// \param side    a PPO_BAR_AT_ number
/// \param bar     gets the bar's index
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT where there is no such bar, for another `side` and for a simulation
/// without end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_bar_at(
    market: *const ppo_market,
    time: i64,
    side: u32,
    bar: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_bar_at, [market], |call| {
        let table = handle::shared(call, market, "market")?.table()?;
        let bar = Output::new(call, bar, "bar")?;
        let time = Time::from_nanoseconds(time);
        let found = match side {
            PPO_BAR_AT_OR_AFTER => table.bar_at_or_after(time),
            PPO_BAR_AT_OR_BEFORE => table.bar_at_or_before(time),
            _ => return Err(Failure::invalid("side", side, "a PPO_BAR_ number (0 or 1)")),
        };
        let found = found.ok_or_else(|| {
            let (first, last) = (table.times()[0], table.times()[table.bars() - 1]);
            let expected = format!("a time with such a bar in {first} to {last}");
            Failure::invalid("time", time, expected)
        })?;
        bar.write(found);
        Ok(PPO_OK)
    })
}

/// How many bars a year has, by which everything annual is made: as the times of the prices say, unless the host said
/// otherwise.
///
/// \param market         the market
/// \param bars_per_year  gets the number, above 0
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_bars_per_year(
    market: *const ppo_market,
    bars_per_year: *mut f64,
) -> ppo_status {
    boundary!(ppo_market_bars_per_year, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let place = Output::new(call, bars_per_year, "bars_per_year")?;
        place.write(match market {
            MarketValue::Prices { table, .. } => table.bars_per_year().get(),
            MarketValue::Endless { market, .. } => market.bars_per_year().get(),
        });
        Ok(PPO_OK)
    })
}

/// The bars at which decisions may be taken: all of them, unless ppo_market_select said otherwise.
///
/// \param market     prices
/// \param first_bar  gets the first
/// \param last_bar   gets the bar at whose close the last return ends
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for a simulation without end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_range(
    market: *const ppo_market,
    first_bar: *mut usize,
    last_bar: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_range, [market], |call| {
        let range = handle::shared(call, market, "market")?.range()?;
        let first = Output::new(call, first_bar, "first_bar")?;
        let last = Output::new(call, last_bar, "last_bar")?;
        first.write(*range.start());
        last.write(*range.end());
        Ok(PPO_OK)
    })
}

/// Copies out closes; NaN where an asset has none.
///
/// \param market      prices
/// \param first_bar   the first bar to copy, from 0
/// \param bars        how many, at least 1
/// \param closes      gets the closes: [bars, N]
/// \param closes_len  number of values in `closes`: bars * N
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for bars beyond the prices and for a simulation without end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_closes(
    market: *const ppo_market,
    first_bar: usize,
    bars: usize,
    closes: *mut f64,
    closes_len: usize,
) -> ppo_status {
    boundary!(ppo_market_closes, [market], |call| {
        let table = handle::shared(call, market, "market")?.table()?;
        let end = first_bar
            .checked_add(bars)
            .filter(|end| bars > 0 && *end <= table.bars());
        let end = end.ok_or_else(|| {
            let found = format!("{bars} from {first_bar} on");
            Failure::invalid("bars", found, format!("at least 1 within {}", table.bars()))
        })?;
        let rows = table.prices().slice(ndarray::s![first_bar..end, ..]);
        let out = slice::output(call, closes, closes_len, rows.len(), "closes", &[])?;
        out.iter_mut().zip(&rows).for_each(|(to, from)| *to = *from);
        Ok(PPO_OK)
    })
}

/// A number that differs between markets with other data, range or parameters. Checkpoints keep it, so that training is
/// not continued on another market by mistake. Names and dates do not count.
///
/// \param market  the market
/// \param digest  gets the number
///
/// Reads all prices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_digest(market: *const ppo_market, digest: *mut u64) -> ppo_status {
    boundary!(ppo_market_digest, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let digest = Output::new(call, digest, "digest")?;
        let value = match market {
            MarketValue::Endless { market, .. } => market.digest(),
            // Whatever a policy needs of the past, the digest is the same.
            MarketValue::Prices { table, range, .. } => {
                TableMarket::new(Arc::clone(table), range.clone(), 0, 0.0)?.digest()
            }
        };
        digest.write(value);
        Ok(PPO_OK)
    })
}

/// Writes one of a market's sizes.
fn write_size(
    call: Call<'_>,
    market: *const ppo_market,
    count: *mut usize,
    size: impl FnOnce(&MarketValue) -> usize,
) -> Outcome<ppo_status> {
    let market = handle::shared(call, market, "market")?;
    let count = Output::new(call, count, "count")?;
    count.write(size(market));
    Ok(PPO_OK)
}

fn name(names: &[String], index: usize) -> Outcome<&str> {
    let name = names.get(index);
    name.map(String::as_str)
        .ok_or_else(|| Failure::invalid("index", index, format!("below {}", names.len())))
}

/// A time as hosts have it.
pub(in crate::ffi) fn nanoseconds(time: Time) -> Outcome<i64> {
    let expected = "a time that nanoseconds since 1970-01-01 reach, up to 2262";
    time.nanoseconds()
        .ok_or_else(|| Failure::invalid("time of a bar", time, expected))
}
