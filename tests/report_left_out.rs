//! A finished training is never lost: what cannot be computed or written is named, and the rest of the report is there.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use chrono::NaiveDate;
use ndarray::Array2;
use ppo_risk::backtest::{Baseline, LeftOut, run_policy};
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::csv::PriceFile;
use ppo_risk::market::prices::{PriceTable, Ranges};
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::stream;
use ppo_risk::policy::Policy;
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::portfolio::config::RunConfig;
use ppo_risk::portfolio::evaluation::{run_baselines, test_bars};
use ppo_risk::portfolio::run::{Observer, Outcome, Run, Stage};
use ppo_risk::portfolio::{report_risk, run_managed};
use ppo_risk::rl::stats::UpdateStats;
use rand::RngExt;
use serde_json::json;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

const BARS: usize = 330;

fn closes() -> Array2<f64> {
    let mut random = stream(21, "left out", 0);
    let mut close = Array2::from_elem((BARS, 2), 50.0);
    for t in 1..BARS {
        for i in 0..2 {
            close[[t, i]] = close[[t - 1, i]] * (1.0 + 0.02 * random.random_range(-1.0..1.02));
        }
    }
    close
}

fn table(close: Array2<f64>) -> PriceTable {
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let dates = start.iter_days().take(BARS).collect();
    PriceTable::new(dates, vec!["AAA".to_string(), "BBB".to_string()], close)
        .unwrap()
        .with_bars_per_year(ppo_risk::market::BarsPerYear::DAILY)
}

fn policy() -> Policy {
    let spec = PolicySpec {
        assets: vec!["AAA".to_string(), "BBB".to_string()],
        state: StateSpec::base(2),
        action: ActionSpec::default(),
        network: NetworkSpec::Scorer { hidden: vec![8] },
    };
    let values = initial_values(&spec, -1.2, 20.0, 1);
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap()
}

/// A high beyond what a price can be is refused by the risk manager on that bar alone: that decision is left out, its
/// closes are taken in, and the portfolio drifts through the bar.
#[test]
fn a_bar_that_the_risk_manager_refuses_costs_one_decision() {
    let close = closes();
    let mut high = &close * 1.01;
    let odd = 300;
    high[[odd, 1]] = 1e16;
    let ranges = Ranges {
        low: Some(&close * 0.99),
        high: Some(high),
        ..Ranges::default()
    };
    let table = Arc::new(table(close).with_ranges(ranges).unwrap());
    let market = test_bars(Arc::clone(&table), 260..=BARS - 1, 252, 0.03).unwrap();
    let policy = policy();
    let risk = report_risk(policy.spec());
    let managed = run_managed("risk_managed", &policy, &market, &EnvConfig::default(), &risk).unwrap();
    managed.validate().unwrap();
    let [entry] = &managed.track.left_out[..] else {
        panic!("{:?}", managed.track.left_out);
    };
    assert_eq!((entry.asset.as_deref(), entry.closes), (Some("BBB"), 1));
    assert_eq!(
        (entry.from, entry.to),
        (Some(table.times()[odd]), Some(table.times()[odd]))
    );
    assert!(entry.why.contains("bar.highs[1]"), "{}", entry.why);
    // What was held drifted: weight (1 + r)/(1 + portfolio's return) of the bar before, and nothing was traded.
    let row = odd - 260;
    let track = &managed.track;
    assert_eq!((track.turnover[row], track.costs[row]), (0.0, 0.0));
    assert!(managed.reasons[row].is_empty() && !managed.reasons[row + 1].is_empty());
    let earned = market.returns(odd);
    for (i, moved) in earned.iter().enumerate() {
        let drifted = track.weights[[row - 1, i]] * (1.0 + moved) / (1.0 + track.returns[row - 1]);
        // The bar before paid its costs: its return is that much below the drift's.
        let paid = track.costs[row - 1];
        assert!((track.weights[[row, i]] - drifted * (1.0 - paid)).abs() < 1e-3 * paid + 1e-12);
    }
    // Every row is over the same cash.
    let plain = run_policy("policy", &policy, Arc::clone(&market), &EnvConfig::default()).unwrap();
    assert_eq!(track.cash_returns, plain.cash_returns);
    assert!((track.cash_returns[0] - (1.03_f64.powf(1.0 / 252.0) - 1.0)).abs() < 1e-15);

    // Prices that it can make nothing of at all: no row, and the baselines without it.
    let huge = Arc::new(self::table(closes() * 1e16));
    let market = test_bars(huge, 260..=BARS - 1, 252, 0.0).unwrap();
    let error = run_managed("risk_managed", &policy, &market, &EnvConfig::default(), &risk).unwrap_err();
    assert!(error.to_string().contains("bar.closes[0]"), "{error}");
    let mut left_out = Vec::new();
    let baselines = run_baselines(
        &market,
        &EnvConfig::at_costs(Costs::at_rate(0.001)),
        20,
        &mut left_out,
    );
    assert_eq!((baselines.len(), left_out.len()), (Baseline::ALL.len(), 0));
}

fn named<'a>(left_out: &'a [LeftOut], what: &str) -> &'a LeftOut {
    let found = left_out.iter().find(|entry| entry.what == what);
    found.unwrap_or_else(|| panic!("{what} is not in {left_out:?}"))
}

/// What an observer does to the run's folder.
struct Saboteur<'a> {
    folder: &'a Path,
    updates: u64,
    spoils: bool,
}

impl Observer for Saboteur<'_> {
    fn updated(&mut self, _: Stage, _: &UpdateStats) -> ControlFlow<()> {
        self.updates += 1;
        if self.spoils && self.updates == 1 {
            // A folder where a file is to be: as final as a full disk.
            fs::create_dir(self.folder.join("training-seed-5.csv")).unwrap();
        }
        ControlFlow::Continue(())
    }

    fn judging(&mut self) {
        if self.spoils {
            fs::create_dir(self.folder.join("report.html")).unwrap();
        }
    }
}

#[test]
fn logs_and_reports_that_cannot_be_written_do_not_take_the_training_with_them() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("run");
    let settings = json!({
        "seeds": 1,
        "market": {"source": "simulated", "asset_count": 2, "test_bars": 300},
        "train": {
            "seed": 5, "total_steps": 256, "threads": 1,
            "ppo": {"n_envs": 4, "n_steps": 16, "batch_size": 32},
        },
    });
    let config = RunConfig::from_value("settings", &settings).unwrap();
    let run = Run::create(config, &folder, false, PriceFile::parse).unwrap();
    fs::write(folder.join("tensorboard"), "a file where a folder is to be").unwrap();
    let mut saboteur = Saboteur {
        folder: &folder,
        updates: 0,
        spoils: true,
    };
    let Outcome::Finished {
        report,
        summary,
        unwritten,
        ..
    } = run.train(&mut saboteur).unwrap()
    else {
        panic!("it was not stopped");
    };
    let error = unwritten.unwrap().to_string();
    assert!(error.contains("report.html"), "{error}");
    assert!(folder.join("policy.safetensors").exists() && !folder.join("summary.json").exists());
    assert!(
        named(&summary.left_out, "tensorboard/seed-5")
            .why
            .contains("tensorboard")
    );
    assert!(
        named(&summary.left_out, "training-seed-5.csv")
            .why
            .contains("training-seed-5.csv")
    );
    let table = report.table(&summary);
    assert!(
        table.contains("policy, seed 5") && table.contains("Left out\n"),
        "{table}"
    );

    // With room again, the report is written without training, of the same figures.
    fs::remove_dir(folder.join("report.html")).unwrap();
    // A folder is one run's at a time.
    drop(run);
    let mut watcher = Saboteur {
        folder: &folder,
        updates: 0,
        spoils: false,
    };
    let again = Run::reopen(&folder, PriceFile::parse)
        .unwrap()
        .train(&mut watcher)
        .unwrap();
    let Outcome::Finished {
        summary: second,
        unwritten: None,
        ..
    } = again
    else {
        panic!("it is not written");
    };
    assert_eq!((watcher.updates, &second.policy), (0, &summary.policy));
    assert!(folder.join("report.html").is_file() && folder.join("summary.json").is_file());
    assert!(
        named(&second.left_out, "training-seed-5.csv")
            .why
            .contains("training-seed-5.csv")
    );
}
