//! Which bars a builder takes in.

use super::{StateBuilder, check_len};
use crate::error::{Error, Result, words};
use crate::market::source::MarketBar;

impl StateBuilder {
    /// Whether a bar fits, and holds what a bar can; the error names what does not.
    pub(super) fn check(&self, bar: &MarketBar) -> Result<()> {
        check_len("bar.returns", bar.returns.len(), self.spec.assets)?;
        if !bar.status.is_empty() {
            check_len("bar.status", bar.status.len(), self.members.len())?;
        }
        check_len("bar.columns", bar.columns.len(), self.columns.width())?;
        check_len(
            "bar.asset_columns",
            bar.asset_columns.len(),
            self.asset_columns.width(),
        )?;
        for (i, &value) in bar.returns.iter().enumerate() {
            if !(-1.0..f64::INFINITY).contains(&value) {
                let name = words!("bar.returns[{i}]");
                return Err(Error::invalid(name, value, "finite and at least -1"));
            }
        }
        for (i, &value) in bar.columns.iter().enumerate() {
            if !(value as f32).is_finite() {
                let name = words!("bar.columns[{i}] ({})", self.spec.columns[i]);
                return Err(Error::invalid(name, value, "a finite 32-bit number"));
            }
        }
        for (i, &value) in bar.asset_columns.iter().enumerate() {
            if !(value as f32).is_finite() {
                let columns = &self.spec.asset_columns;
                let name = &columns[i % columns.len()];
                let input = words!("bar.asset_columns[{i}] ({name} of asset {})", i / columns.len());
                return Err(Error::invalid(input, value, "a finite 32-bit number"));
            }
        }
        if self.spec.time && bar.time.is_none() {
            let expected = "when it closed, as the state shows the time";
            return Err(Error::invalid("bar.time", "missing", expected));
        }
        if !(bar.cash_return >= -1.0 && bar.cash_return < f64::INFINITY) {
            let expected = "finite and at least -1";
            return Err(Error::invalid("bar.cash_return", bar.cash_return, expected));
        }
        if !self.supplied.is_empty() {
            check_len("bar.prior", bar.prior.len(), self.supplied.len())?;
            // Whether they may be negative is for the action to say.
            let sum: f64 = bar.prior.iter().sum();
            if !(sum.is_finite() && (sum - 1.0).abs() <= 1e-6) {
                let expected = "weights that sum to 1 with cash";
                return Err(Error::invalid("bar.prior", words!("{:?}", bar.prior), expected));
            }
        }
        Ok(())
    }

    /// Whether enough bars have been seen for a state.
    pub(super) fn check_ready(&self) -> Result<()> {
        if self.ready() {
            return Ok(());
        }
        let found = words!("{} bars", self.bars);
        let expected = words!("at least {} bars before the first state", self.warm_up_bars());
        Err(Error::invalid("history", found, expected))
    }
}
