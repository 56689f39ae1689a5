//! Target weights, what was traded instead, leverage, Kelly sizes.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::portfolio::{exclusive, ppo_portfolio};
use crate::ffi::status::{PPO_ERR_NOT_READY, PPO_OK, ppo_status};
use crate::portfolio::Portfolio;

/// Whether enough bars were taken in for a decision.
///
/// \param portfolio  the portfolio
/// \param ready      gets 1 where ppo_portfolio_rebalance can decide, else 0
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_ready(portfolio: *mut ppo_portfolio, ready: *mut u32) -> ppo_status {
    boundary!(ppo_portfolio_ready, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let ready = Output::new(call, ready, "ready")?;
        ready.write(u32::from(portfolio.ready()));
        Ok(PPO_OK)
    })
}

/// Number of bars that have to be taken in before the first decision; as prices that is one close more.
///
/// \param portfolio  the portfolio
/// \param bars       gets the number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_warm_up_bars(
    portfolio: *mut ppo_portfolio,
    bars: *mut usize,
) -> ppo_status {
    boundary!(ppo_portfolio_warm_up_bars, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let bars = Output::new(call, bars, "bars")?;
        bars.write(portfolio.warm_up_bars());
        Ok(PPO_OK)
    })
}

/// Decides at this close. The target is taken to be traded at it, unless turnover to it stays below the policy's trade
/// band. Asking again at the same close gives the same answer.
///
/// \param portfolio    the portfolio
/// \param weights_out  gets the policy's target weights, summing to 1, within the spec's cap, floor and gross exposure, at
///                     least 0 but for what the policy may sell short or borrow: assets, then cash where the policy
///                     may hold it: [weights_len]
/// \param weights_len  ppo_agent_action_len: A
///
/// Allocates nothing. PPO_ERR_NOT_READY before ppo_portfolio_warm_up_bars
/// bars; PPO_ERR_NOT_FINITE (scores of the policy).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_rebalance(
    portfolio: *mut ppo_portfolio,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_portfolio_rebalance, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let len = portfolio.policy().spec().action_len();
        let out = slice::output(call, weights_out, weights_len, len, "weights_out", &[])?;
        if !portfolio.ready() {
            let expected = format!("{} bars before a decision", portfolio.warm_up_bars());
            return Err(not_ready("with less history", expected));
        }
        out.copy_from_slice(portfolio.rebalance()?);
        Ok(PPO_OK)
    })
}

/// Says what was really traded to at this close, in place of the last target.
///
/// \param portfolio    the portfolio
/// \param weights      weights after the trade, assets and then cash, summing to 1 (within 1e-6), at least 0 but for what
///                     the policy may sell short or borrow; cash may always be down to -0.01, an overdraft of fees:
///                     [weights_len]
/// \param weights_len  N + 1
/// \param cost         what the trade cost, as a fraction of the value before it: 0, or above 0 and below what was
///                     traded; within 1e-9 of 0 it is rounding and needs no trade
///
/// An overdraft is carried as it is, at the bar's cash return, until the next trade.
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_record_trade(
    portfolio: *mut ppo_portfolio,
    weights: *const f64,
    weights_len: usize,
    cost: f64,
) -> ppo_status {
    boundary!(ppo_portfolio_record_trade, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let weights = position(call, &portfolio, weights, weights_len)?;
        portfolio.record_trade(weights, cost)?;
        Ok(PPO_OK)
    })
}

/// Says what is held at this close and what it is worth, where the books differ from the portfolio's account: at the
/// start, or after a payment. Nothing counts as traded at this close any more. Drawdown and remembered returns stay.
///
/// \param portfolio    the portfolio
/// \param weights      what is held, assets and then cash, as for ppo_portfolio_record_trade: [weights_len]
/// \param weights_len  N + 1
/// \param equity       money, above 0 and at most 1e90
///
/// Allocates nothing. Errors as ppo_portfolio_record_trade.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_set_position(
    portfolio: *mut ppo_portfolio,
    weights: *const f64,
    weights_len: usize,
    equity: f64,
) -> ppo_status {
    boundary!(ppo_portfolio_set_position, [portfolio], |call| {
        let mut portfolio = exclusive(call, portfolio)?;
        let weights = position(call, &portfolio, weights, weights_len)?;
        portfolio.set_position(weights, equity)?;
        Ok(PPO_OK)
    })
}

/// Factor that target weights may be multiplied by, from the volatility that they would have had, the account's
/// drawdown and a trend (docs/risk.md). The weights are those of the last decision at this close or of the trade
/// recorded at it, else those held.
///
/// \param portfolio  the portfolio
/// \param trend      annual drift of the portfolio; NaN where none is known
/// \param leverage   gets the factor, 0 to the configured maximum
///
/// PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where nothing but cash is held; PPO_ERR_NOT_FINITE (an
/// infinite trend).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_leverage(
    portfolio: *mut ppo_portfolio,
    trend: f64,
    leverage: *mut f64,
) -> ppo_status {
    boundary!(ppo_portfolio_leverage, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let leverage = Output::new(call, leverage, "leverage")?;
        check_remembered(&portfolio)?;
        let factor = portfolio
            .leverage((!trend.is_nan()).then_some(trend))
            .map_err(|error| error.called(&[("volatility", "portfolio: forecast volatility")]))?;
        leverage.write(factor);
        Ok(PPO_OK)
    })
}

/// Kelly weights of the assets from the remembered returns (docs/risk.md); cash is the rest.
///
/// \param portfolio    the portfolio
/// \param weights_out  gets the weights: [weights_len]
/// \param weights_len  N
///
/// PPO_ERR_NOT_READY below 20 bars; PPO_ERR_INVALID_ARGUMENT where the returns of an asset do not vary.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_kelly(
    portfolio: *mut ppo_portfolio,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_portfolio_kelly, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let assets = portfolio.account().weights().len();
        let out = slice::output(call, weights_out, weights_len, assets, "weights_out", &[])?;
        check_remembered(&portfolio)?;
        out.copy_from_slice(&portfolio.kelly()?);
        Ok(PPO_OK)
    })
}

/// Copies out what the last decision was taken on; zeros before the first.
///
/// \param portfolio  the portfolio
/// \param state_out  gets the state, not normalised (ppo_agent_state_len has its layout): [state_len]
/// \param state_len  S
/// \param prior_out  gets the prior's weights, 1/A each without a prior: [prior_len]; may be NULL
/// \param prior_len  A, or 0 with NULL
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT (memory that is shared).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_seen(
    portfolio: *mut ppo_portfolio,
    state_out: *mut f32,
    state_len: usize,
    prior_out: *mut f64,
    prior_len: usize,
) -> ppo_status {
    boundary!(ppo_portfolio_seen, [portfolio], |call| {
        let portfolio = exclusive(call, portfolio)?;
        let (state, prior) = portfolio.seen();
        let to_state = slice::output(call, state_out, state_len, state.len(), "state_out", &[])?;
        if !(prior_out.is_null() && prior_len == 0) {
            let place = Span::new(state_out, state_len, "state_out");
            let out = slice::output(call, prior_out, prior_len, prior.len(), "prior_out", &[place])?;
            out.copy_from_slice(prior);
        }
        to_state.copy_from_slice(state);
        Ok(PPO_OK)
    })
}

/// Weights of assets and cash that the host reports.
fn position<'a>(
    call: Call<'a>,
    portfolio: &Portfolio,
    weights: *const f64,
    weights_len: usize,
) -> Outcome<&'a [f64]> {
    let expected = portfolio.account().weights().len() + 1;
    slice::input(call, weights, weights_len, expected, "weights")
}

/// Refuses an estimate from too few returns.
fn check_remembered(portfolio: &Portfolio) -> Outcome<()> {
    let (bars, fewest) = (portfolio.remembered_bars(), Portfolio::FEWEST_BARS);
    if bars < fewest {
        let expected = format!("at least {fewest} to estimate from");
        return Err(not_ready(&format!("with {bars} bars remembered"), expected));
    }
    Ok(())
}

fn not_ready(found: &str, expected: String) -> Failure {
    Failure::new(PPO_ERR_NOT_READY, "portfolio", found, expected)
}
