//! The price file and the risk manager's settings of a command about a saved policy.

use crate::file_options::FileOptions;
use crate::notes::Notes;
use crate::{price_file, values, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::BarsPerYear;
use ppo_risk::market::csv::{CsvOptions, PriceFile};
use ppo_risk::market::prices::{PriceTable, check_cash_rate};
use ppo_risk::market::prior::Prior;
use ppo_risk::policy::Policy;
use ppo_risk::policy::spec::PolicySpec;
use ppo_risk::portfolio::report_risk;
use ppo_risk::risk::manager::RiskConfig;
use std::path::PathBuf;

// No documentation: it would become the command's.
#[derive(Args)]
pub(crate) struct PolicyPrices {
    /// CSV, Parquet or Arrow file with the prices of the policy's assets, matched by name; others in it are left out
    #[arg(long = "prices", value_name = "FILE")]
    pub(crate) path: PathBuf,
    /// Annual rate of cash, where the file has none
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        value_parser = values::number(|rate| rate > -1.0, "a number above -1, such as 0.02")
    )]
    pub(crate) cash_rate: f64,
    /// Rates of cash above 1 (100% a year) are meant
    #[arg(long)]
    confirm_cash_rate: bool,
    /// Column of the file with the annual rate of cash
    #[arg(long, value_name = "COLUMN")]
    cash_rate_column: Option<String>,
    /// Bars a year of the file [default: as its times say]
    #[arg(
        long,
        value_name = "NUMBER",
        allow_negative_numbers = true,
        value_parser = values::number(|bars| bars > 0.0, "a number above 0, such as 252")
    )]
    bars_per_year: Option<f64>,
    /// Columns with prior weights, each asset's and then cash's (for a policy whose prior is supplied)
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    prior_columns: Vec<String>,
    #[command(flatten)]
    file: FileOptions,
}

// No documentation, as above.
#[derive(Args)]
pub(crate) struct RiskFile {
    /// JSON file with the settings of the risk manager [default: as in reports: the defaults of every part, and
    /// no more shorts or borrowed money than the policy may have]
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
}

impl RiskFile {
    /// The settings of the risk manager: those of reports where none were given.
    pub(crate) fn read(&self, spec: &PolicySpec) -> Result<RiskConfig, Error> {
        let Some(path) = &self.risk else {
            return Ok(report_risk(spec));
        };
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let name = format!("--risk {}: ", path.display());
        RiskConfig::from_json(&text).map_err(|error| error.within(&name))
    }
}

/// What complaints about the file call what the policy says.
const COLUMNS: [(&str, &str); 2] = [("asset_signals", "the policy"), ("signals", "the policy")];

impl PolicyPrices {
    /// The prices of the policy's assets, in its order. Notes what was read, and how.
    pub(crate) fn read(&self, spec: &PolicySpec, notes: Notes) -> Result<PriceTable, Error> {
        let bars_per_year = self.bars_per_year;
        let bars_per_year = bars_per_year
            .map(|bars| BarsPerYear::new("--bars-per-year", bars))
            .transpose()?;
        let options = CsvOptions {
            signals: spec.state.columns.clone(),
            asset_signals: spec.state.asset_columns.clone(),
            cash_rate: self.cash_rate_column.clone(),
            prior: match spec.action.prior {
                Prior::Supplied => self.prior_columns.clone(),
                _ => Vec::new(),
            },
            bars_per_year,
            confirm_cash_rate: self.confirm_cash_rate,
            ..self.file.options()
        };
        check_cash_rate(self.cash_rate, self.confirm_cash_rate)
            .map_err(|error| words::renamed(error, &[("cash_rate", "--cash-rate")]))?;
        self.check_prior_columns(spec)?;
        let PriceFile { table, reading } =
            price_file::read(&self.path, &options).map_err(|error| words::about_a_file(error, &COLUMNS))?;
        self.check_prior_assets(&table, spec)?;
        notes.say(format_args!("{}: {}", self.path.display(), table.describe()));
        notes.say(format_args!("read as: {reading}"));
        table
            .select_assets(&spec.assets)
            .map_err(|error| error.within(&format!("{}: ", self.path.display())))
    }

    /// Columns of prior weights are for a policy that takes them, and such a policy needs them.
    fn check_prior_columns(&self, spec: &PolicySpec) -> Result<(), Error> {
        let refuse = |found: &str, expected: &str| Err(Error::invalid("--prior-columns", found, expected));
        match (spec.action.prior, &self.prior_columns[..]) {
            (Prior::Supplied, []) => refuse(
                "not given",
                "the columns with the policy's prior weights, its assets' and then cash's",
            ),
            (Prior::Supplied, _) | (_, []) => Ok(()),
            (_, given) => refuse(
                &given.join(","),
                "nothing: this policy's prior is a rule, not columns",
            ),
        }
    }

    /// Prior weights go with the file's assets, in their order: they fit the policy where its assets are the same.
    fn check_prior_assets(&self, prices: &PriceTable, spec: &PolicySpec) -> Result<(), Error> {
        if spec.action.prior != Prior::Supplied {
            return Ok(());
        }
        let (found, expected) = (prices.assets(), &spec.assets);
        if found == &expected[..] {
            return Ok(());
        }
        let place =
            (0..found.len().max(expected.len())).find(|place| found.get(*place) != expected.get(*place));
        let name = |names: &[String]| match place.and_then(|place| names.get(place)) {
            Some(name) => name.clone(),
            None => "nothing".to_string(),
        };
        let found = format!(
            "a file with {} as asset number {}",
            name(found),
            place.map_or(1, |place| place + 1)
        );
        let expected = format!(
            "{}: prior weights go with the policy's assets in their order",
            name(expected)
        );
        Err(Error::invalid(
            format!("--prices {}", self.path.display()),
            found,
            expected,
        ))
    }
}

/// The costs and the money that a policy was trained with, as far as its file says; the defaults for the rest.
pub(crate) fn trained_terms(policy: &Policy) -> EnvConfig {
    let configuration = policy.provenance.get("configuration");
    let said = configuration.and_then(|said| said.pointer("/train/env"));
    let balance = said.and_then(|said| said.get("balance")?.as_f64());
    let defaults = EnvConfig::default();
    EnvConfig {
        costs: said.map_or(defaults.costs, Costs::among),
        balance: balance.unwrap_or(defaults.balance),
        ..defaults
    }
}
