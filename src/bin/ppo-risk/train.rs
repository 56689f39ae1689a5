//! `ppo-risk train`.

use crate::notes::Notes;
use crate::progress::Progress;
use crate::series::SeriesFile;
use crate::{Failure, interrupt, price_file, print, settings, values};
use clap::{ArgMatches, Args, Command, Id};
use ppo_risk::Error;
use ppo_risk::market::csv::Splits;
use ppo_risk::portfolio::config::{Preset, RunConfig, Source};
use ppo_risk::portfolio::run::{Outcome, Run};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
#[cfg(feature = "mpi")]
use {
    ppo_risk::portfolio::run::{Observer, Stage},
    ppo_risk::rl::collectives::{Collectives, SharedCollectives, agree},
    ppo_risk::rl::stats::UpdateStats,
    std::ops::ControlFlow,
    std::sync::Arc,
    std::sync::atomic::{AtomicBool, Ordering},
};

/// The price file that `make train` fetches.
const DEFAULT_PRICES: &str = "data/sp500_20_stocks.csv";

/// Train policies and judge them on prices that training never saw
///
/// Without options: the main job, which trains three seeds on the prices of 20 stocks up to 2012 and judges them on
/// 2013 to 2022. Everything is written to runs/NAME: the policy, the report, the whole configuration. -h shows the
/// options of a first run, --help all.
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

/// The command with an option for every setting of a run. None of them goes with --resume.
pub(crate) fn with_settings(command: Command) -> Command {
    let command = command.args(settings::options());
    let options = command.get_arguments().map(|option| option.get_id().clone());
    let of_a_new_run: Vec<Id> = options.filter(|id| id != "resume" && id != "json").collect();
    command.mut_arg("resume", |resume| resume.conflicts_with_all(of_a_new_run))
}

pub(crate) fn run(arguments: &Arguments, given: &ArgMatches, notes: Notes) -> Result<(), Failure> {
    #[cfg(feature = "mpi")]
    if let Some(ranks) = crate::ranks::Ranks::join()? {
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
        let Some(folder) = agree(&mut engine, Ok(None::<PathBuf>))?.swap_remove(0) else {
            return Ok(()); // rank 0 says why
        };
        let (run, followed) = match Run::follow(&folder, price_file::parse) {
            Ok(run) => (Some(run), Ok(())),
            Err(error) => (None, Err(error)),
        };
        agree(&mut engine, followed)?;
        let run = run.expect("the ranks agreed that it is there");
        run.train_on_ranks(engine, &mut Silent(stop))?;
        return Ok(());
    }
    let opened = open(arguments, given);
    let folder = match &opened {
        Ok(Some((run, _))) => {
            let folder = run.folder().to_path_buf();
            Some(std::path::absolute(&folder).unwrap_or(folder))
        }
        _ => None,
    };
    agree(&mut engine, Ok(folder))?;
    let Some((run, series)) = opened? else {
        return Ok(());
    };
    let unfinished = |error| Failure::Unfinished(Box::new((error, run.folder().to_path_buf())));
    agree(&mut engine, Ok(())).map_err(unfinished)?;
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

/// Shows nothing, and breaks off once asked to.
#[cfg(feature = "mpi")]
struct Silent(Arc<AtomicBool>);

#[cfg(feature = "mpi")]
impl Observer for Silent {
    fn updated(&mut self, _: Stage, _: &UpdateStats) -> ControlFlow<()> {
        match self.0.load(Ordering::SeqCst) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn judging(&mut self) {}
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
    let outcome = outcome.map_err(|error| Failure::Unfinished(Box::new((error, folder.to_path_buf()))))?;
    match outcome {
        Outcome::Finished {
            report,
            summary,
            unwritten,
        } => {
            print(&match json {
                true => summary.json(),
                false => report.table(&summary),
            })?;
            notes.say("");
            if unwritten.is_none() {
                notes.say(format_args!("Report: {}", folder.join("report.html").display()));
            }
            notes.say(format_args!(
                "Policy: {}",
                folder.join("policy.safetensors").display()
            ));
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
    let file = arguments.config.as_deref().map(read_config).transpose()?;
    let mut settings = file
        .as_ref()
        .map_or_else(|| json!({}), |(_, settings)| settings.clone());
    settings::override_with(&mut settings, given).map_err(Failure::Usage)?;
    let worded = |error, source| {
        let file = file.as_ref().map(|(name, settings)| (name.as_str(), settings));
        settings::as_given(error, given, file, source)
    };
    let mut config = RunConfig::from_value(settings::OPTIONS.trim_end_matches(": "), &settings)
        .map_err(|error| Failure::Usage(worded(error, Source::Prices)))?;
    if let Some(episodes) = arguments.episodes {
        config.train.total_steps = episodes.saturating_mul(config.train.env.episode_len as u64);
    }
    if config.market.source == Source::Prices && config.market.prices.is_none() {
        if !Path::new(DEFAULT_PRICES).exists() && !arguments.print_config {
            let found = format!("not given, and there is no {DEFAULT_PRICES} (`make train` fetches it)");
            let expected = "--prices FILE, or --market simulated, which needs no data";
            return Err(Error::invalid("--prices", found, expected).into());
        }
        config.market.prices = Some(DEFAULT_PRICES.into());
        // RRC, a share of a few dollars then, fell to a third in a bar of 1990.
        config.market.splits = Splits::Keep;
    }
    if arguments.print_config {
        print(&config.to_text())?;
        return Ok(None);
    }
    let source = config.market.source;
    let named = arguments.name.as_deref().map(plain).transpose()?;
    let named = named.map(|name| arguments.out.join(name));
    let series = arguments.series.as_deref();
    let series = series
        .map(|path| SeriesFile::new(path, named.as_deref()))
        .transpose()?;
    let run = match &named {
        Some(folder) => Run::create(config, folder, arguments.force, price_file::parse),
        None => {
            let preset = json!(config.preset);
            let now = chrono::Local::now().format("%Y-%m-%d-%H%M%S");
            let name = format!("{}-{now}", preset.as_str().unwrap_or("run"));
            Run::create_apart(config, &arguments.out.join(name), price_file::parse)
        }
    };
    Ok(Some((run.map_err(|error| worded(error, source))?, series)))
}

/// The name of a file of settings, and what it says.
fn read_config(path: &Path) -> Result<(String, Value), Failure> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    let name = path.display().to_string();
    RunConfig::from_json(&name, &text).map_err(Failure::Usage)?;
    let settings = serde_json::from_str(&text).map_err(|error| {
        Failure::Usage(Error::invalid(
            &name,
            format!("not JSON ({error})"),
            "a JSON object",
        ))
    })?;
    Ok((name, settings))
}

/// A name that is no path.
fn plain(name: &str) -> Result<&str, Failure> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    if !plain || name.chars().any(char::is_control) {
        let expected = "a name for a folder (where it lies is --out's)";
        return Err(Failure::Usage(Error::invalid(
            "--name",
            format!("{name:?}"),
            expected,
        )));
    }
    Ok(name)
}

/// What is about to happen, in a sentence.
fn introduction(config: &RunConfig, description: &str, folder: &Path) -> String {
    let source = match (&config.market.source, &config.market.prices) {
        (Source::Prices, Some(file)) => file.display().to_string(),
        _ => "a simulation".to_string(),
    };
    let preset = match config.preset {
        Preset::Standard => "standard",
        Preset::Classic => "classic",
    };
    format!(
        "Training: {} of {} decisions, preset {preset}\nMarket: {source}: {description}\nRun folder: {}",
        match config.seeds {
            1 => "1 seed".to_string(),
            seeds => format!("{seeds} seeds"),
        },
        config.train.total_steps,
        folder.display()
    )
}
