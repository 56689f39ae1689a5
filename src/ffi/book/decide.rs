//! One bar of a book.

use super::{exclusive, ppo_book};
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::Failure;
use crate::ffi::border::slice::Output;
use crate::ffi::portfolio::bar::ppo_bar;
use crate::ffi::portfolio::in_bar;
use crate::ffi::risk::bar::read_whole_bar;
use crate::ffi::risk::decision::risk_decision;
use crate::ffi::risk::manage::Places;
use crate::ffi::status::{PPO_ERR_NOT_READY, PPO_OK, ppo_status};

/// Whether the next bar is one that can be decided on. Until then bars go to ppo_book_observe. Always 1 under
/// ppo_book_halt and ppo_book_flatten.
///
/// \param book   the book
/// \param ready  gets 1 where it is, else 0
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_ready(book: *mut ppo_book, ready: *mut u32) -> ppo_status {
    boundary!(ppo_book_ready, [book], |call| {
        let book = exclusive(call, book)?;
        let ready = Output::new(call, ready, "ready")?;
        ready.write(u32::from(book.ready()));
        Ok(PPO_OK)
    })
}

/// Takes in a bar on which nothing is decided.
///
/// \param book  the book; as it was where the call fails
/// \param bar   the bar that just ended
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_observe(book: *mut ppo_book, bar: *const ppo_bar) -> ppo_status {
    boundary!(ppo_book_observe, [book], |call| {
        let mut book = exclusive(call, book)?;
        let given = read_whole_bar(call, bar, book.risk(), book.portfolio().policy().spec())?;
        book.observe(&given.bar).map_err(in_bar)?;
        Ok(PPO_OK)
    })
}

/// The whole chain for one bar: takes it in, forms the policy's state, decides, and puts the decision through the risk
/// manager. What the decision leaves counts as traded at this close.
///
/// \param book      the book; as it was where the call fails
/// \param bar       the bar that just ended; a volatility or trend in it is of the target
/// \param decision  gets the decision, in arrays of its own, as of risk_manage
///
/// Allocates nothing and never waits. PPO_ERR_NOT_READY where more bars have to be seen first (ppo_book_ready).
/// Should the network's scores overflow, it is PPO_ERR_NOT_FINITE, naming them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_book_decide(
    book: *mut ppo_book,
    bar: *const ppo_bar,
    decision: *mut risk_decision,
) -> ppo_status {
    boundary!(ppo_book_decide, [book], |call| {
        let mut book = exclusive(call, book)?;
        let spec = book.portfolio().policy().spec();
        let given = read_whole_bar(call, bar, book.risk(), spec)?;
        let places = Places::new(call, decision, spec.state.assets, &given.spans, None)?;
        if !book.ready() {
            let bars = book.portfolio().warm_up_bars();
            let expected = format_args!("{bars} returns seen before a decision");
            let found = "not shown enough bars yet";
            return Err(Failure::new(PPO_ERR_NOT_READY, "book", found, expected));
        }
        let decided = book.decide(&given.bar).map_err(in_bar)?;
        places.write(decided);
        Ok(PPO_OK)
    })
}
