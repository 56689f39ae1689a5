//! Which parameters a network has: names, shapes, order. The trainer, the file and the forward pass all read it here.

use crate::market::state_spec::{Block, Content};
use crate::policy::spec::{Attention, Distribution, PolicySpec};

/// One parameter tensor: row-major f32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the file, such as `trunk.0.weight`.
    pub name: String,
    /// Its shape; weights of a dense layer are [outputs, inputs].
    pub shape: Vec<usize>,
    /// How the trainer initialises it.
    pub init: Init,
}

impl Parameter {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds no value; never so in a valid layout.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a parameter starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// Orthogonal rows times sqrt(2): hidden layers.
    Hidden,
    /// Orthogonal rows times 0.01: the scores, so that training starts at the prior, and the baseline's value, whose
    /// slopes would otherwise leak into the advantages of earlier actions until they are unlearnt.
    Small,
    /// Orthogonal rows times 1: the layer that gives the value.
    Value,
    /// Zero: biases, and the scores' weights where they correct a prior from within reach.
    Zero,
    /// A bias of each head [H] and bar [L], oldest first: -m for each bar back, with m from 0.5 to 0.1 over the heads.
    Age,
    /// The configured starting log standard deviation.
    LogStd,
    /// The configured starting log concentration.
    LogKappa,
}

/// All parameters of the policy with this spec, in the order in which they are stored.
///
/// `mlp`: `trunk.<i>.{weight,bias}`, `actor.{weight,bias}`, and `critic.{weight,bias}` on the same trunk, or after
/// `critic_trunk.<i>.{weight,bias}` where the trunk is not shared. `scorer`: `trunk` runs on every asset's row,
/// `actor` gives one score a row, `critic` reads the mean of the rows' last hidden layer. `attention`: the same after
/// `embedding.{weight,bias}`, `query.weight`, `key.weight`, `value.weight` and `age.bias`
/// ([`Attention`]).
/// `baseline.{weight,bias}` is the value head of the self-critical control variate, on the critic's features.
/// Last, `log_std` [L], one of each score (one value shared by all for `scorer`) or `log_kappa` [1].
pub fn layout(spec: &PolicySpec) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let (rows, hidden) = (spec.network.scores_rows(), spec.network.hidden());
    let (mut inputs, scores) = match rows {
        true => (scorer_inputs(spec), 1),
        false => (spec.state.len(), spec.score_len()),
    };
    if let Some(attention) = spec.attention() {
        inputs += attention.embedding;
        self::attention(&mut parameters, attention);
    }
    trunk(&mut parameters, "trunk", inputs, hidden);
    let features = *hidden.last().expect("validate() requires a hidden layer");
    // Scores of 0 are the prior to the bit.
    let head = match spec.action.margin(spec.score_len()) {
        Some(_) => Init::Zero,
        None => Init::Small,
    };
    dense(&mut parameters, "actor", features, scores, head);
    if !rows && !spec.network.shares_trunk() {
        trunk(&mut parameters, "critic_trunk", inputs, hidden);
    }
    dense(&mut parameters, "critic", features, 1, Init::Value);
    dense(&mut parameters, "baseline", features, 1, Init::Small);
    let (name, len, init) = match spec.action.distribution {
        Distribution::Dirichlet => ("log_kappa", 1, Init::LogKappa),
        // One for each score of a row.
        Distribution::Gaussian => ("log_std", scores, Init::LogStd),
    };
    parameters.push(Parameter {
        name: name.to_string(),
        shape: vec![len],
        init,
    });
    parameters
}

/// The blocks that a network which scores rows reads as they are: without the history, where an attention reads that.
pub(crate) fn plain_blocks(spec: &PolicySpec) -> impl Iterator<Item = Block> {
    let attention = spec.attention().is_some();
    let blocks = spec.state.blocks();
    blocks.filter(move |block| !(attention && block.content.is_history()))
}

/// Values in one row of the scorer's input: see [`NetworkSpec::Scorer`](crate::policy::spec::NetworkSpec::Scorer). The asset's
/// own of every block that has one an asset, whether the row is cash's, which side it is where there are short positions, the
/// means of these blocks but for the weights', and the other blocks; without the history, where an attention reads that.
pub fn scorer_inputs(spec: &PolicySpec) -> usize {
    let values = plain_blocks(spec).map(|block| match (block.per_asset, block.content) {
        (true, Content::Weights) => 1,
        (true, _) => 2,
        (false, _) => block.range.len(),
    });
    values.sum::<usize>() + 1 + usize::from(spec.action.short)
}

/// Values in one row as it is written: [`scorer_inputs`], and the history where an attention reads it.
pub fn row_len(spec: &PolicySpec) -> usize {
    let history = spec
        .attention()
        .map_or(0, |attention| attention.channels * attention.bars);
    scorer_inputs(spec) + history
}

fn attention(parameters: &mut Vec<Parameter>, attention: Attention) {
    let Attention {
        bars,
        channels,
        embedding,
        heads,
    } = attention;
    dense(parameters, "embedding", channels, embedding, Init::Hidden);
    let mut put = |name: &str, shape: [usize; 2], init| {
        parameters.push(Parameter {
            name: name.into(),
            shape: shape.to_vec(),
            init,
        });
    };
    for name in ["query.weight", "key.weight", "value.weight"] {
        put(name, [embedding, embedding], Init::Value);
    }
    put("age.bias", [heads, bars], Init::Age);
}

fn trunk(parameters: &mut Vec<Parameter>, name: &str, inputs: usize, hidden: &[usize]) {
    let mut width = inputs;
    for (i, &units) in hidden.iter().enumerate() {
        dense(parameters, &format!("{name}.{i}"), width, units, Init::Hidden);
        width = units;
    }
}

fn dense(parameters: &mut Vec<Parameter>, name: &str, inputs: usize, outputs: usize, init: Init) {
    parameters.push(Parameter {
        name: format!("{name}.weight"),
        shape: vec![outputs, inputs],
        init,
    });
    parameters.push(Parameter {
        name: format!("{name}.bias"),
        shape: vec![outputs],
        init: Init::Zero,
    });
}
