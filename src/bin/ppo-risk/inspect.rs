//! `ppo-risk inspect`.

use crate::{Failure, print};
use clap::Args;
use ppo_risk::policy::describe::{describe, to_json};
use ppo_risk::policy::file;
use std::path::PathBuf;

/// Show what is in a policy file: its assets, what it sees and does, how it was made
#[derive(Args)]
pub(crate) struct Arguments {
    /// The policy or checkpoint
    policy: PathBuf,
    /// Write JSON: all that the file says but for the weights of its network
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (policy, extras) = file::load(&arguments.policy)?;
    print(&match arguments.json {
        true => format!("{:#}\n", to_json(&policy, &extras)?),
        false => describe(&policy, &extras)?,
    })?;
    Ok(())
}
