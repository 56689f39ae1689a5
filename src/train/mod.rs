//! The trainer on libtorch: the only place that names `tch`.

mod device;
mod distribution;
mod gather;
pub mod learner;
mod loss;
mod network;
mod parameters;

pub use device::DeviceChoice;
