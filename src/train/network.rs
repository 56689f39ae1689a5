//! The actor-critic as libtorch operations on the parameter leaves.

use crate::policy::spec::{Activation, NetworkSpec, PolicySpec};
use std::slice::Iter;
use tch::{TchError, Tensor};

/// What the network says about B states.
#[derive(Debug)]
pub(super) struct Output {
    /// Scores: [B, L].
    pub(super) scores: Tensor,
    /// V(s): [B].
    pub(super) value: Tensor,
    /// V_b(s), the expected reward of the deterministic action: [B].
    pub(super) baseline: Tensor,
}

/// Runs the network whose parameters are `leaves` (in layout order).
///
/// `input` is [B, S] normalised states for `mlp`, [B * L, F] rows (policy::features) for `scorer`.
pub(super) fn forward(spec: &PolicySpec, leaves: &[Tensor], input: &Tensor) -> Result<Output, TchError> {
    let mut leaves = leaves.iter();
    let actions = spec.score_len() as i64;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::state::StateSpec;
    use crate::math::random::stream;
    use crate::policy::forward::{Network, Scratch};
    use crate::policy::layout::layout;
    use crate::policy::spec::{ActionSpec, Distribution};
    use crate::train::gather::network_input;
    use crate::train::parameters::{Parameters, to_vec};
    use rand::RngExt;
    use tch::Device;

    /// The plain-Rust forward pass that acts in production, against libtorch's that was trained.
    #[test]
    fn the_acting_network_is_the_trained_one() {
        let mlp = |activation, shared_trunk| NetworkSpec::Mlp {
            hidden: vec![24, 16],
            activation,
            shared_trunk,
        };
        for network in [
            mlp(Activation::Tanh, true),
            mlp(Activation::Relu, false),
            NetworkSpec::Scorer { hidden: vec![12, 8] },
        ] {
            for (cash, distribution) in [(true, Distribution::Gaussian), (false, Distribution::Dirichlet)] {
                let spec = PolicySpec {
                    assets: vec!["a".into(), "b".into(), "c".into()],
                    state: StateSpec {
                        account: true,
                        columns: vec!["x".into()],
                        ..StateSpec::base(3)
                    },
                    action: ActionSpec {
                        cash,
                        distribution,
                        ..ActionSpec::default()
                    },
                    network: network.clone(),
                };
                let mut draws = stream(4, "test", 0);
                let count: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
                let values: Vec<f32> = (0..count).map(|_| draws.random_range(-0.5..0.5)).collect();
                let states: Vec<f32> = (0..50 * spec.state.len())
                    .map(|_| draws.random_range(-3.0..3.0))
                    .collect();

                let parameters = Parameters::new(&spec, &values, Device::Cpu).unwrap();
                let input = network_input(&spec, Device::Cpu, &states).unwrap();
                let output = forward(&spec, &parameters.leaves, &input).unwrap();
                let (torch_scores, torch_values) =
                    (to_vec(&output.scores).unwrap(), to_vec(&output.value).unwrap());

                let plain = Network::new(&spec, values).unwrap();
                let mut scratch = Scratch::new(&spec);
                let mut scores = vec![0.0; spec.score_len()];
                for (row, state) in states.chunks(spec.state.len()).enumerate() {
                    let value = plain.scores_and_value(state, &mut scratch, &mut scores);
                    assert!((value - torch_values[row]).abs() < 1e-5);
                    for (found, expected) in scores.iter().zip(&torch_scores[row * scores.len()..]) {
                        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
                    }
                }
            }
        }
    }
}
