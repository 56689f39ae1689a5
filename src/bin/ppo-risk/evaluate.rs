//! `ppo-risk evaluate`.

use crate::notes::Notes;
use crate::policy_prices::{PolicyPrices, RiskFile, trained_terms};
use crate::series::SeriesFile;
use crate::{Failure, print, values, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::left_out::attempt;
use ppo_risk::backtest::report::SeedRun;
use ppo_risk::backtest::summary::Period;
use ppo_risk::backtest::{Baseline, Report, run_policy, untrained};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::{DateOrTime, Time};
use ppo_risk::policy::spec::PolicySpec;
use ppo_risk::policy::{Policy, file};
use ppo_risk::portfolio::evaluation::{check_apart, hold_one, run_baselines, test_market};
use ppo_risk::portfolio::run_managed;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Judge a saved policy on a price file, beside the baselines
#[derive(Args)]
#[command(next_line_help = true)]
pub(crate) struct Arguments {
    /// The policy file, such as runs/NAME/policy.safetensors
    policy: PathBuf,
    /// First date or time of the test, a date with all of its day [default: the one after the policy's training, where
    /// the policy says]
    #[arg(long, value_name = "DATE", value_parser = values::end)]
    from: Option<DateOrTime>,
    /// Last date or time of the test [default: the last in the file]
    #[arg(long, value_name = "DATE", value_parser = values::end)]
    until: Option<DateOrTime>,
    /// Cost per traded notional [default: as in the policy's training, else 0.001]
    #[arg(
        long,
        value_name = "FRACTION",
        allow_negative_numbers = true,
        value_parser = values::number(|rate| (0.0..1.0).contains(&rate), "a number in [0, 1)")
    )]
    cost_rate: Option<f64>,
    #[command(flatten)]
    prices: PolicyPrices,
    #[command(flatten)]
    risk: RiskFile,
    /// Whose years, distribution and months stand beside the policy's in the report: a baseline such as buy_and_hold, prior, or
    /// an asset, which is then held alone as one more baseline [default: equal_weight]
    #[arg(long, value_name = "NAME")]
    benchmark: Option<String>,
    /// CSV or Parquet file, by its ending, for the policy's test: a row per bar with time, return, equity, turnover, cost
    /// and weights
    #[arg(long, value_name = "FILE")]
    series: Option<PathBuf>,
    /// Folder for report.html and summary.json
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Replace a report that is in the folder already
    #[arg(long, requires = "out")]
    force: bool,
    /// Write the figures as JSON instead of a table: what summary.json holds
    #[arg(long)]
    json: bool,
}

/// What errors about the test call the command line's options.
const TEST: [(&str, &str); 5] = [
    ("first date of the test", "first date of the test (--from)"),
    ("test period", "test period (--from, --until)"),
    ("price table", "price table (--prices)"),
    ("market", "market (--prices)"),
    ("report.benchmark", "--benchmark"),
];

/// The asset that is to be held alone as the benchmark; none where the benchmark is among what every policy is compared with.
///
/// Errors: a benchmark that is neither, with all that there are.
fn asset_held<'a>(arguments: &'a Arguments, spec: &PolicySpec) -> Result<Option<&'a str>, Error> {
    let Some(name) = arguments.benchmark.as_deref() else {
        return Ok(None);
    };
    let prior = (spec.action.prior != Prior::None).then_some("prior");
    let compared: Vec<&str> = Baseline::ALL
        .iter()
        .map(|baseline| baseline.name())
        .chain(prior)
        .collect();
    if compared.contains(&name) {
        return Ok(None);
    }
    let assets = spec.assets.iter().map(String::as_str);
    if assets.clone().any(|asset| asset == name) {
        return Ok(Some(name));
    }
    let all: Vec<&str> = compared.into_iter().chain(assets).collect();
    let expected = format!("one of {}", all.join(", "));
    Err(Error::invalid("--benchmark", format!("{name:?}"), expected))
}

pub(crate) fn run(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    judge(arguments, notes).map_err(|failure| match failure {
        Failure::Failed(error) => Failure::Failed(words::renamed(error, &TEST)),
        other => other,
    })
}

fn judge(arguments: &Arguments, notes: Notes) -> Result<(), Failure> {
    let began = Instant::now();
    if let Some(folder) = arguments.out.as_ref().filter(|_| !arguments.force)
        && folder.join("summary.json").exists()
    {
        let expected = "a folder without a report, or --force";
        return Err(Error::invalid(folder.display().to_string(), "holding a report", expected).into());
    }
    let series = arguments.series.as_deref();
    let series = series
        .map(|path| SeriesFile::new(path, arguments.out.as_deref()))
        .transpose()?;
    let (policy, _) = file::load(&arguments.policy)?;
    let spec = policy.spec();
    let risk = arguments.risk.read(spec)?;
    let benchmark = asset_held(arguments, spec)?;
    let table = arguments.prices.read(spec, notes)?;

    let trained: Option<Period> = trained_on(&policy);
    let from = arguments.from.or_else(|| Some(trained?.to.next()));
    let market = test_market(
        Arc::new(table),
        spec,
        from,
        arguments.until,
        arguments.prices.cash_rate,
    )?;
    if let Some(period) = trained {
        check_apart(period, &market)?;
    }
    let mut env = trained_terms(&policy);
    env.costs.cost_rate = arguments.cost_rate.unwrap_or(env.costs.cost_rate);
    let mut left_out = Vec::new();
    let run = |name: &str, policy: &Policy| run_policy(name, policy, Arc::clone(&market), &env);
    let prior = untrained(&policy)?.map(|policy| run("prior", &policy));
    let managed = run_managed("risk_managed", &policy, &market, &env, &risk);
    let mut baselines = run_baselines(&market, &env, spec.state.window, &mut left_out);
    if let Some(asset) = benchmark {
        baselines.push(hold_one(asset, &market, &env, spec.state.window)?);
    }
    let report = Report {
        title: arguments.policy.display().to_string(),
        assets: spec.assets.clone(),
        universe: market.table().presences(),
        seeds: vec![SeedRun {
            seed: policy.provenance.get("seed").and_then(Value::as_u64).unwrap_or(0),
            track: run("policy", &policy)?,
            prior: prior.and_then(|prior| attempt("prior", prior, &mut left_out)),
            curve: Vec::new(),
        }],
        baselines,
        benchmark: arguments.benchmark.clone(),
        managed: attempt("risk_managed", managed, &mut left_out),
        left_out,
        train_period: trained,
        departure: policy.departure().copied(),
        configuration: json!({
            "policy": arguments.policy,
            "prices": arguments.prices.path,
            "from": from,
            "until": arguments.until,
            "balance": env.balance,
            "costs": env.costs,
            "cash_rate": arguments.prices.cash_rate,
            "bars_per_year": market.table().bars_per_year(),
            "risk": risk,
        }),
        train_env_steps_per_s: f64::NAN,
        wall_s: began.elapsed().as_secs_f64(),
        caveats: Vec::new(),
        bootstrap: BlockBootstrap::default(),
    };
    let summary = report.summary()?;
    // First what needs no disk.
    print(&match arguments.json {
        true => summary.json(),
        false => report.table(&summary),
    })?;
    if let Some(folder) = &arguments.out {
        report.save(folder, &summary)?;
        let path = folder.join("report.html");
        notes.say(format_args!("\nReport: {}", path.display()));
    }
    if let Some(series) = &series {
        series.write(&report.seeds[0].track, &report.assets)?;
    }
    Ok(())
}

/// When the policy's training data was, where its file says.
pub(crate) fn trained_on(policy: &Policy) -> Option<Period> {
    let period = policy.provenance.get("train_period")?;
    let time = |key: &str| Time::parse(period.get(key)?.as_str()?);
    Some(Period {
        from: time("from")?,
        to: time("to")?,
    })
}
