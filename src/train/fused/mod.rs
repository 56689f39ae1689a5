//! The update on the CPU, written out: forward, loss, the way back and the optimiser's step over memory that is there
//! already, in our own kernels. Autograd is its witness.
//!
//! A minibatch is cut into blocks of rows by its size alone; each block's gradient is worked out on one thread, and the
//! blocks are added up as a balanced tree: the numbers are the same on one core and on sixteen.

mod adam;
mod attention;
mod block;
mod board;
mod crew;
mod density;
mod forward;
mod layer;
mod loss;
mod matrices;
mod parts;
mod places;
mod step;
#[cfg(test)]
mod tests;
mod turn;

use crate::policy::kernels::InstructionSet;
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::loss::LossConfig;
use crate::train::minibatch::OptimizerState;
use crate::train::ranks::Ranks;
use block::{Block, Outcome};
use crew::{Cut, Fixed};
use density::{Density, Slopes};
use forward::Activations;
use matrices::Matrices;
use parts::MOST_PARTS;
use std::sync::{Mutex, PoisonError, RwLock};
use step::{Optimizer, Threads, Way};
use turn::{Turn, read, write};

pub(super) use adam::Step;
pub(super) use crew::Between;
pub(super) use forward::Said;

/// The parameters of a policy that is trained, and all that its updates need.
#[derive(Debug)]
pub(super) struct Fused {
    matrices: Matrices,
    instructions: InstructionSet,
    turns: Vec<RwLock<Turn>>,
    /// Where the parameters are.
    turn: usize,
    optimizer: Optimizer,
    rooms: Vec<Mutex<Outcome>>,
    /// A thread's own each.
    workspaces: Vec<Mutex<Block>>,
    /// See [`board::PATIENCE`].
    patience: f64,
    /// Rooms that are free, while an update goes on.
    free: Vec<usize>,
}

/// Room to evaluate states.
#[derive(Debug)]
pub(super) struct Room {
    activations: Activations,
    slopes: Slopes,
    density: Density,
}

impl Fused {
    /// From values in the policy's layout.
    pub(super) fn new(spec: &PolicySpec, values: &[f32]) -> Self {
        let matrices = Matrices::of(spec);
        let instructions = InstructionSet::best();
        let mut turn = Turn::new(spec, &matrices, matrices.pack(values));
        let threads = Threads {
            pool: None,
            instructions,
        };
        threads.transpose(&matrices, &mut turn);
        Self {
            optimizer: Optimizer::new(&matrices),
            turns: vec![RwLock::new(turn)],
            turn: 0,
            rooms: Vec::new(),
            workspaces: Vec::new(),
            free: Vec::new(),
            patience: board::PATIENCE,
            instructions,
            matrices,
        }
    }

    /// The parameters, in the policy's layout.
    pub(super) fn values(&self) -> Vec<f32> {
        self.matrices.unpack(&read(&self.turns[self.turn]).values)
    }

    /// The same into a list that has room for them.
    pub(super) fn write_values(&self, values: &mut Vec<f32>) {
        self.matrices
            .unpack_into(&read(&self.turns[self.turn]).values, values);
    }

    /// Moments, in the policy's layout.
    pub(super) fn optimizer_state(&self, steps: u64) -> OptimizerState {
        OptimizerState {
            first: self.matrices.unpack(&self.optimizer.first),
            second: self.matrices.unpack(&self.optimizer.second),
            steps,
        }
    }

    /// Continues from saved moments.
    pub(super) fn restore_optimizer(&mut self, state: &OptimizerState) {
        self.optimizer.first = self.matrices.pack(&state.first);
        self.optimizer.second = self.matrices.pack(&state.second);
    }

    /// Writes the distribution's parameter into a list that gets as many values.
    pub(super) fn write_spread(&self, spread: &mut Vec<f32>) {
        spread.clear();
        spread.extend_from_slice(&read(&self.turns[self.turn]).values[self.matrices.spread.clone()]);
    }

    /// Sets the distribution's parameter.
    pub(super) fn set_spread(&mut self, value: f32) {
        write(&self.turns[self.turn]).values[self.matrices.spread.clone()].fill(value);
    }

    /// Room for `states` states at once.
    pub(super) fn room(&self, spec: &PolicySpec, states: usize) -> Room {
        Room {
            activations: Activations::new(spec, &self.matrices, states),
            slopes: Slopes::new(spec),
            density: Density::new(spec),
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
        let turn = read(&self.turns[self.turn]);
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
                .run(self.instructions, &self.matrices, &turn.values, count, said);
        }
    }

    /// The same for states each of which follows the one that was put last as the same number: of environments that go on.
    pub(super) fn following_room(&self, spec: &PolicySpec, states: usize) -> Room {
        let room = self.room(spec, states);
        Room {
            activations: room.activations.following(),
            ..room
        }
    }

    /// Writes log pi(action | state) of rows with these scores, log-priors and actions ([B, L] each): what an update that has
    /// not moved yet finds, to the bit.
    pub(super) fn log_probs(&self, room: &mut Room, rows: [&[f32]; 3], out: &mut [f32]) {
        let Room { density, slopes, .. } = room;
        density.set(
            &read(&self.turns[self.turn]).values[self.matrices.spread.clone()],
            false,
        );
        let [scores, log_priors, actions] = rows.map(|values| values.chunks_exact(self.matrices.scores));
        for (((scores, log_prior), action), out) in scores.zip(log_priors).zip(actions).zip(out) {
            *out = density.at(scores, log_prior, action, slopes).log_prob as f32;
        }
    }

    /// Begins the minibatch of these rows of a rollout, of which no later one of the update has more.
    pub(super) fn begin<'a>(
        &'a mut self,
        pool: Option<&'a rayon::ThreadPool>,
        (spec, buffer, config): (&'a PolicySpec, &'a RolloutBuffer, LossConfig<'a>),
        rows: &[u32],
        ranks: Option<&'a mut Ranks>,
    ) -> Between<'a> {
        let threads = pool.map_or(1, rayon::ThreadPool::current_num_threads);
        let cut = Cut::of(&self.matrices, rows.len(), ranks.as_deref());
        let states = cut.of_block();
        let small = |workspace: &mut Mutex<Block>| {
            let workspace = workspace.get_mut().unwrap_or_else(PoisonError::into_inner);
            workspace.states() < states
        };
        if self.workspaces.first_mut().is_some_and(small) {
            self.workspaces.clear();
        }
        while self.workspaces.len() < threads {
            self.workspaces
                .push(Mutex::new(Block::new(spec, &self.matrices, states)));
        }
        // Each thread may be late with one, and a later minibatch may have more blocks that are this rank's.
        while self.rooms.len() < MOST_PARTS + threads {
            self.rooms.push(Mutex::new(Outcome::new(&self.matrices)));
        }
        self.make_turns(spec, threads);
        let mut between = Between {
            fixed: Fixed {
                spec,
                buffer,
                config,
                rooms: &self.rooms,
                workspaces: &self.workspaces,
            },
            way: Way {
                matrices: &self.matrices,
                threads: Threads {
                    pool,
                    instructions: self.instructions,
                },
                turns: &self.turns,
                turn: &mut self.turn,
                optimizer: &mut self.optimizer,
            },
            ranks,
            patience: self.patience,
            free: &mut self.free,
            cut,
            is_read: false,
        };
        between.begin(rows);
        between
    }

    /// The gradient of the last minibatch, in the policy's layout.
    pub(super) fn gradient(&self) -> Vec<f32> {
        self.matrices.unpack(&self.optimizer.gradient)
    }

    /// Takes a step of Adam along the last gradient.
    pub(super) fn apply(&mut self, spec: &PolicySpec, pool: Option<&rayon::ThreadPool>, step: Step) {
        self.make_turns(spec, 1);
        let mut way = Way {
            matrices: &self.matrices,
            threads: Threads {
                pool,
                instructions: self.instructions,
            },
            turns: &self.turns,
            turn: &mut self.turn,
            optimizer: &mut self.optimizer,
        };
        way.step(step);
    }

    /// The parameters' own turn, one for each thread that may be late, and one to go on to.
    fn make_turns(&mut self, spec: &PolicySpec, threads: usize) {
        while self.turns.len() < threads + 1 {
            let values = vec![0.0; self.matrices.len()];
            self.turns
                .push(RwLock::new(Turn::new(spec, &self.matrices, values)));
        }
    }
}
