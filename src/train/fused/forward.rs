//! The network on some states, with all that the way back needs.

use crate::policy::features::RowLayout;
use crate::policy::kernels::{InstructionSet, Left, Loops, VECTOR_STEP};
use crate::policy::layout::scorer_inputs;
use crate::policy::spec::{Activation, PolicySpec};
use crate::train::fused::attention::Attending;
use crate::train::fused::layer::Layer;
use crate::train::fused::matrices::Matrices;

/// What each layer gives, for up to so many states.
#[derive(Debug)]
pub(in crate::train) struct Activations {
    /// Of a network that scores rows.
    layout: Option<RowLayout>,
    /// What becomes of the rows' histories.
    pub(super) attending: Option<Attending>,
    /// Values of an input row.
    pub(super) inputs: usize,
    /// [states * rows, inputs]
    pub(super) input: Vec<f32>,
    /// Of each hidden layer: [states * rows, width].
    pub(super) trunk: Vec<Vec<f32>>,
    /// Of each hidden layer of the values alone: [states, width].
    pub(super) critic_trunk: Vec<Vec<f32>>,
    /// Scorer: the mean over a state's rows of the last hidden layer, [states, width].
    pub(super) pooled: Vec<f32>,
    /// [states * rows, width]
    actor: Vec<f32>,
    /// [states, width]
    critic: Vec<f32>,
}

/// What the network says about B states.
#[derive(Debug)]
pub(in crate::train) struct Said<'a> {
    /// Scores: [B, L].
    pub(in crate::train) scores: &'a mut [f32],
    /// V(s): [B].
    pub(in crate::train) values: &'a mut [f32],
    /// V_b(s), the expected reward of the deterministic action: [B].
    pub(in crate::train) baselines: &'a mut [f32],
}

impl Activations {
    /// Room for `states` states.
    pub(super) fn new(spec: &PolicySpec, matrices: &Matrices, states: usize) -> Self {
        let rows = states * matrices.rows;
        let each = |layers: &[Layer], rows: usize| {
            layers.iter().map(|layer| vec![0.0; rows * layer.width]).collect()
        };
        let layout = spec.network.scores_rows().then(|| RowLayout::new(spec));
        let attention = matrices.attention;
        let inputs = match (&layout, &attention) {
            (None, _) => spec.state.len(),
            (Some(layout), None) => layout.width(),
            (Some(_), Some(attention)) => scorer_inputs(spec) + attention.sizes.embedding,
        };
        let features = matrices.actor.input_width();
        let attending = layout.as_ref().zip(attention).map(|(layout, places)| {
            let plain = scorer_inputs(spec);
            Attending::new(places, plain, layout, matrices.rows, states)
        });
        Self {
            layout,
            attending,
            inputs,
            input: vec![0.0; rows * inputs],
            trunk: each(&matrices.trunk, rows),
            critic_trunk: each(&matrices.critic_trunk, states),
            pooled: vec![0.0; if matrices.rows > 1 { states * features } else { 0 }],
            actor: vec![0.0; rows * matrices.actor.width],
            critic: vec![0.0; matrices.critic.as_ref().map_or(0, |critic| states * critic.width)],
        }
    }

    /// The same for states each of which follows the one that was put last as the same number: of environments that go on.
    pub(super) fn following(self) -> Self {
        let attending = self.attending.zip(self.layout.as_ref());
        Self {
            attending: attending.map(|(attending, layout)| attending.following(layout)),
            ..self
        }
    }

    /// States that there is room for.
    pub(super) fn states(&self, matrices: &Matrices) -> usize {
        self.input.len() / (self.inputs * matrices.rows)
    }

    /// Takes in one normalised state ([S]) as number `i`, after those before it.
    pub(super) fn put(&mut self, spec: &PolicySpec, i: usize, state: &[f32]) {
        let count = self.layout.as_ref().map_or(1, |_| spec.score_len());
        let rows = &mut self.input[i * count * self.inputs..][..count * self.inputs];
        match (&self.layout, &mut self.attending) {
            (None, _) => rows.copy_from_slice(state),
            (Some(layout), None) => layout.write(state, rows),
            (Some(layout), Some(attending)) => {
                layout.write_plain(state, self.inputs, rows);
                attending.put(i, layout, state);
            }
        }
    }

    /// Runs the network of these parameters on the first `states` states.
    pub(super) fn run(
        &mut self,
        instructions: InstructionSet,
        matrices: &Matrices,
        parameters: &[f32],
        states: usize,
        said: Said<'_>,
    ) {
        let rows = states * matrices.rows;
        let run = Run {
            instructions,
            parameters,
            activation: matrices.activation,
        };
        let input = &mut self.input[..rows * self.inputs];
        if let Some(attending) = &mut self.attending {
            attending.run(instructions, parameters, rows, input);
        }
        run.hidden(&matrices.trunk, input, self.inputs, &mut self.trunk, rows);
        let (features, stride) = last_output(&self.trunk, &matrices.trunk, rows);
        let actor = &mut self.actor[..rows * matrices.actor.width];
        run.layer(&matrices.actor, features, stride, actor);
        if let Some(head) = &matrices.critic {
            let critic = &mut self.critic[..states * head.width];
            if matrices.rows > 1 {
                let pooled = &mut self.pooled[..states * stride];
                mean_rows(features, matrices.rows, stride, pooled);
                run.layer(head, pooled, stride, critic);
            } else {
                let trunk = &matrices.critic_trunk;
                run.hidden(trunk, input, self.inputs, &mut self.critic_trunk, states);
                let (features, stride) = last_output(&self.critic_trunk, trunk, states);
                run.layer(head, features, stride, critic);
            }
        }
        self.write(matrices, states, said);
    }

    /// Takes scores and values out of what the heads gave.
    fn write(&self, matrices: &Matrices, states: usize, said: Said<'_>) {
        let (scores, width) = (matrices.scores, matrices.actor.width);
        if matrices.rows > 1 {
            for (score, row) in said.scores.iter_mut().zip(self.actor.chunks_exact(width)) {
                *score = row[0];
            }
        } else {
            let rows = said
                .scores
                .chunks_exact_mut(scores)
                .zip(self.actor.chunks_exact(width));
            rows.for_each(|(out, row)| out.copy_from_slice(&row[..scores]));
        }
        let (values, width, first) = match &matrices.critic {
            Some(critic) => (&self.critic, critic.width, 0),
            None => (&self.actor, width, scores),
        };
        for (i, row) in values.chunks_exact(width).enumerate().take(states) {
            said.values[i] = row[first];
            said.baselines[i] = row[first + 1];
        }
    }
}

/// The last hidden layer's output and its width.
fn last_output<'a>(outputs: &'a [Vec<f32>], layers: &[Layer], rows: usize) -> (&'a [f32], usize) {
    let last = outputs.last().zip(layers.last());
    let (output, layer) = last.expect("validate() requires a hidden layer");
    (&output[..rows * layer.width], layer.width)
}

/// What every layer of a pass has in common.
struct Run<'a> {
    instructions: InstructionSet,
    parameters: &'a [f32],
    activation: Activation,
}

impl Run<'_> {
    /// Hidden layers one after another.
    fn hidden(&self, layers: &[Layer], input: &[f32], stride: usize, outputs: &mut [Vec<f32>], rows: usize) {
        let (mut from, mut stride) = (input, stride);
        for (layer, output) in layers.iter().zip(outputs) {
            let output = &mut output[..rows * layer.width];
            self.layer(layer, from, stride, output);
            match self.activation {
                Activation::Tanh => self.instructions.tanh(output),
                Activation::Relu => self.instructions.vectorize(Relu(output)),
            }
            (from, stride) = (output, layer.width);
        }
    }

    fn layer(&self, layer: &Layer, input: &[f32], stride: usize, output: &mut [f32]) {
        let left = Left::rows(input, stride, layer.inputs);
        let (weights, bias) = (layer.weights(self.parameters), layer.bias(self.parameters));
        self.instructions.multiply(left, weights, Some(bias), output);
    }
}

/// max(x, 0) in place; NaN stays.
struct Relu<'a>(&'a mut [f32]);

impl Loops for Relu<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let values = self.0.iter_mut();
        values.for_each(|value| *value = if *value < 0.0 { 0.0 } else { *value });
    }
}

/// Means of groups of `count` rows.
fn mean_rows(rows: &[f32], count: usize, width: usize, out: &mut [f32]) {
    debug_assert_eq!(width % VECTOR_STEP, 0);
    for (group, out) in rows.chunks_exact(count * width).zip(out.chunks_exact_mut(width)) {
        out.fill(0.0);
        for row in group.chunks_exact(width) {
            out.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        out.iter_mut().for_each(|sum| *sum /= count as f32);
    }
}
