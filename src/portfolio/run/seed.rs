//! The training of one seed, alone or as one of several ranks. Rank 0 writes what there is to write.

use super::stage::{Observer, Stage};
use super::together::Together;
use super::trainee::Trainee;
use crate::backtest::LeftOut;
use crate::backtest::left_out::attempt;
use crate::error::{Error, Result};
use crate::policy::file::{self, Extras};
use crate::policy::{Departure, Policy};
use crate::portfolio::training_log::TrainingLog;
use crate::rl::event_file::EventFile;
use crate::train::{TrainConfig, Trainer};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

pub(super) const TENSORBOARD: &str = "tensorboard";

/// Updates from one checkpoint to the next.
const CHECKPOINT_EVERY: u64 = 10;

/// One seed's policy, and how it was learnt.
pub(in crate::portfolio) struct Trained {
    pub(in crate::portfolio) policy: Policy,
    pub(in crate::portfolio) log: TrainingLog,
    /// Seconds of training that this call did not spend.
    pub(in crate::portfolio) earlier_s: f64,
}

/// How far a seed has come when a call begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Standing {
    Fresh,
    Interrupted,
    Trained,
}

/// Where a seed's files are.
struct Files {
    policy: PathBuf,
    checkpoint: PathBuf,
    log_name: String,
    log: PathBuf,
}

impl Trainee {
    fn files(&self, stage: Stage) -> Files {
        let seed = stage.seed;
        let log_name = format!("training-seed-{seed}.csv");
        Files {
            policy: self.policy_path(seed),
            checkpoint: self.folder.join(format!("checkpoint-seed-{seed}.safetensors")),
            log: self.folder.join(&log_name),
            log_name,
        }
    }

    /// The first seed's policy is the run's policy.
    pub(super) fn policy_path(&self, seed: u64) -> PathBuf {
        self.folder.join(match seed == self.config.train.seed {
            true => "policy.safetensors".to_string(),
            false => format!("policy-seed-{seed}.safetensors"),
        })
    }

    /// Its policy departs from its prior as far as `departure` says. None where an observer broke off.
    pub(super) fn train_seed(
        &self,
        stage: Stage,
        departure: Option<Departure>,
        ranks: &mut Together,
        observer: &mut dyn Observer,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Option<Trained>> {
        let files = self.files(stage);
        let standing = self.standing(&files, ranks)?;
        if standing == Standing::Trained {
            let (policy, _) = file::load(&files.policy)?;
            let log = attempt(&files.log_name, TrainingLog::read(&files.log), left_out).unwrap_or_default();
            let earlier_s = log.elapsed_s();
            return Ok(Some(Trained {
                policy,
                log,
                earlier_s,
            }));
        }
        let mut trainer = self.trainer(stage, standing, &files, ranks)?;
        let mut log = TrainingLog::default();
        let done = trainer.progress().env_steps;
        if standing == Standing::Interrupted {
            let read = TrainingLog::read(&files.log).map(|read| read.until(done));
            log = ranks.or_all_fail(read)?;
        }
        let events_name = format!("{TENSORBOARD}/seed-{}", stage.seed);
        let mut events = attempt(&events_name, self.event_file(stage.seed, done), left_out);
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
            let stop = ranks.any(observer.updated(stage, &stats).is_break())? && !trainer.is_done();
            if stop || stats.update.is_multiple_of(CHECKPOINT_EVERY) {
                // A log that is ahead of the checkpoint is cut back; one behind it would have a hole.
                ranks.or_all_fail(log.write(&files.log))?;
                let provenance = self.provenance(&trainer);
                trainer.save_checkpoint(&files.checkpoint, provenance)?;
            }
            if stop {
                return Ok(None);
            }
        }
        attempt(&files.log_name, log.write(&files.log), left_out);
        let policy = ranks.or_all_fail(self.save_policy(&trainer, departure, &files))?;
        Ok(Some(Trained {
            policy,
            log,
            earlier_s,
        }))
    }

    /// Takes part in the training of a seed that rank 0 writes down. False where an observer broke off.
    pub(super) fn follow_seed(
        &self,
        stage: Stage,
        ranks: &mut Together,
        observer: &mut dyn Observer,
    ) -> Result<bool> {
        let files = self.files(stage);
        let standing = self.standing(&files, ranks)?;
        if standing == Standing::Trained {
            return Ok(true);
        }
        let mut trainer = self.trainer(stage, standing, &files, ranks)?;
        if standing == Standing::Interrupted {
            ranks.or_all_fail(Ok(()))?;
        }
        while !trainer.is_done() {
            let stats = trainer.update()?;
            let stop = ranks.any(observer.updated(stage, &stats).is_break())? && !trainer.is_done();
            if stop || stats.update.is_multiple_of(CHECKPOINT_EVERY) {
                ranks.or_all_fail(Ok(()))?;
                trainer.save_checkpoint(&files.checkpoint, self.provenance(&trainer))?;
            }
            if stop {
                return Ok(false);
            }
        }
        ranks.or_all_fail(Ok(()))?;
        Ok(true)
    }

    /// How far a seed has come, as rank 0 sees it.
    fn standing(&self, files: &Files, ranks: &mut Together) -> Result<Standing> {
        ranks.of_first(match () {
            () if files.policy.exists() => Standing::Trained,
            () if files.checkpoint.exists() => Standing::Interrupted,
            () => Standing::Fresh,
        })
    }

    /// A trainer where the seed stands, joined with those of the other ranks.
    fn trainer(
        &self,
        stage: Stage,
        standing: Standing,
        files: &Files,
        ranks: &mut Together,
    ) -> Result<Trainer> {
        let market = Arc::clone(&self.dataset.training);
        let made = match standing {
            Standing::Interrupted => Trainer::resume(&files.checkpoint, market),
            _ => {
                let config = TrainConfig {
                    seed: stage.seed,
                    ..self.config.train.clone()
                };
                Trainer::new(config, self.dataset.spec.clone(), market)
            }
        };
        let mut trainer = ranks.or_all_fail(made)?;
        if let Some(engine) = ranks.engine() {
            trainer.join(Box::new(engine))?;
        }
        Ok(trainer)
    }

    /// Writes the policy that was learnt, which the checkpoint is no longer needed for.
    fn save_policy(&self, trainer: &Trainer, departure: Option<Departure>, files: &Files) -> Result<Policy> {
        let mut policy = trainer.policy(self.provenance(trainer))?;
        policy.set_departure(departure)?;
        file::save(&files.policy, &policy, &Extras::default())?;
        let checkpoint = &files.checkpoint;
        if checkpoint.exists() {
            fs::remove_file(checkpoint).map_err(|source| Error::io("remove", checkpoint, source))?;
        }
        Ok(policy)
    }

    /// A new event file of a seed that has taken `done` decisions.
    fn event_file(&self, seed: u64, done: u64) -> Result<EventFile> {
        let folder = self.folder.join(TENSORBOARD).join(format!("seed-{seed}"));
        fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
        EventFile::resume(&folder, done)
    }
}
