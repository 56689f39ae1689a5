//! A walk-forward from its first training to its reports, by one process or shared by several ranks.

use super::folder::WalkForward;
use super::judge::WalkOutcome;
use crate::error::Result;
use crate::portfolio::run::pieces::{self, Piece};
use crate::portfolio::run::{Observer, Run, Stage, Trained};
use crate::rl::collectives::{Collectives, SharedCollectives};
use std::time::Instant;

impl WalkForward {
    /// Trains what is not trained yet, judges every set-up on the joined tests and writes the reports.
    pub fn train(&self, observer: &mut dyn Observer) -> Result<WalkOutcome> {
        let outcome = self.train_by(None, observer)?;
        Ok(outcome.expect("a process by itself has the outcome"))
    }

    /// As [`train`](Self::train), on one of several ranks, all of which call it on the same walk-forward: rank 0's is new or
    /// reopened, the others [`follow`](Self::follow) it, in a folder that all of them see. None on other ranks than 0.
    ///
    /// The trainings, a seed of a fold of a set-up each, are shared out; with fewer of them than ranks, all ranks train each of
    /// them together. The policies are those of one process, to the bit.
    pub fn train_on_ranks(
        &self,
        engine: SharedCollectives,
        observer: &mut dyn Observer,
    ) -> Result<Option<WalkOutcome>> {
        self.train_by(Some(&engine), observer)
    }

    /// The trainings, in the order in which one process does them, but for those of the evidence for departures, which come
    /// before all others.
    pub fn stages(&self) -> Vec<Stage> {
        let trainings = self.runs().flat_map(|(place, run)| {
            let trainings = run.trainings().into_iter();
            trainings.map(move |training| (Some(place), training))
        });
        let (evidence, own): (Vec<_>, Vec<_>) =
            trainings.partition(|(_, training)| training.evidence.is_some());
        Stage::in_order(&[evidence, own].concat())
    }

    /// Every fold of every set-up, with its place.
    fn runs(&self) -> impl Iterator<Item = ((usize, usize), &Run)> {
        self.setups.iter().enumerate().flat_map(|(setup, folds)| {
            let folds = folds.folds.iter().enumerate();
            folds.map(move |(fold, run)| ((setup, fold), run))
        })
    }

    fn train_by(
        &self,
        engine: Option<&SharedCollectives>,
        observer: &mut dyn Observer,
    ) -> Result<Option<WalkOutcome>> {
        let began = Instant::now();
        let first = engine.is_none_or(|engine| engine.rank() == 0);
        let stopped = || Ok(first.then_some(WalkOutcome::Stopped));
        let mut left_out = Vec::new();
        let stages = self.stages();
        let of_run = |place| -> Vec<Stage> {
            let own = stages.iter().filter(|stage| stage.fold == Some(place));
            own.copied().collect()
        };
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        for (place, run) in self.runs() {
            let stages = of_run(place);
            let Some(departure) = run.departure(&stages, engine, observer, &mut left_out)? else {
                return stopped();
            };
            pieces.extend(run.pieces(&stages, departure));
        }
        let Some(trained) = pieces::train(&pieces, engine, observer, &mut left_out)? else {
            return stopped();
        };
        if !first {
            return Ok(None);
        }
        let departures: Vec<_> = pieces.iter().map(|piece| piece.departure).collect();
        let all: Vec<(Stage, Trained)> = pieces.iter().map(|piece| piece.stage).zip(trained).collect();
        observer.judging();
        self.finish(&all, &departures, began, left_out).map(Some)
    }
}
