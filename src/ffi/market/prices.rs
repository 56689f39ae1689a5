//! Prices that the host hands over.

use crate::error::Error;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::flag::flag;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::text;
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::market::{MarketValue, Named, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::cost_table::at_every_bar;
use crate::market::prices::{PriceTable, Ranges};
use crate::market::{BarsPerYear, CostTable, ListingRules, Time, simulate};
use chrono::NaiveDate;
use ndarray::Array2;
use std::ffi::c_char;
use std::ptr;

/// Prices for ppo_market_from_prices: T bars of N assets. Fill it with ppo_prices_init, then set `bars`, `assets`,
/// `closes` and what else there is. Arrays are row-major, a row for each bar, and are copied.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_prices {
    /// Size of the caller's struct in bytes: `sizeof(ppo_prices)`. ppo_prices_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Number of bars, T: at least 2.
    pub bars: u64,
    /// Number of assets, N: at least 1.
    pub assets: u64,
    /// Number of columns of the host's own that a policy sees at each close, K; default 0.
    pub columns: u64,
    /// Closes, finite and above 0: [T, N]; with `gaps`, NaN where an asset has none.
    pub closes: *const f64,
    /// Names of the assets, distinct and not empty: [N]. NULL calls them A0, A1, ..., and lets policies with any names
    /// take them in their order.
    pub asset_names: *const *const c_char,
    /// When each bar closes, in nanoseconds since 1970-01-01 UTC, strictly increasing; a date is its midnight: [T]. NULL
    /// makes the bars begin on Monday, 2000-01-03: the days that are not a Saturday or Sunday, or as far apart as
    /// `bars_per_year` says.
    pub times: *const i64,
    /// Bars a year, above 0; default NaN: as the times say (252 with neither).
    pub bars_per_year: f64,
    /// Whether rates of cash above 1 (100% a year) are meant, 0 or 1; default 0: they are as a rule percentages, and refused.
    pub confirm_cash_rate: u32,
    /// Has to be 0.
    pub reserved_2: u32,
    /// Opens, finite and above 0: [T, N]; may be NULL.
    pub opens: *const f64,
    /// Highs, finite and at least the closes (8 roundings below one are taken as the close): [T, N]; may be NULL.
    pub highs: *const f64,
    /// Lows, finite, above 0 and at most the closes (8 roundings above one are taken as the close): [T, N]; may be NULL.
    pub lows: *const f64,
    /// Units traded, finite and at least 0: [T, N]; may be NULL.
    pub volumes: *const f64,
    /// Annual rate of cash over the bar that begins at each close, above -1 (0.02 is 2%) and at most 1: [T]; may be NULL.
    pub cash_rates: *const f64,
    /// Annual rate of cash at every bar, above -1 and at most 1; default NaN: not given. With neither, cash earns nothing.
    pub cash_rate: f64,
    /// Names of the columns, distinct, not empty and not those of assets: [K]. NULL calls them C0, C1, ..., and lets
    /// policies with any names take them in their order.
    pub column_names: *const *const c_char,
    /// The columns, finite: [T, K]; NULL where K is 0.
    pub signals: *const f64,
    /// Number of columns of the host's own that a policy sees at each close for each asset, F; default 0.
    pub asset_columns: u64,
    /// Names of these columns, distinct, not empty and not those of assets and other columns: [F]. NULL calls them F0, F1,
    /// ..., and lets policies with any names take them in their order.
    pub asset_column_names: *const *const c_char,
    /// These columns, finite: [T, N, F]; NULL where F is 0.
    pub asset_signals: *const f64,
    /// Weights for a policy with the prior `supplied` to depart from at each close, assets then cash, each at least 0,
    /// rows summing to 1 within 1e-6: [T, N + 1]; may be NULL.
    pub prior: *const f64,
    /// Not 0 where an asset ends at a bar, and what is held of it is paid out: [T, N]; may be NULL. Needs `gaps`.
    pub ends: *const f64,
    /// Simple return over its last price with which an asset that ends is paid out, at least -1; default 0.
    pub delisting_return: f64,
    /// Bars without a price after which an asset has ended, at least 1; default 21.
    pub max_halted_bars: u32,
    /// Whether assets may be missing, 0 or 1; default 0: closes of NaN are refused. Where they may, a close of NaN is none: the
    /// asset is absent before its first, halted without one, and ends after `max_halted_bars` of them.
    pub gaps: u32,
    /// Commission per traded notional of each asset, in [0, 1), in the place of the environment's `cost_rate`: [N] for every bar,
    /// or [T, N]; may be NULL.
    pub cost_rates: *const f64,
    /// N or T * N; 0 with NULL.
    pub cost_rates_len: u64,
    /// Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission: [N] for every bar,
    /// or [T, N]; may be NULL.
    pub half_spreads: *const f64,
    /// N or T * N; 0 with NULL.
    pub half_spreads_len: u64,
    /// Annual fee on what is sold short, in [0, 10], over the bar that begins, in the place of `borrow_rate`: [N] for every bar,
    /// or [T, N]; may be NULL.
    pub borrow_rates: *const f64,
    /// N or T * N; 0 with NULL.
    pub borrow_rates_len: u64,
}

versioned!(
    ppo_prices,
    [168, 192, 240],
    ppo_prices {
        struct_size: size_of::<ppo_prices>() as u32,
        reserved: 0,
        bars: 0,
        assets: 0,
        columns: 0,
        closes: ptr::null(),
        asset_names: ptr::null(),
        times: ptr::null(),
        bars_per_year: f64::NAN,
        confirm_cash_rate: 0,
        reserved_2: 0,
        opens: ptr::null(),
        highs: ptr::null(),
        lows: ptr::null(),
        volumes: ptr::null(),
        cash_rates: ptr::null(),
        cash_rate: f64::NAN,
        column_names: ptr::null(),
        signals: ptr::null(),
        asset_columns: 0,
        asset_column_names: ptr::null(),
        asset_signals: ptr::null(),
        prior: ptr::null(),
        ends: ptr::null(),
        delisting_return: 0.0,
        max_halted_bars: 21,
        gaps: 0,
        cost_rates: ptr::null(),
        cost_rates_len: 0,
        half_spreads: ptr::null(),
        half_spreads_len: 0,
        borrow_rates: ptr::null(),
        borrow_rates_len: 0,
    }
);

/// Fills a description of prices with the defaults: nothing in it.
///
/// \param prices  the struct to fill
/// \param size    `sizeof(ppo_prices)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_prices_init(prices: *mut ppo_prices, size: usize) -> ppo_status {
    boundary!(ppo_prices_init, [], |call| {
        versioned::init(call, prices, size, "prices")?;
        Ok(PPO_OK)
    })
}

/// Makes a market of the host's prices. All of it is copied: nothing is read after the call.
///
/// \param prices  the prices
/// \param market  gets the market, with decisions at every bar; the caller's to free with ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the asset, the date and the bar that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_from_prices(
    prices: *const ppo_prices,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_from_prices, [], |call| {
        let prices = versioned::read_required(call, prices, "prices")?;
        let market = Output::new(call, market, "market")?;
        let table = table(call, &prices)?;
        let named = Named {
            assets: !prices.asset_names.is_null(),
            columns: !prices.column_names.is_null(),
            asset_columns: !prices.asset_column_names.is_null(),
        };
        market.write(handle::create(MarketValue::prices(table, named)));
        Ok(PPO_OK)
    })
}

/// The prices, copied and checked.
fn table(call: Call<'_>, prices: &ppo_prices) -> Outcome<PriceTable> {
    let bars = count(prices.bars, "prices.bars")?;
    let assets = count(prices.assets, "prices.assets")?;
    let columns = count(prices.columns, "prices.columns")?;
    let asset_columns = count(prices.asset_columns, "prices.asset_columns")?;
    if bars < 2 || assets == 0 {
        let found = format!("{bars} bars of {assets} assets");
        let expected = "at least 2 bars of at least 1 asset";
        return Err(Failure::invalid("prices", found, expected));
    }
    let by_asset = |pointer, name| optional_cells(call, pointer, [bars, assets], name);
    let close = cells(call, prices.closes, [bars, assets], "prices.closes")?;
    let bars_per_year = match prices.bars_per_year.is_nan() {
        true => None,
        false => Some(BarsPerYear::new("prices.bars_per_year", prices.bars_per_year)?),
    };
    let times = times(call, prices.times, bars, bars_per_year)?;
    let names = names(call, prices.asset_names, assets, "prices.asset_names", "A")?;
    let ranges = Ranges {
        open: by_asset(prices.opens, "prices.opens")?,
        high: by_asset(prices.highs, "prices.highs")?,
        low: by_asset(prices.lows, "prices.lows")?,
        volume: by_asset(prices.volumes, "prices.volumes")?,
    };
    let each = |pointer, len, name| costs(call, pointer, len, [bars, assets], name);
    let costs = CostTable {
        cost_rates: each(prices.cost_rates, prices.cost_rates_len, "prices.cost_rates")?,
        half_spreads: each(
            prices.half_spreads,
            prices.half_spreads_len,
            "prices.half_spreads",
        )?,
        borrow_rates: each(
            prices.borrow_rates,
            prices.borrow_rates_len,
            "prices.borrow_rates",
        )?,
    };
    let mut table = priced(call, prices, times, names, close)?
        .and_then(|table| table.with_ranges(ranges))
        .and_then(|table| table.with_costs(costs))
        .map_err(in_prices)?;
    if let Some(bars_per_year) = bars_per_year {
        table = table.with_bars_per_year(bars_per_year);
    }
    if columns > 0 {
        // Before the names: where there are so many values, a name for each column fits into memory too.
        let signals = cells(call, prices.signals, [bars, columns], "prices.signals")?;
        let names = self::names(call, prices.column_names, columns, "prices.column_names", "C")?;
        table = table.with_columns(names, signals).map_err(in_prices)?;
    }
    if asset_columns > 0 {
        let each = assets.checked_mul(asset_columns);
        let expected = "what fits into memory";
        let each = each.ok_or_else(|| Failure::invalid("prices.asset_columns", asset_columns, expected))?;
        let signals = cells(call, prices.asset_signals, [bars, each], "prices.asset_signals")?;
        let (given, input) = (prices.asset_column_names, "prices.asset_column_names");
        let names = self::names(call, given, asset_columns, input, "F")?;
        let shape = (bars, assets, asset_columns);
        let signals = signals.into_shape_with_order(shape).expect("as many values");
        table = table.with_asset_columns(names, signals).map_err(in_prices)?;
    }
    if let Some(prior) = optional_cells(call, prices.prior, [bars, assets + 1], "prices.prior")? {
        table = table.with_prior(prior).map_err(in_prices)?;
    }
    let rates = match prices.cash_rates.is_null() {
        true => None,
        false => Some(slice::input(call, prices.cash_rates, bars, bars, "prices.cash_rates")?.to_vec()),
    };
    let confirmed = flag("prices.confirm_cash_rate", prices.confirm_cash_rate)?;
    if prices.reserved_2 != 0 {
        return Err(Failure::invalid("prices.reserved_2", prices.reserved_2, "0"));
    }
    with_cash_rate(table, rates, (prices.cash_rate, confirmed), "prices.cash_rate")
}

/// The table of the closes, with gaps where the host says that there may be some.
fn priced(
    call: Call<'_>,
    prices: &ppo_prices,
    times: Vec<Time>,
    names: Vec<String>,
    close: Array2<f64>,
) -> Outcome<crate::Result<PriceTable>> {
    if !flag("prices.gaps", prices.gaps)? {
        if !prices.ends.is_null() {
            return Err(Failure::invalid(
                "prices.ends",
                "given",
                "NULL, or `prices.gaps` of 1",
            ));
        }
        return Ok(PriceTable::new(times, names, close));
    }
    let marks = optional_cells(call, prices.ends, [close.nrows(), close.ncols()], "prices.ends")?;
    let mut ends = Vec::new();
    for ((bar, asset), mark) in marks.iter().flat_map(|marks| marks.indexed_iter()) {
        if !mark.is_finite() {
            let input = format!("prices.ends[{bar}][{asset}]");
            return Err(Error::invalid(input, mark, "0, or 1 at the asset's end").into());
        }
        if *mark != 0.0 {
            ends.push((bar, asset));
        }
    }
    let rules = ListingRules {
        max_halted_bars: prices.max_halted_bars,
        delisting_return: prices.delisting_return,
    };
    Ok(PriceTable::with_gaps(times, names, close, &ends, rules))
}

/// The table with the rates or the one rate (NaN for none) that the host gave, one of them at most; and whether rates
/// above 1 are meant.
pub(in crate::ffi) fn with_cash_rate(
    table: PriceTable,
    rates: Option<Vec<f64>>,
    (rate, confirmed): (f64, bool),
    input: &str,
) -> Outcome<PriceTable> {
    match rates {
        _ if !rate.is_nan() && (rates.is_some() || table.cash_rate().is_some()) => Err(Failure::invalid(
            input,
            format!("{rate} beside rates of every bar"),
            "NaN, or no rates of every bar",
        )),
        Some(rates) => Ok(table
            .with_cash_rate(rates, confirmed)
            .map_err(|error| error.called(&[("cash_rate", "prices.cash_rates")]))?),
        None if rate.is_nan() => Ok(table),
        None => {
            let rates = vec![rate; table.bars()];
            Ok(table
                .with_cash_rate(rates, confirmed)
                .map_err(|error| error.called(&[("cash_rate", input)]))?)
        }
    }
}

/// An error about a price table as one about the fields that it came in.
fn in_prices(error: Error) -> Error {
    error.called(&[
        ("close of", "prices.closes of"),
        ("open of", "prices.opens of"),
        ("high of", "prices.highs of"),
        ("low of", "prices.lows of"),
        ("volume of", "prices.volumes of"),
        ("cost_rates", "prices.cost_rates"),
        ("half_spreads", "prices.half_spreads"),
        ("borrow_rates", "prices.borrow_rates"),
        ("assets", "prices.asset_names"),
        ("times", "prices.times"),
        ("columns", "prices.column_names"),
        ("column ", "prices.signals of "),
        ("asset_columns", "prices.asset_column_names"),
        ("asset column ", "prices.asset_signals of "),
        ("prior", "prices.prior"),
        ("the end of", "prices.ends of"),
        ("ends", "prices.ends"),
        ("max_halted_bars", "prices.max_halted_bars"),
        ("delisting_return", "prices.delisting_return"),
    ])
}

fn count(value: u64, input: &str) -> Outcome<usize> {
    usize::try_from(value)
        .ok()
        .filter(|count| *count < usize::MAX)
        .ok_or_else(|| Failure::invalid(input, value, "what fits into memory"))
}

fn cells(call: Call<'_>, pointer: *const f64, shape: [usize; 2], name: &str) -> Outcome<Array2<f64>> {
    let len = shape[0].checked_mul(shape[1]).ok_or_else(|| {
        let found = format!("of {} rows of {}", shape[0], shape[1]);
        Failure::invalid(name, found, "what fits into memory")
    })?;
    let values = slice::input(call, pointer, len, len, name)?.to_vec();
    Ok(Array2::from_shape_vec(shape, values).expect("one value for each row and column"))
}

fn optional_cells(
    call: Call<'_>,
    pointer: *const f64,
    shape: [usize; 2],
    name: &str,
) -> Outcome<Option<Array2<f64>>> {
    match pointer.is_null() {
        true => Ok(None),
        false => cells(call, pointer, shape, name).map(Some),
    }
}

/// Costs of each asset, at every bar or of each bar.
fn costs(
    call: Call<'_>,
    pointer: *const f64,
    len: u64,
    [bars, assets]: [usize; 2],
    name: &str,
) -> Outcome<Option<Array2<f64>>> {
    if pointer.is_null() {
        return match len {
            0 => Ok(None),
            _ => Err(Failure::invalid(
                format!("{name}_len"),
                len,
                format!("0, as {name} is NULL"),
            )),
        };
    }
    if len == assets as u64 {
        let values = slice::input(call, pointer, assets, assets, name)?;
        return Ok(Some(at_every_bar(values, bars)));
    }
    match bars.checked_mul(assets).is_some_and(|cells| len == cells as u64) {
        true => cells(call, pointer, [bars, assets], name).map(Some),
        false => {
            let expected = format!("{assets} (assets), or {bars} * {assets} (bars and assets)");
            Err(Failure::invalid(format!("{name}_len"), len, expected))
        }
    }
}

fn times(
    call: Call<'_>,
    pointer: *const i64,
    bars: usize,
    bars_per_year: Option<BarsPerYear>,
) -> Outcome<Vec<Time>> {
    if pointer.is_null() {
        let start = NaiveDate::from_ymd_opt(2000, 1, 3).expect("a day of the calendar");
        return Ok(simulate::times(bars, start, bars_per_year.unwrap_or_default())?);
    }
    let times = slice::input(call, pointer, bars, bars, "prices.times")?;
    Ok(times.iter().map(|time| Time::from_nanoseconds(*time)).collect())
}

fn names(
    call: Call<'_>,
    pointer: *const *const c_char,
    count: usize,
    name: &str,
    made_up: &str,
) -> Outcome<Vec<String>> {
    if pointer.is_null() {
        return Ok((0..count).map(|i| format!("{made_up}{i}")).collect());
    }
    let names = slice::input(call, pointer, count, count, name)?;
    let copied = |(i, text): (usize, &*const c_char)| {
        text::input(call, *text, &format!("{name}[{i}]")).map(str::to_string)
    };
    names.iter().enumerate().map(copied).collect()
}
