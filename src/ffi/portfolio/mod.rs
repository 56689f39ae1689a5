//! A policy with one portfolio: prices in, target weights out, what was traded remembered.

pub mod account;
pub mod bar;
pub mod decide;
pub(in crate::ffi) mod orders;
pub mod push;
pub mod state;

use crate::error::Error;
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle::{self, Exclusive, Kind, Split};
use crate::ffi::border::slice::Output;
use crate::ffi::border::{json, text};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::portfolio::{Portfolio, PortfolioConfig};
use orders::NextPolicy;
use std::ffi::c_char;

/// A policy at work on one portfolio. At every close: ppo_portfolio_push_prices, then, when a decision is due,
/// ppo_portfolio_rebalance. The target is taken to be traded at that same close, at the configured cost and under the
/// policy's trade band; ppo_portfolio_record_trade says what was traded instead. Until the next decision weights drift.
/// States, priors and weights are bit for bit those that the policy was trained on.
pub struct ppo_portfolio {
    _private: [u8; 0],
}

impl Kind for ppo_portfolio {
    type Value = Split<Portfolio, NextPolicy>;
    const MAGIC: [u8; 8] = *b"pporport";
    const NAME: &'static str = "portfolio";
}

/// Makes a portfolio that has seen nothing, all in cash. It decides with the policy that the agent has now, which it
/// shares with the agent and with other portfolios in memory; what the agent learns later reaches it by
/// ppo_portfolio_set_agent alone. The agent may be freed.
///
/// \param agent        the agent
/// \param config_json  an object with any of `balance` (money at the start, above 0; default 100000), `cost_rate`,
///                     `minimum_fee`, `impact`, `impact_exponent`, `lot`, `borrow_rate`, `margin_rate` and `maintenance`
///                     (as in ppo_config), `history` (returns remembered for leverage and Kelly, 20 to 100000; default 252), `half_life` (of the volatility forecast, in bars, above
///                     0; default 20), `leverage` and `kelly` (docs/risk.md); NULL for the defaults
/// \param portfolio    gets the portfolio, which is the caller's to free with ppo_portfolio_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_new(
    agent: *const ppo_agent,
    config_json: *const c_char,
    portfolio: *mut *mut ppo_portfolio,
) -> ppo_status {
    boundary!(ppo_portfolio_new, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let portfolio = Output::new(call, portfolio, "portfolio")?;
        let config = read_config(call, config_json)?;
        let manager = Portfolio::new(agent.snapshot(), config).map_err(in_config)?;
        portfolio.write(create(manager));
        Ok(PPO_OK)
    })
}

/// Decides with the policy that an agent has now, from the next call on the portfolio on; account, history and what was
/// decided stay. Of several that are set between two calls the last counts.
///
/// \param portfolio  the portfolio
/// \param agent      the agent: of the spec of the one that the portfolio was made with
///
/// Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no
/// call is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before.
/// PPO_ERR_INVALID_ARGUMENT for another spec.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_set_agent(
    portfolio: *mut ppo_portfolio,
    agent: *const ppo_agent,
) -> ppo_status {
    boundary!(ppo_portfolio_set_agent, [portfolio, agent], |call| {
        let portfolio = handle::shared(call, portfolio, "portfolio")?;
        let agent = handle::shared(call, agent, "agent")?;
        portfolio.open().ask(agent.snapshot())?;
        Ok(PPO_OK)
    })
}

/// Frees a portfolio. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_free(portfolio: *mut ppo_portfolio) {
    boundary!(ppo_portfolio_free, [], |_| {
        handle::free(portfolio)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a portfolio, made by any thread, as ppo_last_error does.
///
/// \param portfolio  the portfolio; a poisoned one is fine
/// \param buffer     room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity   bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed     gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_portfolio_last_error(
    portfolio: *const ppo_portfolio,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_portfolio_last_error, [], |call| {
        handle::copy_message(call, portfolio, "portfolio", buffer, capacity, needed)
    })
}

/// A handle of a portfolio.
fn create(manager: Portfolio) -> *mut ppo_portfolio {
    let next = NextPolicy::new(manager.policy().spec().clone());
    handle::create(Split::new(manager, next))
}

/// A portfolio to itself, with what other threads have asked of it taken up.
fn exclusive<'a>(call: Call<'a>, portfolio: *mut ppo_portfolio) -> Outcome<Exclusive<'a, Portfolio>> {
    let (mut manager, next) = handle::exclusive_part(call, portfolio, "portfolio")?;
    next.take_up(|policy| manager.replace_policy(policy))?;
    Ok(manager)
}

/// An error about settings that came as `config_json`.
pub(in crate::ffi) fn in_config(error: Error) -> Error {
    error.called(&[("env.", "")]).within("config_json: ")
}

/// An error about a bar, whose closes the portfolio calls by themselves.
pub(in crate::ffi) fn in_bar(error: Error) -> Error {
    error.called(&[
        ("closes", "bar.closes"),
        ("ends", "bar.ends"),
        ("bar.returns", "returns"),
    ])
}

/// A portfolio's settings; NULL for the defaults.
pub(in crate::ffi) fn read_config(call: Call<'_>, config_json: *const c_char) -> Outcome<PortfolioConfig> {
    if config_json.is_null() {
        return Ok(PortfolioConfig::default());
    }
    let text = text::input(call, config_json, "config_json")?;
    json::parse(text, "config_json", "a portfolio's settings")
}
