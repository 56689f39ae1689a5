//! `ppo-risk walk-forward`.

use crate::configuration::{Configuration, plain};
use crate::notes::Notes;
use crate::progress::Progress;
use crate::series::SeriesFile;
use crate::train::{now, preset_name, seeds, source_name};
use crate::{Failure, interrupt, price_file, print};
use clap::{ArgMatches, Args};
use ppo_risk::Error;
use ppo_risk::portfolio::walk_forward::{Judged, WalkForward, WalkOutcome};
use std::path::{Path, PathBuf};
#[cfg(feature = "mpi")]
use {
    crate::ranks::{Ranks, Silent, follow, lead},
    ppo_risk::rl::collectives::{Collectives, SharedCollectives},
};

/// The mean of a set-up's seeds, bar by bar, in its folder: what `compare` reads.
const SERIES: &str = "series.csv";

/// Train anew for each of several tests in a row, and judge the joined tests
///
/// The prices are divided into --folds tests and what comes before the first; what each test judges was trained on the
/// bars before it alone, less --purge bars. The tests joined are one track for each seed, and the mean of the seeds at every
/// bar is what set-ups are compared by. Everything is written to runs/NAME; of every set-up, SETUP/report.html.
///
/// Several set-ups, each a file of settings, are compared at once: the intervals and the words allow for their number.
///
/// Ctrl-C stops after the current update with a checkpoint, from which --resume goes on; what is trained is not trained
/// again.
#[derive(Args)]
#[command(next_line_help = true, args_override_self = true)]
pub(crate) struct Arguments {
    /// JSON file with settings, as `train` takes it; options given here win over it
    #[arg(long, value_name = "FILE", conflicts_with = "setup")]
    config: Option<PathBuf>,
    /// One of several set-ups to compare: its name and a JSON file with its settings; options given here win over it
    #[arg(long, value_name = "NAME=FILE", action = clap::ArgAction::Append, value_parser = setup)]
    setup: Vec<(String, PathBuf)>,
    /// Name of the folder [default: walk-forward with date and time]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Folder that it is written to
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// Replace a walk-forward of the same name
    #[arg(long)]
    force: bool,
    /// Write the figures as JSON instead of tables: what summary.json holds
    #[arg(long)]
    json: bool,
    /// Go on with the walk-forward in FOLDER, which was stopped; its settings are those that it was started with
    #[arg(long, value_name = "FOLDER")]
    resume: Option<PathBuf>,
}

/// What goes on with an unfinished walk-forward, but for its folder.
const RESUME: &str = "walk-forward --resume";

fn setup(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_string(), file.into())),
        _ => Err("expected NAME=FILE, such as wide=wide.json".to_string()),
    }
}

pub(crate) fn run(arguments: &Arguments, given: &ArgMatches, notes: Notes) -> Result<(), Failure> {
    #[cfg(feature = "mpi")]
    if let Some(ranks) = Ranks::join()? {
        let done = on_ranks(ranks.engine(), arguments, given, notes);
        return ranks.end(done);
    }
    let walk = open(arguments, given)?;
    let stop = interrupt::listen()?;
    introduce(&walk, notes);
    let mut progress = Progress::new(stop, notes).of_setups(names(&walk));
    let outcome = walk.train(&mut progress);
    progress.clear();
    finish(outcome, walk.folder(), arguments.json, notes)
}

/// On one of several ranks: rank 0 has the folder and says what there is to say, the others follow it.
#[cfg(feature = "mpi")]
fn on_ranks(
    mut engine: SharedCollectives,
    arguments: &Arguments,
    given: &ArgMatches,
    notes: Notes,
) -> Result<(), Failure> {
    let stop = interrupt::listen()?;
    if engine.rank() > 0 {
        if let Some(walk) = follow(&mut engine, |folder| {
            WalkForward::follow(folder, price_file::parse)
        })? {
            walk.train_on_ranks(engine, &mut Silent(stop))?;
        }
        return Ok(());
    }
    let opened = open(arguments, given);
    let folder = opened.as_ref().ok().map(WalkForward::folder);
    lead(&mut engine, folder, RESUME)?;
    let walk = opened?;
    introduce(&walk, notes);
    notes.say(format_args!(
        "Ranks: {}, which share the trainings out",
        engine.size()
    ));
    let mut progress = Progress::new(stop, notes).of_setups(names(&walk));
    let outcome = walk.train_on_ranks(engine, &mut progress);
    progress.clear();
    let outcome = outcome.map(|outcome| outcome.expect("rank 0 has the outcome"));
    finish(outcome, walk.folder(), arguments.json, notes)
}

fn names(walk: &WalkForward) -> Vec<String> {
    walk.setups().iter().map(|setup| setup.name.clone()).collect()
}

/// A new walk-forward, or the one to go on with.
fn open(arguments: &Arguments, given: &ArgMatches) -> Result<WalkForward, Failure> {
    if let Some(folder) = &arguments.resume {
        return Ok(WalkForward::reopen(folder, price_file::parse)?);
    }
    let one = |file: Option<&Path>| Configuration::read(file, given)?.with_prices(true);
    let read: Vec<(Option<&str>, Configuration<'_>)> = match &arguments.setup[..] {
        [] => vec![(None, one(arguments.config.as_deref())?)],
        several => several
            .iter()
            .map(|(name, file)| Ok((Some(plain("--setup", name)?), one(Some(file))?)))
            .collect::<Result<_, Failure>>()?,
    };
    let setups = read.iter().map(|(name, read)| {
        let name = name.unwrap_or_else(|| preset_name(&read.config));
        (name.to_string(), read.config.clone())
    });
    let setups: Vec<_> = setups.collect();
    let named = arguments.name.as_deref();
    let named = named.map(|name| plain("--name", name)).transpose()?;
    let walk = match named {
        Some(name) => {
            let folder = arguments.out.join(name);
            WalkForward::create(setups, &folder, arguments.force, price_file::parse)
        }
        None => {
            let folder = arguments.out.join(format!("walk-forward-{}", now()));
            WalkForward::create_apart(setups, &folder, price_file::parse)
        }
    };
    walk.map_err(|error| match &read[..] {
        [(_, only)] => only.worded(error).into(),
        // It names the set-up.
        _ => error.into(),
    })
}

fn introduce(walk: &WalkForward, notes: Notes) {
    for setup in walk.setups() {
        let config = setup.config();
        notes.say(format_args!(
            "{}: {} folds, {} of {} decisions each, preset {}",
            setup.name,
            setup.folds(),
            seeds(config.seeds),
            config.train.total_steps,
            preset_name(config)
        ));
    }
    let first = &walk.setups()[0];
    notes.say(format_args!(
        "Market: {}: {}",
        source_name(first.config()),
        first.description()
    ));
    if let Some(reading) = first.reading() {
        notes.say(format_args!("read as: {reading}"));
    }
    for caveat in first.caveats() {
        notes.say(format_args!("Note: {caveat}"));
    }
    notes.say(format_args!("Folder: {}", walk.folder().display()));
}

/// Says how it came out.
fn finish(
    outcome: Result<WalkOutcome, Error>,
    folder: &Path,
    json: bool,
    notes: Notes,
) -> Result<(), Failure> {
    match outcome.map_err(|error| Failure::unfinished(error, folder, RESUME))? {
        WalkOutcome::Finished {
            judged,
            summary,
            unwritten,
        } => {
            print(&match json {
                true => summary.json(),
                false => tables(&judged, &summary.table()),
            })?;
            notes.say("");
            for setup in judged.iter().filter(|_| unwritten.is_none()) {
                let report = folder.join(&setup.name).join("report.html");
                notes.say(format_args!("Report: {}", report.display()));
            }
            match unwritten {
                None => judged.iter().try_for_each(|setup| write_series(setup, folder)),
                Some(error) => {
                    let folder = folder.display();
                    eprintln!(
                        "The reports are not written. To write them, without training:\n    ppo-risk {RESUME} {folder}"
                    );
                    Err((*error).into())
                }
            }
        }
        WalkOutcome::Stopped => {
            let folder = folder.display();
            eprintln!("Stopped, with a checkpoint in {folder}. To go on:\n    ppo-risk {RESUME} {folder}");
            Err(Failure::Stopped)
        }
    }
}

/// Of one set-up its own table too; those of several are in their reports.
fn tables(judged: &[Judged], beside: &str) -> String {
    match judged {
        [only] => format!("{}\n{beside}", only.report.table(&only.summary)),
        _ => beside.to_string(),
    }
}

fn write_series(setup: &Judged, folder: &Path) -> Result<(), Failure> {
    let folder = folder.join(&setup.name);
    let series = SeriesFile::new(&folder.join(SERIES), Some(&folder))?;
    Ok(series.write_quietly(&setup.mean, &setup.report.assets)?)
}
