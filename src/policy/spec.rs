//! What a policy is: its state, its action, its network.

use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::market::state::StateSpec;
use serde::{Deserialize, Serialize};

/// Everything but the numbers: two policies with equal specs take the same inputs and have the same parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// How scores become portfolio weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActionSpec {
    /// The distribution that is sampled while training.
    pub distribution: Distribution,
    /// Whether cash is one of the choices (the last weight); without it the portfolio is fully invested.
    pub cash: bool,
    /// The weights that the network's scores correct.
    pub prior: Prior,
    /// Largest weight of one asset, in (0, 1]; applied after sampling by an exact projection. Cash is not capped.
    pub weight_cap: f64,
    /// Smallest weight of one asset, in [0, 1/N]; applied with the cap.
    pub weight_floor: f64,
    /// No trade while one-way turnover to the target is below this; in [0, 1], 0 trades always.
    pub trade_band: f64,
}

impl Default for ActionSpec {
    fn default() -> Self {
        Self {
            distribution: Distribution::Gaussian,
            cash: true,
            prior: Prior::None,
            weight_cap: 1.0,
            weight_floor: 0.0,
            trade_band: 0.0,
        }
    }
}

/// The distribution over actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Independent normals over scores, softmax as the environment's map; deterministic action softmax(mean).
    #[default]
    Gaussian,
    /// Dirichlet with concentration kappa * softmax(log prior + scores), kappa learnt; deterministic action its mean.
    Dirichlet,
}

/// Shape of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkSpec {
    /// Dense layers on the flat state.
    Mlp {
        /// Widths of the hidden layers, at least one, each at least 1.
        hidden: Vec<usize>,
        /// Non-linearity after every hidden layer.
        activation: Activation,
        /// Whether the value shares the hidden layers of the action.
        shared_trunk: bool,
    },
    /// One small network that scores every asset (and cash) from its own block and the market's, so that permuting
    /// assets permutes weights. Inputs of one row: own weight, last return, volatility, and 1 for cash (4), then the
    /// market: mean over assets of return and of volatility, cash ratio (3), account [0 or 2], columns [K].
    Scorer {
        /// Widths of the hidden layers, at least one, each at least 1.
        hidden: Vec<usize>,
    },
}

/// Non-linearity of the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Hyperbolic tangent.
    #[default]
    Tanh,
    /// max(0, x).
    Relu,
}

impl PolicySpec {
    /// Number of weights the action has: N, or N + 1 with cash last.
    pub fn action_len(&self) -> usize {
        self.state.assets + usize::from(self.action.cash)
    }

    /// Checks that every size and bound can be used; the error names the first that cannot.
    pub fn validate(&self) -> Result<()> {
        let assets = self.state.assets;
        if assets == 0 {
            return Err(Error::invalid("state.assets", 0, "at least 1"));
        }
        if self.assets.len() != assets {
            return Err(Error::invalid(
                "assets",
                format!("{} names", self.assets.len()),
                assets,
            ));
        }
        if self.state.window == 0 {
            return Err(Error::invalid("state.window", 0, "at least 1 bar"));
        }
        if self.action_len() < 2 {
            return Err(Error::invalid(
                "action.cash",
                "false with one asset",
                "at least two weights to choose from",
            ));
        }
        let hidden = match &self.network {
            NetworkSpec::Mlp { hidden, .. } | NetworkSpec::Scorer { hidden } => hidden,
        };
        if hidden.is_empty() || hidden.contains(&0) || hidden.iter().any(|&width| width > 1 << 16) {
            let expected = "one or more layers of 1 to 65536 units";
            return Err(Error::invalid("network.hidden", format!("{hidden:?}"), expected));
        }
        self.action.validate(assets)
    }
}

impl ActionSpec {
    /// Checks the bounds and the prior for this number of assets; the error names what cannot be used.
    pub fn validate(&self, assets: usize) -> Result<()> {
        let share = 1.0 / assets as f64;
        if !(self.weight_cap > 0.0 && self.weight_cap <= 1.0) {
            return Err(Error::invalid("action.weight_cap", self.weight_cap, "in (0, 1]"));
        }
        if !self.cash && self.weight_cap < share * (1.0 - 1e-12) {
            let expected = format!("at least 1/N = {share} without cash");
            return Err(Error::invalid("action.weight_cap", self.weight_cap, expected));
        }
        if !(self.weight_floor >= 0.0 && self.weight_floor <= share && self.weight_floor <= self.weight_cap) {
            let expected = format!("in [0, 1/N = {share}] and at most the cap");
            return Err(Error::invalid("action.weight_floor", self.weight_floor, expected));
        }
        if !(0.0..=1.0).contains(&self.trade_band) {
            return Err(Error::invalid("action.trade_band", self.trade_band, "in [0, 1]"));
        }
        self.prior.validate(self.cash)
    }
}
