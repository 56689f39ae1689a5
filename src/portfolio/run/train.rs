//! A run from its first training to its report, by one process or shared by several ranks.

use super::folder::Run;
use super::judge::Outcome;
use super::pieces::{self, Piece};
use super::stage::{Observer, Stage};
use crate::backtest::LeftOut;
use crate::error::Result;
use crate::policy::Departure;
use crate::rl::collectives::{Collectives, SharedCollectives};
use std::time::Instant;

impl Run {
    /// Trains every seed that is not trained yet, judges them all on the test period and writes the report. Before that, where
    /// the policies are to depart from their prior as far as the evidence goes, it trains on the folds that show it.
    ///
    /// What a trained policy can do without is named in the report instead of losing it: a log that cannot be written, a
    /// baseline or a decision of the risk manager that cannot be computed, a report that finds no room.
    pub fn train(&self, observer: &mut dyn Observer) -> Result<Outcome> {
        let outcome = self.train_by(None, observer)?;
        Ok(outcome.expect("a process by itself has the outcome"))
    }

    /// As [`train`](Self::train), on one of several ranks, all of which call it on the same run: rank 0's is new or reopened,
    /// the others [`follow`](Self::follow) it, in a folder that all of them see. None on other ranks than 0.
    ///
    /// With as many seeds as ranks or more, rank r trains the r-th seed and every `size`-th after it by itself; with fewer, all
    /// of them train each seed together. The policies are those of one process, to the bit.
    pub fn train_on_ranks(
        &self,
        engine: SharedCollectives,
        observer: &mut dyn Observer,
    ) -> Result<Option<Outcome>> {
        self.train_by(Some(&engine), observer)
    }

    fn train_by(
        &self,
        engine: Option<&SharedCollectives>,
        observer: &mut dyn Observer,
    ) -> Result<Option<Outcome>> {
        let began = Instant::now();
        let first = engine.is_none_or(|engine| engine.rank() == 0);
        let stopped = || Ok(first.then_some(Outcome::Stopped));
        let mut left_out = Vec::new();
        let trainings = self.trainings().into_iter().map(|training| (None, training));
        let stages = Stage::in_order(&trainings.collect::<Vec<_>>());
        let Some(departure) = self.departure(&stages, engine, observer, &mut left_out)? else {
            return stopped();
        };
        let pieces = self.pieces(&stages, departure);
        let Some(trained) = pieces::train(&pieces, engine, observer, &mut left_out)? else {
            return stopped();
        };
        if !first {
            return Ok(None);
        }
        let seeds: Vec<_> = self.trainee.config.each_seed().zip(trained).collect();
        let outcome = self
            .trainee
            .finish(&seeds, departure, began, left_out, observer)?;
        Ok(Some(outcome))
    }

    /// How far this run's policies are to depart from their prior (none: all the way), once the trainings that show it are
    /// done, on every rank; `stages` are those of all of the run's trainings. None where an observer broke off.
    pub(in crate::portfolio) fn departure(
        &self,
        stages: &[Stage],
        engine: Option<&SharedCollectives>,
        observer: &mut dyn Observer,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Option<Departure>>> {
        match &self.evidence {
            None => Ok(Some(None)),
            Some(evidence) => evidence.departure(stages, engine, observer, left_out),
        }
    }

    /// The trainings among `stages` whose policies are to be used.
    pub(in crate::portfolio) fn pieces(
        &self,
        stages: &[Stage],
        departure: Option<Departure>,
    ) -> Vec<Piece<'_>> {
        let own = stages.iter().filter(|stage| stage.evidence.is_none());
        own.map(|stage| Piece {
            trainee: &self.trainee,
            stage: *stage,
            departure,
        })
        .collect()
    }
}
