//! The figures that every portfolio of a back-test is summed up in.

use super::metrics::{self, Conventions};
use crate::error::{Count, Error, Result};
use crate::market::BarsPerYear;
use crate::math::statistics::{excess, mean};
use serde::Serialize;

/// What a portfolio earned, risked and paid. Conventions of [`metrics`]; figures that are not defined are NaN and
/// become `null` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Performance {
    /// Compound growth per year, net of costs.
    pub annual_return: f64,
    /// Annual standard deviation.
    pub volatility: f64,
    /// Annual Sharpe ratio of returns over each bar's cash return.
    pub sharpe: f64,
    /// Annual Sortino ratio of returns over each bar's cash return.
    pub sortino: f64,
    /// Largest drawdown, positive fraction of the peak.
    pub max_drawdown: f64,
    /// Annual return over largest drawdown.
    pub calmar: f64,
    /// 5% value at risk of one bar, a positive loss.
    pub value_at_risk: f64,
    /// 5% conditional value at risk of one bar, a positive loss.
    pub conditional_value_at_risk: f64,
    /// One-way turnover per year: mean per bar times the bars a year.
    pub turnover: f64,
    /// Sum over bars of the fraction of value that costs took.
    pub costs_paid: f64,
}

impl Performance {
    /// Sums up net simple `returns`, `cash_returns` (what cash earned in the same bar), one-way `turnovers` and `costs`
    /// (fraction of value before the trade), one of each a bar.
    ///
    /// # Errors
    /// Slices of different lengths; a cash return that is not finite; a turnover or cost that is negative or not
    /// finite. Returns may hold NaN.
    pub fn new(
        returns: &[f64],
        cash_returns: &[f64],
        turnovers: &[f64],
        costs: &[f64],
        bars_per_year: BarsPerYear,
    ) -> Result<Self> {
        for (name, values) in [
            ("cash_returns", cash_returns),
            ("turnovers", turnovers),
            ("costs", costs),
        ] {
            if values.len() != returns.len() {
                let expected = format!("{}, as the returns", returns.len());
                return Err(Error::invalid(name, Count(values.len(), "values"), expected));
            }
        }
        if let Some(bar) = cash_returns.iter().position(|value| !value.is_finite()) {
            let input = format!("cash_returns[{bar}]");
            return Err(Error::invalid(input, cash_returns[bar], "a finite number"));
        }
        for (name, values) in [("turnovers", turnovers), ("costs", costs)] {
            if let Some(bar) = values
                .iter()
                .position(|value| !(value.is_finite() && *value >= 0.0))
            {
                return Err(Error::invalid(format!("{name}[{bar}]"), values[bar], "0 or more"));
            }
        }
        let pairs = returns.iter().zip(cash_returns);
        let above: Vec<f64> = pairs.map(|(&earned, &cash)| excess(earned, cash)).collect();
        let annual = Conventions::of_bars(bars_per_year);
        Ok(Self {
            annual_return: annual.annual_return(returns),
            volatility: annual.annual_volatility(returns),
            sharpe: annual.sharpe(&above),
            sortino: annual.sortino(&above),
            max_drawdown: metrics::max_drawdown(returns),
            calmar: annual.calmar(returns),
            value_at_risk: metrics::value_at_risk(returns),
            conditional_value_at_risk: metrics::conditional_value_at_risk(returns),
            turnover: mean(turnovers) * bars_per_year.get(),
            costs_paid: costs.iter().sum(),
        })
    }
}
