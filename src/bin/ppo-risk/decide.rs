//! `ppo-risk decide`.

use crate::notes::Notes;
use crate::policy_prices::{PolicyPrices, RiskFile, trained_terms};
use crate::{Failure, print, values, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::error::Place;
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::file;
use ppo_risk::policy::spec::PolicySpec;
use ppo_risk::portfolio::last_bar::{Holdings, LastDecision, decide_at_last_bar};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Say what to hold now: a policy's decision at the last bar of a price file
#[derive(Args)]
#[command(next_line_help = true)]
pub(crate) struct Arguments {
    /// The policy file, such as runs/NAME/policy.safetensors
    policy: PathBuf,
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
    /// Least number of units that can be traded; 0: any part of one
    #[arg(
        long,
        value_name = "UNITS",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        value_parser = values::number(|units| units >= 0.0, "a number of at least 0")
    )]
    lot: f64,
    #[command(flatten)]
    prices: PolicyPrices,
    #[command(flatten)]
    risk: RiskFile,
    /// Write JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    let (policy, _) = file::load(&arguments.policy)?;
    let spec = policy.spec();
    let holdings = match &arguments.holdings {
        Some(path) => read_holdings(path, spec)?,
        None => Holdings {
            units: vec![0.0; spec.assets.len()],
            cash: arguments.equity,
        },
    };
    let mut risk = arguments.risk.read(spec)?;
    let table = arguments.prices.read(spec, notes)?;
    if let Some(positions) = risk
        .positions
        .as_mut()
        .filter(|positions| positions.lots.is_empty() && arguments.lot > 0.0)
    {
        positions.lots = vec![arguments.lot; spec.assets.len()];
    }
    let last = table.bars() - 1;
    let market = TableMarket::new(Arc::new(table), 0..=last, 0, arguments.prices.cash_rate)?;
    let costs = trained_terms(&policy).costs;
    let decision = decide_at_last_bar(&policy, &market, &holdings, &risk, &costs, arguments.lot)
        .map_err(|error| words::renamed(error, &[("price table", "price table (--prices)")]))?;
    print(&match arguments.json {
        true => format!("{:#}\n", serde_json::json!(decision)),
        false => table_of(&decision),
    })?;
    Ok(())
}

/// What is held, from rows of an asset's name and units, and one of `cash` and money.
fn read_holdings(path: &Path, spec: &PolicySpec) -> Result<Holdings, Error> {
    let assets = &spec.assets;
    let name = path.display().to_string();
    let refuse = |line: u64, column: &str, found: String, expected: &str| Error::Table {
        file: name.clone(),
        place: Place::Line(line),
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
        let (least, expected) = match asset.eq_ignore_ascii_case("cash") {
            _ if spec.action.is_plain() => (0.0, "a finite number of at least 0"),
            false if !spec.action.short => (0.0, "a finite number of at least 0"),
            _ => (f64::MIN, "a finite number"),
        };
        let number = units.parse().ok();
        let Some(number) = number.filter(|units: &f64| units.is_finite() && *units >= least) else {
            return Err(refuse(line, "units", format!("{units:?}"), expected));
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
