//! The actor-critic as libtorch operations on the parameter leaves.

use crate::policy::layout::scorer_inputs;
use crate::policy::spec::{Activation, Attention, PolicySpec};
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
/// `input` is [B, S] normalised states for `mlp`, [B * L, F] rows (policy::features) for the others.
pub(super) fn forward(spec: &PolicySpec, leaves: &[Tensor], input: &Tensor) -> Result<Output, TchError> {
    let mut leaves = leaves.iter();
    let actions = spec.score_len() as i64;
    let (hidden, activation) = (spec.network.hidden(), spec.network.activation());
    let (scores, critic_features) = match spec.network.scores_rows() {
        false => {
            let features = trunk(input, hidden.len(), activation, &mut leaves)?;
            let scores = dense(&features, &mut leaves)?;
            let critic_features = match spec.network.shares_trunk() {
                true => features,
                false => trunk(input, hidden.len(), activation, &mut leaves)?,
            };
            (scores, critic_features)
        }
        true => {
            let input = match spec.attention() {
                Some(attention) => attend(attention, scorer_inputs(spec), input, &mut leaves)?,
                None => input.shallow_clone(),
            };
            let features = trunk(&input, hidden.len(), activation, &mut leaves)?;
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

/// What rows begin with ([R, `plain`]) and what an attention over the history that they end with finds: [R, plain + d].
fn attend(
    attention: Attention,
    plain: usize,
    rows: &Tensor,
    leaves: &mut Iter<'_, Tensor>,
) -> Result<Tensor, TchError> {
    let [bars, channels, embedding, heads] = [
        attention.bars,
        attention.channels,
        attention.embedding,
        attention.heads,
    ]
    .map(|size| size as i64);
    let (plain, of_head) = (plain as i64, embedding / heads);
    let mut leaf = || {
        leaves
            .next()
            .expect("the layout has every tensor of an attention")
    };
    let history = rows
        .f_narrow(1, plain, channels * bars)?
        .f_view([-1, channels, bars])?;
    let (weight, bias) = (leaf(), leaf());
    // [R, d, L]
    let embedded = weight
        .f_matmul(&history)?
        .f_add(&bias.f_view([embedding, 1])?)?
        .f_tanh()?;
    let query = embedded
        .f_select(2, bars - 1)?
        .f_linear(leaf(), None::<&Tensor>)?;
    // The keys' matrix taken to the query: [R, H, 1, d/H] times [H, d/H, d].
    let key = leaf().f_view([heads, of_head, embedding])?;
    let query = query
        .f_view([-1, heads, 1, of_head])?
        .f_matmul(&key)?
        .f_squeeze_dim(2)?;
    let value = leaf().f_view([heads, of_head, embedding])?;
    let shares = query
        .f_bmm(&embedded)?
        .f_mul_scalar((of_head as f64).powf(-0.5))?
        .f_add(leaf())?
        .f_softmax(-1, None)?;
    // [R, H, d]
    let mean = shares.f_bmm(&embedded.f_transpose(1, 2)?)?;
    let context = mean
        .f_unsqueeze(2)?
        .f_matmul(&value.f_transpose(1, 2)?)?
        .f_reshape([-1, embedding])?;
    Tensor::f_cat(&[rows.f_narrow(1, 0, plain)?, context], 1)
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
    use crate::policy::spec::{ActionSpec, Distribution, NetworkSpec};
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
            NetworkSpec::Attention {
                hidden: vec![12, 8],
                embedding: 6,
                heads: 3,
            },
        ] {
            for (cash, distribution) in [(true, Distribution::Gaussian), (false, Distribution::Dirichlet)] {
                let spec = PolicySpec {
                    assets: vec!["a".into(), "b".into(), "c".into()],
                    state: StateSpec {
                        account: true,
                        columns: vec!["x".into()],
                        history: 21,
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
