//! What a policy is: its state, its action, its network.

mod action;
mod check;
mod network;

pub use action::{ActionSpec, Distribution};
pub use network::{Activation, Attention, NetworkSpec};

use crate::error::Result;
use crate::json::document::{self, Document};
use crate::market::BarsPerYear;
use crate::market::state::{StateBuilder, StateSpec};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything but the numbers: two policies with equal specs take the same inputs and have the same parameters.
///
/// In JSON `state.assets` may be left out, or 0: it is the number of names in `assets`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Said")]
pub struct PolicySpec {
    /// Names of the assets, in the order of the weights: [N].
    pub assets: Vec<String>,
    /// Layout of the state.
    pub state: StateSpec,
    /// What the network's output means.
    pub action: ActionSpec,
    /// Shape of the network.
    pub network: NetworkSpec,
}

/// A spec as JSON says it: with as many assets as there are names, where the state does not say how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    assets: Vec<String>,
    state: StateSpec,
    action: ActionSpec,
    network: NetworkSpec,
}

impl From<Said> for PolicySpec {
    fn from(said: Said) -> Self {
        let Said {
            assets,
            mut state,
            action,
            network,
        } = said;
        if state.assets == 0 {
            state.assets = assets.len();
        }
        Self {
            assets,
            state,
            action,
            network,
        }
    }
}

impl Document for PolicySpec {
    const KIND: &'static str = "a policy's spec";

    fn upgrade(object: &mut Value, format: u32) {
        if format < 3 {
            let part = |object: &mut Value, part: &str, key: &str, value: Value| {
                if let Some(part) = object.get_mut(part) {
                    document::meant(part, key, value);
                }
            };
            part(object, "action", "reach", 0.0.into());
            part(object, "state", "bars_per_year", BarsPerYear::DAILY.get().into());
        }
    }
}

impl PolicySpec {
    /// Number of weights the action has, A: N, or N + 1 with cash last.
    pub fn action_len(&self) -> usize {
        self.state.assets + usize::from(self.action.cash)
    }

    /// Number of scores that the network gives, and of values in a sampled action, L: as [`ActionSpec::score_len`].
    pub fn score_len(&self) -> usize {
        self.action.score_len(self.state.assets)
    }

    /// The attention over the history, where the network has one.
    pub fn attention(&self) -> Option<Attention> {
        match self.network {
            NetworkSpec::Attention { embedding, heads, .. } => Some(Attention {
                bars: self.state.history,
                channels: self.state.history_channels(),
                embedding,
                heads,
            }),
            _ => None,
        }
    }

    /// Whether policies of the one can take the place of policies of the other: as [`StateSpec::is_alike`].
    pub fn is_alike(&self, other: &Self) -> bool {
        self.state.is_alike(&other.state)
            && (&self.assets, &self.action, &self.network) == (&other.assets, &other.action, &other.network)
    }

    /// Whether an agent that decides with a policy of this spec may go on with one of `newer`: it is alike, or it says how
    /// many bars a year has and this one does not.
    pub(crate) fn gives_way_to(&self, newer: &Self) -> bool {
        // Asked for at every update, which allocates nothing.
        if self == newer {
            return true;
        }
        let mut known = self.clone();
        known.state.bars_per_year = self.state.bars_per_year.or(newer.state.bars_per_year);
        known.is_alike(newer)
    }

    /// A builder of this policy's states and priors for a market with so many bars a year. Errors: bars of another kind
    /// than the policy was made for.
    pub fn state_builder(&self, bars_per_year: BarsPerYear) -> Result<StateBuilder> {
        let state = self.state.for_bars(bars_per_year)?;
        StateBuilder::new(&state, self.action.prior, self.action.cash)
    }
}
