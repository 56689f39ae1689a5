//! What a book holds and has traded, and what its host says it does.

use super::{exclusive, ppo_book};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::flag::flag;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::portfolio::account::{ppo_account, write_account};
use crate::ffi::status::{PPO_OK, ppo_status};

/// Copies out how the portfolio stands at this close, before what is traded at it: as ppo_portfolio_account.
///
/// \param book         the book
/// \param account      gets the numbers; its `struct_size` has to be set (ppo_account_init does)
/// \param weights_out  gets the weights that are held, assets and then cash: [weights_len]; may be NULL; not inside
///                     `account`
/// \param weights_len  N + 1, or 0 with NULL
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_account(
    book: *mut ppo_book,
    account: *mut ppo_account,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_book_account, [book], |call| {
        let book = exclusive(call, book)?;
        write_account(
            call,
            book.portfolio().account(),
            account,
            weights_out,
            weights_len,
        )?;
        Ok(PPO_OK)
    })
}

/// Copies out what was traded to at the last close that was decided on.
///
/// \param book         the book
/// \param weights_out  gets the weights after the trade, assets and then cash: [weights_len]; zeros before the first
///                     decision
/// \param weights_len  N + 1
/// \param turnover     gets the one-way turnover of the trade; may be NULL
/// \param cost         gets its cost as a fraction of the value before it; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_traded(
    book: *mut ppo_book,
    weights_out: *mut f64,
    weights_len: usize,
    turnover: *mut f64,
    cost: *mut f64,
) -> ppo_status {
    boundary!(ppo_book_traded, [book], |call| {
        let book = exclusive(call, book)?;
        let traded = book.traded();
        let out = slice::output(call, weights_out, weights_len, traded.len(), "weights_out", &[])?;
        let numbers = [
            (Output::optional(call, turnover, "turnover")?, book.turnover()),
            (Output::optional(call, cost, "cost")?, book.cost()),
        ];
        out.copy_from_slice(traded);
        for (output, number) in numbers {
            if let Some(output) = output {
                output.write(number);
            }
        }
        Ok(PPO_OK)
    })
}

/// Says what was really traded to at this close, in place of the decision: as ppo_portfolio_record_trade.
///
/// \param book         the book; as it was where the call fails
/// \param weights      weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
///                     the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees:
///                     [weights_len]
/// \param weights_len  N + 1
/// \param cost         what the trade cost, as a fraction of the value before it: at least 0, below what was traded;
///                     within 1e-9 of 0 it is rounding and needs no trade
///
/// An overdraft is carried as it is, at the bar's cash return, and the next decision repairs it.
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_record_trade(
    book: *mut ppo_book,
    weights: *const f64,
    weights_len: usize,
    cost: f64,
) -> ppo_status {
    boundary!(ppo_book_record_trade, [book], |call| {
        let mut book = exclusive(call, book)?;
        let expected = book.traded().len();
        let weights = slice::input(call, weights, weights_len, expected, "weights")?;
        book.record_trade(weights, cost)?;
        Ok(PPO_OK)
    })
}

/// Says what is held at this close and what it is worth: as ppo_portfolio_set_position.
///
/// \param book         the book; as it was where the call fails
/// \param weights      weights held, assets and then cash, as for ppo_book_record_trade: [weights_len]
/// \param weights_len  N + 1
/// \param equity       money, above 0 and at most 1e90
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_set_position(
    book: *mut ppo_book,
    weights: *const f64,
    weights_len: usize,
    equity: f64,
) -> ppo_status {
    boundary!(ppo_book_set_position, [book], |call| {
        let mut book = exclusive(call, book)?;
        let expected = book.traded().len();
        let weights = slice::input(call, weights, weights_len, expected, "weights")?;
        book.set_position(weights, equity)?;
        Ok(PPO_OK)
    })
}

/// Money paid in at the close that the book stands at, or paid out: into or out of cash, and every weight becomes one of the
/// new value. Drawdown, remembered returns and, in money, what was traded at this close stay as they are.
///
/// \param book    the book; as it was where the call fails
/// \param amount  money paid in, or below 0 paid out: no more than the cash that there is, before and after what was traded
///                at this close, and less than everything. Where the policy may be short or levered no cash is needed, but
///                what is left has to be at least `maintenance` of the gross exposure
///
/// Allocates nothing. PPO_ERR_NOT_FINITE for NaN and infinities, PPO_ERR_INVALID_ARGUMENT for what cannot be paid out and
/// for a value beyond 1e90.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_deposit(book: *mut ppo_book, amount: f64) -> ppo_status {
    boundary!(ppo_book_deposit, [book], |call| {
        let mut book = exclusive(call, book)?;
        book.deposit(amount)?;
        Ok(PPO_OK)
    })
}

/// Ends the states HALTED and REDUCING that drawdown led to: from now on it is measured from what the portfolio is worth
/// now. The kill switch stays as it is.
///
/// \param book  the book
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_reset(book: *mut ppo_book) -> ppo_status {
    boundary!(ppo_book_reset, [book], |call| {
        exclusive(call, book)?.reset();
        Ok(PPO_OK)
    })
}

/// Allows no trade of an asset from the next decision on, or allows it again: what is held of it stays, whatever the
/// policy, limits, stops and the kill switch say, and the others share the rest. The decision says so
/// (RISK_REASON_ASSET_PINNED), ppo_book_orders has no order for it, and the book's saved state keeps it.
///
/// \param book    the book
/// \param asset   which, from 0
/// \param pinned  1 where it is not traded, 0 where it may be again
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets and for another `pinned`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_pin(book: *mut ppo_book, asset: usize, pinned: u32) -> ppo_status {
    boundary!(ppo_book_pin, [book], |call| {
        let mut book = exclusive(call, book)?;
        let pinned = flag("pinned", pinned)?;
        book.pin(asset, pinned)?;
        Ok(PPO_OK)
    })
}

/// Lets a stopped asset be held again.
///
/// \param book   the book
/// \param asset  which, from 0
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_reset_stop(book: *mut ppo_book, asset: usize) -> ppo_status {
    boundary!(ppo_book_reset_stop, [book], |call| {
        let mut book = exclusive(call, book)?;
        book.reset_stop(asset)?;
        Ok(PPO_OK)
    })
}
