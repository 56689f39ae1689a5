//! The libtorch-free half of PPO.

pub mod event_file;
