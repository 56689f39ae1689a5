//! The libtorch-free half of PPO: its configuration, the rollout buffer, advantages, schedules, reward scaling.

pub mod config;
pub mod gae;
pub mod reward_scale;
pub mod rollout;
pub mod stats;
