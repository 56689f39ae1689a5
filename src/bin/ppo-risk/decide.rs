//! `ppo-risk decide`.

use crate::evaluate::check_prior_columns;
use crate::file_options::FileOptions;
use crate::{Failure, print, values, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::env::EnvConfig;
use ppo_risk::market::BarsPerYear;
use ppo_risk::market::csv::{CsvOptions, PriceFile};
use ppo_risk::market::prices::check_cash_rate;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::file;
use ppo_risk::portfolio::last_bar::{Holdings, LastDecision, decide_at_last_bar};
use ppo_risk::portfolio::report_risk;
use ppo_risk::risk::manager::RiskConfig;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Say what to hold now: a policy's decision at the last bar of a price file
#[derive(Args)]
#[command(next_line_help = true)]
pub(crate) struct Arguments {
    /// The policy file, such as runs/NAME/policy.safetensors
    policy: PathBuf,
    /// CSV file with the prices of the policy's assets up to now, matched by name; others in it are left out
    #[arg(long, value_name = "FILE")]
    prices: PathBuf,
    /// CSV file of what is held: the columns asset and units, and a row cash with the money [default: all cash]
    #[arg(long, value_name = "FILE", conflicts_with = "equity")]
    holdings: Option<PathBuf>,
    /// Money, where all of it is cash
    #[arg(
        long,
        value_name = "MONEY",
        default_value_t = 100_000.0,
        allow_negative_numbers = true,
        value_parser = values::number(|money| money > 0.0, "a number above 0")
    )]
    equity: f64,
    /// JSON file with the settings of the risk manager [default: as in reports: the defaults of every part, without
    /// borrowed money]
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
    /// Least number of units that can be traded; 0: any part of one
    #[arg(
        long,
        value_name = "UNITS",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        value_parser = values::number(|units| units >= 0.0, "a number of at least 0")
    )]
    lot: f64,
    /// Annual rate of cash, where the file has none
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        value_parser = values::number(|rate| rate > -1.0, "a number above -1, such as 0.02")
    )]
    cash_rate: f64,
    /// Rates of cash above 1 (100% a year) are meant
    #[arg(long)]
    confirm_cash_rate: bool,
    /// Column of the file with the annual rate of cash
    #[arg(long, value_name = "COLUMN")]
    cash_rate_column: Option<String>,
    /// Columns with prior weights, each asset's and then cash's (for a policy whose prior is supplied)
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    prior_columns: Vec<String>,
    /// Bars a year of the file [default: as its times say]
    #[arg(
        long,
        value_name = "NUMBER",
        allow_negative_numbers = true,
        value_parser = values::number(|bars| bars > 0.0, "a number above 0, such as 252")
    )]
    bars_per_year: Option<f64>,
    #[command(flatten)]
    file: FileOptions,
    /// Write JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What complaints about the file call what the policy says.
const COLUMNS: [(&str, &str); 2] = [("signals", "the policy"), ("asset_signals", "the policy")];

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (policy, _) = file::load(&arguments.policy)?;
    let spec = policy.spec();
    let bars_per_year = arguments.bars_per_year;
    let bars_per_year = bars_per_year
        .map(|bars| BarsPerYear::new("--bars-per-year", bars))
        .transpose()?;
    let options = CsvOptions {
        signals: spec.state.columns.clone(),
        asset_signals: spec.state.asset_columns.clone(),
        cash_rate: arguments.cash_rate_column.clone(),
        prior: match spec.action.prior {
            Prior::Supplied => arguments.prior_columns.clone(),
            _ => Vec::new(),
        },
        bars_per_year,
        confirm_cash_rate: arguments.confirm_cash_rate,
        ..arguments.file.options()
    };
    check_cash_rate(arguments.cash_rate, arguments.confirm_cash_rate)
        .map_err(|error| words::renamed(error, &[("cash_rate", "--cash-rate")]))?;
    let holdings = match &arguments.holdings {
        Some(path) => read_holdings(path, &spec.assets)?,
        None => Holdings {
            units: vec![0.0; spec.assets.len()],
            cash: arguments.equity,
        },
    };
    let mut risk = match &arguments.risk {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            let name = format!("--risk {}: ", path.display());
            RiskConfig::from_json(&text).map_err(|error| error.within(&name))?
        }
        None => report_risk(spec),
    };
    check_prior_columns(&arguments.prior_columns, spec)?;
    let read =
        PriceFile::read(&arguments.prices, &options).map_err(|error| words::about_a_file(error, &COLUMNS))?;
    eprintln!("read as: {}", read.reading);
    let prices = read.table;
    let file = format!("{}: ", arguments.prices.display());
    let table = prices
        .select_assets(&spec.assets)
        .map_err(|error| error.within(&file))?;
    eprintln!("{file}{}", table.describe());
    if let Some(positions) = risk
        .positions
        .as_mut()
        .filter(|positions| positions.lots.is_empty() && arguments.lot > 0.0)
    {
        positions.lots = vec![arguments.lot; spec.assets.len()];
    }
    let last = table.bars() - 1;
    let market = TableMarket::new(Arc::new(table), 0..=last, 0, arguments.cash_rate)
        .map_err(|error| error.within(&file))?;
    let cost_rate = EnvConfig::default().cost_rate;
    let decision = decide_at_last_bar(&policy, &market, &holdings, &risk, cost_rate, arguments.lot)
        .map_err(|error| words::renamed(error, &[("price table", "price table (--prices)")]))?;
    print(&match arguments.json {
        true => format!("{:#}\n", serde_json::json!(decision)),
        false => table_of(&decision),
    })?;
    Ok(())
}

/// What is held, from rows of an asset's name and units, and one of `cash` and money.
fn read_holdings(path: &Path, assets: &[String]) -> Result<Holdings, Error> {
    let name = path.display().to_string();
    let refuse = |line: u64, column: &str, found: String, expected: &str| Error::Table {
        file: name.clone(),
        line,
        column: column.to_string(),
        found,
        expected: expected.to_string(),
    };
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(&bytes[..]);
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        refuse(
            line,
            "(any)",
            error.to_string(),
            "comma-separated values: asset,units",
        )
    };
    let header = reader.headers().map_err(unreadable)?.clone();
    if header.iter().map(str::to_lowercase).ne(["asset", "units"]) {
        let found = format!("the columns {}", header.iter().collect::<Vec<_>>().join(", "));
        return Err(refuse(1, "asset", found, "the columns asset and units"));
    }
    let mut holdings = Holdings {
        units: vec![0.0; assets.len()],
        cash: 0.0,
    };
    let mut seen = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(1, csv::Position::line);
        let (asset, units) = (&record[0], &record[1]);
        let number = units
            .parse()
            .ok()
            .filter(|units: &f64| units.is_finite() && *units >= 0.0);
        let Some(number) = number else {
            return Err(refuse(
                line,
                "units",
                format!("{units:?}"),
                "a finite number of at least 0",
            ));
        };
        if seen.iter().any(|other| other == asset) {
            return Err(refuse(
                line,
                "asset",
                format!("{asset} again"),
                "a row for each asset",
            ));
        }
        seen.push(asset.to_string());
        match assets.iter().position(|name| name == asset) {
            Some(place) => holdings.units[place] = number,
            None if asset.eq_ignore_ascii_case("cash") => holdings.cash = number,
            None => {
                let expected = format!("cash or one of the policy's assets: {}", assets.join(", "));
                return Err(refuse(line, "asset", asset.to_string(), &expected));
            }
        }
    }
    Ok(holdings)
}

/// The decision as a table of at most 80 columns.
fn table_of(decision: &LastDecision) -> String {
    let width = decision
        .assets
        .iter()
        .map(|asset| asset.name.chars().count())
        .max()
        .unwrap_or(0);
    let width = width.clamp(5, 16);
    let name = |name: &str| -> String {
        let short: String = name
            .chars()
            .filter(|letter| !letter.is_control())
            .take(width)
            .collect();
        format!("{short:<width$}")
    };
    let mut text = format!(
        "At the close of {}, worth {:.2}:\n\n",
        decision.time, decision.equity
    );
    text += &format!(
        "{}{:>9}{:>9}{:>9}{:>15}{:>15}\n",
        name(""),
        "held",
        "policy",
        "hold",
        "units",
        "trade"
    );
    text += &format!("{}{:>9}{:>9}{:>9}\n", name(""), "%", "%", "%");
    for asset in &decision.assets {
        text += &format!(
            "{}{:>9.2}{:>9.2}{:>9.2}{:>15.4}{:>+15.4}\n",
            name(&asset.name),
            100.0 * asset.held_weight,
            100.0 * asset.policy_weight,
            100.0 * asset.weight,
            asset.units,
            asset.trade
        );
    }
    let [held, policy, left] = decision.cash.map(|cash| 100.0 * cash);
    text += &format!("{}{held:>9.2}{policy:>9.2}{left:>9.2}\n", name("cash"));
    text += &format!("\nOne-way turnover: {:.2}%\n", 100.0 * decision.turnover);
    if !decision.reasons.is_empty() {
        text += "The risk manager:\n";
        for reason in &decision.reasons {
            text += &format!("  {reason}\n");
        }
    }
    text
}
