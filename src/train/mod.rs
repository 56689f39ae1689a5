//! The trainer on libtorch: the only place that names `tch`.

mod checkpoint;
mod collect;
mod device;
mod distribution;
mod error;
mod gather;
pub mod learner;
mod loss;
mod network;
mod parameters;
pub mod trainer;

pub use device::DeviceChoice;
pub use trainer::{Progress, TrainConfig, Trainer};
