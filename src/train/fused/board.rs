//! Which blocks of a minibatch are whose, and what is done: all that the threads of an update agree on.

use crate::train::fused::parts::MOST_PARTS;
use arrayvec::ArrayVec;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many times as long as the fastest so far a block may take before a thread that has nothing else to do computes it,
/// too. Most of the time the system has given the other thread's processor to another process.
pub(super) const PATIENCE: f64 = 1.25;

/// The state of one update.
#[derive(Debug)]
pub(super) struct Board {
    /// Minibatches begun before this one.
    minibatch: u64,
    /// Where the parameters are that it is differentiated at.
    turn: usize,
    blocks: ArrayVec<Progress, MOST_PARTS>,
    /// Rows of this rank's blocks, and how many each has but the last.
    rows: Range<usize>,
    of_block: usize,
    /// Blocks that somebody has begun: the first ones.
    begun: usize,
    done: usize,
    /// Rooms that hold nothing and that nobody works in.
    free: Vec<usize>,
    stage: Stage,
    /// Shortest time that a row has taken, in nanoseconds.
    fastest: Option<f64>,
    patience: f64,
}

/// How far a block is.
#[derive(Debug, Clone, Copy)]
enum Progress {
    New,
    Begun(Instant),
    /// What came of it is in this room.
    Done(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Blocks,
    /// A thread is bringing the parameters up to date.
    Step,
    Over,
}

/// What a thread does next.
#[derive(Debug, Clone)]
pub(super) enum Work {
    Block(Claim),
    /// Add the blocks up, and go on to the next minibatch.
    Step,
    /// Others are at work, and it cannot help, before this time at least.
    Wait(Option<Instant>),
    Over,
}

/// A block that a thread computes.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    minibatch: u64,
    block: usize,
    began: Instant,
    pub(super) turn: usize,
    pub(super) room: usize,
    /// Its rows of the minibatch.
    pub(super) rows: Range<usize>,
}

impl Board {
    /// With so many rooms, whose list is written into `free`; over, until a minibatch begins.
    pub(super) fn new(mut free: Vec<usize>, rooms: usize, patience: f64) -> Self {
        free.clear();
        free.extend(0..rooms);
        Self {
            minibatch: 0,
            turn: 0,
            blocks: ArrayVec::new(),
            rows: 0..0,
            of_block: 1,
            begun: 0,
            done: 0,
            free,
            stage: Stage::Over,
            fastest: None,
            patience,
        }
    }

    /// The list that [`new`](Self::new) was given, for the next update's board.
    pub(super) fn into_list(self) -> Vec<usize> {
        self.free
    }

    /// Begins a minibatch of which this rank has these rows, in blocks of so many.
    pub(super) fn begin(&mut self, turn: usize, rows: Range<usize>, of_block: usize) {
        self.free.extend(self.results());
        self.blocks.clear();
        self.minibatch += 1;
        self.turn = turn;
        self.blocks
            .extend((0..rows.len().div_ceil(of_block)).map(|_| Progress::New));
        (self.rows, self.of_block) = (rows, of_block);
        (self.begun, self.done) = (0, 0);
        self.stage = Stage::Blocks;
    }

    /// Nothing is left to do.
    pub(super) fn end(&mut self) {
        self.stage = Stage::Over;
    }

    /// What a thread that is free does at this time.
    pub(super) fn take(&mut self, now: Instant) -> Work {
        match self.stage {
            Stage::Over => return Work::Over,
            Stage::Step => return Work::Wait(None),
            Stage::Blocks => {}
        }
        if self.done == self.blocks.len() {
            self.stage = Stage::Step;
            return Work::Step;
        }
        let mut block = self.begun;
        if block < self.blocks.len() {
            self.begun += 1;
        } else {
            match self.late() {
                Some((late, from)) if from <= now => block = late,
                next => return Work::Wait(next.map(|(_, from)| from)),
            }
        }
        let Some(room) = self.free.pop() else {
            unreachable!("each thread has one room, and each block");
        };
        self.blocks[block] = Progress::Begun(now);
        Work::Block(Claim {
            minibatch: self.minibatch,
            block,
            began: now,
            turn: self.turn,
            room,
            rows: self.rows_of(block),
        })
    }

    /// The rooms that hold what came of the blocks, in their order.
    pub(super) fn results(&self) -> ArrayVec<usize, MOST_PARTS> {
        let room = |block: &Progress| match block {
            Progress::Done(room) => Some(*room),
            _ => None,
        };
        self.blocks.iter().filter_map(room).collect()
    }

    /// A block was computed. What came of it counts unless somebody else was faster, or everybody is further already.
    pub(super) fn finish(&mut self, claim: &Claim, now: Instant) {
        let of_row = (now - claim.began).as_nanos() as f64 / claim.rows.len() as f64;
        self.fastest = Some(self.fastest.map_or(of_row, |fastest| fastest.min(of_row)));
        let waiting = self.stage == Stage::Blocks && self.minibatch == claim.minibatch;
        if waiting && matches!(self.blocks[claim.block], Progress::Begun(_)) {
            self.blocks[claim.block] = Progress::Done(claim.room);
            self.done += 1;
        } else {
            self.free.push(claim.room);
        }
    }

    /// A block was not computed to its end.
    pub(super) fn give_up(&mut self, claim: &Claim) {
        self.free.push(claim.room);
    }

    /// The block that is late first, and from when on.
    fn late(&self) -> Option<(usize, Instant)> {
        let fastest = self.fastest?;
        let begun = self.blocks.iter().enumerate().filter_map(|(block, progress)| {
            let Progress::Begun(began) = progress else {
                return None;
            };
            let longest = self.patience * fastest * self.rows_of(block).len() as f64;
            Some((block, *began + Duration::from_nanos(longest as u64)))
        });
        begun.min_by_key(|(_, from)| *from)
    }

    fn rows_of(&self, block: usize) -> Range<usize> {
        let first = self.rows.start + block * self.of_block;
        first..(first + self.of_block).min(self.rows.end)
    }
}

/// Which blocks are still wanted: seen without asking the board, by who computes one.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    minibatch: AtomicU64,
    /// One bit for each block that is done.
    done: AtomicU64,
}

// A bit for each block.
const _: () = assert!(
    MOST_PARTS <= 64,
    "a minibatch has no more blocks than a number has bits"
);

impl Wanted {
    /// Shows how the board is now.
    pub(super) fn show(&self, board: &Board) {
        let done = board
            .blocks
            .iter()
            .enumerate()
            .fold(0, |bits, (block, progress)| {
                bits | u64::from(matches!(progress, Progress::Done(_))) << block
            });
        // In this order: who sees the new minibatch sees nothing done of the last one.
        self.done.store(done, Ordering::Release);
        self.minibatch.store(board.minibatch, Ordering::Release);
    }

    /// Whether nobody has been faster.
    pub(super) fn asks_for(&self, claim: &Claim) -> bool {
        self.minibatch.load(Ordering::Acquire) == claim.minibatch
            && self.done.load(Ordering::Acquire) >> claim.block & 1 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(work: Work) -> Claim {
        match work {
            Work::Block(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    fn after(start: Instant, micros: u64) -> Instant {
        start + Duration::from_micros(micros)
    }

    #[test]
    fn blocks_are_given_out_once_and_added_up_in_their_order() {
        let start = Instant::now();
        let mut board = Board::new(Vec::new(), 5, PATIENCE);
        assert!(matches!(board.take(start), Work::Over));
        board.begin(1, 100..125, 10);
        let claims: Vec<Claim> = (0..3).map(|_| block(board.take(start))).collect();
        let rows: Vec<_> = claims.iter().map(|claim| claim.rows.clone()).collect();
        assert_eq!(rows, [100..110, 110..120, 120..125]);
        assert!(claims.iter().all(|claim| claim.turn == 1));
        assert!(matches!(board.take(start), Work::Wait(_)));
        for claim in claims.iter().rev() {
            board.finish(claim, after(start, 10));
        }
        assert!(matches!(board.take(start), Work::Step));
        let expected: Vec<usize> = claims.iter().map(|claim| claim.room).collect();
        assert_eq!(board.results().as_slice(), expected);
        assert!(matches!(board.take(start), Work::Wait(_)));
        board.end();
        assert!(matches!(board.take(start), Work::Over));
    }

    #[test]
    fn a_rank_without_a_share_goes_on_at_once() {
        let mut board = Board::new(Vec::new(), 2, PATIENCE);
        board.begin(0, 0..0, 10);
        assert!(matches!(board.take(Instant::now()), Work::Step));
        assert!(board.results().is_empty());
    }

    #[test]
    fn a_late_block_is_given_out_again_and_counts_once() {
        let start = Instant::now();
        let mut board = Board::new(Vec::new(), 4, PATIENCE);
        board.begin(0, 0..20, 10);
        let (stuck, quick) = (block(board.take(start)), block(board.take(start)));
        board.finish(&quick, after(start, 100));
        assert!(matches!(board.take(after(start, 124)), Work::Wait(_)));
        let again = block(board.take(after(start, 125)));
        assert_eq!((again.rows.clone(), again.turn), (stuck.rows.clone(), stuck.turn));
        assert_ne!(again.room, stuck.room);
        // Nobody begins it a third time at once.
        assert!(matches!(board.take(after(start, 225)), Work::Wait(_)));
        let wanted = Wanted::default();
        wanted.show(&board);
        assert!(wanted.asks_for(&stuck) && wanted.asks_for(&again) && !wanted.asks_for(&quick));
        board.finish(&again, after(start, 300));
        wanted.show(&board);
        assert!(!wanted.asks_for(&stuck));
        assert!(matches!(board.take(after(start, 300)), Work::Step));
        assert_eq!(board.results().as_slice(), [again.room, quick.room]);
        // The first attempt comes back when the others are at the next minibatch.
        board.begin(1, 0..20, 10);
        let next = block(board.take(after(start, 310)));
        wanted.show(&board);
        assert!(!wanted.asks_for(&stuck) && wanted.asks_for(&next));
        board.give_up(&stuck);
        let other = block(board.take(after(start, 410)));
        board.finish(&next, after(start, 420));
        board.finish(&other, after(start, 430));
        assert!(matches!(board.take(after(start, 440)), Work::Step));
        assert_eq!(board.results().as_slice(), [next.room, other.room]);
    }

    #[test]
    fn rooms_are_enough_however_often_threads_are_late() {
        // Two threads, of which one never comes back in time.
        let start = Instant::now();
        let blocks = 3;
        let mut board = Board::new(Vec::new(), blocks + 2, 0.0);
        let mut stuck: Option<Claim> = None;
        let mut time = 0;
        for minibatch in 0..50 {
            board.begin(minibatch % 3, 0..30, 10);
            for _ in 0..100 {
                time += 1;
                if minibatch % 7 == 3
                    && let Some(claim) = stuck.take()
                {
                    board.finish(&claim, after(start, time));
                }
                match board.take(after(start, time)) {
                    Work::Block(claim) if stuck.is_none() => stuck = Some(claim),
                    Work::Block(claim) => board.finish(&claim, after(start, time + 1)),
                    Work::Step => break,
                    Work::Wait(_) => {}
                    Work::Over => panic!("a minibatch has begun"),
                }
            }
            assert_eq!(board.stage, Stage::Step, "minibatch {minibatch}");
        }
    }
}
