//! `ppo-risk train`.

use crate::configuration::{Configuration, plain};
use crate::notes::Notes;
use crate::progress::Progress;
use crate::series::SeriesFile;
use crate::{Failure, interrupt, price_file, print, settings, values};
use clap::{ArgMatches, Args, Command, Id};
use ppo_risk::Error;
use ppo_risk::portfolio::config::{Preset, RunConfig, Source};
use ppo_risk::portfolio::run::{Outcome, Run};
use std::path::{Path, PathBuf};
#[cfg(feature = "mpi")]
use {
    crate::ranks::{Ranks, Silent, follow, lead},
    ppo_risk::rl::collectives::{Collectives, SharedCollectives},
};

/// Train policies and judge them on prices that training never saw
///
/// Without options: the main job, which trains three seeds on the prices of 20 stocks up to 2012 and judges them on
/// 2013 to 2022 (`make train` has --departure evidence as well). Everything is written to runs/NAME: the policy, the
/// report, the whole configuration. -h shows the options of a first run, --help all.
///
/// Ctrl-C stops after the current update with a checkpoint, from which --resume goes on.
#[derive(Args)]
#[command(next_line_help = true, args_override_self = true)]
pub(crate) struct Arguments {
    /// JSON file with settings; options given here win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the whole configuration as JSON, and do nothing
    #[arg(long)]
    print_config: bool,
    /// Length of training in episodes, instead of --steps
    #[arg(long, value_name = "N", conflicts_with = "steps", allow_negative_numbers = true, value_parser = values::whole(1..=u64::MAX))]
    episodes: Option<u64>,
    /// Name of the run [default: the preset with date and time]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Folder that runs are written to
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// CSV or Parquet file, by its ending, for the test of the first seed's policy: a row per bar with time, return,
    /// equity, turnover, cost and weights
    #[arg(long, value_name = "FILE")]
    series: Option<PathBuf>,
    /// Replace a run of the same name
    #[arg(long)]
    force: bool,
    /// Write the figures as JSON instead of a table: what summary.json holds
    #[arg(long)]
    json: bool,
    /// Go on with the run in FOLDER, which was stopped; its settings are those that it was started with
    #[arg(long, value_name = "FOLDER")]
    resume: Option<PathBuf>,
}

/// What goes on with an unfinished run, but for its folder.
const RESUME: &str = "train --resume";

/// The command with an option for every setting of a run. None of them goes with --resume.
pub(crate) fn with_settings(command: Command) -> Command {
    let command = command.args(settings::options());
    let options = command.get_arguments().map(|option| option.get_id().clone());
    let of_a_new_run: Vec<Id> = options.filter(|id| id != "resume" && id != "json").collect();
    command.mut_arg("resume", |resume| resume.conflicts_with_all(of_a_new_run))
}

pub(crate) fn run(arguments: &Arguments, given: &ArgMatches, notes: Notes) -> Result<(), Failure> {
    #[cfg(feature = "mpi")]
    if let Some(ranks) = Ranks::join()? {
        let done = on_ranks(ranks.engine(), arguments, given, notes);
        return ranks.end(done);
    }
    let Some((run, series)) = open(arguments, given)? else {
        return Ok(());
    };
    let stop = interrupt::listen()?;
    introduce(&run, notes);
    let mut progress = Progress::new(stop, notes);
    let outcome = run.train(&mut progress);
    progress.clear();
    finish(outcome, run.folder(), series, arguments.json, notes)
}

/// On one of several ranks: rank 0 has the run and says what there is to say, the others follow it.
#[cfg(feature = "mpi")]
fn on_ranks(
    mut engine: SharedCollectives,
    arguments: &Arguments,
    given: &ArgMatches,
    notes: Notes,
) -> Result<(), Failure> {
    let stop = interrupt::listen()?;
    if engine.rank() > 0 {
        if let Some(run) = follow(&mut engine, |folder| Run::follow(folder, price_file::parse))? {
            run.train_on_ranks(engine, &mut Silent(stop))?;
        }
        return Ok(());
    }
    let opened = open(arguments, given);
    let folder = opened
        .as_ref()
        .ok()
        .and_then(|opened| Some(opened.as_ref()?.0.folder()));
    lead(&mut engine, folder, RESUME)?;
    let Some((run, series)) = opened? else {
        return Ok(());
    };
    introduce(&run, notes);
    let how = match run.config().seeds >= engine.size() as u64 {
        true => "share the seeds out",
        false => "train each seed together",
    };
    notes.say(format_args!("Ranks: {}, which {how}", engine.size()));
    let mut progress = Progress::new(stop, notes);
    let outcome = run.train_on_ranks(engine, &mut progress);
    progress.clear();
    let outcome = outcome.map(|outcome| outcome.expect("rank 0 has the outcome"));
    finish(outcome, run.folder(), series, arguments.json, notes)
}

/// The run to train, or none where its configuration was to be printed.
fn open(arguments: &Arguments, given: &ArgMatches) -> Result<Option<(Run, Option<SeriesFile>)>, Failure> {
    match &arguments.resume {
        Some(folder) => Ok(Some((Run::reopen(folder, price_file::parse)?, None))),
        None => start(arguments, given),
    }
}

fn introduce(run: &Run, notes: Notes) {
    notes.say(introduction(run.config(), run.description(), run.folder()));
    if let Some(reading) = run.reading() {
        notes.say(format_args!("read as: {reading}"));
    }
    for caveat in run.caveats() {
        notes.say(format_args!("Note: {caveat}"));
    }
}

/// Says how the run came out.
fn finish(
    outcome: Result<Outcome, Error>,
    folder: &Path,
    series: Option<SeriesFile>,
    json: bool,
    notes: Notes,
) -> Result<(), Failure> {
    let outcome = outcome.map_err(|error| Failure::unfinished(error, folder, RESUME))?;
    match outcome {
        Outcome::Finished {
            report,
            summary,
            ensemble,
            unwritten,
        } => {
            print(&match json {
                true => summary.json(),
                false => report.table(&summary),
            })?;
            if let Some(ensemble) = ensemble.as_ref().filter(|_| !json) {
                print(&format!(
                    "\nThe mean of all seeds' weights\n\n{}",
                    ensemble.table()
                ))?;
            }
            notes.say("");
            if unwritten.is_none() {
                notes.say(format_args!("Report: {}", folder.join("report.html").display()));
            }
            notes.say(format_args!(
                "Policy: {}",
                folder.join("policy.safetensors").display()
            ));
            if ensemble.is_some() {
                let file = folder.join("ensemble.safetensors");
                notes.say(format_args!("Ensemble: {}", file.display()));
            }
            let series = series.map(|series| series.write(&report.seeds[0].track, &report.assets));
            match unwritten {
                None => Ok(series.transpose().map(drop)?),
                Some(error) => {
                    if let Some(Err(error)) = series {
                        eprintln!("{error}");
                    }
                    let folder = folder.display();
                    eprintln!(
                        "The report is not written. To write it, without training:\n    ppo-risk train --resume {folder}"
                    );
                    Err((*error).into())
                }
            }
        }
        Outcome::Stopped => {
            let folder = folder.display();
            eprintln!(
                "Stopped, with a checkpoint in {folder}. To go on:\n    ppo-risk train --resume {folder}"
            );
            Err(Failure::Stopped)
        }
    }
}

/// A new run and where its series goes, or none where its configuration was to be printed.
fn start(arguments: &Arguments, given: &ArgMatches) -> Result<Option<(Run, Option<SeriesFile>)>, Failure> {
    let read = Configuration::read(arguments.config.as_deref(), given)?;
    let read = read.with_prices(!arguments.print_config)?;
    let mut config = read.config.clone();
    if let Some(episodes) = arguments.episodes {
        config.train.total_steps = episodes.saturating_mul(config.train.env.episode_len as u64);
    }
    if arguments.print_config {
        print(&config.to_text())?;
        return Ok(None);
    }
    let named = arguments.name.as_deref();
    let named = named.map(|name| plain("--name", name)).transpose()?;
    let named = named.map(|name| arguments.out.join(name));
    let series = arguments.series.as_deref();
    let series = series
        .map(|path| SeriesFile::new(path, named.as_deref()))
        .transpose()?;
    let run = match &named {
        Some(folder) => Run::create(config, folder, arguments.force, price_file::parse),
        None => {
            let name = format!("{}-{}", preset_name(&config), now());
            Run::create_apart(config, &arguments.out.join(name), price_file::parse)
        }
    };
    Ok(Some((run.map_err(|error| read.worded(error))?, series)))
}

/// The preset in a word.
pub(crate) fn preset_name(config: &RunConfig) -> &'static str {
    match config.preset {
        Preset::Standard => "standard",
        Preset::Classic => "classic",
    }
}

/// Date and time, for the name of a folder.
pub(crate) fn now() -> String {
    chrono::Local::now().format("%Y-%m-%d-%H%M%S").to_string()
}

/// Where returns come from, in words.
pub(crate) fn source_name(config: &RunConfig) -> String {
    match (&config.market.source, &config.market.prices) {
        (Source::Prices, Some(file)) => file.display().to_string(),
        _ => "a simulation".to_string(),
    }
}

/// What is about to happen, in a sentence.
fn introduction(config: &RunConfig, description: &str, folder: &Path) -> String {
    let (source, preset) = (source_name(config), preset_name(config));
    format!(
        "Training: {} of {} decisions, preset {preset}\nMarket: {source}: {description}\nRun folder: {}",
        seeds(config.seeds),
        config.train.total_steps,
        folder.display()
    )
}

/// A number of seeds in words.
pub(crate) fn seeds(count: u64) -> String {
    match count {
        1 => "1 seed".to_string(),
        count => format!("{count} seeds"),
    }
}
