//! A block of rows of a minibatch: forward, loss, and back.

use crate::policy::kernels::{InstructionSet, Left, Loops};
use crate::policy::spec::{Activation, PolicySpec};
use crate::rl::rollout::RolloutBuffer;
use crate::train::fused::density::Slopes;
use crate::train::fused::forward::{Activations, Said};
use crate::train::fused::layer::Layer;
use crate::train::fused::loss::{Loss, Row, RowSlopes};
use crate::train::fused::matrices::Matrices;
use crate::train::minibatch::MinibatchStats;

/// What came of a block.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The gradient, as the parameters lie.
    pub(super) gradient: Vec<f32>,
    pub(super) figures: MinibatchStats,
}

impl Outcome {
    /// Room for it.
    pub(super) fn new(matrices: &Matrices) -> Self {
        Self {
            gradient: vec![0.0; matrices.len()],
            figures: MinibatchStats::default(),
        }
    }
}

/// Room to work on one block after another: a thread's own, so that it stays in its cache.
#[derive(Debug)]
pub(super) struct Block {
    activations: Activations,
    /// [states, L], [states], [states]
    scores: Vec<f32>,
    values: Vec<f32>,
    baselines: Vec<f32>,
    /// Slopes in what the heads gave: [states * rows, width], [states, width].
    of_actor: Vec<f32>,
    of_critic: Vec<f32>,
    /// Slopes in what hidden layers gave, in turn: [states * rows, widest].
    first: Vec<f32>,
    second: Vec<f32>,
    /// Slopes in the means over a state's rows: [states, width].
    of_pooled: Vec<f32>,
    /// Slopes in one row's scores, and in the distribution's parameter.
    of_scores: Vec<f32>,
    spread: Vec<f64>,
    slopes: Slopes,
}

/// What all blocks of a minibatch share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) spec: &'a PolicySpec,
    pub(super) instructions: InstructionSet,
    pub(super) matrices: &'a Matrices,
    pub(super) parameters: &'a [f32],
    /// Weights the other way round.
    pub(super) transposed: &'a [f32],
    pub(super) buffer: &'a RolloutBuffer,
    pub(super) loss: &'a Loss<'a>,
    /// Whether the block is still wanted: asked between its steps.
    pub(super) is_wanted: &'a dyn Fn() -> bool,
}

impl Block {
    /// Room for `states` states.
    pub(super) fn new(spec: &PolicySpec, matrices: &Matrices, states: usize) -> Self {
        let rows = states * matrices.rows;
        let hidden = matrices.trunk.iter().chain(&matrices.critic_trunk);
        let widths = hidden.map(|layer| {
            layer
                .width
                .max(layer.transposed.map_or(0, |_| layer.input_width()))
        });
        let widest = widths.max().unwrap_or(0);
        let critic = matrices.critic.as_ref().map_or(0, |critic| critic.width);
        let pooled = if matrices.rows > 1 {
            matrices.actor.input_width()
        } else {
            0
        };
        let zeros = |len: usize| vec![0.0; len];
        Self {
            activations: Activations::new(spec, matrices, states),
            scores: zeros(states * matrices.scores),
            values: zeros(states),
            baselines: zeros(states),
            of_actor: zeros(rows * matrices.actor.width),
            of_critic: zeros(states * critic),
            first: zeros(rows * widest),
            second: zeros(rows * widest),
            of_pooled: zeros(states * pooled),
            of_scores: zeros(matrices.scores),
            spread: vec![0.0; matrices.spread.len()],
            slopes: Slopes::new(spec),
        }
    }

    /// States that there is room for.
    pub(super) fn states(&self) -> usize {
        self.values.len()
    }

    /// Writes the gradient of the loss on these rows of the buffer, with their advantages; false, and nothing that can be used,
    /// where the block was not wanted any more on the way.
    pub(super) fn run(
        &mut self,
        shared: Shared<'_>,
        rows: &[u32],
        advantages: &[f32],
        out: &mut Outcome,
    ) -> bool {
        let Shared {
            spec,
            instructions,
            matrices,
            parameters,
            buffer,
            ..
        } = shared;
        let states = rows.len();
        for (i, &row) in rows.iter().enumerate() {
            let state = &buffer.states[row as usize * buffer.state_len..][..buffer.state_len];
            self.activations.put(spec, i, state);
        }
        let said = Said {
            scores: &mut self.scores[..states * matrices.scores],
            values: &mut self.values[..states],
            baselines: &mut self.baselines[..states],
        };
        self.activations
            .run(instructions, matrices, parameters, states, said);
        if !(shared.is_wanted)() {
            return false;
        }
        self.differentiate_loss(shared, rows, advantages, out);
        self.go_back(shared, states, &mut out.gradient)
    }

    /// Loss and slopes of every row.
    fn differentiate_loss(
        &mut self,
        shared: Shared<'_>,
        rows: &[u32],
        advantages: &[f32],
        outcome: &mut Outcome,
    ) {
        let Shared { matrices, buffer, .. } = shared;
        let len = matrices.scores;
        let width = matrices.actor.width;
        outcome.figures = MinibatchStats::default();
        self.spread.fill(0.0);
        for (i, &row) in rows.iter().enumerate() {
            let row = row as usize;
            let all = row * len..(row + 1) * len;
            let (mut value, mut baseline) = (0.0, 0.0);
            let out = RowSlopes {
                scores: &mut self.of_scores,
                value: &mut value,
                baseline: &mut baseline,
                spread: &mut self.spread,
            };
            let row = Row {
                scores: &self.scores[i * len..][..len],
                log_prior: &buffer.log_priors[all.clone()],
                action: &buffer.actions[all],
                value: self.values[i],
                baseline: self.baselines[i],
                old_log_prob: buffer.log_probs[row],
                old_value: buffer.values[row],
                advantage: advantages[i],
                target: buffer.returns[row],
                baseline_reward: buffer.baseline_rewards[row],
                weight: buffer.weights[row],
            };
            shared.loss.add(row, &mut self.slopes, out, &mut outcome.figures);
            if matrices.rows > 1 {
                let rows = self.of_actor[i * len * width..][..len * width].chunks_exact_mut(width);
                rows.zip(&self.of_scores).for_each(|(to, slope)| to[0] = *slope);
            } else {
                self.of_actor[i * width..][..len].copy_from_slice(&self.of_scores);
            }
            let (to, first) = match &matrices.critic {
                Some(critic) => (&mut self.of_critic[i * critic.width..], 0),
                None => (&mut self.of_actor[i * width..], len),
            };
            (to[first], to[first + 1]) = (value, baseline);
        }
        let spread = &mut outcome.gradient[matrices.spread.clone()];
        spread
            .iter_mut()
            .zip(&self.spread)
            .for_each(|(to, from)| *to = *from as f32);
    }

    /// From the heads to the first layer; false where the block was not wanted any more.
    fn go_back(&mut self, shared: Shared<'_>, states: usize, gradient: &mut [f32]) -> bool {
        let matrices = shared.matrices;
        let rows = states * matrices.rows;
        let Self {
            activations,
            of_actor,
            of_critic,
            first,
            second,
            of_pooled,
            ..
        } = self;
        let back = Back {
            shared,
            input: &activations.input[..rows * activations.inputs],
            inputs: activations.inputs,
        };
        let features = matrices.actor.input_width();
        let of_actor = &of_actor[..rows * matrices.actor.width];
        let of_features = &mut first[..rows * features];
        back.layer(&matrices.actor, activations.trunk.last(), of_actor, gradient);
        back.through(&matrices.actor, of_actor, of_features);
        if let Some(critic) = &matrices.critic
            && matrices.rows > 1
        {
            let of_critic = &of_critic[..states * critic.width];
            back.layer(critic, Some(&activations.pooled), of_critic, gradient);
            let of_pooled = &mut of_pooled[..states * features];
            back.through(critic, of_critic, of_pooled);
            let share = 1.0 / matrices.rows as f32;
            let groups = of_features.chunks_exact_mut(matrices.rows * features);
            for (group, of_mean) in groups.zip(of_pooled.chunks_exact(features)) {
                for row in group.chunks_exact_mut(features) {
                    row.iter_mut()
                        .zip(of_mean)
                        .for_each(|(to, slope)| *to += share * slope);
                }
            }
        }
        if !back.trunk(&matrices.trunk, &activations.trunk, first, second, rows, gradient) {
            return false;
        }
        if let Some(attending) = &mut activations.attending {
            let of_input = &first[..rows * matrices.trunk[0].input_width()];
            let Shared {
                instructions,
                parameters,
                ..
            } = shared;
            attending.go_back(instructions, parameters, of_input, rows, gradient);
        }
        if let Some(critic) = &matrices.critic
            && matrices.rows == 1
        {
            let of_critic = &of_critic[..states * critic.width];
            back.layer(critic, activations.critic_trunk.last(), of_critic, gradient);
            back.through(critic, of_critic, &mut first[..states * critic.input_width()]);
            let outputs = &activations.critic_trunk;
            return back.trunk(&matrices.critic_trunk, outputs, first, second, states, gradient);
        }
        true
    }
}

/// The way back through layers.
struct Back<'a> {
    shared: Shared<'a>,
    /// What the first layers read: [rows, inputs].
    input: &'a [f32],
    inputs: usize,
}

impl Back<'_> {
    /// Hidden layers, last first. `first` holds the slopes in what the last one gave, and then those in what the first one
    /// read, where they are used. False where the block was not wanted any more.
    fn trunk(
        &self,
        layers: &[Layer],
        outputs: &[Vec<f32>],
        first: &mut Vec<f32>,
        second: &mut Vec<f32>,
        rows: usize,
        gradient: &mut [f32],
    ) -> bool {
        for (i, layer) in layers.iter().enumerate().rev() {
            if !(self.shared.is_wanted)() {
                return false;
            }
            let of_sums = &mut first[..rows * layer.width];
            let output = &outputs[i][..rows * layer.width];
            let activation = self.shared.matrices.activation;
            self.shared.instructions.vectorize(TimesSlope {
                activation,
                output,
                slopes: &mut *of_sums,
            });
            let before = i.checked_sub(1).map(|before| &outputs[before]);
            self.layer(layer, before, of_sums, gradient);
            if layer.transposed.is_some() {
                self.through(layer, of_sums, &mut second[..rows * layer.input_width()]);
                std::mem::swap(first, second);
            }
        }
        true
    }

    /// The gradient in a layer's weights and bias, from the slopes in its sums [rows, width] and what it read: the output of
    /// a layer before it, or the input.
    fn layer(&self, layer: &Layer, before: Option<&Vec<f32>>, of_sums: &[f32], gradient: &mut [f32]) {
        let rows = of_sums.len() / layer.width;
        let (read, stride) = match before {
            Some(output) => (output.as_slice(), layer.input_width()),
            None => (self.input, self.inputs),
        };
        let (weights, bias) = layer.split(gradient);
        let left = Left::columns(&read[..rows * stride], stride, layer.inputs);
        self.shared.instructions.multiply(left, of_sums, None, weights);
        self.shared.instructions.vectorize(SumRows {
            rows: of_sums,
            out: bias,
        });
    }

    /// The slopes in what a layer read, [rows, input_width], from those in its sums.
    fn through(&self, layer: &Layer, of_sums: &[f32], of_inputs: &mut [f32]) {
        let left = Left::rows(of_sums, layer.width, layer.outputs);
        let weights = layer.transposed(self.shared.transposed);
        self.shared.instructions.multiply(left, weights, None, of_inputs);
    }
}

/// Multiplies slopes by that of an activation that gave `output`.
struct TimesSlope<'a> {
    activation: Activation,
    output: &'a [f32],
    slopes: &'a mut [f32],
}

impl Loops for TimesSlope<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let pairs = self.slopes.iter_mut().zip(self.output);
        match self.activation {
            Activation::Tanh => pairs.for_each(|(slope, output)| *slope *= 1.0 - output * output),
            Activation::Relu => {
                pairs.for_each(|(slope, output)| *slope = if *output > 0.0 { *slope } else { 0.0 });
            }
        }
    }
}

/// Sums of the columns of rows.
struct SumRows<'a> {
    rows: &'a [f32],
    out: &'a mut [f32],
}

impl Loops for SumRows<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self { rows, out } = self;
        out.fill(0.0);
        for row in rows.chunks_exact(out.len()) {
            out.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    }
}
