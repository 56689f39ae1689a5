//! `ppo-risk evaluate`.

use crate::{Failure, print, settings};
use chrono::{Days, NaiveDate};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::left_out::attempt;
use ppo_risk::backtest::report::SeedRun;
use ppo_risk::backtest::summary::Period;
use ppo_risk::backtest::{Report, run_policy, untrained};
use ppo_risk::env::EnvConfig;
use ppo_risk::market::csv::{CsvOptions, Fill, Layout, read_csv};
use ppo_risk::market::prior::Prior;
use ppo_risk::policy::{Policy, file};
use ppo_risk::portfolio::judge::{check_apart, run_baselines, test_market};
use ppo_risk::portfolio::{report_risk, run_managed};
use ppo_risk::risk::manager::RiskConfig;
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
    /// CSV file with the prices of the policy's assets, matched by name; others in it are left out
    #[arg(long, value_name = "FILE")]
    prices: PathBuf,
    /// First date of the test [default: the day after the policy's training, where the policy says]
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last date of the test [default: the last in the file]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Cost per traded notional [default: as in the policy's training, else 0.001]
    #[arg(long, value_name = "FRACTION")]
    cost_rate: Option<f64>,
    /// Annual rate of cash, where the file has none
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    cash_rate: f64,
    /// Column of the file with the annual rate of cash
    #[arg(long, value_name = "COLUMN")]
    cash_rate_column: Option<String>,
    /// Columns with prior weights, each asset's and then cash's (for a policy whose prior is supplied)
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    prior_columns: Vec<String>,
    /// How the file is laid out: detect, wide or long
    #[arg(long, value_name = "LAYOUT", default_value = "detect", value_parser = settings::parse_json::<Layout>)]
    layout: Layout,
    /// What becomes of gaps: refuse or forward (the date before's value)
    #[arg(long, value_name = "FILL", default_value = "refuse", value_parser = settings::parse_json::<Fill>)]
    fill: Fill,
    /// JSON file with the settings of the risk manager that the report shows beside the policy [default: the
    /// defaults of every part, without borrowed money]
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
    /// Folder for report.html and summary.json
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Replace a report that is in the folder already
    #[arg(long, requires = "out")]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let began = Instant::now();
    if let Some(folder) = arguments.out.as_ref().filter(|_| !arguments.force)
        && folder.join("summary.json").exists()
    {
        let expected = "a folder without a report, or --force";
        return Err(Error::invalid(folder.display().to_string(), "holding a report", expected).into());
    }
    let (policy, _) = file::load(&arguments.policy)?;
    let spec = policy.spec();
    let options = CsvOptions {
        layout: arguments.layout,
        fill: arguments.fill,
        signals: spec.state.columns.clone(),
        cash_rate: arguments.cash_rate_column.clone(),
        prior: match spec.action.prior {
            Prior::Supplied => arguments.prior_columns.clone(),
            _ => Vec::new(),
        },
        ignore: Vec::new(),
    };
    let table = read_csv(&arguments.prices, &options)?.select_assets(&spec.assets)?;

    let trained: Option<Period> = trained_on(&policy);
    let from = arguments
        .from
        .or_else(|| trained?.to.checked_add_days(Days::new(1)));
    let market = test_market(Arc::new(table), spec, from, arguments.until, arguments.cash_rate)?;
    if let Some(period) = trained {
        check_apart(period, &market)?;
    }
    let env = EnvConfig {
        cost_rate: cost_rate(arguments, &policy),
        ..EnvConfig::default()
    };
    let risk = match &arguments.risk {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            RiskConfig::from_json(&text)?
        }
        None => report_risk(spec),
    };
    let mut left_out = Vec::new();
    let run = |name: &str, policy: &Policy| run_policy(name, policy, Arc::clone(&market), &env);
    let prior = untrained(&policy)?.map(|policy| run("prior", &policy));
    let managed = run_managed("risk_managed", &policy, &market, env.cost_rate, &risk);
    let report = Report {
        title: arguments.policy.display().to_string(),
        assets: spec.assets.clone(),
        seeds: vec![SeedRun {
            seed: policy.provenance.get("seed").and_then(Value::as_u64).unwrap_or(0),
            track: run("policy", &policy)?,
            prior: prior.and_then(|prior| attempt("prior", prior, &mut left_out)),
            curve: Vec::new(),
        }],
        baselines: run_baselines(&market, env.cost_rate, &mut left_out),
        managed: attempt("risk_managed", managed, &mut left_out),
        left_out,
        train_period: trained,
        configuration: json!({
            "policy": arguments.policy,
            "prices": arguments.prices,
            "from": from,
            "until": arguments.until,
            "cost_rate": env.cost_rate,
            "cash_rate": arguments.cash_rate,
            "risk": risk,
        }),
        train_env_steps_per_s: f64::NAN,
        wall_s: began.elapsed().as_secs_f64(),
        caveats: Vec::new(),
        bootstrap: BlockBootstrap::default(),
    };
    let summary = report.summary()?;
    // First what needs no disk.
    print(&report.table(&summary))?;
    if let Some(folder) = &arguments.out {
        report.save(folder, &summary)?;
        eprintln!("\nReport: {}", folder.join("report.html").display());
    }
    Ok(())
}

/// When the policy's training data was, where its file says.
fn trained_on(policy: &Policy) -> Option<Period> {
    let period = policy.provenance.get("train_period")?;
    let date = |key: &str| period.get(key)?.as_str()?.parse().ok();
    Some(Period {
        from: date("from")?,
        to: date("to")?,
    })
}

fn cost_rate(arguments: &Arguments, policy: &Policy) -> f64 {
    let trained_with = || {
        policy
            .provenance
            .get("configuration")?
            .pointer("/train/env/cost_rate")?
            .as_f64()
    };
    arguments
        .cost_rate
        .or_else(trained_with)
        .unwrap_or(EnvConfig::default().cost_rate)
}
