//! The libtorch-free half of PPO: configuration, rollout buffer, advantages, reward scaling, and what is logged.

pub mod collectives;
pub mod config;
pub mod event_file;
pub mod gae;
pub mod priority;
pub mod reward_scale;
pub mod rollout;
pub mod stats;
pub mod transitions;
