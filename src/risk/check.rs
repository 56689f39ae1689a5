//! The checks that inputs of a decision share: errors name the input, with the index of the guilty value.

use crate::error::{Error, Result, words};

/// Every value is finite.
pub(super) fn finite(input: &str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(Error::invalid(
            words!("{input}[{at}]"),
            values[at],
            "a finite number",
        )),
        None => Ok(()),
    }
}

/// Equity is money that can be lost: finite and above 0.
pub(super) fn equity(value: f64) -> Result<()> {
    if !(value.is_finite() && value > 0.0) {
        return Err(Error::invalid("equity", value, "a finite number above 0"));
    }
    Ok(())
}

/// A drawdown is in [0, 1].
pub(super) fn drawdown(value: f64) -> Result<()> {
    if !(0.0..=1.0).contains(&value) {
        return Err(Error::invalid("drawdown", value, "in [0, 1]"));
    }
    Ok(())
}
