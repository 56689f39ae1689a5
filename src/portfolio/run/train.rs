//! The training of a run's seeds, by one process or shared by several: the seeds, or where there are fewer of them than
//! ranks, the training of each.

use super::folder::{Observer, Outcome, Run};
use super::together::Together;
use crate::error::{Error, Result};
use crate::rl::collectives::{self, Collectives, SharedCollectives};
use std::time::Instant;

impl Run {
    /// Trains every seed that is not trained yet, judges them all on the test period and writes the report.
    ///
    /// What a trained policy can do without is named in the report instead of losing it: a log that cannot be written, a
    /// baseline or a decision of the risk manager that cannot be computed, a report that finds no room.
    pub fn train(&self, observer: &mut dyn Observer) -> Result<Outcome> {
        let began = Instant::now();
        let (mut seeds, mut left_out) = (Vec::new(), Vec::new());
        for stage in self.stages() {
            match self.train_seed(stage, &mut Together::alone(), observer, &mut left_out)? {
                Some(trained) => seeds.push((stage.seed, trained)),
                None => return Ok(Outcome::Stopped),
            }
        }
        self.finish(&seeds, began, left_out, observer)
    }

    /// As [`train`](Self::train), on one of several ranks, all of which call it on the same run: rank 0's is new or reopened,
    /// the others [`follow`](Self::follow) it, in a folder that all of them see. None on other ranks than 0.
    ///
    /// With as many seeds as ranks or more, rank r trains the r-th seed and every `size`-th after it by itself; with fewer, all
    /// of them train each seed together. The policies are those of one process, to the bit.
    pub fn train_on_ranks(
        &self,
        mut engine: SharedCollectives,
        observer: &mut dyn Observer,
    ) -> Result<Option<Outcome>> {
        let began = Instant::now();
        if self.config.seeds >= engine.size() as u64 {
            return self.train_apart(&mut engine, observer);
        }
        let first = engine.rank() == 0;
        let ranks = &mut Together::of(engine);
        let (mut seeds, mut left_out) = (Vec::new(), Vec::new());
        for stage in self.stages() {
            if first {
                match self.train_seed(stage, ranks, observer, &mut left_out)? {
                    Some(trained) => seeds.push((stage.seed, trained)),
                    None => return Ok(Some(Outcome::Stopped)),
                }
            } else if !self.follow_seed(stage, ranks, observer)? {
                return Ok(None);
            }
        }
        match first {
            true => self.finish(&seeds, began, left_out, observer).map(Some),
            false => Ok(None),
        }
    }

    /// Every rank trains seeds of its own; then rank 0 judges them all.
    fn train_apart(
        &self,
        engine: &mut SharedCollectives,
        observer: &mut dyn Observer,
    ) -> Result<Option<Outcome>> {
        let (rank, size) = (engine.rank(), engine.size());
        let mut left_out = Vec::new();
        let mut stopped = Ok(false);
        for stage in self.stages().skip(rank).step_by(size) {
            let trained = self.train_seed(stage, &mut Together::alone(), observer, &mut left_out);
            stopped = trained.map(|trained| trained.is_none());
            if !matches!(stopped, Ok(false)) {
                break;
            }
        }
        let stopped = collectives::agree(engine, stopped)?.contains(&true);
        if rank > 0 {
            return Ok(None);
        }
        if stopped {
            return Ok(Some(Outcome::Stopped));
        }
        for stage in self.stages() {
            let path = self.policy_path(stage);
            if !path.exists() {
                let found = format!("not there, though rank {} wrote it", stage.index as usize % size);
                let expected = "in a folder that all ranks share";
                return Err(Error::invalid(path.display().to_string(), found, expected));
            }
        }
        self.train(observer).map(Some)
    }
}
