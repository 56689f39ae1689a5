//! The layout of the state (observation): which blocks it has, and where they lie. The one owner of offsets.

use crate::error::{Error, Result, words};
use crate::market::prior::LONGEST_LOOK_BACK;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What the policy sees at a close. The blocks of a state, in order, are [`Content`]'s, those that are switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSpec {
    /// Number of risky assets, N, at least 1.
    pub assets: usize,
    /// Bars in the rolling volatility (ddof 0), at least 1; default 20.
    #[serde(default = "window")]
    pub window: usize,
    /// Whether the account block is there; default false.
    #[serde(default)]
    pub account: bool,
    /// Names of the columns that the caller supplies with every bar; default none.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// What [`StateSpec::window`] is where nothing says so.
fn window() -> usize {
    20
}

/// What a block of the state holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Current (drifted) weights of the assets: [N].
    Weights,
    /// Last simple returns: [N].
    Returns,
    /// Rolling volatility of the returns: [N].
    Volatility,
    /// Weight of cash: [1].
    Cash,
    /// Drawdown, and the volatility of the last 20 portfolio returns: [2]; where switched on.
    Account,
    /// The caller's columns: [K].
    Columns,
}

/// A block of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub content: Content,
    /// Where it lies in the state.
    pub range: Range<usize>,
    /// Whether it has one value an asset, in the order of the assets. Networks that score assets read such a value with
    /// its asset alone, and normalise the block by one mean and variance.
    pub per_asset: bool,
}

impl Content {
    /// Every kind, in the order of the state.
    const ALL: [Self; 6] = [
        Self::Weights,
        Self::Returns,
        Self::Volatility,
        Self::Cash,
        Self::Account,
        Self::Columns,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Returns => "returns",
            Self::Volatility => "volatility",
            Self::Cash => "cash ratio",
            Self::Account => "account",
            Self::Columns => "columns",
        }
    }

    fn per_asset(self) -> bool {
        matches!(self, Self::Weights | Self::Returns | Self::Volatility)
    }

    /// Values of the block in a state of this layout, 0 where it is switched off.
    fn len(self, spec: &StateSpec) -> usize {
        match self {
            Self::Weights | Self::Returns | Self::Volatility => spec.assets,
            Self::Cash => 1,
            Self::Account => 2 * usize::from(spec.account),
            Self::Columns => spec.columns.len(),
        }
    }
}

impl StateSpec {
    /// The blocks of a state, in order: those that are switched on.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        let mut end = 0;
        let placed = Content::ALL.into_iter().map(move |content| {
            let start = end;
            end += content.len(self);
            Block {
                content,
                range: start..end,
                per_asset: content.per_asset(),
            }
        });
        placed.filter(|block| !block.range.is_empty())
    }

    /// Number of values in a state.
    pub fn len(&self) -> usize {
        Content::ALL.iter().map(|content| content.len(self)).sum()
    }

    /// Never: a state has at least four values.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Checks that the sizes can be used.
    pub fn validate(&self) -> Result<()> {
        if self.assets == 0 {
            return Err(Error::invalid("state.assets", 0, "at least 1"));
        }
        if !(1..=LONGEST_LOOK_BACK).contains(&self.window) {
            let expected = words!("1 to {LONGEST_LOOK_BACK} bars");
            return Err(Error::invalid("state.window", self.window, expected));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_follow_each_other_and_fill_the_state() {
        for (account, columns) in [(false, 0), (true, 0), (false, 3), (true, 2)] {
            let spec = StateSpec {
                assets: 4,
                window: 20,
                account,
                columns: (0..columns).map(|i| i.to_string()).collect(),
            };
            let mut end = 0;
            for block in spec.blocks() {
                assert_eq!(block.range.start, end, "{block:?}");
                assert!(!block.per_asset || block.range.len() == spec.assets, "{block:?}");
                end = block.range.end;
            }
            assert_eq!((end, spec.len()), (13 + 2 * usize::from(account) + columns, end));
        }
    }
}
