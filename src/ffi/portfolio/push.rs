//! Bars that just ended.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::portfolio::{exclusive, in_bar, ppo_portfolio};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::prior::Prior;
use crate::policy::spec::PolicySpec;

/// Takes in a bar that just ended, as closes. The portfolio earns it, then it is history. The first closes ever, and
/// the first after ppo_portfolio_push_returns, are only what later ones are compared with. A bar given twice counts twice:
/// bars have no time here (risk_market.time of ppo_managed_decide does).
///
/// \param portfolio    the portfolio
/// \param closes       close of each asset, above 0, in the order of the agent's assets: [closes_len]
/// \param closes_len   N
/// \param cash_return  simple return of cash over the bar, at least -1; earned from the first decision, or
///                     ppo_portfolio_set_position, on: the portfolio is not followed before
/// \param columns      the policy's columns, known at this close: [columns_len]; NULL where it has none
/// \param columns_len  K, or 0 with NULL
/// \param prior        weights of a supplied prior for the decision at this close, assets and then cash: [prior_len];
///                     NULL where the policy's prior is not `supplied`
/// \param prior_len    N + 1, or 0 with NULL
/// \param taken        gets 1 where there was a close before, so that the bar was taken in, else 0; may be NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_push_prices(
    portfolio: *mut ppo_portfolio,
    closes: *const f64,
    closes_len: usize,
    cash_return: f64,
    columns: *const f64,
    columns_len: usize,
    prior: *const f64,
    prior_len: usize,
    taken: *mut u32,
) -> ppo_status {
    boundary!(ppo_portfolio_push_prices, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let spec = portfolio.policy().spec();
        let closes = slice::input(call, closes, closes_len, spec.state.assets, "closes")?;
        let (columns, prior) = beside(call, spec, (columns, columns_len), (prior, prior_len))?;
        let taken = Output::optional(call, taken, "taken")?;
        let was_taken = portfolio
            .push_prices(closes, cash_return, columns, prior)
            .map_err(in_bar)?;
        if let Some(taken) = taken {
            taken.write(u32::from(was_taken));
        }
        Ok(PPO_OK)
    })
}

/// Takes in a bar that just ended, as returns. The portfolio earns it, then it is history.
///
/// \param portfolio    the portfolio
/// \param returns      simple return of each asset over the bar, at least -1: [returns_len]
/// \param returns_len  N
/// \param cash_return  as for ppo_portfolio_push_prices
/// \param columns      as for ppo_portfolio_push_prices: [columns_len]
/// \param columns_len  K, or 0 with NULL
/// \param prior        as for ppo_portfolio_push_prices: [prior_len]
/// \param prior_len    N + 1, or 0 with NULL
///
/// Allocates nothing. Errors as ppo_portfolio_push_prices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_push_returns(
    portfolio: *mut ppo_portfolio,
    returns: *const f64,
    returns_len: usize,
    cash_return: f64,
    columns: *const f64,
    columns_len: usize,
    prior: *const f64,
    prior_len: usize,
) -> ppo_status {
    boundary!(ppo_portfolio_push_returns, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let spec = portfolio.policy().spec();
        let returns = slice::input(call, returns, returns_len, spec.state.assets, "returns")?;
        let (columns, prior) = beside(call, spec, (columns, columns_len), (prior, prior_len))?;
        portfolio
            .push_returns(returns, cash_return, columns, prior)
            .map_err(in_bar)?;
        Ok(PPO_OK)
    })
}

/// The policy's columns and the weights of its supplied prior.
pub(in crate::ffi) fn beside<'a>(
    call: Call<'a>,
    spec: &PolicySpec,
    (columns, columns_len): (*const f64, usize),
    (prior, prior_len): (*const f64, usize),
) -> Outcome<(&'a [f64], &'a [f64])> {
    let weights = match spec.action.prior {
        Prior::Supplied => spec.state.assets + 1,
        _ => 0,
    };
    let columns = possibly_none(call, columns, columns_len, spec.state.columns.len(), "columns")?;
    Ok((columns, possibly_none(call, prior, prior_len, weights, "prior")?))
}

/// An array that may be NULL where nothing is expected.
fn possibly_none<'a>(
    call: Call<'a>,
    pointer: *const f64,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<&'a [f64]> {
    if pointer.is_null() && len == 0 && expected == 0 {
        return Ok(&[]);
    }
    slice::input(call, pointer, len, expected, name)
}
