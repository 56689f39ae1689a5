//! `ppo-risk inspect`.

use crate::{Failure, print};
use clap::Args;
use ppo_risk::policy::describe::describe;
use ppo_risk::policy::file;
use std::path::PathBuf;

/// Show what is in a policy file: assets, state, action, network, provenance
#[derive(Args)]
pub(crate) struct Arguments {
    /// The policy or checkpoint
    policy: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (policy, extras) = file::load(&arguments.policy)?;
    print(&describe(&policy, &extras)?)?;
    Ok(())
}
