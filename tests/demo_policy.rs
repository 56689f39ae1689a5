//! The policy in models/ loads, acts, and is worth what models/README.md says.

use ppo_risk::backtest::run_policy;
use ppo_risk::env::EnvConfig;
use ppo_risk::market::csv::{CsvOptions, Splits, read_csv};
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::{Workspace, file};
use std::path::Path;
use std::sync::Arc;

#[test]
fn the_demo_policy_acts_and_has_the_figures_of_its_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (policy, _) =
        file::load(root.join("models/sp500-20-stocks.safetensors")).expect("the file is a policy");
    let spec = policy.spec();
    assert_eq!((spec.assets.len(), spec.action_len()), (20, 21));
    let prior = [vec![0.04; 20], vec![0.2]].concat();
    let mut weights = vec![0.0; 21];
    let state = vec![0.01; spec.state.len()];
    policy
        .weights(&state, Some(&prior), &mut Workspace::new(spec), &mut weights)
        .expect("a finite state");
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);

    let prices = root.join("data/sp500_20_stocks.csv");
    if !prices.exists() {
        println!(
            "skipped the figures: {} is not there (make prices)",
            prices.display()
        );
        return;
    }
    // RRC fell to a third in a bar of 1990, which was no split.
    let options = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let table = Arc::new(read_csv(prices, &options).expect("the price file is whole"));
    let from = chrono::NaiveDate::from_ymd_opt(2013, 1, 1).expect("a date");
    let range = table
        .bars_between(Some(from.into()), None)
        .expect("the file reaches 2022");
    let market = TableMarket::new(table, range, 252, 0.0).expect("there is history before 2013");
    let track = run_policy("policy", &policy, Arc::new(market), &EnvConfig::default()).expect("it fits");
    let figures = track.performance().expect("finite returns");
    for (name, found, expected) in [
        ("sharpe", figures.sharpe, 1.155),
        ("annual_return", figures.annual_return, 0.156),
        ("volatility", figures.volatility, 0.133),
        ("max_drawdown", figures.max_drawdown, 0.184),
        ("turnover", figures.turnover, 0.68),
    ] {
        // Half of the last digit that the README gives, and a little for another processor's rounding.
        let tolerance = if name == "turnover" { 0.006 } else { 0.0006 };
        assert!(
            (found - expected).abs() < tolerance,
            "{name} is {found}, models/README.md says {expected}"
        );
    }
}
