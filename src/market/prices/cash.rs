//! What cash earns.

use crate::error::{Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::math::elementary::{exp_m1, ln_1p};

/// Most that cash may earn a year without being confirmed: 100%. More is as a rule a percentage taken for a fraction.
const MOST_CASH_RATE: f64 = 1.0;

/// Checks an annual rate of cash, which errors call `cash_rate`: finite and above -1, and at most 1 (100%) unless it is
/// `confirmed` that no percentage was taken for a fraction.
pub fn check_cash_rate(rate: f64, confirmed: bool) -> Result<()> {
    let expected = match rate {
        rate if !(rate.is_finite() && rate > -1.0) => "a finite annual rate above -1",
        rate if rate > MOST_CASH_RATE && !confirmed => {
            "at most 1, which is 100% a year (0.05 is 5%), or `confirm_cash_rate`"
        }
        _ => return Ok(()),
    };
    Err(Error::invalid("cash_rate", rate, expected))
}

/// Simple return of cash over one bar at the annual rate `rate`: (1 + rate)^(1/bars a year) - 1.
pub fn cash_return(rate: f64, bars_per_year: BarsPerYear) -> f64 {
    exp_m1(ln_1p(rate) / bars_per_year.get())
}
