//! How the parameters lie in memory while they are trained: each layer's weights as its products read them.

use crate::policy::layout::{Parameter, layout};
use crate::policy::spec::{Activation, PolicySpec};
use crate::train::fused::attention::AttentionPlaces;
use crate::train::fused::layer::Layer;
use crate::train::fused::places::{Piece, Places};
use std::ops::Range;

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

impl Matrices {
    pub(super) fn of(spec: &PolicySpec) -> Self {
        let shared = spec.network.shares_trunk();
        let rows = match spec.network.scores_rows() {
            true => spec.score_len(),
            false => 1,
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

    /// The same into a list that has room for it.
    pub(super) fn unpack_into(&self, packed: &[f32], values: &mut Vec<f32>) {
        values.clear();
        values.extend(self.places().map(|place| packed[place]));
    }

    /// Where each value of the policy's layout lies, in its order.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().flat_map(Piece::places)
    }
}
