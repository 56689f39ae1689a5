//! A run's folder and what is in it: a new run, one that goes on, one that other ranks have.

use super::ensemble::{ENSEMBLE, ENSEMBLE_FIGURES};
use super::evidence::{EVIDENCE, Evidence};
use super::seed::TENSORBOARD;
use super::stage::Training;
use super::trainee::Trainee;
use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::market::csv::{Parse, Reading};
use crate::portfolio::book::check_limits;
use crate::portfolio::claim::{Claim, claim_apart};
use crate::portfolio::config::RunConfig;
use crate::portfolio::dataset::Dataset;
use crate::risk::manager::RiskManager;
use crate::train::Trainer;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const CONFIG: &str = "config.json";
pub(in crate::portfolio) const SUMMARY: &str = "summary.json";

/// A run, its data read and its folder there.
pub struct Run {
    pub(super) trainee: Trainee,
    /// What shows how far its policies should depart from their prior, where that is asked for.
    pub(super) evidence: Option<Evidence>,
    /// Held while the run is there; by rank 0 where several train it.
    _claim: Option<Claim>,
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
            refuse_files(folder, CONFIG)?;
        }
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let claim = Claim::of(folder)?;
        if !replace {
            // Another run may have begun here since.
            refuse_files(folder, CONFIG)?;
        }
        Self::begin(config, folder, dataset, claim)
    }

    /// As [`create`](Self::create), in a folder that is nobody else's: `folder`, or where that is there already
    /// `folder` with -2, -3 and so on behind its name.
    pub fn create_apart(config: RunConfig, folder: &Path, parse: Parse) -> Result<Self> {
        let dataset = check(&config, parse)?;
        let (folder, claim) = claim_apart(folder)?;
        Self::begin(config, &folder, dataset, claim)
    }

    /// Writes the configuration into a folder that this run has claimed.
    fn begin(config: RunConfig, folder: &Path, dataset: Dataset, claim: Claim) -> Result<Self> {
        remove_earlier_run(folder)?;
        let text = config.to_text();
        write_atomically(folder.join(CONFIG), |file| file.write_all(text.as_bytes()))?;
        Self::of(config, folder, dataset, Some(claim))
    }

    /// A run of a configuration and its data, in a folder that is there.
    fn of(config: RunConfig, folder: &Path, dataset: Dataset, claim: Option<Claim>) -> Result<Self> {
        Ok(Self {
            evidence: Evidence::new(&config, folder, &dataset)?,
            trainee: Trainee::new(config, folder, dataset)?,
            _claim: claim,
        })
    }

    /// The trainings on one fold's data, in a folder within that of the walk-forward that they belong to; it is made if it is
    /// missing.
    pub(in crate::portfolio) fn of_fold(config: RunConfig, folder: &Path, dataset: Dataset) -> Result<Self> {
        Self::of(config, folder, dataset, None)
    }

    /// Takes up an unfinished run, whose price file `parse` reads. Errors: no run in `folder`, one that is finished, or data that are no longer fit.
    pub fn reopen(folder: &Path, parse: Parse) -> Result<Self> {
        let text = read_config(folder)?;
        let claim = Claim::of(folder)?;
        Self::open(folder, &text, parse, Some(claim))
    }

    /// As [`reopen`](Self::reopen), on another rank than the one that has the folder.
    pub fn follow(folder: &Path, parse: Parse) -> Result<Self> {
        Self::open(folder, &read_config(folder)?, parse, None)
    }

    fn open(folder: &Path, text: &str, parse: Parse, claim: Option<Claim>) -> Result<Self> {
        let name = folder.join(CONFIG).display().to_string();
        let config = RunConfig::from_saved(&name, text)?;
        let dataset = Dataset::new(&config, parse).map_err(|error| error.within(&format!("{name}: ")))?;
        Self::of(config, folder, dataset, claim)
    }

    /// Where everything is written.
    pub fn folder(&self) -> &Path {
        &self.trainee.folder
    }

    /// How the price file was understood; none for a simulation.
    pub fn reading(&self) -> Option<&Reading> {
        self.trainee.dataset.reading.as_ref()
    }

    /// What was read, in words.
    pub fn description(&self) -> &str {
        &self.trainee.dataset.description
    }

    /// What readers of figures on this run's data have to know.
    pub fn caveats(&self) -> &[String] {
        &self.trainee.dataset.caveats
    }

    /// The configuration.
    pub fn config(&self) -> &RunConfig {
        &self.trainee.config
    }

    /// What is trained and judged.
    pub(in crate::portfolio) fn trainee(&self) -> &Trainee {
        &self.trainee
    }

    /// All its trainings in order: those of the evidence, then its own.
    pub(in crate::portfolio) fn trainings(&self) -> Vec<Training> {
        let evidence = self.evidence.iter().flat_map(Evidence::trainings);
        evidence.chain(self.trainee.trainings(None)).collect()
    }
}

/// The configuration of the unfinished run in a folder.
fn read_config(folder: &Path) -> Result<String> {
    let path = folder.join(CONFIG);
    let text = fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
    if folder.join(SUMMARY).exists() {
        let (found, expected) = ("a finished run", "an unfinished one");
        return Err(Error::invalid(folder.display().to_string(), found, expected));
    }
    Ok(text)
}

/// Checks all that can be checked before anything is written, and reads the data.
fn check(config: &RunConfig, parse: Parse) -> Result<Dataset> {
    config.validate()?;
    let dataset = Dataset::new(config, parse)?;
    check_training(config, &dataset)?;
    Ok(dataset)
}

/// Checks what a configuration asks for against the data that it is trained on.
pub(in crate::portfolio) fn check_training(config: &RunConfig, dataset: &Dataset) -> Result<()> {
    Evidence::check(config, dataset)?;
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
    Ok(())
}

/// Refuses a folder that holds anything; a missing one is fine. `begun` is a file of what has begun there.
pub(in crate::portfolio) fn refuse_files(folder: &Path, begun: &str) -> Result<()> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::io("read", folder, source)),
    };
    let found = match entries.next() {
        None => return Ok(()),
        Some(_) if folder.join(SUMMARY).exists() => "a finished run",
        Some(_) if folder.join(begun).exists() => "an unfinished run",
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
            || [CONFIG, "report.html", ENSEMBLE, ENSEMBLE_FIGURES].contains(&name.as_str())
        {
            remove(&path)?;
        } else if [TENSORBOARD, EVIDENCE].contains(&name.as_str()) {
            fs::remove_dir_all(&path).map_err(|source| Error::io("remove", &path, source))?;
        }
    }
    Ok(())
}
