//! Shape of a policy's network.

use crate::settings::{self, Form};
use serde::{Deserialize, Serialize};

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
    /// assets permutes weights. Inputs of one row: own weight, last return, volatility, what else the state has of each
    /// asset, and 1 for cash (4 at least), then the market: mean over assets of all these but the weight, cash ratio (3 at
    /// least), and what the state has once. With shorts an asset has a second row, and each row its side (1, -1, 0 for cash).
    Scorer {
        /// Widths of the hidden layers, at least one, each at least 1.
        hidden: Vec<usize>,
    },
    /// The scorer, which reads of each asset's `history` what an attention over its bars finds, see [`Attention`]: for what
    /// is known only from a bar some time ago.
    Attention {
        /// Widths of the hidden layers, at least one, each at least 1.
        hidden: Vec<usize>,
        /// Numbers that a bar is embedded in, d, 1 to 256; default 16.
        #[serde(default = "embedding")]
        embedding: usize,
        /// Heads, each of d / heads of these numbers; default 2.
        #[serde(default = "heads")]
        heads: usize,
    },
}

/// What `embedding` is where nothing says so.
fn embedding() -> usize {
    16
}

/// What `heads` is where nothing says so.
fn heads() -> usize {
    2
}

/// Sizes of the attention over the history of a row, [C, L] with L bars, oldest first, of C numbers each:
///
/// ```text
/// e_l = tanh(E x_l + b)                                             [d], each bar l
/// s_hl = (Q e_last)_h · (K e_l)_h / sqrt(d / H) + age_hl            each head h of H
/// context = (V Σ_l softmax_l(s_hl) e_l)_h, the heads one after another   [d]
/// ```
///
/// The ages' biases start at -m_h for each bar back, m from 0.5 for the first head to 0.1 for the last: started at 0, training
/// seldom finds a bar that matters. Keys and values are linear in e, so that only e is needed of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention {
    /// Bars, L.
    pub bars: usize,
    /// Numbers of a bar, C.
    pub channels: usize,
    /// Numbers that a bar is embedded in, d.
    pub embedding: usize,
    /// Heads, H.
    pub heads: usize,
}

impl NetworkSpec {
    /// Widths of the hidden layers.
    pub fn hidden(&self) -> &[usize] {
        match self {
            Self::Mlp { hidden, .. } | Self::Scorer { hidden } | Self::Attention { hidden, .. } => hidden,
        }
    }

    /// Whether it scores each position from a row of its own, by the same network.
    pub fn scores_rows(&self) -> bool {
        !matches!(self, Self::Mlp { .. })
    }

    /// Whether its value and its scores are made of the same hidden layers' outputs as they are.
    pub fn shares_trunk(&self) -> bool {
        matches!(
            self,
            Self::Mlp {
                shared_trunk: true,
                ..
            }
        )
    }

    /// Non-linearity of its hidden layers.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Mlp { activation, .. } => *activation,
            Self::Scorer { .. } | Self::Attention { .. } => Activation::Tanh,
        }
    }
}

impl NetworkSpec {
    /// Its shape; the first layer has so many inputs, and `bars` are those of the history.
    pub(crate) fn in_words(&self, inputs: usize, bars: usize) -> String {
        let widths: Vec<String> = self.hidden().iter().map(usize::to_string).collect();
        let widths = format!("{inputs}-{}", widths.join("-"));
        match self {
            Self::Mlp {
                activation,
                shared_trunk,
                ..
            } => {
                let activation = match activation {
                    Activation::Tanh => "tanh",
                    Activation::Relu => "relu",
                };
                let trunk = match shared_trunk {
                    true => "shared trunk",
                    false => "separate trunks",
                };
                format!("mlp {widths}, {activation}, {trunk}")
            }
            Self::Scorer { .. } => format!("scorer {widths} on every asset, tanh"),
            Self::Attention { embedding, heads, .. } => format!(
                "attention over {bars} bars of every asset, {heads} heads, embedding {embedding}, then scorer {widths}, \
                 tanh"
            ),
        }
    }
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

impl settings::Value for NetworkSpec {
    const FORM: Form = Form::Variant;
}
