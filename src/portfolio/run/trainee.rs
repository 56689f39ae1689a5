//! What is trained and judged in one folder: a configuration with its data, whose seeds are learnt one after the other.

use super::stage::Training;
use crate::backtest::summary::Period;
use crate::error::{Error, Result};
use crate::market::table::TableMarket;
use crate::portfolio::config::RunConfig;
use crate::portfolio::dataset::{Dataset, without_place};
use crate::portfolio::training::provenance;
use crate::train::Trainer;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A configuration, its data and the folder of its policies.
pub(in crate::portfolio) struct Trainee {
    pub(super) config: RunConfig,
    pub(super) folder: PathBuf,
    pub(super) dataset: Dataset,
}

impl Trainee {
    /// In a folder that is made if it is missing.
    pub(super) fn new(config: RunConfig, folder: &Path, dataset: Dataset) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        Ok(Self {
            config,
            folder: folder.to_path_buf(),
            dataset,
        })
    }

    /// The configuration.
    pub(in crate::portfolio) fn config(&self) -> &RunConfig {
        &self.config
    }

    /// What its policies are judged on.
    pub(in crate::portfolio) fn test(&self) -> &Arc<TableMarket> {
        &self.dataset.test
    }

    /// First and last close that its policies learn from; none for a simulation.
    pub(in crate::portfolio) fn train_period(&self) -> Option<Period> {
        self.dataset.train_period
    }

    /// Its trainings, a seed each, in order; `evidence` is the fold of the evidence that they are for.
    pub(super) fn trainings(&self, evidence: Option<usize>) -> impl Iterator<Item = Training> + use<> {
        let steps = self.config.train.total_steps;
        self.config.each_seed().map(move |seed| Training {
            seed,
            evidence,
            steps,
        })
    }

    /// How a policy came to be, and from which data.
    pub(super) fn provenance(&self, trainer: &Trainer) -> Map<String, Value> {
        let mut config = self.config.clone();
        config.market.prices = config.market.prices.as_deref().map(without_place);
        let mut entries = provenance(trainer, config.to_value());
        entries.insert("data".to_string(), self.dataset.origin.clone());
        entries.insert("train_period".to_string(), json!(self.dataset.train_period));
        entries
    }
}
