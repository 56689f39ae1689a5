//! A run: from a configuration to trained policies, judged beside the baselines, in one folder.
//!
//! | file | what it holds |
//! |---|---|
//! | `config.json` | the whole configuration |
//! | `policy.safetensors` | the first seed's policy: the one that is saved, with no choosing |
//! | `policy-seed-S.safetensors` | the policies of the other seeds |
//! | `checkpoint-seed-S.safetensors` | a seed's training as it stands, until its policy is there |
//! | `training-seed-S.csv` | figures of every update |
//! | `tensorboard/seed-S/` | the same for TensorBoard |
//! | `summary.json`, `report.html` | the test; there once the run is finished |

use crate::backtest::bootstrap::BlockBootstrap;
use crate::backtest::left_out::attempt;
use crate::backtest::report::SeedRun;
use crate::backtest::summary::Summary;
use crate::backtest::{LeftOut, Report, run_policy, untrained};
use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::market::csv::{Parse, Reading};
use crate::policy::Policy;
use crate::policy::file::{self, Extras};
use crate::portfolio::book::check_limits;
use crate::portfolio::claim::Claim;
use crate::portfolio::config::RunConfig;
use crate::portfolio::dataset::Dataset;
use crate::portfolio::evaluation::run_baselines;
use crate::portfolio::training::provenance;
use crate::portfolio::training_log::TrainingLog;
use crate::portfolio::{report_risk, run_managed};
use crate::risk::manager::RiskManager;
use crate::rl::event_file::EventFile;
use crate::rl::stats::UpdateStats;
use crate::train::{TrainConfig, Trainer};
use serde_json::{Map, Value, json};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Updates from one checkpoint to the next.
const CHECKPOINT_EVERY: u64 = 10;

const CONFIG: &str = "config.json";
const SUMMARY: &str = "summary.json";
const TENSORBOARD: &str = "tensorboard";
/// The track of the policy under its risk manager.
const RISK_MANAGED: &str = "risk_managed";

/// A run, its data read and its folder there.
pub struct Run {
    config: RunConfig,
    folder: PathBuf,
    dataset: Dataset,
    /// Held while the run is there.
    _claim: Claim,
}

/// How a run came out.
pub enum Outcome {
    /// All seeds were trained and judged.
    Finished {
        /// The report.
        report: Box<Report>,
        /// Its figures.
        summary: Box<Summary>,
        /// Why its two files are not written; `None` where they are. The policies are: [`Run::reopen`] and
        /// [`Run::train`] judge them again and write the report, without training.
        unwritten: Option<Box<Error>>,
    },
    /// The observer broke off; [`Run::reopen`] goes on from here.
    Stopped,
}

/// Told how a run comes along.
pub trait Observer {
    /// After every update of a seed. Breaking off leaves a checkpoint and ends the run.
    fn updated(&mut self, stage: Stage, stats: &UpdateStats) -> ControlFlow<()>;

    /// All seeds are trained; the back-tests begin.
    fn judging(&mut self);
}

/// Which seed is being trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The seed.
    pub seed: u64,
    /// Its place among the run's seeds, from 0.
    pub index: u64,
    /// Number of seeds.
    pub seeds: u64,
    /// Decisions that each seed takes.
    pub total_steps: u64,
}

/// One seed's policy, and how it was learnt.
struct Trained {
    policy: Policy,
    log: TrainingLog,
    /// Seconds of training that this call did not spend.
    earlier_s: f64,
}

impl Run {
    /// Starts a run in `folder`, which is made. Everything is checked before anything is written: the configuration,
    /// the data, and whether they fit.
    ///
    /// A folder that is not empty is refused; with `replace`, the files of an earlier run in it are removed. `parse` reads
    /// the price file.
    pub fn create(config: RunConfig, folder: &Path, replace: bool, parse: Parse) -> Result<Self> {
        let dataset = check(&config, parse)?;
        if !replace {
            refuse_files(folder)?;
        }
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let claim = Claim::of(folder)?;
        if !replace {
            // Another run may have begun here since.
            refuse_files(folder)?;
        }
        Self::begin(config, folder, dataset, claim)
    }

    /// As [`create`](Self::create), in a folder that is nobody else's: `folder`, or where that is there already
    /// `folder` with -2, -3 and so on behind its name.
    pub fn create_apart(config: RunConfig, folder: &Path, parse: Parse) -> Result<Self> {
        let dataset = check(&config, parse)?;
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::io("create", parent, source))?;
        }
        let mut chosen = folder.to_path_buf();
        for number in 2.. {
            match fs::create_dir(&chosen) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    let mut name = folder.file_name().unwrap_or_default().to_os_string();
                    name.push(format!("-{number}"));
                    chosen.set_file_name(name);
                }
                Err(source) => return Err(Error::io("create", &chosen, source)),
                Ok(()) => break,
            }
        }
        let claim = Claim::of(&chosen)?;
        Self::begin(config, &chosen, dataset, claim)
    }

    /// Writes the configuration into a folder that this run has claimed.
    fn begin(config: RunConfig, folder: &Path, dataset: Dataset, claim: Claim) -> Result<Self> {
        remove_earlier_run(folder)?;
        let text = config.to_text();
        write_atomically(folder.join(CONFIG), |file| file.write_all(text.as_bytes()))?;
        Ok(Self {
            config,
            folder: folder.to_path_buf(),
            dataset,
            _claim: claim,
        })
    }

    /// Takes up an unfinished run, whose price file `parse` reads. Errors: no run in `folder`, one that is finished, or data that are no longer fit.
    pub fn reopen(folder: &Path, parse: Parse) -> Result<Self> {
        let path = folder.join(CONFIG);
        let text = fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
        if folder.join(SUMMARY).exists() {
            let found = "a finished run";
            return Err(Error::invalid(
                folder.display().to_string(),
                found,
                "an unfinished one",
            ));
        }
        let claim = Claim::of(folder)?;
        let name = path.display().to_string();
        let config = RunConfig::from_saved(&name, &text)?;
        let dataset = Dataset::new(&config, parse).map_err(|error| error.within(&format!("{name}: ")))?;
        let folder = folder.to_path_buf();
        Ok(Self {
            config,
            folder,
            dataset,
            _claim: claim,
        })
    }

    /// Where everything is written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How the price file was understood; none for a simulation.
    pub fn reading(&self) -> Option<&Reading> {
        self.dataset.reading.as_ref()
    }

    /// What was read, in words.
    pub fn description(&self) -> &str {
        &self.dataset.description
    }

    /// What readers of figures on this run's data have to know.
    pub fn caveats(&self) -> &[String] {
        &self.dataset.caveats
    }

    /// The configuration.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Trains every seed that is not trained yet, judges them all on the test period and writes the report.
    ///
    /// What a trained policy can do without is named in the report instead of losing it: a log that cannot be written, a
    /// baseline or a decision of the risk manager that cannot be computed, a report that finds no room.
    pub fn train(&self, observer: &mut dyn Observer) -> Result<Outcome> {
        let began = Instant::now();
        let (mut seeds, mut left_out) = (Vec::new(), Vec::new());
        for index in 0..self.config.seeds {
            let stage = Stage {
                seed: self.config.train.seed.wrapping_add(index),
                index,
                seeds: self.config.seeds,
                total_steps: self.config.train.total_steps,
            };
            match self.train_seed(stage, observer, &mut left_out)? {
                Some(trained) => seeds.push((stage.seed, trained)),
                None => return Ok(Outcome::Stopped),
            }
        }
        observer.judging();
        let report = self.judge(&seeds, began, left_out)?;
        let summary = report.summary()?;
        let unwritten = report.save(&self.folder, &summary).err().map(Box::new);
        Ok(Outcome::Finished {
            report: Box::new(report),
            summary: Box::new(summary),
            unwritten,
        })
    }

    /// None where the observer broke off.
    fn train_seed(
        &self,
        stage: Stage,
        observer: &mut dyn Observer,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Trained>> {
        let Stage { seed, index, .. } = stage;
        let policy_path = self.folder.join(policy_name(index, seed));
        let checkpoint = self.folder.join(format!("checkpoint-seed-{seed}.safetensors"));
        let log_name = format!("training-seed-{seed}.csv");
        let log_path = self.folder.join(&log_name);
        if policy_path.exists() {
            let (policy, _) = file::load(&policy_path)?;
            let log = attempt(&log_name, TrainingLog::read(&log_path), left_out).unwrap_or_default();
            let earlier_s = log.elapsed_s();
            return Ok(Some(Trained {
                policy,
                log,
                earlier_s,
            }));
        }
        let market = Arc::clone(&self.dataset.training);
        let (mut trainer, mut log) = if checkpoint.exists() {
            let trainer = Trainer::resume(&checkpoint, market)?;
            let done = trainer.progress().env_steps;
            (trainer, TrainingLog::read(&log_path)?.until(done))
        } else {
            let config = TrainConfig {
                seed,
                ..self.config.train.clone()
            };
            let trainer = Trainer::new(config, self.dataset.spec.clone(), market)?;
            (trainer, TrainingLog::default())
        };
        let events_name = format!("{TENSORBOARD}/seed-{seed}");
        let mut events = attempt(&events_name, self.event_file(seed), left_out);
        let (began, earlier_s) = (Instant::now(), log.elapsed_s());
        while !trainer.is_done() {
            let stats = trainer.update()?;
            let scalars = log.push(&stats, earlier_s + began.elapsed().as_secs_f64());
            if let Some(file) = &mut events {
                let shown = file
                    .scalars(stats.env_steps, &scalars)
                    .and_then(|()| file.flush());
                if attempt(&events_name, shown, left_out).is_none() {
                    events = None;
                }
            }
            let stop = observer.updated(stage, &stats).is_break() && !trainer.is_done();
            if stop || stats.update.is_multiple_of(CHECKPOINT_EVERY) {
                // A log that is ahead of the checkpoint is cut back; one behind it would have a hole.
                log.write(&log_path)?;
                let provenance = self.provenance(&trainer);
                trainer.save_checkpoint(&checkpoint, provenance)?;
            }
            if stop {
                return Ok(None);
            }
        }
        attempt(&log_name, log.write(&log_path), left_out);
        let policy = trainer.policy(self.provenance(&trainer))?;
        file::save(&policy_path, &policy, &Extras::default())?;
        if checkpoint.exists() {
            fs::remove_file(&checkpoint).map_err(|source| Error::io("remove", &checkpoint, source))?;
        }
        Ok(Some(Trained {
            policy,
            log,
            earlier_s,
        }))
    }

    fn event_file(&self, seed: u64) -> Result<EventFile> {
        let folder = self.folder.join(TENSORBOARD).join(format!("seed-{seed}"));
        fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
        EventFile::create(&folder)
    }

    /// How the policy came to be, and from which data.
    fn provenance(&self, trainer: &Trainer) -> Map<String, Value> {
        let mut entries = provenance(trainer, self.config.to_value());
        entries.insert("data".to_string(), self.dataset.origin.clone());
        entries.insert("train_period".to_string(), json!(self.dataset.train_period));
        entries
    }

    fn judge(&self, seeds: &[(u64, Trained)], began: Instant, mut left_out: Vec<LeftOut>) -> Result<Report> {
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
            managed: attempt(RISK_MANAGED, managed, &mut left_out),
            left_out,
            train_period: self.dataset.train_period,
            configuration: self.config.to_value(),
            train_env_steps_per_s: env_steps / sum(|trained| trained.log.elapsed_s()),
            wall_s: sum(|trained| trained.earlier_s) + began.elapsed().as_secs_f64(),
            caveats: self.dataset.caveats.clone(),
            bootstrap: BlockBootstrap::of_bars(test.table().bars_per_year()),
        })
    }
}

/// The first seed's policy is the run's policy.
fn policy_name(index: u64, seed: u64) -> String {
    match index {
        0 => "policy.safetensors".to_string(),
        _ => format!("policy-seed-{seed}.safetensors"),
    }
}

/// Checks all that can be checked before anything is written, and reads the data.
fn check(config: &RunConfig, parse: Parse) -> Result<Dataset> {
    config.validate()?;
    let dataset = Dataset::new(config, parse)?;
    Trainer::new(
        config.train.clone(),
        dataset.spec.clone(),
        Arc::clone(&dataset.training),
    )?;
    if let Some(risk) = &config.risk {
        let within = |error: Error| error.within("risk.");
        check_limits(risk, &dataset.spec.action).map_err(within)?;
        RiskManager::new(risk.clone(), dataset.spec.assets.len()).map_err(within)?;
    }
    Ok(dataset)
}

/// Refuses a folder that holds anything; a missing one is fine.
fn refuse_files(folder: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::io("read", folder, source)),
    };
    let found = match entries.next() {
        None => return Ok(()),
        Some(_) if folder.join(SUMMARY).exists() => "a finished run",
        Some(_) if folder.join(CONFIG).exists() => "an unfinished run",
        Some(_) => "not empty",
    };
    let expected = "a new folder (--force replaces a run, --resume goes on with an unfinished one)";
    Err(Error::invalid(folder.display().to_string(), found, expected))
}

/// Removes what a run leaves behind, and nothing else. The summary goes first: without it no run is finished.
fn remove_earlier_run(folder: &Path) -> Result<()> {
    let remove = |path: &Path| match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path, error)),
        _ => Ok(()),
    };
    remove(&folder.join(SUMMARY))?;
    let entries = fs::read_dir(folder).map_err(|source| Error::io("read", folder, source))?;
    for entry in entries {
        let path = entry.map_err(|source| Error::io("read", folder, source))?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let policy = name.starts_with("policy") || name.starts_with("checkpoint-seed-");
        if policy && name.ends_with(".safetensors")
            || name.starts_with("training-seed-") && name.ends_with(".csv")
            || [CONFIG, "report.html"].contains(&name.as_str())
        {
            remove(&path)?;
        } else if name == TENSORBOARD {
            fs::remove_dir_all(&path).map_err(|source| Error::io("remove", &path, source))?;
        }
    }
    Ok(())
}
