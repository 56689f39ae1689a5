//! `ppo-risk explain`.

use crate::notes::Notes;
use crate::policy_prices::{PolicyPrices, trained_terms};
use crate::{Failure, print, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::file;
use ppo_risk::portfolio::explained::{ExplainedDecision, explain_at};
use std::path::PathBuf;
use std::sync::Arc;

/// Weights that a part of the state moved furthest, in a line of the table.
const FURTHEST: usize = 3;

/// Turnover below which a part is counted among the others.
const LEAST: f64 = 5e-4;

/// Say why a policy decides as it does at a bar of a price file
///
/// The policy is followed from the first bar on, without a risk manager. What it would hold in the mean of the states
/// that it was trained on comes first; then what each part of the state at that bar moves it by (integrated
/// gradients), and what that makes.
#[derive(Args)]
#[command(next_line_help = true)]
pub(crate) struct Arguments {
    /// The policy file, such as runs/NAME/policy.safetensors
    policy: PathBuf,
    /// The bar, by its time or date as in 2022-12-30 [default: the last]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<String>,
    #[command(flatten)]
    prices: PolicyPrices,
    /// Write JSON instead of a table: every part and weight
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    let (policy, _) = file::load(&arguments.policy)?;
    let table = arguments.prices.read(policy.spec(), notes)?;
    let at = arguments
        .at
        .as_ref()
        .map_or(Ok(table.bars() - 1), |time| bar_at(&table, time))?;
    let last = table.bars() - 1;
    let market = TableMarket::new(Arc::new(table), 0..=last, 0, arguments.prices.cash_rate)?;
    let costs = trained_terms(&policy).costs;
    let explained = explain_at(&policy, &market, &costs, at)
        .map_err(|error| words::renamed(error, &[("bar", "--at")]))?;
    print(&match arguments.json {
        true => format!("{:#}\n", serde_json::json!(explained)),
        false => table_of(&explained),
    })?;
    Ok(())
}

/// Text that times of bars may begin with.
fn time(text: &str) -> Result<String, String> {
    let has_year = text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    has_year
        .then(|| text.to_string())
        .ok_or_else(|| "expected a time or date such as 2022-12-30".to_string())
}

/// The bar whose time begins so; of several, the last.
fn bar_at(table: &PriceTable, time: &str) -> Result<usize, Error> {
    let times = table.times();
    let found = times.iter().rposition(|own| own.to_string().starts_with(time));
    found.ok_or_else(|| {
        let expected = match (times.first(), times.last()) {
            (Some(first), Some(last)) => format!("the time of a bar, from {first} to {last}"),
            _ => "the time of a bar".into(),
        };
        Error::invalid("--at", format!("{time:?}"), expected)
    })
}

/// The explanation as a table of at most 80 columns.
fn table_of(explained: &ExplainedDecision) -> String {
    let explanation = &explained.explanation;
    let mut text = format!("At the close of {} the policy asks for:\n\n", explained.time);
    let prior = explained.prior.as_deref();
    text += &format!("{:<16}{:>9}", "", "weight");
    text += if prior.is_some() { "    prior" } else { "" };
    text += "  at mean\n";
    for (i, name) in explained.names.iter().enumerate() {
        text += &format!("{:<16}{:>9}", short(name), percent(explanation.weights[i]));
        text += &prior.map_or(String::new(), |prior| format!("{:>9}", percent(prior[i])));
        text += &format!("{:>9}\n", percent(explanation.at_mean[i]));
    }
    text += "\nWhat moved it there from the mean state (turnover one way), most first:\n\n";
    let mut parts: Vec<_> = explanation.parts.iter().collect();
    parts.sort_by(|a, b| b.turnover().total_cmp(&a.turnover()));
    let (shown, others) = parts.split_at(parts.partition_point(|part| part.turnover() >= LEAST));
    for part in shown {
        let mut order: Vec<usize> = (0..part.moves.len()).collect();
        order.sort_by(|&a, &b| part.moves[b].abs().total_cmp(&part.moves[a].abs()));
        let furthest = order.iter().take(FURTHEST).map(|&i| {
            let name = short(&explained.names[i]);
            format!("{} {:+.2}%", name.trim_end(), 100.0 * part.moves[i])
        });
        let furthest: Vec<String> = furthest.collect();
        text += &format!(
            "{:<24}{:>8}  {}\n",
            part.block,
            percent(part.turnover()),
            furthest.join(", ")
        );
    }
    if !others.is_empty() {
        let most = others.first().map_or(0.0, |part| part.turnover());
        text += &format!("{} other parts, each {} at most\n", others.len(), percent(most));
    }
    text
}

fn percent(part: f64) -> String {
    format!("{:.2}%", 100.0 * part)
}

/// A name's first letters, without control characters.
fn short(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_control())
        .take(12)
        .collect()
}
