//! `ppo-risk simulate`.

use crate::{Failure, settings};
use chrono::NaiveDate;
use clap::Args;
use ppo_risk::market::csv::{CsvOptions, read_csv, write_wide_csv};
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
    /// gbm: correlated geometric Brownian motion; regimes: calm and stress take turns
    #[arg(long, default_value = "gbm", value_name = "MODEL", value_parser = settings::parse_json::<Model>)]
    model: Model,
    /// Number of assets
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    asset_count: u16,
    /// Number of closes
    #[arg(long, default_value_t = 2772, value_name = "BARS", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    bars: u32,
    /// First date; the following are business days
    #[arg(long, default_value = "2000-01-03", value_name = "DATE")]
    start: NaiveDate,
    /// Seed: the same one gives the same prices
    #[arg(long, default_value_t = 0, value_name = "SEED")]
    seed: u64,
    /// Take drifts, covariances, regimes and names from the prices in FILE
    #[arg(long, value_name = "FILE", conflicts_with = "asset_count")]
    fit: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let parameters = match &arguments.fit {
        None => parameters(&MarketConfig {
            model: arguments.model,
            asset_count: usize::from(arguments.asset_count),
            ..MarketConfig::default()
        }),
        Some(file) => {
            let table = read_csv(file, &CsvOptions::default())?;
            match arguments.model {
                Model::Gbm => SimulatedParameters::Gbm(fit_gbm(&table)?),
                Model::Regimes => SimulatedParameters::RegimeSwitching(fit_regimes(
                    &table,
                    2,
                    arguments.seed,
                    &HmmOptions::default(),
                )?),
            }
        }
    };
    let table = parameters.prices(arguments.bars as usize, arguments.start, arguments.seed)?;
    write_wide_csv(&table, &arguments.out)?;
    eprintln!(
        "Wrote {} closes of {} assets to {}",
        table.bars(),
        table.assets().len(),
        arguments.out.display()
    );
    Ok(())
}
