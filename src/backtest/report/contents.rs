//! What a report is made from, and that its parts belong together.

use crate::backtest::bootstrap::{BlockBootstrap, Comparison, Interval};
use crate::backtest::left_out::LeftOut;
use crate::backtest::managed::ManagedTrack;
use crate::backtest::track::Track;
use crate::error::{Count, Error, Result};
use crate::market::Time;
use crate::market::universe::Presence;
use crate::policy::Departure;
use serde::Serialize;
use std::collections::HashSet;

/// Name of the prior among the differences of a summary; no baseline may have it.
pub(crate) const PRIOR: &str = "prior";

/// Name of the benchmark where none is chosen.
const EQUAL_WEIGHT: &str = "equal_weight";

/// Everything that a report shows; all tracks are out of sample, on the same dates.
#[derive(Debug, Clone)]
pub struct Report {
    /// Title of the page, such as the run's name.
    pub title: String,
    /// Names of the assets, in the order of the weights: [N].
    pub assets: Vec<String>,
    /// When assets were there that were not there throughout, in the order of the assets and of time.
    pub universe: Vec<Presence>,
    /// The trained policies, at least one; the first is the one that is saved, and "the policy" of the report.
    pub seeds: Vec<SeedRun>,
    /// The portfolios to compare with, in the order shown; their names must differ.
    pub baselines: Vec<Track>,
    /// Whose yearly returns and distribution stand beside the policy's: the name of a baseline, or `prior`; `None` for equal
    /// weight where it is there, else the first that is.
    pub benchmark: Option<String>,
    /// The first seed's policy under risk management, on the same dates; `None` where there was no risk manager.
    pub managed: Option<ManagedTrack>,
    /// First and last close of the training data; `None` where an existing policy is evaluated.
    pub train_period: Option<Period>,
    /// How far the policies depart from their prior, and by which evidence; `None`: all the way.
    pub departure: Option<Departure>,
    /// The whole configuration of the run, shown and digested.
    pub configuration: serde_json::Value,
    /// Environment steps a second while training; NaN where nothing was trained.
    pub train_env_steps_per_s: f64,
    /// Seconds from the start of training to the report.
    pub wall_s: f64,
    /// Rows and files that could not be made; each track names its own decisions that were left out.
    pub left_out: Vec<LeftOut>,
    /// What else a reader has to know about this run's data; the report's own caveats are always there.
    pub caveats: Vec<String>,
    /// How the intervals are made.
    pub bootstrap: BlockBootstrap,
}

/// One seed's policy on the test dates, and how it learnt.
#[derive(Debug, Clone)]
pub struct SeedRun {
    /// The seed.
    pub seed: u64,
    /// What its policy did.
    pub track: Track,
    /// What the untrained policy did, whatever its track's name; `None` where the policy departs from no rule, or where
    /// it could not be computed.
    pub prior: Option<Track>,
    /// Its learning curve, one point an update; empty where nothing was trained.
    pub curve: Vec<CurvePoint>,
}

/// What is shown of one update. Values that are not finite are left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Environment steps taken so far.
    pub env_steps: u64,
    /// Mean return (sum of rewards, not normalised) of the episodes that ended since the last update.
    pub episode_return: f64,
    /// Approximate Kullback-Leibler divergence between the policies before and after the update.
    pub approx_kl: f64,
    /// Share of the variance of returns that the value head explains.
    pub explained_variance: f64,
    /// Mean standard deviation of the policy's scores.
    pub std: f64,
}

/// A range of times, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First time.
    pub from: Time,
    /// Last time.
    pub to: Time,
}

impl Report {
    /// How sure the annual Sharpe ratio of the first less that of the second is, each of returns over cash.
    pub(crate) fn sharpe_difference(&self, first: &Track, second: &Track) -> Result<Interval> {
        Ok(self.sharpe_differences(first, &[second])?.alone[0])
    }

    /// The same of every one of `seconds`, alone and all at once.
    pub(crate) fn sharpe_differences(&self, first: &Track, seconds: &[&Track]) -> Result<Comparison> {
        let others: Vec<Vec<f64>> = seconds.iter().map(|track| track.excess_returns()).collect();
        let others: Vec<&[f64]> = others.iter().map(Vec::as_slice).collect();
        self.bootstrap
            .sharpe_differences(&first.excess_returns(), &others, first.bars_per_year)
    }

    /// What `run` is compared with: every baseline by its name, and its own prior as [`PRIOR`].
    pub(crate) fn compared_with<'a>(
        &'a self,
        run: &'a SeedRun,
    ) -> impl Iterator<Item = (&'a str, &'a Track)> {
        let baselines = self.baselines.iter().map(|track| (track.name.as_str(), track));
        baselines.chain(run.prior.iter().map(|track| (PRIOR, track)))
    }

    /// Name and track of the benchmark; `None` where there is nothing to compare with.
    pub(crate) fn benchmark(&self) -> Option<(&str, &Track)> {
        let compared = || self.compared_with(&self.seeds[0]);
        let wanted = self.benchmark.as_deref().unwrap_or(EQUAL_WEIGHT);
        compared()
            .find(|(name, _)| *name == wanted)
            .or_else(|| compared().next())
    }

    /// That a report can be made: errors as [`summary`](Self::summary).
    pub(crate) fn validate(&self) -> Result<()> {
        let Some(policy) = self.seeds.first() else {
            return Err(Error::invalid(
                "report.seeds",
                "empty",
                "at least one policy's track",
            ));
        };
        let mut names = HashSet::new();
        for baseline in &self.baselines {
            if baseline.name == PRIOR {
                let expected = "another name: this is the untrained policy's";
                return Err(Error::invalid("report.baselines", "holding prior", expected));
            }
            if !names.insert(&baseline.name) {
                return Err(Error::invalid(
                    "report.baselines",
                    format!("holding {} twice", baseline.name),
                    "baselines of different names",
                ));
            }
        }
        if let Some(name) = &self.benchmark {
            let names: Vec<&str> = self.compared_with(policy).map(|(name, _)| name).collect();
            if !names.contains(&name.as_str()) {
                let expected = format!("one of {}", names.join(", "));
                return Err(Error::invalid("report.benchmark", name, expected));
            }
        }
        if let Some(managed) = &self.managed {
            managed.validate()?;
        }
        for track in self.tracks() {
            track.validate()?;
            self.check_against(&policy.track, track)?;
        }
        Ok(())
    }

    /// That `track` has this report's assets and the dates of `policy`.
    fn check_against(&self, policy: &Track, track: &Track) -> Result<()> {
        let columns = self.assets.len() + 1;
        if track.weights.ncols() != columns {
            return Err(Error::invalid(
                format!("track {}: weights", track.name),
                Count(track.weights.ncols(), "columns"),
                format!("{columns}, one for each asset and one for cash"),
            ));
        }
        if track.len() != policy.len() {
            return Err(Error::invalid(
                format!("track {}: times", track.name),
                Count(track.len(), "values"),
                format!("{}, as the policy's", policy.len()),
            ));
        }
        if track.len() < 2 {
            return Err(Error::invalid(
                format!("track {}: returns", track.name),
                Count(track.len(), "values"),
                "at least 2",
            ));
        }
        match (0..track.len()).find(|&t| track.times[t] != policy.times[t]) {
            Some(t) => Err(Error::invalid(
                format!("track {}: times[{t}]", track.name),
                track.times[t],
                format!("{}, as the policy's", policy.times[t]),
            )),
            None => Ok(()),
        }
    }

    /// Every track of the report.
    pub(crate) fn tracks(&self) -> impl Iterator<Item = &Track> {
        let managed = self.managed.iter().map(|managed| &managed.track);
        self.seeds
            .iter()
            .flat_map(|run| [&run.track].into_iter().chain(&run.prior))
            .chain(&self.baselines)
            .chain(managed)
    }
}
