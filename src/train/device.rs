//! The device that a choice stands for on this machine.

use crate::error::{Error, Result};
use crate::train::config::DeviceChoice;

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
