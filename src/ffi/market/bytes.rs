//! Markets as bytes, for another process.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::text;
use crate::ffi::market::{MarketValue, Named, ppo_market};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::bytes::{Contents, from_bytes, prices_to_bytes, simulated_to_bytes};

/// Copies out all that a market is, as bytes for ppo_market_load_bytes: prices, columns, names, range, or the parameters
/// of a simulation without end. Exact: the market that is loaded has the digest, and gives the numbers, of this one.
///
/// \param market    the market
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_save_bytes(
    market: *const ppo_market,
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_save_bytes, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let bytes = match market {
            MarketValue::Prices { table, range, named } => {
                prices_to_bytes(table, range, [named.assets, named.columns, named.asset_columns])
            }
            MarketValue::Endless { parameters, .. } => simulated_to_bytes(parameters),
        };
        text::copy_bytes(call, &bytes, buffer, capacity, needed)
    })
}

/// Makes a market of the bytes of another one. They may come from anywhere: they are checked before they are believed.
///
/// \param bytes   what ppo_market_save_bytes wrote: [len]; not kept
/// \param len     number of bytes
/// \param market  gets the market, which is the caller's to free with ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE for bytes that are no market's, with what cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_load_bytes(
    bytes: *const u8,
    len: usize,
    market: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_load_bytes, [], |call| {
        let market = Output::new(call, market, "market")?;
        let bytes = slice::input(call, bytes, len, len, "bytes")?;
        let value = match from_bytes("bytes", bytes)? {
            Contents::Simulated(parameters) => MarketValue::endless(parameters)?,
            Contents::Prices {
                table,
                range,
                named: [assets, columns, asset_columns],
            } => MarketValue::Prices {
                table,
                range,
                named: Named {
                    assets,
                    columns,
                    asset_columns,
                },
            },
        };
        market.write(handle::create(value));
        Ok(PPO_OK)
    })
}
