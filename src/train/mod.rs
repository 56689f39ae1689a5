//! The trainer: on the CPU in kernels of our own, on a GPU through libtorch; the only place that names `tch`. Without the feature `train` only its configuration is
//! there.

#[cfg(feature = "train")]
mod advantages;
#[cfg(feature = "train")]
mod autograd;
#[cfg(feature = "train")]
mod checkpoint;
#[cfg(feature = "train")]
mod collect;
pub mod config;
#[cfg(feature = "train")]
mod device;
#[cfg(feature = "train")]
mod distribution;
#[cfg(feature = "train")]
mod epochs;
#[cfg(feature = "train")]
mod error;
#[cfg(feature = "train")]
mod evaluator;
#[cfg(feature = "train")]
mod fused;
#[cfg(feature = "train")]
pub mod gate;
#[cfg(feature = "train")]
mod gather;
#[cfg(feature = "train")]
pub mod learner;
#[cfg(feature = "train")]
mod loss;
#[cfg(feature = "train")]
mod minibatch;
#[cfg(feature = "train")]
mod network;
#[cfg(feature = "train")]
mod parameters;
#[cfg(feature = "train")]
mod processors;
#[cfg(feature = "train")]
mod ranks;
#[cfg(feature = "train")]
pub mod threads;
#[cfg(feature = "train")]
pub mod trainer;
#[cfg(feature = "train")]
pub mod warm_up;
#[cfg(feature = "train")]
pub mod witness;

pub use config::{DeviceChoice, TrainConfig};
#[cfg(feature = "train")]
pub use trainer::{Experience, Progress, Trainer};
