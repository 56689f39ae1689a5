//! The update on the CPU, written out: forward, loss, the way back and the optimiser's step over memory that is there
//! already, in our own kernels. Autograd is its witness.
//!
//! A minibatch is cut into blocks of rows by its size alone; each block's gradient is worked out on one thread, and the
//! blocks are added up as a balanced tree: the numbers are the same on one core and on sixteen.

mod adam;
mod attention;
mod block;
mod density;
mod forward;
mod layer;
mod loss;
mod matrices;
mod parts;
mod places;

use crate::error::Result;
use crate::policy::kernels::InstructionSet;
use crate::policy::spec::PolicySpec;
use crate::train::minibatch::{Minibatch, MinibatchStats, OptimizerState};
use crate::train::ranks::Ranks;
use adam::{AddUp, PIECE, Step, Take};
use block::{Block, Shared};
use density::{Density, Slopes};
use forward::Activations;
use layer::Transpose;
use loss::Loss;
use matrices::Matrices;
use parts::{MOST_PARTS, each};

pub(super) use forward::Said;

/// Rows of the trunk in a block, at most, unless a minibatch is of very many: few enough that a block's activations stay in
/// a core's cache, many enough that the sums of its gradient are long.
const BLOCK_ROWS: usize = 128;

/// Outputs of a layer that are transposed in one go, unless there are very many.
const OUTPUTS: usize = 32;

/// The parameters of a policy that is trained, and all that its updates need.
#[derive(Debug)]
pub(super) struct Fused {
    matrices: Matrices,
    instructions: InstructionSet,
    /// As [`Matrices`] has them.
    values: Vec<f32>,
    transposed: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    gradient: Vec<f32>,
    /// Sums of squares of its pieces.
    squares: Vec<f64>,
    blocks: Vec<Block>,
    /// What the ranks' shares of a minibatch came to, where there are several.
    partials: Vec<Partial>,
    density: Density,
}

/// What the share of one rank of a minibatch comes to.
#[derive(Debug, Clone)]
struct Partial {
    gradient: Vec<f32>,
    figures: MinibatchStats,
}

/// Room to evaluate states.
#[derive(Debug)]
pub(super) struct Room {
    activations: Activations,
    slopes: Slopes,
}

impl Fused {
    /// From values in the policy's layout.
    pub(super) fn new(spec: &PolicySpec, values: &[f32]) -> Self {
        let matrices = Matrices::of(spec);
        let zeros = || vec![0.0; matrices.len()];
        let mut fused = Self {
            instructions: InstructionSet::best(),
            values: matrices.pack(values),
            transposed: vec![0.0; matrices.transposed],
            first: zeros(),
            second: zeros(),
            gradient: zeros(),
            squares: vec![0.0; matrices.len().div_ceil(PIECE)],
            blocks: Vec::new(),
            partials: Vec::new(),
            density: Density::new(spec),
            matrices,
        };
        fused.transpose(None);
        fused
    }

    /// The parameters, in the policy's layout.
    pub(super) fn values(&self) -> Vec<f32> {
        self.matrices.unpack(&self.values)
    }

    /// Moments, in the policy's layout.
    pub(super) fn optimizer_state(&self, steps: u64) -> OptimizerState {
        OptimizerState {
            first: self.matrices.unpack(&self.first),
            second: self.matrices.unpack(&self.second),
            steps,
        }
    }

    /// Continues from saved moments.
    pub(super) fn restore_optimizer(&mut self, state: &OptimizerState) {
        self.first = self.matrices.pack(&state.first);
        self.second = self.matrices.pack(&state.second);
    }

    /// The distribution's parameter.
    pub(super) fn spread(&self) -> &[f32] {
        &self.values[self.matrices.spread.clone()]
    }

    /// Room for `states` states at once.
    pub(super) fn room(&self, spec: &PolicySpec, states: usize) -> Room {
        Room {
            activations: Activations::new(spec, &self.matrices, states),
            slopes: Slopes::new(spec),
        }
    }

    /// What the network says about normalised states [B, S]. A state's bits depend on it alone.
    pub(super) fn evaluate(&self, spec: &PolicySpec, room: &mut Room, states: &[f32], said: Said<'_>) {
        let (len, scores) = (spec.state.len(), self.matrices.scores);
        let at_once = room.activations.states(&self.matrices);
        let groups = states.chunks(at_once * len);
        let Said {
            scores: all_scores,
            values,
            baselines,
        } = said;
        let outputs = all_scores.chunks_mut(at_once * scores);
        let outputs = outputs.zip(values.chunks_mut(at_once).zip(baselines.chunks_mut(at_once)));
        for (states, (scores, (values, baselines))) in groups.zip(outputs) {
            let count = states.len() / len;
            for (i, state) in states.chunks_exact(len).enumerate() {
                room.activations.put(spec, i, state);
            }
            let said = Said {
                scores,
                values,
                baselines,
            };
            room.activations
                .run(self.instructions, &self.matrices, &self.values, count, said);
        }
    }

    /// Writes log pi(action | state) of rows with these scores, log-priors and actions ([B, L] each): what an update that has
    /// not moved yet finds, to the bit.
    pub(super) fn log_probs(&self, spec: &PolicySpec, room: &mut Room, rows: [&[f32]; 3], out: &mut [f32]) {
        let mut density = Density::new(spec);
        density.set(self.spread(), false);
        let [scores, log_priors, actions] = rows.map(|values| values.chunks_exact(self.matrices.scores));
        for (((scores, log_prior), action), out) in scores.zip(log_priors).zip(actions).zip(out) {
            *out = density.at(scores, log_prior, action, &mut room.slopes).log_prob as f32;
        }
    }

    /// The loss on a minibatch and its gradient: this rank's share of it worked out, and the others' gathered.
    pub(super) fn differentiate(
        &mut self,
        pool: Option<&rayon::ThreadPool>,
        minibatch: Minibatch<'_>,
        ranks: Option<&mut Ranks>,
    ) -> Result<MinibatchStats> {
        let Minibatch {
            spec,
            buffer,
            rows,
            advantages,
            config,
        } = minibatch;
        let states = self.block_states(rows.len());
        let blocks = rows.len().div_ceil(states);
        let share = ranks.as_ref().map_or(0..blocks, |ranks| ranks.share(blocks));
        let count = share.len();
        if self.blocks.first().is_some_and(|block| block.states() < states) {
            self.blocks.clear();
        }
        while self.blocks.len() < count {
            self.blocks.push(Block::new(spec, &self.matrices, states));
        }
        let spread = &self.values[self.matrices.spread.clone()];
        self.density.set(spread, config.ppo.ent_coef > 0.0);
        let loss = Loss::new(&self.density, config, rows.len());
        let shared = Shared {
            spec,
            instructions: self.instructions,
            matrices: &self.matrices,
            parameters: &self.values,
            transposed: &self.transposed,
            buffer,
            loss: &loss,
        };
        let pieces = rows.chunks(states).zip(advantages.chunks(states));
        let work = self.blocks.iter_mut().zip(pieces.skip(share.start).take(count));
        each(pool, work, |(block, (rows, advantages))| {
            block.run(shared, rows, advantages)
        });
        let mut figures = MinibatchStats::default();
        if count > 0 {
            let blocks = &self.blocks[..count];
            let block = |block: usize| blocks[block].gradient.as_slice();
            let sums = (&mut *self.gradient, &mut *self.squares);
            add_up_all(pool, self.instructions, block, count, sums);
            figures = sum_figures(blocks.len(), &|block| blocks[block].figures);
        }
        if let Some(ranks) = ranks {
            figures = self.gather(pool, ranks, blocks, figures)?;
        }
        Ok(MinibatchStats {
            grad_norm: self.squares.iter().sum::<f64>().sqrt(),
            ..figures
        })
    }

    /// Gathers the ranks' shares of a minibatch of so many blocks, and adds them up: the upper part of one tree.
    fn gather(
        &mut self,
        pool: Option<&rayon::ThreadPool>,
        ranks: &mut Ranks,
        blocks: usize,
        figures: MinibatchStats,
    ) -> Result<MinibatchStats> {
        let count = ranks.with_share(blocks);
        let empty = || Partial {
            gradient: vec![0.0; self.matrices.len()],
            figures: MinibatchStats::default(),
        };
        if self.partials.is_empty() {
            self.partials = std::iter::repeat_with(empty).take(ranks.size()).collect();
        }
        let own = &self.gradient;
        let all = ranks.gather(|out| {
            out.extend(figures.to_bytes());
            out.extend(own.iter().flat_map(|value| value.to_le_bytes()));
        })?;
        for (partial, bytes) in self.partials.iter_mut().zip(all) {
            let (figures, gradient) = bytes.split_at(MinibatchStats::BYTES);
            partial.figures = MinibatchStats::from_bytes(figures);
            let (numbers, _) = gradient.as_chunks();
            let values = partial.gradient.iter_mut().zip(numbers);
            values.for_each(|(to, from)| *to = f32::from_le_bytes(*from));
        }
        let partials = &self.partials;
        let partial = |rank: usize| partials[rank].gradient.as_slice();
        let sums = (&mut *self.gradient, &mut *self.squares);
        add_up_all(pool, self.instructions, partial, count, sums);
        Ok(sum_figures(count, &|rank| partials[rank].figures))
    }

    /// States of a block of a minibatch of so many.
    fn block_states(&self, batch: usize) -> usize {
        let most = (BLOCK_ROWS.max(2 * self.matrices.rows) / self.matrices.rows).min(batch.div_ceil(2));
        most.max(batch.div_ceil(MOST_PARTS))
    }

    /// The gradient of the last [`differentiate`](Self::differentiate), in the policy's layout.
    pub(super) fn gradient(&self) -> Vec<f32> {
        self.matrices.unpack(&self.gradient)
    }

    /// Takes step number `steps` of Adam along the last gradient times `scale`.
    pub(super) fn apply(
        &mut self,
        pool: Option<&rayon::ThreadPool>,
        rate: f64,
        scale: f64,
        eps: f64,
        steps: u64,
    ) {
        let step = Step::new(rate, scale, eps, steps);
        let instructions = self.instructions;
        let len = self.squares.len().div_ceil(MOST_PARTS) * PIECE;
        let moments = self.first.chunks_mut(len).zip(self.second.chunks_mut(len));
        let parts = self.gradient.chunks(len).zip(moments);
        let parts = parts.zip(self.values.chunks_mut(len));
        each(pool, parts, |((gradient, (first, second)), values)| {
            instructions.vectorize(Take {
                step,
                gradient,
                first,
                second,
                values,
            });
        });
        self.transpose(pool);
    }

    /// Brings the weights that gradients flow back through up to date.
    fn transpose(&mut self, pool: Option<&rayon::ThreadPool>) {
        let mut rest = self.transposed.as_mut_slice();
        let (values, instructions) = (&self.values, self.instructions);
        // Those of all layers are shared out together, in about as many parts as there may be.
        let of_layer = (MOST_PARTS / self.matrices.layers().count()).max(1);
        let own = self.matrices.layers().filter_map(|layer| {
            let (own, after) = std::mem::take(&mut rest).split_at_mut(layer.transposed_len());
            rest = after;
            (!own.is_empty()).then_some((layer, own))
        });
        let parts = own.flat_map(|(layer, own)| {
            // Outputs of a part.
            let outputs = layer.outputs.div_ceil(of_layer).max(OUTPUTS);
            let rows = own.chunks_mut(outputs * layer.input_width());
            rows.enumerate()
                .map(move |(part, rows)| (layer, part * outputs, rows))
        });
        each(pool, parts, |(layer, first, rows)| {
            instructions.vectorize(Transpose {
                layer,
                values,
                first: *first,
                rows,
            });
        });
    }
}

/// Adds up `count` gradients, with the squares of each piece of the sum.
fn add_up_all<'a>(
    pool: Option<&rayon::ThreadPool>,
    instructions: InstructionSet,
    block: impl Fn(usize) -> &'a [f32] + Copy + Sync,
    count: usize,
    (sum, squares): (&mut [f32], &mut [f64]),
) {
    let pieces = squares.len().div_ceil(MOST_PARTS);
    let parts = sum.chunks_mut(pieces * PIECE).zip(squares.chunks_mut(pieces));
    each(pool, parts.enumerate(), |(part, (out, squares))| {
        let first = (*part * pieces..).map(|piece| piece * PIECE);
        for ((out, square), first) in out.chunks_mut(PIECE).zip(squares.iter_mut()).zip(first) {
            *square = instructions.vectorize(AddUp {
                block,
                blocks: count,
                first,
                out,
            });
        }
    });
}

/// The figures of `count` blocks, as the tree that adds up their gradients.
fn sum_figures(count: usize, figures: &dyn Fn(usize) -> MinibatchStats) -> MinibatchStats {
    if count == 1 {
        return figures(0);
    }
    let middle = count.next_power_of_two() / 2;
    let others = |block: usize| figures(middle + block);
    sum_figures(middle, figures).plus(sum_figures(count - middle, &others))
}
