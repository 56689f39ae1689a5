//! The settings of what trading and holding cost.

use crate::error::{Error, Result, words};
use crate::market::source::{BORROW_RATE, COST_RATE};
use crate::math::elementary::powf;
use crate::policy::spec::ActionSpec;
use crate::settings::{Range, Setting, settings};
use serde_json::{Map, Value};

settings! {
    /// What trading and holding cost, and in what lots is traded. A market may say more of each asset at each close:
    /// [`BarCosts`](crate::market::BarCosts).
    #[derive(Copy)]
    pub shared struct Costs in "env." {
        /// Commission per traded notional of assets, in training and test; 0.001 is 0.1%.
        ///
        /// Moving cash is free. Where the market has rates of its own, they take its place.
        cost_rate: f64 = 0.001, "FRACTION", COST_RATE;
        /// Least commission for each order, in money; 0 is none.
        ///
        /// An asset is an order where its weight is to change by more than 1e-9.
        minimum_fee: f64 = 0.0, "MONEY", Range::closed(0.0, 1e90);
        /// Market impact Y: a traded unit costs Y * volatility * (traded money / daily money volume)^impact_exponent.
        ///
        /// As a part of its price; "daily" is a bar. Volatility and mean volume are those of the last `state.window` bars.
        /// 0 is none; above 0 the market must have volumes. Measured on many markets it is about 1.
        impact: f64 = 0.0, "NUMBER", Range::closed(0.0, 1000.0);
        /// How impact grows with what is traded: 0.5 is the square-root law.
        impact_exponent: f64 = 0.5, "NUMBER", Range::above(0.0, 2.0);
        /// Units that positions are multiples of, rounded towards 0; 0 is any fraction.
        ///
        /// Above 0 the market must have prices of units. Margin calls sell fractions.
        lot: f64 = 0.0, "UNITS", Range::closed(0.0, 1e90);
        /// Annual fee on what is sold short, charged every bar on its value when the bar began.
        ///
        /// Where the market has fees of its own, they take its place.
        borrow_rate: f64 = 0.0, "RATE", BORROW_RATE;
        /// Annual rate that borrowed money (cash below 0) costs on top of what cash earns.
        margin_rate: f64 = 0.0, "RATE", BORROW_RATE;
        /// Smallest value as a part of the gross exposure in money, for actions that may be short or levered.
        ///
        /// Below it, positions are scaled back to it at that close, at cost. More than cost_rate, and at most 1/max_gross.
        maintenance: f64 = 0.25, "FRACTION", Range::above(0.0, 1.0);
    }
}

impl Costs {
    /// The defaults, but for the commission.
    pub fn at_rate(cost_rate: f64) -> Self {
        Self {
            cost_rate,
            ..Self::default()
        }
    }

    /// Those of an object that may hold other keys too, such as an environment's settings; the defaults for the rest, and for
    /// what is no number.
    pub fn among(object: &Value) -> Self {
        let known = |setting: &Setting| {
            let number = object.get(setting.key).filter(|value| value.is_number())?;
            Some((setting.key.to_string(), number.clone()))
        };
        let found: Map<String, Value> = Self::SETTINGS.iter().filter_map(known).collect();
        serde_json::from_value(found.into()).unwrap_or_default()
    }

    /// Checks that positions that an action may open can be kept: a maintenance that its largest gross exposure would
    /// break at once, or that costs could use up, is refused.
    pub(crate) fn check_margin(&self, action: &ActionSpec) -> Result<()> {
        let (least, most) = (self.cost_rate, 1.0 / action.max_gross);
        if self.maintenance > least && self.maintenance <= most {
            return Ok(());
        }
        let expected = words!("above cost_rate, {least}, and at most 1/max_gross, {most}");
        Err(Error::invalid("env.maintenance", self.maintenance, expected))
    }

    /// value^impact_exponent: what impact coefficients are multiplied by for a portfolio of this value.
    pub(super) fn power(&self, amount: f64) -> f64 {
        match self.impact_exponent.to_bits() == 0.5_f64.to_bits() {
            true => amount.sqrt(),
            false => powf(amount, self.impact_exponent),
        }
    }
}
