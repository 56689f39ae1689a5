//! Markets: prices of the host, of a file or of a simulation, and simulations without end.

pub mod arrow;
pub mod bytes;
pub mod file;
pub mod prices;
pub mod queries;
pub mod simulated;

use crate::error::{Error, Result};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::Output;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::Market;
use crate::market::prices::PriceTable;
use crate::market::simulate::SimulatedParameters;
use crate::market::table::TableMarket;
use crate::policy::spec::PolicySpec;
use crate::portfolio::evaluation;
use std::ffi::c_char;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A market: prices, of which decisions may use a range of bars, or a simulation without end. It never changes.
pub struct ppo_market {
    _private: [u8; 0],
}

impl Kind for ppo_market {
    type Value = MarketValue;
    const MAGIC: [u8; 8] = *b"ppomarkt";
    const NAME: &'static str = "market";
}

/// The value behind a `ppo_market`. Clones share what is large.
#[derive(Clone)]
pub(in crate::ffi) enum MarketValue {
    /// Prices, with the bars at which decisions are taken.
    Prices {
        table: Arc<PriceTable>,
        range: RangeInclusive<usize>,
        named: Named,
    },
    /// A simulation without end.
    Endless {
        market: Arc<dyn Market>,
        parameters: Arc<SimulatedParameters>,
    },
}

/// What the host gave names to; what it did not is taken in its place.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct Named {
    pub(in crate::ffi) assets: bool,
    pub(in crate::ffi) columns: bool,
    pub(in crate::ffi) asset_columns: bool,
}

impl MarketValue {
    /// The whole of a table.
    pub(in crate::ffi) fn prices(table: PriceTable, named: Named) -> Self {
        Self::Prices {
            range: 0..=table.bars() - 1,
            table: Arc::new(table),
            named,
        }
    }

    pub(in crate::ffi) fn endless(parameters: SimulatedParameters) -> Result<Self> {
        Ok(Self::Endless {
            market: parameters.market()?,
            parameters: Arc::new(parameters),
        })
    }

    /// The market of a policy: decisions within the handle's bars, with as many bars before them as the spec needs.
    pub(in crate::ffi) fn market(&self, spec: &PolicySpec) -> Outcome<Arc<dyn Market>> {
        self.check_names(spec)?;
        match self {
            Self::Endless { market, .. } => Ok(Arc::clone(market)),
            Self::Prices { table, range, .. } => {
                let warm_up = spec.state_builder(table.bars_per_year())?.warm_up_bars();
                let market =
                    TableMarket::new(Arc::clone(table), range.clone(), warm_up, 0.0).map_err(of_market)?;
                Ok(Arc::new(market))
            }
        }
    }

    /// The market of a back-test within the handle's bars: of a policy, with the history that it and the baselines look
    /// back on and under its names; without one, of a baseline. An error for a simulation without end.
    pub(in crate::ffi) fn test(&self, spec: Option<&PolicySpec>) -> Outcome<Arc<TableMarket>> {
        let (table, range) = (self.table()?, self.range()?);
        let Some(spec) = spec else {
            return Ok(evaluation::test_bars(Arc::clone(table), range, 0, 0.0).map_err(of_market)?);
        };
        self.check_names(spec)?;
        let builder = spec.state_builder(table.bars_per_year())?;
        let same = (table.assets(), table.columns(), table.asset_columns())
            == (
                &spec.assets[..],
                &spec.state.columns[..],
                &spec.state.asset_columns[..],
            );
        let table = match same {
            true => Arc::clone(table),
            false => Arc::new(table.renamed(&spec.assets, &spec.state.columns, &spec.state.asset_columns)?),
        };
        Ok(evaluation::test_bars(table, range, builder.warm_up_bars(), 0.0).map_err(of_market)?)
    }

    /// All of the prices, whatever the handle's bars; an error for a simulation without end.
    pub(in crate::ffi) fn table(&self) -> Outcome<&Arc<PriceTable>> {
        match self {
            Self::Prices { table, .. } => Ok(table),
            Self::Endless { .. } => Err(no_prices()),
        }
    }

    /// The bars at which decisions are taken, both ends included; an error for a simulation without end.
    pub(in crate::ffi) fn range(&self) -> Outcome<RangeInclusive<usize>> {
        match self {
            Self::Prices { range, .. } => Ok(range.clone()),
            Self::Endless { .. } => Err(no_prices()),
        }
    }

    /// The same prices with decisions within other bars.
    fn select(&self, first: usize, last: usize) -> Outcome<Self> {
        match self {
            Self::Endless { .. } => Err(no_prices()),
            Self::Prices { table, named, .. } => {
                let chosen = TableMarket::new(Arc::clone(table), first..=last, 0, 0.0);
                chosen.map_err(|error| {
                    let bars = "first_bar and last_bar";
                    error.called(&[("bar range", bars), ("price table", bars)])
                })?;
                Ok(Self::Prices {
                    table: Arc::clone(table),
                    range: first..=last,
                    named: *named,
                })
            }
        }
    }

    /// Assets and columns under the policy's names and in its order, but for those that the host left without names.
    fn check_names(&self, spec: &PolicySpec) -> Outcome<()> {
        let (assets, columns, asset_columns, named) = match self {
            Self::Prices { table, named, .. } => {
                let columns = table.columns().to_vec();
                (table.assets(), columns, table.asset_columns(), *named)
            }
            Self::Endless { parameters, .. } => {
                let named = Named {
                    assets: true,
                    columns: true,
                    asset_columns: true,
                };
                (parameters.assets(), parameters.columns(), &[][..], named)
            }
        };
        check_list("market.assets", assets, &spec.assets, named.assets)?;
        check_list("market.columns", &columns, &spec.state.columns, named.columns)?;
        check_list(
            "market.asset_columns",
            asset_columns,
            &spec.state.asset_columns,
            named.asset_columns,
        )
    }
}

/// Makes a second handle on a market. Both share the prices in memory; each is freed by itself, and in either order.
///
/// \param market  the market
/// \param clone   gets the new handle, which is the caller's to free with ppo_market_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_clone(
    market: *const ppo_market,
    clone: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_clone, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let clone = Output::new(call, clone, "clone")?;
        clone.write(handle::create::<ppo_market>(market.clone()));
        Ok(PPO_OK)
    })
}

/// Makes a market of the same prices in which decisions are taken within a range of bars alone: training up to a date
/// and testing after it, say. The bars before the range stay visible as the past. What is fitted to the new market
/// (ppo_market_fit_gbm) sees the range and nothing else.
///
/// \param market     prices; its own range does not matter
/// \param first_bar  the first bar at which a decision may be taken, from 0
/// \param last_bar   the bar at whose close the last return ends; above `first_bar` and below the number of bars
/// \param selected   gets the new market, which shares the prices in memory and is the caller's to free with
///                   ppo_market_free
///
/// PPO_ERR_INVALID_ARGUMENT for a range beyond the bars or of fewer than 2, and for a simulation without end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_select(
    market: *const ppo_market,
    first_bar: usize,
    last_bar: usize,
    selected: *mut *mut ppo_market,
) -> ppo_status {
    boundary!(ppo_market_select, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let selected = Output::new(call, selected, "selected")?;
        let value = market.select(first_bar, last_bar)?;
        selected.write(handle::create(value));
        Ok(PPO_OK)
    })
}

/// Frees a market. NULL is fine. A market that was freed before is left alone, and said so in the log and by
/// ppo_last_error. Trainers and environments made from it keep what they need.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_free(market: *mut ppo_market) {
    boundary!(ppo_market_free, [], |_| {
        handle::free(market)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a market, made by any thread, as ppo_last_error does.
///
/// \param market    the market; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_market_last_error(
    market: *const ppo_market,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_market_last_error, [], |call| {
        handle::copy_message(call, market, "market", buffer, capacity, needed)
    })
}

/// An error about the prices of a market, or the bars of a test in it, as one about the market.
fn of_market(error: Error) -> Error {
    error.called(&[("price table", "market"), ("test period", "market")])
}

fn no_prices() -> Failure {
    let found = "a simulation without end";
    Failure::invalid("market", found, "prices (ppo_market_simulate_prices draws some)")
}

fn check_list(input: &str, found: &[String], expected: &[String], named: bool) -> Outcome<()> {
    if found.len() == expected.len() && (!named || found == expected) {
        return Ok(());
    }
    let list = |names: &[String]| format!("{} ({})", names.len(), names.join(", "));
    Err(Error::invalid(input, list(found), list(expected)).into())
}
