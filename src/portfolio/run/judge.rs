//! The test of the policies that a run has trained, and its report.

use super::ensemble::ENSEMBLE_FIGURES;
use super::seed::Trained;
use super::stage::Observer;
use super::trainee::Trainee;
use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::left_out::attempt;
use crate::backtest::report::SeedRun;
use crate::backtest::side_by_side::SideBySideSummary;
use crate::backtest::summary::Summary;
use crate::backtest::{LeftOut, Report, run_policy, untrained};
use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::policy::{Departure, Policy};
use crate::portfolio::evaluation::run_baselines;
use crate::portfolio::{report_risk, run_managed};
use std::sync::Arc;
use std::time::Instant;

/// The track of the policy under its risk manager.
const RISK_MANAGED: &str = "risk_managed";

/// How a run came out.
pub enum Outcome {
    /// All seeds were trained and judged.
    Finished {
        /// The report.
        report: Box<Report>,
        /// Its figures.
        summary: Box<Summary>,
        /// The test of the ensemble, where there is one.
        ensemble: Option<Box<SideBySideSummary>>,
        /// Why its two files are not written; `None` where they are. The policies are: [`Run::reopen`](super::Run::reopen) and
        /// [`Run::train`](super::Run::train) judge them again and write the report, without training.
        unwritten: Option<Box<Error>>,
    },
    /// The observer broke off; [`Run::reopen`](super::Run::reopen) goes on from here.
    Stopped,
}

impl Trainee {
    /// Judges the seeds' policies and writes the report.
    pub(super) fn finish(
        &self,
        seeds: &[(u64, Trained)],
        departure: Option<Departure>,
        began: Instant,
        left_out: Vec<LeftOut>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        observer.judging();
        let report = self.judge(seeds, departure, began, left_out)?;
        let summary = report.summary()?;
        let ensemble = self.judge_ensemble(seeds, &report.seeds, departure)?;
        // The summary last: with it the run is finished.
        let written = match &ensemble {
            Some(ensemble) => write_atomically(self.folder.join(ENSEMBLE_FIGURES), |file| {
                file.write_all(ensemble.json().as_bytes())
            }),
            None => Ok(()),
        };
        let written = written.and_then(|()| report.save(&self.folder, &summary));
        Ok(Outcome::Finished {
            report: Box::new(report),
            summary: Box::new(summary),
            ensemble: ensemble.map(Box::new),
            unwritten: written.err().map(Box::new),
        })
    }

    fn judge(
        &self,
        seeds: &[(u64, Trained)],
        departure: Option<Departure>,
        began: Instant,
        mut left_out: Vec<LeftOut>,
    ) -> Result<Report> {
        let env = &self.config.train.env;
        let test = &self.dataset.test;
        let run = |name: &str, policy: &Policy| run_policy(name, policy, Arc::clone(test), env);
        let mut judged = Vec::new();
        for (k, (seed, trained)) in seeds.iter().enumerate() {
            // The report is about the first seed's policy; without another one's it is still whole.
            let track = run("policy", &trained.policy);
            let track = match k {
                0 => Some(track?),
                _ => attempt(&format!("policy, seed {seed}"), track, &mut left_out),
            };
            let Some(track) = track else { continue };
            let prior = untrained(&trained.policy)?.map(|policy| run("prior", &policy));
            judged.push(SeedRun {
                seed: *seed,
                track,
                prior: prior.and_then(|prior| attempt("prior", prior, &mut left_out)),
                curve: trained.log.curve(),
            });
        }
        let sum = |figure: fn(&Trained) -> f64| seeds.iter().map(|(_, trained)| figure(trained)).sum::<f64>();
        let env_steps = sum(|trained| trained.log.env_steps() as f64);
        let risk = self.config.risk.clone();
        let risk = risk.unwrap_or_else(|| report_risk(&self.dataset.spec));
        let first = &seeds[0].1.policy;
        let managed = run_managed(RISK_MANAGED, first, test, env, &risk);
        Ok(Report {
            title: self
                .folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            assets: self.dataset.spec.assets.clone(),
            universe: test.table().presences(),
            seeds: judged,
            baselines: run_baselines(test, env, self.dataset.spec.state.window, &mut left_out),
            benchmark: None,
            managed: attempt(RISK_MANAGED, managed, &mut left_out),
            left_out,
            train_period: self.dataset.train_period,
            departure,
            configuration: self.config.to_value(),
            train_env_steps_per_s: env_steps / sum(|trained| trained.log.elapsed_s()),
            wall_s: sum(|trained| trained.earlier_s) + began.elapsed().as_secs_f64(),
            caveats: self.dataset.caveats.clone(),
            bootstrap: BlockBootstrap::default(),
        })
    }
}
