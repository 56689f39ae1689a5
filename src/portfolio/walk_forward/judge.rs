//! The joined tests of a walk-forward, every set-up's report and the set-ups beside each other.

use super::folder::{Setup, WalkForward};
use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::report::SeedRun;
use crate::backtest::side_by_side::SideBySideSummary;
use crate::backtest::summary::{Period, Summary};
use crate::backtest::{LeftOut, Report, SideBySide, Track};
use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::market::table::TableMarket;
use crate::policy::{Departure, Policy};
use crate::portfolio::evaluation::{run_baselines, test_bars};
use crate::portfolio::joined::joined;
use crate::portfolio::run::folder::SUMMARY;
use crate::portfolio::run::{Run, Stage, Trained, Trainee};
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// Folds whose dates a report names one by one, at most.
const FOLDS_NAMED: usize = 12;

/// How a walk-forward came out.
pub enum WalkOutcome {
    /// Everything was trained and judged.
    Finished {
        /// Every set-up's report, in their order.
        judged: Vec<Judged>,
        /// The set-ups beside each other.
        summary: Box<WalkSummary>,
        /// Why a file is not written; `None` where all are. The policies are: [`WalkForward::reopen`] and
        /// [`WalkForward::train`] judge them again, without training.
        unwritten: Option<Box<Error>>,
    },
    /// The observer broke off; [`WalkForward::reopen`] goes on from here.
    Stopped,
}

/// A set-up on the joined tests.
pub struct Judged {
    /// Its name.
    pub name: String,
    /// Every seed's joined track, beside its prior and the baselines.
    pub report: Report,
    /// The report's figures.
    pub summary: Summary,
    /// The mean of the seeds' tracks, bar by bar ([`Track::mean`]): what the set-ups are compared by.
    pub mean: Track,
    /// The mean of the priors' tracks; none where the policies depart from no rule.
    pub prior: Option<Track>,
}

/// What a walk-forward's `summary.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WalkSummary {
    /// Version of this library.
    pub library_version: String,
    /// The set-ups, in their order.
    pub setups: Vec<SetupSummary>,
    /// Each set-up, as the mean of its seeds at every bar, beside the first one's prior (without one, equal weight).
    #[serde(flatten)]
    pub beside: SideBySideSummary,
    /// Seconds of training, those of earlier calls included, and of judging.
    pub wall_s: f64,
}

/// A set-up of a [`WalkSummary`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetupSummary {
    /// Its name.
    pub name: String,
    /// Seeds that each fold was trained with.
    pub seeds: Vec<u64>,
    /// In the order of time.
    pub folds: Vec<FoldSummary>,
}

/// A fold: no bar of its test is within its training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoldSummary {
    /// First and last close that was learnt from.
    pub train_period: Period,
    /// Close of the first decision that is judged, and of the last return.
    pub test_period: Period,
    /// How far its policies depart from their prior, by folds within its training; `null`: all the way.
    pub departure: Option<Departure>,
}

impl WalkForward {
    /// Judges what was trained, with each one's departure, and writes the reports.
    pub(super) fn finish(
        &self,
        trained: &[(Stage, Trained)],
        departures: &[Option<Departure>],
        began: Instant,
        left_out: Vec<LeftOut>,
    ) -> Result<WalkOutcome> {
        let (mut judged, mut setups) = (Vec::new(), Vec::new());
        for (place, setup) in self.setups.iter().enumerate() {
            let is_own = |stage: &Stage| stage.fold.is_some_and(|(of, _)| of == place);
            let own: Vec<_> = trained.iter().filter(|(stage, _)| is_own(stage)).collect();
            let departures = trained.iter().zip(departures);
            let departures: Vec<_> = departures
                .filter(|((stage, _), _)| is_own(stage) && stage.seed == setup.config.train.seed)
                .map(|(_, departure)| *departure)
                .collect();
            let folds: Vec<FoldSummary> = setup
                .folds
                .iter()
                .zip(departures)
                .map(|(run, departure)| fold(run.trainee(), departure))
                .collect();
            judged.push(self.judge(setup, &own, &folds, began, left_out.clone())?);
            setups.push(SetupSummary {
                name: setup.name.clone(),
                seeds: setup.config.each_seed().collect(),
                folds,
            });
        }
        let earlier: f64 = trained.iter().map(|(_, trained)| trained.earlier_s).sum();
        let summary = WalkSummary {
            library_version: env!("CARGO_PKG_VERSION").to_string(),
            setups,
            beside: beside(&judged)?.summary()?,
            wall_s: earlier + began.elapsed().as_secs_f64(),
        };
        let unwritten = self.write(&judged, &summary).err().map(Box::new);
        Ok(WalkOutcome::Finished {
            judged,
            summary: Box::new(summary),
            unwritten,
        })
    }

    /// One set-up's trainings, fold by fold and within each seed by seed.
    fn judge(
        &self,
        setup: &Setup,
        trained: &[&(Stage, Trained)],
        folds: &[FoldSummary],
        began: Instant,
        mut left_out: Vec<LeftOut>,
    ) -> Result<Judged> {
        let config = &setup.config;
        let trainees: Vec<&Trainee> = setup.folds.iter().map(Run::trainee).collect();
        let mut seeds = Vec::new();
        for seed in config.each_seed() {
            let of_seed = trained.iter().filter(|(stage, _)| stage.seed == seed);
            let policies: Vec<&Policy> = of_seed.map(|(_, trained)| &trained.policy).collect();
            let (track, prior) = joined(&trainees, &policies)?;
            seeds.push(SeedRun {
                seed,
                track,
                prior,
                curve: Vec::new(),
            });
        }
        let market = whole_test(setup)?;
        let env = &config.train.env;
        let tracks: Vec<&Track> = seeds.iter().map(|seed| &seed.track).collect();
        let priors: Option<Vec<&Track>> = seeds.iter().map(|seed| seed.prior.as_ref()).collect();
        let (own, prior) = (
            Track::mean(&setup.name, &tracks)?,
            priors.map(|priors| Track::mean("prior", &priors)).transpose()?,
        );
        let sum =
            |figure: fn(&Trained) -> f64| trained.iter().map(|(_, trained)| figure(trained)).sum::<f64>();
        let baselines = run_baselines(&market, env, config.state.window, &mut left_out);
        let report = Report {
            title: self.title(setup),
            assets: setup.prices.table.assets().to_vec(),
            universe: market.table().presences(),
            seeds,
            baselines,
            benchmark: None,
            managed: None,
            left_out,
            train_period: None,
            departure: None,
            configuration: config.to_value(),
            train_env_steps_per_s: sum(|trained| trained.log.env_steps() as f64)
                / sum(|trained| trained.log.elapsed_s()),
            wall_s: sum(|trained| trained.earlier_s) + began.elapsed().as_secs_f64(),
            caveats: setup.caveats().iter().cloned().chain(in_words(folds)).collect(),
            bootstrap: BlockBootstrap::default(),
        };
        let summary = report.summary()?;
        Ok(Judged {
            name: setup.name.clone(),
            report,
            summary,
            mean: own,
            prior,
        })
    }

    fn title(&self, setup: &Setup) -> String {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        match self.setups.len() {
            1 => name.into_owned(),
            _ => format!("{name}: {}", setup.name),
        }
    }

    fn write(&self, judged: &[Judged], summary: &WalkSummary) -> Result<()> {
        for setup in judged {
            setup
                .report
                .save(&self.folder.join(&setup.name), &setup.summary)?;
        }
        let text = summary.json();
        write_atomically(self.folder.join(SUMMARY), |file| file.write_all(text.as_bytes()))
    }
}

impl WalkSummary {
    /// As JSON, indented, with a newline at the end.
    pub fn json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("the keys are strings and the values plain numbers");
        text.push('\n');
        text
    }

    /// The set-ups beside each other as text for a terminal, at most 80 columns wide, a newline at the end.
    pub fn table(&self) -> String {
        let folds = self.setups[0].folds.len();
        let seeds = self.setups.iter().map(|setup| setup.seeds.len());
        let (fewest, most) = (seeds.clone().min().unwrap_or(0), seeds.max().unwrap_or(0));
        let seeds = match (fewest, most) {
            (1, 1) => "one seed each".to_string(),
            (fewest, most) if fewest == most => format!("the mean of {most} seeds each"),
            (fewest, most) => format!("the mean of {fewest} to {most} seeds each"),
        };
        let period = self.beside.period;
        format!(
            "Walk-forward, out of sample over {folds} tests in a row, {} to\n{}: {} bars, net of costs; {seeds}.\n\n{}",
            period.from,
            period.to,
            self.beside.bars,
            self.beside.table()
        )
    }
}

/// Every set-up beside the first one's prior; the others' priors where they are other portfolios, and the baselines.
fn beside(judged: &[Judged]) -> Result<SideBySide> {
    let first = &judged[0];
    let mut baselines = first.report.baselines.clone();
    let reference = match &first.prior {
        Some(prior) => prior.clone(),
        None if baselines.is_empty() => {
            let expected = "a baseline that can be computed, to compare with";
            return Err(Error::invalid("baselines", "none", expected));
        }
        None => baselines.remove(0),
    };
    let others = judged[1..].iter().filter_map(|setup| {
        let prior = setup.prior.as_ref()?;
        let name = format!("prior of {}", setup.name);
        (prior.returns != reference.returns).then(|| Track {
            name,
            ..prior.clone()
        })
    });
    Ok(SideBySide {
        others: others.chain(baselines).collect(),
        compared: judged.iter().map(|setup| setup.mean.clone()).collect(),
        reference,
        bootstrap: BlockBootstrap::default(),
    })
}

/// All tests of a set-up as one market.
fn whole_test(setup: &Setup) -> Result<Arc<TableMarket>> {
    let decisions = |run: &Run| run.trainee().test().decisions();
    let (first, last) = (&setup.folds[0], &setup.folds[setup.folds.len() - 1]);
    let bars = *decisions(first).start()..=decisions(last).end() + 1;
    test_bars(
        Arc::clone(&setup.prices.table),
        bars,
        0,
        setup.config.market.cash_rate,
    )
}

fn fold(trainee: &Trainee, departure: Option<Departure>) -> FoldSummary {
    let (times, decisions) = (trainee.test().table().times(), trainee.test().decisions());
    FoldSummary {
        train_period: trainee.train_period().expect("folds are of prices"),
        test_period: Period {
            from: times[*decisions.start()],
            to: times[*decisions.end() + 1],
        },
        departure,
    }
}

/// What was learnt from and what judged, for the readers of a report.
fn in_words(folds: &[FoldSummary]) -> Vec<String> {
    let each = folds.iter().take(FOLDS_NAMED).enumerate().map(|(place, fold)| {
        let departure = fold.departure.map_or_else(String::new, |departure| {
            format!(" The policies go {}.", departure.sentence())
        });
        format!(
            "Fold {}: learnt from {} to {}, judged on {} to {}.{departure}",
            place + 1,
            fold.train_period.from,
            fold.train_period.to,
            fold.test_period.from,
            fold.test_period.to
        )
    });
    let rest = folds.len().saturating_sub(FOLDS_NAMED);
    let rest = (rest > 0).then(|| format!("And {rest} folds more, in the walk-forward's summary.json."));
    each.chain(rest).collect()
}
