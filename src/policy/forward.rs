//! The network's forward pass in plain Rust: scores and value of one state, without libtorch and without allocating.

use crate::error::{Error, Result};
use crate::policy::features::scorer_rows;
use crate::policy::layout::{Parameter, layout, scorer_inputs};
use crate::policy::spec::{Activation, NetworkSpec, PolicySpec};
use std::collections::HashMap;

/// Largest absolute value of a `log_std` or `log_kappa`.
const LARGEST_LOG_SPREAD: f32 = 50.0;

/// A network ready to run. A result depends on the parameters and the state alone: not on earlier states, nor on
/// how many are evaluated.
#[derive(Debug, Clone)]
pub struct Network {
    spec: PolicySpec,
    /// As given: all tensors of the layout, row-major, one after another.
    parameters: Vec<f32>,
    activation: Activation,
    trunk: Vec<Dense>,
    actor: Dense,
    /// Hidden layers of the value alone; empty where it reads the trunk.
    critic_trunk: Vec<Dense>,
    critic: Dense,
    /// `log_std` ([A] or [1]) or `log_kappa` ([1]).
    spread: Vec<f32>,
}

/// Buffers for one forward pass at a time; made once, used for ever.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// Scorer: its input rows, [A, F].
    rows: Vec<f32>,
    /// Two hidden layers in turn, each as wide as the widest.
    hidden: [Vec<f32>; 2],
    /// Scorer: sum over rows of the last hidden layer, then its mean.
    feature_sum: Vec<f64>,
    feature_mean: Vec<f32>,
}

impl Network {
    /// The network of a validated `spec` with these parameters: the tensors of [`layout`] in order, each row-major.
    ///
    /// Fails, naming the tensor, where the number of values is not the layout's, one is NaN or infinite, or a
    /// `log_std` or `log_kappa` is outside [-50, 50], where draws and densities stop being finite.
    pub fn new(spec: &PolicySpec, parameters: Vec<f32>) -> Result<Self> {
        let layout = layout(spec);
        let expected: usize = layout.iter().map(Parameter::len).sum();
        if parameters.len() != expected {
            let found = format!("{} values", parameters.len());
            return Err(Error::invalid("parameters", found, expected));
        }
        let mut tensors = HashMap::new();
        let mut rest = parameters.as_slice();
        for parameter in &layout {
            let (values, after) = rest.split_at(parameter.len());
            if let Some(i) = values.iter().position(|value| !value.is_finite()) {
                let input = format!("{}[{i}]", parameter.name);
                return Err(Error::invalid(input, values[i], "finite"));
            }
            tensors.insert(parameter.name.as_str(), values);
            rest = after;
        }
        let dense = |name: &str| Dense::new(&tensors, name).expect("layout() names it");
        let layers = |name: &str| {
            (0..)
                .map_while(|i| Dense::new(&tensors, &format!("{name}.{i}")))
                .collect()
        };
        let last = layout.last().expect("a layout ends in log_std or log_kappa");
        let spread = tensors[last.name.as_str()];
        if let Some(i) = spread.iter().position(|value| value.abs() > LARGEST_LOG_SPREAD) {
            let input = format!("{}[{i}]", last.name);
            let expected = format!("in [-{LARGEST_LOG_SPREAD}, {LARGEST_LOG_SPREAD}]");
            return Err(Error::invalid(input, spread[i], expected));
        }
        Ok(Self {
            activation: match spec.network {
                NetworkSpec::Mlp { activation, .. } => activation,
                NetworkSpec::Scorer { .. } => Activation::Tanh,
            },
            trunk: layers("trunk"),
            actor: dense("actor"),
            critic_trunk: layers("critic_trunk"),
            critic: dense("critic"),
            spread: spread.to_vec(),
            spec: spec.clone(),
            parameters,
        })
    }

    /// All parameters as they were given to [`new`](Self::new), bit-identical.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// The state-independent spread of the distribution: `log_std` ([A] for `mlp`, [1] for `scorer`), or
    /// `log_kappa` ([1]).
    pub fn spread(&self) -> &[f32] {
        &self.spread
    }

    /// Writes the scores ([A]) of one normalised state ([S]) and returns its value. Allocates nothing.
    ///
    /// Panics where a length is not that of the spec.
    pub fn scores_and_value(&self, normalized: &[f32], scratch: &mut Scratch, scores: &mut [f32]) -> f32 {
        assert_eq!(normalized.len(), self.spec.state.len(), "length of the state");
        assert_eq!(scores.len(), self.spec.action_len(), "length of the scores");
        match self.spec.network {
            NetworkSpec::Mlp { .. } => self.mlp(normalized, &mut scratch.hidden, scores),
            NetworkSpec::Scorer { .. } => self.scorer(normalized, scratch, scores),
        }
    }

    fn mlp(&self, normalized: &[f32], hidden: &mut [Vec<f32>; 2], scores: &mut [f32]) -> f32 {
        let features = run_trunk(&self.trunk, self.activation, normalized, hidden);
        self.actor.run(features, scores);
        let features = if self.critic_trunk.is_empty() {
            features
        } else {
            run_trunk(&self.critic_trunk, self.activation, normalized, hidden)
        };
        self.critic.run_single(features)
    }

    fn scorer(&self, normalized: &[f32], scratch: &mut Scratch, scores: &mut [f32]) -> f32 {
        scorer_rows(&self.spec, normalized, &mut scratch.rows);
        scratch.feature_sum.fill(0.0);
        let rows = scratch.rows.chunks_exact(scorer_inputs(&self.spec));
        for (row, score) in rows.zip(scores.iter_mut()) {
            let features = run_trunk(&self.trunk, self.activation, row, &mut scratch.hidden);
            *score = self.actor.run_single(features);
            for (sum, &feature) in scratch.feature_sum.iter_mut().zip(features) {
                *sum += f64::from(feature);
            }
        }
        for (mean, sum) in scratch.feature_mean.iter_mut().zip(&scratch.feature_sum) {
            *mean = (sum / scores.len() as f64) as f32;
        }
        self.critic.run_single(&scratch.feature_mean)
    }
}

impl Scratch {
    /// Buffers for networks of this spec.
    pub fn new(spec: &PolicySpec) -> Self {
        let (hidden, rows) = match &spec.network {
            NetworkSpec::Mlp { hidden, .. } => (hidden, 0),
            NetworkSpec::Scorer { hidden } => (hidden, spec.action_len() * scorer_inputs(spec)),
        };
        let widest = hidden.iter().copied().max().unwrap_or(0);
        let features = hidden.last().copied().unwrap_or(0);
        Self {
            rows: vec![0.0; rows],
            hidden: [vec![0.0; widest], vec![0.0; widest]],
            feature_sum: vec![0.0; features],
            feature_mean: vec![0.0; features],
        }
    }
}

/// Runs hidden layers from one buffer to the other; the result is the last layer's output.
fn run_trunk<'a>(
    layers: &[Dense],
    activation: Activation,
    input: &[f32],
    [first, second]: &'a mut [Vec<f32>; 2],
) -> &'a [f32] {
    let (mut from, mut to) = (first, second);
    for (i, layer) in layers.iter().enumerate() {
        let input = if i == 0 { input } else { &from[..layer.inputs] };
        let output = &mut to[..layer.outputs];
        layer.run(input, output);
        match activation {
            Activation::Tanh => output.iter_mut().for_each(|x| *x = x.tanh()),
            Activation::Relu => output.iter_mut().for_each(|x| *x = x.max(0.0)),
        }
        std::mem::swap(&mut from, &mut to);
    }
    let width = layers.last().map_or(0, |layer| layer.outputs);
    &from[..width]
}

/// One dense layer; weights are kept transposed, [inputs, outputs], so that the inner loop runs over outputs.
#[derive(Debug, Clone)]
struct Dense {
    inputs: usize,
    outputs: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn new(tensors: &HashMap<&str, &[f32]>, name: &str) -> Option<Self> {
        let weight = tensors.get(format!("{name}.weight").as_str())?;
        let bias = tensors.get(format!("{name}.bias").as_str())?;
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let transposed = (0..inputs).flat_map(|i| (0..outputs).map(move |o| weight[o * inputs + i]));
        Some(Self {
            inputs,
            outputs,
            weight: transposed.collect(),
            bias: bias.to_vec(),
        })
    }

    /// out = weight · input + bias, f32, four inputs at a time.
    fn run(&self, input: &[f32], out: &mut [f32]) {
        let width = self.outputs;
        out.copy_from_slice(&self.bias);
        let mut blocks = self.weight.chunks_exact(4 * width);
        let mut inputs = input.chunks_exact(4);
        for (block, x) in blocks.by_ref().zip(inputs.by_ref()) {
            let (low, high) = block.split_at(2 * width);
            let ((w0, w1), (w2, w3)) = (low.split_at(width), high.split_at(width));
            let weights = w0.iter().zip(w1).zip(w2.iter().zip(w3));
            for (out, ((w0, w1), (w2, w3))) in out.iter_mut().zip(weights) {
                *out += (x[0] * w0 + x[1] * w1) + (x[2] * w2 + x[3] * w3);
            }
        }
        for (row, x) in blocks.remainder().chunks_exact(width).zip(inputs.remainder()) {
            for (out, weight) in out.iter_mut().zip(row) {
                *out += x * weight;
            }
        }
    }

    /// The output of a layer with one output.
    fn run_single(&self, input: &[f32]) -> f32 {
        let mut out = [0.0];
        self.run(input, &mut out);
        out[0]
    }
}
