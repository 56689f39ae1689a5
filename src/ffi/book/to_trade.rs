//! What to send to a broker for what a book has decided.

use super::{exclusive, ppo_book};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::portfolio::OrderTerms;

/// What has to be traded at this close for what ppo_book_decide decided, given what is really held: at most one order an
/// asset, sales first, then purchases, each in the order of the assets. To be asked before ppo_book_record_trade says
/// what came of them. The book stays as it is.
///
/// An order goes from the units held to the weight that counts as traded (ppo_book_traded), of what is held in all less
/// the decision's cost. It is cut to whole lots, but for a position that is closed, and left out where it is below a
/// minimum. None is made for an asset that is halted, at its end or absent. Purchases cost, with the portfolio's `cost_rate`,
/// no more than the cash that is there after the sales; what they would cost beyond it is taken from all of them alike. A
/// decision to borrow is followed as far as it goes.
///
/// \param book           the book
/// \param units          units held, below 0 what is sold short where the policy may: [units_len]
/// \param units_len      N
/// \param cash           money held, below 0 what is owed
/// \param lots           units that can be traded at a time, 0 or more, 0 for any number: [lots_len]; may be NULL
/// \param lots_len       N, or 0 with NULL for any number of each
/// \param min_units      fewest units of an order, 0 or more: [min_units_len]; may be NULL
/// \param min_units_len  N, or 0 with NULL for no such minimum
/// \param min_value      least money that an order is worth at the close, 0 or more: below it it is not worth trading
/// \param order_assets   gets the asset of each order, from 0: [order_assets_len]; what is behind the orders stays as it is
/// \param order_assets_len  N
/// \param order_units    gets the units to buy, below 0 to sell, likewise: [order_units_len]
/// \param order_units_len  N
/// \param orders         gets the number of orders
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT where nothing was decided at this close and where everything held is worth
/// nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_orders(
    book: *mut ppo_book,
    units: *const f64,
    units_len: usize,
    cash: f64,
    lots: *const f64,
    lots_len: usize,
    min_units: *const f64,
    min_units_len: usize,
    min_value: f64,
    order_assets: *mut u32,
    order_assets_len: usize,
    order_units: *mut f64,
    order_units_len: usize,
    orders: *mut usize,
) -> ppo_status {
    boundary!(ppo_book_orders, [book], |call| {
        let book = exclusive(call, book)?;
        let assets = book.target().len();
        let spans @ [held, lot, least] = [
            Span::new(units, units_len, "units"),
            Span::new(lots, lots_len, "lots"),
            Span::new(min_units, min_units_len, "min_units"),
        ];
        let first = Span::new(order_assets, order_assets_len, "order_assets");
        let terms = OrderTerms {
            units: slice::input(call, units, units_len, assets, "units")?,
            cash,
            lots: slice::optional_input(call, lots, lots_len, assets, "lots")?.unwrap_or(&[]),
            min_units: slice::optional_input(call, min_units, min_units_len, assets, "min_units")?
                .unwrap_or(&[]),
            min_value,
        };
        let (len, name) = (order_assets_len, "order_assets");
        let order_assets = slice::output(call, order_assets, len, assets, name, &spans)?;
        let (len, name, others) = (order_units_len, "order_units", [held, lot, least, first]);
        let order_units = slice::output(call, order_units, len, assets, name, &others)?;
        let orders = Output::new(call, orders, "orders")?;
        let mut count = 0;
        book.orders(&terms, |order| {
            (order_assets[count], order_units[count]) = (order.asset as u32, order.units);
            count += 1;
        })?;
        orders.write(count);
        Ok(PPO_OK)
    })
}
