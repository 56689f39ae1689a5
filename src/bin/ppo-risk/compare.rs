//! `ppo-risk compare A B`.

use crate::evaluate::trained_on;
use crate::notes::Notes;
use crate::policy_prices::{PolicyPrices, trained_terms};
use crate::{Failure, price_file, print, series, values};
use clap::{Args, Command};
use ppo_risk::Error;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::{SideBySide, Track, run_policy};
use ppo_risk::market::{DateOrTime, Time};
use ppo_risk::policy::file;
use ppo_risk::portfolio::config::RunConfig;
use ppo_risk::portfolio::dataset::Dataset;
use ppo_risk::portfolio::evaluation::test_market;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Compare two portfolios on the bars that both have
///
/// Each is a series that --series wrote (CSV or Parquet), a run's folder (its first seed's policy on its test), a set-up's
/// folder of a walk-forward (the mean of its seeds), or a policy file, for which --prices is needed.
#[derive(Args)]
#[command(next_line_help = true)]
pub(crate) struct Arguments {
    /// A series, a run's or set-up's folder, or a policy
    #[arg(value_name = "A")]
    first: PathBuf,
    /// What it is compared with
    #[arg(value_name = "B")]
    second: PathBuf,
    /// First date or time that counts [default: the first that both have]
    #[arg(long, value_name = "DATE", value_parser = values::end)]
    from: Option<DateOrTime>,
    /// Last date or time that counts [default: the last that both have]
    #[arg(long, value_name = "DATE", value_parser = values::end)]
    until: Option<DateOrTime>,
    #[command(flatten)]
    prices: Option<PolicyPrices>,
    /// Write the figures as JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// The command without the need for prices, which policies alone have.
pub(crate) fn without_prices(command: Command) -> Command {
    command.mut_arg("path", |prices| prices.required(false))
}

pub(crate) fn run(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    let first = arguments.track(&arguments.first, notes)?;
    let second = arguments.track(&arguments.second, notes)?;
    let (first, second) = arguments.on_common_bars(first, second, notes)?;
    let beside = SideBySide {
        compared: vec![first],
        reference: second,
        others: Vec::new(),
        bootstrap: BlockBootstrap::default(),
    };
    let summary = beside.summary()?;
    let growth = &summary.compared[0].growth_difference.alone;
    print(&match arguments.json {
        true => summary.json(),
        false => format!(
            "{} to {}: {} bars, net of costs.\n\n{}\nMean log growth a bar, A less B: {:.2e}, {} interval {:.2e} to {:.2e}\n",
            summary.period.from,
            summary.period.to,
            summary.bars,
            summary.table(),
            growth.estimate,
            percent(summary.bootstrap.level),
            growth.low,
            growth.high
        ),
    })?;
    Ok(())
}

fn percent(level: f64) -> String {
    format!("{}%", (1e4 * level).round() / 100.0)
}

impl Arguments {
    /// What the portfolio at `path` did.
    fn track(&self, path: &Path, notes: Notes) -> Result<Track, Failure> {
        let name = path.display().to_string();
        let track = if path.is_dir() {
            let series = path.join("series.csv");
            match series.exists() {
                true => series::read(&series)?,
                false => of_run(path)?,
            }
        } else if series::is_series(path) {
            series::read(path)?
        } else {
            self.of_policy(path, notes)?
        };
        Ok(Track { name, ..track })
    }

    /// What a saved policy does on the prices given.
    fn of_policy(&self, path: &Path, notes: Notes) -> Result<Track, Failure> {
        let (policy, _) = file::load(path)?;
        let Some(prices) = &self.prices else {
            let expected = "the price file that the policy is to be judged on";
            return Err(Failure::Usage(Error::invalid("--prices", "not given", expected)));
        };
        let spec = policy.spec();
        let table = Arc::new(prices.read(spec, notes)?);
        let from = self.from.or_else(|| Some(trained_on(&policy)?.to.next()));
        let market = test_market(table, spec, from, self.until, prices.cash_rate)?;
        Ok(run_policy("policy", &policy, market, &trained_terms(&policy))?)
    }

    /// Both on the bars that end at times that both have.
    fn on_common_bars(&self, first: Track, second: Track, notes: Notes) -> Result<(Track, Track), Failure> {
        let counts = |time: &Time| {
            self.from.is_none_or(|from| from.first() <= *time)
                && self.until.is_none_or(|until| *time <= until.last())
        };
        let of_second: HashSet<Time> = second.times.iter().copied().collect();
        let of_both: HashSet<Time> = first
            .times
            .iter()
            .copied()
            .filter(|time| of_second.contains(time) && counts(time))
            .collect();
        if of_both.len() < 2 {
            let found = format!("{} bars in common", of_both.len());
            let input = format!("{} and {}", first.name, second.name);
            return Err(Error::invalid(input, found, "at least 2").into());
        }
        for track in [&first, &second] {
            let left = track.len() - of_both.len();
            if left > 0 {
                notes.say(format_args!(
                    "{}: {left} of {} bars are left out",
                    track.name,
                    track.len()
                ));
            }
        }
        Ok((first.only(&of_both), second.only(&of_both)))
    }
}

/// What the first seed's policy of a run does on the run's test.
fn of_run(folder: &Path) -> Result<Track, Failure> {
    let path = folder.join("config.json");
    let text = std::fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
    let config = RunConfig::from_saved(&path.display().to_string(), &text)?;
    let (policy, _) = file::load(folder.join("policy.safetensors"))?;
    let data = Dataset::new(&config, price_file::parse)?;
    Ok(run_policy("policy", &policy, data.test, &config.train.env)?)
}
