//! What each part of a state moves: integrated gradients (Sundararajan, Taly and Yan 2017) of the weights along the straight line
//! from the mean state to the one that was decided in.

use crate::error::Result;
use crate::market::state_spec::Content;
use crate::policy::trained::{Policy, Workspace};
use serde::Serialize;

/// Pieces of the line. Over a piece each block's part is the difference that the block alone makes, around the piece's middle:
/// the parts add up to the whole to the square of its length, and to the rounding of f32.
const PIECES: usize = 256;

/// Why a policy gives the weights it does: at the mean state it would give `at_mean`, and each part of the state moves them on
/// from there. `at_mean` and all `moves` add up to `weights`, to 1e-4.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Weights [A] in the state.
    pub weights: Vec<f64>,
    /// Weights [A] at the mean of the states that the policy was trained on, with the same prior and the same assets there.
    pub at_mean: Vec<f64>,
    /// The state's blocks in order, each bar of its history one.
    pub parts: Vec<Part>,
}

/// What one block of the state moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The block, as `ppo-risk inspect` names it.
    pub block: String,
    /// The change of each weight [A].
    pub moves: Vec<f64>,
}

impl Part {
    /// Half the sum of abs(change): the one-way turnover that it makes.
    pub fn turnover(&self) -> f64 {
        0.5 * self.moves.iter().map(|change| change.abs()).sum::<f64>()
    }
}

impl Policy {
    /// Explains the weights in a state ([S]), as [`weights`](Self::weights) takes it and with its errors.
    ///
    /// Without a normaliser's statistics the mean state is 0 throughout. Which assets take part (`listed`) is no part of it: it
    /// is the same along the whole line.
    pub fn explain(&self, state: &[f32], prior: Option<&[f64]>) -> Result<Explanation> {
        let spec = self.spec();
        let mut workspace = Workspace::new(spec);
        let mut weights = vec![0.0; spec.action_len()];
        self.weights(state, prior, &mut workspace, &mut weights)?;
        let blocks: Vec<_> = spec.state.blocks().collect();
        let mut mean = self.mean_state();
        for block in blocks.iter().filter(|block| block.content == Content::Listed) {
            mean[block.range.clone()].copy_from_slice(&state[block.range.clone()]);
        }
        let between =
            |from: f32, to: f32, part: f64| (f64::from(from) * (1.0 - part) + f64::from(to) * part) as f32;
        let mut at_mean = vec![0.0; weights.len()];
        self.weights(&mean, prior, &mut workspace, &mut at_mean)?;
        let mut parts: Vec<Part> = blocks
            .iter()
            .map(|block| Part {
                block: block.content.name().into_owned(),
                moves: vec![0.0; weights.len()],
            })
            .collect();
        let (mut before, mut after) = (at_mean.clone(), at_mean.clone());
        let mut middle = mean.clone();
        for piece in 0..PIECES {
            let at = |ends: f64| (piece as f64 + ends) / PIECES as f64;
            for ((middle, mean), value) in middle.iter_mut().zip(&mean).zip(state) {
                *middle = between(*mean, *value, at(0.5));
            }
            for (block, part) in blocks.iter().zip(&mut parts) {
                let own = block.range.clone();
                if mean[own.clone()] == state[own.clone()] {
                    continue;
                }
                let mut ends = [(0.0, &mut before), (1.0, &mut after)];
                for (end, out) in &mut ends {
                    for i in own.clone() {
                        middle[i] = between(mean[i], state[i], at(*end));
                    }
                    self.weights(&middle, prior, &mut workspace, out)?;
                }
                for i in own {
                    middle[i] = between(mean[i], state[i], at(0.5));
                }
                let changes = after.iter().zip(&before).map(|(after, before)| after - before);
                part.moves
                    .iter_mut()
                    .zip(changes)
                    .for_each(|(sum, change)| *sum += change);
            }
        }
        Ok(Explanation {
            weights,
            at_mean,
            parts,
        })
    }

    /// The mean of the states that the policy was trained on; of an ensemble, the mean of its members'.
    fn mean_state(&self) -> Vec<f32> {
        let mut mean = self.normalizer().mean_state();
        for member in self.members().skip(1) {
            for (sum, own) in mean.iter_mut().zip(member.normalizer.mean_state()) {
                *sum += own;
            }
        }
        let members = self.member_count() as f32;
        mean.iter_mut().for_each(|value| *value /= members);
        mean
    }
}
