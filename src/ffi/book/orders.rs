//! What other threads may ask of a book while one decides with it: another policy, and the kill switch.

use super::ppo_book;
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::manager::Switch;

/// Decides with the policy that an agent has now, from the next call on the portfolio on; account, history and the risk
/// manager's memory stay. Of several that are set between two calls the last counts.
///
/// \param book   the book
/// \param agent  the agent: of the spec of the one that the portfolio was made with
///
/// Any thread, any number of them, also while another call uses the portfolio: neither waits for the other, and no
/// call is answered PPO_ERR_BUSY for it. Allocates nothing; frees the policy that was replaced before.
/// PPO_ERR_INVALID_ARGUMENT for another spec.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_set_agent(book: *mut ppo_book, agent: *const ppo_agent) -> ppo_status {
    boundary!(ppo_book_set_agent, [book, agent], |call| {
        let book = handle::shared(call, book, "book")?;
        let agent = handle::shared(call, agent, "agent")?;
        book.open().policy.ask(agent.snapshot())?;
        Ok(PPO_OK)
    })
}

/// The kill switch that holds: nothing is opened any more. From the next decision on the target is what is held: limits,
/// stops and drawdown may leave less of it, nothing may grow, and neither the policy nor leverage is asked. The state of
/// such decisions is RISK_STATE_REDUCING (RISK_STATE_HALTED where drawdown asks for it), with RISK_REASON_OPERATOR_HALT
/// among the reasons. It lasts until ppo_book_resume or ppo_book_flatten, is part of ppo_book_state_json, and
/// needs no history: ppo_book_ready says 1.
///
/// \param book  the book
///
/// Any thread, also while another call uses the portfolio: a decision under way is the last without it. Neither waits
/// nor allocates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_halt(book: *mut ppo_book) -> ppo_status {
    boundary!(ppo_book_halt, [book], |call| {
        set_switch(call, book, Switch::Halt)
    })
}

/// The kill switch that sells: the next decision, and every later one, goes to cash, whatever the policy and a limit on
/// turnover would have. Its state is RISK_STATE_HALTED, with RISK_REASON_OPERATOR_FLATTEN among the reasons. Otherwise as
/// ppo_book_halt; it ends by ppo_book_resume, or by ppo_book_halt, which then holds the cash.
///
/// \param book  the book
///
/// Any thread, also while another call uses the portfolio. Neither waits nor allocates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_flatten(book: *mut ppo_book) -> ppo_status {
    boundary!(ppo_book_flatten, [book], |call| {
        set_switch(call, book, Switch::Flatten)
    })
}

/// Ends ppo_book_halt and ppo_book_flatten: from the next decision on the policy is asked again. What drawdown led
/// to is for ppo_book_reset.
///
/// \param book  the book
///
/// Any thread, also while another call uses the portfolio. Neither waits nor allocates.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_resume(book: *mut ppo_book) -> ppo_status {
    boundary!(ppo_book_resume, [book], |call| {
        set_switch(call, book, Switch::Open)
    })
}

fn set_switch(call: Call<'_>, book: *mut ppo_book, switch: Switch) -> Outcome<ppo_status> {
    let book = handle::shared(call, book, "book")?;
    book.open().set_switch(switch);
    Ok(PPO_OK)
}
