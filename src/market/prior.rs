//! The rule a policy departs from: portfolio weights computed from past returns alone.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Which weights the policy's action is a correction to: weights = softmax(log(prior + 1e-6) + correction).
///
/// Weights are over N assets, or over N assets and then cash where the action has cash.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Prior {
    /// No prior: weights = softmax(scores).
    #[default]
    None,
    /// 1/N in each asset, no cash.
    EqualWeight,
    /// Proportional to 1/volatility (ddof 0) of the last `lookback` simple returns, no cash.
    InverseVolatility {
        /// Bars of history, at least 2; default 252.
        lookback: usize,
    },
    /// Equal weight scaled down to an annual volatility target, cash for the rest; never above fully invested.
    /// The forecast is the exponentially weighted root mean square of the equal-weight portfolio's returns over the
    /// last `lookback` bars, annualised by sqrt(252).
    VolTarget {
        /// Annual volatility aimed at, above 0; default 0.15.
        target: f64,
        /// Bars after which a squared return's weight has halved; default 20.
        half_life: f64,
        /// Bars of history, at least 2; default 252. Older bars have weight 0.
        lookback: usize,
    },
    /// Weights that the market's bars carry.
    Supplied,
}

impl Prior {
    /// Checks the prior's numbers, and that cash is among the weights where the prior needs it.
    pub fn validate(&self, cash: bool) -> Result<()> {
        match *self {
            Self::InverseVolatility { lookback } | Self::VolTarget { lookback, .. } if lookback < 2 => {
                Err(Error::invalid("prior.lookback", lookback, "at least 2 bars"))
            }
            Self::VolTarget { target, .. } if !(target.is_finite() && target > 0.0) => {
                Err(Error::invalid("prior.target", target, "above 0"))
            }
            Self::VolTarget { half_life, .. } if !(half_life.is_finite() && half_life > 0.0) => {
                Err(Error::invalid("prior.half_life", half_life, "above 0"))
            }
            Self::VolTarget { .. } if !cash => Err(Error::invalid(
                "prior",
                "vol_target without cash",
                "a prior that is fully invested",
            )),
            _ => Ok(()),
        }
    }
}
