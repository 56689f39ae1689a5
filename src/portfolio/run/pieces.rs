//! Trainings that do not depend on each other, by one process or shared by several ranks: each rank trains some of them, or
//! where there are fewer of them than ranks, all train each of them together.

use super::seed::Trained;
use super::stage::{Observer, Stage};
use super::together::Together;
use super::trainee::Trainee;
use crate::backtest::LeftOut;
use crate::error::{Error, Result};
use crate::policy::Departure;
use crate::rl::collectives::{self, Collectives, SharedCollectives};

/// One of them: a seed of a run, or of a fold.
pub(in crate::portfolio) struct Piece<'a> {
    pub(in crate::portfolio) trainee: &'a Trainee,
    pub(in crate::portfolio) stage: Stage,
    /// How far the policy is to depart from its prior; none: all the way.
    pub(in crate::portfolio) departure: Option<Departure>,
}

impl Piece<'_> {
    fn train(
        &self,
        ranks: &mut Together,
        observer: &mut dyn Observer,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Trained>> {
        let (stage, departure) = (self.stage, self.departure);
        self.trainee
            .train_seed(stage, departure, ranks, observer, left_out)
    }
}

/// Trains all `pieces` that are not trained yet; `engine` is this rank's where there are several, which all call it with the
/// same pieces. What was trained, in the order of the pieces, on rank 0, and nothing on the others; none where an observer
/// broke off.
///
/// The policies do not depend on the number of ranks, to the bit.
pub(in crate::portfolio) fn train(
    pieces: &[Piece<'_>],
    engine: Option<&SharedCollectives>,
    observer: &mut dyn Observer,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Vec<Trained>>> {
    match engine {
        None => alone(pieces, observer, left_out),
        Some(engine) if pieces.len() >= engine.size() => apart(pieces, engine.clone(), observer, left_out),
        Some(engine) => together(pieces, engine.clone(), observer, left_out),
    }
}

fn alone(
    pieces: &[Piece<'_>],
    observer: &mut dyn Observer,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Vec<Trained>>> {
    let mut trained = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece.train(&mut Together::alone(), observer, left_out)? {
            Some(one) => trained.push(one),
            None => return Ok(None),
        }
    }
    Ok(Some(trained))
}

/// Rank r trains the r-th piece and every `size`-th after it by itself.
fn apart(
    pieces: &[Piece<'_>],
    mut engine: SharedCollectives,
    observer: &mut dyn Observer,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Vec<Trained>>> {
    let (rank, size) = (engine.rank(), engine.size());
    let mut stopped = Ok(false);
    for piece in pieces.iter().skip(rank).step_by(size) {
        let trained = piece.train(&mut Together::alone(), observer, left_out);
        stopped = trained.map(|trained| trained.is_none());
        if !matches!(stopped, Ok(false)) {
            break;
        }
    }
    if collectives::agree(&mut engine, stopped)?.contains(&true) {
        return Ok(None);
    }
    if rank > 0 {
        return Ok(Some(Vec::new()));
    }
    for (place, piece) in pieces.iter().enumerate() {
        let path = piece.trainee.policy_path(piece.stage.seed);
        if !path.exists() {
            let found = format!("not there, though rank {} wrote it", place % size);
            let expected = "in a folder that all ranks share";
            return Err(Error::invalid(path.display().to_string(), found, expected));
        }
    }
    alone(pieces, observer, left_out)
}

fn together(
    pieces: &[Piece<'_>],
    engine: SharedCollectives,
    observer: &mut dyn Observer,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Vec<Trained>>> {
    let first = engine.rank() == 0;
    let ranks = &mut Together::of(engine);
    let mut trained = Vec::new();
    for piece in pieces {
        if first {
            match piece.train(ranks, observer, left_out)? {
                Some(one) => trained.push(one),
                None => return Ok(None),
            }
        } else if !piece.trainee.follow_seed(piece.stage, ranks, observer)? {
            return Ok(None);
        }
    }
    Ok(Some(trained))
}
