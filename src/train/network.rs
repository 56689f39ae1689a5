//! The actor-critic as libtorch operations on the parameter leaves.

use crate::policy::spec::{Activation, NetworkSpec, PolicySpec};
use std::slice::Iter;
use tch::{TchError, Tensor};

/// What the network says about B states.
#[derive(Debug)]
pub(super) struct Output {
    /// Scores: [B, A].
    pub(super) scores: Tensor,
    /// V(s): [B].
    pub(super) value: Tensor,
    /// V_b(s), the expected reward of the deterministic action: [B].
    pub(super) baseline: Tensor,
}

/// Runs the network whose parameters are `leaves` (in layout order).
///
/// `input` is [B, S] normalised states for `mlp`, [B * A, F] rows (policy::features) for `scorer`.
pub(super) fn forward(spec: &PolicySpec, leaves: &[Tensor], input: &Tensor) -> Result<Output, TchError> {
    let mut leaves = leaves.iter();
    let actions = spec.action_len() as i64;
    let (scores, critic_features) = match &spec.network {
        NetworkSpec::Mlp {
            hidden,
            activation,
            shared_trunk,
        } => {
            let features = trunk(input, hidden.len(), *activation, &mut leaves)?;
            let scores = dense(&features, &mut leaves)?;
            let critic_features = if *shared_trunk {
                features
            } else {
                trunk(input, hidden.len(), *activation, &mut leaves)?
            };
            (scores, critic_features)
        }
        NetworkSpec::Scorer { hidden } => {
            let features = trunk(input, hidden.len(), Activation::Tanh, &mut leaves)?;
            let scores = dense(&features, &mut leaves)?.f_view([-1, actions])?;
            let width = hidden[hidden.len() - 1] as i64;
            let pooled = features
                .f_view([-1, actions, width])?
                .f_mean_dim(1, false, None)?;
            (scores, pooled)
        }
    };
    let value = dense(&critic_features, &mut leaves)?.f_squeeze_dim(1)?;
    let baseline = dense(&critic_features, &mut leaves)?.f_squeeze_dim(1)?;
    Ok(Output {
        scores,
        value,
        baseline,
    })
}

fn trunk(
    input: &Tensor,
    layers: usize,
    activation: Activation,
    leaves: &mut Iter<'_, Tensor>,
) -> Result<Tensor, TchError> {
    let mut x = input.shallow_clone();
    for _ in 0..layers {
        x = dense(&x, leaves)?;
        x = match activation {
            Activation::Tanh => x.f_tanh()?,
            Activation::Relu => x.f_relu()?,
        };
    }
    Ok(x)
}

fn dense(x: &Tensor, leaves: &mut Iter<'_, Tensor>) -> Result<Tensor, TchError> {
    let weight = leaves.next().expect("the layout has a weight for every layer");
    let bias = leaves.next().expect("the layout has a bias for every layer");
    x.f_linear(weight, Some(bias))
}
