//! One bar of a managed portfolio.

use super::{exclusive, ppo_managed};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::slice::{Output, Span};
use crate::ffi::portfolio::in_bar;
use crate::ffi::portfolio::push::beside;
use crate::ffi::risk::decision::{risk_decision, risk_market};
use crate::ffi::risk::manage::{Places, read_market};
use crate::ffi::status::{PPO_ERR_NOT_READY, PPO_OK, ppo_status};
use crate::portfolio::ClosedBar;

/// Whether the next bar is one that can be decided on. Until then bars go to ppo_managed_observe. Always 1 under
/// ppo_managed_halt and ppo_managed_flatten.
///
/// \param managed  the portfolio
/// \param ready    gets 1 or 0
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_managed_ready(managed: *mut ppo_managed, ready: *mut u32) -> ppo_status {
    boundary!(ppo_managed_ready, [managed], |call| {
        let managed = exclusive(call, managed)?;
        let ready = Output::new(call, ready, "ready")?;
        ready.write(u32::from(managed.ready()));
        Ok(PPO_OK)
    })
}

/// Takes in a bar on which nothing is decided.
///
/// \param managed      the portfolio; as it was where the call fails
/// \param market       the bar that just ended, as for risk_manage
/// \param cash_return  simple return of cash over the bar, finite and at least -1; earned from the first decision, or
///                     ppo_managed_set_position, on: the portfolio is not followed before
/// \param columns      the policy's columns, known at the close: [columns_len]; NULL where it has none
/// \param columns_len  K, or 0 with NULL
/// \param prior        weights of a supplied prior, assets and then cash: [prior_len]; NULL where the prior is another
/// \param prior_len    N + 1, or 0 with NULL
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_managed_observe(
    managed: *mut ppo_managed,
    market: *const risk_market,
    cash_return: f64,
    columns: *const f64,
    columns_len: usize,
    prior: *const f64,
    prior_len: usize,
) -> ppo_status {
    boundary!(ppo_managed_observe, [managed], |call| {
        let mut managed = exclusive(call, managed)?;
        let bar = read_market(call, market, managed.risk())?;
        let spec = managed.manager().policy().spec();
        let (columns, prior) = beside(call, spec, (columns, columns_len), (prior, prior_len))?;
        managed
            .observe(&ClosedBar {
                market: bar.state,
                cash_return,
                columns,
                prior,
            })
            .map_err(in_bar)?;
        Ok(PPO_OK)
    })
}

/// The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the risk
/// manager. What the decision leaves counts as traded at this close.
///
/// \param managed      the portfolio; as it was where the call fails
/// \param market       the bar that just ended, as for risk_manage; a volatility or trend in it is of the target
/// \param cash_return  simple return of cash over the bar, finite and at least -1; earned from the first decision, or
///                     ppo_managed_set_position, on: the portfolio is not followed before
/// \param columns      the policy's columns, known at the close: [columns_len]; NULL where it has none
/// \param columns_len  K, or 0 with NULL
/// \param prior        weights of a supplied prior, assets and then cash: [prior_len]; NULL where the prior is another
/// \param prior_len    N + 1, or 0 with NULL
/// \param decision     gets the decision, in arrays of its own, as of risk_manage
///
/// Allocates nothing and never waits. PPO_ERR_NOT_READY where more bars have to be seen first (ppo_managed_ready).
/// Should the network's scores overflow, it is PPO_ERR_NOT_FINITE, naming them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_managed_decide(
    managed: *mut ppo_managed,
    market: *const risk_market,
    cash_return: f64,
    columns: *const f64,
    columns_len: usize,
    prior: *const f64,
    prior_len: usize,
    decision: *mut risk_decision,
) -> ppo_status {
    boundary!(ppo_managed_decide, [managed], |call| {
        let mut managed = exclusive(call, managed)?;
        let bar = read_market(call, market, managed.risk())?;
        let spec = managed.manager().policy().spec();
        let beside_it = [
            Span::new(columns, columns_len, "columns"),
            Span::new(prior, prior_len, "prior"),
        ];
        let (columns, prior) = beside(call, spec, (columns, columns_len), (prior, prior_len))?;
        let places = Places::new(call, decision, spec.state.assets, bar.spans, beside_it)?;
        if !managed.ready() {
            let bars = managed.manager().warm_up_bars();
            let expected = format_args!("{bars} returns seen before a decision");
            let found = "not shown enough bars yet";
            return Err(Failure::new(PPO_ERR_NOT_READY, "managed", found, expected));
        }
        let decided = managed
            .decide(&ClosedBar {
                market: bar.state,
                cash_return,
                columns,
                prior,
            })
            .map_err(in_bar)?;
        places.write(decided);
        Ok(PPO_OK)
    })
}
