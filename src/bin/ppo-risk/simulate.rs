//! `ppo-risk simulate`.

use crate::file_options::FileOptions;
use crate::notes::Notes;
use crate::{Failure, price_file, values, words};
use chrono::NaiveDate;
use clap::Args;
use ppo_risk::Error;
use ppo_risk::market::csv::{CsvOptions, PriceFile, write_wide_csv};
use ppo_risk::market::fit::{fit_gbm, fit_regimes};
use ppo_risk::market::simulate::SimulatedParameters;
use ppo_risk::math::hmm::HmmOptions;
use ppo_risk::portfolio::config::{MarketConfig, Model};
use ppo_risk::portfolio::dataset::parameters;
use std::path::PathBuf;

/// Write a CSV file of simulated prices
#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Which simulation: gbm (correlated geometric Brownian motion: returns of every bar from one distribution) or regimes
    /// (calm and stress take turns)
    #[arg(long, default_value = "gbm", value_name = "MODEL", value_parser = values::name::<Model>)]
    model: Model,
    /// Number of assets
    #[arg(long, default_value_t = 10, allow_negative_numbers = true, value_name = "N", value_parser = values::whole(1..=1000))]
    asset_count: u64,
    /// Number of closes
    #[arg(long, default_value_t = 2772, allow_negative_numbers = true, value_name = "BARS", value_parser = values::whole(2..=1_000_000))]
    bars: u64,
    /// First date; the following are business days
    #[arg(long, default_value = "2000-01-03", value_name = "DATE", value_parser = values::date)]
    start: NaiveDate,
    /// Seed: the same one gives the same prices
    #[arg(long, default_value_t = 0, allow_negative_numbers = true, value_name = "SEED", value_parser = values::whole(0..=u64::MAX))]
    seed: u64,
    /// Take drifts, covariances, regimes and names from the prices in FILE
    #[arg(long, value_name = "FILE", conflicts_with = "asset_count")]
    fit: Option<PathBuf>,
    #[command(flatten)]
    file: FileOptions,
}

pub(crate) fn run(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    let options = arguments.file.options();
    if arguments.fit.is_none() && options != CsvOptions::default() {
        let expected = "the price file that the options about price files are for";
        return Err(Failure::Usage(Error::invalid("--fit", "not given", expected)));
    }
    let parameters = match &arguments.fit {
        None => parameters(&MarketConfig {
            model: arguments.model,
            asset_count: arguments.asset_count as usize,
            ..MarketConfig::default()
        }),
        Some(file) => {
            let PriceFile { table, reading } =
                price_file::read(file, &options).map_err(|error| words::about_a_file(error, &[]))?;
            notes.say(format_args!("{}: {}", file.display(), table.describe()));
            notes.say(format_args!("read as: {reading}"));
            let fitted = match arguments.model {
                Model::Gbm => fit_gbm(&table).map(SimulatedParameters::Gbm),
                Model::Regimes => fit_regimes(&table, 2, arguments.seed, &HmmOptions::default())
                    .map(SimulatedParameters::RegimeSwitching),
            };
            fitted.map_err(|error| error.within(&format!("--fit {}: ", file.display())))?
        }
    };
    let table = parameters
        .prices(arguments.bars as usize, arguments.start, arguments.seed)
        .map_err(|error| words::renamed(error, &[("bars", "--bars")]))?;
    write_wide_csv(&table, &arguments.out)?;
    notes.say(format_args!(
        "Wrote {} closes of {} assets to {}",
        table.bars(),
        table.assets().len(),
        arguments.out.display()
    ));
    Ok(())
}
