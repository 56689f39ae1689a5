//! The threads of an update. Every one does whatever comes next: a block of the minibatch, or what lies between two
//! minibatches once all blocks are there. None waits for a certain other: a block that is not there in time, because the
//! system has given its thread's processor to another process, is computed again by who is free.

use crate::error::Result;
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;
use crate::train::advantages::minibatch_advantages;
use crate::train::fused::adam::Step;
use crate::train::fused::block::{Block, Outcome, Shared};
use crate::train::fused::board::{Board, Claim, Wanted, Work};
use crate::train::fused::loss::Loss;
use crate::train::fused::matrices::Matrices;
use crate::train::fused::parts::{MOST_PARTS, Waiting};
use crate::train::fused::step::{Threads, Way};
use crate::train::fused::turn::{Turn, read, write};
use crate::train::loss::LossConfig;
use crate::train::minibatch::MinibatchStats;
use crate::train::ranks::Ranks;
use crate::train::{gate, processors};
use arrayvec::ArrayVec;
use rayon::Yield;
use std::hint;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::Instant;

/// Rows of the trunk in a block, at most, unless a minibatch is of very many: few enough that a block's activations stay in
/// a core's cache, many enough that the sums of its gradient are long.
const BLOCK_ROWS: usize = 128;

/// What stays as it is during an update.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixed<'a> {
    pub(super) spec: &'a PolicySpec,
    pub(super) buffer: &'a RolloutBuffer,
    pub(super) config: LossConfig<'a>,
    /// What came of the blocks.
    pub(super) rooms: &'a [Mutex<Outcome>],
    /// Where they are worked on, one for each thread.
    pub(super) workspaces: &'a [Mutex<Block>],
}

impl<'a> Fixed<'a> {
    /// Where nobody works.
    fn workspace(&self) -> MutexGuard<'a, Block> {
        let free = |workspace: &'a Mutex<Block>| match workspace.try_lock() {
            Ok(workspace) => Some(workspace),
            Err(TryLockError::Poisoned(workspace)) => Some(workspace.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        // There is one for each thread.
        self.workspaces
            .iter()
            .find_map(free)
            .unwrap_or_else(|| lock(&self.workspaces[0]))
    }
}

/// What follows a minibatch that has come to these figures: false where it was the last.
pub(in crate::train) type Next<'n> =
    &'n mut (dyn FnMut(&mut Between<'_>, MinibatchStats) -> Result<bool> + Send);

/// What one thread at a time has between two minibatches.
pub(in crate::train) struct Between<'a> {
    pub(super) fixed: Fixed<'a>,
    pub(super) way: Way<'a>,
    pub(super) ranks: Option<&'a mut Ranks>,
    /// How the minibatch is cut.
    pub(super) cut: Cut,
    /// Whether blocks have been computed where the parameters are.
    pub(super) is_read: bool,
    /// See [`PATIENCE`](super::board::PATIENCE).
    pub(super) patience: f64,
    /// A list that every update's board uses.
    pub(super) free: &'a mut Vec<usize>,
}

/// How a minibatch is cut into blocks.
#[derive(Debug, Clone, Default)]
pub(super) struct Cut {
    /// Blocks of the whole minibatch, and rows of each but the last.
    blocks: usize,
    of_block: usize,
    /// Rows that are this rank's.
    rows: Range<usize>,
}

impl Cut {
    /// That of a minibatch of so many rows.
    pub(super) fn of(matrices: &Matrices, batch: usize, ranks: Option<&Ranks>) -> Self {
        let most = (BLOCK_ROWS.max(2 * matrices.rows) / matrices.rows).min(batch.div_ceil(2));
        let of_block = most.max(batch.div_ceil(MOST_PARTS));
        let blocks = batch.div_ceil(of_block);
        let own = ranks.map_or(0..blocks, |ranks| ranks.share(blocks));
        let row = |block: usize| (block * of_block).min(batch);
        Self {
            blocks,
            of_block,
            rows: row(own.start)..row(own.end),
        }
    }

    /// Rows of a block.
    pub(super) fn of_block(&self) -> usize {
        self.of_block
    }
}

impl Between<'_> {
    /// Begins the minibatch of these rows of the rollout.
    pub(in crate::train) fn begin(&mut self, rows: &[u32]) {
        if self.is_read {
            self.way.leave();
        }
        let Fixed {
            spec, buffer, config, ..
        } = self.fixed;
        let mut turn = write(&self.way.turns[*self.way.turn]);
        let Turn {
            values,
            density,
            rows: own_rows,
            advantages,
            ..
        } = &mut *turn;
        own_rows.clear();
        own_rows.extend_from_slice(rows);
        if self.way.matrices.attention.is_some() {
            // States that follow each other share bars, which a block embeds once.
            own_rows.sort_unstable_by_key(|row| buffer.place_in_time(*row));
        }
        minibatch_advantages(spec, buffer, own_rows, config.ppo.normalize_advantage, advantages);
        let spread = &values[self.way.matrices.spread.clone()];
        density.set(spread, config.ppo.ent_coef > 0.0);
        self.cut = Cut::of(self.way.matrices, rows.len(), self.ranks.as_deref());
        self.is_read = true;
    }

    /// Differentiates the minibatch that has begun, and those that follow it, as `next` says. Errors: those of `next`, and of
    /// the ranks.
    pub(in crate::train) fn run(self, next: Next<'_>) -> Result<()> {
        let (fixed, way) = (self.fixed, &self.way);
        let (matrices, threads, turns) = (way.matrices, way.threads, way.turns);
        let mut board = Board::new(std::mem::take(self.free), fixed.rooms.len(), self.patience);
        board.begin(*way.turn, self.cut.rows.clone(), self.cut.of_block);
        let wanted = Wanted::default();
        wanted.show(&board);
        let crew = Crew {
            fixed,
            matrices,
            threads,
            turns,
            board: Mutex::new(board),
            wanted,
            changes: AtomicUsize::new(0),
            between: Mutex::new((self, next, Ok(()))),
        };
        match threads.pool {
            None => crew.work(),
            Some(pool) => gate::outside(|| {
                pool.broadcast(|_| crew.work());
            }),
        }
        let (between, _, outcome) = crew.between.into_inner().unwrap_or_else(PoisonError::into_inner);
        let board = crew.board.into_inner().unwrap_or_else(PoisonError::into_inner);
        *between.free = board.into_list();
        outcome
    }

    /// Takes a step of Adam along the gradient of the minibatch.
    pub(in crate::train) fn step(&mut self, step: Step) {
        self.way.step(step);
        self.is_read = false;
    }

    /// What the minibatch comes to whose blocks are in these rooms.
    fn sum(&mut self, rooms: &[usize]) -> Result<MinibatchStats> {
        let blocks: ArrayVec<MutexGuard<'_, Outcome>, MOST_PARTS> =
            rooms.iter().map(|room| lock(&self.fixed.rooms[*room])).collect();
        let own: ArrayVec<&Outcome, MOST_PARTS> = blocks.iter().map(|block| &**block).collect();
        let ranks = self.ranks.as_deref_mut();
        self.way
            .optimizer
            .sum(self.way.threads, &own, ranks, self.cut.blocks)
    }
}

struct Crew<'a, 'n> {
    fixed: Fixed<'a>,
    matrices: &'a Matrices,
    threads: Threads<'a>,
    turns: &'a [RwLock<Turn>],
    board: Mutex<Board>,
    wanted: Wanted,
    /// How often the board has changed so that a thread that waits may go on.
    changes: AtomicUsize,
    between: Mutex<(Between<'a>, Next<'n>, Result<()>)>,
}

impl Crew<'_, '_> {
    /// One thread's part of the update.
    fn work(&self) {
        let _ending = EndOnPanic(self);
        loop {
            gate::pass();
            let mut board = lock(&self.board);
            match board.take(Instant::now()) {
                Work::Over => return processors::end_parts(),
                Work::Wait(until) => {
                    let seen = self.changes.load(Ordering::Relaxed);
                    drop(board);
                    self.wait(seen, until);
                }
                Work::Block(claim) => {
                    // Nobody writes it while the board shows it, and then not while it is read.
                    let turn = read(&self.turns[claim.turn]);
                    drop(board);
                    let _inside = gate::enter_or_stop();
                    processors::begin_part();
                    let is_whole = self.differentiate(&claim, &turn);
                    drop(turn);
                    self.change(|board| match is_whole {
                        true => board.finish(&claim, Instant::now()),
                        false => board.give_up(&claim),
                    });
                }
                Work::Step => {
                    let rooms = board.results();
                    drop(board);
                    let _inside = gate::enter_or_stop();
                    processors::begin_part();
                    self.go_on(&rooms);
                }
            }
        }
    }

    /// Until the board has changed, or a block is late. Meanwhile does parts of what lies between two minibatches, which the
    /// thread that is there shares out.
    fn wait(&self, seen: usize, until: Option<Instant>) {
        let mut waiting = Waiting::new();
        while self.changes.load(Ordering::Acquire) == seen && until.is_none_or(|until| Instant::now() < until)
        {
            match rayon::yield_now() {
                Some(Yield::Executed) => waiting = Waiting::new(),
                _ if until.is_some() => hint::spin_loop(),
                _ => waiting.pause(),
            }
        }
    }

    /// Writes on the board.
    fn change(&self, write: impl FnOnce(&mut Board)) {
        let mut board = lock(&self.board);
        write(&mut board);
        self.wanted.show(&board);
        drop(board);
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Computes a block; false where it was given up on the way, as somebody else has done it.
    fn differentiate(&self, claim: &Claim, turn: &Turn) -> bool {
        let loss = Loss::new(&turn.density, self.fixed.config, turn.rows.len());
        let shared = Shared {
            spec: self.fixed.spec,
            instructions: self.threads.instructions,
            matrices: self.matrices,
            parameters: &turn.values,
            transposed: &turn.transposed,
            buffer: self.fixed.buffer,
            loss: &loss,
            is_wanted: &|| self.wanted.asks_for(claim),
        };
        let rows = claim.rows.clone();
        let (states, advantages) = (&turn.rows[rows.clone()], &turn.advantages[rows]);
        let mut outcome = lock(&self.fixed.rooms[claim.room]);
        self.fixed
            .workspace()
            .run(shared, states, advantages, &mut outcome)
    }

    /// From one minibatch to the next.
    fn go_on(&self, rooms: &[usize]) {
        let (between, next, outcome) = &mut *lock(&self.between);
        let goes_on = between.sum(rooms).and_then(|stats| next(between, stats));
        let goes_on = goes_on.unwrap_or_else(|error| {
            *outcome = Err(error);
            false
        });
        self.change(|board| match goes_on {
            true => {
                let Cut { rows, of_block, .. } = &between.cut;
                board.begin(*between.way.turn, rows.clone(), *of_block);
            }
            false => board.end(),
        });
    }
}

/// Where a thread panics, the others stop.
struct EndOnPanic<'c, 'a, 'n>(&'c Crew<'a, 'n>);

impl Drop for EndOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.change(Board::end);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
