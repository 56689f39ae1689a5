//! `ppo-risk export`.

use crate::Failure;
use clap::Args;
use ppo_risk::policy::{file, onnx};
use std::path::PathBuf;

/// Write a policy as an ONNX model, a file that other programs can run
///
/// The model takes a state and gives target weights: it holds normaliser, network, softmax, cap and floor.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The policy or checkpoint
    policy: PathBuf,
    /// The file to write
    model: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (policy, _) = file::load(&arguments.policy)?;
    onnx::export(&arguments.model, &policy)?;
    Ok(())
}
