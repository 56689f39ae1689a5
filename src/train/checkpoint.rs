//! A run on disk: the policy file plus all that training needs to go on as if it had never stopped.

use crate::env::BatchSnapshot;
use crate::error::{Error, Result};
use crate::json::document::{self, Document};
use crate::market::Market;
use crate::math::random::{self, Stream};
use crate::policy::file::{self, Extras, Tensor, Values};
use crate::policy::spec::PolicySpec;
use crate::rl::reward_scale::RewardScale;
use crate::train::collect::Collector;
use crate::train::config::TrainConfig;
use crate::train::gate;
use crate::train::learner::OptimizerState;
use crate::train::trainer::{Experience, Progress, Trainer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// Key of the metadata that a checkpoint has and a plain policy file has not.
const KEY: &str = "checkpoint";

/// Most that a counter of a checkpoint may hold: further than any run comes, and with room to go on.
const MOST_COUNTED: u64 = 1 << 60;

/// Everything but parameters, moments and environments.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    config: TrainConfig,
    progress: Progress,
    optimizer_steps: u64,
    reward_scale: RewardScale,
    shuffle: Stream,
    /// Of the market.
    market: u64,
}

impl Document for Saved {
    const KIND: &'static str = "a run's state";
}

/// Every block of environments.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBlocks {
    blocks: Vec<SavedBlock>,
}

impl Document for SavedBlocks {
    const KIND: &'static str = "a run's environments";

    /// Format 1 was the list alone.
    fn upgrade(object: &mut Value, format: u32) {
        if format == 1 && object.is_array() {
            *object = json!({ "blocks": object.take() });
        }
    }
}

/// One block of environments with the noise of its actions.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBlock {
    /// None where they are a host's.
    environments: Option<BatchSnapshot>,
    noise: Vec<Stream>,
}

impl Trainer {
    /// Writes the run to `path`, atomically: a policy file (any reader of policies reads it) with the optimiser's
    /// moments, every random stream, the counters, the reward statistics and every environment.
    ///
    /// Of several ranks every one calls it, and rank 0 writes; where it cannot, all fail.
    pub fn save_checkpoint(&mut self, path: impl AsRef<Path>, provenance: Map<String, Value>) -> Result<()> {
        let own = self.own_blocks();
        let blocks = self.collectors[own].iter().map(|collector| SavedBlock {
            environments: collector.environments.snapshot(),
            noise: collector.streams.clone(),
        });
        let own = blocks.collect();
        let Some(ranks) = &mut self.ranks else {
            return self.write_checkpoint(path.as_ref(), provenance, own);
        };
        let rank = ranks.rank();
        let blocks = ranks.all(Ok(own))?.into_iter().flatten().collect();
        let written = match rank {
            0 => self.write_checkpoint(path.as_ref(), provenance, blocks),
            _ => Ok(()),
        };
        let ranks = self.ranks.as_mut().expect("it was there");
        ranks.all(written).map(drop)
    }

    /// Writes the run with the blocks of environments of all ranks.
    fn write_checkpoint(
        &self,
        path: &Path,
        provenance: Map<String, Value>,
        blocks: Vec<SavedBlock>,
    ) -> Result<()> {
        let optimizer = self.learner.optimizer_state()?;
        let saved = Saved {
            config: self.config.clone(),
            progress: self.progress,
            optimizer_steps: optimizer.steps,
            reward_scale: self.reward_scale.clone(),
            shuffle: self.shuffle.clone(),
            market: self.market_digest,
        };
        let mut extras = Extras::default();
        extras.metadata.insert(KEY.into(), document::to_json(&saved));
        let mut put = |name: &str, values: Values, len: usize| {
            extras.tensors.insert(
                name.into(),
                Tensor {
                    shape: vec![len],
                    values,
                },
            );
        };
        let parameters = optimizer.first.len();
        put("optimizer.first", Values::F32(optimizer.first), parameters);
        put("optimizer.second", Values::F32(optimizer.second), parameters);
        let environments = document::to_json(&SavedBlocks { blocks }).into_bytes();
        let len = environments.len();
        put("environments", Values::U8(environments), len);
        let policy = self.policy(provenance)?;
        // A disk may take its time, which the end of the process does not wait for.
        gate::outside(|| file::save(path, &policy, &extras))
    }

    /// Continues a run from [`save_checkpoint`](Self::save_checkpoint) over the same market: the numbers are those of
    /// a run that never stopped.
    ///
    /// Errors: the file is no checkpoint or was altered, or the market is another one.
    pub fn resume(path: impl AsRef<Path>, market: Arc<dyn Market>) -> Result<Self> {
        Self::resume_on(path, |_, _| Ok(Experience::Market(market)))
    }

    /// Continues a run on whatever `experience` makes of the checkpoint's configuration and spec, which has to be of
    /// the kind that the run had. A host's environments start new episodes, and transitions that were handed in and not
    /// used yet are gone: neither is in a checkpoint. Everything else goes on where it was.
    ///
    /// Errors: as [`resume`](Self::resume), and those of `experience`.
    pub fn resume_on(
        path: impl AsRef<Path>,
        experience: impl FnOnce(&TrainConfig, &PolicySpec) -> Result<Experience>,
    ) -> Result<Self> {
        let path = path.as_ref();
        let (policy, mut extras) = file::load(path)?;
        let fault = |part: &str, found: String, expected: &str| Error::PolicyFile {
            file: path.display().to_string(),
            part: part.into(),
            found,
            expected: expected.into(),
        };
        let Some(text) = extras.metadata.remove(KEY) else {
            let expected = "a checkpoint's (this is a policy that training does not go on from)";
            return Err(fault("metadata `checkpoint`", "missing".into(), expected));
        };
        let refused = |error: Error| match error {
            Error::Invalid {
                input,
                found,
                expected,
                ..
            } => fault(&input, found.to_string(), &expected),
            other => other,
        };
        let saved: Saved = document::from_json(&text, "metadata `checkpoint`").map_err(refused)?;
        let mut tensor = |name: &str| {
            let found = extras.tensors.remove(name).map(|tensor| tensor.values);
            found.ok_or_else(|| fault(&format!("tensor `{name}`"), "missing".into(), "there"))
        };
        let (first, second, environments) = (
            tensor("optimizer.first")?,
            tensor("optimizer.second")?,
            tensor("environments")?,
        );
        let parameters = policy.network().parameters().len();
        let (Values::F32(first), Values::F32(second)) = (first, second) else {
            return Err(fault("the optimiser's moments", "of another type".into(), "f32"));
        };
        if first.len() != parameters || second.len() != parameters {
            let found = format!("{} and {} values", first.len(), second.len());
            return Err(fault("the optimiser's moments", found, "one for each parameter"));
        }
        let Values::U8(environments) = environments else {
            return Err(fault("tensor `environments`", "of another type".into(), "u8"));
        };
        let not_text = |_| {
            fault(
                "tensor `environments`",
                "not UTF-8".into(),
                "a run's environments",
            )
        };
        let environments = String::from_utf8(environments).map_err(not_text)?;
        let SavedBlocks { blocks } =
            document::from_json(&environments, "tensor `environments`").map_err(refused)?;

        let refused = |error: Error| refused(error.within("metadata `checkpoint`: "));
        saved.config.validate().map_err(refused)?;
        // What the file claims against what is in it, before memory is taken for the claim.
        let (ppo, has_environments) = (&saved.config.ppo, !blocks.is_empty());
        let noise: usize = blocks.iter().map(|block| block.noise.len()).sum();
        if has_environments && noise != ppo.n_envs {
            let found = format!("{noise} environments");
            let expected = format!("{}, the checkpoint's `n_envs`", ppo.n_envs);
            return Err(fault("tensor `environments`", found, &expected));
        }
        saved.reward_scale.check(ppo.gamma, ppo.n_envs).map_err(refused)?;
        let progress = saved.progress;
        for (name, count) in [
            ("progress.updates", progress.updates),
            ("progress.env_steps", progress.env_steps),
            ("progress.episodes", progress.episodes),
            ("optimizer_steps", saved.optimizer_steps),
        ] {
            if count > MOST_COUNTED {
                let part = format!("metadata `checkpoint`: `{name}`");
                return Err(fault(
                    &part,
                    count.to_string(),
                    &format!("at most {MOST_COUNTED}"),
                ));
            }
        }
        let mut noise = blocks.iter().flat_map(|block| &block.noise);
        if random::is_stuck(&saved.shuffle) || noise.any(random::is_stuck) {
            return Err(fault(
                "a stream of random numbers",
                "all zeros".into(),
                "one that moves",
            ));
        }

        let experience = gate::outside(|| experience(&saved.config, policy.spec()))?;
        let digest = match &experience {
            Experience::Market(market) => market.digest(),
            _ => 0,
        };
        if saved.market != digest {
            let expected = "the one the checkpoint was written on: same prices, dates and parameters";
            return Err(Error::invalid("market", "another one", expected));
        }
        let mut trainer = Self::from_policy(saved.config, &policy, experience)?;
        trainer.learner.restore_optimizer(&OptimizerState {
            first,
            second,
            steps: saved.optimizer_steps,
        })?;
        trainer.progress = saved.progress;
        trainer.reward_scale = saved.reward_scale;
        trainer.shuffle = saved.shuffle;
        let blocks = regrouped(blocks, &trainer.collectors);
        if blocks.len() != trainer.collectors.len() {
            let expected = format!("{} blocks", trainer.collectors.len());
            return Err(fault(
                "tensor `environments`",
                format!("{} blocks", blocks.len()),
                &expected,
            ));
        }
        for (collector, block) in trainer.collectors.iter_mut().zip(blocks) {
            if block.noise.len() != collector.streams.len() {
                let found = format!("{} streams in a block", block.noise.len());
                return Err(fault("tensor `environments`", found, "one for each environment"));
            }
            if let Some(environments) = block.environments {
                collector.environments.restore(environments).map_err(refused)?;
            }
            collector.streams = block.noise;
        }
        Ok(trainer)
    }
}

/// The same environments in blocks of as many as the collectors have: an earlier version's may be larger.
fn regrouped(blocks: Vec<SavedBlock>, collectors: &[Collector]) -> Vec<SavedBlock> {
    let size = collectors.first().map_or(0, |collector| collector.streams.len());
    let is_shared = blocks.iter().all(|block| block.environments.is_some());
    if !is_shared || size == 0 || blocks.iter().all(|block| block.noise.len() == size) {
        return blocks;
    }
    let (mut snapshots, mut noise) = (Vec::new(), Vec::new());
    for block in blocks {
        snapshots.extend(block.environments);
        noise.extend(block.noise);
    }
    let mut noise = noise.into_iter();
    let blocks = BatchSnapshot::regrouped(snapshots, size).into_iter();
    blocks
        .map(|environments| SavedBlock {
            environments: Some(environments),
            noise: noise.by_ref().take(size).collect(),
        })
        .collect()
}
