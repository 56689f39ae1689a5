//! `ppo-risk evaluate`.

use crate::file_options::FileOptions;
use crate::{Failure, print, values, words};
use clap::Args;
use ppo_risk::Error;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::left_out::attempt;
use ppo_risk::backtest::report::SeedRun;
use ppo_risk::backtest::summary::Period;
use ppo_risk::backtest::{Report, run_policy, untrained};
use ppo_risk::env::EnvConfig;
use ppo_risk::market::csv::{CsvOptions, PriceFile};
use ppo_risk::market::prices::{PriceTable, check_cash_rate};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::{BarsPerYear, DateOrTime, Time};
use ppo_risk::policy::spec::PolicySpec;
use ppo_risk::policy::{Policy, file};
use ppo_risk::portfolio::evaluation::{check_apart, run_baselines, test_market};
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
    /// First date or time of the test, a date with all of its day [default: the one after the policy's training, where the policy says]
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
    /// Bars a year of the file [default: as its dates say]
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

/// What complaints about the file call the command line's options.
const COLUMNS: [(&str, &str); 2] = [("asset_signals", "the policy"), ("signals", "the policy")];

/// What errors about the test call the command line's options.
const TEST: [(&str, &str); 4] = [
    ("first date of the test", "first date of the test (--from)"),
    ("test period", "test period (--from, --until)"),
    ("price table", "price table (--prices)"),
    ("market", "market (--prices)"),
];

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    judge(arguments).map_err(|failure| match failure {
        Failure::Failed(error) => Failure::Failed(words::renamed(error, &TEST)),
        other => other,
    })
}

fn judge(arguments: &Arguments) -> Result<(), Failure> {
    let began = Instant::now();
    if let Some(folder) = arguments.out.as_ref().filter(|_| !arguments.force)
        && folder.join("summary.json").exists()
    {
        let expected = "a folder without a report, or --force";
        return Err(Error::invalid(folder.display().to_string(), "holding a report", expected).into());
    }
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
    let risk = match &arguments.risk {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            let name = format!("--risk {}: ", path.display());
            RiskConfig::from_json(&text).map_err(|error| error.within(&name))?
        }
        None => report_risk(spec),
    };
    check_prior_columns(&arguments.prior_columns, spec)?;
    let PriceFile {
        table: prices,
        reading,
    } = PriceFile::read(&arguments.prices, &options).map_err(|error| words::about_a_file(error, &COLUMNS))?;
    check_prior_assets(arguments, &prices, spec)?;
    eprintln!("{}: {}", arguments.prices.display(), prices.describe());
    eprintln!("read as: {reading}");
    let table = prices
        .select_assets(&spec.assets)
        .map_err(|error| error.within(&format!("{}: ", arguments.prices.display())))?;

    let trained: Option<Period> = trained_on(&policy);
    let from = arguments.from.or_else(|| Some(trained?.to.next()));
    let market = test_market(Arc::new(table), spec, from, arguments.until, arguments.cash_rate)?;
    if let Some(period) = trained {
        check_apart(period, &market)?;
    }
    let env = EnvConfig {
        cost_rate: cost_rate(arguments, &policy),
        ..EnvConfig::default()
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
            "bars_per_year": market.table().bars_per_year(),
            "risk": risk,
        }),
        train_env_steps_per_s: f64::NAN,
        wall_s: began.elapsed().as_secs_f64(),
        caveats: Vec::new(),
        bootstrap: BlockBootstrap::of_bars(market.table().bars_per_year()),
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

/// Columns of prior weights are for a policy that takes them, and such a policy needs them.
pub(crate) fn check_prior_columns(columns: &[String], spec: &PolicySpec) -> Result<(), Error> {
    let refuse = |found: &str, expected: &str| Err(Error::invalid("--prior-columns", found, expected));
    match (spec.action.prior, columns) {
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
fn check_prior_assets(arguments: &Arguments, prices: &PriceTable, spec: &PolicySpec) -> Result<(), Error> {
    if spec.action.prior != Prior::Supplied {
        return Ok(());
    }
    let (found, expected) = (prices.assets(), &spec.assets);
    if found == &expected[..] {
        return Ok(());
    }
    let place = (0..found.len().max(expected.len())).find(|place| found.get(*place) != expected.get(*place));
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
        format!("--prices {}", arguments.prices.display()),
        found,
        expected,
    ))
}

/// When the policy's training data was, where its file says.
fn trained_on(policy: &Policy) -> Option<Period> {
    let period = policy.provenance.get("train_period")?;
    let time = |key: &str| Time::parse(period.get(key)?.as_str()?);
    Some(Period {
        from: time("from")?,
        to: time("to")?,
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
