//! `ppo-risk completions`.

use crate::{Failure, print};
use clap::{Args, Command};
use clap_complete::{Shell, generate};

/// Print a script by which a shell completes commands and options
///
/// bash: ppo-risk completions bash > ~/.local/share/bash-completion/completions/ppo-risk
/// zsh: to a file _ppo-risk in a folder of $fpath
/// fish: ppo-risk completions fish > ~/.config/fish/completions/ppo-risk.fish
/// powershell: ppo-risk completions powershell >> $PROFILE
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "ppo-risk", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(())
}
