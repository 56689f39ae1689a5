//! From a market to a manager: training in one call.

use crate::error::{Error, Result};
use crate::market::Market;
use crate::policy::spec::PolicySpec;
use crate::portfolio::{Portfolio, PortfolioConfig};
use crate::rl::stats::UpdateStats;
use crate::train::{TrainConfig, Trainer};
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How long to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingLength {
    /// Until this many episodes have ended, at least 1.
    Episodes(u64),
    /// Until this many decisions have been taken, at least 1.
    Steps(u64),
}

impl Portfolio {
    /// Trains a policy of this spec on `market` and returns the manager that holds it. `length`, rounded up to whole
    /// rollouts, replaces `train.total_steps`; `on_update` is called after every update and may end training by breaking.
    ///
    /// Errors are the trainer's and [`new`](Self::new)'s, which name the setting at fault.
    pub fn train(
        market: Arc<dyn Market>,
        spec: PolicySpec,
        mut train: TrainConfig,
        length: TrainingLength,
        config: PortfolioConfig,
        mut on_update: impl FnMut(&UpdateStats) -> ControlFlow<()>,
    ) -> Result<Self> {
        // Before the training, not after it.
        config.validate(spec.state.assets)?;
        let most_episodes = match length {
            TrainingLength::Steps(steps) => {
                train.total_steps = steps;
                u64::MAX
            }
            TrainingLength::Episodes(0) => return Err(Error::invalid("episodes", 0, "at least 1")),
            TrainingLength::Episodes(episodes) => {
                // Schedules run to the end of the last episode, were every one as long as it may be.
                train.total_steps = episodes.saturating_mul(train.env.episode_len as u64);
                episodes
            }
        };
        let mut trainer = Trainer::new(train, spec, market)?;
        trainer.train(|stats| match on_update(stats) {
            ControlFlow::Continue(()) if stats.episodes < most_episodes => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        })?;
        let provenance = provenance(&trainer, json!({ "train": trainer.config() }));
        Self::new(trainer.policy(provenance)?, config)
    }
}

/// How a policy came to be, as far as its trainer knows; nothing in it differs between a training and its repetition.
/// `configuration` holds the trainer's under `train`; on how many threads it was done is left out, for that changes no bit.
pub(crate) fn provenance(trainer: &Trainer, mut configuration: Value) -> Map<String, Value> {
    if let Some(train) = configuration.get_mut("train").and_then(Value::as_object_mut) {
        train.remove("threads");
    }
    [
        ("library_version", json!(env!("CARGO_PKG_VERSION"))),
        ("seed", json!(trainer.config().seed)),
        ("env_steps", json!(trainer.progress().env_steps)),
        ("configuration", configuration),
    ]
    .map(|(key, value)| (key.to_string(), value))
    .into_iter()
    .collect()
}
