//! How the parameters lie in memory while they are trained: each layer's weights as its products read them.
//!
//! A layer is [inputs, width] weights, those of one input side by side, and then its bias [width]; `width` is its outputs
//! rounded up to whole vectors, with zeros beyond the last, which stay zeros: nothing flows back from them.

use crate::policy::kernels::{Loops, VECTOR_STEP};
use crate::policy::layout::{Parameter, layout};
use crate::policy::spec::{Activation, NetworkSpec, PolicySpec};
use crate::train::fused::attention::AttentionPlaces;
use crate::train::fused::places::{Piece, Places};
use std::ops::Range;

/// One dense layer in the flat parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Outputs rounded up to whole vectors.
    pub(super) width: usize,
    /// Where it begins.
    pub(super) offset: usize,
    /// Where its weights begin, the other way round, among those that gradients flow back through; none for a layer that
    /// reads the state.
    pub(super) transposed: Option<usize>,
}

/// The layers of a network.
#[derive(Debug)]
pub(super) struct Matrices {
    pub(super) attention: Option<AttentionPlaces>,
    pub(super) trunk: Vec<Layer>,
    /// Scores, and behind them the two values where they read the same features.
    pub(super) actor: Layer,
    /// Hidden layers of the values alone.
    pub(super) critic_trunk: Vec<Layer>,
    /// The value and the baseline's value, where they do not read the actor's features.
    pub(super) critic: Option<Layer>,
    pub(super) activation: Activation,
    /// Rows that one state is for the trunk.
    pub(super) rows: usize,
    /// Scores of a state.
    pub(super) scores: usize,
    /// The distribution's parameter.
    pub(super) spread: Range<usize>,
    /// Numbers of all weights that gradients flow back through.
    pub(super) transposed: usize,
    /// Where each tensor of the policy's layout lies, in its order.
    pieces: Vec<Piece>,
}

impl Layer {
    /// [inputs, width]
    pub(super) fn weights<'a>(&self, values: &'a [f32]) -> &'a [f32] {
        &values[self.offset..][..self.inputs * self.width]
    }

    /// [width]
    pub(super) fn bias<'a>(&self, values: &'a [f32]) -> &'a [f32] {
        &values[self.offset + self.inputs * self.width..][..self.width]
    }

    /// Weights [inputs, width] and bias [width], or their gradients.
    pub(super) fn split<'a>(&self, values: &'a mut [f32]) -> (&'a mut [f32], &'a mut [f32]) {
        values[self.offset..][..self.len()].split_at_mut(self.inputs * self.width)
    }

    /// Inputs rounded up to whole vectors.
    pub(super) fn input_width(&self) -> usize {
        self.inputs.next_multiple_of(VECTOR_STEP)
    }

    /// Its weights the other way round: [outputs, input_width].
    pub(super) fn transposed<'a>(&self, all: &'a [f32]) -> &'a [f32] {
        let first = self.transposed.expect("a layer that gradients flow back through");
        &all[first..][..self.outputs * self.input_width()]
    }

    /// Numbers that they take; none for a layer that reads the state.
    pub(super) fn transposed_len(&self) -> usize {
        self.transposed.map_or(0, |_| self.outputs * self.input_width())
    }

    pub(super) fn len(&self) -> usize {
        (self.inputs + 1) * self.width
    }
}

/// Brings some of a layer's transposed weights up to date.
pub(super) struct Transpose<'a> {
    pub(super) layer: &'a Layer,
    /// All parameters.
    pub(super) values: &'a [f32],
    /// The first output of `rows`.
    pub(super) first: usize,
    /// [any, input_width]
    pub(super) rows: &'a mut [f32],
}

impl Loops for Transpose<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        /// Inputs at a time: their weights are read from as many lines of the cache.
        const BLOCK: usize = 16;
        let Self {
            layer,
            values,
            first,
            rows,
        } = self;
        let (width, input_width) = (layer.width, layer.input_width());
        let weights = layer.weights(values);
        for inputs in (0..layer.inputs).step_by(BLOCK) {
            let end = (inputs + BLOCK).min(layer.inputs);
            for (output, row) in (first..).zip(rows.chunks_exact_mut(input_width)) {
                let from = weights[inputs * width + output..].iter().step_by(width);
                row[inputs..end]
                    .iter_mut()
                    .zip(from)
                    .for_each(|(to, from)| *to = *from);
            }
        }
    }
}

impl Matrices {
    pub(super) fn of(spec: &PolicySpec) -> Self {
        let (shared, rows) = match &spec.network {
            NetworkSpec::Mlp { shared_trunk, .. } => (*shared_trunk, 1),
            NetworkSpec::Scorer { .. } | NetworkSpec::Attention { .. } => (false, spec.score_len()),
        };
        let activation = spec.network.activation();
        let tensors = layout(spec);
        let mut places = Places::default();
        // Which of the layout's layers each is made of.
        let hidden = |name: &str| {
            let of_trunk = move |parameter: &&Parameter| {
                let rest = parameter.name.strip_prefix(name);
                rest.is_some_and(|rest| rest.starts_with('.') && rest.ends_with("weight"))
            };
            tensors.iter().filter(of_trunk).collect::<Vec<_>>()
        };
        let head = |name: &str| {
            let mut found = tensors.iter();
            let wanted = format!("{name}.weight");
            found
                .find(|parameter| parameter.name == wanted)
                .expect("layout() names it")
        };
        let attention = spec
            .attention()
            .map(|sizes| AttentionPlaces::new(sizes, &mut places));
        let trunk = places.trunk(&hidden("trunk"), attention.is_none());
        let critic_trunk = places.trunk(&hidden("critic_trunk"), true);
        let (actor, critic) = if shared {
            let all = [head("actor"), head("critic"), head("baseline")];
            (places.layer(&all, false), None)
        } else {
            let actor = places.layer(&[head("actor")], false);
            (
                actor,
                Some(places.layer(&[head("critic"), head("baseline")], false)),
            )
        };
        let last = tensors.last().expect("a layout ends in log_std or log_kappa");
        let spread = places.values..places.values + last.len();
        let pieces =
            tensors.iter().map(
                |parameter| match places.of.iter().find(|of| of.0 == parameter.name) {
                    Some((_, piece)) => *piece,
                    None => Piece::lines(1, last.len(), last.len()).at(spread.start),
                },
            );
        Self {
            pieces: pieces.collect(),
            transposed: places.transposed,
            attention,
            trunk,
            actor,
            critic_trunk,
            critic,
            activation,
            rows,
            scores: spec.score_len(),
            spread,
        }
    }

    /// Numbers that the parameters take.
    pub(super) fn len(&self) -> usize {
        self.spread.end
    }

    /// Every layer.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        let heads = std::iter::once(&self.actor).chain(&self.critic);
        self.trunk.iter().chain(&self.critic_trunk).chain(heads)
    }

    /// From the policy's layout.
    pub(super) fn pack(&self, values: &[f32]) -> Vec<f32> {
        let mut packed = vec![0.0; self.len()];
        for (place, value) in self.places().zip(values) {
            packed[place] = *value;
        }
        packed
    }

    /// To the policy's layout.
    pub(super) fn unpack(&self, packed: &[f32]) -> Vec<f32> {
        self.places().map(|place| packed[place]).collect()
    }

    /// Where each value of the policy's layout lies, in its order.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().flat_map(Piece::places)
    }
}
