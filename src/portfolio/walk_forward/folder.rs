//! A walk-forward's folder and what is in it: a new one, one that goes on, one that other ranks have.

use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::json::document::{self, Document};
use crate::market::csv::{Parse, Reading};
use crate::portfolio::claim::{Claim, claim_apart};
use crate::portfolio::config::{Periods, RunConfig};
use crate::portfolio::dataset::Prices;
use crate::portfolio::evaluation::bars_between;
use crate::portfolio::run::Run;
use crate::portfolio::run::folder::{SUMMARY, check_training, refuse_files};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The set-ups; its presence says that a folder is a walk-forward's.
const PLAN: &str = "walk-forward.json";

/// A walk-forward, its data read and its folder there.
pub struct WalkForward {
    pub(super) folder: PathBuf,
    pub(super) setups: Vec<Setup>,
    /// Held while it is there; by rank 0 where several train it.
    _claim: Option<Claim>,
}

/// One set-up of a walk-forward.
pub struct Setup {
    /// Its name, which is that of its folder.
    pub name: String,
    pub(super) config: RunConfig,
    pub(super) prices: Prices,
    /// A run of each fold, in the order of time.
    pub(super) folds: Vec<Run>,
}

impl Setup {
    /// The configuration.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// How the price file was understood; none for a simulation.
    pub fn reading(&self) -> Option<&Reading> {
        self.prices.reading.as_ref()
    }

    /// What was read, in words.
    pub fn description(&self) -> String {
        self.prices.table.describe()
    }

    /// What readers of figures on its data have to know.
    pub fn caveats(&self) -> &[String] {
        &self.prices.caveats
    }

    /// Number of folds.
    pub fn folds(&self) -> usize {
        self.folds.len()
    }
}

/// What a walk-forward's folder says of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    setups: Vec<Planned>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    name: String,
    /// As [`RunConfig::to_text`] has it, its format included.
    config: Value,
}

impl Document for Plan {
    const KIND: &'static str = "the plan of a walk-forward";
}

impl WalkForward {
    /// Starts a walk-forward of named set-ups in `folder`, which is made. Everything is checked before anything is written:
    /// the configurations, the data, and whether they fit. `parse` reads the price files.
    ///
    /// Folds lie between the first and the last date of the configuration's periods (`train_from`, `test_until`); the two
    /// others, which divide one run, have to be left at their defaults. The tests of all set-ups are on the same bars.
    ///
    /// Errors: a folder that is not empty (with `replace`, the files of an earlier walk-forward in it are removed), no set-up,
    /// a name that is no folder's or that two have, and whatever is wrong with a set-up.
    pub fn create(
        setups: Vec<(String, RunConfig)>,
        folder: &Path,
        replace: bool,
        parse: Parse,
    ) -> Result<Self> {
        let prepared = prepare(setups, parse)?;
        if !replace {
            refuse_files(folder, PLAN)?;
        }
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let claim = Claim::of(folder)?;
        if !replace {
            // Another may have begun here since.
            refuse_files(folder, PLAN)?;
        }
        Self::begin(prepared, folder, claim)
    }

    /// As [`create`](Self::create), in a folder that is nobody else's: `folder`, or where that is there already
    /// `folder` with -2, -3 and so on behind its name.
    pub fn create_apart(setups: Vec<(String, RunConfig)>, folder: &Path, parse: Parse) -> Result<Self> {
        let prepared = prepare(setups, parse)?;
        let (folder, claim) = claim_apart(folder)?;
        Self::begin(prepared, &folder, claim)
    }

    /// Takes up an unfinished walk-forward, whose price files `parse` reads. Errors: none in `folder`, one that is finished,
    /// or data that are no longer fit.
    pub fn reopen(folder: &Path, parse: Parse) -> Result<Self> {
        let plan = read_plan(folder)?;
        let claim = Claim::of(folder)?;
        Self::open(folder, plan, parse, Some(claim))
    }

    /// As [`reopen`](Self::reopen), on another rank than the one that has the folder.
    pub fn follow(folder: &Path, parse: Parse) -> Result<Self> {
        Self::open(folder, read_plan(folder)?, parse, None)
    }

    /// Where everything is written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is compared.
    pub fn setups(&self) -> &[Setup] {
        &self.setups
    }

    fn open(folder: &Path, plan: Plan, parse: Parse, claim: Option<Claim>) -> Result<Self> {
        let file = folder.join(PLAN).display().to_string();
        let configs = plan.setups.into_iter().map(|planned| {
            let name = format!("{file}: {}", planned.name);
            let config = RunConfig::from_saved(&name, &planned.config.to_string())?;
            Ok((planned.name, config))
        });
        let prepared = prepare(configs.collect::<Result<_>>()?, parse);
        let prepared = prepared.map_err(|error| error.within(&format!("{file}: ")))?;
        Self::of(prepared, folder, claim)
    }

    /// Writes the plan into a folder that has been claimed.
    fn begin(prepared: Vec<Prepared>, folder: &Path, claim: Claim) -> Result<Self> {
        remove_earlier(folder)?;
        let setups = prepared.iter().map(|setup| Planned {
            name: setup.name.clone(),
            config: serde_json::from_str(&setup.config.to_text()).expect("what was just written"),
        });
        let plan = Plan {
            setups: setups.collect(),
        };
        let text = document::to_json(&plan);
        write_atomically(folder.join(PLAN), |file| file.write_all(text.as_bytes()))?;
        Self::of(prepared, folder, Some(claim))
    }

    fn of(prepared: Vec<Prepared>, folder: &Path, claim: Option<Claim>) -> Result<Self> {
        let setups = prepared.into_iter().map(|setup| {
            let own = folder.join(&setup.name);
            let folds = setup.folds.into_iter().enumerate().map(|(place, dataset)| {
                let folder = own.join(format!("fold-{}", place + 1));
                Run::of_fold(setup.config.clone(), &folder, dataset)
            });
            Ok(Setup {
                folds: folds.collect::<Result<_>>()?,
                name: setup.name,
                config: setup.config,
                prices: setup.prices,
            })
        });
        Ok(Self {
            setups: setups.collect::<Result<_>>()?,
            folder: folder.to_path_buf(),
            _claim: claim,
        })
    }
}

/// A set-up that has been checked, and the data of its folds.
struct Prepared {
    name: String,
    config: RunConfig,
    prices: Prices,
    folds: Vec<crate::portfolio::dataset::Dataset>,
}

fn prepare(setups: Vec<(String, RunConfig)>, parse: Parse) -> Result<Vec<Prepared>> {
    if setups.is_empty() {
        return Err(Error::invalid("set-ups", "none", "at least one"));
    }
    let mut names = HashSet::new();
    for (name, config) in &setups {
        check_name(name)?;
        if !names.insert(name) {
            return Err(Error::invalid(
                "set-ups",
                format!("two called {name}"),
                "names that differ",
            ));
        }
        check_periods(&config.periods)?;
        config.validate()?;
    }
    let several = setups.len() > 1;
    let prepared = setups.into_iter().map(|(name, config)| {
        let prepared = prepare_one(name.clone(), config, parse);
        match several {
            true => prepared.map_err(|error| error.within(&format!("set-up {name}: "))),
            false => prepared,
        }
    });
    let prepared: Vec<Prepared> = prepared.collect::<Result<_>>()?;
    for other in &prepared[1..] {
        if tests(other) != tests(&prepared[0]) {
            let found = format!("tests of other bars than those of {}", prepared[0].name);
            let expected = "the same dates in every set-up, folds as many, and look-backs alike (`folds`, `train_from`, \
                `test_until`)";
            return Err(Error::invalid(format!("set-up {}", other.name), found, expected));
        }
    }
    Ok(prepared)
}

fn prepare_one(name: String, config: RunConfig, parse: Parse) -> Result<Prepared> {
    let prices = Prices::new(&config, parse)?;
    let (from, until) = (config.periods.train_from, config.periods.test_until);
    let bars = bars_between(&prices.table, "walk-forward", from, until)?;
    let folds = prices.folds(&config, bars)?;
    let folds = folds.iter().map(|fold| prices.fold(&config, fold));
    let folds: Vec<_> = folds.collect::<Result<_>>()?;
    check_training(&config, &folds[0])?;
    Ok(Prepared {
        name,
        config,
        prices,
        folds,
    })
}

/// First and last close of every test.
fn tests(setup: &Prepared) -> Vec<[crate::market::Time; 2]> {
    let folds = setup.folds.iter().map(|fold| {
        let (times, decisions) = (fold.test.table().times(), fold.test.decisions());
        [times[*decisions.start()], times[*decisions.end() + 1]]
    });
    folds.collect()
}

/// What divides one run has no meaning here: an error where somebody chose it.
fn check_periods(periods: &Periods) -> Result<()> {
    let default = Periods::default();
    for (key, found, default) in [
        ("periods.train_until", periods.train_until, default.train_until),
        ("periods.test_from", periods.test_from, default.test_from),
    ] {
        if let Some(date) = found.filter(|_| found != default) {
            let expected = "left out: in a walk-forward the folds say what is learnt from and what judges";
            return Err(Error::invalid(key, date, expected));
        }
    }
    Ok(())
}

/// A name becomes a folder's.
fn check_name(name: &str) -> Result<()> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '=']);
    if plain && !name.chars().any(char::is_control) && ![PLAN, SUMMARY].contains(&name) {
        return Ok(());
    }
    Err(Error::invalid(
        "name of a set-up",
        format!("{name:?}"),
        "a name for a folder",
    ))
}

/// The plan of the unfinished walk-forward in a folder.
fn read_plan(folder: &Path) -> Result<Plan> {
    let path = folder.join(PLAN);
    let text = fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
    if folder.join(SUMMARY).exists() {
        let (found, expected) = ("a finished walk-forward", "an unfinished one");
        return Err(Error::invalid(folder.display().to_string(), found, expected));
    }
    document::from_json(&text, &path.display().to_string())
}

/// Removes what a walk-forward leaves behind, and nothing else. The summary goes first: without it none is finished.
fn remove_earlier(folder: &Path) -> Result<()> {
    let gone = |path: &Path, removed: std::io::Result<()>| match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path, error)),
        _ => Ok(()),
    };
    let path = folder.join(SUMMARY);
    gone(&path, fs::remove_file(&path))?;
    let path = folder.join(PLAN);
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(());
    };
    if let Ok(plan) = document::from_json::<Plan>(&text, PLAN) {
        for setup in plan.setups.iter().filter(|setup| check_name(&setup.name).is_ok()) {
            let own = folder.join(&setup.name);
            gone(&own, fs::remove_dir_all(&own))?;
        }
    }
    gone(&path, fs::remove_file(&path))
}
