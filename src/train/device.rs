//! Which device the network is trained on.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

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

impl DeviceChoice {
    /// The device, or why it cannot be had.
    pub(super) fn resolve(self) -> Result<tch::Device> {
        let cuda = || tch::Cuda::is_available();
        match self {
            Self::Cpu => Ok(tch::Device::Cpu),
            Self::Auto if !cuda() => Ok(tch::Device::Cpu),
            Self::Cuda if !cuda() => Err(Error::invalid(
                "device",
                "cuda, which this libtorch does not offer on this machine",
                "`auto` or `cpu`, or a CUDA build of libtorch and a CUDA device",
            )),
            Self::Auto | Self::Cuda => Ok(tch::Device::Cuda(0)),
        }
    }
}
