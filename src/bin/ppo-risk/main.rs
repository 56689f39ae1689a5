//! The command line: train a policy, judge it on any price file, ask it what to hold now, see what is in it.
//!
//! Results go to standard output, everything else to standard error.

mod compare;
mod completions;
mod configuration;
mod decide;
mod evaluate;
mod explain;
mod export;
mod file_options;
mod inspect;
mod interrupt;
mod notes;
mod policy_prices;
mod price_file;
mod progress;
#[cfg(feature = "mpi")]
mod ranks;
mod series;
mod settings;
mod shorthand;
mod simulate;
mod train;
mod values;
mod walk_forward;
mod words;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use notes::Notes;
use ppo_risk::Error;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Trains policies that decide what a portfolio holds, judges them on prices that training never saw beside the
/// portfolios people would otherwise hold, and says what to hold now.
#[derive(Parser)]
#[command(
    name = "ppo-risk",
    version,
    term_width = 80,
    max_term_width = 80,
    subcommand_required = true
)]
struct Cli {
    /// Write results and errors alone: no progress and no notes
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Train(train::Arguments),
    WalkForward(walk_forward::Arguments),
    Compare(compare::Arguments),
    Decide(decide::Arguments),
    Evaluate(evaluate::Arguments),
    Explain(explain::Arguments),
    Export(export::Arguments),
    Inspect(inspect::Arguments),
    Simulate(simulate::Arguments),
    Completions(completions::Arguments),
}

/// What the exit status says, at the end of every help.
const EXIT_STATUS: &str = "\
Exit status:
  0    done
  1    failed: a file, the data or the disk
  2    the options ask for what is impossible; nothing was written
  130  stopped by Ctrl-C: pressed once, `train` and `walk-forward` write a
       checkpoint first";

/// Why a command did not come to its end.
enum Failure {
    /// What was asked for is impossible.
    Usage(Error),
    /// It was tried, and failed.
    Failed(Error),
    /// A run in this folder began, and failed; this command goes on with it.
    Unfinished(Box<(Error, PathBuf, &'static str)>),
    /// Ctrl-C.
    Stopped,
}

impl Failure {
    /// A run in `folder` began, and failed; the command `resume` goes on with it.
    fn unfinished(error: Error, folder: &Path, resume: &'static str) -> Self {
        Self::Unfinished(Box::new((error, folder.to_path_buf(), resume)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let notes = Notes::new(cli.quiet);
    let done = match &cli.command {
        Command::Train(arguments) => {
            let given = matches
                .subcommand_matches("train")
                .expect("clap found this subcommand");
            train::run(arguments, given, notes)
        }
        Command::WalkForward(arguments) => {
            let given = matches
                .subcommand_matches("walk-forward")
                .expect("clap found this subcommand");
            walk_forward::run(arguments, given, notes)
        }
        Command::Compare(arguments) => compare::run(arguments, notes),
        Command::Decide(arguments) => decide::run(arguments, notes),
        Command::Evaluate(arguments) => evaluate::run(arguments, notes),
        Command::Explain(arguments) => explain::run(arguments, notes),
        Command::Export(arguments) => export::run(arguments),
        Command::Inspect(arguments) => inspect::run(arguments),
        Command::Simulate(arguments) => simulate::run(arguments, notes),
        Command::Completions(arguments) => completions::run(arguments, command()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => complain(failure),
    }
}

/// All commands with all of their options.
fn command() -> clap::Command {
    Cli::command()
        .mut_subcommand("train", train::with_settings)
        .mut_subcommand("walk-forward", train::with_settings)
        .mut_subcommand("compare", compare::without_prices)
        .after_help(EXIT_STATUS)
        .mut_subcommands(|command| command.after_help(EXIT_STATUS))
}

/// Says what went wrong; gives the exit status.
fn complain(failure: Failure) -> ExitCode {
    match failure {
        Failure::Usage(error) => {
            eprintln!("ppo-risk: {error}\n\nFor more information, try '--help'.");
            ExitCode::from(2)
        }
        Failure::Failed(error) => {
            eprintln!("ppo-risk: {error}");
            ExitCode::FAILURE
        }
        Failure::Unfinished(run) => {
            let (error, folder, resume) = *run;
            let folder = folder.display();
            eprintln!(
                "ppo-risk: {error}\n\nThe run is not finished. To go on with it from its last checkpoint:\n    \
                 ppo-risk {resume} {folder}"
            );
            ExitCode::FAILURE
        }
        Failure::Stopped => ExitCode::from(interrupt::EXIT_STATUS),
    }
}

/// Writes a result. A reader that has gone away, such as `head`, is no failure.
fn print(text: &str) -> Result<(), Error> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::io("write", "standard output", error))
        }
        _ => Ok(()),
    }
}
