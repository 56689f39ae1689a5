//! What shows how far a run's policies should depart from their prior: trainings on folds within its training period, judged on
//! the bars of it that each of them did not learn from.

use super::pieces::{self, Piece};
use super::stage::{Observer, Stage, Training};
use super::trainee::Trainee;
use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::{Fold, LeftOut, Track};
use crate::error::{Error, Result};
use crate::market::prior::Prior;
use crate::policy::{Departure, Policy};
use crate::portfolio::config::{DepartureChoice, RunConfig};
use crate::portfolio::dataset::Dataset;
use crate::portfolio::joined::joined;
use crate::rl::collectives::{self, SharedCollectives};
use std::path::Path;

/// The folder of the folds' trainings within a run's.
pub(super) const EVIDENCE: &str = "evidence";

/// What learns on each fold, in the order of time.
pub(super) struct Evidence(Vec<Trainee>);

impl Evidence {
    /// The folds of a configuration that asks for evidence, none of one that does not.
    ///
    /// Errors: a policy without a prior, a simulated market, too few bars.
    pub(super) fn check(config: &RunConfig, dataset: &Dataset) -> Result<Vec<Fold>> {
        if config.departure == DepartureChoice::Full {
            return Ok(Vec::new());
        }
        let refuse = |expected: &str| Err(Error::invalid("departure", "`evidence`", expected));
        if config.action.prior == Prior::None {
            return refuse("`full`, as there is no prior (`action.prior`) to depart from");
        }
        let Some((prices, range)) = &dataset.learnt else {
            return refuse("`full`, as a simulated market has no folds");
        };
        prices.folds(config, range.clone())
    }

    pub(super) fn new(config: &RunConfig, folder: &Path, dataset: &Dataset) -> Result<Option<Self>> {
        let folds = Self::check(config, dataset)?;
        let Some((prices, _)) = dataset.learnt.as_ref().filter(|_| !folds.is_empty()) else {
            return Ok(None);
        };
        let mut config = config.clone();
        config.departure = DepartureChoice::Full;
        config.seeds = config.evidence_seeds;
        config.train.total_steps = config.evidence_steps.unwrap_or(config.train.total_steps);
        let trainees = folds.iter().enumerate().map(|(place, fold)| {
            let folder = folder.join(EVIDENCE).join(format!("fold-{}", place + 1));
            Trainee::new(config.clone(), &folder, prices.fold(&config, fold)?)
        });
        trainees
            .collect::<Result<_>>()
            .map(|trainees| Some(Self(trainees)))
    }

    /// Its trainings, in order.
    pub(super) fn trainings(&self) -> Vec<Training> {
        let folds = self.0.iter().enumerate();
        folds
            .flat_map(|(fold, trainee)| trainee.trainings(Some(fold)))
            .collect()
    }

    /// The mean over the seeds of what the policies of the folds earned in turn, beside the mean of their priors.
    fn shown_by(&self, policies: &[Policy]) -> Result<Departure> {
        let seeds = policies.len() / self.0.len();
        let (mut learnt, mut priors) = (Vec::new(), Vec::new());
        for seed in 0..seeds {
            let of_seed: Vec<&Policy> = policies.iter().skip(seed).step_by(seeds).collect();
            let folds: Vec<&Trainee> = self.0.iter().collect();
            let (track, prior) = joined(&folds, &of_seed)?;
            learnt.push(track);
            priors.push(prior.expect("a policy with a prior"));
        }
        let mean = |tracks: &[Track]| Track::mean("mean", &tracks.iter().collect::<Vec<_>>());
        let (learnt, prior) = (mean(&learnt)?, mean(&priors)?);
        let gain = BlockBootstrap::default().growth_difference(&learnt.returns, &prior.returns)?;
        Ok(Departure::by_evidence(
            gain.estimate,
            gain.standard_error,
            learnt.len(),
        ))
    }

    /// How far a run's policies are to depart from their prior (none: all the way), once the trainings that show it are done,
    /// on every rank; `stages` are those of all of the run's trainings. None where an observer broke off.
    pub(super) fn departure(
        &self,
        stages: &[Stage],
        engine: Option<&SharedCollectives>,
        observer: &mut dyn Observer,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Option<Departure>>> {
        let pieces = stages.iter().filter_map(|stage| {
            Some(Piece {
                trainee: &self.0[stage.evidence?],
                stage: *stage,
                departure: None,
            })
        });
        let pieces: Vec<_> = pieces.collect();
        let Some(trained) = pieces::train(&pieces, engine, observer, left_out)? else {
            return Ok(None);
        };
        let policies: Vec<Policy> = trained.into_iter().map(|trained| trained.policy).collect();
        let found = match policies.is_empty() {
            // Rank 0 has them.
            true => Ok(None),
            false => self.shown_by(&policies).map(Some),
        };
        match engine {
            None => found.map(Some),
            Some(engine) => {
                let mut engine = engine.clone();
                Ok(Some(collectives::agree(&mut engine, found)?.swap_remove(0)))
            }
        }
    }
}
