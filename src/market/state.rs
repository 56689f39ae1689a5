//! What the policy sees at a close, and the one builder that writes it.

use serde::{Deserialize, Serialize};

/// Layout of the state (observation). Blocks in order, for N assets and K columns:
/// current weights [N], last simple returns [N], rolling volatility [N], cash ratio [1],
/// then, where switched on, account [2] (drawdown, volatility of the last 20 portfolio returns) and columns [K].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSpec {
    /// Number of risky assets, N, at least 1.
    pub assets: usize,
    /// Bars in the rolling volatility (ddof 0), at least 1; default 20.
    pub window: usize,
    /// Whether the account block is there; default false.
    pub account: bool,
    /// Names of the columns that the caller supplies with every bar; default none.
    pub columns: Vec<String>,
}

impl StateSpec {
    /// Number of values in a state: 3N + 1, plus 2 with the account block, plus K.
    pub fn len(&self) -> usize {
        3 * self.assets + 1 + if self.account { 2 } else { 0 } + self.columns.len()
    }

    /// Never: a state has at least four values.
    pub fn is_empty(&self) -> bool {
        false
    }
}
