//! How a portfolio stands.

use crate::env::account::Account;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::slice;
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::portfolio::{exclusive, ppo_portfolio};
use crate::ffi::status::{PPO_OK, ppo_status};

/// How a portfolio stands at a close, before what is traded at it. Fill it with ppo_account_init before its first use.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_account {
    /// Size of the caller's struct in bytes: `sizeof(ppo_account)`. ppo_account_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Money: assets and cash together.
    pub value: f64,
    /// Weight of cash.
    pub cash: f64,
    /// 1 - value/peak, in [0, 1].
    pub drawdown: f64,
    /// Standard deviation (ddof 0) of the last 20 net returns of the portfolio, per bar; 0 below two.
    pub volatility: f64,
}

versioned!(
    ppo_account,
    [40],
    ppo_account {
        struct_size: 40,
        reserved: 0,
        value: 0.0,
        cash: 0.0,
        drawdown: 0.0,
        volatility: 0.0,
    }
);

/// Prepares a struct for ppo_portfolio_account.
///
/// \param account  the struct to fill
/// \param size     `sizeof(ppo_account)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_account_init(account: *mut ppo_account, size: usize) -> ppo_status {
    boundary!(ppo_account_init, [], |call| {
        versioned::init(call, account, size, "account")?;
        Ok(PPO_OK)
    })
}

/// Copies out how the portfolio stands at this close, before what is traded at it.
///
/// \param portfolio    the portfolio
/// \param account      gets the numbers; its `struct_size` has to be set (ppo_account_init does)
/// \param weights_out  gets the weights that are held, assets and then cash: [weights_len]; may be NULL; not inside
///                     `account`
/// \param weights_len  N + 1, or 0 with NULL
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_account(
    portfolio: *mut ppo_portfolio,
    account: *mut ppo_account,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_portfolio_account, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        write_account(call, portfolio.account(), account, weights_out, weights_len)?;
        Ok(PPO_OK)
    })
}

/// Writes how an account stands.
pub(in crate::ffi) fn write_account(
    call: Call<'_>,
    held: &Account,
    account: *mut ppo_account,
    weights_out: *mut f64,
    weights_len: usize,
) -> Outcome<()> {
    let out = OutputStruct::new(call, account, "account")?;
    let view = held.view();
    let assets = view.weights.len();
    let place = slice::Span::new(account, 1, "account");
    let (len, expected) = (weights_len, assets + 1);
    let weights = slice::optional_output(call, weights_out, len, expected, "weights_out", &[place])?;
    if let Some(weights) = weights {
        weights[..assets].copy_from_slice(view.weights);
        weights[assets] = view.cash;
    }
    let numbers = ppo_account {
        value: held.value(),
        cash: view.cash,
        drawdown: view.drawdown,
        volatility: view.volatility,
        ..<ppo_account as versioned::Versioned>::defaults()
    };
    out.write(&numbers);
    Ok(())
}
