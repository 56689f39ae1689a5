//! The settings of a training run. They are there without libtorch too, so that a configuration can be read and checked
//! by every build.

use crate::env::EnvConfig;
use crate::error::{Error, Result};
use crate::rl::config::PpoConfig;
use serde::{Deserialize, Serialize};

/// What a training run is, besides the policy's spec and the market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    /// Seed of every random draw.
    pub seed: u64,
    /// Decisions to take, over all environments; rounded up to whole rollouts.
    pub total_steps: u64,
    /// Threads for rollouts and gradients, at least 1. The numbers do not depend on it.
    pub threads: usize,
    /// Where the network is trained.
    pub device: DeviceChoice,
    /// PPO's settings.
    pub ppo: PpoConfig,
    /// The environment's settings.
    pub env: EnvConfig,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            total_steps: 300_000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            device: DeviceChoice::Auto,
            ppo: PpoConfig::default(),
            env: EnvConfig::default(),
        }
    }
}

impl TrainConfig {
    /// Checks every setting; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        if self.total_steps == 0 {
            return Err(Error::invalid("total_steps", 0, "at least 1 decision"));
        }
        if self.threads == 0 || self.threads > 1024 {
            return Err(Error::invalid("threads", self.threads, "in [1, 1024]"));
        }
        self.ppo.validate()?;
        self.env.validate()
    }
}

/// A choice of device, as users write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// CUDA where libtorch was built with it and finds a device, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The first CUDA device; an error where there is none.
    Cuda,
}
