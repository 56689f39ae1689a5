//! What a policy is: its state, its action, its network.

use crate::error::{Count, Error, Result, Words, words};
use crate::json::document::{self, Document};
use crate::market::BarsPerYear;
use crate::market::correlation::Correlation;
use crate::market::prior::Prior;
use crate::market::state::{StateBuilder, StateSpec};
use crate::policy::layout::{layout, row_len};
use crate::settings::{self, Form, Range, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

/// Most assets, and most columns, that a spec may have.
const MOST_FEATURES: usize = 1 << 16;

/// Most hidden layers.
const MOST_LAYERS: usize = 64;

/// Most numbers that a bar is embedded in.
const MOST_EMBEDDING: usize = 256;

/// Most parameters: 256 MiB of them.
const MOST_PARAMETERS: u64 = 1 << 26;

/// Largest gross exposure.
const MOST_GROSS: f64 = 5.0;

/// Most inputs of a scorer's rows together: 64 MiB of them in every thread's buffers.
const MOST_ROW_VALUES: usize = 1 << 24;

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

settings! {
    /// How scores become portfolio weights.
    pub struct ActionSpec in "action." {
        /// What is sampled in training: gaussian (scores) or dirichlet (weights).
        distribution: Distribution = Distribution::Gaussian, "WHICH", Range::ANY;
        /// Whether it may hold cash; false: always fully invested.
        ///
        /// Cash is the last weight.
        cash: bool = true, "BOOL", Range::ANY;
        /// The weights it corrects: none, equal_weight, inverse_volatility (lookback), vol_target
        /// (target=0.15,half_life=20,lookback), hold (what is held) or supplied; with settings as in vol_target:target=0.1.
        prior: Prior = Prior::None, "PRIOR", Range::ANY;
        /// How easily training comes to hold what the prior leaves out: the larger, the easier; 0: not in any training.
        ///
        /// A weight of 0 comes to w with a score of about log(1 + w A / reach), A the number of weights; 0: no nearer than 1e-6
        /// of a weight. Not looked at without a prior.
        reach: f64 = 0.5, "REACH", Range::closed(0.0, 100.0);
        /// Whether assets may be sold short: weights below 0.
        ///
        /// Needs cash. The shares that are chosen are then those of N long positions, N short ones and what is not used.
        short: bool = false, "BOOL", Range::ANY;
        /// Largest gross exposure, the sum of the sizes of the assets' weights; other than 1 it needs cash.
        ///
        /// Above 1 cash may be below 0: money that is borrowed.
        max_gross: f64 = 1.0, "EXPOSURE", Range::above(0.0, MOST_GROSS);
        /// Largest weight of one asset; with shorts, of either sign.
        ///
        /// Applied after sampling by an exact projection. Cash is not capped.
        weight_cap: f64 = 1.0, "WEIGHT", Range::above(0.0, MOST_GROSS);
        /// Smallest weight of one asset, at most 1/N.
        ///
        /// Applied with the cap.
        weight_floor: f64 = 0.0, "WEIGHT", Range::closed(0.0, 1.0);
        /// No trade while one-way turnover to the target is below this; 0 trades always.
        trade_band: f64 = 0.0, "TURNOVER", Range::closed(0.0, 1.0);
    }
}

impl settings::Value for Distribution {}

impl settings::Value for Prior {
    const FORM: Form = Form::Variant;
}

impl settings::Value for NetworkSpec {
    const FORM: Form = Form::Variant;
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

    /// Non-linearity of its hidden layers.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Mlp { activation, .. } => *activation,
            Self::Scorer { .. } | Self::Attention { .. } => Activation::Tanh,
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

    /// Checks that every size and bound can be used; the error names the first that cannot.
    ///
    /// Sizes have upper limits (65,536 assets, as many columns, 100,000 bars of history, 2^26 parameters, 2^24 inputs of
    /// a scorer), so that a spec from a file cannot ask for more memory than any machine has.
    pub fn validate(&self) -> Result<()> {
        let assets = self.state.assets;
        if !(1..=MOST_FEATURES).contains(&assets) {
            let expected = format!("1 to {MOST_FEATURES}");
            return Err(Error::invalid("state.assets", assets, expected));
        }
        if self.assets.len() != assets {
            return Err(Error::invalid(
                "assets",
                Count(self.assets.len(), "names"),
                assets,
            ));
        }
        check_names("assets", &self.assets)?;
        if self.state.columns.len() > MOST_FEATURES {
            let found = Count(self.state.columns.len(), "names");
            return Err(Error::invalid(
                "state.columns",
                found,
                format!("at most {MOST_FEATURES}"),
            ));
        }
        check_names("state.columns", &self.state.columns)?;
        if self.state.asset_columns.len() > MOST_FEATURES / assets {
            let found = Count(self.state.asset_columns.len(), "names");
            let expected = format!(
                "at most {}, {MOST_FEATURES} values over the assets",
                MOST_FEATURES / assets
            );
            return Err(Error::invalid("state.asset_columns", found, expected));
        }
        check_names("state.asset_columns", &self.state.asset_columns)?;
        self.state.validate()?;
        if self.network.scores_rows() && matches!(self.state.correlation, Some(Correlation::Pairs { .. })) {
            let expected = "`assets`, as the network scores assets one by one";
            return Err(Error::invalid("state.correlation", "`pairs`", expected));
        }
        if self.action_len() < 2 {
            return Err(Error::invalid(
                "action.cash",
                "false with one asset",
                "at least two weights to choose from",
            ));
        }
        let hidden = self.network.hidden();
        if hidden.is_empty() || hidden.contains(&0) || hidden.iter().any(|&width| width > 1 << 16) {
            let expected = "one or more layers of 1 to 65536 units";
            return Err(Error::invalid("network.hidden", format!("{hidden:?}"), expected));
        }
        if hidden.len() > MOST_LAYERS {
            let found = Count(hidden.len(), "layers");
            return Err(Error::invalid(
                "network.hidden",
                found,
                format!("at most {MOST_LAYERS}"),
            ));
        }
        self.check_attention()?;
        // No overflow: every layer is below 2^37 values, and there are at most 2 * 64 + 3 of them.
        let parameters: u64 = layout(self).iter().map(|parameter| parameter.len() as u64).sum();
        if parameters > MOST_PARAMETERS {
            let found = format!("a network of {parameters} parameters");
            return Err(Error::invalid(
                "network",
                found,
                format!("at most {MOST_PARAMETERS}"),
            ));
        }
        // No overflow: both are below 2^18.
        let rows = self.score_len() * row_len(self);
        if self.network.scores_rows() && rows > MOST_ROW_VALUES {
            let found = format!("a scorer of {rows} inputs ({} rows)", self.score_len());
            return Err(Error::invalid(
                "network",
                found,
                format!("at most {MOST_ROW_VALUES}"),
            ));
        }
        self.action.validate(assets)?;
        match self.state.listed {
            true => self.check_listed(),
            false => Ok(()),
        }
    }

    /// That an attention has bars to look at, and heads that share the embedding out.
    fn check_attention(&self) -> Result<()> {
        let Some(attention) = self.attention() else {
            return Ok(());
        };
        let Attention {
            embedding,
            heads,
            bars,
            ..
        } = attention;
        if !(1..=MOST_EMBEDDING).contains(&embedding) {
            let expected = format!("1 to {MOST_EMBEDDING}");
            return Err(Error::invalid("network.embedding", embedding, expected));
        }
        if heads == 0 || embedding % heads > 0 {
            let expected = format!("a divisor of {embedding} (embedding)");
            return Err(Error::invalid("network.heads", heads, expected));
        }
        if bars < 2 {
            let expected = "2 bars or more, which the attention looks at";
            return Err(Error::invalid("state.history", bars, expected));
        }
        Ok(())
    }

    /// That there is cash for what assets that are missing leave, and nothing that each of them has to hold.
    fn check_listed(&self) -> Result<()> {
        let why = "as assets may be missing (`listed`)";
        if !self.action.cash {
            return Err(Error::invalid("action.cash", false, format!("true, {why}")));
        }
        if self.action.weight_floor > 0.0 {
            let expected = format!("0, {why}");
            return Err(Error::invalid(
                "action.weight_floor",
                self.action.weight_floor,
                expected,
            ));
        }
        Ok(())
    }
}

/// Names are shown on terminals and tell columns apart.
fn check_names(input: &str, names: &[String]) -> Result<()> {
    let mut seen = HashSet::new();
    for (i, name) in names.iter().enumerate() {
        if name.is_empty() || name.chars().any(char::is_control) {
            let expected = "a name without control characters";
            return Err(Error::invalid(
                format!("{input}[{i}]"),
                format!("{name:?}"),
                expected,
            ));
        }
        if !seen.insert(name) {
            let found = format!("{name:?} again");
            return Err(Error::invalid(
                format!("{input}[{i}]"),
                found,
                "a name of its own",
            ));
        }
    }
    Ok(())
}

/// What is added to a prior weight before its logarithm where the policy does not reach beyond the prior's corners.
const PRIOR_EPSILON: f64 = 1e-6;

impl ActionSpec {
    /// The margin of the shares around a prior's, for `len` of them; none where they are a softmax. See
    /// [`action`](crate::policy::action).
    pub(crate) fn margin(&self, len: usize) -> Option<f64> {
        (self.prior != Prior::None && self.reach > 0.0).then(|| self.reach / len as f64)
    }

    /// What is added to a prior's shares before their logarithm, for `len` of them.
    pub(crate) fn prior_shift(&self, len: usize) -> f64 {
        self.margin(len).unwrap_or(PRIOR_EPSILON)
    }

    /// Number of shares that are chosen, L: those of the long positions, of the short ones where there are any, and last
    /// of what is not used, where the action has cash.
    pub fn score_len(&self, assets: usize) -> usize {
        assets * (1 + usize::from(self.short)) + usize::from(self.cash)
    }

    /// Whether the shares are the weights themselves: nothing short, and a gross exposure of 1 at most.
    pub fn is_plain(&self) -> bool {
        // A setting that is said, no result: any other number is another action.
        !self.short && self.max_gross.to_bits() == 1.0_f64.to_bits()
    }

    /// The first of a prior's weights [A] that cannot be one, and what it has to be: finite, and not negative where it
    /// stands for something that may not be.
    pub(crate) fn unusable_prior(&self, prior: &[f64]) -> Option<(usize, &'static str)> {
        let least = self.least_weights();
        let unusable = |(i, weight): (usize, &f64)| !(weight.is_finite() && *weight >= least(i, prior.len()));
        let i = prior.iter().enumerate().position(unusable)?;
        match least(i, prior.len()) {
            0.0 => Some((i, "finite and not negative")),
            _ => Some((i, "finite")),
        }
    }

    /// The least that weight i of so many may be: 0, but for what may be short, and for cash where money may be borrowed.
    pub(crate) fn least_weights(&self) -> impl Fn(usize, usize) -> f64 {
        let (plain, short) = (self.is_plain(), self.short);
        move |i, len| {
            let is_cash = i + 1 == len;
            match !plain && (short || is_cash) {
                true => f64::MIN,
                false => 0.0,
            }
        }
    }

    /// What weights have to be, in words.
    pub(crate) fn weights_expected(&self) -> Words {
        let most = self.max_gross;
        match (self.is_plain(), self.short) {
            (true, _) => words!("weights that sum to 1"),
            (_, true) => {
                words!("weights that sum to 1 with cash, the sizes of the assets' to at most {most}")
            }
            (_, false) => {
                words!("weights that sum to 1 with cash, the assets' at least 0 and in all at most {most}")
            }
        }
    }

    /// Checks the bounds and the prior for this number of assets; the error names what cannot be used.
    pub fn validate(&self, assets: usize) -> Result<()> {
        self.check_ranges()?;
        let share = 1.0 / assets as f64;
        if !self.is_plain() {
            self.check_signed()?;
        }
        if !self.cash && self.weight_cap < share * (1.0 - 1e-12) {
            let expected = format!("at least 1/N = {share} without cash");
            return Err(Error::invalid("action.weight_cap", self.weight_cap, expected));
        }
        if self.weight_floor > share.min(self.weight_cap) {
            let expected = format!("in [0, 1/N = {share}] and at most the cap");
            return Err(Error::invalid("action.weight_floor", self.weight_floor, expected));
        }
        self.prior
            .validate(self.cash)
            .map_err(|error| error.within("action."))
    }

    /// That there is cash to sell short for or to borrow, and no floor below it.
    fn check_signed(&self) -> Result<()> {
        let why = match self.short {
            true => "as short is true",
            false => "as max_gross is not 1",
        };
        if !self.cash {
            return Err(Error::invalid("action.cash", false, format!("true, {why}")));
        }
        if self.weight_floor > 0.0 {
            let expected = format!("0, {why}");
            return Err(Error::invalid("action.weight_floor", self.weight_floor, expected));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::test_specs;

    #[test]
    fn a_scorer_of_many_rows_and_columns_is_too_large() {
        let mut spec = test_specs::scorer(4096);
        spec.state.columns = (0..4000).map(|i| format!("column {i}")).collect();
        spec.validate().unwrap();
        spec.state
            .columns
            .extend((0..200).map(|i| format!("another {i}")));
        let error = spec.validate().unwrap_err().to_string();
        assert!(
            error.contains("4097 rows") && error.contains("16777216"),
            "{error}"
        );
    }
}
