//! The network's forward pass in plain Rust: scores and value of states, without libtorch and without allocating.

use crate::error::{Count, Error, Result};
use crate::policy::attend::past::Past;
use crate::policy::attend::{Attend, Room};
use crate::policy::features::RowLayout;
use crate::policy::kernels::{self, Aligned, Dense, InstructionSet, Precision, WIDTH_STEP};
use crate::policy::lanes::copy_few;
use crate::policy::layout::{Parameter, layout, row_len, scorer_inputs};
use crate::policy::spec::{Activation, PolicySpec};
use std::collections::HashMap;
use std::ops::Range;

/// Largest absolute value of a `log_std` or `log_kappa`.
const LARGEST_LOG_SPREAD: f32 = 50.0;

/// Rows that go through all layers together: what lies between two layers of 256 units then stays in the cache
/// beside their weights.
pub(super) const CHUNK: usize = 48;

/// A network ready to run. A result depends on the parameters, the state and the instruction set alone, to the bit:
/// not on earlier states, nor on how many are evaluated, where in a batch they stand, or on which thread.
#[derive(Debug, Clone)]
pub struct Network {
    spec: PolicySpec,
    /// As given: all tensors of the layout, row-major, one after another.
    parameters: Vec<f32>,
    /// Where among them each dense layer's weight and bias are, in the order of [`Layers::dense_mut`].
    places: Vec<[Range<usize>; 2]>,
    shape: Shape,
    /// Of networks that score rows; of no use to others.
    rows: RowLayout,
    instructions: InstructionSet,
    precision: Precision,
    layers: Layers,
    /// `log_std` ([L] or [1]) or `log_kappa` ([1]).
    spread: Vec<f32>,
}

/// The dense layers, packed for an instruction set.
#[derive(Debug, Clone)]
struct Layers {
    attention: Option<Attend>,
    trunk: Vec<Dense>,
    actor: Dense,
    /// Hidden layers of the value alone; empty where it reads the trunk.
    critic_trunk: Vec<Dense>,
    critic: Dense,
}

/// Buffers for one forward pass at a time; made once, used for ever.
#[derive(Debug, Clone)]
pub struct Scratch {
    shape: Shape,
    /// Scorer: the input rows of as many states as fill a chunk: [states, A, F].
    rows: Vec<f32>,
    /// With an attention: the same rows as the layers read them.
    attended: Vec<f32>,
    attention: Option<Room>,
    /// Where states follow each other and an attention looks back on their bars.
    pub(super) past: Option<Past>,
    buffers: Buffers,
    /// Scorer: sum over rows of the last hidden layer, then its mean.
    feature_sum: Vec<f64>,
    feature_mean: Vec<f32>,
}

/// What the sizes of the buffers follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    /// Values of a state.
    state: usize,
    actions: usize,
    /// Rows that one state is for the network, and the length of one where the rows are written here.
    rows: usize,
    row_buffer: usize,
    /// Length of a row that an attention has read; 0 without one.
    attended: usize,
    widest: usize,
    /// Outputs of the last hidden layer.
    features: usize,
}

/// What layers write, in turn.
#[derive(Debug, Clone)]
struct Buffers {
    /// Rows that go through the layers together, at most.
    chunk: usize,
    /// Each [chunk, widest layer].
    first: Aligned,
    second: Aligned,
}

impl Network {
    /// The network of a validated `spec` with these parameters: the tensors of [`layout`] in order, each row-major.
    /// It runs on the best instructions of this processor.
    ///
    /// Fails, naming the tensor, where the number of values is not the layout's, one is NaN or infinite, or a
    /// `log_std` or `log_kappa` is outside [-50, 50], where draws and densities stop being finite.
    pub fn new(spec: &PolicySpec, parameters: Vec<f32>) -> Result<Self> {
        let layout = layout(spec);
        check(&layout, &parameters)?;
        let tensors = split(&layout, &parameters);
        let last = layout.last().expect("a layout ends in log_std or log_kappa");
        let spread = tensors[last.name.as_str()];
        let instructions = InstructionSet::best();
        Ok(Self {
            layers: Layers::pack(spec, &tensors, instructions, Precision::F32),
            places: places(&layout),
            spread: spread.to_vec(),
            shape: Shape::of(spec),
            rows: RowLayout::new(spec),
            spec: spec.clone(),
            instructions,
            precision: Precision::F32,
            parameters,
        })
    }

    /// Number of values in a state.
    pub(super) fn state_len(&self) -> usize {
        self.shape.state
    }

    /// Number of scores of a state, L.
    pub(super) fn score_len(&self) -> usize {
        self.shape.actions
    }

    /// The instructions it runs on.
    pub fn instructions(&self) -> InstructionSet {
        self.instructions
    }

    /// Packs the layers anew, to run on other instructions than the best: for comparisons.
    pub fn set_instructions(&mut self, instructions: InstructionSet) {
        self.instructions = instructions;
        self.pack();
    }

    /// How exactly the layers keep their weights.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Packs the layers anew, with weights kept in this precision; [`parameters`](Self::parameters) stay as they are.
    pub fn set_precision(&mut self, precision: Precision) {
        if self.precision != precision {
            self.precision = precision;
            self.pack();
        }
    }

    fn pack(&mut self) {
        let layout = layout(&self.spec);
        let tensors = split(&layout, &self.parameters);
        self.layers = Layers::pack(&self.spec, &tensors, self.instructions, self.precision);
    }

    /// Other parameters of the same layout, in place: allocates nothing, but for an attention. Fails as [`new`](Self::new) does,
    /// and then changes nothing.
    pub(super) fn refill(&mut self, parameters: &[f32]) -> Result<()> {
        let spread = &parameters[parameters.len().saturating_sub(self.spread.len())..];
        let is_usable = parameters.len() == self.parameters.len()
            && parameters.iter().all(|value| value.is_finite())
            && spread.iter().all(|value| value.abs() <= LARGEST_LOG_SPREAD);
        if !is_usable {
            // Its message takes memory.
            return check(&layout(&self.spec), parameters);
        }
        self.parameters.copy_from_slice(parameters);
        self.spread.copy_from_slice(spread);
        if self.layers.attention.is_some() {
            self.pack();
            return Ok(());
        }
        for (layer, [weight, bias]) in self.layers.dense_mut().zip(&self.places) {
            layer.refill(&parameters[weight.clone()], &parameters[bias.clone()]);
        }
        Ok(())
    }

    /// All parameters as they were given to [`new`](Self::new), bit-identical.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// The state-independent spread of the distribution: `log_std` ([L] for `mlp`, [1] for `scorer`), or
    /// `log_kappa` ([1]).
    pub fn spread(&self) -> &[f32] {
        &self.spread
    }

    /// Whether `scratch` was made for networks of this size.
    pub(super) fn fits(&self, scratch: &Scratch) -> bool {
        self.shape == scratch.shape
    }

    /// Writes the scores ([B, L]) of normalised states ([B, S], row-major). Only the layers that scores need are
    /// run. Allocates nothing.
    ///
    /// Panics where a length is not that of the spec.
    pub fn scores(&self, normalized: &[f32], scratch: &mut Scratch, scores: &mut [f32]) {
        let (inputs, actions) = (self.shape.state, self.shape.actions);
        let states = normalized.len() / inputs;
        assert_eq!(normalized.len(), states * inputs, "length of the states");
        assert_eq!(scores.len(), states * actions, "length of the scores");
        let Layers { trunk, actor, .. } = &self.layers;
        if !self.spec.network.scores_rows() {
            return scratch.buffers.run(trunk, actor, normalized, scores);
        }
        let state_rows = actions * self.rows.width();
        let Scratch {
            rows,
            attended,
            attention,
            past,
            buffers,
            ..
        } = scratch;
        if let (Some(attend), Some(room), Some(past)) = (&self.layers.attention, &mut *attention, past) {
            for (state, scores) in normalized
                .chunks_exact(inputs)
                .zip(scores.chunks_exact_mut(actions))
            {
                let attended = &mut attended[..actions * attend.row_len()];
                attend.follow(&self.rows, state, past, room, attended);
                buffers.run(trunk, actor, attended, scores);
            }
            return;
        }
        let at_once = rows.len() / state_rows;
        let groups = normalized.chunks(at_once * inputs);
        for (group, scores) in groups.zip(scores.chunks_mut(at_once * actions)) {
            let mut written = 0;
            for (state, rows) in group.chunks_exact(inputs).zip(rows.chunks_exact_mut(state_rows)) {
                self.rows.write(state, rows);
                written += rows.len();
            }
            let rows = self.layers.read(&rows[..written], attention, attended);
            buffers.run(trunk, actor, rows, scores);
        }
    }

    /// The value of one normalised state ([S]). Only the layers that it needs are run. Allocates nothing.
    ///
    /// Panics where the length is not that of the spec.
    pub fn value(&self, normalized: &[f32], scratch: &mut Scratch) -> f32 {
        assert_eq!(normalized.len(), self.shape.state, "length of the state");
        let Layers {
            trunk,
            critic_trunk,
            critic,
            ..
        } = &self.layers;
        let mut value = [0.0];
        match self.spec.network.scores_rows() {
            false => {
                let trunk = if critic_trunk.is_empty() {
                    trunk
                } else {
                    critic_trunk
                };
                scratch.buffers.run(trunk, critic, normalized, &mut value);
            }
            true => {
                self.average_features(normalized, scratch);
                scratch
                    .buffers
                    .run(&[], critic, &scratch.feature_mean, &mut value);
            }
        }
        value[0]
    }

    /// Writes the scores ([L]) of one normalised state ([S]) and returns its value: [`scores`](Self::scores), then
    /// [`value`](Self::value).
    pub fn scores_and_value(&self, normalized: &[f32], scratch: &mut Scratch, scores: &mut [f32]) -> f32 {
        self.scores(normalized, scratch, scores);
        self.value(normalized, scratch)
    }

    /// Scorer: the mean over a state's rows of the last hidden layer.
    fn average_features(&self, normalized: &[f32], scratch: &mut Scratch) {
        let Scratch {
            rows,
            attended,
            attention,
            buffers,
            feature_sum,
            feature_mean,
            ..
        } = scratch;
        let actions = self.spec.score_len();
        let rows = &mut rows[..actions * self.rows.width()];
        self.rows.write(normalized, rows);
        let rows = self.layers.read(rows, attention, attended);
        let inputs = rows.len() / actions;
        feature_sum.fill(0.0);
        for rows in rows.chunks(buffers.chunk * inputs) {
            let (features, stride, _) = buffers.run_hidden(&self.layers.trunk, rows, inputs);
            for features in features.chunks_exact(stride) {
                for (sum, &feature) in feature_sum.iter_mut().zip(features) {
                    *sum += f64::from(feature);
                }
            }
        }
        for (mean, sum) in feature_mean.iter_mut().zip(feature_sum) {
            *mean = (*sum / actions as f64) as f32;
        }
    }
}

impl Scratch {
    /// Buffers for networks of this spec that mostly see one state at a time.
    pub fn new(spec: &PolicySpec) -> Self {
        Self::for_batches(spec, 1)
    }

    /// Buffers for the states of one portfolio, which follow each other bar by bar: what an attention embedded a bar in is kept.
    /// Results are the same, to the bit.
    pub(super) fn following(spec: &PolicySpec) -> Self {
        Self {
            past: Past::new(spec),
            ..Self::new(spec)
        }
    }

    /// Buffers that let up to `states` states (at least 1) go through the network together, as far as that is of
    /// use. However many there are, any number may be evaluated in one call.
    pub fn for_batches(spec: &PolicySpec, states: usize) -> Self {
        let shape = Shape::of(spec);
        let states = states.clamp(1, CHUNK.div_ceil(shape.rows));
        let chunk = (states * shape.rows).min(CHUNK);
        let values = chunk * shape.widest.next_multiple_of(WIDTH_STEP);
        Self {
            shape,
            rows: vec![0.0; states * shape.rows * shape.row_buffer],
            attended: vec![0.0; states * shape.rows * shape.attended],
            attention: spec
                .attention()
                .map(|sizes| Room::new(sizes, states * shape.rows)),
            past: None,
            buffers: Buffers {
                chunk,
                first: Aligned::zeros(values),
                second: Aligned::zeros(values),
            },
            feature_sum: vec![0.0; shape.features],
            feature_mean: vec![0.0; shape.features],
        }
    }
}

impl Shape {
    fn of(spec: &PolicySpec) -> Self {
        let actions = spec.score_len();
        let hidden = spec.network.hidden();
        let (rows, row_buffer) = match spec.network.scores_rows() {
            false => (1, 0),
            true => (actions, row_len(spec)),
        };
        let attended = spec
            .attention()
            .map_or(0, |attention| scorer_inputs(spec) + attention.embedding);
        Self {
            state: spec.state.len(),
            actions,
            rows,
            row_buffer,
            attended,
            widest: hidden.iter().copied().max().unwrap_or(0).max(actions),
            features: hidden.last().copied().unwrap_or(0),
        }
    }
}

impl Buffers {
    /// Runs hidden layers and then `head` on rows ([rows, inputs]), and writes the head's outputs ([rows, outputs]).
    fn run(&mut self, hidden: &[Dense], head: &Dense, rows: &[f32], out: &mut [f32]) {
        let inputs = hidden.first().unwrap_or(head).inputs();
        let outputs = head.outputs();
        let chunks = rows.chunks(self.chunk * inputs);
        for (rows, out) in chunks.zip(out.chunks_mut(self.chunk * outputs)) {
            let (features, stride, free) = self.run_hidden(hidden, rows, inputs);
            head.run(features, stride, free);
            for (out, padded) in out.chunks_exact_mut(outputs).zip(free.chunks_exact(head.width())) {
                copy_few(&padded[..outputs], out);
            }
        }
    }

    /// Runs hidden layers on at most a chunk of rows ([rows, stride]). Gives the last one's output, the length of
    /// its rows, and the buffer that is free.
    fn run_hidden<'a>(
        &'a mut self,
        layers: &[Dense],
        rows: &'a [f32],
        stride: usize,
    ) -> (&'a [f32], usize, &'a mut [f32]) {
        let count = rows.len() / stride;
        let mut stride = stride;
        let (mut from, mut to) = (&mut self.first, &mut self.second);
        for (i, layer) in layers.iter().enumerate() {
            let input = if i == 0 {
                rows
            } else {
                &from.as_slice()[..count * stride]
            };
            layer.run(input, stride, to.as_mut_slice());
            stride = layer.width();
            std::mem::swap(&mut from, &mut to);
        }
        let features = if layers.is_empty() {
            rows
        } else {
            &from.as_slice()[..count * stride]
        };
        (features, stride, to.as_mut_slice())
    }
}

impl Layers {
    /// Rows as the first layer reads them.
    fn read<'a>(&self, rows: &'a [f32], room: &mut Option<Room>, attended: &'a mut [f32]) -> &'a [f32] {
        let (Some(attention), Some(room)) = (&self.attention, room) else {
            return rows;
        };
        let attended = &mut attended[..attention.rows(rows) * attention.row_len()];
        attention.run(rows, room, attended);
        attended
    }

    /// Every dense layer, in the order of the layout.
    fn dense_mut(&mut self) -> impl Iterator<Item = &mut Dense> {
        let actor = self.trunk.iter_mut().chain(std::iter::once(&mut self.actor));
        let critic = self
            .critic_trunk
            .iter_mut()
            .chain(std::iter::once(&mut self.critic));
        actor.chain(critic)
    }

    fn pack(
        spec: &PolicySpec,
        tensors: &HashMap<&str, &[f32]>,
        instructions: InstructionSet,
        precision: Precision,
    ) -> Self {
        let hidden = match spec.network.activation() {
            Activation::Tanh => kernels::Activation::Tanh,
            Activation::Relu => kernels::Activation::Relu,
        };
        let dense = |name: &str, activation| {
            let weight = tensors.get(format!("{name}.weight").as_str())?;
            let bias = tensors.get(format!("{name}.bias").as_str())?;
            Some(Dense::new(instructions, precision, weight, bias, activation))
        };
        let layers = |name: &str| {
            (0..)
                .map_while(|i| dense(&format!("{name}.{i}"), hidden))
                .collect()
        };
        let head = |name: &str| dense(name, kernels::Activation::Identity).expect("layout() names it");
        Self {
            attention: spec
                .attention()
                .map(|sizes| Attend::new(sizes, scorer_inputs(spec), tensors, instructions)),
            trunk: layers("trunk"),
            actor: head("actor"),
            critic_trunk: layers("critic_trunk"),
            critic: head("critic"),
        }
    }
}

/// Whether values can be the parameters of a layout.
fn check(layout: &[Parameter], parameters: &[f32]) -> Result<()> {
    let expected: usize = layout.iter().map(Parameter::len).sum();
    if parameters.len() != expected {
        let found = Count(parameters.len(), "values");
        return Err(Error::invalid("parameters", found, expected));
    }
    let tensors = split(layout, parameters);
    for parameter in layout {
        let values = tensors[parameter.name.as_str()];
        if let Some(i) = values.iter().position(|value| !value.is_finite()) {
            let input = format!("{}[{i}]", parameter.name);
            return Err(Error::invalid(input, values[i], "finite"));
        }
    }
    let last = layout.last().expect("a layout ends in log_std or log_kappa");
    let spread = tensors[last.name.as_str()];
    if let Some(i) = spread.iter().position(|value| value.abs() > LARGEST_LOG_SPREAD) {
        let input = format!("{}[{i}]", last.name);
        let expected = format!("in [-{LARGEST_LOG_SPREAD}, {LARGEST_LOG_SPREAD}]");
        return Err(Error::invalid(input, spread[i], expected));
    }
    Ok(())
}

/// Where the weight and bias of each layer that scores or values are, in order.
fn places(layout: &[Parameter]) -> Vec<[Range<usize>; 2]> {
    let mut places = Vec::new();
    let (mut first, mut weight) = (0, 0..0);
    for parameter in layout {
        let place = first..first + parameter.len();
        first = place.end;
        let mut name = parameter.name.split('.');
        if let Some("trunk" | "actor" | "critic_trunk" | "critic") = name.next() {
            match name.next_back() {
                Some("weight") => weight = place,
                _ => places.push([weight.clone(), place]),
            }
        }
    }
    places
}

/// The tensors of a layout by name; `parameters` hold exactly all of them.
fn split<'a>(layout: &'a [Parameter], parameters: &'a [f32]) -> HashMap<&'a str, &'a [f32]> {
    let mut rest = parameters;
    let mut tensors = HashMap::new();
    for parameter in layout {
        let (values, after) = rest.split_at(parameter.len());
        tensors.insert(parameter.name.as_str(), values);
        rest = after;
    }
    tensors
}
