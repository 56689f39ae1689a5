//! Failures on purpose, for tests alone: what fails in the middle of a call has to leave everything as it was.

/// A point at which a call may fail; it only does in a test that asks for it.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn point() -> crate::error::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use injector::{point, run};

#[cfg(test)]
mod injector {
    use crate::error::{Error, Result};
    use std::cell::Cell;

    thread_local! {
        /// Points still to pass before one fails, and points passed.
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
        static PASSED: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn point() -> Result<()> {
        PASSED.set(PASSED.get() + 1);
        match LEFT.get() {
            Some(0) => Err(Error::invalid("fault", "injected", "no fault")),
            left => {
                LEFT.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }

    /// Runs `call` with its point number `failing` failing, or none; gives the answer and the points that it passed.
    pub(crate) fn run<R>(failing: Option<usize>, call: impl FnOnce() -> R) -> (R, usize) {
        LEFT.set(failing);
        PASSED.set(0);
        let answer = call();
        LEFT.set(None);
        (answer, PASSED.get())
    }
}
