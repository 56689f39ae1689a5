//! The settings of a training run. They are there without libtorch too, so that a configuration can be read and checked
//! by every build.

use crate::env::EnvConfig;
use crate::error::Result;
use crate::rl::config::PpoConfig;
use crate::settings::{self, Range, settings};
use serde::{Deserialize, Serialize};

settings! {
    /// What a training run is, besides the policy's spec and the market.
    pub struct TrainConfig in "" {
        /// Seed of every random draw.
        seed: u64 = 0, "SEED", Range::ANY;
        /// Decisions to train each seed for.
        ///
        /// Over all environments; rounded up to whole rollouts.
        total_steps: u64 = 300_000, "N", Range::closed(1.0, f64::INFINITY);
        /// Threads for rollouts and gradients; the numbers do not depend on it.
        threads: usize = std::thread::available_parallelism().map_or(1, usize::from), "N", Range::closed(1.0, 1024.0);
        /// Where the network is trained: auto, cpu or cuda.
        device: DeviceChoice = DeviceChoice::Auto, "DEVICE", Range::ANY;
        /// PPO's settings.
        ppo: PpoConfig = PpoConfig::default(), "OBJECT", Range::ANY;
        /// The environment's settings.
        env: EnvConfig = EnvConfig::default(), "OBJECT", Range::ANY;
    }
}

impl TrainConfig {
    /// Checks every setting; the error names the first that cannot be used.
    pub fn validate(&self) -> Result<()> {
        self.check_ranges()?;
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

impl settings::Value for DeviceChoice {}
impl settings::Value for PpoConfig {}
impl settings::Value for EnvConfig {}
