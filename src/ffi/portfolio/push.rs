//! Bars that just ended.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::versioned;
use crate::ffi::portfolio::bar::{for_policy, ppo_bar};
use crate::ffi::portfolio::{exclusive, in_bar, ppo_portfolio};
use crate::ffi::status::{PPO_OK, ppo_status};

/// Takes in a bar that just ended, as closes. The portfolio earns it, then it is history. The first closes ever, and
/// the first after ppo_portfolio_push_returns, are only what later ones are compared with. A bar given twice counts twice:
/// its time is not looked at here (ppo_book_decide does).
///
/// \param portfolio  the portfolio; as it was where the call fails
/// \param bar        the bar that just ended; of it the closes, the return of cash, both kinds of columns, the prior
///                   and the ends are looked at
/// \param taken      gets 1 where there was a close before, so that the bar was taken in, else 0; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_push_prices(
    portfolio: *mut ppo_portfolio,
    bar: *const ppo_bar,
    taken: *mut u32,
) -> ppo_status {
    boundary!(ppo_portfolio_push_prices, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let spec = portfolio.policy().spec();
        let bar = versioned::read_required(call, bar, "bar")?;
        let closes = slice::input(call, bar.closes, bar.closes_len, spec.state.assets, "bar.closes")?;
        let shown = for_policy(call, &bar, spec)?;
        let taken = Output::optional(call, taken, "taken")?;
        let was_taken = portfolio
            .push_prices(closes, bar.cash_return, shown)
            .map_err(in_bar)?;
        if let Some(taken) = taken {
            taken.write(u32::from(was_taken));
        }
        Ok(PPO_OK)
    })
}

/// Takes in a bar that just ended, as returns, of assets that are all there: returns of NaN are refused, and ends not
/// looked at. The portfolio earns it, then it is history.
///
/// \param portfolio    the portfolio
/// \param returns      simple return of each asset over the bar, at least -1: [returns_len]
/// \param returns_len  N
/// \param bar          the bar, of which the return of cash, both kinds of columns and the prior are looked at; NULL for
///                     none of them
///
/// Allocates nothing. Errors as ppo_portfolio_push_prices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_push_returns(
    portfolio: *mut ppo_portfolio,
    returns: *const f64,
    returns_len: usize,
    bar: *const ppo_bar,
) -> ppo_status {
    boundary!(ppo_portfolio_push_returns, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let spec = portfolio.policy().spec();
        let returns = slice::input(call, returns, returns_len, spec.state.assets, "returns")?;
        let bar = versioned::read(call, bar, "bar")?;
        let shown = for_policy(call, &bar, spec)?;
        portfolio
            .push_returns(returns, bar.cash_return, shown)
            .map_err(in_bar)?;
        Ok(PPO_OK)
    })
}
